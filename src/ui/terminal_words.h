/**
 * What a terminal is told, in the words of its terminfo entry: worked out once, for tiparm() takes a
 * microsecond a word, which a large screen needs thousands of.
 */
#ifndef PHASETOP_UI_TERMINAL_WORDS_H
#define PHASETOP_UI_TERMINAL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PT_WORD_BYTES = 40, PT_N_PALETTE = 256 };

/** Bytes to send, without padding; n = 0: the terminal has no such word. */
typedef struct pt_word {
	char bytes[PT_WORD_BYTES];
	uint8_t n;
} pt_word;

typedef struct pt_terminal_words {
	pt_word clear;                         /* the whole screen; the cursor is then at its top left */
	pt_word plain;                         /* no attribute, and the terminal's own colours */
	pt_word own_colours;                   /* both of them */
	pt_word own_fg, own_bg;                /* one of them alone */
	pt_word bold, dim, underline, reverse; /* on; only `plain` takes them back */
	pt_word erase_line;                    /* from the cursor to the end of its line */
	pt_word fg[PT_N_PALETTE], bg[PT_N_PALETTE];
	int n_colours;         /* of the palette; 0: none */
	uint8_t with_colours;  /* PT_ATTR_… that can be had together with colours */
	pt_word hold, release; /* what comes between is shown at once; terminals that cannot pass over both */
	const char *move; /* of the entry, where it is not the usual one; else NULL. Lives as the entry does */
	bool moves_by_columns; /* to the right, and to a column of the same line, by ECMA-48 */
	bool feeds_lines;  /* '\n' goes down in its column, '\b' to the left; the line discipline has to let it */
	bool erases_cells; /* a number of cells, by ECMA-48 */
	bool erases_in_ground; /* what is erased gets the ground in use, not the terminal's own */
	bool wraps;            /* after the last column the cursor goes to the next line … */
	bool wraps_late;       /* … but only with the next character */
} pt_terminal_words;

/** Of the terminal that curses (newterm or setupterm) opened last. */
void pt_terminal_words_read(pt_terminal_words *words);

/** The word of a capability without parameters, such as "rmcup", of that terminal. */
pt_word pt_word_of(const char *capability);

/** Each writes at most PT_WORD_BYTES into out, without a NUL, and returns how many; lines and columns count
 * from 0. The second needs moves_by_columns, the third erases_cells. */
size_t pt_word_move(const pt_terminal_words *words, int y, int x, char *out);
size_t pt_word_right(int n, char *out);
size_t pt_word_column(int x, char *out);
size_t pt_word_erase(int n, char *out);
/** A colour in 24 bits, 0xRRGGBB, as all terminals that have them take it. */
size_t pt_word_rgb(uint32_t rgb, bool ground, char *out);

#endif
