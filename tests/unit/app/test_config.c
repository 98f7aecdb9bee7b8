/** The configuration among flags, environment, saved view and defaults. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "phasetop/app/config.h"
#include "phasetop/app/saved_view.h"

#include "../../helpers/scratch_of_test.h"

static pt_options options;
static int make_place(void **state)
{
	make_scratch(state);
	return setenv("XDG_STATE_HOME", scratch, 1);
}

/* The options of a command line of up to one flag and one variable; NULL: without. */
static void parse(const char *flag, const char *variable)
{
	char program[] = "phasetop", word[128] = "", setting[128] = "";
	char *argv[3] = {program, flag ? word : NULL, NULL}, *environment[2] = {variable ? setting : NULL, NULL};
	snprintf(word, sizeof word, "%s", flag ? flag : "");
	snprintf(setting, sizeof setting, "%s", variable ? variable : "");
	pt_error err;
	if (pt_options_parse(flag ? 2 : 1, argv, environment, &options, &err) != PT_OK)
		fail_msg("%s", err.message);
}

static void take(const char *text)
{
	pt_config_take(&options, "c", text, strlen(text));
}

static const char *printed(pt_setting setting)
{
	static char text[PT_SETTING_TEXT_BYTES];
	pt_options_print_setting(&options, setting, text, sizeof text);
	return text;
}

/* A saved view of the name "v" with these lines. */
static void save(const char *lines)
{
	char path[PT_OPTION_PATH_BYTES];
	pt_saved_view_key key = {.name = "v"};
	assert_int_equal(pt_saved_view_write(&key, &options.view, path, NULL), PT_OK);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(lines, out);
	fclose(out);
}

static void restore(void)
{
	pt_saved_view_key key = {.name = "v"};
	pt_error err;
	if (pt_saved_view_read(&options, &key, &err) != PT_OK)
		fail_msg("%s", err.message);
}

/* Every choice of who speaks: the strongest of them is in force, and named. */
static void test_precedence(void **state)
{
	(void)state;
	static const char *const values[] = {"20", "21", "22", "23", "24"};
	for (unsigned who = 0; who < 16; who++) {
		parse(who & 8 ? "--probe-window=24" : NULL, who & 4 ? "PHASETOP_PROBE_WINDOW=23" : NULL);
		if (who & 2)
			take("window = 22");
		if (who & 1) {
			save("window = 21");
			restore();
		}
		pt_origin_kind origin = who & 8   ? PT_ORIGIN_FLAG
								: who & 4 ? PT_ORIGIN_ENVIRONMENT
								: who & 2 ? PT_ORIGIN_CONFIG
								: who & 1 ? PT_ORIGIN_VIEW
										  : PT_ORIGIN_DEFAULT;
		assert_int_equal(options.origins[PT_SETTING_WINDOW].kind, origin);
		assert_string_equal(printed(PT_SETTING_WINDOW), values[origin]);
		assert_int_equal(options.n_warnings, 0);
		pt_options_fini(&options);
	}
}

/* A preset and a layout are one choice. */
static void test_preset_and_layout(void **state)
{
	(void)state;
	parse("--preset=rotation", NULL);
	take("layout = norms\nzoomed = norms");
	assert_string_equal(printed(PT_SETTING_PRESET), "rotation");
	assert_string_equal(printed(PT_SETTING_ZOOMED), "none"); /* the arrangement that was asked for is seen */
	parse("--layout=norms", NULL);
	take("preset = rotation");
	assert_string_equal(printed(PT_SETTING_PRESET), "own");
	parse(NULL, NULL);
	take("layout = norms\npreset = rotation"); /* said side by side, the layout says more */
	assert_string_equal(printed(PT_SETTING_PRESET), "own");
	parse(NULL, NULL);
	take("preset = rotation\nzoomed = pca");
	assert_int_equal(options.view.layout.zoomed, PT_PANE_PCA);
	parse(NULL, "PHASETOP_PRESET=layers");
	save("layout = norms\nzoomed = norms\n");
	restore();
	assert_string_equal(printed(PT_SETTING_PRESET), "layers");
}

