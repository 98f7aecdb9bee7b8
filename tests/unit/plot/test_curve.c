/* Curves: gaps, decimation that loses no spike, markers, bands, sparklines. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"
#include "phasetop/plot/curve.h"

static const pt_ink red = {.role = 1, .series = 1};

static pt_scale scale(double lo, double hi)
{
	return pt_scale_exact(lo, hi, false);
}

static bool has_dot(const pt_canvas *canvas, int x, int y)
{
	static const uint8_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
	return canvas->cells[y / 4 * canvas->cols + x / 2].dots & bits[y % 4][x % 2];
}

static int n_dots(const pt_canvas *canvas)
{
	int n = 0;
	for (int y = 0; y < canvas->height; y++)
		for (int x = 0; x < canvas->width; x++)
			n += has_dot(canvas, x, y);
	return n;
}

static void a_rising_line(void **state)
{
	(void)state;
	int64_t steps[] = {0, 7};
	double values[] = {0, 7};
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 4, 2);
	pt_scale x = scale(0, 7), y = scale(0, 7);
	pt_curve_draw(
		canvas, &x, &y, &(pt_points){.steps = steps, .ys = values, .n = 2}, &(pt_stroke){.ink = red});
	for (int i = 0; i < 8; i++)
		assert_true(has_dot(canvas, i, 7 - i));
	assert_int_equal(n_dots(canvas), 8);
	pt_canvas_destroy(canvas);
}

static void missing_values_break_the_line_and_a_lone_point_is_a_dot(void **state)
{
	(void)state;
	int64_t steps[] = {0, 1, 2, 3, 4, 5, 6, 7};
	double values[] = {0, 0, PT_MISSING, 4, HUGE_VAL, 0, 0, -HUGE_VAL};
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 4, 2);
	pt_scale x = scale(0, 7), y = scale(0, 7);
	pt_curve_draw(
		canvas, &x, &y, &(pt_points){.steps = steps, .ys = values, .n = 8}, &(pt_stroke){.ink = red});
	assert_int_equal(n_dots(canvas), 5);
	assert_true(has_dot(canvas, 3, 3));
	assert_false(has_dot(canvas, 2, 7) || has_dot(canvas, 4, 3) || has_dot(canvas, 7, 7));
	pt_canvas_destroy(canvas);
	/* the same on a log axis, where 0 has no place */
	pt_scale log = pt_scale_exact(0.1, 10, true);
	canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 4, 2);
	pt_curve_draw(
		canvas, &x, &log, &(pt_points){.steps = steps, .ys = values, .n = 8}, &(pt_stroke){.ink = red});
	assert_int_equal(n_dots(canvas), 1);
	pt_canvas_destroy(canvas);
}

static void no_spike_is_lost_among_many_points(void **state)
{
	(void)state;
	enum { N = 100000 };
	int64_t *steps = pt_array_alloc(N, sizeof *steps);
	double *values = pt_array_alloc(N, sizeof *values);
	for (int i = 0; i < N; i++) {
		steps[i] = i;
		values[i] = 1;
	}
	values[33333] = 0;
	values[77777] = PT_MISSING;
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 40, 5);
	pt_scale x = scale(0, N - 1), y = scale(0, 1);
	pt_curve_draw(
		canvas, &x, &y, &(pt_points){.steps = steps, .ys = values, .n = N}, &(pt_stroke){.ink = red});
	int spike = pt_scale_dot(&x, 33333, canvas->width);
	for (int row = 0; row < canvas->height; row++)
		assert_true(has_dot(canvas, spike, row));
	assert_int_equal(n_dots(canvas), canvas->width + canvas->height - 1);
	pt_canvas_destroy(canvas);
	pt_free(steps);
	pt_free(values);
}

/* Many points a dot column, and a rise that makes columns two dots high: the pattern is seen all the same. */
static void dense_curves_are_dashed_too(void **state)
{
	(void)state;
	enum { N = 2000, SPIKE = 1400 };
	int64_t steps[N];
	double values[N];
	for (int i = 0; i < N; i++) {
		steps[i] = i;
		values[i] = i;
	}
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 40, 40);
	pt_scale x = scale(0, N - 1), y = scale(0, N - 1);
	pt_points points = {.steps = steps, .ys = values, .n = N};
	pt_curve_draw(canvas, &x, &y, &points, &(pt_stroke){.ink = red, .dash = {4, 3}});
	int n_empty = 0, n_full = 0;
	for (int column = 0; column < canvas->width; column++) {
		int n = 0;
		for (int row = 0; row < canvas->height; row++)
			n += has_dot(canvas, column, row);
		n_empty += n == 0;
		n_full += n > 0;
	}
	assert_in_range(n_empty, 15, 35);
	assert_in_range(n_full, 35, 65);
	pt_canvas_destroy(canvas);
	values[SPIKE] = 0; /* what is far out is drawn whole */
	canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 40, 40);
	pt_curve_draw(canvas, &x, &y, &points, &(pt_stroke){.ink = red, .dash = {1, 9}});
	int column = pt_scale_dot(&x, SPIKE, canvas->width);
	for (int row = canvas->height - 1; row > canvas->height * 2 / 5; row--)
		assert_true(has_dot(canvas, column, row));
	pt_canvas_destroy(canvas);
}

