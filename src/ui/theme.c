#include "phasetop/ui/theme.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "theme_private.h"

static const struct {
	const char *key, *dark, *light, *fallback;
} keys[] = {
#define X(id, key, dark, light, fallback) {key, dark, light, fallback},
	PT_THEME_KEY_TABLE(X)
#undef X
};
_Static_assert(sizeof keys / sizeof *keys == N_THEME_KEYS, "a row for each key");

static const struct {
	const char *fg, *bg;
	uint8_t attributes, mono_attributes;
} roles[] = {
#define X(id, name, fg, bg, attributes, mono_attributes) {fg, bg, attributes, mono_attributes},
	PT_ROLE_TABLE(X)
#undef X
};
_Static_assert(sizeof roles / sizeof *roles == PT_N_ROLES, "a row for each role");

const char *pt_theme_key_name(theme_key key)
{
	return keys[key].key;
}

theme_key pt_theme_key_of(const char *name, size_t n)
{
	for (size_t i = 0; i < N_THEME_KEYS; i++)
		if (strlen(keys[i].key) == n && memcmp(keys[i].key, name, n) == 0)
			return (theme_key)i;
	return N_THEME_KEYS;
}

/* ---- what a file lacks ---- */

static pt_rgb mix(pt_rgb a, pt_rgb b, double part)
{
	return (pt_rgb){(uint8_t)lround(a.r + part * (b.r - a.r)), (uint8_t)lround(a.g + part * (b.g - a.g)),
		(uint8_t)lround(a.b + part * (b.b - a.b))};
}

static bool is_light(pt_rgb c)
{
	return pt_rgb_contrast(c, (pt_rgb){0, 0, 0}) > pt_rgb_contrast(c, (pt_rgb){255, 255, 255});
}

pt_rgb pt_theme_background(const pt_theme *theme)
{
	const pt_colour *main_bg = &theme->entries[KEY_MAIN_BG].colour;
	if (main_bg->kind != PT_COLOUR_DEFAULT)
		return main_bg->rgb;
	return theme->has_assumed ? theme->assumed_background : (pt_rgb){0x10, 0x14, 0x18};
}

/* Does a key stand for ink that has to be seen on the background? */
static bool is_ink(size_t key)
{
	return (key >= KEY_SERIES_1 && key <= KEY_DIV_END) || key == KEY_OK || key == KEY_WARN ||
		   key == KEY_ALERT || key == KEY_THRESHOLD || key == KEY_EVENT || key == KEY_HI_FG;
}

/* A built-in colour on another theme's background: towards black or white until its contrast is 3:1. */
static void make_visible(pt_colour *colour, pt_rgb background)
{
	enum { STEPS = 10 };
	static const double enough = 3.0;
	pt_rgb from = colour->rgb, far = is_light(background) ? (pt_rgb){0, 0, 0} : (pt_rgb){255, 255, 255};
	if (colour->kind != PT_COLOUR_RGB)
		return;
	for (int i = 1; i <= STEPS && pt_rgb_contrast(colour->rgb, background) < enough; i++)
		colour->rgb = mix(from, far, (double)i / STEPS);
}

/* Take a missing key's value from its fallback; see the key table. */
static void fall_back(pt_theme *theme, size_t key)
{
	const char *fallback = keys[key].fallback;
	theme_entry *entry = &theme->entries[key];
	const theme_entry *main_bg = &theme->entries[KEY_MAIN_BG], *main_fg = &theme->entries[KEY_MAIN_FG];
	if (*fallback == '%') {
		if (!main_bg->given || main_bg->colour.kind != PT_COLOUR_RGB ||
			main_fg->colour.kind == PT_COLOUR_DEFAULT)
			return;
		entry->colour = (pt_colour){.kind = PT_COLOUR_RGB,
			.rgb = mix(main_bg->colour.rgb, main_fg->colour.rgb, atoi(fallback + 1) / 100.0)};
		entry->derived = true;
		return;
	}
	theme_key other = pt_theme_key_of(fallback, strlen(fallback));
	if (other == N_THEME_KEYS || !theme->entries[other].given)
		return;
	/* a headline's letters may not be the terminal's own colour on a coloured ground */
	if (key == KEY_HEADLINE_FG && theme->entries[other].colour.kind == PT_COLOUR_DEFAULT)
		return;
	bool has_256 = entry->has_256, has_16 = entry->has_16;
	pt_colour at_256 = entry->at_256, at_16 = entry->at_16;
	*entry = theme->entries[other];
	entry->given = false;
	entry->derived = true;
	if (has_256) {
		entry->has_256 = true;
		entry->at_256 = at_256;
	}
	if (has_16) {
		entry->has_16 = true;
		entry->at_16 = at_16;
	}
}

