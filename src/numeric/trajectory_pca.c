#include "phasetop/numeric/trajectory_pca.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "component_sign.h"
#include "increment_kernels.h"
#include "lanczos.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"

enum {
	DENSE_UP_TO = 32,
	MOST_GROWN = 128, /* then a cold start clears what rounding has added up */
	CACHE_LINE = 64
};

/* What a refresh leaves behind for the next one. */
struct pt_pca_basis {
	size_t n;       /* checkpoints whose Gram the rest is of; 0: nothing yet */
	size_t n_grown; /* checkpoints appended since the cold start */
	pt_lanczos lanczos;
	double *moments; /* n: see total_of */
	size_t capacity;
};

static void basis_fini(pt_pca_basis *basis)
{
	pt_lanczos_fini(&basis->lanczos);
	pt_free(basis->moments);
}

void pt_pca_init(pt_pca *pca)
{
	*pca = (pt_pca){0};
}

void pt_pca_fini(pt_pca *pca)
{
	pt_free(pca->scores[0]); /* one piece of memory holds all scores */
	if (pca->basis)
		basis_fini(pca->basis);
	pt_free(pca->basis);
	*pca = (pt_pca){0};
}

/* tr K = Σ_ab D_ab min(a,b)(n − max(a,b))/n over a, b >= 1, straight from the increments and without a
   difference of large sums; = Σ_b moment_b (n − b)/n with moment_b = 2 Σ_{1≤a<b} a D_ab + b D_bb, of row b
   alone. */
static pt_status total_of(const pt_gram *gram, pt_pca_basis *basis, double *total, pt_error *err)
{
	size_t n = gram->n;
	double *ramp = pt_array_alloc(n, sizeof *ramp);
	if (!ramp || !pt_array_reserve((void **)&basis->moments, &basis->capacity, n, sizeof *ramp)) {
		pt_free(ramp);
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the variance of a trajectory");
	}
	for (size_t a = 1; a < n; a++)
		ramp[a] = (double)a;
	for (size_t b = basis->n > 1 ? basis->n : 1; b < n; b++) {
		const double *row = pt_gram_row(gram, b);
		double below = 0.0;
#pragma omp simd reduction(+ : below)
		for (size_t a = 1; a < b; a++)
			below += ramp[a] * row[a];
		basis->moments[b] = 2.0 * below + ramp[b] * row[b];
	}
	*total = 0.0;
	for (size_t b = 1; b < n; b++)
		*total += basis->moments[b] * ((double)(n - b) / (double)n);
	pt_free(ramp);
	if (!isfinite(*total))
		return pt_fail(err, PT_ERR_NOT_FINITE, NULL, -1, "NaN or infinity in an increment Gram");
	return PT_OK;
}

_Static_assert((int)PT_LANCZOS_BLOCK % (int)PT_SYMMETRIC_VECTORS == 0, "a block is some calls of the kernel");

/* Memory of the Lanczos operator: sums from the end, and D applied to them, for a block of vectors; element
   a − 1 belongs to increment a, so that the arrays begin on a cache line. */
typedef struct centred_gram {
	const pt_gram *gram;
	const pt_kernels *kernels;
	double *sums[PT_LANCZOS_BLOCK], *images[PT_LANCZOS_BLOCK];
	double *memory;
} centred_gram;

static pt_status centred_gram_init(centred_gram *k, const pt_gram *gram, pt_error *err)
{
	/* an odd number of cache lines apart, lest all arrays contend for the same places of the cache */
	size_t line = CACHE_LINE / sizeof(double), stride = ((gram->n + line - 1) / line | 1) * line;
	*k = (centred_gram){.gram = gram, .kernels = pt_kernels_best()};
	k->memory = pt_array_alloc(2 * PT_LANCZOS_BLOCK * stride + line, sizeof *k->memory);
	if (!k->memory)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for PCA");
	double *aligned = k->memory + (line - (uintptr_t)k->memory % CACHE_LINE / sizeof *aligned);
	for (size_t c = 0; c < PT_LANCZOS_BLOCK; c++) {
		k->sums[c] = aligned + 2 * c * stride;
		k->images[c] = aligned + (2 * c + 1) * stride;
	}
	return PT_OK;
}

