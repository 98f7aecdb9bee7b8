#include "phasetop/numeric/update_norm.h"

#include <float.h>
#include <math.h>

#include "increment_kernels.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"

enum {
	BLOCK = 4096, /* values summed before the partial sum is added up: keeps the rounding low */
	PANEL = 512,  /* columns of A, rows of B that are widened at a time */
};

static double sum_of_squares_of_block(pt_values values, size_t first, size_t end, double scale)
{
	double sum = 0.0;
	if (values.f32) {
#pragma omp simd reduction(+ : sum)
		for (size_t i = first; i < end; i++)
			sum += (double)values.f32[i] * (double)values.f32[i];
		return sum;
	}
#pragma omp simd reduction(+ : sum)
	for (size_t i = first; i < end; i++)
		sum += (values.f64[i] * scale) * (values.f64[i] * scale);
	return sum;
}

static double sum_of_squares(pt_values values, size_t n, double scale)
{
	double sum = 0.0;
	for (size_t first = 0; first < n; first += BLOCK)
		sum += sum_of_squares_of_block(values, first, n - first < BLOCK ? n : first + BLOCK, scale);
	return sum;
}

static double largest_magnitude(pt_values values, size_t n)
{
	double largest = 0.0;
	for (size_t i = 0; i < n; i++)
		largest = fmax(largest, fabs(pt_values_at(values, i)));
	return largest;
}

pt_status pt_vector_norm(pt_values values, size_t n, double *norm, pt_error *err)
{
	double sum = sum_of_squares(values, n, 1.0);
	if (sum > DBL_MIN / DBL_EPSILON && sum <= DBL_MAX) {
		*norm = sqrt(sum);
		return PT_OK;
	}
	/* Rare: all zeros, squares out of range, or not finite. Squares of floats never leave the range. */
	if (!pt_values_are_finite(values, n))
		return pt_fail(err, PT_ERR_NOT_FINITE, NULL, -1, "NaN or infinity among the values");
	double largest = values.f32 ? 0.0 : largest_magnitude(values, n);
	if (largest == 0.0) {
		*norm = sqrt(sum);
		return PT_OK;
	}
	int exponent = 0;
	frexp(largest, &exponent);
	/* two steps where 2^-exponent itself would overflow (denormals) */
	int half = exponent / 2;
	double scaled = 0.0;
	for (size_t i = 0; i < n; i++) {
		double x = ldexp(ldexp(pt_values_at(values, i), -half), half - exponent);
		scaled += x * x;
	}
	double result = ldexp(sqrt(scaled), exponent);
	if (!isfinite(result))
		return pt_fail(err, PT_ERR_NOT_FINITE, NULL, -1, "the norm is beyond the range of doubles");
	*norm = result;
	return PT_OK;
}

/* One factor of an update: A (`rank` rows of `length`) or B (`length` rows of `rank`). */
typedef struct factor {
	pt_values values;
	size_t rank, length;
	bool is_b;
} factor;

/* Columns [first, first + width) of A as rank × width, or such rows of B as width × rank, widened. */
static pt_block widen(const factor *f, size_t first, size_t width, double *panel)
{
	const pt_kernels *kernels = pt_kernels_best();
	bool is_f64 = f->values.f64 != NULL;
	size_t size = is_f64 ? sizeof(double) : sizeof(float);
	const unsigned char *values = is_f64 ? (const void *)f->values.f64 : f->values.f32;
	pt_stored_rows rows = {
		values + first * size * (f->is_b ? f->rank : 1), NULL, f->is_b ? 1 : f->rank, f->length * size};
	(is_f64 ? kernels->widen_f64 : kernels->widen_f32)(rows, f->is_b ? width * f->rank : width, panel, width);
	return f->is_b ? (pt_block){panel, width, f->rank, f->rank} : (pt_block){panel, f->rank, width, width};
}

