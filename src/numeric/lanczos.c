#include "lanczos.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"

enum { BLOCK = PT_LANCZOS_BLOCK, FIRST_CHECK = 12 };

typedef struct lanczos {
	size_t n, max_basis;
	size_t m;             /* basis vectors so far */
	size_t n_fresh;       /* of them, those whose image is not known yet: the newest block */
	double *basis;        /* max_basis + BLOCK rows of n, orthonormal, each of mean 0 */
	double *images;       /* BLOCK rows of n: K applied to the newest block, then what is left of it */
	double *projected;    /* T = Qᵀ K Q, max_basis × max_basis */
	double *coefficients; /* 2 × BLOCK × max_basis: of one pass, and added up */
	double coupling[BLOCK][BLOCK];              /* what is left = Σ_i next block_i · coupling[i][c] */
	double *small, *ritz_values, *ritz_vectors; /* eigenproblem of T */
	double *memory;
} lanczos;

#define PI 3.14159265358979323846

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

/* Removes basis vectors first … end − 1 from x, twice (once is not enough, twice is). */
static void orthogonalise(const lanczos *l, double *x, size_t first, size_t end)
{
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = first; i < end; i++) {
			const double *q = l->basis + i * l->n;
			subtract_multiple(x, dot(q, x, l->n), q, l->n);
		}
}

/* The same for all images at once, against the whole basis of m; adds up what was removed: the columns of T.
 */
static pt_status orthogonalise_images(const lanczos *l, size_t n_images, size_t m, pt_error *err)
{
	pt_block basis = {l->basis, m, l->n, l->n}, images = {l->images, n_images, l->n, l->n};
	pt_block_mut images_mut = {l->images, n_images, l->n, l->n};
	double *removed = l->coefficients, *all = removed + BLOCK * l->max_basis;
	memset(all, 0, n_images * m * sizeof *all);
	for (int pass = 0; pass < 2; pass++) {
		pt_status status = pt_blas_multiply(
			false, true, 1.0, images, basis, 0.0, (pt_block_mut){removed, n_images, m, m}, err);
		if (status == PT_OK)
			status = pt_blas_multiply(
				false, false, -1.0, (pt_block){removed, n_images, m, m}, basis, 1.0, images_mut, err);
		if (status != PT_OK)
			return status;
		for (size_t i = 0; i < n_images * m; i++)
			all[i] += removed[i];
	}
	for (size_t c = 0; c < n_images; c++)
		for (size_t i = 0; i < m; i++) {
			size_t column = m - n_images + c;
			l->projected[i * l->max_basis + column] = all[c * m + i];
			l->projected[column * l->max_basis + i] = all[c * m + i];
		}
	return PT_OK;
}

/* x, which is orthogonal to the first `done` basis vectors, becomes the next one if something of it is left
   beside the others; false: it lies in the basis already. */
static bool extend(lanczos *l, const double *x, size_t done, double scale, double *left)
{
	double *to = l->basis + l->m * l->n;
	memcpy(to, x, l->n * sizeof *to);
	orthogonalise(l, to, done, l->m);
	*left = sqrt(dot(to, to, l->n));
	if (!(*left > scale * 32.0 * DBL_EPSILON))
		return false;
	/* What is a small rest of x is not orthogonal to the earlier ones any more. */
	if (*left < 1e-2 * scale) {
		for (size_t i = 0; i < l->n; i++)
			to[i] /= *left;
		orthogonalise(l, to, 0, l->m);
		double rest = sqrt(dot(to, to, l->n));
		if (!(rest > 0.5))
			return false;
		*left *= rest;
		for (size_t i = 0; i < l->n; i++)
			to[i] /= rest;
	} else {
		for (size_t i = 0; i < l->n; i++)
			to[i] /= *left;
	}
	centre(to, l->n);
	l->m++;
	return true;
}

/* The start: half, one, one and a half … waves over the run, which is what principal components of smooth and
   of random walks look like, with noise so that no eigenvector is missed. */
static void start(lanczos *l)
{
	uint64_t state = 20240607;
	for (size_t c = 0; c < BLOCK; c++) {
		double *x = l->images, left = 0.0;
		for (size_t i = 0; i < l->n; i++)
			x[i] = cos(PI * (double)(c + 1) * ((double)i + 0.5) / (double)l->n) + 0.05 * noise(&state);
		centre(x, l->n);
		extend(l, x, 0, 0.0, &left);
	}
	l->n_fresh = l->m;
}

