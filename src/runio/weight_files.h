/** The open files of a checkpoint: one, or the shards that an index names. Private to runio. */
#ifndef PHASETOP_RUNIO_WEIGHT_FILES_H
#define PHASETOP_RUNIO_WEIGHT_FILES_H

#include "phasetop/base/alloc.h"
#include "phasetop/base/status.h"
#include "phasetop/runio/safetensors.h"

typedef struct weight_file {
	const char *path; /* in the arena */
	pt_safetensors *file;
} weight_file;

/** One tensor, and the file it lies in. */
typedef struct weight_tensor {
	const weight_file *in;
	const pt_tensor_info *info;
} weight_tensor;

typedef struct weight_files {
	pt_arena *arena; /* borrowed */
	size_t n_files, files_capacity;
	weight_file *files; /* in the order of the index */
	size_t n_tensors, tensors_capacity;
	weight_tensor *tensors; /* of all files, in file order */
	size_t n_missing;       /* tensors that the index promises and that are not there */
	const char *missing;    /* one of them */
} weight_files;

/**
 * Open the file at `path`, or the shards of the index there (a name that ends in `.json`), and list their
 * tensors.
 * @param[out] files close with weight_files_close, after a failure too
 * @retval PT_ERR_NOT_FOUND, PT_ERR_INVALID, PT_ERR_JSON, PT_ERR_EMPTY, PT_ERR_LIMIT of an index
 * @retval PT_ERR_AMBIGUOUS one name in two shards
 * @retval PT_ERR_MEMORY, and those of pt_safetensors_open
 */
PT_CHECKED pt_status weight_files_open(weight_files *files, pt_arena *arena, const char *path, pt_error *err);
void weight_files_close(weight_files *files);

/** After the last read. @retval PT_ERR_CHANGED one of them is not what was opened */
PT_CHECKED pt_status weight_files_check_unchanged(const weight_files *files, pt_error *err);

#endif
