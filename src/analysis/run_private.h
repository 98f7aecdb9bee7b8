/** What the files of a run share: the records of its checkpoints. Private to analysis. */
#ifndef PT_ANALYSIS_RUN_PRIVATE_H
#define PT_ANALYSIS_RUN_PRIVATE_H

#include "run.h"

pt_status pt_run_out_of_memory(pt_error *err);

/** The record of a step, added where there is none. @param[in,out] at  where to begin to look, then where it
 * is */
PT_CHECKED pt_status pt_run_seen_from(
	pt_run *run, int64_t step, size_t *at, pt_seen_checkpoint **out, pt_error *err);
void pt_run_drop_seen(pt_run *run, size_t at);

PT_CHECKED pt_status pt_run_set_text(char **text, const char *value, pt_error *err);

/** Something is still being written: tried again when it changes, or at retry_wall_ms. */
PT_CHECKED pt_status pt_run_wait_for(
	pt_seen_checkpoint *seen, const char *path, const char *why, int64_t retry_wall_ms, pt_error *err);

/**
 * Read a checkpoint that is new, or another one than before. What it gave before stays until this one reads.
 * @retval PT_ERR_MEMORY, PT_ERR_CANCELLED  (a bad file is a problem of the checkpoint)
 */
PT_CHECKED pt_status pt_run_read_checkpoint(pt_run *run, pt_seen_checkpoint *seen,
	const pt_checkpoint_entry *entry, const pt_run_context *context, pt_error *err);

#endif
