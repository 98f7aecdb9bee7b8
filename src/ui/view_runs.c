/* Changes of which runs are looked at, and how: the runs pane, its filter and order, the baseline, runs side
 * by side. */
#include <stdio.h>
#include <string.h>

#include "phasetop/base/text.h"
#include "phasetop/ui/preset.h"
#include "run_list.h"
#include "view_private.h"

void pt_view_leave_out(pt_view *view)
{
	memset(view->settings.left_out, 0, sizeof view->settings.left_out);
	/* who is hidden matters to nobody where no plane is computed */
	for (size_t r = 0; r < PT_VIEW_MAX_RUNS && view->settings.wanted & PT_WANT_JOINT; r++)
		if (view->run_hidden[r])
			view->settings.left_out[r / 64] |= UINT64_C(1) << r % 64;
}

static pt_run_list list_of(const pt_view *view, const pt_snapshot *snapshot)
{
	pt_run_list list;
	pt_scene scene = pt_scene_of(snapshot, view);
	pt_run_list_make(&scene, &list);
	return list;
}

unsigned pt_view_select_run(pt_view *view, int by, const pt_snapshot *snapshot)
{
	pt_run_list list = list_of(view, snapshot);
	if (list.n == 0)
		return 0;
	ptrdiff_t last = (ptrdiff_t)list.n - 1, at = list.selected + by;
	at = at < 0 ? 0 : at > last ? last : at;
	int place = (int)list.places[at];
	bool same = place == view->selected_run;
	view->selected_run = place;
	return same ? 0 : PT_VIEW_REDRAW;
}

/* The run that is selected: of one that the filter hides, the first that is listed. -1: none. */
static ptrdiff_t selected_place(const pt_view *view, const pt_snapshot *snapshot)
{
	pt_run_list list = list_of(view, snapshot);
	return list.selected < 0 ? -1 : (ptrdiff_t)list.places[list.selected];
}

static unsigned toggle_run(pt_view *view, const pt_snapshot *snapshot)
{
	ptrdiff_t run = selected_place(view, snapshot);
	if (run < 0 || run >= PT_VIEW_MAX_RUNS)
		return 0;
	view->selected_run = (int)run;
	view->run_hidden[run] = !view->run_hidden[run];
	return PT_VIEW_REDRAW;
}

static unsigned choose_baseline(pt_view *view, const pt_snapshot *snapshot)
{
	ptrdiff_t run = selected_place(view, snapshot);
	if (run < 0 || snapshot->n_runs < 2)
		return 0;
	view->selected_run = (int)run;
	/* to the end, for settings are compared byte by byte */
	memset(view->settings.baseline, 0, sizeof view->settings.baseline);
	snprintf(view->settings.baseline, sizeof view->settings.baseline, "%s", snapshot->runs[run].name);
	return PT_VIEW_REDRAW | PT_VIEW_SETTINGS;
}

unsigned pt_view_apply_to_runs(pt_view *view, pt_action action, const pt_snapshot *snapshot)
{
	switch (action) {
	case PT_ACTION_TOGGLE_RUN:
		return toggle_run(view, snapshot);
	case PT_ACTION_BASELINE:
		return choose_baseline(view, snapshot);
	case PT_ACTION_FILTER:
		view->filter_open = true;
		return PT_VIEW_REDRAW;
	default:
		return 0;
	}
}

unsigned pt_view_sort_runs(pt_view *view, int by)
{
	int sort = (int)view->run_sort + by;
	if (sort < 0 || sort >= PT_N_RUN_SORTS)
		return 0;
	view->run_sort = (pt_run_sort)sort;
	return PT_VIEW_REDRAW;
}

bool pt_view_clear_filter(pt_view *view)
{
	bool any = view->filter_open || view->run_filter[0];
	memset(view->run_filter, 0, sizeof view->run_filter);
	view->filter_open = false;
	return any;
}

/* Takes the last character away, all its bytes. */
static void erase(char *text)
{
	size_t n = strlen(text);
	while (n > 0 && ((unsigned char)text[n - 1] & 0xC0) == 0x80)
		n--;
	text[n > 0 ? n - 1 : 0] = '\0';
}

unsigned pt_view_filter_key(pt_view *view, pt_key key, bool *taken)
{
	char encoded[4];
	*taken = true;
	if (key == PT_KEY_ESC) {
		pt_view_clear_filter(view);
	} else if (key == PT_KEY_ENTER) {
		view->filter_open = false;
	} else if (key == PT_KEY_BACKSPACE || key == PT_KEY_DELETE) {
		view->filter_open = view->run_filter[0] != '\0'; /* once more than there is: done */
		erase(view->run_filter);
	} else if (key < PT_KEY_SPECIAL && pt_text_width_of(key) > 0) {
		size_t n = strlen(view->run_filter), more = pt_utf8_encode(key, encoded);
		if (n + more < sizeof view->run_filter)
			memcpy(view->run_filter + n, encoded, more);
	} else {
		*taken = false; /* arrows move in the list, Tab and Ctrl- keys do what they always do */
		return 0;
	}
	return PT_VIEW_REDRAW;
}

void pt_view_tell_steps_anew(pt_view *view)
{
	view->cursor_step = PT_NO_STEP;
	pt_zoom_out(&view->zoom);
}

unsigned pt_view_stand_beside(pt_view *view, pt_action action)
{
	bool *flag = action == PT_ACTION_SIDE_BY_SIDE  ? &view->side_by_side
				 : action == PT_ACTION_DIFFERENCES ? &view->differences
				 : action == PT_ACTION_JOINT_PLANE ? &view->joint_plane
												   : &view->align_on_turn;
	*flag = !*flag;
	if (action == PT_ACTION_ALIGN)
		pt_view_tell_steps_anew(view);
	return PT_VIEW_REDRAW;
}

void pt_view_meet_preset(pt_view *view)
{
	view->side_by_side = view->joint_plane = pt_preset_is_side_by_side(view->preset);
}
