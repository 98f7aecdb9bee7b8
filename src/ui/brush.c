#include "brush.h"

#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "phasetop/ui/role.h"

_Static_assert(PT_BRUSH_SEEN_ON_BLANK == (PT_ATTR_UNDERLINE | PT_ATTR_REVERSE), "as role.h has them");

void pt_brush_init(pt_brush *brush)
{
	*brush = (pt_brush){.coloured = true};
}

void pt_brush_fini(pt_brush *brush)
{
	pt_free(brush->bytes);
	brush->bytes = NULL;
}

void pt_brush_begin(pt_brush *brush)
{
	brush->n_bytes = 0;
	brush->failed = false;
}

void pt_brush_forget(pt_brush *brush)
{
	brush->look_known = false;
	brush->place_known = false;
}

static void add(pt_brush *brush, const char *bytes, size_t n)
{
	void *memory = brush->bytes;
	if (n == 0)
		return;
	if (!pt_array_reserve(&memory, &brush->capacity, brush->n_bytes + n, 1)) {
		brush->failed = true;
		return;
	}
	brush->bytes = memory;
	memcpy(brush->bytes + brush->n_bytes, bytes, n);
	brush->n_bytes += n;
}

static void add_word(pt_brush *brush, const pt_word *word)
{
	add(brush, word->bytes, word->n);
}

void pt_brush_hold(pt_brush *brush)
{
	add_word(brush, &brush->words.hold);
}

void pt_brush_release(pt_brush *brush)
{
	add_word(brush, &brush->words.release);
}

/* --- colours and attributes -------------------------------------------------------------------------- */

void pt_brush_rest(pt_brush *brush)
{
	const pt_look rest = {.fg = PT_BRUSH_OWN, .bg = PT_BRUSH_OWN};
	if (brush->look_known && pt_looks_equal(brush->look, rest))
		return;
	add_word(brush, &brush->words.plain);
	brush->look = rest;
	brush->look_known = true;
}

static void add_colour(pt_brush *brush, int colour, bool ground)
{
	char word[PT_WORD_BYTES];
	if (colour >= PT_BRUSH_RGB)
		add(brush, word, pt_word_rgb((uint32_t)(colour - PT_BRUSH_RGB), ground, word));
	else if (colour >= 0 && colour < PT_N_PALETTE)
		add_word(brush, ground ? &brush->words.bg[colour] : &brush->words.fg[colour]);
}

static void take_colours(pt_brush *brush, int fg, int bg)
{
	pt_look *now = &brush->look;
	bool own_fg = fg == PT_BRUSH_OWN && now->fg != fg, own_bg = bg == PT_BRUSH_OWN && now->bg != bg;
	const pt_terminal_words *words = &brush->words;
	if ((own_fg && own_bg) || (own_fg && words->own_fg.n == 0) || (own_bg && words->own_bg.n == 0)) {
		add_word(brush, &words->own_colours);
		now->fg = now->bg = PT_BRUSH_OWN;
	} else if (own_fg) {
		add_word(brush, &words->own_fg);
	} else if (own_bg) {
		add_word(brush, &words->own_bg);
	}
	if (fg != PT_BRUSH_OWN && fg != now->fg)
		add_colour(brush, fg, false);
	if (bg != PT_BRUSH_OWN && bg != now->bg)
		add_colour(brush, bg, true);
	now->fg = fg;
	now->bg = bg;
}

void pt_brush_take(pt_brush *brush, pt_look look)
{
	static const struct {
		uint8_t attribute;
		size_t word;
	} attributes[] = {
		{PT_ATTR_BOLD, offsetof(pt_terminal_words, bold)},
		{PT_ATTR_DIM, offsetof(pt_terminal_words, dim)},
		{PT_ATTR_UNDERLINE, offsetof(pt_terminal_words, underline)},
		{PT_ATTR_REVERSE, offsetof(pt_terminal_words, reverse)},
	};
	bool any = look.fg == PT_BRUSH_ANY;
	uint8_t off = (uint8_t)(brush->look.attributes & ~look.attributes);
	if (!brush->look_known || (off & (any ? PT_BRUSH_SEEN_ON_BLANK : 0xFF)))
		pt_brush_rest(brush);
	for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
		if (look.attributes & ~brush->look.attributes & attributes[i].attribute)
			add_word(brush, (const pt_word *)((const char *)&brush->words + attributes[i].word));
	brush->look.attributes |= look.attributes;
	if (brush->coloured)
		take_colours(brush, any ? brush->look.fg : look.fg, look.bg);
}