/* images[c …] += D sums[c …] of rows first … first + count − 1 and, by symmetry, of what stands left of them
   as columns, for one call's vectors. The square on the diagonal is done by hand. */
static void multiply_rows(const centred_gram *k, size_t first, size_t count, size_t c)
{
	enum { V = PT_SYMMETRIC_VECTORS };
	const double *rows[PT_SYMMETRIC_MAX_ROWS];
	double weights[PT_SYMMETRIC_MAX_ROWS * V], dots[PT_SYMMETRIC_MAX_ROWS * V] = {0};
	for (size_t r = 0; r < count; r++) {
		rows[r] = pt_gram_row(k->gram, first + r) + 1;
		for (size_t v = 0; v < V; v++)
			weights[r * V + v] = k->sums[c + v][first + r - 1];
	}
	if (first > 1)
		k->kernels->symmetric_rows(
			rows, first - 1, (const double *const *)k->sums + c, k->images + c, weights, dots);
	for (size_t v = 0; v < V; v++)
		for (size_t r = 0; r < count; r++) {
			const double *square = rows[r] + first - 1;
			double *image = k->images[c + v] + first - 1;
			double sum = dots[r * V + v] + square[r] * weights[r * V + v];
			for (size_t s = 0; s < r; s++) {
				sum += square[s] * weights[s * V + v];
				image[s] += square[s] * weights[r * V + v];
			}
			image[r] += sum;
		}
}

/* images = D sums over rows and columns >= 1, one pass over the packed triangle for all vectors. */
static void multiply_increments(const centred_gram *k, size_t n_vectors)
{
	size_t n = k->gram->n, n_rows = k->kernels->rows_of_symmetric;
	for (size_t c = 0; c < PT_LANCZOS_BLOCK; c++)
		memset(k->images[c], 0, (n - 1) * sizeof *k->images[c]);
	/* The odd rows come first, where they are short. */
	for (size_t first = 1, count = (n - 1) % n_rows; first < n; first += count, count = n_rows)
		for (size_t c = 0; c < n_vectors; c += PT_SYMMETRIC_VECTORS)
			multiply_rows(k, first, count, c);
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
	multiply_increments(k, n_vectors);
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

/* The newest checkpoint joins the basis. P (e_n − e_{n−1}) has the elements Σ_{1≤b≤i} D_nb, of its row
   alone. */
static pt_status border(pt_lanczos *l, const centred_gram *k, pt_error *err)
{
	size_t n = k->gram->n;
	const double *row = pt_gram_row(k->gram, n - 1);
	double *image = k->sums[0], sum = 0.0;
	image[0] = 0.0;
	for (size_t i = 1; i < n; i++)
		image[i] = sum += row[i];
	return pt_lanczos_border(l, image, err);
}

/* basis->n is the number of checkpoints that the basis is good for: all but the newest, or none. */
static pt_status solve_lanczos(const pt_gram *gram, size_t n_wanted, size_t n_exact, pt_pca_basis *basis,
	double *values, double *vectors, pt_error *err)
{
	pt_lanczos *l = &basis->lanczos;
	centred_gram k;
	pt_status status = centred_gram_init(&k, gram, err);
	if (status != PT_OK)
		return status;
	bool grows = basis->n > 0;
	basis->n = 0;
	status = grows ? border(l, &k, err)
				   : pt_lanczos_start(l, gram->n, n_wanted, n_exact, multiply_centred, &k, err);
	if (status == PT_OK)
		status = pt_lanczos_settle(l, multiply_centred, &k, err);
	if (status == PT_OK)
		status = pt_lanczos_vectors(l, vectors, err);
	if (status == PT_OK) {
		for (size_t c = 0; c < n_wanted; c++)
			values[c] = pt_lanczos_value(l, c);
		basis->n = gram->n;
		basis->n_grown = grows ? basis->n_grown + 1 : 0;
	}
	pt_free(k.memory);
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
	pt_pca_basis *basis, double *values, double *vectors, pt_error *err)
{
	bool small = gram->n <= DENSE_UP_TO && solver == PT_PCA_SOLVER_AUTO;
	if (solver != PT_PCA_SOLVER_DENSE && !small && gram->n > n_wanted) {
		pt_status status = solve_lanczos(gram, n_wanted, n_exact, basis, values, vectors, err);
		if (status != PT_ERR_UNDEFINED)
			return status;
	}
	basis->n = 0;
	return solve_dense(gram, n_wanted, values, vectors, err);
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
			pt_component_choose_sign(pca->scores[c], pca->n);
	}
}

