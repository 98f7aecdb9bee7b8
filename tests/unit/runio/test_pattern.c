/* Regular expressions of config files: what matches, what is refused, and that nothing hangs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/pattern.h"

static bool matches(const char *expression, const char *text)
{
	pt_pattern *pattern;
	pt_error err;
	if (pt_pattern_compile(expression, &pattern, &err) != PT_OK)
		fail_msg("%s: %s", expression, err.message);
	bool result = pt_pattern_matches(pattern, text);
	pt_pattern_destroy(pattern);
	return result;
}

static void matches_as_python_does(void **state)
{
	(void)state;
	/* expected values: re.fullmatch(expression, text) is not None */
	static const struct {
		const char *expression, *text;
		bool expected;
	} cases[] = {
		{"", "", true},
		{"", "a", false},
		{"abc", "abc", true},
		{"abc", "ab", false},
		{"abc", "abcd", false},
		{"a.c", "abc", true},
		{"a.c", "a\nc", false},
		{"a\\.c", "abc", false},
		{"a\\.c", "a.c", true},
		{"a*", "", true},
		{"a*", "aaaa", true},
		{"a+", "", false},
		{"a+", "aa", true},
		{"a?", "a", true},
		{"a?", "aa", false},
		{"(ab)+", "ababab", true},
		{"(ab)+", "aba", false},
		{"a|b", "b", true},
		{"a|b|c", "c", true},
		{"a|b|c", "ab", false},
		{"(a|b|)c", "c", true},
		{"|a", "", true},
		{"a|", "", true},
		{"[abc]x", "bx", true},
		{"[a-c]x", "dx", false},
		{"[^a-c]x", "dx", true},
		{"[]a]", "]", true},
		{"[a-]", "-", true},
		{"[\\d.]+", "1.5", true},
		{"[^\\d]", "5", false},
		{"\\d+", "42", true},
		{"\\D", "4", false},
		{"\\w+", "q_proj1", true},
		{"\\W", ".", true},
		{"\\s\\S", " x", true},
		{"a{2}", "aa", true},
		{"a{2}", "aaa", false},
		{"a{2,}", "aaaaa", true},
		{"a{2,}", "a", false},
		{"a{2,4}", "aaaa", true},
		{"a{2,4}", "aaaaa", false},
		{"a{,2}", "aa", true},
		{"a{,2}", "aaa", false},
		{"a{0}", "", true},
		{"a{x}", "a{x}", true},
		{"a{", "a{", true},
		{"a{2}?", "aa", true},
		{"a*?b", "aab", true},
		{"(?:ab|c)*d", "abccd", true},
		{"^a$", "a", true},
		{"(.*\\.)?(^a)$", "x.a", false},
		{"(.*\\.)?(q_proj)$", "model.layers.0.q_proj", true},
		{"(.*\\.)?(q_proj)$", "model.xq_proj", false},
		{"(.*\\.)?(^model\\.layers\\.1\\..*)$", "model.layers.1.x", true},
		{".*\\bq\\b.*", "a.q.b", true},
		{".*\\bq\\b.*", "a.qb", false},
		{"a\\Bb", "ab", true},
		{"(a*)*", "aaa", true},
		{"(a*)+b", "b", true},
		{"(a|b*)*c", "abbac", true},
		{"((((a))))", "a", true},
		{"\\Aa\\Z", "a", true},
		{"a\\Ab", "ab", false},
		{"a\\t\\n\\r\\f\\v", "a\t\n\r\f\v", true},
		{"[\\t\\]\\-]", "-", true},
		{"[a\\w]", "_", true},
		{"[a-c-]", "-", true},
		{"\\{\\}\\|", "{}|", true},
		{"a{2", "a{2", true},
		{"a{2,3", "a{2,3", true},
		{"a{,}", "aaa", true},
		{"a{2}b", "aab", true},
		{"[^\\W\\d]", "a", true},
		{"\\bq\\b", "q", true},
		{"\\Bq", "q", false},
		{"a|b*|(c|d)e", "de", true},
		{".", "\xC3\xA9", true},
		{"\xC3\xA9+", "\xC3\xA9\xC3\xA9", true},
		{"layers\\.(1[0-9]|2)\\.x", "layers.15.x", true},
		{"layers\\.(1[0-9]|2)\\.x", "layers.3.x", false},
		{"a\\-b\\_c", "a-b_c", true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (matches(cases[i].expression, cases[i].text) != cases[i].expected)
			fail_msg("%s on %s", cases[i].expression, cases[i].text);
	}
}

