/** The lines at the edges of the screen: ways back among the keys, and a verdict that fits where room is short. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "explore_drawing.h"

static void a_closer_look_names_its_way_back(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 80, 24);
	runs_of(&d)[2].n_problems = 0;
	draw_screen(&d);
	assert_int_equal(row_of(d.frame, "all panes"), -1);
	assert_int_equal(row_of(d.frame, "whole range"), -1);
	press(&d, "z");
	press(&d, "+");
	draw_screen(&d);
	assert_shows(d.frame, "? help   q quit   z all panes   f whole range");
	press(&d, "z");
	press(&d, "f");
	d.view.run_hidden[1] = true;
	draw_screen(&d);
	assert_shows(d.frame, "? help   q quit   a all runs   : command");
	end(&d);
}

static void hints_are_of_use_now(void **state)
{
	(void)state;
	drawing one = start(FIXTURE_MEDICAL, 200, 60), three = start(FIXTURE_THREE, 200, 60);
	draw_screen(&one);
	assert_shows(one.frame, "z zoom   w export");
	assert_int_equal(row_of(one.frame, "v side by side"), -1);
	draw_screen(&three);
	assert_shows(three.frame, "v side by side");
	press(&three, "z");
	draw_screen(&three);
	assert_int_equal(row_of(three.frame, "z zoom"), -1);
	end(&one);
	end(&three);
}

static void problems_out_of_sight_name_their_key(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 80, 24);
	draw_screen(&d);
	assert_shows(d.frame, "q quit   7 problems");
	press(&d, "7");
	draw_screen(&d);
	assert_int_equal(row_of(d.frame, "q quit   7 problems"), -1);
	end(&d);
}

/* Checkpoints that are there and cannot be read are not "none so far". */
static void unreadable_checkpoints_are_told(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 80, 24);
	d.snapshot->n_runs = 1;
	runs_of(&d)[0].n_steps = 0;
	for (int m = 0; m < PT_N_MATRICES; m++)
		runs_of(&d)[0].verdicts[m] = (pt_verdict){.headline = "", .detail = "", .step = PT_NO_STEP};
	draw_screen(&d);
	assert_shows(d.frame, "no checkpoints so far, only logs");
	runs_of(&d)[0].problems = runs_of(&d)[2].problems;
	runs_of(&d)[0].n_problems = 1;
	draw_screen(&d);
	assert_int_equal(row_of(d.frame, "no checkpoints so far"), -1);
	assert_shows(d.frame, "◆ no checkpoint that could be read");
	assert_int_equal(pt_frame_get(d.frame, 2, 22).role, PT_ROLE_HEADLINE_WARN);
	assert_shows(d.frame, "7 shows the");
	end(&d);
}

static void the_verdict_tells_every_turn_in_few_words(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 80, 24);
	runs_of(&d)[2].n_problems = 0;
	for (size_t r = 0; r < 3; r++)
		for (int m = 0; m < PT_N_MATRICES; m++)
			runs_of(&d)[r].verdicts[m].step = 100 + 5 * (int64_t)r;
	draw_screen(&d);
	assert_shows(d.frame, "direction turned in 3 of 3 runs");
	assert_shows(d.frame, "medical 100 · sports 105 · finance 110");
	runs_of(&d)[0].name = "a name that takes the whole line to itself, and more";
	draw_screen(&d);
	assert_shows(d.frame, " 100 · sports 105");
	end(&d);
}

static void the_step_of_a_turn_stays_on_a_tiny_screen(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 20, 6);
	for (int m = 0; m < PT_N_MATRICES; m++) {
		runs_of(&d)[0].verdicts[m].step = 100;
		runs_of(&d)[0].verdicts[m].headline = "direction turned near step 100";
	}
	draw_screen(&d);
	assert_shows(d.frame, "turned near 100");
	end(&d);
	d = start(FIXTURE_THREE, 20, 6);
	runs_of(&d)[0].verdicts[PT_MATRIX_B].step = 100;
	draw_screen(&d);
	assert_shows(d.frame, " of 3 turned");
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_closer_look_names_its_way_back),
		cmocka_unit_test(hints_are_of_use_now),
		cmocka_unit_test(problems_out_of_sight_name_their_key),
		cmocka_unit_test(unreadable_checkpoints_are_told),
		cmocka_unit_test(the_verdict_tells_every_turn_in_few_words),
		cmocka_unit_test(the_step_of_a_turn_stays_on_a_tiny_screen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
