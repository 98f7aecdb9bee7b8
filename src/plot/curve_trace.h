/* Curves and bands as true lines, for a canvas that has a tracing; without one these do nothing. */
#ifndef PHASETOP_PLOT_CURVE_TRACE_H
#define PHASETOP_PLOT_CURVE_TRACE_H

#include "phasetop/plot/curve.h"
#include "phasetop/plot/tracing.h"

/** The line (or the dots) of a curve. O(n). */
void pt_curve_trace(pt_canvas *canvas, const pt_scale *x, const pt_scale *y, const pt_points *points,
	const pt_stroke *stroke);
/** A marker that was set over the cell of a dot. */
void pt_curve_trace_mark(pt_canvas *canvas, const pt_stroke *stroke, pt_spot spot, int dot_x, int dot_y);
/** The area of a band. O(n). */
void pt_curve_trace_band(pt_canvas *canvas, const pt_scale *x, const pt_scale *y, const pt_points *low,
	const double *high, uint8_t ground);
/** Cells of a dot column whose ground is that of a traced band. */
void pt_curve_trace_ground(pt_canvas *canvas, int column, int y0, int y1);

#endif
