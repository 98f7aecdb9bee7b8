#include "curve_trace.h"

#include <math.h>

#include "phasetop/base/alloc.h"

/* A curve as it is traced. Of many points those of a narrow stretch of x wait until the next one begins; then
 * the first, the least, the greatest and the last of them are drawn, in their own order. */
typedef struct tracer {
	pt_tracing *out;
	pt_trace style;
	bool thins_out;
	bool down; /* `last` is a point of this piece */
	pt_spot last;
	size_t n_drawn; /* of this piece */
	double stretch;
	struct waiting {
		pt_spot spot;
		size_t order;
	} least, greatest, newest;
	size_t n_waiting;
} tracer;

static void draw_to(tracer *t, pt_spot spot)
{
	if (t->style.kind == PT_TRACE_LINE && t->down)
		pt_tracing_segment(t->out, &t->style, t->last, spot);
	else if (t->style.kind == PT_TRACE_DOTS && spot.x >= 0 && spot.x <= t->out->cols && spot.y >= 0 &&
			 spot.y <= t->out->rows)
		pt_tracing_add(t->out, &t->style, &spot, 1);
	t->down = true;
	t->last = spot;
	t->n_drawn++;
}

static void draw_waiting(tracer *t)
{
	const struct waiting *low = &t->least, *high = &t->greatest;
	const struct waiting *first = low->order < high->order ? low : high, *second = first == low ? high : low;
	if (t->n_waiting == 0)
		return;
	draw_to(t, first->spot);
	if (second->order > first->order)
		draw_to(t, second->spot);
	if (t->newest.order > second->order && t->newest.order > first->order)
		draw_to(t, t->newest.spot);
	t->n_waiting = 0;
}

static void go_to(tracer *t, pt_spot spot)
{
	double stretch = floor(spot.x * PT_TRACING_FINE);
	bool is_same = t->down && t->thins_out && !(stretch < t->stretch || stretch > t->stretch);
	if (!is_same) {
		draw_waiting(t);
		draw_to(t, spot); /* the first of its stretch */
		t->stretch = stretch;
		return;
	}
	struct waiting it = {spot, t->n_waiting};
	if (t->n_waiting == 0 || spot.y < t->least.spot.y)
		t->least = it;
	if (t->n_waiting == 0 || spot.y > t->greatest.spot.y)
		t->greatest = it;
	t->newest = it;
	t->n_waiting++;
}

/* A point between two gaps is a dot. */
static void lift(tracer *t)
{
	draw_waiting(t);
	bool is_lone = t->n_drawn == 1 && t->style.kind == PT_TRACE_LINE;
	if (is_lone) {
		t->style.kind = PT_TRACE_DOTS;
		draw_to(t, t->last);
		t->style.kind = PT_TRACE_LINE;
	}
	t->down = false;
	t->n_drawn = 0;
	pt_tracing_lift(t->out);
}

void pt_curve_trace(
	pt_canvas *canvas, const pt_scale *x, const pt_scale *y, const pt_points *points, const pt_stroke *stroke)
{
	if (!canvas->tracing || !stroke->ink.role)
		return;
	tracer t = {.out = canvas->tracing, .thins_out = points->n > PT_TRACING_POINTS};
	t.style = (pt_trace){.kind = stroke->points_only ? PT_TRACE_DOTS : PT_TRACE_LINE,
		.thin = stroke->thin || (stroke->points_only && 2 * points->n > (size_t)canvas->cols),
		.ink = stroke->ink,
		.dash = stroke->dash};
	pt_tracing_lift(t.out);
	for (size_t i = 0; i < points->n; i++) {
		pt_spot spot = pt_canvas_spot(canvas, x, y, pt_points_x(points, i), points->ys[i]);
		if (isnan(spot.x) || isnan(spot.y))
			lift(&t);
		else
			go_to(&t, spot);
	}
	lift(&t);
}

