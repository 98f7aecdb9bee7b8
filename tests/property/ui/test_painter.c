/** The painter's bytes, through a terminal emulator: every frame is on the screen as it is, whatever was
 * there. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vterm.h>

/* Last: it defines the capabilities' names as macros. */
#include <term.h>
#undef columns
#undef lines

#include "../../../src/ui/painter.h"
#include "phasetop/base/alloc.h"

enum { N_FRAMES = 60, MAX_COLS = 60, MAX_ROWS = 14 };

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static int below(uint32_t *state, int n)
{
	return (int)(next_random(state) % (uint32_t)n);
}

typedef struct screen {
	VTerm *vterm;
	VTermScreen *cells;
	pt_painter painter;
	pt_theme *theme;
	pt_frame *frame;
} screen;

static screen open_screen(const char *term, pt_colour_depth depth, int cols, int rows)
{
	int error = 0;
	screen s = {.vterm = vterm_new(rows, cols)};
	if (setupterm(term, 1, &error) != OK) /* its failure would end the program where error is not asked for */
		fail_msg("no entry of %s", term);
	vterm_set_utf8(s.vterm, 1);
	s.cells = vterm_obtain_screen(s.vterm);
	vterm_screen_reset(s.cells, 1);
	pt_painter_init(&s.painter);
	pt_terminal_words_read(&s.painter.brush.words);
	assert_int_equal(pt_theme_create(&s.theme, NULL), PT_OK);
	s.painter.theme = s.theme;
	s.painter.depth = depth;
	assert_int_equal(pt_frame_create(cols, rows, PT_CHARSET_UTF8, &s.frame, NULL), PT_OK);
	return s;
}

static void close_screen(screen *s)
{
	del_curterm(cur_term);
	vterm_free(s->vterm);
	pt_painter_fini(&s->painter);
	pt_theme_destroy(s->theme);
	pt_frame_destroy(s->frame);
}

static size_t show(screen *s)
{
	assert_true(pt_painter_paint(&s->painter, s->frame));
	vterm_input_write(s->vterm, s->painter.brush.bytes, s->painter.brush.n_bytes);
	return s->painter.brush.n_bytes;
}

/* --- what is on the screen ---------------------------------------------------------------------------- */

static bool is_colour(
	const pt_colour *want, const VTermColor *got, bool ground, pt_colour_depth depth, int n_palette)
{
	bool own = ground ? VTERM_COLOR_IS_DEFAULT_BG(got) : VTERM_COLOR_IS_DEFAULT_FG(got);
	if (want->kind == PT_COLOUR_DEFAULT || depth == PT_DEPTH_MONO)
		return own;
	if (depth == PT_DEPTH_TRUE && (want->kind == PT_COLOUR_RGB || want->index >= 16))
		return VTERM_COLOR_IS_RGB(got) && got->rgb.red == want->rgb.r && got->rgb.green == want->rgb.g &&
			   got->rgb.blue == want->rgb.b;
	int index = want->index < n_palette ? want->index : want->index % 8;
	/* the emulator shows bold ones of the first eight as bright ones */
	return !own && VTERM_COLOR_IS_INDEXED(got) &&
		   (got->indexed.idx == index || (!ground && got->indexed.idx == index + 8));
}

static void check_cell(screen *s, int x, int y)
{
	const pt_cell *cell = &s->frame->cells[y * s->frame->cols + x];
	pt_colour_depth depth = s->painter.depth;
	const pt_terminal_words *words = &s->painter.brush.words;
	VTermScreenCell got;
	assert_true(vterm_screen_get_cell(s->cells, (VTermPos){.row = y, .col = x}, &got));
	pt_style style = pt_theme_style(s->theme, cell, depth);
	uint32_t glyph = got.chars[0] == 0 ? ' ' : got.chars[0];
	uint32_t want = depth == PT_DEPTH_MONO ? pt_cell_plain_glyph(cell, PT_CHARSET_UTF8) : cell->glyph;
	uint8_t can = depth == PT_DEPTH_MONO ? 0xFF : words->with_colours;
	bool reverse = (style.attributes & can & PT_ATTR_REVERSE) && words->reverse.n > 0;
	bool underline = (style.attributes & can & PT_ATTR_UNDERLINE) && words->underline.n > 0;
	if (cell->width == 0)
		return; /* told by its left half */
	if (glyph != want || (cell->width == 2) != (got.width == 2))
		fail_msg("cell %d,%d: U+%04X instead of U+%04X", x, y, glyph, want);
	if ((bool)got.attrs.reverse != reverse || (got.attrs.underline > 0) != underline)
		fail_msg("cell %d,%d: attributes", x, y);
	if (!is_colour(&style.bg, &got.bg, true, depth, words->n_colours))
		fail_msg("cell %d,%d: ground", x, y);
	if (cell->glyph != ' ' && !is_colour(&style.fg, &got.fg, false, depth, words->n_colours))
		fail_msg("cell %d,%d: colour", x, y);
	bool bold = (style.attributes & PT_ATTR_BOLD) && words->bold.n > 0;
	if (cell->glyph != ' ' && depth >= PT_DEPTH_256 && (bool)got.attrs.bold != bold)
		fail_msg("cell %d,%d: bold", x, y);
}

