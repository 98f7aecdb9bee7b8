/** Exploring plots: zoomed ranges and what they show, other x axes, smoothing, outliers, guides, events. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../src/ui/view_private.h"
#include "explore_drawing.h"
#include "phasetop/plot/time_axis.h"
#include "step_maps_fixture.h"

/* No turn claimed, no cursor placed: it stands at the newest step. */
static void forget_verdicts(drawing *d)
{
	for (int m = 0; m < PT_N_MATRICES; m++)
		runs_of(d)[0].verdicts[m].step = PT_NO_STEP;
}

/* --- ranges ------------------------------------------------------------------------------------------ */

static void test_keys_zoom_at_the_cursor(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	assert_x(&d, 0, 400);
	assert_int_equal(press(&d, "+"), PT_VIEW_REDRAW); /* the verdict's step, 100 */
	assert_x(&d, 50, 250);
	press(&d, "=");
	assert_x(&d, 75, 175);
	press(&d, "End"); /* the cursor leaves: the range goes with it */
	assert_x(&d, 300, 400);
	press(&d, "Backspace");
	press(&d, "Backspace");
	assert_x(&d, 0, 400);
	assert_int_equal(press(&d, "Backspace"), 0);
	press(&d, "+"); /* at 400 now, where it was put */
	assert_x(&d, 200, 400);
	assert_false(d.view.zoom.follows);
	press(&d, ",");
	assert_x(&d, 150, 350);
	press(&d, "+"); /* the cursor is out of sight: about the middle */
	assert_x(&d, 200, 300);
	press(&d, "-");
	press(&d, "-");
	assert_x(&d, 0, 400);
	assert_int_equal(press(&d, "-"), 0);
	end(&d);
}

static void test_the_newest_step_is_followed(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 120, 36);
	forget_verdicts(&d);
	press(&d, "+");
	assert_true(d.view.zoom.follows);
	pt_scene scene = pt_scene_of(d.snapshot, &d.view);
	double width = scene.steps.hi - scene.steps.lo;
	assert_true(scene.steps.hi >= scene.room.newest && width < scene.room.whole.hi);
	draw_screen(&d);
	assert_shows(d.frame, "follows");
	press(&d, ",");
	assert_false(d.view.zoom.follows);
	press(&d, "F");
	assert_true(d.view.zoom.follows);
	assert_x(&d, scene.steps.lo, scene.steps.hi);
	press(&d, "f");
	assert_false(d.view.zoom.zoomed);
	end(&d);
}

/* The norm grows: the first steps alone need a smaller axis than all of them; so do SHC and PR. */
static void test_y_fits_what_is_visible(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	static const pt_pane_id panes[] = {PT_PANE_NORMS, PT_PANE_COSINE, PT_PANE_SPECTRUM};
	for (size_t i = 0; i < sizeof panes / sizeof panes[0]; i++) {
		pt_plot_probe whole = plot_of(&d, panes[i]);
		press(&d, "Home");
		for (int n = 0; n < 4; n++)
			press(&d, "+");
		pt_plot_probe part = plot_of(&d, panes[i]);
		assert_true(part.y_scale.hi - part.y_scale.lo < whole.y_scale.hi - whole.y_scale.lo);
		press(&d, "f");
	}
	/* where nothing is in sight, the axis is that of all */
	pt_layout_focus(&d.view.layout, PT_PANE_LOSS);
	pt_plot_probe whole = plot_of(&d, PT_PANE_LOSS);
	d.view.zoom.zoomed = true;
	d.view.zoom.lo = 398.2;
	d.view.zoom.hi = 398.8;
	for (int r = 0; r < 3; r++)
		runs_of(&d)[r].loss.n = 1;
	assert_true(plot_of(&d, PT_PANE_LOSS).y_scale.hi > 0 && whole.y_scale.hi > 0);
	end(&d);
}

/* Two points, one on each side of a range between them: the line through it counts. */
static void test_a_line_through_the_range_counts(void **state)
{
	(void)state;
	static const int64_t steps[] = {0, 400};
	static const double norms[] = {0, 4};
	drawing d = start(FIXTURE_MEDICAL, 120, 36);
	pt_run_view *run = &runs_of(&d)[0];
	run->n_steps = 2;
	run->steps = steps;
	run->matrices[PT_MATRIX_B].norms.norm = norms;
	pt_scene scene = pt_scene_of(d.snapshot, &d.view);
	pt_zoom_to(&d.view.zoom, &scene.room, 200, 300);
	pt_scale y = plot_of(&d, PT_PANE_NORMS).y_scale;
	assert_true(fabs(y.lo - 2) < 0.2 && fabs(y.hi - 3) < 0.2);
	end(&d);
}

