#include "phasetop/ui/frame.h"

#include <stdio.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "phasetop/plot/heatmap.h"
#include "phasetop/ui/frame_trace.h"

/* ---- rectangles: arithmetic in 64 bits, so that no sum of two ints overflows ---- */

pt_rect pt_rect_intersect(pt_rect a, pt_rect b)
{
	if (pt_rect_is_empty(a) || pt_rect_is_empty(b))
		return (pt_rect){a.x, a.y, 0, 0};
	int64_t x0 = a.x > b.x ? a.x : b.x, y0 = a.y > b.y ? a.y : b.y;
	int64_t ax = (int64_t)a.x + a.w, bx = (int64_t)b.x + b.w;
	int64_t ay = (int64_t)a.y + a.h, by = (int64_t)b.y + b.h;
	int64_t w = (ax < bx ? ax : bx) - x0, h = (ay < by ? ay : by) - y0;
	if (w < 1 || h < 1)
		return (pt_rect){a.x, a.y, 0, 0};
	return (pt_rect){(int)x0, (int)y0, (int)w, (int)h};
}

pt_rect pt_rect_inset(pt_rect rect, int left, int top, int right, int bottom)
{
	int64_t w = (int64_t)rect.w - left - right, h = (int64_t)rect.h - top - bottom;
	return (pt_rect){rect.x + left, rect.y + top, w > 0 ? (int)w : 0, h > 0 ? (int)h : 0};
}

bool pt_rect_contains(pt_rect rect, int x, int y)
{
	return x >= rect.x && y >= rect.y && (int64_t)x < (int64_t)rect.x + rect.w &&
		   (int64_t)y < (int64_t)rect.y + rect.h;
}

/* ---- the grid ---- */

static const pt_cell blank = {.glyph = ' ', .width = 1, .role = PT_ROLE_TEXT};

static int bounded(int n)
{
	return n < 1 ? 1 : n > PT_FRAME_MAX ? PT_FRAME_MAX : n;
}

pt_status pt_frame_create(int cols, int rows, pt_charset charset, pt_frame **frame, pt_error *err)
{
	pt_frame *made = pt_array_alloc(1, sizeof *made);
	if (!made)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for a frame");
	made->charset = charset;
	pt_status status = pt_frame_resize(made, cols, rows, err);
	if (status != PT_OK) {
		pt_free(made);
		return status;
	}
	*frame = made;
	return PT_OK;
}

void pt_frame_destroy(pt_frame *frame)
{
	if (!frame)
		return;
	pt_frame_trace_end(frame);
	pt_free(frame->cells);
	pt_free(frame);
}

pt_status pt_frame_resize(pt_frame *frame, int cols, int rows, pt_error *err)
{
	cols = bounded(cols);
	rows = bounded(rows);
	if (frame->cells && cols == frame->cols && rows == frame->rows) {
		pt_frame_clear(frame);
		return PT_OK;
	}
	pt_cell *cells = pt_array_alloc((size_t)cols * (size_t)rows, sizeof *cells);
	if (!cells)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for a frame of %d x %d cells", cols, rows);
	pt_frame_trace_end(frame);
	pt_free(frame->cells);
	frame->cells = cells;
	frame->cols = cols;
	frame->rows = rows;
	pt_frame_clear(frame);
	return PT_OK;
}

void pt_frame_clear(pt_frame *frame)
{
	size_t n = (size_t)frame->cols * (size_t)frame->rows;
	for (size_t i = 0; i < n; i++)
		frame->cells[i] = blank;
	pt_frame_trace_clear(frame);
}

pt_rect pt_frame_rect(const pt_frame *frame)
{
	return (pt_rect){0, 0, frame->cols, frame->rows};
}

static pt_cell *cell_at(const pt_frame *frame, int x, int y)
{
	return &frame->cells[(size_t)y * (size_t)frame->cols + (size_t)x];
}

pt_cell pt_frame_get(const pt_frame *frame, int x, int y)
{
	return pt_rect_contains(pt_frame_rect(frame), x, y) ? *cell_at(frame, x, y) : blank;
}

bool pt_frame_equal(const pt_frame *a, const pt_frame *b)
{
	if (a->cols != b->cols || a->rows != b->rows)
		return false;
	size_t n = (size_t)a->cols * (size_t)a->rows;
	for (size_t i = 0; i < n; i++) {
		const pt_cell *p = &a->cells[i], *q = &b->cells[i];
		if (p->glyph != q->glyph || p->width != q->width || p->role != q->role || p->level != q->level ||
			p->attributes != q->attributes || p->ground != q->ground || p->ground_level != q->ground_level)
			return false;
	}
	return true;
}

/* ---- glyphs ---- */

