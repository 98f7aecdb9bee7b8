/* The grid of cells: text, clipping, wide characters, borders, ASCII. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "phasetop/ui/frame.h"

static pt_frame *new_frame(int cols, int rows, pt_charset charset)
{
	pt_frame *frame = NULL;
	assert_int_equal(pt_frame_create(cols, rows, charset, &frame, NULL), PT_OK);
	return frame;
}

static void assert_row(const pt_frame *frame, int y, const char *want)
{
	char got[4096];
	pt_frame_row_text(frame, y, got, sizeof got);
	assert_string_equal(got, want);
}

static const pt_rect everywhere = {0, 0, 1000, 1000};

static void text_is_clipped_and_tells_its_width(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(10, 3, PT_CHARSET_UTF8);
	pt_pen pen = pt_pen_of(PT_ROLE_TITLE);
	assert_int_equal(pt_frame_text(frame, everywhere, 7, 0, pen, "abcdef"), 6);
	assert_row(frame, 0, "       abc");
	pt_frame_text(frame, everywhere, -2, 1, pen, "abcdef");
	assert_row(frame, 1, "cdef");
	pt_frame_text(frame, (pt_rect){2, 2, 3, 1}, 0, 2, pen, "abcdefgh");
	assert_row(frame, 2, "  cde");
	assert_int_equal(pt_frame_get(frame, 2, 2).role, PT_ROLE_TITLE);
	assert_int_equal(pt_frame_text(frame, everywhere, 0, 5, pen, "off"), 3);
	assert_int_equal(pt_frame_text(frame, everywhere, INT_MAX, 0, pen, "off"), 3);
	pt_frame_text(frame, everywhere, INT_MIN, 0, pen, "off");
	pt_frame_clear(frame);
	assert_int_equal(pt_frame_text_right(frame, everywhere, 9, 0, pen, "right"), 5);
	assert_row(frame, 0, "    right");
	assert_int_equal(pt_frame_textf(frame, everywhere, 0, 1, pen, "%d‖%s", 7, "B"), 3);
	assert_row(frame, 1, "7‖B");
	pt_frame_destroy(frame);
}

static void foreign_text_is_sanitized(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(20, 2, PT_CHARSET_UTF8);
	pt_frame_text(frame, everywhere, 0, 0, pt_pen_of(PT_ROLE_TEXT),
		"a\x1b[2J\xff"
		"b\u202Ec\u0301d\ne");
	assert_row(frame, 0,
		"a\uFFFD[2J\uFFFD"
		"b\uFFFD"
		"cd");
	pt_frame_put(frame, everywhere, 0, 1, pt_pen_of(PT_ROLE_TEXT), 0x1B);
	pt_frame_put(frame, everywhere, 1, 1, pt_pen_of(PT_ROLE_TEXT), 0xFFFFFFFF);
	assert_row(frame, 1, "\uFFFD\uFFFD");
	pt_frame_destroy(frame);
}

static void long_text_ends_in_an_ellipsis(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(10, 4, PT_CHARSET_UTF8);
	pt_pen pen = pt_pen_of(PT_ROLE_TEXT);
	assert_int_equal(pt_frame_text_cut(frame, everywhere, 0, 0, 5, pen, "abcdefgh"), 5);
	assert_row(frame, 0, "abcd…");
	assert_int_equal(pt_frame_text_cut(frame, everywhere, 0, 1, 5, pen, "abcde"), 5);
	assert_row(frame, 1, "abcde");
	assert_int_equal(pt_frame_text_cut(frame, everywhere, 0, 2, 1, pen, "abcde"), 1);
	assert_row(frame, 2, "…");
	assert_int_equal(pt_frame_text_cut(frame, everywhere, 0, 3, 0, pen, "abcde"), 0);
	assert_int_equal(pt_frame_text_cut(frame, everywhere, 0, 3, -9, pen, "abcde"), 0);
	assert_int_equal(pt_frame_text_cut(frame, everywhere, 0, 3, 4, pen, "ab漢字"), 4);
	assert_row(frame, 3, "ab …");
	pt_frame_destroy(frame);
}

static void wide_characters_never_leave_half_of_themselves(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(6, 2, PT_CHARSET_UTF8);
	pt_pen pen = pt_pen_of(PT_ROLE_TEXT);
	assert_int_equal(pt_frame_text(frame, everywhere, 0, 0, pen, "漢字x"), 5);
	assert_int_equal(pt_frame_get(frame, 0, 0).width, 2);
	assert_int_equal(pt_frame_get(frame, 1, 0).width, 0);
	assert_row(frame, 0, "漢字x");
	pt_frame_put(frame, everywhere, 1, 0, pen, 'a');
	assert_row(frame, 0, " a字x");
	pt_frame_put(frame, everywhere, 2, 0, pen, 'b');
	assert_row(frame, 0, " ab x");
	pt_frame_text(frame, everywhere, 0, 0, pen, "漢字x");
	pt_frame_text(frame, everywhere, 1, 0, pen, "語");
	assert_row(frame, 0, " 語 x");
	pt_frame_text(frame, (pt_rect){0, 1, 3, 1}, 0, 1, pen, "a漢字"); /* the edge cuts 字 away */
	assert_row(frame, 1, "a漢");
	pt_frame_clear(frame);
	pt_frame_text(frame, (pt_rect){0, 1, 2, 1}, 0, 1, pen, "a漢"); /* and here through 漢 */
	assert_row(frame, 1, "a");
	for (int x = 0; x < 6; x++)
		assert_int_equal(pt_frame_get(frame, x, 1).width, 1);
	pt_frame_destroy(frame);
}

