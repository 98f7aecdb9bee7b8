/** Ranges of the axes: zooming, panning, following, the way back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "phasetop/plot/time_axis.h"
#include "phasetop/ui/mouse_clicks.h"
#include "phasetop/ui/zoom.h"

static pt_zoom_room steps_to(double hi, double newest)
{
	pt_zoom_room room = {.whole = pt_scale_exact(0, hi, false), .newest = newest};
	room.whole.integer = true;
	return room;
}

static void assert_range(const pt_zoom *zoom, const pt_zoom_room *room, double lo, double hi)
{
	pt_scale scale = pt_zoom_scale(zoom, room);
	assert_true(scale.lo == lo && scale.hi == hi);
}

static void test_a_place_stays_where_it_is(void **state)
{
	(void)state;
	pt_zoom zoom = {.axis = PT_X_STEP};
	pt_zoom_room room = steps_to(400, 400);
	assert_range(&zoom, &room, 0, 400);
	assert_true(pt_zoom_about(&zoom, &room, 100, 0.5));
	assert_range(&zoom, &room, 50, 250);
	assert_true(pt_zoom_about(&zoom, &room, 100, 0.5));
	assert_range(&zoom, &room, 75, 175);
	assert_true(pt_scale_fraction(&(pt_scale){.lo = 75, .hi = 175}, 100) == 0.25);
	pt_zoom_about(&zoom, &room, 100, 2);
	pt_zoom_about(&zoom, &room, 100, 2);
	assert_false(zoom.zoomed);
	assert_false(pt_zoom_about(&zoom, &room, 100, 2)); /* there is no more */
	assert_false(pt_zoom_about(&zoom, &room, (double)NAN, 0.5));
}

static void test_the_narrowest_range(void **state)
{
	(void)state;
	pt_zoom zoom = {.axis = PT_X_STEP};
	pt_zoom_room room = steps_to(400, 400);
	for (int i = 0; i < 30; i++)
		pt_zoom_about(&zoom, &room, 0, 0.5);
	assert_range(&zoom, &room, 0, 4);
	assert_false(pt_zoom_about(&zoom, &room, 0, 0.5));
	room = steps_to(1e6, 1e6);
	for (int i = 0; i < 30; i++)
		pt_zoom_about(&zoom, &room, 5e5, 0.5);
	assert_true(pt_zoom_scale(&zoom, &room).hi - pt_zoom_scale(&zoom, &room).lo == 500);
}

static void test_a_logarithmic_axis(void **state)
{
	(void)state;
	pt_zoom zoom = {.axis = PT_X_STEP};
	pt_zoom_room room = {.whole = pt_scale_exact(1, 10000, true), .newest = 8000};
	assert_range(&zoom, &room, 1, 10000);
	assert_true(pt_zoom_about(&zoom, &room, 100, 0.5)); /* two of four decades, about the middle */
	pt_scale scale = pt_zoom_scale(&zoom, &room);
	assert_true(scale.is_log && fabs(scale.lo - 10) < 1e-9 && fabs(scale.hi - 1000) < 1e-6);
	assert_true(fabs(pt_scale_fraction(&scale, 100) - 0.5) < 1e-12);
	assert_true(pt_zoom_pan(&zoom, &room, 0.25)); /* half a decade */
	scale = pt_zoom_scale(&zoom, &room);
	assert_true(fabs(scale.lo - sqrt(1000)) < 1e-9 && fabs(scale.hi - sqrt(1e7)) < 1e-6);
	assert_true(pt_zoom_reach(&zoom, &room, 5)); /* an eighth of two decades beside it */
	assert_true(fabs(log10(pt_zoom_scale(&zoom, &room).lo) - (log10(5) - 0.25)) < 1e-9);
	assert_false(pt_zoom_reach(&zoom, &room, 0)); /* it has no place there */
	assert_true(pt_zoom_to(&zoom, &room, -7, 20)); /* as far as there is one */
	scale = pt_zoom_scale(&zoom, &room);
	assert_true(fabs(scale.lo - 1) < 1e-12 && fabs(scale.hi - 20) < 1e-9);
	pt_zoom_out(&zoom);
	assert_range(&zoom, &room, 1, 10000);
	/* the same range without logarithms */
	pt_zoom_to(&zoom, &room, 100, 1000);
	pt_zoom_room linear = steps_to(10000, 8000);
	assert_range(&zoom, &linear, 100, 1000);
}

