#include "phasetop/numeric/cross_products.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "module_history.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"

enum {
	WIDTH = 256,      /* columns of A, rows of B, values of a vector that are widened at a time */
	PANEL_ROWS = 256, /* rows of differences in a panel: half a megabyte */
	PARTS = 2         /* of a difference of dW: L and R have so many times the rank */
};

bool pt_histories_agree(const pt_module_history *a, const pt_module_history *b, pt_trajectory trajectory)
{
	const pt_module_shape *x = &a->shape, *y = &b->shape;
	if (!pt_module_history_has(a, trajectory) || !pt_module_history_has(b, trajectory) || x->kind != y->kind)
		return false;
	if (trajectory == PT_TRAJECTORY_W)
		return x->length == y->length;
	return x->d_in == y->d_in && x->d_out == y->d_out && pt_shape_experts(x) == pt_shape_experts(y) &&
		   (x->rank == y->rank || trajectory == PT_TRAJECTORY_DW);
}

/* What is multiplied: whole stored vectors, or one factor of one expert of dW. */
typedef enum factor_kind { WHOLE, FACTOR_A, FACTOR_B } factor_kind;

typedef struct factor {
	factor_kind kind;
	pt_trajectory stored; /* whose vectors hold it */
	size_t length;        /* values of a row: of a vector, d_in, d_out */
	size_t expert;        /* of those whose factors stand one after another */
} factor;

/* Differences first … first + n − 1 of a list, as rows of panels. */
typedef struct chunk {
	const pt_difference_list *list;
	size_t first, n;
	size_t rows; /* of one difference */
} chunk;

static size_t rank_of(const chunk *c)
{
	return c->list->history->shape.rank;
}

/* Values `at` of a stored vector, or NULL for a vector of zeros. */
static const void *stored_at(const pt_module_history *history, const factor *f, size_t index, size_t at)
{
	const pt_vectors *vectors = &history->vectors[f->stored];
	size_t size = vectors->is_f64 ? sizeof(double) : sizeof(float);
	size_t first = f->expert * history->shape.rank * f->length;
	return index == PT_FROM_ZERO ? NULL : (const unsigned char *)vectors->items[index] + (first + at) * size;
}

/* n_rows rows of n values each, `stride` values apart, less those of `before` (NULL: nothing). */
static void widen(const pt_module_history *history, const factor *f, const void *values, const void *before,
	pt_block_mut to, size_t stride)
{
	bool is_f64 = history->vectors[f->stored].is_f64;
	size_t size = is_f64 ? sizeof(double) : sizeof(float);
	pt_stored_rows rows = {values, before, to.n_rows, stride * size};
	(is_f64 ? history->kernels->widen_f64 : history->kernels->widen_f32)(rows, to.n_cols, to.at, to.stride);
}

static void scale_rows(pt_block_mut block, double by)
{
	for (size_t row = 0; row < block.n_rows; row++)
		for (size_t e = 0; e < block.n_cols; e++)
			block.at[row * block.stride + e] *= by;
}

static void clear_rows(pt_block_mut block)
{
	for (size_t row = 0; row < block.n_rows; row++)
		memset(block.at + row * block.stride, 0, block.n_cols * sizeof *block.at);
}

/* R of one difference, columns [first, first + width): s_to A_to, below it s_to ΔA + (s_to − s_from) A_from.
   `spare` holds rank × WIDTH. */
static void fill_r(const pt_module_history *history, const factor *f, pt_difference d, size_t first,
	pt_block_mut upper, double *spare)
{
	size_t rank = history->shape.rank;
	const void *to = stored_at(history, f, d.to, first), *from = stored_at(history, f, d.from, first);
	double s_to = history->scalings[d.to];
	pt_block_mut lower = upper;
	lower.at += rank * upper.stride;
	widen(history, f, to, NULL, upper, f->length);
	scale_rows(upper, s_to);
	if (!from) {
		clear_rows(lower);
		return;
	}
	widen(history, f, to, from, lower, f->length);
	scale_rows(lower, s_to);
	double change = s_to - history->scalings[d.from];
	if (change == 0.0)
		return;
	pt_block_mut level = {spare, rank, upper.n_cols, WIDTH};
	widen(history, f, from, NULL, level, f->length);
	for (size_t row = 0; row < rank; row++)
		for (size_t e = 0; e < upper.n_cols; e++)
			lower.at[row * lower.stride + e] += change * spare[row * WIDTH + e];
}

