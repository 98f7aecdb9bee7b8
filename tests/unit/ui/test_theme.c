/* Themes: btop's syntax, what is inherited, colours at four depths, contrast of what is shipped. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "phasetop/ui/theme.h"

static pt_theme *parse(const char *text)
{
	pt_theme *theme = NULL;
	assert_int_equal(pt_theme_parse("test", text, strlen(text), &theme, NULL), PT_OK);
	return theme;
}

static unsigned hex(pt_rgb c)
{
	return (unsigned)c.r << 16 | (unsigned)c.g << 8 | c.b;
}

static pt_colour fg(const pt_theme *theme, pt_role role, int level, pt_colour_depth depth)
{
	return pt_theme_role_style(theme, role, level, depth).fg;
}

static unsigned fg_hex(const char *text, pt_role role, int level)
{
	pt_theme *theme = parse(text);
	pt_colour colour = fg(theme, role, level, PT_DEPTH_TRUE);
	pt_theme_destroy(theme);
	assert_int_equal(colour.kind, PT_COLOUR_RGB);
	return hex(colour.rgb);
}

static void every_form_of_a_value(void **state)
{
	(void)state;
	assert_int_equal(fg_hex("theme[main_fg]=\"#12aBf0\"", PT_ROLE_TEXT, 0), 0x12abf0);
	assert_int_equal(fg_hex("theme[main_fg]=\"#cc\"", PT_ROLE_TEXT, 0), 0xcccccc);
	assert_int_equal(fg_hex("theme[main_fg]=\"1 20 255\"", PT_ROLE_TEXT, 0), 0x0114ff);
	assert_int_equal(fg_hex("  theme[main_fg] = '#010203'  # comment", PT_ROLE_TEXT, 0), 0x010203);
	assert_int_equal(fg_hex("theme[main_fg]=#010203", PT_ROLE_TEXT, 0), 0x010203);
	assert_int_equal(fg_hex("theme[main_fg]=\"#010203\"\r\n", PT_ROLE_TEXT, 0), 0x010203);
	assert_int_equal(
		fg_hex("theme[main_fg]=\"#010203\"\ntheme[main_fg]=\"#040506\"", PT_ROLE_TEXT, 0), 0x040506);
	pt_theme *theme = parse("theme[main_fg]=\"203\"\ntheme[title]=\"bright red\"\ntheme[hi_fg]=\"Grey\"\n"
							"theme[main_bg]=\"\"\ntheme[ok]=default\ntheme[warn]=light_cyan");
	pt_colour colour = fg(theme, PT_ROLE_TEXT, 0, PT_DEPTH_TRUE);
	assert_int_equal(colour.kind, PT_COLOUR_INDEX);
	assert_int_equal(colour.index, 203);
	assert_int_equal(fg(theme, PT_ROLE_TITLE, 0, PT_DEPTH_TRUE).index, 9);
	assert_int_equal(fg(theme, PT_ROLE_HOT_KEY, 0, PT_DEPTH_TRUE).index, 8);
	assert_int_equal(fg(theme, PT_ROLE_WARN, 0, PT_DEPTH_TRUE).index, 14);
	assert_int_equal(fg(theme, PT_ROLE_OK, 0, PT_DEPTH_TRUE).kind, PT_COLOUR_DEFAULT);
	assert_int_equal(pt_theme_role_style(theme, PT_ROLE_TEXT, 0, PT_DEPTH_TRUE).bg.kind, PT_COLOUR_DEFAULT);
	pt_theme_destroy(theme);
}

static void what_is_wrong_is_told_with_its_line_and_passed_over(void **state)
{
	(void)state;
	pt_theme *theme =
		parse("# fine\ntheme[main_fg]=\"#12345\"\ntheme[unknown]=\"nonsense\"\nwhat is this\x1b[2J\n"
			  "theme[title=\"#ffffff\"\ntty[main_fg]=\"77\"\ntheme[hi_fg]=\"#ffffff\ntheme[title]=\"256\"\n"
			  "x256[title]=\"#123456\"\nassume_bg=\"mauve\"\n\ntheme[main_fg]=\"#010203\"\n");
	static const int lines[] = {2, 4, 5, 7, 8, 10, 6, 9};
	size_t n;
	const pt_theme_problem *problems = pt_theme_problems(theme, &n);
	assert_int_equal(n, sizeof lines / sizeof *lines);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(problems[i].line, lines[i]);
		assert_true(strlen(problems[i].message) > 0);
		assert_null(strchr(problems[i].message, '\x1b'));
	}
	assert_int_equal(hex(fg(theme, PT_ROLE_TEXT, 0, PT_DEPTH_TRUE).rgb), 0x010203);
	assert_int_equal(hex(fg(theme, PT_ROLE_TITLE, 0, PT_DEPTH_TRUE).rgb), 0x010203);   /* from main_fg */
	assert_int_equal(hex(fg(theme, PT_ROLE_HOT_KEY, 0, PT_DEPTH_TRUE).rgb), 0xff5f5f); /* as it was */
	pt_theme_destroy(theme);
}

