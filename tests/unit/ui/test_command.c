/** The command line: typing, completion, history, and what comes of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/ui/command.h"
#include "phasetop/ui/preset.h"
#include "phasetop/ui/screen.h"

static pt_view view;
static pt_module_view modules[] = {
	{.name = "l.0.q_proj", .adapter = "default"}, {.name = "l.1.v_proj", .adapter = "default"}};
static pt_run_view run = {.name = "medical: B/2", .n_modules = 2, .modules = modules};
static pt_snapshot snapshot = {.n_runs = 1, .runs = &run};
static const char *const themes[] = {"phasetop-dark", "phasetop-light", "viridis"};
static const char *const views[] = {"wide"};
static bool is_option(const char *name)
{
	return strcmp(name, "full") == 0;
}

static const pt_known_names known = {themes, 3, views, 1, is_option};

static int start(void **state)
{
	(void)state;
	pt_settings settings = pt_settings_default();
	pt_layout layout = pt_layout_default();
	view = pt_view_first(&settings, &layout, PT_N_CHOICES);
	view.known = &known;
	pt_view_resize(&view, 120, 36);
	return 0;
}

/* Names of keys with blanks between; characters of a word in quotes. */
static unsigned press(const char *keys)
{
	unsigned flags = 0;
	for (const char *at = keys; *at;) {
		size_t n = strcspn(at, " ");
		if (*at == '\'')
			for (at++, n--; n > 0; at++, n--)
				flags |= pt_view_key(&view, (pt_key)*at, &snapshot);
		else
			flags |= pt_view_key(&view, pt_key_parse(at, n), &snapshot);
		at += n + (at[n] == ' ');
	}
	return flags;
}

static void assert_typed(const char *text)
{
	assert_true(view.command.open);
	assert_string_equal(view.command.text, text);
}

static unsigned run_line(const char *line)
{
	unsigned flags;
	char wrong[PT_MESSAGE_BYTES] = "";
	if (!pt_command_run(&view, &snapshot, line, &flags, wrong))
		fail_msg("%s: %s", line, wrong);
	return flags;
}

static void assert_refused(const char *line, const char *part)
{
	unsigned flags;
	char wrong[PT_MESSAGE_BYTES] = "";
	pt_view before = view;
	if (pt_command_run(&view, &snapshot, line, &flags, wrong))
		fail_msg("%s was taken", line);
	if (!strstr(wrong, part))
		fail_msg("%s: '%s' does not say '%s'", line, wrong, part);
	assert_null(strpbrk(wrong, "\n\x1b"));
	assert_int_equal(flags, 0);
	assert_memory_equal(&before, &view, sizeof view);
}

static void test_typing_and_editing(void **state)
{
	(void)state;
	press(": 'thme");
	assert_typed("thme");
	press("Left Left 'e End Space 'xy");
	assert_typed("theme xy");
	press("Ctrl-a '. Ctrl-e '! Home Delete");
	assert_typed("theme xy!");
	press("End Ctrl-w 'viridis Left Left Ctrl-k");
	assert_typed("theme virid");
	press("Ctrl-u");
	assert_typed("");
	press("'q"); /* no command of the screen while it is open */
	assert_typed("q");
	press("Backspace Backspace");
	assert_false(view.command.open);
	press(": 'abc Esc");
	assert_false(view.command.open);
	press(":");
	assert_typed("");
}

static void test_characters_of_several_bytes(void **state)
{
	(void)state;
	press(": 'a");
	pt_view_key(&view, 0xE4, NULL);
	pt_view_key(&view, 0x2026, NULL);
	press("'b Left Left Backspace");
	assert_typed("a\xE2\x80\xA6"
				 "b");
	press("Delete");
	assert_typed("ab");
}

static void test_a_line_has_an_end(void **state)
{
	(void)state;
	press(":");
	for (int i = 0; i < 2 * PT_COMMAND_BYTES; i++)
		pt_view_key(&view, 0x2026, NULL);
	assert_in_range(strlen(view.command.text), PT_COMMAND_BYTES - 4, PT_COMMAND_BYTES - 1);
	press("Enter");
	assert_true(view.command.open);
	assert_string_not_equal(view.command.wrong, "");
}

static void test_completion_of_names(void **state)
{
	(void)state;
	press(": 'them Tab");
	assert_typed("theme "); /* the only one: its value comes next */
	press("Ctrl-u 'save Tab");
	assert_typed("save-view"); /* may stand alone */
	press("Ctrl-u 'k- Tab");
	assert_typed("k-less"); /* as none has more in common, one after the other */
	press("Tab");
	assert_typed("k-less-5");
	press("S-Tab S-Tab");
	assert_typed("k-overlays");
	press("Ctrl-u 'window Tab");
	assert_typed("window");
	press("Ctrl-u 'nonsense Tab");
	assert_typed("nonsense");
}

