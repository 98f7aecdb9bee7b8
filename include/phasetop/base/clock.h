/** Time, injected: tests drive it by hand, so that no test sleeps for luck. */
#ifndef PHASETOP_BASE_CLOCK_H
#define PHASETOP_BASE_CLOCK_H

#include <stdint.h>

typedef struct pt_clock {
	int64_t (*wall_ms)(void *context);      /* since 1970-01-01 UTC; may jump */
	int64_t (*monotonic_ms)(void *context); /* never goes back */
	void *context;
} pt_clock;

/** CLOCK_REALTIME and CLOCK_MONOTONIC. */
pt_clock pt_clock_system(void);

static inline int64_t pt_clock_wall_ms(const pt_clock *clock)
{
	return clock->wall_ms(clock->context);
}

static inline int64_t pt_clock_monotonic_ms(const pt_clock *clock)
{
	return clock->monotonic_ms(clock->context);
}

#endif