static void text_keeps_the_ground_and_fill_resets_it(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(4, 2, PT_CHARSET_UTF8);
	pt_frame_ground(frame, (pt_rect){1, 0, 2, 9}, PT_ROLE_SELECTED, 300);
	pt_frame_text(frame, everywhere, 0, 0, pt_pen_of(PT_ROLE_TEXT), "abcd");
	assert_int_equal(pt_frame_get(frame, 0, 0).ground, 0);
	assert_int_equal(pt_frame_get(frame, 1, 0).ground, PT_ROLE_SELECTED);
	assert_int_equal(pt_frame_get(frame, 1, 0).ground_level, 100);
	pt_frame_fill(frame, (pt_rect){-5, -5, 100, 6}, pt_pen_level(PT_ROLE_STEP, 40), '#');
	assert_int_equal(pt_frame_get(frame, 1, 0).ground, 0);
	assert_int_equal(pt_frame_get(frame, 1, 0).level, 40);
	assert_int_equal(pt_frame_get(frame, 1, 1).ground, PT_ROLE_SELECTED);
	pt_frame_destroy(frame);
}

static void boxes(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(40, 8, PT_CHARSET_UTF8);
	pt_box box = {.key = "1", .title = "norm ‖B‖", .figure = "0.1257 @790", .footer = "3 of 9"};
	pt_rect inside = pt_frame_box(frame, (pt_rect){0, 0, 40, 3}, &box);
	assert_row(frame, 0, "╭─┤1 norm ‖B‖├───────────┤0.1257 @790├─╮");
	assert_row(frame, 1, "│                                      │");
	assert_row(frame, 2, "╰─────────────────────────────┤3 of 9├─╯");
	assert_int_equal(inside.x, 1);
	assert_int_equal(inside.w, 38);
	assert_int_equal(inside.h, 1);
	assert_int_equal(pt_frame_get(frame, 3, 0).role, PT_ROLE_HOT_KEY);
	assert_int_equal(pt_frame_get(frame, 5, 0).role, PT_ROLE_TITLE);
	pt_frame_box(frame, (pt_rect){0, 3, 28, 2}, &box);
	assert_row(frame, 3, "╭┤1 norm ‖B‖├─┤0.1257 @790├╮");
	box.focused = true;
	pt_frame_box(frame, (pt_rect){0, 5, 20, 3}, &box);
	assert_row(frame, 5, "╭─┤1 norm ‖B‖├─────╮");
	assert_int_equal(pt_frame_get(frame, 0, 5).role, PT_ROLE_BORDER_FOCUS);
	pt_frame_destroy(frame);
	frame = new_frame(24, 3, PT_CHARSET_ASCII);
	pt_frame_box(frame, pt_frame_rect(frame), &(pt_box){.title = "PCA – 2 ≥ 1"});
	assert_row(frame, 0, "+-+PCA - 2 > 1+--------+");
	assert_row(frame, 1, "|                      |");
	pt_frame_destroy(frame);
}

