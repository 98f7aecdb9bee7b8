/** What is shown of modules, modes, subsets and the storage floor. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pane_drawing.h"

/* Rows of the frame in which these stand, one below the other. */
static void assert_order(const pt_frame *frame, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_shows(frame, texts[i]);
	for (size_t i = 1; i < n; i++)
		assert_true(row_of(frame, texts[i - 1]) < row_of(frame, texts[i]));
}

static pt_module_turn_view *turn_of(drawing *d, size_t module)
{
	pt_module_view *modules = (pt_module_view *)(uintptr_t)d->snapshot->runs[0].modules;
	return &modules[module].turns[PT_MATRIX_B];
}

static void modules_are_sorted_by_the_chosen_column(void **state)
{
	(void)state;
	static const struct {
		pt_module_sort sort;
		const char *word, *order[3];
	} cases[] = {
		{PT_SORT_SHARE, "by share", {" 7 mlp.down_proj ", " 6 mlp.down_proj ", " 8 mlp.down_proj "}},
		{PT_SORT_MIN_COSINE, "by min cos",
			{" 2 mlp.down_proj ", " 8 self_attn.q_proj ", " 4 mlp.down_proj "}},
		{PT_SORT_ANGLE, "by angle", {" 1 mlp.down_proj ", " 6 self_attn.q_proj ", "12 mlp.down_proj "}},
		{PT_SORT_PCA_TURN, "by PCA bend", {" 0 mlp.down_proj ", " 2 mlp.down_proj ", " 4 mlp.down_proj "}},
		{PT_SORT_TURNED, "by turned", {" 6 mlp.down_proj ", " 9 mlp.down_proj ", " 7 mlp.down_proj "}},
		{PT_SORT_MODULE, "by name", {" 0 mlp.down_proj ", " 0 self_attn.q_proj ", " 1 mlp.down_proj "}},
	};
	drawing d = start(FIXTURE_RICH, 100, 40);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		d.view.module_sort = cases[i].sort;
		draw_pane(&d, PT_PANE_MODULES);
		assert_shows(d.frame, cases[i].word);
		assert_shows(d.frame, "5 of 28 turned");
		assert_order(d.frame, cases[i].order, 3);
		assert_int_equal(row_of(d.frame, cases[i].order[0]), 2); /* border, header */
	}
	end(&d);
}

/* A module without a Gram of its own, or without an angle, stands last, with dashes. */
static void what_is_missing_comes_last(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_RICH, 100, 40);
	static const char *const order[] = {" 1 self_attn.q_proj ", " 3 self_attn.q_proj "};
	d.view.module_sort = PT_SORT_ANGLE;
	draw_pane(&d, PT_PANE_MODULES);
	assert_int_equal(row_of(d.frame, order[0]), 28);
	assert_int_equal(row_of(d.frame, order[1]), 29);
	assert_order(d.frame, order, 2);
	assert_shows(d.frame, " 3 self_attn.q_proj       –         –      –              –        –");
	end(&d);
}

static void only_modules_of_the_set_are_listed(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_SUBSET, 100, 40);
	draw_pane(&d, PT_PANE_MODULES);
	assert_shows(d.frame, "5 of 14 turned");
	assert_int_equal(row_of(d.frame, "self_attn"), -1);
	assert_shows(d.frame, " 7 down_proj"); /* and only the layer tells them apart */
	end(&d);
}

static void the_selected_module_is_seen_and_named(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_RICH, 80, 12);
	pt_layout_focus(&d.view.layout, PT_PANE_MODULES);
	d.view.module_sort = PT_SORT_MODULE;
	d.view.selected_module = 26;
	draw_pane(&d, PT_PANE_MODULES);
	assert_shows(d.frame, "20–27 of 28");
	assert_shows(d.frame, "model.layers.13.mlp.down_proj  lora, rank 8, F16");
	int row = row_of(d.frame, "13 mlp.down_proj");
	assert_int_equal(pt_frame_get(d.frame, 5, row).ground, PT_ROLE_SELECTED);
	assert_int_equal(pt_frame_get(d.frame, 5, row - 1).ground, 0);
	d.view.selected_module = 100000; /* the set became smaller */
	draw_pane(&d, PT_PANE_MODULES);
	assert_shows(d.frame, "21–28 of 28");
	pt_layout_focus(&d.view.layout, PT_PANE_NORMS);
	draw_pane(&d, PT_PANE_MODULES);
	assert_shows(d.frame, "20–28 of 28"); /* without the focus: no name below, and a row more */
	end(&d);
	/* what finds no room beside the name is left out whole */
	d = start(FIXTURE_RICH, 42, 12);
	pt_layout_focus(&d.view.layout, PT_PANE_MODULES);
	d.view.module_sort = PT_SORT_MODULE;
	d.view.selected_module = 26;
	draw_pane(&d, PT_PANE_MODULES);
	assert_shows(d.frame, "model.layers.13.mlp.down_proj  lora ");
	end(&d);
}

