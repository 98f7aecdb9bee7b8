/* Curves of a chart over the x axis, and the limits of its y axis (contracts in pane_draw.h). */
#include <math.h>
#include <stdio.h>

#include "pane_draw.h"
#include "phasetop/base/alloc.h"
#include "phasetop/plot/outliers.h"
#include "phasetop/plot/smooth.h"

enum { RAW_SERIES = 160 };

double *pt_points_on_axis(const pt_scene *scene, const pt_run_view *run, pt_points *points)
{
	if (scene->axis == PT_X_STEP || !points->steps)
		return NULL;
	double *xs = pt_array_alloc(points->n, sizeof *xs);
	if (!xs)
		points->n = 0; /* no wrong place for want of memory */
	for (size_t i = 0; i < points->n; i++)
		xs[i] = pt_scene_x(scene, run, points->steps[i]);
	points->xs = xs;
	return xs;
}

/* A mark at the border of each column in which a value lies beyond it. */
static void mark_outliers(
	pt_chart *chart, const pt_scale *y, const pt_points *points, const pt_stroke *stroke)
{
	pt_canvas *canvas = chart->canvas;
	for (size_t i = 0; points->ys && i < points->n; i++) {
		double up = pt_scale_fraction(y, points->ys[i]);
		int dot = pt_scale_dot(&chart->x, pt_points_x(points, i), canvas->width);
		if (dot < 0 || dot >= canvas->width || !(up < 0 || up > 1))
			continue;
		pt_ink ink = stroke->ink;
		ink.ascii = 0;
		pt_canvas_over(canvas, dot / pt_canvas_dots_across(canvas->kind), up > 1 ? 0 : canvas->rows - 1,
			up > 1 ? U'▴' : U'▾', ink);
	}
}

void pt_chart_curve(pt_chart *chart, const pt_scene *scene, const pt_run_view *run, const pt_scale *y,
	const pt_points *points, const pt_stroke *stroke)
{
	if (!chart->canvas)
		return;
	pt_points drawn = *points;
	double *xs = pt_points_on_axis(scene, run, &drawn);
	pt_curve_draw(chart->canvas, &chart->x, y, &drawn, stroke);
	if (scene->view->clips_outliers)
		mark_outliers(chart, y, &drawn, stroke);
	pt_free(xs);
}

void pt_chart_noisy_curve(pt_chart *chart, const pt_scene *scene, const pt_run_view *run, const pt_scale *y,
	const pt_points *points, const pt_stroke *stroke)
{
	double half_life = scene->view->smoothing;
	double *smooth = half_life > 0 && points->ys && points->steps && chart->canvas
						 ? pt_array_alloc(points->n, sizeof *smooth)
						 : NULL;
	if (!smooth) {
		pt_chart_curve(chart, scene, run, y, points, stroke);
		return;
	}
	pt_stroke raw = {.ink = pt_ink_of(PT_ROLE_INACTIVE, RAW_SERIES + stroke->ink.series % 64), .thin = true};
	raw.ink.ascii = '.';
	pt_chart_curve(chart, scene, run, y, points, &raw);
	pt_smooth_ema(points->steps, points->ys, points->n, half_life, y->is_log, smooth);
	pt_points averaged = *points;
	averaged.ys = smooth;
	pt_chart_curve(chart, scene, run, y, &averaged, stroke);
	pt_free(smooth);
}

void pt_smoothing_text(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	out[0] = '\0';
	if (scene->view->smoothing > 0)
		snprintf(
			out, capacity, brief ? ", EMA %.0f" : ", EMA of half-life %.0f steps", scene->view->smoothing);
}

/* --- limits of y ------------------------------------------------------------------------------------ */

pt_fit pt_fit_begin(const pt_scene *scene, bool is_log)
{
	return (pt_fit){.scene = scene,
		.is_log = is_log,
		.all = pt_range_empty(),
		.seen = pt_range_empty(),
		.must = pt_range_empty()};
}

static void see(pt_fit *fit, double value)
{
	pt_range_add(&fit->seen, value);
	if (!fit->scene->view->clips_outliers || !isfinite(value) ||
		!pt_array_reserve((void **)&fit->values, &fit->capacity, fit->n + 1, sizeof *fit->values))
		return;
	fit->values[fit->n++] = value;
}

/* Where the line from point i − 1 to point i crosses the border at `edge` (a step). */
static void see_crossing(
	pt_fit *fit, const int64_t *steps, const double *values, size_t i, double sign, double edge)
{
	double before = (double)steps[i - 1], after = (double)steps[i];
	if (before < edge && edge < after && isfinite(values[i - 1]) && isfinite(values[i]))
		pt_range_add(&fit->seen,
			sign * (values[i - 1] + (edge - before) / (after - before) * (values[i] - values[i - 1])));
}

void pt_fit_add(
	pt_fit *fit, const pt_run_view *run, const int64_t *steps, const double *values, size_t n, double sign)
{
	bool is_zoomed = pt_scene_is_zoomed(fit->scene);
	double from = -HUGE_VAL, to = HUGE_VAL;
	if (is_zoomed) {
		from = pt_scene_step(fit->scene, run, fit->scene->steps.lo);
		to = pt_scene_step(fit->scene, run, fit->scene->steps.hi);
	}
	for (size_t i = 0; steps && values && i < n; i++) {
		double step = (double)steps[i];
		pt_range_add(&fit->all, sign * values[i]);
		if (step >= from && step <= to)
			see(fit, sign * values[i]);
		if (is_zoomed && i > 0) {
			see_crossing(fit, steps, values, i, sign, from);
			see_crossing(fit, steps, values, i, sign, to);
		}
	}
}

void pt_fit_must(pt_fit *fit, double value)
{
	pt_range_add(&fit->must, value);
}

pt_range pt_fit_end(pt_fit *fit)
{
	pt_range range = fit->seen.n > 0 ? fit->seen : fit->all;
	if (fit->n > 0) {
		pt_range inliers = pt_range_without_outliers(fit->values, fit->n, fit->is_log);
		range = inliers.n > 0 ? inliers : range;
	}
	if (range.n > 0)
		pt_range_join(&range, &fit->must);
	pt_free(fit->values);
	fit->values = NULL;
	fit->n = fit->capacity = 0;
	return range;
}
