/** Cells to the window of curses: as few and as cheap ones as show the frame. */
#ifndef PHASETOP_UI_TERMINAL_DRAW_H
#define PHASETOP_UI_TERMINAL_DRAW_H

#include <stdbool.h>

#include "cell_to_send.h"
#include "phasetop/ui/frame.h"
#include "phasetop/ui/theme.h"

enum {
	PT_MAX_PAIRS = 4096,  /* of colours in use at once: far more than a theme has */
	PT_PAIR_SLOTS = 8192, /* hash table, a power of two */
};

typedef struct pt_colour_pair {
	int fg, bg; /* as curses numbers colours */
	int number; /* 0: empty slot */
} pt_colour_pair;

/** What curses calls the colours and attributes of a cell. */
typedef struct pt_look {
	bool known;
	pt_cell of; /* without its glyph */
	int pair;
	unsigned long attributes;
	bool is_plain; /* a glyph of one colour has to stand for a half block of two */
} pt_look;

typedef struct pt_drawing {
	const pt_theme *theme;
	pt_colour_depth depth;
	bool whole;    /* nothing is known of the screen: every cell is put */
	pt_cell *sent; /* rows × columns, as put last; blanks may have another colour than the frame's */
	int columns, rows;
	pt_colour_pair pairs[PT_PAIR_SLOTS];
	int n_pairs;
	pt_look look; /* of the cell before */
	pt_alike_memo there, blank;
} pt_drawing;

/** Put what differs from what stands there. refresh() sends it. @return false: no memory, nothing was put */
bool pt_drawing_put(pt_drawing *drawing, const pt_frame *frame);

void pt_drawing_fini(pt_drawing *drawing);

#endif
