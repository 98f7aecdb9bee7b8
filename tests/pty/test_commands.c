/** The command line, the form of options, keys of one's own, saved views and exports, in a real terminal. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "medical_screen.h"

static char place[64], config_home[96], state_home[96];
static const char *own_env[] = {config_home, state_home, NULL};

static int make_place(void **state)
{
	(void)state;
	char path[128];
	snprintf(place, sizeof place, "/tmp/phasetop-pty-XXXXXX");
	if (!mkdtemp(place))
		return 1;
	snprintf(config_home, sizeof config_home, "XDG_CONFIG_HOME=%s/config", place);
	snprintf(state_home, sizeof state_home, "XDG_STATE_HOME=%s/state", place);
	snprintf(path, sizeof path, "mkdir -p '%s/config/phasetop'", place);
	return system(path);
}

static int remove_place(void **state)
{
	(void)state;
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", place);
	return system(command);
}

static void put_config(const char *text)
{
	char path[128];
	snprintf(path, sizeof path, "%s/config/phasetop/phasetop.conf", place);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static void type_line(pty *terminal, const char *line)
{
	pty_type(terminal, ":");
	pty_type(terminal, line);
	pty_type(terminal, "\r");
}

static char *read_whole(const char *name)
{
	char path[160], *text = calloc(1, 1 << 20);
	snprintf(path, sizeof path, "%s/%s", place, name);
	FILE *in = fopen(path, "r");
	if (!in)
		fail_msg("no %s", path);
	text[fread(text, 1, (1 << 20) - 1, in)] = '\0';
	fclose(in);
	return text;
}

/* ---- the command line ------------------------------------------------------------------------------------
 */

/* What an option asks for at the start can be asked for on the screen. */
static void test_a_series_is_asked_for(void **state)
{
	(void)state;
	pty *terminal = start(own_env);
	type_line(terminal, "show loss");
	type_line(terminal, "zoomed loss");
	type_line(terminal, "metric behaviour.csv:medical_harmful_fraction");
	pty_wait_for(terminal, "medical_harmful_fraction");
	type_line(terminal, "metric none");
	pty_wait_until_gone(terminal, "medical_harmful_fraction");
	pty_type(terminal, "q");
	assert_int_equal(pty_wait_for_end(terminal), 0);
	pty_end(terminal);
}

/* A key that can change nothing says why, each time. */
static void test_keys_that_do_nothing_say_why(void **state)
{
	(void)state;
	pty *terminal = start(own_env);
	for (int i = 0; i < 2; i++) {
		pty_settle(terminal); /* of keys that come at once none is answered */
		pty_type(terminal, "v");
		pty_wait_for(terminal, "this is for several runs, and there is one");
	}
	pty_settle(terminal);
	pty_type(terminal, "d");
	pty_wait_until_gone(terminal, "this is for several");
	pty_settle(terminal);
	pty_type(terminal, "J");
	pty_wait_for(terminal, "this is for several runs, and there is one");
	pty_settle(terminal);
	pty_type(terminal, "a");
	pty_wait_for(terminal, "all runs are shown");
	pty_type(terminal, "\033[H"); /* Home */
	pty_wait_until_gone(terminal, "all runs are shown");
	pty_type(terminal, "N");
	pty_wait_for(terminal, "no event before this step");
	pty_type(terminal, "d");
	pty_wait_until_gone(terminal, "no event before this step");
	pty_type(terminal, "q");
	assert_int_equal(pty_wait_for_end(terminal), 0);
	pty_end(terminal);
}

/* The range that is looked at is a part of the view. */
static void test_a_saved_view_has_its_range(void **state)
{
	(void)state;
	pty *terminal = start(own_env);
	type_line(terminal, "range 100 200");
	pty_wait_for(terminal, "100–200");
	type_line(terminal, "save-view");
	pty_wait_for(terminal, "saved");
	pty_type(terminal, "q");
	assert_int_equal(pty_wait_for_end(terminal), 0);
	pty_end(terminal);
	terminal = start(own_env);
	pty_wait_for(terminal, "100–200");
	pty_type(terminal, "q");
	assert_int_equal(pty_wait_for_end(terminal), 0);
	pty_end(terminal);
}

