#include "probe_traces.h"

#include <math.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"
#include "phasetop/base/text.h"
#include "phasetop/numeric/matrix.h"

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for probe losses");
}

void pt_probe_traces_init(pt_probe_traces *traces, const char *subset)
{
	*traces = (pt_probe_traces){0};
	pt_text text = pt_text_over(traces->subset, sizeof traces->subset);
	pt_text_add(&text, subset);
}

static void trace_fini(pt_spectrum_trace *trace)
{
	pt_free(trace->steps);
	pt_free(trace->points);
	*trace = (pt_spectrum_trace){0};
}

void pt_probe_traces_forget(pt_probe_traces *traces)
{
	pt_loss_window_destroy(traces->running);
	traces->running = NULL;
	traces->n_derived = 0;
	traces->raw.n = traces->detrended.n = traces->gaussian.n = traces->baselines.n = 0;
	traces->n_plain = traces->n_plain_invalid = traces->n_gaussian = traces->n_gaussian_invalid = 0;
}

void pt_probe_traces_fini(pt_probe_traces *traces)
{
	pt_probe_traces_forget(traces);
	pt_free(traces->columns);
	pt_free(traces->selected);
	pt_free(traces->means);
	pt_free(traces->baselines.points);
	pt_free(traces->baselines.taus);
	trace_fini(&traces->raw);
	trace_fini(&traces->detrended);
	trace_fini(&traces->gaussian);
	*traces = (pt_probe_traces){0};
}

/* --- spectra ---------------------------------------------------------------------------------------- */

static pt_status trace_add(
	pt_spectrum_trace *trace, int64_t step, const pt_spectrum_point *point, pt_error *err)
{
	size_t capacity = trace->capacity;
	if (!pt_array_reserve((void **)&trace->points, &capacity, trace->n + 1, sizeof *trace->points))
		return out_of_memory(err);
	size_t steps_capacity = trace->capacity;
	if (!pt_array_reserve((void **)&trace->steps, &steps_capacity, trace->n + 1, sizeof *trace->steps))
		return out_of_memory(err);
	trace->capacity = capacity;
	trace->steps[trace->n] = step;
	trace->points[trace->n++] = *point;
	return PT_OK;
}

/* Which probes of a set the subset selects. All, when the subset is empty; none, when the set has no names. */
static pt_status choose_columns(
	pt_probe_traces *traces, const pt_probe_names *set, size_t set_index, pt_error *err)
{
	size_t *columns = pt_array_resize(traces->columns, set->n ? set->n : 1, sizeof *columns);
	if (!columns)
		return out_of_memory(err);
	traces->columns = columns;
	traces->n_columns = 0;
	for (size_t i = 0; i < set->n; i++)
		if (traces->subset[0] == '\0' || (set->names && pt_text_glob(traces->subset, set->names[i])))
			columns[traces->n_columns++] = i;
	traces->running_set = set_index;
	return PT_OK;
}

/* The losses of the subset: the row itself where that is all of it. NULL: out of memory. */
static const double *select_values(pt_probe_traces *traces, const pt_stored_row *row, size_t n)
{
	size_t n_rows = row->m ? row->m : 1;
	if (traces->n_columns == n)
		return row->values;
	if (!pt_array_reserve((void **)&traces->selected, &traces->selected_capacity,
			n_rows * (traces->n_columns ? traces->n_columns : 1), sizeof *traces->selected))
		return NULL;
	for (size_t r = 0; r < n_rows; r++)
		for (size_t c = 0; c < traces->n_columns; c++)
			traces->selected[r * traces->n_columns + c] = row->values[r * n + traces->columns[c]];
	return traces->selected;
}

static pt_status start_window(
	pt_probe_traces *traces, const pt_stored_row *row, const pt_probe_rows *rows, pt_error *err)
{
	bool other_set = traces->n_derived == 0 || row->set != traces->running_set;
	if (other_set) {
		pt_status status = choose_columns(traces, &rows->sets[row->set], row->set, err);
		if (status != PT_OK)
			return status;
	}
	if (other_set || (row->new_segment && row->m == 0)) {
		pt_loss_window_destroy(traces->running);
		traces->running = NULL;
	}
	if (traces->running || traces->n_columns == 0)
		return PT_OK;
	pt_status status =
		pt_loss_window_create(traces->n_columns, (size_t)traces->window, &traces->running, err);
	if (status == PT_OK && !traces->lambda1)
		pt_loss_window_leave_lambda1(traces->running);
	return status;
}

