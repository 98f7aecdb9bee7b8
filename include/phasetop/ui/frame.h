/**
 * The frame: a grid of cells, each a glyph with a role, into which everything draws. The screen, `--once`,
 * the SVG and the golden tests all come from one.
 *
 * Coordinates are cells from the frame's top left corner. Every function clips to its rectangle and to the
 * frame, takes any numbers (negative, empty, huge), and never fails.
 */
#ifndef PHASETOP_UI_FRAME_H
#define PHASETOP_UI_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/plot/canvas.h"
#include "phasetop/ui/role.h"

typedef enum pt_charset {
	PT_CHARSET_UTF8,
	PT_CHARSET_ASCII, /* every glyph is written as its nearest ASCII character */
} pt_charset;

typedef struct pt_rect {
	int x, y, w, h; /* empty when w < 1 or h < 1 */
} pt_rect;

static inline bool pt_rect_is_empty(pt_rect rect)
{
	return rect.w < 1 || rect.h < 1;
}
/** What both share; w and h are 0 when nothing. */
pt_rect pt_rect_intersect(pt_rect a, pt_rect b);
/** Smaller by that many cells at each side; never negative. */
pt_rect pt_rect_inset(pt_rect rect, int left, int top, int right, int bottom);
bool pt_rect_contains(pt_rect rect, int x, int y);

/** How text is painted: role, place in its gradient, attributes beyond the role's own. */
typedef struct pt_pen {
	uint8_t role;
	uint8_t level;
	uint8_t attributes;
} pt_pen;

static inline pt_pen pt_pen_of(pt_role role)
{
	return (pt_pen){.role = (uint8_t)role};
}
static inline pt_pen pt_pen_bold(pt_role role)
{
	return (pt_pen){.role = (uint8_t)role, .attributes = PT_ATTR_BOLD};
}
static inline pt_pen pt_pen_level(pt_role role, int level)
{
	return (pt_pen){.role = (uint8_t)role, .level = (uint8_t)(level < 0 ? 0 : level > 100 ? 100 : level)};
}
/** The ink of a canvas for a role; `series` tells owners apart (see canvas.h). */
static inline pt_ink pt_ink_of(pt_role role, int series)
{
	return (pt_ink){.role = (uint8_t)role, .series = (uint8_t)series};
}

typedef struct pt_cell {
	uint32_t glyph; /* code point; ' ' when empty; 0 in the right half of a wide character */
	uint8_t width;  /* 1, 2, or 0 in the right half of a wide character */
	uint8_t role;   /* of the glyph */
	uint8_t level;
	uint8_t attributes; /* beyond the role's */
	uint8_t ground; /* role whose background (for gradients: colour) lies under it; 0: the glyph's role's */
	uint8_t ground_level;
} pt_cell;

typedef struct pt_frame {
	int cols, rows;
	pt_charset charset;
	pt_cell *cells;                 /* rows × cols, owned */
	struct pt_frame_traces *traces; /* true lines, for pictures (see frame_trace.h); NULL: none are kept */
} pt_frame;

enum { PT_FRAME_MAX = 4096 }; /* columns and rows; larger sizes are cut */

/** A cleared frame of at least 1 × 1. @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_frame_create(int cols, int rows, pt_charset charset, pt_frame **frame, pt_error *err);
void pt_frame_destroy(pt_frame *frame);
/** New size, cleared; traces end. @retval PT_ERR_MEMORY the frame keeps its size and content */
PT_CHECKED pt_status pt_frame_resize(pt_frame *frame, int cols, int rows, pt_error *err);
/** All spaces of role text without ground. */
void pt_frame_clear(pt_frame *frame);
pt_rect pt_frame_rect(const pt_frame *frame);
/** The cell, or a blank one outside of the frame. */
pt_cell pt_frame_get(const pt_frame *frame, int x, int y);
/** Are size and all cells equal? */
bool pt_frame_equal(const pt_frame *a, const pt_frame *b);

/** One code point; what must not reach a terminal becomes U+FFFD. The cell keeps its ground. Returns columns.
 */
