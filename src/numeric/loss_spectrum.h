/** From centred rows and their dual Gram to a reading of the spectrum: shared by window and Gaussian rows. */
#ifndef PHASETOP_NUMERIC_LOSS_SPECTRUM_H
#define PHASETOP_NUMERIC_LOSS_SPECTRUM_H

#include <stddef.h>

#include <stdbool.h>

#include "phasetop/numeric/loss_covariance.h"

/** What a reading is made of; C is n × n with divisor m − 1. All borrowed. */
typedef struct pt_centred_rows {
	size_t n;           /* probes */
	size_t m;           /* rows */
	size_t freedom;     /* m − 1 centred, m − 2 detrended */
	const double *rows; /* m × n, row-major: centred, or detrended */
	const double *dual; /* m × m, row-major: their Gram K, at least as exact as one formed from `rows` */
} pt_centred_rows;

/** Σ a_i b_i of n doubles, in an order that depends on n alone. Eight sums run side by side, so that no
 * addition waits for the one before. */
static inline double pt_dot(const double *a, const double *b, size_t n)
{
	double sums[8] = {0}, rest = 0;
	size_t i = 0;
	for (; i + 8 <= n; i += 8)
		for (size_t lane = 0; lane < 8; lane++)
			sums[lane] += a[i + lane] * b[i + lane];
	for (; i < n; i++)
		rest += a[i] * b[i];
	return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])) + rest;
}

/** A reading with nothing defined. */
pt_spectrum_point pt_spectrum_undefined(size_t n_rows);

/** Doubles of scratch that pt_spectrum_of needs. */
static inline size_t pt_spectrum_scratch(size_t n, size_t m)
{
	return m * m + (n > m * m + 4 * m ? n : m * m + 4 * m);
}

/** The reading (loss_covariance.h has the formulas); `partial` is left false, λ_1 missing unless asked for.
 */
pt_spectrum_point pt_spectrum_of(const pt_centred_rows *centred, bool with_lambda1, double *scratch);

#endif
