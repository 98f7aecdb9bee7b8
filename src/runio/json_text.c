#include "json_text.h"

#include <assert.h>
#include <string.h>

#include "phasetop/base/text.h"
#include "phasetop/runio/json_reader.h"

static int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The four digits after \u; -1 when they are not hexadecimal. */
static int32_t four_hex(const char *text, size_t n)
{
	if (n < 4)
		return -1;
	int32_t value = 0;
	for (size_t i = 0; i < 4; i++) {
		int digit = hex_digit((unsigned char)text[i]);
		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

static bool is_high_surrogate(int32_t unit)
{
	return unit >= 0xD800 && unit < 0xDC00;
}

static bool is_low_surrogate(int32_t unit)
{
	return unit >= 0xDC00 && unit < 0xE000;
}

size_t pt_json_escape(const char *text, size_t n, uint32_t *code_point, bool *lone)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	*lone = false;
	if (n < 2)
		return 0;
	if (text[1] != 'u') {
		const char *letter = text[1] ? strchr(letters, text[1]) : NULL;
		if (!letter)
			return 0;
		*code_point = (unsigned char)meanings[letter - letters];
		return 2;
	}
	int32_t unit = four_hex(text + 2, n - 2);
	if (unit < 0)
		return 0;
	if (is_high_surrogate(unit) && n >= 12 && text[6] == '\\' && text[7] == 'u') {
		int32_t low = four_hex(text + 8, n - 8);
		if (low >= 0 && is_low_surrogate(low)) {
			*code_point = (uint32_t)(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
			return 12;
		}
	}
	*lone = is_high_surrogate(unit) || is_low_surrogate(unit);
	*code_point = *lone ? 0xFFFD : (uint32_t)unit;
	return 6;
}

size_t pt_json_utf8(const unsigned char *text, size_t n)
{
	unsigned char c = text[0];
	size_t length = c < 0x80                ? 1
					: c >= 0xC2 && c < 0xE0 ? 2
					: c >= 0xE0 && c < 0xF0 ? 3
					: c >= 0xF0 && c < 0xF5 ? 4
											: 0;
	if (length == 0 || length > n)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xC0) != 0x80)
			return 0;
	}
	/* overlong forms, surrogates and beyond U+10FFFF show in the second byte */
	if ((c == 0xE0 && text[1] < 0xA0) || (c == 0xED && text[1] > 0x9F) || (c == 0xF0 && text[1] < 0x90) ||
		(c == 0xF4 && text[1] > 0x8F))
		return 0;
	return length;
}

/* One character of a string that pt_json_next has checked: its code point and the raw bytes it takes. */
static size_t next_character(const char *text, size_t n, uint32_t *code_point)
{
	bool lone;
	if (text[0] != '\\')
		return pt_utf8_decode(text, n, code_point);
	size_t used = pt_json_escape(text, n, code_point, &lone);
	return used > 0 ? used : 1;
}

bool pt_json_is(const pt_json_token *token, const char *expected)
{
	if (token->type != PT_JSON_KEY && token->type != PT_JSON_STRING)
		return false;
	size_t n = strlen(expected);
	if (!token->is_escaped)
		return token->length == n && memcmp(token->text, expected, n) == 0;
	size_t at = 0;
	for (size_t i = 0; i < token->length;) {
		uint32_t code_point;
		char bytes[4];
		i += next_character(token->text + i, token->length - i, &code_point);
		size_t used = pt_utf8_encode(code_point, bytes);
		if (n - at < used || memcmp(expected + at, bytes, used) != 0)
			return false;
		at += used;
	}
	return at == n;
}

pt_status pt_json_decode(const pt_json_token *token, char *out, size_t capacity, size_t *length)
{
	assert(capacity > 0);
	size_t at = 0;
	pt_status status = PT_OK;
	for (size_t i = 0; i < token->length;) {
		uint32_t code_point;
		char bytes[4];
		i += next_character(token->text + i, token->length - i, &code_point);
		size_t used = pt_utf8_encode(code_point, bytes);
		if (capacity - 1 - at < used) {
			status = PT_ERR_LIMIT;
			break;
		}
		memcpy(out + at, bytes, used);
		at += used;
	}
	out[at] = '\0';
	if (length)
		*length = at;
	return status;
}
