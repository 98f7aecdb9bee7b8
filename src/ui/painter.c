#include "painter.h"

#include <stdlib.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"

enum { FIRST_SPANS = 256, MAX_BRIDGE = 8, MANY_SPANS = 64, FARTHEST_MOVE = 8 /* bytes */ };

void pt_painter_init(pt_painter *painter)
{
	*painter = (pt_painter){.screen = PT_SCREEN_UNKNOWN};
	pt_brush_init(&painter->brush);
}

void pt_painter_fini(pt_painter *painter)
{
	pt_brush_fini(&painter->brush);
	pt_free(painter->shown);
	pt_free(painter->spans);
	painter->shown = NULL;
	painter->spans = NULL;
}

void pt_painter_forget(pt_painter *painter)
{
	painter->screen = PT_SCREEN_UNKNOWN;
	pt_brush_forget(&painter->brush);
}

void pt_painter_set_theme(pt_painter *painter, const pt_theme *theme)
{
	painter->theme = theme;
	painter->now = painter->before = (pt_look_memo){.known = false};
	if (painter->screen == PT_SCREEN_KNOWN)
		painter->screen = PT_SCREEN_OTHER_COLOURS;
}

/* --- how a cell looks --------------------------------------------------------------------------------- */

/* A terminal of eight colours has the bright ones as bold: *bold is then set. */
static int brush_colour(const pt_painter *painter, const pt_colour *colour, bool *bold)
{
	int n_palette = painter->brush.words.n_colours;
	if (colour->kind == PT_COLOUR_DEFAULT)
		return PT_BRUSH_OWN;
	if (painter->depth == PT_DEPTH_TRUE && (colour->kind == PT_COLOUR_RGB || colour->index >= 16))
		return PT_BRUSH_RGB + (colour->rgb.r << 16 | colour->rgb.g << 8 | colour->rgb.b);
	if (colour->index < n_palette)
		return colour->index;
	*bold = true;
	return colour->index % 8;
}

static pt_look_memo look_anew(const pt_painter *painter, const pt_cell *cell)
{
	pt_style style = pt_theme_style(painter->theme, cell, painter->depth);
	if (painter->depth == PT_DEPTH_MONO) {
		pt_look look = {.fg = PT_BRUSH_OWN, .bg = PT_BRUSH_OWN, .attributes = style.attributes};
		return (pt_look_memo){.cell = *cell, .look = look, .known = true, .is_plain = true};
	}
	bool bold = (style.attributes & PT_ATTR_BOLD) != 0, bright_ground = false;
	pt_look look = {.fg = brush_colour(painter, &style.fg, &bold),
		.bg = brush_colour(painter, &style.bg, &bright_ground)};
	look.attributes =
		(uint8_t)((style.attributes | (bold ? PT_ATTR_BOLD : 0)) & painter->brush.words.with_colours);
	/* eight colours have no bright grounds: the halves of one cell would differ where their values do not */
	return (pt_look_memo){.cell = *cell, .look = look, .known = true, .is_plain = bright_ground};
}

/* A band is a sign where there are no colours. `memo` is of this cell. */
static uint32_t glyph_of(const pt_painter *painter, const pt_cell *cell, const pt_look_memo *memo)
{
	return memo->is_plain ? pt_cell_plain_glyph(cell, painter->charset) : cell->glyph;
}

/* Of a blank what of it is seen. */
static pt_look look_of(const pt_painter *painter, const pt_cell *cell, pt_look_memo *memo)
{
	pt_cell of = *cell;
	of.glyph = 0;
	of.width = 1;
	if (!memo->known || memcmp(&of, &memo->cell, sizeof of) != 0)
		*memo = look_anew(painter, &of);
	if (glyph_of(painter, cell, memo) == ' ' && !(memo->look.attributes & PT_BRUSH_SEEN_ON_BLANK))
		return (pt_look){.fg = PT_BRUSH_ANY, .bg = memo->look.bg};
	return memo->look;
}

/* --- what differs ------------------------------------------------------------------------------------- */

static bool cell_differs(pt_painter *painter, const pt_cell *cell, const pt_cell *shown)
{
	if (painter->screen == PT_SCREEN_OTHER_COLOURS)
		return true;
	if (painter->screen == PT_SCREEN_KNOWN) {
		if (memcmp(cell, shown, sizeof *cell) == 0)
			return false;
		return pt_cell_plain_glyph(cell, painter->charset) != ' ' ||
			   pt_cell_plain_glyph(shown, painter->charset) != ' ' ||
			   !pt_looks_equal(
				   look_of(painter, cell, &painter->now), look_of(painter, shown, &painter->before));
	}
	pt_look look = look_of(painter, cell, &painter->now);
	return look.fg != PT_BRUSH_ANY || look.bg != PT_BRUSH_OWN;
}

/* Who overwrites one half of a wide character has the other half to write as well. */
static bool differs(pt_painter *painter, const pt_cell *cells, const pt_cell *shown, int x)
{
	if (cell_differs(painter, &cells[x], &shown[x]))
		return true;
	if (painter->screen != PT_SCREEN_KNOWN)
		return false;
	if (x + 1 < painter->cols && (cells[x].width == 2 || shown[x].width == 2) &&
		cell_differs(painter, &cells[x + 1], &shown[x + 1]))
		return true;
	return x > 0 && (cells[x].width == 0 || shown[x].width == 0) &&
		   cell_differs(painter, &cells[x - 1], &shown[x - 1]);
}

