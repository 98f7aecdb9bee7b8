/**
 * One PCA of several runs, so that their paths can be looked at in one plane.
 *
 * Each run r has the points x^r_i = v^r_i − v^r_0 = Σ_{1≤a≤i} δ^r_a: how far it has gone from its own first
 * checkpoint, so that runs which begin elsewhere (another seed's A) are compared in how they go, not in where
 * they began. All points of all runs, N = Σ n_r of them, are the rows of one matrix.
 *
 *   Centring  by the mean of all N points, as scikit-learn's PCA does it; nothing is scaled.
 *   Weights   each checkpoint counts once: a run with more of them counts for more.
 *   K = H P H, H = I − 11ᵀ/N, P(r i, s j) = ⟨x^r_i, x^s_j⟩ = Σ_{1≤a≤i, 1≤b≤j} ⟨δ^r_a, δ^s_b⟩,
 *   K u_c = λ_c u_c; score of a point √λ_c u_c; explained variance ratio λ_c / tr K.
 *   Sign      each component so that the first points, which coincide, score negative; where they score below
 * 1e-9 of the largest, the largest |score| is positive: the earliest, run by run.
 *
 * It starts cold: a function of the increments alone, whatever order the checkpoints or the runs' rows came
 * in.
 */
#ifndef PHASETOP_NUMERIC_JOINT_PCA_H
#define PHASETOP_NUMERIC_JOINT_PCA_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/base/status.h"
#include "phasetop/numeric/gram.h"
#include "phasetop/numeric/matrix.h"

enum { PT_JOINT_COMPONENTS = 2 };

/** Increment products within the runs and between them; borrowed. */
typedef struct pt_joint_input {
	size_t n_runs; /* at least 1 */
	const pt_gram *const
		*grams; /* of each run, whole, one checkpoint at least; row and column 0 are not read */
	/* n_runs × n_runs, of which [r * n_runs + s] with r < s is read: ⟨δ^r_i, δ^s_j⟩, n_r × n_s; row and
	   column 0 are not read */
	const pt_block *cross;
} pt_joint_input;

typedef struct pt_joint_pca {
	bool present;                        /* false: fewer than two points, or nothing moves */
	size_t n;                            /* points of all runs */
	double *scores[PT_JOINT_COMPONENTS]; /* n each, run after run. Owned, in one piece at [0] */
	double explained[PT_JOINT_COMPONENTS];
} pt_joint_pca;

void pt_joint_pca_init(pt_joint_pca *pca);
void pt_joint_pca_fini(pt_joint_pca *pca);

/**
 * @param[out] pca  initialised by the caller; replaced on success, untouched on failure
 * @retval PT_ERR_NOT_FINITE  a NaN among the products (a dW without scaling)
 * @retval PT_ERR_MEMORY
 * @cost   O(N²) for each of some ten passes over the products; O(N³) up to N = 32
 * @source scikit-learn PCA(svd_solver="full") of the stacked x^r_i; tests/reference/comparison.json
 */
PT_CHECKED pt_status pt_joint_pca_compute(const pt_joint_input *input, pt_joint_pca *pca, pt_error *err);

#endif
