/* Rows of the increment Gram of dW = s·B·A. See increments.h for δ_i = L_i R_i. */
#include <math.h>
#include <string.h>

#include "increment_rows.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"

enum {
	STACK_ROWS = 256,   /* rows of stacked factors that one product takes */
	PANEL_COLUMNS = 256 /* columns of them that are widened at a time: 512 KiB in all */
};

/* s_{i−1}, with s_{−1} := s_0: the first increment is the first update itself. */
static double scaling_before(const double *scalings, size_t i)
{
	return scalings[i > 0 ? i - 1 : 0];
}

void pt_update_row_rank_one(const double *products_a, const double *products_b, const double *scalings,
	size_t n, size_t i, double *row)
{
	/* E_i := s_i ΔA_i + (s_i − s_{i−1}) A_{i−1} = s_{i−1} ΔA_i + (s_i − s_{i−1}) A_i, so that
	   δ_i = s_i ΔB_i A_i + B_{i−1} E_i, and every product of A's that is needed is one of the four.
	   The middle terms stand in brackets: exchanging i and j gives the same bits. */
	double s = scalings[i], s_before = scaling_before(scalings, i), s_change = s - s_before;
	for (size_t j = 0; j < n; j++) {
		const double *a = products_a + j * PT_N_PRODUCTS, *b = products_b + j * PT_N_PRODUCTS;
		double t = scalings[j], t_before = scaling_before(scalings, j), t_change = t - t_before;
		double aa = a[PT_PRODUCT_LEVELS], ad = a[PT_PRODUCT_LEVEL_INCREMENT];
		double da = a[PT_PRODUCT_INCREMENT_LEVEL], dd = a[PT_PRODUCT_INCREMENTS];
		double level_e = s * (t_change * aa + t_before * ad);
		double e_level = t * (s_change * aa + s_before * da);
		double e_e = s_change * t_change * aa + (s_change * t_before * ad + s_before * t_change * da) +
					 s_before * t_before * dd;
		row[j] = s * t * aa * b[PT_PRODUCT_INCREMENTS] +
				 (level_e * b[PT_PRODUCT_INCREMENT_LEVEL] + e_level * b[PT_PRODUCT_LEVEL_INCREMENT]) +
				 e_e * b[PT_PRODUCT_LEVELS];
	}
	if (row[i] < 0.0)
		row[i] = 0.0; /* a square: below zero by rounding alone */
}

/* The stacked factors of the updates j_first … j_end − 1, 2r rows each: R of A's, Lᵀ of B's. */
typedef struct stack {
	const pt_vectors *vectors;
	const double *scalings;
	size_t rank, length; /* length: d_in of A, d_out of B */
} stack;

/* R_j = [s_j A_j; s_j ΔA_j + (s_j − s_{j−1}) A_{j−1}], columns [first, first + width), 2r × width. */
static void widen_r(const stack *a, size_t j, size_t first, size_t width, double *to, size_t stride)
{
	pt_values current = pt_vectors_at(a->vectors, j), before = pt_vectors_at(a->vectors, j > 0 ? j - 1 : 0);
	double s = a->scalings[j], s_change = s - scaling_before(a->scalings, j);
	for (size_t p = 0; p < a->rank; p++) {
		double *level = to + p * stride, *change = to + (a->rank + p) * stride;
		size_t at = p * a->length + first;
		for (size_t e = 0; e < width; e++) {
			double x = pt_values_at(current, at + e), y = pt_values_at(before, at + e);
			level[e] = s * x;
			change[e] = s * (x - y) + s_change * y;
		}
	}
}

/* L_j = [ΔB_j, B_{j−1}], rows [first, first + width), width × 2r. */
static void widen_l(const stack *b, size_t j, size_t first, size_t width, double *to, size_t stride)
{
	pt_values current = pt_vectors_at(b->vectors, j), before = pt_vectors_at(b->vectors, j > 0 ? j - 1 : 0);
	for (size_t e = 0; e < width; e++) {
		double *row = to + e * stride;
		size_t at = (first + e) * b->rank;
		for (size_t p = 0; p < b->rank; p++) {
			double y = j > 0 ? pt_values_at(before, at + p) : 0.0;
			row[p] = pt_values_at(current, at + p) - y;
			row[b->rank + p] = y;
		}
	}
}

