/* Growing parts of a scan, and the look into one checkpoint directory. Private to runio. */
#ifndef PHASETOP_RUNIO_SCAN_BUILDER_H
#define PHASETOP_RUNIO_SCAN_BUILDER_H

#include "phasetop/base/alloc.h"
#include "phasetop/runio/checkpoint_scan.h"

#include <sys/types.h>

#include "directory_list.h"
#include "run_names.h"

/* An entry with what only the choice between entries needs. */
typedef struct found_checkpoint {
	pt_checkpoint_entry entry;
	checkpoint_name name;
} found_checkpoint;

typedef struct scan_builder {
	pt_arena *arena;   /* of the result */
	pt_arena *scratch; /* of the listings */
	pt_scan_options options;
	int64_t rescan_ns; /* INT64_MAX: never */
	found_checkpoint *entries;
	size_t n_entries, entries_capacity;
	pt_log_file *logs;
	size_t n_logs, logs_capacity;
	pt_scan_directory *directories;
	size_t n_directories, directories_capacity, n_log_directories;
	pt_error *problems;
	size_t n_problems, problems_capacity;
	bool told_limit;
	bool asked_file_system; /* once, of the run's */
	bool links_count_below; /* a directory's link count tells of sub-directories there */
	dev_t run_device;
	bool out_of_memory; /* sticky: the scan fails at its end */
} scan_builder;

/* `directory/name`, or `name` where the directory is ""; NULL when out of memory. */
char *scan_join(pt_arena *arena, const char *directory, const char *name);

void scan_add_problem(scan_builder *builder, const pt_error *problem);
void scan_add_directory(scan_builder *builder, const char *path, bool is_checkpoint);
/* A log `name` of `kind` in the listed directory: a problem where it is no regular file. */
void scan_add_log(scan_builder *builder, const directory_list *list, const char *directory, const char *name,
	pt_log_kind kind);

/* Look into the checkpoint directory `path` (in the run, open as run_fd) and add what is there. */
void scan_checkpoint(scan_builder *builder, int run_fd, const char *path, const checkpoint_name *name);

/* Drop entries that another one stands for, sort the rest by step, tell what was dropped. */
void scan_choose_entries(scan_builder *builder);

#endif