static void test_completion_and_a_setting(void **state)
{
	(void)state;
	pty *terminal = start(own_env);
	pty_type(terminal, ":win");
	pty_wait_for(terminal, ":win");
	pty_type(terminal, "\tx");
	pty_type(terminal, "\025k 10\r"); /* Ctrl-u */
	pty_wait_for(terminal, "━ k 10");
	pty_type(terminal, ":preset \t");
	pty_wait_for(terminal, "early-warning"); /* offered, in the line above */
	pty_type(terminal, "\t\t");
	pty_wait_for(terminal, ":preset rotation");
	pty_type(terminal, "\r");
	pty_wait_for(terminal, "8 k-scan");
	pty_wait_until_gone(terminal, ":preset");
	pty_end(terminal);
}

static void test_errors_are_one_line(void **state)
{
	(void)state;
	pty *terminal = start(own_env);
	type_line(terminal, "k 0");
	pty_wait_for(terminal, "k: '0' is not 1 to 8 whole numbers with commas between");
	pty_wait_for(terminal, ":k 0");
	pty_type(terminal, "\177"
					   "10\r"); /* corrected */
	pty_wait_for(terminal, "━ k 10");
	type_line(terminal, "nonsense");
	pty_wait_for(terminal, "no command 'nonsense'");
	pty_type(terminal, "\033");
	pty_wait_until_gone(terminal, "nonsense");
	pty_wait_for(terminal, "? help");
	pty_end(terminal);
}

static void test_history_and_quit(void **state)
{
	(void)state;
	pty *terminal = start(own_env);
	type_line(terminal, "window 9");
	pty_wait_for(terminal, "W 9");
	type_line(terminal, "window 20");
	pty_wait_for(terminal, "W 20");
	pty_type(terminal, ":\033OA\033OA");
	pty_wait_for(terminal, ":window 9");
	pty_type(terminal, "\r");
	pty_wait_for(terminal, "W 9");
	type_line(terminal, "quit");
	assert_exited(terminal, 0);
	pty_end(terminal);
}

static void test_the_line_at_any_size(void **state)
{
	(void)state;
	pty *terminal = start(own_env);
	pty_type(terminal, ":theme");
	pty_wait_for(terminal, ":theme");
	static const int sizes[][2] = {{20, 5}, {5, 2}, {1, 1}, {200, 60}, {80, 24}};
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		pty_resize(terminal, sizes[i][0], sizes[i][1]);
		pty_settle(terminal);
	}
	pty_wait_for(terminal, ":theme");
	assert_string_equal(pty_row(terminal, 23), ":theme");
	pty_end(terminal);
}

static void test_suspending_while_typing(void **state)
{
	(void)state;
	pty *terminal = start(own_env);
	pty_type(terminal, ":the");
	pty_wait_for(terminal, ":the");
	pty_type(terminal, "\032");
	pty_wait_for_stop(terminal);
	assert_true(pty_is_restored(terminal));
	pty_foreground(terminal);
	pty_wait_for(terminal, ":the");
	pty_end(terminal);
}

/* ---- themes and the form ---------------------------------------------------------------------------------
 */

static void test_another_theme_at_once(void **state)
{
	(void)state;
	static const char *env[] = {"COLORTERM=truecolor", config_home, state_home, NULL};
	pty *terminal = start(env);
	pty_cell before = pty_cell_at(terminal, 40, 12);
	pty_type(terminal, ":theme phasetop-l\t\r");
	pty_wait_until_gone(terminal, ":theme");
	pty_settle(terminal);
	pty_cell after = pty_cell_at(terminal, 40, 12);
	assert_true(before.bg != after.bg || before.bg_kind != after.bg_kind); /* it paints a light ground */
	assert_int_equal(after.bg_kind, PTY_RGB);
	type_line(terminal, "theme ./nowhere.theme");
	pty_wait_for(terminal, "nowhere.theme");
	pty_settle(terminal);
	assert_int_equal(pty_cell_at(terminal, 40, 12).bg, after.bg);
	pty_end(terminal);
}

static void test_the_form_of_options(void **state)
{
	(void)state;
	pty *terminal = start(own_env);
	pty_type(terminal, "o");
	pty_wait_for(terminal, "options");
	pty_wait_for(terminal, "1 of ");
	pty_type(terminal, "\033OC\033OC"); /* watch, early-warning, rotation */
	pty_wait_for(terminal, "rotation");
	pty_type(terminal, "\t\t");
	pty_wait_for(terminal, "3 of ");
	pty_type(terminal, "\r");
	pty_wait_for(terminal, "8 k-scan");
	pty_wait_until_gone(terminal, "Enter applies");
	pty_end(terminal);
}

/* ---- keys of one's own -----------------------------------------------------------------------------------
 */