/* Memory of one row's computation. */
typedef struct workspace {
	double *past;    /* panel of the stacked updates */
	double *own;     /* panel of update i */
	double *inner_r; /* R_j R_iᵀ of the stack: (updates · 2r) × 2r */
	double *inner_l; /* (L_jᵀ L_i) likewise */
	double *memory;
} workspace;

/* R_j R_iᵀ for the `n_stacked` updates from j on. */
static pt_status multiply_r(
	const stack *a, size_t i, size_t j, size_t n_stacked, const workspace *w, pt_error *err)
{
	size_t rows = 2 * a->rank;
	for (size_t first = 0; first < a->length; first += PANEL_COLUMNS) {
		size_t width = a->length - first < PANEL_COLUMNS ? a->length - first : PANEL_COLUMNS;
		for (size_t u = 0; u < n_stacked; u++)
			widen_r(a, j + u, first, width, w->past + u * rows * PANEL_COLUMNS, PANEL_COLUMNS);
		widen_r(a, i, first, width, w->own, PANEL_COLUMNS);
		pt_status status =
			pt_blas_multiply(false, true, 1.0, (pt_block){w->past, n_stacked * rows, width, PANEL_COLUMNS},
				(pt_block){w->own, rows, width, PANEL_COLUMNS}, first ? 1.0 : 0.0,
				(pt_block_mut){w->inner_r, n_stacked * rows, rows, rows}, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

/* L_jᵀ L_i likewise. */
static pt_status multiply_l(
	const stack *b, size_t i, size_t j, size_t n_stacked, const workspace *w, pt_error *err)
{
	size_t columns = 2 * b->rank, stride = n_stacked * columns;
	for (size_t first = 0; first < b->length; first += PANEL_COLUMNS) {
		size_t width = b->length - first < PANEL_COLUMNS ? b->length - first : PANEL_COLUMNS;
		for (size_t u = 0; u < n_stacked; u++)
			widen_l(b, j + u, first, width, w->past + u * columns, stride);
		widen_l(b, i, first, width, w->own, columns);
		pt_status status = pt_blas_multiply(true, false, 1.0, (pt_block){w->past, width, stride, stride},
			(pt_block){w->own, width, columns, columns}, first ? 1.0 : 0.0,
			(pt_block_mut){w->inner_l, stride, columns, columns}, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

static bool allocate(workspace *w, size_t rank, size_t n_stacked)
{
	size_t columns = 2 * rank, rows = n_stacked * columns;
	w->memory = pt_array_alloc((rows + columns) * PANEL_COLUMNS + 2 * rows * columns, sizeof *w->memory);
	if (!w->memory)
		return false;
	w->past = w->memory;
	w->own = w->past + rows * PANEL_COLUMNS;
	w->inner_r = w->own + columns * PANEL_COLUMNS;
	w->inner_l = w->inner_r + rows * columns;
	return true;
}

pt_status pt_update_row(const pt_vectors *a, const pt_vectors *b, size_t rank, const double *scalings,
	size_t i, double *row, pt_error *err)
{
	size_t n = a->n, n_products = 4 * rank * rank;
	size_t n_at_once = STACK_ROWS / (2 * rank) > 0 ? STACK_ROWS / (2 * rank) : 1;
	workspace w;
	if (!allocate(&w, rank, n_at_once))
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the products of factors");
	stack stack_a = {a, scalings, rank, a->length / rank}, stack_b = {b, scalings, rank, b->length / rank};
	pt_status status = PT_OK;
	for (size_t j = 0; j < n && status == PT_OK; j += n_at_once) {
		size_t n_stacked = n - j < n_at_once ? n - j : n_at_once;
		status = multiply_r(&stack_a, i, j, n_stacked, &w, err);
		if (status == PT_OK)
			status = multiply_l(&stack_b, i, j, n_stacked, &w, err);
		for (size_t u = 0; u < n_stacked && status == PT_OK; u++) {
			double sum = 0.0;
			for (size_t p = 0; p < n_products; p++)
				sum += w.inner_r[u * n_products + p] * w.inner_l[u * n_products + p];
			row[j + u] = sum;
		}
	}
	if (status == PT_OK && row[i] < 0.0)
		row[i] = 0.0; /* a square: below zero by rounding alone */
	pt_free(w.memory);
	return status;
}
