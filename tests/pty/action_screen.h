/** Pressing keys by their names and looking what they do, for the tests of this directory. */
#ifndef TESTS_PTY_ACTION_SCREEN_H
#define TESTS_PTY_ACTION_SCREEN_H

#include "pty_harness.h"

/* Too small for the form of options a screen would show no more than parts of what is looked for. */
enum { ACTION_COLS = 120, ACTION_ROWS = 36 };

/** The test once at each of three terminals, whose name is its state. Each lacks other keys: xterm has them
 * all, screen no modified arrows, the Linux console no application mode, and another F1 and S-Tab. Debian has
 * the three in ncurses-base. */
#define TEST_AT_EACH_TERM(test)                                                 \
	cmocka_unit_test_prestate(test, (void *)(uintptr_t) "xterm-256color"),      \
		cmocka_unit_test_prestate(test, (void *)(uintptr_t) "screen-256color"), \
		cmocka_unit_test_prestate(test, (void *)(uintptr_t) "linux")

/** The program as it stands when nothing was pressed: what each row begins and ends with. */
typedef struct stage {
	pty *terminal;
	const char *term;
	char *rest;      /* the rows that are compared */
	int rest_rows;   /* those below tell the time */
	pty_cell accent; /* corner of the pane that has the focus, the cosine's */
} stage;

typedef bool stage_condition(stage *at);

/** Something that is seen on the screen, or is not. Exactly one of them is given. */
typedef struct sight {
	const char *shows, *lacks;    /* a text */
	const char *focus, *selected; /* key of the pane, name of the row, that has it */
	stage_condition *is;
	const char *moved; /* a text that is x columns to the right, y rows below of where it rests */
	int x, y;
} sight;

/** With {0} there is nothing to be said. */
bool sight_is_given(const sight *seen);
void wait_for_sight(stage *at, const sight *seen, const char *what);
void wait_until_not_seen(stage *at, const sight *seen, const char *what);

/** Start the program on runs, drawn whole and at rest. @param rest_rows how many rows are compared with it
 * later */
stage *stage_create(const char *term, const char *const *runs, int rest_rows);
void stage_destroy(stage *at);
/** As it stands now is its rest from now on. */
void stage_rests_here(stage *at);
/** Wait until it is at rest again: each cell's text, and the focus. */
void wait_for_rest(stage *at, const char *what);

/** Press keys by their names as the action table writes them, blanks between; each in its terminal's own
 * form. */
void press(stage *at, const char *keys);

#endif
