/** The view: what keys, mouse and snapshots make of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "phasetop/base/missing.h"
#include "phasetop/ui/preset.h"
#include "phasetop/ui/view.h"

enum { N_STEPS = 40, SPACING = 5 };

typedef struct fixture {
	pt_view view;
	pt_snapshot snapshot;
	pt_run_view runs[3];
	int64_t steps[N_STEPS];
	double norms[N_STEPS];
} fixture;

/* Three adapter runs with checkpoints 5, 10, … 200. */
static fixture *make(fixture *made)
{
	*made = (fixture){0};
	pt_settings settings = pt_settings_default();
	pt_layout layout = pt_layout_default();
	made->view = pt_view_first(&settings, &layout, PT_N_CHOICES);
	pt_view_resize(&made->view, 120, 36);
	for (int i = 0; i < N_STEPS; i++) {
		made->steps[i] = SPACING * (i + 1);
		made->norms[i] = 0.01 * i;
	}
	for (int r = 0; r < 3; r++) {
		pt_run_view *run = &made->runs[r];
		run->n_steps = N_STEPS;
		run->steps = made->steps;
		run->spacing = SPACING;
		run->name = run->path = "run";
		for (int m = 0; m < PT_N_MATRICES; m++) {
			run->verdicts[m].step = PT_NO_STEP;
			run->matrices[m].norms = (pt_norm_view){.present = m != PT_MATRIX_W,
				.norm = made->norms,
				.drift = made->norms,
				.step_length = made->norms,
				.path_length = made->norms};
			run->matrices[m].pca.turning_step = PT_NO_STEP;
			run->verdicts[m].headline = run->verdicts[m].detail = "";
		}
	}
	made->snapshot = (pt_snapshot){.settings = settings, .n_runs = 1, .runs = made->runs};
	return made;
}

static unsigned press(fixture *f, const char *name)
{
	return pt_view_key(&f->view, pt_key_parse(name, strlen(name)), &f->snapshot);
}

static void assert_k(const fixture *f, size_t n, int64_t a, int64_t b, int64_t c)
{
	const pt_settings *settings = &f->view.settings;
	int64_t wanted[] = {a, b, c};
	assert_int_equal(settings->n_k, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(settings->k[i], wanted[i]);
}

static void test_k_by_spacings(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	assert_int_equal(press(f, "]"), PT_VIEW_REDRAW | PT_VIEW_SETTINGS);
	assert_true(f->view.settings.k_in_spacings);
	assert_k(f, 3, 1, 3, 4);
	press(f, "}");
	assert_k(f, 3, 3, 6, 9);
	press(f, "{");
	press(f, "[");
	press(f, "[");
	assert_k(f, 2, 1, 2, 0);
	press(f, "[");
	assert_k(f, 1, 1, 0, 0);
	assert_int_equal(press(f, "["), 0); /* no less than one spacing */
	press(f, "]");
	press(f, "]");
	assert_k(f, 3, 1, 2, 3); /* the number of overlays comes back */
	for (int i = 0; i < 20; i++)
		press(f, "}");
	assert_k(f, 3, 6, 13, 19); /* (40 − 1) / 2: beyond, no checkpoint has both neighbours */
	assert_int_equal(press(f, "]"), 0);
}

static void test_k_given_in_steps(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	f->view.settings.n_k = 2;
	f->view.settings.k[0] = 10;
	f->view.settings.k[1] = 20;
	press(f, "]");
	assert_k(f, 2, 3, 5, 0); /* 20 steps are 4 spacings */
	assert_true(f->view.settings.k_in_spacings);
	/* without a spacing it cannot be told what one more is */
	f = make(&storage);
	f->view.settings.n_k = 1;
	f->view.settings.k[0] = 10;
	f->runs[0].spacing = PT_NO_STEP;
	assert_int_equal(press(f, "]"), 0);
	assert_int_equal(f->view.settings.k[0], 10);
}

static void test_k_overlays(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	assert_true(pt_view_k_shown(&f->view, 0, 3));
	press(f, "K");
	assert_true(pt_view_k_shown(&f->view, 2, 3) && !pt_view_k_shown(&f->view, 1, 3));
	press(f, "K");
	assert_true(pt_view_k_shown(&f->view, 1, 3) && !pt_view_k_shown(&f->view, 2, 3));
	assert_true(pt_view_k_shown(&f->view, 0, 1)); /* names none of them: all */
	press(f, "K");
	press(f, "K");
	assert_true(pt_view_k_shown(&f->view, 0, 3) && pt_view_k_shown(&f->view, 2, 3));
}

static void test_window(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	assert_int_equal(press(f, ")"), PT_VIEW_REDRAW | PT_VIEW_SETTINGS);
	assert_int_equal(f->view.settings.probe_window, 21);
	for (int i = 0; i < 30; i++)
		press(f, "(");
	assert_int_equal(f->view.settings.probe_window, 2);
}

static void test_matrix_cycle(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	pt_view_meet(&f->view, &f->snapshot);
	static const pt_matrix_choice order[] = {
		PT_CHOICE_B, PT_CHOICE_BOTH, PT_CHOICE_DW, PT_CHOICE_ALL, PT_CHOICE_A, PT_CHOICE_B};
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		assert_int_equal(f->view.matrix, order[i]);
		press(f, "m");
	}
	pt_matrix out[PT_N_MATRICES];
	f->view.matrix = PT_CHOICE_ALL;
	assert_int_equal(pt_view_matrices(&f->view, &f->snapshot, out), 3);
	assert_int_equal(pt_view_main_matrix(&f->view, &f->snapshot), PT_MATRIX_DW);
	f->view.matrix = PT_CHOICE_BOTH;
	assert_int_equal(pt_view_matrices(&f->view, &f->snapshot, out), 2);
	assert_int_equal(out[1], PT_MATRIX_B);
	assert_int_equal(pt_view_matrices(&f->view, NULL, out), 2);
}

