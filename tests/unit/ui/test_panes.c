/** What the panes and the lines of the screen say, in words and in roles. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pane_drawing.h"

static void norms_tell_the_newest_value_and_the_cursor(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 60, 18);
	draw_pane(&d, PT_PANE_NORMS);
	assert_shows(d.frame, "1 norm ‖B‖");
	assert_shows(d.frame, "0.3488 @400");
	assert_shows(d.frame, "100  ‖B‖ 0.2632");
	end(&d);
}

static void matrices_stand_side_by_side(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 80, 18);
	d.view.matrix = PT_CHOICE_BOTH;
	draw_pane(&d, PT_PANE_NORMS);
	assert_shows(d.frame, "100  ‖A‖ 0.7703");
	assert_shows(d.frame, "100  ‖B‖ 0.2632");
	draw_pane(&d, PT_PANE_PCA);
	assert_shows(d.frame, "PCA of A and B");
	assert_shows(d.frame, "PC2 (6.1 %)");
	assert_shows(d.frame, "PC2 (9.9 %)");
	end(&d);
}

static void trajectory_has_titles_turn_and_colour_bar(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 60, 20);
	draw_pane(&d, PT_PANE_PCA);
	assert_shows(d.frame, "PC1 (89.0 %)");
	assert_shows(d.frame, "100 bend");
	assert_shows(d.frame, "step 1 ");
	assert_true(n_of_role(d.frame, PT_ROLE_STEP) > 30);
	d.view.cursor_step = 200;
	draw_pane(&d, PT_PANE_PCA);
	assert_true(n_of_role(d.frame, PT_ROLE_CROSSHAIR) >= 4); /* ◆ and 200 */
	assert_true(n_of_role(d.frame, PT_ROLE_EVENT) >= 4);     /* ◆ and 100 bend */
	end(&d);
}

static void cosine_has_line_tail_and_legend(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 60, 20);
	draw_pane(&d, PT_PANE_COSINE);
	assert_shows(d.frame, "min 0.813 @235");
	assert_shows(d.frame, "k 5   ╍ k 10   ━ k 15");
	assert_shows(d.frame, "decided when 405 lands");
	assert_shows(d.frame, "100  cos 0.906");
	assert_true(n_of_role(d.frame, PT_ROLE_THRESHOLD) > 20);
	assert_true(n_of_role(d.frame, PT_ROLE_PROVISIONAL) > 10);
	d.view.thresholds_off = true;
	draw_pane(&d, PT_PANE_COSINE);
	assert_int_equal(n_of_role(d.frame, PT_ROLE_THRESHOLD), 0);
	d.view.cursor_step = 400;
	draw_pane(&d, PT_PANE_COSINE);
	assert_shows(d.frame, "400  cos pending");
	end(&d);
}

/* Beside words on the rest the curve that the verdict looks at keeps its name. */
static void a_crowded_cosine_names_its_main_curve(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_RICH, 30, 8);
	draw_pane(&d, PT_PANE_COSINE);
	assert_int_equal(row_of(d.frame, "k 5"), -1); /* no room for all */
	assert_shows(d.frame, "━ k 15");
	assert_shows(d.frame, "+ 2 more");
	end(&d);
}

/* Room for words beyond the deepest dip costs a low plot what it shows. */
static void a_low_cosine_gives_its_rows_to_the_curve(void **state)
{
	(void)state;
	drawing high = start(FIXTURE_MEDICAL, 60, 10), low = start(FIXTURE_MEDICAL, 60, 9);
	draw_pane(&high, PT_PANE_COSINE);
	draw_pane(&low, PT_PANE_COSINE);
	assert_int_equal(row_of(high.frame, "0.8┤") + 2, row_of(high.frame, "└┬"));
	assert_int_equal(row_of(low.frame, "0.8┤") + 1, row_of(low.frame, "└┬"));
	end(&high);
	end(&low);
}

