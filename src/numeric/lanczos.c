#include "lanczos.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"

enum { BLOCK = PT_LANCZOS_BLOCK, FIRST_CHECK = 8, CHECK_EVERY = 4 };

typedef struct lanczos {
	size_t n, max_basis;
	size_t m;             /* basis vectors so far */
	size_t n_fresh;       /* of them, those whose image is not known yet: the newest block */
	double *basis;        /* max_basis + BLOCK rows of n, orthonormal, each of mean 0 */
	double *images;       /* BLOCK rows of n: K applied to the newest block, then what is left of it */
	double *projected;    /* T = Qᵀ K Q, max_basis × max_basis */
	double *coefficients; /* max_basis + BLOCK */
	double coupling[BLOCK][BLOCK];              /* what is left = Σ_i next block_i · coupling[i][c] */
	double *small, *ritz_values, *ritz_vectors; /* eigenproblem of T */
	double *memory;
} lanczos;

static double dot(const double *x, const double *y, size_t n)
{
	double sum = 0.0;
#pragma omp simd reduction(+ : sum)
	for (size_t i = 0; i < n; i++)
		sum += x[i] * y[i];
	return sum;
}

static void subtract_multiple(double *x, double factor, const double *y, size_t n)
{
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		x[i] -= factor * y[i];
}

static void centre(double *x, size_t n)
{
	double mean = 0.0;
	for (size_t i = 0; i < n; i++)
		mean += x[i];
	mean /= (double)n;
	for (size_t i = 0; i < n; i++)
		x[i] -= mean;
}

