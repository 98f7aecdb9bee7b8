#include "lanczos.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "jacobi.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"

enum {
	BLOCK = PT_LANCZOS_BLOCK,
	MOST = PT_LANCZOS_MAX_BASIS,
	KEPT = PT_LANCZOS_KEPT,
	SURE = 2 * BLOCK, /* a start of fewer vectors has not seen enough to settle anything */
	LINE = 8          /* doubles of a cache line */
};

_Static_assert(KEPT >= 2 * BLOCK, "residuals and the block made of them share the scratch memory");
_Static_assert(KEPT + 1 + BLOCK <= MOST, "a basis that has shrunk has room for a block");

#define PI 3.14159265358979323846
#define VECTOR_TOLERANCE 1e-11
#define VALUE_TOLERANCE 5e-12
#define ROUNDING 1e-14
#define NEGLIGIBLE 1e-3 /* of a residual */

static double dot(const double *x, const double *y, size_t n)
{
	double sum = 0.0;
#pragma omp simd reduction(+ : sum)
	for (size_t i = 0; i < n; i++)
		sum += x[i] * y[i];
	return sum;
}

static void centre(double *x, size_t n)
{
	double mean = 0.0;
#pragma omp simd reduction(+ : mean)
	for (size_t i = 0; i < n; i++)
		mean += x[i];
	mean /= (double)n;
	for (size_t i = 0; i < n; i++)
		x[i] -= mean;
}

static void scale(double *x, double factor, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] *= factor;
}

static void subtract_multiple(double *x, double factor, const double *y, size_t n)
{
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		x[i] -= factor * y[i];
}

static pt_block block_of(const pt_lanczos *l, const double *rows, size_t count)
{
	return (pt_block){rows, count, l->n, l->stride};
}

static pt_block_mut block_mut(const pt_lanczos *l, double *rows, size_t count)
{
	return (pt_block_mut){rows, count, l->n, l->stride};
}

