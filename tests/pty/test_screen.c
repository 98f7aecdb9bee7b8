/** The real program in a real terminal: what it shows, what it sends, and how it gives the terminal back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pty_harness.h"

#define RUN "sample_runs/medical"

enum {
	/* while axes grow; the goal of the median over a whole run is the bench's, and a full painting takes
	   twice this */
	BYTES_A_CHECKPOINT = 4000,
	BYTES_A_CURSOR = 2000,
	BYTES_A_KEY = 4000, /* a full painting takes twice that */
};

static const char *program(void)
{
	const char *given = getenv("PT_PROGRAM");
	return given ? given : "build/release/phasetop";
}

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
		"cp -r " RUN
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

/* ---- starting --------------------------------------------------------------------------------------------
 */

static pty *start_with(const char *path, const char *const *env, int columns, int rows)
{
	const char *args[] = {program(), path, NULL};
	return pty_start(&(pty_options){.columns = columns, .rows = rows, .args = args, .env = env});
}

/* The whole of the sample run is on the screen. */
static void wait_for_screen(pty *terminal)
{
	pty_wait_for(terminal, "step 400");
	pty_wait_for(terminal, "cosine");
	pty_settle(terminal);
}

static pty *start(const char *const *env)
{
	pty *terminal = start_with(RUN, env, 80, 24);
	wait_for_screen(terminal);
	return terminal;
}

static char *screen_text(pty *terminal, int rows)
{
	char *text = calloc((size_t)rows, PTY_MAX_COLUMNS * 4 + 1);
	assert_non_null(text);
	for (int y = 0; y < rows; y++) {
		strcat(text, pty_row(terminal, y));
		strcat(text, "\n");
	}
	return text;
}

static void assert_exited(pty *terminal, int code)
{
	int status = pty_wait_for_end(terminal);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
		fail_msg("ended with status %#x, not with exit code %d", (unsigned)status, code);
	assert_true(pty_is_restored(terminal));
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

/* ---- giving back ------------------------------------------------------------------------------------------
 */

static void test_signals_end_it(void **state)
{
	(void)state;
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		pty *terminal = start(NULL);
		pty_signal(terminal, numbers[i]);
		assert_exited(terminal, 128 + numbers[i]);
		pty_end(terminal);
	}
}

static void test_control_c_ends_it(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	pty_type(terminal, "\003");
	assert_exited(terminal, 128 + SIGINT);
	pty_end(terminal);
}

static void test_fatal_signals_give_back(void **state)
{
	(void)state;
	static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		pty *terminal = start(NULL);
		pty_signal(terminal, numbers[i]);
		int status = pty_wait_for_end(terminal);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == numbers[i]);
		assert_true(pty_is_restored(terminal));
		pty_end(terminal);
	}
}

static void test_closed_terminal_ends_it(void **state)
{
	(void)state;
	for (int ignored = 0; ignored < 2; ignored++) {
		const char *args[] = {program(), RUN, NULL};
		pty *terminal = pty_start(&(pty_options){.args = args, .ignore_hangup = ignored == 1});
		wait_for_screen(terminal);
		pty_close(terminal);
		pty_wait_for_end(terminal);
		pty_end(terminal);
	}
}

/* Nobody reads: the first frame hangs in its write. */
static void test_stalled_terminal(void **state)
{
	(void)state;
	const char *args[] = {program(), RUN, NULL};
	pty *terminal = pty_start(&(pty_options){.columns = 200, .rows = 60, .args = args, .unread = true});
	pty_settle(terminal);
	pty_signal(terminal, SIGTERM);
	int status = pty_wait_for_end(terminal);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGTERM);
	pty_end(terminal);
}

static void test_reader_that_comes_back(void **state)
{
	(void)state;
	const char *args[] = {program(), RUN, NULL};
	pty *terminal = pty_start(&(pty_options){.columns = 200, .rows = 60, .args = args, .unread = true});
	pty_settle(terminal);
	pty_type(terminal, "m");
	pty_read_again(terminal);
	pty_wait_for(terminal, "matrix A and B");
	pty_end(terminal);
}

static void test_suspend_and_resume(void **state)
{
	(void)state;
	static const char *const ways[] = {"\032", NULL}; /* Ctrl-Z, and the signal */
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		pty *terminal = start(NULL);
		char *before = screen_text(terminal, 24);
		if (ways[i])
			pty_type(terminal, ways[i]);
		else
			pty_signal(terminal, SIGTSTP);
		pty_wait_for_stop(terminal);
		assert_true(pty_is_restored(terminal));
		pty_foreground(terminal);
		wait_for_screen(terminal);
		assert_true(pty_in_alternate_screen(terminal) && pty_mouse_captured(terminal));
		char *after = screen_text(terminal, 24);
		assert_string_equal(before, after);
		pty_type(terminal, "m");
		pty_wait_for(terminal, "A and B");
		pty_type(terminal, "q");
		assert_exited(terminal, 0);
		free(before);
		free(after);
		pty_end(terminal);
	}
}

/* ---- sizes ------------------------------------------------------------------------------------------------
 */

static void test_one_cell_and_back(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	char *before = screen_text(terminal, 24);
	static const int sizes[][2] = {{1, 1}, {5, 2}, {300, 1}, {1, 100}, {200, 60}, {80, 24}};
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		pty_resize(terminal, sizes[i][0], sizes[i][1]);
		pty_settle(terminal);
		assert_false(pty_has_ended(terminal));
	}
	wait_for_screen(terminal);
	char *after = screen_text(terminal, 24);
	assert_string_equal(before, after);
	free(before);
	free(after);
	pty_end(terminal);
}

