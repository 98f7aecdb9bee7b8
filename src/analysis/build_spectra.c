#include "snapshot_build.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_groups.h"

/* --- leading modes ---------------------------------------------------------------------------------- */

enum { LOADING_PROBES = 8 };

/* Modes that carry less of tr C than this are left out, but for the first. */
static const double least_share = 0.01;

typedef struct loading {
	size_t at;
	double weight;
} loading;

static int by_size(const void *a, const void *b)
{
	const loading *x = a, *y = b;
	double p = fabs(x->weight), q = fabs(y->weight);
	return p != q ? (p < q) - (p > q) : (x->at > y->at) - (x->at < y->at);
}

/* Names of the subset's probes: those of the log, or "#3" by their place in its rows. */
typedef struct probe_labels {
	const char **names;
	bool given;
} probe_labels;

static pt_status label_probes(
	const pt_probe_traces *traces, const pt_probe_rows *rows, pt_arena *arena, probe_labels *out, pt_error *err)
{
	const pt_probe_names *set = &rows->sets[traces->running_set];
	out->given = set->names != NULL;
	out->names = pt_arena_alloc(arena, traces->n_columns, sizeof *out->names);
	if (!out->names)
		return pt_build_out_of_memory(err);
	for (size_t c = 0; c < traces->n_columns; c++) {
		char number[32];
		snprintf(number, sizeof number, "#%zu", traces->columns[c]);
		out->names[c] = pt_arena_text(arena, set->names ? set->names[traces->columns[c]] : number);
		if (!out->names[c])
			return pt_build_out_of_memory(err);
	}
	return PT_OK;
}

static pt_status build_strongest(const double *weights, size_t n, const probe_labels *labels, loading *scratch,
	pt_arena *arena, pt_mode_view *view, pt_error *err)
{
	for (size_t i = 0; i < n; i++)
		scratch[i] = (loading){i, weights[i]};
	qsort(scratch, n, sizeof *scratch, by_size);
	size_t n_parts = n < LOADING_PROBES ? n : LOADING_PROBES;
	pt_mode_part *parts = pt_arena_alloc(arena, n_parts, sizeof *parts);
	if (!parts)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < n_parts; i++)
		parts[i] = (pt_mode_part){.name = labels->names[scratch[i].at], .weight = scratch[i].weight};
	view->n_probes = n_parts;
	view->probes = parts;
	return PT_OK;
}

/* Σ weight² of the probes whose names share the innermost prefix, by falling weight. */
static pt_status build_mode_groups(const double *weights, size_t n, const probe_labels *labels, loading *scratch,
	pt_arena *arena, pt_mode_view *view, pt_error *err)
{
	size_t n_groups = 0;
	for (size_t i = 0; labels->given && i < n; i++) {
		const char *name = labels->names[i];
		size_t length = pt_probe_prefix(name), g = 0;
		if (length == 0)
			continue;
		while (g < n_groups && (pt_probe_prefix(labels->names[scratch[g].at]) != length ||
								   strncmp(labels->names[scratch[g].at], name, length) != 0))
			g++;
		if (g == n_groups)
			scratch[n_groups++] = (loading){i, 0.0};
		scratch[g].weight += weights[i] * weights[i];
	}
	qsort(scratch, n_groups, sizeof *scratch, by_size);
	pt_mode_part *parts = pt_arena_alloc(arena, n_groups, sizeof *parts);
	if (!parts)
		return pt_build_out_of_memory(err);
	for (size_t g = 0; g < n_groups; g++) {
		char prefix[256];
		const char *name = labels->names[scratch[g].at];
		snprintf(prefix, sizeof prefix, "%.*s", (int)pt_probe_prefix(name), name);
		parts[g] = (pt_mode_part){.name = pt_arena_text(arena, prefix), .weight = scratch[g].weight};
		if (!parts[g].name)
			return pt_build_out_of_memory(err);
	}
	view->n_groups = n_groups;
	view->groups = parts;
	return PT_OK;
}

static pt_status fill_modes(const pt_loss_modes *modes, const probe_labels *labels, pt_arena *arena,
	pt_modes_view *view, pt_error *err)
{
	size_t n = modes->n_probes;
	pt_mode_view *views = pt_arena_alloc(arena, modes->n_modes, sizeof *views);
	loading *scratch = pt_arena_alloc(arena, n, sizeof *scratch);
	if (!views || !scratch)
		return pt_build_out_of_memory(err);
	pt_status status = PT_OK;
	for (size_t m = 0; m < modes->n_modes && (m == 0 || modes->share[m] >= least_share); m++) {
		const double *weights = modes->weights + m * n;
		views[m] = (pt_mode_view){.eigenvalue = modes->lambda[m], .share = modes->share[m]};
		status = build_strongest(weights, n, labels, scratch, arena, &views[m], err);
		if (status == PT_OK)
			status = build_mode_groups(weights, n, labels, scratch, arena, &views[m], err);
		if (status != PT_OK)
			return status;
		view->n_modes = m + 1;
	}
	view->modes = views;
	return PT_OK;
}

