/** Smoothing of a noisy series, before it is drawn. */
#ifndef PHASETOP_PLOT_SMOOTH_H
#define PHASETOP_PLOT_SMOOTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Exponential moving average by distance, not by number of points: a value h steps back counts half,
 *
 *     m_i = Σ_{j ≤ i} 2^{−(t_i − t_j)/h} x_j / Σ_{j ≤ i} 2^{−(t_i − t_j)/h},
 *
 * over the finite x_j. So runs that log at different intervals are smoothed alike, gaps cost nothing, and the
 * sum of the weights in the divisor takes the start-up bias out (for evenly spaced points this is the
 * debiased EMA of TensorBoard with weight 2^{−spacing/h}; with a half-life in steps it does not change with
 * the zoom, as the time-weighted one of Weights & Biases does). It looks back only: a point never changes
 * when later ones come.
 *
 * @param steps   n, rising
 * @param values  n; a missing value stays missing and counts for nothing
 * @param half_life  h in steps, > 0; else `values` are copied
 * @param logs    the logarithms are averaged (a geometric mean), as is right on a logarithmic axis; values ≤
 * 0 are then missing
 * @param[out] out  n; may be `values` itself
 * @cost  O(n)
 */
void pt_smooth_ema(
	const int64_t *steps, const double *values, size_t n, double half_life, bool logs, double *out);

#endif
