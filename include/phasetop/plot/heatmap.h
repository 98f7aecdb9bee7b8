/** Heat maps: a matrix of values as coloured cells, two rows a cell where the charset has half blocks. */
#ifndef PHASETOP_PLOT_HEATMAP_H
#define PHASETOP_PLOT_HEATMAP_H

#include "phasetop/plot/canvas.h"

/**
 * Fill the whole canvas with rows × cols values (row 0 at the top): each canvas cell shows the mean of the
 * values under it (missing ones left out; none: empty). Braille and block canvases use '▀' with one value as
 * ink and one as background, ASCII canvases the ramp " .:-=+*#%@".
 * @param lo,hi values at level 0 and 100; clamped
 * @param role  a gradient role
 */
void pt_heatmap_draw(pt_canvas *canvas, const double *values, size_t n_rows, size_t n_cols, double lo,
	double hi, uint8_t role);

#endif
