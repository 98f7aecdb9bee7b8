/**
 * Replay: a finished run grows again in a temporary directory, as its trainer wrote it, for the dashboard to
 * watch.
 *
 * In step order: log lines (`*.jsonl`, metrics.csv, probe_losses*.csv) up to and with each step, then that
 * step's checkpoint: weights under a temporary name in the checkpoint's directory and renamed over the final
 * one (as safetensors does), the other files, trainer_state.json last. Event files and wandb directories are
 * left out. The source is only read. A thread of its own does the work; it blocks all signals.
 */
#ifndef PHASETOP_APP_REPLAY_H
#define PHASETOP_APP_REPLAY_H

#include <stdbool.h>

#include "phasetop/base/status.h"

typedef struct pt_replay pt_replay;

/** Seconds that a replay takes where no speed is given. */
#define PT_REPLAY_SECONDS 40.0

/**
 * Make the temporary directory ($TMPDIR or /tmp) and start to write.
 *
 * @param      directory  the finished run
 * @param      steps_per_second  > 0; 0: so that the whole run takes PT_REPLAY_SECONDS (medical: 10 a second);
 *             infinity: all at once
 * @param[out] replay     end with pt_replay_stop
 * @retval PT_ERR_NOT_FOUND, PT_ERR_NOT_DIRECTORY, PT_ERR_PERMISSION  the source
 * @retval PT_ERR_NO_CHECKPOINTS  neither checkpoints nor logs in it
 * @retval PT_ERR_IO, PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_replay_start(
	const char *directory, double steps_per_second, pt_replay **replay, pt_error *err);

/** The growing run; its last component is the source's, so that the run keeps its name. Lives as long as
 * `replay`. */
const char *pt_replay_directory(const pt_replay *replay);

/**
 * Waits until the last file is written.
 * @retval PT_ERR_IO, … what stopped the copying, if anything did
 */
PT_CHECKED pt_status pt_replay_wait(pt_replay *replay, pt_error *err);

/** Has all been written (or the copying failed)? Does not wait. */
bool pt_replay_is_done(pt_replay *replay);

/** Stops at once, removes the temporary directory, frees; NULL is fine. */
void pt_replay_stop(pt_replay *replay);

#endif
