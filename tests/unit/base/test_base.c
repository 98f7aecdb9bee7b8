/* The base layer: errors, arrays, arenas, text, globs, numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/clock.h"
#include "phasetop/base/missing.h"
#include "phasetop/base/status.h"
#include "phasetop/base/text.h"

static void errors_keep_code_path_offset_and_message(void **state)
{
	(void)state;
	pt_error err;
	assert_int_equal(pt_fail(&err, PT_ERR_JSON, "a/b", 17, "bad %s", "token"), PT_ERR_JSON);
	assert_int_equal(err.code, PT_ERR_JSON);
	assert_int_equal(err.offset, 17);
	assert_string_equal(err.path, "a/b");
	assert_string_equal(err.message, "bad token");
	assert_int_equal(pt_fail(&err, PT_ERR_IO, err.path, -1, "again: %s", err.message), PT_ERR_IO);
	assert_string_equal(err.message, "again: bad token");
	assert_string_equal(err.path, "a/b");
	assert_int_equal(pt_fail(NULL, PT_ERR_IO, NULL, -1, "x"), PT_ERR_IO);
	assert_int_equal(pt_fail_errno(&err, ENOENT, "p", "open"), PT_ERR_NOT_FOUND);
	assert_int_equal(pt_fail_errno(&err, EACCES, "p", "open"), PT_ERR_PERMISSION);
	assert_int_equal(pt_fail_errno(&err, EIO, "p", "open"), PT_ERR_IO);
	char text[3000];
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	assert_int_equal(pt_fail(&err, PT_ERR_IO, text, -1, "%s", text), PT_ERR_IO);
	assert_int_equal(strlen(err.path), PT_ERROR_PATH_BYTES - 1);
	assert_int_equal(strlen(err.message), PT_ERROR_MESSAGE_BYTES - 1);
}

static void every_status_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int a = 0; a < PT_N_STATUS; a++)
		for (int b = 0; b < a; b++)
			assert_string_not_equal(pt_status_name((pt_status)a), pt_status_name((pt_status)b));
	assert_string_equal(pt_status_name(PT_N_STATUS), "unknown");
}

static void arrays_refuse_overflow(void **state)
{
	(void)state;
	assert_null(pt_array_alloc(SIZE_MAX / 2, 8));
	assert_null(pt_array_resize(NULL, SIZE_MAX / 4, 8));
	int *array = NULL;
	size_t capacity = 0;
	for (size_t n = 1; n < 1000; n++) {
		assert_true(pt_array_reserve((void **)&array, &capacity, n, sizeof *array));
		assert_true(capacity >= n);
		array[n - 1] = (int)n;
	}
	assert_false(pt_array_reserve((void **)&array, &capacity, SIZE_MAX / 2, sizeof *array));
	assert_int_equal(array[998], 999);
	pt_free(array);
}

static void arenas_align_zero_and_keep(void **state)
{
	(void)state;
	pt_arena *arena = pt_arena_create();
	char *first = pt_arena_text(arena, "first");
	for (size_t n = 0; n < 5000; n += 37) {
		unsigned char *bytes = pt_arena_alloc(arena, n, 1);
		assert_int_equal((uintptr_t)bytes % 16, 0);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(bytes[i], 0);
			bytes[i] = 0xFF;
		}
	}
	assert_string_equal(first, "first");
	assert_null(pt_arena_alloc(arena, SIZE_MAX / 2, 16));
	assert_non_null(pt_arena_alloc(arena, 3000000, 1));
	assert_true(pt_arena_bytes(arena) > 3000000);
	pt_arena_destroy(arena);
	pt_arena_destroy(NULL);
}

static void the_fault_hook_fails_the_nth_allocation(void **state)
{
	(void)state;
	pt_alloc_fail_at(2, false);
	void *one = pt_array_alloc(1, 1), *two = pt_array_alloc(1, 1), *three = pt_array_alloc(1, 1);
	assert_int_equal(pt_alloc_fail_at(0, false), 3);
	assert_true(one && !two && three);
	pt_free(one);
	pt_free(three);
}

static void writers_never_split_a_character(void **state)
{
	(void)state;
	char buffer[6];
	pt_text text = pt_text_over(buffer, sizeof buffer);
	pt_text_add(&text, "aä");
	pt_text_add(&text, "€");
	assert_string_equal(buffer, "aä");
	assert_true(text.cut);
	pt_text_addf(&text, "%d", 12345);
	assert_string_equal(buffer, "aä12");
}

static void assert_clean(const char *from, const char *expected)
{
	char out[256];
	pt_text_sanitize(out, sizeof out, from, strlen(from));
	assert_string_equal(out, expected);
}

static void nothing_foreign_reaches_a_terminal(void **state)
{
	(void)state;
	assert_clean("model.layers.0", "model.layers.0");
	assert_clean("norm ‖B‖ 汉字 é", "norm ‖B‖ 汉字 é");
	assert_clean("\x1b]52;c;aGk=\x07", "\xEF\xBF\xBD]52;c;aGk=\xEF\xBF\xBD");
	assert_clean("a\nb\tc\x7f", "a\xEF\xBF\xBD"
								"b\xEF\xBF\xBD"
								"c\xEF\xBF\xBD");
	assert_clean("\xC2\x9B"
				 "31m",
		"\xEF\xBF\xBD"
		"31m");                                                           /* C1 CSI */
	assert_clean("x\xE2\x80\xAEy", "x\xEF\xBF\xBDy");                     /* right-to-left override */
	assert_clean("x\xE2\x80\x8By", "x\xEF\xBF\xBDy");                     /* zero-width space */
	assert_clean("x\xF3\xA0\x81\x81y", "x\xEF\xBF\xBDy");                 /* tag character */
	assert_clean("\xFF\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"); /* ill-formed */
	assert_clean("e\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81", "e\xCC\x81\xCC\x81"); /* stacked marks */
	char out[4];
	assert_int_equal(pt_text_sanitize(out, sizeof out, "ab\0c", 4), 2 + 0);
}