static void test_y_by_key(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	pt_layout_focus(&d.view.layout, PT_PANE_NORMS);
	pt_scale whole = plot_of(&d, PT_PANE_NORMS).y_scale;
	double height = whole.hi - whole.lo;
	press(&d, "S-Up");
	pt_scale part = plot_of(&d, PT_PANE_NORMS).y_scale;
	assert_true(fabs(part.hi - part.lo - height / 2) < 1e-9);
	press(&d, "PgUp");
	assert_true(fabs(plot_of(&d, PT_PANE_NORMS).y_scale.lo - part.lo - height / 8) < 1e-9);
	press(&d, "PgDn");
	press(&d, "S-Down");
	part = plot_of(&d, PT_PANE_NORMS).y_scale;
	assert_true(fabs(part.lo - whole.lo) < 1e-9 && fabs(part.hi - whole.hi) < 1e-9);
	press(&d, "m"); /* other numbers: fitted */
	assert_false(pt_zoom_is_part(&d.view.zoom));
	/* a pane that is no plot over steps has no such range */
	pt_layout_focus(&d.view.layout, PT_PANE_PCA);
	assert_int_equal(press(&d, "S-Up"), 0);
	end(&d);
}

static void test_escape_is_a_layer(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	press(&d, "Left");
	press(&d, "+");
	assert_int_equal(press(&d, "Esc"), PT_VIEW_REDRAW);
	assert_false(d.view.zoom.zoomed);
	assert_int_not_equal(d.view.cursor_step, PT_NO_STEP);
	press(&d, "Esc");
	assert_int_equal(d.view.cursor_step, PT_NO_STEP);
	press(&d, "Backspace"); /* Esc is remembered, too */
	assert_true(d.view.zoom.zoomed);
	end(&d);
}

/* Both axes of the map of checkpoints, and the k-scan, show the same steps as the curves. */
static void test_heat_maps_follow(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 120, 36);
	pt_layout_focus(&d.view.layout, PT_PANE_MAP);
	pt_scene scene = pt_scene_of(d.snapshot, &d.view);
	pt_zoom_to(&d.view.zoom, &scene.room, 50, 150);
	pt_plot_probe map = plot_of(&d, PT_PANE_MAP);
	assert_true(
		map.x_scale.lo == 50 && map.x_scale.hi == 150 && map.y_scale.lo == 50 && map.y_scale.hi == 150);
	pt_layout_focus(&d.view.layout, PT_PANE_K_SCAN);
	assert_true(plot_of(&d, PT_PANE_K_SCAN).x_scale.hi == 150);
	end(&d);
}

/* --- other x axes ------------------------------------------------------------------------------------ */

static void test_steps_and_back(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	fixture_step_maps(d.snapshot);
	const pt_run_view *run = &d.snapshot->runs[1];
	press(&d, "x");
	pt_scene scene = pt_scene_of(d.snapshot, &d.view);
	assert_int_equal(scene.axis, PT_X_EPOCH);
	assert_true(fabs(pt_scene_x(&scene, run, 150) - 1.2) < 1e-12);
	assert_true(isnan(pt_scene_x(&scene, run, 9)) && isnan(pt_scene_x(&scene, run, 401)));
	assert_true(fabs(pt_scene_x(&scene, run, 400) - 3.2) < 1e-12);
	assert_true(pt_scene_step(&scene, run, 0) == 10 && pt_scene_step(&scene, run, 99) == 400);
	for (int64_t step = 10; step <= 400; step += 13)
		assert_true(fabs(pt_scene_step(&scene, run, pt_scene_x(&scene, run, step)) - (double)step) < 1e-9);
	press(&d, "x"); /* each run from its own first time on */
	scene = pt_scene_of(d.snapshot, &d.view);
	assert_true(pt_scene_x(&scene, run, 10) == 0 && pt_scene_x(&scene, run, 110) == 3600);
	press(&d, "x");
	scene = pt_scene_of(d.snapshot, &d.view);
	assert_true(pt_scene_x(&scene, run, 10) == FIXTURE_MIDNIGHT_S + 3600 + 360);
	end(&d);
}

