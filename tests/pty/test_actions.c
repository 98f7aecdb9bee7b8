/** Every action of the table by every one of its keys, in the forms that three kinds of terminal send, in a
 * real terminal: what is seen then, and was not before. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "action_screen.h"
#include "medical_screen.h"
#include "phasetop/ui/action.h"
#include "phasetop/ui/clipboard.h"
#include "key_forms.h"

enum { ROWS_WITHOUT_AGES = 28 }; /* of three runs: the table of the runs, below, tells the time */

static const char *const one_run[] = {MEDICAL_RUN, NULL};
static const char *const three_runs[] = {MEDICAL_RUN, "sample_runs/sports", "sample_runs/finance", NULL};

typedef struct action_case {
	pt_action action;
	int key;            /* place of the key among those of the action, from 1; 0: each of them */
	const char *before; /* keys from rest to where it is pressed */
	sight ready;        /* what then is seen, before it is pressed; not needed without `before` */
	sight seen;         /* what is seen once it was pressed, and was not before */
	const char *after;  /* keys back to rest */
} action_case;

/* ---- what is no text on the screen -----------------------------------------------------------------------
 */

static bool is_painted_anew(stage *at)
{
	return pty_cleared_since_mark(at->terminal);
}

static bool leaves_mouse(stage *at)
{
	return !pty_mouse_captured(at->terminal);
}

/* Where the terminal is one that can, the bytes that copy; else words that it cannot. */
static bool has_copied(stage *at)
{
	return pt_clipboard_is_known(at->term) ? pty_shows(at->terminal, "copied: the cosine pane") &&
												 pty_received_since_mark(at->terminal, "\033]52;c;")
										   : pty_shows(at->terminal, "not known to have a clipboard");
}

static bool is_writing_a_command(stage *at)
{
	return strcmp(pty_row(at->terminal, ACTION_ROWS - 1), ":") == 0;
}

/* ---- one run ---------------------------------------------------------------------------------------------
 */

#define ROW(name, ...)                          \
	{                                           \
		.action = PT_ACTION_##name, __VA_ARGS__ \
	}

