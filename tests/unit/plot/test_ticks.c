/* Tick labels: what they say, and that they never collide, over many ranges and rooms. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../helpers/random_numbers.h"
#include "phasetop/plot/scale.h"

static void labels_of(const pt_ticks *ticks, char *out, size_t capacity)
{
	out[0] = '\0';
	for (size_t i = 0; i < ticks->n; i++) {
		const char *label = ticks->ticks[i].minor ? "|" : ticks->ticks[i].label;
		size_t n = strlen(out);
		snprintf(out + n, capacity - n, "%s%s", n ? " " : "", label);
	}
}

static void assert_labels(pt_scale scale, int cells, bool vertical, const char *want)
{
	char got[512];
	pt_ticks ticks = pt_ticks_make(&scale, &(pt_axis_room){.n_cells = cells, .dots_per_cell = vertical ? 4 : 2, .vertical = vertical});
	labels_of(&ticks, got, sizeof got);
	assert_string_equal(got, want);
}

static pt_scale steps(double lo, double hi)
{
	pt_scale scale = pt_scale_exact(lo, hi, false);
	scale.integer = true;
	return scale;
}

static void step_axes(void **state)
{
	(void)state;
	assert_labels(steps(0, 800), 53, false, "0 200 400 600 800");
	assert_labels(steps(0, 800), 31, false, "0 200 400 600 800");
	assert_labels(steps(0, 800), 150, false, "0 100 200 300 400 500 600 700 800");
	assert_labels(steps(0, 400), 40, false, "0 100 200 300 400");
	assert_labels(steps(0, 5), 40, false, "0 1 2 3 4 5");
	assert_labels(steps(0, 1), 40, false, "0 1");
	assert_labels(steps(37, 62), 20, false, "40 50 60");
	assert_labels(steps(0, 2500000), 50, false, "0 0.5M 1.0M 1.5M 2.0M 2.5M");
	/* where 50, 100, 150 have no room: not 50, 150 */
	pt_scale lags = steps(2, 197);
	pt_ticks ticks = pt_ticks_make(&lags, &(pt_axis_room){.n_cells = 8, .dots_per_cell = 2, .vertical = true});
	for (size_t i = 1; i < ticks.n; i++) {
		double step = ticks.ticks[1].value - ticks.ticks[0].value;
		assert_true(fabs(remainder(ticks.ticks[i].value, step)) < 1e-9);
	}
}

static void value_axes(void **state)
{
	(void)state;
	assert_labels(pt_scale_exact(0, 0.14, false), 13, true, "0.00 0.05 0.10");
	assert_labels(pt_scale_exact(0.65, 1, false), 12, true, "0.7 0.8 0.9 1.0");
	assert_labels(pt_scale_exact(0, 20, false), 13, true, "0 5 10 15 20");
	assert_labels(pt_scale_exact(0, 20, false), 1, true, "10");
	assert_labels(pt_scale_exact(-1, 1, false), 9, true, "-1 0 1");
	assert_labels(pt_scale_exact(0, 4e-9, false), 9, true, "0 2e-9 4e-9");
	assert_labels(pt_scale_exact(0, 3e-4, false), 25, true, "0 5e-5 1.0e-4 1.5e-4 2.0e-4 2.5e-4 3.0e-4"); /* a mantissa from 1 on */
	assert_labels(pt_scale_exact(0, 3e-3, false), 7, true, "0 0.001 0.002 0.003"); /* nothing has no digits */
}

static void log_axes(void **state)
{
	(void)state;
	assert_labels(pt_scale_exact(1e-6, 1e-2, true), 13, true, "1e-6 1e-5 1e-4 1e-3 1e-2");
	assert_labels(pt_scale_exact(1e-6, 1e-2, true), 7, true, "1e-6 | 1e-4 | 1e-2");
	assert_labels(pt_scale_exact(2, 50, true), 12, true, "2 5 10 20 50");
	assert_labels(pt_scale_exact(2, 3, true), 10, true, "2.0 2.5 3.0");
	assert_labels(pt_scale_exact(1, 1000, true), 30, false, "1 | | 10 | | 100 | | 1000");
	assert_labels(pt_scale_exact(1e-300, 1e300, true), 6, true, "1e-300 1e0 1e300");
}

static void check(const pt_scale *scale, const pt_axis_room *room)
{
	pt_ticks ticks = pt_ticks_make(scale, room);
	const pt_tick *last = NULL, *last_labelled = NULL;
	int n_labelled = 0;
	size_t decimals = SIZE_MAX;
	assert_true(ticks.n <= PT_MAX_TICKS);
	for (size_t i = 0; i < ticks.n; i++) {
		const pt_tick *tick = &ticks.ticks[i];
		double fraction = pt_scale_fraction(scale, tick->value);
		assert_true(fraction > -1e-6 && fraction < 1 + 1e-6);
		assert_in_range(tick->cell, 0, room->n_cells - 1);
		if (last)
			assert_true(tick->value > last->value);
		last = tick;
		if (tick->minor)
			continue;
		size_t width = strlen(tick->label);
		assert_in_range(width, 1, PT_TICK_LABEL_BYTES - 1);
		assert_true((int)width <= ticks.label_cols);
		if (!room->vertical) {
			assert_true(tick->label_cell >= -1);
			assert_true(tick->label_cell + (int)width <= room->n_cells || tick->label_cell == -1);
		}
		if (!strpbrk(tick->label, "ekMGT") && !scale->is_log && strcmp(tick->label, "0") != 0) {
			const char *point = strchr(tick->label, '.');
			size_t d = point ? strlen(point + 1) : 0;
			assert_true(decimals == SIZE_MAX || d == decimals);
			decimals = d;
		}
		if (scale->integer)
			assert_true(fabs(tick->value - round(tick->value)) <= 1e-9 * fmax(1, fabs(tick->value)));
		/* the label says the value */
		char *unit;
		double said = strtod(tick->label, &unit);
		said *= *unit == 'k' ? 1e3 : *unit == 'M' ? 1e6 : *unit == 'G' ? 1e9 : *unit == 'T' ? 1e12 : 1;
		assert_true(fabs(said - tick->value) <= 1e-6 * fmax(fabs(tick->value), scale->hi - scale->lo));
		if (last_labelled) {
			assert_string_not_equal(tick->label, last_labelled->label);
			const pt_tick *left = last_labelled->cell < tick->cell ? last_labelled : tick;
			const pt_tick *right = left == tick ? last_labelled : tick;
			assert_true(left->cell < right->cell);
			if (!room->vertical)
				assert_true(left->label_cell + (int)strlen(left->label) < right->label_cell);
		}
		last_labelled = tick;
		n_labelled++;
	}
	if (scale->integer && scale->hi - scale->lo < 2) /* perhaps one whole step lies inside */
		assert_true(n_labelled >= (room->vertical ? 1 : 0));
	else if (room->vertical)
		assert_true(n_labelled >= (room->n_cells >= 3 ? 2 : 1));
	else if (room->n_cells >= 2 * PT_TICK_LABEL_BYTES)
		assert_true(n_labelled >= 2);
}

