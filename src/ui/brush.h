/** The brush: what the terminal draws with now and where, and the bytes that change it. */
#ifndef PHASETOP_UI_BRUSH_H
#define PHASETOP_UI_BRUSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "terminal_words.h"

/** Colours of a brush: −1 the terminal's own, 0–255 of its palette, from PT_BRUSH_RGB on 24 bits. */
enum {
	PT_BRUSH_ANY = -2, /* of a blank, which shows its ground alone */
	PT_BRUSH_OWN = -1,
	PT_BRUSH_RGB = 0x1000000,
	/* attributes that a blank shows */
	PT_BRUSH_SEEN_ON_BLANK = 12 /* PT_ATTR_UNDERLINE | PT_ATTR_REVERSE */
};

typedef struct pt_look {
	int fg, bg;
	uint8_t attributes; /* PT_ATTR_… */
} pt_look;

static inline bool pt_looks_equal(pt_look a, pt_look b)
{
	return a.fg == b.fg && a.bg == b.bg && a.attributes == b.attributes;
}

typedef struct pt_brush {
	pt_terminal_words words;
	bool coloured; /* false: attributes alone */
	pt_look look;
	bool look_known;
	int x, y; /* of the cursor */
	bool place_known;
	bool at_margin; /* behind the last column: the next glyph would go to the next line */
	char *bytes;
	size_t n_bytes, capacity;
	bool failed; /* no memory: the bytes are not whole */
} pt_brush;

void pt_brush_init(pt_brush *brush);
void pt_brush_fini(pt_brush *brush);

/** No bytes yet, none failed; what is known of the terminal stays. */
void pt_brush_begin(pt_brush *brush);
/** Nothing is known of the terminal any more. */
void pt_brush_forget(pt_brush *brush);

/** What comes between is shown at once, where the terminal can. */
void pt_brush_hold(pt_brush *brush);
void pt_brush_release(pt_brush *brush);

/** No attributes, the terminal's own colours. */
void pt_brush_rest(pt_brush *brush);
/** Draw so from here on; PT_BRUSH_ANY as fg: as it is, if a blank does not show it. */
void pt_brush_take(pt_brush *brush, pt_look look);
/** Go to a cell. */
void pt_brush_go(pt_brush *brush, int y, int x);
/** Would going there cost more bytes than n? */
bool pt_brush_is_far(const pt_brush *brush, int y, int x, size_t n);
/** One glyph of `width` columns here, on a screen of `columns`. */
void pt_brush_put(pt_brush *brush, uint32_t glyph, int width, int columns);
/** May blanks be erased instead of written, so that they get the ground in use? */
bool pt_brush_can_erase(const pt_brush *brush);
/** Blanks from here to the end of the line, or n of them; the cursor stays. */
void pt_brush_erase_line(pt_brush *brush);
void pt_brush_erase(pt_brush *brush, int n);
/** The whole screen, in the terminal's own colours. */
void pt_brush_clear(pt_brush *brush);

#endif
