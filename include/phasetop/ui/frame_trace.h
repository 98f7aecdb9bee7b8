/**
 * True lines beside a frame's cells, for pictures: the strokes of its plots, which cells they show in, and
 * where a glyph really belongs that a cell can only round to.
 *
 * Off until pt_frame_trace: the screen pays a comparison a cell. Whatever is written over a plot's cells (a
 * legend, a form, the help) covers its strokes there.
 */
#ifndef PHASETOP_UI_FRAME_TRACE_H
#define PHASETOP_UI_FRAME_TRACE_H

#include "phasetop/plot/tracing.h"
#include "phasetop/ui/frame.h"

/** The strokes of one plot: places are told from (rect.x, rect.y). */
typedef struct pt_traced_plot {
	pt_rect rect;
	pt_tracing *tracing; /* owned */
	bool shown;          /* false: not blitted, or incomplete; the cells show it as on a screen */
} pt_traced_plot;

/** What a cell has beside its glyph. */
typedef struct pt_cell_trace {
	uint16_t plot; /* 1 + the plot whose strokes are seen here; 0: none, or covered */
	bool glyph;    /* the glyph is among the strokes */
	bool ground;   /* the ground is */
	int8_t dx, dy; /* the glyph belongs this many hundredths of a cell to the right, and below */
} pt_cell_trace;

typedef struct pt_frame_traces {
	pt_cell_trace *cells; /* rows × cols */
	pt_traced_plot *plots;
	size_t n, capacity;
} pt_frame_traces;

/** Keep what is drawn from now on; the frame is cleared. @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_frame_trace(pt_frame *frame, pt_error *err);

/** A plot's tracing, for a canvas that will be blitted to `rect`; lives as long as the frame's content. NULL:
 * nothing is kept, or no memory (the plot is then drawn by cells). */
pt_tracing *pt_frame_tracing(pt_frame *frame, pt_rect rect);

/** As pt_frame_put of a marker (those of pt_marker_series) at a place of a plot: `at`, in cells of the frame.
 * It covers nothing, and a picture has it at its true place. */
void pt_frame_mark(pt_frame *frame, pt_rect clip, int x, int y, pt_pen pen, uint32_t glyph, pt_spot at);

/** What stands in the n cells from (x, y) on belongs dx, dy of a cell (less than 1) beside them. */
void pt_frame_shift(pt_frame *frame, int x, int y, int n, double dx, double dy);

/** What is kept of a cell; all 0 where nothing is. */
pt_cell_trace pt_frame_traced(const pt_frame *frame, int x, int y);

/* For frame.c: a glyph was written; a canvas was copied to the part `visible` of `rect`; all cells are blank;
 * the frame ends, or changes its size: no more is kept. */
void pt_frame_trace_cover(pt_frame *frame, int x, int y);
void pt_frame_trace_blit(pt_frame *frame, pt_rect visible, pt_rect rect, const pt_canvas *canvas);
void pt_frame_trace_clear(pt_frame *frame);
void pt_frame_trace_end(pt_frame *frame);

#endif
