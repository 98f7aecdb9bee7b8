/** Which entry serves for a terminal whose own is not installed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../src/ui/terminal_stand_in.h"

static void test_kin_of_xterm(void **state)
{
	(void)state;
	static const char *const terms[] = {"xterm-kitty", "xterm-ghostty", "alacritty", "alacritty-direct", "foot-extra",
		"wezterm", "st-256color", "vte-256color", "xterm-direct"};
	for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
		assert_string_equal(pt_terminal_stand_in(terms[i], NULL), "xterm-256color");
		assert_string_equal(pt_terminal_stand_in(terms[i], "xterm-256color"), "xterm");
		assert_null(pt_terminal_stand_in(terms[i], "xterm"));
	}
}

static void test_multiplexers(void **state)
{
	(void)state;
	assert_string_equal(pt_terminal_stand_in("tmux-direct", NULL), "tmux-256color");
	assert_string_equal(pt_terminal_stand_in("tmux-direct", "tmux-256color"), "screen-256color");
	assert_string_equal(pt_terminal_stand_in("screen.xterm-kitty", NULL), "screen-256color");
}

static void test_nobody_is_guessed(void **state)
{
	(void)state;
	assert_null(pt_terminal_stand_in("no-such-terminal", NULL));
	assert_null(pt_terminal_stand_in("", NULL));
	assert_null(pt_terminal_stand_in("vt525", NULL));
	assert_null(pt_terminal_stand_in("alacritty", "something else"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kin_of_xterm),
		cmocka_unit_test(test_multiplexers),
		cmocka_unit_test(test_nobody_is_guessed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
