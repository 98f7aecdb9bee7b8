/** What the panes with heat maps share: one range of colours for all plots of a pane, the row below them, the
 * step cursor on top of a map. */
#ifndef PHASETOP_UI_PANE_HEAT_H
#define PHASETOP_UI_PANE_HEAT_H

#include "pane_grid.h"
#include "phasetop/plot/heatmap.h"

/** Small plots of a pane whose colours mean the same. */
typedef struct pt_heat_pane {
	pt_plot_grid grid;
	pt_scale colours; /* of all of them: the data's range, rounded outwards, within −1…1 */
	bool has_values;  /* false: nothing to colour */
	pt_rect foot;     /* the row below the plots; empty: no room for it */
} pt_heat_pane;

/** What a plot draws; values NULL: nothing yet. */
typedef pt_heatmap (*pt_heat_map_of)(const pt_scene *scene, pt_small_plot plot);

/** Divide the pane and find the range. O(values). */
pt_heat_pane pt_heat_pane_of(const pt_scene *scene, pt_rect inner, pt_heat_map_of map_of);

/** Is anything of it not missing? O(1) where the first value is there. */
bool pt_heat_has_values(const pt_heatmap *map);

/** Draw the map with the pane's colours. `run` not NULL: its columns lie at that run's steps on the x axis of the panes;
 * NULL: the axes are as the map's places. */
void pt_heat_draw(pt_chart *chart, const pt_scene *scene, const pt_run_view *run, const pt_heat_pane *pane,
	pt_heatmap map);

/** The step cursor through a map, along x or y, at its place on that axis; NaN: none. */
void pt_heat_cursor(pt_chart *chart, bool vertical, double place);

/**
 * The row below the plots: "cos 0.80 ██████ 1.00" at the right, at the left the first of the words that fits
 * beside a bar. `kind` as of the maps.
 */
void pt_heat_foot(
	pt_frame *frame, const pt_heat_pane *pane, pt_canvas_kind kind, const char *const *words, size_t n);

#endif
