#include "run.h"

#include <stdlib.h>
#include <string.h>

#include "phasetop/analysis/snapshot.h"

enum {
	STALE_INTERVALS = 5,
	SHORTEST_INTERVAL_MS = 1000,
	/* before two checkpoints are there nothing tells how often one is written */
	STALE_WITHOUT_INTERVAL_MS = 60 * 60 * 1000
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof *values, by_size);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* The last gaps between the times at which checkpoints were written, in ms, and the same for one step. A copy
 * writes them in any order: what goes back in time is no gap. */
static size_t list_gaps(const pt_run *run, double gaps_ms[PT_RUN_GAPS], double a_step_ms[PT_RUN_GAPS])
{
	size_t n = 0;
	const pt_seen_checkpoint *later = NULL;
	for (size_t i = run->n_seen; i-- > 0 && n < PT_RUN_GAPS;) {
		const pt_seen_checkpoint *seen = &run->seen[i];
		if (seen->written_ns == 0 || seen->is_left_out)
			continue;
		if (later && later->written_ns >= seen->written_ns) {
			gaps_ms[n] = (double)(later->written_ns - seen->written_ns) / 1e6;
			a_step_ms[n] = gaps_ms[n] / (double)(later->step - seen->step);
			n++;
		}
		later = seen;
	}
	return n;
}

/* Where only one checkpoint is there: what a writer left of the next one, or the news of the logs. */
static size_t list_other_gaps(const pt_run *run, double gaps_ms[PT_RUN_GAPS])
{
	const pt_seen_checkpoint *earlier = NULL;
	for (size_t i = 0; i < run->n_seen; i++) {
		const pt_seen_checkpoint *seen = &run->seen[i];
		if (earlier && seen->written_ns == 0 && seen->touched_ns > earlier->written_ns) {
			gaps_ms[0] = (double)(seen->touched_ns - earlier->written_ns) / 1e6;
			return 1;
		}
		if (seen->written_ns > 0)
			earlier = seen;
	}
	for (size_t i = 0; i < run->n_log_gaps; i++)
		gaps_ms[i] = (double)run->log_gaps_ms[i];
	return run->n_log_gaps;
}

static int64_t newest_checkpoint_ms(const pt_run *run)
{
	int64_t newest_ns = 0;
	for (size_t i = 0; i < run->n_seen; i++)
		if (run->seen[i].written_ns > newest_ns && !run->seen[i].is_left_out)
			newest_ns = run->seen[i].written_ns;
	return newest_ns ? newest_ns / 1000000 : PT_NO_TIME;
}

static int64_t newest_news_ms(const pt_run *run)
{
	int64_t newest_ms = run->logs_ns > 0 ? run->logs_news_ms : PT_NO_TIME;
	for (size_t i = 0; i < run->n_seen; i++)
		if (run->seen[i].touched_ns > 0 && run->seen[i].news_ms > newest_ms)
			newest_ms = run->seen[i].news_ms;
	return newest_ms;
}

/* When the last step is done, at the usual pace; PT_NO_TIME: not known, or done. */
static int64_t finish_of(const pt_run *run, int64_t checkpoint_ms, double a_step_ms)
{
	const pt_trajectories *t = &run->trajectories;
	if (run->logs.max_steps == PT_LOG_NO_STEP || run->unit != PT_UNIT_STEP || t->n_checkpoints < 2)
		return PT_NO_TIME;
	double left = (double)(run->logs.max_steps - t->checkpoints[t->n_checkpoints - 1].step) * a_step_ms;
	return left > 0 && left < 1e15 ? checkpoint_ms + (int64_t)left : PT_NO_TIME;
}

pt_run_times pt_run_times_of(const pt_run *run)
{
	double gaps_ms[PT_RUN_GAPS], a_step_ms[PT_RUN_GAPS];
	pt_run_times times = {.last_write_ms = newest_news_ms(run),
		.usual_interval_ms = PT_NO_TIME,
		.next_checkpoint_ms = PT_NO_TIME,
		.finish_ms = PT_NO_TIME,
		.stale_at_ms = PT_NO_TIME};
	int64_t checkpoint_ms = newest_checkpoint_ms(run);
	size_t n = list_gaps(run, gaps_ms, a_step_ms), n_paced = n;
	if (times.last_write_ms == PT_NO_TIME)
		return times;
	times.stale_at_ms = times.last_write_ms + STALE_WITHOUT_INTERVAL_MS;
	if (n == 0)
		n = list_other_gaps(run, gaps_ms);
	if (n == 0)
		return times;
	double usual_ms = median(gaps_ms, n);
	times.usual_interval_ms = usual_ms < SHORTEST_INTERVAL_MS ? SHORTEST_INTERVAL_MS : (int64_t)usual_ms;
	times.stale_at_ms = times.last_write_ms + STALE_INTERVALS * times.usual_interval_ms;
	if (n_paced == 0)
		return times;
	times.next_checkpoint_ms = checkpoint_ms + times.usual_interval_ms;
	times.finish_ms = finish_of(run, checkpoint_ms, median(a_step_ms, n_paced));
	return times;
}

void pt_run_note_log_news(pt_run *run, int64_t now_wall_ms)
{
	if (run->logs.written_ns == run->logs_ns)
		return;
	int64_t written_ms = run->logs.written_ns / 1000000;
	int64_t news_ms = written_ms < now_wall_ms ? written_ms : now_wall_ms;
	if (run->logs_ns > 0 && news_ms > run->logs_news_ms) {
		if (run->n_log_gaps == PT_RUN_GAPS)
			memmove(run->log_gaps_ms, run->log_gaps_ms + 1, --run->n_log_gaps * sizeof run->log_gaps_ms[0]);
		run->log_gaps_ms[run->n_log_gaps++] = news_ms - run->logs_news_ms;
	}
	run->logs_ns = run->logs.written_ns;
	run->logs_news_ms = news_ms;
}
