#include "phasetop/plot/curve.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "curve_trace.h"
#include "phasetop/base/text.h"

enum { MARKER_COLS = 12, LEAST_SPIKE = 4 /* dots */ };

/* As pt_scale_dot, but true far beyond the canvas: a line that leaves a zoomed plot keeps its slope. INT_MIN:
 * the value has no place. */
static int dot_of(const pt_scale *scale, double value, int n_dots)
{
	const double farthest = 2e4; /* canvases; in dots, differences are ints still */
	double fraction = pt_scale_fraction(scale, value);
	if (isnan(fraction))
		return INT_MIN;
	return (int)lround(fmin(fmax(fraction, -farthest), farthest) * (n_dots - 1));
}

/* Dots count from the top; a scale's fraction from the bottom. */
static int dot_from_top(const pt_scale *y, double value, int height)
{
	int dot = dot_of(y, value, height);
	return dot == INT_MIN ? INT_MIN : height - 1 - dot;
}

/* What is being drawn, and where its pen stands. */
typedef struct curve_pen {
	pt_canvas *canvas;
	const pt_stroke *stroke;
	bool down; /* the last point is drawn and the line goes on from (x, y) */
	int x, y;
	unsigned phase;
	/* of the dot column at x: what has been seen in it */
	int low, high, last;
} curve_pen;

static void pen_line(curve_pen *pen, int x0, int y0, int x1, int y1)
{
	pt_canvas_line(pen->canvas, x0, y0, x1, y1, pen->stroke->ink, pen->stroke->dash, &pen->phase);
}

/* Draw what the column holds: from its least to its greatest dot. */
static void close_column(curve_pen *pen)
{
	if (!pen->down || pen->low == pen->high)
		return;
	pt_dash dash = pen->stroke->dash;
	bool is_gap = dash.off > 0 && pen->phase % ((unsigned)dash.on + dash.off) >= dash.on;
	if (is_gap && pen->high - pen->low < LEAST_SPIKE)
		return;         /* the width of a line that rises: the dashes go on */
	unsigned phase = 0; /* a spike is drawn whole, whatever the dash pattern says */
	pt_canvas_line(pen->canvas, pen->x, pen->low, pen->x, pen->high, pen->stroke->ink, PT_SOLID, &phase);
}

static void lift(curve_pen *pen)
{
	close_column(pen);
	pen->down = false;
}

/* M4: within a dot column only the extent counts; between columns the last dot of one joins the first of the
 * next. */
static void move_to(curve_pen *pen, int x, int y)
{
	if (pen->stroke->points_only) {
		pt_canvas_dot(pen->canvas, x, y, pen->stroke->ink);
		return;
	}
	if (pen->down && x == pen->x) {
		pen->low = y < pen->low ? y : pen->low;
		pen->high = y > pen->high ? y : pen->high;
		pen->last = y;
		return;
	}
	if (pen->down) {
		close_column(pen);
		pen_line(pen, pen->x, pen->last, x, y);
	} else {
		pt_canvas_dot(pen->canvas, x, y, pen->stroke->ink);
	}
	pen->down = true;
	pen->x = x;
	pen->low = pen->high = pen->last = y;
}

/* Set a marker glyph on the first cell of each stretch of marker_cols columns that the line passes. Was one?
 */
static bool mark(pt_canvas *canvas, const pt_stroke *stroke, int x, int y, int *last_stretch)
{
	int across = pt_canvas_dots_across(canvas->kind), down = pt_canvas_dots_down(canvas->kind);
	if (x < 0 || x >= canvas->width || y < 0 || y >= canvas->height)
		return false;
	int every = stroke->marker_cols > 0 ? stroke->marker_cols : MARKER_COLS;
	int col = x / across, phase = stroke->marker_phase_cols % every;
	int stretch = (col - phase + every) / every;
	if (stretch == *last_stretch)
		return false;
	/* the first stretch begins at the curve's own start, which carries a marker only when it is due */
	bool is_due = *last_stretch != INT_MIN || (col - phase + every) % every == 0;
	if (is_due)
		pt_canvas_over(canvas, col, y / down, stroke->marker, stroke->ink);
	*last_stretch = stretch;
	return is_due;
}

