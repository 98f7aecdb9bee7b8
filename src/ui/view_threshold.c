/* Moving the turn line of the cosine with the mouse. */
#include <math.h>

#include "plot_probe.h"
#include "view_private.h"

static double drawn_line(const pt_view *view)
{
	return (view->negate_cosine ? -1 : 1) * pt_settings_turn_below(&view->settings);
}

bool pt_view_hold_line(pt_view *view, const pt_mouse *mouse, pt_pane_id pane, const pt_snapshot *snapshot,
	const pt_plot_probe *probe)
{
	const double reach = 0.75; /* rows */
	bool is_drawn = pane == PT_PANE_COSINE && !view->thresholds_off &&
					!(view->differences && snapshot->n_runs > 1);
	if (!is_drawn || !probe->has_y)
		return false;
	double from_top = (1 - pt_scale_fraction(&probe->y_scale, drawn_line(view))) * probe->inner.h;
	if (!(fabs(from_top - (mouse->y - probe->inner.y + 0.5)) <= reach))
		return false;
	view->line = (pt_held_line){
		.held = true, .top = probe->inner.y, .rows = probe->inner.h, .row = mouse->y, .y = probe->y_scale};
	return true;
}

/* As many digits as a row of the plot can tell. */
static double rounded(double value, double row)
{
	double unit = pow(10, floor(log10(fabs(row))));
	double whole = round(value / unit);
	return unit < 1 ? whole / round(1 / unit) : whole * unit;
}

unsigned pt_view_drag_line(pt_view *view, const pt_mouse *mouse)
{
	pt_held_line *line = &view->line;
	int row = mouse->y < line->top                ? line->top
			  : mouse->y >= line->top + line->rows ? line->top + line->rows - 1
												   : mouse->y;
	if (row == line->row)
		return 0;
	line->row = row;
	double above = 1 - (row - line->top) / (double)line->rows, below = above - 1.0 / line->rows;
	double value = pt_scale_value(&line->y, (above + below) / 2);
	double height = pt_scale_value(&line->y, above) - pt_scale_value(&line->y, below);
	value = rounded((view->negate_cosine ? -1 : 1) * value, height);
	view->settings.turn_below = fmin(1, fmax(-1, value));
	pt_view_say(view, false, "turn line %.6g: cosines below it are dips; t types it in", view->settings.turn_below);
	return PT_VIEW_REDRAW | PT_VIEW_SETTINGS;
}
