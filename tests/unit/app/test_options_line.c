/* The command line as a whole: paths, commands, what is unknown or hostile, the environment, the help. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "options_fixture.h"

static void test_paths_and_names(void **state)
{
	(void)state;
	good("a|-1|second=runs/b|--|-c|./x=y|--json");
	assert_true(options.once);
	assert_int_equal(options.output, PT_OUTPUT_SCREEN); /* behind "--" all are paths */
	assert_int_equal(options.n_paths, 5);
	assert_null(options.paths[0].name);
	assert_string_equal(options.paths[0].path, "a");
	assert_string_equal(options.paths[1].name, "second");
	assert_string_equal(options.paths[1].path, "runs/b");
	assert_string_equal(options.paths[2].path, "-c");
	assert_null(options.paths[3].name);
	assert_string_equal(options.paths[3].path, "./x=y");
	assert_string_equal(options.paths[4].path, "--json");
	pt_options_fini(&options);
	bad("=a", "NAME=RUN_DIR");
	bad("a=", "NAME=RUN_DIR");
	bad("a||b", "empty RUN_DIR");
}

static void test_an_existing_directory_with_an_equals_sign_is_a_path(void **state)
{
	(void)state;
	char directory[] = "lr=XXXXXX";
	assert_non_null(mkdtemp(directory));
	pt_status status = parse_in(NULL, directory);
	remove(directory);
	assert_int_equal(status, PT_OK);
	assert_null(options.paths[0].name);
	assert_string_equal(options.paths[0].path, directory);
	pt_options_fini(&options);
}

static void test_commands(void **state)
{
	(void)state;
	good("--help");
	assert_int_equal(options.command, PT_COMMAND_HELP);
	pt_options_fini(&options);
	good("-V|--nonsense");
	assert_int_equal(options.command, PT_COMMAND_VERSION);
	pt_options_fini(&options);
	good("--list-themes|--themes-dir|x");
	assert_int_equal(options.command, PT_COMMAND_LIST_THEMES);
	assert_string_equal(options.themes_dir, "x");
	pt_options_fini(&options);
	good("--logger|lightning");
	assert_int_equal(options.command, PT_COMMAND_LOGGER);
	assert_int_equal(options.logger, PT_LOGGER_LIGHTNING);
	pt_options_fini(&options);
	bad("--logger|pytorch", "--logger: 'pytorch' is not hf, torch, lightning or probes");
	bad("--logger=", "is not hf, torch, lightning or probes");
	bad("--logger|hf|--frobnicate", "unknown option '--frobnicate'");
}

static void test_unknown_options_and_proposals(void **state)
{
	(void)state;
	bad("--jsno", "unknown option '--jsno' (did you mean '--json'?)");
	bad("--colour=16", "'--colour' (did you mean '--color'?)");
	bad("--them=x", "did you mean '--theme'?");
	bad("--prob|x", "did you mean '--probe");
	bad("--frobnicate", "unknown option '--frobnicate';");
	bad("-Z", "unknown option '-Z'");
	bad("-1Z", "unknown option '-Z'");
	bad("--json=3", "--json takes no value");
	bad("--grams", "--full and --grams are for --json");
	bad("--full", "--full and --grams are for --json");
	bad("--preset=x",
		"--preset: 'x' is not watch, early-warning, rotation, layers, compare, triage or single");
	bad("--gram-memory=-1", "--gram-memory: '-1' is not a number of MiB, 0 or more");
	bad("-k", "--window-steps needs a value (K[,K...])");
	bad("--theme", "--theme needs a value");
	/* what later versions bring is not there yet, and no abbreviation stands in for it */
	static const char *const later[] = {"--metrics", "--until=finished", "--as-of=5", "--on-event=x",
		"--events=x", "--alarm-rate=1", "--evaluate=x", "--memory", "--doctor", "--tour"};
	for (size_t i = 0; i < sizeof later / sizeof later[0]; i++)
		bad(later[i], "unknown option");
}

