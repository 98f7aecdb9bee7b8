/* Dots to cells: exact bit patterns, ownership, clipping. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <limits.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "phasetop/plot/canvas.h"

static const pt_ink red = {.role = 1, .series = 1}, blue = {.role = 2, .series = 2};

static uint32_t glyph_at(const pt_canvas *canvas, int col, int row)
{
	pt_ink ink;
	return pt_canvas_glyph(canvas, col, row, &ink);
}

static void braille_bits_are_those_of_unicode(void **state)
{
	(void)state;
	static const uint8_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
	for (int y = 0; y < 4; y++)
		for (int x = 0; x < 2; x++) {
			pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 2, 2);
			pt_canvas_dot(canvas, 2 + x, 4 + y, red);
			assert_int_equal(glyph_at(canvas, 1, 1), 0x2800 + bits[y][x]);
			assert_int_equal(glyph_at(canvas, 0, 0), 0);
			pt_canvas_destroy(canvas);
		}
}

static void block_and_ascii_patterns(void **state)
{
	(void)state;
	pt_canvas *block = pt_canvas_create(PT_CANVAS_BLOCK, 1, 1),
			  *ascii = pt_canvas_create(PT_CANVAS_ASCII, 1, 1);
	pt_canvas_dot(block, 0, 0, red);
	assert_int_equal(glyph_at(block, 0, 0), 0x2580);
	pt_canvas_dot(block, 0, 1, red);
	assert_int_equal(glyph_at(block, 0, 0), 0x2588);
	pt_canvas_dot(block, 0, 1, blue);
	assert_int_equal(glyph_at(block, 0, 0), 0x2584);
	pt_canvas_dot(ascii, 0, 0, red);
	assert_int_equal(glyph_at(ascii, 0, 0), '\'');
	pt_canvas_dot(ascii, 0, 2, red);
	assert_int_equal(glyph_at(ascii, 0, 0), ':');
	pt_ink star = {.role = 1, .series = 3, .ascii = '*'};
	pt_canvas_dot(ascii, 0, 1, star);
	assert_int_equal(glyph_at(ascii, 0, 0), '*');
	pt_canvas_destroy(block);
	pt_canvas_destroy(ascii);
}

static void a_later_series_takes_the_cell_over(void **state)
{
	(void)state;
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 1, 1);
	pt_ink ink;
	pt_canvas_dot(canvas, 0, 0, red);
	pt_canvas_dot(canvas, 1, 3, blue);
	assert_int_equal(pt_canvas_glyph(canvas, 0, 0, &ink), 0x2880);
	assert_int_equal(ink.role, 2);
	/* the same series at another place of its gradient does not erase itself */
	pt_ink later = blue;
	later.level = 60;
	pt_canvas_dot(canvas, 0, 0, later);
	assert_int_equal(pt_canvas_glyph(canvas, 0, 0, &ink), 0x2881);
	assert_int_equal(ink.level, 60);
	pt_canvas_destroy(canvas);
}

static void dots_hide_what_lies_under_and_over_hides_dots(void **state)
{
	(void)state;
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 3, 1);
	pt_ink ink;
	pt_canvas_vline(canvas, 2, 0x250A, blue);
	assert_int_equal(pt_canvas_glyph(canvas, 1, 0, &ink), 0x250A);
	assert_false(pt_canvas_is_taken(canvas, 1, 0));
	pt_canvas_dot(canvas, 2, 0, red);
	assert_int_equal(pt_canvas_glyph(canvas, 1, 0, &ink), 0x2801);
	assert_true(pt_canvas_is_taken(canvas, 1, 0));
	pt_canvas_over(canvas, 1, 0, 0x25C6, blue);
	assert_int_equal(pt_canvas_glyph(canvas, 1, 0, &ink), 0x25C6);
	assert_int_equal(ink.role, 2);
	pt_canvas_destroy(canvas);
}

static void lines_have_no_holes_and_end_where_they_should(void **state)
{
	(void)state;
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 4, 1);
	pt_canvas_line(canvas, 0, 3, 7, 3, red, PT_SOLID, NULL);
	for (int col = 0; col < 4; col++)
		assert_int_equal(glyph_at(canvas, col, 0), 0x28C0);
	pt_canvas_destroy(canvas);
	canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 2, 1);
	pt_canvas_line(canvas, 3, 3, 0, 0, red, PT_SOLID, NULL);
	assert_int_equal(glyph_at(canvas, 0, 0), 0x2811);
	assert_int_equal(glyph_at(canvas, 1, 0), 0x2884);
	pt_canvas_destroy(canvas);
}

