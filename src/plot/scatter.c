#include "phasetop/plot/scatter.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

/* A point in dots from the top left; false when it is missing or outside of the scales. */
static bool plane_dot(const pt_canvas *canvas, const pt_scale *x, const pt_scale *y, double px, double py,
	int *dot_x, int *dot_y)
{
	int dx = pt_scale_dot(x, px, canvas->width), dy = pt_scale_dot(y, py, canvas->height);
	if (dx == INT_MIN || dy == INT_MIN)
		return false;
	*dot_x = dx;
	*dot_y = canvas->height - 1 - dy;
	return true;
}

static bool is_inside(const pt_canvas *canvas, int x, int y)
{
	return x >= 0 && y >= 0 && x < canvas->width && y < canvas->height;
}

static uint8_t level_of(const pt_trajectory *trajectory, size_t i)
{
	double at = trajectory->at ? trajectory->at[i]
							   : (trajectory->n > 1 ? (double)i / (double)(trajectory->n - 1) : 1);
	return isfinite(at) ? (uint8_t)lround(100 * fmin(fmax(at, 0), 1)) : 0;
}

/* A line whose colour runs from one level to another, in as many pieces as there are levels to tell apart. */
static void gradient_line(
	pt_canvas *canvas, int x0, int y0, int x1, int y1, pt_ink ink, uint8_t from, uint8_t to)
{
	int pieces = abs((int)to - from) / 2 + 1;
	for (int i = 0; i < pieces; i++) {
		double a = (double)i / pieces, b = (double)(i + 1) / pieces;
		ink.level = (uint8_t)lround(from + (a + b) / 2 * (to - from));
		pt_canvas_line(canvas, (int)lround(x0 + a * (x1 - x0)), (int)lround(y0 + a * (y1 - y0)),
			(int)lround(x0 + b * (x1 - x0)), (int)lround(y0 + b * (y1 - y0)), ink, PT_SOLID, NULL);
	}
}

/* The same line at its true ends, for a tracing. */
static void gradient_trace(pt_tracing *tracing, pt_spot a, pt_spot b, pt_ink ink, uint8_t from, uint8_t to)
{
	int pieces = abs((int)to - from) / 2 + 1;
	pt_trace style = {.kind = PT_TRACE_LINE, .ink = ink};
	for (int i = 0; i < pieces; i++) {
		double start = (double)i / pieces, end = (double)(i + 1) / pieces;
		pt_spot p = {a.x + start * (b.x - a.x), a.y + start * (b.y - a.y)};
		pt_spot q = {a.x + end * (b.x - a.x), a.y + end * (b.y - a.y)};
		style.ink.level = (uint8_t)lround(from + (start + end) / 2 * (to - from));
		pt_tracing_segment(tracing, &style, p, i + 1 < pieces ? q : b);
	}
}

static void trace_path(
	const pt_canvas *canvas, const pt_scale *x, const pt_scale *y, const pt_trajectory *trajectory)
{
	pt_spot last = {NAN, NAN};
	uint8_t last_level = 0;
	pt_trace dot = {.kind = PT_TRACE_DOTS};
	for (size_t i = 0; canvas->tracing && i < trajectory->n; i++) {
		pt_spot spot = pt_canvas_spot(canvas, x, y, trajectory->x[i], trajectory->y[i]);
		bool is_there = !isnan(spot.x) && !isnan(spot.y), goes_on = trajectory->connect && !isnan(last.x);
		dot.ink = trajectory->ink;
		dot.ink.level = level_of(trajectory, i);
		if (is_there && goes_on)
			gradient_trace(canvas->tracing, last, spot, dot.ink, last_level, dot.ink.level);
		else if (is_there && spot.x >= 0 && spot.y >= 0 && spot.x <= canvas->cols && spot.y <= canvas->rows)
			pt_tracing_add(canvas->tracing, &dot, &spot, 1);
		last = is_there ? spot : (pt_spot){NAN, NAN};
		last_level = dot.ink.level;
	}
}

void pt_trajectory_draw(
	pt_canvas *canvas, const pt_scale *x, const pt_scale *y, const pt_trajectory *trajectory)
{
	if (!canvas || !trajectory->x || !trajectory->y)
		return;
	trace_path(canvas, x, y, trajectory);
	bool has_last = false;
	int last_x = 0, last_y = 0;
	uint8_t last_level = 0;
	for (size_t i = 0; i < trajectory->n; i++) {
		int dx, dy;
		if (!plane_dot(canvas, x, y, trajectory->x[i], trajectory->y[i], &dx, &dy)) {
			has_last = false;
			continue;
		}
		pt_ink ink = trajectory->ink;
		ink.level = level_of(trajectory, i);
		if (trajectory->connect && has_last)
			gradient_line(canvas, last_x, last_y, dx, dy, ink, last_level, ink.level);
		if (is_inside(canvas, dx, dy))
			pt_canvas_dot(canvas, dx, dy, ink);
		has_last = true;
		last_x = dx;
		last_y = dy;
		last_level = ink.level;
	}
}

bool pt_plane_cell(
	const pt_canvas *canvas, const pt_scale *x, const pt_scale *y, double px, double py, int *col, int *row)
{
	int dx, dy;
	if (!canvas || !plane_dot(canvas, x, y, px, py, &dx, &dy) || !is_inside(canvas, dx, dy))
		return false;
	*col = dx / pt_canvas_dots_across(canvas->kind);
	*row = dy / pt_canvas_dots_down(canvas->kind);
	return true;
}

static void widen(pt_scale *scale, double span)
{
	double centre = scale->lo / 2 + scale->hi / 2;
	pt_scale wider = pt_scale_exact(centre - span / 2, centre + span / 2, false);
	scale->lo = wider.lo;
	scale->hi = wider.hi;
}

void pt_plane_equal_units(pt_scale *x, pt_scale *y, int cols, int rows, double cell_aspect)
{
	if (cols < 1 || rows < 1 || !(cell_aspect > 0) || x->is_log || y->is_log)
		return;
	double unit_x = (x->hi - x->lo) / cols, unit_y = (y->hi - y->lo) / (rows * cell_aspect);
	if (unit_x < unit_y)
		widen(x, unit_y * cols);
	else
		widen(y, unit_x * rows * cell_aspect);
}
