/* Cells to curses (contracts in terminal_draw.h). */
#define NCURSES_WIDECHAR 1
#include "terminal_draw.h"

#include <curses.h>
#include <limits.h>
#include <string.h>

#include "cell_to_send.h"
#include "phasetop/base/alloc.h"

enum { MAX_GAP = 6 }; /* cells that cost less than a move of the cursor */

/* How curses numbers a colour at this depth; −1: the terminal's own. A terminal of eight colours has the
 * bright ones as bold: *bold is then set. */
static int colour_number(const pt_drawing *drawing, const pt_colour *colour, bool *bold)
{
	if (colour->kind == PT_COLOUR_DEFAULT)
		return -1;
	if (drawing->depth != PT_DEPTH_TRUE && colour->index >= COLORS) {
		*bold = true;
		return colour->index % 8;
	}
	if (drawing->depth != PT_DEPTH_TRUE)
		return colour->index;
	if (colour->kind == PT_COLOUR_INDEX && colour->index < 8)
		return colour->index;
	int value = colour->rgb.r << 16 | colour->rgb.g << 8 | colour->rgb.b;
	return value < 8 ? 8 : value; /* 0 to 7 would be the palette's */
}

/* The pair of two colours, made when first used; 0 (the terminal's own) when there is no room. The terminal's
 * own colours have a pair like others: to go to pair 0 curses sends a reset of all attributes as well. */
static int pair_of(pt_drawing *drawing, int fg, int bg)
{
	if (drawing->depth == PT_DEPTH_MONO)
		return 0;
	unsigned at = ((unsigned)fg * 2654435761u ^ (unsigned)bg * 40503u) % PT_PAIR_SLOTS;
	while (drawing->pairs[at].number != 0) {
		if (drawing->pairs[at].fg == fg && drawing->pairs[at].bg == bg)
			return drawing->pairs[at].number;
		at = (at + 1) % PT_PAIR_SLOTS;
	}
	int most = COLOR_PAIRS - 1 < PT_MAX_PAIRS ? COLOR_PAIRS - 1 : PT_MAX_PAIRS;
	if (drawing->n_pairs >= most || init_extended_pair(drawing->n_pairs + 1, fg, bg) == ERR)
		return 0;
	drawing->n_pairs++;
	drawing->pairs[at] = (pt_colour_pair){.fg = fg, .bg = bg, .number = drawing->n_pairs};
	return drawing->n_pairs;
}

static attr_t attributes_of(uint8_t attributes)
{
	attr_t found = A_NORMAL;
	if (attributes & PT_ATTR_BOLD)
		found |= A_BOLD;
	if (attributes & PT_ATTR_DIM)
		found |= A_DIM;
	if (attributes & PT_ATTR_UNDERLINE)
		found |= A_UNDERLINE;
	if (attributes & PT_ATTR_REVERSE)
		found |= A_REVERSE;
	return found;
}

static void put_cell(pt_drawing *drawing, int x, int y, const pt_cell *cell)
{
	pt_style style = pt_theme_style(drawing->theme, cell, drawing->depth);
	bool bold = (style.attributes & PT_ATTR_BOLD) != 0, bright_ground = false;
	int fg = colour_number(drawing, &style.fg, &bold),
		bg = colour_number(drawing, &style.bg, &bright_ground);
	int pair = pair_of(drawing, fg, bg);
	/* eight colours have no bright grounds: the halves of one cell would differ where their values do not */
	bool is_plain = drawing->depth == PT_DEPTH_MONO || bright_ground;
	uint32_t glyph = is_plain ? pt_cell_plain_glyph(cell) : cell->glyph;
	wchar_t text[2] = {(wchar_t)(glyph ? glyph : ' '), L'\0'};
	cchar_t out;
	setcchar(&out, text, attributes_of(style.attributes) | (bold ? A_BOLD : A_NORMAL),
		(short)(pair > SHRT_MAX ? 0 : pair), &pair);
	mvadd_wch(y, x, &out);
}

static bool keep_size(pt_drawing *drawing, const pt_frame *frame)
{
	if (drawing->columns == frame->cols && drawing->rows == frame->rows)
		return true;
	pt_cell *sent = pt_array_alloc((size_t)frame->cols * (size_t)frame->rows, sizeof *sent);
	if (!sent)
		return false;
	pt_free(drawing->sent);
	drawing->sent = sent;
	drawing->columns = frame->cols;
	drawing->rows = frame->rows;
	drawing->whole = true;
	return true;
}

/* Is what stands there as good as the cell? */
static bool is_there(const pt_drawing *drawing, const pt_cell *cell, const pt_cell *there)
{
	return !drawing->whole && (memcmp(cell, there, sizeof *cell) == 0 ||
								  pt_cells_look_alike(drawing->theme, drawing->depth, cell, there));
}

/* The end of the cells from x on that curses will send in one go: it rather sends a few that stand there
 * already than moving the cursor. */
static int end_of_span(const pt_drawing *drawing, const pt_cell *cells, const pt_cell *sent, int x)
{
	int end = x;
	for (; x < drawing->columns && x <= end + MAX_GAP; x++)
		if (!is_there(drawing, &cells[x], &sent[x]))
			end = x;
	return end + 1;
}

/* Put the cells of a row that differ. @return the cell whose colours curses has sent last */
static const pt_cell *put_row(pt_drawing *drawing, const pt_cell *cells, int y, const pt_cell *pen)
{
	pt_cell *sent = &drawing->sent[(size_t)y * (size_t)drawing->columns];
	for (int x = 0; x < drawing->columns; x++) {
		if (is_there(drawing, &cells[x], &sent[x]))
			continue;
		for (int end = end_of_span(drawing, cells, sent, x); x < end; x++) {
			pt_cell cell = pt_cell_to_send(drawing->theme, drawing->depth, &cells[x], pen);
			bool differs = drawing->whole || memcmp(&cell, &sent[x], sizeof cell) != 0;
			sent[x] = cell;
			if (cell.width == 0)
				continue;
			if (differs)
				put_cell(drawing, x, y, &cell);
			pen = &sent[x];
		}
	}
	return pen;
}

bool pt_drawing_put(pt_drawing *drawing, const pt_frame *frame)
{
	if (!keep_size(drawing, frame))
		return false;
	const pt_cell *pen = NULL;
	for (int y = 0; y < frame->rows; y++)
		pen = put_row(drawing, &frame->cells[(size_t)y * (size_t)frame->cols], y, pen);
	drawing->whole = false;
	return true;
}

void pt_drawing_fini(pt_drawing *drawing)
{
	pt_free(drawing->sent);
	drawing->sent = NULL;
}