/* L of one difference, rows [first, first + width): ΔB, beside it B_from. */
static void fill_l(
	const pt_module_history *history, const factor *f, pt_difference d, size_t first, pt_block_mut left)
{
	size_t rank = history->shape.rank;
	const void *to = stored_at(history, f, d.to, first * rank),
			   *from = stored_at(history, f, d.from, first * rank);
	pt_block_mut right = left;
	right.at += rank;
	widen(history, f, to, from, left, rank);
	if (from)
		widen(history, f, from, NULL, right, rank);
	else
		clear_rows(right);
}

/* All differences of a chunk: rows of values for vectors and A, columns of them for B. */
static pt_block fill_panel(
	const chunk *c, const factor *f, size_t first, size_t width, double *panel, double *spare)
{
	const pt_module_history *history = c->list->history;
	size_t n_rows = c->n * c->rows, rank = f->kind == WHOLE ? 1 : rank_of(c);
	for (size_t i = 0; i < c->n; i++) {
		pt_difference d = c->list->at[c->first + i];
		if (f->kind == FACTOR_B) {
			fill_l(history, f, d, first, (pt_block_mut){panel + i * c->rows, width, rank, n_rows});
			continue;
		}
		pt_block_mut to = {panel + i * c->rows * WIDTH, rank, width, WIDTH};
		if (f->kind == FACTOR_A)
			fill_r(history, f, d, first, to, spare);
		else
			widen(history, f, stored_at(history, f, d.to, first), stored_at(history, f, d.from, first), to,
				width);
	}
	return f->kind == FACTOR_B ? (pt_block){panel, width, n_rows, n_rows}
							   : (pt_block){panel, n_rows, width, WIDTH};
}

/* The memory of one call. */
typedef struct workspace {
	double *memory;
	double *panels[2], *spare;
	double *products[2]; /* of A (or of whole vectors) and of B: rows of a chunk of a × rows of one of b */
	double *sums;        /* a.n × b.n, of all experts */
} workspace;

