/* Small documents as a tree. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/json.h"
#include "runio_fixture.h"

static pt_json_value *parse(const char *text)
{
	pt_json_value *root;
	pt_error err;
	if (pt_json_parse(text, strlen(text), "file", &root, &err) != PT_OK)
		fail_msg("%s: %s", text, err.message);
	return root;
}

static void every_type_is_told(void **state)
{
	(void)state;
	static const pt_json_type expected[] = {PT_JSON_OBJECT_BEGIN, PT_JSON_ARRAY_BEGIN, PT_JSON_STRING,
		PT_JSON_NUMBER, PT_JSON_TRUE, PT_JSON_FALSE, PT_JSON_NULL};
	pt_json_value *root = parse("[{}, [], \"\", 0, true, false, null]");
	size_t n = 0;
	for (const pt_json_value *v = pt_json_first(root); v; v = pt_json_following(v))
		assert_int_equal(pt_json_type_of(v), expected[n++]);
	assert_int_equal(n, 7);
	assert_int_equal(pt_json_type_of(NULL), PT_JSON_END);
	pt_json_destroy(root);
	pt_json_destroy(NULL);
}

static void the_last_of_repeated_members_wins(void **state)
{
	(void)state;
	double number = 0.0;
	pt_json_value *root = parse("{\"a\":1,\"A\":9,\"a\":2,\"b\\n\":\"x\\u00e9\"}");
	assert_true(pt_json_number(pt_json_member(root, "a"), &number));
	assert_true(number == 2.0);
	assert_string_equal(pt_json_string(pt_json_member(root, "b\n")), "x\xC3\xA9");
	assert_null(pt_json_member(root, "c"));
	assert_null(pt_json_member(NULL, "a"));
	assert_null(pt_json_member(pt_json_first(root), "a"));
	assert_string_equal(pt_json_key(pt_json_first(root)), "a");
	assert_string_equal(pt_json_key(root), "");
	assert_null(pt_json_string(pt_json_first(root)));
	assert_false(pt_json_number(pt_json_member(root, "b\n"), &number));
	assert_true(number == 2.0);
	pt_json_destroy(root);
}

static void python_numbers_pass(void **state)
{
	(void)state;
	double number = 0.0;
	pt_json_value *root = parse("[NaN, -Infinity, 1e999, 0.1]");
	const pt_json_value *v = pt_json_first(root);
	assert_true(pt_json_number(v, &number) && isnan(number));
	v = pt_json_following(v);
	assert_true(pt_json_number(v, &number) && number == -(double)INFINITY);
	v = pt_json_following(v);
	assert_true(pt_json_number(v, &number) && number == (double)INFINITY);
	v = pt_json_following(v);
	assert_true(pt_json_number(v, &number) && number == 0.1);
	assert_null(pt_json_following(v));
	assert_null(pt_json_following(NULL));
	pt_json_destroy(root);
}

static void what_cjson_would_accept_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		pt_status code;
	} cases[] = {{"{} x", PT_ERR_JSON}, {"01", PT_ERR_JSON}, {"[1,]", PT_ERR_JSON},
		{"\xEF\xBB\xBF{}", PT_ERR_JSON}, {"\"\xFF\"", PT_ERR_JSON}, {"\"a\\u0000b\"", PT_ERR_INVALID},
		{"{\"a\\u0000\":1}", PT_ERR_INVALID}, {"{\"a\":{\"b\":[1,{\"c\":", PT_ERR_JSON}, {"", PT_ERR_JSON}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pt_json_value *root = NULL;
		pt_error err;
		assert_int_equal(
			pt_json_parse(cases[i].text, strlen(cases[i].text), "f", &root, &err), cases[i].code);
		assert_true(err.offset >= 0);
		assert_null(root);
	}
}

static void documents_are_bounded(void **state)
{
	(void)state;
	enum { N = PT_JSON_DOCUMENT_VALUES + 1 };
	pt_json_value *root = NULL;
	char *text = malloc(2 * N + 2);
	assert_non_null(text);
	for (size_t i = 0; i < N; i++)
		memcpy(text + 2 * i, i ? ",0" : "[0", 2);
	text[2 * N] = ']';
	assert_int_equal(pt_json_parse(text, 2 * N + 1, NULL, &root, NULL), PT_ERR_LIMIT);
	free(text);
	assert_int_equal(pt_json_parse("{}", PT_JSON_DOCUMENT_BYTES + 1u, NULL, &root, NULL), PT_ERR_LIMIT);
	char deep[300];
	memset(deep, '[', sizeof deep);
	assert_int_equal(pt_json_parse(deep, sizeof deep, NULL, &root, NULL), PT_ERR_LIMIT);
	assert_null(root);
}

static void files_are_read(void **state)
{
	(void)state;
	char directory[64], path[256];
	pt_json_value *root = NULL;
	scratch_directory(directory);
	snprintf(path, sizeof path, "%s/a.json", directory);
	assert_int_equal(pt_json_read(path, &root, NULL), PT_ERR_NOT_FOUND);
	write_file(directory, "a.json", "", 0);
	assert_int_equal(pt_json_read(path, &root, NULL), PT_ERR_EMPTY);
	write_file(directory, "a.json", "{\"a\":[1]}", 9);
	assert_int_equal(pt_json_read(path, &root, NULL), PT_OK);
	assert_int_equal(pt_json_type_of(pt_json_member(root, "a")), PT_JSON_ARRAY_BEGIN);
	pt_json_destroy(root);
	assert_int_equal(pt_json_read(directory, &root, NULL), PT_ERR_NOT_REGULAR);
	remove_tree(directory);
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	static const char text[] = "{\"a\":[1,\"x\",{\"b\":null}],\"c\":\"d\"}";
	for (size_t n = 1;; n++) {
		pt_json_value *root = NULL;
		pt_error err;
		pt_alloc_fail_at(n, false);
		pt_status status = pt_json_parse(text, sizeof text - 1, NULL, &root, &err);
		pt_alloc_fail_at(0, false);
		if (status == PT_OK) {
			pt_json_destroy(root);
			assert_true(n > 10);
			return;
		}
		assert_int_equal(status, PT_ERR_MEMORY);
		assert_null(root);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_told),
		cmocka_unit_test(the_last_of_repeated_members_wins),
		cmocka_unit_test(python_numbers_pass),
		cmocka_unit_test(what_cjson_would_accept_is_refused),
		cmocka_unit_test(documents_are_bounded),
		cmocka_unit_test(files_are_read),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
