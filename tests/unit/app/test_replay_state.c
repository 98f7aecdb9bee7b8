#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "phasetop/base/alloc.h"

#include "../../../src/app/replay_state.h"

static void expect_cut(const char *text, int64_t step, const char *expected)
{
	char *out = NULL;
	size_t n = 0;
	pt_error err;
	assert_int_equal(pt_replay_cut_state(text, strlen(text), step, &out, &n, &err), PT_OK);
	assert_string_equal(out, expected);
	assert_int_equal(n, strlen(expected));
	pt_free(out);
}

static void test_rows_behind_the_step_go(void **state)
{
	(void)state;
	static const char text[] = "{\"epoch\": 3.0, \"global_step\": 30, \"log_history\": [\n"
							   "  {\"epoch\": 1.0, \"loss\": 2, \"step\": 10},\n"
							   "  {\"epoch\": 2.0, \"loss\": NaN, \"step\": 20},\n"
							   "  {\"epoch\": 3.0, \"step\": 30}\n], \"max_steps\": 30}";
	expect_cut(text, 20,
		"{\"epoch\": 2.0, \"global_step\": 20, \"log_history\": [\n"
		"  {\"epoch\": 1.0, \"loss\": 2, \"step\": 10},\n"
		"  {\"epoch\": 2.0, \"loss\": NaN, \"step\": 20}], \"max_steps\": 30}");
	expect_cut(text, 5, "{\"epoch\": 3.0, \"global_step\": 5, \"log_history\": [], \"max_steps\": 30}");
	expect_cut(text, 30,
		"{\"epoch\": 3.0, \"global_step\": 30, \"log_history\": [\n"
		"  {\"epoch\": 1.0, \"loss\": 2, \"step\": 10},\n"
		"  {\"epoch\": 2.0, \"loss\": NaN, \"step\": 20},\n"
		"  {\"epoch\": 3.0, \"step\": 30}], \"max_steps\": 30}");
}

static void test_order_of_keys_is_free(void **state)
{
	(void)state;
	expect_cut("{\"log_history\":[{\"step\":1},{\"loss\":1},{\"step\":9},{\"step\":2}],\"global_step\":9}", 2,
		"{\"log_history\":[{\"step\":1},{\"loss\":1}],\"global_step\":2}");
}

static void test_braces_in_strings_are_text(void **state)
{
	(void)state;
	expect_cut("{\"log_history\":[{\"note\":\"}],\\\"\",\"step\":1},{\"step\":5}]}", 1,
		"{\"log_history\":[{\"note\":\"}],\\\"\",\"step\":1}]}");
}

static void test_odd_members_are_passed_over(void **state)
{
	(void)state;
	expect_cut("{\"log_history\":[7,[1],{\"step\":\"x\",\"epoch\":{}},{\"step\":3}],\"global_step\":null,"
			   "\"epoch\":[]}",
		2, "{\"log_history\":[7,[1],{\"step\":\"x\",\"epoch\":{}}],\"global_step\":null,\"epoch\":[]}");
	expect_cut("{\"log_history\":{}}", 2, "{\"log_history\":{}}");
	expect_cut("{}", 2, "{}");
}

static void test_what_is_no_json_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "[]", "{\"log_history\":[{\"step\":1}", "{\"a\" 1}"};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char *out = NULL;
		size_t n = 0;
		pt_error err;
		assert_int_not_equal(pt_replay_cut_state(texts[i], strlen(texts[i]), 1, &out, &n, &err), PT_OK);
		assert_null(out);
	}
}

static void test_repeated_members(void **state)
{
	(void)state;
	/* more of them than there are places to note: no write out of bounds */
	char *out = NULL;
	size_t n = 0;
	static const char text[] =
		"{\"log_history\":[{\"step\":9}],\"log_history\":[{\"step\":9}],\"log_history\":[],"
		"\"log_history\":[{\"step\":9}],\"global_step\":9,\"epoch\":9}";
	assert_int_equal(pt_replay_cut_state(text, sizeof text - 1, 1, &out, &n, NULL), PT_OK);
	pt_free(out);
}

static void expect_step(const char *line, bool found, int64_t expected)
{
	int64_t step = -7;
	assert_int_equal(pt_replay_line_step(line, strlen(line), &step), found);
	assert_int_equal(step, found ? expected : -7);
}

static void test_steps_of_lines(void **state)
{
	(void)state;
	expect_step("{\"step\": 12, \"losses\": [1]}\n", true, 12);
	expect_step("{\"losses\": [1, {\"step\": 5}], \"step\": 3}\n", true, 3);
	expect_step("{\"current_steps\": 8}", true, 8);
	expect_step("{\"probes\": [\"step\"], \"unit\": \"nats\"}\n", false, 0);
	expect_step("{\"step\": \"12\"}", false, 0);
	expect_step("{\"step\": 1.5}", false, 0);
	expect_step("{\"step\": ", false, 0);
	expect_step("[1]", false, 0);
	expect_step("", false, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_behind_the_step_go),
		cmocka_unit_test(test_order_of_keys_is_free),
		cmocka_unit_test(test_braces_in_strings_are_text),
		cmocka_unit_test(test_odd_members_are_passed_over),
		cmocka_unit_test(test_what_is_no_json_is_refused),
		cmocka_unit_test(test_repeated_members),
		cmocka_unit_test(test_steps_of_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
