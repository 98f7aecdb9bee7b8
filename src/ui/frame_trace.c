#include "phasetop/ui/frame_trace.h"

#include <math.h>
#include <string.h>

#include "phasetop/base/alloc.h"

static pt_cell_trace *trace_at(const pt_frame *frame, int x, int y)
{
	return &frame->traces->cells[(size_t)y * (size_t)frame->cols + (size_t)x];
}

void pt_frame_trace_clear(pt_frame *frame)
{
	pt_frame_traces *traces = frame->traces;
	if (!traces)
		return;
	for (size_t i = 0; i < traces->n; i++)
		pt_tracing_destroy(traces->plots[i].tracing);
	traces->n = 0;
	memset(traces->cells, 0, (size_t)frame->cols * (size_t)frame->rows * sizeof *traces->cells);
}

void pt_frame_trace_end(pt_frame *frame)
{
	if (!frame->traces)
		return;
	pt_frame_trace_clear(frame);
	pt_free(frame->traces->plots);
	pt_free(frame->traces->cells);
	pt_free(frame->traces);
	frame->traces = NULL;
}

pt_status pt_frame_trace(pt_frame *frame, pt_error *err)
{
	if (!frame->traces) {
		pt_frame_traces *traces = pt_array_alloc(1, sizeof *traces);
		pt_cell_trace *cells = pt_array_alloc((size_t)frame->cols * (size_t)frame->rows, sizeof *cells);
		if (!traces || !cells) {
			pt_free(traces);
			pt_free(cells);
			return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the lines of a picture");
		}
		traces->cells = cells;
		frame->traces = traces;
	}
	pt_frame_clear(frame);
	return PT_OK;
}

pt_tracing *pt_frame_tracing(pt_frame *frame, pt_rect rect)
{
	pt_frame_traces *traces = frame->traces;
	if (!traces || pt_rect_is_empty(rect) || traces->n + 1 >= UINT16_MAX ||
		!pt_array_reserve((void **)&traces->plots, &traces->capacity, traces->n + 1, sizeof *traces->plots))
		return NULL;
	pt_tracing *tracing = pt_tracing_create(rect.w, rect.h);
	if (tracing)
		traces->plots[traces->n++] = (pt_traced_plot){.rect = rect, .tracing = tracing};
	return tracing;
}

void pt_frame_trace_cover(pt_frame *frame, int x, int y)
{
	*trace_at(frame, x, y) = (pt_cell_trace){0};
}

/* Is what pt_canvas_glyph shows of a cell among the strokes? */
static bool is_traced(const pt_canvas_cell *cell)
{
	return cell->over ? cell->traced & PT_TRACED_OVER : cell->dots ? true : cell->traced & PT_TRACED_UNDER;
}

void pt_frame_trace_blit(pt_frame *frame, pt_rect visible, pt_rect rect, const pt_canvas *canvas)
{
	size_t plot = 0;
	while (plot < frame->traces->n && frame->traces->plots[plot].tracing != canvas->tracing)
		plot++;
	if (plot == frame->traces->n || canvas->tracing->is_lost)
		return;
	frame->traces->plots[plot].shown = true;
	for (int y = visible.y; y < visible.y + visible.h && y - rect.y < canvas->rows; y++)
		for (int x = visible.x; x < visible.x + visible.w && x - rect.x < canvas->cols; x++) {
			size_t at = (size_t)(y - rect.y) * (size_t)canvas->cols + (size_t)(x - rect.x);
			const pt_canvas_cell *cell = &canvas->cells[at];
			*trace_at(frame, x, y) = (pt_cell_trace){.plot = (uint16_t)(plot + 1),
				.glyph = is_traced(cell),
				.ground = cell->ground && (cell->traced & PT_TRACED_GROUND)};
		}
}

void pt_frame_mark(pt_frame *frame, pt_rect clip, int x, int y, pt_pen pen, uint32_t glyph, pt_spot at)
{
	pt_cell_trace before = pt_frame_traced(frame, x, y);
	pt_frame_put(frame, clip, x, y, pen, glyph);
	if (before.plot == 0 || !pt_rect_contains(clip, x, y))
		return;
	pt_traced_plot *plot = &frame->traces->plots[before.plot - 1];
	pt_trace style = {.kind = PT_TRACE_MARKS,
		.ink = {.role = pen.role, .level = pen.level, .attributes = pen.attributes},
		.glyph = glyph};
	pt_spot own = {at.x - plot->rect.x, at.y - plot->rect.y};
	size_t n = plot->tracing->n_spots;
	pt_tracing_add(plot->tracing, &style, &own, 1);
	if (plot->tracing->n_spots > n) { /* else the cell stays as it is on a screen */
		before.glyph = true;
		*trace_at(frame, x, y) = before;
	}
}

void pt_frame_shift(pt_frame *frame, int x, int y, int n, double dx, double dy)
{
	for (int i = 0; frame->traces && i < n; i++)
		if (pt_rect_contains(pt_frame_rect(frame), x + i, y) && fabs(dx) < 1 && fabs(dy) < 1) {
			trace_at(frame, x + i, y)->dx = (int8_t)lround(100 * dx);
			trace_at(frame, x + i, y)->dy = (int8_t)lround(100 * dy);
		}
}

pt_cell_trace pt_frame_traced(const pt_frame *frame, int x, int y)
{
	bool is_there = frame->traces && pt_rect_contains(pt_frame_rect(frame), x, y);
	return is_there ? *trace_at(frame, x, y) : (pt_cell_trace){0};
}
