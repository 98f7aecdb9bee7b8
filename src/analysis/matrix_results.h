/** What follows from the Gram of one matrix type of a module set: PCA, local cosines, change points, … */
#ifndef PT_ANALYSIS_MATRIX_RESULTS_H
#define PT_ANALYSIS_MATRIX_RESULTS_H

#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/settings.h"
#include "phasetop/base/status.h"
#include "phasetop/numeric/changepoint.h"
#include "phasetop/numeric/gram.h"
#include "phasetop/numeric/local_cosine.h"
#include "phasetop/numeric/trajectory_pca.h"

typedef struct pt_matrix_results {
	pt_pca pca;
	pt_local_cosine cosines[PT_MAX_K];
	pt_direction direction;
} pt_matrix_results;

void pt_matrix_results_init(pt_matrix_results *results);
void pt_matrix_results_fini(pt_matrix_results *results);

/** What the results are made of; borrowed for the call. */
typedef struct pt_matrix_input {
	const pt_gram *gram;
	const int64_t *steps; /* gram->n rising steps */
	size_t n_unchanged;   /* leading checkpoints as at the last call; 0: compute all */
	const int64_t *k;     /* n_k, in steps */
	size_t n_k;
} pt_matrix_input;

/** Bring everything up to date; only what changed since the last call is computed. */
PT_CHECKED pt_status pt_matrix_results_update(pt_matrix_results *results, const pt_matrix_input *input,
	const pt_settings *settings, pt_error *err);

#endif
