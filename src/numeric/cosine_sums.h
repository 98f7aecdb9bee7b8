/** Block sums of one point of a local cosine, and what follows from them: shared by the curve and the k-scan. */
#ifndef PHASETOP_NUMERIC_COSINE_SUMS_H
#define PHASETOP_NUMERIC_COSINE_SUMS_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "phasetop/numeric/gram.h"

/**
 * S(L,L), S(R,R), S(L,R) over the increments L = (before, t], R = (t, after], and the traces of the first two blocks.
 * All 0 with before = after = t.
 */
typedef struct pt_cosine_sums {
	size_t before, after; /* checkpoints */
	double before_before, after_after, before_after;
	double before_trace, after_trace;
} pt_cosine_sums;

/**
 * Make the sums reach farther: only rows and columns that are new are added, nothing is subtracted.
 * @param at      t
 * @param before  <= sums->before, of a whole Gram or within its band
 * @param after   >= sums->after
 * @cost  O(k · new increments)
 */
void pt_cosine_sums_widen(pt_cosine_sums *sums, const pt_gram *gram, size_t at, size_t before, size_t after);

/**
 * Length of a displacement over n increments; 0 where its square is no more than the rounding of its block sum, which
 * is measured by n tr ≥ (Σ‖δ‖)² ≥ Σ|D_ij|.
 */
static inline double pt_displacement_length(double square, size_t n, double trace)
{
	return square <= 16.0 * DBL_EPSILON * (double)n * trace ? 0.0 : sqrt(square);
}

static inline double pt_cosine_of_sums(const pt_cosine_sums *sums, double before, double after)
{
	double cosine = sums->before_after / (before * after);
	if (before * after < DBL_MIN) /* the product of two tiny lengths: divide in turn */
		cosine = sums->before_after / before / after;
	return fmax(-1.0, fmin(1.0, cosine));
}

/** Does the larger displacement fall below m, or below ρ times the largest so far? */
static inline bool pt_displacement_is_short(
	double larger, double largest_so_far, double min_norm, double min_frac)
{
	return larger < min_norm || larger < min_frac * largest_so_far;
}

#endif
