/**
 * The actions of the screen: one table makes the dispatch, the help screen, the hints in the last line and
 * the section of the manual page.
 */
#ifndef PHASETOP_UI_ACTION_H
#define PHASETOP_UI_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "phasetop/ui/key.h"

/* X(enumerator, title on the help screen). RUNS and LIST act only where such a pane (or the help screen for
 * LIST) has the focus; their keys then come before the others'. */
#define PT_SCOPE_TABLE(X)          \
	X(PT_SCOPE_GLOBAL, "Global")   \
	X(PT_SCOPE_PANES, "Panes")     \
	X(PT_SCOPE_PLOT, "Plot")       \
	X(PT_SCOPE_DOMAIN, "Analysis") \
	X(PT_SCOPE_RUNS, "Runs pane")  \
	X(PT_SCOPE_LIST, "Lists and help")

typedef enum pt_scope {
#define X(id, title) id,
	PT_SCOPE_TABLE(X)
#undef X
		PT_N_SCOPES
} pt_scope;

/*
 * X(enumerator, name, default keys, scope, hint, help)
 * Keys are separated by blanks; "Ctrl-w:h" is Ctrl-w, then h. Rows with the same hint word share one hint in
 * the last line of the screen ("[ ] k"); "" gives none. Help is one line.
 */