static const action_case with_one_run[] = {
	ROW(HELP, .seen = {.shows = "┤? help├"}, .after = "?"),
	ROW(QUIT, .before = "?", .ready = {.shows = "┤? help├"}, .seen = {.lacks = "┤? help├"}, .after = ""),
	ROW(BACK, .before = "Space", .ready = {.shows = "frozen"}, .seen = {.lacks = "frozen"}, .after = ""),
	ROW(FREEZE, .seen = {.shows = "frozen"}, .after = "Space"),
	ROW(REDRAW, .seen = {.is = is_painted_anew}, .after = ""),
	ROW(MOUSE, .seen = {.is = leaves_mouse}, .after = "R"),
	ROW(COMMAND, .seen = {.is = is_writing_a_command}, .after = "Esc"),
	ROW(OPTIONS, .seen = {.shows = "┤o options├"}, .after = "Esc"),
	ROW(WRITE, .seen = {.shows = ":export medical-cosine.svg"}, .after = "Esc"),
	ROW(COPY, .seen = {.is = has_copied}, .after = "Esc"),
	ROW(FOCUS_NEXT, .seen = {.focus = "4"}, .after = "Ctrl-w:h"),
	ROW(FOCUS_PREVIOUS, .seen = {.focus = "2"}, .after = "Tab"),
	ROW(FOCUS_LEFT, .before = "Tab", .ready = {.focus = "4"}, .seen = {.focus = "3"}, .after = ""),
	ROW(FOCUS_DOWN, .before = "Ctrl-w:k", .ready = {.focus = "1"}, .seen = {.focus = "3"}, .after = ""),
	ROW(FOCUS_UP, .seen = {.focus = "1"}, .after = "Ctrl-w:j"),
	ROW(FOCUS_RIGHT, .seen = {.focus = "4"}, .after = "Ctrl-w:h"),
	ROW(TOGGLE_PANE, .key = 1, .seen = {.lacks = "┤1 norm"}, .after = "1"),
	ROW(TOGGLE_PANE, .key = 2, .seen = {.lacks = "┤2 PCA"}, .after = "2"),
	ROW(TOGGLE_PANE, .key = 3, .seen = {.lacks = "┤3 local"}, .after = "3 Ctrl-w:h"),
	ROW(TOGGLE_PANE, .key = 4, .seen = {.lacks = "┤4 SHC"}, .after = "4"),
	ROW(TOGGLE_PANE, .key = 5, .seen = {.shows = "┤5 loss"}, .after = "5"),
	ROW(TOGGLE_PANE, .key = 6, .seen = {.shows = "┤6 runs"}, .after = "6"),
	ROW(TOGGLE_PANE, .key = 7, .seen = {.shows = "┤7 problems"}, .after = "7"),
	ROW(TOGGLE_PANE, .key = 8, .seen = {.shows = "┤8 k-scan"}, .after = "8"),
	ROW(TOGGLE_PANE, .key = 9, .seen = {.shows = "┤9 modules"}, .after = "9"),
	ROW(TOGGLE_PANE, .key = 10, .seen = {.shows = "┤0 leading modes"}, .after = "0"),
	ROW(TOGGLE_PANE, .key = 11, .seen = {.shows = "┤^w1 cosine map"}, .after = "Ctrl-w:1"),
	ROW(TOGGLE_PANE, .key = 12, .seen = {.shows = "┤^w2 scree"}, .after = "Ctrl-w:2"),
	ROW(HIDE, .seen = {.lacks = "┤3 local"}, .after = "3 Ctrl-w:h"),
	ROW(SPLIT_BELOW, .seen = {.shows = ":split-below"}, .after = "Esc"),
	ROW(SPLIT_RIGHT, .seen = {.shows = ":split-right"}, .after = "Esc"),
	ROW(SWAP, .seen = {.moved = "┤3 local", .x = 60}, .after = "Ctrl-w:r"),
	ROW(ZOOM, .seen = {.lacks = "┤1 norm"}, .after = "z"),
	ROW(WIDER, .seen = {.moved = "┤4 SHC", .x = 1}, .after = "Ctrl-w:r"),
	ROW(NARROWER, .seen = {.moved = "┤4 SHC", .x = -1}, .after = "Ctrl-w:r"),
	ROW(TALLER, .seen = {.moved = "┤3 local", .y = -1}, .after = "Ctrl-w:r"),
	ROW(SHORTER, .seen = {.moved = "┤3 local", .y = 1}, .after = "Ctrl-w:r"),
	ROW(WIDER_5, .seen = {.moved = "┤4 SHC", .x = 5}, .after = "Ctrl-w:r"),
	ROW(NARROWER_5, .seen = {.moved = "┤4 SHC", .x = -5}, .after = "Ctrl-w:r"),
	ROW(TALLER_5, .seen = {.moved = "┤3 local", .y = -5}, .after = "Ctrl-w:r"),
	ROW(SHORTER_5, .seen = {.moved = "┤3 local", .y = 5}, .after = "Ctrl-w:r"),
	ROW(EQUALISE, .before = "Alt-Right", .ready = {.moved = "┤4 SHC", .x = 5}, .seen = {.moved = "┤4 SHC"},
		.after = "Ctrl-w:r"),
	ROW(RESET_LAYOUT, .before = "1", .ready = {.lacks = "┤1 norm"}, .seen = {.shows = "┤1 norm"},
		.after = ""),
	ROW(PRESET_NEXT, .seen = {.shows = "phasetop · early-warning"}, .after = "P"),
	ROW(PRESET_PREVIOUS, .seen = {.shows = "phasetop · single"}, .after = "p"),
	ROW(CURSOR_LEFT, .seen = {.shows = "  95  ‖B‖ 0.2539"}, .after = "Esc"),
	ROW(CURSOR_RIGHT, .seen = {.shows = " 105  ‖B‖ "}, .after = "Esc"),
	ROW(CURSOR_LEFT_10, .seen = {.shows = "  50  ‖B‖ "}, .after = "Esc"),
	ROW(CURSOR_RIGHT_10, .seen = {.shows = " 150  ‖B‖ "}, .after = "Esc"),
	ROW(CURSOR_FIRST, .seen = {.shows = "  1  ‖B‖ 0.0000"}, .after = "Esc"),
	ROW(CURSOR_LAST, .seen = {.shows = " 400  ‖B‖ 0.3488"}, .after = "Esc"),
	ROW(ZOOM_IN, .seen = {.shows = " 50–250 "}, .after = "f"),
	ROW(ZOOM_OUT, .before = "+ +", .ready = {.shows = " 75–175 "}, .seen = {.shows = " 50–250 "},
		.after = "f"),
	ROW(PAN_LEFT, .before = "+ +", .ready = {.shows = " 75–175 "}, .seen = {.shows = " 50–150 "},
		.after = "f"),
	ROW(PAN_RIGHT, .before = "+ +", .ready = {.shows = " 75–175 "}, .seen = {.shows = " 100–200 "},
		.after = "f"),
	ROW(FOLLOW, .seen = {.shows = "  follows "}, .after = "F"),
	ROW(FIT, .before = "+", .ready = {.shows = " 50–250 "}, .seen = {.lacks = " 50–250 "}, .after = ""),
	ROW(ZOOM_BACK, .before = "+ +", .ready = {.shows = " 75–175 "}, .seen = {.shows = " 50–250 "},
		.after = "f"),
	ROW(Y_IN, .seen = {.shows = "0.85┤"}, .after = "f"),
	ROW(Y_OUT, .seen = {.shows = " 0.7┤"}, .after = "f"),
	ROW(Y_UP, .seen = {.moved = " 1.0┤", .y = 3}, .after = "f"),
	ROW(Y_DOWN, .seen = {.moved = " 0.8┤", .y = -3}, .after = "f"),
	ROW(X_AXIS, .seen = {.shows = "epoch 0.8"}, .after = "x x x"),
	ROW(LOG_X, .seen = {.shows = "  2  "}, .after = "X"),
	ROW(SMOOTH_MORE, .seen = {.shows = "EMA 10 "}, .after = "S S S S"),
	ROW(SMOOTH_LESS, .before = "s s", .ready = {.shows = "EMA 20 "}, .seen = {.shows = "EMA 10 "},
		.after = "S S S S"),
	ROW(OUTLIERS, .seen = {.shows = "├1.06"}, .after = "O"),
	ROW(GUIDES, .seen = {.shows = "┈┈┈┈"}, .after = "g"),
	ROW(EVENT_NEXT, .before = "Home", .ready = {.shows = "  1  ‖B‖ 0.0000"},
		.seen = {.shows = "100: change point of B"}, .after = "Esc"),
	ROW(EVENT_PREVIOUS, .before = "End", .ready = {.shows = " 400  ‖B‖ 0.3488"},
		.seen = {.shows = "100: change point of B"}, .after = "Esc"),
	ROW(LOG_Y, .before = "Tab", .ready = {.focus = "4"}, .seen = {.shows = " 2e-6┤"}, .after = "y Ctrl-w:h"),
	ROW(GLYPHS, .seen = {.shows = "▄▄▄▄"}, .after = "B B"),
	ROW(K_LESS, .seen = {.shows = " k 10   window"}, .after = "]"),
	ROW(K_MORE, .seen = {.shows = " k 20   window"}, .after = "["),
	ROW(K_LESS_5, .seen = {.shows = " k 5   window"}, .after = "] ]"),
	ROW(K_MORE_5, .seen = {.shows = " k 40   window"}, .after = "{"),
	ROW(K_OVERLAYS, .seen = {.lacks = "┅ k 5"}, .after = "K K K"),
	ROW(MATRIX, .seen = {.shows = "matrix A and B"}, .after = "m m m m"),
	ROW(MODULE_SET, .seen = {.shows = "modules that are summed├"}, .after = "Esc"),
	ROW(PROBE_SUBSET, .seen = {.shows = "probes of the spectrum├"}, .after = "Esc"),
	ROW(THRESHOLDS, .seen = {.shows = "cosine thresholds├"}, .after = "Esc"),
	ROW(THRESHOLDS_ON, .seen = {.lacks = "┄┄┄┄"}, .after = "T"),
	ROW(WINDOW_LESS, .seen = {.shows = " window 19"}, .after = ")"),
	ROW(WINDOW_MORE, .seen = {.shows = " window 21"}, .after = "("),
	ROW(DETREND, .seen = {.shows = "SHC, PR detrended"}, .after = "d"),
	ROW(SIGN, .seen = {.shows = "−local cosine"}, .after = "i"),
	ROW(INVERT, .seen = {.moved = "cos 0.906", .x = -1, .y = -11}, .after = "I"),
	ROW(RUNS, .seen = {.shows = "┤6 runs"}, .after = "r Ctrl-w:j"),
	ROW(UP, .before = "? Down Down", .ready = {.shows = "┤3–64 of"}, .seen = {.shows = "┤2–63 of"},
		.after = "?"),
	ROW(DOWN, .before = "?", .ready = {.shows = "┤1–62 of"}, .seen = {.shows = "┤2–63 of"}, .after = "?"),
	ROW(PAGE_UP, .before = "? PgDn", .ready = {.shows = "┤31–92 of"}, .seen = {.shows = "┤1–62 of"},
		.after = "?"),
	ROW(PAGE_DOWN, .before = "?", .ready = {.shows = "┤1–62 of"}, .seen = {.shows = "┤31–92 of"},
		.after = "?"),
};