static double mean_of(const double *values, size_t n)
{
	double sum = 0.0;
	for (size_t i = 0; i < n; i++)
		sum += values[i];
	return sum / (double)n;
}

static pt_status derive_plain(
	pt_probe_traces *traces, const pt_stored_row *row, const double *values, pt_error *err)
{
	pt_spectrum_point raw, detrended;
	pt_status status = pt_loss_window_push(traces->running, values, &raw, &detrended, err);
	if (status == PT_OK && !pt_array_reserve((void **)&traces->means, &traces->means_capacity,
							   traces->raw.n + 1, sizeof *traces->means))
		status = out_of_memory(err);
	if (status == PT_OK)
		status = trace_add(&traces->raw, row->step, &raw, err);
	if (status == PT_OK)
		status = trace_add(&traces->detrended, row->step, &detrended, err);
	if (status == PT_OK)
		traces->means[traces->raw.n - 1] = mean_of(values, traces->n_columns);
	return status;
}

static pt_status derive_gaussian(
	pt_probe_traces *traces, const pt_stored_row *row, const double *values, pt_error *err)
{
	pt_spectrum_point point;
	pt_status status = pt_gaussian_point(values, row->m, traces->n_columns, &point, err);
	traces->gaussian_samples = (int64_t)row->m;
	return status == PT_OK ? trace_add(&traces->gaussian, row->step, &point, err) : status;
}

static bool all_finite(const double *values, size_t n)
{
	return pt_values_are_finite((pt_values){.f64 = values}, n);
}

static pt_status derive_row(
	pt_probe_traces *traces, const pt_stored_row *row, const pt_probe_rows *rows, pt_error *err)
{
	pt_status status = start_window(traces, row, rows, err);
	if (status != PT_OK)
		return status;
	const double *values = select_values(traces, row, rows->sets[row->set].n);
	if (!values)
		return out_of_memory(err);
	size_t n_values = (row->m ? row->m : 1) * traces->n_columns;
	bool valid = row->valid || all_finite(values, n_values);
	if (row->m > 0) {
		traces->n_gaussian++;
		traces->n_gaussian_invalid += !valid;
	} else {
		traces->n_plain++;
		traces->n_plain_invalid += !valid;
	}
	if (!valid || traces->n_columns == 0)
		return PT_OK;
	return row->m > 0 ? derive_gaussian(traces, row, values, err) : derive_plain(traces, row, values, err);
}

pt_status pt_probe_traces_derive(
	pt_probe_traces *traces, const pt_probe_rows *rows, const pt_settings *settings, pt_error *err)
{
	bool lambda1 = (settings->wanted & PT_WANT_LAMBDA1) != 0;
	if (traces->window != settings->probe_window || traces->lambda1 != lambda1) {
		pt_probe_traces_forget(traces);
		traces->lambda1 = lambda1;
		traces->window = settings->probe_window;
	}
	while (traces->n_derived < rows->n_rows) {
		pt_status status = derive_row(traces, &rows->rows[traces->n_derived], rows, err);
		if (status != PT_OK) {
			pt_probe_traces_forget(traces); /* a half-taken row must not be taken twice */
			return status;
		}
		traces->n_derived++;
	}
	return PT_OK;
}

/* --- baselines -------------------------------------------------------------------------------------- */

/* τ of log SHC over the last 3 W rows that end at `last`, not before the window began anew. The logarithm changes no
   order, so that SHC itself serves. */
static pt_status tau_at(const pt_probe_traces *traces, size_t last, double *scratch, double *tau, pt_error *err)
{
	size_t n = 0, reach = 3 * (size_t)traces->window;
	size_t first = last;
	while (first > 0 && last - first + 1 < reach && traces->raw.points[first].n_rows > 1)
		first--;
	for (size_t i = first; i <= last; i++)
		if (traces->raw.points[i].shc > 0.0)
			scratch[n++] = traces->raw.points[i].shc;
	return pt_kendall_tau(scratch, n, tau, err);
}

static bool reserve_baselines(pt_baseline_trace *trace, size_t n)
{
	size_t capacity = trace->capacity;
	if (!pt_array_reserve((void **)&trace->points, &capacity, n, sizeof *trace->points))
		return false;
	size_t taus_capacity = trace->capacity;
	if (!pt_array_reserve((void **)&trace->taus, &taus_capacity, n, sizeof *trace->taus))
		return false;
	trace->capacity = capacity;
	return true;
}

