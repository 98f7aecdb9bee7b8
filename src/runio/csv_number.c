#include "csv_number.h"

#include <math.h>
#include <string.h>

#include "json_number.h"

enum { MAX_NUMBER_BYTES = 400 }; /* no program prints more digits of a double than %f does */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word(const char *text, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (!word[i] || lower(text[i]) != word[i])
			return false;
	return word[n] == '\0';
}

/* `nan`, `inf` and the words that libraries write for a number that is not there. */
static bool read_named(const char *text, size_t n, double *value)
{
	static const struct {
		const char *word;
		double value;
	} words[] = {
		{"nan", (double)NAN},
		{"nan(ind)", (double)NAN},
		{"null", (double)NAN},
		{"none", (double)NAN},
		{"na", (double)NAN},
		{"n/a", (double)NAN},
		{"<na>", (double)NAN},
		{"inf", (double)INFINITY},
		{"infinity", (double)INFINITY},
	};
	bool negative = text[0] == '-';
	if (negative || text[0] == '+') {
		text++;
		n--;
	}
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (is_word(text, n, words[i].word)) {
			*value = negative ? -words[i].value : words[i].value;
			return true;
		}
	return false;
}

/*
 * The text as JSON writes numbers: no plus sign, no zeros in front, a digit on either side of a point. C and
 * Fortran print more freely. Returns its length; 0: it is no number, or a long one.
 */
static size_t normalise(const char *text, size_t n, char mark, char out[MAX_NUMBER_BYTES + 4])
{
	size_t at = 0, used = 0;
	if (n > MAX_NUMBER_BYTES)
		return 0;
	if (at < n && (text[at] == '-' || text[at] == '+'))
		if (text[at++] == '-')
			out[used++] = '-';
	size_t digits = at;
	while (at + 1 < n && text[at] == '0' && is_digit(text[at + 1]))
		at++;
	bool has_digit = at > digits || (at < n && is_digit(text[at]));
	if (!(at < n && is_digit(text[at])))
		out[used++] = '0';
	while (at < n && is_digit(text[at]))
		out[used++] = text[at++];
	if (at < n && text[at] == mark) {
		at++;
		if (at < n && is_digit(text[at])) {
			has_digit = true;
			out[used++] = '.';
		}
		while (at < n && is_digit(text[at]))
			out[used++] = text[at++];
	}
	if (!has_digit)
		return 0;
	memcpy(out + used, text + at, n - at); /* the exponent, if any: the scanner judges it */
	return used + (n - at);
}

static bool read_digits(const char *text, size_t n, char mark, csv_number *number)
{
	char plain[MAX_NUMBER_BYTES + 4];
	pt_json_token token;
	const char *fault;
	size_t fault_at, length = normalise(text, n, mark, plain);
	if (length == 0 || pt_json_scan_number(plain, length, &token, &fault, &fault_at) != length)
		return false;
	*number = (csv_number){.value = token.number, .integer = token.integer, .is_integer = token.is_integer};
	return true;
}

csv_value csv_read_cell(const char *text, size_t n, bool comma_divides, char *mark, csv_number *number)
{
	if (n == 0)
		return CSV_EMPTY;
	double named;
	if (read_named(text, n, &named)) {
		*number = (csv_number){.value = named};
		return CSV_NUMBER;
	}
	bool has_point = memchr(text, '.', n) != NULL, has_comma = memchr(text, ',', n) != NULL;
	if (has_comma && (comma_divides || has_point))
		return CSV_WORD;
	char own = has_comma ? ',' : '.';
	if (!read_digits(text, n, own, number))
		return CSV_WORD;
	if (!has_point && !has_comma)
		return CSV_NUMBER;
	if (*mark && *mark != own)
		return CSV_OTHER_MARK;
	*mark = own;
	return CSV_NUMBER;
}
