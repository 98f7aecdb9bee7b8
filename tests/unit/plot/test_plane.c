/* Trajectories, heat maps, and places for labels. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <limits.h>
#include <math.h>
#include <cmocka.h>

#include "phasetop/base/missing.h"
#include "phasetop/plot/heatmap.h"
#include "phasetop/plot/place.h"
#include "phasetop/plot/scatter.h"

static const pt_ink step = {.role = 3, .series = 1};

static void a_trajectory_runs_through_its_gradient(void **state)
{
	(void)state;
	double x[] = {0, 1, 2, 3}, y[] = {0, 1, PT_MISSING, 3};
	pt_scale unit = pt_scale_exact(0, 3, false);
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BLOCK, 4, 2);
	pt_trajectory_draw(canvas, &unit, &unit, &(pt_trajectory){.x = x, .y = y, .n = 4, .ink = step});
	pt_ink ink;
	assert_int_equal(pt_canvas_glyph(canvas, 0, 1, &ink), 0x2584);
	assert_int_equal(ink.level, 0);
	assert_int_equal(pt_canvas_glyph(canvas, 1, 1, &ink), 0x2580);
	assert_int_equal(ink.level, 33);
	assert_int_equal(pt_canvas_glyph(canvas, 3, 0, &ink), 0x2580);
	assert_int_equal(ink.level, 100);
	assert_int_equal(pt_canvas_glyph(canvas, 2, 0, &ink), 0);
	int col, row;
	assert_true(pt_plane_cell(canvas, &unit, &unit, 3, 3, &col, &row));
	assert_int_equal(col, 3);
	assert_int_equal(row, 0);
	assert_false(pt_plane_cell(canvas, &unit, &unit, 4, 3, &col, &row));
	assert_false(pt_plane_cell(canvas, &unit, &unit, PT_MISSING, 3, &col, &row));
	pt_canvas_destroy(canvas);
}

static void joined_points_have_no_holes(void **state)
{
	(void)state;
	double x[] = {0, 1}, y[] = {0.5, 0.5};
	pt_scale unit = pt_scale_exact(0, 1, false);
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 30, 3);
	pt_trajectory_draw(
		canvas, &unit, &unit, &(pt_trajectory){.x = x, .y = y, .n = 2, .ink = step, .connect = true});
	int last = -1;
	for (int col = 0; col < 30; col++) {
		pt_ink ink;
		assert_true(pt_canvas_is_taken(canvas, col, 1));
		pt_canvas_glyph(canvas, col, 1, &ink);
		assert_true(ink.level >= last);
		last = ink.level;
	}
	assert_int_equal(last, 100);
	pt_canvas_destroy(canvas);
	pt_trajectory_draw(NULL, &unit, &unit, &(pt_trajectory){.x = x, .y = y, .n = 2});
}

static void equal_units(void **state)
{
	(void)state;
	pt_scale x = pt_scale_exact(0, 10, false), y = pt_scale_exact(0, 1, false);
	pt_plane_equal_units(&x, &y, 40, 10, 2);
	assert_true(fabs((x.hi - x.lo) / 40 - (y.hi - y.lo) / 20) < 1e-12);
	assert_true(x.lo <= 0 && x.hi >= 10 && y.lo <= 0 && y.hi >= 1);
	pt_plane_equal_units(&x, &y, 0, 0, 2);
}

/* A map of 3 × 2 values at steps 10, 20, 30 and k 1, 2. */
static const int64_t three_steps[] = {10, 20, 30}, two_k[] = {1, 2};
static const double six_values[] = {1, PT_MISSING, 0.5, 0, 1, PT_MISSING}; /* k 1, then k 2 */

static pt_heatmap six(void)
{
	return (pt_heatmap){three_steps, two_k, 3, 2, six_values, 10, 0, 1, 4, 5};
}