static void any_rectangle_is_safe(void **state)
{
	(void)state;
	static const int numbers[] = {INT_MIN, INT_MIN + 1, -7, -1, 0, 1, 2, 3, 5, 40, INT_MAX - 1, INT_MAX};
	enum { N = sizeof numbers / sizeof *numbers };
	pt_box box = {
		.key = "1", .title = "a long title 漢字漢字", .figure = "0.1 @7", .footer = "foot", .focused = true};
	for (int cols = 1; cols < 14; cols += 4)
		for (int charset = 0; charset < 2; charset++) {
			pt_frame *frame = new_frame(cols, 3, (pt_charset)charset);
			pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 7, 7);
			pt_canvas_shade(canvas, 0, 0, 9, 9, 0x2591, pt_ink_of(PT_ROLE_PROVISIONAL, 0), PT_ROLE_BAND, 0);
			for (int i = 0; i < N * N * N; i++) {
				pt_rect rect = {numbers[i % N], numbers[i / 7 % N], numbers[i / N % N], numbers[i / N / N]};
				if (rect.w < 100 && rect.h < 100 && rect.x > -100 && rect.x < 100 && rect.y > -100 &&
					rect.y < 100)
					pt_frame_box(frame, rect, &box);
				pt_frame_fill(frame, rect, pt_pen_of(PT_ROLE_TEXT), 0x6F22);
				pt_frame_ground(frame, rect, PT_ROLE_BAND, -4);
				pt_frame_text(frame, rect, rect.x, rect.y, pt_pen_of(PT_ROLE_TEXT), "漢a字");
				pt_frame_put(frame, rect, rect.w, rect.h, pt_pen_of(PT_ROLE_TEXT), 'x');
				pt_frame_hline(frame, rect, rect.x, rect.y, rect.w, pt_pen_of(PT_ROLE_AXIS), 0x2500);
				pt_frame_vline(frame, rect, rect.x, rect.y, rect.h, pt_pen_of(PT_ROLE_AXIS), 0x2502);
				pt_frame_blit(frame, rect, canvas);
				pt_frame_get(frame, rect.x, rect.y);
				for (int y = 0; y < 3; y++) { /* no half of a wide character stands alone */
					int width = 0;
					for (int x = 0; x < cols; x++)
						width += pt_frame_get(frame, x, y).width;
					assert_int_equal(width, cols);
				}
			}
			pt_canvas_destroy(canvas);
			pt_frame_destroy(frame);
		}
}

static void a_canvas_is_copied_where_it_shows_something(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(4, 1, PT_CHARSET_UTF8);
	pt_frame_text(frame, everywhere, 0, 0, pt_pen_of(PT_ROLE_LABEL), "abcd");
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 2, 1);
	pt_ink ink = pt_ink_of(PT_ROLE_SERIES_2, 1);
	ink.level = 9;
	ink.attributes = PT_ATTR_BOLD;
	pt_canvas_dot(canvas, 0, 0, ink);
	pt_canvas_shade(canvas, 2, 0, 3, 3, 0, ink, PT_ROLE_BAND, 0);
	pt_frame_blit(frame, (pt_rect){1, 0, 3, 1}, canvas);
	pt_frame_blit(frame, (pt_rect){0, 0, 3, 1}, NULL);
	assert_row(frame, 0, "a⠁cd");
	pt_cell cell = pt_frame_get(frame, 1, 0);
	assert_int_equal(cell.role, PT_ROLE_SERIES_2);
	assert_int_equal(cell.level, 9);
	assert_int_equal(cell.attributes, PT_ATTR_BOLD);
	assert_int_equal(pt_frame_get(frame, 2, 0).ground, PT_ROLE_BAND);
	pt_canvas_destroy(canvas);
	pt_frame_destroy(frame);
}

static void ascii_frames_hold_ascii_only(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(200, 1, PT_CHARSET_ASCII);
	for (uint32_t glyph = 0; glyph < 0x30000; glyph++) {
		pt_frame_put(frame, everywhere, 0, 0, pt_pen_of(PT_ROLE_TEXT), glyph);
		assert_in_range(pt_frame_get(frame, 0, 0).glyph, 0x20, 0x7E);
	}
	pt_frame_clear(frame);
	pt_frame_text(frame, everywhere, 0, 0, pt_pen_of(PT_ROLE_TEXT), "‖B‖ ≈ 1 · ● ◆ ░ ━ ← → λ₁ 漢 °");
	assert_row(frame, 0, "|B| ~ 1 . * # : - < > l1 ?? o");
	pt_frame_destroy(frame);
}

