/* SVG pictures: well-formed, deterministic, small, shapes in place of glyphs, errors told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "svg_reading.h"

static void a_small_picture(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(12, 2);
	pt_theme *theme = new_theme("");
	pt_frame_text(frame, everywhere, 1, 0, pt_pen_of(PT_ROLE_TITLE), "a b  c");
	pt_frame_put(frame, everywhere, 0, 1, pt_pen_of(PT_ROLE_SERIES_1), 0x2881);
	pt_frame_put(frame, everywhere, 1, 1, pt_pen_of(PT_ROLE_SERIES_1), 0x2801);
	char *svg = svg_of(frame, theme, NULL);
	assert_well_formed(svg);
	assert_non_null(strstr(svg, "width=\"120\" height=\"40\" viewBox=\"0 0 240 80\""));
	assert_non_null(strstr(svg, "fill=\"#101418\""));
	/* a single space stays inside of a run, two divide it */
	assert_non_null(strstr(svg, "x=\"20\" y=\"30\" textLength=\"60\">a b</text>"));
	assert_non_null(strstr(svg, "x=\"120\" y=\"30\" textLength=\"20\">c</text>"));
	/* three dots of two cells in one path */
	assert_non_null(strstr(svg, "d=\"M5 45h0M15 75h0M25 45h0\""));
	assert_int_equal(count(svg, "<path"), 1);
	free(svg);
	pt_frame_destroy(frame);
	pt_theme_destroy(theme);
}

static void glyphs_become_shapes(void **state)
{
	(void)state;
	static const struct {
		uint32_t glyph;
		const char *path;
	} cases[] = {
		{0x2500, "M0 21H20"},
		{0x2502, "M11 0V40"},
		{0x2524, "M0 21H11M11 0V40"},
		{0x252C, "M0 21H20M11 21V40"},
		{0x256D, "M11 40V30Q11 21 20 21H20"},
		{0x2588, "M0 0h20v40h-20z"},
		{0x2584, "M0 20h20v20h-20z"},
		{0x2580, "M0 0h20v20h-20z"},
		{0x2581, "M0 35h20v5h-20z"},
		{0x258C, "M0 0h10v40h-10z"},
		{0x25CF, "M1 20a9 9 0 1 0 18 0a9 9 0 1 0 -18 0z"},
		{0x25C6, "M10 10L19 20L10 30L1 20z"},
		{0x2591, "M0 0h20v40h-20z"},
		{0x254E, "M11 5v10M11 25v10"},
	};
	pt_theme *theme = new_theme("");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pt_frame *frame = new_frame(1, 1);
		pt_frame_put(frame, everywhere, 0, 0, pt_pen_of(PT_ROLE_AXIS), cases[i].glyph);
		char *svg = svg_of(frame, theme, NULL);
		assert_well_formed(svg);
		assert_non_null(strstr(svg, cases[i].path));
		assert_null(strstr(svg, "<text"));
		free(svg);
		pt_frame_destroy(frame);
	}
	pt_theme_destroy(theme);
}

static void hostile_text_stays_text(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(60, 3);
	pt_theme *theme = new_theme("");
	pt_frame_text(
		frame, everywhere, 0, 0, pt_pen_of(PT_ROLE_TEXT), "</text><script>alert(\"1\")&'\x1b]0;x\x07");
	pt_frame_text(frame, everywhere, 0, 1, pt_pen_of(PT_ROLE_TEXT), "漢字 ‖B‖ \xff");
	pt_svg_options options = {.title = "a<b>&\"\x01", .window = true};
	char *svg = svg_of(frame, theme, &options);
	assert_well_formed(svg);
	assert_null(strstr(svg, "<script"));
	assert_null(strstr(svg, "href"));
	assert_int_equal(count(svg, "http"), 1); /* the name space alone */
	assert_non_null(strstr(svg, "&lt;/text&gt;&lt;script&gt;"));
	assert_non_null(strstr(svg, "textLength=\"200\">漢字 ‖B‖ \uFFFD</text>"));
	free(svg);
	pt_frame_destroy(frame);
	pt_theme_destroy(theme);
}

static void grounds_reverse_and_the_terminals_own_colours(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(10, 1);
	pt_theme *theme = new_theme(
		"theme[main_bg]=\"\"\ntheme[main_fg]=\"\"\nassume_bg=\"#ffffff\"\ntheme[selected_bg]=\"#123456\"");
	pt_frame_text(frame, everywhere, 0, 0, pt_pen_of(PT_ROLE_TEXT), "abc");
	pt_frame_ground(frame, (pt_rect){2, 0, 3, 1}, PT_ROLE_SELECTED, 0);
	pt_pen reverse = {.role = PT_ROLE_TEXT, .attributes = PT_ATTR_REVERSE};
	pt_frame_put(frame, everywhere, 8, 0, reverse, 'r');
	char *svg = svg_of(frame, theme, NULL);
	assert_well_formed(svg);
	assert_non_null(strstr(svg, "<rect width=\"200\" height=\"40\" fill=\"#ffffff\"/>"));
	assert_non_null(strstr(svg, "fill=\"#123456\" d=\"M40 0h60v40h-60z\""));
	assert_non_null(strstr(svg, "fill=\"#101010\" d=\"M160 0h20v40h-20z\""));
	free(svg);
	pt_frame_destroy(frame);
	pt_theme_destroy(theme);
}

static void equal_frames_give_equal_bytes(void **state)
{
	(void)state;
	pt_theme *theme = new_theme("");
	char *pictures[2];
	for (int i = 0; i < 2; i++) {
		pt_frame *frame = new_frame(80, 24);
		for (int y = 0; y < 24; y++)
			for (int x = 0; x < 80; x++)
				pt_frame_put(frame, everywhere, x, y, pt_pen_level(PT_ROLE_STEP, (x * 7 + y) % 101),
					(x + y) % 3 ? 0x2800u + (uint32_t)(x * y % 256) : ' ');
		pictures[i] = svg_of(frame, theme, &(pt_svg_options){.window = i == 7});
		pt_frame_destroy(frame);
	}
	assert_string_equal(pictures[0], pictures[1]);
	assert_well_formed(pictures[0]);
	free(pictures[0]);
	free(pictures[1]);
	pt_theme_destroy(theme);
}

static void failures_are_told(void **state)
{
	(void)state;
	pt_frame *frame = new_frame(30, 5);
	pt_theme *theme = new_theme("");
	pt_error err;
	pt_frame_text(frame, everywhere, 0, 0, pt_pen_of(PT_ROLE_TITLE), "title");
	for (size_t n = 1; n <= 3; n++) {
		FILE *out = fopen("/dev/null", "w");
		pt_alloc_fail_at(n, false);
		assert_int_equal(pt_report_svg(frame, theme, NULL, out, &err), PT_ERR_MEMORY);
		pt_alloc_fail_at(0, false);
		fclose(out);
	}
	FILE *full = fopen("/dev/full", "w");
	if (full) {
		setvbuf(full, NULL, _IONBF, 0);
		assert_int_equal(pt_report_svg(frame, theme, NULL, full, &err), PT_ERR_IO);
		fclose(full);
	}
	pt_frame_destroy(frame);
	pt_theme_destroy(theme);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_picture),
		cmocka_unit_test(glyphs_become_shapes),
		cmocka_unit_test(hostile_text_stays_text),
		cmocka_unit_test(grounds_reverse_and_the_terminals_own_colours),
		cmocka_unit_test(equal_frames_give_equal_bytes),
		cmocka_unit_test(failures_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