static void test_completion_of_values(void **state)
{
	(void)state;
	press(": 'theme Space 'p Tab");
	assert_typed("theme phasetop-");
	press("Tab");
	assert_typed("theme phasetop-dark");
	press("Tab Tab");
	assert_typed("theme phasetop-dark");
	press("Ctrl-u 'preset Space 'rot Tab");
	assert_typed("preset rotation");
	press("Ctrl-u 'modules Space Tab Tab");
	assert_typed("modules *.q_proj");
	press("Ctrl-u 'load-view Space Tab");
	assert_typed("load-view wide");
	press("Ctrl-u 'split-below Space 'lo Tab");
	assert_typed("split-below loss");
	press("Ctrl-u 'toggle-pane Space 'lo Tab");
	assert_typed("toggle-pane loss");
	press("Ctrl-u 'matrix Space Tab Tab Tab Enter");
	assert_false(view.command.open);
	assert_int_equal(view.matrix, PT_CHOICE_B);
}

static void test_history(void **state)
{
	(void)state;
	press(": 'detrend Enter : 'window Space '9 Enter : Up");
	assert_typed("window 9");
	press("Up");
	assert_typed("detrend");
	press("Up"); /* nothing is older */
	assert_typed("detrend");
	press("Down Down");
	assert_typed("");
	press("Up Up Enter"); /* what is said again is the newest */
	press(": Up");
	assert_typed("detrend");
	press("Up");
	assert_typed("window 9");
	assert_int_equal(view.command.n_history, 2);
	for (int i = 0; i < 3 * PT_COMMAND_HISTORY; i++) {
		char line[32];
		snprintf(line, sizeof line, "window %d", i + 2);
		pt_command_remember(&view.command, line);
	}
	assert_int_equal(view.command.n_history, PT_COMMAND_HISTORY);
	assert_string_equal(view.command.history[PT_COMMAND_HISTORY - 1], "window 49");
}

static void test_what_is_wrong_stays_to_be_corrected(void **state)
{
	(void)state;
	assert_true(press(": 'window Space '1 Enter") & PT_VIEW_REDRAW);
	assert_typed("window 1");
	assert_string_equal(view.command.wrong, "window: '1' is not a number of rows, 2 to 100000");
	press("'2");
	assert_string_equal(view.command.wrong, "");
	assert_true(press("Enter") & PT_VIEW_SETTINGS);
	assert_int_equal(view.settings.probe_window, 12);
	assert_false(view.command.open);
}

static void test_actions_by_name(void **state)
{
	(void)state;
	assert_int_equal(run_line("quit"), PT_VIEW_QUIT);
	assert_int_equal(run_line(":q"), PT_VIEW_QUIT); /* the only one that begins so */
	run_line("zoom");
	assert_int_equal(view.layout.zoomed, PT_PANE_COSINE);
	run_line("zoomed none");
	run_line("matrix"); /* without a value it is the key */
	assert_int_equal(view.matrix, PT_CHOICE_BOTH);
	run_line("matrix dW");
	assert_int_equal(view.matrix, PT_CHOICE_DW);
	run_line("toggle-pane loss");
	assert_false(view.layout.hidden[PT_PANE_LOSS]);
	run_line("toggle-pane 5");
	assert_true(view.layout.hidden[PT_PANE_LOSS]);
	run_line("help");
	assert_true(view.help);
	assert_int_equal(run_line("  "), 0);
	/* every action has a name that is understood */
	for (int i = 0; i < PT_N_ACTIONS; i++) {
		unsigned flags;
		char wrong[PT_MESSAGE_BYTES] = "", line[64];
		start(NULL);
		snprintf(line, sizeof line, "%s%s", pt_action_row_of((pt_action)i)->name,
			i == PT_ACTION_TOGGLE_PANE ? " 1" : "");
		if (!pt_command_run(&view, &snapshot, line, &flags, wrong))
			fail_msg("%s: %s", line, wrong);
	}
}

static void test_settings_tell_their_values(void **state)
{
	(void)state;
	run_line("k 5,10");
	run_line("k");
	assert_string_equal(view.message, "k is 5,10");
	run_line("window-steps 7"); /* the option's name as well */
	assert_int_equal(view.settings.k[0], 7);
	run_line("tolerance 3");
	run_line("pairing");
	assert_string_equal(view.message, "pairing is step,3");
	run_line("tolerance half");
	assert_int_equal(view.settings.pairing_tolerance, -1);
	press("x"); /* the next key takes the message away */
	assert_string_equal(view.message, "");
}

