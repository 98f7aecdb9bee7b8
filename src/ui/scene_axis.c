/* The x axis of the panes over steps: what it tells, how far it goes, and which part of it is looked at. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "pane_draw.h"
#include "phasetop/plot/time_axis.h"

/* Of the first shown run, or the one named: what puts its steps on the axis; NULL: they are the axis. */
static const pt_step_map_view *map_of(pt_x_axis axis, const pt_run_view *run)
{
	return axis == PT_X_STEP ? NULL : axis == PT_X_EPOCH ? &run->epochs : &run->wall_s;
}

/* What is added to a run's mapped value: relative times count from its first one, times of day by the local
 * clock. */
static double shift_of(const pt_scene *scene, const pt_run_view *run)
{
	if (scene->axis == PT_X_RELATIVE)
		return -run->wall_s.values[0];
	return scene->axis == PT_X_WALL ? scene->wall_offset_s : 0;
}

/* y at `at` on the straight line from (x0, y0) to (x1, y1). */
static double between(double at, double x0, double x1, double y0, double y1)
{
	return x1 > x0 ? y0 + (at - x0) / (x1 - x0) * (y1 - y0) : y0;
}

double pt_scene_x(const pt_scene *scene, const pt_run_view *run, int64_t step)
{
	const pt_step_map_view *map = map_of(scene->axis, run);
	if (!map)
		return (double)step;
	ptrdiff_t at = map->n ? pt_step_index(map->steps, map->n, step) : -1;
	if (at < 0 || step > map->steps[map->n - 1])
		return PT_MISSING;
	size_t i = (size_t)at, next = i + 1 < map->n ? i + 1 : i;
	return shift_of(scene, run) + between((double)step, (double)map->steps[i], (double)map->steps[next],
									  map->values[i], map->values[next]);
}

double pt_scene_step(const pt_scene *scene, const pt_run_view *run, double x)
{
	const pt_step_map_view *map = map_of(scene->axis, run);
	if (!map || map->n == 0)
		return x;
	double value = x - shift_of(scene, run);
	size_t from = 0, to = map->n - 1; /* the last point at or below the value lies in [from, to] */
	while (from < to) {
		size_t middle = from + (to - from + 1) / 2;
		if (map->values[middle] <= value)
			from = middle;
		else
			to = middle - 1;
	}
	size_t next = from + 1 < map->n ? from + 1 : from;
	double step = between(
		value, map->values[from], map->values[next], (double)map->steps[from], (double)map->steps[next]);
	return fmin(fmax(step, (double)map->steps[0]), (double)map->steps[map->n - 1]);
}

double pt_scene_cursor_x(const pt_scene *scene)
{
	double x = PT_MISSING;
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		if (scene->cursor != PT_NO_STEP && pt_is_missing(x))
			x = pt_scene_x(scene, &scene->snapshot->runs[r], scene->cursor);
	}
	return x;
}

/* The first run shown that lacks the axis; NULL: none does. */
static const pt_run_view *lacking_run(const pt_scene *scene, pt_x_axis axis)
{
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_step_map_view *map = map_of(axis, &scene->snapshot->runs[r]);
		if (map && map->n == 0)
			return &scene->snapshot->runs[r];
	}
	return NULL;
}

void pt_scene_axis_lack(const pt_scene *scene, char *out, size_t capacity)
{
	char name[64];
	pt_x_axis wanted = scene->view->zoom.axis;
	const pt_run_view *run = wanted == scene->axis ? NULL : lacking_run(scene, wanted);
	out[0] = '\0';
	if (!run && scene->view->log_x && scene->has_steps && !scene->room.whole.is_log)
		snprintf(out, capacity, "not logarithmic: %s",
			scene->room.whole.time != PT_TIME_NONE ? "times" : "steps before the turn are below 0");
	if (!run)
		return;
	const pt_step_map_view *map = map_of(wanted, run);
	pt_text text = pt_text_over(out, capacity);
	pt_text_addf(&text, "steps: %s", map->absent ? map->absent : "not known");
	if (scene->n_shown > 1) {
		pt_name_text(run->name, 24, name, sizeof name);
		pt_text_addf(&text, " (%s)", name);
	}
}

/* Widen [first, last] by the places of a run's steps from one to another, as far as they are known. */
static void widen(
	const pt_scene *scene, const pt_run_view *run, const int64_t *steps, size_t n, pt_range *range)
{
	if (!n || !steps)
		return;
	const pt_step_map_view *map = map_of(scene->axis, run);
	int64_t first = steps[0], last = steps[n - 1];
	if (map && map->n > 0) {
		first = first < map->steps[0] ? map->steps[0] : first;
		last = last > map->steps[map->n - 1] ? map->steps[map->n - 1] : last;
	}
	if (first > last)
		return;
	pt_range_add(range, pt_scene_x(scene, run, first));
	pt_range_add(range, pt_scene_x(scene, run, last));
}

static bool any_live(const pt_scene *scene)
{
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		if (scene->snapshot->runs[r].state == PT_RUN_LIVE)
			return true;
	}
	return false;
}

/* The step at which the last of the shown runs will end; missing where one does not say. */
static double end_of_all(const pt_scene *scene)
{
	double end = PT_MISSING;
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		int64_t own = scene->snapshot->runs[r].max_steps;
		if (own == PT_NO_STEP)
			return PT_MISSING;
		if (pt_is_missing(end) || (double)own > end)
			end = (double)own;
	}
	return end;
}

