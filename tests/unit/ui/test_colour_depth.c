/* How many colours: flags, NO_COLOR, TERM, COLORTERM. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/ui/colour_depth.h"

static void the_environment_decides(void **state)
{
	(void)state;
	static const struct {
		pt_colour_environment environment;
		pt_colour_depth want;
	} cases[] = {
		{{.term = "xterm-256color", .colorterm = "truecolor", .terminfo_colours = 256}, PT_DEPTH_TRUE},
		{{.term = "xterm-256color", .colorterm = "24bit", .terminfo_colours = -1}, PT_DEPTH_TRUE},
		{{.term = "xterm-256color", .colorterm = "yes", .terminfo_colours = 256}, PT_DEPTH_256},
		{{.term = "xterm-256color", .terminfo_colours = -1}, PT_DEPTH_256},
		{{.term = "tmux-256color", .terminfo_colours = 256}, PT_DEPTH_256},
		{{.term = "xterm-direct", .terminfo_colours = 1 << 24}, PT_DEPTH_TRUE},
		{{.term = "xterm", .terminfo_colours = 8}, PT_DEPTH_16},
		{{.term = "linux", .terminfo_colours = -1}, PT_DEPTH_16},
		{{.term = "vt100", .terminfo_colours = -1}, PT_DEPTH_MONO},
		{{.term = "vt220", .terminfo_colours = 0}, PT_DEPTH_MONO},
		{{.term = "dumb", .colorterm = "truecolor", .terminfo_colours = -1}, PT_DEPTH_MONO},
		{{.term = "", .terminfo_colours = -1}, PT_DEPTH_MONO},
		{{.terminfo_colours = -1}, PT_DEPTH_MONO},
		{{.term = "xterm-256color", .no_color = "1", .colorterm = "truecolor", .terminfo_colours = 256},
			PT_DEPTH_MONO},
		{{.term = "xterm-256color", .no_color = "", .terminfo_colours = 256}, PT_DEPTH_256},
		{{.flag = "auto", .term = "xterm-256color", .no_color = "1", .terminfo_colours = 256}, PT_DEPTH_MONO},
		{{.flag = "true", .no_color = "1", .term = "dumb", .terminfo_colours = -1}, PT_DEPTH_TRUE},
		{{.flag = "256", .term = "xterm", .terminfo_colours = 8}, PT_DEPTH_256},
		{{.flag = "16", .term = "xterm-256color", .colorterm = "truecolor", .terminfo_colours = 256},
			PT_DEPTH_16},
		{{.flag = "never", .term = "xterm-256color", .terminfo_colours = 256}, PT_DEPTH_MONO},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(pt_colour_depth_choose(&cases[i].environment), cases[i].want);
}

static void every_depth_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < PT_N_DEPTHS; i++) {
		pt_colour_environment environment = {.flag = pt_colour_depth_name((pt_colour_depth)i)};
		assert_int_equal(pt_colour_depth_choose(&environment), i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_environment_decides),
		cmocka_unit_test(every_depth_has_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
