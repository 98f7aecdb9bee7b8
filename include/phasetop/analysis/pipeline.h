/**
 * The pipeline: from run directories to snapshots. One checkpoint or log row becomes one history step.
 *
 * Single-threaded; the worker (or a test, or `--once`) calls it. Events are hints: a dirty run is scanned,
 * and only what the scan shows to be new or changed is read and computed. Once the disk is quiet the state
 * equals a cold scan, but for the kept results of checkpoints that were deleted or overwritten.
 */
#ifndef PHASETOP_ANALYSIS_PIPELINE_H
#define PHASETOP_ANALYSIS_PIPELINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/settings.h"
#include "phasetop/analysis/snapshot.h"
#include "phasetop/base/clock.h"
#include "phasetop/base/status.h"
#include "phasetop/runio/run_watch.h"

typedef struct pt_pipeline pt_pipeline;

/** A run, or a directory of runs, as the command line gave it. */
typedef struct pt_run_path {
	const char *name; /* NULL: the directory's own name */
	const char *path;
} pt_run_path;

typedef struct pt_pipeline_options {
	const pt_run_path *paths; /* borrowed for the call */
	size_t n_paths;
	pt_settings settings;
	pt_clock clock;
	bool watch; /* false: a cold scan only, no inotify, no timers (--once) */
	pt_watch_options watching;
	const atomic_bool *cancel; /* looked at between tensors; NULL: never */
	/* Of a run with much to read one call of run_due reads so long, a checkpoint at least, so that a screen can show
	   how far it is (pt_run_view.n_unread); 0: all at once, so that no snapshot is of a part. */
	int64_t slice_ms;
} pt_pipeline_options;

/**
 * Nothing is read yet: every run is dirty. A path that holds no run itself but directories that do stands for
 * those; a file among several paths is passed over with a problem in the snapshot.
 * @retval PT_ERR_NOT_FOUND, PT_ERR_NOT_DIRECTORY, PT_ERR_PERMISSION  the only path there is
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_pipeline_create(
	const pt_pipeline_options *options, pt_pipeline **pipeline, pt_error *err);
void pt_pipeline_destroy(pt_pipeline *pipeline);

/** The inotify descriptor to poll for reading; -1: there is none (polling, or a cold scan). */
int pt_pipeline_watch_fd(const pt_pipeline *pipeline);

/** Take in what the watch reported; runs become dirty. Cheap: no file is read. */
void pt_pipeline_drain_events(pt_pipeline *pipeline);

/** Every run is dirty from now on. */
void pt_pipeline_mark_all(pt_pipeline *pipeline);

/**
 * Read and compute what is due now (debounced events, sweeps, files that have settled, a run gone stale).
 * @param[out] changed  there is something new to show: build a snapshot
 * @retval PT_ERR_MEMORY     what could be read before stays as it was
 * @retval PT_ERR_CANCELLED  the flag was raised
 */
PT_CHECKED pt_status pt_pipeline_run_due(pt_pipeline *pipeline, bool *changed, pt_error *err);

/** Monotonic time in ms at which pt_pipeline_run_due has something to do; INT64_MAX: only after an event. */
int64_t pt_pipeline_next_due_ms(const pt_pipeline *pipeline);

/** Other settings: recomputed from memory at the next snapshot (`every` reads the skipped checkpoints). */
void pt_pipeline_set_settings(pt_pipeline *pipeline, const pt_settings *settings);

/**
 * An immutable picture of all that is known, for the current settings.
 * @param[out] snapshot  owned by the caller: pt_snapshot_destroy
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_pipeline_snapshot(pt_pipeline *pipeline, pt_snapshot **snapshot, pt_error *err);

#endif
