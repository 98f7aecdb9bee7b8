/** Exploring the plots of a sample run in a real terminal: every key and what the mouse does. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "medical_screen.h"

enum { COLS = 120, ROWS = 36, BYTES_A_CURSOR = 600, N_CURSOR_KEYS = 7 };

static char directory[64];

static pty *start_large(const char *path)
{
	pty *terminal = start_with(path, NULL, COLS, ROWS);
	pty_wait_for(terminal, "cosine");
	return terminal;
}

static pty *start_medical(void)
{
	pty *terminal = start_large(MEDICAL_RUN);
	wait_for_screen(terminal);
	return terminal;
}

/* Type a key and wait for what it brings. */
static void key(pty *terminal, const char *bytes, const char *text)
{
	pty_type(terminal, bytes);
	pty_wait_for(terminal, text);
}

static void test_range_keys(void **state)
{
	(void)state;
	pty *terminal = start_medical();
	key(terminal, "+", "50–250");
	key(terminal, "=", "75–175");
	key(terminal, ",", "50–150");
	key(terminal, ".", "75–175");
	key(terminal, "-", "50–250");
	key(terminal, "\x7f", "75–175"); /* Backspace */
	key(terminal, "F", "follows");
	pty_wait_for(terminal, "300–400");
	pty_type(terminal, "F");
	pty_wait_until_gone(terminal, "follows");
	pty_type(terminal, "f");
	pty_wait_until_gone(terminal, "300–400");
	key(terminal, "+", "50–250");
	pty_type(terminal, "\033");
	pty_wait_until_gone(terminal, "50–250");
	pty_end(terminal);
}

/* A key that must change the picture, and another that must bring it back. */
static void assert_there_and_back(const char *there, const char *back)
{
	pty *terminal = start_medical();
	char *before = screen_text(terminal, ROWS);
	pty_type(terminal, there);
	pty_settle(terminal);
	char *between = screen_text(terminal, ROWS);
	pty_type(terminal, back);
	pty_settle(terminal);
	char *after = screen_text(terminal, ROWS);
	assert_string_not_equal(before, between);
	assert_string_equal(before, after);
	free(before);
	free(between);
	free(after);
	pty_end(terminal);
}

static void test_y_keys(void **state)
{
	(void)state;
	assert_there_and_back("\033[1;2A", "\x7f");          /* S-Up, Backspace */
	assert_there_and_back("\033[1;2B", "f");             /* S-Down, fit */
	assert_there_and_back("\033[5~", "\033[6~\x7f\x7f"); /* PgUp, PgDn; both taken back */
	assert_there_and_back("O", "O");
	assert_there_and_back("g", "g");
}

static void test_smoothing_keys(void **state)
{
	(void)state;
	pty *terminal = start_medical();
	key(terminal, "s", "EMA 10");
	key(terminal, "s", "EMA 20");
	key(terminal, "S", "EMA 10");
	pty_type(terminal, "SSSS");
	pty_wait_until_gone(terminal, "EMA ");
	pty_end(terminal);
}

static void test_event_keys(void **state)
{
	(void)state;
	pty *terminal = start_medical();
	key(terminal, "n", "100: change point of B");
	pty_type(terminal, "\033[H\033OH"); /* Home */
	pty_wait_until_gone(terminal, "100: change");
	key(terminal, "n", "100: change point of B");
	pty_type(terminal, "\033OF"); /* End */
	pty_wait_until_gone(terminal, "100: change");
	key(terminal, "N", "100: change point of B");
	pty_end(terminal);
}

static void test_axis_key(void **state)
{
	(void)state;
	pty *terminal = start_large(directory);
	pty_wait_for(terminal, "step 60");
	key(terminal, "x", "steps: no epochs are logged");
	key(terminal, "x", "30m"); /* 12 checkpoints, five minutes apart, first of all at midnight */
	key(terminal, "x", "00:30");
	pty_type(terminal, "x");
	pty_wait_until_gone(terminal, "00:30");
	pty_end(terminal);
	terminal = start_medical();
	key(terminal, "x", "epoch 0.8");
	pty_end(terminal);
}