static pt_status build_modes(const pt_probe_store *store, const pt_probe_traces *traces, pt_modes_of of,
	pt_arena *arena, pt_modes_view *view, pt_error *err)
{
	pt_probe_rows rows = pt_probe_store_rows(store);
	pt_loss_modes modes;
	pt_loss_modes_init(&modes);
	*view = (pt_modes_view){.step = PT_NO_STEP};
	pt_status status = pt_probe_traces_modes(traces, &rows, of, &modes, &view->step, err);
	if (status == PT_OK && modes.n_modes > 0) {
		probe_labels labels;
		view->present = true;
		status = label_probes(traces, &rows, arena, &labels, err);
		if (status == PT_OK)
			status = fill_modes(&modes, &labels, arena, view, err);
	}
	pt_loss_modes_fini(&modes);
	return status;
}

/* --- spectra ---------------------------------------------------------------------------------------- */

static pt_status build_trace(
	const pt_spectrum_trace *trace, pt_arena *arena, pt_spectrum_view *view, pt_error *err)
{
	double *columns[5];
	for (size_t c = 0; c < 5; c++)
		if (!(columns[c] = pt_arena_alloc(arena, trace->n, sizeof(double))))
			return pt_build_out_of_memory(err);
	bool *partial = pt_arena_alloc(arena, trace->n, sizeof *partial);
	int64_t *steps = pt_arena_copy(arena, trace->steps, trace->n, sizeof *steps);
	if (!partial || !steps)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < trace->n; i++) {
		const pt_spectrum_point *point = &trace->points[i];
		columns[0][i] = point->shc;
		columns[1][i] = point->pr;
		columns[2][i] = point->trace;
		columns[3][i] = point->lambda1;
		columns[4][i] = point->pr_white_noise;
		partial[i] = point->partial;
	}
	view->n = trace->n;
	view->steps = steps;
	view->shc = columns[0];
	view->pr = columns[1];
	view->trace = columns[2];
	view->lambda1 = columns[3];
	view->pr_white_noise = columns[4];
	view->partial = partial;
	return PT_OK;
}

static pt_status build_names(const pt_probe_store *store, const pt_probe_traces *traces, pt_arena *arena,
	pt_spectrum_view *view, pt_error *err)
{
	const pt_probe_names *set = pt_probe_store_newest_set(store);
	if (!set || !set->names)
		return PT_OK;
	const char **names = pt_arena_alloc(arena, traces->n_columns, sizeof *names);
	if (!names)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < traces->n_columns; i++)
		if (!(names[i] = pt_arena_text(arena, set->names[traces->columns[i]])))
			return pt_build_out_of_memory(err);
	view->n_probe_names = traces->n_columns;
	view->probe_names = names;
	return PT_OK;
}

static pt_status build_spectrum(const pt_probe_store *store, const pt_probe_traces *traces, pt_modes_of form,
	bool with_modes, pt_arena *arena, pt_spectrum_view *view, pt_error *err)
{
	bool gaussian = form == PT_MODES_GAUSSIAN;
	const pt_spectrum_trace *trace = gaussian                      ? &traces->gaussian
									 : form == PT_MODES_DETRENDED ? &traces->detrended
																   : &traces->raw;
	*view = (pt_spectrum_view){
		.present = true,
		.gaussian = gaussian,
		.detrended = form == PT_MODES_DETRENDED,
		.window = gaussian ? traces->gaussian_samples : traces->window,
		.n_probes = (int64_t)traces->n_columns,
		.n_rows = (int64_t)(gaussian ? traces->n_gaussian : traces->n_plain),
		.n_invalid_rows = (int64_t)(gaussian ? traces->n_gaussian_invalid : traces->n_plain_invalid),
	};
	if (traces->subset[0] != '\0' && !(view->subset = pt_arena_text(arena, traces->subset)))
		return pt_build_out_of_memory(err);
	pt_status status = build_trace(trace, arena, view, err);
	if (status == PT_OK)
		status = build_names(store, traces, arena, view, err);
	if (status == PT_OK && with_modes)
		status = build_modes(store, traces, form, arena, &view->modes, err);
	return status;
}

/* All spectra of one subset, one behind the other: raw and detrended of plain rows, then of Gaussian rows. */
static pt_status build_subset(const pt_probe_store *plain, const pt_probe_store *gaussian, size_t i,
	bool with_modes, pt_arena *arena, pt_spectrum_view *views, size_t *n, pt_error *err)
{
	pt_status status = PT_OK;
	for (int form = PT_MODES_RAW; plain && i < plain->n_subsets && form <= PT_MODES_DETRENDED; form++)
		if (status == PT_OK)
			status = build_spectrum(plain, &plain->subsets[i], (pt_modes_of)form, with_modes, arena,
				&views[(*n)++], err);
	if (status == PT_OK && gaussian && i < gaussian->n_subsets)
		status = build_spectrum(gaussian, &gaussian->subsets[i], PT_MODES_GAUSSIAN, with_modes, arena,
			&views[(*n)++], err);
	return status;
}