static void test_steps_and_ranges_by_number(void **state)
{
	(void)state;
	static const int64_t steps[] = {5, 10, 15, 20, 40};
	pt_run_view before = run;
	run.steps = steps;
	run.n_steps = sizeof steps / sizeof steps[0];
	run_line("step 1000000");
	assert_int_equal(view.cursor_step, 40);
	run_line("step -5");
	assert_int_equal(view.cursor_step, 5);
	run_line("step 29"); /* the nearest */
	assert_int_equal(view.cursor_step, 20);
	assert_true(run_line("range 10 30") & PT_VIEW_REDRAW);
	assert_true(view.zoom.zoomed);
	press("Backspace"); /* it is one of the zooms that there is a way back from */
	assert_false(view.zoom.zoomed);
	assert_refused("range 5 5", "two numbers, the smaller first");
	assert_refused("range 7", "two numbers, the smaller first");
	assert_refused("range 1e9 2e9", "nothing of that lies on the x axis");
	assert_refused("step x", "'x' is not a training step");
	run = before;
}

/* In the unit of the axis: times as it writes them. */
static void test_ranges_of_time(void **state)
{
	(void)state;
	static const int64_t steps[] = {5, 10, 15, 20};
	static const double seconds[] = {86400 * 20000.0 + 85000, 86400 * 20000.0 + 86000, 86400 * 20001.0 + 600,
		86400 * 20001.0 + 1600};
	pt_run_view before = run;
	run.steps = steps;
	run.n_steps = 4;
	run.wall_s = (pt_step_map_view){.steps = steps, .values = seconds, .n = 4};
	setenv("TZ", "UTC", 1);
	run_line("x-axis relative");
	run_line("range 10m 0.5h");
	assert_true(view.zoom.lo >= 599 && view.zoom.lo <= 601 && view.zoom.hi >= 1799 && view.zoom.hi <= 1801);
	assert_refused("range 10x 1h", "two times, the earlier first, as 10s 5m");
	run_line("fit");
	run_line("x-axis wall");
	run_line("range 23:50 00:10"); /* over midnight */
	assert_true(view.zoom.lo >= 86400 * 20000.0 + 85799 && view.zoom.lo <= 86400 * 20000.0 + 85801);
	assert_true(view.zoom.hi >= 86400 * 20001.0 + 599 && view.zoom.hi <= 86400 * 20001.0 + 601);
	assert_refused("range 25:00 26:00", "two times of day");
	run = before;
}

static void test_another_command_takes_the_place_of_a_refused_one(void **state)
{
	(void)state;
	press(": 'nonsense Enter");
	assert_true(view.command.open && view.command.wrong[0]);
	press("':window Space '9 Enter");
	assert_false(view.command.open);
	assert_int_equal(view.settings.probe_window, 9);
}

static void test_keys_of_the_runs_pane_say_so(void **state)
{
	(void)state;
	assert_true(press("b") & PT_VIEW_REDRAW);
	assert_non_null(strstr(view.message, "in the runs pane; r goes there"));
	press("Left");
	assert_string_equal(view.message, "");
	assert_int_equal(press("e"), 0); /* no key anywhere */
}

static void test_requests(void **state)
{
	(void)state;
	assert_true(run_line("export a b.svg") & PT_VIEW_REQUEST);
	assert_int_equal(view.request.kind, PT_REQUEST_EXPORT);
	assert_string_equal(view.request.text, "a b.svg");
	run_line("export-screen x.txt");
	assert_int_equal(view.request.kind, PT_REQUEST_EXPORT_SCREEN);
	run_line("save-view");
	assert_int_equal(view.request.kind, PT_REQUEST_SAVE_VIEW);
	assert_string_equal(view.request.text, "");
	run_line("load-view wide  ");
	assert_int_equal(view.request.kind, PT_REQUEST_LOAD_VIEW);
	assert_string_equal(view.request.text, "wide");
	assert_true(press("Y") & PT_VIEW_REQUEST);
	assert_int_equal(view.request.kind, PT_REQUEST_COPY);
	press("w"); /* a name out of the run's that a shell need not quote */
	assert_typed("export medical-B-2-cosine.svg");
	press("Tab");
	assert_typed("export medical-B-2-cosine.csv");
	press("Tab Tab");
	assert_typed("export medical-B-2-cosine.svg");
}

