/** All that the mouse does, at three kinds of terminal: focus, borders, wheel, rectangles, double clicks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "action_screen.h"
#include "medical_screen.h"

enum { LEFT = 0, MOVED = 32, WHEEL_UP = 64, WHEEL_DOWN = 65 };
enum { RUNS_PANE_ROW = 28 }; /* of three runs, where times are told */

static const char *const one_run[] = {MEDICAL_RUN, NULL};
static const char *const three_runs[] = {MEDICAL_RUN, "sample_runs/sports", "sample_runs/finance", NULL};

typedef struct place {
	int x, y;
} place;

/* In the plots of norms, cosine and spectrum, and in the map of the trajectory. */
static const place in_norms = {30, 8}, in_pca = {90, 8}, in_cosine = {30, 25}, in_spectrum = {90, 25};

static bool looks_at_a_part(stage *at)
{
	return strstr(pty_row(at->terminal, 0), "–") != NULL;
}

static const sight part = {.is = looks_at_a_part}, rectangle = {.shows = "┌"};

static void click(stage *at, place to)
{
	pty_mouse(at->terminal, LEFT, to.x, to.y, false);
	pty_mouse(at->terminal, LEFT, to.x, to.y, true);
}

/* Cell by cell, as a hand does. */
static void drag(stage *at, place from, place to)
{
	pty_mouse(at->terminal, LEFT, from.x, from.y, false);
	while (from.x != to.x || from.y != to.y) {
		from.x += (to.x > from.x) - (to.x < from.x);
		from.y += (to.y > from.y) - (to.y < from.y);
		pty_mouse(at->terminal, MOVED, from.x, from.y, false);
	}
}

static void let_go(stage *at, place where)
{
	pty_mouse(at->terminal, LEFT, where.x, where.y, true);
}

/* ---- focus and borders -----------------------------------------------------------------------------------
 */

static void test_a_click_focuses(void **state)
{
	const struct {
		place to;
		const char *pane;
	} clicks[] = {{in_norms, "1"}, {in_spectrum, "4"}, {in_pca, "2"}, {in_cosine, "3"}};
	stage *at = stage_create(*state, one_run, ACTION_ROWS);
	for (size_t i = 0; i < sizeof clicks / sizeof clicks[0]; i++) {
		sight seen = {.focus = clicks[i].pane};
		wait_until_not_seen(at, &seen, "before a click");
		click(at, clicks[i].to);
		wait_for_sight(at, &seen, "a click");
	}
	wait_for_rest(at, "clicks all around");
	stage_destroy(at);
}

/* The cell of a border that is found by the text behind it. */
static place border_at(stage *at, const char *text)
{
	place found = {0};
	assert_true(pty_find(at->terminal, text, &found.x, &found.y));
	return found;
}

static void test_borders_follow_the_pointer_both_ways(void **state)
{
	static const int ways[] = {7, -7, -9};
	stage *at = stage_create(*state, one_run, ACTION_ROWS);
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		place from = border_at(at, "╮╭─┤4 SHC");
		from.y += 6;
		place to = {from.x + ways[i], from.y};
		sight seen = {.moved = "┤4 SHC", .x = ways[i]};
		wait_until_not_seen(at, &seen, "before a border is dragged across");
		drag(at, from, to);
		let_go(at, to);
		wait_for_sight(at, &seen, "a border dragged across");
		press(at, "Ctrl-w:r");
		wait_for_sight(at, &(sight){.moved = "┤4 SHC"}, "the first layout");
	}
	stage_destroy(at);
}

static void test_borders_follow_the_pointer_up_and_down(void **state)
{
	static const int ways[] = {4, -4, -6};
	stage *at = stage_create(*state, one_run, ACTION_ROWS);
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		place from = border_at(at, "╭─┤3 local");
		from.x += 10;
		from.y -= 1;
		place to = {from.x, from.y + ways[i]};
		sight seen = {.moved = "┤3 local", .y = ways[i]};
		wait_until_not_seen(at, &seen, "before a border is dragged up or down");
		drag(at, from, to);
		let_go(at, to);
		wait_for_sight(at, &seen, "a border dragged up or down");
		press(at, "Ctrl-w:r");
		wait_for_sight(at, &(sight){.moved = "┤3 local"}, "the first layout");
	}
	stage_destroy(at);
}

/* ---- the wheel -------------------------------------------------------------------------------------------
 */

static void test_the_wheel_zooms_plots_at_the_pointer(void **state)
{
	const place plots[] = {in_norms, in_cosine, in_spectrum};
	stage *at = stage_create(*state, one_run, ACTION_ROWS);
	for (size_t i = 0; i < sizeof plots / sizeof plots[0]; i++) {
		wait_until_not_seen(at, &part, "before the wheel is turned");
		pty_mouse(at->terminal, WHEEL_UP, plots[i].x, plots[i].y, false);
		pty_mouse(at->terminal, WHEEL_UP, plots[i].x, plots[i].y, false);
		wait_for_sight(at, &part, "the wheel turned up over a plot");
		for (int turn = 0; turn < 3; turn++)
			pty_mouse(at->terminal, WHEEL_DOWN, plots[i].x, plots[i].y, false);
		wait_for_rest(at, "the wheel turned down over a plot");
	}
	stage_destroy(at);
}

