/* What theme.c, theme_parse.c and theme_resolve.c share. */
#ifndef PHASETOP_UI_THEME_PRIVATE_H
#define PHASETOP_UI_THEME_PRIVATE_H

#include "phasetop/ui/theme.h"

/*
 * X(enumerator, key, in the built-in dark theme, in the light one, where a file lacks it)
 *
 * The last column: "" keeps the built-in value; a key takes that one's value if the file has it; "%N" mixes N
 * percent of main_fg into main_bg if the file has main_bg.
 */
#define PT_THEME_KEY_TABLE(X)                                              \
	X(KEY_MAIN_BG, "main_bg", "", "#fafaf7", "")                           \
	X(KEY_MAIN_FG, "main_fg", "", "#2b2f33", "")                           \
	X(KEY_TITLE, "title", "", "#101418", "main_fg")                        \
	X(KEY_HI_FG, "hi_fg", "#ff5f5f", "#c0282d", "")                        \
	X(KEY_GRAPH_TEXT, "graph_text", "#7f8993", "#5f676f", "inactive_fg")   \
	X(KEY_INACTIVE_FG, "inactive_fg", "#6c7680", "#6b737b", "graph_text")  \
	X(KEY_DIV_LINE, "div_line", "#3a444e", "#c3c9cf", "%20")               \
	X(KEY_AXIS, "axis", "#3a444e", "#b4bbc2", "div_line")                  \
	X(KEY_GUIDE, "guide", "#4e5a66", "#a3abb3", "inactive_fg")             \
	X(KEY_PANE_FOCUS, "pane_focus", "#e0b050", "#9a6a00", "hi_fg")         \
	X(KEY_BRAND, "brand", "#e0b050", "#855b00", "hi_fg")                   \
	X(KEY_BAR_FG, "bar_fg", "#d0d0d0", "#2b2f33", "main_fg")               \
	X(KEY_BAR_BG, "bar_bg", "#1c2228", "#e6e9ec", "%8")                    \
	X(KEY_BAR_LABEL, "bar_label", "#88929c", "#565e66", "main_fg")         \
	X(KEY_BAR_SETTING, "bar_setting", "#5fd7d7", "#006b70", "title")       \
	X(KEY_SELECTED_FG, "selected_fg", "#f0f0f0", "#101418", "")            \
	X(KEY_SELECTED_BG, "selected_bg", "#2e3a46", "#d3dde8", "")            \
	X(KEY_HEADLINE_FG, "headline_fg", "#101418", "#fafaf7", "main_bg")     \
	X(KEY_HEADLINE_INFO, "headline_info", "#5fafff", "#1a6bb8", "")        \
	X(KEY_HEADLINE_WARN, "headline_warn", "#e0b050", "#8f6200", "")        \
	X(KEY_HEADLINE_ALERT, "headline_alert", "#ff5f5f", "#c0282d", "")      \
	X(KEY_OK, "ok", "#87d787", "#226b2b", "")                              \
	X(KEY_WARN, "warn", "#e0b050", "#855b00", "")                          \
	X(KEY_ALERT, "alert", "#ff5f5f", "#c0282d", "")                        \
	X(KEY_THRESHOLD, "threshold", "#ff5f5f", "#c0282d", "")                \
	X(KEY_CROSSHAIR, "crosshair", "#e0b050", "#9a6a00", "hi_fg")           \
	X(KEY_EVENT, "event", "#ff87d7", "#b8288a", "")                        \
	X(KEY_PROVISIONAL, "provisional", "#5f6973", "#858d95", "inactive_fg") \
	X(KEY_BAND, "band", "#1d252d", "#e9edf1", "%8")                        \
	X(KEY_STRIPE, "stripe", "#171c21", "#f1f2f2", "%4")                    \
	X(KEY_SERIES_1, "series1", "#5fafff", "#1a6bb8", "")                   \
	X(KEY_SERIES_2, "series2", "#ffaf5f", "#b35900", "")                   \
	X(KEY_SERIES_3, "series3", "#87d787", "#2b7d34", "")                   \
	X(KEY_SERIES_4, "series4", "#ff87d7", "#b8288a", "")                   \
	X(KEY_SERIES_5, "series5", "#5fd7d7", "#00787d", "")                   \
	X(KEY_SERIES_6, "series6", "#a08050", "#86651c", "")                   \
	X(KEY_SERIES_7, "series7", "#af87ff", "#6a3fb5", "")                   \
	X(KEY_SERIES_8, "series8", "#d7d75f", "#7a7400", "")                   \
	X(KEY_SERIES_9, "series9", "#ff8787", "#c04848", "")                   \
	X(KEY_SERIES_10, "series10", "#5faf87", "#1f7a5c", "")                 \
	X(KEY_SERIES_11, "series11", "#8a9ba8", "#566573", "")                 \
	X(KEY_SERIES_12, "series12", "#b48ead", "#8c4a7d", "")                 \
	X(KEY_STEP_START, "step_start", "#8455b8", "#6a3d9a", "")              \
	X(KEY_STEP_LOW, "step_low", "#5574c4", "#3b5bb5", "")                  \
	X(KEY_STEP_MID, "step_mid", "#24918b", "#14807a", "")                  \
	X(KEY_STEP_HIGH, "step_high", "#61c85f", "#4b8a1c", "")                \
	X(KEY_STEP_END, "step_end", "#fde725", "#a07400", "")                  \
	X(KEY_DIV_START, "div_start", "#5fafff", "#1a6bb8", "")                \
	X(KEY_DIV_LOW, "div_low", "", "", "")                                  \
	X(KEY_DIV_MID, "div_mid", "#7f8993", "#858d95", "")                    \
	X(KEY_DIV_HIGH, "div_high", "", "", "")                                \
	X(KEY_DIV_END, "div_end", "#ff5f5f", "#c0282d", "")

