/** Which plot lies under a cell of the screen, and what its axes are there. */
#ifndef PHASETOP_UI_PLOT_PROBE_H
#define PHASETOP_UI_PLOT_PROBE_H

#include "phasetop/ui/pane.h"

/**
 * Draw one pane into nothing, and ask the plot over steps that has the cell (x, y); x = −1: its first plot.
 * @return false: no such plot there (or no memory)
 * @cost   that of drawing the pane
 */
bool pt_plot_at(
	const pt_snapshot *snapshot, const pt_view *view, pt_pane_id pane, int x, int y, pt_plot_probe *probe);

#endif
