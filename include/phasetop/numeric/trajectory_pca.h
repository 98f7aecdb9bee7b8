/**
 * PCA of a trajectory from its increment Gram: what scikit-learn's PCA(n_components=2) gives, centred and
 * unscaled, without the vectors.
 *
 *   P(i, j) = ⟨v_i − v_0, v_j − v_0⟩ = P(i−1, j) + Σ_{1≤b≤j} D(i, b),  K = H P H,  H = I − 11ᵀ/n
 *   K u_c = λ_c u_c;  score of checkpoint i on component c = √λ_c u_c(i);  ratio = λ_c / tr K
 *
 * Sign: each component so that the first checkpoint scores negative; where its score is below 1e-9 of the
 * largest, the checkpoint of the largest |score| is positive, the earliest of equals. So from frame to frame
 * a sign turns only where the first checkpoint's own score passes through 0.
 *
 * A report's PCA starts cold: it is a function of the data alone. The frames of a live screen start from the
 * basis of the frame before, where one checkpoint was appended since, and end at the same to 1e-10.
 */
#ifndef PHASETOP_NUMERIC_TRAJECTORY_PCA_H
#define PHASETOP_NUMERIC_TRAJECTORY_PCA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/numeric/gram.h"

enum { PT_PCA_COMPONENTS = 2, PT_PCA_SCREE = 10 };

/** How the eigenpairs are found; AUTO is right but for tests and the bench. */
typedef enum pt_pca_solver {
	PT_PCA_SOLVER_AUTO,    /* dsyevr up to n = 32, Lanczos above, dsyevr where Lanczos does not settle */
	PT_PCA_SOLVER_DENSE,   /* dsyevr */
	PT_PCA_SOLVER_LANCZOS, /* block Lanczos with full reorthogonalisation, dsyevr only as the last resort */
} pt_pca_solver;

/** What pt_trajectory_pca_refresh keeps from one frame to the next. */
typedef struct pt_pca_basis pt_pca_basis;

typedef struct pt_pca {
	bool present;                        /* false below two checkpoints */
	size_t n;                            /* checkpoints */
	double *scores[PT_PCA_COMPONENTS];   /* n each; the second is all 0 when n is 2. Owned */
	double explained[PT_PCA_COMPONENTS]; /* ratios 0…1; NaN when the total variance is 0 */
	size_t n_scree;                      /* min(n − 1, PT_PCA_SCREE), 0 when the total variance is 0 */
	double scree[PT_PCA_SCREE];          /* leading ratios, falling */
	double total;                        /* tr K; divide by n − 1 for scikit-learn's total variance */
	pt_pca_basis *basis;                 /* NULL unless refreshed. Owned */
} pt_pca;

void pt_pca_init(pt_pca *pca);
void pt_pca_fini(pt_pca *pca);

/**
 * PCA of all n checkpoints of `gram`.
 * @param[out] pca  initialised by the caller; replaced on success, untouched on failure
 * @retval PT_ERR_NOT_FINITE  a NaN in the Gram (a dW without scaling)
 * @retval PT_ERR_MEMORY
 * @cost   O(n²) for each of 3 to 10 passes over the Gram, O(n³) up to n = 32; tens of passes
 *         where PC2 lies among noise
 * @source scikit-learn PCA(svd_solver="full"); tests/reference/numeric.json
 */
PT_CHECKED pt_status pt_trajectory_pca(const pt_gram *gram, pt_pca_solver solver, pt_pca *pca, pt_error *err);

/**
 * The same with fewer ratios in the scree. The tail of the scree lies among the noise and is what takes the
 * time.
 * @param n_scree  PT_PCA_COMPONENTS … PT_PCA_SCREE
 */
PT_CHECKED pt_status pt_trajectory_pca_leading(
	const pt_gram *gram, pt_pca_solver solver, size_t n_scree, pt_pca *pca, pt_error *err);

/**
 * The same for a live screen: starts from what the last refresh of `pca` left behind where one checkpoint has
 * been appended since, and cold in every other case (a checkpoint inserted, replaced or taken away, several
 * at once, another n_scree, the first call, 128 frames since the last cold start).
 *
 * Equal to pt_trajectory_pca_leading to 1e-10 of each component's largest score and 1e-10 in the ratios, as
 * far as the data decide that: where λ_c lies within 1e-3 λ_1 of its neighbour, to 1e-13 λ_1 / distance. Both
 * end on the true residuals of the eigenpairs, and no new direction can hide from a start that lacks it: the
 * new checkpoint's own is in the basis from the first, and the old eigenvalues bound how many new ones lie
 * above them (interlacing; see src/numeric/lanczos.h).
 *
 * @param n_unchanged  leading checkpoints whose rows of the Gram are as at the last refresh
 * @param[in,out] pca  initialised by the caller; replaced on success, on failure untouched (but the next
 *                     call starts cold)
 * @retval PT_ERR_NOT_FINITE  as above
 * @retval PT_ERR_MEMORY
 * @cost   O(n²) for each of 0 to 4 passes over the Gram, half as many as cold; O(n) besides
 */
PT_CHECKED pt_status pt_trajectory_pca_refresh(
	const pt_gram *gram, size_t n_unchanged, size_t n_scree, pt_pca *pca, pt_error *err);

/** Index and angle of the sharpest turn in the plane of PC1 and PC2. */
typedef struct pt_turning_point {
	ptrdiff_t index;  /* −1: none (fewer than three checkpoints, or nothing moves) */
	double angle_deg; /* 0 … 180; NaN without an index */
} pt_turning_point;

/**
 * Turning point: for each inner checkpoint the angle between the mean of the up to 5 displacements before and
 * the mean of the up to 5 after; the largest angle (the earlier at ties) among the points where the smaller
 * of the two means is >= min_frac of the largest such.
 * @param min_frac  ρ, 0.2 by default, 0 … 1
 * @cost  O(n)
 */
pt_turning_point pt_pca_turning_point(const pt_pca *pca, double min_frac);

/**
 * Where a component is farthest from its chord, the straight line in step from first to last; the lower step
 * at ties. −1: fewer than three checkpoints, or the component is its own chord (to 1e-12 of its range).
 * @param steps  n rising steps of the checkpoints
 */
ptrdiff_t pt_pca_component_turn(const pt_pca *pca, size_t component, const int64_t *steps);

#endif
