/** Runs beside each other: columns, differences, alignment, one plane; the table of runs, its order and
 * filter. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../src/ui/beside.h"
#include "../../../src/ui/run_columns.h"
#include "../../../src/ui/run_list.h"
#include "pane_drawing.h"
#include "phasetop/ui/preset.h"

static unsigned press(drawing *d, const char *keys)
{
	unsigned flags = 0;
	for (; *keys; keys++)
		flags |= pt_view_key(&d->view, (pt_key)*keys, d->snapshot);
	return flags;
}

static drawing start_preset(fixture_kind kind, const char *name, int cols, int rows)
{
	drawing d = start(kind, cols, rows);
	pt_layout layout = pt_preset_layout((size_t)pt_preset_named(name));
	d.view = pt_view_first(&d.snapshot->settings, &layout, PT_N_CHOICES);
	pt_view_resize(&d.view, cols, rows);
	pt_view_meet(&d.view, d.snapshot);
	return d;
}

static const char *row_text(const pt_frame *frame, int y)
{
	static char row[4 * 400 + 1];
	pt_frame_row_text(frame, y, row, sizeof row);
	return row;
}

/* --- columns ---------------------------------------------------------------------------------------- */

static size_t count(const char *text, const char *word)
{
	size_t n = 0;
	for (const char *at = text; (at = strstr(at, word)); at++)
		n++;
	return n;
}

static void columns_have_names_figures_and_equal_axes(void **state)
{
	(void)state;
	drawing d = start_preset(FIXTURE_THREE, "compare", 120, 36);
	draw_pane(&d, PT_PANE_COSINE);
	assert_non_null(strstr(row_text(d.frame, 1), "● medical"));
	assert_non_null(strstr(row_text(d.frame, 1), "▲ sports"));
	assert_non_null(strstr(row_text(d.frame, 1), "■ finance"));
	assert_int_equal(count(row_text(d.frame, 1), "min 0."), 3); /* each its own figure */
	size_t n_equal = 0;
	for (int y = 2; y < 35; y++) {
		size_t n = count(row_text(d.frame, y), "┤");
		assert_true(n == 0 || n == 3); /* a tick in one is a tick in all */
		n_equal += n == 3;
	}
	assert_true(n_equal >= 3);
	d.view.side_by_side = false;
	draw_pane(&d, PT_PANE_COSINE);
	assert_int_equal(row_of(d.frame, "min 0.813"), -1);
	end(&d);
}

static void columns_that_do_not_fit_are_counted(void **state)
{
	(void)state;
	drawing d = start_preset(FIXTURE_MANY, "compare", 80, 24);
	draw_pane(&d, PT_PANE_NORMS);
	assert_non_null(strstr(row_text(d.frame, 1), "+34")); /* 38 have something to show */
	end(&d);
	d = start_preset(FIXTURE_THREE, "compare", 34, 24); /* no room for two: one plot for all */
	draw_pane(&d, PT_PANE_NORMS);
	assert_null(strstr(row_text(d.frame, 1), "medical"));
	end(&d);
}

static void a_hidden_run_has_no_column_and_others_keep_their_marker(void **state)
{
	(void)state;
	drawing d = start_preset(FIXTURE_THREE, "compare", 120, 36);
	d.view.run_hidden[0] = true;
	draw_pane(&d, PT_PANE_SPECTRUM);
	assert_null(strstr(row_text(d.frame, 1), "medical"));
	assert_non_null(strstr(row_text(d.frame, 1), "▲ sports"));
	assert_non_null(strstr(row_text(d.frame, 1), "■ finance"));
	assert_int_equal(pt_frame_get(d.frame, 2, 1).role, pt_role_series(1));
	end(&d);
}

/* --- one plane ----------------------------------------------------------------------------------------- */

