/* The true lines of a frame's plots as SVG paths, in units of 20 × 40 a cell. Coordinates are written in
 * hundredths of a unit without the locale's help, so that no decimal comma gets into them. */
#ifndef PHASETOP_REPORT_SVG_STROKE_H
#define PHASETOP_REPORT_SVG_STROKE_H

#include <stdio.h>

#include "phasetop/ui/frame_trace.h"
#include "phasetop/ui/theme.h"

/** Rules for the document's style sheet. */
extern const char pt_svg_stroke_style[];

/** What lies under the cells' own shapes: areas. `foreground` stands for the terminal's own colour. */
void pt_svg_areas(const pt_frame *frame, const pt_theme *theme, pt_rgb foreground, FILE *out);
/** Guides, lines, dots and marks, in the order in which they were drawn. */
void pt_svg_strokes(const pt_frame *frame, const pt_theme *theme, pt_rgb foreground, FILE *out);

#endif
