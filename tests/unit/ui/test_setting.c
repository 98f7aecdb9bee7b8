/** Settings by name: from text to the view and back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "phasetop/base/missing.h"
#include "phasetop/ui/command.h"
#include "phasetop/ui/preset.h"
#include "phasetop/ui/setting.h"

static pt_view view;
static char expected[PT_EXPECTED_BYTES];

static int start(void **state)
{
	(void)state;
	pt_settings settings = pt_settings_default();
	pt_layout layout = pt_layout_default();
	view = pt_view_first(&settings, &layout, PT_N_CHOICES);
	return 0;
}

static bool set(pt_setting setting, const char *text)
{
	return pt_setting_set(&view, NULL, setting, text, expected, sizeof expected);
}

static const char *printed(pt_setting setting)
{
	static char text[PT_SETTING_TEXT_BYTES];
	pt_setting_print(&view, setting, text, sizeof text);
	return text;
}

static const struct {
	pt_setting setting;
	const char *given, *read_back; /* NULL: as given */
} values[] = {
	{PT_SETTING_PRESET, "rotation", NULL},
	{PT_SETTING_LAYOUT, "row(norms:3,*pca)", "column(row(norms:3,*pca),"},
	{PT_SETTING_ZOOMED, "pca", NULL},
	{PT_SETTING_ZOOMED, "none", NULL},
	{PT_SETTING_MATRIX, "dW", NULL},
	{PT_SETTING_MATRIX, "both", NULL},
	{PT_SETTING_MATRIX, "auto", NULL},
	{PT_SETTING_K, "5,10,15", NULL},
	{PT_SETTING_K, "1x,3x", NULL},
	{PT_SETTING_K, "auto", NULL},
	{PT_SETTING_PAIRING, "step,2", NULL},
	{PT_SETTING_PAIRING, "step,half", NULL},
	{PT_SETTING_PAIRING, "index", NULL},
	{PT_SETTING_PAIRING, "step,0", "step"},
	{PT_SETTING_TURN_BELOW, "-0.123456789012", NULL},
	{PT_SETTING_MIN_STEP_NORM, "1e-05", NULL},
	{PT_SETTING_MIN_STEP_FRAC, "0.2", NULL},
	{PT_SETTING_MODULES, "style:*.q_proj", NULL},
	{PT_SETTING_MODULES, "layers=3-11", NULL},
	{PT_SETTING_MODULES, "all", NULL},
	{PT_SETTING_EVERY, "50", NULL},
	{PT_SETTING_EVERY, "all", NULL},
	{PT_SETTING_WINDOW, "31", NULL},
	{PT_SETTING_PROBES, "medical/*", NULL},
	{PT_SETTING_METRIC, "grad_norm", NULL},
	{PT_SETTING_METRIC, "my log.csv:a,b ;grad_norm", "my log.csv:a,b; grad_norm"},
	{PT_SETTING_METRIC, "none", NULL},
	{PT_SETTING_DETREND, "on", NULL},
	{PT_SETTING_BASELINE, "sports", NULL},
	{PT_SETTING_BASELINE, "auto", NULL},
	{PT_SETTING_ALIGN, "turn", NULL},
	{PT_SETTING_ALIGN, "step", NULL},
	{PT_SETTING_SIDE_BY_SIDE, "on", NULL},
	{PT_SETTING_DIFFERENCES, "on", NULL},
	{PT_SETTING_JOINT_PLANE, "on", NULL},
	{PT_SETTING_FILTER, "med*", NULL},
	{PT_SETTING_FILTER, "none", NULL},
	{PT_SETTING_X_AXIS, "wall", NULL},
	{PT_SETTING_X_AXIS, "step", NULL},
	{PT_SETTING_LOG_X, "on", NULL},
	{PT_SETTING_SMOOTHING, "12.5", NULL},
	{PT_SETTING_SMOOTHING, "none", NULL},
	{PT_SETTING_CLIP_OUTLIERS, "on", NULL},
	{PT_SETTING_GUIDES, "on", NULL},
	{PT_SETTING_THRESHOLDS_ON, "off", NULL},
	{PT_SETTING_THRESHOLDS_ON, "on", NULL},
	{PT_SETTING_SIGN, "on", NULL},
	{PT_SETTING_INVERT, "on", NULL},
	{PT_SETTING_K_OVERLAYS, "2", NULL},
	{PT_SETTING_K_OVERLAYS, "all", NULL},
	{PT_SETTING_LOG_Y, "norms,loss", NULL},
	{PT_SETTING_LOG_Y, "none", NULL},
	{PT_SETTING_X_RANGE, "step 40 200", NULL},
	{PT_SETTING_X_RANGE, "40.5 200", "step 40.5 200"},
	{PT_SETTING_X_RANGE, "wall 1700000000.25 1700000100 follow", NULL},
	{PT_SETTING_X_RANGE, "none", NULL},
	{PT_SETTING_Y_RANGES, "norms 0 0.25", NULL},
	{PT_SETTING_Y_RANGES, "cosine -1 0.123456789012,norms 0 1e-05 0 5", "norms 0 1e-05 0 5, cosine -1 0.123456789012"},
	{PT_SETTING_Y_RANGES, "none", NULL},
	{PT_SETTING_THEME, "viridis", NULL},
	{PT_SETTING_THEME, "themes/my own.theme", NULL},
	{PT_SETTING_GRAPH, "block", NULL},
	{PT_SETTING_MOUSE, "off", NULL},
	{PT_SETTING_MOUSE, "on", NULL},
};