static void widths_do_not_depend_on_the_locale(void **state)
{
	(void)state;
	assert_int_equal(pt_text_width("abc"), 3);
	assert_int_equal(pt_text_width("汉"), 2);
	assert_int_equal(pt_text_width("⣿█●"), 3);
	assert_int_equal(pt_text_width("e\xCC\x81"), 1);
	assert_int_equal(pt_text_fit("ab汉c", 3), 2);
	assert_int_equal(pt_text_fit("ab汉c", 4), 5);
}

static void doubles_round_trip_in_the_shortest_text(void **state)
{
	(void)state;
	static const double values[] = {
		0.1, 1.0 / 3, 1e300, 5e-324, -2.5, 123456789.123456789, 0.30000000000000004, 1e-7};
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		char out[40];
		pt_text_double(out, sizeof out, values[i]);
		assert_true(strtod(out, NULL) == values[i]);
	}
	char out[40];
	pt_text_double(out, sizeof out, 0.1);
	assert_string_equal(out, "0.1");
	pt_text_double(out, sizeof out, PT_MISSING);
	assert_string_equal(out, "null");
	pt_text_double(out, sizeof out, (double)INFINITY);
	assert_string_equal(out, "null");
}

static void numbers_for_people_are_short(void **state)
{
	(void)state;
	static const struct {
		double value;
		int digits;
		const char *text;
	} cases[] = {{0.1257, 4, "0.1257"}, {4.5e-6, 2, "4.5e-06"}, {0, 3, "0.000"}, {12.345, 4, "12.35"},
		{0.691, 3, "0.691"}, {400, 3, "400"}, {1e12, 3, "1.00e+12"}, {5.3e-4, 2, "5.3e-04"}, {5.3e-4, 4, "0.0005"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char out[40];
		pt_text_number(out, sizeof out, cases[i].value, cases[i].digits);
		assert_string_equal(out, cases[i].text);
	}
}

static void globs_match_as_a_shell_does(void **state)
{
	(void)state;
	assert_true(pt_text_glob("*", "") && pt_text_glob("a*c", "abbc") && pt_text_glob("*q_proj", "l.q_proj"));
	assert_true(pt_text_glob("medical/*", "medical/harmful/03") && !pt_text_glob("medical/*", "sports/x"));
	assert_true(pt_text_glob("l.[0-3]?", "l.21") && !pt_text_glob("l.[!0-3]?", "l.21"));
	assert_true(pt_text_glob("[[]x", "[x") && !pt_text_glob("ab", "abc") && !pt_text_glob("abc", "ab"));
	char pattern[64] = "", text[4000];
	for (int i = 0; i < 20; i++)
		strcat(pattern, "a*");
	memset(text, 'a', sizeof text);
	text[sizeof text - 2] = 'b';
	text[sizeof text - 1] = '\0';
	assert_true(pt_text_glob(pattern, text)); /* and in no exponential time */
}

static void clocks_tell_time(void **state)
{
	(void)state;
	pt_clock clock = pt_clock_system();
	int64_t before = pt_clock_monotonic_ms(&clock);
	assert_true(pt_clock_monotonic_ms(&clock) >= before);
	assert_true(pt_clock_wall_ms(&clock) > INT64_C(1577836800000)); /* 2020 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_keep_code_path_offset_and_message),
		cmocka_unit_test(every_status_has_a_name_of_its_own),
		cmocka_unit_test(arrays_refuse_overflow),
		cmocka_unit_test(arenas_align_zero_and_keep),
		cmocka_unit_test(the_fault_hook_fails_the_nth_allocation),
		cmocka_unit_test(writers_never_split_a_character),
		cmocka_unit_test(nothing_foreign_reaches_a_terminal),
		cmocka_unit_test(widths_do_not_depend_on_the_locale),
		cmocka_unit_test(doubles_round_trip_in_the_shortest_text),
		cmocka_unit_test(numbers_for_people_are_short),
		cmocka_unit_test(globs_match_as_a_shell_does),
		cmocka_unit_test(clocks_tell_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
