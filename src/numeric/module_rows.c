/* Rows of the increment Grams of one module: which passes over its vectors they take. */
#include <math.h>
#include <string.h>

#include "module_history.h"
#include "phasetop/base/alloc.h"

/* Blocks of levels are summed along the path while the root of its summed squares is not larger than this
   times the levels themselves: their rounding grows with the path, and 32 of it still leaves 1e-13 of √(D_ii
   D_jj). */
#define MAX_PATH 32.0

static void fill_missing(double *row, size_t n)
{
	for (size_t j = 0; j < n; j++)
		row[j] = (double)NAN;
}

/* Rank 1: all three rows from one pass over A and B. */
static void compute_rank_one(const pt_module_history *h, size_t i, pt_module_rows *rows, size_t r)
{
	const pt_vectors *a = &h->vectors[PT_TRAJECTORY_A], *b = &h->vectors[PT_TRAJECTORY_B];
	double *row_a = rows->rows[PT_TRAJECTORY_A][r], *row_b = rows->rows[PT_TRAJECTORY_B][r];
	double *row_dw = rows->rows[PT_TRAJECTORY_DW][r];
	if (isnan(h->scalings[i]) || (i > 0 && isnan(h->scalings[i - 1]))) {
		const pt_pass passes[] = {{a, i, PT_PASS_INCREMENTS, row_a}, {b, i, PT_PASS_INCREMENTS, row_b}};
		pt_run_passes(h->kernels, passes, 2);
		fill_missing(row_dw, h->n);
		return;
	}
	const pt_pass passes[] = {
		{a, i, PT_PASS_LEADING, rows->products_a}, {b, i, PT_PASS_LAGGING, rows->products_b}};
	pt_run_passes(h->kernels, passes, 2);
	for (size_t j = 0; j < h->n; j++) {
		row_a[j] = rows->products_a[j * PT_N_PRODUCTS + PT_PRODUCT_INCREMENTS];
		row_b[j] = rows->products_b[j * PT_N_PRODUCTS + PT_PRODUCT_INCREMENTS];
	}
	pt_update_row_rank_one(rows->products_a, rows->products_b, h->scalings, h->n, i, row_dw);
}

/* The longest path of an expert, beside the levels of all: it may be one alone that walks it. */
static double max_path(const pt_module_history *h)
{
	return MAX_PATH / sqrt((double)pt_shape_experts(&h->shape));
}

/* May blocks of levels be summed from blocks of increments, for the row of the last checkpoint? Compares what
   bounds the rounding of s ΔB_k A_k + B_{k−1} E_k when levels are sums of increments with what bounds it when
   they are not. */
static bool path_is_short(const pt_module_history *h)
{
	double squares[2] = {0.0, 0.0}; /* of the increments of A and B so far */
	double path_b = 0.0, norm_b = 0.0;
	for (size_t k = 0; k < h->n; k++) {
		double step[2];
		for (pt_trajectory t = PT_TRAJECTORY_A; t <= PT_TRAJECTORY_B; t++) {
			double square = k + 1 < h->n ? pt_gram_at(&h->grams[t], k, k)
										 : pt_increment_square(h->kernels, &h->vectors[t], k);
			squares[t] += square;
			step[t] = sqrt(square);
		}
		double s = fabs(h->scalings[k]), s_before = k > 0 ? fabs(h->scalings[k - 1]) : s;
		double s_change = k > 0 ? fabs(h->scalings[k] - h->scalings[k - 1]) : 0.0;
		double path_a = sqrt(squares[PT_TRAJECTORY_A]), norm_a = h->norms[PT_TRAJECTORY_A][k];
		double summed = s * step[PT_TRAJECTORY_B] * path_a +
						path_b * (s_before * step[PT_TRAJECTORY_A] + s_change * path_a);
		double direct = s * step[PT_TRAJECTORY_B] * norm_a +
						norm_b * (s_before * step[PT_TRAJECTORY_A] + s_change * norm_a);
		if (summed >
			max_path(h) * direct) /* false where a scaling is unknown: such entries are missing anyway */
			return false;
		path_b = sqrt(squares[PT_TRAJECTORY_B]);
		norm_b = h->norms[PT_TRAJECTORY_B][k];
	}
	return true;
}

/* Running blocks are kept where they are small beside the vectors: a quarter of them at most. */
static bool running_blocks_pay(const pt_module_shape *shape)
{
	return 16 * pt_block_stride(shape->rank) <= shape->d_in + shape->d_out;
}

/* The factors of expert `e` alone: parts of the same vectors. `items` has room for n. */
static pt_vectors part_of(const pt_vectors *all, size_t e, size_t n_experts, void **items)
{
	pt_vectors part = {.n = all->n, .length = all->length / n_experts, .is_f64 = all->is_f64, .items = items};
	size_t bytes = part.length * (all->is_f64 ? sizeof(double) : sizeof(float));
	for (size_t j = 0; j < all->n; j++)
		items[j] = (unsigned char *)all->items[j] + e * bytes;
	return part;
}

