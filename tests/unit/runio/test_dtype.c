/* The 22 dtypes, and exact conversion. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "phasetop/runio/dtype.h"

static void names_are_found_exactly(void **state)
{
	(void)state;
	pt_dtype dtype;
	assert_int_equal(PT_N_DTYPES, 22);
	for (int i = 0; i < PT_N_DTYPES; i++) {
		const char *name = pt_dtype_name((pt_dtype)i);
		assert_true(pt_dtype_find(name, strlen(name), &dtype));
		assert_int_equal(dtype, i);
	}
	static const char *const wrong[] = {"", "f32", "F32 ", "F3", "F128", "BF", "I", "U644"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(pt_dtype_find(wrong[i], strlen(wrong[i]), &dtype));
	assert_string_equal(pt_dtype_name(PT_N_DTYPES), "?");
	assert_int_equal(pt_dtype_bits(PT_DTYPE_F6_E2M3), 6);
	assert_int_equal(pt_dtype_bits(PT_DTYPE_C64), 64);
	assert_int_equal(pt_dtype_how_read(PT_DTYPE_C64), PT_READ_NOT);
	assert_int_equal(pt_dtype_how_read(PT_DTYPE_F8_E4M3), PT_READ_NOT);
}

/* Value of a binary16 pattern from its definition. */
static double half_by_definition(unsigned half)
{
	int exponent = (int)(half >> 10 & 31);
	double fraction = half & 1023, sign = half & 0x8000 ? -1.0 : 1.0;
	if (exponent == 31)
		return fraction != 0.0 ? (double)NAN : sign * (double)INFINITY;
	return sign * (exponent == 0 ? ldexp(fraction, -24) : ldexp(1024.0 + fraction, exponent - 25));
}

static void every_half_converts_exactly(void **state)
{
	(void)state;
	for (unsigned half = 0; half < 65536; half++) {
		unsigned char bytes[3] = {0, (unsigned char)half, (unsigned char)(half >> 8)}; /* unaligned */
		float got;
		double wide, expected = half_by_definition(half);
		pt_dtype_to_float(PT_DTYPE_F16, bytes + 1, 1, &got);
		pt_dtype_to_double(PT_DTYPE_F16, bytes + 1, 1, &wide);
		if (isnan(expected)) {
			assert_true(isnan(got) && isnan(wide));
			continue;
		}
		assert_true((double)got == expected && wide == expected);
		assert_int_equal(signbit(got) != 0, half >> 15);
	}
}

static void every_bfloat_is_the_upper_half_of_a_float(void **state)
{
	(void)state;
	for (unsigned half = 0; half < 65536; half++) {
		unsigned char bytes[2] = {(unsigned char)half, (unsigned char)(half >> 8)};
		float got;
		uint32_t bits;
		pt_dtype_to_float(PT_DTYPE_BF16, bytes, 1, &got);
		memcpy(&bits, &got, sizeof bits);
		assert_int_equal(bits, half << 16);
	}
}

static void floats_and_doubles_are_copied(void **state)
{
	(void)state;
	const float floats[] = {1.5f, -0.0f, 1e-45f, 3.4e38f, (float)INFINITY, (float)NAN};
	const double doubles[] = {1.5, -0.0, 5e-324, 1.7e308, (double)INFINITY, (double)NAN};
	unsigned char bytes[1 + sizeof doubles];
	float out[6];
	double wide[6];
	memcpy(bytes + 1, floats, sizeof floats);
	pt_dtype_to_float(PT_DTYPE_F32, bytes + 1, 6, out);
	assert_memory_equal(out, floats, sizeof floats);
	pt_dtype_to_double(PT_DTYPE_F32, bytes + 1, 6, wide);
	for (int i = 0; i < 5; i++)
		assert_true(wide[i] == (double)floats[i]);
	memcpy(bytes + 1, doubles, sizeof doubles);
	pt_dtype_to_double(PT_DTYPE_F64, bytes + 1, 6, wide);
	assert_memory_equal(wide, doubles, sizeof doubles);
	pt_dtype_to_float(PT_DTYPE_F32, bytes, 0, out); /* nothing to do */
}

static void integers_convert_by_sign_and_width(void **state)
{
	(void)state;
	static const struct {
		pt_dtype dtype;
		double expected;
	} cases[] = {
		{PT_DTYPE_BOOL, 1.0},
		{PT_DTYPE_U8, 254.0},
		{PT_DTYPE_I8, -2.0},
		{PT_DTYPE_U16, 65534.0},
		{PT_DTYPE_I16, -2.0},
		{PT_DTYPE_U32, 4294967294.0},
		{PT_DTYPE_I32, -2.0},
		{PT_DTYPE_U64, 18446744073709551614.0},
		{PT_DTYPE_I64, -2.0},
	};
	const unsigned char bytes[8] = {0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double got;
		assert_int_equal(pt_dtype_how_read(cases[i].dtype), PT_READ_AS_INTEGER);
		pt_dtype_to_double(cases[i].dtype, bytes, 1, &got);
		assert_true(got == cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found_exactly),
		cmocka_unit_test(every_half_converts_exactly),
		cmocka_unit_test(every_bfloat_is_the_upper_half_of_a_float),
		cmocka_unit_test(floats_and_doubles_are_copied),
		cmocka_unit_test(integers_convert_by_sign_and_width),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
