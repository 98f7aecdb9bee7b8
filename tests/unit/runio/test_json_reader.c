/* The tokenizer: what it accepts, what it refuses and at which byte. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/runio/json_reader.h"

static pt_status read_all(const char *text, size_t length, pt_json_dialect dialect, pt_error *err)
{
	pt_json_reader reader;
	pt_json_token token;
	pt_json_init(&reader, text, length, dialect, "file", 0);
	for (;;) {
		pt_status status = pt_json_next(&reader, &token, err);
		if (status != PT_OK || token.type == PT_JSON_END)
			return status;
	}
}

static pt_json_token only_value(const char *text, pt_json_dialect dialect)
{
	pt_json_reader reader;
	pt_json_token token = {.type = PT_JSON_END};
	pt_error err;
	pt_json_init(&reader, text, strlen(text), dialect, NULL, 0);
	assert_int_equal(pt_json_next(&reader, &token, &err), PT_OK);
	return token;
}

static void accepts_what_json_is(void **state)
{
	(void)state;
	static const char *const texts[] = {"{}", "[]", " \t\r\n{ } \n", "0", "-0", "1e5", "1E+5", "1.5e-3",
		"\"\"", "true", "false", "null", "[[[]]]", "{\"a\":{\"b\":[1,2,{}]}}", "\"\\u0000\"",
		"\"\\ud83d\\ude00\"", "\"\xC3\xA9\xE6\xBC\xA2\xF0\x9F\x98\x80\"", "\"\x7f\"",
		"\"\\u00E9\\uABCF\\uE000\\uD7FF\"",
		"\"\xF1\x80\x80\x80\xF4\x8F\xBF\xBF\xE0\xA0\x80\xED\x9F\xBF\xF0\x90\x80\x80\"", "[1 , 2\n,\t3]",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		pt_error err = {.message = ""};
		if (read_all(texts[i], strlen(texts[i]), PT_JSON_STRICT, &err) != PT_OK)
			fail_msg("%s: %s", texts[i], err.message);
	}
}

static void refuses_at_the_right_byte(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t offset;
	} cases[] = {
		{"", 0},
		{"  ", 2},
		{"{", 1},
		{"[", 1},
		{"[1", 2},
		{"[1,", 3},
		{"{\"a\"", 4},
		{"{\"a\":", 5},
		{"\"abc", 4},
		{"\"\\", 1},
		{"[1,]", 2},
		{"{\"a\":1,}", 6},
		{"[,1]", 1},
		{"[1 2]", 3},
		{"{1:2}", 1},
		{"{\"a\" 1}", 5},
		{"{'a':1}", 1},
		{"{} {}", 3},
		{"{}x", 2},
		{"01", 1},
		{"-01", 2},
		{"-", 1},
		{"+1", 0},
		{"1.", 2},
		{".5", 0},
		{"1e", 2},
		{"1e+", 2},
		{"0x4", 1},
		{"1.e5", 2},
		{"nul", 0},
		{"True", 0},
		{"NaN", 0},
		{"Infinity", 0},
		{"-Infinity", 1},
		{"1e999", 0},
		{"-1e999", 0},
		{"\"\t\"", 1},
		{"\"\\x41\"", 1},
		{"\"\\u12g4\"", 1},
		{"\"\\ud800\"", 1},
		{"\"\\udc00\\ud800\"", 1},
		{"\"\\ud800\\u0041\"", 1},
		{"\"\xff\"", 1},
		{"\"\xC0\x80\"", 1},
		{"\"\xE0\x80\x80\"", 1},
		{"\"\xED\xA0\x80\"", 1},
		{"\"\xF4\x90\x80\x80\"", 1},
		{"\"\xF8\x88\x80\x80\x80\"", 1},
		{"\"ab\xC3\"", 3},
		{"\"\xF0\x80\x80\x80\"", 1},
		{"\"\xC2", 1},
		{"\"\xE1\x80\"", 1},
		{"\"\xF5\x80\x80\x80\"", 1},
		{"\"\x80\"", 1},
		{"\"\\u00g0\"", 1},
		{"\"\\uD8", 1},
		{"\"\\ud800\\n\"", 1},
		{"\"\\ud800\\uzzzz\"", 1},
		{"\xEF\xBB\xBF{}", 0},
		{"[}", 1},
		{"{]", 1},
		{"[1}", 2},
		{"{\"a\":1]", 6},
		{"]", 0},
		{"}", 0},
		{"{\"a\":}", 5},
		{"{// c\n}", 1},
		{"[\f]", 1},
		{",", 0},
		{"[tru]", 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pt_error err = {.code = PT_OK};
		pt_status status = read_all(cases[i].text, strlen(cases[i].text), PT_JSON_STRICT, &err);
		if (status != PT_ERR_JSON || err.offset != cases[i].offset)
			fail_msg("`%s`: status %s, offset %ld, expected %ld (%s)", cases[i].text, pt_status_name(status),
				(long)err.offset, (long)cases[i].offset, err.message);
		assert_string_equal(err.path, "file");
	}
}

static void a_nul_byte_is_no_end_of_text(void **state)
{
	(void)state;
	pt_error err;
	assert_int_equal(read_all("{}\0", 3, PT_JSON_STRICT, &err), PT_ERR_JSON);
	assert_int_equal(err.offset, 2);
	assert_int_equal(read_all("\"a\0b\"", 5, PT_JSON_STRICT, &err), PT_ERR_JSON);
	assert_int_equal(err.offset, 2);
	assert_int_equal(read_all("{\0\"\0a\0", 7, PT_JSON_STRICT, &err), PT_ERR_JSON); /* UTF-16 */
	assert_int_equal(err.offset, 1);
}

