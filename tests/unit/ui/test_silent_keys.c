/** Every action answers: what is seen changes, or the last line says why not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pane_drawing.h"
#include "phasetop/ui/answer.h"
#include "phasetop/ui/preset.h"

enum { COLS = 120, ROWS = 40 };

/* What the program does outside of the frame, or what the terminal does with it. */
static const unsigned elsewhere = ~(unsigned)(PT_VIEW_REDRAW | PT_VIEW_SETTINGS);

/* Esc with nothing to leave, and the end of a list, need no words. */
static bool is_plain(const pt_view *view, pt_action action)
{
	pt_scope scope = pt_action_row_of(action)->scope;
	bool is_elsewhere = scope == PT_SCOPE_RUNS && pt_view_context(view) != PT_CONTEXT_RUNS;
	return action == PT_ACTION_BACK || scope == PT_SCOPE_LIST || is_elsewhere;
}

/* Each action twice: the second time what it moves may be at its end already. */
static int n_silent(fixture_kind kind, size_t preset)
{
	int n = 0;
	pt_frame *before;
	assert_int_equal(pt_frame_create(COLS, ROWS, PT_CHARSET_UTF8, &before, NULL), PT_OK);
	for (int action = 0; action < PT_N_ACTIONS; action++) {
		drawing d = start(kind, COLS, ROWS);
		pt_view_apply(&d.view, PT_ACTION_FIT, 1, d.snapshot);
		for (size_t p = 0; p < preset; p++)
			pt_view_apply(&d.view, PT_ACTION_PRESET_NEXT, 1, d.snapshot);
		for (int time = 0; time < 2 && !is_plain(&d.view, (pt_action)action); time++) {
			d.view.message[0] = '\0';
			d.view.form.open = d.view.command.open = false;
			pt_frame_clear(before);
			pt_screen_draw(d.snapshot, &d.view, before);
			unsigned flags = pt_view_apply(&d.view, (pt_action)action, 2, d.snapshot);
			pt_frame_clear(d.frame);
			pt_screen_draw(d.snapshot, &d.view, d.frame);
			if (flags & elsewhere || d.view.form.open || d.view.command.open || !pt_answer_same_picture(before, d.frame) ||
				d.view.filter_open || pt_answer(&d.view, (pt_action)action, flags & PT_VIEW_SETTINGS, d.snapshot) || flags & PT_VIEW_SETTINGS)
				continue;
			print_error("%s does nothing, the %s time, in preset %s of %s\n", pt_action_row_of((pt_action)action)->name,
				time ? "second" : "first", pt_preset_name(preset), kind == FIXTURE_THREE ? "three runs" : "one run");
			n++;
		}
		end(&d);
	}
	pt_frame_destroy(before);
	return n;
}

static void every_action_answers(void **state)
{
	(void)state;
	int n = 0;
	for (size_t preset = 0; preset < pt_preset_count(); preset++) {
		n += n_silent(FIXTURE_RICH, preset);
		n += n_silent(FIXTURE_THREE, preset);
	}
	assert_int_equal(n, 0);
}

/* The joint plane is asked for, but of one run there will be none; a larger k will come. */
static void what_is_pending_is_not_denied(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_RICH, COLS, ROWS);
	unsigned flags = pt_view_apply(&d.view, PT_ACTION_JOINT_PLANE, 1, d.snapshot);
	assert_true(flags & PT_VIEW_SETTINGS);
	assert_true(pt_answer(&d.view, PT_ACTION_JOINT_PLANE, true, d.snapshot));
	assert_string_equal(d.view.message, "this is for several runs, and there is one");
	d.view.message[0] = '\0';
	assert_true(pt_view_apply(&d.view, PT_ACTION_K_MORE, 1, d.snapshot) & PT_VIEW_SETTINGS);
	assert_false(pt_answer(&d.view, PT_ACTION_K_MORE, true, d.snapshot));
	assert_string_equal(d.view.message, "");
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_action_answers),
		cmocka_unit_test(what_is_pending_is_not_denied),
	};
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
