/** How the matrices of a naming scheme lie in their tensors: a row for each scheme. Private to runio. */
#ifndef PHASETOP_RUNIO_ADAPTER_LAYOUT_H
#define PHASETOP_RUNIO_ADAPTER_LAYOUT_H

#include "adapter_pairs.h"
#include "phasetop/runio/adapter_config.h"

typedef enum adapter_order {
	ADAPTER_AS_STORED,
	ADAPTER_TRANSPOSED,   /* stored as columns × rows */
	ADAPTER_EXPERTS_LAST, /* B of PEFT's experts: stored (d_out, r, E) */
} adapter_order;

/** The matrices as they are to be: A (E·r) × d_in, the experts' one below the other; B d_out × (E·r). */
typedef struct adapter_layout {
	size_t a_rows, a_cols, b_rows, b_cols;
	size_t n_experts; /* >= 1; divides a_rows where the shapes fit */
	adapter_order a_order, b_order;
	bool is_convolution;
} adapter_layout;

/**
 * The layout of a pair, both tensors of at least 2 dimensions and not empty.
 * @param config of the adapter, for experts; NULL: none
 */
adapter_layout adapter_layout_of(const adapter_pair *pair, const pt_adapter_config *config);

/**
 * Bring n = rows·cols values, of `size` bytes each, into the layout's order, in place.
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status adapter_layout_arrange_a(
	const adapter_layout *layout, size_t size, void *values, pt_error *err);
PT_CHECKED pt_status adapter_layout_arrange_b(
	const adapter_layout *layout, size_t size, void *values, pt_error *err);

#endif
