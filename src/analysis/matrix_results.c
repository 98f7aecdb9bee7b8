#include "matrix_results.h"

#include "phasetop/base/missing.h"

void pt_matrix_results_init(pt_matrix_results *results)
{
	pt_pca_init(&results->pca);
	pt_direction_init(&results->direction);
	for (int i = 0; i < PT_MAX_K; i++)
		pt_local_cosine_init(&results->cosines[i]);
}

void pt_matrix_results_fini(pt_matrix_results *results)
{
	pt_pca_fini(&results->pca);
	pt_direction_fini(&results->direction);
	for (int i = 0; i < PT_MAX_K; i++)
		pt_local_cosine_fini(&results->cosines[i]);
}

static pt_cosine_options cosine_options(const pt_settings *settings, int64_t k)
{
	pt_cosine_options options = pt_cosine_options_default();
	options.k = k;
	options.by_index = settings->pairing == PT_PAIRING_INDEX;
	options.tolerance = settings->pairing_tolerance;
	if (!pt_is_missing(settings->min_step_norm))
		options.min_step_norm = settings->min_step_norm;
	if (!pt_is_missing(settings->min_step_frac)) {
		options.min_step_frac = settings->min_step_frac;
		options.dip_min_step_frac = settings->min_step_frac;
	}
	return options;
}

pt_status pt_matrix_results_update(pt_matrix_results *results, const pt_matrix_input *input,
	const pt_settings *settings, pt_error *err)
{
	size_t n_scree = settings->wanted & PT_WANT_SCREE ? PT_PCA_SCREE : PT_PCA_COMPONENTS;
	pt_status status =
		pt_trajectory_pca_leading(input->gram, PT_PCA_SOLVER_AUTO, n_scree, &results->pca, err);
	for (size_t i = 0; i < input->n_k && status == PT_OK; i++) {
		pt_cosine_options options = cosine_options(settings, input->k[i]);
		status = pt_local_cosine_update(
			&results->cosines[i], input->gram, input->steps, input->n_unchanged, &options, err);
	}
	if (status == PT_OK)
		status =
			pt_direction_update(input->gram, input->steps, input->n_unchanged, &results->direction, err);
	return status;
}
