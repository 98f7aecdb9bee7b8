/**
 * Dense linear algebra, the little of it that is needed: the one door to CBLAS and LAPACKE.
 *
 * Sizes come as size_t and are checked before they are narrowed to the library's int; LAPACK's `info`
 * becomes a status. No function keeps state; after pt_blas_init all run on the calling thread alone.
 */
#ifndef PHASETOP_NUMERIC_BLAS_H
#define PHASETOP_NUMERIC_BLAS_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/base/status.h"
#include "phasetop/numeric/matrix.h"

/**
 * One BLAS thread for this process. Call once at start, before any thread of ours runs.
 *
 * With two, the idle BLAS thread spins a whole core between small calls, and the order of sums (so the last
 * bits of a report) would depend on the machine.
 */
void pt_blas_init(void);

/** Version text of the BLAS library, for the bench; never NULL. */
const char *pt_blas_version(void);

/**
 * C ← alpha·op(A)·op(B) + beta·C, op(X) = Xᵀ where the flag is set.
 *
 * @param         transpose_a  use Aᵀ
 * @param         transpose_b  use Bᵀ
 * @param[in]     a            op(A) is m × k
 * @param[in]     b            op(B) is k × n
 * @param[in,out] c            m × n; not read when beta is 0
 * @retval PT_ERR_SHAPE  the three shapes do not fit
 * @retval PT_ERR_LIMIT  a size does not fit the library's integers
 * @cost   2mkn flops
 */
PT_CHECKED pt_status pt_blas_multiply(bool transpose_a, bool transpose_b, double alpha, pt_block a,
	pt_block b, double beta, pt_block_mut c, pt_error *err);

/**
 * The leading eigenpairs of a symmetric matrix (LAPACK dsyevr).
 *
 * @param         n        order
 * @param[in,out] matrix   n × n, full or lower triangle, stride n; destroyed
 * @param         n_top    how many, 1 … n; the largest ones
 * @param[out]    values   n_top eigenvalues, falling
 * @param[out]    vectors  n_top × n: row c is the unit eigenvector of values[c]; NULL: values only
 * @retval PT_ERR_NOT_FINITE  a NaN or infinity in the matrix
 * @retval PT_ERR_LIMIT       n does not fit the library's integers
 * @retval PT_ERR_UNDEFINED   dsyevr did not converge
 * @retval PT_ERR_MEMORY
 * @cost   O(n³) for the reduction
 */
PT_CHECKED pt_status pt_blas_eigen_symmetric(
	size_t n, double *matrix, size_t n_top, double *values, double *vectors, pt_error *err);

#endif