static void only_what_is_beyond_the_turn_line_is_coloured(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 60, 30);
	draw_pane(&d, PT_PANE_COSINE); /* the least value is 0.813, the line at 0.8 */
	assert_int_equal(n_of_role(d.frame, PT_ROLE_ALERT), 0);
	d.snapshot->settings.turn_below = 0.9;
	draw_pane(&d, PT_PANE_COSINE);
	size_t upright = n_of_role(d.frame, PT_ROLE_ALERT);
	assert_true(upright > 5);
	d.view.negate_cosine = true;
	draw_pane(&d, PT_PANE_COSINE);
	assert_true(n_of_role(d.frame, PT_ROLE_ALERT) > 5);
	d.view.invert_cosine = true;
	draw_pane(&d, PT_PANE_COSINE);
	assert_true(n_of_role(d.frame, PT_ROLE_ALERT) > 5);
	end(&d);
}

static void only_what_the_verdict_claims_is_a_turn(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 100, 20);
	d.view.cursor_step = 300;
	draw_pane(&d, PT_PANE_NORMS);
	assert_true(n_of_role(d.frame, PT_ROLE_EVENT) > 5);
	draw_pane(&d, PT_PANE_RUNS);
	assert_true(n_of_role(d.frame, PT_ROLE_ALERT) == 3); /* 100 */
	runs_of(&d)[0].verdicts[PT_MATRIX_B].step = PT_NO_STEP;
	draw_pane(&d, PT_PANE_NORMS);
	assert_int_equal(n_of_role(d.frame, PT_ROLE_EVENT), 0);
	draw_pane(&d, PT_PANE_RUNS);
	assert_shows(d.frame, "100 ?");
	assert_int_equal(n_of_role(d.frame, PT_ROLE_ALERT), 0);
	end(&d);
}

static void one_k_alone_can_be_drawn(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 60, 20);
	d.view.k_only = 2;
	draw_pane(&d, PT_PANE_COSINE);
	assert_shows(d.frame, "k 10");
	assert_int_equal(row_of(d.frame, "k 15"), -1);
	assert_shows(d.frame, "min 0.810 @240");
	end(&d);
}

static void missing_values_are_gaps(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_NETWORK, 80, 20);
	d.view.k_only = 1;
	d.view.cursor_step = d.snapshot->runs[0].matrices[PT_MATRIX_W].cosines[2].steps[35];
	draw_pane(&d, PT_PANE_COSINE);
	assert_shows(d.frame, "local cosine of W");
	assert_shows(d.frame, "no cos");
	end(&d);
}

/* A run that was resumed has a line at the seam in every pane over steps. */
static void a_resume_is_a_line(void **state)
{
	(void)state;
	static const pt_pane_id panes[] = {PT_PANE_NORMS, PT_PANE_COSINE, PT_PANE_SPECTRUM, PT_PANE_LOSS};
	for (size_t i = 0; i < sizeof panes / sizeof panes[0]; i++) {
		drawing d = start(FIXTURE_MEDICAL, 80, 24);
		draw_pane(&d, panes[i]);
		size_t before = n_of_role(d.frame, PT_ROLE_GUIDE);
		pt_segment segments[] = {{.first_step = 1, .last_step = 200, .why = "start"},
			{.first_step = 205, .last_step = 400, .from_step = 200, .why = "resume"}};
		pt_run_view run = d.snapshot->runs[0];
		run.segments = segments;
		run.n_segments = 2;
		d.snapshot->runs = &run;
		draw_pane(&d, panes[i]);
		assert_true(n_of_role(d.frame, PT_ROLE_GUIDE) >= before + 5);
		segments[1].first_step = 100000; /* beyond the axis: no line at its border */
		draw_pane(&d, panes[i]);
		assert_int_equal(n_of_role(d.frame, PT_ROLE_GUIDE), before);
		end(&d);
	}
}

