/**
 * Watching run directories: inotify where it can be trusted, periodic sweeps where it can't.
 *
 * Events are hints of where to look, the look is the truth. A directory is watched before it is looked into,
 * so that nothing comes between; what no event named since is known already and is not looked at again. Where
 * events were lost, or can't be trusted, all is in doubt and everything is looked at (pt_run_watch_scan does
 * all that). A *target* is one run directory or one workspace; its path need not exist yet: the nearest
 * existing parent is then watched.
 *
 * The work thread owns it. Typical round:
 *
 *     poll(pt_run_watch_fd(w), …, until pt_run_watch_next_sweep_ms(w) or the debounce ends);
 *     pt_run_watch_drain(w, &err);   pt_run_watch_sweep(w);
 *     for each target with view->tree_dirty: pt_run_watch_clear, pt_run_watch_scan, read what changed;
 *     for each target with view->logs_dirty alone: pt_run_watch_clear, read what is new in its logs.
 *
 * In every path that fails to watch, the target is `polling` and says why; nothing here ends the program.
 */
#ifndef PHASETOP_RUNIO_RUN_WATCH_H
#define PHASETOP_RUNIO_RUN_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "phasetop/base/clock.h"
#include "phasetop/base/status.h"
#include "phasetop/runio/checkpoint_scan.h"

typedef enum pt_watch_mode {
	PT_WATCH_AUTO,    /* inotify; sweeps too where the file system is not to be trusted or a watch failed */
	PT_WATCH_INOTIFY, /* inotify; sweeps only where a watch failed */
	PT_WATCH_POLL,    /* sweeps only */
	PT_N_WATCH_MODES
} pt_watch_mode;

/** The system's calls, so that tests can make them fail. Each returns as the call of its name, errno set. */
typedef struct pt_watch_calls {
	void *context;
	int (*init)(void *context);
	int (*add)(void *context, int fd, const char *path, uint32_t mask);
	int (*remove)(void *context, int fd, int wd);
	ssize_t (*read)(void *context, int fd, void *bytes, size_t n);
	int64_t (*file_system)(void *context, const char *path); /* statfs f_type; -1: not known */
} pt_watch_calls;

/** inotify and statfs themselves. */
pt_watch_calls pt_watch_calls_system(void);

typedef struct pt_watch_options {
	pt_watch_mode mode;
	int64_t sweep_ms; /* 0: PT_WATCH_SWEEP_MS */
	pt_clock clock;   /* monotonic time is used */
	pt_watch_calls calls;
} pt_watch_options;

enum { PT_WATCH_SWEEP_MS = 2000 };

/** What is known of one target. */
typedef struct pt_watch_view {
	bool tree_dirty;                 /* files or directories came, went or changed: scan again */
	bool logs_dirty;                 /* bytes were added to a log: read what is new */
	bool removed;                    /* the path was there and is gone; what was read is kept */
	bool missing;                    /* the path is not there (never was, or removed) */
	bool polling;                    /* swept periodically */
	const char *why_polling;         /* a few words for a status line, of static life; "" where not polling */
	size_t n_recreated;              /* how often another directory came to be at the path */
	int64_t last_event_monotonic_ms; /* for debouncing; INT64_MIN: none yet */
	pt_error problem;                /* PT_ERR_WATCH: why it is polled; code PT_OK: nothing to say */
} pt_watch_view;

typedef struct pt_run_watch pt_run_watch;

/**
 * Never fails for want of inotify: the targets are then polled.
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_run_watch_create(
	const pt_watch_options *options, pt_run_watch **watch, pt_error *err);
void pt_run_watch_destroy(pt_run_watch *watch);

/**
 * Add a run or workspace; it starts dirty. Targets are numbered 0, 1, 2 … and never removed but by
 * pt_run_watch_drop, which keeps the numbers of the others.
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_run_watch_add(pt_run_watch *watch, const char *path, size_t *target, pt_error *err);
void pt_run_watch_drop(pt_run_watch *watch, size_t target);
size_t pt_run_watch_n_targets(const pt_run_watch *watch);
/** Shares the life of `watch`; NULL for a dropped target. Read it again after each call that changes it. */
const pt_watch_view *pt_run_watch_view(const pt_run_watch *watch, size_t target);

/**
 * Files that are followed as logs though their names say nothing: writing to one makes the target's logs dirty, as
 * long as its directory is watched.
 * @param names  n names without directories, copied; they replace those of before
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_run_watch_name_logs(
	pt_run_watch *watch, const char *const *names, size_t n, pt_error *err);

/** To be polled for POLLIN; -1: nothing to poll (mode poll, or inotify is not to be had). It may change with
 * any call of drain or scan: ask again. */
int pt_run_watch_fd(const pt_run_watch *watch);

/**
 * Take the waiting events and mark the targets they hint at; a lost-events record marks all.
 * @retval PT_ERR_IO  the fd failed: all targets are polled from now on (and marked dirty)
 */
PT_CHECKED pt_status pt_run_watch_drain(pt_run_watch *watch, pt_error *err);

/** Monotonic time of the next sweep; INT64_MAX: none is needed, nobody is to be woken. One comes too where a
 * checkpoint's file was written to and not closed for a sweep's time (truncate(2) closes nothing). */
int64_t pt_run_watch_next_sweep_ms(const pt_run_watch *watch);
/** Mark the targets whose sweep is due as dirty. */
void pt_run_watch_sweep(pt_run_watch *watch);

/** The dirt of a target has been seen. Call it *before* scanning. */
void pt_run_watch_clear(pt_run_watch *watch, size_t target);
/** Mark a target dirty by hand, all of it in doubt (key "reload", SIGCONT). */
void pt_run_watch_mark(pt_run_watch *watch, size_t target);

/**
 * Look at what changed since the last scan and watch it: what every reader of a run calls. A run that is not
 * there gives PT_ERR_NOT_FOUND, and its nearest existing parent is watched.
 * @param[out] scan borrowed from the watch: until the target's next scan or its drop
 * @retval as pt_scan_run (a watch that fails makes the target polled instead)
 * @cost   a few calls for each checkpoint that an event named; where all is in doubt, that of pt_scan_run and
 * a watch for each directory
 */
PT_CHECKED pt_status pt_run_watch_scan(
	pt_run_watch *watch, size_t target, const pt_scan_options *options, const pt_scan **scan, pt_error *err);
/** Scan a workspace and watch its directories, until no watch was new. @retval as pt_workspace_scan */
PT_CHECKED pt_status pt_run_watch_scan_workspace(
	pt_run_watch *watch, size_t target, pt_workspace **workspace, pt_error *err);

#endif