static void check_screen(screen *s)
{
	const pt_terminal_words *words = &s->painter.brush.words;
	for (int y = 0; y < s->frame->rows; y++)
		for (int x = 0; x < s->frame->cols; x++)
			if (!words->wraps || words->wraps_late || y < s->frame->rows - 1 || x < s->frame->cols - 1)
				check_cell(s, x, y); /* the last cell of all would scroll such a screen */
}

/* --- frames ------------------------------------------------------------------------------------------- */

static pt_pen random_pen(uint32_t *state)
{
	static const uint8_t attributes[] = {
		0, 0, 0, 0, PT_ATTR_BOLD, PT_ATTR_UNDERLINE, PT_ATTR_REVERSE, PT_ATTR_DIM};
	return (pt_pen){.role = (uint8_t)(1 + below(state, PT_N_ROLES - 1)),
		.level = (uint8_t)below(state, 101),
		.attributes = attributes[below(state, 8)]};
}

/* Texts with wide characters, lines, grounds, holes. */
static void scribble(pt_frame *frame, uint32_t *state)
{
	static const char *const texts[] = {
		"norm ‖B‖", "wide 表意文字 here", "字", "a", "⣿⣀⡠", "     ", "  x   y  ", "─────────"};
	pt_rect all = pt_frame_rect(frame);
	for (int i = below(state, 8); i >= 0; i--) {
		int x = below(state, frame->cols + 4) - 4, y = below(state, frame->rows);
		pt_pen pen = random_pen(state);
		switch (below(state, 5)) {
		case 0:
			pt_frame_fill(frame, (pt_rect){x, y, below(state, 20), below(state, 4)}, pen, ' ');
			break;
		case 1:
			pt_frame_ground(frame, (pt_rect){x, y, below(state, 20), below(state, 4)}, pen.role, pen.level);
			break;
		case 2:
			pt_frame_vline(frame, all, x, y, below(state, 9), pen, U'│');
			break;
		default:
			pt_frame_text(frame, all, x, y, pen, texts[below(state, sizeof texts / sizeof texts[0])]);
			break;
		}
	}
}

static void play(const char *term, pt_colour_depth depth, uint32_t seed)
{
	uint32_t state = seed;
	screen s = open_screen(term, depth, 1 + below(&state, MAX_COLS), 1 + below(&state, MAX_ROWS));
	for (int i = 0; i < N_FRAMES; i++) {
		int event = below(&state, 20);
		if (event == 0)
			pt_frame_clear(s.frame);
		else if (event == 1)
			pt_painter_set_theme(&s.painter, s.theme);
		else if (event == 2) { /* somebody wrote on the screen */
			vterm_input_write(s.vterm, "\033[41;1mstray\033[5;5H", 17);
			pt_painter_forget(&s.painter);
		} else if (event == 3) {
			int cols = 1 + below(&state, MAX_COLS), rows = 1 + below(&state, MAX_ROWS);
			assert_int_equal(pt_frame_resize(s.frame, cols, rows, NULL), PT_OK);
			vterm_set_size(s.vterm, rows, cols);
		}
		scribble(s.frame, &state);
		show(&s);
		check_screen(&s);
		assert_int_equal(show(&s), 0); /* nothing new: nothing sent */
	}
	assert_true(pt_painter_rest(&s.painter));
	close_screen(&s);
}

