/** The view: what keys, mouse and snapshots make of it. */
#include "view_fixture.h"

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
		cmocka_unit_test(test_escape_never_quits),
		cmocka_unit_test(test_help_covers),
		cmocka_unit_test(test_freeze),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_plot_keys),
		cmocka_unit_test(test_mouse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