/* ---- three runs ------------------------------------------------------------------------------------------
 */

#define RUNS_FOCUSED .before = "r", .ready = {.shows = "Space show/hide"}

static const action_case with_three_runs[] = {
	ROW(ALL_RUNS, .before = "r Space", .ready = {.shows = "2 of 3 runs"},
		.seen = {.shows = "phasetop  3 runs"}, .after = "Ctrl-w:k"),
	ROW(SIDE_BY_SIDE, .seen = {.shows = "│● medical "}, .after = "v"),
	ROW(DIFFERENCES, .seen = {.shows = "differences to medical"}, .after = "D"),
	ROW(ALIGN, .seen = {.shows = "aligned on turn"}, .after = "A"),
	ROW(JOINT_PLANE, .seen = {.shows = "one plane: 47.0 % + 24.1 %"}, .after = "J"),
	ROW(BASELINE, .before = "r Down", .ready = {.selected = "▲ sports     finished"},
		.seen = {.shows = "▲ sports ◂"}, .after = "Up b Ctrl-w:k"),
	ROW(FILTER, RUNS_FOCUSED, .seen = {.shows = "┤6 runs /▏"}, .after = "Esc Ctrl-w:k"),
	ROW(TOGGLE_RUN, RUNS_FOCUSED, .seen = {.shows = "2 of 3 runs"}, .after = "Space Ctrl-w:k"),
	ROW(UP, .before = "r Down", .ready = {.selected = "▲ sports     finished"},
		.seen = {.selected = "● medical ◂  finished"}, .after = "Ctrl-w:k"),
	ROW(DOWN, RUNS_FOCUSED, .seen = {.selected = "▲ sports     finished"}, .after = "Up Ctrl-w:k"),
	ROW(PAGE_UP, .before = "r Down Down", .ready = {.selected = "■ finance    finished"},
		.seen = {.selected = "● medical ◂  finished"}, .after = "Ctrl-w:k"),
	ROW(PAGE_DOWN, RUNS_FOCUSED, .seen = {.selected = "■ finance    finished"}, .after = "PgUp Ctrl-w:k"),
	ROW(SORT_LEFT, .before = "r > >", .ready = {.shows = "by state"}, .seen = {.shows = "by name"},
		.after = "< Ctrl-w:k"),
	ROW(SORT_RIGHT, RUNS_FOCUSED, .seen = {.shows = "by name"}, .after = "< Ctrl-w:k"),
};