/* The sums of the experts' rows. */
static pt_status compute_experts(const pt_module_history *h, size_t i, pt_update_way way,
	pt_module_rows *rows, size_t r, pt_error *err)
{
	enum { N_ROWS = 3 };
	size_t n = h->n, n_experts = pt_shape_experts(&h->shape);
	double *to[N_ROWS] = {
		rows->rows[PT_TRAJECTORY_A][r], rows->rows[PT_TRAJECTORY_B][r], rows->rows[PT_TRAJECTORY_DW][r]};
	double *own[N_ROWS] = {rows->products_a, rows->products_a + n, rows->products_a + 2 * n};
	void **items = pt_array_alloc(n, PT_N_FACTORS * sizeof *items);
	if (!items)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the factors of experts");
	for (size_t t = 0; t < N_ROWS; t++)
		memset(to[t], 0, n * sizeof *to[t]);
	pt_status status = PT_OK;
	for (size_t e = 0; e < n_experts && status == PT_OK; e++) {
		pt_vectors a = part_of(&h->vectors[PT_TRAJECTORY_A], e, n_experts, items);
		pt_vectors b = part_of(&h->vectors[PT_TRAJECTORY_B], e, n_experts, items + n);
		pt_update_source source = {h->kernels, {&a, &b}, h->shape.rank, h->scalings};
		status = pt_update_rows(&source, i, way, NULL, own, own[N_ROWS - 1], err);
		for (size_t t = 0; t < N_ROWS && status == PT_OK; t++)
			for (size_t j = 0; j < n; j++)
				to[t][j] += own[t][j];
	}
	pt_free(items);
	return status;
}

static pt_status compute_blocks(const pt_module_history *h, size_t i, bool appends,
	pt_running_blocks *running, pt_module_rows *rows, size_t r, pt_error *err)
{
	pt_update_source source = {
		h->kernels, {&h->vectors[PT_TRAJECTORY_A], &h->vectors[PT_TRAJECTORY_B]}, h->shape.rank, h->scalings};
	bool has_experts = pt_shape_experts(&h->shape) > 1;
	bool keeps = appends && running && !has_experts && running_blocks_pay(&h->shape);
	pt_update_way way = !appends || !path_is_short(h)       ? PT_UPDATE_DIRECT
						: keeps && i > 0 && running->n == i ? PT_UPDATE_RUNNING
															: PT_UPDATE_LEVELS;
	if (has_experts)
		return compute_experts(h, i, way, rows, r, err);
	double *const factors[PT_N_FACTORS] = {rows->rows[PT_TRAJECTORY_A][r], rows->rows[PT_TRAJECTORY_B][r]};
	return pt_update_rows(
		&source, i, way, keeps ? running : NULL, factors, rows->rows[PT_TRAJECTORY_DW][r], err);
}

static pt_status check_row(const double *row, size_t n, bool may_be_missing, pt_error *err)
{
	for (size_t j = 0; j < n; j++)
		if (!isfinite(row[j]) && !(may_be_missing && isnan(row[j])))
			return pt_fail(
				err, PT_ERR_NOT_FINITE, NULL, -1, "products of increments are beyond the range of doubles");
	return PT_OK;
}

static pt_status compute_row(const pt_module_history *h, size_t i, bool appends, pt_running_blocks *running,
	pt_module_rows *rows, size_t r, pt_error *err)
{
	pt_status status = PT_OK;
	if (h->shape.kind == PT_MODULE_FULL)
		pt_run_passes(h->kernels,
			&(pt_pass){&h->vectors[PT_TRAJECTORY_W], i, PT_PASS_INCREMENTS, rows->rows[PT_TRAJECTORY_W][r]},
			1);
	else if (h->shape.rank == 1 && pt_shape_experts(&h->shape) == 1)
		compute_rank_one(h, i, rows, r);
	else
		status = compute_blocks(h, i, appends, running, rows, r, err);
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES && status == PT_OK; t++)
		if (pt_kind_has(h->shape.kind, t))
			status = check_row(rows->rows[t][r], h->n, t == PT_TRAJECTORY_DW && h->n_unknown > 0, err);
	return status;
}

pt_status pt_module_rows_compute(const pt_module_history *history, size_t first, size_t n_rows,
	pt_running_blocks *running, pt_module_rows *rows, pt_error *err)
{
	size_t n = history->n, left = first < n ? n - first : 0;
	*rows = (pt_module_rows){.first = first, .n_rows = n_rows < left ? n_rows : left, .n = n};
	/* Row n − 1 alone: an append, or the last checkpoint anew. All before it is as the Grams have it. */
	bool appends = first + 1 == n;
	pt_status status = PT_OK;
	if (rows->n_rows > 0) {
		size_t n_buffers = PT_N_TRAJECTORIES * PT_MAX_CHANGED_ROWS;
		rows->memory = pt_array_alloc(n, (n_buffers + 2 * PT_N_PRODUCTS) * sizeof(double));
		if (!rows->memory)
			status = pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the rows of a Gram");
		for (size_t b = 0; b < n_buffers && rows->memory; b++)
			rows->rows[b / PT_MAX_CHANGED_ROWS][b % PT_MAX_CHANGED_ROWS] = rows->memory + b * n;
		rows->products_a = rows->memory ? rows->memory + n_buffers * n : NULL;
		rows->products_b = rows->memory ? rows->products_a + PT_N_PRODUCTS * n : NULL;
	}
	for (size_t r = 0; r < rows->n_rows && status == PT_OK; r++)
		status = compute_row(history, first + r, appends, running, rows, r, err);
	if (running && (status != PT_OK || !appends))
		running->n = 0;
	return status;
}

void pt_module_rows_fini(pt_module_rows *rows)
{
	pt_free(rows->memory);
	*rows = (pt_module_rows){0};
}

size_t pt_module_rows_bytes(const pt_module_rows *rows)
{
	size_t n_values = PT_N_TRAJECTORIES * PT_MAX_CHANGED_ROWS + 2 * PT_N_PRODUCTS;
	return rows->memory ? rows->n * n_values * sizeof(double) : 0;
}