static void test_what_is_set_is_printed_and_read_back(void **state)
{
	(void)state;
	bool seen[PT_N_SETTINGS] = {false};
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		start(NULL);
		if (!set(values[i].setting, values[i].given))
			fail_msg("%s: not %s", values[i].given, expected);
		const char *text = values[i].read_back ? values[i].read_back : values[i].given;
		char once[PT_SETTING_TEXT_BYTES];
		snprintf(once, sizeof once, "%s", printed(values[i].setting));
		if (strncmp(once, text, strlen(text)) != 0)
			fail_msg("%s is printed as %s", values[i].given, once);
		start(NULL);
		assert_true(set(values[i].setting, once));
		assert_string_equal(printed(values[i].setting), once);
		seen[values[i].setting] = true;
	}
	for (int i = 0; i < PT_N_SETTINGS; i++)
		assert_int_equal(seen[i], pt_setting_row_of((pt_setting)i)->live);
}

static void test_defaults_come_back(void **state)
{
	(void)state;
	char first[PT_N_SETTINGS][PT_SETTING_TEXT_BYTES];
	for (int i = 0; i < PT_N_SETTINGS; i++)
		snprintf(first[i], sizeof first[i], "%s", printed((pt_setting)i));
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		assert_true(set(values[i].setting, values[i].given));
		assert_true(set(values[i].setting, i % 2 ? "default" : ""));
	}
	assert_true(set(PT_SETTING_LAYOUT, "default")); /* zooming a pane focuses it */
	for (int i = 0; i < PT_N_SETTINGS; i++)
		assert_string_equal(printed((pt_setting)i), first[i]);
	assert_true(pt_is_missing(view.settings.turn_below));
}

static const struct {
	pt_setting setting;
	const char *text, *says;
} wrong[] = {
	{PT_SETTING_PRESET, "nonsense", "watch, early-warning"},
	{PT_SETTING_LAYOUT, "row(", "an arrangement such as"},
	{PT_SETTING_LAYOUT, "row(-norms)", "no pane is visible"},
	{PT_SETTING_ZOOMED, "norm", "a pane, or none"},
	{PT_SETTING_MATRIX, "b", "A, B, dW, W, both or all"},
	{PT_SETTING_K, "5,", "1 to 8 whole numbers"},
	{PT_SETTING_K, "5,5", "each k once"},
	{PT_SETTING_K, "5,2x", "all in steps"},
	{PT_SETTING_K, "x", "1 to 8 whole numbers"},
	{PT_SETTING_K, "-1x", "1 to 8 whole numbers"},
	{PT_SETTING_K, "1,2,3,4,5,6,7,8,9", "1 to 8 whole numbers"},
	{PT_SETTING_PAIRING, "index,2", "step,half"},
	{PT_SETTING_PAIRING, "stepwise", "step,half"},
	{PT_SETTING_TURN_BELOW, "1.5", "from -1 to 1"},
	{PT_SETTING_TURN_BELOW, "nan", "from -1 to 1"},
	{PT_SETTING_MIN_STEP_NORM, "-1", "0 or more"},
	{PT_SETTING_MIN_STEP_FRAC, "2", "0 to 1"},
	{PT_SETTING_MODULES, "layers=11-3", "layers=A-B"},
	{PT_SETTING_EVERY, "0", "1 or more"},
	{PT_SETTING_WINDOW, "1", "2 to 100000"},
	{PT_SETTING_METRIC, "a;;b", "FILE:NAME"},
	{PT_SETTING_METRIC, ":a", "FILE:NAME"},
	{PT_SETTING_X_RANGE, "200 40", "the smaller first"},
	{PT_SETTING_X_RANGE, "steps 40 200", "the smaller first"},
	{PT_SETTING_X_RANGE, "40 200 300", "the smaller first"},
	{PT_SETTING_X_RANGE, "40 200 followed", "the smaller first"},
	{PT_SETTING_X_RANGE, "40 inf", "the smaller first"},
	{PT_SETTING_Y_RANGES, "norm 0 1", "panes with two numbers"},
	{PT_SETTING_Y_RANGES, "norms 0 1 2", "panes with two numbers"},
	{PT_SETTING_Y_RANGES, "norms 0 1,", "panes with two numbers"},
	{PT_SETTING_Y_RANGES, "norms 1 1", "panes with two numbers"},
	{PT_SETTING_DETREND, "yes", "on or off"},
	{PT_SETTING_ALIGN, "on", "step or turn"},
	{PT_SETTING_X_AXIS, "steps", "step, epoch"},
	{PT_SETTING_SMOOTHING, "0.5", "from 1 on"},
	{PT_SETTING_K_OVERLAYS, "9", "1 to 8"},
	{PT_SETTING_LOG_Y, "norms,", "panes with commas"},
	{PT_SETTING_LOG_Y, ",norms", "panes with commas"},
	{PT_SETTING_GRAPH, "dots", "auto, braille"},
	{PT_SETTING_MOUSE, "1", "on or off"},
	{PT_SETTING_COLOR, "256", "at the start"},
	{PT_SETTING_WATCH, "poll", "at the start"},
};