static void decimation_draws_what_all_points_would(void **state)
{
	(void)state;
	enum { N = 997 };
	int64_t steps[N];
	double values[N];
	for (int i = 0; i < N; i++) {
		steps[i] = i;
		values[i] = i * 37 % 101 + 20 * sin(i / 20.0);
	}
	pt_scale x = scale(0, N - 1), y = scale(-30, 130);
	pt_canvas *got = pt_canvas_create(PT_CANVAS_BRAILLE, 30, 10),
			  *want = pt_canvas_create(PT_CANVAS_BRAILLE, 30, 10);
	pt_curve_draw(got, &x, &y, &(pt_points){.steps = steps, .ys = values, .n = N}, &(pt_stroke){.ink = red});
	for (int i = 1; i < N; i++)
		pt_canvas_line(want, pt_scale_dot(&x, i - 1, 60), 39 - pt_scale_dot(&y, values[i - 1], 40),
			pt_scale_dot(&x, i, 60), 39 - pt_scale_dot(&y, values[i], 40), red, PT_SOLID, NULL);
	for (int cy = 0; cy < 40; cy++)
		for (int cx = 0; cx < 60; cx++)
			assert_int_equal(has_dot(got, cx, cy), has_dot(want, cx, cy));
	pt_canvas_destroy(got);
	pt_canvas_destroy(want);
}

static void values_beyond_the_scale_leave_at_the_edge(void **state)
{
	(void)state;
	double xs[] = {0, 3.5, 7}, ys[] = {3, 1e300, 3};
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 4, 2);
	pt_scale x = scale(0, 7), y = scale(0, 7);
	pt_curve_draw(canvas, &x, &y, &(pt_points){.xs = xs, .ys = ys, .n = 3}, &(pt_stroke){.ink = red});
	assert_true(has_dot(canvas, 0, 4) && has_dot(canvas, 7, 4));
	assert_true(n_dots(canvas) > 2);
	pt_canvas_destroy(canvas);
}

static void points_only_and_markers(void **state)
{
	(void)state;
	int64_t steps[64];
	double values[64];
	for (int i = 0; i < 64; i++) {
		steps[i] = i;
		values[i] = 3;
	}
	pt_scale x = scale(0, 63), y = scale(0, 7);
	pt_points points = {.steps = steps, .ys = values, .n = 64};
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 32, 2);
	pt_curve_draw(canvas, &x, &y, &points,
		&(pt_stroke){.ink = red, .marker = 0x25CF, .marker_cols = 8, .marker_phase_cols = 3});
	for (int col = 0; col < 32; col++)
		assert_int_equal(canvas->cells[32 + col].over, col % 8 == 3 ? 0x25CF : 0);
	pt_canvas_destroy(canvas);
	canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 32, 2);
	points.n = 2;
	points.steps = (int64_t[]){0, 63};
	pt_curve_draw(canvas, &x, &y, &points, &(pt_stroke){.ink = red, .points_only = true});
	assert_int_equal(n_dots(canvas), 2);
	pt_canvas_destroy(canvas);
}

static void bands_fill_between(void **state)
{
	(void)state;
	double xs[] = {0, 7}, low[] = {0, 0}, high[] = {0, 7};
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 4, 2);
	pt_scale x = scale(0, 7), y = scale(0, 7);
	pt_curve_band(canvas, &x, &y, &(pt_points){.xs = xs, .ys = low, .n = 2}, high, 5, 0, red);
	static const uint8_t want[8] = {0, 0, 5, 5, 5, 5, 5, 5};
	for (int i = 0; i < 8; i++)
		assert_int_equal(canvas->cells[i].ground, want[i]);
	pt_curve_band(canvas, &x, &y, &(pt_points){.xs = xs, .ys = low, .n = 2}, NULL, 5, 0, red);
	pt_canvas_destroy(canvas);
}