static void overrides_for_fewer_colours_hold_wherever_they_stand(void **state)
{
	(void)state;
	pt_theme *theme =
		parse("tty[hi_fg]=\"bright blue\"\nx256[hi_fg]=99\ntheme[hi_fg]=\"#ff0000\"\ntty[main_bg]=\"\"\n"
			  "theme[main_bg]=\"#101418\"\n");
	assert_int_equal(fg(theme, PT_ROLE_HOT_KEY, 0, PT_DEPTH_16).index, 12);
	assert_int_equal(fg(theme, PT_ROLE_HOT_KEY, 0, PT_DEPTH_256).index, 99);
	assert_int_equal(hex(fg(theme, PT_ROLE_HOT_KEY, 0, PT_DEPTH_TRUE).rgb), 0xff0000);
	assert_int_equal(pt_theme_role_style(theme, PT_ROLE_TEXT, 0, PT_DEPTH_16).bg.kind, PT_COLOUR_DEFAULT);
	assert_int_equal(pt_theme_role_style(theme, PT_ROLE_TEXT, 0, PT_DEPTH_256).bg.kind, PT_COLOUR_INDEX);
	pt_theme_destroy(theme);
}

static void gradients_run_through_their_stops(void **state)
{
	(void)state;
	const char *two = "theme[step_start]=\"#000000\"\ntheme[step_mid]=\"\"\ntheme[step_end]=\"#c8c8c8\"";
	assert_int_equal(fg_hex(two, PT_ROLE_STEP, 0), 0);
	assert_int_equal(fg_hex(two, PT_ROLE_STEP, 50), 0x646464);
	assert_int_equal(fg_hex(two, PT_ROLE_STEP, 100), 0xc8c8c8);
	const char *three =
		"theme[step_start]=\"#000000\"\ntheme[step_mid]=\"#640000\"\ntheme[step_end]=\"#006400\"";
	assert_int_equal(fg_hex(three, PT_ROLE_STEP, 25), 0x320000);
	assert_int_equal(fg_hex(three, PT_ROLE_STEP, 75), 0x323200);
	assert_int_equal(fg_hex("theme[step_start]=\"#112233\"", PT_ROLE_STEP, 70), 0x112233);
	assert_int_equal(fg_hex(three, PT_ROLE_STEP, -4), 0);
	assert_int_equal(fg_hex(three, PT_ROLE_STEP, 1000), 0x006400);
	pt_theme *theme = parse("theme[step_start]=red\ntheme[step_end]=blue");
	assert_int_equal(fg(theme, PT_ROLE_STEP, 40, PT_DEPTH_16).index, 1);
	assert_int_equal(fg(theme, PT_ROLE_STEP, 60, PT_DEPTH_TRUE).index, 4);
	pt_theme_destroy(theme);
}

