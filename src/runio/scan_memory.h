/*
 * What is known of a run directory, so that a scan looks only where something happened. A scan from nothing
 * is one with an empty memory: there is no second way. Private to runio.
 */
#ifndef PHASETOP_RUNIO_SCAN_MEMORY_H
#define PHASETOP_RUNIO_SCAN_MEMORY_H

#include "phasetop/base/alloc.h"
#include "phasetop/runio/checkpoint_scan.h"

#include "run_names.h"

/* What one look into a checkpoint's directory found: one block of memory that holds all it points to. */
typedef struct checkpoint_look {
	pt_checkpoint_entry entry;
	bool has_entry;         /* false: nothing but a problem */
	bool is_passing;        /* links: files that are outside of the directory can change it. Look each time */
	int64_t rescan_ns;      /* wall; when time will change it; INT64_MAX: never */
	const char *state_path; /* trainer_state.json in the run directory, where the entry has one */
	size_t n_problems;
	const pt_error *problems;
} checkpoint_look;

/* A name that may be a checkpoint's directory, and the last look into it. */
typedef struct kept_checkpoint {
	char *path; /* in the run directory; owned */
	checkpoint_name name;
	checkpoint_look *look;  /* NULL: not looked yet (is_dirty), or nothing is there */
	bool is_dirty;          /* something happened there */
	bool is_listed;         /* by the listing under way */
	bool is_unclosed;       /* its weights or its config are being written */
	bool is_other_unclosed; /* another file in it is */
	uint64_t round;         /* of the last scan that looked */
} kept_checkpoint;

enum { MAX_REFUSED = 2 };

/* What the listings of all other directories found. */
typedef struct scan_tree {
	pt_arena *arena; /* of paths */
	pt_log_file *logs;
	size_t n_logs, logs_capacity;
	pt_error *problems;
	size_t n_problems, problems_capacity;
	size_t n_refused;
	pt_error
		refused[MAX_REFUSED]; /* pickles in the run and its checkpoints/, told where nothing else is there */
	size_t n_directories;
	bool told_limit;
} scan_tree;

typedef struct scan_memory {
	pt_scan scan; /* first: the last result, which is what callers hold */
	kept_checkpoint **checkpoints;
	size_t n_checkpoints, checkpoints_capacity; /* by step, row of the table of names, path */
	scan_tree tree;
	bool is_tree_dirty;
	bool is_in_doubt;        /* all of it */
	bool is_shared_unclosed; /* a file beside checkpoints that are files is being written */
	uint64_t round;
	/* the arrays of `scan` */
	kept_checkpoint **chosen;
	size_t chosen_capacity;
	pt_checkpoint_entry *entries; /* behind the chosen ones those without a step */
	size_t entries_capacity;
	pt_log_file *logs;
	size_t logs_capacity;
	pt_error *problems;
	size_t n_problems, problems_capacity;
} scan_memory;

/* Told of every directory just before it is looked into, so that it is watched by then. */
typedef struct scan_watcher {
	void *context;
	/* owner: the checkpoint that the directory is, or is part of; NULL: one that may hold logs and runs */
	void (*look_into)(void *context, const char *path, kept_checkpoint *owner);
} scan_watcher;

/* NULL: out of memory. Nothing is known yet: all is dirty. */
scan_memory *scan_memory_create(void);
void scan_memory_destroy(scan_memory *memory);

/* All that is known is in doubt: the next scan looks everywhere. */
void scan_memory_doubt_all(scan_memory *memory);
/* Something happened to the name of a checkpoint in the run itself ("") or in its checkpoints/. */
void scan_memory_touch(scan_memory *memory, const char *directory, const char *name);
/* Something happened to a file beside checkpoints that are files: a config, the Trainer's state. */
void scan_memory_touch_files(scan_memory *memory);
/* What was being written is left alone now, closed or not. */
void scan_memory_touch_unclosed(scan_memory *memory);

/* The checkpoint at that path, added as dirty where it is not known; NULL: out of memory. */
kept_checkpoint *scan_memory_at(scan_memory *memory, const char *path, const checkpoint_name *name);

/*
 * Look wherever something happened and bring memory->scan up to date. Checkpoints that are gone stay in the
 * table, without a look, until scan_memory_drop_gone, so that whoever points to them can let go.
 * @retval as pt_scan_run; but for PT_ERR_MEMORY all is forgotten, and all is in doubt after any failure
 */
PT_CHECKED pt_status scan_memory_look(scan_memory *memory, const char *run, const pt_scan_options *options,
	const scan_watcher *watcher, pt_error *err);
bool scan_memory_is_gone(const kept_checkpoint *kept);
void scan_memory_drop_gone(scan_memory *memory);

/* Make memory->scan of what is known. False: out of memory. */
bool scan_memory_assemble(scan_memory *memory);

/* Of memory->chosen, drop entries that another one stands for and sort the rest by step; tell what was
 * dropped, and what their numbers count where that is not steps. False: out of memory. */
bool scan_memory_choose(scan_memory *memory, size_t *n, pt_step_unit *unit);
bool scan_memory_add_problem(scan_memory *memory, const pt_error *problem);

#endif