static void one_plane_is_told_and_toggled(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 100, 30);
	draw_pane(&d, PT_PANE_PCA);
	assert_shows(d.frame, "each run in its own plane");
	assert_true(press(&d, "J") & PT_VIEW_SETTINGS);
	assert_true(d.view.settings.wanted & PT_WANT_JOINT);
	draw_pane(&d, PT_PANE_PCA);
	assert_shows(d.frame, "one plane: 47.0 % + 24.1 %");
	assert_shows(d.frame, "▲ sports");
	assert_true(press(&d, "J") & PT_VIEW_SETTINGS);
	assert_false(d.view.settings.wanted & PT_WANT_JOINT);
	end(&d);
}

static void who_is_not_in_the_plane_is_told(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 100, 30);
	press(&d, "J");
	pt_joint_pca_view *joint = &d.snapshot->joint[PT_MATRIX_B];
	joint->n_left_out = 1;
	joint->n_runs = 2;
	joint->progress = 0.34;
	draw_pane(&d, PT_PANE_PCA);
	assert_shows(d.frame, "34 % computed, 1 left out");
	d.view.side_by_side = true;
	draw_pane(&d, PT_PANE_PCA);
	assert_shows(d.frame, "not in this plane");
	joint->present = false;
	d.view.side_by_side = false;
	draw_pane(&d, PT_PANE_PCA);
	assert_shows(d.frame, "being computed: 34 %");
	joint->progress = 1;
	draw_pane(&d, PT_PANE_PCA);
	assert_shows(d.frame, "no two of the runs shown have the same modules");
	end(&d);
}

static void hidden_runs_are_left_out_of_the_plane(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 100, 30);
	pt_layout_focus(&d.view.layout, PT_PANE_RUNS);
	d.view.selected_run = 1;
	assert_false(press(&d, " ") & PT_VIEW_SETTINGS); /* no plane is computed: nobody needs to know */
	assert_int_equal(d.view.settings.left_out[0], 0);
	press(&d, "J");
	assert_int_equal(d.view.settings.left_out[0], 2);
	assert_true(press(&d, " ") & PT_VIEW_SETTINGS);
	assert_int_equal(d.view.settings.left_out[0], 0);
	end(&d);
}

/* --- alignment and differences ------------------------------------------------------------------------- */

static void steps_are_told_from_the_turn(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	d.view.align_on_turn = true;
	pt_snapshot *aligned = pt_beside_aligned(d.snapshot, &d.view);
	assert_non_null(aligned);
	static const int64_t turns[] = {100, 115, 95};
	for (int r = 0; r < 3; r++) {
		const pt_run_view *before = &d.snapshot->runs[r], *after = &aligned->runs[r];
		assert_int_equal(after->n_steps, before->n_steps);
		for (size_t i = 0; i < after->n_steps; i++)
			assert_int_equal(after->steps[i], before->steps[i] - turns[r]);
		const pt_cosine_view *cosine = &after->matrices[PT_MATRIX_B].cosines[2];
		assert_int_equal(
			cosine->minimum_step, before->matrices[PT_MATRIX_B].cosines[2].minimum_step - turns[r]);
		assert_int_equal(after->verdicts[PT_MATRIX_B].step, 0);
		assert_int_equal(aligned->joint[PT_MATRIX_B].runs[r].steps[0], before->steps[0] - turns[r]);
	}
	pt_snapshot_destroy(aligned);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "aligned on turn");
	assert_shows(d.frame, "from turn");
	assert_shows(d.frame, "100     100"); /* the table tells steps as they are */
	end(&d);
}

static void runs_without_a_turn_are_counted(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 160, 36);
	pt_run_view *runs = runs_of(&d);
	press(&d, "A");
	for (int r = 0; r < 3; r++) {
		runs[r].verdicts[PT_MATRIX_B].step = PT_NO_STEP;
		if (r == 2)
			break;
		runs[r].matrices[PT_MATRIX_B].n_change_points = 0;
	}
	/* the third has no verdict, but a change point */
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "aligned on turn, 1 not sure, 2 without");
	runs[2].matrices[PT_MATRIX_B].n_change_points = 0;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "no turn to align on");
	assert_int_equal(row_of(d.frame, "from turn"), -1);
	end(&d);
}

