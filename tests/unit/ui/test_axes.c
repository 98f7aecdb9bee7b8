/* Axes, legends, labels and colour bars in frames of every size. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "phasetop/ui/axes.h"

static pt_frame *new_frame(int cols, int rows)
{
	pt_frame *frame = NULL;
	assert_int_equal(pt_frame_create(cols, rows, PT_CHARSET_UTF8, &frame, NULL), PT_OK);
	return frame;
}

static void assert_rows(const pt_frame *frame, const char *const *want)
{
	char got[1024];
	for (int y = 0; y < frame->rows; y++) {
		pt_frame_row_text(frame, y, got, sizeof got);
		assert_string_equal(got, want[y]);
	}
}

static void axes_look_like_this(void **state)
{
	(void)state;
	pt_scale x = pt_scale_fit_steps(10, 790), y = pt_scale_exact(0, 0.1, false),
			 y2 = pt_scale_exact(0, 20, false);
	pt_frame *frame = new_frame(40, 8);
	pt_plot plot = pt_axes_draw(frame, pt_frame_rect(frame), &(pt_axes){.x = &x, .y = &y, .y2 = &y2});
	char row[256];
	pt_frame_row_text(frame, 0, row, sizeof row);
	assert_string_equal(row, " 0.10┤                              ├20");
	pt_frame_row_text(frame, 5, row, sizeof row);
	assert_string_equal(row, " 0.00┤                              ├0");
	pt_frame_row_text(frame, 6, row, sizeof row);
	assert_string_equal(row, "     └┬──────┬───────┬──────┬──────┬┘");
	pt_frame_row_text(frame, 7, row, sizeof row);
	assert_string_equal(row, "      0     200     400    600    800");
	assert_int_equal(plot.inner.x, 6);
	assert_int_equal(plot.inner.w, 30);
	assert_int_equal(plot.inner.h, 6);
	pt_frame_destroy(frame);
}

static void titles_take_a_row_above_and_the_place_of_labels_below(void **state)
{
	(void)state;
	pt_scale x = pt_scale_exact(-0.04, 0.04, false), y = pt_scale_exact(0, 20, false);
	pt_frame *frame = new_frame(60, 9);
	pt_axes axes = {
		.x = &x, .y = &y, .x_title = "PC1 (81.1 %)", .y_title = "PC2 (13.9 %)", .x_keep_free_cols = 22};
	pt_plot plot = pt_axes_draw(frame, pt_frame_rect(frame), &axes);
	assert_int_equal(plot.inner.y, 1);
	assert_int_equal(pt_colour_bar_draw(frame, plot.x_label_row, PT_ROLE_STEP, "step 10", "790", 8), 20);
	char row[256];
	pt_frame_row_text(frame, 0, row, sizeof row);
	assert_string_equal(row, "   PC2 (13.9 %)");
	pt_frame_row_text(frame, 8, row, sizeof row);
	assert_non_null(strstr(row, "   PC1 (81.1 %)  "));
	assert_non_null(strstr(row, " step 10 ████████ 790"));
	assert_int_equal(pt_frame_get(frame, 54, 8).level, 100);
	pt_frame_destroy(frame);
}

static void stacked_panes_share_their_left_edge(void **state)
{
	(void)state;
	pt_scale y = pt_scale_exact(0, 20, false);
	pt_rect rect = {0, 0, 60, 10};
	pt_plot own = pt_axes_measure(rect, &(pt_axes){.y = &y});
	pt_plot wide = pt_axes_measure(rect, &(pt_axes){.y = &y, .y_label_cols = 7});
	assert_int_equal(own.y_label_cols, 2);
	assert_int_equal(wide.inner.x, own.inner.x + 5);
	assert_int_equal(wide.inner.x + wide.inner.w, own.inner.x + own.inner.w);
}

static void every_size_down_to_nothing(void **state)
{
	(void)state;
	pt_scale x = pt_scale_fit_steps(10, 123456), y = pt_scale_exact(1e-9, 1, true),
			 y2 = pt_scale_exact(-1, 1, false);
	pt_legend_entry entries[] = {
		{0, pt_pen_of(PT_ROLE_SERIES_1), "SHC (log)"}, {0x25CF, pt_pen_of(PT_ROLE_SERIES_2), "PR"}};
	for (int cols = 1; cols < 70; cols++)
		for (int rows = 1; rows < 16; rows++)
			for (int kind = 0; kind < PT_N_CANVAS_KINDS; kind++) {
				pt_frame *frame = new_frame(cols, rows);
				pt_rect all = pt_frame_rect(frame);
				pt_axes axes = {.x = &x,
					.y = &y,
					.y2 = &y2,
					.kind = (pt_canvas_kind)kind,
					.x_title = "step",
					.y_title = rows % 2 ? "y" : NULL,
					.y2_title = "right",
					.x_keep_free_cols = cols % 5};
				pt_plot plot = pt_axes_draw(frame, all, &axes);
				assert_false(pt_rect_is_empty(plot.inner));
				pt_rect inside = pt_rect_intersect(plot.inner, all);
				assert_memory_equal(&inside, &plot.inner, sizeof inside);
				pt_canvas *canvas = pt_canvas_create((pt_canvas_kind)kind, plot.inner.w, plot.inner.h);
				pt_canvas_line(canvas, 0, 0, canvas->width, canvas->height, pt_ink_of(PT_ROLE_SERIES_1, 1),
					PT_SOLID, NULL);
				pt_frame_blit(frame, plot.inner, canvas);
				pt_places *places = pt_places_of_canvas(canvas);
				pt_legend_draw(frame, plot.inner, places, PT_CORNER_TOP_RIGHT, entries, 2, 0);
				pt_note_draw(frame, plot.inner, places, PT_CORNER_BOTTOM_LEFT, pt_pen_of(PT_ROLE_CROSSHAIR),
					"190  0.087");
				pt_point_label label = {.glyph = 0x25C6,
					.glyph_pen = pt_pen_of(PT_ROLE_CROSSHAIR),
					.text_pen = pt_pen_of(PT_ROLE_LABEL),
					.text = "190 turn"};
				pt_point_labels_draw(frame, plot.inner, places, &label, 1);
				pt_colour_bar_draw(frame, plot.x_label_row, PT_ROLE_STEP, "0", "9", 5);
				pt_places_destroy(places);
				pt_canvas_destroy(canvas);
				pt_frame_destroy(frame);
			}
	pt_plot none = pt_axes_measure((pt_rect){3, 3, 0, -2}, &(pt_axes){.x = &x, .y = &y});
	assert_true(pt_rect_is_empty(none.inner));
}

static void words_keep_clear_of_each_other_and_of_the_data(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(40, 6);
	pt_rect all = pt_frame_rect(frame);
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 40, 6);
	pt_canvas_line(canvas, 0, 0, 79, 0, pt_ink_of(PT_ROLE_SERIES_1, 1), PT_SOLID, NULL);
	pt_frame_blit(frame, all, canvas);
	pt_places *places = pt_places_of_canvas(canvas);
	pt_legend_entry entries[] = {
		{0, pt_pen_of(PT_ROLE_SERIES_1), "k 5"}, {0, pt_pen_of(PT_ROLE_SERIES_2), "k 10"}};
	pt_legend_draw(frame, all, places, PT_CORNER_TOP_RIGHT, entries, 2, 0);
	assert_true(pt_note_draw(frame, all, places, PT_CORNER_BOTTOM_RIGHT, pt_pen_of(PT_ROLE_LABEL), "one"));
	assert_true(pt_note_draw(frame, all, places, PT_CORNER_BOTTOM_RIGHT, pt_pen_of(PT_ROLE_LABEL), "two"));
	assert_false(pt_note_draw(
		frame, (pt_rect){0, 0, 2, 1}, NULL, PT_CORNER_TOP_LEFT, pt_pen_of(PT_ROLE_LABEL), "three"));
	char rows[6][256];
	int found[3] = {-1, -1, -1};
	static const char *const words[] = {"━ k 5   ━ k 10", "one", "two"};
	for (int y = 0; y < 6; y++) {
		pt_frame_row_text(frame, y, rows[y], sizeof rows[y]);
		for (int i = 0; i < 3; i++)
			if (strstr(rows[y], words[i]))
				found[i] = y;
	}
	for (int i = 0; i < 3; i++)
		assert_in_range(found[i], 1, 5);
	for (int x = 0; x < 40; x++)
		assert_int_equal(pt_frame_get(frame, x, 0).glyph, 0x2809);
	pt_places_destroy(places);
	pt_canvas_destroy(canvas);
	pt_frame_destroy(frame);
}

static void a_narrow_legend_is_stacked(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(12, 8);
	pt_legend_entry entries[] = {
		{0, pt_pen_of(PT_ROLE_SERIES_1), "medical"}, {0, pt_pen_of(PT_ROLE_SERIES_2), "finance"}};
	pt_legend_draw(frame, pt_frame_rect(frame), NULL, PT_CORNER_TOP_LEFT, entries, 2, 0);
	static const char *const want[] = {"━ medical", "━ finance", "", "", "", "", "", ""};
	assert_rows(frame, want);
	pt_frame_destroy(frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(axes_look_like_this),
		cmocka_unit_test(titles_take_a_row_above_and_the_place_of_labels_below),
		cmocka_unit_test(stacked_panes_share_their_left_edge),
		cmocka_unit_test(every_size_down_to_nothing),
		cmocka_unit_test(words_keep_clear_of_each_other_and_of_the_data),
		cmocka_unit_test(a_narrow_legend_is_stacked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
