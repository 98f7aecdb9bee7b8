/** The LoRA tensors of a checkpoint, sorted out by module. Private to runio. */
#ifndef PHASETOP_RUNIO_ADAPTER_PAIRS_H
#define PHASETOP_RUNIO_ADAPTER_PAIRS_H

#include "checkpoint_store.h"
#include "phasetop/runio/adapter_names.h"

/** All LoRA tensors of one module of one adapter. */
typedef struct adapter_pair {
	const char *module, *adapter;        /* in the arena */
	pt_name_scheme scheme;               /* of A, or of B where there is no A */
	const weight_tensor *a, *b;          /* NULL: missing */
	const weight_tensor *alpha, *middle; /* NULL: none */
	bool is_embedding, has_magnitude;
	const char *ambiguity; /* why it can't be told what belongs together; NULL: it can */
} adapter_pair;

typedef struct adapter_pairs {
	size_t n, capacity;
	adapter_pair *items; /* each has an A or a B; sorted by adapter and module, byte by byte */
} adapter_pairs;

/**
 * Sort out store->files. Every tensor that is no A, B, alpha or core of a pair is counted as skipped.
 * @param[out] pairs free with pt_free(pairs->items), after a failure too
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status adapter_pairs_collect(pt_checkpoint_store *store, adapter_pairs *pairs, pt_error *err);

#endif