static pt_canvas_cell *cell_of_dot(pt_canvas *canvas, int x, int y)
{
	if (x < 0 || y < 0 || x >= canvas->width || y >= canvas->height)
		return NULL;
	int col = x / pt_canvas_dots_across(canvas->kind), row = y / pt_canvas_dots_down(canvas->kind);
	return &canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col];
}

void pt_curve_trace_mark(pt_canvas *canvas, const pt_stroke *stroke, pt_spot spot, int dot_x, int dot_y)
{
	pt_canvas_cell *cell = cell_of_dot(canvas, dot_x, dot_y);
	if (!canvas->tracing || !cell)
		return;
	pt_trace style = {.kind = PT_TRACE_MARKS, .ink = stroke->ink, .glyph = stroke->marker};
	pt_tracing_add(canvas->tracing, &style, &spot, 1);
	cell->traced |= PT_TRACED_OVER;
}

void pt_curve_trace_ground(pt_canvas *canvas, int column, int y0, int y1)
{
	int down = pt_canvas_dots_down(canvas->kind);
	if (!canvas->tracing)
		return;
	int from = y0 < y1 ? y0 : y1, to = y0 < y1 ? y1 : y0;
	from = from < 0 ? 0 : from / down * down;
	for (int y = from; y <= to && y < canvas->height; y += down) {
		pt_canvas_cell *cell = cell_of_dot(canvas, column, y);
		if (cell)
			cell->traced |= PT_TRACED_GROUND;
	}
}

/* The corners of one piece without gaps: along the low edge, and back along the high one. Of many points each
 * edge keeps the outermost of every narrow stretch. */
typedef struct band_piece {
	pt_spot *low, *high;
	size_t n, low_capacity, high_capacity;
	double stretch;
	bool thins_out;
} band_piece;

static bool add_pair(band_piece *piece, pt_spot low, pt_spot high)
{
	double stretch = floor(low.x * PT_TRACING_FINE);
	if (piece->thins_out && piece->n > 0 && !(stretch < piece->stretch || stretch > piece->stretch)) {
		pt_spot *bottom = &piece->low[piece->n - 1], *top = &piece->high[piece->n - 1];
		bottom->y = fmax(bottom->y, low.y); /* rows count from the top */
		top->y = fmin(top->y, high.y);
		return true;
	}
	if (!pt_array_reserve(
			(void **)&piece->low, &piece->low_capacity, 2 * (piece->n + 1), sizeof *piece->low) ||
		!pt_array_reserve((void **)&piece->high, &piece->high_capacity, piece->n + 1, sizeof *piece->high))
		return false;
	piece->low[piece->n] = low;
	piece->high[piece->n++] = high;
	piece->stretch = stretch;
	return true;
}

static void end_piece(band_piece *piece, pt_tracing *tracing, const pt_trace *style)
{
	for (size_t i = 0; i < piece->n; i++)
		piece->low[piece->n + i] = piece->high[piece->n - 1 - i];
	if (piece->n > 1)
		pt_tracing_area(tracing, style, piece->low, 2 * piece->n);
	piece->n = 0;
}

void pt_curve_trace_band(pt_canvas *canvas, const pt_scale *x, const pt_scale *y, const pt_points *low,
	const double *high, uint8_t ground)
{
	if (!canvas->tracing || !ground)
		return;
	pt_trace style = {.kind = PT_TRACE_AREA, .ink = {.role = ground}};
	band_piece piece = {.thins_out = low->n > PT_TRACING_POINTS};
	for (size_t i = 0; i < low->n; i++) {
		pt_spot bottom = pt_canvas_spot(canvas, x, y, pt_points_x(low, i), low->ys[i]);
		pt_spot top = pt_canvas_spot(canvas, x, y, pt_points_x(low, i), high[i]);
		if (isnan(bottom.x) || isnan(bottom.y) || isnan(top.y))
			end_piece(&piece, canvas->tracing, &style);
		else if (!add_pair(&piece, bottom, top))
			canvas->tracing->is_lost = true;
	}
	end_piece(&piece, canvas->tracing, &style);
	pt_free(piece.low);
	pt_free(piece.high);
}