static void test_hostile_arguments(void **state)
{
	(void)state;
	bad("--\x1b]0;title\x07", "unknown option");
	bad("-\x1b", "unknown option");
	bad("-m|\x1b[31mred", "--matrix");
	bad("--%s%n%s", "unknown option '--%s%n%s'");
	char line[4000];
	memset(line, 'a', sizeof line - 1);
	line[0] = line[1] = '-';
	line[sizeof line - 1] = '\0';
	bad(line, "unknown option");
	line[0] = '-', line[1] = 'k';
	bad(line, "--window-steps");
}

static pt_status parse_env1(const char *variable, const char *line)
{
	static char text[128];
	snprintf(text, sizeof text, "%s", variable);
	char *environment[] = {text, NULL};
	return parse_in(environment, line);
}

static void test_environment(void **state)
{
	(void)state;
	assert_int_equal(parse_env1("PHASETOP_THEME=light", "a"), PT_OK);
	assert_string_equal(options.view.theme, "light");
	pt_options_fini(&options);
	assert_int_equal(parse_env1("PHASETOP_THEME=light", "--theme|dark|a"), PT_OK);
	assert_string_equal(options.view.theme, "dark");
	pt_options_fini(&options);
	assert_int_equal(parse_env1("PHASETOP_THEMES_DIR=/x", "a"), PT_OK);
	assert_string_equal(options.themes_dir, "/x");
	assert_string_equal(options.view.theme, "");
	pt_options_fini(&options);
	assert_int_equal(parse_env1("PHASETOP_THEME=", "a"), PT_OK);
	assert_string_equal(options.view.theme, "");
	pt_options_fini(&options);
	assert_int_equal(parse_env1("NO_COLOR=1", "a"), PT_OK);
	assert_int_equal(options.color, PT_COLOR_NEVER);
	pt_options_fini(&options);
	assert_int_equal(parse_env1("NO_COLOR=", "a"), PT_OK);
	assert_int_equal(options.color, PT_COLOR_AUTO);
	pt_options_fini(&options);
	assert_int_equal(parse_env1("NO_COLOR=1", "--color|256|a"), PT_OK);
	assert_int_equal(options.color, PT_COLOR_256);
	pt_options_fini(&options);
	assert_int_equal(parse_env1("PHASETOP_WINDOW_STEPS=3,6", "a"), PT_OK);
	assert_int_equal(options.view.settings.n_k, 2);
	pt_options_fini(&options);
	assert_int_equal(parse_env1("PHASETOP_ONCE=1", "a"), PT_OK); /* not one that the environment may set */
	assert_false(options.once);
	pt_options_fini(&options);
	assert_int_equal(parse_env1("PHASETOP_GRAPH=dots", "a"), PT_ERR_USAGE);
	assert_non_null(strstr(error.message, "PHASETOP_GRAPH: 'dots'"));
	assert_int_equal(parse_env1("PHASETOP_GRAPH=dots", "--help"), PT_OK); /* help is always to be had */
	pt_options_fini(&options);
}

static void test_parsing_twice_starts_anew(void **state)
{
	(void)state;
	good("-1|a|b");
	pt_options_fini(&options);
	good("c|-1");
	assert_true(options.once);
	assert_int_equal(options.n_paths, 1);
	pt_options_fini(&options);
}

static void test_no_words_at_all(void **state)
{
	(void)state;
	char *const none[] = {NULL};
	assert_int_equal(pt_options_parse(0, none, NULL, &options, &error), PT_OK);
	assert_int_equal(options.n_paths, 0);
	pt_options_fini(&options);
}

static void test_help_names_every_option(void **state)
{
	(void)state;
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	pt_options_print_help(out);
	fclose(out);
	for (size_t i = 0; i < PT_N_OPTIONS; i++) {
		const pt_option_row *row = &pt_option_rows()[i];
		char name[64];
		snprintf(name, sizeof name, "--%s%s%s", row->name, row->argument ? " " : "",
			row->argument ? row->argument : "");
		if (!strstr(text, name))
			fail_msg("--help does not name %s", name);
	}
	/* no line is wider than a terminal */
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) <= 100);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths_and_names),
		cmocka_unit_test(test_an_existing_directory_with_an_equals_sign_is_a_path),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_unknown_options_and_proposals),
		cmocka_unit_test(test_hostile_arguments),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_parsing_twice_starts_anew),
		cmocka_unit_test(test_no_words_at_all),
		cmocka_unit_test(test_help_names_every_option),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
