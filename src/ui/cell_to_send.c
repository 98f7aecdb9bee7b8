#include "cell_to_send.h"

#include <string.h>

static bool same(const pt_cell *a, const pt_cell *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

bool pt_cells_look_alike(const pt_theme *theme, pt_colour_depth depth, const pt_cell *a, const pt_cell *b,
	pt_alike_memo *memo)
{
	const uint8_t seen = PT_ATTR_REVERSE | PT_ATTR_UNDERLINE;
	if (a->glyph != ' ' || b->glyph != ' ')
		return same(a, b);
	if (memo && same(a, &memo->a) && same(b, &memo->b))
		return memo->alike;
	pt_style one = pt_theme_style(theme, a, depth), other = pt_theme_style(theme, b, depth);
	bool alike =
		!((one.attributes | other.attributes) & seen) && memcmp(&one.bg, &other.bg, sizeof one.bg) == 0;
	if (memo)
		*memo = (pt_alike_memo){.a = *a, .b = *b, .alike = alike};
	return alike;
}

pt_cell pt_cell_to_send(const pt_theme *theme, pt_colour_depth depth, const pt_cell *cell, const pt_cell *pen,
	pt_alike_memo *memo)
{
	if (cell->glyph != ' ' || !pen)
		return *cell;
	pt_cell blank = *pen;
	blank.glyph = ' ';
	blank.width = 1;
	return pt_cells_look_alike(theme, depth, cell, &blank, memo) ? blank : *cell;
}