static void the_cursor_moves_from_the_turn(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	pt_view_key(&d.view, PT_KEY_RIGHT, d.snapshot);
	press(&d, "A");
	assert_int_equal(d.view.cursor_step, PT_NO_STEP);
	pt_view_key(&d.view, PT_KEY_RIGHT, d.snapshot);
	assert_int_equal(d.view.cursor_step, 5);
	pt_view_key(&d.view, PT_KEY_HOME, d.snapshot);
	assert_int_equal(d.view.cursor_step, -110); /* sports begins at 5 and turned at 115 */
	end(&d);
}

static void differences_meet_at_equal_steps(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	pt_snapshot *differences = pt_beside_differences(d.snapshot, true);
	assert_non_null(differences);
	const pt_run_view *base = &d.snapshot->runs[0], *own = &d.snapshot->runs[1],
					  *told = &differences->runs[1];
	assert_int_equal(differences->runs[0].n_steps, 0); /* the baseline is the line at 0 */
	for (size_t i = 0; i < own->n_steps; i++) {
		ptrdiff_t at = pt_step_index(base->steps, base->n_steps, own->steps[i]);
		assert_true(at >= 0 && base->steps[at] == own->steps[i]);
		assert_true(told->matrices[PT_MATRIX_B].norms.norm[i] ==
					own->matrices[PT_MATRIX_B].norms.norm[i] - base->matrices[PT_MATRIX_B].norms.norm[at]);
	}
	const pt_spectrum_view *ratio = &told->spectra[PT_SPECTRUM_RAW], *mine = &own->spectra[PT_SPECTRUM_RAW];
	const pt_spectrum_view *theirs = &base->spectra[PT_SPECTRUM_RAW];
	for (size_t i = 0; i < ratio->n; i++) {
		ptrdiff_t at = pt_step_index(theirs->steps, theirs->n, mine->steps[i]);
		bool meets = at >= 0 && theirs->steps[at] == mine->steps[i] && theirs->pr[at] != 0;
		if (!meets || pt_is_missing(mine->pr[i]) || pt_is_missing(theirs->pr[at]))
			assert_true(pt_is_missing(ratio->pr[i]));
		else
			assert_true(ratio->pr[i] == mine->pr[i] / theirs->pr[at]);
	}
	assert_null(told->matrices[PT_MATRIX_B].cosines[2].usual_median);
	pt_snapshot_destroy(differences);
	end(&d);
}

static void titles_name_the_baseline(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 160, 50);
	d.snapshot->baseline = 1;
	press(&d, "D");
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "norm ‖B‖ − sports");
	assert_shows(d.frame, "local cosine of B − sports");
	assert_shows(d.frame, "probe losses ÷ sports");
	assert_shows(d.frame, "PCA of B ├"); /* positions have no difference that means anything */
	assert_shows(d.frame, "differences to sports");
	d.view.log_y[PT_PANE_SPECTRUM] = false;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "− sports ");
	assert_int_equal(row_of(d.frame, "÷"), -1);
	end(&d);
	d = start(FIXTURE_MEDICAL, 160, 50); /* one run alone: said, and drawn as it is */
	press(&d, "D");
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "one run: no differences");
	assert_int_equal(row_of(d.frame, "norm ‖B‖ −"), -1);
	end(&d);
}

static void what_has_no_common_step_is_said(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 160, 50);
	pt_run_view *runs = runs_of(&d);
	for (int r = 1; r < 3; r++) {
		int64_t *steps = (int64_t *)(uintptr_t)runs[r].steps;
		for (size_t i = 0; i < runs[r].n_steps; i++)
			steps[i] += 1000;
	}
	press(&d, "D");
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "no difference to medical");
	end(&d);
}