/* What both ways have in common. `fresh` becomes the result but for its basis; it owns nothing on failure. */
static pt_status compute(const pt_gram *gram, pt_pca_solver solver, size_t n_scree, pt_pca_basis *basis,
	pt_pca *fresh, pt_error *err)
{
	assert(n_scree >= PT_PCA_COMPONENTS && n_scree <= PT_PCA_SCREE && pt_gram_is_whole(gram));
	size_t n = gram->n;
	*fresh = (pt_pca){.n = n, .present = n >= 2, .explained = {(double)NAN, (double)NAN}};
	if (n < 2)
		return PT_OK;
	pt_status status = total_of(gram, basis, &fresh->total, err);
	if (status != PT_OK)
		return status;
	size_t n_wanted = n - 1 < n_scree ? n - 1 : n_scree;
	size_t n_exact = n_wanted < PT_PCA_COMPONENTS ? n_wanted : PT_PCA_COMPONENTS;
	double *scores = pt_array_alloc(n, PT_PCA_COMPONENTS * sizeof *scores);
	double *vectors = pt_array_alloc(n, n_wanted * sizeof *vectors), values[PT_PCA_SCREE] = {0};
	for (size_t c = 0; c < PT_PCA_COMPONENTS && scores; c++)
		fresh->scores[c] = scores + c * n;
	bool moves = fresh->total > 0.0;
	if (!scores || !vectors)
		status = pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for PCA");
	else if (moves)
		status = solve(gram, solver, n_wanted, n_exact, basis, values, vectors, err);
	else
		basis->n = 0;
	if (status != PT_OK)
		pt_free(scores);
	else if (moves)
		fill(fresh, values, vectors, n_wanted);
	else
		fresh->total = 0.0;
	pt_free(vectors);
	return status;
}

pt_status pt_trajectory_pca(const pt_gram *gram, pt_pca_solver solver, pt_pca *pca, pt_error *err)
{
	return pt_trajectory_pca_leading(gram, solver, PT_PCA_SCREE, pca, err);
}

pt_status pt_trajectory_pca_leading(
	const pt_gram *gram, pt_pca_solver solver, size_t n_scree, pt_pca *pca, pt_error *err)
{
	pt_pca_basis none = {0};
	pt_pca fresh;
	pt_status status = compute(gram, solver, n_scree, &none, &fresh, err);
	basis_fini(&none);
	if (status != PT_OK)
		return status;
	pt_pca_fini(pca);
	*pca = fresh;
	return PT_OK;
}

pt_status pt_trajectory_pca_refresh(
	const pt_gram *gram, size_t n_unchanged, size_t n_scree, pt_pca *pca, pt_error *err)
{
	if (!pca->basis)
		pca->basis = pt_array_alloc(1, sizeof *pca->basis);
	pt_pca_basis *basis = pca->basis;
	if (!basis)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for PCA");
	bool appended = basis->n > 0 && basis->n + 1 == gram->n && n_unchanged >= basis->n;
	if (!appended || basis->lanczos.n_wanted != n_scree || basis->n_grown == MOST_GROWN)
		basis->n = 0;
	pt_pca fresh;
	pt_status status = compute(gram, PT_PCA_SOLVER_AUTO, n_scree, basis, &fresh, err);
	if (status != PT_OK) {
		basis->n = 0;
		return status;
	}
	pca->basis = NULL;
	pt_pca_fini(pca);
	*pca = fresh;
	pca->basis = basis;
	return PT_OK;
}
