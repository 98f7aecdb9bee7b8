/* The probe-loss spectrum: definitions by hand, what is undefined, errors, hostile input. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "phasetop/numeric/loss_covariance.h"

static void assert_near(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g, expected %.17g", value, expected);
}

static void assert_undefined(const pt_spectrum_point *point)
{
	assert_true(isnan(point->shc) && isnan(point->pr) && isnan(point->trace));
	assert_true(isnan(point->lambda1) && isnan(point->pr_white_noise));
}

static pt_loss_window *window_of(size_t n_probes, size_t rows)
{
	pt_loss_window *window = NULL;
	assert_int_equal(pt_loss_window_create(n_probes, rows, &window, NULL), PT_OK);
	return window;
}

static pt_spectrum_point push(pt_loss_window *window, const double *row, pt_spectrum_point *detrended)
{
	pt_spectrum_point raw;
	assert_int_equal(pt_loss_window_push(window, row, &raw, detrended, NULL), PT_OK);
	return raw;
}

static void two_probes_by_hand(void **state)
{
	(void)state;
	/* C = [[1, 1], [1, 4]] of the three rows: tr 5, ‖C‖² = 19, λ = (5 ± √13)/2 */
	static const double rows[3][2] = {{1, 2}, {2, 6}, {3, 4}};
	pt_loss_window *window = window_of(2, 3);
	pt_spectrum_point raw = {0}, detrended;
	for (int i = 0; i < 3; i++)
		raw = push(window, rows[i], &detrended);
	assert_near(raw.trace, 5, 1e-14);
	assert_near(raw.pr, 25.0 / 19, 1e-14);
	assert_near(raw.shc, 19.0 / 2 - 25.0 / 4, 1e-14);
	assert_near(raw.lambda1, (5 + sqrt(13)) / 2, 1e-14);
	/* n_eff = 25/17, m = 3 */
	assert_near(raw.pr_white_noise, 25.0 / 17 * 2 / (25.0 / 17 + 3), 1e-14);
	assert_false(raw.partial);
	/* without the line only (0, s(1, −2, 1)/6 …) is left: probe 1 lies on its line, probe 2 does not */
	assert_near(detrended.trace, 6.0 / 2, 1e-13);
	assert_near(detrended.pr, 1, 1e-13);
	assert_near(detrended.lambda1, 3, 1e-13);
	pt_loss_window_destroy(window);
}

static void one_row_leaves_all_undefined(void **state)
{
	(void)state;
	static const double row[3] = {1, 2, 3};
	pt_loss_window *window = window_of(3, 5);
	pt_spectrum_point detrended, raw = push(window, row, &detrended);
	assert_undefined(&raw);
	assert_undefined(&detrended);
	assert_true(raw.partial && detrended.partial);
	assert_int_equal(raw.n_rows, 1);
	pt_loss_window_destroy(window);
}

static void detrended_needs_three_rows(void **state)
{
	(void)state;
	static const double rows[3][2] = {{1, 0}, {2, 5}, {4, 1}};
	pt_loss_window *window = window_of(2, 2);
	pt_spectrum_point detrended;
	for (int i = 0; i < 3; i++) {
		const pt_spectrum_point raw = push(window, rows[i], &detrended);
		assert_undefined(&detrended);
		if (i > 0)
			assert_near(raw.pr, 1, 1e-14);
	}
	pt_loss_window_destroy(window);
}

static void constant_losses_have_no_pr(void **state)
{
	(void)state;
	static const double row[3] = {0.1, 0.7, 1e9};
	pt_loss_window *window = window_of(3, 4);
	for (int i = 0; i < 6; i++) {
		pt_spectrum_point detrended, raw = push(window, row, &detrended);
		if (i < 2)
			continue;
		assert_true(raw.shc == 0 && raw.trace == 0 && raw.lambda1 == 0);
		assert_true(isnan(raw.pr) && isnan(raw.pr_white_noise));
		assert_true(detrended.shc == 0 && isnan(detrended.pr));
	}
	pt_loss_window_destroy(window);
}

static void a_pure_line_is_nothing_once_detrended(void **state)
{
	(void)state;
	pt_loss_window *window = window_of(2, 5);
	for (int i = 0; i < 8; i++) {
		const double row[2] = {1e6 - 3.0 * i, 7.0 + 0.5 * i};
		pt_spectrum_point detrended;
		push(window, row, &detrended);
		if (i < 2)
			continue;
		assert_true(detrended.shc == 0 && detrended.trace == 0);
		assert_true(isnan(detrended.pr));
	}
	pt_loss_window_destroy(window);
}

