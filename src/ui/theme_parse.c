/*
 * The syntax of theme files: btop's, and what phasetop adds (see theme.h). The text is untrusted: it is read
 * through a cursor that never leaves its line, and what is not understood is noted and passed over.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "phasetop/base/text.h"
#include "theme_private.h"

enum { MAX_LINE_BYTES = 512, MAX_VALUE_BYTES = 64 };

static pt_colour indexed(int index)
{
	return (pt_colour){PT_COLOUR_INDEX, (uint8_t)index, pt_rgb_of_index((uint8_t)index)};
}

static pt_colour rgb(int r, int g, int b)
{
	return (pt_colour){.kind = PT_COLOUR_RGB, .rgb = {(uint8_t)r, (uint8_t)g, (uint8_t)b}};
}

/* "#rrggbb", "#rgb" is not btop's and is refused, "#cc" is a grey. */
static bool parse_hex(const char *digits, pt_colour *colour)
{
	size_t n = strlen(digits);
	int value = 0;
	if (n != 6 && n != 2)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!isxdigit((unsigned char)digits[i]))
			return false;
		int c = tolower((unsigned char)digits[i]);
		value = value * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
	}
	*colour = n == 6 ? rgb(value >> 16, value >> 8 & 255, value & 255) : rgb(value, value, value);
	return true;
}

/* Up to three numbers 0–255: one is a palette entry, three are red, green, blue. */
static bool parse_numbers(const char *text, pt_colour *colour)
{
	int numbers[3], n = 0;
	while (*text) {
		if (!isdigit((unsigned char)*text) || n == 3)
			return false;
		int value = 0;
		for (; isdigit((unsigned char)*text); text++) {
			value = value * 10 + (*text - '0');
			if (value > 255)
				return false;
		}
		numbers[n++] = value;
		while (*text == ' ' || *text == '\t')
			text++;
	}
	if (n == 1)
		*colour = indexed(numbers[0]);
	else if (n == 3)
		*colour = rgb(numbers[0], numbers[1], numbers[2]);
	return n == 1 || n == 3;
}

