/**
 * TensorBoard's event files: those of one directory are one history, in the order of their names, which begin
 * with the time at which each was begun. Private to analysis.
 *
 * A resumed writer begins a new file, often with a session START at the step that it goes on from: what the
 * files before it hold at or behind that step is void. Elsewhere the later file's numbers win. Each file is
 * followed by itself, and joining is a function of what they hold: in whichever order they were read, the
 * history is the same.
 */
#ifndef PT_ANALYSIS_EVENT_FILES_H
#define PT_ANALYSIS_EVENT_FILES_H

#include "run_logs.h"

/**
 * Where several event files lie in one directory and one of them has news, the last one's table becomes the
 * history of all, and the others' are empty.
 * @retval PT_ERR_MEMORY
 * @cost   nothing without news; else O(rows · columns) of the directories with news
 */
PT_CHECKED pt_status pt_event_files_join(pt_run_logs *logs, pt_error *err);

/** TensorBoard's, or W&B's: they tell the time of their rows. */
bool pt_is_event_log(const pt_run_log *log);

/** Where the training ended, if that is the last that such logs say: an earlier run's end is not this one's.
 * PT_LOG_NO_STEP: it did not end. */
int64_t pt_event_logs_closed_step(const pt_run_logs *logs);

#endif
