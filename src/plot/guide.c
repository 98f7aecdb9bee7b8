#include "phasetop/plot/guide.h"

#include <limits.h>
#include <math.h>

#include "phasetop/plot/tracing.h"

/* The same line a second time has the look of the second one, as cells have. */
static bool replace(pt_tracing *tracing, const pt_trace *style, pt_spot from, pt_spot to)
{
	const double same = 1e-6;
	for (size_t i = 0; i < tracing->n; i++) {
		pt_trace *trace = &tracing->traces[i];
		const pt_spot *spots = tracing->spots + trace->from;
		if (trace->kind != PT_TRACE_GUIDE || trace->n != 2 || fabs(spots[0].x - from.x) > same ||
			fabs(spots[0].y - from.y) > same || fabs(spots[1].x - to.x) > same ||
			fabs(spots[1].y - to.y) > same)
			continue;
		trace->ink = style->ink;
		trace->glyph = style->glyph;
		return true;
	}
	return false;
}

static void trace(pt_canvas *canvas, pt_spot from, pt_spot to, uint32_t glyph, pt_ink ink)
{
	pt_trace style = {.kind = PT_TRACE_GUIDE, .thin = true, .ink = ink, .glyph = glyph};
	if (replace(canvas->tracing, &style, from, to))
		return;
	pt_tracing_lift(canvas->tracing);
	pt_tracing_segment(canvas->tracing, &style, from, to);
}

void pt_guide_across(pt_canvas *canvas, const pt_scale *y, double value, uint32_t glyph, pt_ink ink)
{
	int dot = canvas ? pt_scale_dot(y, value, canvas->height) : INT_MIN;
	if (dot < 0 || dot >= canvas->height)
		return;
	dot = canvas->height - 1 - dot;
	pt_canvas_hline(canvas, dot, 0, canvas->width - 1, glyph, ink);
	if (!canvas->tracing)
		return;
	double at = pt_canvas_spot(canvas, y, y, value, value).y;
	trace(canvas, (pt_spot){0, at}, (pt_spot){canvas->cols, at}, glyph, ink);
	int row = dot / pt_canvas_dots_down(canvas->kind);
	for (int col = 0; col < canvas->cols; col++)
		canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col].traced |= PT_TRACED_UNDER;
}

void pt_guide_up(pt_canvas *canvas, const pt_scale *x, double value, uint32_t glyph, pt_ink ink)
{
	int dot = canvas ? pt_scale_dot(x, value, canvas->width) : INT_MIN;
	if (dot < 0 || dot >= canvas->width)
		return;
	pt_canvas_vline(canvas, dot, glyph, ink);
	if (!canvas->tracing)
		return;
	double at = pt_canvas_spot(canvas, x, x, value, value).x;
	trace(canvas, (pt_spot){at, 0}, (pt_spot){at, canvas->rows}, glyph, ink);
	int col = dot / pt_canvas_dots_across(canvas->kind);
	for (int row = 0; row < canvas->rows; row++)
		canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col].traced |= PT_TRACED_UNDER;
}

void pt_guide_shade(pt_canvas *canvas, const pt_scale *x, double from, double to, uint32_t glyph, pt_ink ink)
{
	int left = canvas ? pt_scale_dot(x, from, canvas->width) : INT_MIN;
	int right = canvas ? pt_scale_dot(x, to, canvas->width) : INT_MIN;
	if (left == INT_MIN || right == INT_MIN)
		return;
	pt_canvas_shade(canvas, left, 0, right, canvas->height - 1, glyph, ink, 0, 0);
	if (!canvas->tracing)
		return;
	double a = pt_canvas_spot(canvas, x, x, from, from).x, b = pt_canvas_spot(canvas, x, x, to, to).x;
	pt_spot corners[] = {{a, 0}, {b, 0}, {b, canvas->rows}, {a, canvas->rows}};
	pt_trace style = {.kind = PT_TRACE_AREA, .ink = ink, .glyph = glyph};
	pt_tracing_area(canvas->tracing, &style, corners, 4);
	for (size_t i = 0; i < (size_t)canvas->rows * (size_t)canvas->cols; i++)
		if (canvas->cells[i].under == glyph)
			canvas->cells[i].traced |= PT_TRACED_UNDER;
}