static void cosines_below_the_turn_line_are_coloured(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_RICH, 100, 40);
	draw_pane(&d, PT_PANE_MODULES);
	size_t coloured = n_of_role(d.frame, PT_ROLE_ALERT);
	assert_true(coloured > 20);
	d.view.thresholds_off = true;
	draw_pane(&d, PT_PANE_MODULES);
	assert_int_equal(n_of_role(d.frame, PT_ROLE_ALERT), 0);
	end(&d);
}

static void absence_of_modules_is_told(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 100, 12);
	draw_pane(&d, PT_PANE_MODULES);
	assert_shows(d.frame, "being computed");
	end(&d);
	d = start(FIXTURE_RICH, 100, 12);
	for (size_t m = 0; m < d.snapshot->runs[0].n_modules; m++)
		turn_of(&d, m)->present = false;
	d.snapshot->settings.wanted = PT_WANT_MODULES;
	draw_pane(&d, PT_PANE_MODULES);
	assert_shows(d.frame, "--gram-memory");
	end(&d);
	d = start(FIXTURE_YOUNG, 100, 12);
	draw_pane(&d, PT_PANE_MODULES);
	assert_shows(d.frame, "1 of at least 2 so far");
	end(&d);
}

static void modes_name_probes_with_sign_and_weight(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_RICH, 50, 30);
	draw_pane(&d, PT_PANE_MODES);
	assert_shows(d.frame, "leading modes");
	assert_shows(d.frame, "62 % in one @400");
	assert_shows(d.frame, "mode 1  62.0 % of tr C");
	assert_shows(d.frame, "medical/* 71 % · code/* 29 %");
	assert_shows(d.frame, "medical/harmful/3     +0.60 ████");
	assert_shows(d.frame, "code/unsafe/2         −0.20 ██");
	assert_shows(d.frame, "medical/harmful/\xef\xbf\xbd[31m"); /* the escape character is gone */
	assert_shows(d.frame, "mode 3");
	/* each sign has a colour, and neither is the one of alerts: which is which is chance */
	int plus = row_of(d.frame, "+0.60"), minus = row_of(d.frame, "−0.20");
	bool low = false, high = false;
	for (int x = 0; x < d.frame->cols; x++) {
		pt_cell a = pt_frame_get(d.frame, x, plus), b = pt_frame_get(d.frame, x, minus);
		high |= a.role == PT_ROLE_SERIES_1;
		low |= b.role == PT_ROLE_SERIES_2;
		assert_false(a.role == PT_ROLE_SERIES_2 || a.role == PT_ROLE_DIVERGING || a.role == PT_ROLE_ALERT);
	}
	assert_true(low && high);
	d.view.detrended = true;
	draw_pane(&d, PT_PANE_MODES);
	assert_shows(d.frame, "modes detrended");
	end(&d);
	d = start(FIXTURE_MEDICAL, 100, 12);
	draw_pane(&d, PT_PANE_MODES);
	assert_shows(d.frame, "being computed");
	d.snapshot->settings.wanted = PT_WANT_MODES;
	draw_pane(&d, PT_PANE_MODES);
	assert_shows(d.frame, "do not vary");
	end(&d);
}