static void the_nearest_entries(void **state)
{
	(void)state;
	static const struct {
		unsigned rgb;
		uint8_t index;
	} cases[] = {{0x000000, 16}, {0xffffff, 231}, {0xff0000, 196}, {0x5fafff, 75}, {0xffaf5f, 215},
		{0x87d787, 114}, {0x808080, 244}, {0x101418, 233}, {0x3a444e, 238}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pt_rgb c = {(uint8_t)(cases[i].rgb >> 16), (uint8_t)(cases[i].rgb >> 8), (uint8_t)cases[i].rgb};
		assert_int_equal(pt_rgb_nearest_index(c, 16, 255), cases[i].index);
	}
	assert_int_equal(pt_rgb_nearest_index((pt_rgb){0xff, 0x20, 0x10}, 0, 15), 9);
	for (int i = 16; i < 256;
		 i++) { /* every palette entry is nearest to itself, or to one of the same value */
		pt_rgb self = pt_rgb_of_index((uint8_t)i);
		assert_int_equal(hex(pt_rgb_of_index(pt_rgb_nearest_index(self, 16, 255))), hex(self));
	}
	assert_true(pt_rgb_contrast((pt_rgb){0, 0, 0}, (pt_rgb){255, 255, 255}) > 20.99);
	assert_true(pt_rgb_contrast((pt_rgb){9, 9, 9}, (pt_rgb){9, 9, 9}) < 1.01);
}

static void colours_that_fall_together_are_kept_apart(void **state)
{
	(void)state;
	pt_theme *theme = parse("theme[main_bg]=\"#000000\"\ntheme[div_line]=\"#0a0a0a\"");
	pt_style style = pt_theme_role_style(theme, PT_ROLE_BORDER, 0, PT_DEPTH_16);
	assert_int_equal(style.bg.index, 0);
	assert_int_not_equal(style.fg.index, 0);
	pt_theme_destroy(theme);
}

static void no_colour_means_attributes_only(void **state)
{
	(void)state;
	pt_theme *theme = parse("");
	for (int role = 0; role < PT_N_ROLES; role++)
		for (int ground = 0; ground < PT_N_ROLES; ground++) {
			pt_cell cell = {.role = (uint8_t)role, .ground = (uint8_t)ground, .level = 50};
			pt_style style = pt_theme_style(theme, &cell, PT_DEPTH_MONO);
			assert_int_equal(style.fg.kind, PT_COLOUR_DEFAULT);
			assert_int_equal(style.bg.kind, PT_COLOUR_DEFAULT);
		}
	assert_true(
		pt_theme_role_style(theme, PT_ROLE_HEADLINE_WARN, 0, PT_DEPTH_MONO).attributes & PT_ATTR_REVERSE);
	assert_false(
		pt_theme_role_style(theme, PT_ROLE_HEADLINE_WARN, 0, PT_DEPTH_TRUE).attributes & PT_ATTR_REVERSE);
	pt_cell cell = {.role = PT_ROLE_TEXT, .ground = PT_ROLE_SELECTED, .attributes = PT_ATTR_UNDERLINE};
	assert_int_equal(
		pt_theme_style(theme, &cell, PT_DEPTH_MONO).attributes, PT_ATTR_REVERSE | PT_ATTR_UNDERLINE);
	pt_theme_destroy(theme);
}

static void grounds_lie_under_any_role(void **state)
{
	(void)state;
	pt_theme *theme =
		parse("theme[selected_bg]=\"#010203\"\ntheme[step_start]=\"#000000\"\ntheme[step_end]=\"#646464\"");
	pt_cell cell = {.role = PT_ROLE_SERIES_1, .ground = PT_ROLE_SELECTED};
	pt_style style = pt_theme_style(theme, &cell, PT_DEPTH_TRUE);
	assert_int_equal(hex(style.bg.rgb), 0x010203);
	assert_int_equal(hex(style.fg.rgb), 0x5fafff);
	cell.ground = PT_ROLE_STEP;
	cell.ground_level = 20;
	assert_int_equal(hex(pt_theme_style(theme, &cell, PT_DEPTH_TRUE).bg.rgb), 0x141414);
	cell.role = cell.ground = 250; /* outside of the table: as text */
	pt_theme_style(theme, &cell, PT_DEPTH_TRUE);
	pt_theme_destroy(theme);
}

