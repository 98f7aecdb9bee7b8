/**
 * The inner loops of the increment Grams and of products with them: dot products of one new vector with a
 * group of neighbouring past ones, which are loaded as they are stored, widened and differenced on the fly.
 *
 * One instance for each instruction set, chosen at run time. Every sum has a fixed order that depends neither
 * on the place of a vector in its group nor on which of the two is called new: results are symmetric and
 * independent of the order of arrival, to the bit, on one machine.
 */
#ifndef PHASETOP_NUMERIC_INCREMENT_KERNELS_H
#define PHASETOP_NUMERIC_INCREMENT_KERNELS_H

#include <stddef.h>

enum {
	PT_KERNEL_MAX_GROUP = 8,
	PT_KERNEL_PAD = 16,    /* vectors are padded with zeros to a multiple of this */
	PT_KERNEL_BLOCK = 8192 /* columns of a pass: two double blocks of it stay in the second-level cache */
};

/* The four products of one pair of checkpoints (n the new one, j a past one), in this order. */
enum {
	PT_PRODUCT_LEVELS,          /* ⟨x_n, x_j⟩ */
	PT_PRODUCT_LEVEL_INCREMENT, /* ⟨x_n, δ_j⟩ */
	PT_PRODUCT_INCREMENT_LEVEL, /* ⟨δ_n, x_j⟩ */
	PT_PRODUCT_INCREMENTS,      /* ⟨δ_n, δ_j⟩ */
	PT_N_PRODUCTS
};

/**
 * Adds ⟨δ_n, δ_j⟩ over `n` columns to sums[g], for each past vector g of the group.
 * @param increment  δ_n, n doubles
 * @param past       group + 1 vectors at this column (float or double as the name says): past[0] is the
 *                   predecessor of past[1]; δ of group member g is past[g + 1] − past[g]
 * @param n          a multiple of PT_KERNEL_PAD
 */
typedef void pt_increment_kernel(const double *increment, const void *const *past, size_t n, double *sums);

/** Adds all four products, sums[4·g + product]. x_j is past[g + 1] (`leading`) or past[g] (`lagging`). */
typedef void pt_product_kernel(
	const double *level, const double *increment, const void *const *past, size_t n, double *sums);

enum { PT_SYMMETRIC_VECTORS = 2, PT_SYMMETRIC_MAX_ROWS = 4 };

/**
 * `rows_of_symmetric` rows of a packed symmetric matrix, left of its diagonal, times PT_SYMMETRIC_VECTORS
 * vectors: sums[2·r + c] += Σ_b rows[r][b] x[c][b] and y[c][b] += Σ_r weights[2·r + c] rows[r][b], b < n.
 */
typedef void pt_symmetric_kernel(const double *const *rows, size_t n, const double *const *x,
	double *const *y, const double *weights, double *sums);

enum {
	PT_BLOCK_PAD = 8, /* rows and columns of a block of products are multiples of this */
	PT_BLOCK_STEP = 2 /* and panels have multiples of this many rows */
};

/** Rows of stored values, `stride` bytes apart, and what is to be subtracted from them, likewise; NULL:
 * nothing. */
typedef struct pt_stored_rows {
	const void *values, *before;
	size_t n_rows, stride;
} pt_stored_rows;

/** out[row·out_stride + e] = values[row][e] − before[row][e] in double, e < n; float or double as the name
 * says. */
typedef void pt_widen_kernel(pt_stored_rows rows, size_t n, double *out, size_t out_stride);

/** Widened values that are taken one by one: number q of place e is at[q·stride + e·step]. */
typedef struct pt_scalars {
	const double *at;
	size_t n, stride, step;
} pt_scalars;

/** Memory that will be read next: runs of bytes, `stride` apart. A kernel asks for it bit by bit while it
 * computes. */
typedef struct pt_ahead {
	const void *at;
	size_t n_runs, run, stride;
} pt_ahead;

/**
 * sums[q·n_columns + p] += Σ_e panel[e·n_columns + p] scalar(q, e), e < n. All sums have the same order.
 * @param n        a multiple of PT_BLOCK_STEP
 * @param panel    n rows of n_columns (a multiple of PT_BLOCK_PAD) doubles, aligned to a cache line
 * @param scalars  n a multiple of PT_BLOCK_PAD
 * @param sums     scalars.n rows of n_columns, aligned likewise
 */
typedef void pt_block_kernel(
	const double *panel, size_t n_columns, pt_scalars scalars, size_t n, double *sums, pt_ahead ahead);

typedef struct pt_kernels {
	const char *name;
	size_t group_of_increments, group_of_products; /* past vectors a call takes; <= PT_KERNEL_MAX_GROUP */
	pt_increment_kernel *increments_f32, *increments_f64;
	pt_product_kernel *leading_f32, *leading_f64, *lagging_f32, *lagging_f64;
	size_t rows_of_symmetric; /* rows a call takes; <= PT_SYMMETRIC_MAX_ROWS */
	pt_symmetric_kernel *symmetric_rows;
	pt_widen_kernel *widen_f32, *widen_f64;
	pt_block_kernel *block;
} pt_kernels;

/** The fastest set that this processor runs. */
const pt_kernels *pt_kernels_best(void);

/** All sets that this processor runs, the plain one first; NULL from `index` = their number on. For tests. */
const pt_kernels *pt_kernels_at(size_t index);

#endif