static void test_panning(void **state)
{
	(void)state;
	pt_zoom zoom = {.axis = PT_X_STEP};
	pt_zoom_room room = steps_to(400, 390);
	assert_false(pt_zoom_pan(&zoom, &room, -0.25)); /* nowhere to go */
	pt_zoom_to(&zoom, &room, 100, 200);
	assert_true(pt_zoom_pan(&zoom, &room, -0.25));
	assert_range(&zoom, &room, 75, 175);
	for (int i = 0; i < 3; i++)
		pt_zoom_pan(&zoom, &room, -0.25);
	assert_range(&zoom, &room, 0, 100);
	assert_false(pt_zoom_pan(&zoom, &room, -0.25));
	/* the newest data in sight again: it follows, until one pans away */
	for (int i = 0; i < 20; i++)
		pt_zoom_pan(&zoom, &room, 0.25);
	assert_range(&zoom, &room, 300, 400);
	assert_true(zoom.follows);
	pt_zoom_pan(&zoom, &room, -0.25);
	assert_false(zoom.follows);
	assert_range(&zoom, &room, 275, 375);
}

/* A hundred new steps move a range of a hundred by fives of twenty, and it is always there. */
static void test_following_moves_in_nice_steps(void **state)
{
	(void)state;
	pt_zoom zoom = {.axis = PT_X_STEP};
	pt_zoom_room room = steps_to(1000, 300);
	pt_zoom_to(&zoom, &room, 100, 200);
	assert_true(pt_zoom_follow(&zoom, &room));
	int moves = 0;
	double before = 0;
	for (double newest = 301; newest <= 400; newest++) {
		room.newest = newest;
		pt_scale scale = pt_zoom_scale(&zoom, &room);
		assert_true(scale.hi - scale.lo == 100 && scale.hi >= newest && scale.lo < newest);
		assert_true(fmod(scale.hi, 20) == 0);
		moves += scale.hi != before;
		before = scale.hi;
	}
	assert_int_equal(moves, 5);
	/* zooming keeps to the newest data; stopping keeps the place */
	pt_zoom_about(&zoom, &room, 5, 0.5);
	assert_true(zoom.follows);
	assert_range(&zoom, &room, 350, 400);
	pt_zoom_follow(&zoom, &room);
	room.newest = 600;
	assert_range(&zoom, &room, 350, 400);
	pt_zoom_to(&zoom, &room, 10, 20);
	assert_false(zoom.follows);
}

/* The axis may become another one under a range: what is drawn stays inside of it. */
static void test_the_whole_axis_changes(void **state)
{
	(void)state;
	pt_zoom zoom = {.axis = PT_X_STEP};
	pt_zoom_room room = steps_to(400, 400), less = steps_to(60, 60), more = steps_to(1000, 700);
	pt_zoom_to(&zoom, &room, 300, 400);
	assert_range(&zoom, &more, 300, 400);
	assert_range(&zoom, &less, 0, 60);
	pt_zoom_to(&zoom, &room, 350, 390);
	assert_range(&zoom, &less, 20, 60);
}

static void test_exact_ranges(void **state)
{
	(void)state;
	pt_zoom zoom = {.axis = PT_X_STEP};
	pt_zoom_room room = steps_to(400, 400);
	assert_true(pt_zoom_to(&zoom, &room, -50, 150));
	assert_range(&zoom, &room, 0, 150);
	assert_true(pt_zoom_to(&zoom, &room, 99.8, 100.1)); /* narrower than can be: about its middle */
	assert_range(&zoom, &room, 98, 102);
	assert_false(pt_zoom_to(&zoom, &room, 5, 5));
	assert_false(pt_zoom_to(&zoom, &room, 7, (double)INFINITY));
	assert_true(pt_zoom_to(&zoom, &room, -10, 500)); /* all of it: no range */
	assert_false(zoom.zoomed);
}

