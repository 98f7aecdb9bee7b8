/* Changes of what part of the plots is looked at: zooming, panning, following, by key. */
#include <math.h>

#include "phasetop/plot/time_axis.h"
#include "phasetop/ui/stage.h"
#include "plot_probe.h"
#include "view_private.h"

static const double key_factor = 0.5, wheel_factor = 0.8, pan_part = 0.25;

/* Where a key zooms: at the step cursor as long as it is in sight. One that nobody placed and that stands at
 * the newest step means the newest data, and goes on with them. */
static double zoom_place(pt_view *view, const pt_scene *scene, bool is_in)
{
	double at = pt_scene_cursor_x(scene);
	if (is_in && !view->zoom.zoomed && scene->cursor == PT_NO_STEP) {
		view->zoom.follows = true;
		return scene->room.newest;
	}
	if (at >= scene->steps.lo && at <= scene->steps.hi)
		return at;
	return pt_scale_value(&scene->steps, 0.5);
}

/* Y of the focused pane, as it is drawn now. */
static bool zoom_y(pt_view *view, pt_action action, const pt_snapshot *snapshot)
{
	pt_plot_probe probe;
	pt_pane_id pane = view->layout.focus;
	if (!pt_plot_at(snapshot, view, pane, -1, 0, &probe) || !probe.has_y)
		return false;
	double factor = action == PT_ACTION_Y_IN ? key_factor : action == PT_ACTION_Y_OUT ? 1 / key_factor : 1;
	double shift = action == PT_ACTION_Y_UP ? pan_part : action == PT_ACTION_Y_DOWN ? -pan_part : 0;
	const pt_scale *right = probe.has_right ? &probe.right_scale : NULL;
	return pt_zoom_y(&view->zoom, pane, &probe.y_scale, right, 0.5, factor, shift);
}

/* The same part of the run on the next axis. */
static bool next_axis(pt_view *view, const pt_scene *scene)
{
	const pt_run_view *run = &scene->snapshot->runs[scene->first_shown];
	bool is_zoomed = view->zoom.zoomed && view->zoom.unit == scene->axis, follows = view->zoom.follows;
	double from = pt_scene_step(scene, run, scene->steps.lo), to = pt_scene_step(scene, run, scene->steps.hi);
	view->zoom.axis = (pt_x_axis)((view->zoom.axis + 1) % PT_N_X_AXES);
	pt_scene next = pt_scene_of(scene->snapshot, view);
	if (next.axis == scene->axis) /* the run lacks it: all stays as it is */
		return true;
	view->zoom.unit = next.axis;
	view->zoom.zoomed = false;
	double lo = pt_scene_x(&next, run, llround(from)), hi = pt_scene_x(&next, run, llround(to));
	if (is_zoomed && pt_zoom_to(&view->zoom, &next.room, lo, hi))
		view->zoom.follows = follows;
	return true;
}

static bool change(pt_view *view, pt_action action, const pt_scene *scene, const pt_snapshot *snapshot)
{
	pt_zoom *zoom = &view->zoom;
	switch (action) {
	case PT_ACTION_ZOOM_IN:
		return pt_zoom_about(zoom, &scene->room, zoom_place(view, scene, true), key_factor);
	case PT_ACTION_ZOOM_OUT:
		return pt_zoom_about(zoom, &scene->room, zoom_place(view, scene, false), 1 / key_factor);
	case PT_ACTION_PAN_LEFT:
		return pt_zoom_pan(zoom, &scene->room, -pan_part);
	case PT_ACTION_PAN_RIGHT:
		return pt_zoom_pan(zoom, &scene->room, pan_part);
	case PT_ACTION_FOLLOW:
		return pt_zoom_follow(zoom, &scene->room);
	case PT_ACTION_FIT:
		return pt_zoom_out(zoom);
	case PT_ACTION_X_AXIS:
		return next_axis(view, scene);
	default:
		return zoom_y(view, action, snapshot);
	}
}

