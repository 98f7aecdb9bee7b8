/** Several runs in a real terminal: each key that puts them beside each other, and runs that join in. */
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

static pty *start_three(int columns, int rows)
{
	const char *args[] = {
		program(), "sample_runs/medical", "sample_runs/sports", "sample_runs/finance", NULL};
	pty *terminal = pty_start(&(pty_options){.columns = columns, .rows = rows, .args = args});
	pty_wait_for(terminal, "3 runs   ○ finished");
	pty_wait_for(terminal, "0.692 @370");
	pty_settle(terminal);
	return terminal;
}

static void test_side_by_side_and_overlaid(void **state)
{
	(void)state;
	pty *terminal = start_three(160, 40);
	pty_type(terminal, "v");
	pty_wait_for(terminal, "min 0.848 @115"); /* a figure for each run */
	pty_type(terminal, "v");
	pty_wait_until_gone(terminal, "min 0.848 @115");
	pty_end(terminal);
}

static void test_differences_and_alignment(void **state)
{
	(void)state;
	pty *terminal = start_three(120, 36);
	pty_type(terminal, "D");
	pty_wait_for(terminal, "norm ‖B‖ − medical");
	pty_type(terminal, "A");
	pty_wait_for(terminal, "from turn");
	pty_type(terminal, "DA");
	pty_wait_until_gone(terminal, "from turn");
	pty_wait_until_gone(terminal, "− medical");
	pty_end(terminal);
}

static void test_one_plane_for_all(void **state)
{
	(void)state;
	pty *terminal = start_three(120, 36);
	pty_type(terminal, "J");
	pty_wait_for(terminal, "one plane: 47.0 % + 24.1 %");
	pty_type(terminal, "J");
	pty_wait_for(terminal, "each run in its own plane");
	pty_end(terminal);
}

static void test_another_baseline(void **state)
{
	(void)state;
	pty *terminal = start_three(120, 36);
	pty_wait_for(terminal, "0.791");
	pty_type(terminal, "r\033[Bb");
	pty_wait_for(terminal, "▲ sports ◂");
	pty_wait_for(terminal, "cos sports");
	pty_wait_for(terminal, "0.791"); /* of medical now */
	pty_end(terminal);
}

static void test_sort_filter_and_escape(void **state)
{
	(void)state;
	pty *terminal = start_three(120, 36);
	pty_type(terminal, "r>>");
	pty_wait_for(terminal, "by state");
	pty_type(terminal, "<");
	pty_wait_for(terminal, "by name");
	pty_type(terminal, "/spo");
	pty_wait_for(terminal, "1 of 3 runs");
	pty_type(terminal, "\033");
	pty_wait_for(terminal, "┤3 runs · by name├");
	pty_type(terminal, " ");
	pty_wait_for(terminal, "1 hidden");
	pty_type(terminal, "a");
	pty_wait_until_gone(terminal, "1 hidden");
	pty_end(terminal);
}

static void test_presets(void **state)
{
	(void)state;
	pty *terminal = start_three(80, 24);
	pty_type(terminal, "pppp");
	pty_wait_for(terminal, "compare  3 runs");
	pty_wait_for(terminal, "one plane: 47.0 % + 24.1 %");
	pty_type(terminal, "p");
	pty_wait_for(terminal, "triage  3 runs");
	pty_wait_for(terminal, "0.692 @370");
	pty_type(terminal, "P");
	pty_wait_for(terminal, "compare  3 runs");
	pty_end(terminal);
}

/* ---- runs that join in ----------------------------------------------------------------------------------
 */

static char directory[64];

static void shell(const char *format, ...)
{
	char command[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(command, sizeof command, format, arguments);
	va_end(arguments);
	int status = system(command);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int make_parent(void **state)
{
	(void)state;
	snprintf(directory, sizeof directory, "/tmp/phasetop-pty-XXXXXX");
	assert_non_null(mkdtemp(directory));
	shell("mkdir %s/runs && cp -r sample_runs/medical sample_runs/sports %s/runs", directory, directory);
	return 0;
}

static int remove_parent(void **state)
{
	(void)state;
	shell("rm -rf %s", directory);
	return 0;
}

static void test_a_run_joins_and_the_others_keep_their_colours(void **state)
{
	(void)state;
	char path[96];
	int x, y;
	snprintf(path, sizeof path, "%s/runs", directory);
	pty *terminal = start_with(path, NULL, 120, 36);
	pty_wait_for(terminal, "2 runs");
	pty_settle(terminal);
	assert_true(pty_find(terminal, "● medical ◂", &x, &y));
	int colour = pty_cell_at(terminal, x, y).fg;
	shell("cp -r sample_runs/finance %s/.staging && mv %s/.staging %s/runs/aaa", directory, directory,
		directory);
	pty_wait_for(terminal, "3 runs"); /* first by its name, and yet the last row: it came last */
	pty_wait_for(terminal, "■ aaa");
	assert_true(pty_find(terminal, "● medical ◂", &x, &y));
	assert_int_equal(pty_cell_at(terminal, x, y).fg, colour);
	pty_wait_for(terminal, "▲ sports");
	pty_end(terminal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_side_by_side_and_overlaid),
		cmocka_unit_test(test_differences_and_alignment),
		cmocka_unit_test(test_one_plane_for_all),
		cmocka_unit_test(test_another_baseline),
		cmocka_unit_test(test_sort_filter_and_escape),
		cmocka_unit_test(test_presets),
		cmocka_unit_test_setup_teardown(
			test_a_run_joins_and_the_others_keep_their_colours, make_parent, remove_parent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
