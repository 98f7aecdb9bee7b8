/** Forms over the view: thresholds, sets of modules, subsets of probes; and modules chosen in their pane. */
#include "view_fixture.h"

static void test_thresholds_form(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	f->view.settings.min_step_norm = 0.1234567890123;
	press(f, "t");
	assert_true(f->view.form.open);
	assert_string_equal(f->view.form.text[PT_SETTING_TURN_BELOW], "");
	type(f, "0.7q");
	assert_true(f->view.form.open); /* q is no part of a number, and quits nothing here */
	press(f, "Down");
	press(f, "Down");
	type(f, "0.25");
	press(f, "Backspace");
	assert_int_equal(press(f, "Enter"), PT_VIEW_REDRAW | PT_VIEW_SETTINGS);
	assert_false(f->view.form.open);
	assert_true(f->view.settings.turn_below == 0.7);
	assert_true(f->view.settings.min_step_frac == 0.2);
	assert_true(f->view.settings.min_step_norm == 0.1234567890123); /* not typed over */
	press(f, "t");
	assert_string_equal(f->view.form.text[PT_SETTING_TURN_BELOW], "0.7");
	for (int i = 0; i < 5; i++)
		press(f, "Backspace");
	press(f, "Enter");
	assert_true(pt_is_missing(f->view.settings.turn_below)); /* the default again */
}

static void test_form_refuses(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	const char *const bad[] = {"2", "-1.5", "1e400", "..", "-", "1e", "0.5.5"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		press(f, "t");
		type(f, bad[i]);
		assert_int_equal(press(f, "Enter"), PT_VIEW_REDRAW);
		assert_true(f->view.form.open && f->view.form.wrong[PT_SETTING_TURN_BELOW]);
		assert_true(pt_is_missing(f->view.settings.turn_below));
		press(f, "Esc");
		assert_false(f->view.form.open);
	}
	press(f, "t");
	press(f, "Tab");
	type(f, "-1");
	press(f, "Enter");
	assert_true(f->view.form.wrong[PT_SETTING_MIN_STEP_NORM]);
	for (int i = 0; i < 100; i++)
		type(f, "9");
	assert_true(strlen(f->view.form.text[PT_SETTING_MIN_STEP_NORM]) < PT_FORM_FIELD_BYTES);
}

static pt_module_view module_of(const char *adapter, const char *name)
{
	return (pt_module_view){.name = name, .adapter = adapter, .selected = true};
}

/* Modules of two layers and two adapters, as a run has them. */
static void add_modules(fixture *f, pt_module_view modules[5])
{
	modules[0] = module_of("default", "model.layers.3.mlp.down_proj");
	modules[1] = module_of("default", "model.layers.3.self_attn.q_proj");
	modules[2] = module_of("default", "model.layers.10.mlp.down_proj");
	modules[3] = module_of("default", "model.layers.10.self_attn.q_proj");
	modules[4] = module_of("style", "model.layers.10.mlp.down_proj");
	f->runs[0].modules = modules;
	f->runs[0].n_modules = 5;
}

static void assert_typed(const fixture *f, pt_setting field, const char *text)
{
	assert_string_equal(f->view.form.text[field], text);
}

static void test_module_set_form(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	pt_module_view modules[5];
	add_modules(f, modules);
	static const char *const offers[] = {
		"*.down_proj", "*.q_proj", "layers=3-6", "layers=7-10", "default:*", "style:*", "", "*.down_proj"};
	press(f, "M");
	assert_true(f->view.form.open && f->view.form.kind == PT_FORM_MODULES);
	for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++) {
		press(f, i % 2 ? "Down" : "Tab");
		assert_typed(f, PT_SETTING_MODULES, offers[i]);
	}
	press(f, "Up");
	press(f, "S-Tab");
	assert_typed(f, PT_SETTING_MODULES, "style:*");
	assert_int_equal(press(f, "Enter"), PT_VIEW_REDRAW | PT_VIEW_SETTINGS);
	assert_false(f->view.form.open);
	assert_string_equal(f->view.settings.modules, "style:*");
	press(f, "M");
	assert_typed(f, PT_SETTING_MODULES, "style:*");
	assert_int_equal(press(f, "Enter"), PT_VIEW_REDRAW); /* nothing changed */
	press(f, "M");
	for (int i = 0; i < 10; i++)
		press(f, "Backspace");
	type(f, "*.3.*q");
	press(f, "Esc");
	assert_string_equal(f->view.settings.modules, "style:*");
	press(f, "M");
	for (int i = 0; i < 10; i++)
		press(f, "Backspace");
	assert_int_equal(press(f, "Enter"), PT_VIEW_REDRAW | PT_VIEW_SETTINGS);
	/* to the last byte as the default: settings are compared whole */
	char none[PT_GLOB_BYTES] = "";
	assert_memory_equal(f->view.settings.modules, none, sizeof none);
}

