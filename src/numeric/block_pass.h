/**
 * Products of one checkpoint of a LoRA module with all others, whole: for each past checkpoint j and each
 * factor the r × r blocks of inner products between rows of A (columns of B).
 *
 * Past factors are widened once a pass, in panels that stay in cache, and every sum has an order of its own
 * that depends on neither j, n nor on how the past checkpoints are divided among processors.
 */
#ifndef PHASETOP_NUMERIC_BLOCK_PASS_H
#define PHASETOP_NUMERIC_BLOCK_PASS_H

#include <stdbool.h>
#include <stddef.h>

#include "increment_kernels.h"
#include "increment_rows.h"
#include "phasetop/base/status.h"

enum { PT_FACTOR_A, PT_FACTOR_B, PT_N_FACTORS };

/** What to multiply with what. Levels are A_i (leading) and B_{i−1} (lagging, 0 for i = 0). */
typedef struct pt_block_request {
	const pt_kernels *kernels;
	const pt_vectors *factors[PT_N_FACTORS];
	size_t rank, i;
	bool own_levels;  /* the level of i too, not its increment alone */
	bool past_levels; /* and the levels of past ones */
} pt_block_request;

typedef struct pt_block_pass {
	pt_block_request request;
	size_t stride;  /* pt_block_stride(rank) */
	size_t at_once; /* past checkpoints that one run takes */
	/* private from here on */
	size_t n_kinds; /* blocks of a pair and factor */
	size_t first, n, n_chunks;
	size_t width;      /* columns of A, rows of B in a panel */
	size_t panel_size; /* doubles; a worker has one of past values, one of increments and one of levels of its
						  own */
	size_t n_workers;
	double *memory, *scratch, *blocks[PT_N_FACTORS];
} pt_block_pass;

/** Rows of a block of products, and doubles of a row: more than r where that is no multiple of PT_BLOCK_PAD.
 */
static inline size_t pt_block_stride(size_t rank)
{
	return (rank + PT_BLOCK_PAD - 1) / PT_BLOCK_PAD * PT_BLOCK_PAD;
}

/** @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_block_pass_init(pt_block_pass *pass, const pt_block_request *request, pt_error *err);
void pt_block_pass_fini(pt_block_pass *pass);

/** Blocks of the past checkpoints first … first + n − 1, n <= at_once, in place of those before. */
void pt_block_pass_run(pt_block_pass *pass, size_t first, size_t n);

/**
 * The r × r block of i's increment (or level, if asked for) with j's increment (or level): entry [q·stride +
 * p] is the product of i's row p with j's row q; beyond row and column r it is undefined. Valid until the
 * next run.
 */
const double *pt_block_pass_at(
	const pt_block_pass *pass, int factor, size_t j, bool own_level, bool past_level);

#endif