#define PT_ACTION_TABLE(X)                                                                                   \
	X(PT_ACTION_HELP, "help", "? F1", PT_SCOPE_GLOBAL, "help", "help on and off")                            \
	X(PT_ACTION_QUIT, "quit", "q", PT_SCOPE_GLOBAL, "quit", "leave the program")                             \
	X(PT_ACTION_BACK, "back", "Esc", PT_SCOPE_GLOBAL, "", "one layer back; never quits")                     \
	X(PT_ACTION_FREEZE, "freeze", "Space", PT_SCOPE_GLOBAL, "freeze", "hold the picture; again: go on")      \
	X(PT_ACTION_REDRAW, "redraw", "Ctrl-l", PT_SCOPE_GLOBAL, "", "paint the whole screen anew")              \
	X(PT_ACTION_SUSPEND, "suspend", "Ctrl-z", PT_SCOPE_GLOBAL, "", "suspend; the shell's fg comes back")     \
	X(PT_ACTION_MOUSE, "mouse", "R", PT_SCOPE_GLOBAL, "", "mouse capture on and off (off: select text)")     \
	X(PT_ACTION_COMMAND, "command", ":", PT_SCOPE_GLOBAL, "command", "command line; Tab completes")          \
	X(PT_ACTION_OPTIONS, "options", "o", PT_SCOPE_GLOBAL, "options", "form of the settings")                 \
	X(PT_ACTION_WRITE, "write", "w", PT_SCOPE_GLOBAL, "export",                                                  \
		"export the pane: SVG, CSV of its series, text")                                                     \
	X(PT_ACTION_COPY, "copy", "Y", PT_SCOPE_GLOBAL, "", "copy the values at the cursor to the clipboard")    \
	X(PT_ACTION_FOCUS_NEXT, "focus-next", "Tab", PT_SCOPE_PANES, "pane", "focus the next pane")              \
	X(PT_ACTION_FOCUS_PREVIOUS, "focus-previous", "S-Tab", PT_SCOPE_PANES, "", "focus the previous pane")    \
	X(PT_ACTION_FOCUS_LEFT, "focus-left", "Ctrl-w:h", PT_SCOPE_PANES, "", "focus the pane to the left")      \
	X(PT_ACTION_FOCUS_DOWN, "focus-down", "Ctrl-w:j", PT_SCOPE_PANES, "", "focus the pane below")            \
	X(PT_ACTION_FOCUS_UP, "focus-up", "Ctrl-w:k", PT_SCOPE_PANES, "", "focus the pane above")                \
	X(PT_ACTION_FOCUS_RIGHT, "focus-right", "Ctrl-w:l", PT_SCOPE_PANES, "", "focus the pane to the right")   \
	X(PT_ACTION_TOGGLE_PANE, "toggle-pane", "1 2 3 4 5 6 7 8 9 0 Ctrl-w:1 Ctrl-w:2", PT_SCOPE_PANES, "",     \
		"show or hide a pane")                                                                               \
	X(PT_ACTION_HIDE, "hide", "Ctrl-w:q", PT_SCOPE_PANES, "", "hide the focused pane")                       \
	X(PT_ACTION_SPLIT_BELOW, "split-below", "Ctrl-w:s", PT_SCOPE_PANES, "", "split: a pane below it")        \
	X(PT_ACTION_SPLIT_RIGHT, "split-right", "Ctrl-w:v", PT_SCOPE_PANES, "", "split: a pane beside it")       \
	X(PT_ACTION_SWAP, "swap", "Ctrl-w:x", PT_SCOPE_PANES, "", "change places with the next pane")            \
	X(PT_ACTION_ZOOM, "zoom", "z Enter", PT_SCOPE_PANES, "zoom", "the focused pane alone; again: all")       \
	X(PT_ACTION_WIDER, "wider", "Ctrl-Right Ctrl-w:>", PT_SCOPE_PANES, "", "wider by one column")            \
	X(PT_ACTION_NARROWER, "narrower", "Ctrl-Left Ctrl-w:<", PT_SCOPE_PANES, "", "narrower by one column")    \
	X(PT_ACTION_TALLER, "taller", "Ctrl-Down Ctrl-w:+", PT_SCOPE_PANES, "", "taller by one row")             \
	X(PT_ACTION_SHORTER, "shorter", "Ctrl-Up Ctrl-w:-", PT_SCOPE_PANES, "", "shorter by one row")            \
	X(PT_ACTION_WIDER_5, "wider-5", "Alt-Right", PT_SCOPE_PANES, "", "wider by five columns")                \
	X(PT_ACTION_NARROWER_5, "narrower-5", "Alt-Left", PT_SCOPE_PANES, "", "narrower by five columns")        \
	X(PT_ACTION_TALLER_5, "taller-5", "Alt-Down", PT_SCOPE_PANES, "", "taller by five rows")                 \
	X(PT_ACTION_SHORTER_5, "shorter-5", "Alt-Up", PT_SCOPE_PANES, "", "shorter by five rows")                \
	X(PT_ACTION_EQUALISE, "equalise", "Ctrl-w:=", PT_SCOPE_PANES, "", "give all panes equal room")           \
	X(PT_ACTION_RESET_LAYOUT, "reset-layout", "Ctrl-w:r", PT_SCOPE_PANES, "", "back to the first layout")    \
	X(PT_ACTION_PRESET_NEXT, "preset-next", "p", PT_SCOPE_PANES, "preset", "next arrangement of panes")      \
	X(PT_ACTION_PRESET_PREVIOUS, "preset-previous", "P", PT_SCOPE_PANES, "", "previous arrangement")         \
	X(PT_ACTION_CURSOR_LEFT, "cursor-left", "Left", PT_SCOPE_PLOT, "step", "step cursor one back")           \
	X(PT_ACTION_CURSOR_RIGHT, "cursor-right", "Right", PT_SCOPE_PLOT, "step", "step cursor one on")          \
	X(PT_ACTION_CURSOR_LEFT_10, "cursor-left-10", "S-Left", PT_SCOPE_PLOT, "", "step cursor ten back")       \
	X(PT_ACTION_CURSOR_RIGHT_10, "cursor-right-10", "S-Right", PT_SCOPE_PLOT, "", "step cursor ten on")      \
	X(PT_ACTION_CURSOR_FIRST, "cursor-first", "Home", PT_SCOPE_PLOT, "", "step cursor to the first step")    \
	X(PT_ACTION_CURSOR_LAST, "cursor-last", "End", PT_SCOPE_PLOT, "", "step cursor to the last step")        \
	X(PT_ACTION_ZOOM_IN, "zoom-in", "+ =", PT_SCOPE_PLOT, "range", "x axis: narrower, about the cursor")     \
	X(PT_ACTION_ZOOM_OUT, "zoom-out", "-", PT_SCOPE_PLOT, "range", "x axis: wider")                          \
	X(PT_ACTION_PAN_LEFT, "pan-left", ",", PT_SCOPE_PLOT, "", "x axis: to the left by a quarter")            \
	X(PT_ACTION_PAN_RIGHT, "pan-right", ".", PT_SCOPE_PLOT, "", "x axis: to the right by a quarter")         \
	X(PT_ACTION_FOLLOW, "follow", "F", PT_SCOPE_PLOT, "", "x axis: follow the newest data, or not")          \
	X(PT_ACTION_FIT, "fit", "f", PT_SCOPE_PLOT, "", "all of the x and y axes again")                         \
	X(PT_ACTION_ZOOM_BACK, "zoom-back", "Backspace", PT_SCOPE_PLOT, "", "back to what was seen before")      \
	X(PT_ACTION_Y_IN, "zoom-y-in", "S-Up", PT_SCOPE_PLOT, "", "y of the focused pane: zoom in")              \
	X(PT_ACTION_Y_OUT, "zoom-y-out", "S-Down", PT_SCOPE_PLOT, "", "y of the focused pane: zoom out")         \
	X(PT_ACTION_Y_UP, "pan-up", "PgUp", PT_SCOPE_PLOT, "", "y of the focused pane: up by a quarter")         \
	X(PT_ACTION_Y_DOWN, "pan-down", "PgDn", PT_SCOPE_PLOT, "", "y of the focused pane: down by a quarter")   \
	X(PT_ACTION_X_AXIS, "x-axis", "x", PT_SCOPE_PLOT, "", "x axis: steps, epochs, time, time of day")        \
	X(PT_ACTION_SMOOTH_MORE, "smooth-more", "s", PT_SCOPE_PLOT, "", "smooth losses and spectra, more")       \
	X(PT_ACTION_SMOOTH_LESS, "smooth-less", "S", PT_SCOPE_PLOT, "", "smooth them less, or not at all")       \
	X(PT_ACTION_OUTLIERS, "outliers", "O", PT_SCOPE_PLOT, "", "leave far outliers out of the y axes")        \
	X(PT_ACTION_GUIDES, "guides", "g", PT_SCOPE_PLOT, "", "a light grid on the ticks: on and off")           \
	X(PT_ACTION_EVENT_NEXT, "event-next", "n", PT_SCOPE_PLOT, "event", "step cursor to the next event")      \
	X(PT_ACTION_EVENT_PREVIOUS, "event-previous", "N", PT_SCOPE_PLOT, "event", "to the event before")        \
	X(PT_ACTION_LOG_X, "log-x", "X", PT_SCOPE_PLOT, "", "logarithmic x axis of steps or epochs")             \
	X(PT_ACTION_LOG_Y, "log-y", "y", PT_SCOPE_PLOT, "", "logarithmic axis of the focused pane")              \
	X(PT_ACTION_GLYPHS, "glyphs", "B", PT_SCOPE_PLOT, "", "braille, block, ASCII in the focused pane")       \
	X(PT_ACTION_K_LESS, "k-less", "[", PT_SCOPE_DOMAIN, "k", "k smaller by one checkpoint spacing")          \
	X(PT_ACTION_K_MORE, "k-more", "]", PT_SCOPE_DOMAIN, "k", "k larger by one checkpoint spacing")           \
	X(PT_ACTION_K_LESS_5, "k-less-5", "{", PT_SCOPE_DOMAIN, "", "k smaller by five spacings")                \
	X(PT_ACTION_K_MORE_5, "k-more-5", "}", PT_SCOPE_DOMAIN, "", "k larger by five spacings")                 \
	X(PT_ACTION_K_OVERLAYS, "k-overlays", "K", PT_SCOPE_DOMAIN, "", "which k are drawn: all, or one")        \
	X(PT_ACTION_MATRIX, "matrix", "m", PT_SCOPE_DOMAIN, "matrix", "next matrix: A, B, both, ΔW, all; W")     \
	X(PT_ACTION_MODULE_SET, "module-set", "M", PT_SCOPE_DOMAIN, "modules", "which modules are summed")       \
	X(PT_ACTION_PROBE_SUBSET, "probe-subset", "u", PT_SCOPE_DOMAIN, "", "which probes the spectrum is of")   \
	X(PT_ACTION_THRESHOLDS, "thresholds", "t", PT_SCOPE_DOMAIN, "threshold", "form of the thresholds")       \
	X(PT_ACTION_THRESHOLDS_ON, "thresholds-on", "T", PT_SCOPE_DOMAIN, "", "thresholds drawn: on and off")    \
	X(PT_ACTION_WINDOW_LESS, "window-less", "(", PT_SCOPE_DOMAIN, "", "probe window W smaller by one row")   \
	X(PT_ACTION_WINDOW_MORE, "window-more", ")", PT_SCOPE_DOMAIN, "", "probe window W larger by one row")    \
	X(PT_ACTION_DETREND, "detrend", "d", PT_SCOPE_DOMAIN, "", "SHC and PR of detrended losses")              \
	X(PT_ACTION_SIGN, "sign", "i", PT_SCOPE_DOMAIN, "", "flip the sign of the cosine (turns are peaks)")     \
	X(PT_ACTION_INVERT, "invert", "I", PT_SCOPE_DOMAIN, "", "invert the cosine's axis")                      \
	X(PT_ACTION_RUNS, "runs", "r", PT_SCOPE_DOMAIN, "", "the runs pane: show and focus, or hide")            \
	X(PT_ACTION_ALL_RUNS, "all-runs", "a", PT_SCOPE_DOMAIN, "", "show all runs")                             \
	X(PT_ACTION_SIDE_BY_SIDE, "side-by-side", "v", PT_SCOPE_DOMAIN, "side by side",                           \
		"runs side by side, or in one plot")                                                                 \
	X(PT_ACTION_DIFFERENCES, "differences", "D", PT_SCOPE_DOMAIN, "", "differences to the baseline, or not") \
	X(PT_ACTION_ALIGN, "align", "A", PT_SCOPE_DOMAIN, "", "steps from where each run turned, or not")        \
	X(PT_ACTION_JOINT_PLANE, "joint-plane", "J", PT_SCOPE_DOMAIN, "", "PCA: one plane for all runs, or own") \
	X(PT_ACTION_BASELINE, "baseline", "b", PT_SCOPE_RUNS, "baseline", "compare the others with this run")    \
	X(PT_ACTION_FILTER, "filter", "/", PT_SCOPE_RUNS, "filter", "list only runs that match; Esc: all")       \
	X(PT_ACTION_TOGGLE_RUN, "toggle-run", "Space", PT_SCOPE_RUNS, "show/hide", "show or hide the run")       \
	X(PT_ACTION_UP, "up", "Up", PT_SCOPE_LIST, "", "one line up")                                            \
	X(PT_ACTION_DOWN, "down", "Down", PT_SCOPE_LIST, "", "one line down")                                    \
	X(PT_ACTION_PAGE_UP, "page-up", "PgUp", PT_SCOPE_LIST, "", "one page up")                                \
	X(PT_ACTION_PAGE_DOWN, "page-down", "PgDn", PT_SCOPE_LIST, "", "one page down")                          \
	X(PT_ACTION_SORT_LEFT, "sort-left", "<", PT_SCOPE_LIST, "", "sort by the column to the left")            \
	X(PT_ACTION_SORT_RIGHT, "sort-right", ">", PT_SCOPE_LIST, "", "sort by the column to the right")

