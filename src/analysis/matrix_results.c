#include "matrix_results.h"

#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"
#include "phasetop/numeric/checkpoint_cosine.h"
#include "phasetop/numeric/storage_floor.h"

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for the results of a trajectory");
}

void pt_matrix_results_init(pt_matrix_results *results)
{
	*results = (pt_matrix_results){0};
	pt_pca_init(&results->pca);
	pt_direction_init(&results->direction);
	pt_sigma_ratios_init(&results->sigma);
	pt_cosine_scan_init(&results->scan);
	for (int i = 0; i < PT_MAX_K; i++)
		pt_local_cosine_init(&results->cosines[i]);
}

static void map_fini(pt_cosine_map *map)
{
	pt_free(map->steps);
	pt_free(map->values);
	*map = (pt_cosine_map){0};
}

static void extras_fini(pt_cosine_extras *extras)
{
	pt_free(extras->memory);
	*extras = (pt_cosine_extras){0};
}

void pt_matrix_results_fini(pt_matrix_results *results)
{
	pt_pca_fini(&results->pca);
	pt_free(results->lengths);
	pt_direction_fini(&results->direction);
	pt_sigma_ratios_fini(&results->sigma);
	pt_cosine_scan_fini(&results->scan);
	map_fini(&results->map);
	for (int i = 0; i < PT_MAX_K; i++) {
		pt_local_cosine_fini(&results->cosines[i]);
		extras_fini(&results->extras[i]);
	}
	pt_matrix_results_init(results);
}

static bool is_wanted(const pt_settings *settings, pt_want want, pt_matrix matrix)
{
	bool of_type = settings->matrices == 0 || settings->matrices & PT_MATRIX_BIT(matrix);
	return settings->wanted & (unsigned)want && of_type;
}

/* --- local cosines ---------------------------------------------------------------------------------- */

pt_cosine_options pt_cosine_options_of(const pt_settings *settings, int64_t k)
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

/* Where k moves by one place, most k of the new list were in the old one: their block sums move along. */
static void keep_known_k(pt_matrix_results *results, const pt_matrix_input *input)
{
	for (size_t i = 0; i < input->n_k; i++)
		for (size_t j = i + 1; j < PT_MAX_K && results->cosines[i].k != input->k[i]; j++)
			if (results->cosines[j].present && results->cosines[j].k == input->k[i]) {
				pt_local_cosine cosine = results->cosines[i];
				pt_cosine_extras extras = results->extras[i];
				results->cosines[i] = results->cosines[j];
				results->extras[i] = results->extras[j];
				results->cosines[j] = cosine;
				results->extras[j] = extras;
			}
}

static pt_status fill_extras(const pt_local_cosine *cosine, const double *energies, bool band,
	const pt_cosine_options *options, pt_cosine_extras *extras, pt_error *err)
{
	extras_fini(extras);
	extras->options = *options;
	if (cosine->n == 0)
		return PT_OK;
	double *at = pt_array_alloc(cosine->n, 5 * sizeof *at);
	if (!at)
		return out_of_memory(err);
	extras->memory = at;
	if (energies) {
		extras->floor_q = at;
		extras->debiased = at + cosine->n;
		pt_storage_floor(cosine, energies, extras->floor_q, extras->debiased);
	}
	if (!band)
		return PT_OK;
	extras->q25 = at + 2 * cosine->n;
	extras->median = at + 3 * cosine->n;
	extras->q75 = at + 4 * cosine->n;
	return pt_cosine_usual_band(
		cosine->values, cosine->gaps, cosine->n, extras->q25, extras->median, extras->q75, err);
}

/* The largest smaller k whose block sums are of this Gram: those before slot i just were brought up to date, and if
   nothing arrived, all are. */
static const pt_local_cosine *nearer_of(
	const pt_matrix_results *results, const pt_matrix_input *input, size_t i, bool same)
{
	const pt_local_cosine *best = NULL;
	for (size_t j = 0; j < (same ? (size_t)PT_MAX_K : i); j++) {
		const pt_local_cosine *other = &results->cosines[j];
		if (j != i && other->present && other->k < input->k[i] && (!best || other->k > best->k))
			best = other;
	}
	return best;
}

