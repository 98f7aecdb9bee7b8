/** Panes of the view: which are shown, in which arrangement, and what has to be computed for them. */
#include "view_fixture.h"

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
		cmocka_unit_test(test_runs_pane),
		cmocka_unit_test(test_runs_pane_needs_room),
		cmocka_unit_test(test_toggle_panes),
		cmocka_unit_test(test_what_is_wanted),
		cmocka_unit_test(test_wanted_at_first),
		cmocka_unit_test(test_presets),
		cmocka_unit_test(test_presets_keep_the_lists),
		cmocka_unit_test(test_wheel_over_a_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
