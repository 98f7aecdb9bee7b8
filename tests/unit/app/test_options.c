#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/app/options.h"
#include "phasetop/base/missing.h"
#include "phasetop/report/report_options.h"

enum { MAX_WORDS = 48 };

/* Parse a line of words divided by '|' (so that words may hold blanks). The words live in `storage`. */
static char storage[8192];
static pt_options options;
static pt_error error;

static pt_status parse_in(char *const environment[], const char *line)
{
	char *words[MAX_WORDS + 1];
	int n = 0;
	char program[] = "phasetop";
	words[n++] = program;
	snprintf(storage, sizeof storage, "%s", line);
	for (char *at = storage; *line && at;) {
		assert_true(n < MAX_WORDS);
		words[n++] = at;
		at = strchr(at, '|');
		if (at)
			*at++ = '\0';
	}
	words[n] = NULL;
	memset(&options, 0, sizeof options);
	memset(&error, 0, sizeof error);
	return pt_options_parse(n, words, environment, &options, &error);
}

static void good(const char *line)
{
	pt_status status = parse_in(NULL, line);
	if (status != PT_OK)
		fail_msg("%s: %s", line, error.message);
}

/* A usage error whose one line holds `part` and the hint. */
static void bad(const char *line, const char *part)
{
	assert_int_equal(parse_in(NULL, line), PT_ERR_USAGE);
	if (!strstr(error.message, part))
		fail_msg("%s: '%s' does not say '%s'", line, error.message, part);
	assert_non_null(strstr(error.message, "see 'phasetop --help'"));
	assert_null(strchr(error.message, '\n'));
	assert_null(strchr(error.message, '\x1b'));
}

static void test_defaults(void **state)
{
	(void)state;
	good("");
	assert_int_equal(options.command, PT_COMMAND_RUN);
	assert_int_equal(options.output, PT_OUTPUT_SCREEN);
	assert_false(options.once);
	assert_false(options.list);
	assert_int_equal(options.iterations, 0);
	assert_int_equal(options.n_paths, 0);
	assert_int_equal(pt_options_matrices(&options), PT_MATRIX_BIT(PT_MATRIX_B));
	assert_false(options.view.matrix_placed);
	assert_int_equal(options.view.settings.n_k, 0);
	assert_int_equal(options.view.settings.probe_window, 20);
	assert_true(pt_is_missing(options.view.settings.min_step_frac));
	assert_int_equal(options.watch, PT_WATCHING_AUTO);
	assert_int_equal(options.color, PT_COLOR_AUTO);
	assert_int_equal(options.view.glyphs_default, PT_GLYPH_AUTO);
	assert_false(options.view.no_mouse);
	assert_string_equal(options.view.theme, "");
	assert_int_equal(options.columns, 0);
	pt_options_fini(&options);
}

static void test_report_forms(void **state)
{
	(void)state;
	good("-1|a");
	assert_true(options.once);
	pt_options_fini(&options);
	good("--once|--json|a");
	assert_int_equal(options.output, PT_OUTPUT_JSON);
	pt_options_fini(&options);
	good("--csv|-n|3|a");
	assert_int_equal(options.output, PT_OUTPUT_CSV);
	assert_int_equal(options.iterations, 3);
	pt_options_fini(&options);
	good("--list|--json|a");
	assert_true(options.list);
	assert_int_equal(options.output, PT_OUTPUT_JSON);
	pt_options_fini(&options);
	bad("--json|--csv|a", "--json and --csv");
	bad("--csv|--json|a", "--json and --csv");
	bad("--list|--csv|a", "--list");
	bad("-1|-n|2|a", "--once");
	bad("-n|0|a", "--iterations: '0'");
	bad("-n|x|a", "--iterations");
	bad("-n|3x|a", "--iterations");
	bad("-n| 3|a", "--iterations");
	bad("-n|+3|a", "--iterations");
	bad("-n|99999999999999999999|a", "--iterations");
}