/* out (x.rank × y.rank) = X Yᵀ for two A, Xᵀ Y for two B, in column blocks; panels hold rank × PANEL each. */
static pt_status cross_products(
	const factor *x, const factor *y, double *x_panel, double *y_panel, double *out, pt_error *err)
{
	pt_block_mut products = {out, x->rank, y->rank, y->rank};
	for (size_t first = 0; first < x->length; first += PANEL) {
		size_t width = x->length - first < PANEL ? x->length - first : PANEL;
		pt_block left = widen(x, first, width, x_panel), right = widen(y, first, width, y_panel);
		pt_status status =
			pt_blas_multiply(x->is_b, !x->is_b, 1.0, left, right, first ? 1.0 : 0.0, products, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

static bool has_shape(const pt_factors *update)
{
	return update->rank > 0 && update->d_in > 0 && update->d_out > 0 && pt_values_present(update->a) &&
		   pt_values_present(update->b);
}

/* tr((B₂ᵀB₁)(A₁A₂ᵀ)) = Σ_pq (A₁A₂ᵀ)_pq (B₁ᵀB₂)_pq, p over the rank of the first, q over that of the second */
static pt_status trace_of_products(const pt_factors *x, const pt_factors *y, double *trace, pt_error *err)
{
	size_t n_products = x->rank * y->rank;
	double *memory = pt_array_alloc(2 * n_products + PANEL * (x->rank + y->rank), sizeof *memory);
	if (!memory)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the products of factors");
	double *aa = memory, *bb = aa + n_products;
	double *x_panel = bb + n_products, *y_panel = x_panel + PANEL * x->rank;
	factor xa = {x->a, x->rank, x->d_in, false}, ya = {y->a, y->rank, y->d_in, false};
	factor xb = {x->b, x->rank, x->d_out, true}, yb = {y->b, y->rank, y->d_out, true};
	pt_status status = cross_products(&xa, &ya, x_panel, y_panel, aa, err);
	if (status == PT_OK)
		status = cross_products(&xb, &yb, x_panel, y_panel, bb, err);
	if (status == PT_OK) {
		double sum = 0.0;
		for (size_t i = 0; i < n_products; i++)
			sum += aa[i] * bb[i];
		*trace = sum;
	}
	pt_free(memory);
	return status;
}

pt_status pt_update_inner(const pt_factors *first, const pt_factors *second, double *inner, pt_error *err)
{
	if (!has_shape(first) || !has_shape(second) || first->d_in != second->d_in ||
		first->d_out != second->d_out)
		return pt_fail(err, PT_ERR_SHAPE, NULL, -1,
			"updates of %zu × %zu (rank %zu) and %zu × %zu (rank %zu) have no inner product", first->d_out,
			first->d_in, first->rank, second->d_out, second->d_in, second->rank);
	double trace = 0.0;
	pt_status status = trace_of_products(first, second, &trace, err);
	if (status != PT_OK)
		return status;
	double result = first->scaling * second->scaling * trace;
	if (!isfinite(result))
		return pt_fail(err, PT_ERR_NOT_FINITE, NULL, -1, "NaN or infinity in a LoRA factor or its scaling");
	*inner = result;
	return PT_OK;
}

/* Rank 1: ‖dW‖ = |s|·‖A‖·‖B‖, which no square over- or underflows. */
static pt_status norm_of_rank_one(const pt_factors *update, double *root, pt_error *err)
{
	double norm_a = 0.0, norm_b = 0.0;
	pt_status status = pt_vector_norm(update->a, update->d_in, &norm_a, err);
	if (status == PT_OK)
		status = pt_vector_norm(update->b, update->d_out, &norm_b, err);
	if (status == PT_OK)
		*root = norm_a * norm_b;
	return status;
}

pt_status pt_update_norm(const pt_factors *update, double *norm, pt_error *err)
{
	if (!has_shape(update))
		return pt_fail(err, PT_ERR_SHAPE, NULL, -1, "an update of %zu × %zu and rank %zu has no norm",
			update->d_out, update->d_in, update->rank);
	double root = 0.0;
	pt_status status;
	if (update->rank == 1) {
		status = norm_of_rank_one(update, &root, err);
	} else {
		double trace = 0.0;
		status = trace_of_products(update, update, &trace, err);
		root = trace < 0.0 ? 0.0 : sqrt(trace); /* rounding below zero; a NaN passes on */
	}
	if (status != PT_OK)
		return status;
	double result = fabs(update->scaling) * root;
	if (!isfinite(result))
		return pt_fail(err, PT_ERR_NOT_FINITE, NULL, -1, "NaN or infinity in a LoRA factor or its scaling");
	*norm = result;
	return PT_OK;
}