static void test_module_set_form_refuses(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	pt_module_view modules[5];
	add_modules(f, modules);
	static const char *const bad[] = {"layers=", "layers=9-3", "layers=1-x", "*.nothing", "none:*"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		press(f, "M");
		type(f, bad[i]);
		assert_int_equal(press(f, "Enter"), PT_VIEW_REDRAW);
		assert_true(f->view.form.open && f->view.form.wrong[PT_SETTING_MODULES]);
		assert_string_equal(f->view.settings.modules, "");
		press(f, "Tab"); /* typed by hand: the offers begin with the first */
		assert_typed(f, PT_SETTING_MODULES, "");
		assert_false(f->view.form.wrong[PT_SETTING_MODULES]);
		press(f, "Esc");
	}
	f->runs[0].n_modules = 0; /* nothing read yet: it cannot be known */
	press(f, "M");
	type(f, "*.nothing");
	assert_int_equal(press(f, "Enter"), PT_VIEW_REDRAW | PT_VIEW_SETTINGS);
	/* longer than a glob may be, and characters of several bytes */
	press(f, "M");
	for (int i = 0; i < 2 * PT_GLOB_BYTES; i++)
		pt_view_key(&f->view, 0xE9, &f->snapshot);
	assert_true(strlen(f->view.form.text[PT_SETTING_MODULES]) < PT_GLOB_BYTES);
	for (int i = 0; i < PT_GLOB_BYTES; i++)
		press(f, "Backspace");
	assert_typed(f, PT_SETTING_MODULES, "");
	assert_int_equal(pt_view_key(&f->view, 0x1B, &f->snapshot), 0); /* a control character is not typed */
	assert_typed(f, PT_SETTING_MODULES, "");
}

/* One kind of module and one adapter: each would be all of them. */
static void test_what_is_not_offered(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	pt_module_view modules[] = {module_of("", "layers.0.weight"), module_of("", "layers.1.weight")};
	f->runs[0].modules = modules;
	f->runs[0].n_modules = 2;
	press(f, "M");
	press(f, "Tab");
	assert_typed(f, PT_SETTING_MODULES, "layers=0-0");
	press(f, "Tab");
	press(f, "Tab");
	assert_typed(f, PT_SETTING_MODULES, "");
	/* a name that reads as a pattern would select other things than it says */
	modules[0].name = "odd.[x]";
	modules[1].name = "odd.a*";
	press(f, "Tab");
	assert_typed(f, PT_SETTING_MODULES, "");
	press(f, "Esc");
	assert_int_equal(pt_view_key(&f->view, 'M', NULL), PT_VIEW_REDRAW);
	assert_int_equal(pt_view_key(&f->view, PT_KEY_TAB, NULL), PT_VIEW_REDRAW);
}

static void test_probe_subset_form(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	static const char *const names[] = {"medical/a", "medical/b", "code/a"};
	static const pt_probe_group_view groups[] = {{"medical/*", 2}, {"code/*", 1}};
	f->runs[0].spectra[PT_SPECTRUM_RAW] =
		(pt_spectrum_view){.present = true, .n_probes = 3, .n_probe_names = 3, .probe_names = names};
	f->runs[0].probe_groups = groups;
	f->runs[0].n_probe_groups = 2;
	press(f, "u");
	press(f, "Tab");
	press(f, "Tab");
	assert_typed(f, PT_SETTING_PROBES, "code/*");
	assert_int_equal(press(f, "Enter"), PT_VIEW_REDRAW | PT_VIEW_SETTINGS);
	assert_string_equal(f->view.settings.probes, "code/*");
	assert_string_equal(f->view.settings.modules, "");
	press(f, "u");
	type(f, "x");
	assert_int_equal(press(f, "Enter"), PT_VIEW_REDRAW);
	assert_true(f->view.form.wrong[PT_SETTING_PROBES]);
	assert_string_equal(f->view.settings.probes, "code/*");
}

static void test_modules_pane(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	pt_module_view modules[5];
	add_modules(f, modules);
	modules[4].selected = false;
	assert_int_equal(press(f, "<"), PT_VIEW_REDRAW); /* another pane has the focus: said, and nothing else */
	pt_layout_focus(&f->view.layout, PT_PANE_MODULES);
	assert_int_equal(pt_view_context(&f->view), PT_CONTEXT_LIST);
	assert_int_equal(f->view.module_sort, PT_SORT_SHARE);
	assert_int_equal(press(f, ">"), PT_VIEW_SETTINGS | PT_VIEW_REDRAW); /* the pane's needs alone */
	for (int i = 0; i < 10; i++)
		press(f, "Down");
	assert_int_equal(f->view.selected_module, 3); /* of those that are in the set */
	assert_int_equal(press(f, "<"), PT_VIEW_REDRAW);
	assert_int_equal(f->view.module_sort, PT_SORT_MIN_COSINE);
	assert_int_equal(f->view.selected_module, 0);
	press(f, "PgDn");
	assert_int_equal(f->view.selected_module, 3);
	press(f, "?");
	assert_int_equal(press(f, "<"), 0);
	press(f, "?");
	for (int i = 0; i < 10; i++)
		press(f, "<");
	assert_int_equal(f->view.module_sort, PT_SORT_MODULE);
	assert_int_equal(press(f, "<"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thresholds_form),
		cmocka_unit_test(test_form_refuses),
		cmocka_unit_test(test_module_set_form),
		cmocka_unit_test(test_module_set_form_refuses),
		cmocka_unit_test(test_what_is_not_offered),
		cmocka_unit_test(test_probe_subset_form),
		cmocka_unit_test(test_modules_pane),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