static void test_a_logarithmic_axis(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 160, 36);
	int64_t first = runs_of(&d)[0].steps[0];
	press(&d, "X");
	pt_scene scene = pt_scene_of(d.snapshot, &d.view);
	assert_true(scene.steps.is_log && scene.steps.lo > 0 && scene.steps.lo <= (double)first);
	draw_screen(&d);
	assert_shows(d.frame, "50"); /* between 10 and 100 */
	press(&d, "x");              /* epochs have logarithms too where they are known, times have none */
	press(&d, "x");
	fixture_step_maps(d.snapshot);
	scene = pt_scene_of(d.snapshot, &d.view);
	char lack[128];
	pt_scene_axis_lack(&scene, lack, sizeof lack);
	assert_false(scene.steps.is_log);
	assert_string_equal(lack, "not logarithmic: times");
	press(&d, "x");
	press(&d, "x");
	d.view.align_on_turn = true;
	draw_screen(&d); /* from the turn, steps before it are below 0 */
	assert_shows(d.frame, "not log");
	d.view.align_on_turn = false;
	press(&d, "X");
	assert_false(pt_scene_of(d.snapshot, &d.view).steps.is_log);
	end(&d);
}

/* Keys, mouse and the status line have the axes of what is drawn: steps from the turn, differences. */
static void test_zoom_of_what_is_drawn(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 160, 36);
	fixture_step_maps(d.snapshot);
	press(&d, "x"); /* epochs, which are not told from a turn */
	press(&d, "A");
	assert_true(plot_of(&d, PT_PANE_NORMS).x_scale.lo < 0);
	assert_true(pt_view_zoom_to(&d.view, -50, 20, d.snapshot) != 0);
	pt_plot_probe plot = plot_of(&d, PT_PANE_NORMS);
	assert_true(plot.x_scale.lo == -50 && plot.x_scale.hi == 20);
	draw_screen(&d);
	assert_shows(d.frame, "-50–20");
	assert_shows(d.frame, "steps: told from where");
	press(&d, ",");
	assert_true(plot_of(&d, PT_PANE_NORMS).x_scale.lo < -50);
	press(&d, "D");
	plot = plot_of(&d, PT_PANE_NORMS);
	assert_true(plot.y_scale.lo < 0); /* some are below the baseline */
	d.view.layout.focus = PT_PANE_NORMS;
	press(&d, "S-Up");
	const pt_y_range *range = &d.view.zoom.y[PT_PANE_NORMS];
	assert_true(range->zoomed && range->lo >= plot.y_scale.lo && range->hi <= plot.y_scale.hi);
	end(&d);
}

/* Probe losses from step 0 on, and nothing else: the axis begins with the first step above. */
static void test_a_logarithmic_axis_of_probe_losses(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 120, 36);
	static const int64_t steps[] = {0, 3, 6, 400};
	pt_run_view *run = &runs_of(&d)[0];
	run->n_steps = 0;
	run->loss.n = 0;
	for (int s = 0; s < PT_N_SPECTRA; s++) {
		run->spectra[s].steps = steps;
		run->spectra[s].n = run->spectra[s].n ? 4 : 0;
	}
	d.view.log_x = true;
	pt_scene scene = pt_scene_of(d.snapshot, &d.view);
	assert_true(scene.steps.is_log && scene.steps.lo == 2);
	end(&d);
}

static void test_labels_of_other_axes(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	fixture_step_maps(d.snapshot);
	press(&d, "x");
	draw_screen(&d);
	assert_shows(d.frame, "epoch ");
	assert_shows(d.frame, "100: epoch 0.8");
	press(&d, "x");
	draw_screen(&d);
	assert_shows(d.frame, "1h ");
	assert_shows(d.frame, "100: 54m");
	press(&d, "x");
	draw_screen(&d);
	assert_shows(d.frame, "04:00");
	assert_shows(d.frame, "100: 01:00:00");
	press(&d, "x");
	draw_screen(&d);
	assert_int_equal(row_of(d.frame, "epoch"), -1);
	end(&d);
}

/* The same part of the run stays in sight. */
static void test_a_range_goes_with_the_axis(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 120, 36);
	fixture_step_maps(d.snapshot);
	pt_scene scene = pt_scene_of(d.snapshot, &d.view);
	pt_zoom_to(&d.view.zoom, &scene.room, 100, 200);
	press(&d, "x");
	assert_x(&d, 0.8, 1.6);
	press(&d, "x");
	assert_x(&d, 3240, 6840);
	press(&d, "x");
	press(&d, "x");
	assert_x(&d, 100, 200);
	press(&d, "Backspace");
	scene = pt_scene_of(d.snapshot, &d.view);
	assert_int_equal(scene.axis, PT_X_WALL);
	end(&d);
}

