/* Axes of time: limits, ticks where a clock has its marks, and their words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/plot/time_axis.h"

static void assert_labels(pt_time_axis kind, double lo, double hi, int cells, const char *want)
{
	char got[512] = "";
	pt_scale scale = pt_scale_exact(lo, hi, false);
	scale.time = kind;
	pt_ticks ticks = pt_ticks_make(&scale, &(pt_axis_room){.n_cells = cells, .dots_per_cell = 2, .vertical = false});
	for (size_t i = 0; i < ticks.n; i++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i ? " " : "", ticks.ticks[i].label);
	assert_string_equal(got, want);
}

static void test_durations(void **state)
{
	(void)state;
	assert_labels(PT_TIME_DURATION, 0, 40, 40, "0 10s 20s 30s 40s");
	assert_labels(PT_TIME_DURATION, 0, 120, 40, "0 30s 1m 1m30s 2m");
	assert_labels(PT_TIME_DURATION, 0, 5400, 40, "0 30m 1h 1h30m");
	assert_labels(PT_TIME_DURATION, 0, 5400, 70, "0 15m 30m 45m 1h 1h15m 1h30m");
	assert_labels(PT_TIME_DURATION, 0, 3 * 86400, 50, "0 1d 2d 3d");
	assert_labels(PT_TIME_DURATION, 3000, 4300, 40, "50m 55m 1h 1h5m 1h10m");
	assert_labels(PT_TIME_DURATION, 0, 400 * 86400.0, 40, "0 100d 200d 300d 400d");
}

/* 2026-11-21 00:00:00 is 1795219200 */
static void test_times_of_day(void **state)
{
	(void)state;
	double midnight = 1795219200;
	assert_labels(
		PT_TIME_OF_DAY, midnight + 13 * 3600, midnight + 15 * 3600, 40, "13:00 13:30 14:00 14:30 15:00");
	assert_labels(
		PT_TIME_OF_DAY, midnight + 13 * 3600, midnight + 13 * 3600 + 60, 50, "13:00:00 13:00:30 13:01:00");
	assert_labels(PT_TIME_OF_DAY, midnight - 43200, midnight + 43200, 50, "12:00 18:00 Nov 21 06:00 12:00");
	assert_labels(PT_TIME_OF_DAY, midnight, midnight + 4 * 86400, 50, "Nov 21 Nov 22 Nov 23 Nov 24 Nov 25");
}

static void test_little_room(void **state)
{
	(void)state;
	assert_labels(PT_TIME_DURATION, 0, 5400, 8, "0 1h");
	assert_labels(PT_TIME_DURATION, 0, 1, 40, "0 1s");
	assert_labels(
		PT_TIME_DURATION, 0, 0.5, 30, "0.0 0.1 0.2 0.3 0.4 0.5"); /* below a second: numbers of them */
}

static void test_limits(void **state)
{
	(void)state;
	pt_scale scale = pt_scale_fit_time(0, 3500, false, PT_TIME_DURATION);
	assert_true(scale.lo == 0 && scale.hi == 3600 && scale.time == PT_TIME_DURATION);
	scale = pt_scale_fit_time(1000, 3500, false, PT_TIME_OF_DAY);
	assert_true(scale.lo == 600 && scale.hi == 3600);
	scale = pt_scale_fit_time(7, 7, true, PT_TIME_OF_DAY);
	assert_true(scale.lo < scale.hi && scale.lo <= 7 && scale.hi >= 7);
	scale = pt_scale_fit_time(0, (double)NAN, true, PT_TIME_DURATION);
	assert_true(scale.lo == 0 && scale.hi == 3600);
	/* a growing axis moves seldom: 60 checkpoints, a minute each, a handful of limits */
	int moves = 0;
	double hi = 0;
	for (int minute = 1; minute <= 60; minute++) {
		scale = pt_scale_fit_time(0, 60 * minute, true, PT_TIME_DURATION);
		assert_true(scale.hi >= 60 * minute && scale.hi <= 2.1 * 60 * minute + 60);
		moves += scale.hi != hi;
		hi = scale.hi;
	}
	assert_in_range(moves, 3, 16);
}

static void test_nice_steps(void **state)
{
	(void)state;
	pt_scale steps = {.hi = 1, .integer = true}, values = {.hi = 1},
			 times = {.hi = 1, .time = PT_TIME_DURATION};
	assert_true(pt_nice_step(&steps, 0.1) == 1 && pt_nice_step(&steps, 13) == 20);
	assert_true(fabs(pt_nice_step(&values, 0.013) - 0.02) < 1e-15);
	assert_true(pt_nice_step(&times, 11) == 15 && pt_nice_step(&times, 50000) == 86400);
	assert_true(pt_nice_step(&times, 3 * 86400) == 5 * 86400.0 && pt_nice_step(&times, (double)NAN) == 1);
}

/* Every axis of any length has legible ticks inside its limits. */
static void test_any_axis(void **state)
{
	(void)state;
	srand(20261121);
	for (int i = 0; i < 4000; i++) {
		pt_scale scale = {.time = i % 2 ? PT_TIME_DURATION : PT_TIME_OF_DAY};
		scale.lo = floor(pow(10, 9.3 * rand() / RAND_MAX));
		scale.hi = scale.lo + 2 + floor(pow(10, 7.0 * rand() / RAND_MAX));
		int cells = 12 + rand() % 180;
		pt_ticks ticks = pt_ticks_make(&scale, &(pt_axis_room){.n_cells = cells, .dots_per_cell = 2, .vertical = false});
		assert_true(ticks.n >= 1 && ticks.n <= PT_MAX_TICKS);
		for (size_t t = 0; t < ticks.n; t++) {
			const pt_tick *tick = &ticks.ticks[t];
			assert_true(tick->value >= scale.lo - 1e-6 && tick->value <= scale.hi + 1e-6);
			assert_true(tick->cell >= 0 && tick->cell < cells && tick->label[0]);
			if (t > 0)
				assert_true(tick->label_cell > tick[-1].label_cell + (int)strlen(tick[-1].label));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_times_of_day),
		cmocka_unit_test(test_little_room),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_nice_steps),
		cmocka_unit_test(test_any_axis),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
