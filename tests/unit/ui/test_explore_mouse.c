/** Exploring plots with the mouse: wheel, rectangles, the turn line. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "explore_drawing.h"

/* --- the mouse --------------------------------------------------------------------------------------- */

static void test_the_wheel_zooms_at_the_pointer(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	pt_plot_probe plot = plot_of(&d, PT_PANE_NORMS);
	int x = plot.inner.x + plot.inner.w / 3, y = plot.inner.y + 2;
	double fraction = (plot.inner.w / 3 + 0.5) / plot.inner.w, at = pt_scale_value(&plot.x_scale, fraction);
	for (int i = 0; i < 4; i++)
		assert_int_equal(mouse(&d, PT_MOUSE_WHEEL_UP, x, y), PT_VIEW_REDRAW);
	plot = plot_of(&d, PT_PANE_NORMS);
	assert_true(fabs(pt_scale_value(&plot.x_scale, fraction) - at) < 3);
	assert_true(fabs(plot.x_scale.hi - plot.x_scale.lo - 400 * pow(0.8, 4)) < 3);
	press(&d, "Backspace"); /* one gesture, one way back */
	assert_x(&d, 0, 400);
	assert_int_equal(mouse(&d, PT_MOUSE_WHEEL_DOWN, x, y), 0);
	assert_int_equal(
		mouse(&d, PT_MOUSE_WHEEL_UP, plot.inner.x + plot.inner.w / 3, 0), 0); /* the status line */
	press(&d, "?");
	mouse(&d, PT_MOUSE_WHEEL_DOWN, x, y);
	assert_int_equal(d.view.help_scroll, 3);
	end(&d);
}

static void test_a_rectangle(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	pt_plot_probe plot = plot_of(&d, PT_PANE_NORMS);
	pt_rect inner = plot.inner;
	int x0 = inner.x + 10, x1 = inner.x + 29, y0 = inner.y + 2, y1 = inner.y + 6;
	mouse(&d, PT_MOUSE_PRESS, x1, y1);
	assert_int_equal(d.view.layout.focus, PT_PANE_NORMS);
	assert_int_equal(mouse(&d, PT_MOUSE_DRAG, x0, y0), PT_VIEW_REDRAW);
	draw_screen(&d);
	assert_int_equal(pt_frame_get(d.frame, x0, y0).glyph, U'┌');
	assert_int_equal(pt_frame_get(d.frame, x1, y1).glyph, U'┘');
	mouse(&d, PT_MOUSE_RELEASE, x0, y0);
	assert_x(&d, round(400.0 * 10 / inner.w), round(400.0 * 10 / inner.w) + round(400.0 * 20 / inner.w));
	pt_scale y = plot_of(&d, PT_PANE_NORMS).y_scale;
	assert_true(fabs(y.hi - pt_scale_value(&plot.y_scale, (inner.h - 2.0) / inner.h)) < 1e-9);
	assert_true(fabs(y.lo - pt_scale_value(&plot.y_scale, (inner.h - 7.0) / inner.h)) < 1e-9);
	draw_screen(&d);
	assert_int_not_equal(pt_frame_get(d.frame, x0, y0).glyph, U'┌');
	/* the other panes share the x range, and fit their own y */
	assert_false(d.view.zoom.y[PT_PANE_COSINE].zoomed);
	mouse(&d, PT_MOUSE_DOUBLE, x0, y0);
	assert_x(&d, 0, 400);
	assert_false(pt_zoom_is_part(&d.view.zoom));
	end(&d);
}

/* A rectangle as low as a line is of x alone, one as narrow of y alone, and one cell is a click. */
static void test_thin_rectangles(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	pt_rect inner = plot_of(&d, PT_PANE_NORMS).inner;
	mouse(&d, PT_MOUSE_PRESS, inner.x + 5, inner.y + 3);
	mouse(&d, PT_MOUSE_DRAG, inner.x + 25, inner.y + 4);
	mouse(&d, PT_MOUSE_RELEASE, inner.x + 25, inner.y + 4);
	assert_true(d.view.zoom.zoomed && !d.view.zoom.y[PT_PANE_NORMS].zoomed);
	press(&d, "f");
	inner = plot_of(&d, PT_PANE_NORMS).inner;
	mouse(&d, PT_MOUSE_PRESS, inner.x + 5, inner.y + 1);
	mouse(&d, PT_MOUSE_DRAG, inner.x + 5, inner.y + 100); /* beyond the plot: its edge */
	mouse(&d, PT_MOUSE_RELEASE, inner.x + 5, inner.y + 100);
	assert_true(!d.view.zoom.zoomed && d.view.zoom.y[PT_PANE_NORMS].zoomed);
	press(&d, "f");
	int n = d.view.zooms.n;
	mouse(&d, PT_MOUSE_PRESS, inner.x + 5, inner.y + 3);
	mouse(&d, PT_MOUSE_DRAG, inner.x + 6, inner.y + 4);
	mouse(&d, PT_MOUSE_RELEASE, inner.x + 6, inner.y + 4);
	assert_false(pt_zoom_is_part(&d.view.zoom));
	assert_int_equal(d.view.zooms.n, n);
	end(&d);
}

