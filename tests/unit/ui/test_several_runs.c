/** Several runs, matrix types and ways of watching: what stands in for what, and that it says so. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pane_drawing.h"

/* The second run has W alone, as a network without LoRA has. */
static drawing start_mixed(int cols, int rows)
{
	drawing d = start(FIXTURE_THREE, cols, rows);
	pt_run_view *whole = &runs_of(&d)[1];
	whole->matrices[PT_MATRIX_W] = whole->matrices[PT_MATRIX_B];
	whole->verdicts[PT_MATRIX_W] = whole->verdicts[PT_MATRIX_B];
	for (int m = 0; m < PT_MATRIX_W; m++) {
		memset(&whole->matrices[m], 0, sizeof whole->matrices[m]);
		whole->verdicts[m] = (pt_verdict){.headline = "", .detail = "", .step = PT_NO_STEP};
	}
	return d;
}

static void whole_weights_stand_in_and_are_marked(void **state)
{
	(void)state;
	drawing d = start_mixed(120, 12);
	draw_pane(&d, PT_PANE_RUNS);
	assert_shows(d.frame, "W 0.3175");
	assert_shows(d.frame, "B 0.3488");
	assert_int_equal(row_of(d.frame, "‖B‖"), -1);
	draw_pane(&d, PT_PANE_NORMS);
	assert_shows(d.frame, "norm ‖B‖ or ‖W‖");
	assert_shows(d.frame, "▲ sports (W) 0.238");
	draw_pane(&d, PT_PANE_COSINE);
	assert_shows(d.frame, "local cosine of B or W");
	assert_shows(d.frame, "▲ sports (W) 0.940");
	draw_pane(&d, PT_PANE_PCA);
	assert_shows(d.frame, "▲ sports (W)");
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "direction turned in 3 of 3 runs");
	end(&d);
}

static void a_network_alone_is_shown_whatever_was_chosen(void **state)
{
	(void)state;
	for (int choice = 0; choice < PT_N_CHOICES; choice++) {
		drawing d = start(FIXTURE_NETWORK, 80, 20);
		d.view.matrix = (pt_matrix_choice)choice;
		draw_pane(&d, PT_PANE_NORMS);
		assert_shows(d.frame, "norm ‖W‖ ");
		end(&d);
	}
}

static void a_run_without_the_matrix_has_no_trajectory(void **state)
{
	(void)state;
	drawing d = start_mixed(120, 20);
	d.view.matrix = PT_CHOICE_W;
	draw_pane(&d, PT_PANE_PCA);
	assert_shows(d.frame, "▲ sports");
	assert_int_equal(row_of(d.frame, "● medical"), -1);
	assert_int_equal(row_of(d.frame, "waits"), -1);
	end(&d);
}

/* Among the labels of narrow planes each name would stand wherever there is a place. */
static void names_of_narrow_planes_stand_in_one_row(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 40, 9);
	draw_pane(&d, PT_PANE_PCA);
	int row = row_of(d.frame, "● medical");
	assert_true(row > 0);
	assert_int_equal(row_of(d.frame, "▲ sports"), row);
	assert_int_equal(row_of(d.frame, "■ finance"), row);
	end(&d);
}

/* The title names three types; where two of them find room the plots say so. */
static void types_without_room_are_counted(void **state)
{
	(void)state;
	static const pt_pane_id panes[] = {PT_PANE_NORMS, PT_PANE_COSINE, PT_PANE_PCA};
	for (size_t i = 0; i < 3; i++) {
		drawing d = start(FIXTURE_MEDICAL, panes[i] == PT_PANE_PCA ? 30 : 40, 11);
		d.view.matrix = PT_CHOICE_ALL;
		draw_pane(&d, panes[i]);
		assert_shows(d.frame, "+1");
		end(&d);
	}
}

