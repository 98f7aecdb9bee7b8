/** Trajectories: points in a plane, coloured by their place in time. */
#ifndef PHASETOP_PLOT_SCATTER_H
#define PHASETOP_PLOT_SCATTER_H

#include "phasetop/plot/canvas.h"
#include "phasetop/plot/scale.h"
#include "phasetop/plot/tracing.h"

typedef struct pt_trajectory {
	const double *x, *y; /* n each, borrowed; a missing one breaks the path */
	const double *at;    /* n places 0…1 along the gradient; NULL: i / (n − 1) */
	size_t n;
	pt_ink ink;   /* role of a gradient; level is set from `at` */
	bool connect; /* lines between neighbours, their colour running from one to the next */
} pt_trajectory;

/** Draw it: later points lie on top. Points outside of the scales are not drawn. O(n + dots). */
void pt_trajectory_draw(
	pt_canvas *canvas, const pt_scale *x, const pt_scale *y, const pt_trajectory *trajectory);

/** Cell of a point of the plane; false when it is outside or missing. */
bool pt_plane_cell(
	const pt_canvas *canvas, const pt_scale *x, const pt_scale *y, double px, double py, int *col, int *row);

/** Widen two scales so that one unit is equally long on both (`cell_aspect`: height / width of a cell, about
 * 2). For planes where angles matter. */
void pt_plane_equal_units(pt_scale *x, pt_scale *y, int cols, int rows, double cell_aspect);

#endif