/* As numbers for a table of its own: none of them with the sign by which it sorts. */
static void figures_are_what_the_table_tells(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 200, 50);
	pt_scene scene = pt_scene_of(d.snapshot, &d.view);
	const pt_run_view *run = &d.snapshot->runs[0];
	const pt_matrix_view *b = &run->matrices[PT_MATRIX_B];
	size_t last = run->n_steps - 1, first = last - 10;
	double slope = (b->norms.norm[last] - b->norms.norm[first]) / (double)(run->steps[last] - run->steps[first]);
	assert_true(slope > 0);
	assert_true(fabs(pt_run_figure(&scene, run, PT_RUNS_BY_SLOPE) - slope) < 1e-15);
	assert_true(pt_run_figure(&scene, run, PT_RUNS_BY_STEP) == (double)run->steps[last]);
	assert_true(pt_run_figure(&scene, run, PT_RUNS_BY_NORM) == b->norms.norm[last]);
	assert_true(pt_run_figure(&scene, run, PT_RUNS_BY_PROBLEMS) == (double)(run->n_problems - run->n_notices));
	assert_true(pt_run_figure(&scene, run, PT_RUNS_BY_PCA_TURN) == (double)b->pca.turning_step);
	const pt_cosine_view *cosine = &b->cosines[b->n_cosines - 1];
	assert_true(pt_run_figure(&scene, run, PT_RUNS_BY_MIN_COSINE) == cosine->minimum_value);
	assert_true(pt_run_figure(&scene, run, PT_RUNS_BY_DIP) == (double)cosine->dip_step);
	int64_t age = d.snapshot->taken_wall_ms - run->last_write_wall_ms;
	assert_true(fabs(pt_run_figure(&scene, run, PT_RUNS_BY_AGE) - (double)age / 1000) < 1e-9);
	end(&d);
}

/* A ratio of spectra of other probes would mean nothing. */
static void spectra_of_other_probes_have_no_ratio(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 160, 50);
	pt_snapshot *differences = pt_beside_differences(d.snapshot, true);
	assert_true(differences->runs[1].spectra[PT_SPECTRUM_RAW].present);
	pt_snapshot_destroy(differences);
	runs_of(&d)[1].spectra[PT_SPECTRUM_RAW].n_probes++;
	differences = pt_beside_differences(d.snapshot, true);
	assert_false(differences->runs[1].spectra[PT_SPECTRUM_RAW].present);
	assert_true(differences->runs[2].spectra[PT_SPECTRUM_RAW].present);
	pt_snapshot_destroy(differences);
	end(&d);
}

static void no_memory_draws_what_is_there(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	press(&d, "AD");
	for (size_t at = 1;; at += at < 40 ? 1 : 13) {
		pt_alloc_fail_at(at, false);
		pt_screen_draw(d.snapshot, &d.view, d.frame);
		if (pt_alloc_fail_at(0, false) < at)
			break;
	}
	assert_shows(d.frame, "norm ‖B‖ − medical");
	end(&d);
}

/* --- the table of runs -----------------------------------------------------------------------------------
 */

static pt_run_list list_of(const drawing *d)
{
	pt_run_list list;
	pt_scene scene = pt_scene_of(d->snapshot, &d->view);
	pt_run_list_make(&scene, &list);
	return list;
}

static void filters_take_words(void **state)
{
	(void)state;
	pt_run_view run = {.name = "Medical-s03", .path = "out/night", .state = PT_RUN_LIVE};
	assert_true(pt_run_matches(&run, ""));
	assert_true(pt_run_matches(&run, "  "));
	assert_true(pt_run_matches(&run, "medical"));
	assert_true(pt_run_matches(&run, "s03 MED"));
	assert_true(pt_run_matches(&run, "night live"));
	assert_true(pt_run_matches(&run, "med -s04"));
	assert_true(pt_run_matches(&run, "-"));
	assert_false(pt_run_matches(&run, "med -s03"));
	assert_false(pt_run_matches(&run, "stale"));
	run.removed = true;
	assert_true(pt_run_matches(&run, "removed"));
	assert_false(pt_run_matches(&run, "live"));
}

