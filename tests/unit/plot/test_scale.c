/* Ranges, limits and places on an axis. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <cmocka.h>

#include "phasetop/base/missing.h"
#include "phasetop/plot/scale.h"

static pt_range range_of(double lo, double hi)
{
	pt_range range = pt_range_empty();
	pt_range_add(&range, lo);
	pt_range_add(&range, hi);
	return range;
}

static void assert_near(double a, double b)
{
	assert_true(fabs(a - b) <= 1e-9 * fmax(1, fmax(fabs(a), fabs(b))));
}

static void missing_values_never_enter_a_range(void **state)
{
	(void)state;
	double values[] = {PT_MISSING, 3, HUGE_VAL, -2, -HUGE_VAL, PT_MISSING};
	pt_range range = pt_range_empty();
	pt_range_add_all(&range, values, 6);
	assert_int_equal(range.n, 2);
	assert_int_equal(range.n_missing, 4);
	assert_near(range.lo, -2);
	assert_near(range.hi, 3);
	assert_near(range.least_above0, 3);
	pt_range_add_all(&range, NULL, 5);
	assert_int_equal(range.n, 2);
}

static void only_what_is_visible_counts(void **state)
{
	(void)state;
	int64_t steps[] = {0, 10, 20, 30};
	double values[] = {100, 1, 2, -100};
	pt_range range = pt_range_empty();
	pt_range_add_visible(&range, steps, values, 4, 5, 25);
	assert_near(range.lo, 1);
	assert_near(range.hi, 2);
	pt_range other = range_of(-1, 0.5);
	pt_range_join(&range, &other);
	pt_range empty = pt_range_empty();
	pt_range_join(&range, &empty);
	assert_near(range.lo, -1);
	assert_near(range.least_above0, 0.5);
}

static void limits_are_round_and_hold_the_data(void **state)
{
	(void)state;
	const struct {
		double lo, hi, want_lo, want_hi;
	} cases[] = {
		{0.001, 0.1257, 0, 0.14},
		{0.691, 1, 0.65, 1},
		{-0.03, 0.025, -0.03, 0.03},
		{5, 5, 4.7, 5.3},
		{0, 0, -1, 1},
		{-4, -0.1, -4, 0},
		{190, 790, 100, 800},
		{-7, -7, -7.4, -6.6},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pt_range range = range_of(cases[i].lo, cases[i].hi);
		pt_scale scale = pt_scale_fit(&range, false);
		assert_near(scale.lo, cases[i].want_lo);
		assert_near(scale.hi, cases[i].want_hi);
	}
	pt_range empty = pt_range_empty();
	pt_scale scale = pt_scale_fit(&empty, true);
	assert_near(scale.lo, 0);
	assert_near(scale.hi, 1);
	assert_false(scale.is_log);
}

static void a_slowly_growing_curve_seldom_moves_its_axis(void **state)
{
	(void)state;
	int moves = 0;
	pt_scale last = {0};
	for (int i = 1; i <= 1000; i++) {
		pt_range range = range_of(0, 0.001 * i);
		pt_scale scale = pt_scale_fit(&range, false), steps = pt_scale_fit_steps(5, i);
		moves += !pt_scale_equal(&scale, &last);
		last = scale;
		assert_true(steps.hi >= i);
	}
	assert_true(moves <= 60);
}

static void log_limits(void **state)
{
	(void)state;
	const struct {
		double lo, hi, want_lo, want_hi;
	} cases[] = {
		{1.2e-6, 9e-3, 1e-6, 1e-2},
		{3, 50, 2, 50},
		{2e-12, 5e-5, 1e-12, 1e-4},
		{7, 7, 2, 20},
		{1e-6, 1e-2, 1e-6, 1e-2},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pt_range range = range_of(cases[i].lo, cases[i].hi);
		pt_range_add(&range, -1); /* has no place, and does not matter */
		pt_range_add(&range, 0);
		pt_scale scale = pt_scale_fit(&range, true);
		assert_true(scale.is_log);
		assert_true(fabs(scale.lo / cases[i].want_lo - 1) < 1e-9);
		assert_true(fabs(scale.hi / cases[i].want_hi - 1) < 1e-9);
	}
	pt_range negative = range_of(-3, -1);
	assert_false(pt_scale_fit(&negative, true).is_log);
}

