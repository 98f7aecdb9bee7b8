/** From the dual Gram of centred rows to a reading of the spectrum: shared by window and Gaussian rows. */
#ifndef PHASETOP_NUMERIC_LOSS_SPECTRUM_H
#define PHASETOP_NUMERIC_LOSS_SPECTRUM_H

#include <stddef.h>

#include <stdbool.h>

#include "phasetop/numeric/loss_covariance.h"

/** What a reading is made of; C is n × n with divisor m − 1. All borrowed. */
typedef struct pt_dual_gram {
	size_t n;              /* probes */
	size_t m;              /* rows */
	size_t freedom;        /* m − 1 centred, m − 2 detrended */
	const double *dual;    /* m × m, row-major: Gram of the centred (detrended) rows */
	const double *squares; /* n: Σ over the rows of the squared centred (detrended) losses of each probe */
} pt_dual_gram;

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
static inline size_t pt_spectrum_scratch(size_t m)
{
	return 2 * m * m + 4 * m;
}

/**
 * The reading (loss_covariance.h has the formulas); `partial` is left false, λ_1 missing unless asked for.
 *
 * @param[out] isotropic  C is nearly a multiple of the identity: the dual form cancels, and SHC is to be had
 * from pt_spectrum_isotropic_shc. Never set where n > 2m
 */
pt_spectrum_point pt_spectrum_of(
	const pt_dual_gram *gram, bool with_lambda1, double *scratch, bool *isotropic);

/** SHC as ‖C − (tr C/n) I‖_F² / n from the m × n centred (detrended) rows themselves. @cost O(n² m) */
double pt_spectrum_isotropic_shc(const double *rows, size_t m, size_t n);

#endif
