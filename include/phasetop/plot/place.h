/**
 * Places for labels: an occupancy map of the cells of a plot, and greedy searches for a free spot, so that a
 * series never hides a legend or a read-out, nor the other way round.
 *
 * Cells count from the left and the top of the plot's inner rectangle, as the canvas does. Deterministic.
 */
#ifndef PHASETOP_PLOT_PLACE_H
#define PHASETOP_PLOT_PLACE_H

#include <stdbool.h>

#include "phasetop/plot/canvas.h"

typedef struct pt_places pt_places;

/** A map of cols × rows cells, all free, or (with a canvas) taken where it has dots, over glyphs or guides.
 * NULL when out of memory; the functions below then find nothing (or, for corners, the plain corner). */
pt_places *pt_places_create(int cols, int rows);
pt_places *pt_places_of_canvas(const pt_canvas *canvas);
void pt_places_destroy(pt_places *places);

/** Take cells (clipped). */
void pt_places_take(pt_places *places, int col, int row, int cols, int rows);
/** Number of taken cells in a rectangle; those outside of the map count as taken. */
int pt_places_n_taken(const pt_places *places, int col, int row, int cols, int rows);

/**
 * A free run of `width` cells beside the point (col, row): right of it with one free cell between, left,
 * either a cell further off, then above and below (right, centred, left), then the same two rows off; for
 * want of all these beside the point with a taken cell between. Takes it, with a cell of air at each side, so
 * that two labels are two cells apart.
 * @return false where nothing is free within that reach: leave the label out
 */
bool pt_places_beside(pt_places *places, int col, int row, int width, int *label_col, int *label_row);

typedef enum pt_corner {
	PT_CORNER_TOP_LEFT,
	PT_CORNER_TOP_RIGHT,
	PT_CORNER_BOTTOM_LEFT,
	PT_CORNER_BOTTOM_RIGHT,
	PT_N_CORNERS
} pt_corner;

/**
 * Room for a box of cols × rows (legend, read-out): the preferred corner if free, else the free place nearest
 * to it along the top and bottom edges and then anywhere, else the one that covers fewest taken cells. Takes
 * it.
 * With a column of air at each side, so that neighbours stand two columns apart.
 * @return false when the box is larger than the map
 */
bool pt_places_box(pt_places *places, pt_corner preferred, int cols, int rows, int *col, int *row);

#endif
