/**
 * Heat maps: values on a grid of places (steps, k) as coloured cells, two rows a cell where the charset has
 * half blocks.
 *
 * A value belongs to its place and stands for the room round it: half of the way to the next place at each
 * side, but no farther than the place beyond, or one usual distance, is away. So uneven places leave no
 * seams, and where places are missing there is a hole.
 */
#ifndef PHASETOP_PLOT_HEATMAP_H
#define PHASETOP_PLOT_HEATMAP_H

#include "phasetop/plot/canvas.h"
#include "phasetop/plot/scale.h"

/** What is drawn; borrowed. */
typedef struct pt_heatmap {
	const int64_t *xs, *ys; /* places, rising */
	size_t n_x, n_y;
	const double *values; /* n_y × n_x, row-major: row j is that of ys[j]; NaN: missing */
	int64_t spacing;      /* usual distance between places; 0: none is usual */
	double lo, hi;        /* values at level 0 and 100; others are clamped; lo ≥ hi draws nothing */
	uint8_t role;         /* a gradient role */
	uint8_t empty;        /* role of the ground of a half cell that has no value */
} pt_heatmap;

/** Limits for an axis that a map of these places fills to the edge; 0…1 without a place. O(1). */
pt_scale pt_heatmap_scale(const int64_t *places, size_t n);

/** The ASCII ramp that stands for a level of 0…100: one of ".:-=+*#%@". */
char pt_heatmap_ramp(int level);

/**
 * Draw a map. Each half cell shows the mean of the values whose place lies in it; where none does, the value
 * that stands for the room there; else, and where all of these are missing, nothing. Braille and block
 * canvases use '▀' with one value as ink and one as ground, ASCII canvases the ramp. A NULL
 * canvas or no memory draws nothing. The canvas's tracing is cleared and taken away: a map is made of cells.
 * @param x, y  linear, not inverted
 * @cost  O(values + cells)
 */
void pt_heatmap_draw(pt_canvas *canvas, const pt_scale *x, const pt_scale *y, const pt_heatmap *map);

/**
 * A line (the step cursor) through a map that was drawn: through dot column `dot`, or dot row from the top.
 * On the map the cell's colour becomes the ground of the glyph; beside it the glyph lies under what is drawn.
 * @param on_map  paint of the glyph where it has the map as its ground
 */
void pt_heatmap_line(pt_canvas *canvas, bool vertical, int dot, uint32_t glyph, pt_ink ink, pt_ink on_map);

#endif
