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

/** ‖δ_i‖². */
double pt_increment_square(const pt_kernels *kernels, const pt_vectors *vectors, size_t i);

/** Which products a pass takes: ⟨δ_i, δ_j⟩ alone, or all four of PT_PRODUCT_… with levels x_j = v_j (leading)
 * or x_j = v_{j−1}, 0 for j = 0 (lagging). */
typedef enum pt_pass_kind { PT_PASS_INCREMENTS, PT_PASS_LEADING, PT_PASS_LAGGING } pt_pass_kind;

/** One pass over the past vectors of a trajectory. */
typedef struct pt_pass {
	const pt_vectors *vectors;
	size_t i;
	pt_pass_kind kind;
	double *out; /* for all j < n: one value, or PT_N_PRODUCTS */
} pt_pass;

/**
 * Runs passes side by side, on several processors where that pays. Every sum has the same order however the
 * past vectors are divided: the results are the same to the bit.
 */
void pt_run_passes(const pt_kernels *kernels, const pt_pass *passes, size_t n_passes);

#endif
