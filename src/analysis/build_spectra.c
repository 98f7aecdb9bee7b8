#include "snapshot_build.h"

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

/* @param names  of the probes of `traces` */
static pt_status build_spectrum(const pt_probe_store *store, const pt_probe_traces *traces, pt_modes_of form,
	const pt_built_names *names, pt_arena *arena, pt_spectrum_view *view, pt_error *err)
{
	bool gaussian = form == PT_MODES_GAUSSIAN;
	const pt_spectrum_trace *trace = gaussian                     ? &traces->gaussian
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
	if (names->given) {
		view->n_probe_names = names->n;
		view->probe_names = names->names;
	}
	pt_status status = build_trace(trace, arena, view, err);
	return status == PT_OK ? pt_build_modes(store, traces, form, names, arena, &view->modes, err) : status;
}

/* Raw and detrended of plain rows (in this order), or that of Gaussian rows: `views` has one for each form.
 */
static pt_status build_forms(const pt_probe_store *store, const pt_probe_traces *traces, bool gaussian,
	bool with_modes, pt_arena *arena, pt_spectrum_view *views, pt_error *err)
{
	pt_built_names names;
	pt_status status = pt_build_names(store, traces, with_modes, arena, &names, err);
	if (status == PT_OK && gaussian)
		return build_spectrum(store, traces, PT_MODES_GAUSSIAN, &names, arena, views, err);
	for (int form = PT_MODES_RAW; form <= PT_MODES_DETRENDED && status == PT_OK; form++)
		status = build_spectrum(store, traces, (pt_modes_of)form, &names, arena, &views[form], err);
	return status;
}

/* All spectra of one subset, one behind the other: raw and detrended of plain rows, then of Gaussian rows. */
static pt_status build_subset(const pt_probe_store *plain, const pt_probe_store *gaussian, size_t i,
	bool with_modes, pt_arena *arena, pt_spectrum_view *views, size_t *n, pt_error *err)
{
	pt_status status = PT_OK;
	if (plain && i < plain->n_subsets) {
		status = build_forms(plain, &plain->subsets[i], false, with_modes, arena, views + *n, err);
		*n += 2;
	}
	if (status == PT_OK && gaussian && i < gaussian->n_subsets) {
		status = build_forms(gaussian, &gaussian->subsets[i], true, with_modes, arena, views + *n, err);
		*n += 1;
	}
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
		status = build_subset(plain, gaussian, i, with_modes, arena, views, &view->n_subset_spectra, err);
	view->subset_spectra = views;
	return status;
}

static pt_status build_groups(const pt_probe_store *store, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	const pt_probe_groups *groups = &store->groups;
	pt_probe_group_view *views = pt_arena_alloc(arena, groups->n, sizeof *views);
	if (!views)
		return pt_build_out_of_memory(err);
	for (size_t g = 0; g < groups->n; g++) {
		views[g] = (pt_probe_group_view){
			.glob = pt_arena_text(arena, groups->items[g].glob), .n_probes = groups->items[g].n_probes};
		if (!views[g].glob)
			return pt_build_out_of_memory(err);
	}
	view->n_probe_groups = groups->n;
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
	if (plain)
		status = build_forms(plain, &plain->all, false, with_modes, arena, view->spectra, err);
	if (gaussian && status == PT_OK)
		status = build_forms(
			gaussian, &gaussian->all, true, with_modes, arena, &view->spectra[PT_SPECTRUM_GAUSSIAN], err);
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