static pt_canvas *draw_six(pt_canvas_kind kind, int cols, int rows)
{
	pt_heatmap map = six();
	pt_canvas *canvas = pt_canvas_create(kind, cols, rows);
	pt_scale x = pt_heatmap_scale(three_steps, 3), y = pt_heatmap_scale(two_k, 2);
	assert_true(x.lo == 5 && x.hi == 35 && x.integer && y.lo == 0.5 && y.hi == 2.5);
	pt_heatmap_draw(canvas, &x, &y, &map);
	return canvas;
}

static void heat_maps_show_two_rows_a_cell_and_skip_what_is_missing(void **state)
{
	(void)state;
	for (int kind = PT_CANVAS_BRAILLE; kind <= PT_CANVAS_BLOCK; kind++) {
		pt_canvas *canvas = draw_six((pt_canvas_kind)kind, 3, 1);
		pt_ink ink;
		assert_int_equal(pt_canvas_glyph(canvas, 0, 0, &ink), 0x2580); /* the larger k is above */
		assert_int_equal(ink.level, 0);
		assert_int_equal(canvas->cells[0].ground, 4);
		assert_int_equal(canvas->cells[0].ground_level, 100);
		assert_int_equal(pt_canvas_glyph(canvas, 1, 0, &ink), 0x2580); /* nothing below */
		assert_int_equal(ink.level, 100);
		assert_int_equal(canvas->cells[1].ground, 5);
		assert_int_equal(pt_canvas_glyph(canvas, 2, 0, &ink), 0x2584); /* nothing above */
		assert_int_equal(ink.level, 50);
		pt_canvas_destroy(canvas);
	}
	pt_canvas *canvas = draw_six(PT_CANVAS_ASCII, 6, 2);
	static const char rows[] = "..@@  @@  ++";
	for (int i = 0; i < 12; i++) {
		pt_ink ink;
		uint32_t glyph = pt_canvas_glyph(canvas, i % 6, i / 6, &ink);
		assert_int_equal(glyph ? glyph : ' ', rows[i]);
	}
	pt_canvas_destroy(canvas);
}

static void heat_maps_take_the_mean_of_what_shares_a_cell(void **state)
{
	(void)state;
	int64_t steps[100];
	double values[100];
	for (int i = 0; i < 100; i++) {
		steps[i] = i;
		values[i] = i % 4 == 0 ? PT_MISSING : i < 50 ? 0.25 : 0.75;
	}
	pt_heatmap map = {steps, two_k, 100, 1, values, 1, 0, 1, 4, 5};
	pt_scale x = pt_heatmap_scale(steps, 100), y = pt_heatmap_scale(two_k, 1);
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BLOCK, 10, 1);
	pt_heatmap_draw(canvas, &x, &y, &map);
	for (int col = 0; col < 10; col++) {
		pt_ink ink;
		assert_int_equal(pt_canvas_glyph(canvas, col, 0, &ink), 0x2580);
		assert_int_equal(ink.level, col < 5 ? 25 : 75);
	}
	pt_canvas_destroy(canvas);
}

/* Steps 1, 2, 3, then every 10, and a hole: no seam where the spacing changes, nothing in the hole. */
static void heat_maps_place_values_by_step(void **state)
{
	(void)state;
	static const int64_t steps[] = {1, 2, 3, 10, 20, 30, 80, 90, 100};
	static const double values[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
	pt_heatmap map = {steps, two_k, 9, 1, values, 10, 0, 1, 4, 5};
	pt_scale x = pt_scale_exact(0, 100, false), y = pt_heatmap_scale(two_k, 1);
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_ASCII, 101, 1);
	pt_heatmap_draw(canvas, &x, &y, &map);
	for (int col = 1; col <= 100; col++)
		assert_int_equal(pt_canvas_is_taken(canvas, col, 0), col <= 40 || col >= 70);
	pt_canvas_destroy(canvas);
}

