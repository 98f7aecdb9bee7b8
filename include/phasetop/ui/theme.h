/**
 * Themes: from roles to colours.
 *
 * The syntax is btop's, as a superset, so that btop's themes load as they are:
 *
 *     theme[main_bg]="#101418"        #rrggbb, #cc (grey), "r g b", 0–255 (palette), ANSI names, ""
 * (terminal's own) theme[step_start]="#6a3d9a"     gradients: _start, _mid (may be missing or empty), _end
 *     tty[hi_fg]="bright red"         for 16 colours
 *     x256[div_line]=238              for 256 colours
 *     assume_bg="#ffffff"             contrast is measured against this where main_bg is ""
 *
 * Gradients may have two stops more, _low and _high, at a quarter and at three quarters. The keys beyond
 * btop's are those of themes/phasetop-dark.theme, which holds them all.
 *
 * Unknown keys are ignored, missing ones come from the built-in dark theme (or the light one where the file's
 * background is light). A file is untrusted: 64 KiB, 1,024 lines, 512 bytes a line at most.
 */
#ifndef PHASETOP_UI_THEME_H
#define PHASETOP_UI_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/ui/colour_depth.h"
#include "phasetop/ui/frame.h"
#include "phasetop/ui/role.h"

typedef struct pt_rgb {
	uint8_t r, g, b;
} pt_rgb;

typedef enum pt_colour_kind {
	PT_COLOUR_DEFAULT, /* the terminal's own */
	PT_COLOUR_INDEX,   /* palette entry 0–255 (0–15 at 16 colours) */
	PT_COLOUR_RGB,
} pt_colour_kind;

typedef struct pt_colour {
	uint8_t kind; /* pt_colour_kind */
	uint8_t index;
	pt_rgb rgb; /* set for all kinds but DEFAULT: an index has the xterm palette's value */
} pt_colour;

/** What a cell looks like at a colour depth. */
typedef struct pt_style {
	pt_colour fg, bg;
	uint8_t attributes; /* PT_ATTR_… */
} pt_style;

typedef struct pt_theme pt_theme;

/** The built-in dark theme ("phasetop-dark"). @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_theme_create(pt_theme **theme, pt_error *err);
void pt_theme_destroy(pt_theme *theme);

enum { PT_THEME_MAX_PROBLEMS = 16, PT_THEME_NAME_BYTES = 64 };

/** A line of a theme file that was not understood, and passed over. */
typedef struct pt_theme_problem {
	int line; /* from 1 */
	char message[120];
} pt_theme_problem;

/**
 * Parse the text of a theme file over the built-in theme. Lines that are wrong are passed over and told by
 * pt_theme_problems; so the only failures are
 * @retval PT_ERR_LIMIT  larger than 64 KiB or more than 1,024 lines
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_theme_parse(
	const char *name, const char *text, size_t n_bytes, pt_theme **theme, pt_error *err);

/** Read and parse one file; the name is the file's without ".theme". Directories, FIFOs and devices are
 * refused.
 * @retval PT_ERR_NOT_FOUND, PT_ERR_PERMISSION, PT_ERR_NOT_REGULAR, PT_ERR_IO, PT_ERR_LIMIT, PT_ERR_MEMORY */
PT_CHECKED pt_status pt_theme_load_file(const char *path, pt_theme **theme, pt_error *err);

/** Where themes are looked for, in this order; each may be NULL. */
typedef struct pt_theme_places {
	const char *themes_dir;      /* --themes-dir */
	const char *xdg_config_home; /* $XDG_CONFIG_HOME → DIR/phasetop/themes */
	const char *home;            /* where it is not set: HOME/.config/phasetop/themes */
	const char *program_dir;     /* directory of the program → DIR/themes, DIR/../themes, DIR/../../themes,
									DIR/../share/phasetop/themes */
} pt_theme_places;

/** What is expected where a name is that of no theme; wherever it was given, the words are "theme: 'x' is not " and
 * these. */
extern const char pt_theme_expected[];

/** Load by name, or by path where it has a '/'. After the places above: /usr/local/share/phasetop/themes,
 * /usr/share/phasetop/themes, then btop's own of the same two roots; "phasetop-dark" (and "default") is built
 * in.
 * @retval PT_ERR_NOT_FOUND there is none; and those of pt_theme_load_file */
PT_CHECKED pt_status pt_theme_find(
	const char *name, const pt_theme_places *places, pt_theme **theme, pt_error *err);

/** All names to be found there, sorted, each once, through `visit`. @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_theme_list(const pt_theme_places *places,
	void (*visit)(const char *name, const char *path, void *context), void *context, pt_error *err);

const char *pt_theme_name(const pt_theme *theme);
/** What was not understood, at most PT_THEME_MAX_PROBLEMS; lives as long as the theme. */
const pt_theme_problem *pt_theme_problems(const pt_theme *theme, size_t *n);

/**
 * The look of a cell at a colour depth: the role's colours, the gradient at `level`, attributes. At 256 and
 * 16 colours the nearest palette entry (least CIEDE-like distance: Euclid in CIELAB; at 256 among 16–255,
 * whose values are fixed), unless the theme has an x256 or tty entry for the key. Mono: attributes only.
 * Pure, O(1).
 */
pt_style pt_theme_style(const pt_theme *theme, const pt_cell *cell, pt_colour_depth depth);
/** As pt_theme_style for a role alone. */
pt_style pt_theme_role_style(const pt_theme *theme, pt_role role, int level, pt_colour_depth depth);

/** The background that contrast is measured against: main_bg, else assume_bg, else the dark #101418. */
pt_rgb pt_theme_background(const pt_theme *theme);
/** WCAG 2.1 contrast ratio, 1…21. */
double pt_rgb_contrast(pt_rgb a, pt_rgb b);
/** xterm's value of a palette entry. */
pt_rgb pt_rgb_of_index(uint8_t index);
/** Index of the palette entry nearest in CIELAB among [first, last]. */
uint8_t pt_rgb_nearest_index(pt_rgb colour, uint8_t first, uint8_t last);

#endif