/* A press on a border drags it, one in a plot never does. */
static void test_borders_and_rectangles_do_not_fight(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	pt_layout layout = d.view.layout;
	pt_rect inner = plot_of(&d, PT_PANE_NORMS).inner;
	mouse(&d, PT_MOUSE_PRESS, inner.x + inner.w - 1, inner.y + 3);
	mouse(&d, PT_MOUSE_DRAG, inner.x + inner.w + 20, inner.y + 3); /* over the border */
	assert_memory_equal(d.view.layout.nodes, layout.nodes, sizeof layout.nodes);
	mouse(&d, PT_MOUSE_RELEASE, inner.x + inner.w + 20, inner.y + 3);
	mouse(&d, PT_MOUSE_PRESS, 60, 5); /* the border between norms and PCA */
	assert_false(d.view.rubber.pressed);
	mouse(&d, PT_MOUSE_DRAG, 70, 5);
	mouse(&d, PT_MOUSE_RELEASE, 70, 5);
	assert_true(memcmp(d.view.layout.nodes, layout.nodes, sizeof layout.nodes) != 0);
	assert_false(pt_zoom_is_part(&d.view.zoom));
	end(&d);
}

/* --- the turn line ------------------------------------------------------------------------------------ */

/* The row of the screen on which a value of the cosine's plot lies. */
static int row_at(const pt_plot_probe *plot, double value)
{
	return plot->inner.y + (int)((1 - pt_scale_fraction(&plot->y_scale, value)) * plot->inner.h);
}

static void test_the_turn_line_is_dragged(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 120, 36);
	pt_plot_probe plot = plot_of(&d, PT_PANE_COSINE);
	int x = plot.inner.x + 10, y = row_at(&plot, 0.8), up = row_at(&plot, 0.9);
	assert_true(up < y);
	mouse(&d, PT_MOUSE_PRESS, x, y);
	assert_true(pt_is_missing(d.view.settings.turn_below)); /* held, not moved */
	assert_int_equal(mouse(&d, PT_MOUSE_DRAG, x + 4, up), PT_VIEW_REDRAW | PT_VIEW_SETTINGS);
	assert_true(fabs(d.view.settings.turn_below - 0.9) < 0.02);
	assert_true(fabs(100 * d.view.settings.turn_below - round(100 * d.view.settings.turn_below)) < 1e-9);
	assert_non_null(strstr(d.view.message, "turn line 0."));
	assert_int_equal(mouse(&d, PT_MOUSE_DRAG, x + 9, up), 0); /* the same row */
	mouse(&d, PT_MOUSE_DRAG, x, -50); /* no further than the plot, nor than 1 */
	assert_true(d.view.settings.turn_below <= 1 && d.view.settings.turn_below > 0.9);
	mouse(&d, PT_MOUSE_RELEASE, x, 0);
	assert_int_equal(mouse(&d, PT_MOUSE_DRAG, x, y), 0);
	assert_false(pt_zoom_is_part(&d.view.zoom)); /* no rectangle was drawn meanwhile */
	end(&d);
}

static void test_where_no_line_is_nothing_is_held(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 120, 36);
	pt_plot_probe plot = plot_of(&d, PT_PANE_COSINE);
	int x = plot.inner.x + 10, y = row_at(&plot, 0.8);
	mouse(&d, PT_MOUSE_PRESS, x, y - 3); /* beside it: a rectangle begins */
	assert_true(d.view.rubber.pressed && !d.view.line.held);
	mouse(&d, PT_MOUSE_RELEASE, x, y - 3);
	press(&d, "T"); /* the lines are not drawn */
	mouse(&d, PT_MOUSE_PRESS, x, y);
	assert_true(d.view.rubber.pressed && !d.view.line.held);
	mouse(&d, PT_MOUSE_RELEASE, x, y);
	press(&d, "T");
	press(&d, "i"); /* drawn with the other sign: the line is at -0.8 now */
	plot = plot_of(&d, PT_PANE_COSINE);
	mouse(&d, PT_MOUSE_PRESS, x, row_at(&plot, -0.8));
	assert_true(d.view.line.held);
	mouse(&d, PT_MOUSE_DRAG, x, row_at(&plot, -0.9));
	assert_true(fabs(d.view.settings.turn_below - 0.9) < 0.02);
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_wheel_zooms_at_the_pointer),
		cmocka_unit_test(test_a_rectangle),
		cmocka_unit_test(test_thin_rectangles),
		cmocka_unit_test(test_borders_and_rectangles_do_not_fight),
		cmocka_unit_test(test_the_turn_line_is_dragged),
		cmocka_unit_test(test_where_no_line_is_nothing_is_held),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