/* May both stand in one span? A blank takes any colour on its ground. The look of both, then. */
static bool join(pt_look *look, pt_look other)
{
	if (pt_looks_equal(*look, other))
		return true;
	bool blank = look->fg == PT_BRUSH_ANY, other_blank = other.fg == PT_BRUSH_ANY;
	if (blank == other_blank || look->bg != other.bg ||
		(look->attributes | other.attributes) & PT_BRUSH_SEEN_ON_BLANK)
		return false;
	if (blank)
		*look = other;
	return true;
}

/* Blanks that stand there already, between others that are to be erased with them. */
static bool is_bridge(pt_painter *painter, const pt_cell *cells, int from, int to, pt_look look)
{
	bool blank = look.fg == PT_BRUSH_ANY && to - from < MAX_BRIDGE;
	for (int x = from; blank && x < to; x++)
		blank = pt_looks_equal(look_of(painter, &cells[x], &painter->now), look);
	return blank;
}

static bool add_cell(pt_painter *painter, const pt_cell *cells, int y, int x, pt_look look)
{
	pt_span *last = painter->n_spans > 0 ? &painter->spans[painter->n_spans - 1] : NULL;
	int end = last && last->y == y ? last->x + last->n : -1;
	if (end == x || (end >= 0 && is_bridge(painter, cells, end, x, look)))
		if (join(&last->look, look)) {
			last->n = x + 1 - last->x;
			return true;
		}
	void *spans = painter->spans;
	size_t needed = painter->n_spans < FIRST_SPANS ? FIRST_SPANS : painter->n_spans + 1;
	if (!pt_array_reserve(&spans, &painter->capacity, needed, sizeof *painter->spans))
		return false;
	painter->spans = spans;
	painter->spans[painter->n_spans++] = (pt_span){.look = look, .y = y, .x = x, .n = 1};
	return true;
}

/* Is a cell as its left neighbour, now and before? Most are. */
static bool is_as_left(const pt_cell *cells, const pt_cell *shown, int x)
{
	return x > 0 && memcmp(&cells[x], &cells[x - 1], sizeof *cells) == 0 &&
		   memcmp(&shown[x], &shown[x - 1], sizeof *shown) == 0;
}

static bool find_spans_of_row(pt_painter *painter, const pt_cell *cells, const pt_cell *shown, int y)
{
	bool differing = false;
	for (int x = 0; x < painter->cols; x++) {
		if (!is_as_left(cells, shown, x) || cells[x].width != 1)
			differing = differs(painter, cells, shown, x);
		if (!differing)
			continue;
		/* the right half of a wide character goes with its left one */
		pt_look look = cells[x].width == 0 && painter->n_spans > 0
						   ? painter->spans[painter->n_spans - 1].look
						   : look_of(painter, &cells[x], &painter->now);
		if (!add_cell(painter, cells, y, x, look))
			return false;
	}
	return true;
}

static bool find_spans(pt_painter *painter, const pt_frame *frame)
{
	painter->n_spans = 0;
	for (int y = 0; y < frame->rows; y++) {
		const pt_cell *cells = &frame->cells[(size_t)y * (size_t)frame->cols];
		const pt_cell *shown = &painter->shown[(size_t)y * (size_t)frame->cols];
		if (painter->screen == PT_SCREEN_KNOWN &&
			memcmp(cells, shown, (size_t)frame->cols * sizeof *cells) == 0)
			continue;
		if (!find_spans_of_row(painter, cells, shown, y))
			return false;
	}
	return true;
}

/* --- sending it --------------------------------------------------------------------------------------- */

static int compare(int a, int b)
{
	return (a > b) - (a < b);
}

/* Colour by colour, grounds and attributes kept together; row by row within one. */
static int by_look(const void *a, const void *b)
{
	const pt_span *one = a, *other = b;
	int order = compare(one->look.attributes, other->look.attributes);
	if (order == 0)
		order = compare(one->look.bg, other->look.bg);
	if (order == 0)
		order = compare(one->look.fg, other->look.fg);
	if (order == 0)
		order = compare(one->y, other->y);
	return order != 0 ? order : compare(one->x, other->x);
}

/* Is it what a space shows that is written now? */
static bool is_free_blank(pt_painter *painter, const pt_cell *cell)
{
	pt_look look = look_of(painter, cell, &painter->now), brush = painter->brush.look;
	return look.fg == PT_BRUSH_ANY && look.bg == brush.bg && !(brush.attributes & PT_BRUSH_SEEN_ON_BLANK);
}

static void put(pt_painter *painter, const pt_cell *cell)
{
	look_of(painter, cell, &painter->now);
	pt_brush_put(&painter->brush, glyph_of(painter, cell, &painter->now), cell->width, painter->cols);
}