static void one_probe_has_no_spread(void **state)
{
	(void)state;
	pt_loss_window *window = window_of(1, 3);
	pt_spectrum_point raw = {0};
	for (int i = 0; i < 5; i++)
		raw = push(window, (const double[]){0.1 * i * i}, NULL);
	assert_true(raw.shc == 0);
	assert_near(raw.pr, 1, 1e-14);
	assert_near(raw.lambda1, raw.trace, 1e-14);
	pt_loss_window_destroy(window);
}

static void white_noise_level_of_equal_variances(void **state)
{
	(void)state;
	/* every probe sees the same 20 values in another order, so n_eff is 64 to rounding */
	pt_loss_window *window = window_of(64, 20);
	pt_spectrum_point raw = {0};
	for (int i = 0; i < 20; i++) {
		double row[64];
		for (int p = 0; p < 64; p++)
			row[p] = sin((double)((i * 7 + p) % 20));
		raw = push(window, row, NULL);
	}
	assert_near(raw.pr_white_noise, 64.0 * 19 / 84, 1e-12); /* 14.476 */
	assert_false(raw.partial);
	pt_loss_window_destroy(window);
}

static void a_window_fills_and_then_is_full(void **state)
{
	(void)state;
	pt_loss_window *window = window_of(2, 4);
	for (size_t i = 0; i < 9; i++) {
		pt_spectrum_point detrended, raw = push(window, (const double[]){(double)(i * i), 1}, &detrended);
		assert_int_equal(raw.n_rows, i < 4 ? i + 1 : 4);
		assert_int_equal(raw.partial, i < 3);
		assert_int_equal(detrended.partial, i < 3);
		assert_int_equal(pt_loss_window_rows(window), raw.n_rows);
	}
	pt_loss_window_reset(window);
	assert_int_equal(pt_loss_window_rows(window), 0);
	const pt_spectrum_point raw = push(window, (const double[]){5, 5}, NULL);
	assert_undefined(&raw);
	pt_loss_window_destroy(window);
}

static void a_non_finite_row_is_refused_and_changes_nothing(void **state)
{
	(void)state;
	static const double good[3][2] = {{1, 2}, {2, 5}, {4, 3}};
	const double bad[3] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
	pt_loss_window *clean = window_of(2, 3), *hit = window_of(2, 3);
	pt_spectrum_point raw = {0}, with = {.shc = 42};
	for (int i = 0; i < 3; i++) {
		raw = push(clean, good[i], NULL);
		const double row[2] = {1, bad[i]};
		pt_error err;
		assert_int_equal(pt_loss_window_push(hit, row, &with, NULL, &err), PT_ERR_NOT_FINITE);
		assert_int_equal(err.code, PT_ERR_NOT_FINITE);
		if (i == 0)
			assert_true(with.shc == 42);
		with = push(hit, good[i], NULL);
	}
	assert_memory_equal(&raw.shc, &with.shc, 5 * sizeof(double));
	pt_loss_window_destroy(clean);
	pt_loss_window_destroy(hit);
}

static void sizes_beyond_a_double_are_missing_not_infinite(void **state)
{
	(void)state;
	pt_loss_window *window = window_of(2, 3);
	for (int i = 0; i < 3; i++) {
		pt_spectrum_point detrended,
			raw = push(window, (const double[]){i == 1 ? 1e300 : -1e300, 1.7e308}, &detrended);
		if (i > 0)
			assert_true(isnan(raw.shc) && isnan(raw.trace));
	}
	/* squares of these overflow, fourth powers that is, but PR is a ratio */
	for (int i = 0; i < 4; i++) {
		const pt_spectrum_point raw = push(window, (const double[]){1e100 * (i % 2), 1e100 * (i % 3)}, NULL);
		if (i == 3)
			assert_true(isnan(raw.shc) && raw.trace > 1e199 && raw.pr >= 1 && raw.pr <= 2);
	}
	pt_loss_window_destroy(window);
}

static void tiny_losses_keep_their_pr(void **state)
{
	(void)state;
	static const double rows[3][2] = {{1, 2}, {2, 6}, {3, 4}};
	pt_loss_window *window = window_of(2, 3);
	pt_spectrum_point raw = {0};
	for (int i = 0; i < 3; i++)
		raw = push(window, (const double[]){0x1p-300 * rows[i][0], 0x1p-300 * rows[i][1]}, NULL);
	assert_near(raw.pr, 25.0 / 19, 1e-14);
	assert_near(raw.trace, 0x1p-600 * 5, 1e-14);
	pt_loss_window_destroy(window);
}

static void what_cannot_be_a_window(void **state)
{
	(void)state;
	pt_loss_window *window = NULL;
	pt_error err;
	assert_int_equal(pt_loss_window_create(0, 20, &window, &err), PT_ERR_INVALID);
	assert_int_equal(pt_loss_window_create(5, 1, &window, &err), PT_ERR_INVALID);
	assert_int_equal(pt_loss_window_create(5, SIZE_MAX / 2, &window, &err), PT_ERR_MEMORY);
	assert_int_equal(pt_loss_window_create(SIZE_MAX / 4, 3, &window, &err), PT_ERR_MEMORY);
	assert_null(window);
	pt_loss_window_destroy(NULL);
}