static pt_theme *load(const char *path)
{
	pt_theme *theme = NULL;
	pt_error err;
	pt_status status = pt_theme_load_file(path, &theme, &err);
	if (status != PT_OK)
		fail_msg("%s: %s", path, err.message);
	return theme;
}

static void a_theme_of_btop_loads_as_it_is_and_stays_legible(void **state)
{
	(void)state;
	pt_theme *theme = load("tests/data/themes/dracula_like.theme");
	size_t n;
	pt_theme_problems(theme, &n);
	assert_int_equal(n, 0);
	assert_string_equal(pt_theme_name(theme), "dracula_like");
	assert_int_equal(hex(pt_theme_background(theme)), 0x282a36);
	assert_int_equal(hex(fg(theme, PT_ROLE_BORDER, 0, PT_DEPTH_TRUE).rgb), 0x44475a);
	assert_int_equal(hex(fg(theme, PT_ROLE_AXIS, 0, PT_DEPTH_TRUE).rgb), 0x44475a); /* from div_line */
	assert_int_equal(hex(fg(theme, PT_ROLE_BAR, 0, PT_DEPTH_TRUE).rgb), 0xf8f8f2);  /* from main_fg */
	assert_int_equal(hex(fg(theme, PT_ROLE_BORDER_FOCUS, 0, PT_DEPTH_TRUE).rgb), 0x6272a4); /* from hi_fg */
	pt_theme_destroy(theme);
}

static void a_light_background_brings_the_light_built_in_theme(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"theme[main_bg]=\"#fdf6e3\"", "theme[main_bg]=\"\"\nassume_bg=\"#fdf6e3\""};
	for (size_t i = 0; i < 2; i++) {
		pt_theme *theme = parse(texts[i]);
		assert_int_equal(hex(fg(theme, PT_ROLE_SERIES_1, 0, PT_DEPTH_TRUE).rgb), 0x1a6bb8);
		for (int role = PT_ROLE_SERIES_1; role <= PT_ROLE_SERIES_12; role++)
			assert_true(pt_rgb_contrast(
							fg(theme, (pt_role)role, 0, PT_DEPTH_TRUE).rgb, pt_theme_background(theme)) >= 3);
		pt_theme_destroy(theme);
	}
}

/* WCAG 2.1: text 4.5 : 1, graphical objects 3 : 1. */
static void assert_contrast(
	const char *theme_name, const pt_theme *theme, pt_role role, int level, uint8_t ground, double least)
{
	pt_cell cell = {
		.role = (uint8_t)role, .level = (uint8_t)level, .ground = ground, .ground_level = (uint8_t)level};
	pt_style style = pt_theme_style(theme, &cell, PT_DEPTH_TRUE);
	pt_rgb background = pt_theme_background(theme), white = {255, 255, 255}, black = {0, 0, 0};
	pt_rgb bg = style.bg.kind == PT_COLOUR_DEFAULT ? background : style.bg.rgb;
	pt_rgb ink = style.fg.kind != PT_COLOUR_DEFAULT                                        ? style.fg.rgb
				 : pt_rgb_contrast(background, white) > pt_rgb_contrast(background, black) ? white
																						   : black;
	double contrast = pt_rgb_contrast(ink, bg);
	if (contrast < least)
		fail_msg("%s: %s level %d on ground %s: %.2f < %.1f", theme_name, pt_role_name(role), level,
			pt_role_name((pt_role)ground), contrast, least);
}