static void labels_never_collide_and_always_tell_two_places(void **state)
{
	(void)state;
	static const double limits[][2] = {
		{0, 1},
		{0, 800},
		{37, 62},
		{-1, 1},
		{0.65, 1},
		{1e-9, 4e-9},
		{0, 1e300},
		{-1e300, 1e300},
		{1e-300, 3e-300},
		{100000, 100050},
		{-0.03, 0.031},
		{99.5, 100.5},
		{123456789, 123456999},
		{-5, -4.9},
		{0, 7},
		{3, 1e7},
		{2e-5, 1e-3},
		{1e-12, 1e12},
		{0.1, 0.30000000000000004},
		{-1000, 17},
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		for (int kind = 0; kind < 6; kind++) {
			bool log = kind % 3 == 1;
			pt_scale scale = pt_scale_exact(limits[i][0], limits[i][1], log);
			scale.integer = kind % 3 == 2 && scale.hi - scale.lo >= 1;
			scale.inverted = kind >= 3;
			for (int cells = 1; cells <= 200; cells += cells < 40 ? 1 : 13) {
				check(&scale, &(pt_axis_room){.n_cells = cells, .dots_per_cell = 2, .vertical = false});
				check(&scale, &(pt_axis_room){.n_cells = cells, .dots_per_cell = 4, .vertical = true});
				check(&scale, &(pt_axis_room){.n_cells = cells, .dots_per_cell = 1, .vertical = true});
			}
		}
}

static void a_step_axis_is_labelled_at_both_ends(void **state)
{
	(void)state;
	for (int last = 2; last < 30000; last += 1 + last / 7) {
		pt_scale scale = pt_scale_fit_steps(0, last);
		for (int cells = 20; cells < 160; cells++) {
			pt_ticks ticks = pt_ticks_make(&scale, &(pt_axis_room){.n_cells = cells, .dots_per_cell = 2, .vertical = false});
			assert_true(ticks.n >= 2);
			assert_int_equal(ticks.ticks[0].cell, 0);
			assert_int_equal(ticks.ticks[ticks.n - 1].cell, cells - 1);
		}
	}
}

static void random_limits_are_fine(void **state)
{
	(void)state;
	uint64_t seed = 42;
	for (int i = 0; i < 3000; i++) {
		double values[2];
		for (int k = 0; k < 2; k++) {
			double mantissa = (double)(random_step(&seed) >> 40) / (1 << 23) - 1;
			values[k] = mantissa * pow(10, (double)(seed >> 20 & 31) - 16);
		}
		pt_scale scale = pt_scale_exact(values[0], values[1], i % 3 == 0);
		check(&scale, &(pt_axis_room){.n_cells = 1 + (int)(seed >> 8 & 63), .dots_per_cell = 4, .vertical = true});
		check(&scale, &(pt_axis_room){.n_cells = 1 + (int)(seed >> 8 & 127), .dots_per_cell = 2, .vertical = false});
		pt_range range = pt_range_empty();
		pt_range_add_all(&range, values, 2);
		scale = pt_scale_fit(&range, i % 2);
		check(&scale, &(pt_axis_room){.n_cells = 1 + (int)(seed >> 8 & 63), .dots_per_cell = 4, .vertical = true});
	}
}

static void no_room_no_ticks(void **state)
{
	(void)state;
	pt_scale scale = pt_scale_exact(0, 1, false), broken = {.lo = 1, .hi = 1};
	assert_int_equal(pt_ticks_make(&scale, &(pt_axis_room){.n_cells = 0, .dots_per_cell = 2, .vertical = false}).n, 0);
	assert_int_equal(pt_ticks_make(&scale, &(pt_axis_room){.n_cells = -5, .dots_per_cell = 4, .vertical = true}).n, 0);
	assert_int_equal(pt_ticks_make(&broken, &(pt_axis_room){.n_cells = 9, .dots_per_cell = 4, .vertical = true}).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(step_axes),
		cmocka_unit_test(value_axes),
		cmocka_unit_test(log_axes),
		cmocka_unit_test(labels_never_collide_and_always_tell_two_places),
		cmocka_unit_test(a_step_axis_is_labelled_at_both_ends),
		cmocka_unit_test(random_limits_are_fine),
		cmocka_unit_test(no_room_no_ticks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