/* A gradient is the file's or the built-in one, never a mixture: a file that gives some stops drops the
 * others. */
static void settle_gradients(pt_theme *theme)
{
	for (size_t first = KEY_STEP_START; first <= KEY_DIV_START; first += N_STOPS) {
		bool given = false;
		for (size_t i = 0; i < N_STOPS; i++)
			given = given || theme->entries[first + i].given;
		for (size_t i = 0; given && i < N_STOPS; i++)
			if (!theme->entries[first + i].given)
				theme->entries[first + i] = (theme_entry){.derived = true};
	}
}

static void set_defaults(pt_theme *theme, bool light)
{
	for (size_t i = 0; i < N_THEME_KEYS; i++) {
		bool understood =
			pt_theme_parse_colour(light ? keys[i].light : keys[i].dark, &theme->entries[i].colour);
		assert(understood);
		(void)understood;
	}
}

/* The dark theme with 16 colours, chosen by hand: the nearest ones would be too dark to read, or the same
 * twice. */
static const struct {
	uint8_t key, index;
} dark_at_16[] = {
	{KEY_HI_FG, 9},
	{KEY_GRAPH_TEXT, 7},
	{KEY_INACTIVE_FG, 8},
	{KEY_DIV_LINE, 8},
	{KEY_AXIS, 8},
	{KEY_GUIDE, 8},
	{KEY_PANE_FOCUS, 11},
	{KEY_BRAND, 11},
	{KEY_BAR_FG, 7},
	{KEY_BAR_BG, 0},
	{KEY_BAR_LABEL, 7},
	{KEY_BAR_SETTING, 14},
	{KEY_SELECTED_FG, 15},
	{KEY_SELECTED_BG, 4},
	{KEY_HEADLINE_FG, 0},
	{KEY_HEADLINE_INFO, 14},
	{KEY_HEADLINE_WARN, 11},
	{KEY_HEADLINE_ALERT, 9},
	{KEY_OK, 10},
	{KEY_WARN, 11},
	{KEY_ALERT, 9},
	{KEY_THRESHOLD, 9},
	{KEY_CROSSHAIR, 11},
	{KEY_EVENT, 13},
	{KEY_PROVISIONAL, 8},
	{KEY_BAND, 0},
	{KEY_STRIPE, 0},
	{KEY_SERIES_1, 12},
	{KEY_SERIES_2, 11},
	{KEY_SERIES_3, 10},
	{KEY_SERIES_4, 13},
	{KEY_SERIES_5, 14},
	{KEY_SERIES_6, 3},
	{KEY_SERIES_7, 5},
	{KEY_SERIES_8, 15},
	{KEY_SERIES_9, 9},
	{KEY_SERIES_10, 2},
	{KEY_SERIES_11, 7},
	{KEY_SERIES_12, 6},
	{KEY_STEP_START, 13},
	{KEY_STEP_LOW, 12},
	{KEY_STEP_MID, 14},
	{KEY_STEP_HIGH, 10},
	{KEY_STEP_END, 11},
	{KEY_DIV_START, 12},
	{KEY_DIV_MID, 7},
	{KEY_DIV_END, 9},
};

/* Where the built-in dark value stands, its 16-colour form does too; a gradient's stops go together. */
static void choose_16(pt_theme *theme)
{
	for (size_t i = 0; i < sizeof dark_at_16 / sizeof *dark_at_16; i++) {
		theme_entry *entry = &theme->entries[dark_at_16[i].key];
		if (entry->given || entry->derived || entry->has_16)
			continue;
		entry->has_16 = true;
		entry->at_16 =
			(pt_colour){PT_COLOUR_INDEX, dark_at_16[i].index, pt_rgb_of_index(dark_at_16[i].index)};
	}
}

static void fill_in(pt_theme *theme)
{
	const theme_entry *main_bg = &theme->entries[KEY_MAIN_BG];
	bool asked = main_bg->given || theme->has_assumed;
	if (asked && is_light(pt_theme_background(theme)))
		for (size_t i = 0; i < N_THEME_KEYS; i++)
			if (!theme->entries[i].given) {
				pt_theme_parse_colour(keys[i].light, &theme->entries[i].colour);
				theme->entries[i].derived = true;
			}
	for (size_t i = 0; i < N_THEME_KEYS; i++)
		if (!theme->entries[i].given)
			fall_back(theme, i);
	settle_gradients(theme);
	choose_16(theme);
	for (size_t i = 0; asked && i < N_THEME_KEYS; i++)
		if (!theme->entries[i].given && is_ink(i))
			make_visible(&theme->entries[i].colour, pt_theme_background(theme));
}