int pt_frame_put(pt_frame *frame, pt_rect clip, int x, int y, pt_pen pen, uint32_t glyph);

/**
 * Text from (x, y) to the right, sanitized (controls, bidi, ill-formed bytes become U+FFFD; a newline ends
 * it), cut at the edges of `clip`; half of a wide character is a space. Cells keep their ground.
 * @return columns the whole text would take, so that `x += pt_frame_text(…)` goes on
 */
int pt_frame_text(pt_frame *frame, pt_rect clip, int x, int y, pt_pen pen, const char *utf8);
int pt_frame_textf(pt_frame *frame, pt_rect clip, int x, int y, pt_pen pen, const char *format, ...)
	PT_PRINTF(6, 7);
/** As pt_frame_text in at most `cols` columns: text that is longer ends in '…'. Returns columns written. */
int pt_frame_text_cut(pt_frame *frame, pt_rect clip, int x, int y, int cols, pt_pen pen, const char *utf8);
/** Ends before column x_end (right-aligned). Returns columns written. */
int pt_frame_text_right(pt_frame *frame, pt_rect clip, int x_end, int y, pt_pen pen, const char *utf8);
/** Columns that pt_frame_text would take. */
int pt_frame_text_width(const char *utf8);

/** Every cell of `rect` gets this glyph (width 1) and pen; grounds are reset to none. */
void pt_frame_fill(pt_frame *frame, pt_rect rect, pt_pen pen, uint32_t glyph);
/** Every cell of `rect` gets this ground; glyphs stay. */
void pt_frame_ground(pt_frame *frame, pt_rect rect, pt_role role, int level);
void pt_frame_hline(pt_frame *frame, pt_rect clip, int x, int y, int n, pt_pen pen, uint32_t glyph);
void pt_frame_vline(pt_frame *frame, pt_rect clip, int x, int y, int n, pt_pen pen, uint32_t glyph);

/** What stands in a pane's border: `╭─┤1 norm ‖B‖ ├────┤0.1257 @790├─╮`. Any may be NULL. */
typedef struct pt_box {
	bool focused;
	const char *key; /* hot key in front of the title (a space between), in hi_fg */
	const char *title;
	const char *figure; /* the key figure, at the right; left out where there is no room */
	const char *footer; /* at the right of the lower border */
	pt_pen figure_pen;  /* role 0: label */
} pt_box;

/** Rounded border (`+-|` in ASCII) round `rect`, titles in it; returns the rectangle inside. A rectangle
 * smaller than 2 × 2 has no border: it is returned whole. The inside is not touched. */
pt_rect pt_frame_box(pt_frame *frame, pt_rect rect, const pt_box *box);

/** Copy a canvas (NULL: nothing) to (rect.x, rect.y): only cells that show something are written, but grounds
 * always where the canvas has them. */
void pt_frame_blit(pt_frame *frame, pt_rect rect, const pt_canvas *canvas);

/** Words for ASCII, with a word where no character reads well: "49 deg". All else stays; cut to fit. */
void pt_words_spelled(const char *words, char *out, size_t capacity);

/** The nearest ASCII character of a code point; itself below U+0080; '?' where none is near. */
char pt_glyph_ascii(uint32_t glyph);

/** What a cell shows where there are no colours: the halves of a heat map's cell ('▀' or '▄' of a gradient's
 * level, on a ground) become one character of the ASCII ramp by the mean of their levels; what is empty of a
 * band (ground PT_ROLE_BAND) becomes '·', in ASCII ','; everything else is the cell's own glyph. */
uint32_t pt_cell_plain_glyph(const pt_cell *cell, pt_charset charset);

/** Row y as UTF-8, as pt_cell_plain_glyph shows it, without trailing spaces (for `--once` and tests). Returns
 * bytes written, NUL-terminated; 4 · cols + 1 bytes always suffice. */
size_t pt_frame_row_text(const pt_frame *frame, int y, char *out, size_t capacity);

#endif