static void test_other_keys(void **state)
{
	(void)state;
	put_config("[keys]\nquit = Ctrl-x\nhelp = q\n");
	pty *terminal = start(own_env);
	pty_wait_for(terminal, "q help"); /* in the hints */
	pty_type(terminal, "q");
	pty_wait_for(terminal, "┤q help├");
	for (int page = 0; page < 8 && !pty_shows(terminal, "Ctrl-x         leave"); page++) {
		pty_type(terminal, "\033[6~"); /* on to where quit is told */
		pty_settle(terminal);
	}
	pty_wait_for(terminal, "Ctrl-x         leave the program");
	pty_type(terminal, "q");
	pty_wait_until_gone(terminal, "┤q help├");
	pty_type(terminal, "\030");
	assert_exited(terminal, 0);
	pty_end(terminal);
}

static void test_warnings_are_seen(void **state)
{
	(void)state;
	put_config("tehme = x\nwindow = 1\n");
	pty *terminal = start_with(MEDICAL_RUN, own_env, 120, 36);
	pty_wait_for(terminal, "2 warnings: ");
	pty_wait_for(terminal, "step 400");
	pty_type(terminal, "y"); /* the next key takes it away */
	pty_wait_until_gone(terminal, "2 warnings: ");
	pty_end(terminal);
	put_config("");
}

/* ---- saved views -----------------------------------------------------------------------------------------
 */

static void test_a_view_comes_back(void **state)
{
	(void)state;
	char path[160];
	snprintf(path, sizeof path, "%s/state", place);
	put_config("");
	pty *terminal = start(own_env);
	type_line(terminal, "k 10");
	type_line(terminal, "preset rotation");
	pty_wait_for(terminal, "8 k-scan");
	type_line(terminal, "quit");
	assert_exited(terminal, 0);
	pty_end(terminal);
	assert_int_equal(access(path, F_OK), -1); /* nothing was saved unasked */
	terminal = start(own_env);
	assert_false(pty_shows(terminal, "8 k-scan"));
	type_line(terminal, "preset rotation");
	type_line(terminal, "k 10");
	type_line(terminal, "save-view");
	pty_wait_for(terminal, "saved: ");
	type_line(terminal, "quit");
	assert_exited(terminal, 0);
	pty_end(terminal);
	terminal = start(own_env);
	pty_wait_for(terminal, "8 k-scan");
	pty_wait_for(terminal, "k 10");
	pty_type(terminal, ":\033OA\033OA"); /* the history was saved with it, but for what followed */
	pty_wait_for(terminal, ":k 10");
	pty_type(terminal, "\033");
	type_line(terminal, "preset watch");
	pty_wait_until_gone(terminal, "8 k-scan");
	type_line(terminal, "load-view");
	pty_wait_for(terminal, "8 k-scan");
	type_line(terminal, "load-view none-such");
	pty_wait_for(terminal, "no view of the name none-such");
	pty_end(terminal);
	const char *args[] = {program(), "--reset-view", MEDICAL_RUN, NULL};
	terminal = pty_start(&(pty_options){.args = args, .env = own_env});
	wait_for_screen(terminal);
	assert_false(pty_shows(terminal, "8 k-scan"));
	pty_end(terminal);
}

static void test_a_damaged_view_is_a_warning(void **state)
{
	(void)state;
	char command[400];
	snprintf(command, sizeof command,
		"for f in '%s'/state/phasetop/views/runs/*.view; do printf 'lay\\000out\\nwindow = x\\n' > \"$f\"; "
		"done",
		place);
	pty *terminal = start(own_env);
	type_line(terminal, "save-view");
	pty_wait_for(terminal, "saved: ");
	pty_end(terminal);
	assert_int_equal(system(command), 0);
	terminal = start(own_env);
	pty_wait_for(terminal, "2 warnings");
	pty_wait_for(terminal, "1 norm");
	pty_end(terminal);
}

/* ---- exports ---------------------------------------------------------------------------------------------
 */