static void spectrum_has_two_axes(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 60, 20);
	draw_pane(&d, PT_PANE_SPECTRUM);
	assert_shows(d.frame, "50 probes, W 20");
	assert_shows(d.frame, "━ SHC (log)   ╍ PR   ┅ tr C");
	assert_shows(d.frame, "├1.0");
	assert_shows(d.frame, "1e-");
	d.view.detrended = true;
	draw_pane(&d, PT_PANE_SPECTRUM);
	assert_shows(d.frame, "detrended");
	end(&d);
}

static void loss_has_its_curves(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 100, 20);
	draw_pane(&d, PT_PANE_LOSS);
	assert_shows(d.frame, "train 0.232 @400");
	assert_shows(d.frame, "━ train   ╍ eval   ╍ probe mean   · 10–90 % of probes   ┅ learning rate (right)");
	assert_shows(d.frame, "100  train 0.257  eval 0.427  probe mean 0.438");
	end(&d);
}

static void problems_name_code_path_place_and_message(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_BROKEN, 90, 20);
	draw_pane(&d, PT_PANE_PROBLEMS);
	assert_shows(d.frame, "zero_filled  checkpoint-10/adapter_model.safetensors at 0");
	assert_shows(d.frame, "checkpoint-\xef\xbf\xbd[31m20"); /* the escape character is gone */
	d.view.scroll[PT_PANE_PROBLEMS] = 100000;
	draw_pane(&d, PT_PANE_PROBLEMS);
	assert_shows(d.frame, "of any pane");
	end(&d);
	d = start(FIXTURE_THREE, 90, 6);
	d.snapshot->n_problems = 0;
	draw_pane(&d, PT_PANE_PROBLEMS);
	assert_shows(d.frame, "truncated  finance: checkpoint-230");
	end(&d);
}

static void absence_is_told_in_words(void **state)
{
	(void)state;
	static const struct {
		fixture_kind kind;
		pt_pane_id pane;
		const char *words;
	} cases[] = {
		{FIXTURE_YOUNG, PT_PANE_PCA, "waits for a second checkpoint"},
		{FIXTURE_YOUNG, PT_PANE_COSINE, "1 of at least 3 so far"},
		{FIXTURE_YOUNG, PT_PANE_SPECTRUM, "phasetop --logger"},
		{FIXTURE_YOUNG, PT_PANE_LOSS, "trainer_state.json"},
		{FIXTURE_YOUNG, PT_PANE_PROBLEMS, "no problems"},
		{FIXTURE_EMPTY, PT_PANE_NORMS, "checkpoint-100 or step_100"},
		{FIXTURE_NO_RUNS, PT_PANE_RUNS, "no run here"},
		{FIXTURE_BROKEN, PT_PANE_NORMS, "nothing here could be read"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		drawing d = start(cases[i].kind, 110, 10);
		pt_layout_focus(&d.view.layout, cases[i].pane);
		draw_pane(&d, cases[i].pane);
		assert_shows(d.frame, cases[i].words);
		end(&d);
	}
	drawing logs = start(FIXTURE_YOUNG, 60, 10);
	pt_run_view alone = logs.snapshot->runs[0];
	alone.n_steps = 0;
	alone.loss = (pt_loss_view){.n = 1, .steps = alone.steps};
	logs.snapshot->runs = &alone;
	draw_pane(&logs, PT_PANE_COSINE);
	assert_shows(logs.frame, "no checkpoints so far, only logs: p shows the losses");
	end(&logs);
	drawing d = start(FIXTURE_MEDICAL, 60, 10);
	d.view.run_hidden[0] = true;
	draw_pane(&d, PT_PANE_NORMS);
	assert_shows(d.frame, "no data yet");
	pt_layout_focus(&d.view.layout, PT_PANE_NORMS);
	draw_pane(&d, PT_PANE_NORMS);
	assert_shows(d.frame, "all runs are hidden");
	d.view.run_hidden[0] = false;
	d.view.matrix = PT_CHOICE_W;
	draw_pane(&d, PT_PANE_NORMS);
	assert_shows(d.frame, "no matrix W in this run");
	end(&d);
}

static void small_panes_keep_the_figure(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 24, 2);
	draw_pane(&d, PT_PANE_COSINE);
	assert_shows(d.frame, "min 0.813 @235");
	end(&d);
}

