/** The sequence that fills a clipboard, and which terminals get it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "phasetop/ui/clipboard.h"

static void test_vectors_of_rfc_4648(void **state)
{
	(void)state;
	static const char *const vectors[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"},
		{"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}, {"\xFF\xFE\xFB", "//77"}};
	char *out = malloc(PT_CLIPBOARD_SEQUENCE_BYTES), whole[64];
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		size_t n = pt_clipboard_sequence(vectors[i][0], strlen(vectors[i][0]), out);
		strcpy(whole, "\033]52;c;");
		strcat(whole, vectors[i][1]);
		strcat(whole, "\a");
		assert_string_equal(out, whole);
		assert_int_equal(n, strlen(whole));
	}
	free(out);
}

static void test_the_limit(void **state)
{
	(void)state;
	char *text = calloc(PT_CLIPBOARD_MAX_BYTES + 1, 1), *out = malloc(PT_CLIPBOARD_SEQUENCE_BYTES);
	assert_in_range(
		pt_clipboard_sequence(text, PT_CLIPBOARD_MAX_BYTES, out), 1, PT_CLIPBOARD_SEQUENCE_BYTES - 1);
	assert_int_equal(pt_clipboard_sequence(text, PT_CLIPBOARD_MAX_BYTES + 1, out), 0);
	free(text);
	free(out);
}

static void test_terminals(void **state)
{
	(void)state;
	assert_true(pt_clipboard_is_known("xterm-256color"));
	assert_true(pt_clipboard_is_known("tmux-256color"));
	assert_true(pt_clipboard_is_known("foot"));
	assert_false(pt_clipboard_is_known("linux")); /* would print it */
	assert_false(pt_clipboard_is_known("vt100"));
	assert_false(pt_clipboard_is_known("dumb"));
	assert_false(pt_clipboard_is_known(""));
	assert_false(pt_clipboard_is_known(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_of_rfc_4648),
		cmocka_unit_test(test_the_limit),
		cmocka_unit_test(test_terminals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