/* One run that lacks it: all stay with steps, the status line says which and why, and zooming goes on in
 * steps. */
static void test_a_run_that_lacks_the_axis(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	fixture_step_maps(d.snapshot);
	runs_of(&d)[1].epochs = (pt_step_map_view){.absent = "no epochs are logged"};
	press(&d, "+");
	press(&d, "x");
	assert_int_equal(d.view.zoom.axis, PT_X_EPOCH);
	assert_x(&d, 50, 250);
	draw_screen(&d);
	assert_shows(d.frame, "steps: no epochs are logged (sports)");
	assert_shows(d.frame, "╰"); /* the frame is there; the axis says what it is of */
	assert_shows(d.frame, "steps ");
	press(&d, "+");
	assert_x(&d, 75, 175);
	d.view.run_hidden[1] = true; /* without it there are epochs */
	assert_int_equal(pt_scene_of(d.snapshot, &d.view).axis, PT_X_EPOCH);
	end(&d);
}

/* All of the k-scan lies where its steps lie; nothing where those are not known. */
static void test_a_map_over_times(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 120, 36);
	fixture_step_maps(d.snapshot);
	pt_layout_focus(&d.view.layout, PT_PANE_K_SCAN);
	pt_layout_zoom(&d.view.layout, true);
	draw_screen(&d);
	size_t over_steps = n_of_role(d.frame, PT_ROLE_STEP);
	press(&d, "x");
	press(&d, "x");
	draw_screen(&d);
	size_t over_times = n_of_role(d.frame, PT_ROLE_STEP);
	assert_true(over_times > over_steps / 3 && over_times < 3 * over_steps);
	runs_of(&d)[0].wall_s.n = 2; /* known up to step 100 only */
	draw_screen(&d);
	assert_true(n_of_role(d.frame, PT_ROLE_STEP) > 0);
	end(&d);
}

/* --- how curves look --------------------------------------------------------------------------------- */

static void test_smoothing(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 120, 36);
	pt_layout_focus(&d.view.layout, PT_PANE_LOSS);
	draw_pane(&d, PT_PANE_LOSS);
	size_t quiet = n_of_role(d.frame, PT_ROLE_INACTIVE);
	assert_int_equal(press(&d, "S"), 0);
	assert_int_equal(press(&d, "s"), PT_VIEW_REDRAW);
	assert_true(d.view.smoothing == 10);
	draw_pane(&d, PT_PANE_LOSS);
	assert_shows(d.frame, "loss, EMA of half-life 10 steps");
	assert_true(n_of_role(d.frame, PT_ROLE_INACTIVE) > quiet + 20);
	draw_pane(&d, PT_PANE_SPECTRUM);
	assert_shows(d.frame, "EMA of half-life 10 steps");
	for (int i = 0; i < 9; i++)
		press(&d, "s");
	assert_true(d.view.smoothing == 200); /* half of the run is the end */
	static const double down[] = {100, 50, 20, 10, 5, 2, 1, 0};
	for (size_t i = 0; i < sizeof down / sizeof down[0]; i++) {
		press(&d, "S");
		assert_true(d.view.smoothing == down[i]);
	}
	end(&d);
}

static void test_outliers(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 120, 36);
	pt_run_view *run = &runs_of(&d)[0];
	double *train = pt_arena_copy(d.snapshot->arena, run->loss.train, run->loss.n, sizeof *train);
	assert_non_null(train);
	train[run->loss.n / 2] = 500;
	run->loss.train = train;
	assert_true(plot_of(&d, PT_PANE_NORMS).y_scale.hi < 1);
	pt_layout_focus(&d.view.layout, PT_PANE_LOSS);
	double whole = plot_of(&d, PT_PANE_LOSS).y_scale.hi;
	press(&d, "O");
	double clipped = plot_of(&d, PT_PANE_LOSS).y_scale.hi;
	assert_true(whole > 400 && clipped < 20);
	draw_pane(&d, PT_PANE_LOSS);
	assert_shows(d.frame, "▴");
	press(&d, "O");
	assert_true(plot_of(&d, PT_PANE_LOSS).y_scale.hi > 400);
	end(&d);
}

