/* File systems on which inotify may succeed and never fire. Private to runio. */
#ifndef PHASETOP_RUNIO_WATCH_TRUST_H
#define PHASETOP_RUNIO_WATCH_TRUST_H

#include <stdint.h>

typedef struct watch_distrust {
	uint32_t type;    /* f_type of statfs(2) */
	const char *name; /* of the file system */
	const char *kind; /* what it is, in words that tell why: "a network file system" */
} watch_distrust;

/* The file system where its events are not to be trusted; NULL where they are. */
const watch_distrust *untrusted_file_system(int64_t type);

#endif
