#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/missing.h"
#include "phasetop/report/json_writer.h"

typedef struct page {
	pt_json_writer writer;
	char *text;
	size_t n;
} page;

static void begin_page(page *p, bool compact)
{
	p->text = NULL;
	FILE *out = open_memstream(&p->text, &p->n);
	assert_non_null(out);
	pt_json_writer_init(&p->writer, out, compact);
}

static void expect_page(page *p, const char *expected)
{
	pt_error err;
	assert_int_equal(pt_json_writer_finish(&p->writer, &err), PT_OK);
	fclose(p->writer.out);
	assert_string_equal(p->text, expected);
	free(p->text);
}

static void write_nested(pt_json_writer *w)
{
	pt_json_writer_begin_object(w);
	pt_json_writer_key(w, "a");
	pt_json_writer_begin_array(w);
	pt_json_writer_int(w, 1);
	pt_json_writer_begin_object_on_line(w);
	pt_json_writer_member_bool(w, "t", true);
	pt_json_writer_member_null(w, "n");
	pt_json_writer_end_object(w);
	pt_json_writer_end_array(w);
	pt_json_writer_key(w, "e");
	pt_json_writer_begin_array(w);
	pt_json_writer_end_array(w);
	pt_json_writer_end_object(w);
}

static void test_indented(void **state)
{
	(void)state;
	page p;
	begin_page(&p, false);
	write_nested(&p.writer);
	expect_page(&p, "{\n  \"a\": [\n    1,\n    {\"t\": true, \"n\": null}\n  ],\n  \"e\": []\n}\n");
}

static void test_compact_is_one_line(void **state)
{
	(void)state;
	page p;
	begin_page(&p, true);
	write_nested(&p.writer);
	expect_page(&p, "{\"a\":[1,{\"t\":true,\"n\":null}],\"e\":[]}\n");
}

static void expect_text(const char *text, const char *expected)
{
	page p;
	begin_page(&p, true);
	pt_json_writer_string(&p.writer, text);
	expect_page(&p, expected);
}

static void test_strings(void **state)
{
	(void)state;
	expect_text("plain ΔW 日本", "\"plain ΔW 日本\"\n");
	expect_text("q\"b\\n\nt\tr\r", "\"q\\\"b\\\\n\\nt\\tr\\r\"\n");
	expect_text("\x1b]52;c;x\x07", "\"\\u001b]52;c;x\\u0007\"\n");
	expect_text("\x7f\xc2\x9b", "\"\\u007f\\u009b\"\n");
	expect_text("\xe2\x80\xae", "\"\\u202e\"\n");                /* right-to-left override */
	expect_text("\xf3\xa0\x81\x81", "\"\\udb40\\udc41\"\n");     /* a tag character, as a surrogate pair */
	expect_text("\xff\xc3(", "\"\xef\xbf\xbd\xef\xbf\xbd(\"\n"); /* ill-formed: U+FFFD each */
	expect_text("\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"\n"); /* a lone surrogate */
	expect_text("", "\"\"\n");
	expect_text(NULL, "null\n");
}

static void expect_double(double value, const char *expected)
{
	page p;
	begin_page(&p, true);
	pt_json_writer_double(&p.writer, value);
	expect_page(&p, expected);
}

static void test_numbers(void **state)
{
	(void)state;
	expect_double(0.1, "0.1\n");
	expect_double(1.0 / 3.0, "0.3333333333333333\n");
	expect_double(0.1 + 0.2, "0.30000000000000004\n");
	expect_double(64, "64\n");
	expect_double(-0.0, "-0\n");
	expect_double(PT_MISSING, "null\n");
	expect_double((double)INFINITY, "null\n");
	expect_double(-(double)INFINITY, "null\n");
	const double hard[] = {
		DBL_MAX, DBL_MIN, DBL_TRUE_MIN, 123456789012345678.0, 5e-324, 2.2250738585072011e-308};
	for (size_t i = 0; i < sizeof hard / sizeof hard[0]; i++) {
		page p;
		begin_page(&p, true);
		pt_json_writer_double(&p.writer, hard[i]);
		pt_error err;
		assert_int_equal(pt_json_writer_finish(&p.writer, &err), PT_OK);
		fclose(p.writer.out);
		assert_true(strtod(p.text, NULL) == hard[i]);
		free(p.text);
	}
	page p;
	begin_page(&p, true);
	pt_json_writer_int(&p.writer, INT64_MAX);
	expect_page(&p, "9223372036854775807\n");
}

static void test_decimal_comma_of_a_locale(void **state)
{
	(void)state;
	if (!setlocale(LC_NUMERIC, "de_DE.UTF-8")) {
		printf("SKIP decimal comma: the locale de_DE.UTF-8 is absent\n");
		skip();
	}
	expect_double(0.5, "0.5\n");
	setlocale(LC_NUMERIC, "C");
}

static void test_a_stream_that_fails(void **state)
{
	(void)state;
	FILE *full = fopen("/dev/full", "w");
	if (!full)
		skip();
	pt_json_writer writer;
	pt_error err;
	pt_json_writer_init(&writer, full, true);
	pt_json_writer_int(&writer, 1);
	assert_int_not_equal(pt_json_writer_finish(&writer, &err), PT_OK);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_indented),
		cmocka_unit_test(test_compact_is_one_line),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_decimal_comma_of_a_locale),
		cmocka_unit_test(test_a_stream_that_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