static void an_error_stays(void **state)
{
	(void)state;
	pt_json_reader reader;
	pt_json_token token = {.offset = 77};
	pt_error err;
	pt_json_init(&reader, "[1,]", 4, PT_JSON_STRICT, NULL, 100);
	assert_int_equal(pt_json_next(&reader, &token, &err), PT_OK);
	assert_int_equal(pt_json_next(&reader, &token, &err), PT_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pt_json_next(&reader, &token, &err), PT_ERR_JSON);
		assert_int_equal(err.offset, 102);
		assert_int_equal(token.offset, 101); /* untouched */
	}
}

static void depth_is_bounded(void **state)
{
	(void)state;
	enum { DEEP = 1001 };
	char text[2 * DEEP + 1];
	pt_error err;
	for (size_t depth = 1; depth <= DEEP; depth += depth < 140 ? 1 : 861) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		pt_status status = read_all(text, 2 * depth, PT_JSON_STRICT, &err);
		assert_int_equal(status, depth <= PT_JSON_MAX_DEPTH ? PT_OK : PT_ERR_LIMIT);
		if (depth > PT_JSON_MAX_DEPTH)
			assert_int_equal(err.offset, PT_JSON_MAX_DEPTH);
	}
	/* objects and arrays alternate: the kind of every level is remembered */
	size_t n = 0;
	for (int i = 0; i < 60; i++)
		n += (size_t)sprintf(text + n, "{\"a\":[");
	for (int i = 0; i < 60; i++)
		n += (size_t)sprintf(text + n, "]}");
	assert_int_equal(read_all(text, n, PT_JSON_STRICT, &err), PT_OK);
	text[n - 2] = '}';
	assert_int_equal(read_all(text, n, PT_JSON_STRICT, &err), PT_ERR_JSON);
	assert_int_equal(err.offset, (int64_t)n - 2);
}

