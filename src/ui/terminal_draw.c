/* Cells to curses (contracts in terminal_draw.h). */
#define NCURSES_WIDECHAR 1
#include "terminal_draw.h"

#include <curses.h>
#include <limits.h>
#include <string.h>

#include "phasetop/base/alloc.h"

enum {
	MAX_GAP = 6, /* cells that cost less than a move of the cursor */
	MAX_RUN = 256
};

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

/* What curses calls the colours and attributes of a cell; worked out once for cells alike but for the glyph. */
static const pt_look *look_of(pt_drawing *drawing, const pt_cell *cell)
{
	pt_look *look = &drawing->look;
	pt_cell of = *cell;
	of.glyph = 0;
	of.width = 1;
	if (look->known && memcmp(&of, &look->of, sizeof of) == 0)
		return look;
	pt_style style = pt_theme_style(drawing->theme, cell, drawing->depth);
	bool bold = (style.attributes & PT_ATTR_BOLD) != 0, bright_ground = false;
	int fg = colour_number(drawing, &style.fg, &bold),
		bg = colour_number(drawing, &style.bg, &bright_ground);
	*look = (pt_look){.known = true,
		.of = of,
		.pair = pair_of(drawing, fg, bg),
		.attributes = attributes_of(style.attributes) | (bold ? A_BOLD : A_NORMAL),
		/* eight colours have no bright grounds: the halves of one cell would differ where their values do not */
		.is_plain = drawing->depth == PT_DEPTH_MONO || bright_ground};
	return look;
}

static cchar_t character_of(pt_drawing *drawing, const pt_cell *cell)
{
	const pt_look *look = look_of(drawing, cell);
	uint32_t glyph = look->is_plain ? pt_cell_plain_glyph(cell) : cell->glyph;
	wchar_t text[2] = {(wchar_t)(glyph ? glyph : ' '), L'\0'};
	cchar_t out;
	setcchar(&out, text, (attr_t)look->attributes, (short)(look->pair > SHRT_MAX ? 0 : look->pair), &look->pair);
	return out;
}

/* Characters of one row that are put in one go. */
typedef struct put_run {
	int x, y, next, n; /* next: the column behind it */
	cchar_t characters[MAX_RUN];
} put_run;

static void put_all(put_run *run)
{
	if (run->n > 0)
		mvadd_wchnstr(run->y, run->x, run->characters, run->n);
	run->n = 0;
}

static void put_cell(pt_drawing *drawing, put_run *run, int x, int y, const pt_cell *cell)
{
	if (run->n == MAX_RUN || (run->n > 0 && (y != run->y || x != run->next)))
		put_all(run);
	if (run->n == 0) {
		run->x = x;
		run->y = y;
	}
	run->characters[run->n++] = character_of(drawing, cell);
	run->next = x + cell->width;
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
static bool is_there(pt_drawing *drawing, const pt_cell *cell, const pt_cell *there)
{
	return !drawing->whole && (memcmp(cell, there, sizeof *cell) == 0 ||
								  pt_cells_look_alike(drawing->theme, drawing->depth, cell, there, &drawing->there));
}

/* The end of the cells from x on that curses will send in one go: it rather sends a few that stand there
 * already than moving the cursor. */
static int end_of_span(pt_drawing *drawing, const pt_cell *cells, const pt_cell *sent, int x)
{
	int end = x;
	for (; x < drawing->columns && x <= end + MAX_GAP; x++)
		if (!is_there(drawing, &cells[x], &sent[x]))
			end = x;
	return end + 1;
}

/* Put the cells of a row that differ. @return the cell whose colours curses has sent last */
static const pt_cell *put_row(
	pt_drawing *drawing, put_run *run, const pt_cell *cells, int y, const pt_cell *pen)
{
	pt_cell *sent = &drawing->sent[(size_t)y * (size_t)drawing->columns];
	for (int x = 0; x < drawing->columns; x++) {
		if (is_there(drawing, &cells[x], &sent[x]))
			continue;
		for (int end = end_of_span(drawing, cells, sent, x); x < end; x++) {
			pt_cell cell = pt_cell_to_send(drawing->theme, drawing->depth, &cells[x], pen, &drawing->blank);
			bool differs = drawing->whole || memcmp(&cell, &sent[x], sizeof cell) != 0;
			sent[x] = cell;
			if (cell.width == 0)
				continue;
			if (differs)
				put_cell(drawing, run, x, y, &cell);
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
	put_run run = {.n = 0};
	if (drawing->whole) { /* the theme may be another one */
		drawing->look.known = false;
		drawing->there = drawing->blank = (pt_alike_memo){0};
	}
	for (int y = 0; y < frame->rows; y++)
		pen = put_row(drawing, &run, &frame->cells[(size_t)y * (size_t)frame->cols], y, pen);
	put_all(&run);
	drawing->whole = false;
	return true;
}

void pt_drawing_fini(pt_drawing *drawing)
{
	pt_free(drawing->sent);
	drawing->sent = NULL;
}