static void test_whole_networks_show_w(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	for (int m = 0; m < PT_N_MATRICES; m++)
		f->runs[0].matrices[m].norms.present = m == PT_MATRIX_W;
	pt_view_meet(&f->view, &f->snapshot);
	assert_int_equal(f->view.matrix, PT_CHOICE_W);
	assert_int_equal(press(f, "m"), 0); /* there is nothing else */
	f->view.matrix = PT_CHOICE_ALL;
	assert_int_equal(pt_view_main_matrix(&f->view, &f->snapshot), PT_MATRIX_W);
}

static void test_matrix_of_the_command_line_stays(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	pt_settings settings = pt_settings_default();
	pt_layout layout = pt_layout_default();
	f->view = pt_view_first(&settings, &layout, PT_CHOICE_A);
	pt_view_meet(&f->view, &f->snapshot);
	assert_int_equal(f->view.matrix, PT_CHOICE_A);
}

static void test_cursor(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	assert_int_equal(pt_view_cursor(&f->view, &f->snapshot), 200);
	f->runs[0].verdicts[PT_MATRIX_B].step = 100;
	assert_int_equal(pt_view_cursor(&f->view, &f->snapshot), 100);
	press(f, "Left");
	assert_int_equal(pt_view_cursor(&f->view, &f->snapshot), 95);
	press(f, "S-Right");
	assert_int_equal(pt_view_cursor(&f->view, &f->snapshot), 145);
	press(f, "End");
	assert_int_equal(pt_view_cursor(&f->view, &f->snapshot), 200);
	assert_int_equal(press(f, "Right"), 0);
	press(f, "Home");
	assert_int_equal(pt_view_cursor(&f->view, &f->snapshot), 5);
	press(f, "Esc");
	assert_int_equal(pt_view_cursor(&f->view, &f->snapshot), 100);
	assert_int_equal(pt_view_cursor(&f->view, NULL), PT_NO_STEP);
	assert_int_equal(pt_view_key(&f->view, PT_KEY_LEFT, NULL), 0);
}

/* Steps of all runs shown, and of those alone. */
static void test_cursor_over_several_runs(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	int64_t other[] = {3, 197, 203};
	f->snapshot.n_runs = 2;
	f->runs[1].steps = other;
	f->runs[1].n_steps = 3;
	press(f, "End");
	assert_int_equal(f->view.cursor_step, 203);
	press(f, "Left");
	press(f, "Left");
	assert_int_equal(f->view.cursor_step, 197);
	f->view.run_hidden[1] = true;
	press(f, "Left");
	press(f, "Right");
	press(f, "Right");
	assert_int_equal(f->view.cursor_step, 200);
	f->view.run_hidden[0] = true;
	assert_int_equal(press(f, "Left"), 0);
}

