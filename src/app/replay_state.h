/* trainer_state.json as it was at an earlier step: for checkpoints of a replay that have none of their own.
 */
#ifndef PHASETOP_SRC_APP_REPLAY_STATE_H
#define PHASETOP_SRC_APP_REPLAY_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

/**
 * Cut a trainer_state.json back to `step`: log_history keeps its leading rows up to that step, global_step
 * and epoch become what they were then; all other bytes stay.
 *
 * @param[in]  text, n   of a later trainer_state.json
 * @param[out] out       NUL-terminated, free with pt_free; its length in *n_out
 * @retval PT_ERR_JSON   not JSON, or no object
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_replay_cut_state(
	const char *text, size_t n, int64_t step, char **out, size_t *n_out, pt_error *err);

/**
 * Step of one line of a JSONL log (`step`, or LLaMA-Factory's `current_steps`).
 * @return false when it has none or is not an object
 */
bool pt_replay_line_step(const char *line, size_t n, int64_t *step);

#endif