static void the_status_line_tells_how_it_watches(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 140, 30);
	runs_of(&d)[0].polling = true;
	runs_of(&d)[0].next_checkpoint_wall_ms = PT_NO_TIME;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(row_of(d.frame, "polling"), 0);
	assert_int_equal(row_of(d.frame, "next"), -1); /* nothing is invented */
	runs_of(&d)[0].removed = true;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(row_of(d.frame, "directory gone, data kept"), 0);
	end(&d);
	d = start(FIXTURE_THREE, 140, 40);
	runs_of(&d)[2].removed = true;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(row_of(d.frame, "1 directory gone, data kept"), 0);
	end(&d);
}

static void of_several_matrices_the_gravest_verdict_leads(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 140, 30);
	d.view.matrix = PT_CHOICE_BOTH;
	pt_verdict *verdicts = runs_of(&d)[0].verdicts;
	verdicts[PT_MATRIX_B] = (pt_verdict){.headline = "no turn so far", .detail = "", .step = PT_NO_STEP};
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "◆ A: direction turned near step 100  B: no turn so far · by 49°");
	end(&d);
}

static void a_table_of_more_runs_than_rows_says_which_are_seen(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 80, 5);
	draw_pane(&d, PT_PANE_RUNS);
	assert_shows(d.frame, "1–2 of 3");
	end(&d);
}

/* Where something could not be read, that is told before figures are. */
static void problems_have_a_column_at_80_columns(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 66, 8);
	draw_pane(&d, PT_PANE_RUNS);
	assert_shows(d.frame, "problems");
	runs_of(&d)[2].n_problems = 0;
	draw_pane(&d, PT_PANE_RUNS);
	assert_int_equal(row_of(d.frame, "problems"), -1);
	end(&d);
}

/* A long run that is over leaves no room to grow for a short one that is not. */
static void only_live_runs_make_the_axis_grow(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	pt_run_view *runs = runs_of(&d);
	runs[1].state = PT_RUN_LIVE;
	for (size_t r = 0; r < 3; r++)
		runs[r].max_steps = PT_NO_STEP;
	pt_scene scene = pt_scene_of(d.snapshot, &d.view);
	assert_true(scene.steps.hi == 1000); /* it may go on from 400 */
	runs[1].n_steps = 5;
	runs[1].loss.n = 0;
	for (int s = 0; s < PT_N_SPECTRA; s++)
		runs[1].spectra[s].n = 0;
	scene = pt_scene_of(d.snapshot, &d.view);
	assert_true(scene.steps.hi == 400);
	end(&d);
}

static void the_verdict_counts_the_runs_that_turned(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 160, 40);
	pt_run_view *runs = (pt_run_view *)(uintptr_t)d.snapshot->runs;
	pt_verdict *quiet = &runs[0].verdicts[PT_MATRIX_B];
	*quiet = (pt_verdict){.headline = "no turn so far", .detail = "", .step = PT_NO_STEP};
	runs[1].verdicts[PT_MATRIX_B].severity = PT_SEVERITY_ALERT;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	int row = row_of(d.frame, "◆ direction turned in 2 of 3 runs");
	assert_int_equal(row, 38);
	/* those that turned first, whatever their place */
	assert_int_equal(
		row_of(d.frame, "sports near 115 · finance near 95 · medical: no turn so far · 1 problem"), row);
	assert_int_equal(pt_frame_get(d.frame, 2, row).role, PT_ROLE_HEADLINE_ALERT);
	for (int r = 1; r < 3; r++)
		runs[r].verdicts[PT_MATRIX_B] = *quiet;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(row_of(d.frame, "◆ no run turned so far"), row);
	assert_int_equal(pt_frame_get(d.frame, 2, row).role, PT_ROLE_HEADLINE_INFO);
	end(&d);
}

static void runs_have_hue_marker_and_figures(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 8);
	draw_pane(&d, PT_PANE_RUNS);
	assert_shows(d.frame, "● medical ◂  finished");
	assert_shows(d.frame, "0.692 @370");
	assert_shows(d.frame, "▁");
	d.view.run_hidden[1] = true;
	draw_pane(&d, PT_PANE_RUNS);
	assert_shows(d.frame, "· sports");
	assert_shows(d.frame, "3 runs, 1 hidden");
	draw_pane(&d, PT_PANE_NORMS);
	assert_shows(d.frame, "2 runs");
	end(&d);
}

