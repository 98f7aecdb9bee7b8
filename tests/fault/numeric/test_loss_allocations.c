/* Every allocation of the spectrum and of the change points may fail: PT_ERR_MEMORY, nothing lost, nothing
 * changed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "phasetop/numeric/changepoint.h"
#include "phasetop/numeric/loss_baselines.h"
#include "phasetop/numeric/loss_covariance.h"
#include "phasetop/numeric/loss_modes.h"

enum { ENOUGH = 100 };

static void a_window_survives_every_failing_allocation(void **state)
{
	(void)state;
	size_t n = 1;
	for (; n < ENOUGH; n++) {
		pt_loss_window *window = NULL;
		pt_error err;
		pt_alloc_fail_at(n, false);
		const pt_status status = pt_loss_window_create(4, 6, &window, &err);
		pt_alloc_fail_at(0, false);
		if (status == PT_OK) {
			pt_loss_window_destroy(window);
			break;
		}
		assert_int_equal(status, PT_ERR_MEMORY);
		assert_int_equal(err.code, PT_ERR_MEMORY);
		assert_null(window);
	}
	assert_in_range(n, 2, ENOUGH - 1);
}

static void batch_and_gaussian_survive_too(void **state)
{
	(void)state;
	static const double rows[12] = {1, 2, 3, 5, 4, 6, 8, 1, 2, 3, 9, 7};
	size_t n = 1;
	for (; n < ENOUGH; n++) {
		pt_spectrum_point points[4] = {{.shc = 42}}, point = {.shc = 42};
		pt_alloc_fail_at(n, false);
		const pt_status batch = pt_loss_spectra(rows, 4, 3, NULL, 3, 3, points, NULL, NULL);
		pt_alloc_fail_at(n, false);
		const pt_status gaussian = pt_gaussian_point(rows, 4, 3, &point, NULL);
		pt_alloc_fail_at(0, false);
		assert_true(batch == PT_OK || batch == PT_ERR_MEMORY);
		assert_true(gaussian == PT_OK || gaussian == PT_ERR_MEMORY);
		if (batch == PT_ERR_MEMORY)
			assert_true(points[0].shc == 42);
		if (gaussian == PT_ERR_MEMORY)
			assert_true(point.shc == 42);
		if (batch == PT_OK && gaussian == PT_OK)
			break;
	}
	assert_in_range(n, 4, ENOUGH - 1);
}

static void modes_and_tau_survive_too(void **state)
{
	(void)state;
	static const double rows[12] = {1, 2, 3, 5, 4, 6, 8, 1, 2, 3, 9, 7};
	pt_loss_modes modes;
	pt_loss_modes_init(&modes);
	size_t n = 1;
	for (; n < ENOUGH; n++) {
		double tau = 42;
		pt_alloc_fail_at(n, false);
		const pt_status found = pt_loss_modes_find(rows, 4, 3, true, 2, &modes, NULL);
		pt_alloc_fail_at(n, false);
		const pt_status counted = pt_kendall_tau(rows, 12, &tau, NULL);
		pt_alloc_fail_at(0, false);
		assert_true(found == PT_OK || (found == PT_ERR_MEMORY && modes.n_modes == 0));
		assert_true(counted == PT_OK || (counted == PT_ERR_MEMORY && tau == 42));
		if (found == PT_OK && counted == PT_OK)
			break;
	}
	assert_in_range(n, 6, ENOUGH - 1);
	pt_loss_modes_fini(&modes);
}

static void a_scan_survives_every_failing_allocation(void **state)
{
	(void)state;
	pt_gram gram;
	pt_gram_init(&gram);
	int64_t steps[30];
	assert_int_equal(pt_gram_zero(&gram, 30, NULL), PT_OK);
	for (size_t i = 0; i < 30; i++) {
		steps[i] = (int64_t)i;
		gram.packed[i * (i + 1) / 2 + i] = 1;
	}
	size_t n_failures = 0;
	for (size_t n = 1; n < ENOUGH; n++) {
		pt_direction direction;
		pt_direction_init(&direction);
		pt_alloc_fail_at(n, false);
		const pt_status status = pt_direction_scan(&gram, steps, &direction, NULL);
		pt_alloc_fail_at(0, false);
		/* the spacing can do without its scratch memory, so one failure in between is none */
		if (status == PT_OK) {
			assert_int_equal(direction.spacing, 1);
			assert_int_equal(direction.n_increments, 29);
		} else {
			assert_int_equal(status, PT_ERR_MEMORY);
			assert_null(direction.grid);
			n_failures++;
		}
		pt_direction_fini(&direction);
	}
	assert_in_range(n_failures, 8, ENOUGH - 2);
	pt_gram_fini(&gram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_survives_every_failing_allocation),
		cmocka_unit_test(batch_and_gaussian_survive_too),
		cmocka_unit_test(modes_and_tau_survive_too),
		cmocka_unit_test(a_scan_survives_every_failing_allocation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
