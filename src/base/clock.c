#include "phasetop/base/clock.h"

#include <time.h>

static int64_t now_ms(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t system_wall_ms(void *context)
{
	(void)context;
	return now_ms(CLOCK_REALTIME);
}

static int64_t system_monotonic_ms(void *context)
{
	(void)context;
	return now_ms(CLOCK_MONOTONIC);
}

pt_clock pt_clock_system(void)
{
	return (pt_clock){.wall_ms = system_wall_ms, .monotonic_ms = system_monotonic_ms};
}
