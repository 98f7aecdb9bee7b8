/* Leading modes and baselines: by hand, what is undefined, errors, hostile input. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "phasetop/numeric/loss_baselines.h"
#include "phasetop/numeric/loss_covariance.h"
#include "phasetop/numeric/loss_modes.h"

enum { MOST = 64 };

static void assert_near(double value, double expected, double slack)
{
	if (!(fabs(value - expected) <= slack))
		fail_msg("%.17g, expected %.17g", value, expected);
}

/* Modes of rows that must be accepted; finish with pt_loss_modes_fini. */
static pt_loss_modes modes_of(const double *rows, size_t w, size_t n, bool detrended)
{
	pt_loss_modes modes;
	pt_loss_modes_init(&modes);
	assert_int_equal(pt_loss_modes_find(rows, w, n, detrended, PT_MAX_MODES, &modes, NULL), PT_OK);
	return modes;
}

static void assert_no_mode(const double *rows, size_t w, size_t n, bool detrended)
{
	pt_loss_modes modes = modes_of(rows, w, n, detrended);
	assert_int_equal(modes.n_modes, 0);
	assert_null(modes.weights);
	pt_loss_modes_fini(&modes);
}

static void two_probes_by_hand(void **state)
{
	(void)state;
	/* the second probe moves three times as far, the other way */
	static const double rows[3][2] = {{1, 2}, {2, -1}, {3, -4}};
	pt_loss_modes modes = modes_of(rows[0], 3, 2, false);
	assert_int_equal(modes.n_modes, 1);
	assert_near(modes.lambda[0], 10, 1e-13);
	assert_near(modes.share[0], 1, 1e-15);
	assert_near(modes.weights[0], -1 / sqrt(10), 1e-15);
	assert_near(modes.weights[1], 3 / sqrt(10), 1e-15);
	pt_loss_modes_fini(&modes);
	assert_no_mode(rows[0], 3, 2, true); /* they lie on a line */
}

static void what_does_not_move_has_no_mode(void **state)
{
	(void)state;
	double rows[MOST];
	for (int i = 0; i < MOST; i++)
		rows[i] = 0.1;
	assert_no_mode(rows, 16, 4, false);
	assert_no_mode(rows, 16, 4, true);
	for (int i = 0; i < MOST; i++)
		rows[i] = 1e9 + 0.1 * (double)(i / 4 * (i % 4)); /* a line of its own for each probe, to rounding */
	assert_no_mode(rows, 16, 4, true);
	static const double few[6] = {1, 5, 2, 3, 9, 4};
	assert_no_mode(few, 1, 6, false);
	assert_no_mode(few, 1, 6, true);
	assert_no_mode(few, 2, 3, true); /* two rows are a line */
	static const double huge[4] = {1e308, -1e308, -1e308, 1e308};
	assert_no_mode(huge, 2, 2, false);
}

static void tiny_and_large_losses_keep_their_modes(void **state)
{
	(void)state;
	double rows[MOST], small[MOST], large[MOST];
	for (int i = 0; i < MOST; i++) {
		rows[i] = sin(3.0 * i * i) * (1 + i % 4);
		small[i] = 0x1p-500 * rows[i];
		large[i] = 0x1p500 * rows[i];
	}
	pt_loss_modes modes = modes_of(rows, 16, 4, true), a = modes_of(small, 16, 4, true),
				  b = modes_of(large, 16, 4, true);
	assert_int_equal(modes.n_modes, 4);
	assert_int_equal(a.n_modes, 4);
	assert_int_equal(b.n_modes, 4);
	for (int k = 0; k < 4; k++) {
		assert_near(a.share[k], modes.share[k], 1e-13);
		assert_near(b.lambda[k] * 0x1p-1000 / modes.lambda[k], 1, 1e-13);
	}
	for (int i = 0; i < 16; i++)
		assert_near(a.weights[i], modes.weights[i], 1e-11);
	pt_loss_modes_fini(&modes);
	pt_loss_modes_fini(&a);
	pt_loss_modes_fini(&b);
}

static void modes_belong_to_the_spectrum(void **state)
{
	(void)state;
	enum { W = 12, N = 5 };
	double rows[W * N];
	for (int i = 0; i < W * N; i++)
		rows[i] = 2 + sin(7.0 * i * i) + 0.3 * (double)(i / N);
	pt_spectrum_point raw[W], detrended[W];
	assert_int_equal(pt_loss_spectra(rows, W, N, NULL, N, W, raw, detrended, NULL), PT_OK);
	for (int form = 0; form < 2; form++) {
		const pt_spectrum_point *point = form ? &detrended[W - 1] : &raw[W - 1];
		pt_loss_modes modes = modes_of(rows, W, N, form);
		assert_int_equal(modes.n_modes, N);
		assert_near(modes.lambda[0], point->lambda1, 1e-12 * point->lambda1);
		double trace = 0, squares = 0;
		for (int k = 0; k < N; k++) {
			trace += modes.lambda[k];
			squares += modes.lambda[k] * modes.lambda[k];
			for (int l = 0; l <= k; l++) {
				double product = 0;
				for (int p = 0; p < N; p++)
					product += modes.weights[k * N + p] * modes.weights[l * N + p];
				assert_near(product, k == l, 1e-13);
			}
		}
		assert_near(trace, point->trace, 1e-12 * trace);
		assert_near(trace * trace / squares, point->pr, 1e-11);
		pt_loss_modes_fini(&modes);
	}
}