static void shipped_themes_have_contrast_and_no_problems(void **state)
{
	(void)state;
	static const char *const names[] = {
		"phasetop-dark", "phasetop-light", "colour-blind", "viridis", "greyscale", "sixteen"};
	static const pt_role text[] = {PT_ROLE_TEXT, PT_ROLE_TITLE, PT_ROLE_HOT_KEY, PT_ROLE_LABEL, PT_ROLE_BAR,
		PT_ROLE_BAR_BRAND, PT_ROLE_BAR_TITLE, PT_ROLE_BAR_LABEL, PT_ROLE_BAR_SETTING, PT_ROLE_BAR_OK,
		PT_ROLE_BAR_WARN, PT_ROLE_BAR_ALERT, PT_ROLE_KEY, PT_ROLE_SELECTED, PT_ROLE_HEADLINE_INFO,
		PT_ROLE_HEADLINE_WARN, PT_ROLE_HEADLINE_ALERT, PT_ROLE_OK, PT_ROLE_WARN, PT_ROLE_ALERT};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[128];
		snprintf(path, sizeof path, "themes/%s.theme", names[i]);
		pt_theme *theme = load(path);
		size_t n;
		const pt_theme_problem *problems = pt_theme_problems(theme, &n);
		if (n > 0)
			fail_msg("%s:%d: %s", path, problems[0].line, problems[0].message);
		for (size_t k = 0; k < sizeof text / sizeof *text; k++)
			assert_contrast(names[i], theme, text[k], 0, 0, 4.5);
		assert_contrast(names[i], theme, PT_ROLE_TEXT, 0, PT_ROLE_STRIPE, 4.5);
		assert_contrast(names[i], theme, PT_ROLE_INACTIVE, 0, 0, 3);
		assert_contrast(names[i], theme, PT_ROLE_THRESHOLD, 0, 0, 3);
		assert_contrast(names[i], theme, PT_ROLE_CROSSHAIR, 0, 0, 4.5); /* read-outs are text */
		assert_contrast(names[i], theme, PT_ROLE_EVENT, 0, 0, 3);
		for (int series = 0; series < PT_N_SERIES_ROLES; series++) {
			assert_contrast(names[i], theme, pt_role_series(series), 0, 0, 3);
			assert_contrast(names[i], theme, pt_role_series(series), 0, PT_ROLE_BAND, 3);
		}
		for (int level = 0; level <= 100; level++) {
			assert_contrast(names[i], theme, PT_ROLE_STEP, level, 0, 3);
			assert_contrast(names[i], theme, PT_ROLE_DIVERGING, level, 0, 3);
			assert_contrast(names[i], theme, PT_ROLE_CROSSHAIR_CUT, level, PT_ROLE_STEP, 3);
		}
		pt_theme_destroy(theme);
	}
}

static void the_built_in_theme_is_the_shipped_dark_one(void **state)
{
	(void)state;
	pt_theme *file = load("themes/phasetop-dark.theme"), *built_in = NULL;
	assert_int_equal(pt_theme_create(&built_in, NULL), PT_OK);
	assert_string_equal(pt_theme_name(built_in), "phasetop-dark");
	for (int depth = 0; depth < PT_N_DEPTHS; depth++)
		for (int role = 0; role < PT_N_ROLES; role++)
			for (int level = 0; level <= 100; level += 5) {
				pt_style a = pt_theme_role_style(file, (pt_role)role, level, (pt_colour_depth)depth);
				pt_style b = pt_theme_role_style(built_in, (pt_role)role, level, (pt_colour_depth)depth);
				assert_int_equal(a.fg.kind, b.fg.kind);
				assert_int_equal(a.fg.index, b.fg.index);
				assert_int_equal(hex(a.fg.rgb), hex(b.fg.rgb));
				assert_int_equal(hex(a.bg.rgb), hex(b.bg.rgb));
				assert_int_equal(a.attributes, b.attributes);
			}
	pt_theme_destroy(file);
	pt_theme_destroy(built_in);
}

