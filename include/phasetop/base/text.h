/**
 * Text: a bounded UTF-8 writer, display widths, number forms, globs, and the one sanitizer of foreign
 * strings.
 *
 * Every string that comes from a file, a path, a tensor name or an error passes pt_text_sanitize before it
 * reaches a terminal or a report for people. (JSON keeps the original, escaped.)
 */
#ifndef PHASETOP_BASE_TEXT_H
#define PHASETOP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

/** Appends to the caller's buffer, always NUL-terminated, never past it, never half a UTF-8 character. */
typedef struct pt_text {
	char *bytes;
	size_t capacity; /* with the NUL; > 0 */
	size_t length;
	bool cut; /* something did not fit */
} pt_text;

pt_text pt_text_over(char *buffer, size_t capacity);
void pt_text_add(pt_text *text, const char *utf8);
void pt_text_add_bytes(pt_text *text, const char *utf8, size_t n);
void pt_text_addf(pt_text *text, const char *format, ...) PT_PRINTF(2, 3);

/**
 * Decode one code point of `n` bytes; ill-formed input gives U+FFFD and consumes at least one byte.
 * @return bytes consumed; 0 when n is 0
 */
size_t pt_utf8_decode(const char *bytes, size_t n, uint32_t *code_point);
/** Encode into out[4]; returns the number of bytes (1..4). */
size_t pt_utf8_encode(uint32_t code_point, char out[4]);

/** Columns a code point takes: 0, 1 or 2; -1 for what must not reach a terminal. Independent of the locale.
 */
int pt_text_width_of(uint32_t code_point);
/** Columns of a sanitized string. */
int pt_text_width(const char *utf8);
/** Bytes of the longest prefix that is at most `columns` wide. */
size_t pt_text_fit(const char *utf8, int columns);

/**
 * The sanitizer: printable code points pass; controls, ESC, bidi controls, zero-width, tag and private
 * characters, surrogates and ill-formed bytes become U+FFFD. Output is NUL-terminated and cut at a character.
 * @return bytes written without the NUL
 */
size_t pt_text_sanitize(char *out, size_t capacity, const char *from, size_t n);

/** Shortest decimal text that reads back equal (15 to 17 digits); "null" for NaN and infinities. */
void pt_text_double(char *out, size_t capacity, double value);

/** For people: `digits` significant digits, exponent form where it is shorter ("1.2e-06", "0.0869"). */
void pt_text_number(char *out, size_t capacity, double value, int digits);

/** Shell-like glob: `*` (any run, '/' included), `?`, `[a-z]`, `[!a-z]`. Linear in |pattern|·|text|, no
 * recursion. */
bool pt_text_glob(const char *pattern, const char *text);

#endif
