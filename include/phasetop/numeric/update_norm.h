/**
 * Norms and inner products of LoRA updates dW = s·B·A, from the factors; dW is never formed.
 *
 * A is r × d_in and B is d_out × r, both row-major. dW is gauge-invariant: (cB, A/c) is the same update.
 */
#ifndef PHASETOP_NUMERIC_UPDATE_NORM_H
#define PHASETOP_NUMERIC_UPDATE_NORM_H

#include "phasetop/base/status.h"
#include "phasetop/numeric/matrix.h"

/** The factors of one update, borrowed. */
typedef struct pt_factors {
	size_t rank, d_in, d_out;
	pt_values a;    /* A, rank × d_in */
	pt_values b;    /* B, d_out × rank */
	double scaling; /* s: alpha / r, or alpha / √r with rsLoRA; dimensionless */
} pt_factors;

/**
 * ‖v‖₂ of n stored values, in double, safe from overflow and from underflow of the squares.
 * @retval PT_ERR_NOT_FINITE  a NaN or infinity among the values
 * @cost   O(n), one pass (a second one where the squares leave the range of doubles)
 */
PT_CHECKED pt_status pt_vector_norm(pt_values values, size_t n, double *norm, pt_error *err);

/**
 * Frobenius norm of a LoRA update, without forming it.
 *
 *   ‖s·B·A‖_F = |s| √tr((BᵀB)(AAᵀ))
 *
 * @param[in]  update  the factors
 * @param[out] norm    weight units, >= 0
 * @retval PT_ERR_SHAPE       rank, d_in or d_out is 0, or a factor has no values
 * @retval PT_ERR_NOT_FINITE  NaN or infinity in A, B or s
 * @retval PT_ERR_MEMORY
 * @cost   O(r²(d_in + d_out)); 2r² doubles
 * @source Hu et al. 2021, arXiv 2106.09685, §4.1; tests/reference/numeric.json
 */
PT_CHECKED pt_status pt_update_norm(const pt_factors *update, double *norm, pt_error *err);

/**
 * Inner product of two updates of one module.
 *
 *   ⟨dW_i, dW_j⟩ = s_i s_j tr((B_jᵀB_i)(A_iA_jᵀ))
 *
 * The ranks may differ. Never subtract such products to get increments (2e-3 off at ‖δ‖/‖v‖ = 1e-6): use the
 * Gram of pt_module_history.
 * @retval PT_ERR_SHAPE       d_in or d_out differ, a size is 0, or a factor has no values
 * @retval PT_ERR_NOT_FINITE  NaN or infinity in a factor or a scaling
 * @retval PT_ERR_MEMORY
 * @cost   O(r_i r_j (d_in + d_out)); 2 r_i r_j doubles
 */
PT_CHECKED pt_status pt_update_inner(
	const pt_factors *first, const pt_factors *second, double *inner, pt_error *err);

#endif