static void the_selected_run_is_seen(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 60, 4); /* a header and one row */
	pt_layout_focus(&d.view.layout, PT_PANE_RUNS);
	d.view.selected_run = 2;
	draw_pane(&d, PT_PANE_RUNS);
	assert_shows(d.frame, "finance");
	assert_int_equal(row_of(d.frame, "medical"), -1);
	d.view.scroll[PT_PANE_RUNS] = 1000;
	d.view.selected_run = 0;
	draw_pane(&d, PT_PANE_RUNS);
	assert_shows(d.frame, "medical");
	end(&d);
}

/* Where a plot has no room for an axis each run has a sparkline with its name. */
static void sparklines_have_names(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 20, 4);
	draw_pane(&d, PT_PANE_COSINE);
	assert_int_equal(row_of(d.frame, "● medical █"), 1);
	assert_int_equal(row_of(d.frame, "▲ sports  █"), 2);
	assert_int_equal(row_of(d.frame, "+1"), 2);
	end(&d);
	d = start(FIXTURE_THREE, 20, 3); /* without a border: figure, then one run */
	pt_scene scene = pt_scene_of(d.snapshot, &d.view);
	pt_pane_draw(&scene, PT_PANE_NORMS, d.frame, (pt_rect){0, 0, 20, 2});
	assert_int_equal(row_of(d.frame, "● medical"), 1);
	assert_int_equal(row_of(d.frame, "+2"), 1);
	end(&d);
}

static pt_pane_id press_r(drawing *d)
{
	pt_view_key(&d->view, 'r', d->snapshot);
	return d->view.layout.focus;
}

static void the_focus_comes_back_from_the_runs_pane(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	static const pt_pane_id panes[] = {PT_PANE_SPECTRUM, PT_PANE_COSINE, PT_PANE_NORMS};
	for (int i = 0; i < 3; i++) {
		pt_layout_focus(&d.view.layout, panes[i]);
		pt_view_apply(&d.view, PT_ACTION_REDRAW, 1, d.snapshot);
		assert_int_equal(press_r(&d), PT_PANE_RUNS);
		assert_int_equal(press_r(&d), panes[i]);
	}
	/* by its number too; hidden from elsewhere the focus stays */
	assert_int_equal(press_r(&d), PT_PANE_RUNS);
	pt_view_key(&d.view, '6', d.snapshot);
	assert_int_equal(d.view.layout.focus, PT_PANE_NORMS);
	pt_view_key(&d.view, '6', d.snapshot);
	pt_layout_focus(&d.view.layout, PT_PANE_PCA);
	pt_view_key(&d.view, '6', d.snapshot);
	assert_int_equal(d.view.layout.focus, PT_PANE_PCA);
	/* where it was is hidden meanwhile: the nearest */
	assert_int_equal(press_r(&d), PT_PANE_RUNS);
	pt_view_key(&d.view, '2', d.snapshot);
	assert_int_equal(press_r(&d), PT_PANE_SPECTRUM);
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_weights_stand_in_and_are_marked),
		cmocka_unit_test(a_network_alone_is_shown_whatever_was_chosen),
		cmocka_unit_test(a_run_without_the_matrix_has_no_trajectory),
		cmocka_unit_test(names_of_narrow_planes_stand_in_one_row),
		cmocka_unit_test(types_without_room_are_counted),
		cmocka_unit_test(the_status_line_tells_how_it_watches),
		cmocka_unit_test(of_several_matrices_the_gravest_verdict_leads),
		cmocka_unit_test(a_table_of_more_runs_than_rows_says_which_are_seen),
		cmocka_unit_test(problems_have_a_column_at_80_columns),
		cmocka_unit_test(only_live_runs_make_the_axis_grow),
		cmocka_unit_test(the_verdict_counts_the_runs_that_turned),
		cmocka_unit_test(runs_have_hue_marker_and_figures),
		cmocka_unit_test(the_selected_run_is_seen),
		cmocka_unit_test(sparklines_have_names),
		cmocka_unit_test(the_focus_comes_back_from_the_runs_pane),
	};
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
