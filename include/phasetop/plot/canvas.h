/**
 * The canvas: dots that become terminal cells, as braille (2×4 dots a cell), half blocks (1×2) or ASCII
 * (1×3).
 *
 * Each cell belongs to one series: a later series that draws into a cell takes it over whole (merged braille
 * would spill one series' colour over the other's dots). Below the dots lies an *under* glyph (guides,
 * cross-hair, shading), seen where a cell has no dots; above them an *over* glyph (markers).
 * The plot layer knows no roles and no colours: it hands an opaque pt_ink through (ui/frame.h fills it in).
 *
 * A canvas with a tracing (see tracing.h) also keeps what the functions of curve.h, guide.h and scatter.h
 * draw as true lines; `traced` says which parts of a cell are among them.
 *
 * Dots count from the left and from the TOP. Every drawing function clips, takes any numbers, and does
 * nothing on a NULL canvas (so that a pane may go on when memory is out).
 */
#ifndef PHASETOP_PLOT_CANVAS_H
#define PHASETOP_PLOT_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum pt_canvas_kind {
	PT_CANVAS_BRAILLE,
	PT_CANVAS_BLOCK,
	PT_CANVAS_ASCII,
	PT_N_CANVAS_KINDS
} pt_canvas_kind;

/** "braille", "block", "ascii". */
const char *pt_canvas_kind_name(pt_canvas_kind kind);
/** Dots of one cell across and down: 2×4, 1×2, 1×3. */
int pt_canvas_dots_across(pt_canvas_kind kind);
int pt_canvas_dots_down(pt_canvas_kind kind);

/** How something is painted. `role` is a pt_role of the ui layer; 0 draws nothing. */
typedef struct pt_ink {
	uint8_t role;
	uint8_t level;      /* 0…100: place in the role's gradient */
	uint8_t series;     /* who owns the cell: another (role, series) takes it over */
	uint8_t attributes; /* PT_ATTR_… of ui/frame.h */
	char ascii;         /* ASCII canvas: the character for this series' cells; 0: by dot pattern */
} pt_ink;

/** Parts of a cell that a tracing has too; dots it always has. */
enum { PT_TRACED_UNDER = 1, PT_TRACED_OVER = 2, PT_TRACED_GROUND = 4 };

typedef struct pt_canvas_cell {
	uint32_t under, over; /* code points of width 1; 0: none */
	pt_ink ink;           /* of the dots */
	pt_ink under_ink, over_ink;
	uint8_t ground; /* role of the cell's background; 0: none */
	uint8_t ground_level;
	uint8_t dots;   /* braille: the bits of U+2800; block: 1 upper, 2 lower; ASCII: 1, 2, 4 from the top */
	uint8_t traced; /* PT_TRACED_… */
} pt_canvas_cell;

typedef struct pt_canvas {
	pt_canvas_kind kind;
	int cols, rows;             /* cells */
	int width, height;          /* dots */
	pt_canvas_cell *cells;      /* rows × cols */
	struct pt_tracing *tracing; /* borrowed; NULL: lines are not kept */
} pt_canvas;

/** An empty canvas; NULL when out of memory or when cols or rows is < 1. Sizes above 4096 are cut. */
pt_canvas *pt_canvas_create(pt_canvas_kind kind, int cols, int rows);
void pt_canvas_destroy(pt_canvas *canvas);

/** What a cell shows: the over glyph, else its dots, else the under glyph, else 0; *ink is its paint. */
uint32_t pt_canvas_glyph(const pt_canvas *canvas, int col, int row, pt_ink *ink);
/** Has the cell dots or an over glyph? Out of range: false. */
bool pt_canvas_is_taken(const pt_canvas *canvas, int col, int row);

/** One dot. */
void pt_canvas_dot(pt_canvas *canvas, int x, int y, pt_ink ink);

/** A pattern along a line: `on` dots drawn, `off` left out; off = 0 is solid. */
typedef struct pt_dash {
	uint8_t on, off;
} pt_dash;

#define PT_SOLID ((pt_dash){1, 0})
#define PT_DASHED ((pt_dash){4, 3})
#define PT_DOTTED ((pt_dash){1, 2})

/** Bresenham between two dots, clipped first (Liang–Barsky), so that far ends cost nothing. `phase`
 * (nullable) carries the dash pattern from one line to the next. */
void pt_canvas_line(
	pt_canvas *canvas, int x0, int y0, int x1, int y1, pt_ink ink, pt_dash dash, unsigned *phase);

/** Glyph below the dots, or above them, of one cell. What was traced there before is no more. */
void pt_canvas_under(pt_canvas *canvas, int col, int row, uint32_t glyph, pt_ink ink);
void pt_canvas_over(pt_canvas *canvas, int col, int row, uint32_t glyph, pt_ink ink);

/** A vertical guide (cross-hair, event) under the data through dot column x; '┊' is usual. */
void pt_canvas_vline(pt_canvas *canvas, int x, uint32_t glyph, pt_ink ink);
/** A horizontal guide (threshold, zero) under the data through dot row y, from dot column x0 to x1. */
void pt_canvas_hline(pt_canvas *canvas, int y, int x0, int x1, uint32_t glyph, pt_ink ink);
/** Shade all cells that dots x0…x1 × y0…y1 touch: a glyph under the data ('░'; 0: none) and a background role
 * (0: none) with its gradient level. */
void pt_canvas_shade(pt_canvas *canvas, int x0, int y0, int x1, int y1, uint32_t glyph, pt_ink ink,
	uint8_t ground, uint8_t ground_level);

#endif