static void tokens_tell_where_they_are(void **state)
{
	(void)state;
	static const char text[] = " {\"a\\n\": [12, \"x\"], \"b\":null}";
	static const struct {
		pt_json_type type;
		int64_t offset;
		size_t length, depth;
	} expected[] = {
		{PT_JSON_OBJECT_BEGIN, 1, 1, 0},
		{PT_JSON_KEY, 2, 3, 1},
		{PT_JSON_ARRAY_BEGIN, 9, 1, 1},
		{PT_JSON_NUMBER, 10, 2, 2},
		{PT_JSON_STRING, 14, 1, 2},
		{PT_JSON_ARRAY_END, 17, 1, 1},
		{PT_JSON_KEY, 20, 1, 1},
		{PT_JSON_NULL, 24, 4, 1},
		{PT_JSON_OBJECT_END, 28, 1, 0},
		{PT_JSON_END, 29, 0, 0},
		{PT_JSON_END, 29, 0, 0},
	};
	pt_json_reader reader;
	pt_json_token token;
	pt_json_init(&reader, text, sizeof text - 1, PT_JSON_STRICT, NULL, 1000);
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		assert_int_equal(pt_json_next(&reader, &token, NULL), PT_OK);
		assert_int_equal(token.type, expected[i].type);
		assert_int_equal(token.offset, 1000 + expected[i].offset);
		assert_int_equal(token.length, expected[i].length);
		assert_int_equal(token.depth, expected[i].depth);
	}
}

static void numbers_are_correctly_rounded(void **state)
{
	(void)state;
	static const char *const texts[] = {"0", "-0", "1", "0.1", "0.3", "123456789012345678", "1e22", "1e23",
		"2.2250738585072011e-308", "4.9406564584124654e-324", "2.4703282292062327e-324",
		"2.4703282292062328e-324", "1.7976931348623157e308", "9007199254740993", "9007199254740992.5",
		"0.000000000000000000000000000000000000000000000000000000000001e60", "100000000000000000000000e-23",
		"1e-400", "-1e-400", "0e999999999999999999999", "179769313486231580793e288", "5e-1",
		"6.02214076E+23"};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		double expected = strtod(texts[i], NULL);
		double got = only_value(texts[i], PT_JSON_STRICT).number;
		if (memcmp(&expected, &got, sizeof got) != 0)
			fail_msg("%s: %.17g, expected %.17g", texts[i], got, expected);
	}
	unsigned seed = 12345;
	for (int i = 0; i < 20000; i++) {
		char text[64];
		seed = seed * 1103515245u + 12345u;
		unsigned digits = seed >> 8;
		seed = seed * 1103515245u + 12345u;
		snprintf(text, sizeof text, "%u.%ue%d", digits, seed, (int)(seed >> 7) % 330);
		double expected = strtod(text, NULL);
		if (isinf(expected))
			continue;
		assert_true(only_value(text, PT_JSON_STRICT).number == expected);
	}
}

static void long_numbers_round_at_their_last_digit(void **state)
{
	(void)state;
	/* 2^53 + 1 lies between two doubles: a 1 far behind decides upward, its absence to even */
	enum { ZEROS = 2000 };
	char text[ZEROS + 64];
	size_t n = (size_t)sprintf(text, "9007199254740993.");
	memset(text + n, '0', ZEROS);
	text[n + ZEROS] = '\0';
	assert_true(only_value(text, PT_JSON_STRICT).number == 9007199254740992.0);
	text[n + ZEROS - 1] = '1';
	pt_json_token token = only_value(text, PT_JSON_STRICT);
	assert_true(token.number == 9007199254740994.0);
	assert_false(token.is_integer);
	memset(text, '9', ZEROS);
	text[ZEROS] = '\0';
	pt_error err;
	assert_int_equal(read_all(text, ZEROS, PT_JSON_STRICT, &err), PT_ERR_JSON); /* above every double */
	assert_true(isinf(only_value(text, PT_JSON_PYTHON).number));
	memset(text, '1', 70);
	text[70] = '\0';
	assert_true(only_value(text, PT_JSON_STRICT).number == strtod(text, NULL));
}

