/* One scan under way, shared by its files. Private to runio. */
#ifndef PHASETOP_RUNIO_SCAN_BUILDER_H
#define PHASETOP_RUNIO_SCAN_BUILDER_H

#include <sys/types.h>

#include "directory_list.h"
#include "scan_memory.h"

typedef struct scan_builder {
	scan_memory *memory;
	pt_scan_options options;
	const scan_watcher *watcher; /* NULL: nobody watches */
	pt_arena *scratch;           /* of the listings, and of a look until it is packed */
	int run_fd;
	scan_tree tree;         /* as it is being listed */
	bool asked_file_system; /* once, of the run's */
	bool links_count_below; /* a directory's link count tells of sub-directories there */
	dev_t run_device;
	bool out_of_memory; /* sticky: the scan fails at its end */
} scan_builder;

/* `directory/name`, or `name` where the directory is ""; NULL when out of memory. */
char *scan_join(pt_arena *arena, const char *directory, const char *name);

/* Tell the watcher. */
void scan_look_into(const scan_builder *builder, const char *path, kept_checkpoint *owner);

/* Look into a checkpoint's directory. NULL: no directory is there, or out of memory (builder says). */
checkpoint_look *scan_checkpoint(scan_builder *builder, kept_checkpoint *kept);

#endif
