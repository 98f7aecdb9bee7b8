/** Block sums of one point of a local cosine, and what follows from them: shared by the curve and the k-scan. */
#ifndef PHASETOP_NUMERIC_COSINE_SUMS_H
#define PHASETOP_NUMERIC_COSINE_SUMS_H

#include <float.h>
#include <math.h>
#include <stdbool.h>

/** S(L,L), S(R,R), S(L,R), and the sums of the magnitudes of the same entries: what rounding is measured by. */
typedef struct pt_cosine_sums {
	double before_before, after_after, before_after;
	double before_size, after_size;
} pt_cosine_sums;

/** Length of a displacement; a block sum that its own rounding could have made is 0 as far as one can tell. */
static inline double pt_displacement_length(double square, double size)
{
	return square <= 16.0 * DBL_EPSILON * size ? 0.0 : sqrt(square);
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
