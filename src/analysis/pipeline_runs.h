/** What a pipeline follows: runs, and directories of runs; how they are named and found. */
#ifndef PT_ANALYSIS_PIPELINE_RUNS_H
#define PT_ANALYSIS_PIPELINE_RUNS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "comparison.h"
#include "phasetop/analysis/pipeline.h"
#include "phasetop/runio/checkpoint_scan.h"
#include "run.h"

typedef struct pt_followed_run {
	pt_run run;
	size_t target;          /* of the watch */
	int64_t dirty_since_ms; /* monotonic; valid while the run is dirty */
	bool may_be_workspace;  /* nothing was in the directory when it was first looked at */
	bool replaced;          /* it turned out to be a workspace: its runs are followed instead */
	bool told_stale;        /* the last snapshot called it stale already */
	int told_progress;      /* of a set that is being summed, in SUMMING_STEPS */
} pt_followed_run;

typedef struct pt_followed_workspace {
	char *path;
	size_t target;
} pt_followed_workspace;

struct pt_pipeline {
	pt_settings settings;
	pt_clock clock;
	const atomic_bool *cancel;
	int64_t slice_ms;
	pt_run_watch *watch; /* NULL: a cold scan */
	size_t n_runs, run_capacity;
	pt_followed_run **runs; /* in the order of the command line */
	size_t n_workspaces, workspace_capacity;
	pt_followed_workspace *workspaces;
	pt_problem_list problems; /* paths passed over */
	pt_comparison comparison;
	int told_comparison; /* how far the last snapshot said that it is */
	uint64_t serial;
};

/** Is the run of this path followed? */
bool pt_pipeline_follows(const pt_pipeline *pipeline, const char *path);

/** Follow one run; nothing happens where it is followed already. @param name  NULL: the directory's own */
PT_CHECKED pt_status pt_pipeline_follow_run(
	pt_pipeline *pipeline, const char *name, const char *path, bool may_be_workspace, pt_error *err);

/** Follow all runs of a directory, and those that will appear in it. */
PT_CHECKED pt_status pt_pipeline_follow_workspace(
	pt_pipeline *pipeline, const char *path, const pt_workspace *found, pt_error *err);

/** The first run followed from `first_new` on, if there is any, takes the place of one that was replaced: the
 * runs after it keep theirs, and with it their colours. */
void pt_pipeline_take_place(pt_pipeline *pipeline, const pt_followed_run *replaced, size_t first_new);

/** Follow what the command line gave. @param alone  nothing else was given: a bad path is then a failure */
PT_CHECKED pt_status pt_pipeline_follow_path(
	pt_pipeline *pipeline, const pt_run_path *path, bool alone, pt_error *err);

/** A slice of the comparison that is under way, if there is any. *changed: a snapshot has news. */
PT_CHECKED pt_status pt_pipeline_compare(pt_pipeline *pipeline, bool *changed, pt_error *err);

/** Compare the runs, which are computed, as far as a slice goes (without a watch: to the end), and put what
 * is there into the snapshot, whose runs are built. */
PT_CHECKED pt_status pt_pipeline_build_comparison(
	pt_pipeline *pipeline, pt_snapshot *snapshot, pt_error *err);

#endif
