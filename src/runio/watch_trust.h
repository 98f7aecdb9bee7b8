/* File systems on which inotify may succeed and never fire. Private to runio. */
#ifndef PHASETOP_RUNIO_WATCH_TRUST_H
#define PHASETOP_RUNIO_WATCH_TRUST_H

#include <stdint.h>

/* Name of the file system where its events are not to be trusted; NULL where they are. */
const char *untrusted_file_system(int64_t type);

#endif