static void test_reaching_a_place(void **state)
{
	(void)state;
	pt_zoom zoom = {.axis = PT_X_STEP};
	pt_zoom_room room = steps_to(400, 400);
	assert_false(pt_zoom_reach(&zoom, &room, 10));
	pt_zoom_to(&zoom, &room, 100, 180);
	assert_false(pt_zoom_reach(&zoom, &room, 100));
	assert_true(pt_zoom_reach(&zoom, &room, 90));
	assert_range(&zoom, &room, 80, 160);
	assert_true(pt_zoom_reach(&zoom, &room, 200));
	assert_range(&zoom, &room, 130, 210);
	assert_true(pt_zoom_reach(&zoom, &room, 400));
	assert_range(&zoom, &room, 320, 400);
	assert_false(pt_zoom_reach(&zoom, &room, (double)NAN));
}

static void test_y_ranges(void **state)
{
	(void)state;
	pt_zoom zoom = {.axis = PT_X_STEP};
	pt_scale left = pt_scale_exact(0, 8, false), right = pt_scale_exact(1, 100, true);
	assert_true(pt_zoom_y(&zoom, PT_PANE_LOSS, &left, NULL, 0.5, 0.5, 0));
	pt_scale drawn = pt_zoom_y_scale(&zoom, PT_PANE_LOSS, &left, false);
	assert_true(drawn.lo == 2 && drawn.hi == 6);
	drawn = pt_zoom_y_scale(&zoom, PT_PANE_NORMS, &left, false);
	assert_true(pt_scale_equal(&drawn, &left)); /* another pane's */
	assert_true(pt_zoom_y_to(&zoom, PT_PANE_LOSS, &left, &right, 0.25, 0.75));
	drawn = pt_zoom_y_scale(&zoom, PT_PANE_LOSS, &left, false);
	assert_true(fabs(drawn.lo - 2) < 1e-12 && fabs(drawn.hi - 6) < 1e-12);
	drawn = pt_zoom_y_scale(&zoom, PT_PANE_LOSS, &right, true);
	assert_true(drawn.is_log && fabs(drawn.lo - sqrt(10)) < 1e-9 && fabs(drawn.hi - 10 * sqrt(10)) < 1e-9);
	assert_true(pt_zoom_is_part(&zoom));
	pt_zoom_forget_y(&zoom);
	assert_false(pt_zoom_is_part(&zoom));
	/* no narrower than numbers can tell apart */
	for (int i = 0; i < 200; i++) {
		drawn = pt_zoom_y_scale(&zoom, PT_PANE_LOSS, &left, false);
		pt_zoom_y(&zoom, PT_PANE_LOSS, &drawn, NULL, 0.5, 0.5, 0);
		drawn = pt_zoom_y_scale(&zoom, PT_PANE_LOSS, &left, false);
		assert_true(drawn.lo < drawn.hi && drawn.lo >= 0 && drawn.hi <= 8);
	}
}

static void test_the_way_back(void **state)
{
	(void)state;
	pt_zoom_history history = {.n = 0};
	pt_zoom zoom = {.axis = PT_X_STEP}, first = zoom;
	pt_zoom_room room = steps_to(400, 400);
	assert_false(pt_zoom_undo(&history, &zoom));
	pt_zoom_remember(&history, &zoom, false);
	pt_zoom_to(&zoom, &room, 10, 200);
	pt_zoom second = zoom;
	for (int i = 0; i < 5; i++) { /* one turn of the wheel */
		pt_zoom_remember(&history, &zoom, true);
		pt_zoom_about(&zoom, &room, 50, 0.8);
	}
	assert_int_equal(history.n, 2);
	assert_true(pt_zoom_undo(&history, &zoom));
	assert_memory_equal(&zoom, &second, sizeof zoom);
	assert_true(pt_zoom_undo(&history, &zoom));
	assert_memory_equal(&zoom, &first, sizeof zoom);
	for (int i = 0; i < 3 * PT_ZOOM_HISTORY; i++) { /* the oldest is forgotten */
		pt_zoom_remember(&history, &zoom, false);
		pt_zoom_to(&zoom, &room, i, i + 50);
	}
	assert_int_equal(history.n, PT_ZOOM_HISTORY);
	assert_true(pt_zoom_undo(&history, &zoom) && zoom.lo == 3 * PT_ZOOM_HISTORY - 2);
}

