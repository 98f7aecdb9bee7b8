/* Changes of how curves look: smoothing, outliers, guides; and the way from event to event. */
#include <math.h>

#include "events_of_runs.h"
#include "pane_draw.h"
#include "phasetop/plot/time_axis.h"
#include "view_private.h"

/* Steps that all shown runs together span; 0: none. */
static double span_of_steps(const pt_scene *scene)
{
	pt_range range = pt_range_empty();
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_run_view *run = &scene->snapshot->runs[r];
		if (run->n_steps > 0) {
			pt_range_add(&range, (double)run->steps[0]);
			pt_range_add(&range, (double)run->steps[run->n_steps - 1]);
		}
		if (run->loss.n > 0) {
			pt_range_add(&range, (double)run->loss.steps[0]);
			pt_range_add(&range, (double)run->loss.steps[run->loss.n - 1]);
		}
	}
	return range.n > 0 ? range.hi - range.lo : 0;
}

/* The next half-life of 1, 2, 5 · 10^n steps; 0: none below. */
static double next_half_life(double now, double span, bool more)
{
	const pt_scale steps = {.hi = 1, .integer = true};
	if (now <= 0)
		return more ? pt_nice_step(&steps, span / 50) : 0;
	if (more)
		return fmin(pt_nice_step(&steps, 1.01 * now), fmax(now, pt_nice_step(&steps, span / 2)));
	double below = pt_nice_step(&steps, now / 2.6); /* 5 to 2, 2 to 1, 10 to 5 */
	return now < 1.5 || below < span / 500 ? 0 : below;
}

static unsigned smooth(pt_view *view, bool more, const pt_snapshot *snapshot)
{
	pt_scene scene = pt_scene_of(snapshot, view);
	double before = view->smoothing;
	view->smoothing = next_half_life(before, span_of_steps(&scene), more);
	return view->smoothing < before || view->smoothing > before ? PT_VIEW_REDRAW : 0;
}

static unsigned go_to_event(pt_view *view, int direction, const pt_snapshot *snapshot)
{
	pt_scene scene = pt_scene_of(snapshot, view);
	char text[PT_LINE_BYTES];
	int64_t at = pt_view_cursor(view, snapshot), next = at;
	if (at == PT_NO_STEP)
		return 0;
	/* a cursor that nobody placed may stand at an event that nobody was told of */
	pt_event_text(&scene, at, text, sizeof text);
	bool is_new = view->cursor_step == PT_NO_STEP && text[0];
	if (!is_new && !pt_event_next(&scene, at, direction, &next))
		return 0;
	view->cursor_step = next;
	pt_view_reach_cursor(view, snapshot);
	return PT_VIEW_REDRAW;
}

unsigned pt_view_looks_key(pt_view *view, pt_action action, const pt_snapshot *snapshot)
{
	switch (action) {
	case PT_ACTION_SMOOTH_MORE:
	case PT_ACTION_SMOOTH_LESS:
		return smooth(view, action == PT_ACTION_SMOOTH_MORE, snapshot);
	case PT_ACTION_OUTLIERS:
		view->clips_outliers = !view->clips_outliers;
		return PT_VIEW_REDRAW;
	case PT_ACTION_GUIDES:
		view->guides = !view->guides;
		return PT_VIEW_REDRAW;
	case PT_ACTION_EVENT_NEXT:
	case PT_ACTION_EVENT_PREVIOUS:
		return go_to_event(view, action == PT_ACTION_EVENT_NEXT ? 1 : -1, snapshot);
	default:
		return 0;
	}
}