static void type(fixture *f, const char *text)
{
	for (; *text; text++)
		pt_view_key(&f->view, (pt_key)*text, &f->snapshot);
}

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

static void test_escape_never_quits(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	press(f, "Left");
	press(f, "Space");
	press(f, "z");
	press(f, "?");
	for (int i = 0; i < 12; i++)
		assert_false(press(f, "Esc") & PT_VIEW_QUIT);
	assert_false(f->view.help || f->view.frozen || f->view.layout.zoomed != PT_PANE_NONE);
	assert_int_equal(press(f, "Esc"), 0);
	assert_int_equal(press(f, "q"), PT_VIEW_QUIT);
}

static void test_help_covers(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	press(f, "F1");
	assert_true(f->view.help);
	assert_int_equal(press(f, "m"), 0);
	press(f, "Down");
	press(f, "PgDn");
	assert_true(f->view.help_scroll > 1);
	for (int i = 0; i < 1000; i++)
		press(f, "PgDn");
	assert_true(f->view.help_scroll < 1000);
	press(f, "q"); /* out of the help, as out of a pager */
	assert_false(f->view.help);
}

static void test_freeze(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	assert_int_equal(press(f, "Space"), PT_VIEW_REDRAW);
	assert_true(f->view.frozen);
	assert_int_equal(press(f, "Space"), PT_VIEW_REDRAW | PT_VIEW_THAW);
	assert_false(f->view.frozen);
}

static void test_runs_pane(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	f->snapshot.n_runs = 3;
	pt_view_meet(&f->view, &f->snapshot);
	assert_false(f->view.layout.hidden[PT_PANE_RUNS]); /* several runs: it comes by itself */
	press(f, "r");
	assert_int_equal(f->view.layout.focus, PT_PANE_RUNS);
	press(f, "Down");
	press(f, "Down");
	press(f, "Down");
	assert_int_equal(f->view.selected_run, 2);
	press(f, "Space");
	assert_false(pt_view_run_shown(&f->view, 2));
	assert_false(f->view.frozen);
	press(f, "a");
	assert_true(pt_view_run_shown(&f->view, 2));
	press(f, "r");
	assert_true(f->view.layout.hidden[PT_PANE_RUNS]);
	pt_view_meet(&f->view, &f->snapshot);
	assert_true(f->view.layout.hidden[PT_PANE_RUNS]); /* and does not come back by itself */
	assert_true(pt_view_run_shown(&f->view, 100000));
}

static void test_runs_pane_needs_room(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	f->snapshot.n_runs = 3;
	pt_view_resize(&f->view, 80, 20);
	pt_view_meet(&f->view, &f->snapshot);
	assert_true(f->view.layout.hidden[PT_PANE_RUNS]);
	pt_view_resize(&f->view, 80, 24);
	pt_view_meet(&f->view, &f->snapshot);
	assert_false(f->view.layout.hidden[PT_PANE_RUNS]);
}

static void test_toggle_panes(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	press(f, "5");
	assert_false(f->view.layout.hidden[PT_PANE_LOSS]);
	press(f, "5");
	assert_true(f->view.layout.hidden[PT_PANE_LOSS]);
	/* where there is no room for it, the pane that is asked for is shown in place of another */
	pt_view_resize(&f->view, 40, 12);
	press(f, "5");
	assert_int_equal(f->view.layout.focus, PT_PANE_LOSS);
	assert_int_equal(pt_view_apply(&f->view, PT_ACTION_TOGGLE_PANE, PT_N_PANES + 1, NULL), 0);
	assert_int_equal(pt_view_apply(&f->view, PT_ACTION_TOGGLE_PANE, 0, NULL), 0);
	assert_int_equal(pt_view_apply(&f->view, PT_N_ACTIONS, 0, NULL), 0);
}

static void assert_wanted(const fixture *f, unsigned wanted)
{
	assert_int_equal(pt_view_wanted(&f->view), wanted);
	assert_int_equal(f->view.settings.wanted, wanted);
}