static void test_what_cannot_stand_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		pt_view before = view;
		if (set(wrong[i].setting, wrong[i].text))
			fail_msg("%s was taken", wrong[i].text);
		if (!strstr(expected, wrong[i].says))
			fail_msg("%s: '%s' does not say '%s'", wrong[i].text, expected, wrong[i].says);
		assert_memory_equal(&before, &view, sizeof view);
	}
	char longer[2000];
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	for (int i = 0; i < PT_N_SETTINGS; i++)
		assert_false(set((pt_setting)i, longer));
}

static void test_themes_that_are_known(void **state)
{
	(void)state;
	static const char *const themes[] = {"viridis", "sixteen"};
	pt_known_names known = {.themes = themes, .n_themes = 2};
	view.known = &known;
	assert_true(set(PT_SETTING_THEME, "sixteen"));
	assert_false(set(PT_SETTING_THEME, "seventeen"));
	assert_string_equal(view.theme, "sixteen");
	assert_true(set(PT_SETTING_THEME, "./seventeen.theme")); /* a path is tried */
	assert_true(set(PT_SETTING_THEME, "auto"));
}

/* A setting that nothing is left of is refused as in the form. */
static void test_modules_have_to_be_there(void **state)
{
	(void)state;
	static const pt_module_view modules[] = {
		{.name = "a.q_proj", .adapter = "default"}, {.name = "a.v_proj", .adapter = "default"}};
	const pt_run_view run = {.n_modules = 2, .modules = modules};
	const pt_snapshot snapshot = {.n_runs = 1, .runs = &run};
	assert_false(pt_setting_set(&view, &snapshot, PT_SETTING_MODULES, "*.k_proj", expected, sizeof expected));
	assert_string_equal(expected, "found: none of 2 modules");
	assert_string_equal(view.settings.modules, "");
	assert_true(pt_setting_set(&view, &snapshot, PT_SETTING_MODULES, "*.q_proj", expected, sizeof expected));
}

static void test_changes_of_a_drawn_view(void **state)
{
	(void)state;
	unsigned flags;
	assert_true(pt_view_change(&view, NULL, PT_SETTING_WINDOW, "9", &flags, expected, sizeof expected));
	assert_int_equal(flags, PT_VIEW_REDRAW | PT_VIEW_SETTINGS);
	assert_true(pt_view_change(&view, NULL, PT_SETTING_DETREND, "on", &flags, expected, sizeof expected));
	assert_int_equal(flags, PT_VIEW_REDRAW);
	assert_true(pt_view_change(&view, NULL, PT_SETTING_MOUSE, "off", &flags, expected, sizeof expected));
	assert_int_equal(flags, PT_VIEW_REDRAW | PT_VIEW_MOUSE);
	/* other panes need other things */
	assert_true(
		pt_view_change(&view, NULL, PT_SETTING_PRESET, "rotation", &flags, expected, sizeof expected));
	assert_int_equal(flags, PT_VIEW_REDRAW | PT_VIEW_SETTINGS);
	assert_int_equal(view.settings.wanted, pt_view_wanted(&view));
}

static void test_names_are_one_each(void **state)
{
	(void)state;
	for (int i = 0; i < PT_N_SETTINGS; i++) {
		const pt_setting_row *row = pt_setting_row_of((pt_setting)i);
		assert_int_equal(pt_setting_named(row->name), i);
		assert_true(row->option[0] == '\0' || pt_setting_named(row->option) == (pt_setting)i);
		assert_int_equal(pt_verb_named(row->name), PT_N_VERBS);
	}
	assert_int_equal(pt_setting_named(""), PT_N_SETTINGS);
	assert_int_equal(pt_setting_named("nonsense"), PT_N_SETTINGS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_what_is_set_is_printed_and_read_back, start),
		cmocka_unit_test_setup(test_defaults_come_back, start),
		cmocka_unit_test_setup(test_what_cannot_stand_changes_nothing, start),
		cmocka_unit_test_setup(test_themes_that_are_known, start),
		cmocka_unit_test_setup(test_modules_have_to_be_there, start),
		cmocka_unit_test_setup(test_changes_of_a_drawn_view, start),
		cmocka_unit_test(test_names_are_one_each),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