enum {
	N_WITH_ONE = sizeof with_one_run / sizeof with_one_run[0],
	N_WITH_THREE = sizeof with_three_runs / sizeof with_three_runs[0],
};

/* ---- tests -----------------------------------------------------------------------------------------------
 */

static size_t count_keys(const char *keys)
{
	size_t n_bytes, n = 0;
	while (next_key_name(&keys, &n_bytes))
		n++;
	return n;
}

static bool is_pressed(const action_case *rows, size_t n_rows, int action, int key)
{
	for (size_t i = 0; i < n_rows; i++)
		if ((int)rows[i].action == action && (rows[i].key == 0 || rows[i].key == key))
			return true;
	return false;
}

/* An action, or a key, that is new to the table of actions wants a row here. */
static void test_every_key_of_every_action_is_pressed(void **state)
{
	(void)state;
	for (int action = 0; action < PT_N_ACTIONS; action++) {
		const pt_action_row *row = pt_action_row_of((pt_action)action);
		for (int key = 1; key <= (int)count_keys(row->keys); key++)
			if (action != PT_ACTION_SUSPEND && !is_pressed(with_one_run, N_WITH_ONE, action, key) &&
				!is_pressed(with_three_runs, N_WITH_THREE, action, key))
				fail_msg("no row presses key %d of '%s' (%s)", key, row->name, row->keys);
	}
}

static void play_form(stage *at, const action_case *row, const char *bytes, const char *what)
{
	if (row->before) {
		press(at, row->before);
		wait_for_sight(at, &row->ready, what);
	}
	wait_until_not_seen(at, &row->seen, what);
	pty_mark(at->terminal);
	pty_type(at->terminal, bytes);
	wait_for_sight(at, &row->seen, what);
	press(at, row->after);
	wait_for_rest(at, what);
}