static void test_the_wheel_scrolls_help(void **state)
{
	stage *at = stage_create(*state, one_run, ACTION_ROWS);
	press(at, "?");
	wait_for_sight(at, &(sight){.shows = "┤1–62 of"}, "help");
	pty_mouse(at->terminal, WHEEL_DOWN, in_norms.x, in_norms.y, false);
	wait_for_sight(at, &(sight){.shows = "┤4–65 of"}, "the wheel turned down over help");
	pty_mouse(at->terminal, WHEEL_UP, in_norms.x, in_norms.y, false);
	wait_for_sight(at, &(sight){.shows = "┤1–62 of"}, "the wheel turned up over help");
	click(at, in_norms); /* what is covered cannot be clicked on */
	press(at, "?");
	wait_for_rest(at, "help seen and left");
	stage_destroy(at);
}

static void test_the_wheel_scrolls_lists(void **state)
{
	const sight first = {.selected = "● medical ◂  finished"}, last = {.selected = "■ finance    finished"};
	stage *at = stage_create(*state, three_runs, RUNS_PANE_ROW);
	click(at, (place){in_norms.x, RUNS_PANE_ROW + 3});
	wait_for_sight(at, &first, "a click on the list of runs");
	wait_until_not_seen(at, &last, "before the wheel is turned");
	pty_mouse(at->terminal, WHEEL_DOWN, in_norms.x, RUNS_PANE_ROW + 3, false);
	wait_for_sight(at, &last, "the wheel turned down over a list");
	pty_mouse(at->terminal, WHEEL_UP, in_norms.x, RUNS_PANE_ROW + 3, false);
	wait_for_sight(at, &first, "the wheel turned up over a list");
	click(at, in_cosine);
	wait_for_rest(at, "a list scrolled and left");
	stage_destroy(at);
}

/* ---- rectangles and double clicks ------------------------------------------------------------------------
 */

static void test_a_rectangle_zooms_and_a_double_click_takes_it_back(void **state)
{
	const struct {
		place from, to;
	} ways[] = {{{20, 21}, {40, 28}}, {{40, 29}, {20, 21}}, {{20, 4}, {41, 10}}, {{80, 28}, {101, 22}}};
	stage *at = stage_create(*state, one_run, ACTION_ROWS);
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		wait_until_not_seen(at, &part, "before a rectangle");
		wait_until_not_seen(at, &rectangle, "before a rectangle");
		drag(at, ways[i].from, ways[i].to);
		wait_for_sight(at, &rectangle, "a rectangle being drawn");
		wait_until_not_seen(at, &part, "a rectangle being drawn");
		let_go(at, ways[i].to);
		wait_for_sight(at, &part, "a rectangle let go");
		wait_until_not_seen(at, &rectangle, "a rectangle let go");
		click(at, ways[i].from);
		click(at, ways[i].from);
		wait_until_not_seen(at, &part, "a double click");
	}
	click(at, in_cosine);
	wait_for_rest(at, "rectangles");
	stage_destroy(at);
}

/* Which row the line of the cosine's threshold is in. */
static bool line_is_at(pty *terminal, void *row)
{
	int x, y;
	return pty_find(terminal, "┄┄┄┄", &x, &y) && y == *(const int *)row;
}

static void test_the_turn_line_follows_the_pointer_both_ways(void **state)
{
	static const int ways[] = {-2, -2, 3};
	stage *at = stage_create(*state, one_run, ACTION_ROWS);
	place line = border_at(at, "┄┄┄┄");
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		place to = {line.x, line.y + ways[i]};
		drag(at, line, to);
		wait_for_sight(at, &(sight){.shows = "turn line 0."}, "the turn line being dragged");
		let_go(at, to);
		pty_wait_until(at->terminal, line_is_at, &to.y, "the turn line goes where it is dragged");
		line = to;
	}
	stage_destroy(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_AT_EACH_TERM(test_a_click_focuses),
		TEST_AT_EACH_TERM(test_borders_follow_the_pointer_both_ways),
		TEST_AT_EACH_TERM(test_borders_follow_the_pointer_up_and_down),
		TEST_AT_EACH_TERM(test_the_wheel_zooms_plots_at_the_pointer),
		TEST_AT_EACH_TERM(test_the_wheel_scrolls_help),
		TEST_AT_EACH_TERM(test_the_wheel_scrolls_lists),
		TEST_AT_EACH_TERM(test_the_turn_line_follows_the_pointer_both_ways),
		TEST_AT_EACH_TERM(test_a_rectangle_zooms_and_a_double_click_takes_it_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
