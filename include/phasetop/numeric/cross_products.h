/**
 * Inner products between vectors of two histories: the same module in two runs that are compared.
 *
 * A *difference* is v_to − v_from of one history: an increment (i, i − 1), what came since the first
 * checkpoint (i, 0), or a vector itself. Differences are formed on the fly in double, never as products of
 * whole vectors that are subtracted afterwards. Those of dW = s·B·A come from the factors, as in
 * increments.h, and dW is never formed:
 *
 *   d = L R,  L = [B_to − B_from, B_from],  R = [s_to A_to; s_to (A_to − A_from) + (s_to − s_from) A_from],
 *   ⟨d, e⟩ = Σ_pq (R_d R_eᵀ)_pq (L_dᵀ L_e)_pq
 *
 * so that two runs of different rank have an inner product of dW, where d_in and d_out agree.
 */
#ifndef PHASETOP_NUMERIC_CROSS_PRODUCTS_H
#define PHASETOP_NUMERIC_CROSS_PRODUCTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/numeric/increments.h"
#include "phasetop/numeric/matrix.h"

#define PT_FROM_ZERO SIZE_MAX

/** v_to − v_from by their places in a history; from PT_FROM_ZERO: v_to itself. */
typedef struct pt_difference {
	size_t to, from;
} pt_difference;

/** The i-th increment of a Gram: δ_0 = v_0, δ_i = v_i − v_{i−1}. */
static inline pt_difference pt_difference_of_increment(size_t i)
{
	return (pt_difference){i, i > 0 ? i - 1 : PT_FROM_ZERO};
}

/**
 * Have vectors of this trajectory in the two histories an inner product? Both hold it; d_in and d_out are the
 * same (W: the length), and so is the number of experts; for A and B the rank, too.
 */
bool pt_histories_agree(const pt_module_history *a, const pt_module_history *b, pt_trajectory trajectory);

/** Differences of one history; borrowed. */
typedef struct pt_difference_list {
	const pt_module_history *history;
	const pt_difference *at;
	size_t n;
} pt_difference_list;

/**
 * sums(i, j) += ⟨a_i, b_j⟩: of a module set, one call a module. NaN where a scaling is not known, or where a
 * product leaves the range of doubles.
 * @param[in,out] sums  a.n × b.n; untouched on failure
 * @pre   pt_histories_agree; places below the histories' n
 * @retval PT_ERR_MEMORY
 * @cost   O(a.n · b.n · d); dW: O(a.n · b.n · 4 r_a r_b (d_in + d_out)). Panels of about 3 MB
 * @source tests/reference/comparison.json (NumPy, dW formed)
 */
PT_CHECKED pt_status pt_cross_products(const pt_difference_list *a, const pt_difference_list *b,
	pt_trajectory trajectory, pt_block_mut sums, pt_error *err);

#endif