static void test_guides(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	draw_pane(&d, PT_PANE_NORMS);
	size_t without = n_of_role(d.frame, PT_ROLE_GUIDE);
	press(&d, "g");
	draw_pane(&d, PT_PANE_NORMS);
	assert_true(n_of_role(d.frame, PT_ROLE_GUIDE) > without + 100);
	press(&d, "g");
	draw_pane(&d, PT_PANE_NORMS);
	assert_int_equal(n_of_role(d.frame, PT_ROLE_GUIDE), without);
	end(&d);
}

/* --- events ------------------------------------------------------------------------------------------ */

static void test_from_event_to_event(void **state)
{
	(void)state;
	static const pt_segment segments[] = {
		{.first_step = 5, .last_step = 200, .why = "start", .from_step = PT_NO_STEP},
		{.first_step = 250, .last_step = 400, .why = "resume", .from_step = 200}};
	drawing d = start(FIXTURE_MEDICAL, 190, 36);
	pt_run_view *run = &runs_of(&d)[0];
	run->segments = segments;
	run->n_segments = 2;
	pt_matrix_view *matrix = &run->matrices[PT_MATRIX_B];
	matrix->n_change_points = 1;
	matrix->change_points = &(pt_change_point_view){.step = 100, .known_at_step = 125};
	matrix->cosines[2].dip_step = 240;
	matrix->cosines[2].dip_value = 0.8125;
	matrix->pca.turning_step = 100;
	matrix->pca.turning_angle_deg = 71.5;
	press(&d, "Home");
	assert_int_equal(press(&d, "N"), 0);
	press(&d, "n");
	assert_int_equal(d.view.cursor_step, 100);
	draw_screen(&d);
	assert_shows(d.frame, "100: change point of B, known at 125 · the path of B bends, by 72°");
	pt_frame *narrow = NULL; /* the first of them, without its numbers */
	assert_int_equal(pt_frame_create(100, 36, PT_CHARSET_UTF8, &narrow, NULL), PT_OK);
	pt_screen_draw(d.snapshot, &d.view, narrow);
	assert_shows(narrow, "100: change point of B ");
	pt_frame_destroy(narrow);
	press(&d, "n");
	assert_int_equal(d.view.cursor_step, 240);
	draw_screen(&d);
	assert_shows(d.frame, "240: most prominent dip, cos 0.812");
	press(&d, "n");
	draw_screen(&d);
	assert_shows(d.frame, "250: training was resumed");
	assert_int_equal(press(&d, "n"), 0);
	press(&d, "N");
	assert_int_equal(d.view.cursor_step, 240);
	/* a zoomed range goes with it */
	press(&d, "+");
	press(&d, "+");
	press(&d, "+");
	press(&d, "N");
	pt_scene scene = pt_scene_of(d.snapshot, &d.view);
	assert_true(scene.steps.lo <= 100 && scene.steps.hi >= 100);
	end(&d);
}

/* The cursor that stands at a turn by itself is told first; of several runs their names are. */
static void test_the_event_under_the_cursor(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 200, 60);
	pt_matrix_view *matrix = &runs_of(&d)[0].matrices[PT_MATRIX_B];
	matrix->pca.turning_step = 100;
	press(&d, "n");
	assert_int_equal(d.view.cursor_step, 100);
	draw_screen(&d);
	assert_shows(d.frame, "medical: ");
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_zoom_at_the_cursor),
		cmocka_unit_test(test_the_newest_step_is_followed),
		cmocka_unit_test(test_y_fits_what_is_visible),
		cmocka_unit_test(test_a_line_through_the_range_counts),
		cmocka_unit_test(test_y_by_key),
		cmocka_unit_test(test_escape_is_a_layer),
		cmocka_unit_test(test_heat_maps_follow),
		cmocka_unit_test(test_steps_and_back),
		cmocka_unit_test(test_a_logarithmic_axis),
		cmocka_unit_test(test_zoom_of_what_is_drawn),
		cmocka_unit_test(test_a_logarithmic_axis_of_probe_losses),
		cmocka_unit_test(test_labels_of_other_axes),
		cmocka_unit_test(test_a_range_goes_with_the_axis),
		cmocka_unit_test(test_a_run_that_lacks_the_axis),
		cmocka_unit_test(test_a_map_over_times),
		cmocka_unit_test(test_smoothing),
		cmocka_unit_test(test_outliers),
		cmocka_unit_test(test_guides),
		cmocka_unit_test(test_from_event_to_event),
		cmocka_unit_test(test_the_event_under_the_cursor),
	};
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