static void test_resize_storm(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	char *before = screen_text(terminal, 24);
	uint32_t seed = 7;
	for (int i = 0; i < 100; i++) {
		seed = seed * 1664525u + 1013904223u;
		pty_resize(terminal, 1 + (int)(seed >> 16) % 250, 1 + (int)(seed >> 8) % 70);
		pty_has_ended(terminal); /* reads what has come */
	}
	pty_resize(terminal, 80, 24);
	wait_for_screen(terminal);
	char *after = screen_text(terminal, 24);
	assert_string_equal(before, after);
	free(before);
	free(after);
	pty_end(terminal);
}

/* The picture for an old size reaches the window when it has a new one already: it must not stay there. */
static void test_resize_overtakes_the_picture(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	char *before = screen_text(terminal, 24);
	pty_stop_reading(terminal);
	pty_resize(terminal, 100, 30);
	pty_wait_for_unread(terminal);
	pty_resize(terminal, 80, 24);
	pty_read_again(terminal);
	wait_for_screen(terminal);
	char *after = screen_text(terminal, 24);
	assert_string_equal(before, after);
	free(before);
	free(after);
	pty_end(terminal);
}

/* ---- terminals
 * ---------------------------------------------------------------------------------------------- */

typedef struct colour_count {
	int indexed, bright, rgb, beyond_16, not_ascii;
} colour_count;

static colour_count count_colours(pty *terminal)
{
	colour_count count = {0};
	for (int y = 0; y < 24; y++) {
		for (int x = 0; x < 80; x++) {
			pty_cell cell = pty_cell_at(terminal, x, y);
			const int values[] = {cell.fg, cell.bg};
			const pty_colour_kind kinds[] = {cell.fg_kind, cell.bg_kind};
			for (int i = 0; i < 2; i++) {
				count.indexed += kinds[i] == PTY_INDEXED;
				count.bright += kinds[i] == PTY_INDEXED && values[i] >= 8 && values[i] < 16;
				count.beyond_16 += kinds[i] == PTY_INDEXED && values[i] >= 16;
				count.rgb += kinds[i] == PTY_RGB;
			}
			count.not_ascii += cell.glyph >= 0x80;
		}
	}
	return count;
}

static colour_count colours_under(const char *const *env)
{
	pty *terminal = start(env);
	colour_count count = count_colours(terminal);
	pty_type(terminal, "q");
	assert_exited(terminal, 0);
	pty_end(terminal);
	return count;
}

static void test_256_colours(void **state)
{
	(void)state;
	colour_count count = colours_under(NULL);
	assert_true(count.beyond_16 > 100);
	assert_int_equal(count.rgb, 0);
}

static void test_true_colour(void **state)
{
	(void)state;
	const char *env[] = {"COLORTERM=truecolor", NULL};
	colour_count count = colours_under(env);
	assert_true(count.rgb > 100);
	assert_int_equal(count.beyond_16, 0);
}

static void test_16_colours(void **state)
{
	(void)state;
	const char *env[] = {"TERM=xterm", NULL};
	colour_count count = colours_under(env);
	assert_true(count.indexed > 100);
	assert_int_equal(count.beyond_16 + count.rgb, 0);
}

static void test_no_colours(void **state)
{
	(void)state;
	static const char *const vt100[] = {"TERM=vt100", NULL}, *const asked[] = {"NO_COLOR=1", NULL};
	static const char *const *const ways[] = {vt100, asked};
	for (size_t i = 0; i < 2; i++) {
		colour_count count = colours_under(ways[i]);
		assert_int_equal(count.indexed + count.rgb, 0);
	}
}

static void test_plain_locale_is_ascii(void **state)
{
	(void)state;
	const char *env[] = {"LC_ALL=C", NULL};
	assert_int_equal(colours_under(env).not_ascii, 0);
}

/* No terminal that can be drawn on: one report as text, and the end. */
static void test_text_where_there_is_no_screen(void **state)
{
	(void)state;
	static const char *const kinds[] = {"TERM=dumb", "TERM=", "TERM", "TERM=no-such-terminal"};
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const char *env[] = {kinds[i], NULL};
		pty *terminal = start_with(RUN, env, 80, 24);
		int status = pty_wait_for_end(terminal);
		assert_false(pty_received_since_mark(terminal, "\033["));
		assert_true(pty_received_since_mark(terminal, "medical"));
		assert_true(pty_bytes_since_mark(terminal) > 1000);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		assert_true(pty_is_restored(terminal));
		pty_end(terminal);
	}
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
		cmocka_unit_test(test_signals_end_it),
		cmocka_unit_test(test_control_c_ends_it),
		cmocka_unit_test(test_fatal_signals_give_back),
		cmocka_unit_test(test_closed_terminal_ends_it),
		cmocka_unit_test(test_stalled_terminal),
		cmocka_unit_test(test_reader_that_comes_back),
		cmocka_unit_test(test_suspend_and_resume),
		cmocka_unit_test(test_one_cell_and_back),
		cmocka_unit_test(test_resize_storm),
		cmocka_unit_test(test_resize_overtakes_the_picture),
		cmocka_unit_test(test_256_colours),
		cmocka_unit_test(test_true_colour),
		cmocka_unit_test(test_16_colours),
		cmocka_unit_test(test_no_colours),
		cmocka_unit_test(test_plain_locale_is_ascii),
		cmocka_unit_test(test_text_where_there_is_no_screen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