static bool same_options(const pt_cosine_options *a, const pt_cosine_options *b)
{
	return a->k == b->k && a->by_index == b->by_index && a->tolerance == b->tolerance &&
		   a->min_step_norm == b->min_step_norm && a->min_step_frac == b->min_step_frac &&
		   a->dip_min_step_frac == b->dip_min_step_frac;
}

/* Frames bring the curves of those types up to date that are drawn: they are most of what a key costs that changes k.
   The others follow when they are drawn, from what they had. */
static bool is_for_later(pt_matrix_results *results, const pt_matrix_input *input, const pt_settings *settings)
{
	if (input->n_unchanged < results->n_cosines_know)
		results->n_cosines_know = input->n_unchanged;
	bool drawn = settings->matrices == 0 || settings->matrices & PT_MATRIX_BIT(input->matrix);
	return settings->warm_start && !drawn && results->cosines[0].present;
}

static pt_status update_cosines(pt_matrix_results *results, const pt_matrix_input *input,
	const pt_settings *settings, pt_error *err)
{
	if (is_for_later(results, input, settings))
		return PT_OK;
	size_t n_unchanged = results->n_cosines_know;
	bool same = n_unchanged == input->gram->n && results->n == input->gram->n;
	results->n_cosines_know = 0; /* until all are done */
	keep_known_k(results, input);
	pt_status status = PT_OK;
	bool band = is_wanted(settings, PT_WANT_BAND, input->matrix);
	for (size_t i = 0; i < input->n_k && status == PT_OK; i++) {
		pt_cosine_options options = pt_cosine_options_of(settings, input->k[i]);
		pt_cosine_extras *extras = &results->extras[i];
		bool has_band = extras->q25 != NULL || results->cosines[i].n == 0;
		if (same && same_options(&options, &extras->options) && (has_band || !band))
			continue;
		status = pt_local_cosine_update_from(&results->cosines[i], nearer_of(results, input, i, same),
			input->gram, input->steps, n_unchanged, &options, err);
		if (status == PT_OK)
			status = fill_extras(&results->cosines[i], input->energies, band, &options, extras, err);
		else
			extras_fini(extras);
	}
	/* the block sums of k that are not drawn are of an older trajectory from now on */
	for (size_t i = input->n_k; i < PT_MAX_K && !same; i++) {
		pt_local_cosine_fini(&results->cosines[i]);
		extras_fini(&results->extras[i]);
	}
	if (status == PT_OK)
		results->n_cosines_know = input->gram->n;
	return status;
}

/* --- maps ------------------------------------------------------------------------------------------- */

/* Every so many-th checkpoint, counted from the newest, so that no more than PT_MAP_SCREEN_N are left. */
static pt_status thin_out(const pt_gram *gram, size_t stride, size_t n, pt_gram *out, pt_error *err)
{
	size_t *indices = pt_array_alloc(n, sizeof *indices);
	if (!indices)
		return out_of_memory(err);
	for (size_t i = 0; i < n; i++)
		indices[i] = gram->n - 1 - (n - 1 - i) * stride;
	pt_status status = pt_gram_select(gram, indices, n, out, err);
	pt_free(indices);
	return status;
}

static pt_status make_map(
	const pt_matrix_input *input, bool for_screen, pt_cosine_map *map, pt_error *err)
{
	size_t all = input->gram->n;
	size_t stride = for_screen ? (all + PT_MAP_SCREEN_N - 1) / PT_MAP_SCREEN_N : 1;
	size_t n = stride > 1 ? (all + stride - 1) / stride : all;
	pt_cosine_map made = {.n = n,
		.steps = pt_array_alloc(n, sizeof(int64_t)),
		.values = pt_array_alloc(n, n * sizeof(double))};
	pt_gram thin;
	pt_gram_init(&thin);
	pt_status status = made.steps && made.values ? PT_OK : out_of_memory(err);
	if (status == PT_OK && stride > 1)
		status = thin_out(input->gram, stride, n, &thin, err);
	if (status == PT_OK) {
		for (size_t i = 0; i < n; i++)
			made.steps[i] = input->steps[all - 1 - (n - 1 - i) * stride];
		pt_checkpoint_cosine(stride > 1 ? &thin : input->gram, made.values);
		map_fini(map);
		*map = made;
	} else {
		map_fini(&made);
	}
	pt_gram_fini(&thin);
	return status;
}

