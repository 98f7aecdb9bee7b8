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

/** Was the end of the training the last that event logs and W&B's runs say? An earlier run's end is not this
 * one's. */
bool pt_event_logs_closed(const pt_run_logs *logs);

#endif
