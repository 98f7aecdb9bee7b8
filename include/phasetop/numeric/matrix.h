/**
 * Views of numbers that belong to somebody else: strided blocks of doubles, and flat runs of stored values.
 *
 * Nothing here owns memory. A view is valid as long as what it looks at.
 */
#ifndef PHASETOP_NUMERIC_MATRIX_H
#define PHASETOP_NUMERIC_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

/** Read-only block of a row-major matrix: entry (i, j) is at[i * stride + j]. */
typedef struct pt_block {
	const double *at;
	size_t n_rows, n_cols;
	size_t stride; /* doubles from one row to the next, >= n_cols */
} pt_block;

/** The same, writable. */
typedef struct pt_block_mut {
	double *at;
	size_t n_rows, n_cols;
	size_t stride;
} pt_block_mut;

/**
 * A flat run of tensor values as they were stored, borrowed. Exactly one of the two pointers is set:
 * f32 for F16, BF16 and F32 tensors (widening to float is exact), f64 for F64. Both NULL: no values.
 */
typedef struct pt_values {
	const float *f32;
	const double *f64;
} pt_values;

static inline bool pt_values_present(pt_values values)
{
	return values.f32 != NULL || values.f64 != NULL;
}

/** Element i, widened to double (exact). */
static inline double pt_values_at(pt_values values, size_t i)
{
	return values.f32 ? (double)values.f32[i] : values.f64[i];
}

/** Are all n values finite? O(n). */
bool pt_values_are_finite(pt_values values, size_t n);

#endif