static void step_axes_grow_in_nice_steps(void **state)
{
	(void)state;
	const struct {
		double first, last, want_lo, want_hi;
	} cases[] = {
		{10, 790, 0, 800},
		{10, 400, 0, 400},
		{10, 401, 0, 500},
		{5, 1001, 0, 1200},
		{0, 0, 0, 1},
		{100000, 100050, 100000, 100050},
		{1, 1, 0, 2},
		{PT_MISSING, 3, 0, 1},
		{0, HUGE_VAL, 0, 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pt_scale scale = pt_scale_fit_steps(cases[i].first, cases[i].last);
		assert_near(scale.lo, cases[i].want_lo);
		assert_near(scale.hi, cases[i].want_hi);
		assert_true(scale.integer);
	}
}

static void a_growing_run_moves_its_axis_seldom(void **state)
{
	(void)state;
	const struct {
		double first, last, end, want_hi;
	} cases[] = {
		{1, 12, 400, 50}, {1, 51, 400, 100}, {1, 101, 400, 400}, {1, 400, 400, 400},
		{1, 401, 400, 1000}, /* beyond the end that it gave itself */
		{1, 12, PT_MISSING, 30}, {1, 31, PT_MISSING, 100}, {1, 1, 3, 1}, {0, 0, 10, 1},
		{500, 520, 1000, 0}, /* one that did not start at 0 keeps its own limits */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pt_scale scale = pt_scale_grow_steps(cases[i].first, cases[i].last, cases[i].end);
		assert_true(scale.integer && scale.hi >= cases[i].last);
		if (cases[i].first < 500)
			assert_near(scale.hi, cases[i].want_hi);
	}
	int moves = 0;
	double before = 0;
	for (int step = 1; step <= 400; step++) {
		double hi = pt_scale_grow_steps(1, step, 400).hi;
		moves += hi != before;
		before = hi;
	}
	assert_int_equal(moves, 3);
}

static void must_have_values_are_inside(void **state)
{
	(void)state;
	pt_range range = range_of(0.9, 1);
	pt_scale scale = pt_scale_fit_with(&range, false, 0.6);
	assert_true(scale.lo <= 0.6);
	scale = pt_scale_fit_with(&range, false, PT_MISSING);
	assert_true(scale.lo >= 0.85);
	scale = pt_scale_fit_with(&range, true, -1);
	assert_true(scale.is_log && scale.lo > 0);
}

static void places_go_there_and_back(void **state)
{
	(void)state;
	pt_scale scales[] = {
		pt_scale_exact(-3, 7, false), pt_scale_exact(1e-6, 1e-2, true), pt_scale_exact(0, 1, false)};
	scales[2].inverted = true;
	for (size_t i = 0; i < 3; i++)
		for (int k = -5; k <= 15; k++)
			assert_near(pt_scale_fraction(&scales[i], pt_scale_value(&scales[i], k / 10.0)), k / 10.0);
	assert_int_equal(pt_scale_dot(&scales[0], -3, 100), 0);
	assert_int_equal(pt_scale_dot(&scales[0], 7, 100), 99);
	assert_int_equal(pt_scale_dot(&scales[2], 1, 100), 0);
	assert_int_equal(pt_scale_dot(&scales[1], 0, 100), INT_MIN);
	assert_int_equal(pt_scale_dot(&scales[1], PT_MISSING, 100), INT_MIN);
	assert_int_equal(pt_scale_dot(&scales[0], -HUGE_VAL, 100), INT_MIN);
	assert_in_range(pt_scale_dot(&scales[0], 1e300, 100), 100, 300);
}

static void hostile_ranges_give_usable_scales(void **state)
{
	(void)state;
	static const double values[] = {0, -0.0, 1, -1, 1e300, -1e300, DBL_MAX, -DBL_MAX, DBL_MIN, 5e-324,
		-5e-324, 1e-310, 1 + 1e-15, 1e15, PT_MISSING, HUGE_VAL, -HUGE_VAL};
	size_t n = sizeof values / sizeof *values;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			for (int log = 0; log < 2; log++) {
				pt_range range = range_of(values[i], values[k]);
				pt_scale all[] = {pt_scale_fit(&range, log), pt_scale_exact(values[i], values[k], log),
					pt_scale_fit_steps(values[i], values[k])};
				for (size_t s = 0; s < 3; s++) {
					assert_true(isfinite(all[s].lo) && isfinite(all[s].hi) && all[s].lo < all[s].hi);
					assert_true(!all[s].is_log || all[s].lo > 0);
					double middle = pt_scale_fraction(&all[s], pt_scale_value(&all[s], 0.5));
					assert_true(fabs(middle - 0.5) < 1e-3);
					pt_scale zoomed = pt_scale_zoomed(&all[s], 0.3, 1e-3, -2);
					assert_true(isfinite(zoomed.lo) && isfinite(zoomed.hi) && zoomed.lo < zoomed.hi);
				}
			}
}

static void zooming_keeps_its_centre(void **state)
{
	(void)state;
	pt_scale scale = pt_scale_exact(0, 100, false);
	pt_scale zoomed = pt_scale_zoomed(&scale, 0.25, 0.5, 0);
	assert_near(zoomed.lo, 12.5);
	assert_near(zoomed.hi, 62.5);
	zoomed = pt_scale_zoomed(&scale, 0.5, 1, 0.1);
	assert_near(zoomed.lo, 10);
	scale.inverted = true;
	zoomed = pt_scale_zoomed(&scale, 0.25, 0.5, 0);
	assert_near(pt_scale_fraction(&zoomed, 75), 0.25);
	assert_true(pt_scale_equal(&scale, &scale));
}

static void readouts_have_a_digit_more_than_the_ticks(void **state)
{
	(void)state;
	const struct {
		pt_scale scale;
		double value;
		const char *want;
	} cases[] = {
		{{.lo = 0, .hi = 0.14}, 0.08688, "0.0869"},
		{{.lo = 0.65, .hi = 1}, 0.6912, "0.691"},
		{{.lo = 1e-6, .hi = 1e-2, .is_log = true}, 1.273e-4, "1.27e-04"},
		{{.lo = 0, .hi = 800, .integer = true}, 190, "190"},
		{{.lo = 0, .hi = 1}, -0.0, "0.00"},
		{{.lo = 0, .hi = 1}, PT_MISSING, "-"},
		{{.lo = 0, .hi = 20}, 7.1234, "7.12"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char out[32];
		pt_scale_readout(&cases[i].scale, cases[i].value, out, sizeof out);
		assert_string_equal(out, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_growing_run_moves_its_axis_seldom),
		cmocka_unit_test(missing_values_never_enter_a_range),
		cmocka_unit_test(only_what_is_visible_counts),
		cmocka_unit_test(limits_are_round_and_hold_the_data),
		cmocka_unit_test(a_slowly_growing_curve_seldom_moves_its_axis),
		cmocka_unit_test(log_limits),
		cmocka_unit_test(step_axes_grow_in_nice_steps),
		cmocka_unit_test(must_have_values_are_inside),
		cmocka_unit_test(places_go_there_and_back),
		cmocka_unit_test(hostile_ranges_give_usable_scales),
		cmocka_unit_test(zooming_keeps_its_centre),
		cmocka_unit_test(readouts_have_a_digit_more_than_the_ticks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
