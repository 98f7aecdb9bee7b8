/** Configuration as text: what is understood, and what is told of the rest. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/ui/conf.h"

/* "3:keys/zoom=z Enter;" for an entry, "4!message;" for a problem. */
static char log_text[4096];

static void entry(void *context, const pt_conf_entry *e)
{
	(void)context;
	size_t n = strlen(log_text);
	snprintf(log_text + n, sizeof log_text - n, "%d:%s/%s=%s;", e->line, e->section, e->name, e->value);
}

static void problem(void *context, int line, const char *message)
{
	(void)context;
	size_t n = strlen(log_text);
	snprintf(log_text + n, sizeof log_text - n, "%d!%s;", line, message);
}

static const char *parse_bytes(const char *text, size_t n)
{
	const pt_conf_reader reader = {entry, problem, NULL};
	log_text[0] = '\0';
	pt_conf_parse(text, n, &reader);
	return log_text;
}

static const char *parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

static void test_entries_and_sections(void **state)
{
	(void)state;
	assert_string_equal(parse("theme = viridis\n\n# comment\n[keys]\nzoom = z Enter\n"),
		"1:/theme=viridis;5:keys/zoom=z Enter;");
	assert_string_equal(parse("a=1"), "1:/a=1;"); /* no line end */
	assert_string_equal(parse("\t a \t=\t b c \t\r\n"), "1:/a=b c;");
	assert_string_equal(parse("a = b = c"), "1:/a=b = c;");
	assert_string_equal(parse("a ="), "1:/a=;");
	assert_string_equal(parse("[ keys ]\nq = q"), "2:keys/q=q;");
	assert_string_equal(parse("\xEF\xBB\xBF"
							  "a = 1"),
		"1:/a=1;");
	assert_string_equal(parse(""), "");
}

static void test_comments(void **state)
{
	(void)state;
	assert_string_equal(parse("a = b # c"), "1:/a=b;");
	assert_string_equal(parse("a = b #"), "1:/a=b;");
	assert_string_equal(parse("a = #c"), "1:/a=#c;"); /* a colour */
	assert_string_equal(parse("a = # # the key"), "1:/a=#;");
	assert_string_equal(parse("a = b#c # d"), "1:/a=b#c;");
	assert_string_equal(parse("   # a = b"), "");
}

static void test_what_is_not_understood_is_told(void **state)
{
	(void)state;
	assert_string_equal(parse("theme\nk = 5"), "1!not of the form name = value: theme;2:/k=5;");
	assert_string_equal(parse("= 5"), "1!'' is no name;");
	assert_string_equal(parse("a b = 5"), "1!'a b' is no name;");
	/* what stands in a section that is not understood is not taken for something else */
	assert_string_equal(
		parse("[keys\nq = q\n[keys]\nz = z"), "1!not a section such as [keys]: [key;4:keys/z=z;");
	assert_string_equal(parse("[]"), "1!not a section such as [keys]: [;");
	assert_non_null(strstr(parse("[\n"), "1!not a section"));
}

static void test_hostile_bytes(void **state)
{
	(void)state;
	assert_string_equal(parse_bytes("a = b\0c\nk = 5", 13), "1!the line holds a NUL;2:/k=5;");
	assert_null(strchr(parse("\x1b]0;title\x07 = 3"), '\x1b'));
	char *text = malloc(PT_CONF_MAX_BYTES + 1);
	assert_non_null(text);
	memset(text, 'a', PT_CONF_MAX_BYTES + 1);
	assert_string_equal(parse_bytes(text, PT_CONF_MAX_BYTES), "1!the line is too long;");
	assert_string_equal(
		parse_bytes(text, PT_CONF_MAX_BYTES + 1), "0!larger than 64 KiB: nothing of it is read;");
	text[64] = '=';
	assert_non_null(strstr(parse_bytes(text, 100), "is no name")); /* 64 letters */
	text[63] = ' ';
	assert_null(strstr(parse_bytes(text, 100), "is no name"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries_and_sections),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_what_is_not_understood_is_told),
		cmocka_unit_test(test_hostile_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
