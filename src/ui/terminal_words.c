#include "terminal_words.h"

#include <string.h>

#include "phasetop/base/text.h"
#include "phasetop/ui/role.h"

/* Last: it defines the capabilities' names as macros. */
#include <curses.h>
#include <term.h>

enum { N_BASIC = 8 }; /* colours that an entry of true colours numbers as the palette's */

/* Of a capability; "" where the entry has it not. */
static const char *capability(const char *name)
{
	const char *value = tigetstr(name);
	return value && value != (const char *)-1 ? value : "";
}

/* Without padding ("$<5>"), which no terminal of today needs. What does not fit is left out whole. */
static pt_word word_of(const char *bytes)
{
	pt_word word = {.n = 0};
	pt_text text = pt_text_over(word.bytes, sizeof word.bytes);
	for (const char *at = bytes; *at;) {
		const char *padding = strstr(at, "$<");
		const char *end = padding ? strchr(padding, '>') : NULL;
		size_t n = end ? (size_t)(padding - at) : strlen(at);
		pt_text_add_bytes(&text, at, n);
		at += n;
		if (end)
			at = end + 1;
	}
	word.n = text.cut ? 0 : (uint8_t)text.length;
	return word;
}

pt_word pt_word_of(const char *name)
{
	return word_of(capability(name));
}

static bool is_word(const char *name, const char *usual)
{
	pt_word word = pt_word_of(name);
	return word.n == strlen(usual) && memcmp(word.bytes, usual, word.n) == 0;
}

static bool holds(const pt_word *word, const char *bytes)
{
	return memmem(word->bytes, word->n, bytes, strlen(bytes)) != NULL;
}

/* As every terminal of 256 colours takes it. */
static pt_word palette_word(int index, bool ground)
{
	pt_word word;
	pt_text text = pt_text_over(word.bytes, sizeof word.bytes);
	pt_text_addf(&text, "\033[%d;5;%dm", ground ? 48 : 38, index);
	word.n = (uint8_t)text.length;
	return word;
}

static void read_colours(pt_terminal_words *words)
{
	const char *fg = capability("setaf"), *bg = capability("setab");
	words->n_colours = *fg && *bg ? tigetnum("colors") : 0;
	if (words->n_colours < 0)
		words->n_colours = 0;
	/* where an entry numbers true colours, most of the palette has no number; its words are known all the
	 * same */
	int n_by_entry = words->n_colours > PT_N_PALETTE ? N_BASIC : words->n_colours;
	for (int i = 0; i < words->n_colours && i < PT_N_PALETTE; i++) {
		words->fg[i] = i < n_by_entry ? word_of(tiparm(fg, i)) : palette_word(i, false);
		words->bg[i] = i < n_by_entry ? word_of(tiparm(bg, i)) : palette_word(i, true);
	}
	words->own_colours = pt_word_of("op");
	if (tigetflag("AX") > 0) { /* the convention of ECMA-48's terminals, as curses has it */
		words->own_fg = word_of("\033[39m");
		words->own_bg = word_of("\033[49m");
	}
}

static void read_attributes(pt_terminal_words *words)
{
	/* as terminfo numbers what does not go with colours */
	static const struct {
		int video;
		uint8_t attribute;
	} clashes[] = {{2, PT_ATTR_UNDERLINE}, {4, PT_ATTR_REVERSE}, {16, PT_ATTR_DIM}, {32, PT_ATTR_BOLD}};
	words->with_colours = PT_ATTR_UNDERLINE | PT_ATTR_REVERSE | PT_ATTR_DIM | PT_ATTR_BOLD;
	int clash = tigetnum("ncv");
	for (size_t i = 0; clash > 0 && i < sizeof clashes / sizeof clashes[0]; i++)
		if (clash & clashes[i].video)
			words->with_colours &= (uint8_t)~clashes[i].attribute;
	words->plain = pt_word_of("sgr0");
	if (words->plain.n == 0 || tigetnum("xmc") > 0)
		return; /* attributes that cannot be taken back, or that take up cells */
	words->bold = pt_word_of("bold");
	words->dim = pt_word_of("dim");
	words->underline = pt_word_of("smul");
	words->reverse = pt_word_of("rev");
}

