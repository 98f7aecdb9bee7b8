/** model.safetensors.index.json: which shard holds which tensor. Private to runio. */
#ifndef PHASETOP_RUNIO_SHARD_INDEX_H
#define PHASETOP_RUNIO_SHARD_INDEX_H

#include "phasetop/base/alloc.h"
#include "phasetop/base/status.h"

/* Every shard stays open while a checkpoint is read: fewer than a process may open. */
enum { SHARD_INDEX_BYTES = 64 * 1024 * 1024, SHARD_INDEX_SHARDS = 512 };

/** One line of an index: tensor → shard. */
typedef struct shard_line {
	const char *tensor;
	size_t shard;
} shard_line;

typedef struct shard_index {
	pt_arena *arena; /* borrowed: holds the names */
	size_t n_shards, shards_capacity;
	const char **shards; /* plain file names, in the order of their first tensors */
	size_t n_lines, lines_capacity;
	shard_line *lines;
} shard_index;

/**
 * @param[out] index free with shard_index_fini, after a failure too
 * @retval PT_ERR_INVALID no weight_map, or a shard that is no plain file name; offset: where
 * @retval PT_ERR_JSON, PT_ERR_EMPTY, PT_ERR_LIMIT, PT_ERR_MEMORY, and those of pt_regular_file_read
 */
PT_CHECKED pt_status shard_index_read(shard_index *index, pt_arena *arena, const char *path, pt_error *err);
void shard_index_fini(shard_index *index);

#endif
