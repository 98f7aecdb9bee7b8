#include "phasetop/plot/tracing.h"

#include <math.h>

#include "phasetop/base/alloc.h"

pt_tracing *pt_tracing_create(int cols, int rows)
{
	pt_tracing *tracing = pt_array_alloc(1, sizeof *tracing);
	if (tracing)
		*tracing = (pt_tracing){.cols = cols, .rows = rows};
	return tracing;
}

void pt_tracing_clear(pt_tracing *tracing)
{
	if (!tracing)
		return;
	pt_free(tracing->traces);
	pt_free(tracing->spots);
	*tracing = (pt_tracing){.cols = tracing->cols, .rows = tracing->rows};
}

void pt_tracing_destroy(pt_tracing *tracing)
{
	pt_tracing_clear(tracing);
	pt_free(tracing);
}

void pt_tracing_lift(pt_tracing *tracing)
{
	if (tracing)
		tracing->lifted = true;
}

/* One more place for the last stroke. */
static void put_spot(pt_tracing *tracing, pt_spot spot)
{
	if (!isfinite(spot.x) || !isfinite(spot.y))
		return;
	if (!pt_array_reserve((void **)&tracing->spots, &tracing->spot_capacity, tracing->n_spots + 1,
			sizeof *tracing->spots)) {
		tracing->is_lost = true;
		return;
	}
	tracing->spots[tracing->n_spots++] = spot;
	tracing->traces[tracing->n - 1].n++;
}

static bool begin(pt_tracing *tracing, const pt_trace *style)
{
	if (!pt_array_reserve(
			(void **)&tracing->traces, &tracing->capacity, tracing->n + 1, sizeof *tracing->traces)) {
		tracing->is_lost = true;
		return false;
	}
	pt_trace *trace = &tracing->traces[tracing->n++];
	*trace = *style;
	trace->from = tracing->n_spots;
	trace->n = 0;
	return true;
}

void pt_tracing_add(pt_tracing *tracing, const pt_trace *style, const pt_spot *spots, size_t n)
{
	if (!tracing || n == 0 || !begin(tracing, style))
		return;
	for (size_t i = 0; i < n; i++)
		put_spot(tracing, spots[i]);
	tracing->lifted = true;
}

static bool same_ink(pt_ink a, pt_ink b)
{
	return a.role == b.role && a.level == b.level && a.series == b.series && a.attributes == b.attributes;
}

static bool same_style(const pt_trace *a, const pt_trace *b)
{
	return a->kind == b->kind && a->thin == b->thin && a->glyph == b->glyph && a->dash.on == b->dash.on &&
		   a->dash.off == b->dash.off && same_ink(a->ink, b->ink);
}

static bool same_spot(pt_spot a, pt_spot b)
{
	return !(a.x < b.x || a.x > b.x || a.y < b.y || a.y > b.y);
}

/* Narrow [*t0, *t1] of a line to where it has 0 ≤ at ≤ size (Liang–Barsky); false when nothing is left. */
static bool clip_axis(double from, double to, double size, double *t0, double *t1)
{
	double d = to - from;
	if (fabs(d) < 1e-12)
		return from >= 0 && from <= size;
	double enter = (d > 0 ? 0 - from : size - from) / d, leave = (d > 0 ? size - from : 0 - from) / d;
	*t0 = fmax(*t0, enter);
	*t1 = fmin(*t1, leave);
	return *t0 < *t1;
}

static pt_spot between(pt_spot a, pt_spot b, double t)
{
	return (pt_spot){a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
}

void pt_tracing_segment(pt_tracing *tracing, const pt_trace *style, pt_spot a, pt_spot b)
{
	double t0 = 0, t1 = 1;
	if (!tracing || !isfinite(a.x) || !isfinite(a.y) || !isfinite(b.x) || !isfinite(b.y) ||
		!clip_axis(a.x, b.x, tracing->cols, &t0, &t1) || !clip_axis(a.y, b.y, tracing->rows, &t0, &t1))
		return;
	pt_spot from = t0 > 0 ? between(a, b, t0) : a, to = t1 < 1 ? between(a, b, t1) : b;
	const pt_trace *last = tracing->n > 0 ? &tracing->traces[tracing->n - 1] : NULL;
	bool goes_on = last && !tracing->lifted && last->n > 0 && same_style(last, style) &&
				   same_spot(tracing->spots[last->from + last->n - 1], from);
	if (!goes_on) {
		if (!begin(tracing, style))
			return;
		put_spot(tracing, from);
	}
	put_spot(tracing, to);
	tracing->lifted = false;
}

/* ---- areas ---- */

/* How far inside of edge `side` (left, right, top, bottom) a place is; < 0: outside. */
static double inside(const pt_tracing *tracing, int side, pt_spot spot)
{
	return side == 0   ? spot.x
		   : side == 1 ? tracing->cols - spot.x
		   : side == 2 ? spot.y
					   : tracing->rows - spot.y;
}

/* One edge of Sutherland–Hodgman. A corner gives at most two: `out` has room for 2 n. */
static size_t clip_side(const pt_tracing *tracing, int side, const pt_spot *corners, size_t n, pt_spot *out)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		pt_spot a = corners[i], b = corners[(i + 1) % n];
		double from = inside(tracing, side, a), to = inside(tracing, side, b);
		if (from >= 0)
			out[kept++] = a;
		if ((from < 0) != (to < 0))
			out[kept++] = between(a, b, from / (from - to));
	}
	return kept;
}