/* What a pane needs is asked for with the key that brings it into sight, and no longer than it is there. */
static void test_what_is_wanted(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	unsigned asked = PT_VIEW_REDRAW | PT_VIEW_SETTINGS;
	assert_wanted(f, PT_WANT_BAND); /* the cosine pane is there at first */
	static const struct {
		const char *prefix, *key;
		pt_pane_id pane;
		unsigned want;
	} cases[] = {
		{NULL, "8", PT_PANE_K_SCAN, PT_WANT_K_SCAN},
		{NULL, "9", PT_PANE_MODULES, PT_WANT_MODULES},
		{NULL, "0", PT_PANE_MODES, PT_WANT_MODES},
		{"Ctrl-w", "1", PT_PANE_MAP, PT_WANT_CHECKPOINT_COSINE},
		{"Ctrl-w", "2", PT_PANE_SCREE, PT_WANT_SCREE},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (int there = 1; there >= 0; there--) {
			if (cases[i].prefix)
				press(f, cases[i].prefix);
			assert_int_equal(press(f, cases[i].key), asked);
			assert_int_equal(f->view.layout.hidden[cases[i].pane], !there);
			assert_wanted(f, PT_WANT_BAND | (there ? cases[i].want : 0));
		}
	assert_int_equal(press(f, "5"), PT_VIEW_REDRAW); /* the losses need nothing more */
	press(f, "9");
	pt_layout_focus(&f->view.layout, PT_PANE_NORMS);
	assert_int_equal(press(f, "z"), asked);
	assert_wanted(f, 0);
	assert_int_equal(press(f, "Esc"), asked);
	assert_wanted(f, PT_WANT_BAND | PT_WANT_MODULES);
	press(f, "Ctrl-w");
	assert_int_equal(press(f, "r"), asked); /* back to the first layout */
	assert_wanted(f, PT_WANT_BAND);
	f->view.layout.zoomed = f->view.layout.focus = PT_PANE_NORMS;
	assert_int_equal(press(f, "Tab"), asked); /* zoomed, the focus takes the screen along */
	assert_wanted(f, 0);
}

/* The settings that a session begins with may want what a report would. */
static void test_wanted_at_first(void **state)
{
	(void)state;
	pt_settings settings = pt_settings_default();
	pt_layout layout;
	settings.wanted = PT_WANT_GRAMS;
	assert_int_equal(pt_layout_parse("row(modules,map)", &layout, NULL), PT_OK);
	pt_view view = pt_view_first(&settings, &layout, PT_N_CHOICES);
	assert_int_equal(view.settings.wanted, PT_WANT_MODULES | PT_WANT_CHECKPOINT_COSINE);
}

static void test_presets(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	size_t n = pt_preset_count();
	for (size_t i = 1; i <= n; i++) {
		press(f, "p");
		assert_int_equal(pt_preset_of(&f->view.layout), i % n);
		assert_int_equal(f->view.settings.wanted, pt_view_wanted(&f->view));
	}
	press(f, "P");
	assert_int_equal(pt_preset_of(&f->view.layout), n - 1);
	press(f, "9"); /* the panes are no preset's now: p goes on from the last one */
	press(f, "P");
	assert_int_equal(pt_preset_of(&f->view.layout), n - 2);
	press(f, "Ctrl-w");
	press(f, "r");
	assert_int_equal(pt_preset_of(&f->view.layout), 0);
	press(f, "p");
	assert_int_equal(pt_preset_of(&f->view.layout), 1);
	/* from an arrangement of the person's own, the first or the last */
	static const char *const keys[] = {"p", "P"};
	for (size_t i = 0; i < 2; i++) {
		f = make(&storage);
		pt_layout layout;
		assert_int_equal(pt_layout_parse("row(loss,norms)", &layout, NULL), PT_OK);
		f->view = pt_view_first(&f->view.settings, &layout, PT_N_CHOICES);
		press(f, keys[i]);
		assert_int_equal(pt_preset_of(&f->view.layout), i == 0 ? 0 : n - 1);
	}
}

/* The runs pane comes by itself in every preset, and stays as it is when presets change. */
static void test_presets_keep_the_lists(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	f->snapshot.n_runs = 3;
	pt_layout layout = pt_preset_layout(2);
	f->view = pt_view_first(&f->view.settings, &layout, PT_N_CHOICES);
	pt_view_resize(&f->view, 120, 36);
	pt_view_meet(&f->view, &f->snapshot);
	assert_false(f->view.layout.hidden[PT_PANE_RUNS]);
	pt_screen_parts screen = pt_screen_parts_of(120, 36);
	pt_placing placing;
	pt_layout_place(&f->view.layout, &screen, &placing);
	int height = pt_placing_find(&placing, PT_PANE_RUNS)->height;
	for (size_t i = 0; i < pt_preset_count(); i++) {
		press(f, "p");
		pt_view_meet(&f->view, &f->snapshot);
		pt_layout_place(&f->view.layout, &screen, &placing);
		assert_int_equal(pt_placing_find(&placing, PT_PANE_RUNS)->height, height);
		assert_true(f->view.layout.hidden[PT_PANE_PROBLEMS]);
	}
	press(f, "6");
	press(f, "7");
	press(f, "p");
	pt_view_meet(&f->view, &f->snapshot);
	assert_true(f->view.layout.hidden[PT_PANE_RUNS]);
	assert_false(f->view.layout.hidden[PT_PANE_PROBLEMS]);
	/* a layout that says itself how high the runs are keeps that */
	assert_int_equal(pt_layout_parse("column(row(norms,pca),row(*cosine,spectrum),-loss,runs=9,-problems=6)",
						 &layout, NULL),
		PT_OK);
	f->view = pt_view_first(&f->view.settings, &layout, PT_N_CHOICES);
	pt_view_resize(&f->view, 120, 36);
	pt_view_meet(&f->view, &f->snapshot);
	pt_layout_place(&f->view.layout, &screen, &placing);
	assert_int_equal(pt_placing_find(&placing, PT_PANE_RUNS)->height, 9);
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

static void test_prefix(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	assert_int_equal(press(f, "Ctrl-w"), 0);
	press(f, "k");
	assert_int_equal(f->view.layout.focus, PT_PANE_NORMS);
	assert_int_equal(press(f, "k"), 0); /* the prefix holds for one key */
	press(f, "Ctrl-w");
	press(f, "Esc");
	assert_int_equal(press(f, "j"), 0);
	press(f, "Ctrl-w");
	assert_int_equal(press(f, "m"), 0); /* no such pair */
	assert_int_equal(f->view.matrix, PT_CHOICE_B);
}

static void test_plot_keys(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	press(f, "y");
	assert_true(f->view.log_y[PT_PANE_COSINE]);
	assert_true(f->view.log_y[PT_PANE_SPECTRUM]);
	f->view.glyphs_default = PT_GLYPH_BLOCK;
	assert_int_equal(pt_view_glyphs(&f->view, PT_PANE_COSINE), PT_GLYPH_BLOCK);
	press(f, "B");
	assert_int_equal(pt_view_glyphs(&f->view, PT_PANE_COSINE), PT_GLYPH_BRAILLE);
	assert_int_equal(pt_view_glyphs(&f->view, PT_PANE_PCA), PT_GLYPH_BLOCK);
	/* every press changes the picture: AUTO draws braille already */
	f->view.glyphs_default = PT_GLYPH_AUTO;
	f->view.glyphs[PT_PANE_COSINE] = PT_GLYPH_AUTO;
	press(f, "B");
	assert_int_equal(pt_view_glyphs(&f->view, PT_PANE_COSINE), PT_GLYPH_BLOCK);
	press(f, "T");
	press(f, "d");
	press(f, "i");
	press(f, "I");
	assert_true(
		f->view.thresholds_off && f->view.detrended && f->view.negate_cosine && f->view.invert_cosine);
	assert_int_equal(press(f, "Ctrl-l"), PT_VIEW_REDRAW | PT_VIEW_REPAINT);
	assert_int_equal(press(f, "Ctrl-z"), PT_VIEW_SUSPEND);
	assert_int_equal(press(f, "R"), PT_VIEW_REDRAW | PT_VIEW_MOUSE);
	assert_true(f->view.no_mouse);
}

static unsigned mouse(fixture *f, pt_mouse_kind kind, int x, int y)
{
	pt_mouse event = {kind, x, y};
	return pt_view_mouse(&f->view, &event, &f->snapshot);
}

static void test_mouse(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	assert_int_equal(mouse(f, PT_MOUSE_PRESS, 10, 5), PT_VIEW_REDRAW);
	assert_int_equal(f->view.layout.focus, PT_PANE_NORMS);
	/* no border was taken: a rectangle in the plot */
	assert_int_equal(mouse(f, PT_MOUSE_DRAG, 30, 5), PT_VIEW_REDRAW);
	assert_int_equal(mouse(f, PT_MOUSE_RELEASE, 30, 5), PT_VIEW_REDRAW);
	assert_true(f->view.zoom.zoomed);
	assert_int_equal(mouse(f, PT_MOUSE_DRAG, 40, 5), 0);
	mouse(f, PT_MOUSE_PRESS, 60, 5);
	assert_int_equal(mouse(f, PT_MOUSE_DRAG, 75, 5), PT_VIEW_REDRAW);
	mouse(f, PT_MOUSE_RELEASE, 75, 5);
	assert_int_equal(mouse(f, PT_MOUSE_DRAG, 90, 5), 0);
	pt_screen_parts screen = pt_screen_parts_of(120, 36);
	pt_placing placing;
	pt_layout_place(&f->view.layout, &screen, &placing);
	assert_int_equal(pt_placing_find(&placing, PT_PANE_NORMS)->width, 75);
	assert_int_equal(mouse(f, PT_MOUSE_PRESS, 5000, -3), 0);
	press(f, "?");
	assert_int_equal(mouse(f, PT_MOUSE_PRESS, 100, 5), 0);
	assert_int_equal(mouse(f, PT_MOUSE_WHEEL_DOWN, 100, 5), PT_VIEW_REDRAW);
	assert_int_equal(f->view.help_scroll, 3);
}

static void test_wheel_over_a_list(void **state)
{
	(void)state;
	fixture storage, *f = make(&storage);
	f->snapshot.n_problems = 10;
	press(f, "7");
	pt_screen_parts screen = pt_screen_parts_of(120, 36);
	pt_placing placing;
	pt_layout_place(&f->view.layout, &screen, &placing);
	int y = pt_placing_find(&placing, PT_PANE_PROBLEMS)->y + 1;
	mouse(f, PT_MOUSE_WHEEL_DOWN, 5, y);
	assert_int_equal(f->view.scroll[PT_PANE_PROBLEMS], 3);
	mouse(f, PT_MOUSE_WHEEL_UP, 5, y);
	assert_int_equal(f->view.scroll[PT_PANE_PROBLEMS], 0);
	assert_int_equal(mouse(f, PT_MOUSE_WHEEL_DOWN, 5, 3), 0); /* a plot */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_k_by_spacings),
		cmocka_unit_test(test_k_given_in_steps),
		cmocka_unit_test(test_k_overlays),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_matrix_cycle),
		cmocka_unit_test(test_whole_networks_show_w),
		cmocka_unit_test(test_matrix_of_the_command_line_stays),
		cmocka_unit_test(test_cursor),
		cmocka_unit_test(test_cursor_over_several_runs),
		cmocka_unit_test(test_thresholds_form),
		cmocka_unit_test(test_form_refuses),
		cmocka_unit_test(test_escape_never_quits),
		cmocka_unit_test(test_help_covers),
		cmocka_unit_test(test_freeze),
		cmocka_unit_test(test_runs_pane),
		cmocka_unit_test(test_runs_pane_needs_room),
		cmocka_unit_test(test_toggle_panes),
		cmocka_unit_test(test_what_is_wanted),
		cmocka_unit_test(test_wanted_at_first),
		cmocka_unit_test(test_presets),
		cmocka_unit_test(test_presets_keep_the_lists),
		cmocka_unit_test(test_module_set_form),
		cmocka_unit_test(test_module_set_form_refuses),
		cmocka_unit_test(test_what_is_not_offered),
		cmocka_unit_test(test_probe_subset_form),
		cmocka_unit_test(test_modules_pane),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_plot_keys),
		cmocka_unit_test(test_mouse),
		cmocka_unit_test(test_wheel_over_a_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
