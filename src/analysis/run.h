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
#include "phasetop/analysis/snapshot.h"
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
	PT_FILE_FAILED,  /* tried again when it changes */
	PT_FILE_LEFT_OUT /* of a segment that a resume has left behind: read when that turns out otherwise */
} pt_file_progress;

/** What is known of the checkpoint of one step. */
typedef struct pt_seen_checkpoint {
	int64_t step;
	bool on_disk, was_on_disk; /* its weights, by this scan, and by the one before */
	bool has_weights;          /* on disk, and not being written: their time counts */
	bool has_results;          /* the trajectories hold what was read of it, on disk or no longer */
	bool is_kept;              /* results of files that are deleted, or overwritten by what does not read */
	size_t n_rewrites;         /* how often its results took the place of others while we watched */
	bool is_left_out;          /* of a segment that a resume has left behind (pt_run_judge) */
	bool is_counted_out;       /* and that resume is among the seams */
	bool is_result;            /* weights without a step, standing for a run that has no others */
	pt_file_progress progress;
	uint64_t fingerprint;  /* of path and identity of all its files, as they were when it was tried */
	int64_t written_ns;    /* newest mtime of the weights; 0: not known */
	int64_t read_ns;       /* that of those the results are of */
	int64_t news_ms;       /* wall: when its newest file was written, but not later than it was seen */
	int64_t touched_ns;    /* newest mtime of any of its files */
	int64_t retry_wall_ms; /* WAITING: when to try again */
	char *directory;       /* in the run */
	char *path;            /* WAITING: what is waited for */
	char *why;
	pt_problem_list problems;
	/* the Trainer's state beside it, and what was found in it (run_segments.c) */
	pt_file_identity state;
	uint64_t judged_key;   /* of the two states that were compared last */
	int judged;            /* their verdict */
	uint64_t end_key;      /* of the state that max_steps is of */
	int64_t max_steps;     /* PT_LOG_NO_STEP: not said */
	/* the skipped tensors of this checkpoint */
	size_t n_skipped;
	char *skipped_examples[PT_SKIPPED_EXAMPLES];
	size_t n_skipped_examples;
} pt_seen_checkpoint;

/** Where a segment begins: training went on from an earlier checkpoint. */
typedef struct pt_seam {
	int64_t first_step;   /* of the new segment */
	int64_t from_step;    /* the checkpoint it went on from; PT_NO_STEP: none, it started anew */
	int64_t reached_step; /* the last one of the segment before */
	size_t n_rewrites;    /* of first_step by then: tells a second resume from the same step from the first */
} pt_seam;

enum { PT_RUN_GAPS = 10 };

typedef struct pt_run {
	char *name, *path;
	bool dirty;      /* scan it */
	bool logs_dirty; /* read its logs */
	bool scanned;    /* at least once */
	bool removed;
	const char *polling_why; /* static; "": events are trusted */
	size_t n_seen, seen_capacity;
	pt_seen_checkpoint *seen; /* rising steps */
	pt_step_unit unit;        /* what those count */
	size_t n_seams, seam_capacity;
	pt_seam *seams; /* in the order in which they came */
	size_t n_rewrites; /* how often results took the place of others */
	pt_trajectories trajectories;
	pt_run_logs logs;
	pt_checkpoint_reader *reader;
	pt_problem_list scan_problems; /* of the last scan, or why it failed */
	pt_problem_list notices;       /* what was passed over (run_results.c) */
	uint64_t results_key;          /* of what those notices tell of; 0: nothing */
	int64_t rescan_wall_ms;        /* INT64_MAX: nothing to wait for */
	size_t n_unread;               /* checkpoints that the last refresh left for the next one */
	bool read_any;                 /* it read at least one */
	/* news of the logs, and how far apart they came while we watched (run_times.c) */
	int64_t logs_ns, logs_news_ms;
	size_t n_log_gaps;
	int64_t log_gaps_ms[PT_RUN_GAPS];
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

/**
 * Which checkpoints belong to the newest segment (is_left_out), and where segments begin (seams, where `records`:
 * when all that could be read was read). Looks at the states that the Trainer
 * left, where times of files give a reason to; each pair once.
 *
 * A checkpoint that is older than one of a lower step was left behind by a resume: but only where the two states
 * tell of other losses at one step; or, without states, where the lower one was rewritten while we watched, or the
 * times are those of a training and not of a copy. A change of max_steps begins a segment too.
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_run_judge(pt_run *run, bool records, pt_error *err);

/** Is the Trainer's state in the run itself of a segment that was left behind? */
PT_CHECKED pt_status pt_run_state_is_old(const pt_run *run, bool *is_old, pt_error *err);

/**
 * Weights without a step: where no others are there the first one stands for the run (*entry, with a step of the
 * Trainer's state or 0); else they are told to be one of the checkpoints again, or not.
 * @param[out] stands_in  *entry is to be followed as a checkpoint
 * @param[out] changed    another notice
 */
PT_CHECKED pt_status pt_run_weigh_results(pt_run *run, const pt_scan *scan, pt_checkpoint_entry *entry,
	bool *stands_in, bool *changed, pt_error *err);

/** State and times, from what is known. */
typedef struct pt_run_times {
	int64_t last_write_ms, usual_interval_ms, next_checkpoint_ms, finish_ms; /* wall; INT64_MIN: not known */
	int64_t stale_at_ms; /* when a live run will have to be called stale; INT64_MIN: never */
} pt_run_times;

pt_run_times pt_run_times_of(const pt_run *run);

/** Note when the logs were written last. A clock ahead of ours writes nothing later than now. */
void pt_run_note_log_news(pt_run *run, int64_t now_wall_ms);

#endif
