/**
 * Training logs that grow: rows of numbers by step, in one form for every kind of file.
 *
 * Each kind has a reader, one file of its own and one row of the table in metric_log.c:
 *
 *   PT_LOG_TRAIN_JSONL   {"step": 120, "loss": 1.2, "val_loss": 1.3, "lr": 1e-4, …} a line
 *   PT_LOG_METRICS_CSV   a header that names columns, a row a line
 *   PT_LOG_METRICS_JSON  one document with rows [{"step": …}, …] or columns {"step": […], "loss": […]} in it
 *   PT_LOG_TFEVENTS      TFRecords of TensorBoard events; a row for each event with scalars
 *   PT_LOG_WANDB         LevelDB log blocks of W&B records; a row for each history record
 *
 * Each is followed as `tail -F` does: a call gives what is new since the last, a torn end waits, a file that was
 * truncated or replaced is read from its beginning after a call of sink->reset. What is damaged costs its own row, is
 * a problem with its place, and the reading goes on. A missing number is missing, never 0; NaN, Infinity and null give
 * fields that are not valid. Values that are no numbers are no fields. Rows without a step are counted.
 */
#ifndef PHASETOP_RUNIO_METRIC_LOG_H
#define PHASETOP_RUNIO_METRIC_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/runio/checkpoint_scan.h"
#include "phasetop/runio/log_rows.h"
#include "phasetop/runio/regular_file.h"

typedef struct pt_metric_log pt_metric_log;

/** What all that was read since the last reset says. */
typedef struct pt_metric_state {
	size_t n_rows;              /* given to the sink */
	size_t n_bad_rows;          /* lines or records that do not parse */
	size_t n_rows_without_step; /* passed over: no step */
	size_t n_invalid_values;    /* NaN, Infinity, null among the rows' numbers */
	bool has_closing_row;       /* the training ended: the Trainer's closing row, W&B's exit record */
	int64_t max_steps;          /* PT_LOG_NO_STEP: not said */
	pt_file_identity identity;  /* of the file at the last read; present = false: none yet */
	pt_log_problems problems;   /* `offset`: the line (from 1) of a text, the byte of a binary file */
} pt_metric_state;

/** Is there a reader for logs of this kind? */
bool pt_metric_log_reads(pt_log_kind kind);

/**
 * The kind of a log whose name says nothing: by its suffix, and where that is `.json` or none that is known, by
 * its first line.
 * @retval PT_ERR_EMPTY, as pt_regular_file_open
 */
PT_CHECKED pt_status pt_metric_log_kind_of_file(const char *path, pt_log_kind *kind, pt_error *err);

/**
 * @pre pt_metric_log_reads(kind)
 * @return NULL when out of memory. The file need not exist yet.
 */
pt_metric_log *pt_metric_log_create(pt_log_kind kind, const char *path);
void pt_metric_log_destroy(pt_metric_log *log);

/**
 * Give the rows that are new since the last call; sink->reset first where the file was truncated or replaced.
 * @retval PT_ERR_NOT_FOUND    the file is not there (nothing is forgotten: it may come back)
 * @retval PT_ERR_PERMISSION, PT_ERR_NOT_REGULAR, PT_ERR_IO  likewise; try again after the next event
 * @retval PT_ERR_FORMAT       not a file of this kind
 * @retval PT_ERR_MEMORY
 * @retval what sink->row returned; that row comes again with the next call
 * @cost   O(new bytes)
 */
PT_CHECKED pt_status pt_metric_log_read(pt_metric_log *log, const pt_log_sink *sink, pt_error *err);

/** Shares the life of `log`, changes with each read. */
const pt_metric_state *pt_metric_log_state(const pt_metric_log *log);

#endif