typedef enum pt_action {
#define X(id, name, keys, scope, hint, help) id,
	PT_ACTION_TABLE(X)
#undef X
		PT_N_ACTIONS
} pt_action;

typedef struct pt_action_row {
	const char *name;
	const char *keys; /* as in the table */
	pt_scope scope;
	const char *hint;
	const char *help;
} pt_action_row;

/** The table's row of an action; lives for ever. */
const pt_action_row *pt_action_row_of(pt_action action);

/** Action of a name as `:` commands and the configuration use it; PT_N_ACTIONS: none. */
pt_action pt_action_named(const char *name);

/** Title of a scope on the help screen. */
const char *pt_scope_title(pt_scope scope);

/** The keys that the actions have (keymap.h); NULL below: those of the table. */
typedef struct pt_keymap pt_keymap;

/** Where a key is pressed: decides which rows come first. */
typedef enum pt_context {
	PT_CONTEXT_PLOT,
	PT_CONTEXT_RUNS, /* the runs pane has the focus */
	PT_CONTEXT_LIST, /* another list has it */
	PT_CONTEXT_HELP  /* the help screen is shown */
} pt_context;

/**
 * Action of a key.
 * @param      prefix  the key pressed before when it was a prefix (see pt_action_is_prefix), else PT_KEY_NONE
 * @param[out] arg     1-based place of the key in the row (the pane number for toggle-pane)
 * @return PT_N_ACTIONS when the key does nothing there
 */