static pt_status build_subsets(const pt_probe_store *plain, const pt_probe_store *gaussian, bool with_modes,
	pt_arena *arena, pt_run_view *view, pt_error *err)
{
	size_t n_plain = plain ? plain->n_subsets : 0, n_gaussian = gaussian ? gaussian->n_subsets : 0;
	size_t n = n_plain > n_gaussian ? n_plain : n_gaussian;
	pt_spectrum_view *views = pt_arena_alloc(arena, 3 * n, sizeof *views);
	if (!views)
		return pt_build_out_of_memory(err);
	pt_status status = PT_OK;
	for (size_t i = 0; i < n && status == PT_OK; i++)
		status = build_subset(
			plain, gaussian, i, with_modes, arena, views, &view->n_subset_spectra, err);
	view->subset_spectra = views;
	return status;
}

static pt_status build_groups(const pt_probe_store *store, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	pt_probe_groups groups = pt_probe_groups_of(pt_probe_store_newest_set(store));
	pt_probe_group_view *views = pt_arena_alloc(arena, groups.n, sizeof *views);
	if (!views)
		return pt_build_out_of_memory(err);
	for (size_t g = 0; g < groups.n; g++) {
		views[g] = (pt_probe_group_view){
			.glob = pt_arena_text(arena, groups.items[g].glob), .n_probes = groups.items[g].n_probes};
		if (!views[g].glob)
			return pt_build_out_of_memory(err);
	}
	view->n_probe_groups = groups.n;
	view->probe_groups = views;
	return PT_OK;
}

pt_status pt_build_spectra(
	const pt_run *run, const pt_settings *settings, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	const pt_probe_store *plain = pt_run_logs_probes(&run->logs, false);
	const pt_probe_store *gaussian = pt_run_logs_probes(&run->logs, true);
	bool with_modes = settings->wanted & PT_WANT_MODES;
	pt_status status = PT_OK;
	for (int form = PT_MODES_RAW; form <= PT_MODES_GAUSSIAN && status == PT_OK; form++) {
		const pt_probe_store *store = form == PT_MODES_GAUSSIAN ? gaussian : plain;
		if (store)
			status = build_spectrum(
				store, &store->all, (pt_modes_of)form, with_modes, arena, &view->spectra[form], err);
	}
	if (status == PT_OK)
		status = build_subsets(plain, gaussian, with_modes, arena, view, err);
	if (status == PT_OK && (plain || gaussian))
		status = build_groups(plain ? plain : gaussian, arena, view, err);
	return status;
}

_Static_assert((int)PT_MODES_RAW == (int)PT_SPECTRUM_RAW &&
				   (int)PT_MODES_DETRENDED == (int)PT_SPECTRUM_DETRENDED &&
				   (int)PT_MODES_GAUSSIAN == (int)PT_SPECTRUM_GAUSSIAN,
	"spectra and their modes are numbered alike");

/* --- baselines -------------------------------------------------------------------------------------- */

pt_status pt_build_baselines(const pt_run *run, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	const pt_probe_store *store = pt_run_logs_probes(&run->logs, false);
	if (!store || store->all.baselines.n != store->all.raw.n)
		return PT_OK; /* nobody asked */
	const pt_probe_traces *traces = &store->all;
	size_t n = traces->raw.n;
	double *columns = pt_arena_alloc(arena, n, 3 * sizeof *columns);
	if (!columns)
		return pt_build_out_of_memory(err);
	double *slope = columns, *variance = columns + n, *lag1 = columns + 2 * n;
	for (size_t i = 0; i < n; i++) {
		slope[i] = traces->baselines.points[i].slope;
		variance[i] = traces->baselines.points[i].variance;
		lag1[i] = traces->baselines.points[i].lag1;
	}
	view->baselines = (pt_baselines_view){
		.present = true,
		.n = n,
		.steps = pt_arena_copy(arena, traces->raw.steps, n, sizeof(int64_t)),
		.mean_loss = pt_arena_copy(arena, traces->means, n, sizeof(double)),
		.slope = slope,
		.variance = variance,
		.lag1 = lag1,
		.kendall_tau_log_shc = pt_arena_copy(arena, traces->baselines.taus, n, sizeof(double)),
	};
	const pt_baselines_view *made = &view->baselines;
	return made->steps && made->mean_loss && made->kendall_tau_log_shc ? PT_OK : pt_build_out_of_memory(err);
}