static void integers_are_exact(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool is_integer;
		int64_t value;
	} cases[] = {
		{"0", true, 0},
		{"-0", true, 0},
		{"7", true, 7},
		{"7.0", true, 7},
		{"7e2", true, 700},
		{"7.5e1", true, 75},
		{"70e-1", true, 7},
		{"7.5", false, 0},
		{"-1", true, -1},
		{"9007199254740993", true, 9007199254740993},
		{"9223372036854775807", true, INT64_MAX},
		{"9223372036854775808", false, 0},
		{"-9223372036854775808", true, INT64_MIN},
		{"-9223372036854775809", false, 0},
		{"1e18", true, 1000000000000000000},
		{"1e19", false, 0},
		{"99999999999999999999", false, 0},
		{"0.0", true, 0},
		{"1e400", false, 0},
		{"1e-400", false, 0},
		{"0e-99999999999999999999999", true, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pt_json_token token = only_value(cases[i].text, PT_JSON_PYTHON);
		if (token.is_integer != cases[i].is_integer || (token.is_integer && token.integer != cases[i].value))
			fail_msg("%s: %d %ld", cases[i].text, token.is_integer, (long)token.integer);
	}
}

static void unsigned_takes_plain_digits_only(void **state)
{
	(void)state;
	uint64_t value = 5;
	pt_json_token token = only_value("18446744073709551615", PT_JSON_STRICT);
	assert_true(pt_json_unsigned(&token, &value));
	assert_true(value == UINT64_MAX);
	static const char *const refused[] = {
		"18446744073709551616", "-0", "-4", "4.0", "4e0", "\"4\"", "true", "99999999999999999999999999"};
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		token = only_value(refused[i], PT_JSON_STRICT);
		assert_false(pt_json_unsigned(&token, &value));
		assert_true(value == UINT64_MAX);
	}
}

static void the_locale_does_not_matter(void **state)
{
	(void)state;
	/* where no comma locale is installed this proves nothing, and harms nothing */
	setlocale(LC_NUMERIC, "de_DE.UTF-8");
	assert_true(only_value("1.25", PT_JSON_STRICT).number == 1.25);
	assert_true(only_value("1.00000000000000000001e-300", PT_JSON_STRICT).number == 1e-300);
	setlocale(LC_NUMERIC, "C");
}

static void python_dialect_has_its_literals(void **state)
{
	(void)state;
	assert_true(isnan(only_value("NaN", PT_JSON_PYTHON).number));
	assert_int_equal(only_value("NaN", PT_JSON_PYTHON).type, PT_JSON_NUMBER);
	assert_false(only_value("NaN", PT_JSON_PYTHON).is_integer);
	assert_true(only_value("Infinity", PT_JSON_PYTHON).number == (double)INFINITY);
	assert_true(only_value("-Infinity", PT_JSON_PYTHON).number == -(double)INFINITY);
	assert_true(only_value("-1e999", PT_JSON_PYTHON).number == -(double)INFINITY);
	assert_int_equal(only_value("\"NaN\"", PT_JSON_PYTHON).type, PT_JSON_STRING);
	pt_json_token token = only_value("\"a\\ud800b\"", PT_JSON_PYTHON);
	char out[16];
	assert_int_equal(pt_json_decode(&token, out, sizeof out, NULL), PT_OK);
	assert_string_equal(out, "a\xEF\xBF\xBD"
							 "b");
	pt_error err;
	static const char *const refused[] = {"nan", "NAN", "inf", "-NaN", "+Infinity", "NaNs", "-Inf"};
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		assert_int_equal(read_all(refused[i], strlen(refused[i]), PT_JSON_PYTHON, &err), PT_ERR_JSON);
}

static void strings_decode(void **state)
{
	(void)state;
	char out[32];
	size_t n;
	pt_json_token token = only_value("\"a\\u0000b\\n\\u00e9\\ud83d\\ude00\"", PT_JSON_STRICT);
	assert_true(token.is_escaped);
	assert_int_equal(pt_json_decode(&token, out, sizeof out, &n), PT_OK);
	assert_int_equal(n, 10);
	assert_memory_equal(out, "a\0b\n\xC3\xA9\xF0\x9F\x98\x80", 11);
	/* too small: cut at a character, terminated */
	assert_int_equal(pt_json_decode(&token, out, 6, &n), PT_ERR_LIMIT);
	assert_int_equal(n, 4);
	assert_int_equal(out[4], 0);
	assert_int_equal(pt_json_decode(&token, out, 1, &n), PT_ERR_LIMIT);
	assert_int_equal(n, 0);
}

