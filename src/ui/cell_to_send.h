/** What is sent for a cell where that may be less than the cell says. */
#ifndef PHASETOP_UI_CELL_TO_SEND_H
#define PHASETOP_UI_CELL_TO_SEND_H

#include "phasetop/ui/theme.h"

/**
 * The cell, or one that looks alike: a blank shows no colour of its own, so one that comes where the step
 * cursor stood keeps the cursor's. The cursor stands beside it now as often as not, and no colour has to be
 * sent for the blank: half of the bytes of a cursor key.
 * @param shown  what stands on the screen there; NULL: nothing is known of it
 */
pt_cell pt_cell_to_send(
	const pt_theme *theme, pt_colour_depth depth, const pt_cell *cell, const pt_cell *shown);

#endif