static void a_filter_is_typed_counted_and_taken_away(void **state)
{
	(void)state;
	drawing d = start_preset(FIXTURE_MANY, "triage", 120, 36);
	press(&d, "/finance live");
	assert_true(d.view.filter_open);
	draw_pane(&d, PT_PANE_RUNS);
	assert_shows(d.frame, "runs /finance live▏");
	assert_shows(d.frame, "1 of 40 runs");
	assert_int_equal(list_of(&d).n, 1);
	pt_view_key(&d.view, PT_KEY_ENTER, d.snapshot);
	assert_false(d.view.filter_open);
	press(&d, "q"); /* a key again: of no run's name */
	assert_string_equal(d.view.run_filter, "finance live");
	pt_view_key(&d.view, PT_KEY_ESC, d.snapshot);
	assert_int_equal(list_of(&d).n, 40);
	press(&d, "/xyz");
	draw_pane(&d, PT_PANE_RUNS);
	assert_shows(d.frame, "no run matches");
	for (int i = 0; i < 4; i++)
		pt_view_key(&d.view, PT_KEY_BACKSPACE, d.snapshot);
	assert_false(d.view.filter_open); /* once more than there was to erase */
	end(&d);
}

static void columns_sort_with_what_is_missing_last(void **state)
{
	(void)state;
	drawing d = start_preset(FIXTURE_MANY, "triage", 120, 36);
	for (int sort = PT_RUNS_BY_STATE; sort < PT_N_RUN_SORTS; sort++) {
		d.view.run_sort = (pt_run_sort)sort;
		pt_run_list list = list_of(&d);
		pt_scene scene = pt_scene_of(d.snapshot, &d.view);
		bool missing = false;
		double before = -1e300;
		for (size_t i = 0; i < list.n; i++) {
			double value = pt_run_sort_value(&scene, &d.snapshot->runs[list.places[i]], (pt_run_sort)sort);
			assert_true(!missing || pt_is_missing(value));
			missing |= pt_is_missing(value);
			if (!missing) {
				assert_true(value >= before);
				/* equal ones stay in their order */
				assert_true(value > before || i == 0 || list.places[i] > list.places[i - 1]);
				before = value;
			}
		}
		draw_pane(&d, PT_PANE_RUNS);
		assert_shows(d.frame, pt_run_sort_name((pt_run_sort)sort));
	}
	d.view.run_sort = PT_RUNS_BY_NAME;
	pt_run_list list = list_of(&d);
	for (size_t i = 1; i < list.n; i++)
		assert_true(
			strcmp(d.snapshot->runs[list.places[i - 1]].name, d.snapshot->runs[list.places[i]].name) <= 0);
	end(&d);
}

static void keys_sort_select_and_choose_the_baseline(void **state)
{
	(void)state;
	drawing d = start_preset(FIXTURE_THREE, "triage", 120, 36);
	assert_int_equal(d.view.layout.focus, PT_PANE_RUNS);
	press(&d, "<"); /* there is nothing to the left */
	assert_int_equal(d.view.run_sort, PT_RUNS_AS_GIVEN);
	press(&d, ">>>>>>>>>");
	assert_int_equal(d.view.run_sort, PT_RUNS_BY_TURN); /* finance 95, medical 100, sports 115 */
	assert_int_equal(d.view.selected_run, 0);
	pt_view_key(&d.view, PT_KEY_DOWN, d.snapshot);
	assert_int_equal(d.view.selected_run, 1);
	pt_view_key(&d.view, PT_KEY_UP, d.snapshot);
	pt_view_key(&d.view, PT_KEY_UP, d.snapshot);
	assert_int_equal(d.view.selected_run, 2);
	assert_true(press(&d, "b") & PT_VIEW_SETTINGS);
	assert_string_equal(d.view.settings.baseline, "finance");
	d.snapshot->baseline = 2;
	draw_pane(&d, PT_PANE_RUNS);
	assert_shows(d.frame, "■ finance ◂");
	assert_shows(d.frame, "cos finance");
	end(&d);
}

