/** Curves: series over steps as lines on a canvas, with gaps where values are missing. */
#ifndef PHASETOP_PLOT_CURVE_H
#define PHASETOP_PLOT_CURVE_H

#include "phasetop/plot/canvas.h"
#include "phasetop/plot/scale.h"

/** n points, borrowed. x comes from `xs` where given, else from `steps`. x need not rise. */
typedef struct pt_points {
	const int64_t *steps;
	const double *xs;
	const double *ys; /* NULL: nothing is drawn */
	size_t n;
} pt_points;

static inline double pt_points_x(const pt_points *points, size_t i)
{
	return points->xs ? points->xs[i] : (double)points->steps[i];
}

typedef struct pt_stroke {
	pt_ink ink;
	pt_dash dash;          /* {0, 0} is solid */
	bool thin;             /* in a tracing: what lies pale behind another curve */
	bool points_only;      /* dots without lines between */
	uint32_t marker;       /* glyph set along the line every marker_cols columns; 0: none */
	int marker_cols;       /* 0: 12 */
	int marker_phase_cols; /* shifts a series' markers against another's */
} pt_stroke;

/**
 * Draw a series. A missing value (NaN or infinite x or y, or ≤ 0 on a log axis) breaks the line; a lone point
 * between two gaps is a dot. Values outside of the scales clip at the canvas's edge.
 *
 * Where more points than dots fall on a column, the column shows first, least, greatest and last (M4, Jugel
 * et al. 2014: the same pixels as drawing all of them), so that no spike is lost and the picture does not
 * depend on anything but the data.
 * @cost O(n + dots)
 */
void pt_curve_draw(pt_canvas *canvas, const pt_scale *x, const pt_scale *y, const pt_points *points,
	const pt_stroke *stroke);

/** Fill between two series over the same x (a quantile band): background role under all data. */
void pt_curve_band(pt_canvas *canvas, const pt_scale *x, const pt_scale *y, const pt_points *low,
	const double *high, uint8_t ground, uint32_t glyph, pt_ink ink);

/** Index of the point nearest in x to `at`, NaN points included; SIZE_MAX when n is 0. x rises. O(log n). */
size_t pt_points_nearest(const pt_points *points, double at);

/** Eight-level sparkline of values in `cols` cells as UTF-8 ('▁'…'█'; ASCII: "_.-=*#"), gaps as spaces;
 * scaled to [lo, hi] (lo ≥ hi: to the finite values). Returns bytes written; always NUL-terminated. */
size_t pt_sparkline(
	const double *values, size_t n, int cols, double lo, double hi, bool ascii, char *out, size_t capacity);

#endif
