/* What one Record of W&B says: a row of history, the end, whose log it is. Private to runio. */
#ifndef PHASETOP_RUNIO_WANDB_RECORD_H
#define PHASETOP_RUNIO_WANDB_RECORD_H

#include "log_names.h"
#include "metric_reader.h"

/* Zero it, then wandb_reader_reset. */
typedef struct wandb_reader {
	log_row_reader row;
	log_names names;
	int64_t trained_step; /* the training's own step, as last said; PT_LOG_NO_STEP: never */
	uint64_t *media;      /* of the record at hand: hashes of the names that hold pictures, histograms, … */
	size_t n_media, media_capacity;
} wandb_reader;

void wandb_reader_fini(wandb_reader *reader);

/* The file is read from its beginning. */
void wandb_reader_reset(wandb_reader *reader);

typedef struct wandb_record {
	const char *bytes; /* a serialized Record */
	size_t n;
	int64_t offset; /* of its first chunk in the file */
	const char *path;
} wandb_record;

/**
 * Give the row of a history record to the sink; note in `state` what others say. What does not parse is
 * counted as a bad row.
 *
 * The step of a row is the training's own where it is logged (`train/global_step` of the HF Trainer,
 * `trainer/global_step` of Lightning, `global_step`), for `_step` only counts the calls of log(). A row
 * without it, in a log that has it, belongs to the last one said.
 *
 * @retval PT_ERR_MEMORY
 * @retval what sink->row returned; the same record may then be given again
 */
PT_CHECKED pt_status wandb_give_record(wandb_reader *reader, const wandb_record *record,
	pt_metric_state *state, const pt_log_sink *sink, pt_error *err);

#endif