static void sizes_are_bounded_and_memory_may_be_out(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(0, -3, PT_CHARSET_UTF8), *other = NULL;
	assert_int_equal(frame->cols, 1);
	assert_int_equal(frame->rows, 1);
	pt_frame_text(frame, everywhere, 0, 0, pt_pen_of(PT_ROLE_TEXT), "x");
	pt_error err;
	pt_alloc_fail_at(1, false);
	assert_int_equal(pt_frame_resize(frame, 30, 30, &err), PT_ERR_MEMORY);
	assert_row(frame, 0, "x");
	for (size_t n = 1; n <= 2; n++) {
		pt_alloc_fail_at(n, false);
		assert_int_equal(pt_frame_create(3, 3, PT_CHARSET_UTF8, &other, &err), PT_ERR_MEMORY);
		assert_null(other);
	}
	pt_alloc_fail_at(0, false);
	assert_int_equal(pt_frame_resize(frame, 30, 20, &err), PT_OK);
	assert_int_equal(frame->cols, 30);
	other = new_frame(30, 20, PT_CHARSET_UTF8);
	assert_true(pt_frame_equal(frame, other));
	pt_frame_ground(other, (pt_rect){3, 3, 1, 1}, PT_ROLE_BAND, 0);
	assert_false(pt_frame_equal(frame, other));
	pt_frame_destroy(frame);
	pt_frame_destroy(other);
	pt_frame_destroy(NULL);
}

static void rectangles(void **state)
{
	(void)state;
	pt_rect r = pt_rect_intersect((pt_rect){-5, -5, 10, 10}, (pt_rect){0, 0, 3, 100});
	assert_int_equal(r.x, 0);
	assert_int_equal(r.w, 3);
	assert_int_equal(r.h, 5);
	assert_true(pt_rect_is_empty(pt_rect_intersect(r, (pt_rect){7, 0, 3, 3})));
	r = pt_rect_intersect((pt_rect){INT_MAX - 1, 0, INT_MAX, 5}, (pt_rect){0, 0, INT_MAX, 5});
	assert_int_equal(r.w, 1);
	r = pt_rect_inset((pt_rect){0, 0, 5, 5}, 3, 1, 3, 1);
	assert_int_equal(r.w, 0);
	assert_int_equal(r.h, 3);
}

static void every_role_has_a_name_and_series_go_round(void **state)
{
	(void)state;
	for (int a = 0; a < PT_N_ROLES; a++)
		for (int b = 0; b < a; b++)
			assert_string_not_equal(pt_role_name((pt_role)a), pt_role_name((pt_role)b));
	assert_string_equal(pt_role_name(PT_N_ROLES), "unknown");
	assert_int_equal(pt_role_series(0), PT_ROLE_SERIES_1);
	assert_int_equal(pt_role_series(13), PT_ROLE_SERIES_2);
	assert_int_equal(pt_role_series(-1), PT_ROLE_SERIES_12);
	assert_int_equal(pt_role_series(INT_MIN), pt_role_series(INT_MIN + 12));
	assert_true(pt_marker_series(0) != pt_marker_series(1));
	assert_true(pt_ascii_series(-1) == '@');
	assert_true(pt_role_is_gradient(PT_ROLE_STEP));
	assert_false(pt_role_is_gradient(PT_ROLE_TEXT));
	assert_false(pt_role_is_gradient(PT_N_ROLES));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_clipped_and_tells_its_width),
		cmocka_unit_test(foreign_text_is_sanitized),
		cmocka_unit_test(long_text_ends_in_an_ellipsis),
		cmocka_unit_test(wide_characters_never_leave_half_of_themselves),
		cmocka_unit_test(text_keeps_the_ground_and_fill_resets_it),
		cmocka_unit_test(boxes),
		cmocka_unit_test(any_rectangle_is_safe),
		cmocka_unit_test(a_canvas_is_copied_where_it_shows_something),
		cmocka_unit_test(ascii_frames_hold_ascii_only),
		cmocka_unit_test(sizes_are_bounded_and_memory_may_be_out),
		cmocka_unit_test(rectangles),
		cmocka_unit_test(every_role_has_a_name_and_series_go_round),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
