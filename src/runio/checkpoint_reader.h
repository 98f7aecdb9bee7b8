/* What the loads of a run's checkpoints share. Private to runio. */
#ifndef PHASETOP_RUNIO_CHECKPOINT_READER_H
#define PHASETOP_RUNIO_CHECKPOINT_READER_H

#include "phasetop/runio/adapter_config.h"
#include "phasetop/runio/checkpoint_load.h"

/* A checkpoint begins and ends its life: the memory is reused when none is left. */
void checkpoint_reader_begin(pt_checkpoint_reader *reader);
void checkpoint_reader_end(pt_checkpoint_reader *reader);

/* Memory for values, not zeroed, 64-byte aligned; NULL: not to be had from here. */
void *checkpoint_reader_values(pt_checkpoint_reader *reader, size_t n_bytes);
bool checkpoint_reader_owns(const pt_checkpoint_reader *reader, const void *values);

/**
 * The config at `path`; the same bytes as the last time are not parsed again.
 * @param[out] config borrowed: until the next call, or the end of the reader
 * @retval PT_ERR_NO_CONFIG no such file
 * @retval PT_ERR_EMPTY     0 bytes
 * @retval as pt_regular_file_read (of at most PT_JSON_DOCUMENT_BYTES) and pt_adapter_config_parse
 */
PT_CHECKED pt_status checkpoint_reader_config(
	pt_checkpoint_reader *reader, const char *path, const pt_adapter_config **config, pt_error *err);

#endif
