/* What each option takes, and what it refuses. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/base/missing.h"
#include "phasetop/report/report_options.h"

#include "options_fixture.h"

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
		cmocka_unit_test(test_comparison),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