/* black … white, with "bright" (or "bright_", "bright-", "light ") before; grey is bright black. */
static bool parse_name(const char *name, pt_colour *colour)
{
	static const char *const names[] = {
		"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};
	int bright = 0;
	if (strcasecmp(name, "default") == 0) {
		*colour = (pt_colour){.kind = PT_COLOUR_DEFAULT};
		return true;
	}
	if (strcasecmp(name, "grey") == 0 || strcasecmp(name, "gray") == 0) {
		*colour = indexed(8);
		return true;
	}
	if (strncasecmp(name, "bright", 6) == 0 || strncasecmp(name, "light", 5) == 0) {
		bright = 8;
		name += tolower((unsigned char)name[0]) == 'b' ? 6 : 5;
		name += *name == ' ' || *name == '_' || *name == '-';
	}
	for (int i = 0; i < 8; i++)
		if (strcasecmp(name, names[i]) == 0) {
			*colour = indexed(i + bright);
			return true;
		}
	return false;
}

bool pt_theme_parse_colour(const char *value, pt_colour *colour)
{
	if (*value == '\0') {
		*colour = (pt_colour){.kind = PT_COLOUR_DEFAULT};
		return true;
	}
	if (*value == '#')
		return parse_hex(value + 1, colour);
	return isdigit((unsigned char)*value) ? parse_numbers(value, colour) : parse_name(value, colour);
}

/* ---- lines ---- */

/* What is left of a line. */
typedef struct cursor {
	const char *at, *end;
} cursor;

static void skip_blanks(cursor *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r'))
		c->at++;
}

static bool take(cursor *c, const char *literal)
{
	size_t n = strlen(literal);
	if ((size_t)(c->end - c->at) < n || memcmp(c->at, literal, n) != 0)
		return false;
	c->at += n;
	return true;
}

static void note(pt_theme *theme, int line, const char *format, ...) PT_PRINTF(3, 4);

static void note(pt_theme *theme, int line, const char *format, ...)
{
	if (theme->n_problems == PT_THEME_MAX_PROBLEMS)
		return;
	pt_theme_problem *problem = &theme->problems[theme->n_problems++];
	problem->line = line;
	char message[sizeof problem->message];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	pt_text_sanitize(problem->message, sizeof problem->message, message, strlen(message));
}

/* The value behind '=': quoted ("…" or '…') or the bare rest, without a comment; false: does not fit. */
static bool take_value(cursor *c, char value[MAX_VALUE_BYTES])
{
	skip_blanks(c);
	const char *from, *to;
	if (c->at < c->end && (*c->at == '"' || *c->at == '\'')) {
		char quote = *c->at++;
		from = c->at;
		to = memchr(from, quote, (size_t)(c->end - from));
		if (!to)
			return false;
	} else {
		from = c->at;
		to = from;
		while (to < c->end && !(*to == '#' && to > from)) /* a '#' in front is a colour */
			to++;
	}
	while (from < to && isspace((unsigned char)*from))
		from++;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	size_t n = (size_t)(to - from);
	if (n >= MAX_VALUE_BYTES || memchr(from, '\0', n))
		return false;
	memcpy(value, from, n);
	value[n] = '\0';
	return true;
}

/* `[key]=` */
static bool take_key(cursor *c, const char **key, size_t *n)
{
	skip_blanks(c);
	if (!take(c, "["))
		return false;
	const char *close = memchr(c->at, ']', (size_t)(c->end - c->at));
	if (!close)
		return false;
	*key = c->at;
	*n = (size_t)(close - c->at);
	c->at = close + 1;
	skip_blanks(c);
	return take(c, "=");
}

static void set_entry(pt_theme *theme, int line, theme_key key, char table, const char *value)
{
	pt_colour colour;
	if (!pt_theme_parse_colour(value, &colour)) {
		note(theme, line, "%s: \"%s\" is no colour", pt_theme_key_name(key), value);
		return;
	}
	theme_entry *entry = &theme->entries[key];
	if (table == 'h') {
		entry->given = true;
		entry->colour = colour;
		/* what the built-in theme says for fewer colours is not this colour's */
		entry->has_256 = entry->has_16 = false;
		return;
	}
	if (colour.kind == PT_COLOUR_RGB ||
		(table == 't' && colour.kind == PT_COLOUR_INDEX && colour.index > 15)) {
		note(theme, line, "%s: %s takes a palette entry, 0 to %d, or a name", pt_theme_key_name(key),
			table == 't' ? "tty" : "x256", table == 't' ? 15 : 255);
		return;
	}
	if (table == 't') {
		entry->has_16 = true;
		entry->at_16 = colour;
	} else {
		entry->has_256 = true;
		entry->at_256 = colour;
	}
}

static void parse_assumed(pt_theme *theme, int line, const char *value)
{
	pt_colour colour;
	if (!pt_theme_parse_colour(value, &colour) || colour.kind == PT_COLOUR_DEFAULT) {
		note(theme, line, "assume_bg: \"%s\" is no colour", value);
		return;
	}
	theme->has_assumed = true;
	theme->assumed_background = colour.rgb;
}

/* `pass` 0 takes theme[] and assume_bg, pass 1 the overrides, so that their order in the file does not
 * matter. */
static void parse_line(pt_theme *theme, int line, cursor c, int pass)
{
	char value[MAX_VALUE_BYTES];
	skip_blanks(&c);
	if (c.at == c.end || *c.at == '#')
		return;
	if (take(&c, "assume_bg")) {
		skip_blanks(&c);
		if (pass == 0 && take(&c, "=") && take_value(&c, value))
			parse_assumed(theme, line, value);
		return;
	}
	char table = *c.at;
	if (!take(&c, "theme") && !take(&c, "tty") && !take(&c, "x256")) {
		if (pass == 0)
			note(theme, line, "neither theme[key]=\"value\", tty[key]=, x256[key]= nor assume_bg=");
		return;
	}
	if ((table == 't' && c.at[-1] == 'e') != (pass == 0))
		return;
	table = pass == 0 ? 'h' : table;
	const char *key;
	size_t n;
	if (!take_key(&c, &key, &n) || !take_value(&c, value)) {
		note(theme, line, "no [key]=\"value\" behind the table's name");
		return;
	}
	theme_key at = pt_theme_key_of(key, n);
	if (at != N_THEME_KEYS)
		set_entry(theme, line, at, table, value);
}

void pt_theme_parse_lines(pt_theme *theme, const char *text, size_t n_bytes)
{
	for (int pass = 0; pass < 2; pass++) {
		int line = 1;
		for (const char *at = text, *end = text + n_bytes; at < end; line++) {
			const char *stop = memchr(at, '\n', (size_t)(end - at));
			const char *next = stop ? stop + 1 : end;
			stop = stop ? stop : end;
			if (stop - at > MAX_LINE_BYTES) {
				if (pass == 0)
					note(theme, line, "longer than %d bytes", MAX_LINE_BYTES);
			} else {
				parse_line(theme, line, (cursor){at, stop}, pass);
			}
			at = next;
		}
	}
}
