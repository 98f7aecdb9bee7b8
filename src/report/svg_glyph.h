/* Terminal glyphs as SVG path data, on a grid of 20 × 40 units a cell. All coordinates are whole numbers, so
 * that no locale can put a decimal comma into them. */
#ifndef PHASETOP_REPORT_SVG_GLYPH_H
#define PHASETOP_REPORT_SVG_GLYPH_H

#include <stdint.h>
#include <stdio.h>

enum { PT_SVG_CELL_W = 20, PT_SVG_CELL_H = 40 };

/** How path data of a glyph is painted. */
typedef enum pt_svg_paint {
	PT_SVG_TEXT,   /* no shape: a letter */
	PT_SVG_DOTS,   /* braille: round caps of zero-length lines */
	PT_SVG_LINES,  /* box drawing: thin strokes */
	PT_SVG_HEAVY,  /* box drawing: thick strokes */
	PT_SVG_FILL,   /* blocks and markers */
	PT_SVG_SHADE1, /* ░, ▒, ▓: a filled cell that the ground shines through */
	PT_SVG_SHADE2,
	PT_SVG_SHADE3,
	PT_SVG_OUTLINE, /* hollow markers */
	PT_N_SVG_PAINTS
} pt_svg_paint;

pt_svg_paint pt_svg_paint_of(uint32_t glyph);

/** Path data of the glyph in the cell whose top left corner is (x, y); nothing for PT_SVG_TEXT. */
void pt_svg_glyph_path(uint32_t glyph, int x, int y, FILE *out);

#endif