/* A range in another unit than what is drawn is no range: begin with all of the axis. */
static void settle_unit(pt_view *view, const pt_scene *scene)
{
	if (view->zoom.unit == scene->axis)
		return;
	view->zoom.unit = scene->axis;
	view->zoom.zoomed = false;
}

unsigned pt_view_zoom_key(pt_view *view, pt_action action, const pt_snapshot *snapshot)
{
	if (action == PT_ACTION_ZOOM_BACK)
		return pt_zoom_undo(&view->zooms, &view->zoom) ? PT_VIEW_REDRAW : 0;
	pt_stage stage = pt_stage_of(snapshot, view); /* where runs are aligned the plots' axis is another */
	pt_zoom before = view->zoom;
	bool changed = false;
	if (stage.aligned.has_steps) {
		settle_unit(view, &stage.aligned);
		changed = change(view, action, &stage.aligned, snapshot);
	}
	if (changed)
		pt_zoom_remember(&view->zooms, &before, false);
	else
		view->zoom = before;
	pt_stage_end(&stage);
	return changed ? PT_VIEW_REDRAW : 0;
}

unsigned pt_view_zoom_to(pt_view *view, double lo, double hi, const pt_snapshot *snapshot)
{
	pt_stage stage = pt_stage_of(snapshot, view);
	const pt_scene *scene = &stage.aligned;
	pt_zoom before = view->zoom;
	bool is_there = scene->has_steps && hi > scene->room.whole.lo && lo < scene->room.whole.hi;
	if (is_there) {
		settle_unit(view, scene);
		if (pt_zoom_to(&view->zoom, &scene->room, lo, hi))
			pt_zoom_remember(&view->zooms, &before, false);
	}
	pt_stage_end(&stage);
	return is_there ? PT_VIEW_REDRAW : 0;
}

unsigned pt_view_reach_cursor(pt_view *view, const pt_snapshot *snapshot)
{
	pt_stage stage = pt_stage_of(snapshot, view);
	const pt_scene *scene = &stage.aligned;
	bool reached =
		view->zoom.unit == scene->axis && pt_zoom_reach(&view->zoom, &scene->room, pt_scene_cursor_x(scene));
	pt_stage_end(&stage);
	return reached ? PT_VIEW_REDRAW : 0;
}

/* --- by mouse --------------------------------------------------------------------------------------- */

static unsigned zoom_at_pointer(
	pt_view *view, const pt_mouse *mouse, pt_pane_id pane, const pt_snapshot *snapshot)
{
	pt_plot_probe probe;
	if (!pt_plot_at(snapshot, view, pane, mouse->x, mouse->y, &probe))
		return 0;
	double fraction = (mouse->x - probe.inner.x + 0.5) / probe.inner.w;
	double factor = mouse->kind == PT_MOUSE_WHEEL_UP ? wheel_factor : 1 / wheel_factor;
	pt_stage stage = pt_stage_of(snapshot, view);
	pt_zoom before = view->zoom;
	settle_unit(view, &stage.aligned);
	bool changed =
		pt_zoom_about(&view->zoom, &stage.aligned.room, pt_scale_value(&probe.x_scale, fraction), factor);
	if (changed)
		pt_zoom_remember(&view->zooms, &before, true);
	else
		view->zoom = before;
	pt_stage_end(&stage);
	return changed ? PT_VIEW_REDRAW : 0;
}

static unsigned press(pt_view *view, const pt_mouse *mouse, pt_pane_id pane, const pt_snapshot *snapshot)
{
	pt_plot_probe probe;
	if (!pt_plot_at(snapshot, view, pane, mouse->x, mouse->y, &probe) ||
		pt_view_hold_line(view, mouse, pane, snapshot, &probe))
		return 0;
	view->rubber = (pt_rubber){.pressed = true,
		.pane = pane,
		.left = probe.inner.x,
		.top = probe.inner.y,
		.cols = probe.inner.w,
		.rows = probe.inner.h,
		.x0 = mouse->x,
		.y0 = mouse->y,
		.x1 = mouse->x,
		.y1 = mouse->y,
		.x = probe.x_scale,
		.y = probe.y_scale,
		.right = probe.right_scale,
		.has_y = probe.has_y,
		.has_right = probe.has_right};
	return 0;
}

