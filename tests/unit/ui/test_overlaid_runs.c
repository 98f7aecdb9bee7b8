/** Curves of several runs on the same cells: each of them is seen. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pane_drawing.h"

/* The second run is the first again, under its own name, and the third is hidden. */
static drawing start_twins(int cols, int rows)
{
	drawing d = start(FIXTURE_THREE, cols, rows);
	pt_run_view *runs = runs_of(&d);
	const char *name = runs[1].name;
	runs[1] = runs[0];
	runs[1].name = name;
	d.view.run_hidden[2] = true;
	pt_layout_focus(&d.view.layout, PT_PANE_COSINE);
	return d;
}

/* Cells of a run's hue: its curve, and its names and figures in the legend. */
static size_t n_of_run(const drawing *d, int run)
{
	return n_of_role(d->frame, pt_role_series(run));
}

static void curves_that_are_equal_are_both_seen(void **state)
{
	(void)state;
	static const pt_pane_id panes[] = {PT_PANE_NORMS, PT_PANE_COSINE, PT_PANE_SPECTRUM, PT_PANE_LOSS};
	for (int glyphs = PT_GLYPH_BRAILLE; glyphs <= PT_GLYPH_ASCII; glyphs++)
		for (size_t p = 0; p < sizeof panes / sizeof panes[0]; p++) {
			drawing d = start_twins(80, 20);
			d.view.glyphs_default = (pt_glyph_choice)glyphs;
			draw_pane(&d, panes[p]);
			size_t first = n_of_run(&d, 0), second = n_of_run(&d, 1);
			/* names and figures of the legend are some thirty cells of either */
			assert_in_range(first, second * 3 / 5, second * 5 / 3);
			end(&d);
		}
}

static void in_ascii_their_characters_take_turns(void **state)
{
	(void)state;
	drawing d = start_twins(80, 16);
	d.view.glyphs_default = PT_GLYPH_ASCII;
	draw_pane(&d, PT_PANE_NORMS);
	assert_shows(d.frame, "****oooo****oooo");
	end(&d);
}

static void the_stripes_stand_still_when_data_arrive(void **state)
{
	(void)state;
	drawing d = start_twins(80, 16);
	draw_pane(&d, PT_PANE_NORMS);
	pt_frame *before = NULL;
	assert_int_equal(pt_frame_create(80, 16, PT_CHARSET_UTF8, &before, NULL), PT_OK);
	for (int y = 0; y < 16; y++)
		for (int x = 0; x < 80; x++) {
			pt_cell cell = pt_frame_get(d.frame, x, y);
			pt_pen pen = {.role = cell.role};
			pt_frame_put(before, pt_frame_rect(before), x, y, pen, cell.glyph);
		}
	/* one point is missing at the end: the axes stay as they are, for the third run has it */
	runs_of(&d)[0].n_steps -= 1;
	draw_pane(&d, PT_PANE_NORMS);
	size_t n_changed = 0;
	for (int y = 0; y < 16; y++)
		for (int x = 0; x < 70; x++) /* the last point may end the curve a few cells before */
			n_changed += pt_frame_get(d.frame, x, y).role != pt_frame_get(before, x, y).role;
	assert_int_equal(n_changed, 0);
	pt_frame_destroy(before);
	end(&d);
}

static void raw_values_of_one_run_do_not_hide_the_mean_of_another(void **state)
{
	(void)state;
	drawing d = start_twins(80, 20);
	d.view.smoothing = 30;
	d.view.glyphs_default = PT_GLYPH_ASCII;
	draw_pane(&d, PT_PANE_LOSS);
	size_t first = n_of_run(&d, 0), second = n_of_run(&d, 1);
	assert_in_range(first, second * 3 / 5, second * 5 / 3);
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(curves_that_are_equal_are_both_seen),
		cmocka_unit_test(in_ascii_their_characters_take_turns),
		cmocka_unit_test(the_stripes_stand_still_when_data_arrive),
		cmocka_unit_test(raw_values_of_one_run_do_not_hide_the_mean_of_another),
	};
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