static void heat_maps_take_anything(void **state)
{
	(void)state;
	pt_heatmap map = six();
	pt_scale x = pt_heatmap_scale(three_steps, 3), y = pt_heatmap_scale(NULL, 0);
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_ASCII, 7, 5);
	map.lo = 1;
	pt_heatmap_draw(canvas, &x, &y, &map); /* no range */
	map = six();
	map.values = NULL;
	pt_heatmap_draw(canvas, &x, &y, &map);
	map = six();
	map.n_y = 0;
	pt_heatmap_draw(canvas, &x, &y, &map);
	map = six();
	y = pt_scale_exact(100, 200, false); /* nothing of it is in sight */
	pt_heatmap_draw(canvas, &x, &y, &map);
	for (int i = 0; i < 35; i++)
		assert_false(pt_canvas_is_taken(canvas, i % 7, i / 7));
	pt_heatmap_draw(NULL, &x, &y, &map);
	pt_heatmap_line(NULL, true, 0, U'┊', (pt_ink){0}, (pt_ink){0});
	pt_canvas_destroy(canvas);
	assert_int_equal(pt_heatmap_ramp(-5), '.');
	assert_int_equal(pt_heatmap_ramp(100), '@');
	assert_int_equal(pt_heatmap_ramp(300), '@');
}

/* The line has the map's colour as its ground; where the map is empty it lies under the data, as elsewhere.
 */
static void a_line_goes_over_a_heat_map(void **state)
{
	(void)state;
	pt_ink plain = {.role = 7}, cut = {.role = 8}, ink;
	pt_canvas *canvas = draw_six(PT_CANVAS_BRAILLE, 3, 1);
	pt_heatmap_line(canvas, true, 0, U'┊', plain, cut);
	assert_int_equal(pt_canvas_glyph(canvas, 0, 0, &ink), U'┊');
	assert_int_equal(ink.role, 8);
	assert_int_equal(canvas->cells[0].ground, 4);
	assert_int_equal(canvas->cells[0].ground_level, 50); /* of 0 and 100 */
	pt_heatmap_line(canvas, true, 2, U'┊', plain, cut);
	assert_int_equal(canvas->cells[1].ground_level, 100);
	pt_heatmap_line(canvas, true, 6, U'┊', plain, cut); /* beyond */
	pt_heatmap_line(canvas, false, 0, U'┈', plain, cut);
	assert_int_equal(pt_canvas_glyph(canvas, 0, 0, &ink), U'┈');
	assert_int_equal(canvas->cells[0].ground_level, 50);
	pt_canvas_destroy(canvas);
	canvas = draw_six(PT_CANVAS_ASCII, 3, 2);
	pt_heatmap_line(canvas, true, 1, U'│', plain, cut);
	assert_int_equal(pt_canvas_glyph(canvas, 1, 0, &ink), U'│');
	assert_int_equal(ink.role, 7);
	assert_int_equal(pt_canvas_glyph(canvas, 1, 1, &ink), U'│');
	assert_false(pt_canvas_is_taken(canvas, 1, 1));
	pt_canvas_destroy(canvas);
}