/* --- places ------------------------------------------------------------------------------------------- */

/* Some lines down: by line feeds, from the first column where that is shorter. 0: not so far down, or not so.
 */
static size_t way_down(const pt_brush *brush, int y, int x, char *word)
{
	enum { MOST_LINES = 4, MOST_BACK = 4 };
	int down = y - brush->y, right = x - brush->x;
	if (!brush->place_known || down < 1 || down > MOST_LINES)
		return 0;
	bool in_column = brush->words.feeds_lines && !brush->at_margin && right >= -MOST_BACK;
	if (!in_column && down > 1 && !brush->words.feeds_lines)
		return 0;
	size_t n = 0;
	if (!in_column)
		word[n++] = '\r';
	for (int i = 0; i < down; i++)
		word[n++] = '\n';
	for (int i = right; in_column && i < 0; i++)
		word[n++] = '\b';
	int by = in_column ? right : x;
	if (by > 0 && !brush->words.moves_by_columns)
		return 0;
	return n + (by > 0 ? pt_word_right(by, word + n) : 0);
}

/* The cheapest word that takes the cursor there; its bytes. */
static size_t way_to(const pt_brush *brush, int y, int x, char *word)
{
	char down[PT_WORD_BYTES];
	bool known = brush->place_known, margin = brush->at_margin;
	if (known && !margin && brush->y == y && brush->x == x)
		return 0;
	size_t n_down = way_down(brush, y, x, down), n = 0;
	if (n_down > 0) {
		n = pt_word_move(&brush->words, y, x, word);
		if (n_down <= n)
			memcpy(word, down, n_down);
		return n_down <= n ? n_down : n;
	}
	if (known && !margin && y == brush->y && brush->words.moves_by_columns)
		return x > brush->x ? pt_word_right(x - brush->x, word) : pt_word_column(x, word);
	return pt_word_move(&brush->words, y, x, word);
}

void pt_brush_go(pt_brush *brush, int y, int x)
{
	char word[PT_WORD_BYTES];
	add(brush, word, way_to(brush, y, x, word));
	brush->x = x;
	brush->y = y;
	brush->place_known = true;
	brush->at_margin = false;
}

bool pt_brush_is_far(const pt_brush *brush, int y, int x, size_t n)
{
	char word[PT_WORD_BYTES];
	return way_to(brush, y, x, word) > n;
}

void pt_brush_put(pt_brush *brush, uint32_t glyph, int width, int columns)
{
	char bytes[4];
	add(brush, bytes, pt_utf8_encode(glyph, bytes));
	brush->x += width;
	/* terminals do not agree on which characters are wide */
	brush->place_known = width == 1;
	if (brush->x >= columns) {
		brush->at_margin = brush->words.wraps;
		brush->place_known &= !brush->words.wraps || brush->words.wraps_late;
		brush->x = columns - 1;
	}
}

bool pt_brush_can_erase(const pt_brush *brush)
{
	return (brush->look.bg == PT_BRUSH_OWN || brush->words.erases_in_ground) &&
		   !(brush->look.attributes & PT_BRUSH_SEEN_ON_BLANK);
}

void pt_brush_erase_line(pt_brush *brush)
{
	add_word(brush, &brush->words.erase_line);
}

void pt_brush_erase(pt_brush *brush, int n)
{
	char word[PT_WORD_BYTES];
	add(brush, word, pt_word_erase(n, word));
}

void pt_brush_clear(pt_brush *brush)
{
	pt_brush_rest(brush);
	add_word(brush, &brush->words.clear);
	brush->x = brush->y = 0;
	brush->place_known = true;
	brush->at_margin = false;
}