static int make_timed_run(void **state)
{
	(void)state;
	snprintf(directory, sizeof directory, "/tmp/phasetop-pty-XXXXXX");
	assert_non_null(mkdtemp(directory));
	for (int i = 1; i <= 12; i++) {
		char command[512];
		int made = snprintf(command, sizeof command,
			"cp -r " MEDICAL_RUN "/checkpoint-%d %s/ && rm -f %s/checkpoint-%d/trainer_state.json && "
			"touch -d @%d %s/checkpoint-%d/*",
			5 * i, directory, directory, 5 * i, 1795219200 + 300 * (i - 1), directory, 5 * i);
		assert_true(made < (int)sizeof command);
		int status = system(command);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	return 0;
}

static int remove_timed_run(void **state)
{
	(void)state;
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", directory);
	return system(command);
}

static void test_wheel(void **state)
{
	(void)state;
	pty *terminal = start_medical();
	char *before = screen_text(terminal, ROWS);
	pty_mouse(terminal, 64, 20, 8, false);
	pty_mouse(terminal, 64, 20, 8, false);
	pty_settle(terminal);
	char *zoomed = screen_text(terminal, ROWS);
	assert_string_not_equal(before, zoomed);
	assert_non_null(strstr(pty_row(terminal, 0), "–"));
	pty_mouse(terminal, 65, 20, 8, false);
	pty_mouse(terminal, 65, 20, 8, false);
	pty_mouse(terminal, 65, 20, 8, false);
	pty_settle(terminal);
	char *after = screen_text(terminal, ROWS);
	assert_string_equal(before, after);
	free(before);
	free(zoomed);
	free(after);
	pty_end(terminal);
}

static void test_rectangle_and_double_click(void **state)
{
	(void)state;
	pty *terminal = start_medical();
	pty_mouse(terminal, 0, 20, 5, false);
	pty_mouse(terminal, 32, 30, 8, false);
	pty_mouse(terminal, 32, 40, 10, false);
	pty_wait_for(terminal, "└");
	pty_wait_for(terminal, "┌");
	pty_mouse(terminal, 0, 40, 10, true);
	pty_wait_until_gone(terminal, "┌");
	pty_settle(terminal);
	assert_non_null(strstr(pty_row(terminal, 0), "–"));
	for (int i = 0; i < 2; i++) {
		pty_mouse(terminal, 0, 30, 8, false);
		pty_mouse(terminal, 0, 30, 8, true);
	}
	pty_settle(terminal);
	assert_null(strstr(pty_row(terminal, 0), "–"));
	pty_end(terminal);
}

static void test_dragging_the_turn_line(void **state)
{
	(void)state;
	pty *terminal = start_medical();
	int x, y;
	assert_true(pty_find(terminal, "┄┄┄", &x, &y));
	pty_mouse(terminal, 0, x, y, false);
	pty_mouse(terminal, 32, x, y - 2, false);
	pty_wait_for(terminal, "turn line 0.8"); /* told in the last line, and the line goes there */
	pty_mouse(terminal, 0, x, y - 2, true);
	pty_settle(terminal);
	assert_null(strstr(pty_row(terminal, y), "┄┄┄"));
	assert_non_null(strstr(pty_row(terminal, y - 2), "┄┄┄"));
	pty_end(terminal);
}

static int by_size(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	return (x > y) - (x < y);
}

/* Four panes, 256 colours, a large screen: the median of some cursor keys. */
static void test_bytes_of_a_cursor_key(void **state)
{
	(void)state;
	size_t bytes[N_CURSOR_KEYS];
	pty *terminal = start_medical();
	pty_type(terminal, "\033[D\033[D");
	pty_settle(terminal);
	for (int i = 0; i < N_CURSOR_KEYS; i++) {
		pty_mark(terminal);
		pty_type(terminal, "\033[D");
		pty_settle(terminal);
		bytes[i] = pty_bytes_since_mark(terminal);
		assert_false(pty_cleared_since_mark(terminal));
	}
	qsort(bytes, N_CURSOR_KEYS, sizeof *bytes, by_size);
	assert_in_range(bytes[N_CURSOR_KEYS / 2], 1, BYTES_A_CURSOR);
	pty_end(terminal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_range_keys),
		cmocka_unit_test(test_y_keys),
		cmocka_unit_test(test_smoothing_keys),
		cmocka_unit_test(test_event_keys),
		cmocka_unit_test_setup_teardown(test_axis_key, make_timed_run, remove_timed_run),
		cmocka_unit_test(test_wheel),
		cmocka_unit_test(test_rectangle_and_double_click),
		cmocka_unit_test(test_dragging_the_turn_line),
		cmocka_unit_test(test_bytes_of_a_cursor_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