static void series_stay_apart_at_256_and_16_colours(void **state)
{
	(void)state;
	pt_theme *theme = parse("");
	for (int a = 0; a < PT_N_SERIES_ROLES; a++)
		for (int b = 0; b < a; b++)
			for (int depth = PT_DEPTH_16; depth <= PT_DEPTH_256; depth++)
				assert_int_not_equal(fg(theme, pt_role_series(a), 0, (pt_colour_depth)depth).index,
					fg(theme, pt_role_series(b), 0, (pt_colour_depth)depth).index);
	pt_theme_destroy(theme);
}

/* With 16 colours too: curves have hues, and grounds are seen beside a white terminal's. */
static void the_light_theme_keeps_its_hues_at_16_colours(void **state)
{
	(void)state;
	static const pt_role inks[] = {PT_ROLE_SERIES_1, PT_ROLE_SERIES_2, PT_ROLE_SERIES_3, PT_ROLE_SERIES_4,
		PT_ROLE_SERIES_5, PT_ROLE_BAR_BRAND, PT_ROLE_KEY, PT_ROLE_BORDER_FOCUS};
	pt_theme *theme = load("themes/phasetop-light.theme");
	for (size_t i = 0; i < sizeof inks / sizeof *inks; i++) {
		pt_rgb c = fg(theme, inks[i], 0, PT_DEPTH_16).rgb;
		if (c.r == c.g && c.g == c.b)
			fail_msg("%s is grey", pt_role_name(inks[i]));
	}
	for (int a = 0; a < PT_N_SERIES_ROLES; a++)
		for (int b = 0; b < a; b++)
			assert_int_not_equal(fg(theme, pt_role_series(a), 0, PT_DEPTH_16).index,
				fg(theme, pt_role_series(b), 0, PT_DEPTH_16).index);
	pt_theme_destroy(theme);
}

typedef struct seen {
	int n, ours;
	char last[64];
	bool sorted;
} seen;

static void visit(const char *name, const char *path, void *context)
{
	seen *s = context;
	s->n++;
	s->sorted = s->sorted && strcmp(s->last, name) < 0;
	snprintf(s->last, sizeof s->last, "%s", name);
	s->ours += strstr(path, "themes/") != NULL;
}

static void themes_are_found_by_name(void **state)
{
	(void)state;
	pt_theme *theme = NULL;
	pt_error err;
	pt_theme_places places = {.themes_dir = "themes", .home = "/nonexistent"}, nowhere = {0};
	assert_int_equal(pt_theme_find("viridis", &places, &theme, &err), PT_OK);
	assert_string_equal(pt_theme_name(theme), "viridis");
	pt_theme_destroy(theme);
	assert_int_equal(pt_theme_find("themes/greyscale.theme", &nowhere, &theme, &err), PT_OK);
	assert_string_equal(pt_theme_name(theme), "greyscale");
	pt_theme_destroy(theme);
	assert_int_equal(pt_theme_find("default", &nowhere, &theme, &err), PT_OK);
	pt_theme_destroy(theme);
	theme = NULL;
	assert_int_equal(pt_theme_find("no such theme", &places, &theme, &err), PT_ERR_NOT_FOUND);
	assert_non_null(strstr(err.message, "themes"));
	assert_int_equal(pt_theme_find("", &nowhere, &theme, &err), PT_ERR_NOT_FOUND);
	assert_int_equal(pt_theme_load_file("tests", &theme, &err), PT_ERR_NOT_REGULAR);
	assert_int_equal(pt_theme_load_file("/dev/null", &theme, &err), PT_ERR_NOT_REGULAR);
	assert_int_equal(pt_theme_load_file("themes/none.theme", &theme, &err), PT_ERR_NOT_FOUND);
	assert_null(theme);
	char fifo[] = "/tmp/phasetop_theme_XXXXXX";
	assert_non_null(mkdtemp(fifo));
	char path[64];
	snprintf(path, sizeof path, "%s/a.theme", fifo);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pt_theme_load_file(path, &theme, &err), PT_ERR_NOT_REGULAR);
	unlink(path);
	rmdir(fifo);
	seen s = {.sorted = true};
	assert_int_equal(pt_theme_list(&places, visit, &s, &err), PT_OK);
	assert_true(s.n >= 6 && s.ours >= 6 && s.sorted);
	s = (seen){.sorted = true};
	assert_int_equal(pt_theme_list(&nowhere, visit, &s, &err), PT_OK);
	assert_true(s.n >= 1);
}