static pt_status multiply(
	const chunk *a, const chunk *b, const factor *f, const workspace *w, double *products, pt_error *err)
{
	size_t m = a->n * a->rows, n = b->n * b->rows;
	for (size_t first = 0; first < f->length; first += WIDTH) {
		size_t width = f->length - first < WIDTH ? f->length - first : WIDTH;
		pt_block x = fill_panel(a, f, first, width, w->panels[0], w->spare);
		pt_block y = fill_panel(b, f, first, width, w->panels[1], w->spare);
		bool is_b = f->kind == FACTOR_B;
		pt_status status = pt_blas_multiply(
			is_b, !is_b, 1.0, x, y, first ? 1.0 : 0.0, (pt_block_mut){products, m, n, n}, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

/* Entry (i, j) of a pair of chunks: Σ_pq of the products of A and B; or the product of two vectors. */
static double contract(const chunk *a, const chunk *b, const workspace *w, size_t i, size_t j, bool is_update)
{
	size_t n = b->n * b->rows;
	double sum = 0.0;
	for (size_t p = 0; p < a->rows; p++) {
		size_t at = (i * a->rows + p) * n + j * b->rows;
		for (size_t q = 0; q < b->rows; q++)
			sum += w->products[0][at + q] * (is_update ? w->products[1][at + q] : 1.0);
	}
	return sum;
}

/* One factor pair (or the vectors themselves) of two chunks, added to the sums. */
static pt_status add_chunks(const chunk *a, const chunk *b, const factor *factors, size_t n_factors,
	const workspace *w, pt_error *err)
{
	for (size_t f = 0; f < n_factors; f++) {
		pt_status status = multiply(a, b, &factors[f], w, w->products[f], err);
		if (status != PT_OK)
			return status;
	}
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < b->n; j++)
			w->sums[(a->first + i) * b->list->n + b->first + j] += contract(a, b, w, i, j, n_factors > 1);
	return PT_OK;
}

static size_t rows_of(const pt_difference_list *list, pt_trajectory trajectory)
{
	return trajectory == PT_TRAJECTORY_DW ? PARTS * list->history->shape.rank : 1;
}

/* Differences that share a panel. */
static size_t chunk_of(const pt_difference_list *list, pt_trajectory trajectory)
{
	size_t rows = rows_of(list, trajectory), n = rows < PANEL_ROWS ? PANEL_ROWS / rows : 1;
	return n < list->n ? n : list->n;
}

static pt_status workspace_init(workspace *w, const pt_difference_list *a, const pt_difference_list *b,
	pt_trajectory trajectory, pt_error *err)
{
	size_t m = chunk_of(a, trajectory) * rows_of(a, trajectory),
		   n = chunk_of(b, trajectory) * rows_of(b, trajectory);
	size_t spare = trajectory == PT_TRAJECTORY_DW ? (m > n ? m : n) * WIDTH : 0;
	w->memory = pt_array_alloc((m + n) * WIDTH + spare + 2 * m * n + a->n * b->n, sizeof *w->memory);
	if (!w->memory)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the products of two runs");
	w->panels[0] = w->memory;
	w->panels[1] = w->panels[0] + m * WIDTH;
	w->spare = w->panels[1] + n * WIDTH;
	w->products[0] = w->spare + spare;
	w->products[1] = w->products[0] + m * n;
	w->sums = w->products[1] + m * n;
	return PT_OK;
}

/* All differences of `a` with all of `b`, for one expert (or the whole vector). */
static pt_status add_all(const pt_difference_list *a, const pt_difference_list *b, pt_trajectory trajectory,
	const factor *factors, size_t n_factors, const workspace *w, pt_error *err)
{
	size_t by_a = chunk_of(a, trajectory), by_b = chunk_of(b, trajectory);
	for (size_t i = 0; i < a->n; i += by_a)
		for (size_t j = 0; j < b->n; j += by_b) {
			chunk x = {a, i, a->n - i < by_a ? a->n - i : by_a, rows_of(a, trajectory)};
			chunk y = {b, j, b->n - j < by_b ? b->n - j : by_b, rows_of(b, trajectory)};
			pt_status status = add_chunks(&x, &y, factors, n_factors, w, err);
			if (status != PT_OK)
				return status;
		}
	return PT_OK;
}

pt_status pt_cross_products(const pt_difference_list *a, const pt_difference_list *b,
	pt_trajectory trajectory, pt_block_mut sums, pt_error *err)
{
	const pt_module_shape *shape = &a->history->shape;
	assert(pt_histories_agree(a->history, b->history, trajectory));
	assert(sums.n_rows == a->n && sums.n_cols == b->n);
	workspace w = {0};
	pt_status status = workspace_init(&w, a, b, trajectory, err);
	if (status != PT_OK)
		return status;
	bool is_update = trajectory == PT_TRAJECTORY_DW;
	for (size_t e = 0; e < (is_update ? pt_shape_experts(shape) : 1) && status == PT_OK; e++) {
		factor of_update[] = {
			{FACTOR_A, PT_TRAJECTORY_A, shape->d_in, e}, {FACTOR_B, PT_TRAJECTORY_B, shape->d_out, e}};
		factor whole = {WHOLE, trajectory, a->history->vectors[trajectory].length, 0};
		status = add_all(a, b, trajectory, is_update ? of_update : &whole, is_update ? 2 : 1, &w, err);
	}
	for (size_t i = 0; i < a->n && status == PT_OK; i++)
		for (size_t j = 0; j < b->n; j++) {
			double product = w.sums[i * b->n + j];
			sums.at[i * sums.stride + j] += isfinite(product) ? product : (double)NAN;
		}
	pt_free(w.memory);
	return status;
}
