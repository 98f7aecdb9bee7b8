/**
 * 2RDM: the spectrum of the covariance of per-sample probe losses over a sliding window of rows.
 *
 * A row holds the losses ℓ_1 … ℓ_n of n probes at one log step. Over the last W valid rows of one segment
 * and one probe set (w rows while the window is still filling) C is their n × n covariance with divisor
 * w − 1, and λ_1 ≥ … ≥ λ_n ≥ 0 are all n eigenvalues, zeros included:
 *
 *     tr C = Σ λ            SHC = Var(λ) = Σ (λ − tr C/n)² / n            PR = (Σ λ)² / Σ λ²
 *
 * None of these needs an eigensolver. With K the w × w dual Gram of the centred rows, whose nonzero
 * eigenvalues are those of (w − 1) C,
 *
 *     q = ‖K‖_F² / (tr K)²,     PR = 1/q,     SHC = (tr C / n)² (n q − 1).
 *
 * This form is relatively exact however small C is (nothing is squared before it is divided by tr K). It
 * cancels only where C is nearly a multiple of the identity (n q → 1, which needs n < w); there SHC is
 * summed from the n × n covariance itself, as ‖C − (tr C/n) I‖_F² / n.
 *
 * K comes from the Gram of the *increments* between neighbouring rows by prefix sums: what all probes share
 * with the past (an offset of 1e9, a loss far from 0) never enters. Rows are evicted, never subtracted, so
 * nothing of a spike survives its leaving the window: 1e6 rows with a spike of 1e3 leave ≤ 1e-12, where
 * running sums would be off by 8e-4.
 *
 * Detrended variant: a constant and a line in the row index are projected out of the window first (K becomes
 * Q K Q with Q the projector off span{1, t}); the divisor stays w − 1; undefined below 3 rows. It is formed
 * from the increment Gram or from the Gram of second differences, whichever has less to cancel (the smaller
 * trace), so that a trend a million times larger than what rides on it costs no digits.
 *
 * White noise: a window of independent noise would give PR₀ = n(w − 1)/(n + w), detrended
 * n(w − 2)/(n + w − 1), with n = n_eff = (Σσ²)²/Σσ⁴ and σ² the diagonal of the same C.
 *
 * Undefined values are NaN: everything with one row; PR, PR₀ where tr C = 0 (constant losses; SHC is then 0);
 * whatever overflows a double.
 *
 * Source: definitions "2RDM"; Hennick & Corlouer, arXiv 2603.29805; tests/reference/make_loss_reference.py.
 */
#ifndef PHASETOP_NUMERIC_LOSS_COVARIANCE_H
#define PHASETOP_NUMERIC_LOSS_COVARIANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/base/status.h"

/** One reading of the spectrum. Its time is the newest row (the trailing edge of the window). */
typedef struct pt_spectrum_point {
	double shc;            /* loss⁴; variance (1/n) of all n eigenvalues of C */
	double pr;             /* participation ratio, 1 … min(n, n_rows − 1) */
	double trace;          /* loss²; tr C */
	double lambda1;        /* loss²; the largest eigenvalue of C */
	double pr_white_noise; /* PR₀: what white noise of these variances would give */
	size_t n_rows;         /* rows that went in; 0: the row was invalid and this is no reading */
	bool partial;          /* fewer rows than W; never set for Gaussian rows */
} pt_spectrum_point;

/** The sliding window, streaming. A subset of the probes is another window over fewer columns. */
typedef struct pt_loss_window pt_loss_window;

/**
 * An empty window.
 *
 * @param      n_probes n ≥ 1, losses a row
 * @param      window   W ≥ 2, rows
 * @param[out] out      release with pt_loss_window_destroy
 * @retval PT_ERR_INVALID n_probes is 0 or window below 2
 * @retval PT_ERR_MEMORY
 * @cost   nW + 7W² doubles of memory, and nW more where n ≤ 2W
 */
PT_CHECKED pt_status pt_loss_window_create(
	size_t n_probes, size_t window, pt_loss_window **out, pt_error *err);

/** NULL is fine. */
void pt_loss_window_destroy(pt_loss_window *window);

/** Forget all rows: a new segment or another probe set begins. */
void pt_loss_window_reset(pt_loss_window *window);

/** From now on λ_1 is left missing: it alone needs an eigensolver, and takes half of the time of a row. */
void pt_loss_window_leave_lambda1(pt_loss_window *window);

/** Rows held now, 0 … W. */
size_t pt_loss_window_rows(const pt_loss_window *window);

/**
 * Append one row (evicting the oldest of a full window) and read the spectrum.
 *
 * The result is a function of the rows in the window alone: the same rows pushed into a fresh window give
 * the same bits.
 *
 * @param      row       n_probes losses, borrowed
 * @param[out] raw       may be NULL: not computed
 * @param[out] detrended may be NULL: not computed
 * @retval PT_ERR_NOT_FINITE a loss is NaN or infinite: the row is invalid, the window is as it was
 * @cost   O(nW + W²) and a few products of a W × W matrix with a vector for λ_1
 * @source tests/reference/loss_reference.json; ../shared/runs (reference.json of each run)
 */
PT_CHECKED pt_status pt_loss_window_push(pt_loss_window *window, const double *row, pt_spectrum_point *raw,
	pt_spectrum_point *detrended, pt_error *err);

/**
 * Spectra of stored rows for a new W or a new subset of the probes: what pushing them one by one gives.
 *
 * @param      losses    m rows of `stride` losses each, row-major, borrowed
 * @param      columns   n_probes indices below `stride`, or NULL: the first n_probes columns
 * @param[out] raw       m points, or NULL; rows with a non-finite loss in these columns get n_rows = 0 and
 *                       NaN throughout, and do not enter any window
 * @param[out] detrended m points, or NULL
 * @retval PT_ERR_INVALID n_probes is 0, window below 2, or stride below n_probes
 * @retval PT_ERR_SHAPE   a column index is not below `stride`
 * @retval PT_ERR_MEMORY
 * @cost   m times pt_loss_window_push
 */
PT_CHECKED pt_status pt_loss_spectra(const double *losses, size_t m, size_t stride, const size_t *columns,
	size_t n_probes, size_t window, pt_spectrum_point *raw, pt_spectrum_point *detrended, pt_error *err);

/**
 * Gaussian 2RDM: the spectrum over m loss vectors measured at one step under random perturbations.
 *
 * C has divisor m − 1; PR₀ = n_eff (m − 1)/(n_eff + m). One sample leaves all undefined.
 *
 * @param      samples m × n, row-major, borrowed
 * @param[out] point   n_rows = m, partial = false
 * @retval PT_ERR_INVALID    m or n is 0
 * @retval PT_ERR_NOT_FINITE a loss is NaN or infinite
 * @retval PT_ERR_MEMORY
 * @cost   O(n m²)
 * @source ../shared/runs/deep_linear/reference_gaussian.json
 */
PT_CHECKED pt_status pt_gaussian_point(
	const double *samples, size_t m, size_t n, pt_spectrum_point *point, pt_error *err);

#endif
