#include "cell_to_send.h"

#include <string.h>

pt_cell pt_cell_to_send(
	const pt_theme *theme, pt_colour_depth depth, const pt_cell *cell, const pt_cell *shown)
{
	const uint8_t seen = PT_ATTR_REVERSE | PT_ATTR_UNDERLINE;
	if (cell->glyph != ' ' || !shown || shown->width != 1 || shown->role != PT_ROLE_CROSSHAIR)
		return *cell;
	pt_cell blank = *shown;
	blank.glyph = ' ';
	pt_style now = pt_theme_style(theme, cell, depth), then = pt_theme_style(theme, &blank, depth);
	bool differs =
		((now.attributes | then.attributes) & seen) || memcmp(&now.bg, &then.bg, sizeof now.bg) != 0;
	return differs ? *cell : blank;
}
