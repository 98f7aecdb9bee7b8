/**
 * Leading modes of the probe losses: which probes move together.
 *
 * The top eigenvectors of the covariance C of loss_covariance.h come through the dual Gram of the window: with X the
 * w × n centred (or detrended) rows and (XXᵀ) y = μ y, |y| = 1, the unit eigenvector is x = Xᵀ y / √μ and its
 * eigenvalue λ = μ / (w − 1). The sign of a mode is that its largest |weight| is positive.
 */
#ifndef PHASETOP_NUMERIC_LOSS_MODES_H
#define PHASETOP_NUMERIC_LOSS_MODES_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/base/status.h"

enum { PT_MAX_MODES = 5 };

typedef struct pt_loss_modes {
	size_t n_modes;               /* those with λ > 1e-12 tr C, at most as many as wanted */
	size_t n_probes;              /* n */
	double lambda[PT_MAX_MODES];  /* loss², falling */
	double share[PT_MAX_MODES];   /* λ / tr C */
	double *weights;              /* n_modes × n, unit vectors. Owned */
} pt_loss_modes;

void pt_loss_modes_init(pt_loss_modes *modes);
void pt_loss_modes_fini(pt_loss_modes *modes);

/**
 * @param      rows       w × n losses, row-major, borrowed; all finite
 * @param      detrended  a constant and a line in the row index are projected out, else the mean
 * @param      n_wanted   1 … PT_MAX_MODES
 * @param[out] modes      initialised; replaced on success. n_modes = 0 where C is 0 (to the rounding of the
 *                        losses), undefined or beyond a double
 * @retval PT_ERR_INVALID    w or n is 0
 * @retval PT_ERR_NOT_FINITE a loss is NaN or infinite
 * @retval PT_ERR_LIMIT, PT_ERR_UNDEFINED  as pt_blas_eigen_symmetric
 * @retval PT_ERR_MEMORY
 * @cost   O(n w²) and one eigenproblem of w × w
 * @source numpy.linalg.eigh of numpy.cov (tests/reference)
 */
PT_CHECKED pt_status pt_loss_modes_find(const double *rows, size_t w, size_t n, bool detrended, size_t n_wanted,
	pt_loss_modes *modes, pt_error *err);

#endif
