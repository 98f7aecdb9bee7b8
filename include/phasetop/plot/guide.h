/** Guides: straight lines at a value of an axis, and shades between two, under the data. */
#ifndef PHASETOP_PLOT_GUIDE_H
#define PHASETOP_PLOT_GUIDE_H

#include "phasetop/plot/canvas.h"
#include "phasetop/plot/scale.h"

/** A line across the plot at a value of y, or up it at a value of x; glyphs as in pt_canvas_hline and _vline.
 * Nothing where the value has no place on the axis, or one beyond its ends. */
void pt_guide_across(pt_canvas *canvas, const pt_scale *y, double value, uint32_t glyph, pt_ink ink);
void pt_guide_up(pt_canvas *canvas, const pt_scale *x, double value, uint32_t glyph, pt_ink ink);
/** All of the plot between two values of x, filled with a glyph ('░'). Nothing where one has no place. */
void pt_guide_shade(pt_canvas *canvas, const pt_scale *x, double from, double to, uint32_t glyph, pt_ink ink);

#endif
