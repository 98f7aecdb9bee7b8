#include "phasetop/numeric/trajectory_pca.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "increment_kernels.h"
#include "lanczos.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"

enum { DENSE_UP_TO = 64, CACHE_LINE = 64 };

void pt_pca_init(pt_pca *pca)
{
	*pca = (pt_pca){0};
}

void pt_pca_fini(pt_pca *pca)
{
	pt_free(pca->scores[0]); /* one piece of memory holds all scores */
	*pca = (pt_pca){0};
}

/* tr K = Σ_ab D_ab min(a,b)(n − max(a,b))/n over a, b >= 1: the trace of the centred Gram, straight from the
   increments and without a difference of large sums. */
static double total_of(const pt_gram *gram)
{
	size_t n = gram->n;
	double total = 0.0;
	for (size_t b = 1; b < n; b++) {
		const double *row = pt_gram_row(gram, b);
		double below = 0.0;
#pragma omp simd reduction(+ : below)
		for (size_t a = 1; a < b; a++)
			below += (double)a * row[a];
		total += (2.0 * below + (double)b * row[b]) * ((double)(n - b) / (double)n);
	}
	return total;
}

_Static_assert((int)PT_SYMMETRIC_VECTORS == (int)PT_LANCZOS_BLOCK, "one pass over D serves a block");

/* Memory of the Lanczos operator: sums from the end, and D applied to them, for a block of vectors; element
   a − 1 belongs to increment a, so that the arrays begin on a cache line. */
typedef struct centred_gram {
	const pt_gram *gram;
	const pt_kernels *kernels;
	double *sums[PT_LANCZOS_BLOCK], *images[PT_LANCZOS_BLOCK];
} centred_gram;

/* images = D sums over rows and columns >= 1, one pass over the packed triangle for all vectors. */
static void multiply_increments(const centred_gram *k)
{
	size_t n = k->gram->n;
	for (size_t c = 0; c < PT_LANCZOS_BLOCK; c++)
		memset(k->images[c], 0, (n - 1) * sizeof *k->images[c]);
	for (size_t a = 1; a < n; a++) {
		const double *row = pt_gram_row(k->gram, a);
		double weights[PT_LANCZOS_BLOCK], dots[PT_LANCZOS_BLOCK] = {0};
		for (size_t c = 0; c < PT_LANCZOS_BLOCK; c++)
			weights[c] = k->sums[c][a - 1];
		k->kernels->symmetric_row(row + 1, a - 1, (const double *const *)k->sums, k->images, weights, dots);
		for (size_t c = 0; c < PT_LANCZOS_BLOCK; c++)
			k->images[c][a - 1] += dots[c] + row[a] * weights[c];
	}
}

/* y = H P H x with P = C D Cᵀ, C the cumulative sum: v_i − v_0 = Σ_{1≤a≤i} δ_a. */
static void multiply_centred(const void *context, size_t n_vectors, const double *const *x, double *const *y)
{
	const centred_gram *k = context;
	size_t n = k->gram->n;
	for (size_t c = 0; c < n_vectors; c++) {
		double sum = 0.0;
		for (size_t i = n; i-- > 1;)
			k->sums[c][i - 1] = sum += x[c][i];
	}
	for (size_t c = n_vectors; c < PT_LANCZOS_BLOCK; c++)
		memset(k->sums[c], 0, (n - 1) * sizeof *k->sums[c]);
	multiply_increments(k);
	for (size_t c = 0; c < n_vectors; c++) {
		double sum = 0.0, mean = 0.0;
		y[c][0] = 0.0;
		for (size_t i = 1; i < n; i++) {
			y[c][i] = sum += k->images[c][i - 1];
			mean += sum;
		}
		mean /= (double)n;
		for (size_t i = 0; i < n; i++)
			y[c][i] -= mean;
	}
}

static pt_status solve_lanczos(
	const pt_gram *gram, size_t n_wanted, size_t n_exact, double *values, double *vectors, pt_error *err)
{
	size_t n = gram->n, line = CACHE_LINE / sizeof(double), stride = (n + line - 1) / line * line;
	double *memory = pt_array_alloc(2 * PT_LANCZOS_BLOCK * stride + line, sizeof *memory);
	if (!memory)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for PCA");
	double *aligned = memory + (line - (uintptr_t)memory % CACHE_LINE / sizeof *memory);
	centred_gram k = {.gram = gram, .kernels = pt_kernels_best()};
	for (size_t c = 0; c < PT_LANCZOS_BLOCK; c++) {
		k.sums[c] = aligned + 2 * c * stride;
		k.images[c] = aligned + (2 * c + 1) * stride;
	}
	pt_status status = pt_lanczos_leading(n, multiply_centred, &k, n_wanted, n_exact, values, vectors, err);
	pt_free(memory);
	return status;
}