static void refuses_what_it_does_not_understand(void **state)
{
	(void)state;
	static const struct {
		const char *expression;
		pt_status code;
	} cases[] = {
		{"(", PT_ERR_INVALID},
		{")", PT_ERR_INVALID},
		{"(a", PT_ERR_INVALID},
		{"a)", PT_ERR_INVALID},
		{"[a", PT_ERR_INVALID},
		{"[", PT_ERR_INVALID},
		{"[b-a]", PT_ERR_INVALID},
		{"*a", PT_ERR_INVALID},
		{"a**", PT_ERR_INVALID},
		{"a{3,2}", PT_ERR_INVALID},
		{"\\", PT_ERR_INVALID},
		{"[a-\\d]", PT_ERR_INVALID},
		{"[\\p]", PT_ERR_UNSUPPORTED},
		{"[\\", PT_ERR_UNSUPPORTED},
		{"[a-", PT_ERR_INVALID},
		{"[a-\\q]", PT_ERR_UNSUPPORTED},
		{"+", PT_ERR_INVALID},
		{"?", PT_ERR_INVALID},
		{"a+*", PT_ERR_INVALID},
		{"a*??", PT_ERR_INVALID},
		{"a{0,999}", PT_ERR_LIMIT},
		{"\\\xC3\xA9", PT_ERR_UNSUPPORTED},
		{"(a|*)", PT_ERR_INVALID},
		{"(?=a)", PT_ERR_UNSUPPORTED},
		{"(?!a)b", PT_ERR_UNSUPPORTED},
		{"(a)\\1", PT_ERR_UNSUPPORTED},
		{"(?i)a", PT_ERR_UNSUPPORTED},
		{"(?P<n>a)", PT_ERR_UNSUPPORTED},
		{"\\p", PT_ERR_UNSUPPORTED},
		{"a{9999}", PT_ERR_LIMIT},
		{"((a{200}){200}){200}", PT_ERR_LIMIT},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pt_pattern *pattern = NULL;
		pt_error err;
		pt_status status = pt_pattern_compile(cases[i].expression, &pattern, &err);
		if (status != cases[i].code)
			fail_msg("%s: %s", cases[i].expression, pt_status_name(status));
		assert_null(pattern);
	}
	char text[PT_PATTERN_BYTES + 2];
	pt_pattern *pattern;
	memset(text, 'a', sizeof text);
	text[PT_PATTERN_BYTES + 1] = '\0';
	assert_int_equal(pt_pattern_compile(text, &pattern, NULL), PT_ERR_LIMIT);
	memset(text, '(', 100);
	text[100] = '\0';
	assert_int_equal(pt_pattern_compile(text, &pattern, NULL), PT_ERR_LIMIT);
}

static void caps_are_kept(void **state)
{
	(void)state;
	char text[PT_PATTERN_BYTES + 1];
	pt_pattern *pattern;
	size_t n = 0;
	/* one class of more ranges than are kept, then more classes than are kept */
	n = (size_t)sprintf(text, "[");
	for (int i = 0; i < 30; i++)
		n += (size_t)sprintf(text + n, "%c", 'A' + i);
	sprintf(text + n, "]");
	assert_int_equal(pt_pattern_compile(text, &pattern, NULL), PT_ERR_LIMIT);
	for (int form = 0; form < 2; form++) {
		text[0] = '\0';
		for (int i = 0; i < 65; i++)
			strcat(text, form ? "\\d" : "[a]");
		assert_int_equal(pt_pattern_compile(text, &pattern, NULL), PT_ERR_LIMIT);
	}
	/* programs that outgrow their cap in each kind of repetition and in alternatives */
	static const char *const large[] = {"((a{100}){40})*", "((a{100}){40})+", "((a{100}){40}){0,3}",
		"((a{200}){20}){1,}", "(a{136}){30}b{15}|x", "(a{200}){20}b{95}|c"};
	for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
		pt_status status = pt_pattern_compile(large[i], &pattern, NULL);
		if (status == PT_OK)
			pt_pattern_destroy(pattern);
		else
			assert_int_equal(status, PT_ERR_LIMIT);
	}
	for (int n_b = 90; n_b <= 100; n_b++) { /* around the cap, one instruction at a time */
		sprintf(text, "(a{200}){20}b{%d}|c", n_b);
		pt_status status = pt_pattern_compile(text, &pattern, NULL);
		assert_int_equal(status, n_b <= 92 ? PT_OK : PT_ERR_LIMIT);
		if (status == PT_OK)
			pt_pattern_destroy(pattern);
	}
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	pt_status status = PT_ERR_MEMORY;
	size_t n = 0;
	while (status == PT_ERR_MEMORY) {
		pt_pattern *pattern = NULL;
		pt_alloc_fail_at(++n, false);
		status = pt_pattern_compile("(a+|b{2,3})*c?", &pattern, NULL);
		pt_alloc_fail_at(0, false);
		assert_int_equal(status == PT_OK, pattern != NULL);
		pt_pattern_destroy(pattern);
	}
	assert_int_equal(status, PT_OK);
	assert_true(n > 4);
}

static void catastrophic_patterns_stay_linear(void **state)
{
	(void)state;
	/* each takes a backtracking matcher longer than the age of the universe */
	char text[PT_PATTERN_TEXT_BYTES + 2];
	memset(text, 'a', sizeof text);
	text[PT_PATTERN_TEXT_BYTES] = '\0';
	text[PT_PATTERN_TEXT_BYTES - 1] = '!';
	assert_false(matches("(a+)+$", text));
	assert_false(matches("(a|aa)+", text));
	assert_false(matches("(a|a?)+b", text));
	assert_false(matches("(.*)*(.*)*(.*)*x", text));
	assert_false(matches("(a?){200}a{200}", text));
	assert_true(matches("(a+)+!", text));
	text[PT_PATTERN_TEXT_BYTES] = 'b';
	text[PT_PATTERN_TEXT_BYTES + 1] = '\0';
	assert_false(matches(".*", text)); /* above the cap */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_as_python_does),
		cmocka_unit_test(refuses_what_it_does_not_understand),
		cmocka_unit_test(caps_are_kept),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(catastrophic_patterns_stay_linear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
