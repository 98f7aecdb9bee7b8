/** What frames cost in bytes at 80×24 and 256 colours: over a slow line that is how fast the screen is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "medical_screen.h"

enum {
	BYTES_A_POINT = 100,
	BYTES_A_PANE = 4096,
	BYTES_A_CURSOR = 600,
	N_ROWS_BEFORE = 200,
	N_POINTS = 11,
};

static size_t bytes_of(pty *terminal, const char *keys)
{
	pty_mark(terminal);
	pty_type(terminal, keys);
	pty_settle(terminal);
	assert_false(pty_cleared_since_mark(terminal));
	return pty_bytes_since_mark(terminal);
}

static void test_hiding_and_showing_a_pane(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	for (const char *key = "1234"; *key; key++) {
		char keys[2] = {*key, '\0'};
		assert_in_range(bytes_of(terminal, keys), 100, BYTES_A_PANE);
		assert_in_range(bytes_of(terminal, keys), 100, BYTES_A_PANE);
	}
	pty_end(terminal);
}

static void test_zooming_a_pane(void **state)
{
	(void)state;
	static const char *const titles[] = {"3 local cosine of B ├", "4 SHC, PR, tr C of probe losses ├", "1 norm", "2 PCA"};
	pty *terminal = start(NULL);
	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
		assert_in_range(bytes_of(terminal, "z"), 100, BYTES_A_PANE);
		assert_true(pty_shows(terminal, titles[i]));
		assert_in_range(bytes_of(terminal, "z"), 100, BYTES_A_PANE);
		pty_type(terminal, "\t");
		pty_settle(terminal);
	}
	pty_end(terminal);
}

/* Four panes show where the cursor is. */
static void test_moving_the_cursor(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	for (int i = 0; i < 25; i++)
		assert_in_range(bytes_of(terminal, i < 20 ? "\033[D" : "\033[C"), 1, BYTES_A_CURSOR);
	pty_end(terminal);
}

static int by_size(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	return (x > y) - (x < y);
}

static void add_row(const char *path, int row)
{
	FILE *log = fopen(path, "a");
	assert_non_null(log);
	fprintf(log, "{\"step\": %d, \"loss\": %.6f}\n", row * 5, 2.5 / (1 + 0.01 * row));
	assert_int_equal(fclose(log), 0);
}

/* One point more of one curve: its cells, and the last value in the border. */
static void test_one_point(void **state)
{
	(void)state;
	char directory[] = "/tmp/phasetop-bytes-XXXXXX", path[64], text[32];
	size_t bytes[N_POINTS];
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/train_log.jsonl", directory);
	for (int row = 0; row < N_ROWS_BEFORE; row++)
		add_row(path, row);
	static const char *const env[] = {"PHASETOP_LAYOUT=loss", NULL};
	pty *terminal = start_with(directory, env, 80, 24);
	pty_wait_for(terminal, "@995");
	add_row(path, N_ROWS_BEFORE); /* the axis grows */
	pty_wait_for(terminal, "@1000");
	pty_settle(terminal);
	for (int i = 0; i < N_POINTS; i++) {
		pty_mark(terminal);
		add_row(path, N_ROWS_BEFORE + 1 + i);
		snprintf(text, sizeof text, "@%d", (N_ROWS_BEFORE + 1 + i) * 5);
		pty_wait_for(terminal, text);
		pty_settle(terminal);
		bytes[i] = pty_bytes_since_mark(terminal);
	}
	pty_end(terminal);
	unlink(path);
	rmdir(directory);
	qsort(bytes, N_POINTS, sizeof *bytes, by_size);
	assert_in_range(bytes[N_POINTS / 2], 1, BYTES_A_POINT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hiding_and_showing_a_pane),
		cmocka_unit_test(test_zooming_a_pane),
		cmocka_unit_test(test_moving_the_cursor),
		cmocka_unit_test(test_one_point),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