static void hostile_files(void **state)
{
	(void)state;
	enum { BIG = 70000 };
	pt_theme *theme = NULL;
	pt_error err;
	char *big = malloc(BIG);
	memset(big, 'x', BIG);
	assert_int_equal(pt_theme_parse("big", big, BIG, &theme, &err), PT_ERR_LIMIT);
	memset(big, '\n', BIG);
	assert_int_equal(pt_theme_parse("big", big, 2000, &theme, &err), PT_ERR_LIMIT);
	assert_null(theme);
	memset(big, '[', BIG);
	memcpy(big, "theme", 5);
	assert_int_equal(pt_theme_parse("long line", big, 60000, &theme, &err), PT_OK);
	pt_theme_destroy(theme);
	uint64_t seed = 7;
	static const char alphabet[] = "theme[tyx256]=\"#'main_fg step_\0\n\xff\x1b 0129af";
	for (int round = 0; round < 3000; round++) {
		size_t n = (size_t)round % 300;
		for (size_t i = 0; i < n; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			big[i] = alphabet[(seed >> 33) % (sizeof alphabet - 1)];
		}
		if (round % 2 && n > 14)
			memcpy(big, "theme[main_fg]=", 15);
		assert_int_equal(pt_theme_parse("noise", big, n, &theme, &err), PT_OK);
		pt_theme_destroy(theme);
	}
	free(big);
}

static void memory_may_be_out(void **state)
{
	(void)state;
	pt_error err;
	pt_theme_places places = {.themes_dir = "themes"};
	bool done = false;
	for (size_t n = 1; !done; n++) {
		pt_theme *theme = NULL;
		seen s = {.sorted = true};
		pt_alloc_fail_at(n, false);
		pt_status found = pt_theme_find("viridis", &places, &theme, &err);
		pt_status listed = pt_theme_list(&places, visit, &s, &err);
		done = pt_alloc_fail_at(0, false) < n;
		assert_true(found == PT_OK || found == PT_ERR_MEMORY);
		assert_true(listed == PT_OK || listed == PT_ERR_MEMORY);
		assert_true((found == PT_OK) == (theme != NULL));
		pt_theme_destroy(theme);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_a_value),
		cmocka_unit_test(what_is_wrong_is_told_with_its_line_and_passed_over),
		cmocka_unit_test(overrides_for_fewer_colours_hold_wherever_they_stand),
		cmocka_unit_test(gradients_run_through_their_stops),
		cmocka_unit_test(the_nearest_entries),
		cmocka_unit_test(colours_that_fall_together_are_kept_apart),
		cmocka_unit_test(no_colour_means_attributes_only),
		cmocka_unit_test(grounds_lie_under_any_role),
		cmocka_unit_test(a_theme_of_btop_loads_as_it_is_and_stays_legible),
		cmocka_unit_test(a_light_background_brings_the_light_built_in_theme),
		cmocka_unit_test(shipped_themes_have_contrast_and_no_problems),
		cmocka_unit_test(the_built_in_theme_is_the_shipped_dark_one),
		cmocka_unit_test(series_stay_apart_at_256_and_16_colours),
		cmocka_unit_test(the_light_theme_keeps_its_hues_at_16_colours),
		cmocka_unit_test(themes_are_found_by_name),
		cmocka_unit_test(hostile_files),
		cmocka_unit_test(memory_may_be_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
