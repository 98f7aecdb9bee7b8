/**
 * The work thread: it owns reading, watching and computing, and publishes snapshots.
 *
 * It sleeps on inotify, one timer and its job eventfd, drains events (hints; the scan is the truth),
 * debounces, reads what is new, computes, and publishes. The newest snapshot wins; wake-ups are coalesced.
 * Nothing else in the program touches runio, numeric or the histories while it runs.
 */
#ifndef PHASETOP_APP_WORKER_H
#define PHASETOP_APP_WORKER_H

#include <stdbool.h>

#include "phasetop/analysis/pipeline.h"
#include "phasetop/analysis/snapshot.h"
#include "phasetop/base/clock.h"
#include "phasetop/base/status.h"

typedef struct pt_worker pt_worker;

typedef struct pt_worker_options {
	pt_pipeline_options pipeline; /* paths are borrowed for the call only */
	/* Run in the caller's thread: the event fd becomes readable as ever, but the work is done inside
	   pt_worker_pump. For tests. */
	bool inline_worker;
	int wake_fd; /* a further fd that wakes the work thread (signals); -1: none */
	/* Called in the work thread when wake_fd is readable; see signals.h. May be NULL. */
	void (*on_wake)(void *context);
	void *context;
} pt_worker_options;

/**
 * Starts the thread; the first scan happens in it, so this returns at once.
 * @retval PT_ERR_MEMORY, PT_ERR_IO eventfd, timerfd or thread refused
 */
PT_CHECKED pt_status pt_worker_create(const pt_worker_options *options, pt_worker **worker, pt_error *err);

/** Stops and joins; NULL is fine. Cancels a read under way between two tensors. */
void pt_worker_destroy(pt_worker *worker);

/** Readable when a newer snapshot than the last one taken waits. Never blocks, never closed before destroy.
 */
int pt_worker_event_fd(const pt_worker *worker);

/** The newest snapshot not yet taken, owned by the caller from now on; NULL when there is none. */
pt_snapshot *pt_worker_take_snapshot(pt_worker *worker);

/** Recompute for other settings, soon; of several in a row only the last counts. Reads no weight file. */
void pt_worker_set_settings(pt_worker *worker, const pt_settings *settings);

/** Look at every directory again, now (a redraw asked for by the user, a resume after suspension). */
void pt_worker_rescan(pt_worker *worker);

/** Inline worker only: do what is due, waiting at most `timeout_ms` for something to happen. */
void pt_worker_pump(pt_worker *worker, int timeout_ms);

#endif