static void hostile_series_draw_something_or_nothing(void **state)
{
	(void)state;
	static const double hostile[] = {
		PT_MISSING, HUGE_VAL, -HUGE_VAL, 1e300, -1e300, DBL_MAX, -DBL_MAX, 5e-324, 0, -0.0, 1};
	enum { N = sizeof hostile / sizeof *hostile };
	for (int kind = 0; kind < PT_N_CANVAS_KINDS; kind++)
		for (int cols = 1; cols < 30; cols += 7)
			for (int rows = 1; rows < 10; rows += 3)
				for (int log = 0; log < 2; log++) {
					pt_range range = pt_range_empty();
					pt_range_add_all(&range, hostile, N);
					pt_scale x = pt_scale_fit(&range, false), y = pt_scale_fit(&range, log);
					pt_canvas *canvas = pt_canvas_create((pt_canvas_kind)kind, cols, rows);
					pt_points points = {.xs = hostile, .ys = hostile, .n = N};
					pt_curve_draw(
						canvas, &x, &y, &points, &(pt_stroke){.ink = red, .dash = PT_DOTTED, .marker = 'x'});
					pt_curve_band(canvas, &x, &y, &points, hostile, 3, '.', red);
					pt_canvas_destroy(canvas);
				}
	pt_scale unit = scale(0, 1);
	pt_curve_draw(NULL, &unit, &unit, &(pt_points){.n = 3}, &(pt_stroke){.ink = red});
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BLOCK, 3, 3);
	pt_curve_draw(canvas, &unit, &unit, &(pt_points){.xs = hostile, .n = 3}, &(pt_stroke){.ink = red});
	pt_canvas_destroy(canvas);
}

static void the_nearest_point(void **state)
{
	(void)state;
	int64_t steps[] = {10, 20, 30, 100};
	pt_points points = {.steps = steps, .n = 4};
	assert_int_equal(pt_points_nearest(&points, -5), 0);
	assert_int_equal(pt_points_nearest(&points, 24), 1);
	assert_int_equal(pt_points_nearest(&points, 66), 3);
	assert_int_equal(pt_points_nearest(&points, 1e9), 3);
	points.n = 0;
	assert_true(pt_points_nearest(&points, 0) == SIZE_MAX);
}

static void sparklines(void **state)
{
	(void)state;
	char out[64];
	double values[] = {0, 1, 2, 3, PT_MISSING, 5, 6, 7};
	pt_sparkline(values, 8, 8, 0, 7, false, out, sizeof out);
	assert_string_equal(out, "▁▂▃▄ ▆▇█");
	pt_sparkline(values, 8, 4, 0, 0, true, out, sizeof out);
	assert_string_equal(out, "_-*#");
	size_t n = pt_sparkline(values, 8, 8, 0, 7, false, out, 8);
	assert_int_equal(n, 6); /* never half a character */
	assert_int_equal(pt_sparkline(NULL, 8, 8, 0, 7, false, out, sizeof out), 0);
	assert_string_equal(out, "");
	double huge[] = {1e300, -1e300, DBL_MAX};
	pt_sparkline(huge, 3, 3, 1, 0, false, out, sizeof out);
	assert_string_equal(out, "█▁█");
}

/* The middle of a line whose ends lie many canvases away on either side passes through the middle. */
static void a_line_keeps_its_slope_far_beyond_the_canvas(void **state)
{
	(void)state;
	int64_t steps[] = {-700, 707};
	double values[] = {-3500, 3507};
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 4, 2);
	pt_scale x = scale(0, 7), y = scale(0, 7);
	pt_curve_draw(
		canvas, &x, &y, &(pt_points){.steps = steps, .ys = values, .n = 2}, &(pt_stroke){.ink = red});
	assert_int_equal(n_dots(canvas), 8); /* five up for one across: the plot's height in two columns */
	for (int i = 0; i < 8; i++)
		assert_true(has_dot(canvas, 2 + (i + 4) / 5, 7 - i) || has_dot(canvas, 3 + (i + 1) / 5, 7 - i));
	pt_canvas_destroy(canvas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rising_line),
		cmocka_unit_test(missing_values_break_the_line_and_a_lone_point_is_a_dot),
		cmocka_unit_test(no_spike_is_lost_among_many_points),
		cmocka_unit_test(dense_curves_are_dashed_too),
		cmocka_unit_test(decimation_draws_what_all_points_would),
		cmocka_unit_test(values_beyond_the_scale_leave_at_the_edge),
		cmocka_unit_test(a_line_keeps_its_slope_far_beyond_the_canvas),
		cmocka_unit_test(points_only_and_markers),
		cmocka_unit_test(bands_fill_between),
		cmocka_unit_test(hostile_series_draw_something_or_nothing),
		cmocka_unit_test(the_nearest_point),
		cmocka_unit_test(sparklines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
