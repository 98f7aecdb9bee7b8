/** A checkpoint while it is being loaded: what the loaders of adapters and of whole networks share. */
#ifndef PHASETOP_RUNIO_CHECKPOINT_STORE_H
#define PHASETOP_RUNIO_CHECKPOINT_STORE_H

#include "phasetop/base/alloc.h"
#include "phasetop/base/status.h"
#include "phasetop/runio/checkpoint_load.h"
#include "phasetop/runio/safetensors.h"

#include "adapter_methods.h"
#include "checkpoint_reader.h"
#include "weight_files.h"

enum { PT_STORE_NAME_BYTES = 96 };

typedef struct pt_checkpoint_store {
	pt_checkpoint checkpoint; /* first: what callers hold is a pointer to it */
	pt_arena *arena;          /* names, problems, warnings */
	pt_loaded_module *modules;
	size_t modules_capacity;
	pt_load_problem problems[PT_LOAD_PROBLEMS];
	size_t n_problems_left_off;
	pt_checkpoint_reader *reader; /* NULL once loaded where none is shared */
	/* while loading: */
	const char *weights, *config; /* borrowed; config may be NULL */
	weight_files files;
	const atomic_bool *cancel;
} pt_checkpoint_store;

/** Where the values of one tensor went. */
typedef struct pt_store_values {
	void *values; /* float or double; free with pt_store_free_values */
	bool finite;
} pt_store_values;

/** LoRA modules. @param config  of the adapter; NULL: none that is of use */
PT_CHECKED pt_status pt_store_load_adapter(
	pt_checkpoint_store *store, const pt_adapter_config *config, pt_error *err);
/** Tensors as they are. @param method  whose frozen tensors are passed over; NULL: none */
PT_CHECKED pt_status pt_store_load_full(
	pt_checkpoint_store *store, const adapter_method *method, pt_error *err);

/** A failure for want of memory. */
pt_status pt_store_fail_memory(const pt_checkpoint_store *store, pt_error *err);

/** Note a problem that does not stop the load. @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_store_problem(pt_checkpoint_store *store, pt_error *err, pt_status code,
	const char *path, int64_t offset, const char *format, ...) PT_PRINTF(6, 7);

/** Count a tensor that is passed over, and keep the first names. @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_store_skip(pt_checkpoint_store *store, const char *name, pt_error *err);

/** Append a module; the store then owns its a and b. @retval PT_ERR_MEMORY nothing was taken over */
PT_CHECKED pt_status pt_store_add(pt_checkpoint_store *store, const pt_loaded_module *module, pt_error *err);

/** Note the trailing bytes of every file, and what an index promises in vain. @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_store_check_files(pt_checkpoint_store *store, pt_error *err);

/**
 * Read a tensor's values, and note the first that is not finite.
 * @param as_double else float
 * @retval PT_ERR_CANCELLED, PT_ERR_LIMIT (PT_CHECKPOINT_BYTES), PT_ERR_MEMORY, PT_ERR_CHANGED, PT_ERR_IO
 */
PT_CHECKED pt_status pt_store_read(pt_checkpoint_store *store, const weight_tensor *tensor, bool as_double,
	pt_store_values *out, pt_error *err);

/** Give back what pt_store_read gave; NULL is fine. */
void pt_store_free_values(const pt_checkpoint_store *store, const void *values);

/** A tensor's name, fit for a message. */
void pt_store_shown_name(const pt_tensor_info *tensor, char out[PT_STORE_NAME_BYTES]);

/** Does the dtype convert to float or double? */
bool pt_store_reads(pt_dtype dtype);

#endif