static void bad_rows_leave_the_modes_alone(void **state)
{
	(void)state;
	static const double rows[4] = {1, 2, 3, 5}, bad[4] = {1, (double)NAN, 3, (double)INFINITY};
	pt_loss_modes modes = modes_of(rows, 2, 2, false);
	const double *weights = modes.weights;
	pt_error err;
	assert_int_equal(pt_loss_modes_find(bad, 2, 2, false, 2, &modes, &err), PT_ERR_NOT_FINITE);
	assert_int_equal(pt_loss_modes_find(rows, 0, 2, false, 2, &modes, &err), PT_ERR_INVALID);
	assert_int_equal(pt_loss_modes_find(rows, 2, 0, false, 2, &modes, &err), PT_ERR_INVALID);
	assert_ptr_equal(modes.weights, weights);
	assert_int_equal(modes.n_modes, 1);
	pt_loss_modes_fini(&modes);
}

static void as_many_modes_as_wanted(void **state)
{
	(void)state;
	double rows[MOST];
	for (int i = 0; i < MOST; i++)
		rows[i] = sin(5.0 * i * i);
	pt_loss_modes modes;
	pt_loss_modes_init(&modes);
	for (size_t wanted = 1; wanted <= PT_MAX_MODES; wanted++) {
		assert_int_equal(pt_loss_modes_find(rows, 8, 8, false, wanted, &modes, NULL), PT_OK);
		assert_int_equal(modes.n_modes, wanted);
	}
	pt_loss_modes_fini(&modes);
}

static void baselines_by_hand(void **state)
{
	(void)state;
	static const int64_t steps[] = {10, 20, 40, 50};
	static const double means[] = {1, -1, 1, -1};
	pt_loss_baselines answer = pt_loss_baselines_of(steps, means, 4);
	assert_near(answer.slope, -0.02, 1e-16);
	/* the line in row index: slope −0.4, level 0; what is left: 0.4, −1.2, 1.2, −0.4 */
	assert_near(answer.variance, 3.2 / 3, 1e-15);
	assert_near(answer.lag1, (-0.48 - 1.44 - 0.48) / 3.2, 1e-15);
}

static void undefined_baselines(void **state)
{
	(void)state;
	static const int64_t steps[] = {1, 2, 3, 4}, same[] = {7, 7, 7, 7};
	static const double constant[] = {0.1, 0.1, 0.1, 0.1}, line[] = {0.1, 0.2, 0.3, 0.4};
	static const double huge[] = {1e308, -1e308, 1e308, 1e308}, endless[] = {1, (double)INFINITY, 1, 2};
	pt_loss_baselines answer = pt_loss_baselines_of(steps, constant, 1);
	assert_true(isnan(answer.slope) && isnan(answer.variance) && isnan(answer.lag1));
	answer = pt_loss_baselines_of(steps, line, 2);
	assert_true(!isnan(answer.slope) && isnan(answer.variance) && isnan(answer.lag1));
	answer = pt_loss_baselines_of(same, line, 4);
	assert_true(isnan(answer.slope) && answer.variance == 0 && isnan(answer.lag1));
	answer = pt_loss_baselines_of(steps, constant, 4);
	assert_true(answer.slope == 0 && answer.variance == 0 && isnan(answer.lag1));
	answer = pt_loss_baselines_of(steps, line, 4);
	assert_near(answer.slope, 0.1, 1e-16);
	assert_true(answer.variance == 0 && isnan(answer.lag1));
	answer = pt_loss_baselines_of(steps, huge, 4);
	assert_true(isnan(answer.slope) && isnan(answer.variance) && isnan(answer.lag1));
	answer = pt_loss_baselines_of(steps, endless, 4);
	assert_true(isnan(answer.slope) && isnan(answer.variance) && isnan(answer.lag1));
}

static void tau_counts_pairs(void **state)
{
	(void)state;
	/* every permutation-like sequence of up to 10 digits against all pairs one by one */
	for (unsigned seed = 0; seed < 500; seed++) {
		double y[10], tau, sum = 0, untied = 0;
		const int n = 2 + (int)(seed % 9);
		for (int i = 0; i < n; i++)
			y[i] = (double)((seed * 2654435761u >> (3 * i)) % 5);
		for (int i = 0; i < n; i++)
			for (int j = 0; j < i; j++) {
				sum += (y[i] > y[j]) - (y[i] < y[j]);
				untied += y[i] != y[j];
			}
		assert_int_equal(pt_kendall_tau(y, (size_t)n, &tau, NULL), PT_OK);
		if (untied == 0)
			assert_true(isnan(tau));
		else
			assert_near(tau, sum / sqrt(0.5 * n * (n - 1) * untied), 1e-14);
	}
}

static void tau_of_what_has_no_order(void **state)
{
	(void)state;
	static const double y[] = {1, (double)NAN, 3};
	double tau = 42;
	assert_int_equal(pt_kendall_tau(y, 3, &tau, NULL), PT_OK);
	assert_true(isnan(tau));
	tau = 42;
	assert_int_equal(pt_kendall_tau(NULL, 0, &tau, NULL), PT_OK);
	assert_true(isnan(tau));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_probes_by_hand),
		cmocka_unit_test(what_does_not_move_has_no_mode),
		cmocka_unit_test(tiny_and_large_losses_keep_their_modes),
		cmocka_unit_test(modes_belong_to_the_spectrum),
		cmocka_unit_test(bad_rows_leave_the_modes_alone),
		cmocka_unit_test(as_many_modes_as_wanted),
		cmocka_unit_test(baselines_by_hand),
		cmocka_unit_test(undefined_baselines),
		cmocka_unit_test(tau_counts_pairs),
		cmocka_unit_test(tau_of_what_has_no_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
