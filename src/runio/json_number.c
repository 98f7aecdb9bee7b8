#include "json_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "phasetop/runio/json_reader.h"

static int byte_at(const char *text, size_t n, size_t at)
{
	return at < n ? (unsigned char)text[at] : -1;
}

enum { KEPT_DIGITS = 800 }; /* more than the 767 that can decide the rounding of a double */

/* The decimal digits of a number, leading zeros dropped, with the power of ten of the last one kept. */
typedef struct decimal {
	char digits[KEPT_DIGITS + 32];
	size_t n;
	int64_t exponent;
	bool rest; /* digits other than 0 were left off */
} decimal;

static void add_digit(decimal *d, char digit, bool is_fraction)
{
	if (d->n == 0 && digit == '0') {
		if (is_fraction)
			d->exponent--;
		return;
	}
	if (d->n < KEPT_DIGITS) {
		d->digits[d->n++] = digit;
		d->exponent -= is_fraction;
	} else {
		d->rest = d->rest || digit != '0';
		d->exponent += !is_fraction;
	}
}

static size_t scan_digits(const char *text, size_t n, size_t at, decimal *d, bool is_fraction)
{
	for (; byte_at(text, n, at) >= '0' && byte_at(text, n, at) <= '9'; at++)
		add_digit(d, text[at], is_fraction);
	return at;
}

/* The exponent part, `at` behind the `e`; clamped far outside of what a double holds. */
static size_t scan_exponent(const char *text, size_t n, size_t at, int64_t *exponent)
{
	bool negative = byte_at(text, n, at) == '-';
	if (negative || byte_at(text, n, at) == '+')
		at++;
	size_t first = at;
	int64_t value = 0;
	for (; byte_at(text, n, at) >= '0' && byte_at(text, n, at) <= '9'; at++) {
		if (value < INT64_C(1000000000000))
			value = value * 10 + (text[at] - '0');
	}
	*exponent = negative ? -value : value;
	return at == first ? 0 : at;
}

/*
 * The double nearest to the digits. strtod gets an integer and an exponent, never a decimal point, so that
 * the locale does not matter; most numbers need no strtod at all (both parts exact in a double).
 */
static double double_of(decimal *d)
{
	static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
		1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
	if (d->n == 0)
		return 0.0;
	if (d->n <= 15 && d->exponent >= -22 && d->exponent <= 22) {
		int64_t mantissa = 0;
		for (size_t i = 0; i < d->n; i++)
			mantissa = mantissa * 10 + (d->digits[i] - '0');
		return d->exponent < 0 ? (double)mantissa / powers[-d->exponent]
							   : (double)mantissa * powers[d->exponent];
	}
	/* a digit below the last one decides ties the right way, as all of the rest would */
	if (d->rest) {
		d->digits[d->n++] = '1';
		d->exponent--;
	}
	int64_t exponent = d->exponent;
	exponent = exponent > 99999 ? 99999 : exponent < -99999 ? -99999 : exponent;
	snprintf(d->digits + d->n, sizeof d->digits - d->n, "e%d", (int)exponent);
	return strtod(d->digits, NULL);
}

/* Is the decimal a whole number that fits int64? Digits beyond the point may be zeros. */
static bool integer_of(const decimal *d, bool negative, int64_t *value)
{
	if (d->n == 0) {
		*value = 0;
		return true;
	}
	size_t n = d->n;
	int64_t exponent = d->exponent;
	for (; exponent < 0 && n > 0 && d->digits[n - 1] == '0'; exponent++)
		n--;
	if (d->rest || exponent < 0 || exponent > 18 || n + (size_t)exponent > 19)
		return false;
	uint64_t magnitude = 0;
	for (size_t i = 0; i < n + (size_t)exponent; i++)
		magnitude = magnitude * 10 + (i < n ? (uint64_t)(d->digits[i] - '0') : 0);
	uint64_t limit = (uint64_t)INT64_MAX + negative;
	if (magnitude > limit)
		return false;
	*value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return true;
}

/* The grammar; digits go to `d`. Returns the bytes taken, or 0 and what is wrong where. */
static size_t scan_number(const char *text, size_t n, decimal *d, const char **fault, size_t *fault_at)
{
	size_t at = byte_at(text, n, 0) == '-';
	size_t first = at;
	at = scan_digits(text, n, first, d, false);
	*fault = "a digit belongs here";
	*fault_at = at;
	if (at == first)
		return 0;
	*fault = "a number with a leading zero";
	*fault_at = first + 1;
	if (text[first] == '0' && at > first + 1)
		return 0;
	if (byte_at(text, n, at) == '.') {
		size_t fraction = at + 1;
		at = scan_digits(text, n, fraction, d, true);
		*fault = "a digit belongs after the point";
		*fault_at = at;
		if (at == fraction)
			return 0;
	}
	if (byte_at(text, n, at) == 'e' || byte_at(text, n, at) == 'E') {
		int64_t exponent;
		*fault = "a digit belongs into the exponent";
		*fault_at = at + 1;
		at = scan_exponent(text, n, at + 1, &exponent);
		if (at == 0)
			return 0;
		d->exponent += exponent;
	}
	return at;
}

size_t pt_json_scan_number(
	const char *text, size_t n, pt_json_token *token, const char **fault, size_t *fault_at)
{
	decimal d; /* not zeroed whole: that would cost more than the reading */
	d.n = 0;
	d.exponent = 0;
	d.rest = false;
	size_t used = scan_number(text, n, &d, fault, fault_at);
	if (used == 0)
		return 0;
	bool negative = text[0] == '-';
	token->is_integer = integer_of(&d, negative, &token->integer);
	double magnitude = double_of(&d);
	token->number = negative ? -magnitude : magnitude;
	token->type = PT_JSON_NUMBER;
	token->text = text;
	token->length = used;
	return used;
}

bool pt_json_unsigned(const pt_json_token *token, uint64_t *value)
{
	if (token->type != PT_JSON_NUMBER || token->length == 0)
		return false;
	uint64_t n = 0;
	for (size_t i = 0; i < token->length; i++) {
		char c = token->text[i];
		if (c < '0' || c > '9' || __builtin_mul_overflow(n, UINT64_C(10), &n) ||
			__builtin_add_overflow(n, (uint64_t)(c - '0'), &n))
			return false;
	}
	*value = n;
	return true;
}