static double local_offset(double wall_s)
{
	time_t at = (time_t)wall_s;
	struct tm local;
	return localtime_r(&at, &local) ? (double)local.tm_gmtoff : 0;
}

/* A step of 0 has no place on a logarithmic axis: it begins with the first one above. */
static void widen_above_0(
	const pt_scene *scene, const pt_run_view *run, const int64_t *steps, size_t n, pt_range *range)
{
	for (size_t i = 0; steps && i < n; i++) {
		double x = pt_scene_x(scene, run, steps[i]);
		if (x > 0) {
			pt_range_add(range, x);
			return;
		}
	}
}

/* `linear` is the same axis as it would be without logarithms. */
static pt_scale log_axis(const pt_scene *scene, const pt_range *range, pt_scale linear)
{
	if (!(range->lo >= 0 && isfinite(range->least_above0) && linear.hi > range->least_above0))
		return linear;
	pt_scale scale = pt_scale_exact(pt_scale_nice_below(range->least_above0), linear.hi, true);
	scale.integer = scene->axis == PT_X_STEP;
	return scale;
}

/* All that the shown runs have on the axis, or those of them that are live. */
static pt_range range_of_runs(const pt_scene *scene, bool live_only)
{
	pt_range range = pt_range_empty();
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_run_view *run = &scene->snapshot->runs[r];
		if (live_only && run->state != PT_RUN_LIVE)
			continue;
		widen(scene, run, run->steps, run->n_steps, &range);
		widen(scene, run, run->loss.steps, run->loss.n, &range);
		for (int s = 0; s < PT_N_SPECTRA; s++)
			widen(scene, run, run->spectra[s].steps, run->spectra[s].n, &range);
	}
	return range;
}

/* Room to grow is for the live runs: a longer one that is over needs none. */
static pt_scale step_axis(const pt_scene *scene, const pt_range *range)
{
	pt_scale still = pt_scale_fit_steps(range->lo, range->hi);
	pt_range live = range_of_runs(scene, true);
	if (live.n == 0)
		return still;
	pt_scale growing = pt_scale_grow_steps(range->lo, live.hi, end_of_all(scene));
	return live.hi >= range->hi || growing.hi > still.hi ? growing : still;
}

/* All of the axis, rounded outwards. */
static pt_scale whole_axis(const pt_scene *scene, const pt_range *range)
{
	bool grows = any_live(scene);
	if (scene->axis == PT_X_RELATIVE || scene->axis == PT_X_WALL)
		return pt_scale_fit_time(
			range->lo, range->hi, grows, scene->axis == PT_X_WALL ? PT_TIME_OF_DAY : PT_TIME_DURATION);
	if (scene->axis == PT_X_STEP && range->lo < 0) { /* from the turn */
		pt_scale scale = pt_scale_fit(range, false);
		scale.integer = true;
		return scale;
	}
	if (scene->axis == PT_X_STEP)
		return step_axis(scene, range);
	pt_scale scale = pt_scale_fit(range, false);
	double step = pt_nice_step(&scale, (scale.hi - scale.lo) / 3);
	if (grows) /* in thirds, so that it moves seldom */
		scale = pt_scale_exact(scale.lo, scale.lo + ceil((range->hi - scale.lo) / step - 1e-9) * step, false);
	return scale;
}

void pt_scene_fit_x(pt_scene *scene)
{
	const pt_run_view *first = pt_scene_first_run(scene);
	pt_x_axis wanted = scene->view->zoom.axis;
	scene->axis = scene->n_shown > 0 && !lacking_run(scene, wanted) ? wanted : PT_X_STEP;
	if (first && first->wall_s.n > 0)
		scene->wall_offset_s = local_offset(first->wall_s.values[0]);
	pt_range range = range_of_runs(scene, false);
	if (scene->view->log_x)
		PT_FOR_SHOWN_RUNS(scene, r)
		{
			const pt_run_view *run = &scene->snapshot->runs[r];
			widen_above_0(scene, run, run->steps, run->n_steps, &range);
			widen_above_0(scene, run, run->loss.steps, run->loss.n, &range);
			for (int s = 0; s < PT_N_SPECTRA; s++)
				widen_above_0(scene, run, run->spectra[s].steps, run->spectra[s].n, &range);
		}
	scene->has_steps = range.n > 0;
	if (range.n == 0) {
		pt_range_add(&range, 0);
		pt_range_add(&range, 1);
	}
	pt_scale whole = whole_axis(scene, &range);
	if (scene->view->log_x && whole.time == PT_TIME_NONE)
		whole = log_axis(scene, &range, whole);
	scene->room = (pt_zoom_room){.whole = whole, .newest = range.hi};
	/* what was zoomed in epochs or times is no part of a step axis */
	bool is_part = scene->view->zoom.unit == scene->axis;
	scene->steps = is_part ? pt_zoom_scale(&scene->view->zoom, &scene->room) : scene->room.whole;
}

bool pt_scene_is_zoomed(const pt_scene *scene)
{
	return !pt_scale_equal(&scene->steps, &scene->room.whole);
}

void pt_scene_place_text(const pt_scene *scene, double x, double step, char *out, size_t capacity)
{
	char time[PT_TICK_LABEL_BYTES];
	out[0] = '\0';
	if (pt_is_missing(x))
		return;
	if (scene->axis == PT_X_STEP) {
		snprintf(out, capacity, "%.0f", x);
	} else if (scene->axis == PT_X_EPOCH) {
		snprintf(out, capacity, "%.4g", x);
	} else {
		pt_time_text(scene->room.whole.time, x, step, time);
		snprintf(out, capacity, "%s", time);
	}
}
