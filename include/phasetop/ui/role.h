/**
 * Roles: what a piece of the screen means. Panes draw roles; only a theme knows colours.
 */
#ifndef PHASETOP_UI_ROLE_H
#define PHASETOP_UI_ROLE_H

#include <stdbool.h>
#include <stdint.h>

/** Attributes of a cell, and of a role where there is no colour; bits. */
enum {
	PT_ATTR_BOLD = 1,
	PT_ATTR_DIM = 2,
	PT_ATTR_UNDERLINE = 4,
	PT_ATTR_REVERSE = 8,
};

/*
 * X(enumerator, name, key of the foreground, key of the background ("" is main_bg), attributes always,
 *   attributes more where there is no colour)
 *
 * Keys that btop's themes have keep btop's names, so that those themes load as they are. A key that ends in
 * '_' is a gradient: KEYstart, KEYmid, KEYend.
 */
#define PT_ROLE_TABLE(X)                                                                                     \
	X(PT_ROLE_NONE, "none", "main_fg", "", 0, 0) /* background only; ink of nothing */                       \
	X(PT_ROLE_TEXT, "text", "main_fg", "", 0, 0)                                                             \
	X(PT_ROLE_TITLE, "title", "title", "", PT_ATTR_BOLD, 0)                                                  \
	X(PT_ROLE_HOT_KEY, "hot_key", "hi_fg", "", PT_ATTR_BOLD, 0)                                              \
	X(PT_ROLE_LABEL, "label", "graph_text", "", 0, 0) /* tick labels, units, quiet words */                  \
	X(PT_ROLE_INACTIVE, "inactive", "inactive_fg", "", 0, PT_ATTR_DIM)                                       \
	X(PT_ROLE_AXIS, "axis", "axis", "", 0, 0)                                                                \
	X(PT_ROLE_GUIDE, "guide", "guide", "", 0, 0)                                                             \
	X(PT_ROLE_BORDER, "border", "div_line", "", 0, 0)                                                        \
	X(PT_ROLE_BORDER_FOCUS, "border_focus", "pane_focus", "", 0, PT_ATTR_BOLD)                               \
	X(PT_ROLE_BAR, "bar", "bar_fg", "bar_bg", 0, 0) /* the status line on top */                             \
	X(PT_ROLE_BAR_BRAND, "bar_brand", "brand", "bar_bg", PT_ATTR_BOLD, 0)                                    \
	X(PT_ROLE_BAR_TITLE, "bar_title", "title", "bar_bg", PT_ATTR_BOLD, 0)                                    \
	X(PT_ROLE_BAR_LABEL, "bar_label", "bar_label", "bar_bg", 0, 0)                                           \
	X(PT_ROLE_BAR_SETTING, "bar_setting", "bar_setting", "bar_bg", 0, 0)                                     \
	X(PT_ROLE_BAR_OK, "bar_ok", "ok", "bar_bg", 0, 0)                                                        \
	X(PT_ROLE_BAR_WARN, "bar_warn", "warn", "bar_bg", 0, PT_ATTR_BOLD)                                       \
	X(PT_ROLE_BAR_ALERT, "bar_alert", "alert", "bar_bg", PT_ATTR_BOLD, 0)                                    \
	X(PT_ROLE_KEY, "key", "brand", "", PT_ATTR_BOLD, 0) /* keys of the hint line */                          \
	X(PT_ROLE_SELECTED, "selected", "selected_fg", "selected_bg", 0, PT_ATTR_REVERSE)                        \
	X(PT_ROLE_HEADLINE_INFO, "headline_info", "headline_fg", "headline_info", PT_ATTR_BOLD, PT_ATTR_REVERSE) \
	X(PT_ROLE_HEADLINE_WARN, "headline_warn", "headline_fg", "headline_warn", PT_ATTR_BOLD, PT_ATTR_REVERSE) \
	X(PT_ROLE_HEADLINE_ALERT, "headline_alert", "headline_fg", "headline_alert", PT_ATTR_BOLD,               \
		PT_ATTR_REVERSE)                                                                                     \
	X(PT_ROLE_OK, "ok", "ok", "", 0, 0)                                                                      \
	X(PT_ROLE_WARN, "warn", "warn", "", 0, PT_ATTR_BOLD)                                                     \
	X(PT_ROLE_ALERT, "alert", "alert", "", 0, PT_ATTR_BOLD)                                                  \
	X(PT_ROLE_THRESHOLD, "threshold", "threshold", "", 0, 0)                                                 \
	X(PT_ROLE_CROSSHAIR, "crosshair", "crosshair", "", 0, PT_ATTR_BOLD)                                      \
	X(PT_ROLE_CROSSHAIR_CUT, "crosshair_cut", "headline_fg", "crosshair", PT_ATTR_BOLD,                      \
		0)                                       /* on a gradient */                                         \
	X(PT_ROLE_EVENT, "event", "event", "", 0, 0) /* vertical lines of detections */                          \
	X(PT_ROLE_PROVISIONAL, "provisional", "provisional", "", 0, PT_ATTR_DIM)                                 \
	X(PT_ROLE_BAND, "band", "graph_text", "band", 0, 0)    /* ground of the usual band, quantiles */         \
	X(PT_ROLE_STRIPE, "stripe", "main_fg", "stripe", 0, 0) /* ground of banners, every 2nd row */            \
	X(PT_ROLE_SERIES_1, "series1", "series1", "", 0, 0)                                                      \
	X(PT_ROLE_SERIES_2, "series2", "series2", "", 0, 0)                                                      \
	X(PT_ROLE_SERIES_3, "series3", "series3", "", 0, 0)                                                      \
	X(PT_ROLE_SERIES_4, "series4", "series4", "", 0, 0)                                                      \
	X(PT_ROLE_SERIES_5, "series5", "series5", "", 0, 0)                                                      \
	X(PT_ROLE_SERIES_6, "series6", "series6", "", 0, 0)                                                      \
	X(PT_ROLE_SERIES_7, "series7", "series7", "", 0, 0)                                                      \
	X(PT_ROLE_SERIES_8, "series8", "series8", "", 0, 0)                                                      \
	X(PT_ROLE_SERIES_9, "series9", "series9", "", 0, 0)                                                      \
	X(PT_ROLE_SERIES_10, "series10", "series10", "", 0, 0)                                                   \
	X(PT_ROLE_SERIES_11, "series11", "series11", "", 0, 0)                                                   \
	X(PT_ROLE_SERIES_12, "series12", "series12", "", 0, 0)                                                   \
	X(PT_ROLE_STEP, "step", "step_", "", 0, 0)          /* gradient of time: level 0 old, 100 new */         \
	X(PT_ROLE_DIVERGING, "diverging", "div_", "", 0, 0) /* gradient about 0: level 50 is 0 */

typedef enum pt_role {
#define X(id, name, fg, bg, attributes, mono_attributes) id,
	PT_ROLE_TABLE(X)
#undef X
		PT_N_ROLES
} pt_role;

enum { PT_N_SERIES_ROLES = 12 };

/** Role of the i-th series, going round after 12: blue, orange, green, pink, cyan, brown, … in the dark
 * theme. */
pt_role pt_role_series(int i);
/** Marker of the i-th run: ● ▲ ■ ◆ ▼ ★ …, going round. */
uint32_t pt_marker_series(int i);
/** Character of the i-th series on an ASCII canvas: '*', 'o', '+', 'x', '#', '@', going round. */
char pt_ascii_series(int i);
/** Name as in the table; "unknown" outside of it. */
const char *pt_role_name(pt_role role);
/** Is the role's colour a gradient? */
bool pt_role_is_gradient(pt_role role);

#endif
