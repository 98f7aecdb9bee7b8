/* State of the watching, shared by its files. Private to runio. */
#ifndef PHASETOP_RUNIO_RUN_WATCH_STATE_H
#define PHASETOP_RUNIO_RUN_WATCH_STATE_H

#include "phasetop/runio/run_watch.h"

#include "scan_memory.h"
#include "watch_table.h"

#include <limits.h>

typedef struct watch_target {
	char *path;     /* as given; NULL: dropped */
	char *absolute; /* with room for watch_path_pop */
	pt_watch_view view;
	scan_memory *memory;        /* of a run that was scanned; NULL: none yet, or a workspace */
	pt_file_identity directory; /* the last one seen at the path */
	const char *untrusted;      /* why not to trust its file system; NULL: it is trusted */
	int failure;                /* errno of the first watch that failed for good; 0: none */
	int64_t next_sweep_ms;      /* monotonic; INT64_MAX: not polled */
	/* a checkpoint's file that was written to and not closed since: by truncate(2), or by a writer at work */
	int64_t unclosed_until_ms; /* monotonic; look then, closed or not; INT64_MAX: none */
	int unclosed_wd;
	char unclosed_name[NAME_MAX + 1];
	bool is_one_unclosed; /* and no other */
} watch_target;

struct pt_run_watch {
	pt_watch_options options;
	int fd;
	int init_errno; /* why fd is -1 */
	watch_table table;
	uint64_t round; /* of the syncs */
	watch_target *targets;
	size_t n_targets, targets_capacity;
	char *buffer; /* READ_BYTES of events */
	char **named; /* files that are logs whatever they are called */
	size_t n_named;
};

/* Try to have inotify; fd stays -1 and init_errno says why where it can't be had. */
void run_watch_open(pt_run_watch *watch);

/* What a role asks the kernel for. */
uint32_t run_watch_role_mask(watch_role role);

/* Watch a directory: its mask is widened by `mask`, or set to it where `exact`. -1 and errno on failure. */
int run_watch_kernel_add(pt_run_watch *watch, const char *path, uint32_t mask, bool exact);

/* Every target is dirty: events were lost, or may have been. */
void run_watch_mark_all(pt_run_watch *watch);

#endif