static pt_status update_maps(pt_matrix_results *results, const pt_matrix_input *input,
	const pt_settings *settings, bool same, pt_error *err)
{
	pt_status status = PT_OK;
	bool scan = is_wanted(settings, PT_WANT_K_SCAN, input->matrix);
	if (scan) {
		/* an old scan is of another trajectory where it was not kept up to date */
		size_t n_unchanged = results->has_scan ? input->n_unchanged : 0;
		pt_cosine_options options = pt_cosine_options_of(settings, 1);
		status = pt_cosine_scan_update(
			&results->scan, input->gram, input->steps, n_unchanged, &options, PT_SCAN_MAX_K, err);
	}
	results->has_scan = scan && status == PT_OK;
	bool map = is_wanted(settings, PT_WANT_CHECKPOINT_COSINE, input->matrix) && input->gram->n > 0;
	if (status == PT_OK && map && !(same && results->has_map))
		status = make_map(input, settings->warm_start, &results->map, err);
	results->has_map = map && status == PT_OK;
	return status;
}

/* --- all -------------------------------------------------------------------------------------------- */

static pt_status update_pca(pt_matrix_results *results, const pt_matrix_input *input,
	const pt_settings *settings, bool same, pt_error *err)
{
	size_t n_scree = settings->wanted & PT_WANT_SCREE ? PT_PCA_SCREE : PT_PCA_COMPONENTS;
	size_t n = input->gram->n, most = n > 0 ? n - 1 : 0;
	bool enough = results->pca.n_scree >= (n_scree < most ? n_scree : most);
	if (same && results->pca.present && enough)
		return PT_OK;
	if (settings->warm_start)
		return pt_trajectory_pca_refresh(input->gram, input->n_unchanged, n_scree, &results->pca, err);
	return pt_trajectory_pca_leading(input->gram, PT_PCA_SOLVER_AUTO, n_scree, &results->pca, err);
}

static pt_status update_lengths(pt_matrix_results *results, const pt_matrix_input *input, pt_error *err)
{
	size_t n = input->gram->n;
	double *lengths = pt_array_resize(results->lengths, n ? n : 1, PT_N_LENGTHS * sizeof *lengths);
	if (!lengths)
		return out_of_memory(err);
	results->lengths = lengths;
	pt_gram_lengths(input->gram, lengths + PT_LENGTH_DRIFT * n, lengths + PT_LENGTH_STEP * n,
		lengths + PT_LENGTH_PATH * n);
	if (n > 0)
		pt_final_alignment(input->gram, lengths + PT_LENGTH_ALIGNMENT * n);
	return PT_OK;
}

const double *pt_matrix_lengths(const pt_matrix_results *results, pt_length which)
{
	return results->lengths + (size_t)which * results->n;
}

pt_status pt_matrix_results_update(pt_matrix_results *results, const pt_matrix_input *input,
	const pt_settings *settings, pt_error *err)
{
	const pt_gram *gram = input->gram;
	/* only settings changed: what does not depend on them stays */
	bool same = results->n == gram->n && input->n_unchanged == gram->n && gram->n > 0;
	pt_status status = update_pca(results, input, settings, same, err);
	if (status == PT_OK)
		status = update_cosines(results, input, settings, err);
	if (status == PT_OK && !same)
		status = pt_direction_update(gram, input->steps, input->n_unchanged, &results->direction, err);
	if (status == PT_OK && !same)
		status = update_lengths(results, input, err);
	bool sigma = settings->wanted & PT_WANT_SIGMA;
	if (status == PT_OK && sigma && !(same && results->has_sigma))
		status = pt_sigma_ratios_update(&results->sigma, gram, input->steps,
			results->has_sigma ? input->n_unchanged : 0, err);
	results->has_sigma = sigma && status == PT_OK;
	if (status == PT_OK)
		status = update_maps(results, input, settings, same, err);
	results->n = status == PT_OK ? gram->n : 0;
	return status;
}
