/**
 * Rows of the increment Gram of dW = s·B·A, from products of the factors. See increments.h for δ_i = L_i R_i.
 *
 * With E_i := s_i ΔA_i + (s_i − s_{i−1}) A_{i−1} = s_{i−1} ΔA_i + (s_i − s_{i−1}) A_i,
 *
 *   δ_i = s_i ΔB_i A_i + B_{i−1} E_i,
 *
 * so that ⟨δ_i, δ_j⟩ is a sum over the entries of eight r × r blocks: ΔB_iᵀΔB_j, B_{i−1}ᵀΔB_j, ΔB_iᵀB_{j−1}
 * and B_{i−1}ᵀB_{j−1}, and A_iA_jᵀ, A_iΔA_jᵀ, ΔA_iA_jᵀ and ΔA_iΔA_jᵀ. All of them are sums of blocks of
 * increments, since levels are: B_{i−1} = Σ_{l<i} ΔB_l with ΔB_0 := B_0.
 */
#ifndef PHASETOP_NUMERIC_UPDATE_ROWS_H
#define PHASETOP_NUMERIC_UPDATE_ROWS_H

#include "block_pass.h"
#include "increment_kernels.h"
#include "increment_rows.h"
#include "phasetop/base/status.h"

/** Row i at rank 1, from the products of A (leading) and B (lagging).
 * @param scalings  n of them; a NaN makes its entries NaN */
void pt_update_row_rank_one(const double *products_a, const double *products_b, const double *scalings,
	size_t n, size_t i, double *row);

/** Running blocks: the products of the last checkpoint's factors with every increment, A_{n−1}ΔA_jᵀ and
 * B_{n−1}ᵀΔB_j, r rows of pt_block_stride(r) doubles for each j < n. A new checkpoint adds its own products
 * to them. */
typedef struct pt_running_blocks {
	size_t n; /* checkpoints they stand for; 0: none are known */
	double *blocks[PT_N_FACTORS];
	size_t capacity[PT_N_FACTORS];
} pt_running_blocks;

void pt_running_blocks_fini(pt_running_blocks *running);
size_t pt_running_blocks_bytes(const pt_running_blocks *running);

/** Where the blocks of levels come from. */
typedef enum pt_update_way {
	PT_UPDATE_RUNNING, /* own levels from the running blocks, past ones by summing over past increments: r² a
						  value */
	PT_UPDATE_LEVELS,  /* own levels multiplied out, past ones by summing: 2r² */
	PT_UPDATE_DIRECT   /* all multiplied out: 4r²; good whatever the path was like */
} pt_update_way;

typedef struct pt_update_source {
	const pt_kernels *kernels;
	const pt_vectors *factors[PT_N_FACTORS];
	size_t rank;
	const double *scalings; /* n of them; a NaN makes its entries of dW NaN */
} pt_update_source;

/**
 * Row i of the increment Grams of A, B and dW at any rank, n values each.
 * @param running  NULL: neither used nor kept. Else i is the last checkpoint; for PT_UPDATE_RUNNING they must
 * stand for i checkpoints. Afterwards they stand for i + 1; on failure for none
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_update_rows(const pt_update_source *source, size_t i, pt_update_way way,
	pt_running_blocks *running, double *const rows[PT_N_FACTORS], double *row_dw, pt_error *err);

#endif
