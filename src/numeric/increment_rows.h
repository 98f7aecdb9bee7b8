/** Rows of increment Grams, computed from the stored vectors of one module. */
#ifndef PHASETOP_NUMERIC_INCREMENT_ROWS_H
#define PHASETOP_NUMERIC_INCREMENT_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "increment_kernels.h"
#include "phasetop/base/status.h"
#include "phasetop/numeric/matrix.h"

/** The vectors of one trajectory in step order, each in its own memory, padded with zeros. */
typedef struct pt_vectors {
	size_t n, capacity;
	size_t length; /* values of a vector; PT_KERNEL_PAD rounds up what is stored */
	bool is_f64;   /* all double, or all float */
	void **items;  /* aligned to a cache line; see pt_vectors_new_item */
} pt_vectors;

void pt_vectors_fini(pt_vectors *vectors);
/** Bytes of one stored vector. */
size_t pt_vectors_item_bytes(const pt_vectors *vectors);
/** A copy of `values` in the form of this list, not yet in it. NULL: out of memory. */
void *pt_vectors_new_item(const pt_vectors *vectors, pt_values values);
void pt_vectors_free_item(void *item);
/** Room for one more. */
bool pt_vectors_reserve(pt_vectors *vectors, size_t n);
/** All vectors become double (a first F64 checkpoint after F32 ones). Untouched on failure. */
bool pt_vectors_widen(pt_vectors *vectors);
/** Takes the item over; there must be room. */
void pt_vectors_insert(pt_vectors *vectors, size_t index, void *item);
/** Gives the item back to the caller. */
void *pt_vectors_take(pt_vectors *vectors, size_t index);
pt_values pt_vectors_at(const pt_vectors *vectors, size_t index);

/** row[j] = ⟨δ_i, δ_j⟩ for all j < n. */
void pt_increment_row(const pt_kernels *kernels, const pt_vectors *vectors, size_t i, double *row);

/**
 * products[4·j + p] for all j < n, p as PT_PRODUCT_…. Levels are x_j = v_j, or, `lagging`, x_j = v_{j−1}
 * (0 for j = 0).
 */
void pt_product_row(
	const pt_kernels *kernels, const pt_vectors *vectors, size_t i, bool lagging, double *products);

/** Row i of dW's increment Gram at rank 1, from the products of A (leading) and B (lagging).
 * @param scalings  n of them; a NaN makes its entries NaN */
void pt_update_row_rank_one(const double *products_a, const double *products_b, const double *scalings,
	size_t n, size_t i, double *row);

/** The same at any rank: blocked matrix products of the stacked factors. @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_update_row(const pt_vectors *a, const pt_vectors *b, size_t rank,
	const double *scalings, size_t i, double *row, pt_error *err);

#endif