static int inside(int at, int first, int n)
{
	return at < first ? first : at >= first + n ? first + n - 1 : at;
}

static unsigned drag(pt_view *view, const pt_mouse *mouse)
{
	pt_rubber *rubber = &view->rubber;
	int x = inside(mouse->x, rubber->left, rubber->cols), y = inside(mouse->y, rubber->top, rubber->rows);
	bool moved = x != rubber->x1 || y != rubber->y1;
	rubber->x1 = x;
	rubber->y1 = y;
	return moved ? PT_VIEW_REDRAW : 0;
}

/* Into the rectangle, as the plot stood when it was begun. */
static unsigned release(pt_view *view, const pt_snapshot *snapshot)
{
	pt_rubber rubber = view->rubber;
	int x, y, cols, rows;
	view->rubber.pressed = false;
	if (!pt_rubber_area(&rubber, &x, &y, &cols, &rows))
		return 0;
	pt_stage stage = pt_stage_of(snapshot, view);
	pt_zoom before = view->zoom;
	bool changed = false;
	double width = rubber.cols, height = rubber.rows;
	settle_unit(view, &stage.aligned);
	if (rows < rubber.rows && rubber.has_y) {
		double from = (rubber.top + rubber.rows - y - rows) / height;
		changed |= pt_zoom_y_to(&view->zoom, rubber.pane, &rubber.y, rubber.has_right ? &rubber.right : NULL,
			from, from + rows / height);
	}
	if (cols < rubber.cols) {
		double from = (x - rubber.left) / width;
		changed |= pt_zoom_to(&view->zoom, &stage.aligned.room, pt_scale_value(&rubber.x, from),
			pt_scale_value(&rubber.x, from + cols / width));
	}
	pt_stage_end(&stage);
	if (changed)
		pt_zoom_remember(&view->zooms, &before, false);
	return PT_VIEW_REDRAW; /* the rectangle goes in any case */
}

unsigned pt_view_plot_mouse(
	pt_view *view, const pt_mouse *mouse, pt_pane_id pane, const pt_snapshot *snapshot)
{
	switch (mouse->kind) {
	case PT_MOUSE_PRESS:
		return press(view, mouse, pane, snapshot);
	case PT_MOUSE_DRAG:
		return drag(view, mouse);
	case PT_MOUSE_RELEASE:
		return release(view, snapshot);
	case PT_MOUSE_DOUBLE: {
		pt_plot_probe probe;
		bool is_there = pt_plot_at(snapshot, view, pane, mouse->x, mouse->y, &probe);
		return is_there ? pt_view_zoom_key(view, PT_ACTION_FIT, snapshot) : 0;
	}
	case PT_MOUSE_WHEEL_UP:
	case PT_MOUSE_WHEEL_DOWN:
		return zoom_at_pointer(view, mouse, pane, snapshot);
	}
	return 0;
}

bool pt_rubber_area(const pt_rubber *rubber, int *x, int *y, int *cols, int *rows)
{
	enum { LEAST_CELLS = 2 };
	int across = rubber->x1 - rubber->x0, up = rubber->y1 - rubber->y0;
	bool is_wide = across >= LEAST_CELLS || -across >= LEAST_CELLS;
	bool is_high = up >= LEAST_CELLS || -up >= LEAST_CELLS;
	*x = !is_wide ? rubber->left : across < 0 ? rubber->x1 : rubber->x0;
	*y = !is_high ? rubber->top : up < 0 ? rubber->y1 : rubber->y0;
	*cols = !is_wide ? rubber->cols : 1 + (across < 0 ? -across : across);
	*rows = !is_high ? rubber->rows : 1 + (up < 0 ? -up : up);
	return rubber->pressed && (is_wide || is_high);
}