static void keys_compare_with_escapes_decoded(void **state)
{
	(void)state;
	pt_json_token token = only_value("\"dt\\u0079pe\"", PT_JSON_STRICT);
	assert_true(pt_json_is(&token, "dtype"));
	assert_false(pt_json_is(&token, "dtyp"));
	assert_false(pt_json_is(&token, "dtypes"));
	token = only_value("\"dtype\"", PT_JSON_STRICT);
	assert_true(pt_json_is(&token, "dtype"));
	assert_false(pt_json_is(&token, "dtypex"));
	token = only_value("7", PT_JSON_STRICT);
	assert_false(pt_json_is(&token, "7"));
	token = only_value("\"a\\u0000\"", PT_JSON_STRICT);
	assert_false(pt_json_is(&token, "a"));
}

static void skip_passes_whole_values(void **state)
{
	(void)state;
	static const char text[] = "{\"a\":{\"x\":[1,{\"y\":2}]},\"b\":3,\"c\":[[]],\"d\":\"e\"}";
	pt_json_reader reader;
	pt_json_token token;
	pt_json_init(&reader, text, sizeof text - 1, PT_JSON_STRICT, NULL, 0);
	assert_int_equal(pt_json_expect(&reader, PT_JSON_OBJECT_BEGIN, "an object", &token, NULL), PT_OK);
	for (const char *key = "abcd"; *key; key++) {
		char name[2] = {*key, 0};
		assert_int_equal(pt_json_expect(&reader, PT_JSON_KEY, "a key", &token, NULL), PT_OK);
		assert_true(pt_json_is(&token, name));
		assert_int_equal(pt_json_skip(&reader, &token, NULL), PT_OK);
	}
	assert_int_equal(pt_json_expect(&reader, PT_JSON_OBJECT_END, "the end", &token, NULL), PT_OK);
	/* a container's own begin */
	pt_json_init(&reader, text, sizeof text - 1, PT_JSON_STRICT, NULL, 0);
	assert_int_equal(pt_json_next(&reader, &token, NULL), PT_OK);
	assert_int_equal(pt_json_skip(&reader, &token, NULL), PT_OK);
	assert_int_equal(pt_json_next(&reader, &token, NULL), PT_OK);
	assert_int_equal(token.type, PT_JSON_END);
}

static void expect_names_both(void **state)
{
	(void)state;
	pt_json_reader reader;
	pt_json_token token;
	pt_error err;
	pt_json_init(&reader, " [1]", 4, PT_JSON_STRICT, "f", 8);
	assert_int_equal(pt_json_expect(&reader, PT_JSON_OBJECT_BEGIN, "an object", &token, &err), PT_ERR_JSON);
	assert_int_equal(err.offset, 9);
	assert_string_equal(err.message, "an array where an object belongs");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_what_json_is),
		cmocka_unit_test(refuses_at_the_right_byte),
		cmocka_unit_test(a_nul_byte_is_no_end_of_text),
		cmocka_unit_test(an_error_stays),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(tokens_tell_where_they_are),
		cmocka_unit_test(numbers_are_correctly_rounded),
		cmocka_unit_test(long_numbers_round_at_their_last_digit),
		cmocka_unit_test(integers_are_exact),
		cmocka_unit_test(unsigned_takes_plain_digits_only),
		cmocka_unit_test(the_locale_does_not_matter),
		cmocka_unit_test(python_dialect_has_its_literals),
		cmocka_unit_test(strings_decode),
		cmocka_unit_test(keys_compare_with_escapes_decoded),
		cmocka_unit_test(skip_passes_whole_values),
		cmocka_unit_test(expect_names_both),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