static void stored_rows_with_a_hole(void **state)
{
	(void)state;
	const double rows[5][3] = {{1, 2, 9}, {(double)NAN, 1, 9}, {2, 6, 9}, {3, 4, (double)NAN}, {5, 5, 9}};
	static const size_t columns[2] = {1, 0};
	pt_spectrum_point raw[5], detrended[5];
	assert_int_equal(pt_loss_spectra(rows[0], 5, 3, NULL, 3, 3, raw, detrended, NULL), PT_OK);
	assert_int_equal(raw[1].n_rows, 0);
	assert_int_equal(raw[3].n_rows, 0);
	assert_undefined(&raw[1]);
	assert_int_equal(raw[4].n_rows, 3);
	/* probes 2 and 1 alone: the NaN of probe 3 is none of theirs */
	assert_int_equal(pt_loss_spectra(rows[0], 4, 3, columns, 2, 3, raw, NULL, NULL), PT_OK);
	assert_int_equal(raw[1].n_rows, 0);
	assert_int_equal(raw[3].n_rows, 3);
	assert_near(raw[3].shc, 19.0 / 2 - 25.0 / 4, 1e-14);
	/* nothing asked for, and no rows at all */
	assert_int_equal(pt_loss_spectra(rows[0], 5, 3, NULL, 3, 3, NULL, NULL, NULL), PT_OK);
	assert_int_equal(pt_loss_spectra(rows[0], 0, 3, NULL, 3, 3, raw, NULL, NULL), PT_OK);
}

static void stored_rows_that_do_not_fit(void **state)
{
	(void)state;
	static const double rows[6] = {0};
	static const size_t columns[2] = {0, 3};
	pt_spectrum_point raw[2];
	pt_error err;
	assert_int_equal(pt_loss_spectra(rows, 2, 3, NULL, 4, 3, raw, NULL, &err), PT_ERR_INVALID);
	assert_int_equal(pt_loss_spectra(rows, 2, 3, NULL, 0, 3, raw, NULL, &err), PT_ERR_INVALID);
	assert_int_equal(pt_loss_spectra(rows, 2, 3, NULL, 3, 1, raw, NULL, &err), PT_ERR_INVALID);
	assert_int_equal(pt_loss_spectra(rows, 2, 3, columns, 2, 3, raw, NULL, &err), PT_ERR_SHAPE);
}

static void gaussian_samples(void **state)
{
	(void)state;
	const double samples[6] = {1, 2, 2, 6, 3, 4}, bad[2] = {1, (double)NAN};
	pt_spectrum_point point = {.shc = 42};
	pt_error err;
	assert_int_equal(pt_gaussian_point(samples, 0, 2, &point, &err), PT_ERR_INVALID);
	assert_int_equal(pt_gaussian_point(samples, 2, 0, &point, &err), PT_ERR_INVALID);
	assert_int_equal(pt_gaussian_point(bad, 1, 2, &point, &err), PT_ERR_NOT_FINITE);
	assert_int_equal(pt_gaussian_point(samples, SIZE_MAX / 2, 3, &point, &err), PT_ERR_MEMORY);
	assert_true(point.shc == 42);
	assert_int_equal(pt_gaussian_point(samples, 1, 2, &point, NULL), PT_OK);
	assert_undefined(&point);
	assert_int_equal(point.n_rows, 1);
	assert_int_equal(pt_gaussian_point(samples, 3, 2, &point, NULL), PT_OK);
	assert_near(point.shc, 19.0 / 2 - 25.0 / 4, 1e-14);
	assert_near(point.pr_white_noise, 25.0 / 17 * 2 / (25.0 / 17 + 3), 1e-14);
	assert_false(point.partial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_probes_by_hand),
		cmocka_unit_test(one_row_leaves_all_undefined),
		cmocka_unit_test(detrended_needs_three_rows),
		cmocka_unit_test(constant_losses_have_no_pr),
		cmocka_unit_test(a_pure_line_is_nothing_once_detrended),
		cmocka_unit_test(one_probe_has_no_spread),
		cmocka_unit_test(white_noise_level_of_equal_variances),
		cmocka_unit_test(a_window_fills_and_then_is_full),
		cmocka_unit_test(a_non_finite_row_is_refused_and_changes_nothing),
		cmocka_unit_test(sizes_beyond_a_double_are_missing_not_infinite),
		cmocka_unit_test(tiny_losses_keep_their_pr),
		cmocka_unit_test(what_cannot_be_a_window),
		cmocka_unit_test(stored_rows_with_a_hole),
		cmocka_unit_test(stored_rows_that_do_not_fit),
		cmocka_unit_test(gaussian_samples),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
