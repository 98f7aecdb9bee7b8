/**
 * Tracing: what a canvas draws as dots, kept beside it as true lines, for pictures that are not made of
 * cells.
 *
 * A canvas with a tracing writes into it what it draws; one without pays a comparison a curve. Coordinates
 * are *cells* from the left and the TOP of the canvas, with fractions: dot d of n, of `per` dots a cell, lies
 * at (d + ½) / per, and a value at the place that pt_scale_dot rounds. So a picture of the cells and one of
 * the lines lie over each other to half a dot.
 */
#ifndef PHASETOP_PLOT_TRACING_H
#define PHASETOP_PLOT_TRACING_H

#include "phasetop/plot/canvas.h"
#include "phasetop/plot/scale.h"

/** A place in cells. */
typedef struct pt_spot {
	double x, y;
} pt_spot;

typedef enum pt_trace_kind {
	PT_TRACE_AREA, /* a polygon, filled with the ground of the ink's role; with a shade ('░'): with its hue */
	PT_TRACE_GUIDE, /* a thin line under the data, dashed as `glyph` is ('┊', '┄', …) */
	PT_TRACE_LINE,  /* one piece of a curve */
	PT_TRACE_DOTS,  /* a dot at each place */
	PT_TRACE_MARKS, /* `glyph` at each place */
} pt_trace_kind;

/** One stroke: how it is painted, and its places spots[from … from + n). */
typedef struct pt_trace {
	uint8_t kind; /* pt_trace_kind */
	bool thin;    /* of a line: lies pale behind another one; of dots: they stand close, on a line */
	pt_ink ink;
	pt_dash dash; /* of lines, in dots; off = 0: solid */
	uint32_t glyph;
	size_t from, n;
} pt_trace;

typedef struct pt_tracing {
	int cols, rows;   /* of the canvas: lines and areas end at its edge */
	pt_trace *traces; /* in the order in which they were drawn: later ones lie on top */
	pt_spot *spots;
	size_t n, n_spots, capacity, spot_capacity;
	bool lifted;  /* the next segment begins a new stroke */
	bool is_lost; /* memory ran out: not everything is there */
} pt_tracing;

/** Curves of more points than this keep, of each 1/PT_TRACING_FINE of a column, the first, least, greatest
 * and last (M4, see curve.h): at most 4 · PT_TRACING_FINE points a column where x rises, and no spike is
 * lost. */
enum { PT_TRACING_POINTS = 16384, PT_TRACING_FINE = 32 };

/** An empty one; NULL when out of memory. */
pt_tracing *pt_tracing_create(int cols, int rows);
void pt_tracing_destroy(pt_tracing *tracing);
/** Forgets everything (of a canvas that turns out to be a heat map, which is made of cells). */
void pt_tracing_clear(pt_tracing *tracing);

/* All below do nothing on NULL, and set is_lost when out of memory. */

/** A stroke in that style (its `from` and `n` are not read) with these places. Only finite ones count. */
void pt_tracing_add(pt_tracing *tracing, const pt_trace *style, const pt_spot *spots, size_t n);
/** A line from a to b, cut at the canvas's edge. It goes on with the last stroke where that ends at a in the
 * same style, unless it was lifted. */
void pt_tracing_segment(pt_tracing *tracing, const pt_trace *style, pt_spot a, pt_spot b);
/** The next segment begins a new stroke (and with it the dashes). */
void pt_tracing_lift(pt_tracing *tracing);
/** A polygon, cut at the canvas's edge. */
void pt_tracing_area(pt_tracing *tracing, const pt_trace *style, const pt_spot *corners, size_t n);

/** Place of a pair of values on a canvas; NaN where one has none (NaN, infinity, ≤ 0 on a log axis). Far
 * beyond the canvas it is cut to 20,000 of its sizes. */
pt_spot pt_canvas_spot(const pt_canvas *canvas, const pt_scale *x, const pt_scale *y, double px, double py);

/** What the lines and dots of `series` have beyond a value of y gets another role. O(places). */
void pt_tracing_colour_beyond(
	const pt_canvas *canvas, const pt_scale *y, double value, bool below, uint8_t series, uint8_t role);

#endif