/* An arrangement says whether runs stand side by side, unless somebody said so who goes before. */
static void test_side_by_side_and_presets(void **state)
{
	(void)state;
	parse(NULL, NULL);
	take("preset = compare\n");
	assert_string_equal(printed(PT_SETTING_SIDE_BY_SIDE), "on");
	parse(NULL, NULL);
	take("side-by-side = off\npreset = compare\n");
	assert_string_equal(printed(PT_SETTING_SIDE_BY_SIDE), "off");
	assert_string_equal(printed(PT_SETTING_JOINT_PLANE), "on");
	parse("--preset=compare", NULL);
	take("preset = watch\njoint-plane = off\n");
	assert_string_equal(printed(PT_SETTING_PRESET), "compare");
	assert_string_equal(printed(PT_SETTING_SIDE_BY_SIDE), "on");
	assert_string_equal(printed(PT_SETTING_JOINT_PLANE), "off");
	parse("--align=turn", "PHASETOP_BASELINE=sports");
	take("align = step\nbaseline = medical\nx-axis = epoch\nsmoothing = 20\n");
	assert_string_equal(printed(PT_SETTING_ALIGN), "turn");
	assert_string_equal(printed(PT_SETTING_BASELINE), "sports");
	assert_string_equal(printed(PT_SETTING_X_AXIS), "epoch");
	assert_string_equal(printed(PT_SETTING_SMOOTHING), "20");
}

static void test_settings_of_the_start(void **state)
{
	(void)state;
	parse(NULL, NULL);
	take("color = 256\nascii = on\nthemes-dir = a b\nwatch = poll=2.5\nsize = 100x30\ngram-memory = 5\n");
	assert_int_equal(options.n_warnings, 0);
	assert_int_equal(options.color, PT_COLOR_256);
	assert_true(options.ascii);
	assert_string_equal(options.themes_dir, "a b");
	assert_int_equal(options.poll_interval_ms, 2500);
	assert_int_equal(options.columns, 100);
	assert_int_equal(options.view.settings.gram_budget_bytes, 5 << 20);
	assert_string_equal(printed(PT_SETTING_WATCH), "poll=2.5");
	assert_string_equal(printed(PT_SETTING_SIZE), "100x30");
	take("color = default\nascii = default\nthemes-dir = default\nwatch = default\nsize = default\n"
		 "gram-memory = default\n");
	assert_int_equal(options.n_warnings, 0);
	assert_int_equal(options.color, PT_COLOR_AUTO);
	assert_int_equal(options.columns, 0);
	parse("--no-mouse", "NO_COLOR=1");
	take("mouse = on\ncolor = 256\n");
	assert_true(options.view.no_mouse);
	assert_int_equal(options.color, PT_COLOR_NEVER);
}

static void assert_warns(const char *text, const char *warning)
{
	parse(NULL, NULL);
	take(text);
	assert_int_equal(options.n_warnings, 1);
	if (strcmp(options.warnings[0], warning) != 0)
		fail_msg("'%s' is not '%s'", options.warnings[0], warning);
}

static void test_what_is_wrong_is_a_warning_with_its_line(void **state)
{
	(void)state;
	assert_warns("\ntehme = x", "c:2: no setting 'tehme'; see --default-config");
	assert_warns("window = 1", "c:1: window: '1' is not a number of rows, 2 to 100000");
	assert_warns("color = red", "c:1: color: 'red' is not auto, never, 16, 256 or true");
	assert_warns("[keys]\nfly = x", "c:2: no action 'fly'; see --default-config");
	assert_warns("[keys]\nzoom = F99",
		"c:2: zoom: 'F99' is no key such as q, Space, Ctrl-l, Alt-Left, F1 or Ctrl-w:h");
	assert_warns("[colours]\na = b", "c:2: no section [colours]: there is [keys]");
	assert_warns("nonsense", "c:1: not of the form name = value: nonsense");
	assert_warns("\x1b[31m = 3", "c:1: '\xEF\xBF\xBD[31m' is no name");
	assert_warns("window = 9\n\nprobe-window = 8", "c:3: probe-window was given on line 1 already; the last that is valid counts");
	assert_string_equal(printed(PT_SETTING_WINDOW), "8");
	assert_warns("[keys]\nzoom = Ctrl-x\nzoom = Ctrl-y", "c:3: zoom was given on line 2 already; the last that is valid counts");
	/* what is not in force has to be right all the same */
	parse("--probe-window=9", NULL);
	take("window = 1");
	assert_int_equal(options.n_warnings, 1);
	assert_string_equal(printed(PT_SETTING_WINDOW), "9");
	char many[40 * 8] = "";
	for (int i = 0; i < 40; i++)
		strcat(many, "x = y\n");
	parse(NULL, NULL);
	take(many);
	assert_int_equal(options.n_warnings, 40);
}