static void test_k_list(void **state)
{
	(void)state;
	good("-k|5,10,15|a");
	assert_int_equal(options.view.settings.n_k, 3);
	assert_int_equal(options.view.settings.k[0], 5);
	assert_int_equal(options.view.settings.k[2], 15);
	assert_false(options.view.settings.k_in_spacings);
	pt_options_fini(&options);
	good("-k7|a");
	assert_int_equal(options.view.settings.k[0], 7);
	pt_options_fini(&options);
	good("-k|1,2,3,4,5,6,7,8|a");
	assert_int_equal(options.view.settings.n_k, PT_MAX_K);
	pt_options_fini(&options);
	static const char *const wrong[] = {"1,2,3,4,5,6,7,8,9", "0", "-5", "5,", ",5", "5,,6", "5;6", "5.0",
		"1e2", "0x5", "", "5 ", "5,5", "99999999999999999999999999"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		char line[80];
		snprintf(line, sizeof line, "--window-steps=%s", wrong[i]);
		bad(line, "--window-steps");
	}
}

static void test_matrices(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		unsigned matrices;
	} cases[] = {{"A", 1}, {"B", 2}, {"dW", 4}, {"W", 8}, {"both", 3}, {"all", 15}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char line[32];
		snprintf(line, sizeof line, "-m|%s|a", cases[i].name);
		good(line);
		assert_int_equal(pt_options_matrices(&options), cases[i].matrices);
		assert_true(options.view.matrix_placed);
		pt_options_fini(&options);
	}
	bad("-m|C|a", "--matrix: 'C' is not A, B, dW, W, both or all");
	bad("-m|dw|a", "--matrix");
	bad("-m||a", "--matrix");
}

static void test_pairing(void **state)
{
	(void)state;
	good("--pairing|index|a");
	assert_int_equal(options.view.settings.pairing, PT_PAIRING_INDEX);
	pt_options_fini(&options);
	good("--pairing|step,2|a");
	assert_int_equal(options.view.settings.pairing, PT_PAIRING_STEP);
	assert_int_equal(options.view.settings.pairing_tolerance, 2);
	pt_options_fini(&options);
	good("--pairing|step,half|a");
	assert_int_equal(options.view.settings.pairing_tolerance, -1);
	pt_options_fini(&options);
	good("--pairing|step|a");
	assert_int_equal(options.view.settings.pairing_tolerance, 0);
	pt_options_fini(&options);
	bad("--pairing|steps|a", "--pairing");
	bad("--pairing|index,2|a", "--pairing");
	bad("--pairing|step,|a", "--pairing");
	bad("--pairing|step,-1|a", "--pairing");
}

static void test_thresholds_and_windows(void **state)
{
	(void)state;
	good("--min-step-norm|0.0035|--min-step-frac|.2|--turn-below|-0.5|-w|50|--every|5|a");
	assert_true(options.view.settings.min_step_norm == 0.0035);
	assert_true(options.view.settings.min_step_frac == 0.2);
	assert_true(options.view.settings.turn_below == -0.5);
	assert_int_equal(options.view.settings.probe_window, 50);
	assert_int_equal(options.view.settings.every, 5);
	pt_options_fini(&options);
	bad("--min-step-norm|-1", "--min-step-norm");
	bad("--min-step-norm|nan", "--min-step-norm");
	bad("--min-step-norm|inf", "--min-step-norm");
	bad("--min-step-norm|1e999", "--min-step-norm");
	bad("--min-step-norm|0x1p3", "--min-step-norm");
	bad("--min-step-norm|1.2.3", "--min-step-norm");
	bad("--min-step-frac|1.5", "--min-step-frac");
	bad("--turn-below|1.01", "--turn-below");
	bad("--turn-below|", "--turn-below");
	bad("-w|1", "--probe-window");
	bad("--every|0", "--every");
}

