/**
 * The element types of safetensors files, and their conversion to float and double.
 *
 * @source safetensors 0.8.0, enum Dtype: 22 names and their sizes in bits
 */
#ifndef PHASETOP_RUNIO_DTYPE_H
#define PHASETOP_RUNIO_DTYPE_H

#include <stdbool.h>
#include <stddef.h>

/* X(enumerator, name in the file, bits an element, reading it) */
#define PT_DTYPE_TABLE(X)                                  \
	X(PT_DTYPE_BOOL, "BOOL", 8, PT_READ_AS_INTEGER)        \
	X(PT_DTYPE_F4, "F4", 4, PT_READ_NOT)                   \
	X(PT_DTYPE_F6_E2M3, "F6_E2M3", 6, PT_READ_NOT)         \
	X(PT_DTYPE_F6_E3M2, "F6_E3M2", 6, PT_READ_NOT)         \
	X(PT_DTYPE_U8, "U8", 8, PT_READ_AS_INTEGER)            \
	X(PT_DTYPE_I8, "I8", 8, PT_READ_AS_INTEGER)            \
	X(PT_DTYPE_F8_E5M2, "F8_E5M2", 8, PT_READ_NOT)         \
	X(PT_DTYPE_F8_E4M3, "F8_E4M3", 8, PT_READ_NOT)         \
	X(PT_DTYPE_F8_E8M0, "F8_E8M0", 8, PT_READ_NOT)         \
	X(PT_DTYPE_F8_E4M3FNUZ, "F8_E4M3FNUZ", 8, PT_READ_NOT) \
	X(PT_DTYPE_F8_E5M2FNUZ, "F8_E5M2FNUZ", 8, PT_READ_NOT) \
	X(PT_DTYPE_I16, "I16", 16, PT_READ_AS_INTEGER)         \
	X(PT_DTYPE_U16, "U16", 16, PT_READ_AS_INTEGER)         \
	X(PT_DTYPE_F16, "F16", 16, PT_READ_AS_FLOAT)           \
	X(PT_DTYPE_BF16, "BF16", 16, PT_READ_AS_FLOAT)         \
	X(PT_DTYPE_I32, "I32", 32, PT_READ_AS_INTEGER)         \
	X(PT_DTYPE_U32, "U32", 32, PT_READ_AS_INTEGER)         \
	X(PT_DTYPE_F32, "F32", 32, PT_READ_AS_FLOAT)           \
	X(PT_DTYPE_C64, "C64", 64, PT_READ_NOT)                \
	X(PT_DTYPE_F64, "F64", 64, PT_READ_AS_DOUBLE)          \
	X(PT_DTYPE_I64, "I64", 64, PT_READ_AS_INTEGER)         \
	X(PT_DTYPE_U64, "U64", 64, PT_READ_AS_INTEGER)

typedef enum pt_dtype {
#define X(id, name, bits, reading) id,
	PT_DTYPE_TABLE(X)
#undef X
		PT_N_DTYPES
} pt_dtype;

typedef enum pt_dtype_reading {
	PT_READ_NOT,        /* named as unsupported */
	PT_READ_AS_FLOAT,   /* every value is exactly a float: F32 F16 BF16 */
	PT_READ_AS_DOUBLE,  /* F64 */
	PT_READ_AS_INTEGER, /* converts to the nearest double */
} pt_dtype_reading;

/** Look a name up, exactly as it is written. @return false when there is no such dtype */
bool pt_dtype_find(const char *name, size_t length, pt_dtype *dtype);

/** "BF16" and so on; "?" outside of the table. */
const char *pt_dtype_name(pt_dtype dtype);

/** Bits an element takes in the file. */
unsigned pt_dtype_bits(pt_dtype dtype);

/** How the values convert. */
pt_dtype_reading pt_dtype_how_read(pt_dtype dtype);

/**
 * Convert n little-endian elements to float; exact for F32, F16 and BF16 (subnormals, infinities and NaN
 * included). Asserts that the dtype is one of the three.
 * @param bytes need not be aligned; must not overlap `out`
 */
void pt_dtype_to_float(pt_dtype dtype, const unsigned char *bytes, size_t n, float *out);

/** As pt_dtype_to_float for every dtype but PT_READ_NOT; exact but for I64 and U64 beyond 2^53 (rounded). */
void pt_dtype_to_double(pt_dtype dtype, const unsigned char *bytes, size_t n, double *out);

#endif