/* ---- colours at a depth ---- */

static pt_colour at_depth(const theme_entry *entry, pt_colour_depth depth, const pt_lab palette[256])
{
	pt_colour colour = entry->colour;
	if (depth == PT_DEPTH_256 && entry->has_256)
		return entry->at_256;
	if (depth == PT_DEPTH_16 && entry->has_16)
		return entry->at_16;
	if (colour.kind == PT_COLOUR_DEFAULT || depth == PT_DEPTH_TRUE)
		return colour;
	if (depth == PT_DEPTH_MONO)
		return (pt_colour){.kind = PT_COLOUR_DEFAULT};
	if (colour.kind == PT_COLOUR_INDEX && (depth == PT_DEPTH_256 || colour.index < 16))
		return colour;
	/* the first 16 of 256 are the user's own palette: their values are not known */
	uint8_t index = depth == PT_DEPTH_256 ? pt_lab_nearest(palette, colour.rgb, 16, 255)
										  : pt_lab_nearest(palette, colour.rgb, 0, 15);
	return (pt_colour){PT_COLOUR_INDEX, index, pt_rgb_of_index(index)};
}

/* The stops that a gradient has: a stop of the terminal's own colour is not there (btop: an empty _mid or
 * _end). */
static size_t stops_of(const theme_entry *entries, const theme_entry *stops[N_STOPS], double places[N_STOPS])
{
	size_t n = 0;
	for (size_t i = 0; i < N_STOPS; i++) {
		if (i > 0 && entries[i].colour.kind == PT_COLOUR_DEFAULT)
			continue;
		stops[n] = &entries[i];
		places[n++] = (double)i / (N_STOPS - 1);
	}
	return n;
}

static pt_colour gradient_at(const theme_entry *const *stops, const double *places, size_t n, double place,
	pt_colour_depth depth, const pt_lab palette[256])
{
	size_t right = 1;
	while (right < n && places[right] < place)
		right++;
	if (n == 1 || right == n)
		return at_depth(stops[n - 1], depth, palette);
	const theme_entry *a = stops[right - 1], *b = stops[right];
	double part = (place - places[right - 1]) / (places[right] - places[right - 1]);
	bool fixed =
		depth == PT_DEPTH_16 ? a->has_16 && b->has_16 : depth == PT_DEPTH_256 && a->has_256 && b->has_256;
	if (fixed || a->colour.kind != PT_COLOUR_RGB || b->colour.kind != PT_COLOUR_RGB)
		return at_depth(part < 0.5 ? a : b, depth, palette);
	theme_entry between = {
		.colour = {.kind = PT_COLOUR_RGB, .rgb = mix(a->colour.rgb, b->colour.rgb, part)},
	};
	return at_depth(&between, depth, palette);
}

static void resolve_colours(pt_theme *theme)
{
	pt_lab palette[256];
	pt_lab_palette(palette);
	for (int depth = 0; depth < PT_N_DEPTHS; depth++) {
		for (size_t key = 0; key < N_THEME_KEYS; key++)
			theme->flat[depth][key] = at_depth(&theme->entries[key], (pt_colour_depth)depth, palette);
		for (size_t g = 0; g < N_GRADIENTS; g++) {
			const theme_entry *stops[N_STOPS];
			double places[N_STOPS];
			size_t n = stops_of(&theme->entries[KEY_STEP_START + g * N_STOPS], stops, places);
			for (int level = 0; level < N_LEVELS; level++)
				theme->gradients[depth][g][level] =
					gradient_at(stops, places, n, level / (N_LEVELS - 1.0), (pt_colour_depth)depth, palette);
		}
	}
}

static void resolve_roles(pt_theme *theme)
{
	for (size_t i = 0; i < PT_N_ROLES; i++) {
		const char *fg = roles[i].fg;
		bool gradient = pt_role_is_gradient((pt_role)i);
		theme_key key = gradient ? (strcmp(fg, "step_") == 0 ? KEY_STEP_START : KEY_DIV_START)
								 : pt_theme_key_of(fg, strlen(fg));
		theme_key bg = *roles[i].bg ? pt_theme_key_of(roles[i].bg, strlen(roles[i].bg)) : KEY_MAIN_BG;
		assert(key != N_THEME_KEYS && bg != N_THEME_KEYS);
		theme->roles[i].fg = (uint8_t)key;
		theme->roles[i].bg = (uint8_t)bg;
		theme->roles[i].gradient = (uint8_t)(gradient ? 1 + (key - KEY_STEP_START) / N_STOPS : 0);
		theme->roles[i].attributes = roles[i].attributes;
		theme->roles[i].mono_attributes = roles[i].mono_attributes;
	}
}

