/** Whatever is typed, hidden, sorted and filtered: the focus and the selected run are never lost, and each
 * run keeps its colour. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../src/ui/run_list.h"
#include "../../helpers/random_numbers.h"
#include "../../unit/ui/snapshot_fixture.h"
#include "phasetop/ui/screen.h"

enum { N_KEYS = 4000 };

static pt_key any_key(uint64_t *state)
{
	static const pt_key keys[] = {PT_KEY_UP, PT_KEY_DOWN, PT_KEY_PAGE_UP, PT_KEY_PAGE_DOWN, PT_KEY_ENTER,
		PT_KEY_ESC, PT_KEY_BACKSPACE, PT_KEY_TAB, '<', '>', '/', ' ', 'a', 'b', 'v', 'A', 'D', 'J', 'p', 'P',
		'r', 'm', 's', '0', '-', 'z', '6', 'i', 'e'};
	return keys[random_bits(state) % (sizeof keys / sizeof keys[0])];
}

static pt_run_list list_of(const pt_snapshot *snapshot, const pt_view *view)
{
	pt_run_list list;
	pt_scene scene = pt_scene_of(snapshot, view);
	pt_run_list_make(&scene, &list);
	return list;
}

/* Each run once or, where the filter leaves it out, not at all; those that are there in the order asked for.
 */
static void check_list(const pt_snapshot *snapshot, const pt_view *view)
{
	pt_run_list list = list_of(snapshot, view);
	bool seen[FIXTURE_MANY_RUNS] = {false};
	assert_int_equal(list.n + list.n_filtered, snapshot->n_runs);
	for (size_t i = 0; i < list.n; i++) {
		assert_true(list.places[i] < snapshot->n_runs && !seen[list.places[i]]);
		seen[list.places[i]] = true;
		assert_true(pt_run_matches(&snapshot->runs[list.places[i]], view->run_filter));
	}
	assert_true(view->selected_run >= 0 && (size_t)view->selected_run < snapshot->n_runs);
	assert_int_equal(list.selected >= 0, list.n > 0);
	if (seen[view->selected_run])
		assert_int_equal(list.places[list.selected], view->selected_run);
}

/* Every row that names a run has that run's marker, or a dot. */
static void check_markers(const pt_snapshot *snapshot, const pt_frame *frame)
{
	char row[4 * 200 + 1], name[64];
	for (int y = 0; y < frame->rows; y++)
		for (size_t r = 0; r < snapshot->n_runs; r++) {
			pt_frame_row_text(frame, y, row, sizeof row);
			if (strncmp(row, "│ ", strlen("│ ")) != 0)
				continue;
			snprintf(name, sizeof name, " %s ", snapshot->runs[r].name);
			if (strncmp(row + strlen("│ "), "·", strlen("·")) == 0 || !strstr(row, name) ||
				strstr(row, "near"))
				continue;
			pt_cell marker = pt_frame_get(frame, 2, y);
			if (marker.glyph != U' ' && strstr(row, name) < row + 12)
				assert_int_equal(marker.role, pt_role_series((int)r));
		}
}

static void nothing_is_lost(void **state)
{
	(void)state;
	uint64_t random = 7;
	pt_snapshot *snapshot = fixture_create(FIXTURE_MANY);
	pt_layout layout = pt_layout_default();
	pt_view view = pt_view_first(&snapshot->settings, &layout, PT_N_CHOICES);
	pt_frame *frame = NULL;
	assert_int_equal(pt_frame_create(120, 40, PT_CHARSET_UTF8, &frame, NULL), PT_OK);
	pt_view_resize(&view, 120, 40);
	pt_view_meet(&view, snapshot);
	for (int i = 0; i < N_KEYS; i++) {
		pt_view_key(&view, any_key(&random), snapshot);
		assert_false(view.layout.hidden[view.layout.focus]);
		assert_true(view.layout.zoomed == PT_PANE_NONE || view.layout.zoomed == view.layout.focus);
		check_list(snapshot, &view);
		if (i % 40 == 0) {
			pt_screen_draw(snapshot, &view, frame);
			check_markers(snapshot, frame);
		}
		if (view.help || view.form.open)
			pt_view_key(&view, PT_KEY_ESC, snapshot);
	}
	pt_frame_destroy(frame);
	pt_snapshot_destroy(snapshot);
}

/* A filter and an order are ways of looking: what was selected before is selected afterwards. */
static void a_filter_that_goes_gives_the_selection_back(void **state)
{
	(void)state;
	pt_snapshot *snapshot = fixture_create(FIXTURE_MANY);
	pt_layout layout = pt_layout_default();
	pt_view view = pt_view_first(&snapshot->settings, &layout, PT_N_CHOICES);
	pt_view_resize(&view, 120, 40);
	pt_view_meet(&view, snapshot);
	pt_layout_focus(&view.layout, PT_PANE_RUNS);
	for (int selected = 0; selected < FIXTURE_MANY_RUNS; selected++) {
		view.selected_run = selected;
		for (const char *key = "/sports>>>>"; *key; key++) {
			pt_view_key(&view, (pt_key)*key, snapshot);
			if (*key == 's' && key[1] == '>')
				pt_view_key(&view, PT_KEY_ENTER, snapshot); /* typed; the rest are keys */
		}
		assert_int_equal(view.run_sort, PT_RUNS_BY_AGE);
		pt_view_key(&view, PT_KEY_ESC, snapshot);
		assert_string_equal(view.run_filter, "");
		assert_int_equal(view.selected_run, selected);
		assert_int_equal(view.layout.focus, PT_PANE_RUNS);
		view.run_sort = PT_RUNS_AS_GIVEN;
	}
	pt_snapshot_destroy(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(a_filter_that_goes_gives_the_selection_back),
	};
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