void pt_tracing_area(pt_tracing *tracing, const pt_trace *style, const pt_spot *corners, size_t n)
{
	if (!tracing || n < 3)
		return;
	/* a polygon has at most as many crossings with a line as corners */
	pt_spot *from = NULL, *to = NULL;
	size_t capacity = 0, room = 0;
	bool fits = pt_array_reserve((void **)&from, &capacity, n, sizeof *from);
	for (size_t i = 0; fits && i < n; i++)
		from[i] = corners[i];
	for (int side = 0; fits && side < 4; side++) {
		fits = pt_array_reserve((void **)&to, &room, 2 * n + 2, sizeof *to);
		if (!fits)
			break;
		n = clip_side(tracing, side, from, n, to);
		pt_spot *swap = from;
		size_t swap_room = capacity;
		from = to;
		capacity = room;
		to = swap;
		room = swap_room;
	}
	if (fits && n >= 3)
		pt_tracing_add(tracing, style, from, n);
	tracing->is_lost |= !fits;
	pt_free(from);
	pt_free(to);
}

/* ---- places ---- */

/* In cells from the scale's first dot on. */
static double place_of(const pt_scale *scale, double value, int n_dots, int per_cell)
{
	const double farthest = 2e4;
	double fraction = pt_scale_fraction(scale, value);
	if (isnan(fraction))
		return fraction;
	return (fmin(fmax(fraction, -farthest), farthest) * (n_dots - 1) + 0.5) / per_cell;
}

pt_spot pt_canvas_spot(const pt_canvas *canvas, const pt_scale *x, const pt_scale *y, double px, double py)
{
	return (pt_spot){place_of(x, px, canvas->width, pt_canvas_dots_across(canvas->kind)),
		canvas->rows - place_of(y, py, canvas->height, pt_canvas_dots_down(canvas->kind))};
}

/* ---- another colour for a part ---- */

/* The strokes so far, drawn anew with the lines of a series divided at `level`. */
typedef struct recolouring {
	double level; /* in rows from the top */
	bool below;
	uint8_t series, role;
} recolouring;

static pt_trace styled(const recolouring *re, const pt_trace *style, double y)
{
	pt_trace part = *style;
	if (re->below ? y > re->level : y < re->level)
		part.ink.role = re->role;
	return part;
}

static void divide(pt_tracing *into, const recolouring *re, const pt_trace *trace, const pt_spot *spots)
{
	for (size_t i = 0; trace->kind == PT_TRACE_DOTS && i < trace->n; i++) {
		pt_trace part = styled(re, trace, spots[i].y);
		pt_tracing_add(into, &part, &spots[i], 1);
	}
	pt_tracing_lift(into);
	for (size_t i = 1; trace->kind == PT_TRACE_LINE && i < trace->n; i++) {
		pt_spot a = spots[i - 1], b = spots[i];
		pt_spot middle = a;
		if ((a.y < re->level) != (b.y < re->level)) {
			middle = between(a, b, (re->level - a.y) / (b.y - a.y));
			pt_trace first = styled(re, trace, a.y);
			pt_tracing_segment(into, &first, a, middle);
		}
		pt_trace rest = styled(re, trace, same_spot(middle, a) ? (a.y + b.y) / 2 : b.y);
		pt_tracing_segment(into, &rest, middle, b);
	}
}

void pt_tracing_colour_beyond(
	const pt_canvas *canvas, const pt_scale *y, double value, bool below, uint8_t series, uint8_t role)
{
	if (!canvas || !canvas->tracing)
		return;
	pt_tracing *tracing = canvas->tracing, anew = {.cols = tracing->cols, .rows = tracing->rows};
	double level = pt_canvas_spot(canvas, y, y, value, value).y;
	recolouring re = {level, below, series, role};
	if (isnan(level))
		return;
	for (size_t i = 0; i < tracing->n; i++) {
		const pt_trace *trace = &tracing->traces[i];
		bool is_it =
			trace->ink.series == series && (trace->kind == PT_TRACE_LINE || trace->kind == PT_TRACE_DOTS);
		if (is_it)
			divide(&anew, &re, trace, tracing->spots + trace->from);
		else
			pt_tracing_add(&anew, trace, tracing->spots + trace->from, trace->n);
	}
	anew.is_lost |= tracing->is_lost;
	anew.lifted = true;
	pt_free(tracing->traces);
	pt_free(tracing->spots);
	*tracing = anew;
}