pt_status pt_probe_traces_derive_baselines(pt_probe_traces *traces, pt_error *err)
{
	pt_baseline_trace *trace = &traces->baselines;
	if (trace->n == traces->raw.n)
		return PT_OK;
	double *scratch = pt_array_alloc((size_t)traces->window, 3 * sizeof *scratch);
	pt_status status = scratch && reserve_baselines(trace, traces->raw.n) ? PT_OK : out_of_memory(err);
	while (status == PT_OK && trace->n < traces->raw.n) {
		size_t i = trace->n, w = traces->raw.points[i].n_rows;
		trace->points[i] =
			pt_loss_baselines_of(traces->raw.steps + i + 1 - w, traces->means + i + 1 - w, w);
		status = tau_at(traces, i, scratch, &trace->taus[i], err);
		trace->n += status == PT_OK;
	}
	pt_free(scratch);
	return status;
}

/* --- leading modes ---------------------------------------------------------------------------------- */

/* Is this plain row in the windows of the subset? */
static bool is_valid(const pt_probe_traces *traces, const pt_stored_row *row)
{
	for (size_t c = 0; !row->valid && c < traces->n_columns; c++)
		if (!isfinite(row->values[traces->columns[c]]))
			return false;
	return true;
}

/* The newest w rows of the subset, in order; 0 where the newest window is empty. */
static size_t gather_window(const pt_probe_traces *traces, const pt_probe_rows *rows, size_t w, double *out)
{
	size_t found = 0, n_columns = traces->n_columns;
	for (size_t r = traces->n_derived; r-- > 0 && found < w;) {
		const pt_stored_row *row = &rows->rows[r];
		if (row->m > 0 || row->set != traces->running_set || !is_valid(traces, row))
			continue;
		double *to = out + (w - 1 - found++) * n_columns;
		for (size_t c = 0; c < n_columns; c++)
			to[c] = row->values[traces->columns[c]];
	}
	return found;
}

static pt_status window_modes(const pt_probe_traces *traces, const pt_probe_rows *rows, bool detrended,
	pt_loss_modes *modes, int64_t *step, pt_error *err)
{
	size_t last = traces->raw.n - 1, w = traces->raw.points[last].n_rows;
	double *window = pt_array_alloc(w, traces->n_columns * sizeof *window);
	if (!window)
		return out_of_memory(err);
	*step = traces->raw.steps[last];
	pt_status status = PT_OK;
	if (gather_window(traces, rows, w, window) == w)
		status = pt_loss_modes_find(window, w, traces->n_columns, detrended, PT_MAX_MODES, modes, err);
	pt_free(window);
	return status;
}

static pt_status gaussian_modes(const pt_probe_traces *traces, const pt_probe_rows *rows, pt_loss_modes *modes,
	int64_t *step, pt_error *err)
{
	size_t n_columns = traces->n_columns, n = rows->sets[traces->running_set].n;
	*step = traces->gaussian.steps[traces->gaussian.n - 1];
	const pt_stored_row *row = NULL;
	for (size_t r = traces->n_derived; r-- > 0 && !row;)
		if (rows->rows[r].m > 0 && rows->rows[r].step == *step && rows->rows[r].set == traces->running_set)
			row = &rows->rows[r];
	if (!row)
		return PT_OK; /* the probe set changed since */
	double *samples = pt_array_alloc(row->m, n_columns * sizeof *samples);
	if (!samples)
		return out_of_memory(err);
	for (size_t s = 0; s < row->m; s++)
		for (size_t c = 0; c < n_columns; c++)
			samples[s * n_columns + c] = row->values[s * n + traces->columns[c]];
	pt_status status = pt_loss_modes_find(samples, row->m, n_columns, false, PT_MAX_MODES, modes, err);
	pt_free(samples);
	return status;
}

pt_status pt_probe_traces_modes(const pt_probe_traces *traces, const pt_probe_rows *rows, pt_modes_of of,
	pt_loss_modes *modes, int64_t *step, pt_error *err)
{
	pt_loss_modes_fini(modes);
	if (traces->n_columns == 0)
		return PT_OK;
	if (of == PT_MODES_GAUSSIAN)
		return traces->gaussian.n > 0 ? gaussian_modes(traces, rows, modes, step, err) : PT_OK;
	return traces->raw.n > 0 ? window_modes(traces, rows, of == PT_MODES_DETRENDED, modes, step, err) : PT_OK;
}