/* Each form of each key. */
static void play(stage *at, const action_case *row)
{
	const char *keys = pt_action_row_of(row->action)->keys, *name;
	size_t n;
	assert_true(!row->before || sight_is_given(&row->ready));
	assert_true(sight_is_given(&row->seen));
	for (int place = 1; (name = next_key_name(&keys, &n)); place++) {
		if (row->key != 0 && row->key != place)
			continue;
		key_forms forms = key_forms_of(name, n);
		for (size_t i = 0; i < forms.n; i++) {
			char what[96];
			snprintf(what, sizeof what, "%s by %.*s, form %zu", pt_action_row_of(row->action)->name, (int)n,
				name, i + 1);
			play_form(at, row, forms.bytes[i], what);
		}
	}
}

/* The row of suspending: nobody can look at a screen that was given back. */
static void suspend_and_come_back(stage *at)
{
	assert_int_equal(count_keys(pt_action_row_of(PT_ACTION_SUSPEND)->keys), 1);
	press(at, pt_action_row_of(PT_ACTION_SUSPEND)->keys);
	pty_wait_for_stop(at->terminal);
	assert_true(pty_is_restored(at->terminal));
	pty_foreground(at->terminal);
	wait_for_rest(at, "suspended and continued");
}

static void test_actions_with_one_run(void **state)
{
	stage *at = stage_create(*state, one_run, ACTION_ROWS);
	for (size_t i = 0; i < N_WITH_ONE; i++)
		play(at, &with_one_run[i]);
	suspend_and_come_back(at);
	press(at, "q");
	assert_exited(at->terminal, 0);
	stage_destroy(at);
}

static void test_actions_with_three_runs(void **state)
{
	stage *at = stage_create(*state, three_runs, ROWS_WITHOUT_AGES);
	for (size_t i = 0; i < N_WITH_THREE; i++)
		play(at, &with_three_runs[i]);
	stage_destroy(at);
}

/* ---- keys that come at once, and what is no key -----------------------------------------------------------
 */

static void test_keys_of_one_write_all_arrive(void **state)
{
	stage *at = stage_create(*state, one_run, ACTION_ROWS);
	pty_type(at->terminal, "]]]]mz");
	wait_for_sight(at, &(sight){.shows = "matrix A and B   k 35   window 20"}, "six keys in one write");
	wait_for_sight(at, &(sight){.lacks = "┤1 norm"}, "the last of six keys");
	pty_type(at->terminal, "zmmmm[[[[");
	wait_for_rest(at, "nine keys in one write");
	stage_destroy(at);
}

/* Keys that nobody is bound to, what other programs have left switched on (focus, pasting, an old mouse), and
 * answers to questions. */
static const char *const not_keys[] = {"\033[1;6D", "\033[1;8H", "\033[15;5~", "\033[24~", "\033[99;99~",
	"\033[27;5;109~", "\033[109;5u", "\033OS", "\033O5S", "\033[[E", "\033[I", "\033[O", "\033[200~",
	"\033[201~", "\033[M !!", "\033[?62;22c", "\033[<99;40;10M", "\033[<0;0;0M", "\033[<35;40;10M",
	"\033[<00000000000000000000000000000000000000000;40;10M"};

/* Keys whose rest never comes. */
static const char *const half_keys[] = {"\033[", "\033[1;", "\033O", "\033[M", "\033[<64;40"};

/* The picture is frozen, which Esc would end; the next key is one again. */
static void assert_ignored(stage *at, const char *bytes, bool is_cut_short)
{
	char what[80];
	snprintf(what, sizeof what, "after ESC%s", bytes + 1);
	pty_type(at->terminal, bytes);
	if (is_cut_short)
		pty_settle(at->terminal);
	press(at, ":");
	wait_for_sight(at, &(sight){.is = is_writing_a_command}, what);
	press(at, "Esc");
	wait_for_rest(at, what);
}

static void test_what_is_no_key_does_nothing(void **state)
{
	stage *at = stage_create(*state, one_run, ACTION_ROWS);
	press(at, "Space");
	wait_for_sight(at, &(sight){.shows = "frozen"}, "frozen by Space");
	stage_rests_here(at);
	for (size_t i = 0; i < sizeof not_keys / sizeof not_keys[0]; i++)
		assert_ignored(at, not_keys[i], false);
	for (size_t i = 0; i < sizeof half_keys / sizeof half_keys[0]; i++)
		assert_ignored(at, half_keys[i], true);
	stage_destroy(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key_of_every_action_is_pressed),
		TEST_AT_EACH_TERM(test_actions_with_one_run),
		TEST_AT_EACH_TERM(test_actions_with_three_runs),
		TEST_AT_EACH_TERM(test_keys_of_one_write_all_arrive),
		TEST_AT_EACH_TERM(test_what_is_no_key_does_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
