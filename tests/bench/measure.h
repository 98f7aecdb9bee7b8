/** What the programs of the bench share: clocks, sorting what they told, ending when something fails. */
#ifndef PHASETOP_BENCH_MEASURE_H
#define PHASETOP_BENCH_MEASURE_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "phasetop/base/status.h"

static inline double seconds_of(clockid_t id)
{
	struct timespec now;
	clock_gettime(id, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static inline double now_s(void)
{
	return seconds_of(CLOCK_MONOTONIC);
}

/* Of doubles, for qsort. */
static inline int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static inline void check(pt_status status, const pt_error *err)
{
	if (status == PT_OK)
		return;
	fprintf(stderr, "bench: %s: %s %s\n", pt_status_name(status), err->message, err->path);
	exit(1);
}

#endif