static void the_subset_is_drawn_and_named(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_SUBSET, 80, 20);
	draw_pane(&d, PT_PANE_SPECTRUM);
	assert_shows(d.frame, "SHC, PR, tr C of medical/*");
	assert_shows(d.frame, "4 probes, W 20");
	d.view.detrended = true;
	draw_pane(&d, PT_PANE_SPECTRUM);
	assert_shows(d.frame, "SHC, PR, tr C of medical/*, detrended");
	draw_pane(&d, PT_PANE_MODES);
	assert_shows(d.frame, "leading modes of medical/*, detrended");
	/* what was computed for another glob is not taken for it */
	strcpy(d.snapshot->settings.probes, "code/*");
	draw_pane(&d, PT_PANE_SPECTRUM);
	assert_shows(d.frame, "no values of probes code/*: u chooses others");
	strcpy(d.snapshot->settings.probes, "");
	draw_pane(&d, PT_PANE_SPECTRUM);
	assert_shows(d.frame, "6 probes, W 20");
	end(&d);
}

static void the_status_line_tells_set_progress_and_preset(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_SUBSET, 160, 30);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(row_of(d.frame, "phasetop  medical"), 0);
	assert_int_equal(row_of(d.frame, "summing 43 %   modules *.down_proj   matrix B"), 0);
	runs_of(&d)[0].kept.set_progress = 1;
	pt_view_key(&d.view, 'p', d.snapshot);
	pt_view_key(&d.view, 'p', d.snapshot);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(row_of(d.frame, "summing"), -1);
	assert_int_equal(row_of(d.frame, "phasetop · rotation  medical"), 0);
	end(&d);
	d = start(FIXTURE_MEDICAL, 160, 30); /* 0: there is nothing to sum */
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(row_of(d.frame, "summing"), -1);
	assert_int_equal(row_of(d.frame, "modules *"), -1);
	end(&d);
}

static size_t n_of_ground(const pt_frame *frame, pt_role role)
{
	size_t n = 0;
	for (int y = 0; y < frame->rows; y++)
		for (int x = 0; x < frame->cols; x++)
			n += pt_frame_get(frame, x, y).ground == role;
	return n;
}

static void the_usual_band_lies_behind_the_cosine(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_RICH, 100, 30);
	draw_pane(&d, PT_PANE_COSINE);
	size_t upright = n_of_ground(d.frame, PT_ROLE_BAND);
	assert_true(upright > 50);
	assert_shows(d.frame, "usual so far");
	d.view.negate_cosine = true; /* the mirror image, but for the scale */
	draw_pane(&d, PT_PANE_COSINE);
	assert_true(n_of_ground(d.frame, PT_ROLE_BAND) > upright / 2);
	end(&d);
	d = start(FIXTURE_MEDICAL, 100, 30);
	draw_pane(&d, PT_PANE_COSINE);
	assert_int_equal(n_of_ground(d.frame, PT_ROLE_BAND), 0);
	assert_int_equal(row_of(d.frame, "usual so far"), -1);
	end(&d);
}

static void below_the_storage_floor_is_dim_and_no_dip(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_RICH, 100, 30);
	d.view.k_only = 1;
	pt_cosine_view *cosine =
		(pt_cosine_view *)(uintptr_t)&d.snapshot->runs[0].matrices[PT_MATRIX_B].cosines[2];
	draw_pane(&d, PT_PANE_COSINE);
	size_t dim = n_of_role(d.frame, PT_ROLE_INACTIVE), clear = n_of_role(d.frame, PT_ROLE_SERIES_1);
	assert_true(dim > 5 && clear > 20);
	/* at q = 3 itself the weights speak */
	double *q = (double *)(uintptr_t)cosine->floor_q;
	for (size_t i = 0; i < cosine->n; i++)
		q[i] = 3;
	draw_pane(&d, PT_PANE_COSINE);
	assert_int_equal(n_of_role(d.frame, PT_ROLE_INACTIVE), 0);
	/* a dip of rounding is not coloured, and the figure says what it is */
	d.snapshot->settings.turn_below = 0.9;
	draw_pane(&d, PT_PANE_COSINE);
	assert_true(n_of_role(d.frame, PT_ROLE_ALERT) > 5);
	for (size_t i = 0; i < cosine->n; i++)
		q[i] = 2.5;
	draw_pane(&d, PT_PANE_COSINE);
	assert_int_equal(n_of_role(d.frame, PT_ROLE_ALERT), 0);
	assert_shows(d.frame, "min 0.813 @235, q 2.5");
	end(&d);
}

