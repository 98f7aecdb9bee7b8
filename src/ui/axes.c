#include "phasetop/ui/axes.h"

#include <math.h>
#include <string.h>

#include "phasetop/ui/frame_trace.h"

enum {
	X_AXIS_ROWS = 2,
	LEAST_ROWS_FOR_X = 5,
	LEAST_ROWS_FOR_TITLE = 8,
	LEAST_COLS_FOR_Y = 14,
	LEAST_COLS_FOR_Y2 = 24,
	COLS_FOR_MARGIN = 30, /* from here on a column stays free at the left and at the right */
};

static pt_ticks ticks_down(const pt_scale *scale, const pt_axes *axes, int n_cells)
{
	pt_axis_room room = {
		.n_cells = n_cells, .dots_per_cell = pt_canvas_dots_down(axes->kind), .vertical = true};
	return pt_ticks_make(scale, &room);
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

pt_plot pt_axes_measure(pt_rect rect, const pt_axes *axes)
{
	pt_plot plot = {.inner = rect};
	if (pt_rect_is_empty(rect))
		return plot;
	if (axes->x && rect.h >= LEAST_ROWS_FOR_X) {
		plot.has_x = true;
		plot.inner.h -= X_AXIS_ROWS;
		int margin = rect.w >= COLS_FOR_MARGIN;
		plot.x_label_row = (pt_rect){rect.x + margin, rect.y + rect.h - 1, rect.w - 2 * margin, 1};
	}
	if ((axes->y_title || axes->y2_title) && rect.h >= LEAST_ROWS_FOR_TITLE) {
		plot.inner.y++;
		plot.inner.h--;
	}
	if (axes->y && rect.w >= LEAST_COLS_FOR_Y) {
		plot.y = ticks_down(axes->y, axes, plot.inner.h);
		int cols = larger(plot.y.label_cols, axes->y_label_cols);
		int margin = rect.w >= COLS_FOR_MARGIN;
		if (3 * cols <= rect.w && plot.y.n > 0) {
			plot.has_y = true;
			plot.y_label_cols = cols;
			plot.inner.x += margin + cols + 1;
			plot.inner.w -= margin + cols + 1;
		}
	}
	if (axes->y2 && rect.w >= LEAST_COLS_FOR_Y2) {
		plot.y2 = ticks_down(axes->y2, axes, plot.inner.h);
		int cols = larger(plot.y2.label_cols, axes->y2_label_cols);
		if (3 * cols <= rect.w && plot.y2.n > 0) {
			plot.has_y2 = true;
			plot.inner.w -= 1 + cols;
		}
	}
	if (rect.w >= COLS_FOR_MARGIN)
		plot.inner.w--;
	if (plot.has_x) {
		/* below a right axis there is room for half of the last label */
		pt_axis_room room = {.n_cells = plot.inner.w,
			.dots_per_cell = pt_canvas_dots_across(axes->kind),
			.spill = plot.has_y2 ? rect.x + rect.w - (plot.inner.x + plot.inner.w) : 0};
		plot.x = pt_ticks_make(axes->x, &room);
	}
	return plot;
}

/* Where a value lies beside the cell of its tick, in cells: for pictures, whose lines are finer than cells.
 */
static double beside_cell(
	const pt_scale *scale, double value, int cell, int n_cells, int dots_per_cell, bool up)
{
	double dot = pt_scale_fraction(scale, value) * (n_cells * dots_per_cell - 1);
	double at = (dot + 0.5) / dots_per_cell, off = (up ? n_cells - at : at) - (cell + 0.5);
	return fabs(off) <= 0.5 ? off : 0;
}

static bool has_exact_ticks(const pt_axes *axes)
{
	return axes->kind != PT_CANVAS_ASCII && !axes->of_cells;
}

/* The mark of an upright axis at column x, and its label from label_x on, which stays clear of what stands
 * above and below the axis. */
static void shift_up(pt_frame *frame, const pt_axes *axes, const pt_scale *scale, pt_rect inner,
	const pt_tick *tick, int x, int label_x)
{
	const double air = 0.15;
	if (!has_exact_ticks(axes))
		return;
	double off = beside_cell(scale, tick->value, tick->cell, inner.h, pt_canvas_dots_down(axes->kind), true);
	double label_off = tick->cell == 0 ? fmax(off, -air) : tick->cell == inner.h - 1 ? fmin(off, air) : off;
	pt_frame_shift(frame, x, inner.y + tick->cell, 1, 0, off);
	pt_frame_shift(frame, label_x, inner.y + tick->cell, (int)strlen(tick->label), 0, label_off);
}

static void draw_left(pt_frame *frame, pt_rect rect, const pt_axes *axes, const pt_plot *plot)
{
	pt_pen pen = pt_pen_of(axes->y_role ? axes->y_role : PT_ROLE_LABEL);
	int x = plot->inner.x - 1;
	for (size_t i = 0; i < plot->y.n; i++) {
		const pt_tick *tick = &plot->y.ticks[i];
		int y = plot->inner.y + tick->cell;
		pt_frame_put(frame, rect, x, y, pt_pen_of(PT_ROLE_AXIS), 0x2524);
		pt_frame_text_right(frame, rect, x, y, pen, tick->label);
		shift_up(frame, axes, axes->y, plot->inner, tick, x, x - (int)strlen(tick->label));
	}
}

static void draw_right(pt_frame *frame, pt_rect rect, const pt_axes *axes, const pt_plot *plot)
{
	pt_pen pen = pt_pen_of(axes->y2_role ? axes->y2_role : PT_ROLE_LABEL);
	int x = plot->inner.x + plot->inner.w;
	for (size_t i = 0; i < plot->y2.n; i++) {
		const pt_tick *tick = &plot->y2.ticks[i];
		int y = plot->inner.y + tick->cell;
		pt_frame_put(frame, rect, x, y, pt_pen_of(PT_ROLE_AXIS), 0x251C);
		pt_frame_text(frame, rect, x + 1, y, pen, tick->label);
		shift_up(frame, axes, axes->y2, plot->inner, tick, x, x + 1);
	}
}

static void draw_bottom(pt_frame *frame, pt_rect rect, const pt_axes *axes, const pt_plot *plot)
{
	pt_pen line = pt_pen_of(PT_ROLE_AXIS), label = pt_pen_of(PT_ROLE_LABEL);
	pt_rect inner = plot->inner;
	int y = inner.y + inner.h, end = inner.x + inner.w;
	pt_frame_hline(frame, rect, inner.x, y, inner.w, line, 0x2500);
	if (plot->has_y)
		pt_frame_put(frame, rect, inner.x - 1, y, line, 0x2514);
	if (plot->has_y2)
		pt_frame_put(frame, rect, end, y, line, 0x2518);
	pt_rect row = plot->x_label_row;
	int free_from = rect.x, free_to = row.x + row.w - axes->x_keep_free_cols;
	if (axes->x_title) {
		pt_rect room = {row.x, y + 1, larger(0, free_to - row.x), 1};
		int at = plot->has_y ? inner.x - 1 : rect.x;
		int cols = pt_frame_text_cut(frame, room, at, y + 1, free_to - at, label, axes->x_title);
		free_from = at + cols + 2;
	}
	for (size_t i = 0; i < plot->x.n; i++) {
		const pt_tick *tick = &plot->x.ticks[i];
		int width = (int)strlen(tick->label), at = inner.x + tick->label_cell;
		double off = has_exact_ticks(axes) ? beside_cell(axes->x, tick->value, tick->cell, inner.w,
												 pt_canvas_dots_across(axes->kind), false)
										   : 0;
		pt_frame_put(frame, rect, inner.x + tick->cell, y, line, 0x252C);
		pt_frame_shift(frame, inner.x + tick->cell, y, 1, off, 0);
		if (at < rect.x) /* no y axis, so no column before the plot */
			at = rect.x;
		if (axes->x_keep_free_cols == 0)
			free_to = rect.x + rect.w;
		if (at < free_from || at + width > free_to)
			continue;
		pt_frame_text(frame, rect, at, y + 1, label, tick->label);
		pt_frame_shift(frame, at, y + 1, width, off, 0);
	}
}

pt_plot pt_axes_draw(pt_frame *frame, pt_rect rect, const pt_axes *axes)
{
	pt_plot plot = pt_axes_measure(rect, axes);
	if (plot.has_y)
		draw_left(frame, rect, axes, &plot);
	if (plot.has_y2)
		draw_right(frame, rect, axes, &plot);
	if (plot.has_x)
		draw_bottom(frame, rect, axes, &plot);
	if (plot.inner.y > rect.y) {
		pt_pen left = pt_pen_of(axes->y_role ? axes->y_role : PT_ROLE_LABEL);
		pt_pen right = pt_pen_of(axes->y2_role ? axes->y2_role : PT_ROLE_LABEL);
		int at = plot.has_y ? plot.inner.x - 1 : rect.x, used = 0;
		if (axes->y_title)
			used = pt_frame_text_cut(frame, rect, at, rect.y, rect.x + rect.w - at, left, axes->y_title) + 2;
		int width = axes->y2_title ? pt_frame_text_width(axes->y2_title) : 0;
		if (width > 0 && at + used + width <= rect.x + rect.w)
			pt_frame_text_right(frame, rect, rect.x + rect.w, rect.y, right, axes->y2_title);
	}
	return plot;
}
