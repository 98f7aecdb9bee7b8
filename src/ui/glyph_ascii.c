/* The nearest ASCII character of what phasetop draws (contract in frame.h). */
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/text.h"
#include "phasetop/ui/frame.h"

typedef struct replacement {
	uint32_t glyph;
	char ascii;
} replacement;

/* By rising code point. */
static const replacement table[] = {
	{0x00A0, ' '},
	{0x00B0, 'o'},
	{0x00B1, '~'},
	{0x00B2, '2'},
	{0x00B3, '3'},
	{0x00B5, 'u'},
	{0x00B7, '.'},
	{0x00B9, '1'},
	{0x00D7, 'x'},
	{0x0394, 'D'},
	{0x03A3, 'S'},
	{0x03B1, 'a'},
	{0x03B2, 'b'},
	{0x03BB, 'l'},
	{0x03BC, 'u'},
	{0x03C1, 'r'},
	{0x03C3, 's'},
	{0x03C4, 't'},
	{0x03C6, 'f'},
	{0x2010, '-'},
	{0x2011, '-'},
	{0x2012, '-'},
	{0x2013, '-'},
	{0x2014, '-'},
	{0x2016, '|'},
	{0x2018, '\''},
	{0x2019, '\''},
	{0x201C, '"'},
	{0x201D, '"'},
	{0x2020, '+'},
	{0x2022, '*'},
	{0x2026, '.'},
	{0x2080, '0'},
	{0x2081, '1'},
	{0x2082, '2'},
	{0x2083, '3'},
	{0x2190, '<'},
	{0x2191, '^'},
	{0x2192, '>'},
	{0x2193, 'v'},
	{0x2194, '-'},
	{0x2195, '|'},
	{0x21E5, '>'},
	{0x2200, 'A'},
	{0x2205, '0'},
	{0x2206, 'D'},
	{0x2211, 'S'},
	{0x2212, '-'},
	{0x221A, 'V'},
	{0x221E, '8'},
	{0x2225, '|'},
	{0x2248, '~'},
	{0x2260, '!'},
	{0x2264, '<'},
	{0x2265, '>'},
	{0x22C5, '.'},
	{0x23AF, '-'},
	{0x23F8, '='},
	{0x25A0, '#'},
	{0x25A1, '#'},
	{0x25AA, '#'},
	{0x25AE, '#'},
	{0x25B2, '^'},
	{0x25B3, '^'},
	{0x25B6, '>'},
	{0x25B8, '>'},
	{0x25BC, 'v'},
	{0x25BD, 'v'},
	{0x25B4, '^'},
	{0x25BE, 'v'},
	{0x25C0, '<'},
	{0x25C2, '<'},
	{0x25C6, '#'},
	{0x25C7, '#'},
	{0x25C8, '#'},
	{0x25C9, '*'},
	{0x25CB, 'o'},
	{0x25CF, '*'},
	{0x25E6, 'o'},
	{0x2605, '*'},
	{0x2606, '*'},
	{0x2691, '!'},
	{0x26A0, '!'},
	{0x2713, 'v'},
	{0x2714, 'v'},
	{0x2715, 'x'},
	{0x2717, 'x'},
	{0x2718, 'x'},
	{0x276F, '>'},
};

static int compare(const void *key, const void *element)
{
	uint32_t glyph = *(const uint32_t *)key, at = ((const replacement *)element)->glyph;
	return (glyph > at) - (glyph < at);
}

/* Box drawing, U+2500…U+257F, by what it joins. */
static char box_ascii(uint32_t glyph)
{
	static const char lines[] = "--||--||--||"; /* ─━│┃┄┅┆┇┈┉┊┋ */
	if (glyph < 0x250C)
		return lines[glyph - 0x2500];
	if (glyph == 0x254C || glyph == 0x254D || glyph == 0x2550 || glyph == 0x2574 || glyph == 0x2576 ||
		glyph == 0x2578 || glyph == 0x257A || glyph == 0x257C || glyph == 0x257E)
		return '-';
	if (glyph == 0x254E || glyph == 0x254F || glyph == 0x2551 || glyph == 0x2575 || glyph == 0x2577 ||
		glyph == 0x2579 || glyph == 0x257B || glyph == 0x257D || glyph == 0x257F)
		return '|';
	if (glyph == 0x2571)
		return '/';
	if (glyph == 0x2572)
		return '\\';
	return glyph == 0x2573 ? 'X' : '+';
}

/* Block elements, U+2580…U+259F, by how much of the cell they fill. */
static char block_ascii(uint32_t glyph)
{
	static const char lower[] = "_.-=*###"; /* ▁ … █ */
	if (glyph == 0x2580)
		return '\'';
	if (glyph <= 0x2588)
		return lower[glyph - 0x2581];
	if (glyph <= 0x258F)
		return '|';
	return glyph == 0x2591 ? ':' : glyph == 0x2594 ? '\'' : glyph == 0x2595 ? '|' : '#';
}

char pt_glyph_ascii(uint32_t glyph)
{
	if (glyph < 0x80)
		return glyph >= 0x20 && glyph < 0x7F ? (char)glyph : '?';
	if (glyph >= 0x2500 && glyph <= 0x257F)
		return box_ascii(glyph);
	if (glyph >= 0x2580 && glyph <= 0x259F)
		return block_ascii(glyph);
	if (glyph >= 0x2800 && glyph <= 0x28FF)
		return glyph == 0x2800 ? ' ' : '.';
	const replacement *found = bsearch(&glyph, table, sizeof table / sizeof *table, sizeof *table, compare);
	return found ? found->ascii : '?';
}

void pt_words_spelled(const char *words, char *out, size_t capacity)
{
	static const char sign[] = "°";
	pt_text text = pt_text_over(out, capacity);
	for (const char *found; (found = strstr(words, sign)) != NULL; words = found + strlen(sign)) {
		pt_text_add_bytes(&text, words, (size_t)(found - words));
		pt_text_add(&text, " deg");
	}
	pt_text_add(&text, words);
}