/* The other half of a wide character that is about to lose this one becomes a space. */
static void split_wide(pt_frame *frame, int x, int y)
{
	pt_cell *cell = cell_at(frame, x, y);
	pt_cell *other = NULL;
	if (cell->width == 2 && x + 1 < frame->cols)
		other = cell + 1;
	else if (cell->width == 0 && x > 0)
		other = cell - 1;
	if (other && other->width != 1) {
		other->glyph = ' ';
		other->width = 1;
	}
}

static void set_cell(pt_frame *frame, int x, int y, pt_pen pen, uint32_t glyph, int width)
{
	split_wide(frame, x, y);
	pt_cell *cell = cell_at(frame, x, y);
	cell->glyph = glyph;
	cell->width = (uint8_t)width;
	cell->role = pen.role;
	cell->level = pen.level;
	cell->attributes = pen.attributes;
	if (frame->traces)
		pt_frame_trace_cover(frame, x, y);
}

/* `visible` is the clip cut to the frame. Returns the columns of the glyph. */
static int put(pt_frame *frame, pt_rect visible, int x, int y, pt_pen pen, uint32_t glyph)
{
	int width = pt_text_width_of(glyph);
	if (width < 0) {
		glyph = 0xFFFD;
		width = 1;
	}
	if (width == 0)
		return 0; /* a cell holds one code point: marks that would combine are dropped */
	if (frame->charset == PT_CHARSET_ASCII) {
		/* as many characters as the glyph has columns, so that nothing behind it moves */
		for (int i = 0; i < width; i++)
			if (pt_rect_contains(visible, x + i, y))
				set_cell(frame, x + i, y, pen, (unsigned char)pt_glyph_ascii(glyph), 1);
		return width;
	}
	bool left = pt_rect_contains(visible, x, y), right = width == 2 && pt_rect_contains(visible, x + 1, y);
	if (width == 1) {
		if (left)
			set_cell(frame, x, y, pen, glyph, 1);
	} else if (left && right) {
		split_wide(frame, x + 1, y);
		set_cell(frame, x, y, pen, glyph, 2);
		pt_cell *half = cell_at(frame, x + 1, y);
		*half = *cell_at(frame, x, y);
		half->glyph = 0;
		half->width = 0;
		if (frame->traces)
			pt_frame_trace_cover(frame, x + 1, y);
	} else if (left || right) {
		set_cell(frame, left ? x : x + 1, y, pen, ' ', 1);
	}
	return width;
}

int pt_frame_put(pt_frame *frame, pt_rect clip, int x, int y, pt_pen pen, uint32_t glyph)
{
	return put(frame, pt_rect_intersect(clip, pt_frame_rect(frame)), x, y, pen, glyph);
}

/* Columns of the part of `utf8` before a newline; *n_bytes is its length. */
static int width_of_line(const char *utf8, size_t *n_bytes)
{
	size_t n = strcspn(utf8, "\n");
	int64_t width = 0;
	for (size_t at = 0; at < n;) {
		uint32_t c;
		at += pt_utf8_decode(utf8 + at, n - at, &c);
		int w = pt_text_width_of(c);
		width += w < 0 ? 1 : w;
	}
	*n_bytes = n;
	return width > PT_FRAME_MAX * 4 ? PT_FRAME_MAX * 4 : (int)width;
}

int pt_frame_text_width(const char *utf8)
{
	size_t n_bytes;
	return width_of_line(utf8, &n_bytes);
}

int pt_frame_text(pt_frame *frame, pt_rect clip, int x, int y, pt_pen pen, const char *utf8)
{
	size_t n;
	int width = width_of_line(utf8, &n);
	pt_rect visible = pt_rect_intersect(clip, pt_frame_rect(frame));
	int64_t at_x = x;
	int end = visible.x + visible.w;
	for (size_t at = 0; at < n && at_x < end && !pt_rect_is_empty(visible);) {
		uint32_t c;
		at += pt_utf8_decode(utf8 + at, n - at, &c);
		at_x += put(frame, visible, (int)at_x, y, pen, c);
	}
	return width;
}

int pt_frame_textf(pt_frame *frame, pt_rect clip, int x, int y, pt_pen pen, const char *format, ...)
{
	char line[1024];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	return n < 0 ? 0 : pt_frame_text(frame, clip, x, y, pen, line);
}

int pt_frame_text_cut(pt_frame *frame, pt_rect clip, int x, int y, int cols, pt_pen pen, const char *utf8)
{
	if (cols < 1)
		return 0;
	int width = pt_frame_text_width(utf8);
	pt_rect room = pt_rect_intersect(clip, (pt_rect){x, clip.y, cols, clip.h});
	if (width <= cols) {
		pt_frame_text(frame, room, x, y, pen, utf8);
		return width;
	}
	room.w = room.x + room.w == x + cols ? room.w - 1 : room.w; /* unless `clip` has cut the end off before */
	pt_frame_text(frame, room, x, y, pen, utf8);
	pt_frame_put(frame, clip, x + cols - 1, y, pen, 0x2026);
	return cols;
}