/* splitmix64: a fixed stream of well-mixed numbers in [−1, 1) for the start. */
static double noise(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (double)((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1.0;
}

/* Removes the first `count` basis vectors from x, twice (once is not enough, twice is); adds up what was
   removed in `coefficients` where given. */
static void orthogonalise(const lanczos *l, double *x, size_t count, double *coefficients)
{
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < count; i++) {
			const double *q = l->basis + i * l->n;
			double c = dot(q, x, l->n);
			subtract_multiple(x, c, q, l->n);
			if (coefficients)
				coefficients[i] = pass == 0 ? c : coefficients[i] + c;
		}
}

/* x becomes the next basis vector if something of it is left; false: it lies in the basis already. */
static bool extend(lanczos *l, const double *x, double scale, double *left)
{
	double *to = l->basis + l->m * l->n;
	memcpy(to, x, l->n * sizeof *to);
	orthogonalise(l, to, l->m, NULL);
	*left = sqrt(dot(to, to, l->n));
	if (!(*left > scale * 32.0 * DBL_EPSILON))
		return false;
	for (size_t i = 0; i < l->n; i++)
		to[i] /= *left;
	centre(to, l->n);
	l->m++;
	return true;
}

/* The start: a line and a parabola in the index, which look like trajectories, with noise so that no
   eigenvector is missed. */
static void start(lanczos *l)
{
	uint64_t state = 20240607;
	for (size_t c = 0; c < BLOCK; c++) {
		double *x = l->images, left = 0.0;
		for (size_t i = 0; i < l->n; i++) {
			double t = 2.0 * (double)i / (double)(l->n - 1) - 1.0;
			x[i] = (c == 0 ? t : t * t) + 0.1 * noise(&state);
		}
		centre(x, l->n);
		extend(l, x, 0.0, &left);
	}
	l->n_fresh = l->m;
}

/* One block: images of the newest vectors, their column of T, and the next block from what is left. */
static void step(lanczos *l, pt_operator *multiply, const void *context)
{
	size_t first = l->m - l->n_fresh, n_images = l->n_fresh;
	const double *x[BLOCK];
	double *y[BLOCK];
	for (size_t c = 0; c < n_images; c++) {
		x[c] = l->basis + (first + c) * l->n;
		y[c] = l->images + c * l->n;
	}
	multiply(context, n_images, x, y);
	double scale = 0.0;
	for (size_t c = 0; c < n_images; c++) {
		scale = fmax(scale, sqrt(dot(y[c], y[c], l->n)));
		orthogonalise(l, y[c], first + n_images, l->coefficients);
		for (size_t i = 0; i < first + n_images; i++) {
			l->projected[i * l->max_basis + first + c] = l->coefficients[i];
			l->projected[(first + c) * l->max_basis + i] = l->coefficients[i];
		}
	}
	memset(l->coupling, 0, sizeof l->coupling);
	size_t before = l->m;
	for (size_t c = 0; c < n_images; c++) {
		for (size_t i = before; i < l->m; i++)
			l->coupling[i - before][c] = dot(l->basis + i * l->n, y[c], l->n);
		double left = 0.0;
		size_t next = l->m;
		/* The block may shrink: a direction that is already spanned is dropped. */
		if (l->m < l->max_basis + BLOCK && extend(l, y[c], scale, &left))
			l->coupling[next - before][c] = left;
	}
	l->n_fresh = l->m - before;
}

/* Eigenpairs of T over the vectors whose images are known; the pairs are falling. */
static pt_status solve_projected(lanczos *l, size_t m, size_t n_pairs, pt_error *err)
{
	for (size_t i = 0; i < m; i++)
		memcpy(l->small + i * m, l->projected + i * l->max_basis, m * sizeof *l->small);
	return pt_blas_eigen_symmetric(m, l->small, n_pairs, l->ritz_values, l->ritz_vectors, err);
}

/* ‖K u − θ u‖ of Ritz pair c: only the newest block with images couples to what is outside. */
static double residual(const lanczos *l, size_t m, size_t n_newest, size_t c)
{
	const double *tail = l->ritz_vectors + c * m + (m - n_newest);
	double square = 0.0;
	for (size_t i = 0; i < l->n_fresh; i++) {
		double sum = 0.0;
		for (size_t b = 0; b < n_newest; b++)
			sum += l->coupling[i][b] * tail[b];
		square += sum * sum;
	}
	return sqrt(square);
}

static bool settled(
	const lanczos *l, size_t m, size_t n_newest, size_t n_wanted, size_t n_exact, size_t n_pairs)
{
	const double *theta = l->ritz_values;
	double floor = 1e-14 * theta[0];
	for (size_t c = 0; c < n_wanted; c++) {
		double limit = 1e-9 * theta[0];
		if (c < n_exact) {
			double gap = c > 0 ? theta[c - 1] - theta[c] : HUGE_VAL;
			if (c + 1 < n_pairs)
				gap = fmin(gap, theta[c] - theta[c + 1]);
			limit = 1e-10 * gap;
		}
		if (residual(l, m, n_newest, c) > fmax(limit, floor))
			return false;
	}
	return true;
}

static bool allocate(lanczos *l, size_t n)
{
	size_t limit = n - 1 < PT_LANCZOS_MAX_BASIS ? n - 1 : PT_LANCZOS_MAX_BASIS;
	*l = (lanczos){.n = n, .max_basis = limit};
	size_t rows = limit + BLOCK;
	l->memory = pt_array_alloc((rows + BLOCK) * n + 3 * limit * limit + limit + rows, sizeof *l->memory);
	if (!l->memory)
		return false;
	l->basis = l->memory;
	l->images = l->basis + rows * n;
	l->projected = l->images + BLOCK * n;
	l->small = l->projected + limit * limit;
	l->ritz_vectors = l->small + limit * limit;
	l->ritz_values = l->ritz_vectors + limit * limit;
	l->coefficients = l->ritz_values + limit;
	return true;
}

static void write_vectors(const lanczos *l, size_t m, size_t n_exact, double *vectors)
{
	for (size_t c = 0; c < n_exact; c++) {
		double *u = vectors + c * l->n;
		memset(u, 0, l->n * sizeof *u);
		for (size_t i = 0; i < m; i++)
			subtract_multiple(u, -l->ritz_vectors[c * m + i], l->basis + i * l->n, l->n);
		centre(u, l->n);
		double length = sqrt(dot(u, u, l->n));
		for (size_t i = 0; i < l->n; i++)
			u[i] /= length;
	}
}

pt_status pt_lanczos_leading(size_t n, pt_operator *multiply, const void *context, size_t n_wanted,
	size_t n_exact, double *values, double *vectors, pt_error *err)
{
	assert(n > n_wanted && n_wanted >= n_exact);
	lanczos l;
	if (!allocate(&l, n))
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for a Lanczos basis");
	start(&l);
	pt_status status = pt_fail(err, PT_ERR_UNDEFINED, NULL, -1, "Lanczos did not settle");
	while (l.m <= l.max_basis && l.n_fresh > 0) {
		size_t m = l.m, n_newest = l.n_fresh;
		step(&l, multiply, context);
		bool exhausted = l.n_fresh == 0 || l.m > l.max_basis;
		if (m < n_wanted || (!exhausted && (m < FIRST_CHECK || m % CHECK_EVERY != 0)))
			continue;
		size_t n_pairs = m < n_wanted + 1 ? m : n_wanted + 1;
		pt_status solved = solve_projected(&l, m, n_pairs, err);
		if (solved != PT_OK) {
			status = solved;
			break;
		}
		if (settled(&l, m, n_newest, n_wanted, n_exact, n_pairs)) {
			memcpy(values, l.ritz_values, n_wanted * sizeof *values);
			write_vectors(&l, m, n_exact, vectors);
			status = PT_OK;
			break;
		}
	}
	pt_free(l.memory);
	return status;
}