typedef enum theme_key {
#define X(id, key, dark, light, fallback) id,
	PT_THEME_KEY_TABLE(X)
#undef X
		N_THEME_KEYS
} theme_key;

enum {
	N_STOPS = 5,     /* _start, _low, _mid, _high, _end: at 0, 25, 50, 75, 100 */
	N_GRADIENTS = 2, /* step_, div_ */
	N_LEVELS = 101,
};

typedef struct theme_entry {
	bool given;   /* by the file */
	bool derived; /* lacking there, and taken from another key or from the light built-in theme */
	pt_colour colour;
	bool has_256, has_16;
	pt_colour at_256, at_16;
} theme_entry;

struct pt_theme {
	char name[PT_THEME_NAME_BYTES];
	theme_entry entries[N_THEME_KEYS];
	bool has_assumed;
	pt_rgb assumed_background;
	size_t n_problems;
	pt_theme_problem problems[PT_THEME_MAX_PROBLEMS];
	/* everything at every depth, worked out once */
	pt_colour flat[PT_N_DEPTHS][N_THEME_KEYS];
	pt_colour gradients[PT_N_DEPTHS][N_GRADIENTS][N_LEVELS];
	struct {
		uint8_t fg, bg;   /* theme_key; fg of a gradient role is its first stop */
		uint8_t gradient; /* 1 + index; 0: none */
		uint8_t attributes, mono_attributes;
	} roles[PT_N_ROLES];
};

/** CIE 1976 L*a*b* under D65. */
typedef struct pt_lab {
	double l, a, b;
} pt_lab;

pt_lab pt_rgb_to_lab(pt_rgb colour);
/** All 256 entries of xterm's palette. */
void pt_lab_palette(pt_lab palette[256]);
/** pt_rgb_nearest_index with the palette worked out before. */
uint8_t pt_lab_nearest(const pt_lab palette[256], pt_rgb colour, uint8_t first, uint8_t last);

const char *pt_theme_key_name(theme_key key);
/** N_THEME_KEYS: no such key. */
theme_key pt_theme_key_of(const char *name, size_t n);

/** Parse a value without its quotes; false when it is none. "" and "default" are the terminal's own colour.
 */
bool pt_theme_parse_colour(const char *value, pt_colour *colour);

/** Lines of a file into theme->entries, marking those `given`; problems are noted. */
void pt_theme_parse_lines(pt_theme *theme, const char *text, size_t n_bytes);

/** Fill what the file lacks, then work out flat, gradients and roles. */
void pt_theme_complete(pt_theme *theme);

#endif
