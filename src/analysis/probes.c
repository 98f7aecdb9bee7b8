#include "probes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"
#include "phasetop/base/text.h"

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for probe losses");
}

pt_status pt_probe_store_init(pt_probe_store *store, const char *path, pt_error *err)
{
	*store = (pt_probe_store){.log = pt_probe_log_create(path)};
	return store->log ? PT_OK : out_of_memory(err);
}

static void names_fini(pt_probe_names *set)
{
	for (size_t i = 0; set->names && i < set->n; i++)
		pt_free(set->names[i]);
	pt_free(set->names);
	*set = (pt_probe_names){0};
}

static void trace_fini(pt_spectrum_trace *trace)
{
	pt_free(trace->steps);
	pt_free(trace->points);
	*trace = (pt_spectrum_trace){0};
}

static void forget_derived(pt_probe_store *store)
{
	pt_loss_window_destroy(store->running);
	store->running = NULL;
	store->n_derived = 0;
	store->raw.n = store->detrended.n = store->gaussian.n = 0;
	store->n_plain = store->n_plain_invalid = store->n_gaussian = store->n_gaussian_invalid = 0;
}

static void drop_rows_from(pt_probe_store *store, size_t first)
{
	for (size_t r = first; r < store->n_rows; r++)
		pt_free(store->rows[r].values);
	store->n_rows = first;
	if (store->n_derived > first)
		forget_derived(store);
}

/* The file was truncated or replaced: all of it is void. */
static void reset(void *context)
{
	pt_probe_store *store = context;
	drop_rows_from(store, 0);
	for (size_t s = 0; s < store->n_sets; s++)
		names_fini(&store->sets[s]);
	store->n_sets = 0;
}

void pt_probe_store_fini(pt_probe_store *store)
{
	reset(store);
	forget_derived(store);
	pt_probe_log_destroy(store->log);
	pt_free(store->rows);
	pt_free(store->sets);
	pt_free(store->columns);
	pt_free(store->selected);
	trace_fini(&store->raw);
	trace_fini(&store->detrended);
	trace_fini(&store->gaussian);
	*store = (pt_probe_store){0};
}