static void labels_find_free_cells_beside_their_point(void **state)
{
	(void)state;
	pt_places *places = pt_places_create(20, 5);
	int col, row;
	pt_places_take(places, 10, 2, 1, 1);
	assert_true(pt_places_beside(places, 10, 2, 3, &col, &row));
	assert_int_equal(col, 12);
	assert_int_equal(row, 2);
	assert_true(pt_places_beside(places, 10, 2, 3, &col, &row)); /* right is taken now: left */
	assert_int_equal(col, 6);
	assert_int_equal(row, 2);
	assert_int_equal(pt_places_n_taken(places, 6, 2, 3, 1), 3);
	/* two cells between labels, a free one between a label and a curve as long as there is such a place */
	assert_int_equal(pt_places_n_taken(places, 5, 2, 1, 1) + pt_places_n_taken(places, 15, 2, 1, 1), 2);
	pt_places *curve = pt_places_create(20, 5);
	pt_places_take(curve, 8, 2, 5, 1);
	assert_true(pt_places_beside(curve, 10, 2, 3, &col, &row));
	assert_int_equal(row, 1);
	pt_places_take(curve, 0, 0, 20, 2);
	pt_places_take(curve, 0, 3, 20, 2);
	pt_places_take(curve, 12, 2, 8, 1);
	assert_true(pt_places_beside(curve, 10, 2, 3, &col, &row)); /* for want of a better one */
	assert_int_equal(col, 4);
	pt_places_destroy(curve);
	pt_places_take(places, 0, 0, 20, 5);
	assert_false(pt_places_beside(places, 10, 2, 3, &col, &row));
	assert_false(pt_places_beside(places, 10, 2, 300, &col, &row));
	pt_places_destroy(places);
	assert_false(pt_places_beside(NULL, 10, 2, 3, &col, &row));
}

static void boxes_go_to_their_corner_or_to_the_nearest_free_place(void **state)
{
	(void)state;
	pt_places *places = pt_places_create(20, 6);
	int col, row;
	assert_true(pt_places_box(places, PT_CORNER_BOTTOM_RIGHT, 5, 1, &col, &row));
	assert_int_equal(col, 15);
	assert_int_equal(row, 5);
	assert_true(pt_places_box(places, PT_CORNER_BOTTOM_RIGHT, 5, 1, &col, &row));
	assert_int_equal(pt_places_n_taken(places, col, row, 5, 1), 5);
	assert_true(row != 5 || col + 5 < 15);
	pt_places_take(places, 0, 0, 20, 6); /* nothing is free: the corner after all */
	assert_true(pt_places_box(places, PT_CORNER_TOP_LEFT, 5, 1, &col, &row));
	assert_int_equal(col, 0);
	assert_int_equal(row, 0);
	assert_false(pt_places_box(places, PT_CORNER_TOP_LEFT, 21, 1, &col, &row));
	pt_places_destroy(places);
	assert_false(pt_places_box(NULL, PT_CORNER_TOP_LEFT, 1, 1, &col, &row));
}

static void places_clip_and_know_a_canvas(void **state)
{
	(void)state;
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BLOCK, 3, 3);
	pt_canvas_dot(canvas, 1, 2, step);
	pt_canvas_under(canvas, 2, 2, 'x', step);
	pt_places *places = pt_places_of_canvas(canvas);
	assert_int_equal(pt_places_n_taken(places, 0, 0, 3, 3), 2);
	assert_int_equal(pt_places_n_taken(places, -1, 0, 1, 3), 3);
	pt_places_take(places, INT_MIN, INT_MIN, INT_MAX, INT_MAX);
	pt_places_take(places, 2, -5, INT_MAX, INT_MAX);
	assert_int_equal(pt_places_n_taken(places, 0, 0, 3, 3), 4);
	pt_places_destroy(places);
	pt_canvas_destroy(canvas);
	assert_null(pt_places_of_canvas(NULL));
	assert_null(pt_places_create(0, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trajectory_runs_through_its_gradient),
		cmocka_unit_test(joined_points_have_no_holes),
		cmocka_unit_test(equal_units),
		cmocka_unit_test(heat_maps_show_two_rows_a_cell_and_skip_what_is_missing),
		cmocka_unit_test(heat_maps_take_the_mean_of_what_shares_a_cell),
		cmocka_unit_test(heat_maps_place_values_by_step),
		cmocka_unit_test(heat_maps_take_anything),
		cmocka_unit_test(a_line_goes_over_a_heat_map),
		cmocka_unit_test(labels_find_free_cells_beside_their_point),
		cmocka_unit_test(boxes_go_to_their_corner_or_to_the_nearest_free_place),
		cmocka_unit_test(places_clip_and_know_a_canvas),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
