#include "snapshot_build.h"

#include <string.h>

_Static_assert((int)PT_COSINE_VALID == (int)PT_GAP_NONE &&
				   (int)PT_COSINE_UNDEFINED == (int)PT_GAP_UNDEFINED &&
				   (int)PT_COSINE_SKIPPED == (int)PT_GAP_SKIPPED && PT_STEP_MISSING == PT_NO_STEP,
	"numeric and the snapshot name gaps and missing steps alike");

const double *pt_build_spread(const pt_trajectories *t, const double *values, pt_arena *arena)
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
	*view = (pt_norm_view){
		.present = true,
		.norm = pt_build_spread(t, matrix->norms, arena),
		.drift = pt_build_spread(t, pt_matrix_lengths(&matrix->results, PT_LENGTH_DRIFT), arena),
		.step_length = pt_build_spread(t, pt_matrix_lengths(&matrix->results, PT_LENGTH_STEP), arena),
		.path_length = pt_build_spread(t, pt_matrix_lengths(&matrix->results, PT_LENGTH_PATH), arena),
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
	pt_turning_point turn = pt_pca_turning_point(pca, pt_settings_turning_frac(settings));
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

/* NULL stays NULL: not wanted, or nothing to copy. */
static bool copy_column(const double *from, size_t n, pt_arena *arena, const double **out)
{
	*out = from ? pt_arena_copy(arena, from, n, sizeof *from) : NULL;
	return !from || *out;
}

static pt_status build_extras(const pt_cosine_extras *extras, size_t n, pt_arena *arena, pt_cosine_view *view,
	pt_error *err)
{
	bool ok = copy_column(extras->floor_q, n, arena, &view->floor_q) &&
			  copy_column(extras->debiased, n, arena, &view->debiased) &&
			  copy_column(extras->q25, n, arena, &view->usual_q25) &&
			  copy_column(extras->median, n, arena, &view->usual_median) &&
			  copy_column(extras->q75, n, arena, &view->usual_q75);
	return ok ? PT_OK : pt_build_out_of_memory(err);
}

static pt_status build_cosine(const pt_local_cosine *cosine, const pt_cosine_extras *extras, int64_t k,
	const pt_settings *settings, pt_arena *arena, pt_cosine_view *view, pt_error *err)
{
	bool has_minimum = cosine->present && cosine->minimum >= 0, has_dip = cosine->present && cosine->dip >= 0;
	*view = (pt_cosine_view){
		.present = cosine->present,
		.k = cosine->k > 0 ? cosine->k : k,
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
		.dip_min_step_frac = pt_settings_turning_frac(settings),
		.pending_from_step = cosine->present ? cosine->pending_from_step : PT_NO_STEP,
		.decided_at_step = cosine->present ? cosine->decided_at_step : PT_NO_STEP,
	};
	if (!view->steps || !view->values || !view->gaps)
		return pt_build_out_of_memory(err);
	return build_extras(extras, cosine->n, arena, view, err);
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

static pt_status build_sigma(const pt_trajectories *t, const pt_sigma_ratios *sigma, pt_arena *arena,
	pt_sigma_view *view, pt_error *err)
{
	int64_t *steps = pt_arena_alloc(arena, sigma->n, sizeof *steps);
	if (!steps)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < sigma->n; i++)
		steps[i] = t->complete_steps[sigma->at[i]];
	*view = (pt_sigma_view){
		.present = true,
		.window_increments = PT_SIGMA_WINDOW,
		.n = sigma->n,
		.steps = steps,
		.s1_s2 = pt_arena_copy(arena, sigma->s1_s2, sigma->n, sizeof(double)),
		.s2_s3 = pt_arena_copy(arena, sigma->s2_s3, sigma->n, sizeof(double)),
	};
	return view->s1_s2 && view->s2_s3 ? PT_OK : pt_build_out_of_memory(err);
}

static pt_status build_scan(const pt_trajectories *t, const pt_cosine_scan *scan, pt_arena *arena,
	pt_k_scan_view *view, pt_error *err)
{
	*view = (pt_k_scan_view){
		.present = true,
		.n_k = scan->n_k,
		.n = scan->n,
		.k = pt_arena_copy(arena, scan->k, scan->n_k, sizeof(int64_t)),
		.steps = pt_arena_copy(arena, t->complete_steps, scan->n, sizeof(int64_t)),
		.values = pt_arena_copy(arena, scan->values, scan->n_k * scan->n, sizeof(double)),
	};
	return view->k && view->steps && view->values ? PT_OK : pt_build_out_of_memory(err);
}

static pt_status build_map(
	const pt_cosine_map *map, pt_arena *arena, pt_square_view *view, pt_error *err)
{
	*view = (pt_square_view){
		.present = true,
		.n = map->n,
		.steps = pt_arena_copy(arena, map->steps, map->n, sizeof(int64_t)),
		.values = pt_arena_copy(arena, map->values, map->n * map->n, sizeof(double)),
	};
	return view->steps && view->values ? PT_OK : pt_build_out_of_memory(err);
}

/* The increment Gram as a report prints it: nothing comes before v_0, so that row and column 0 are missing. */
static void spread_increments(const pt_gram *gram, double *out)
{
	size_t n = gram->n;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++)
			out[i * n + j] = out[j * n + i] = j == 0 ? PT_MISSING : pt_gram_row(gram, i)[j];
}

static pt_status build_grams(const pt_trajectories *t, const pt_gram *gram, pt_arena *arena,
	pt_matrix_view *view, pt_error *err)
{
	size_t n = gram->n;
	int64_t *steps = pt_arena_copy(arena, t->complete_steps, n, sizeof *steps);
	double *raw = pt_arena_alloc(arena, n * n, sizeof *raw);
	double *increments = pt_arena_alloc(arena, n * n, sizeof *increments);
	if (!steps || !raw || !increments)
		return pt_build_out_of_memory(err);
	pt_gram_inner_products(gram, false, raw);
	spread_increments(gram, increments);
	view->gram = (pt_square_view){.present = true, .n = n, .steps = steps, .values = raw};
	view->increment_gram = (pt_square_view){.present = true, .n = n, .steps = steps, .values = increments};
	return PT_OK;
}

static pt_status build_wanted(const pt_trajectories *t, const pt_tracked_matrix *matrix,
	const pt_settings *settings, pt_arena *arena, pt_matrix_view *view, pt_error *err)
{
	const pt_matrix_results *results = &matrix->results;
	pt_status status = PT_OK;
	if (results->n >= 2 &&
		!(view->final_alignment = pt_arena_copy(
			  arena, pt_matrix_lengths(results, PT_LENGTH_ALIGNMENT), results->n, sizeof(double))))
		return pt_build_out_of_memory(err);
	if (results->has_sigma)
		status = build_sigma(t, &results->sigma, arena, &view->sigma, err);
	if (status == PT_OK && results->has_scan)
		status = build_scan(t, &results->scan, arena, &view->k_scan, err);
	if (status == PT_OK && results->has_map)
		status = build_map(&results->map, arena, &view->checkpoint_cosine, err);
	if (status == PT_OK && settings->wanted & PT_WANT_GRAMS)
		status = build_grams(t, &matrix->gram, arena, view, err);
	return status;
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
			status = build_cosine(&matrix->results.cosines[i], &matrix->results.extras[i], t->k[i], settings,
				arena, &out->cosines[i], err);
		if (status == PT_OK)
			status = build_changes(t, &matrix->results.direction, arena, out, err);
		if (status == PT_OK)
			status = build_wanted(t, matrix, settings, arena, out, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}