static void test_panes_come_and_go(void **state)
{
	(void)state;
	press("Ctrl-w v");
	assert_typed("split-right ");
	press("'loss Enter");
	char text[PT_LAYOUT_TEXT_BYTES];
	pt_layout_print(&view.layout, text, sizeof text);
	assert_non_null(strstr(text, "row(cosine,*loss,spectrum)"));
	run_line("swap pca");
	pt_layout_print(&view.layout, text, sizeof text);
	assert_non_null(strstr(text, "row(norms,*loss),row(cosine,pca,spectrum)"));
	run_line("focus runs");
	assert_int_equal(view.layout.focus, PT_PANE_RUNS);
	run_line("hide-pane runs");
	assert_true(view.layout.hidden[PT_PANE_RUNS]);
	run_line("show runs");
	assert_false(view.layout.hidden[PT_PANE_RUNS]);
}

static void test_refusals_name_what_is_possible(void **state)
{
	(void)state;
	assert_refused("nonsense", "no command 'nonsense'; there is narrower");
	assert_refused("full on", "full is an option of the start alone: phasetop --full");
	assert_refused("k-l", "there is k-less, k-less-5");
	assert_refused("\x1b[31m", "no command");
	assert_refused("%s%n", "no command '%s%n'");
	assert_refused("!", "Tab lists them");
	assert_refused("quit now", "quit takes no value");
	assert_refused("theme nonsense", "theme: 'nonsense' is not the name of a theme");
	assert_refused("color 16", "color is set at the start");
	assert_refused("export", "export FILE");
	assert_refused("export x.png", "ends with .svg, .csv or .txt");
	assert_refused("export-screen x.csv", "ends with .svg or .txt");
	assert_refused("export .svg", "ends with");
	assert_refused("focus nowhere", "a pane");
	assert_refused("toggle-pane 99", "a pane, by name or number");
	assert_refused("tolerance x", "a number of steps, or half");
	assert_refused("modules *.k_proj", "none of 2 modules");
	char longer[3 * PT_COMMAND_BYTES];
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_refused(longer, "no command");
	memcpy(longer, "layout ", 7);
	assert_refused(longer, "an arrangement");
}

static const char *row_of_screen(int row)
{
	static char text[4 * 200 + 1];
	pt_frame *frame = NULL;
	assert_int_equal(pt_frame_create(view.columns, view.rows, PT_CHARSET_UTF8, &frame, NULL), PT_OK);
	pt_screen_draw(&snapshot, &view, frame);
	pt_frame_row_text(frame, row < 0 ? frame->rows + row : row, text, sizeof text);
	pt_frame_destroy(frame);
	return text;
}

static void test_the_last_lines_of_the_screen(void **state)
{
	(void)state;
	press(": 'theme");
	assert_string_equal(row_of_screen(-1), ":theme");
	assert_non_null(strstr(row_of_screen(-2), "colour theme"));
	press("Space Tab Tab");
	assert_non_null(strstr(row_of_screen(-2), "auto  phasetop-dark  phasetop-light  viridis"));
	press("Ctrl-u 'xx Enter");
	assert_non_null(strstr(row_of_screen(-2), "no command 'xx'"));
	view.columns = 10, view.rows = 2; /* the end of what is typed is seen */
	press("Ctrl-u '0123456789abc");
	assert_string_equal(row_of_screen(-1), ":56789abc");
	press("Esc");
	start(NULL);
	run_line("window");
	assert_string_equal(row_of_screen(-1), " window is 20");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_typing_and_editing, start),
		cmocka_unit_test_setup(test_characters_of_several_bytes, start),
		cmocka_unit_test_setup(test_a_line_has_an_end, start),
		cmocka_unit_test_setup(test_completion_of_names, start),
		cmocka_unit_test_setup(test_completion_of_values, start),
		cmocka_unit_test_setup(test_history, start),
		cmocka_unit_test_setup(test_what_is_wrong_stays_to_be_corrected, start),
		cmocka_unit_test_setup(test_actions_by_name, start),
		cmocka_unit_test_setup(test_settings_tell_their_values, start),
		cmocka_unit_test_setup(test_steps_and_ranges_by_number, start),
		cmocka_unit_test_setup(test_ranges_of_time, start),
		cmocka_unit_test_setup(test_another_command_takes_the_place_of_a_refused_one, start),
		cmocka_unit_test_setup(test_keys_of_the_runs_pane_say_so, start),
		cmocka_unit_test_setup(test_requests, start),
		cmocka_unit_test_setup(test_panes_come_and_go, start),
		cmocka_unit_test_setup(test_refusals_name_what_is_possible, start),
		cmocka_unit_test_setup(test_the_last_lines_of_the_screen, start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
