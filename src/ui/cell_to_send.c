#include "cell_to_send.h"

#include <string.h>

bool pt_cells_look_alike(const pt_theme *theme, pt_colour_depth depth, const pt_cell *a, const pt_cell *b)
{
	const uint8_t seen = PT_ATTR_REVERSE | PT_ATTR_UNDERLINE;
	if (a->glyph != ' ' || b->glyph != ' ')
		return memcmp(a, b, sizeof *a) == 0;
	pt_style one = pt_theme_style(theme, a, depth), other = pt_theme_style(theme, b, depth);
	return !((one.attributes | other.attributes) & seen) && memcmp(&one.bg, &other.bg, sizeof one.bg) == 0;
}

pt_cell pt_cell_to_send(const pt_theme *theme, pt_colour_depth depth, const pt_cell *cell, const pt_cell *pen)
{
	if (cell->glyph != ' ' || !pen)
		return *cell;
	pt_cell blank = *pen;
	blank.glyph = ' ';
	blank.width = 1;
	return pt_cells_look_alike(theme, depth, cell, &blank) ? blank : *cell;
}