static void the_table_tells_each_run(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 200, 8);
	draw_pane(&d, PT_PANE_RUNS);
	assert_shows(d.frame, "run        state         step      age       ‖B‖     slope  growth      cosine    "
						  "      min cos    dip  turned  PCA "
						  "bend  SHC peak  PR then   cos medical     lag  problems");
	const char *sports = row_text(d.frame, row_of(d.frame, "▲ sports"));
	assert_non_null(strstr(sports, "finished       400      4 s    0.3175"));
	assert_non_null(strstr(sports, "0.848 @115    115     115       120"));
	assert_non_null(strstr(sports, "0.881     +15         0"));
	runs_of(&d)[2].versus[PT_MATRIX_B] = (pt_versus_view){.present = true,
		.cosine_final = PT_MISSING,
		.cosine_of_drift = PT_MISSING,
		.turn_lag_steps = PT_NO_STEP};
	draw_pane(&d, PT_PANE_RUNS);
	assert_non_null(strstr(row_text(d.frame, row_of(d.frame, "■ finance")), "other shape       –         1"));
	end(&d);
}

/* --- presets -------------------------------------------------------------------------------------------- */

static void presets_put_runs_side_by_side_and_back(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	pt_layout before = d.view.layout;
	press(&d, "pppp");
	assert_string_equal(pt_preset_name((size_t)d.view.preset), "compare");
	assert_true(d.view.side_by_side && d.view.joint_plane);
	assert_true(d.view.settings.wanted & PT_WANT_JOINT);
	press(&d, "v");
	assert_false(d.view.side_by_side);
	press(&d, "p");
	assert_string_equal(pt_preset_name((size_t)d.view.preset), "triage");
	assert_false(d.view.side_by_side || d.view.joint_plane);
	assert_false(d.view.layout.hidden[PT_PANE_RUNS]);
	press(&d, "pp"); /* round to the first: the runs pane stands as it stood */
	assert_memory_equal(&before.hidden, &d.view.layout.hidden, sizeof before.hidden);
	char text_before[PT_LAYOUT_TEXT_BYTES], text_after[PT_LAYOUT_TEXT_BYTES];
	pt_layout_print(&before, text_before, sizeof text_before);
	pt_layout_print(&d.view.layout, text_after, sizeof text_after);
	assert_string_equal(text_before, text_after);
	end(&d);
}

static void the_triage_table_is_as_high_as_its_runs(void **state)
{
	(void)state;
	drawing d = start_preset(FIXTURE_THREE, "triage", 80, 24);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(row_of(d.frame, "finance"), 5);
	assert_int_equal(row_of(d.frame, "1 norm"), 7);
	end(&d);
	d = start_preset(FIXTURE_MANY, "triage", 80, 24);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "1–9 of 40");
	d.view.selected_run = 39;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "32–40 of 40");
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_have_names_figures_and_equal_axes),
		cmocka_unit_test(columns_that_do_not_fit_are_counted),
		cmocka_unit_test(a_hidden_run_has_no_column_and_others_keep_their_marker),
		cmocka_unit_test(one_plane_is_told_and_toggled),
		cmocka_unit_test(who_is_not_in_the_plane_is_told),
		cmocka_unit_test(hidden_runs_are_left_out_of_the_plane),
		cmocka_unit_test(steps_are_told_from_the_turn),
		cmocka_unit_test(runs_without_a_turn_are_counted),
		cmocka_unit_test(the_cursor_moves_from_the_turn),
		cmocka_unit_test(differences_meet_at_equal_steps),
		cmocka_unit_test(titles_name_the_baseline),
		cmocka_unit_test(what_has_no_common_step_is_said),
		cmocka_unit_test(figures_are_what_the_table_tells),
		cmocka_unit_test(spectra_of_other_probes_have_no_ratio),
		cmocka_unit_test(no_memory_draws_what_is_there),
		cmocka_unit_test(filters_take_words),
		cmocka_unit_test(a_filter_is_typed_counted_and_taken_away),
		cmocka_unit_test(columns_sort_with_what_is_missing_last),
		cmocka_unit_test(keys_sort_select_and_choose_the_baseline),
		cmocka_unit_test(the_table_tells_each_run),
		cmocka_unit_test(presets_put_runs_side_by_side_and_back),
		cmocka_unit_test(the_triage_table_is_as_high_as_its_runs),
	};
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
