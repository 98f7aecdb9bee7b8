/** Any keys, any mouse, in any order: what is looked at stays a part of what there is, and the way back leads
 * back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "../../unit/ui/step_maps_fixture.h"
#include "phasetop/ui/screen.h"

enum { N_EVENTS = 300, N_SEEDS = 12, COLS = 100, ROWS = 32 };

static const char *const keys[] = {"+", "=", "-", ",", ".", "F", "f", "x", "S-Up", "S-Down", "PgUp", "PgDn", "X",
	"s", "S", "O", "g", "n", "N", "Left", "S-Right", "Home", "End", "Tab", "m", "p", "y", "i", "d", "z",
	"Esc", "Backspace", "5", "8", "Ctrl-w:1"};
enum { N_KEYS = sizeof keys / sizeof keys[0], N_ZOOM_KEYS = 12 };

static unsigned press(pt_view *view, const char *name, const pt_snapshot *snapshot)
{
	const char *second = strchr(name, ':');
	size_t n = second ? (size_t)(second - name) : strlen(name);
	unsigned flags = pt_view_key(view, pt_key_parse(name, n), snapshot);
	return second ? pt_view_key(view, pt_key_parse(second + 1, strlen(second + 1)), snapshot) : flags;
}

static bool same(double a, double b)
{
	return !(a < b) && !(a > b);
}

static bool same_zoom(const pt_zoom *a, const pt_zoom *b)
{
	bool equal = a->axis == b->axis && a->unit == b->unit && a->zoomed == b->zoomed &&
				 a->follows == b->follows && same(a->lo, b->lo) && same(a->hi, b->hi);
	for (int pane = 0; pane < PT_N_PANES; pane++) {
		const pt_y_range *p = &a->y[pane], *q = &b->y[pane];
		equal &= p->zoomed == q->zoomed && same(p->lo, q->lo) && same(p->hi, q->hi) &&
				 same(p->right_lo, q->right_lo) && same(p->right_hi, q->right_hi);
	}
	return equal;
}

static void assert_range(const pt_view *view, const pt_snapshot *snapshot)
{
	pt_scene scene = pt_scene_of(snapshot, view);
	const pt_scale *part = &scene.steps, *whole = &scene.room.whole;
	assert_true(isfinite(part->lo) && isfinite(part->hi) && part->lo < part->hi);
	assert_true(part->lo >= whole->lo && part->hi <= whole->hi);
	if (part->integer)
		assert_true(same(floor(part->lo), part->lo) && same(floor(part->hi), part->hi));
	for (int pane = 0; pane < PT_N_PANES; pane++)
		assert_true(!view->zoom.y[pane].zoomed || view->zoom.y[pane].lo < view->zoom.y[pane].hi);
	assert_true(view->smoothing >= 0 && isfinite(view->smoothing));
	assert_in_range(view->zooms.n, 0, PT_ZOOM_HISTORY);
}

/* A key that changed what is looked at is taken back by one Backspace. */
static void zoom_and_return(pt_view *view, const pt_snapshot *snapshot)
{
	pt_zoom before = view->zoom;
	press(view, keys[rand() % N_ZOOM_KEYS], snapshot);
	assert_range(view, snapshot);
	if (same_zoom(&before, &view->zoom))
		return;
	assert_int_equal(press(view, "Backspace", snapshot), PT_VIEW_REDRAW);
	assert_true(same_zoom(&before, &view->zoom));
}

/* A rectangle, a double click or a turn of the wheel, and back. */
static void point_and_return(pt_view *view, const pt_snapshot *snapshot)
{
	pt_zoom before = view->zoom;
	pt_mouse mouse = {.kind = PT_MOUSE_PRESS, .x = rand() % COLS, .y = rand() % ROWS};
	int kind = rand() % 3, n = kind == 0 ? 5 : 1;
	if (kind == 1)
		mouse.kind = PT_MOUSE_DOUBLE;
	if (kind == 2)
		pt_view_mouse(view, &mouse, snapshot);
	pt_mouse_kind turn = rand() % 2 ? PT_MOUSE_WHEEL_UP : PT_MOUSE_WHEEL_DOWN;
	press(view, "Ctrl-l", snapshot); /* no gesture goes on */
	pt_layout layout = view->layout;
	for (int i = 0; i < n; i++) {
		if (kind == 0)
			mouse.kind = turn;
		else if (kind == 2)
			mouse = (pt_mouse){.kind = PT_MOUSE_DRAG, .x = rand() % COLS - 5, .y = rand() % ROWS + 5};
		pt_view_mouse(view, &mouse, snapshot);
		assert_range(view, snapshot);
	}
	mouse.kind = PT_MOUSE_RELEASE;
	pt_view_mouse(view, &mouse, snapshot);
	assert_range(view, snapshot);
	assert_false(view->rubber.pressed);
	if (kind == 0)
		assert_memory_equal(&layout, &view->layout, sizeof layout);
	if (same_zoom(&before, &view->zoom))
		return;
	press(view, "Backspace", snapshot);
	assert_true(same_zoom(&before, &view->zoom));
}

static void go_through(fixture_kind kind, unsigned seed)
{
	pt_snapshot *snapshot = fixture_create(kind);
	if (seed % 3)
		fixture_step_maps(snapshot);
	pt_layout layout = pt_layout_default();
	pt_view view = pt_view_first(&snapshot->settings, &layout, PT_N_CHOICES);
	pt_frame *frame = NULL;
	srand(20261121 + seed);
	view.unicode = seed % 2;
	pt_view_resize(&view, COLS, ROWS);
	pt_view_meet(&view, snapshot);
	assert_int_equal(
		pt_frame_create(COLS, ROWS, seed % 2 ? PT_CHARSET_UTF8 : PT_CHARSET_ASCII, &frame, NULL), PT_OK);
	for (int i = 0; i < N_EVENTS; i++) {
		int what = rand() % 8;
		if (what == 0)
			zoom_and_return(&view, snapshot);
		else if (what == 1)
			point_and_return(&view, snapshot);
		else
			press(&view, keys[rand() % N_KEYS], snapshot);
		assert_range(&view, snapshot);
		if (i % 16 == 0)
			pt_screen_draw(snapshot, &view, frame);
	}
	pt_frame_destroy(frame);
	pt_snapshot_destroy(snapshot);
}

static void test_any_sequence(void **state)
{
	(void)state;
	for (int kind = 0; kind < FIXTURE_N_KINDS; kind++)
		for (unsigned seed = 0; seed < N_SEEDS; seed++)
			go_through((fixture_kind)kind, seed);
}

/* Before the first snapshot there is nothing to zoom into. */
static void test_no_snapshot(void **state)
{
	(void)state;
	pt_settings settings = pt_settings_default();
	pt_layout layout = pt_layout_default();
	pt_view view = pt_view_first(&settings, &layout, PT_N_CHOICES);
	pt_zoom before = view.zoom;
	for (int i = 0; i < N_ZOOM_KEYS; i++)
		press(&view, keys[i], NULL);
	for (int kind = 0; kind <= PT_MOUSE_WHEEL_DOWN; kind++)
		pt_view_mouse(&view, &(pt_mouse){.kind = (pt_mouse_kind)kind, .x = 10, .y = 5}, NULL);
	assert_true(same_zoom(&before, &view.zoom));
	assert_int_equal(view.zooms.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_sequence),
		cmocka_unit_test(test_no_snapshot),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
