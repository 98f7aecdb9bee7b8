/**
 * Baselines beside SHC: what the mean probe loss alone would tell, over the same windows of W rows.
 *
 *   slope     least-squares slope of the window's mean losses against step; loss a step
 *   variance  of the window's means x_1 … x_w after a line in row index is taken out; divisor w − 1
 *   lag1      Σ_{t<w} x_t x_{t+1} / Σ x_t² of the same residuals
 *   tau       Kendall's τ-b of log SHC against row index over the last 3 W rows with SHC > 0 (slowing down)
 *
 * Undefined values are NaN: slope below 2 rows or one step alone; variance and lag1 below 3 rows; lag1 where
 * the residuals are 0 (to the rounding of the means: variance is then 0); tau below 2 rows or where all SHC
 * are equal; whatever overflows a double.
 */
#ifndef PHASETOP_NUMERIC_LOSS_BASELINES_H
#define PHASETOP_NUMERIC_LOSS_BASELINES_H

#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

typedef struct pt_loss_baselines {
	double slope, variance, lag1;
} pt_loss_baselines;

/**
 * Of one window.
 * @param steps, means  w values, the newest last; steps need not be equally spaced
 * @cost  O(w)
 */
pt_loss_baselines pt_loss_baselines_of(const int64_t *steps, const double *means, size_t w);

/**
 * Kendall's τ-b of y against its index: (concordant − discordant) / √((n₀)(n₀ − ties in y)), n₀ = n(n − 1)/2.
 * @param[out] tau  −1…1; NaN where undefined, or where a y is NaN
 * @retval PT_ERR_MEMORY
 * @cost   O(n log n), Knight's method
 * @source scipy.stats.kendalltau (tests/reference)
 */
PT_CHECKED pt_status pt_kendall_tau(const double *y, size_t n, double *tau, pt_error *err);

#endif