static void test_keys(void **state)
{
	(void)state;
	parse(NULL, NULL);
	take("[keys]\nzoom = Ctrl-x\nquit = Q\n");
	assert_int_equal(options.n_warnings, 0);
	assert_string_equal(options.keymap.keys[PT_ACTION_ZOOM], "Ctrl-x");
	assert_int_equal(options.key_lines[PT_ACTION_QUIT], 3);
	assert_warns("[keys]\nzoom = q", "c:2: zoom: q no longer means quit");
	assert_string_equal(options.keymap.keys[PT_ACTION_ZOOM], "q");
}

/* The default configuration holds every setting and every action; with its marks taken away it says the
 * defaults. */
static void test_the_default_configuration(void **state)
{
	(void)state;
	char *text = NULL, before[PT_N_SETTINGS][PT_SETTING_TEXT_BYTES];
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	pt_config_print_default(out);
	fclose(out);
	parse(NULL, NULL);
	for (int i = 0; i < PT_N_SETTINGS; i++)
		strcpy(before[i], printed((pt_setting)i));
	take(text); /* as it stands it says nothing */
	for (int i = 0; i < PT_N_SETTINGS; i++)
		assert_int_equal(options.origins[i].kind, PT_ORIGIN_DEFAULT);
	for (char *at = text; (at = strstr(at, "\n#")) != NULL; at++)
		if (at[2] >= 'a' && at[2] <= 'z')
			at[1] = ' ';
	take(text);
	if (options.n_warnings)
		fail_msg("%s", options.warnings[0]);
	for (int i = 0; i < PT_N_SETTINGS; i++) {
		if (options.origins[i].kind != PT_ORIGIN_CONFIG && i != PT_SETTING_PRESET)
			fail_msg("%s is not in it", pt_setting_row_of((pt_setting)i)->name);
		assert_string_equal(printed((pt_setting)i), before[i]);
	}
	for (int i = 0; i < PT_N_ACTIONS; i++) {
		assert_true(options.key_lines[i] > 0);
		assert_string_equal(options.keymap.keys[i], pt_action_row_of((pt_action)i)->keys);
	}
	free(text);
}

static void test_where_everything_comes_from(void **state)
{
	(void)state;
	char *text = NULL;
	size_t n = 0;
	parse("--window-steps=5,10", "PHASETOP_THEME=viridis");
	strcpy(options.config_path, "/x/\x1b.conf");
	take("\nmatrix = dW\n[keys]\nzoom = Ctrl-x\n");
	FILE *out = open_memstream(&text, &n);
	pt_config_print(&options, out);
	fclose(out);
	static const char *const lines[] = {"k              = 5,10                     # flag\n",
		"theme          = viridis                  # environment\n",
		"matrix         = dW                       # config /x/\xEF\xBF\xBD.conf:2\n",
		"window         = 20                       # default\n",
		"[keys]\nzoom           = Ctrl-x                   # config /x/\xEF\xBF\xBD.conf:4\n"};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (!strstr(text, lines[i]))
			fail_msg("not there: %s", lines[i]);
	/* it is a configuration itself, of the same settings */
	pt_options first = options;
	parse(NULL, NULL);
	take(text);
	assert_int_equal(options.n_warnings, 0);
	for (int i = 0; i < PT_N_SETTINGS; i++) {
		char a[PT_SETTING_TEXT_BYTES];
		pt_options_print_setting(&first, (pt_setting)i, a, sizeof a);
		assert_string_equal(printed((pt_setting)i), a);
	}
	free(text);
}

/* Each setting that has an option can be said by a variable. */
static void test_options_that_are_settings(void **state)
{
	(void)state;
	for (size_t i = 0; i < PT_N_OPTIONS; i++) {
		const pt_option_row *row = &pt_option_rows()[i];
		if (pt_setting_named(row->name) != PT_N_SETTINGS && row->argument)
			assert_true(row->environment);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_preset_and_layout),
		cmocka_unit_test(test_side_by_side_and_presets),
		cmocka_unit_test(test_settings_of_the_start),
		cmocka_unit_test(test_what_is_wrong_is_a_warning_with_its_line),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_the_default_configuration),
		cmocka_unit_test(test_where_everything_comes_from),
		cmocka_unit_test(test_options_that_are_settings),
	};
	return cmocka_run_group_tests(tests, make_place, remove_scratch);
}
