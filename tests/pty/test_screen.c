/** The real program in a real terminal: what it shows and what it sends. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "medical_screen.h"

enum {
	/* while axes grow; the goal of the median over a whole run is the bench's, and a full painting takes
	   twice this */
	BYTES_A_CHECKPOINT = 4000,
	BYTES_A_CURSOR = 600,
	BYTES_A_KEY = 4000, /* a full painting takes twice that */
};

/* ---- runs that grow --------------------------------------------------------------------------------------
 */

static char directory[64];

static void shell(const char *command)
{
	int status = system(command);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* A trainer writes beside, then renames: the checkpoint is there at once and whole. */
static void add_checkpoint(int step)
{
	char command[512];
	snprintf(command, sizeof command,
		"cp -r " MEDICAL_RUN
		"/checkpoint-%d %s/.staging && touch %s/.staging/* && mv %s/.staging %s/run/checkpoint-%d",
		step, directory, directory, directory, directory, step);
	shell(command);
}

static int make_run(void **state)
{
	(void)state;
	char path[96];
	snprintf(directory, sizeof directory, "/tmp/phasetop-pty-XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/run", directory);
	assert_int_equal(mkdir(path, 0700), 0);
	for (int step = 5; step <= 100; step += 5)
		add_checkpoint(step);
	return 0;
}

static int remove_run(void **state)
{
	(void)state;
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", directory);
	shell(command);
	return 0;
}

/* ---- what is shown ---------------------------------------------------------------------------------------
 */

static void test_four_panes_and_three_lines(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	assert_true(pty_in_alternate_screen(terminal));
	assert_true(pty_mouse_captured(terminal));
	assert_non_null(strstr(pty_row(terminal, 0), "medical"));
	assert_non_null(strstr(pty_row(terminal, 23), "help"));
	const char *const titles[] = {"1 norm", "2 PCA", "3 ", "4 SHC"};
	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
		assert_true(pty_shows(terminal, titles[i]));
	pty_end(terminal);
}

static void test_checkpoint_arrives(void **state)
{
	(void)state;
	char path[96];
	snprintf(path, sizeof path, "%s/run", directory);
	pty *terminal = start_with(path, NULL, 80, 24);
	pty_wait_for(terminal, "step 100");
	pty_settle(terminal);
	for (int step = 105; step <= 115; step += 5) {
		char text[32];
		snprintf(text, sizeof text, "step %d", step);
		pty_mark(terminal);
		add_checkpoint(step);
		pty_wait_for(terminal, text);
		pty_settle(terminal);
		assert_false(pty_cleared_since_mark(terminal));
		assert_in_range(pty_bytes_since_mark(terminal), 1, BYTES_A_CHECKPOINT);
	}
	pty_end(terminal);
}

static void test_silence_costs_nothing(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	pty_mark(terminal);
	pty_settle(terminal);
	assert_int_equal(pty_bytes_since_mark(terminal), 0);
	pty_end(terminal);
}

/* ---- keys ------------------------------------------------------------------------------------------------
 */

static void test_key_changes_k(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	assert_true(pty_shows(terminal, "k 15"));
	pty_mark(terminal);
	pty_type(terminal, "]");
	pty_wait_for(terminal, "k 20");
	pty_settle(terminal);
	assert_false(pty_cleared_since_mark(terminal));
	assert_in_range(pty_bytes_since_mark(terminal), 1, BYTES_A_KEY);
	pty_type(terminal, "[[");
	pty_wait_for(terminal, "━ k 10"); /* in the legend: the curve was made anew */
	pty_end(terminal);
}

static void test_cursor_key_is_cheap(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	pty_mark(terminal);
	pty_type(terminal, "\033[D");
	pty_settle(terminal);
	assert_false(pty_cleared_since_mark(terminal));
	assert_in_range(pty_bytes_since_mark(terminal), 1, BYTES_A_CURSOR);
	pty_end(terminal);
}

static void test_matrix_help_and_freeze(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	pty_type(terminal, "mm");
	pty_wait_for(terminal, "ΔW");
	pty_type(terminal, "?");
	pty_wait_for(terminal, "? help├");
	pty_type(terminal, "\033");
	pty_wait_until_gone(terminal, "? help├");
	pty_type(terminal, " ");
	pty_wait_for(terminal, "frozen");
	pty_type(terminal, " ");
	pty_wait_until_gone(terminal, "frozen");
	pty_end(terminal);
}

static void test_zoom_and_hide(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	char *before = screen_text(terminal, 24);
	pty_type(terminal, "z");
	pty_wait_until_gone(terminal, "2 PCA");
	pty_type(terminal, "z");
	pty_wait_for(terminal, "2 PCA");
	pty_type(terminal, "1");
	pty_wait_until_gone(terminal, "1 norm");
	pty_type(terminal, "1");
	pty_wait_for(terminal, "1 norm");
	pty_settle(terminal);
	char *after = screen_text(terminal, 24);
	assert_string_equal(before, after);
	free(before);
	free(after);
	pty_end(terminal);
}

static void test_thresholds_form(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	pty_type(terminal, "t");
	pty_wait_for(terminal, "turn line");
	pty_type(terminal, "\033");
	pty_wait_until_gone(terminal, "turn line");
	pty_end(terminal);
}

/* Column of the border between the first two panes. */
static int border_column(pty *terminal)
{
	int x = 0, y = 0;
	assert_true(pty_find(terminal, "╮╭", &x, &y));
	return x;
}

static bool border_moved(pty *terminal, void *context)
{
	int x, y, wanted = *(int *)context;
	return pty_find(terminal, "╮╭", &x, &y) && x == wanted;
}

static void test_modified_arrows_resize(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	int wanted = border_column(terminal) + 1;
	pty_type(terminal, "\t\t\033[1;5C"); /* from cosine round to norms; Ctrl-Right */
	pty_wait_until(terminal, border_moved, &wanted, "Ctrl-Right makes the pane wider by one column");
	wanted -= 5;
	pty_type(terminal, "\033[1;3D");
	pty_wait_until(terminal, border_moved, &wanted, "Alt-Left makes it narrower by five");
	pty_end(terminal);
}

static void test_quit_and_escape(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	pty_type(terminal, "\033");
	pty_settle(terminal);
	pty_type(terminal, "m");
	pty_wait_until_gone(terminal, "matrix B  ");
	assert_false(pty_has_ended(terminal));
	pty_type(terminal, "q");
	assert_exited(terminal, 0);
	pty_end(terminal);
}

/* ---- mouse -----------------------------------------------------------------------------------------------
 */

static bool corner_changed(pty *terminal, void *context)
{
	return pty_cell_at(terminal, 0, 1).fg != *(int *)context;
}

static void test_click_focuses(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	int quiet = pty_cell_at(terminal, 0, 1).fg;
	pty_mouse(terminal, 0, 10, 4, false);
	pty_mouse(terminal, 0, 10, 4, true);
	pty_wait_until(terminal, corner_changed, &quiet, "the border of the pane clicked on takes the accent");
	pty_end(terminal);
}

static void test_drag_moves_the_border(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	int x = border_column(terminal), wanted = x + 8;
	pty_mouse(terminal, 0, x, 4, false);
	for (int to = x + 1; to <= wanted; to++)
		pty_mouse(terminal, 32, to, 4, false);
	pty_mouse(terminal, 0, wanted, 4, true);
	pty_wait_until(terminal, border_moved, &wanted, "the border follows the pointer");
	pty_end(terminal);
}

static void test_mouse_capture_key(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	pty_type(terminal, "R");
	pty_settle(terminal);
	assert_false(pty_mouse_captured(terminal));
	pty_type(terminal, "R");
	pty_settle(terminal);
	assert_true(pty_mouse_captured(terminal));
	pty_end(terminal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_four_panes_and_three_lines),
		cmocka_unit_test_setup_teardown(test_checkpoint_arrives, make_run, remove_run),
		cmocka_unit_test(test_silence_costs_nothing),
		cmocka_unit_test(test_key_changes_k),
		cmocka_unit_test(test_cursor_key_is_cheap),
		cmocka_unit_test(test_matrix_help_and_freeze),
		cmocka_unit_test(test_zoom_and_hide),
		cmocka_unit_test(test_thresholds_form),
		cmocka_unit_test(test_modified_arrows_resize),
		cmocka_unit_test(test_quit_and_escape),
		cmocka_unit_test(test_click_focuses),
		cmocka_unit_test(test_drag_moves_the_border),
		cmocka_unit_test(test_mouse_capture_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
