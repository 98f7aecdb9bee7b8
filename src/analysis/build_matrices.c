#include "snapshot_build.h"

#include <string.h>

_Static_assert((int)PT_COSINE_VALID == (int)PT_GAP_NONE &&
				   (int)PT_COSINE_UNDEFINED == (int)PT_GAP_UNDEFINED &&
				   (int)PT_COSINE_SKIPPED == (int)PT_GAP_SKIPPED && PT_STEP_MISSING == PT_NO_STEP,
	"numeric and the snapshot name gaps and missing steps alike");

/* Spread n_complete values over all checkpoints of the run; the incomplete ones are missing. */
static const double *spread(const pt_trajectories *t, const double *values, pt_arena *arena)
{
	double *all = pt_arena_alloc(arena, t->n_checkpoints, sizeof *all);
	size_t c = 0;
	for (size_t i = 0; all && i < t->n_checkpoints; i++)
		all[i] = t->checkpoints[i].complete ? values[c++] : PT_MISSING;
	return all;
}

static pt_status build_norms(const pt_trajectories *t, const pt_tracked_matrix *matrix, pt_arena *arena,
	pt_norm_view *view, pt_error *err)
{
	size_t n = t->n_complete;
	double *drift = pt_arena_alloc(arena, n, sizeof *drift);
	double *step_length = pt_arena_alloc(arena, n, sizeof *step_length);
	double *path_length = pt_arena_alloc(arena, n, sizeof *path_length);
	if (!drift || !step_length || !path_length)
		return pt_build_out_of_memory(err);
	pt_gram_lengths(&matrix->gram, drift, step_length, path_length);
	*view = (pt_norm_view){
		.present = true,
		.norm = spread(t, matrix->norms, arena),
		.drift = spread(t, drift, arena),
		.step_length = spread(t, step_length, arena),
		.path_length = spread(t, path_length, arena),
	};
	bool ok = view->norm && view->drift && view->step_length && view->path_length;
	return ok ? PT_OK : pt_build_out_of_memory(err);
}

static pt_status build_pca(const pt_trajectories *t, const pt_tracked_matrix *matrix,
	const pt_settings *settings, pt_arena *arena, pt_pca_view *view, pt_error *err)
{
	const pt_pca *pca = &matrix->results.pca;
	if (!pca->present)
		return PT_OK;
	double min_frac = pt_is_missing(settings->min_step_frac) ? 0.2 : settings->min_step_frac;
	pt_turning_point turn = pt_pca_turning_point(pca, min_frac);
	*view = (pt_pca_view){
		.present = true,
		.n = pca->n,
		.steps = pt_arena_copy(arena, t->complete_steps, pca->n, sizeof(int64_t)),
		.pc1 = pt_arena_copy(arena, pca->scores[0], pca->n, sizeof(double)),
		.pc2 = pt_arena_copy(arena, pca->scores[1], pca->n, sizeof(double)),
		.explained = {pca->explained[0], pca->explained[1]},
		.n_scree = pca->n_scree,
		.scree = pt_arena_copy(arena, pca->scree, pca->n_scree, sizeof(double)),
		.turning_step = turn.index < 0 ? PT_NO_STEP : t->complete_steps[turn.index],
		.turning_angle_deg = turn.angle_deg,
	};
	for (size_t c = 0; c < 2; c++) {
		ptrdiff_t at = pt_pca_component_turn(pca, c, t->complete_steps);
		view->component_turn_steps[c] = at < 0 ? PT_NO_STEP : t->complete_steps[at];
	}
	bool ok = view->steps && view->pc1 && view->pc2 && view->scree;
	return ok ? PT_OK : pt_build_out_of_memory(err);
}

static pt_status build_cosine(const pt_local_cosine *cosine, int64_t k, const pt_settings *settings,
	pt_arena *arena, pt_cosine_view *view, pt_error *err)
{
	bool has_minimum = cosine->present && cosine->minimum >= 0, has_dip = cosine->present && cosine->dip >= 0;
	*view = (pt_cosine_view){
		.present = cosine->present,
		.k = k,
		.k_used = cosine->present ? cosine->k_used : PT_NO_STEP,
		.k_checkpoints = cosine->k_checkpoints,
		.n = cosine->n,
		.steps = pt_arena_copy(arena, cosine->steps, cosine->n, sizeof(int64_t)),
		.values = pt_arena_copy(arena, cosine->values, cosine->n, sizeof(double)),
		.gaps = pt_arena_copy(arena, cosine->gaps, cosine->n, sizeof(uint8_t)),
		.minimum_step = has_minimum ? cosine->steps[cosine->minimum] : PT_NO_STEP,
		.minimum_value = has_minimum ? cosine->values[cosine->minimum] : PT_MISSING,
		.dip_step = has_dip ? cosine->steps[cosine->dip] : PT_NO_STEP,
		.dip_value = has_dip ? cosine->values[cosine->dip] : PT_MISSING,
		.dip_prominence = has_dip ? cosine->dip_prominence : PT_MISSING,
		.dip_min_step_frac = pt_is_missing(settings->min_step_frac) ? 0.2 : settings->min_step_frac,
		.pending_from_step = cosine->present ? cosine->pending_from_step : PT_NO_STEP,
		.decided_at_step = cosine->present ? cosine->decided_at_step : PT_NO_STEP,
	};
	return view->steps && view->values && view->gaps ? PT_OK : pt_build_out_of_memory(err);
}

