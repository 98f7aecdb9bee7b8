/**
 * Axes in a frame, as in
 *
 *      0.10┤                                 ├20
 *          │        (the inner rectangle)
 *      0.00┤                                 ├0
 *          └┬───────────┬───────────┬────────┬
 *          0          200         400     600
 *
 * thin, quiet, and integers on step axes. Draws marks and labels only; the caller makes a canvas of the inner
 * rectangle's size, draws, and blits it there.
 */
#ifndef PHASETOP_UI_AXES_H
#define PHASETOP_UI_AXES_H

#include "phasetop/plot/canvas.h"
#include "phasetop/plot/place.h"
#include "phasetop/plot/scale.h"
#include "phasetop/plot/tracing.h"
#include "phasetop/ui/frame.h"

typedef struct pt_axes {
	const pt_scale *x;  /* NULL: no x axis (two rows more of room) */
	const pt_scale *y;  /* NULL: no y axis */
	const pt_scale *y2; /* right; NULL: none */
	pt_canvas_kind kind;
	pt_role y_role, y2_role; /* of the tick labels; 0: label. The hue of the series that it measures. */
	/* NULL: none; all quiet. x: at the left of the label row, in place of the labels there. y, y2: in a row
	 * of their own above the plot, left and right (left out where rows are scarce). */
	const char *x_title, *y_title, *y2_title;
	int x_keep_free_cols; /* columns at the right end of the label row without labels (a colour bar) */
	int y_label_cols, y2_label_cols; /* least room for labels, so that stacked panes share one left edge; 0 */
	bool of_cells; /* of a heat map: ticks lie in the middle of a cell in pictures too, as the values do */
} pt_axes;

typedef struct pt_plot {
	pt_rect inner;             /* for the canvas; may be empty */
	pt_ticks x, y, y2;         /* what was labelled; for guides */
	int y_label_cols;          /* room that the labels took */
	pt_rect x_label_row;       /* the row of the x labels, over the whole width of `rect`; empty: none */
	bool has_x, has_y, has_y2; /* false: left out for want of room */
} pt_plot;

/** Where the parts would lie, without drawing: to find a common y_label_cols of several panes. */
pt_plot pt_axes_measure(pt_rect rect, const pt_axes *axes);

/** Draw axes into `rect`. Under 5 rows the x axis is left out, under 24 columns the right axis, under 14 the
 * y axis, as is one whose labels would take more than a third: down to 1 × 1 what is left is the plot. */
pt_plot pt_axes_draw(pt_frame *frame, pt_rect rect, const pt_axes *axes);

/** One entry of a legend: marker and name in the series' role. */
typedef struct pt_legend_entry {
	uint32_t marker; /* 0: '━' */
	pt_pen pen;
	const char *name;
} pt_legend_entry;

/** Columns that n entries take in n_rows rows (0: one), in aligned columns. */
int pt_legend_cols(const pt_legend_entry *entries, size_t n, int n_rows);

/** "━ k 5   ━ k 10   ━ k 15" in n_rows rows of aligned columns, in a free place near `corner`, on blank
 * cells. n_rows 0: as few as fit, at most half of the height. Entries that do not fit are left out from the
 * end. */
void pt_legend_draw(pt_frame *frame, pt_rect inner, pt_places *places, pt_corner corner,
	const pt_legend_entry *entries, size_t n, int n_rows);

/** Text (a read-out) in a free place near `corner`, on blank cells. Returns false where it does not fit. */
bool pt_note_draw(
	pt_frame *frame, pt_rect inner, pt_places *places, pt_corner corner, pt_pen pen, const char *text);

/** A point with a glyph and a label beside it (step labels of a trajectory, events). In order of weight: what
 * comes first gets its place first. The glyph is drawn in any case, the label where there is room. */
typedef struct pt_point_label {
	int col, row; /* cells of the inner rectangle */
	pt_spot at;   /* the place itself, in cells of it: for pictures */
	uint32_t glyph;
	pt_pen glyph_pen, text_pen;
	const char *text; /* NULL: none */
} pt_point_label;

void pt_point_labels_draw(
	pt_frame *frame, pt_rect inner, pt_places *places, const pt_point_label *labels, size_t n);

/** "step 1 ██████ 792": the colour bar of a gradient role in one row of `rect` (its top one), right-aligned;
 * `cols` for the bar itself. Returns columns used, 0 when there is no room. */
int pt_colour_bar_draw(
	pt_frame *frame, pt_rect rect, pt_role role, const char *low, const char *high, int cols);

#endif