static void the_readout_tells_floor_and_debiased_value(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_RICH, 160, 30);
	const pt_cosine_view *cosine = &d.snapshot->runs[0].matrices[PT_MATRIX_B].cosines[2];
	d.view.cursor_step = cosine->steps[4]; /* q = 1.5 */
	char text[96];
	snprintf(text, sizeof text, "%d  cos %.3f, below the storage floor: q 1.5", (int)cosine->steps[4],
		cosine->values[4]);
	draw_pane(&d, PT_PANE_COSINE);
	assert_shows(d.frame, text);
	assert_int_equal(row_of(d.frame, "debiased"), -1); /* below q = 2 there is none */
	d.view.cursor_step = cosine->steps[10];            /* q = 2.25 */
	draw_pane(&d, PT_PANE_COSINE);
	snprintf(text, sizeof text, "q 2.2, debiased %.3f", cosine->debiased[10]);
	assert_shows(d.frame, text);
	d.view.cursor_step = cosine->steps[40]; /* q = 6 */
	draw_pane(&d, PT_PANE_COSINE);
	assert_int_equal(row_of(d.frame, "storage floor"), -1);
	snprintf(text, sizeof text, "cos %.3f, debiased %.3f", cosine->values[40], cosine->debiased[40]);
	assert_shows(d.frame, text);
	/* what would read the same is not said twice */
	((double *)(uintptr_t)cosine->debiased)[40] = cosine->values[40] + 0.0001;
	draw_pane(&d, PT_PANE_COSINE);
	assert_int_equal(row_of(d.frame, "debiased"), -1);
	d.view.negate_cosine = true;
	d.view.cursor_step = cosine->steps[10];
	draw_pane(&d, PT_PANE_COSINE);
	snprintf(text, sizeof text, "debiased %.3f", -cosine->debiased[10]);
	assert_shows(d.frame, text);
	end(&d);
}

static void forms_count_what_a_text_selects(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_RICH, 80, 24);
	pt_view_key(&d.view, 'M', d.snapshot);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "modules that are summed");
	assert_shows(d.frame, "28 of 28 modules");
	assert_shows(d.frame, "layers=0-6 ·");
	pt_view_key(&d.view, PT_KEY_TAB, d.snapshot);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "14 of 28 modules");
	pt_view_key(&d.view, 'x', d.snapshot);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "none of 28 modules");
	pt_view_key(&d.view, PT_KEY_ESC, d.snapshot);
	pt_view_key(&d.view, 'u', d.snapshot);
	pt_view_key(&d.view, PT_KEY_UP, d.snapshot);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "probes  code/*");
	assert_shows(d.frame, "2 of 6 probes");
	end(&d);
	d = start(FIXTURE_THREE, 80, 24);
	pt_view_key(&d.view, 'u', d.snapshot);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "150 of 150 probes in 3 runs");
	pt_view_key(&d.view, '*', d.snapshot); /* these logs name none */
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "none of 150 probes");
	pt_view_key(&d.view, PT_KEY_ESC, d.snapshot);
	pt_view_key(&d.view, 'M', d.snapshot);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "no modules so far");
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modules_are_sorted_by_the_chosen_column),
		cmocka_unit_test(what_is_missing_comes_last),
		cmocka_unit_test(only_modules_of_the_set_are_listed),
		cmocka_unit_test(the_selected_module_is_seen_and_named),
		cmocka_unit_test(cosines_below_the_turn_line_are_coloured),
		cmocka_unit_test(absence_of_modules_is_told),
		cmocka_unit_test(modes_name_probes_with_sign_and_weight),
		cmocka_unit_test(the_subset_is_drawn_and_named),
		cmocka_unit_test(the_status_line_tells_set_progress_and_preset),
		cmocka_unit_test(the_usual_band_lies_behind_the_cosine),
		cmocka_unit_test(below_the_storage_floor_is_dim_and_no_dip),
		cmocka_unit_test(the_readout_tells_floor_and_debiased_value),
		cmocka_unit_test(forms_count_what_a_text_selects),
	};
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
