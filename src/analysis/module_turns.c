#include "module_turns.h"

#include "matrix_results.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"

static void turn_init(pt_module_turn *turn)
{
	*turn = (pt_module_turn){.turning = {.index = -1, .angle_deg = PT_MISSING}, .drift_square = PT_MISSING};
	pt_pca_init(&turn->pca);
	pt_local_cosine_init(&turn->cosine);
	pt_direction_init(&turn->direction);
}

static void turn_fini(pt_module_turn *turn)
{
	pt_pca_fini(&turn->pca);
	pt_local_cosine_fini(&turn->cosine);
	pt_direction_fini(&turn->direction);
	turn_init(turn);
}

void pt_module_turns_fini(pt_module_turns *turns)
{
	for (size_t i = 0; turns->turns && i < turns->n_modules * PT_N_MATRICES; i++)
		turn_fini(&turns->turns[i]);
	pt_free(turns->turns);
	*turns = (pt_module_turns){0};
}

const pt_module_turn *pt_module_turns_at(const pt_module_turns *turns, size_t module, pt_matrix matrix)
{
	if (!turns->turns || module >= turns->n_modules)
		return NULL;
	const pt_module_turn *turn = &turns->turns[module * PT_N_MATRICES + (size_t)matrix];
	return turn->n > 0 ? turn : NULL;
}

/* What needs the whole Gram: the plane of the PCA, and the drift. */
static pt_status update_plane(
	pt_module_turn *turn, const pt_gram *gram, size_t n_unchanged, const pt_settings *settings, pt_error *err)
{
	if (!pt_gram_is_whole(gram)) {
		pt_pca_fini(&turn->pca);
		turn->turning = (pt_turning_point){.index = -1, .angle_deg = PT_MISSING};
		turn->drift_square = PT_MISSING;
		return PT_OK;
	}
	pt_status status =
		settings->warm_start
			? pt_trajectory_pca_refresh(gram, n_unchanged, PT_PCA_COMPONENTS, &turn->pca, err)
			: pt_trajectory_pca_leading(gram, PT_PCA_SOLVER_AUTO, PT_PCA_COMPONENTS, &turn->pca, err);
	if (status != PT_OK)
		return status;
	turn->turning = pt_pca_turning_point(&turn->pca, pt_settings_turning_frac(settings));
	turn->drift_square = gram->n < 2 ? 0.0 : pt_gram_block_sum(gram, 1, gram->n, 1, gram->n);
	return PT_OK;
}

static pt_status update_turn(pt_module_turn *turn, const pt_gram *gram, const pt_module_turns_input *input,
	const pt_settings *settings, pt_error *err)
{
	size_t n_unchanged = turn->n > 0 ? input->n_unchanged : 0;
	bool same = turn->n == gram->n && n_unchanged == gram->n;
	pt_cosine_options options = pt_cosine_options_of(settings, input->largest_k);
	pt_status status =
		pt_local_cosine_update(&turn->cosine, gram, input->steps, n_unchanged, &options, err);
	if (status == PT_ERR_NOT_FINITE && !pt_gram_is_whole(gram)) {
		pt_local_cosine_fini(&turn->cosine); /* k reaches farther than the band */
		status = PT_OK;
	}
	if (status == PT_OK && !same)
		status = update_plane(turn, gram, n_unchanged, settings, err);
	else if (status == PT_OK && turn->pca.present) /* the threshold may be another one */
		turn->turning = pt_pca_turning_point(&turn->pca, pt_settings_turning_frac(settings));
	if (status == PT_OK && !same)
		status = pt_direction_update(gram, input->steps, n_unchanged, &turn->direction, err);
	turn->n = status == PT_OK ? gram->n : 0;
	return status;
}

static pt_status make_room(pt_module_turns *turns, size_t n_modules, pt_error *err)
{
	if (turns->turns && turns->n_modules == n_modules)
		return PT_OK;
	pt_module_turns_fini(turns);
	turns->turns = pt_array_alloc(n_modules, PT_N_MATRICES * sizeof *turns->turns);
	if (!turns->turns)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for the turns of modules");
	turns->n_modules = n_modules;
	for (size_t i = 0; i < n_modules * PT_N_MATRICES; i++)
		turn_init(&turns->turns[i]);
	return PT_OK;
}

pt_status pt_module_turns_update(pt_module_turns *turns, const pt_module_turns_input *input,
	const pt_settings *settings, pt_error *err)
{
	pt_status status = make_room(turns, input->n_modules, err);
	for (size_t i = 0; i < input->n_modules * PT_N_MATRICES && status == PT_OK; i++) {
		pt_trajectory type = (pt_trajectory)(i % PT_N_MATRICES);
		const pt_module_history *history = input->histories[i / PT_N_MATRICES];
		bool wanted = settings->matrices == 0 || settings->matrices & PT_MATRIX_BIT(type);
		if (wanted && pt_module_history_has(history, type))
			status = update_turn(
				&turns->turns[i], pt_module_history_gram(history, type), input, settings, err);
		else if (turns->turns[i].n > 0)
			turn_fini(&turns->turns[i]);
	}
	return status;
}