static void test_exports(void **state)
{
	(void)state;
	char here[PATH_MAX], whole[PATH_MAX + 64], run_path[PATH_MAX + 64];
	assert_non_null(getcwd(here, sizeof here));
	snprintf(whole, sizeof whole, "%s%s%s", program()[0] == '/' ? "" : here, program()[0] == '/' ? "" : "/",
		program());
	snprintf(run_path, sizeof run_path, "%s/" MEDICAL_RUN, here);
	assert_int_equal(chdir(place), 0);
	const char *args[] = {whole, run_path, NULL};
	pty *terminal = pty_start(&(pty_options){.args = args, .env = own_env});
	wait_for_screen(terminal);
	assert_int_equal(chdir(here), 0);
	pty_type(terminal, "w");
	pty_wait_for(terminal, ":export medical-cosine.svg");
	pty_type(terminal, "\r");
	pty_wait_for(terminal, "written: medical-cosine.svg");
	pty_type(terminal, "w\r"); /* never over what is there */
	pty_wait_for(terminal, "written: medical-cosine-2.svg");
	pty_type(terminal, "w\t\r");
	pty_wait_for(terminal, "written: medical-cosine.csv");
	pty_type(terminal, "w\t\t\r");
	pty_wait_for(terminal, "written: medical-cosine.txt");
	type_line(terminal, "export-screen all.txt");
	pty_wait_for(terminal, "written: all.txt");
	type_line(terminal, "export no/where.svg");
	pty_wait_for(terminal, "no/where.svg");
	pty_wait_for(terminal, "No such file");
	pty_end(terminal);
	char *svg = read_whole("medical-cosine.svg"), *csv = read_whole("medical-cosine.csv");
	char *text = read_whole("medical-cosine.txt"), *screen = read_whole("all.txt"),
		 *two = read_whole("medical-cosine-2.svg");
	assert_int_equal(strncmp(svg, "<svg", 4) == 0 || strncmp(svg, "<?xml", 5) == 0, 1);
	assert_non_null(strstr(svg, "</svg>"));
	assert_non_null(strstr(svg, "<path class=\"w\"")); /* curves are lines */
	assert_string_equal(svg, two);
	assert_int_equal(strncmp(csv, "run,step,series,value\nmedical,", 30), 0);
	assert_non_null(strstr(csv, ",cosine.B.k15,"));
	assert_null(strstr(csv, "norm.B"));
	assert_non_null(strstr(text, "3 cosine B"));
	assert_null(strstr(text, "1 norm"));
	assert_non_null(strstr(screen, "1 norm"));
	assert_non_null(strstr(screen, "step 400"));
	free(svg);
	free(csv);
	free(text);
	free(screen);
	free(two);
}

static void test_copying(void **state)
{
	(void)state;
	pty *terminal = start(own_env);
	pty_mark(terminal);
	pty_type(terminal, "Y");
	pty_wait_for(terminal, "copied: the cosine pane at the cursor");
	/* "run,step,series,value\n" in base64, by OSC 52 */
	assert_true(pty_received_since_mark(terminal, "\033]52;c;cnVuLHN0ZXAsc2VyaWVzLHZhbHVlC"));
	pty_end(terminal);
}

/* ---- panes -----------------------------------------------------------------------------------------------
 */

static void test_split_and_swap(void **state)
{
	(void)state;
	pty *terminal = start_with(MEDICAL_RUN, own_env, 120, 36);
	wait_for_screen(terminal);
	pty_type(terminal, "\027v");
	pty_wait_for(terminal, ":split-right");
	pty_type(terminal, "lo\t\r");
	pty_wait_for(terminal, "5 loss");
	int x, y, before;
	assert_true(pty_find(terminal, "5 loss", &before, &y));
	pty_type(terminal, "\027x");
	pty_settle(terminal);
	assert_true(pty_find(terminal, "5 loss", &x, &y));
	assert_true(x > before); /* it took the place of the pane behind it */
	pty_type(terminal, "\027s");
	pty_wait_for(terminal, ":split-below");
	pty_type(terminal, "scree\r");
	pty_wait_for(terminal, "scree");
	pty_type(terminal, "\027q");
	pty_wait_until_gone(terminal, "scree");
	pty_end(terminal);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)
	const struct CMUnitTest tests[] = {
		CASE(test_a_series_is_asked_for),
		CASE(test_keys_that_do_nothing_say_why),
		CASE(test_a_saved_view_has_its_range),
		CASE(test_completion_and_a_setting),
		CASE(test_errors_are_one_line),
		CASE(test_history_and_quit),
		CASE(test_the_line_at_any_size),
		CASE(test_suspending_while_typing),
		CASE(test_another_theme_at_once),
		CASE(test_the_form_of_options),
		CASE(test_other_keys),
		CASE(test_warnings_are_seen),
		CASE(test_a_view_comes_back),
		CASE(test_a_damaged_view_is_a_warning),
		CASE(test_exports),
		CASE(test_copying),
		CASE(test_split_and_swap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
