#include "phasetop/plot/canvas.h"

#include <assert.h>
#include <stdlib.h>

#include "phasetop/base/alloc.h"

enum { MAX_CELLS = 4096 };

static const struct {
	const char *name;
	int across, down;
} kinds[] = {
	[PT_CANVAS_BRAILLE] = {"braille", 2, 4},
	[PT_CANVAS_BLOCK] = {"block", 1, 2},
	[PT_CANVAS_ASCII] = {"ascii", 1, 3},
};
_Static_assert(sizeof kinds / sizeof *kinds == PT_N_CANVAS_KINDS, "a row for each kind of canvas");

const char *pt_canvas_kind_name(pt_canvas_kind kind)
{
	assert(kind < PT_N_CANVAS_KINDS);
	return kinds[kind].name;
}

int pt_canvas_dots_across(pt_canvas_kind kind)
{
	assert(kind < PT_N_CANVAS_KINDS);
	return kinds[kind].across;
}

int pt_canvas_dots_down(pt_canvas_kind kind)
{
	assert(kind < PT_N_CANVAS_KINDS);
	return kinds[kind].down;
}

pt_canvas *pt_canvas_create(pt_canvas_kind kind, int cols, int rows)
{
	assert(kind < PT_N_CANVAS_KINDS);
	if (cols < 1 || rows < 1)
		return NULL;
	cols = cols > MAX_CELLS ? MAX_CELLS : cols;
	rows = rows > MAX_CELLS ? MAX_CELLS : rows;
	pt_canvas *canvas = pt_array_alloc(1, sizeof *canvas);
	if (!canvas)
		return NULL;
	*canvas = (pt_canvas){
		.kind = kind,
		.cols = cols,
		.rows = rows,
		.width = cols * kinds[kind].across,
		.height = rows * kinds[kind].down,
		.cells = pt_array_alloc((size_t)cols * (size_t)rows, sizeof(pt_canvas_cell)),
	};
	if (!canvas->cells) {
		pt_free(canvas);
		return NULL;
	}
	return canvas;
}

void pt_canvas_destroy(pt_canvas *canvas)
{
	if (!canvas)
		return;
	pt_free(canvas->cells);
	pt_free(canvas);
}

/* The cell, or NULL outside. */
static pt_canvas_cell *cell_at(const pt_canvas *canvas, int col, int row)
{
	if (!canvas || col < 0 || row < 0 || col >= canvas->cols || row >= canvas->rows)
		return NULL;
	return &canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col];
}

static uint32_t dots_glyph(pt_canvas_kind kind, uint8_t dots, char ascii)
{
	static const uint32_t blocks[] = {0, 0x2580, 0x2584, 0x2588};
	static const char strokes[] = {0, '\'', '-', '|', '.', ':', '|', '|'};
	switch (kind) {
	case PT_CANVAS_BRAILLE:
		return 0x2800u + dots;
	case PT_CANVAS_BLOCK:
		return blocks[dots & 3];
	default:
		return (unsigned char)(ascii ? ascii : strokes[dots & 7]);
	}
}

uint32_t pt_canvas_glyph(const pt_canvas *canvas, int col, int row, pt_ink *ink)
{
	const pt_canvas_cell *cell = cell_at(canvas, col, row);
	if (!cell)
		return 0;
	if (cell->over) {
		*ink = cell->over_ink;
		return cell->over;
	}
	if (cell->dots) {
		*ink = cell->ink;
		return dots_glyph(canvas->kind, cell->dots, cell->ink.ascii);
	}
	*ink = cell->under_ink;
	return cell->under;
}

bool pt_canvas_is_taken(const pt_canvas *canvas, int col, int row)
{
	const pt_canvas_cell *cell = cell_at(canvas, col, row);
	return cell && (cell->dots || cell->over);
}

