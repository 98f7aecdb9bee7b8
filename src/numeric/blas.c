#include "phasetop/numeric/blas.h"

#include <cblas.h>
#include <lapacke.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "phasetop/base/alloc.h"

/* OpenBLAS' own calls; absent (and then not called) when another BLAS is linked in its place. */
extern void openblas_set_num_threads(int n_threads) __attribute__((weak));
extern char *openblas_get_config(void) __attribute__((weak));

void pt_blas_init(void)
{
	if (openblas_set_num_threads)
		openblas_set_num_threads(1);
}

const char *pt_blas_version(void)
{
	return openblas_get_config ? openblas_get_config() : "BLAS of unknown make";
}

static bool fits_int(size_t size)
{
	return size <= INT_MAX;
}

pt_status pt_blas_multiply(bool transpose_a, bool transpose_b, double alpha, pt_block a, pt_block b,
	double beta, pt_block_mut c, pt_error *err)
{
	size_t m = transpose_a ? a.n_cols : a.n_rows;
	size_t k = transpose_a ? a.n_rows : a.n_cols;
	size_t k_of_b = transpose_b ? b.n_cols : b.n_rows;
	size_t n = transpose_b ? b.n_rows : b.n_cols;
	if (k != k_of_b || m != c.n_rows || n != c.n_cols || a.stride < a.n_cols || b.stride < b.n_cols ||
		c.stride < c.n_cols)
		return pt_fail(err, PT_ERR_SHAPE, NULL, -1, "%zu × %zu times %zu × %zu does not give %zu × %zu", m, k,
			k_of_b, n, c.n_rows, c.n_cols);
	if (!fits_int(m) || !fits_int(n) || !fits_int(k) || !fits_int(a.stride) || !fits_int(b.stride) ||
		!fits_int(c.stride))
		return pt_fail(err, PT_ERR_LIMIT, NULL, -1, "a matrix is too large for the BLAS library");
	if (m == 0 || n == 0)
		return PT_OK;
	cblas_dgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
		transpose_b ? CblasTrans : CblasNoTrans, (int)m, (int)n, (int)k, alpha, a.at, (int)a.stride, b.at,
		(int)b.stride, beta, c.at, (int)c.stride);
	return PT_OK;
}

/* One dsyevr call on the lower triangle; w and z take n_top pairs, rising. */
static lapack_int leading_pairs(
	size_t n, double *matrix, size_t n_top, double *w, double *z, lapack_int *support)
{
	lapack_int order = (lapack_int)n, found = 0;
	lapack_int first = (lapack_int)(n - n_top + 1);
	/* Row-major lower is column-major upper: no transposition is needed either way. */
	return LAPACKE_dsyevr(LAPACK_COL_MAJOR, z ? 'V' : 'N', n_top == n ? 'A' : 'I', 'U', order, matrix, order,
		0.0, 0.0, first, order, 0.0, &found, w, z, order, support);
}

pt_status pt_blas_eigen_symmetric(
	size_t n, double *matrix, size_t n_top, double *values, double *vectors, pt_error *err)
{
	if (n == 0 || n_top == 0 || n_top > n)
		return pt_fail(err, PT_ERR_SHAPE, NULL, -1, "%zu eigenvalues of a matrix of order %zu", n_top, n);
	if (n > 46340) /* n² must fit the library's int */
		return pt_fail(err, PT_ERR_LIMIT, NULL, -1, "a matrix of order %zu is too large for LAPACK", n);
	for (size_t i = 0; i < n; i++)
		if (!pt_values_are_finite((pt_values){.f64 = matrix + i * n}, i + 1))
			return pt_fail(err, PT_ERR_NOT_FINITE, NULL, -1, "NaN or infinity in a symmetric matrix");
	double *w = pt_array_alloc(n, sizeof *w);
	double *z = vectors ? pt_array_alloc(n * n_top, sizeof *z) : NULL;
	lapack_int *support = pt_array_alloc(2 * n, sizeof *support);
	pt_status status = PT_OK;
	if (!w || (vectors && !z) || !support) {
		status = pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for eigenvectors");
		goto out;
	}
	lapack_int info = leading_pairs(n, matrix, n_top, w, z, support);
	if (info == LAPACK_WORK_MEMORY_ERROR) {
		status = pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for dsyevr");
	} else if (info != 0) {
		status = pt_fail(err, PT_ERR_UNDEFINED, NULL, -1, "dsyevr failed with info %ld", (long)info);
	} else {
		for (size_t c = 0; c < n_top; c++) {
			values[c] = w[n_top - 1 - c];
			if (vectors)
				memcpy(vectors + c * n, z + (n_top - 1 - c) * n, n * sizeof *z);
		}
	}
out:
	pt_free(w);
	pt_free(z);
	pt_free(support);
	return status;
}