pt_action pt_action_for_key(const pt_keymap *keymap, pt_context context, pt_key prefix, pt_key key, int *arg);

/** Does a longer key sequence begin with this key? */
bool pt_action_is_prefix(const pt_keymap *keymap, pt_key key);

/**
 * Keys of an action for people, e.g. "? or F1", "Ctrl-w h"; neighbouring digits as "1-9".
 * @param unicode arrows as arrows
 */
void pt_action_show_keys(const pt_keymap *keymap, pt_action action, bool unicode, char *out, size_t capacity);

/** The first of them; "" when the action has none. */
void pt_action_show_first_key(
	const pt_keymap *keymap, pt_action action, bool unicode, char *out, size_t capacity);

/** One hint of the last line: "[ ]" and "k". */
typedef struct pt_hint {
	char keys[24];
	const char *word;
} pt_hint;

/**
 * Hints for the last line, the most useful first, so that the caller may draw as many as fit.
 * @param[out] hints  room for `capacity`
 * @return how many were written; of an action that has no key there is none
 */
size_t pt_action_hints(
	const pt_keymap *keymap, pt_context context, bool unicode, pt_hint *hints, size_t capacity);

/** The table as the KEYS section of the manual page, in man(7) macros. */
void pt_action_print_man(FILE *out);

#endif
