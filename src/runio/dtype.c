#include "phasetop/runio/dtype.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

typedef struct dtype_row {
	const char *name;
	unsigned bits;
	pt_dtype_reading reading;
} dtype_row;

static const dtype_row table[] = {
#define X(id, name, bits, reading) {name, bits, reading},
	PT_DTYPE_TABLE(X)
#undef X
};
_Static_assert(sizeof table / sizeof table[0] == PT_N_DTYPES, "a row for every dtype");

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "safetensors are little-endian; this reader copies them as they are"
#endif

bool pt_dtype_find(const char *name, size_t length, pt_dtype *dtype)
{
	for (int i = 0; i < PT_N_DTYPES; i++) {
		if (strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0) {
			*dtype = (pt_dtype)i;
			return true;
		}
	}
	return false;
}

const char *pt_dtype_name(pt_dtype dtype)
{
	return (unsigned)dtype < PT_N_DTYPES ? table[dtype].name : "?";
}

unsigned pt_dtype_bits(pt_dtype dtype)
{
	assert((unsigned)dtype < PT_N_DTYPES);
	return table[dtype].bits;
}

pt_dtype_reading pt_dtype_how_read(pt_dtype dtype)
{
	assert((unsigned)dtype < PT_N_DTYPES);
	return table[dtype].reading;
}

static float float_of_bits(uint32_t bits)
{
	float value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

/* IEEE binary16 to binary32: exact, for every one of the 65536 patterns. */
static float float_of_half(uint16_t half)
{
	uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
	uint32_t exponent = (half >> 10) & 31u;
	uint32_t fraction = half & 0x3FFu;
	if (exponent == 31) /* infinity, or NaN with its payload */
		return float_of_bits(sign | 0x7F800000u | fraction << 13);
	if (exponent > 0)
		return float_of_bits(sign | (exponent + 112) << 23 | fraction << 13);
	/* subnormal or zero: fraction · 2^-24, exact in a float */
	float magnitude = (float)fraction * 0x1p-24f;
	return sign ? -magnitude : magnitude;
}

/* Loops over unaligned elements: memcpy compiles to one load. */
#define CONVERT(type, expression)                   \
	for (size_t i = 0; i < n; i++) {                \
		type x;                                     \
		memcpy(&x, bytes + i * sizeof x, sizeof x); \
		out[i] = (expression);                      \
	}                                               \
	break

void pt_dtype_to_float(pt_dtype dtype, const unsigned char *bytes, size_t n, float *out)
{
	assert(pt_dtype_how_read(dtype) == PT_READ_AS_FLOAT);
	switch (dtype) {
	case PT_DTYPE_F32:
		if (n > 0)
			memcpy(out, bytes, n * sizeof *out);
		break;
	case PT_DTYPE_F16:
		CONVERT(uint16_t, float_of_half(x));
	case PT_DTYPE_BF16:
		CONVERT(uint16_t, float_of_bits((uint32_t)x << 16));
	default:
		break;
	}
}

void pt_dtype_to_double(pt_dtype dtype, const unsigned char *bytes, size_t n, double *out)
{
	assert(pt_dtype_how_read(dtype) != PT_READ_NOT);
	switch (dtype) {
	case PT_DTYPE_F64:
		if (n > 0)
			memcpy(out, bytes, n * sizeof *out);
		break;
	case PT_DTYPE_F32:
		CONVERT(float, (double)x);
	case PT_DTYPE_F16:
		CONVERT(uint16_t, (double)float_of_half(x));
	case PT_DTYPE_BF16:
		CONVERT(uint16_t, (double)float_of_bits((uint32_t)x << 16));
	case PT_DTYPE_BOOL:
		CONVERT(uint8_t, x != 0 ? 1.0 : 0.0);
	case PT_DTYPE_U8:
		CONVERT(uint8_t, (double)x);
	case PT_DTYPE_I8:
		CONVERT(int8_t, (double)x);
	case PT_DTYPE_U16:
		CONVERT(uint16_t, (double)x);
	case PT_DTYPE_I16:
		CONVERT(int16_t, (double)x);
	case PT_DTYPE_U32:
		CONVERT(uint32_t, (double)x);
	case PT_DTYPE_I32:
		CONVERT(int32_t, (double)x);
	case PT_DTYPE_U64:
		CONVERT(uint64_t, (double)x);
	case PT_DTYPE_I64:
		CONVERT(int64_t, (double)x);
	default:
		break;
	}
}