/* Ranges of times are whole seconds, those of epochs as they come. */
static void test_other_axes(void **state)
{
	(void)state;
	pt_zoom zoom = {.axis = PT_X_WALL, .unit = PT_X_WALL};
	pt_zoom_room room = {.whole = pt_scale_fit_time(1000, 4600, false, PT_TIME_OF_DAY), .newest = 4600};
	pt_zoom_about(&zoom, &room, 2000, 0.3);
	pt_scale scale = pt_zoom_scale(&zoom, &room);
	assert_true(scale.time == PT_TIME_OF_DAY && floor(scale.lo) == scale.lo && floor(scale.hi) == scale.hi);
	room = (pt_zoom_room){.whole = pt_scale_exact(0, 3, false), .newest = 3};
	zoom = (pt_zoom){.axis = PT_X_EPOCH, .unit = PT_X_EPOCH};
	pt_zoom_to(&zoom, &room, 0.25, 0.75);
	assert_range(&zoom, &room, 0.25, 0.75);
	assert_string_equal(pt_x_axis_words(PT_X_EPOCH), "epochs");
	assert_string_equal(pt_x_axis_words(PT_N_X_AXES), "");
}

static pt_mouse_kind clicked(pt_clicks *clicks, pt_mouse_kind kind, int x, int64_t at_ms)
{
	pt_mouse mouse = {.kind = kind, .x = x, .y = 3};
	pt_clicks_take(clicks, &mouse, at_ms);
	return mouse.kind;
}

static void test_double_clicks(void **state)
{
	(void)state;
	pt_clicks clicks = {.is_first = false};
	assert_int_equal(clicked(&clicks, PT_MOUSE_PRESS, 5, 1000), PT_MOUSE_PRESS);
	assert_int_equal(clicked(&clicks, PT_MOUSE_RELEASE, 5, 1050), PT_MOUSE_RELEASE);
	assert_int_equal(clicked(&clicks, PT_MOUSE_PRESS, 5, 1300), PT_MOUSE_DOUBLE);
	clicked(&clicks, PT_MOUSE_RELEASE, 5, 1310);
	assert_int_equal(
		clicked(&clicks, PT_MOUSE_PRESS, 5, 1400), PT_MOUSE_PRESS); /* a third is a first again */
	assert_int_equal(clicked(&clicks, PT_MOUSE_PRESS, 6, 1500), PT_MOUSE_PRESS); /* elsewhere */
	assert_int_equal(clicked(&clicks, PT_MOUSE_PRESS, 6, 1901), PT_MOUSE_PRESS); /* too late */
	clicked(&clicks, PT_MOUSE_DRAG, 6, 1950);
	assert_int_equal(clicked(&clicks, PT_MOUSE_PRESS, 6, 1960), PT_MOUSE_PRESS); /* moved in between */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_place_stays_where_it_is),
		cmocka_unit_test(test_the_narrowest_range),
		cmocka_unit_test(test_a_logarithmic_axis),
		cmocka_unit_test(test_panning),
		cmocka_unit_test(test_following_moves_in_nice_steps),
		cmocka_unit_test(test_the_whole_axis_changes),
		cmocka_unit_test(test_exact_ranges),
		cmocka_unit_test(test_reaching_a_place),
		cmocka_unit_test(test_y_ranges),
		cmocka_unit_test(test_the_way_back),
		cmocka_unit_test(test_other_axes),
		cmocka_unit_test(test_double_clicks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