static pt_status build_changes(const pt_trajectories *t, const pt_direction *direction, pt_arena *arena,
	pt_matrix_view *view, pt_error *err)
{
	pt_change_point_view *changes = pt_arena_alloc(arena, direction->n_changes, sizeof *changes);
	if (!changes)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < direction->n_changes; i++) {
		const pt_change_point *change = &direction->changes[i];
		changes[i] = (pt_change_point_view){
			.step = t->complete_steps[change->at],
			.known_at_step = t->complete_steps[change->known_at],
			.statistic = change->statistic,
			.ratio = change->ratio,
			.threshold = PT_CHANGE_RATIO,
			.phi_deg = change->phi_deg,
			.usual_phi_deg = direction->usual_phi_deg,
			.window_increments = PT_CHANGE_WINDOW,
		};
	}
	view->n_change_points = direction->n_changes;
	view->change_points = changes;
	return PT_OK;
}

pt_status pt_build_matrices(
	const pt_run *run, const pt_settings *settings, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	const pt_trajectories *t = &run->trajectories;
	for (int m = 0; m < PT_N_MATRICES; m++) {
		const pt_tracked_matrix *matrix = &t->matrices[m];
		pt_matrix_view *out = &view->matrices[m];
		if (!matrix->present)
			continue;
		pt_status status = build_norms(t, matrix, arena, &out->norms, err);
		if (status == PT_OK)
			status = build_pca(t, matrix, settings, arena, &out->pca, err);
		out->n_cosines = t->n_k;
		for (size_t i = 0; i < t->n_k && status == PT_OK; i++)
			status = build_cosine(&matrix->results.cosines[i], t->k[i], settings, arena, &out->cosines[i], err);
		if (status == PT_OK)
			status = build_changes(t, &matrix->results.direction, arena, out, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

/* --- modules ---------------------------------------------------------------------------------------- */

static pt_status build_scalings(const pt_trajectories *t, const pt_tracked_module *module, pt_arena *arena,
	pt_module_view *view, pt_error *err)
{
	pt_scaling_change *changes = pt_arena_alloc(arena, t->n_complete, sizeof *changes);
	if (!changes)
		return pt_build_out_of_memory(err);
	size_t n = 0;
	for (size_t i = 0; i < t->n_complete; i++) {
		double scaling = pt_module_history_at(module->history, i).scaling;
		bool as_before = n > 0 && (changes[n - 1].scaling == scaling ||
									  (pt_is_missing(scaling) && pt_is_missing(changes[n - 1].scaling)));
		if (!as_before)
			changes[n++] = (pt_scaling_change){.step = t->complete_steps[i], .scaling = scaling};
	}
	view->scaling = n > 0 ? changes[n - 1].scaling : PT_MISSING;
	view->n_scaling_changes = module->n_shape_b > 0 ? n : 0;
	view->scaling_changes = changes;
	return PT_OK;
}

static pt_status build_warnings(
	const pt_tracked_module *module, pt_arena *arena, pt_module_view *view, pt_error *err)
{
	const char **warnings = pt_arena_alloc(arena, module->n_warnings, sizeof *warnings);
	if (!warnings)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < module->n_warnings; i++)
		if (!(warnings[i] = pt_arena_text(arena, module->warnings[i])))
			return pt_build_out_of_memory(err);
	view->n_warnings = module->n_warnings;
	view->warnings = warnings;
	return PT_OK;
}

static pt_status build_module(const pt_trajectories *t, const pt_tracked_module *module, pt_arena *arena,
	pt_module_view *view, pt_error *err)
{
	*view = (pt_module_view){
		.name = pt_arena_text(arena, module->name),
		.adapter = pt_arena_text(arena, module->adapter),
		.kind = pt_arena_text(arena, module->kind),
		.dtype = pt_arena_text(arena, module->dtype),
		.rank = module->rank,
		.n_shape_a = module->n_shape_a,
		.n_shape_b = module->n_shape_b,
		.shape_a = pt_arena_copy(arena, module->shape_a, module->n_shape_a, sizeof(int64_t)),
		.shape_b = pt_arena_copy(arena, module->shape_b, module->n_shape_b, sizeof(int64_t)),
		.selected = module->selected,
	};
	if (!view->name || !view->adapter || !view->kind || !view->dtype || !view->shape_a || !view->shape_b)
		return pt_build_out_of_memory(err);
	for (int m = 0; m < PT_N_MATRICES; m++) {
		if (!pt_module_history_has(module->history, (pt_trajectory)m))
			continue;
		view->norm[m] = spread(t, pt_module_history_norms(module->history, (pt_trajectory)m), arena);
		if (!view->norm[m])
			return pt_build_out_of_memory(err);
	}
	pt_status status = build_scalings(t, module, arena, view, err);
	return status == PT_OK ? build_warnings(module, arena, view, err) : status;
}

pt_status pt_build_modules(const pt_run *run, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	const pt_trajectories *t = &run->trajectories;
	pt_module_view *modules = pt_arena_alloc(arena, t->n_modules, sizeof *modules);
	if (!modules)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < t->n_modules; i++) {
		pt_status status = build_module(t, &t->modules[i], arena, &modules[i], err);
		if (status != PT_OK)
			return status;
	}
	view->n_modules = t->n_modules;
	view->modules = modules;
	return PT_OK;
}