static void a_legend_never_hides_data(void **state)
{
	(void)state;
	/* What is drawn of the largest k is the same with the legend and without one (k_only has none). */
	drawing d = start(FIXTURE_MEDICAL, 80, 24);
	draw_pane(&d, PT_PANE_COSINE);
	size_t with_all = n_of_role(d.frame, PT_ROLE_SERIES_1);
	size_t words = 0;
	for (const char *at = "━k15"; *at; at++)
		words += ((unsigned char)*at & 0xC0) != 0x80;
	d.view.k_only = 1;
	draw_pane(&d, PT_PANE_COSINE);
	assert_int_equal(with_all, n_of_role(d.frame, PT_ROLE_SERIES_1));
	assert_true(with_all > words);
	end(&d);
}

static void the_status_line_tells_state_and_next(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 140, 30);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(row_of(d.frame, "phasetop  medical   ● live   step 400 of 800"), 0);
	assert_int_equal(row_of(d.frame, "next ≈ 13:42"), 0);
	assert_int_equal(row_of(d.frame, "matrix B   k 15   window 20"), 0);
	assert_int_equal(row_of(d.frame, "deleted"), -1);
	pt_run_view rotated = d.snapshot->runs[0];
	const pt_run_view *own = d.snapshot->runs;
	rotated.n_deleted = 16;
	d.snapshot->runs = &rotated;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(row_of(d.frame, "16 deleted"), 0);
	d.snapshot->runs = own;
	d.view.frozen = d.view.newer_waits = true;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(row_of(d.frame, "frozen · newer data wait"), 0);
	end(&d);
	d = start(FIXTURE_STALE, 130, 30);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(row_of(d.frame, "◌ stale, newest data 14 min old"), 0);
	pt_run_view run = d.snapshot->runs[0];
	run.n_unread = 160;
	d.snapshot->runs = &run;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(row_of(d.frame, "reading, 160 checkpoints left"), 0);
	assert_int_equal(row_of(d.frame, "stale"), -1); /* before all is read nothing else is claimed */
	end(&d);
}

static void help_lists_every_key_and_scrolls(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 80, 24);
	d.view.help = true;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "local cosine of B");
	assert_int_equal(row_of(d.frame, "leave the program"), -1);
	d.view.help_scroll = 100000;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_shows(d.frame, "one page down");
	end(&d);
	d = start(FIXTURE_MEDICAL, 200, 60);
	d.view.help = true;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	for (int a = 0; a < PT_N_ACTIONS; a++)
		assert_shows(d.frame, pt_action_row_of((pt_action)a)->help);
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(norms_tell_the_newest_value_and_the_cursor),
		cmocka_unit_test(matrices_stand_side_by_side),
		cmocka_unit_test(trajectory_has_titles_turn_and_colour_bar),
		cmocka_unit_test(cosine_has_line_tail_and_legend),
		cmocka_unit_test(a_crowded_cosine_names_its_main_curve),
		cmocka_unit_test(a_low_cosine_gives_its_rows_to_the_curve),
		cmocka_unit_test(only_what_is_beyond_the_turn_line_is_coloured),
		cmocka_unit_test(one_k_alone_can_be_drawn),
		cmocka_unit_test(missing_values_are_gaps),
		cmocka_unit_test(a_resume_is_a_line),
		cmocka_unit_test(spectrum_has_two_axes),
		cmocka_unit_test(loss_has_its_curves),
		cmocka_unit_test(problems_name_code_path_place_and_message),
		cmocka_unit_test(absence_is_told_in_words),
		cmocka_unit_test(small_panes_keep_the_figure),
		cmocka_unit_test(a_legend_never_hides_data),
		cmocka_unit_test(the_status_line_tells_state_and_next),
		cmocka_unit_test(only_what_the_verdict_claims_is_a_turn),
		cmocka_unit_test(help_lists_every_key_and_scrolls),
	};
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
