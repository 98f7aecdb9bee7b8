/** The JSON header of a safetensors file: from text to a checked list of tensors. */
#ifndef PHASETOP_RUNIO_SAFETENSORS_HEADER_H
#define PHASETOP_RUNIO_SAFETENSORS_HEADER_H

#include "phasetop/base/alloc.h"
#include "phasetop/base/status.h"
#include "phasetop/runio/safetensors.h"

enum { PT_SAFETENSORS_PREFIX_BYTES = 8 }; /* the header's length comes first, and its offsets count from it */

typedef struct pt_metadata_entry {
	const char *key, *value;
} pt_metadata_entry;

/** Zero it, give it an arena, and fini it whatever comes. */
typedef struct pt_safetensors_list {
	pt_arena *arena; /* of names and metadata; borrowed */
	pt_tensor_info *tensors;
	size_t n, capacity;
	size_t *by_name; /* indexes of tensors in the order of their names */
	pt_metadata_entry *metadata;
	size_t n_metadata, metadata_capacity;
	uint64_t data_bytes; /* end of the last tensor */
} pt_safetensors_list;

/**
 * Parse and check everything that does not need the file's size. Offsets of tensors in the file are set.
 * @param[in,out] list        on failure it holds what was read so far, to be given to fini
 * @param[out]    is_complete the header's object was closed: what fails came later
 * @retval PT_ERR_JSON, PT_ERR_LIMIT, PT_ERR_FORMAT, PT_ERR_AMBIGUOUS, PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_safetensors_parse_header(const char *text, size_t length, const char *path,
	pt_safetensors_list *list, bool *is_complete, pt_error *err);

void pt_safetensors_list_fini(pt_safetensors_list *list);

#endif