void pt_curve_draw(
	pt_canvas *canvas, const pt_scale *x, const pt_scale *y, const pt_points *points, const pt_stroke *stroke)
{
	if (!canvas || !points->ys || (!points->xs && !points->steps))
		return;
	pt_curve_trace(canvas, x, y, points, stroke);
	curve_pen pen = {.canvas = canvas, .stroke = stroke};
	int last_stretch = INT_MIN;
	for (size_t i = 0; i < points->n; i++) {
		int dot_x = dot_of(x, pt_points_x(points, i), canvas->width);
		int dot_y = dot_from_top(y, points->ys[i], canvas->height);
		if (dot_x == INT_MIN || dot_y == INT_MIN) {
			lift(&pen);
			continue;
		}
		move_to(&pen, dot_x, dot_y);
		if (stroke->marker && mark(canvas, stroke, dot_x, dot_y, &last_stretch))
			pt_curve_trace_mark(canvas, stroke,
				pt_canvas_spot(canvas, x, y, pt_points_x(points, i), points->ys[i]), dot_x, dot_y);
	}
	lift(&pen);
}

void pt_curve_band(pt_canvas *canvas, const pt_scale *x, const pt_scale *y, const pt_points *low,
	const double *high, uint8_t ground, uint32_t glyph, pt_ink ink)
{
	if (!canvas || !low->ys || !high || (!low->xs && !low->steps))
		return;
	pt_curve_trace_band(canvas, x, y, low, high, ground);
	bool has_last = false;
	int last_x = 0, last_low = 0, last_high = 0;
	for (size_t i = 0; i < low->n; i++) {
		int at = dot_of(x, pt_points_x(low, i), canvas->width);
		int from = dot_from_top(y, low->ys[i], canvas->height);
		int to = dot_from_top(y, high[i], canvas->height);
		if (at == INT_MIN || from == INT_MIN || to == INT_MIN) {
			has_last = false;
			continue;
		}
		if (!has_last) {
			last_x = at;
			last_low = from;
			last_high = to;
		}
		/* dot columns from the last point to this one, between straight edges */
		int begin = last_x < 0 ? 0 : last_x, end = at >= canvas->width ? canvas->width - 1 : at;
		for (int column = begin; column <= end; column++) {
			double f = at > last_x ? (double)(column - last_x) / (at - last_x) : 1;
			int y0 = (int)lround(last_low + f * (from - last_low));
			int y1 = (int)lround(last_high + f * (to - last_high));
			pt_canvas_shade(canvas, column, y1, column, y0, glyph, ink, ground, 0);
			pt_curve_trace_ground(canvas, column, y1, y0);
		}
		has_last = true;
		last_x = at;
		last_low = from;
		last_high = to;
	}
}

size_t pt_points_nearest(const pt_points *points, double at)
{
	if (points->n == 0 || (!points->xs && !points->steps))
		return SIZE_MAX;
	size_t from = 0, to = points->n; /* the first point at or above `at` lies in [from, to] */
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (pt_points_x(points, middle) < at)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == points->n)
		return points->n - 1;
	if (from > 0 && at - pt_points_x(points, from - 1) <= pt_points_x(points, from) - at)
		return from - 1;
	return from;
}

size_t pt_sparkline(
	const double *values, size_t n, int cols, double lo, double hi, bool ascii, char *out, size_t capacity)
{
	static const char ramp[] = "_.-=*#";
	pt_text text = pt_text_over(out, capacity);
	if (!values || n == 0 || cols < 1)
		return 0;
	if (!(lo < hi)) {
		pt_range range = pt_range_empty();
		pt_range_add_all(&range, values, n);
		lo = range.n ? range.lo : 0;
		hi = range.n ? range.hi : 1;
	}
	for (int col = 0; col < cols && !text.cut; col++) {
		size_t from = n * (size_t)col / (size_t)cols, to = n * ((size_t)col + 1) / (size_t)cols;
		double mean = 0;
		size_t seen = 0;
		for (size_t i = from; i < (to > from ? to : from + 1) && i < n; i++)
			if (isfinite(values[i]))
				mean += (fmin(fmax(values[i], lo), hi) - mean) / (double)++seen;
		if (seen == 0) {
			pt_text_add(&text, " ");
			continue;
		}
		double place = hi > lo ? (mean - lo) / (hi - lo) : 0.5;
		place = fmin(fmax(place, 0), 1);
		char glyph[5] = {0};
		if (ascii)
			glyph[0] = ramp[(size_t)lround(place * (sizeof ramp - 2))];
		else
			pt_utf8_encode(0x2581u + (uint32_t)lround(place * 7), glyph);
		pt_text_add(&text, glyph);
	}
	return text.length;
}
