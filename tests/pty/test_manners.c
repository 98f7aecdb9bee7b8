/** How the program treats terminals: gives them back, follows their size, keeps to what they can show. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "medical_screen.h"

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
		const char *args[] = {program(), MEDICAL_RUN, NULL};
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
	const char *args[] = {program(), MEDICAL_RUN, NULL};
	pty *terminal = pty_start(&(pty_options){.columns = 200, .rows = 60, .args = args, .unread = true});
	pty_settle(terminal);
	pty_signal(terminal, SIGTERM);
	int status = pty_wait_for_end(terminal);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGTERM);
	pty_end(terminal);
}

/* As above, in the middle of a later frame; whoever reads again finds the terminal given back all the same.
 */
static void test_stalled_in_the_middle_of_a_frame(void **state)
{
	(void)state;
	const char *args[] = {program(), MEDICAL_RUN, NULL};
	pty *terminal = pty_start(&(pty_options){.columns = 400, .rows = 150, .args = args});
	wait_for_screen(terminal);
	pty_settle(terminal);
	pty_stop_reading(terminal);
	for (int i = 0; i < 4; i++) { /* more than the kernel keeps for who does not read */
		pty_type(terminal, "\f");
		pty_settle(terminal);
	}
	pty_signal(terminal, SIGTERM);
	int status = pty_wait_for_end(terminal);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGTERM);
	pty_read_again(terminal);
	pty_settle(terminal);
	assert_true(pty_is_restored(terminal));
	pty_end(terminal);
}

static void test_reader_that_comes_back(void **state)
{
	(void)state;
	const char *args[] = {program(), MEDICAL_RUN, NULL};
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

static void test_same_size_again_is_painted(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	char *before = screen_text(terminal, 24);
	pty_lose_content(terminal);
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
	pty_settle(terminal); /* what start() waits for need not be the last of the frame */
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
	/* whatever TERM is, its entry installed or not: COLORTERM says it */
	static const char *const terms[] = {"TERM=xterm-256color", "TERM=tmux-256color", "TERM=xterm",
		"TERM=rxvt", "TERM=xterm-kitty", "TERM=alacritty"};
	for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
		const char *env[] = {terms[i], "COLORTERM=truecolor", NULL};
		colour_count count = colours_under(env);
		assert_true(count.rgb > 100);
		assert_int_equal(count.beyond_16, 0);
	}
}

static void test_16_colours(void **state)
{
	(void)state;
	const char *env[] = {"TERM=xterm", NULL};
	colour_count count = colours_under(env);
	assert_true(count.indexed > 100);
	assert_int_equal(count.beyond_16 + count.rgb, 0);
	/* the bright half, which an entry of eight colours has as bold, is not left out */
	const char *sixteen[] = {"PHASETOP_COLOR=16", NULL};
	assert_int_equal(count.indexed, colours_under(sixteen).indexed);
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
		pty *terminal = start_with(MEDICAL_RUN, env, 80, 24);
		int status = pty_wait_for_end(terminal);
		assert_false(pty_received_since_mark(terminal, "\033["));
		assert_true(pty_received_since_mark(terminal, "medical"));
		/* one that can nothing gets ASCII: no braille, no lines, no signs */
		if (i < 3)
			assert_false(pty_received_since_mark(terminal, "\xe2"));
		assert_true(pty_bytes_since_mark(terminal) > 1000);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		assert_true(pty_is_restored(terminal));
		pty_end(terminal);
	}
}

/* Ctrl-s is a key like others: it must not stop the output. */
static void test_control_s_stops_nothing(void **state)
{
	(void)state;
	pty *terminal = start(NULL);
	pty_type(terminal, "\023?");
	pty_wait_for(terminal, "┤? help├");
	pty_type(terminal, "q");
	pty_wait_until_gone(terminal, "┤? help├");
	pty_type(terminal, "q");
	pty_wait_for_end(terminal);
	assert_true(pty_is_restored(terminal)); /* flow control as well */
	pty_end(terminal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signals_end_it),
		cmocka_unit_test(test_control_c_ends_it),
		cmocka_unit_test(test_fatal_signals_give_back),
		cmocka_unit_test(test_closed_terminal_ends_it),
		cmocka_unit_test(test_stalled_terminal),
		cmocka_unit_test(test_stalled_in_the_middle_of_a_frame),
		cmocka_unit_test(test_reader_that_comes_back),
		cmocka_unit_test(test_suspend_and_resume),
		cmocka_unit_test(test_one_cell_and_back),
		cmocka_unit_test(test_resize_storm),
		cmocka_unit_test(test_resize_overtakes_the_picture),
		cmocka_unit_test(test_same_size_again_is_painted),
		cmocka_unit_test(test_256_colours),
		cmocka_unit_test(test_true_colour),
		cmocka_unit_test(test_16_colours),
		cmocka_unit_test(test_no_colours),
		cmocka_unit_test(test_plain_locale_is_ascii),
		cmocka_unit_test(test_control_s_stops_nothing),
		cmocka_unit_test(test_text_where_there_is_no_screen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
