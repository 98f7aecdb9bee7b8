/**
 * The painter: from frames to the bytes that turn the screen from one into the next.
 *
 * It sends what differs, and sends it colour by colour: a colour costs 5 to 19 bytes, a move of the cursor 5
 * to 8, and a plot's row has six or eight colours. That, and that fg and bg change each for itself, is why it
 * is not curses that draws: its refresh goes line by line and sends both colours at each change, which makes
 * a screen of 80×24 a third larger and one of 500×150 cost twice the CPU (`make bench` has the figures).
 * Curses keeps the rest: the entry, the modes, the keys.
 *
 * Pure: no terminal is touched; the caller sends the bytes.
 */
#ifndef PHASETOP_UI_PAINTER_H
#define PHASETOP_UI_PAINTER_H

#include "brush.h"
#include "phasetop/ui/frame.h"
#include "phasetop/ui/theme.h"

/** Cells of one row that look alike, to be sent in one go. */
typedef struct pt_span {
	pt_look look;
	int y, x, n;
} pt_span;

/** Two cells' answer to how they look; zeroed: none. */
typedef struct pt_look_memo {
	pt_cell cell; /* without its glyph */
	pt_look look;
	bool known, is_plain;
} pt_look_memo;

typedef struct pt_painter {
	const pt_theme *theme;
	pt_colour_depth depth;
	pt_charset charset; /* of the frame */
	pt_brush brush; /* brush.bytes: what is to be sent */
	enum { PT_SCREEN_UNKNOWN, PT_SCREEN_OTHER_COLOURS, PT_SCREEN_KNOWN } screen;
	pt_cell *shown; /* rows × cols: the frame before */
	int cols, rows;
	pt_span *spans;
	size_t n_spans, capacity;
	pt_look_memo now, before; /* of the last cells looked at, in this frame and in the last */
} pt_painter;

/** Theme (borrowed), depth and brush.words are the caller's to set. */
void pt_painter_init(pt_painter *painter);
void pt_painter_fini(pt_painter *painter);

/** Another theme: all cells are sent again, over those that stand there. */
void pt_painter_set_theme(pt_painter *painter, const pt_theme *theme);
/** Somebody else wrote on the screen: it is cleared before the next frame. */
void pt_painter_forget(pt_painter *painter);

/**
 * The bytes that show this frame, in brush.bytes (n_bytes may be 0). Cost: O(cells), and O(s log s) for s
 * spans that differ.
 * @return false: no memory. There are no bytes then, and the next frame is sent whole
 */
bool pt_painter_paint(pt_painter *painter, const pt_frame *frame);

/** The bytes that leave no attribute and no colour behind. @return as above */
bool pt_painter_rest(pt_painter *painter);

#endif