static void test_modules_and_probes(void **state)
{
	(void)state;
	good("--modules|default:*down_proj|--probes|medical/harmful/*|a");
	assert_string_equal(options.view.settings.modules, "default:*down_proj");
	assert_string_equal(options.view.settings.probes, "medical/harmful/*");
	pt_options_fini(&options);
	good("--modules|layers=3-11|a");
	assert_string_equal(options.view.settings.modules, "layers=3-11");
	pt_options_fini(&options);
	bad("--modules|layers=11-3|a", "--modules");
	bad("--modules|layers=x|a", "--modules");
	bad("--modules||a", "--modules");
	char line[300] = "--probes|";
	memset(line + 9, 'x', 200);
	bad(line, "--probes");
}

static void test_metrics(void **state)
{
	(void)state;
	good("--metric|grad_norm|--metric|behaviour.csv:a,b|a");
	assert_int_equal(options.view.settings.n_metrics, 2);
	assert_string_equal(options.view.settings.metrics[0], "grad_norm");
	assert_string_equal(options.view.settings.metrics[1], "behaviour.csv:a,b");
	/* a flag goes before what the configuration asks for, and --print-config tells it */
	assert_int_equal(options.origins[PT_SETTING_METRIC].kind, PT_ORIGIN_FLAG);
	char text[PT_SETTING_TEXT_BYTES];
	pt_options_print_setting(&options, PT_SETTING_METRIC, text, sizeof text);
	assert_string_equal(text, "grad_norm; behaviour.csv:a,b");
	pt_options_fini(&options);
	char variable[] = "PHASETOP_METRIC=a; b; f.csv:c", flag[] = "--metric=d", program[] = "phasetop";
	char *environment[] = {variable, NULL}, *argv[] = {program, flag, NULL};
	for (int n_flags = 0; n_flags < 2; n_flags++) {
		argv[1] = n_flags ? flag : NULL;
		assert_int_equal(pt_options_parse(1 + n_flags, argv, environment, &options, NULL), PT_OK);
		pt_options_print_setting(&options, PT_SETTING_METRIC, text, sizeof text);
		assert_string_equal(text, n_flags ? "d" : "a; b; f.csv:c");
		pt_options_fini(&options);
	}
	bad("--metric||a", "--metric");
	bad("--metric|:a|a", "--metric");
	bad("--metric|f.csv:|a", "--metric");
	bad("--metric|a,,b|a", "--metric");
	bad("--metric", "--metric needs a value");
	char line[400] = "--metric|";
	memset(line + 9, 'x', 256);
	bad(line, "--metric");
	line[0] = '\0';
	for (int i = 0; i < PT_MAX_METRICS + 1; i++)
		strcat(line, i ? "|--metric|x" : "--metric|x");
	bad(line, "one of the 16");
	strrchr(line, '|')[0] = '\0';
	strrchr(line, '|')[0] = '\0';
	good(line);
	assert_int_equal(options.view.settings.n_metrics, PT_MAX_METRICS);
	pt_options_fini(&options);
}

static void test_replay(void **state)
{
	(void)state;
	good("--replay|runs/a|--speed|12.5");
	assert_string_equal(options.replay, "runs/a");
	assert_true(options.speed == 12.5);
	pt_options_fini(&options);
	bad("--speed|3|a", "--speed is for --replay");
	bad("--replay|a|--speed|0", "--speed");
	bad("--replay|a|--speed|-1", "--speed");
	good("--replay|a|-1"); /* a report of its end */
	assert_true(options.once);
	pt_options_fini(&options);
	bad("--replay", "--replay needs a value");
	bad("--replay=", "--replay");
}