void pt_canvas_dot(pt_canvas *canvas, int x, int y, pt_ink ink)
{
	static const uint8_t braille[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
	if (!canvas || !ink.role || x < 0 || y < 0 || x >= canvas->width || y >= canvas->height)
		return;
	int across = kinds[canvas->kind].across, down = kinds[canvas->kind].down;
	pt_canvas_cell *cell = cell_at(canvas, x / across, y / down);
	if (cell->ink.role != ink.role || cell->ink.series != ink.series)
		cell->dots = 0;
	cell->ink = ink;
	int bit = canvas->kind == PT_CANVAS_BRAILLE ? braille[y % down][x % across] : 1 << (y % down);
	cell->dots = (uint8_t)(cell->dots | bit);
}

/* One edge of Liang–Barsky: narrow [*t0, *t1] to where p·t ≤ q; false when nothing is left. */
static bool clip_edge(double p, double q, double *t0, double *t1)
{
	if (p == 0)
		return q >= 0;
	double t = q / p;
	if (p < 0) {
		if (t > *t1)
			return false;
		*t0 = t > *t0 ? t : *t0;
	} else {
		if (t < *t0)
			return false;
		*t1 = t < *t1 ? t : *t1;
	}
	return true;
}

/* Clip a segment to the dots of the canvas; false when it lies outside. */
static bool clip_segment(const pt_canvas *canvas, int *x0, int *y0, int *x1, int *y1)
{
	double dx = (double)*x1 - *x0, dy = (double)*y1 - *y0;
	double t0 = 0, t1 = 1;
	if (!clip_edge(-dx, (double)*x0, &t0, &t1) || !clip_edge(dx, canvas->width - 1.0 - *x0, &t0, &t1) ||
		!clip_edge(-dy, (double)*y0, &t0, &t1) || !clip_edge(dy, canvas->height - 1.0 - *y0, &t0, &t1))
		return false;
	double from_x = *x0, from_y = *y0;
	if (t1 < 1) {
		*x1 = (int)(from_x + t1 * dx + 0.5);
		*y1 = (int)(from_y + t1 * dy + 0.5);
	}
	if (t0 > 0) {
		*x0 = (int)(from_x + t0 * dx + 0.5);
		*y0 = (int)(from_y + t0 * dy + 0.5);
	}
	return true;
}

void pt_canvas_line(
	pt_canvas *canvas, int x0, int y0, int x1, int y1, pt_ink ink, pt_dash dash, unsigned *phase)
{
	if (!canvas || !clip_segment(canvas, &x0, &y0, &x1, &y1))
		return;
	unsigned own = 0, period = dash.off ? (unsigned)dash.on + dash.off : 0;
	unsigned *at = phase ? phase : &own;
	int dx = abs(x1 - x0), dy = -abs(y1 - y0);
	int step_x = x0 < x1 ? 1 : -1, step_y = y0 < y1 ? 1 : -1;
	int error = dx + dy;
	for (;;) {
		if (!period || *at % period < dash.on)
			pt_canvas_dot(canvas, x0, y0, ink);
		if (x0 == x1 && y0 == y1)
			break; /* the last dot is the next line's first: it does not advance the pattern */
		int twice = 2 * error;
		if (twice >= dy) {
			error += dy;
			x0 += step_x;
		}
		if (twice <= dx) {
			error += dx;
			y0 += step_y;
		}
		++*at;
	}
}

void pt_canvas_under(pt_canvas *canvas, int col, int row, uint32_t glyph, pt_ink ink)
{
	pt_canvas_cell *cell = cell_at(canvas, col, row);
	if (!cell)
		return;
	cell->under = glyph;
	cell->under_ink = ink;
	cell->traced &= (uint8_t)~PT_TRACED_UNDER;
}

void pt_canvas_over(pt_canvas *canvas, int col, int row, uint32_t glyph, pt_ink ink)
{
	pt_canvas_cell *cell = cell_at(canvas, col, row);
	if (!cell)
		return;
	cell->over = glyph;
	cell->over_ink = ink;
	cell->traced &= (uint8_t)~PT_TRACED_OVER;
}

void pt_canvas_vline(pt_canvas *canvas, int x, uint32_t glyph, pt_ink ink)
{
	if (!canvas || x < 0 || x >= canvas->width)
		return;
	int col = x / kinds[canvas->kind].across;
	for (int row = 0; row < canvas->rows; row++)
		pt_canvas_under(canvas, col, row, glyph, ink);
}

/* Cells [*from, *to] that the dots from…to touch, cut to 0…n−1; false when none. */
static bool dots_to_cells(int *from, int *to, int dots_per_cell, int n)
{
	if (*from > *to) {
		int swap = *from;
		*from = *to;
		*to = swap;
	}
	if (*to < 0 || *from > n * dots_per_cell - 1)
		return false;
	*from = *from < 0 ? 0 : *from / dots_per_cell;
	*to = *to / dots_per_cell >= n ? n - 1 : *to / dots_per_cell;
	return true;
}

void pt_canvas_hline(pt_canvas *canvas, int y, int x0, int x1, uint32_t glyph, pt_ink ink)
{
	if (!canvas || y < 0 || y >= canvas->height ||
		!dots_to_cells(&x0, &x1, kinds[canvas->kind].across, canvas->cols))
		return;
	for (int col = x0; col <= x1; col++)
		pt_canvas_under(canvas, col, y / kinds[canvas->kind].down, glyph, ink);
}

void pt_canvas_shade(pt_canvas *canvas, int x0, int y0, int x1, int y1, uint32_t glyph, pt_ink ink,
	uint8_t ground, uint8_t ground_level)
{
	if (!canvas || !dots_to_cells(&x0, &x1, kinds[canvas->kind].across, canvas->cols) ||
		!dots_to_cells(&y0, &y1, kinds[canvas->kind].down, canvas->rows))
		return;
	for (int row = y0; row <= y1; row++)
		for (int col = x0; col <= x1; col++) {
			pt_canvas_cell *cell = cell_at(canvas, col, row);
			if (glyph) {
				cell->under = glyph;
				cell->under_ink = ink;
				cell->traced &= (uint8_t)~PT_TRACED_UNDER;
			}
			if (ground) {
				cell->ground = ground;
				cell->ground_level = ground_level;
				cell->traced &= (uint8_t)~PT_TRACED_GROUND;
			}
		}
}