static void a_dash_pattern_goes_on_over_the_joint_of_two_lines(void **state)
{
	(void)state;
	pt_canvas *one = pt_canvas_create(PT_CANVAS_BRAILLE, 20, 1),
			  *two = pt_canvas_create(PT_CANVAS_BRAILLE, 20, 1);
	unsigned phase = 0;
	pt_canvas_line(one, 0, 0, 39, 0, red, PT_DASHED, NULL);
	pt_canvas_line(two, 0, 0, 17, 0, red, PT_DASHED, &phase);
	pt_canvas_line(two, 17, 0, 39, 0, red, PT_DASHED, &phase);
	int drawn = 0;
	for (int col = 0; col < 20; col++) {
		assert_int_equal(glyph_at(one, col, 0), glyph_at(two, col, 0));
		drawn += glyph_at(one, col, 0) == 0x2809;
	}
	assert_in_range(drawn, 5, 15);
	pt_canvas_destroy(one);
	pt_canvas_destroy(two);
}

static void far_and_outside_lines_are_clipped(void **state)
{
	(void)state;
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 3, 3);
	pt_canvas_line(canvas, INT_MIN, INT_MIN, INT_MAX, INT_MIN, red, PT_SOLID, NULL);
	pt_canvas_line(canvas, -5, 0, -1, 11, red, PT_SOLID, NULL);
	pt_canvas_line(canvas, 6, 0, 60, 0, red, PT_SOLID, NULL);
	for (int i = 0; i < 9; i++)
		assert_int_equal(glyph_at(canvas, i % 3, i / 3), 0);
	pt_canvas_line(canvas, INT_MIN, 5, INT_MAX, 5, red, PT_SOLID, NULL);
	for (int col = 0; col < 3; col++)
		assert_int_equal(glyph_at(canvas, col, 1), 0x2812);
	pt_canvas_destroy(canvas);
}

static void shading_touches_the_cells_of_its_dots_only(void **state)
{
	(void)state;
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, 4, 4);
	pt_canvas_shade(canvas, 3, 5, 4, 8, 0x2591, blue, 7, 50);
	for (int row = 0; row < 4; row++)
		for (int col = 0; col < 4; col++) {
			bool in = (col == 1 || col == 2) && (row == 1 || row == 2);
			assert_int_equal(canvas->cells[row * 4 + col].ground, in ? 7 : 0);
			assert_int_equal(glyph_at(canvas, col, row), in ? 0x2591 : 0);
		}
	pt_canvas_shade(
		canvas, INT_MAX, INT_MIN, INT_MIN, INT_MAX, 0, blue, 9, 0); /* swapped and huge: all of it */
	for (int i = 0; i < 16; i++)
		assert_int_equal(canvas->cells[i].ground, 9);
	pt_canvas_shade(canvas, 8, 0, 100, 100, 0, blue, 1, 0); /* outside */
	pt_canvas_hline(canvas, 16, 0, 7, '-', blue);
	pt_canvas_hline(canvas, -1, 0, 7, '-', blue);
	for (int i = 0; i < 16; i++)
		assert_int_equal(canvas->cells[i].ground, 9);
	pt_canvas_destroy(canvas);
}

static void nothing_is_drawn_without_a_canvas_or_a_role(void **state)
{
	(void)state;
	pt_ink ink, none = {0};
	pt_canvas_dot(NULL, 0, 0, red);
	pt_canvas_line(NULL, 0, 0, 1, 1, red, PT_SOLID, NULL);
	pt_canvas_vline(NULL, 0, 'x', red);
	pt_canvas_hline(NULL, 0, 0, 1, 'x', red);
	pt_canvas_shade(NULL, 0, 0, 1, 1, 'x', red, 1, 0);
	assert_int_equal(pt_canvas_glyph(NULL, 0, 0, &ink), 0);
	pt_canvas_destroy(NULL);
	assert_null(pt_canvas_create(PT_CANVAS_BLOCK, 0, 5));
	assert_null(pt_canvas_create(PT_CANVAS_BLOCK, 5, -1));
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BLOCK, 1, 1);
	pt_canvas_dot(canvas, 0, 0, none);
	assert_int_equal(glyph_at(canvas, 0, 0), 0);
	pt_canvas_destroy(canvas);
	for (size_t n = 1; n <= 2; n++) {
		pt_alloc_fail_at(n, false);
		assert_null(pt_canvas_create(PT_CANVAS_BLOCK, 5, 5));
	}
	pt_alloc_fail_at(0, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(braille_bits_are_those_of_unicode),
		cmocka_unit_test(block_and_ascii_patterns),
		cmocka_unit_test(a_later_series_takes_the_cell_over),
		cmocka_unit_test(dots_hide_what_lies_under_and_over_hides_dots),
		cmocka_unit_test(lines_have_no_holes_and_end_where_they_should),
		cmocka_unit_test(a_dash_pattern_goes_on_over_the_joint_of_two_lines),
		cmocka_unit_test(far_and_outside_lines_are_clipped),
		cmocka_unit_test(shading_touches_the_cells_of_its_dots_only),
		cmocka_unit_test(nothing_is_drawn_without_a_canvas_or_a_role),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
