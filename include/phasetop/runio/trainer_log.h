/**
 * `trainer_state.json` of the Hugging Face Trainer: the whole history, written anew at every checkpoint.
 *
 * A missing key is missing, never 0. NaN, Infinity and null give fields that are not valid. Values that are
 * no numbers (words, booleans, arrays, objects) are no fields. Rows without a step are passed over and
 * counted.
 */
#ifndef PHASETOP_RUNIO_TRAINER_LOG_H
#define PHASETOP_RUNIO_TRAINER_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/runio/log_rows.h"
#include "phasetop/runio/regular_file.h"

enum { PT_TRAINER_STATE_CAP_BYTES = 512 * 1024 * 1024 };

/** What trainer_state.json says besides its rows. */
typedef struct pt_trainer_state {
	int64_t global_step, max_steps; /* PT_LOG_NO_STEP: not said, or not a positive whole number */
	int64_t save_steps;             /* steps between checkpoints; a fraction is resolved with max_steps */
	double epoch;                   /* NaN: not said */
	bool has_closing_row;           /* training ended (only save_state() writes this row) */
	size_t n_rows;                  /* rows given to the sink */
	size_t n_rows_without_step;     /* passed over: no step, or none that is a whole number >= 0 */
	size_t n_invalid_values;        /* NaN, Infinity, null among the rows' numbers */
} pt_trainer_state;

/**
 * Read a trainer_state.json whole (at most PT_TRAINER_STATE_CAP_BYTES), through a window: 660,000 rows in 100 MB
 * take no more memory than ten.
 *
 * Rows count only once the call has returned PT_OK: after a failure those already given are void, which
 * sink->reset tells. A failure means "try again when it changes": the Trainer writes this file in place, last
 * of all.
 *
 * @param[in]  sink     rows in file order; NULL: none are given
 * @param[out] state    may be NULL
 * @param[out] identity of the file that was read; may be NULL
 * @retval PT_ERR_EMPTY   0 bytes (being written)
 * @retval PT_ERR_JSON    does not parse: err->offset is the byte
 * @retval PT_ERR_FORMAT  JSON, but not an object with an array log_history
 * @retval PT_ERR_CHANGED changed while it was read
 * @retval PT_ERR_LIMIT   over the cap, nested too deep, or a string of more than 8 MiB
 * @retval PT_ERR_NOT_FOUND, PT_ERR_PERMISSION, PT_ERR_NOT_REGULAR, PT_ERR_IO, PT_ERR_MEMORY
 * @retval what sink->row returned
 * @cost   one pass over the text; memory: 256 KiB, twice the longest string, and a row
 */
PT_CHECKED pt_status pt_trainer_state_read(const char *path, const pt_log_sink *sink, pt_trainer_state *state,
	pt_file_identity *identity, pt_error *err);

/** The same out of memory; `path` names the text in errors. bytes[n] need not be NUL. */
PT_CHECKED pt_status pt_trainer_state_parse(const char *bytes, size_t n, const char *path,
	const pt_log_sink *sink, pt_trainer_state *state, pt_error *err);

#endif