int pt_frame_text_right(pt_frame *frame, pt_rect clip, int x_end, int y, pt_pen pen, const char *utf8)
{
	int width = pt_frame_text_width(utf8);
	pt_frame_text(frame, clip, x_end - width, y, pen, utf8);
	return width;
}

/* ---- areas ---- */

void pt_frame_fill(pt_frame *frame, pt_rect rect, pt_pen pen, uint32_t glyph)
{
	rect = pt_rect_intersect(rect, pt_frame_rect(frame));
	for (int y = rect.y; y < rect.y + rect.h; y++)
		for (int x = rect.x; x < rect.x + rect.w; x++) {
			put(frame, rect, x, y, pen, glyph);
			pt_cell *cell = cell_at(frame, x, y);
			cell->ground = cell->ground_level = 0;
		}
}

void pt_frame_ground(pt_frame *frame, pt_rect rect, pt_role role, int level)
{
	rect = pt_rect_intersect(rect, pt_frame_rect(frame));
	for (int y = rect.y; y < rect.y + rect.h; y++)
		for (int x = rect.x; x < rect.x + rect.w; x++) {
			pt_cell *cell = cell_at(frame, x, y);
			cell->ground = (uint8_t)role;
			cell->ground_level = (uint8_t)(level < 0 ? 0 : level > 100 ? 100 : level);
		}
}

void pt_frame_hline(pt_frame *frame, pt_rect clip, int x, int y, int n, pt_pen pen, uint32_t glyph)
{
	pt_rect visible = pt_rect_intersect(pt_rect_intersect(clip, pt_frame_rect(frame)), (pt_rect){x, y, n, 1});
	for (int i = 0; i < visible.w; i++)
		put(frame, visible, visible.x + i, y, pen, glyph);
}

void pt_frame_vline(pt_frame *frame, pt_rect clip, int x, int y, int n, pt_pen pen, uint32_t glyph)
{
	pt_rect visible = pt_rect_intersect(pt_rect_intersect(clip, pt_frame_rect(frame)), (pt_rect){x, y, 1, n});
	for (int i = 0; i < visible.h; i++)
		put(frame, visible, x, visible.y + i, pen, glyph);
}

void pt_frame_blit(pt_frame *frame, pt_rect rect, const pt_canvas *canvas)
{
	if (!canvas)
		return;
	pt_rect visible = pt_rect_intersect(rect, pt_frame_rect(frame));
	for (int y = visible.y; y < visible.y + visible.h; y++)
		for (int x = visible.x; x < visible.x + visible.w; x++) {
			int col = x - rect.x, row = y - rect.y;
			if (col >= canvas->cols || row >= canvas->rows)
				continue;
			const pt_canvas_cell *from = &canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col];
			pt_ink ink;
			if (from->over || from->dots || from->under) {
				uint32_t glyph = pt_canvas_glyph(canvas, col, row, &ink);
				put(frame, visible, x, y, (pt_pen){ink.role, ink.level, ink.attributes}, glyph);
			}
			if (from->ground) {
				cell_at(frame, x, y)->ground = from->ground;
				cell_at(frame, x, y)->ground_level = from->ground_level;
			}
		}
	if (frame->traces && canvas->tracing)
		pt_frame_trace_blit(frame, visible, rect, canvas);
}

uint32_t pt_cell_plain_glyph(const pt_cell *cell, pt_charset charset)
{
	if (cell->glyph == ' ' && cell->ground == PT_ROLE_BAND)
		return charset == PT_CHARSET_ASCII ? ',' : U'·';
	bool is_half = cell->glyph == 0x2580 || cell->glyph == 0x2584;
	if (!is_half || !pt_role_is_gradient(cell->role) || cell->ground == PT_ROLE_NONE)
		return cell->glyph;
	int other = cell->ground == cell->role ? cell->ground_level : cell->level;
	return (unsigned char)pt_heatmap_ramp((cell->level + other) / 2);
}

size_t pt_frame_row_text(const pt_frame *frame, int y, char *out, size_t capacity)
{
	pt_text text = pt_text_over(out, capacity);
	if (y < 0 || y >= frame->rows)
		return 0;
	int end = frame->cols;
	while (end > 0 && cell_at(frame, end - 1, y)->glyph == ' ')
		end--;
	for (int x = 0; x < end; x++) {
		const pt_cell *cell = cell_at(frame, x, y);
		if (cell->width == 0)
			continue;
		char encoded[4];
		size_t n = pt_utf8_encode(pt_cell_plain_glyph(cell, frame->charset), encoded);
		pt_text_add_bytes(&text, encoded, n);
	}
	return text.length;
}