/* splitmix64: a fixed stream of well-mixed numbers in [−1, 1). */
static double noise(pt_lanczos *l)
{
	uint64_t z = (l->noise_state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (double)((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1.0;
}

void pt_lanczos_init(pt_lanczos *l)
{
	*l = (pt_lanczos){0};
}

void pt_lanczos_fini(pt_lanczos *l)
{
	pt_free(l->memory);
	*l = (pt_lanczos){0};
}

/* Room for vectors of n; those that are there stay. */
static pt_status reserve(pt_lanczos *l, size_t n, pt_error *err)
{
	if (n <= l->stride)
		return PT_OK;
	/* An odd number of cache lines: vectors do not contend for the same places of the cache. */
	size_t stride = ((n + n / 16) / LINE | 1) * LINE + 2 * LINE;
	/* not zeroed: everything is written before it is read */
	double *memory = pt_array_resize(NULL, (2 * MOST + KEPT) * stride, sizeof *memory);
	if (!memory)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for a Lanczos basis");
	for (size_t i = 0; i < l->m; i++) {
		memcpy(memory + i * stride, l->basis + i * l->stride, l->n * sizeof *memory);
		memcpy(memory + (MOST + i) * stride, l->images + i * l->stride, l->n * sizeof *memory);
	}
	pt_free(l->memory);
	l->memory = l->basis = memory;
	l->images = memory + MOST * stride;
	l->scratch = l->images + MOST * stride;
	l->stride = stride;
	return PT_OK;
}

/* Takes the basis out of `count` rows, and, with `images`, the same multiples of K Q out of their images. */
static pt_status project(const pt_lanczos *l, double *rows, double *images, size_t count, pt_error *err)
{
	double removed[BLOCK * MOST];
	if (l->m == 0)
		return PT_OK;
	pt_block basis = block_of(l, l->basis, l->m), factors = {removed, count, l->m, l->m};
	pt_status status = pt_blas_multiply(false, true, 1.0, block_of(l, rows, count), basis, 0.0,
		(pt_block_mut){removed, count, l->m, l->m}, err);
	if (status == PT_OK)
		status = pt_blas_multiply(false, false, -1.0, factors, basis, 1.0, block_mut(l, rows, count), err);
	if (status == PT_OK && images)
		status = pt_blas_multiply(
			false, false, -1.0, factors, block_of(l, l->images, l->m), 1.0, block_mut(l, images, count), err);
	return status;
}

/* Orthonormalises *count unit rows to the basis and among each other; drops those of which less than `least`
   is left. */
static pt_status orthonormalise_once(
	const pt_lanczos *l, double *rows, size_t *count, double least, pt_error *err)
{
	pt_status status = project(l, rows, NULL, *count, err);
	size_t n_left = 0;
	for (size_t c = 0; status == PT_OK && c < *count; c++) {
		double *x = rows + n_left * l->stride;
		if (n_left < c)
			memcpy(x, rows + c * l->stride, l->n * sizeof *x);
		for (size_t i = 0; i < n_left; i++) {
			const double *q = rows + i * l->stride;
			subtract_multiple(x, dot(q, x, l->n), q, l->n);
		}
		centre(x, l->n);
		double left = sqrt(dot(x, x, l->n));
		if (!(left > least))
			continue;
		scale(x, 1.0 / left, l->n);
		n_left++;
	}
	*count = n_left;
	return status;
}

/* The rows become unit vectors that are orthogonal to the basis and to each other; fewer, where some lie in
   the span. Once is not enough, twice is. */
static pt_status orthonormalise(const pt_lanczos *l, double *rows, size_t *count, pt_error *err)
{
	for (size_t c = 0; c < *count; c++) {
		double *x = rows + c * l->stride, length = sqrt(dot(x, x, l->n));
		if (length > 0.0)
			scale(x, 1.0 / length, l->n);
	}
	pt_status status = orthonormalise_once(l, rows, count, 1e-10, err);
	if (status == PT_OK && *count > 0)
		status = orthonormalise_once(l, rows, count, 0.5, err);
	return status;
}

double pt_lanczos_value(const pt_lanczos *l, size_t c)
{
	return l->projected[c * MOST + c];
}

/* Basis vectors m … m + added − 1 and their images are there: Rayleigh-Ritz on the larger span. In the Ritz
   vectors so far K is known, so that only the border is new. */
static pt_status extend(pt_lanczos *l, size_t added, pt_error *err)
{
	size_t m = l->m, end = m + added;
	double products[BLOCK * MOST], *matrix = l->projected;
	pt_status status = pt_blas_multiply(false, true, 1.0, block_of(l, l->images + m * l->stride, added),
		block_of(l, l->basis, end), 0.0, (pt_block_mut){products, added, end, end}, err);
	if (status != PT_OK)
		return status;
	for (size_t b = 0; b < added; b++) {
		const double *row = products + b * end;
		for (size_t c = 0; c < m; c++)
			matrix[c * MOST + m + b] = matrix[(m + b) * MOST + c] = dot(l->ritz + c * MOST, row, m);
		for (size_t c = 0; c < added; c++)
			matrix[(m + b) * MOST + m + c] = 0.5 * (row[m + c] + products[c * end + m + b]);
	}
	for (size_t i = m; i < end; i++)
		for (size_t j = 0; j <= i; j++)
			l->ritz[i * MOST + j] = l->ritz[j * MOST + i] = i == j ? 1.0 : 0.0;
	pt_jacobi(end, MOST, l->n_wanted, l->couplings, matrix, l->ritz);
	l->m = end;
	return PT_OK;
}

/* The scratch rows become basis vectors with images, as far as they are new; *added: how many. */
static pt_status take_block(
	pt_lanczos *l, size_t count, pt_operator *multiply, const void *context, size_t *added, pt_error *err)
{
	*added = count;
	pt_status status = orthonormalise(l, l->scratch, added, err);
	if (status != PT_OK || *added == 0)
		return status;
	const double *x[BLOCK];
	double *y[BLOCK];
	for (size_t c = 0; c < *added; c++) {
		x[c] = memcpy(l->basis + (l->m + c) * l->stride, l->scratch + c * l->stride, l->n * sizeof(double));
		y[c] = l->images + (l->m + c) * l->stride;
	}
	multiply(context, *added, x, y);
	return extend(l, *added, err);
}

/* Half, one, one and a half waves over the run, which is what principal components of smooth and of random
   walks look like, with noise so that no eigenvector is missed; and the newest element, for
   pt_lanczos_border. */
pt_status pt_lanczos_start(pt_lanczos *l, size_t n, size_t n_wanted, size_t n_exact, pt_operator *multiply,
	const void *context, pt_error *err)
{
	assert(n_wanted < n && n_wanted < KEPT && n_exact <= n_wanted);
	l->m = l->n = 0;
	pt_status status = reserve(l, n, err);
	if (status != PT_OK)
		return status;
	l->n = n;
	memset(l->couplings, 0, sizeof l->couplings);
	l->n_wanted = n_wanted;
	l->n_exact = n_exact;
	l->noise_state = 20240607;
	double *x[BLOCK];
	for (size_t c = 0; c < BLOCK; c++)
		x[c] = l->scratch + c * l->stride;
	for (size_t i = 0; i < n; i++) {
		double wave = cos(PI * ((double)i + 0.5) / (double)n);
		x[0][i] = wave + 0.05 * noise(l);
		x[1][i] = 2.0 * wave * wave - 1.0 + 0.05 * noise(l);
		x[2][i] = (4.0 * wave * wave - 3.0) * wave + 0.05 * noise(l);
		x[3][i] = i + 1 == n ? 1.0 : 0.0;
	}
	for (size_t c = 0; c < BLOCK; c++)
		centre(x[c], n);
	size_t added;
	return take_block(l, BLOCK, multiply, context, &added, err);
}

/* The newest element's direction (e_n less its mean) in the span of the Ritz vectors from KEPT − 1 on, over
   those: of each the last element. False: there is none. */
static bool newest_direction(const pt_lanczos *l, double *over_ritz)
{
	double square = 0.0;
	for (size_t c = KEPT - 1; c < l->m; c++) {
		over_ritz[c] = 0.0;
		for (size_t i = 0; i < l->m; i++)
			over_ritz[c] += l->ritz[c * MOST + i] * l->basis[i * l->stride + l->n - 1];
		square += over_ritz[c] * over_ritz[c];
	}
	if (!(square > 1e-20))
		return false;
	scale(over_ritz + KEPT - 1, 1.0 / sqrt(square), l->m - (KEPT - 1));
	return true;
}

/* Ritz vector KEPT − 1 ← that combination of those from KEPT − 1 on, in `ritz` and in `projected`. */
static void combine_last(pt_lanczos *l, const double *factors)
{
	double vector[MOST] = {0}, products[MOST] = {0}, value = 0.0;
	for (size_t c = KEPT - 1; c < l->m; c++) {
		subtract_multiple(vector, -factors[c], l->ritz + c * MOST, l->m);
		subtract_multiple(products, -factors[c], l->projected + c * MOST, l->m);
	}
	for (size_t c = KEPT - 1; c < l->m; c++)
		value += factors[c] * products[c];
	memcpy(l->ritz + (KEPT - 1) * MOST, vector, sizeof vector);
	for (size_t c = 0; c < KEPT - 1; c++)
		l->projected[c * MOST + KEPT - 1] = l->projected[(KEPT - 1) * MOST + c] = products[c];
	l->projected[(KEPT - 1) * MOST + KEPT - 1] = value;
}

/* rows ← factors (KEPT × m) rows. */
static pt_status recombine(const pt_lanczos *l, const double *factors, double *rows, pt_error *err)
{
	pt_status status = pt_blas_multiply(false, false, 1.0, (pt_block){factors, KEPT, l->m, MOST},
		block_of(l, rows, l->m), 0.0, block_mut(l, l->scratch, KEPT), err);
	if (status == PT_OK)
		memcpy(rows, l->scratch, KEPT * l->stride * sizeof *rows);
	return status;
}

/* Only the leading KEPT − 1 Ritz vectors and what else there is of the newest element's direction stay. */
static pt_status shrink(pt_lanczos *l, pt_error *err)
{
	if (l->m <= KEPT)
		return PT_OK;
	double newest[MOST];
	if (newest_direction(l, newest))
		combine_last(l, newest);
	pt_status status = recombine(l, l->ritz, l->basis, err);
	if (status == PT_OK)
		status = recombine(l, l->ritz, l->images, err);
	l->m = KEPT;
	for (size_t i = 0; i < KEPT; i++)
		for (size_t j = 0; j < KEPT; j++)
			l->ritz[i * MOST + j] = i == j ? 1.0 : 0.0;
	return status;
}

/* The old basis as vectors of one element more. A vector that ends in 0 keeps its image but for a constant,
   and the last element of that less the one before it is, by symmetry, its product with the image of that
   difference. */
static void lengthen(pt_lanczos *l, const double *image)
{
	size_t n = l->n;
	for (size_t i = 0; i < l->m; i++) {
		double *q = l->basis + i * l->stride, *y = l->images + i * l->stride;
		q[n] = 0.0;
		y[n] = y[n - 1] + dot(image, q, n);
		centre(y, n + 1);
	}
	l->n = n + 1;
}

pt_status pt_lanczos_border(pt_lanczos *l, const double *image, pt_error *err)
{
	pt_status status = shrink(l, err);
	if (status == PT_OK)
		status = reserve(l, l->n + 1, err);
	if (status != PT_OK) {
		l->m = l->n = 0;
		return status;
	}
	lengthen(l, image);
	memset(l->couplings, 0, sizeof l->couplings);
	/* All others end in 0, so that the new vector has a part of its own of length 1 at least. */
	double *q = l->basis + l->m * l->stride, *y = l->images + l->m * l->stride;
	memset(q, 0, l->n * sizeof *q);
	q[l->n - 1] = 1.0;
	q[l->n - 2] = -1.0;
	memcpy(y, image, l->n * sizeof *y);
	centre(y, l->n);
	for (int pass = 0; pass < 2 && status == PT_OK; pass++)
		status = project(l, q, y, 1, err);
	double length = sqrt(dot(q, q, l->n));
	scale(q, 1.0 / length, l->n);
	scale(y, 1.0 / length, l->n);
	return status == PT_OK ? extend(l, 1, err) : status;
}

/* rows[c] ← K u − θ u for Ritz pairs first … first + count − 1. */
static pt_status residuals(const pt_lanczos *l, size_t first, size_t count, double *rows, pt_error *err)
{
	double factors[BLOCK * MOST];
	for (size_t c = 0; c < count; c++)
		for (size_t i = 0; i < l->m; i++)
			factors[c * MOST + i] = -pt_lanczos_value(l, first + c) * l->ritz[(first + c) * MOST + i];
	pt_status status = pt_blas_multiply(false, false, 1.0, (pt_block){factors, count, l->m, MOST},
		block_of(l, l->basis, l->m), 0.0, block_mut(l, rows, count), err);
	if (status == PT_OK)
		status = pt_blas_multiply(false, false, 1.0, (pt_block){l->ritz + first * MOST, count, l->m, MOST},
			block_of(l, l->images, l->m), 1.0, block_mut(l, rows, count), err);
	return status;
}

static bool is_settled(const pt_lanczos *l, size_t c, double residual)
{
	double value = pt_lanczos_value(l, c), largest = pt_lanczos_value(l, 0);
	double above = c > 0 ? pt_lanczos_value(l, c - 1) - value : HUGE_VAL;
	double below = c + 1 < l->m ? value - pt_lanczos_value(l, c + 1) : HUGE_VAL;
	double apart = fmin(above, below);
	if (residual <= ROUNDING * largest)
		return true;
	if (c < l->n_exact)
		return residual <= VECTOR_TOLERANCE * apart;
	return fmin(residual, residual * residual / apart) <= VALUE_TOLERANCE * largest;
}

/* The next block, in scratch: residuals of the first pairs that are not settled. Of a basis too small to
   judge all of them count, and noise where there are too few. *count: 0 when all is settled. */
static pt_status next_block(pt_lanczos *l, size_t *count, pt_error *err)
{
	size_t n_wanted = l->n_wanted, enough = n_wanted + 1 > SURE ? n_wanted + 1 : SURE;
	enough = enough < l->n - 1 ? enough : l->n - 1;
	bool too_small = l->m < enough;
	size_t n_looked_at = too_small && n_wanted < BLOCK ? BLOCK : n_wanted, n_block = 0;
	n_looked_at = n_looked_at < l->m ? n_looked_at : l->m;
	for (size_t first = 0; first < n_looked_at && n_block < BLOCK; first += BLOCK) {
		size_t n_here = n_looked_at - first < BLOCK ? n_looked_at - first : BLOCK;
		double *rows = l->scratch + n_block * l->stride;
		pt_status status = residuals(l, first, n_here, rows, err);
		if (status != PT_OK)
			return status;
		for (size_t c = 0; c < n_here && n_block < BLOCK; c++) {
			const double *row = rows + c * l->stride;
			double *to = l->scratch + n_block * l->stride, residual = sqrt(dot(row, row, l->n));
			l->couplings[first + c] = NEGLIGIBLE * residual;
			if (!too_small && is_settled(l, first + c, residual))
				continue;
			if (to != row)
				memcpy(to, row, l->n * sizeof *to);
			n_block++;
		}
	}
	for (; too_small && n_block < BLOCK; n_block++)
		for (size_t i = 0; i < l->n; i++)
			l->scratch[n_block * l->stride + i] = noise(l);
	*count = n_block;
	return PT_OK;
}

/* Nothing is left outside the span: what remains of the residuals is couplings within, which were not worth
   their while. False: they are rounding. */
static bool sharpen(pt_lanczos *l)
{
	bool any = false;
	for (size_t c = 0; c < l->n_wanted; c++)
		any |= l->couplings[c] > 0.0;
	memset(l->couplings, 0, sizeof l->couplings);
	pt_jacobi(l->m, MOST, l->n_wanted, l->couplings, l->projected, l->ritz);
	return any;
}

pt_status pt_lanczos_settle(pt_lanczos *l, pt_operator *multiply, const void *context, pt_error *err)
{
	size_t most = 32 + l->n / 8;
	for (size_t pass = 0; pass <= most; pass++) {
		pt_status status = l->m + BLOCK > MOST ? shrink(l, err) : PT_OK;
		size_t n_block = 0, added = 0;
		if (status == PT_OK)
			status = next_block(l, &n_block, err);
		if (status == PT_OK && n_block == 0)
			return PT_OK;
		if (status == PT_OK)
			status = take_block(l, n_block, multiply, context, &added, err);
		if (status != PT_OK) {
			l->m = l->n = 0;
			return status;
		}
		if (added == 0 && !sharpen(l))
			break;
	}
	l->m = l->n = 0;
	return pt_fail(err, PT_ERR_UNDEFINED, NULL, -1, "Lanczos did not settle");
}

pt_status pt_lanczos_vectors(const pt_lanczos *l, double *vectors, pt_error *err)
{
	pt_status status = pt_blas_multiply(false, false, 1.0, (pt_block){l->ritz, l->n_exact, l->m, MOST},
		block_of(l, l->basis, l->m), 0.0, (pt_block_mut){vectors, l->n_exact, l->n, l->n}, err);
	for (size_t c = 0; status == PT_OK && c < l->n_exact; c++) {
		double *u = vectors + c * l->n;
		centre(u, l->n);
		scale(u, 1.0 / sqrt(dot(u, u, l->n)), l->n);
	}
	return status;
}