/* Takes colours back too, as ECMA-48's word does and others do not. */
static void complete_plain(pt_terminal_words *words)
{
	if (holds(&words->plain, "\033[m") || holds(&words->plain, "\033[0m"))
		return;
	pt_word both = {.n = 0};
	pt_text text = pt_text_over(both.bytes, sizeof both.bytes);
	pt_text_add_bytes(&text, words->plain.bytes, words->plain.n);
	pt_text_add_bytes(&text, words->own_colours.bytes, words->own_colours.n);
	both.n = (uint8_t)text.length;
	words->plain = both;
}

void pt_terminal_words_read(pt_terminal_words *words)
{
	*words = (pt_terminal_words){.n_colours = 0};
	read_colours(words);
	read_attributes(words);
	complete_plain(words);
	if (words->own_colours.n == 0) /* who takes colours that the entry has not takes this word too */
		words->own_colours = word_of("\033[39;49m");
	words->clear = pt_word_of("clear");
	words->erase_line = pt_word_of("el");
	words->move = is_word("cup", "\033[%i%p1%d;%p2%dH") ? NULL : capability("cup");
	if (!words->move) { /* DEC private mode 2026, of the terminals that read ECMA-48's control sequences */
		words->hold = word_of("\033[?2026h");
		words->release = word_of("\033[?2026l");
	}
	words->moves_by_columns = is_word("cuf", "\033[%p1%dC") && is_word("hpa", "\033[%i%p1%dG");
	words->feeds_lines = is_word("cud1", "\n") && is_word("cub1", "\b");
	words->erases_cells = is_word("ech", "\033[%p1%dX");
	words->erases_in_ground = tigetflag("bce") > 0;
	words->wraps = tigetflag("am") > 0;
	words->wraps_late = tigetflag("xenl") > 0;
}

/* Decimal digits of n ≥ 0, at `at`. */
static char *put_number(char *at, unsigned n)
{
	char digits[10];
	int count = 0;
	do
		digits[count++] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	while (count > 0)
		*at++ = digits[--count];
	return at;
}

/* "ESC [ n final"; 1 is what is meant where there is no number */
static size_t put_control(char *out, int n, char final)
{
	out[0] = '\033';
	out[1] = '[';
	char *at = n == 1 ? out + 2 : put_number(out + 2, (unsigned)n);
	*at++ = final;
	return (size_t)(at - out);
}

size_t pt_word_move(const pt_terminal_words *words, int y, int x, char *out)
{
	if (words->move) {
		pt_word word = word_of(tiparm(words->move, y, x));
		memcpy(out, word.bytes, word.n);
		return word.n;
	}
	out[0] = '\033';
	out[1] = '[';
	char *at = put_number(out + 2, (unsigned)y + 1);
	*at++ = ';';
	at = put_number(at, (unsigned)x + 1);
	*at++ = 'H';
	return (size_t)(at - out);
}

size_t pt_word_right(int n, char *out)
{
	return put_control(out, n, 'C');
}

size_t pt_word_column(int x, char *out)
{
	return put_control(out, x + 1, 'G');
}

size_t pt_word_erase(int n, char *out)
{
	return put_control(out, n, 'X');
}

size_t pt_word_rgb(uint32_t rgb, bool ground, char *out)
{
	const unsigned parts[] = {ground ? 48 : 38, 2, rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255};
	char *at = out;
	*at++ = '\033';
	*at++ = '[';
	for (size_t i = 0; i < 5; i++) {
		at = put_number(at, parts[i]);
		*at++ = i < 4 ? ';' : 'm';
	}
	return (size_t)(at - out);
}
