#include "phasetop/base/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

pt_text pt_text_over(char *buffer, size_t capacity)
{
	assert(capacity > 0);
	buffer[0] = '\0';
	return (pt_text){.bytes = buffer, .capacity = capacity};
}

void pt_text_add_bytes(pt_text *text, const char *utf8, size_t n)
{
	size_t room = text->capacity - 1 - text->length;
	if (n > room) {
		text->cut = true;
		n = room;
		while (n > 0 && ((unsigned char)utf8[n] & 0xC0) == 0x80)
			n--;
	}
	memcpy(text->bytes + text->length, utf8, n);
	text->length += n;
	text->bytes[text->length] = '\0';
}

void pt_text_add(pt_text *text, const char *utf8)
{
	pt_text_add_bytes(text, utf8, strlen(utf8));
}

void pt_text_addf(pt_text *text, const char *format, ...)
{
	char line[1024];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof line)
		text->cut = true;
	pt_text_add(text, line);
}

size_t pt_utf8_decode(const char *bytes, size_t n, uint32_t *code_point)
{
	if (n == 0)
		return 0;
	utf8proc_int32_t value = 0;
	utf8proc_ssize_t used =
		utf8proc_iterate((const utf8proc_uint8_t *)bytes, n > 4 ? 4 : (utf8proc_ssize_t)n, &value);
	if (used <= 0) {
		*code_point = 0xFFFD;
		return 1;
	}
	*code_point = (uint32_t)value;
	return (size_t)used;
}

size_t pt_utf8_encode(uint32_t code_point, char out[4])
{
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)code_point, bytes);
	if (n <= 0)
		n = utf8proc_encode_char(0xFFFD, bytes);
	memcpy(out, bytes, (size_t)n);
	return (size_t)n;
}

int pt_text_width_of(uint32_t code_point)
{
	if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0))
		return -1;
	if (code_point < 0x7F)
		return 1;
	switch (utf8proc_category((utf8proc_int32_t)code_point)) {
	case UTF8PROC_CATEGORY_CN: /* unassigned */
	case UTF8PROC_CATEGORY_CC: /* control */
	case UTF8PROC_CATEGORY_CF: /* format: bidi controls, zero-width joiners, tags, soft hyphen */
	case UTF8PROC_CATEGORY_CS: /* surrogate */
	case UTF8PROC_CATEGORY_CO: /* private use */
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return -1;
	default:
		return utf8proc_charwidth((utf8proc_int32_t)code_point);
	}
}

int pt_text_width(const char *utf8)
{
	int width = 0;
	size_t n = strlen(utf8);
	while (n > 0) {
		uint32_t c;
		size_t used = pt_utf8_decode(utf8, n, &c);
		int w = pt_text_width_of(c);
		width += w < 0 ? 1 : w;
		utf8 += used;
		n -= used;
	}
	return width;
}

size_t pt_text_fit(const char *utf8, int columns)
{
	size_t n = strlen(utf8), at = 0;
	int width = 0;
	while (at < n) {
		uint32_t c;
		size_t used = pt_utf8_decode(utf8 + at, n - at, &c);
		int w = pt_text_width_of(c);
		if (width + (w < 0 ? 1 : w) > columns)
			break;
		width += w < 0 ? 1 : w;
		at += used;
	}
	return at;
}

/* Combining marks stack without end on one cell ("zalgo"): at most this many follow a character. */
enum { MARKS_IN_A_ROW = 2 };

size_t pt_text_sanitize(char *out, size_t capacity, const char *from, size_t n)
{
	if (capacity == 0)
		return 0;
	pt_text text = pt_text_over(out, capacity);
	int marks = 0;
	bool first = true;
	while (n > 0 && !text.cut) {
		uint32_t c;
		size_t used = pt_utf8_decode(from, n, &c);
		int width = pt_text_width_of(c);
		marks = width == 0 ? marks + 1 : 0;
		if (width < 0 || (width == 0 && (first || marks > MARKS_IN_A_ROW)))
			c = 0xFFFD;
		if (!(width == 0 && marks > MARKS_IN_A_ROW)) { /* surplus marks are dropped, not replaced */
			char encoded[4];
			size_t m = pt_utf8_encode(c, encoded);
			pt_text_add_bytes(&text, encoded, m);
		}
		first = false;
		from += used;
		n -= used;
	}
	return text.length;
}

void pt_text_double(char *out, size_t capacity, double value)
{
	if (!isfinite(value)) {
		snprintf(out, capacity, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(out, capacity, "%.*g", digits, value);
		if (strtod(out, NULL) == value)
			return;
	}
}

void pt_text_number(char *out, size_t capacity, double value, int digits)
{
	if (isnan(value)) {
		snprintf(out, capacity, "–");
		return;
	}
	if (isinf(value)) {
		snprintf(out, capacity, value > 0 ? "inf" : "-inf");
		return;
	}
	double size = fabs(value);
	/* the exponent form also where fixed decimals would leave nothing but zeros */
	if (size != 0 && (size < 1e-4 || size >= 1e7 || size * pow(10, digits) < 1)) {
		snprintf(out, capacity, "%.*e", digits > 2 ? 2 : digits - 1, value);
		return;
	}
	int before = size < 1 ? 0 : (int)floor(log10(size)) + 1;
	int decimals = digits - before;
	if (size < 1)
		decimals = digits;
	if (decimals < 0)
		decimals = 0;
	snprintf(out, capacity, "%.*f", decimals, value);
}

/* Does the bracket expression at `pattern` (just behind '[') contain c? *end is set behind ']', or NULL. */
static bool bracket_contains(const char *pattern, char c, const char **end)
{
	bool negated = *pattern == '!' || *pattern == '^';
	bool found = false;
	const char *p = pattern + negated;
	bool first = true;
	for (; *p && (*p != ']' || first); p++) {
		first = false;
		if (p[1] == '-' && p[2] && p[2] != ']') {
			if (c >= p[0] && c <= p[2])
				found = true;
			p += 2;
		} else if (*p == c) {
			found = true;
		}
	}
	*end = *p == ']' ? p + 1 : NULL;
	return found != negated;
}

bool pt_text_glob(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = NULL;
	while (*text) {
		const char *behind = NULL;
		if (*pattern == '*') {
			star = ++pattern;
			retry = text;
			continue;
		}
		if (*pattern == '[' && bracket_contains(pattern + 1, *text, &behind) && behind) {
			pattern = behind;
			text++;
			continue;
		}
		if ((*pattern == '[' && behind == NULL && *text == '[') || *pattern == '?' ||
			(*pattern != '[' && *pattern == *text)) {
			pattern++;
			text++;
			continue;
		}
		if (!star)
			return false;
		pattern = star;
		text = ++retry;
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}
