/**
 * Singular value ratios of rolling windows of increments: does one direction carry the motion, or several?
 *
 * Over the last 10 increments of the regular grid of checkpoints (as in changepoint.h: those whose step has, modulo
 * the spacing, the most frequent remainder; increments between neighbours of the grid, zeros included)
 * σ_1 ≥ σ_2 ≥ … are the square roots of the eigenvalues of their uncentred 10 × 10 Gram, and the ratios are given
 * at the newest checkpoint of the window. NaN while fewer are there, and where the divisor is 0 (an eigenvalue below
 * the rounding of the trace counts as 0).
 *
 * Source: definitions "Transition step"; spectral-edge signal, arXiv 2603.28964.
 */
#ifndef PHASETOP_NUMERIC_SIGMA_RATIOS_H
#define PHASETOP_NUMERIC_SIGMA_RATIOS_H

#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/numeric/gram.h"

enum { PT_SIGMA_WINDOW = 10 };

typedef struct pt_sigma_ratios {
	size_t n;      /* checkpoints of the grid */
	size_t *at;    /* their indices into the steps */
	double *s1_s2; /* ≥ 1 */
	double *s2_s3;
} pt_sigma_ratios;

void pt_sigma_ratios_init(pt_sigma_ratios *ratios);
void pt_sigma_ratios_fini(pt_sigma_ratios *ratios);

/**
 * Compute, or bring up to date; the result is a function of the data alone.
 * @param n_unchanged  leading checkpoints as at the last call with this object; 0: compute all
 * @param[in,out] ratios  untouched on failure
 * @retval PT_ERR_INVALID  the steps do not rise strictly
 * @retval PT_ERR_MEMORY
 * @cost   one dsyevr of 10 × 10 (some 20 µs) a new checkpoint
 */
PT_CHECKED pt_status pt_sigma_ratios_update(pt_sigma_ratios *ratios, const pt_gram *gram, const int64_t *steps,
	size_t n_unchanged, pt_error *err);

#endif