static pt_status take_set(void *context, const pt_probe_set *set, pt_error *err)
{
	pt_probe_store *store = context;
	if (!pt_array_reserve(
			(void **)&store->sets, &store->set_capacity, store->n_sets + 1, sizeof *store->sets))
		return out_of_memory(err);
	pt_probe_names copy = {.n = set->n};
	if (set->names) {
		copy.names = pt_array_alloc(set->n, sizeof *copy.names);
		for (size_t i = 0; copy.names && i < set->n; i++) {
			copy.names[i] = pt_text_copy(set->names[i], strlen(set->names[i]));
			if (!copy.names[i]) {
				names_fini(&copy);
				return out_of_memory(err);
			}
		}
		if (!copy.names)
			return out_of_memory(err);
	}
	store->sets[store->n_sets++] = copy;
	return PT_OK;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* NumPy's linear quantile of n sorted values. */
static double quantile(const double *sorted, size_t n, double q)
{
	double position = q * (double)(n - 1);
	size_t low = (size_t)position;
	if (low + 1 >= n)
		return sorted[n - 1];
	return sorted[low] + (position - (double)low) * (sorted[low + 1] - sorted[low]);
}

/* Mean and quantiles of a plain row; `sorted` is scratch of n doubles. */
static void summarise(pt_stored_row *row, size_t n, double *sorted)
{
	row->mean = row->q10 = row->q50 = row->q90 = PT_MISSING;
	if (!row->valid || row->m > 0 || n == 0)
		return;
	memcpy(sorted, row->values, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, by_value);
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += row->values[i];
	row->mean = sum / (double)n;
	row->q10 = quantile(sorted, n, 0.1);
	row->q50 = quantile(sorted, n, 0.5);
	row->q90 = quantile(sorted, n, 0.9);
}

static bool reserve_selected(pt_probe_store *store, size_t n)
{
	return pt_array_reserve((void **)&store->selected, &store->selected_capacity, n ? n : 1, sizeof(double));
}

/* A plain row and a Gaussian row of one step live beside each other; either alone going back is a resume. */
static int64_t last_step_of_kind(const pt_probe_store *store, bool gaussian)
{
	for (size_t r = store->n_rows; r-- > 0;)
		if ((store->rows[r].m > 0) == gaussian)
			return store->rows[r].step;
	return INT64_MIN;
}

static pt_status take_row(void *context, const pt_probe_row *row, pt_error *err)
{
	pt_probe_store *store = context;
	bool gaussian = row->m > 0;
	size_t n_values = gaussian ? row->m * row->n : row->n;
	const double *values = gaussian ? row->samples : row->losses;
	if (!values)
		return PT_OK;
	bool back = row->step <= last_step_of_kind(store, gaussian);
	if (!pt_array_reserve(
			(void **)&store->rows, &store->row_capacity, store->n_rows + 1, sizeof *store->rows) ||
		!reserve_selected(store, row->n))
		return out_of_memory(err);
	double *copy = pt_array_alloc(n_values, sizeof *copy);
	if (!copy)
		return out_of_memory(err);
	memcpy(copy, values, n_values * sizeof *copy);
	if (back) {
		size_t first = store->n_rows;
		while (first > 0 && store->rows[first - 1].step >= row->step)
			first--;
		drop_rows_from(store, first);
	}
	pt_stored_row *stored = &store->rows[store->n_rows];
	*stored = (pt_stored_row){.step = row->step,
		.set = row->set,
		.m = row->m,
		.values = copy,
		.valid = row->valid,
		.new_segment = back};
	summarise(stored, row->n, store->selected);
	store->n_rows++;
	return PT_OK;
}

pt_status pt_probe_store_read(pt_probe_store *store, bool *changed, pt_error *err)
{
	size_t rows_before = pt_probe_log_state(store->log)->n_rows;
	size_t bad_before = pt_probe_log_state(store->log)->n_bad_rows;
	pt_probe_sink sink = {.context = store, .set = take_set, .row = take_row, .reset = reset};
	pt_status status = pt_probe_log_read(store->log, &sink, err);
	const pt_probe_state *state = pt_probe_log_state(store->log);
	*changed = state->n_rows != rows_before || state->n_bad_rows != bad_before;
	return status;
}

/* --- derived traces --------------------------------------------------------------------------------- */

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

/* Which probes of a set the subset selects. All, when the subset is empty; none, when the set has no names.
 */
static pt_status choose_columns(pt_probe_store *store, size_t set_index, pt_error *err)
{
	const pt_probe_names *set = &store->sets[set_index];
	size_t *columns = pt_array_resize(store->columns, set->n ? set->n : 1, sizeof *columns);
	if (!columns)
		return out_of_memory(err);
	store->columns = columns;
	store->n_columns = 0;
	for (size_t i = 0; i < set->n; i++)
		if (store->subset[0] == '\0' || (set->names && pt_text_glob(store->subset, set->names[i])))
			columns[store->n_columns++] = i;
	store->running_set = set_index;
	return PT_OK;
}

static const double *select_values(pt_probe_store *store, const double *values, size_t n_rows, size_t n)
{
	if (store->n_columns == n)
		return values;
	for (size_t r = 0; r < n_rows; r++)
		for (size_t c = 0; c < store->n_columns; c++)
			store->selected[r * store->n_columns + c] = values[r * n + store->columns[c]];
	return store->selected;
}

static pt_status start_window(pt_probe_store *store, const pt_stored_row *row, pt_error *err)
{
	bool other_set = store->n_derived == 0 || row->set != store->running_set;
	if (other_set) {
		pt_status status = choose_columns(store, row->set, err);
		if (status != PT_OK)
			return status;
	}
	if (other_set || (row->new_segment && row->m == 0)) {
		pt_loss_window_destroy(store->running);
		store->running = NULL;
	}
	if (store->running || store->n_columns == 0)
		return PT_OK;
	pt_status status = pt_loss_window_create(store->n_columns, (size_t)store->window, &store->running, err);
	if (status == PT_OK && !store->full)
		pt_loss_window_leave_lambda1(store->running);
	return status;
}

static pt_status derive_plain(
	pt_probe_store *store, const pt_stored_row *row, const double *values, pt_error *err)
{
	pt_spectrum_point raw, detrended;
	pt_status status = pt_loss_window_push(store->running, values, &raw, &detrended, err);
	if (status == PT_OK)
		status = trace_add(&store->raw, row->step, &raw, err);
	if (status == PT_OK)
		status = trace_add(&store->detrended, row->step, &detrended, err);
	return status;
}

static pt_status derive_gaussian(
	pt_probe_store *store, const pt_stored_row *row, const double *values, pt_error *err)
{
	pt_spectrum_point point;
	pt_status status = pt_gaussian_point(values, row->m, store->n_columns, &point, err);
	store->gaussian_samples = (int64_t)row->m;
	return status == PT_OK ? trace_add(&store->gaussian, row->step, &point, err) : status;
}

static pt_status derive_row(pt_probe_store *store, const pt_stored_row *row, pt_error *err)
{
	pt_status status = start_window(store, row, err);
	if (status != PT_OK)
		return status;
	if (row->m > 0) {
		store->n_gaussian++;
		store->n_gaussian_invalid += !row->valid;
	} else {
		store->n_plain++;
		store->n_plain_invalid += !row->valid;
	}
	if (!row->valid || store->n_columns == 0)
		return PT_OK;
	size_t n = store->sets[row->set].n, n_rows = row->m ? row->m : 1;
	if (!reserve_selected(store, n_rows * n))
		return out_of_memory(err);
	const double *values = select_values(store, row->values, n_rows, n);
	return row->m > 0 ? derive_gaussian(store, row, values, err) : derive_plain(store, row, values, err);
}

pt_status pt_probe_store_derive(pt_probe_store *store, const pt_settings *settings, pt_error *err)
{
	if (store->window != settings->probe_window || store->full != ((settings->wanted & PT_WANT_LAMBDA1) != 0) ||
		strcmp(store->subset, settings->probes) != 0) {
		forget_derived(store);
		store->full = (settings->wanted & PT_WANT_LAMBDA1) != 0;
		store->window = settings->probe_window;
		memcpy(store->subset, settings->probes, sizeof store->subset);
	}
	while (store->n_derived < store->n_rows) {
		pt_status status = derive_row(store, &store->rows[store->n_derived], err);
		if (status != PT_OK) {
			forget_derived(store); /* a half-taken row must not be taken twice */
			return status;
		}
		store->n_derived++;
	}
	return PT_OK;
}

const pt_probe_names *pt_probe_store_newest_set(const pt_probe_store *store)
{
	return store->n_rows > 0 ? &store->sets[store->rows[store->n_rows - 1].set] : NULL;
}
