/**
 * One run: what was read of its directory, kept, and brought up to date by a scan.
 */
#ifndef PT_ANALYSIS_RUN_H
#define PT_ANALYSIS_RUN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/settings.h"
#include "phasetop/base/clock.h"
#include "phasetop/base/status.h"
#include "phasetop/runio/checkpoint_load.h"
#include "phasetop/runio/checkpoint_scan.h"
#include "run_logs.h"
#include "trajectories.h"

/** A problem that keeps its own texts. */
typedef struct pt_kept_problem {
	pt_status code;
	int64_t offset;
	char *path, *message;
} pt_kept_problem;

typedef struct pt_problem_list {
	size_t n, capacity;
	pt_kept_problem *items;
} pt_problem_list;

void pt_problem_list_clear(pt_problem_list *list);
void pt_problem_list_fini(pt_problem_list *list);
PT_CHECKED pt_status pt_problem_list_add(pt_problem_list *list, pt_status code, const char *path,
	int64_t offset, const char *message, pt_error *err);

typedef enum pt_file_progress {
	PT_FILE_UNREAD,  /* not tried yet in this state */
	PT_FILE_READ,    /* taken in, whole or incomplete */
	PT_FILE_WAITING, /* still being written, it seems: tried again at retry_wall_ms or when it changes */
	PT_FILE_FAILED   /* tried again when it changes */
} pt_file_progress;

/** What is known of the checkpoint of one step. */
typedef struct pt_seen_checkpoint {
	int64_t step;
	bool on_disk, was_on_disk; /* by this scan, and by the one before */
	pt_file_progress progress;
	uint64_t fingerprint;  /* of path and identity of all its files, as they were when it was tried */
	int64_t written_ns;    /* newest mtime of the weights; 0: not known */
	int64_t retry_wall_ms; /* WAITING: when to try again */
	char *path;            /* WAITING: what is waited for */
	char *why;
	pt_problem_list problems;
	/* the skipped tensors of this checkpoint */
	size_t n_skipped;
	char *skipped_examples[PT_SKIPPED_EXAMPLES];
	size_t n_skipped_examples;
} pt_seen_checkpoint;

typedef struct pt_run {
	char *name, *path;
	bool dirty;      /* scan it */
	bool logs_dirty; /* read its logs */
	bool scanned;    /* at least once */
	bool removed;
	const char *polling_why; /* static; "": events are trusted */
	size_t n_seen, seen_capacity;
	pt_seen_checkpoint *seen; /* rising steps */
	pt_trajectories trajectories;
	pt_run_logs logs;
	pt_checkpoint_reader *reader;
	pt_problem_list scan_problems; /* of the last scan, or why it failed */
	int64_t rescan_wall_ms;        /* INT64_MAX: nothing to wait for */
	size_t n_unread;               /* checkpoints that the last refresh left for the next one */
	bool read_any;                 /* it read at least one */
} pt_run;

PT_CHECKED pt_status pt_run_init(pt_run *run, const char *name, const char *path, pt_error *err);
void pt_run_fini(pt_run *run);

/** What a refresh needs besides the run. */
typedef struct pt_run_context {
	const pt_settings *settings;
	int64_t now_wall_ms;
	const atomic_bool *cancel;
	const pt_clock *clock;
	int64_t read_until_ms; /* monotonic: what is not read then is left for the next refresh; INT64_MAX: all is read */
} pt_run_context;

/**
 * Take in what a scan found: new and changed checkpoints are read, vanished ones marked, logs followed. Of many
 * checkpoints it reads what the context has time for, one at least, and leaves run->n_unread to the next call.
 * @param[out] changed  something new to show
 * @retval PT_ERR_MEMORY, PT_ERR_CANCELLED  (bad files are problems of the run, not failures)
 */
PT_CHECKED pt_status pt_run_refresh(
	pt_run *run, const pt_scan *scan, const pt_run_context *context, bool *changed, pt_error *err);

/** The scan failed: the directory is gone, not readable, … What was read is kept. */
PT_CHECKED pt_status pt_run_scan_failed(pt_run *run, const pt_error *why, bool *changed, pt_error *err);

/** Leave out, and forget, the checkpoints that are no multiples of `every` (0: all stay). @retval
 * PT_ERR_MEMORY */
PT_CHECKED pt_status pt_run_keep_multiples(pt_run *run, int64_t every, pt_error *err);

/** State and times, from what is known. */
typedef struct pt_run_times {
	int64_t last_write_ms, usual_interval_ms, next_checkpoint_ms, finish_ms; /* wall; INT64_MIN: not known */
	int64_t stale_at_ms; /* when a live run will have to be called stale; INT64_MIN: never */
} pt_run_times;

pt_run_times pt_run_times_of(const pt_run *run);

#endif