void pt_theme_complete(pt_theme *theme)
{
	fill_in(theme);
	resolve_colours(theme);
	resolve_roles(theme);
}

/* ---- making one ---- */

enum { MAX_BYTES = 64 * 1024, MAX_LINES = 1024 };

pt_status pt_theme_parse(const char *name, const char *text, size_t n_bytes, pt_theme **theme, pt_error *err)
{
	size_t n_lines = 0;
	for (size_t i = 0; i < n_bytes && n_bytes <= MAX_BYTES; i++)
		n_lines += text[i] == '\n';
	if (n_bytes > MAX_BYTES || n_lines > MAX_LINES)
		return pt_fail(
			err, PT_ERR_LIMIT, name, -1, "a theme has at most %d bytes and %d lines", MAX_BYTES, MAX_LINES);
	pt_theme *made = pt_array_alloc(1, sizeof *made);
	if (!made)
		return pt_fail(err, PT_ERR_MEMORY, name, -1, "no memory for a theme");
	pt_text_sanitize(made->name, sizeof made->name, name, strlen(name));
	set_defaults(made, false);
	pt_theme_parse_lines(made, text, n_bytes);
	pt_theme_complete(made);
	*theme = made;
	return PT_OK;
}

pt_status pt_theme_create(pt_theme **theme, pt_error *err)
{
	return pt_theme_parse("phasetop-dark", "", 0, theme, err);
}

void pt_theme_destroy(pt_theme *theme)
{
	pt_free(theme);
}

const char *pt_theme_name(const pt_theme *theme)
{
	return theme->name;
}

const pt_theme_problem *pt_theme_problems(const pt_theme *theme, size_t *n)
{
	*n = theme->n_problems;
	return theme->problems;
}

/* ---- the look of a cell ---- */

static pt_colour role_colour(const pt_theme *theme, uint8_t role, uint8_t level, pt_colour_depth depth)
{
	if (theme->roles[role].gradient)
		return theme
			->gradients[depth][theme->roles[role].gradient - 1][level < N_LEVELS ? level : N_LEVELS - 1];
	return theme->flat[depth][theme->roles[role].fg];
}

/* Two colours that differ in the theme and fell together in a small palette: the ink moves away. */
static pt_colour apart(pt_colour fg, pt_colour bg)
{
	if (fg.kind != PT_COLOUR_INDEX || bg.kind != PT_COLOUR_INDEX || fg.index != bg.index)
		return fg;
	uint8_t index = is_light(bg.rgb) ? 0 : bg.index == 8 ? 7 : 8;
	return (pt_colour){PT_COLOUR_INDEX, index, pt_rgb_of_index(index)};
}

pt_style pt_theme_style(const pt_theme *theme, const pt_cell *cell, pt_colour_depth depth)
{
	uint8_t role = cell->role < PT_N_ROLES ? cell->role : PT_ROLE_TEXT;
	uint8_t ground = cell->ground < PT_N_ROLES ? cell->ground : PT_ROLE_NONE;
	assert(depth < PT_N_DEPTHS);
	pt_style style = {
		.fg = role_colour(theme, role, cell->level, depth),
		.attributes = (uint8_t)(theme->roles[role].attributes | cell->attributes),
	};
	if (ground == PT_ROLE_NONE)
		style.bg = theme->flat[depth][theme->roles[role].bg];
	else if (theme->roles[ground].gradient)
		style.bg = role_colour(theme, ground, cell->ground_level, depth);
	else
		style.bg = theme->flat[depth][theme->roles[ground].bg];
	if (depth == PT_DEPTH_MONO)
		style.attributes |= (uint8_t)(theme->roles[role].mono_attributes |
									  (theme->roles[ground].mono_attributes & PT_ATTR_REVERSE));
	else if (depth == PT_DEPTH_16 && ground != role)
		style.fg = apart(style.fg, style.bg);
	return style;
}

pt_style pt_theme_role_style(const pt_theme *theme, pt_role role, int level, pt_colour_depth depth)
{
	pt_cell cell = {
		.role = (uint8_t)role,
		.level = (uint8_t)(level < 0     ? 0
						   : level > 100 ? 100
										 : level),
	};
	return pt_theme_style(theme, &cell, depth);
}
