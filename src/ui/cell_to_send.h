/** What is sent for a cell where that may be less than the cell says. */
#ifndef PHASETOP_UI_CELL_TO_SEND_H
#define PHASETOP_UI_CELL_TO_SEND_H

#include "phasetop/ui/theme.h"

/** The answer to the last question, for neighbours ask the same one. All zeros: none. It knows one theme and
 * one depth. */
typedef struct pt_alike_memo {
	pt_cell a, b;
	bool alike;
} pt_alike_memo;

/** Can nobody tell them apart? A blank shows its ground alone, whatever its colour. @param memo  may be NULL */
bool pt_cells_look_alike(const pt_theme *theme, pt_colour_depth depth, const pt_cell *a, const pt_cell *b,
	pt_alike_memo *memo);

/**
 * The cell, or one that looks alike and costs less: a blank takes the colour that was sent last, for which
 * nothing has to be sent. Half of the bytes of a whole screen, and of a cursor key. Pure, O(1).
 *
 * @param pen   the cell that was sent last; NULL: none
 * @param memo  may be NULL
 */
pt_cell pt_cell_to_send(const pt_theme *theme, pt_colour_depth depth, const pt_cell *cell, const pt_cell *pen,
	pt_alike_memo *memo);

#endif
