#include "run.h"

#include <stdlib.h>

#include "phasetop/analysis/snapshot.h"

enum { GAPS = 10, STALE_INTERVALS = 5, SHORTEST_INTERVAL_MS = 1000 };

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Median of the last gaps between the times at which checkpoints were written; PT_NO_TIME below two. */
static int64_t usual_interval(const pt_run *run)
{
	int64_t gaps_ms[GAPS];
	size_t n = 0;
	int64_t later_ns = 0;
	for (size_t i = run->n_seen; i-- > 0 && n < GAPS;) {
		int64_t written_ns = run->seen[i].written_ns;
		if (written_ns == 0)
			continue;
		if (later_ns != 0)
			gaps_ms[n++] = later_ns > written_ns ? (later_ns - written_ns) / 1000000 : 0;
		later_ns = written_ns;
	}
	if (n == 0)
		return PT_NO_TIME;
	qsort(gaps_ms, n, sizeof gaps_ms[0], by_size);
	int64_t median = n % 2 ? gaps_ms[n / 2] : (gaps_ms[n / 2 - 1] + gaps_ms[n / 2]) / 2;
	return median < SHORTEST_INTERVAL_MS ? SHORTEST_INTERVAL_MS : median;
}

static int64_t newest_checkpoint_ms(const pt_run *run)
{
	int64_t newest_ns = 0;
	for (size_t i = 0; i < run->n_seen; i++)
		if (run->seen[i].written_ns > newest_ns)
			newest_ns = run->seen[i].written_ns;
	return newest_ns ? newest_ns / 1000000 : PT_NO_TIME;
}

pt_run_times pt_run_times_of(const pt_run *run)
{
	pt_run_times times = {.last_write_ms = newest_checkpoint_ms(run),
		.usual_interval_ms = usual_interval(run),
		.next_checkpoint_ms = PT_NO_TIME,
		.finish_ms = PT_NO_TIME,
		.stale_at_ms = PT_NO_TIME};
	int64_t checkpoint_ms = times.last_write_ms;
	if (run->logs.written_ns / 1000000 > times.last_write_ms && run->logs.written_ns > 0)
		times.last_write_ms = run->logs.written_ns / 1000000;
	if (times.usual_interval_ms == PT_NO_TIME)
		return times;
	times.stale_at_ms = times.last_write_ms + STALE_INTERVALS * times.usual_interval_ms;
	times.next_checkpoint_ms = checkpoint_ms + times.usual_interval_ms;
	const pt_trajectories *t = &run->trajectories;
	if (run->logs.max_steps != PT_LOG_NO_STEP && t->n_complete > 1) {
		int64_t spacing = pt_step_spacing(t->complete_steps, t->n_complete);
		int64_t left = run->logs.max_steps - t->complete_steps[t->n_complete - 1];
		if (left > 0 && spacing > 0)
			times.finish_ms =
				checkpoint_ms + (int64_t)((double)left / (double)spacing * (double)times.usual_interval_ms);
	}
	return times;
}