static pt_status solve_dense(
	const pt_gram *gram, size_t n_wanted, double *values, double *vectors, pt_error *err)
{
	size_t n = gram->n;
	double *centred = pt_array_alloc(n, n * sizeof *centred), *means = pt_array_alloc(n, sizeof *means);
	pt_status status = PT_OK;
	if (!centred || !means) {
		status = pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for PCA");
		goto out;
	}
	pt_gram_inner_products(gram, true, centred);
	double grand_mean = 0.0;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++)
			means[i] += centred[i * n + j] / (double)n;
		grand_mean += means[i] / (double)n;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			centred[i * n + j] += grand_mean - means[i] - means[j];
	status = pt_blas_eigen_symmetric(n, centred, n_wanted, values, vectors, err);
out:
	pt_free(centred);
	pt_free(means);
	return status;
}

static pt_status solve(const pt_gram *gram, pt_pca_solver solver, size_t n_wanted, size_t n_exact,
	double *values, double *vectors, pt_error *err)
{
	bool small = gram->n <= DENSE_UP_TO && solver == PT_PCA_SOLVER_AUTO;
	if (solver != PT_PCA_SOLVER_DENSE && !small && gram->n > n_wanted) {
		pt_status status = solve_lanczos(gram, n_wanted, n_exact, values, vectors, err);
		if (status != PT_ERR_UNDEFINED)
			return status;
	}
	return solve_dense(gram, n_wanted, values, vectors, err);
}

/* The sign rule: the first checkpoint scores negative, or, where it has next to no score, the largest
 * positive. */
static void choose_sign(double *scores, size_t n)
{
	size_t largest = 0;
	for (size_t i = 1; i < n; i++)
		if (fabs(scores[i]) > fabs(scores[largest]))
			largest = i;
	bool decided_by_first = fabs(scores[0]) >= 1e-9 * fabs(scores[largest]);
	if (decided_by_first ? scores[0] > 0.0 : scores[largest] < 0.0)
		for (size_t i = 0; i < n; i++)
			scores[i] = -scores[i];
}

/* Eigenpairs to scores and ratios; an eigenvalue below the rounding of the total counts as 0. */
static void fill(pt_pca *pca, const double *values, const double *vectors, size_t n_wanted)
{
	double floor = 4.0 * DBL_EPSILON * pca->total;
	pca->n_scree = n_wanted;
	for (size_t c = 0; c < n_wanted; c++)
		pca->scree[c] = values[c] > floor ? fmin(values[c] / pca->total, 1.0) : 0.0;
	for (size_t c = 0; c < PT_PCA_COMPONENTS; c++) {
		bool there = c < n_wanted && values[c] > floor;
		pca->explained[c] = c < n_wanted ? pca->scree[c] : 0.0;
		double length = there ? sqrt(values[c]) : 0.0;
		for (size_t i = 0; there && i < pca->n; i++)
			pca->scores[c][i] = length * vectors[c * pca->n + i];
		if (there)
			choose_sign(pca->scores[c], pca->n);
	}
}

pt_status pt_trajectory_pca(const pt_gram *gram, pt_pca_solver solver, pt_pca *pca, pt_error *err)
{
	return pt_trajectory_pca_leading(gram, solver, PT_PCA_SCREE, pca, err);
}

pt_status pt_trajectory_pca_leading(
	const pt_gram *gram, pt_pca_solver solver, size_t n_scree, pt_pca *pca, pt_error *err)
{
	assert(n_scree >= PT_PCA_COMPONENTS && n_scree <= PT_PCA_SCREE);
	size_t n = gram->n;
	pt_pca fresh = {.n = n, .explained = {(double)NAN, (double)NAN}};
	if (n < 2) {
		pt_pca_fini(pca);
		*pca = fresh;
		return PT_OK;
	}
	fresh.present = true;
	fresh.total = total_of(gram);
	if (!isfinite(fresh.total))
		return pt_fail(err, PT_ERR_NOT_FINITE, NULL, -1, "NaN or infinity in an increment Gram");
	size_t n_wanted = n - 1 < n_scree ? n - 1 : n_scree;
	size_t n_exact = n_wanted < PT_PCA_COMPONENTS ? n_wanted : PT_PCA_COMPONENTS;
	fresh.scores[0] = pt_array_alloc(n, PT_PCA_COMPONENTS * sizeof *fresh.scores[0]);
	double *vectors = pt_array_alloc(n, n_wanted * sizeof *vectors);
	double values[PT_PCA_SCREE] = {0};
	pt_status status = PT_OK;
	if (!fresh.scores[0] || !vectors)
		status = pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for PCA");
	else if (fresh.total > 0.0)
		status = solve(gram, solver, n_wanted, n_exact, values, vectors, err);
	if (status == PT_OK) {
		for (size_t c = 1; c < PT_PCA_COMPONENTS; c++)
			fresh.scores[c] = fresh.scores[0] + c * n;
		if (fresh.total > 0.0)
			fill(&fresh, values, vectors, n_wanted);
		else
			fresh.total = 0.0;
		pt_pca_fini(pca);
		*pca = fresh;
	} else {
		pt_free(fresh.scores[0]);
	}
	pt_free(vectors);
	return status;
}