static void test_every_frame_is_on_the_screen(void **state)
{
	(void)state;
	static const struct {
		const char *term;
		pt_colour_depth depth;
	} terminals[] = {
		{"xterm-256color", PT_DEPTH_TRUE},
		{"xterm-256color", PT_DEPTH_256},
		{"xterm-256color", PT_DEPTH_16},
		{"xterm-256color", PT_DEPTH_MONO},
		{"tmux-256color", PT_DEPTH_256},
		{"tmux-256color", PT_DEPTH_TRUE},
		{"screen-256color", PT_DEPTH_256},
		{"xterm", PT_DEPTH_16},
		{"linux", PT_DEPTH_16},
		{"linux", PT_DEPTH_TRUE},
		{"ansi", PT_DEPTH_TRUE},
		{"vt100", PT_DEPTH_MONO},
		{"vt100", PT_DEPTH_TRUE}, /* by --color true: an entry without colours */
		{"vt220", PT_DEPTH_MONO},
		{"ansi", PT_DEPTH_16},
		{"rxvt", PT_DEPTH_16},
	};
	for (size_t i = 0; i < sizeof terminals / sizeof terminals[0]; i++)
		for (uint32_t seed = 1; seed <= 25; seed++)
			play(terminals[i].term, terminals[i].depth, seed * 7919);
}

static void test_little_is_sent_for_little(void **state)
{
	(void)state;
	screen s = open_screen("xterm-256color", PT_DEPTH_256, 80, 24);
	pt_rect all = pt_frame_rect(s.frame);
	for (int y = 0; y < 24; y++) /* two colours on every row, as borders and curves are */
		for (int x = 0; x < 80; x += 8) {
			pt_frame_put(s.frame, all, x, y, pt_pen_of(PT_ROLE_BORDER), U'│');
			pt_frame_put(s.frame, all, x + 4, y, pt_pen_of(PT_ROLE_SERIES_1), '*');
		}
	/* 240 cells of either: a move and a glyph each, and two colours in all */
	assert_in_range(show(&s), 240 * 8, 240 * 14);
	pt_frame_put(s.frame, all, 20, 12, pt_pen_of(PT_ROLE_SERIES_1), U'x');
	assert_in_range(show(&s), 9, 20);
	pt_frame_fill(s.frame, (pt_rect){0, 3, 80, 1}, pt_pen_of(PT_ROLE_TEXT), ' ');
	assert_in_range(show(&s), 4, 15);                   /* a line is erased, not overwritten */
	s.frame->cells[3 * 80 + 5].role = PT_ROLE_SERIES_2; /* a blank has no colour */
	assert_int_equal(show(&s), 0);
	close_screen(&s);
}

/* Large frames are not seen half done, where the terminal can hold them back; small ones need no such words. */
static void test_large_frames_come_at_once(void **state)
{
	(void)state;
	static const char hold[] = "\033[?2026h", release[] = "\033[?2026l";
	const size_t n = sizeof hold - 1;
	screen s = open_screen("xterm-256color", PT_DEPTH_256, 80, 24);
	pt_rect all = pt_frame_rect(s.frame);
	for (int y = 0; y < 24; y++)
		for (int x = y % 4; x < 80; x += 8)
			pt_frame_put(s.frame, all, x, y, pt_pen_of(PT_ROLE_BORDER), U'│');
	size_t n_bytes = show(&s);
	const char *bytes = s.painter.brush.bytes;
	assert_true(n_bytes > 2 * n && memcmp(bytes, hold, n) == 0 && memcmp(bytes + n_bytes - n, release, n) == 0);
	assert_null(memmem(bytes + n, n_bytes - 2 * n, "\033[?", 3));
	pt_frame_put(s.frame, all, 20, 12, pt_pen_of(PT_ROLE_SERIES_1), U'x');
	assert_true(show(&s) < 20);
	close_screen(&s);
}

static void test_no_memory_costs_one_frame(void **state)
{
	(void)state;
	for (size_t at = 1; at < 4; at++) {
		uint32_t seed = 5;
		screen s = open_screen("xterm-256color", PT_DEPTH_256, 40, 10);
		scribble(s.frame, &seed);
		pt_alloc_fail_at(at, true);
		bool painted = pt_painter_paint(&s.painter, s.frame);
		pt_alloc_fail_at(0, false);
		assert_false(painted);
		assert_int_equal(s.painter.brush.n_bytes, 0);
		show(&s);
		check_screen(&s);
		close_screen(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_frame_is_on_the_screen),
		cmocka_unit_test(test_little_is_sent_for_little),
		cmocka_unit_test(test_large_frames_come_at_once),
		cmocka_unit_test(test_no_memory_costs_one_frame),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