static void test_watch(void **state)
{
	(void)state;
	good("--watch|poll=2.5|a");
	assert_int_equal(options.watch, PT_WATCHING_POLL);
	assert_int_equal(options.poll_interval_ms, 2500);
	pt_options_fini(&options);
	good("--watch|poll|a");
	assert_int_equal(options.watch, PT_WATCHING_POLL);
	assert_int_equal(options.poll_interval_ms, 0);
	pt_options_fini(&options);
	good("--watch|inotify|a");
	assert_int_equal(options.watch, PT_WATCHING_INOTIFY);
	pt_options_fini(&options);
	bad("--watch|poll=0|a", "--watch");
	bad("--watch|poll=|a", "--watch");
	bad("--watch|kqueue|a", "--watch");
}

static void test_look(void **state)
{
	(void)state;
	good("--theme|light|--themes-dir|d|--graph|block|--color|256|-M|--size|80x24|--layout|norms|a");
	assert_string_equal(options.view.theme, "light");
	assert_string_equal(options.themes_dir, "d");
	assert_int_equal(options.view.glyphs_default, PT_GLYPH_BLOCK);
	assert_int_equal(options.color, PT_COLOR_256);
	assert_true(options.view.no_mouse);
	assert_int_equal(options.columns, 80);
	assert_int_equal(options.rows, 24);
	char layout[PT_LAYOUT_TEXT_BYTES];
	pt_layout_print(&options.view.layout, layout, sizeof layout);
	assert_non_null(strstr(layout, "column(*norms,"));
	pt_options_fini(&options);
	good("-CU|a");
	assert_int_equal(options.color, PT_COLOR_NEVER);
	assert_true(options.ascii);
	pt_options_fini(&options);
	good("--size|1x1000|a");
	pt_options_fini(&options);
	assert_string_equal(pt_color_choice_name(PT_COLOR_TRUE), "true");
	assert_string_equal(pt_color_choice_name(PT_COLOR_AUTO), "auto");
	bad("--layout|row(|a", "--layout");
	bad("--layout||a", "--layout");
	bad("--size|80|a", "--size");
	bad("--size|80X24|a", "--size");
	bad("--size|0x24|a", "--size");
	bad("--size|80x1001|a", "--size");
	bad("--size|80x24x2|a", "--size");
	bad("--color|always|a", "--color");
	bad("--graph|dots|a", "--graph");
	bad("--theme||a", "--theme");
}

static void test_export(void **state)
{
	(void)state;
	static const char *const files[] = {"x.svg", "x.txt", "x.csv"};
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char line[32];
		snprintf(line, sizeof line, "--export|%s|a", files[i]);
		good(line);
		assert_string_equal(options.export_path, files[i]);
		pt_options_fini(&options);
	}
	bad("--export|x.png|a", "--export");
	bad("--export|.svg|a", "--export");
	bad("--export|x.svg|--json|a", "--export");
}

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

static void test_comparison(void **state)
{
	(void)state;
	good("--baseline=medical|--align=turn|a|b");
	assert_string_equal(options.view.settings.baseline, "medical");
	assert_true(options.view.align_on_turn);
	pt_options_fini(&options);
	good("--align=turn|--align=step|a");
	assert_false(options.view.align_on_turn);
	pt_options_fini(&options);
	bad("--baseline=", "--baseline: '' is not a value");
	bad("--align=dip", "--align: 'dip' is not step or turn");
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
	bad("--preset=x", "--preset: 'x' is not watch, early-warning, rotation, layers, compare, triage or single");
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
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_report_forms),
		cmocka_unit_test(test_k_list),
		cmocka_unit_test(test_matrices),
		cmocka_unit_test(test_pairing),
		cmocka_unit_test(test_thresholds_and_windows),
		cmocka_unit_test(test_modules_and_probes),
		cmocka_unit_test(test_metrics),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_paths_and_names),
		cmocka_unit_test(test_an_existing_directory_with_an_equals_sign_is_a_path),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_comparison),
		cmocka_unit_test(test_unknown_options_and_proposals),
		cmocka_unit_test(test_hostile_arguments),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_parsing_twice_starts_anew),
		cmocka_unit_test(test_no_words_at_all),
		cmocka_unit_test(test_help_names_every_option),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