/* Over cells that the brush can write again for less than a move costs, else by a move. */
static void go(pt_painter *painter, const pt_cell *cells, int y, int x)
{
	pt_brush *brush = &painter->brush;
	bool ahead = brush->place_known && !brush->at_margin && brush->y == y && brush->x < x;
	size_t bytes = 0;
	for (int i = brush->x; ahead && i < x; i++) {
		pt_look look = look_of(painter, &cells[i], &painter->now);
		char utf8[4];
		ahead =
			cells[i].width == 1 && (is_free_blank(painter, &cells[i]) || pt_looks_equal(look, brush->look));
		bytes += pt_utf8_encode(glyph_of(painter, &cells[i], &painter->now), utf8);
		ahead = ahead && bytes < FARTHEST_MOVE;
	}
	if (ahead && pt_brush_is_far(brush, y, x, bytes - 1)) {
		while (brush->x < x)
			put(painter, &cells[brush->x]);
		return;
	}
	pt_brush_go(brush, y, x);
}

/* Blanks from x on: to the end of the span, or of the line where *to_end. */
static int blanks_from(pt_painter *painter, const pt_cell *cells, int x, int end, bool *to_end)
{
	int i = x;
	while (i < painter->cols && is_free_blank(painter, &cells[i]))
		i++;
	*to_end = i == painter->cols;
	return i < end ? i - x : end - x;
}

/* Erase blanks where that is cheaper than writing them. @return how many were erased */
static int erase_blanks(pt_painter *painter, const pt_cell *cells, int x, int end)
{
	enum { ERASE_AND_MOVE = 9 }; /* bytes of both */
	pt_brush *brush = &painter->brush;
	bool to_end = false;
	if (cells[x].glyph != ' ' || !pt_brush_can_erase(brush))
		return 0;
	int n = blanks_from(painter, cells, x, end, &to_end);
	if (to_end && brush->words.erase_line.n > 0 && n > brush->words.erase_line.n)
		pt_brush_erase_line(brush);
	else if (brush->words.erases_cells && n > ERASE_AND_MOVE)
		pt_brush_erase(brush, n);
	else
		return 0;
	return n;
}

static void send_span(pt_painter *painter, const pt_frame *frame, const pt_span *span)
{
	const pt_cell *cells = &frame->cells[(size_t)span->y * (size_t)frame->cols];
	const pt_terminal_words *words = &painter->brush.words;
	int end = span->x + span->n;
	pt_brush_take(&painter->brush, span->look);
	for (int x = span->x; x < end;) {
		if (cells[x].width == 0) { /* went with its left half */
			x++;
			continue;
		}
		go(painter, cells, span->y, x);
		if (x == frame->cols - 1 && span->y == frame->rows - 1 && words->wraps && !words->wraps_late) {
			pt_brush_erase_line(&painter->brush); /* a glyph there would scroll the screen */
			return;
		}
		int erased = erase_blanks(painter, cells, x, end);
		if (erased == 0)
			put(painter, &cells[x]);
		x += erased > 0 ? erased : cells[x].width;
	}
}

static bool keep_size(pt_painter *painter, const pt_frame *frame)
{
	if (painter->cols == frame->cols && painter->rows == frame->rows)
		return true;
	pt_cell *shown = pt_array_alloc((size_t)frame->cols * (size_t)frame->rows, sizeof *shown);
	if (!shown)
		return false;
	pt_free(painter->shown);
	painter->shown = shown;
	painter->cols = frame->cols;
	painter->rows = frame->rows;
	pt_painter_forget(painter);
	return true;
}

static bool is_done(pt_painter *painter)
{
	if (!painter->brush.failed)
		return true;
	painter->brush.n_bytes = 0;
	pt_painter_forget(painter);
	return false;
}

bool pt_painter_paint(pt_painter *painter, const pt_frame *frame)
{
	pt_brush_begin(&painter->brush);
	painter->charset = frame->charset;
	painter->brush.coloured = painter->depth != PT_DEPTH_MONO;
	if (!keep_size(painter, frame) || !find_spans(painter, frame)) {
		pt_painter_forget(painter);
		return false;
	}
	/* colour by colour, and over a slow line, a large frame would be seen half done */
	bool large = painter->n_spans > MANY_SPANS;
	if (large)
		pt_brush_hold(&painter->brush);
	if (painter->screen == PT_SCREEN_UNKNOWN)
		pt_brush_clear(&painter->brush);
	/* with sixteen colours a colour costs no more than a move */
	if (painter->depth >= PT_DEPTH_256 && painter->n_spans > 1)
		qsort(painter->spans, painter->n_spans, sizeof *painter->spans, by_look);
	for (size_t i = 0; i < painter->n_spans; i++)
		send_span(painter, frame, &painter->spans[i]);
	if (large)
		pt_brush_release(&painter->brush);
	memcpy(painter->shown, frame->cells, (size_t)frame->cols * (size_t)frame->rows * sizeof *frame->cells);
	painter->screen = PT_SCREEN_KNOWN;
	return is_done(painter);
}

bool pt_painter_rest(pt_painter *painter)
{
	pt_brush_begin(&painter->brush);
	pt_brush_rest(&painter->brush);
	return is_done(painter);
}