/* One block: images of the newest vectors, their columns of T, and the next block from what is left. */
static pt_status step(lanczos *l, pt_operator *multiply, const void *context, pt_error *err)
{
	size_t m = l->m, n_images = l->n_fresh;
	const double *x[BLOCK];
	double *y[BLOCK];
	for (size_t c = 0; c < n_images; c++) {
		x[c] = l->basis + (m - n_images + c) * l->n;
		y[c] = l->images + c * l->n;
	}
	multiply(context, n_images, x, y);
	double scale = 0.0;
	for (size_t c = 0; c < n_images; c++)
		scale = fmax(scale, sqrt(dot(y[c], y[c], l->n)));
	pt_status status = orthogonalise_images(l, n_images, m, err);
	if (status != PT_OK)
		return status;
	memset(l->coupling, 0, sizeof l->coupling);
	for (size_t c = 0; c < n_images; c++) {
		for (size_t i = m; i < l->m; i++)
			l->coupling[i - m][c] = dot(l->basis + i * l->n, y[c], l->n);
		double left = 0.0;
		size_t next = l->m;
		/* The block may shrink: a direction that is already spanned is dropped. */
		if (extend(l, y[c], m, scale, &left))
			l->coupling[next - m][c] = left;
	}
	l->n_fresh = l->m - m;
	return PT_OK;
}

/* All eigenpairs of T over the vectors whose images are known, falling. (dsyevr is faster for all of a small
   matrix than for some.) */
static pt_status solve_projected(lanczos *l, size_t m, pt_error *err)
{
	for (size_t i = 0; i < m; i++)
		memcpy(l->small + i * m, l->projected + i * l->max_basis, m * sizeof *l->small);
	return pt_blas_eigen_symmetric(m, l->small, m, l->ritz_values, l->ritz_vectors, err);
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

/* Distance of Ritz value c to the nearest other one. */
static double distance(const double *theta, size_t n_pairs, size_t c)
{
	double above = c > 0 ? theta[c - 1] - theta[c] : HUGE_VAL;
	double below = c + 1 < n_pairs ? theta[c] - theta[c + 1] : HUGE_VAL;
	return fmin(above, below);
}

static bool settled(const lanczos *l, size_t m, size_t n_newest, size_t n_wanted, size_t n_exact)
{
	const double *theta = l->ritz_values;
	for (size_t c = 0; c < n_wanted; c++) {
		double r = residual(l, m, n_newest, c), apart = distance(theta, m, c);
		if (r <= 1e-14 * theta[0])
			continue;
		bool vector_is_right = r <= 1e-10 * apart;
		bool value_is_right = fmin(r, r * r / apart) <= 1e-9 * theta[0];
		if (c < n_exact ? !vector_is_right : !value_is_right)
			return false;
	}
	return true;
}

static bool allocate(lanczos *l, size_t n)
{
	size_t limit = n - 1 < PT_LANCZOS_MAX_BASIS ? n - 1 : PT_LANCZOS_MAX_BASIS;
	*l = (lanczos){.n = n, .max_basis = limit};
	size_t rows = limit + BLOCK;
	/* not zeroed: everything is written before it is read, and half a megabyte of zeros takes its time */
	l->memory = pt_array_resize(
		NULL, (rows + BLOCK) * n + 3 * limit * limit + (2 * BLOCK + 1) * limit, sizeof *l->memory);
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
	size_t next_check = FIRST_CHECK;
	pt_status status = pt_fail(err, PT_ERR_UNDEFINED, NULL, -1, "Lanczos did not settle");
	while (l.m <= l.max_basis && l.n_fresh > 0) {
		size_t m = l.m, n_newest = l.n_fresh;
		pt_status solved = step(&l, multiply, context, err);
		if (solved != PT_OK) {
			status = solved;
			break;
		}
		bool exhausted = l.n_fresh == 0 || l.m > l.max_basis;
		if (m < n_wanted || (!exhausted && m < next_check))
			continue;
		next_check = m + (m < 4 * FIRST_CHECK ? 2 * BLOCK : m / 4);
		solved = solve_projected(&l, m, err);
		if (solved != PT_OK) {
			status = solved;
			break;
		}
		if (settled(&l, m, n_newest, n_wanted, n_exact)) {
			memcpy(values, l.ritz_values, n_wanted * sizeof *values);
			write_vectors(&l, m, n_exact, vectors);
			status = PT_OK;
			break;
		}
	}
	pt_free(l.memory);
	return status;
}
