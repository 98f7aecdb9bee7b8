#include "phasetop/app/replay.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/checkpoint_scan.h"
#include "phasetop/runio/regular_file.h"

#include "replay_copy.h"
#include "replay_state.h"

enum { STATE_BYTES = 256 * 1024 * 1024 };

struct pt_replay {
	char source[PT_REPLAY_PATH_BYTES];
	char holder[PT_REPLAY_PATH_BYTES]; /* the temporary directory */
	char target[PT_REPLAY_PATH_BYTES]; /* holder/NAME: the growing run */
	pt_scan *scan;
	pt_replay_log *logs;
	size_t n_logs;
	size_t next_checkpoint; /* index in scan->entries */
	int64_t first_step;
	double steps_per_second;
	struct timespec started;

	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock; /* guards stop, done, status, error */
	pthread_cond_t changed;
	bool stop, done;
	pt_status status;
	pt_error error;
};

static bool stop_is_wanted(void *context)
{
	pt_replay *replay = context;
	pthread_mutex_lock(&replay->lock);
	bool stop = replay->stop;
	pthread_mutex_unlock(&replay->lock);
	return stop;
}

/* Waits until the time of `step`; false: the replay is to stop. */
static bool wait_for_step(pt_replay *replay, int64_t step)
{
	double seconds = ((double)step - (double)replay->first_step) / replay->steps_per_second;
	struct timespec due = replay->started;
	if (seconds > 0) {
		due.tv_sec += (time_t)seconds;
		due.tv_nsec += (long)((seconds - floor(seconds)) * 1e9);
		if (due.tv_nsec >= 1000000000L) {
			due.tv_nsec -= 1000000000L;
			due.tv_sec++;
		}
	}
	pthread_mutex_lock(&replay->lock);
	int waited = 0;
	while (!replay->stop && seconds > 0 && waited != ETIMEDOUT)
		waited = pthread_cond_timedwait(&replay->changed, &replay->lock, &due);
	bool go_on = !replay->stop;
	pthread_mutex_unlock(&replay->lock);
	return go_on;
}

/* The log whose line at hand has the lowest step; NULL when all are over. */
static pt_replay_log *earliest_log(const pt_replay *replay)
{
	pt_replay_log *best = NULL;
	for (size_t i = 0; i < replay->n_logs; i++) {
		pt_replay_log *log = &replay->logs[i];
		if (log->line_bytes > 0 && (!best || log->step < best->step))
			best = log;
	}
	return best;
}

/* The trainer_state.json from which that of entry `index` can be made: of the next checkpoint with one, else
   the run's own. False: there is none. */
static bool later_state(const pt_replay *replay, size_t index, char path[PT_REPLAY_PATH_BYTES])
{
	char relative[PT_REPLAY_PATH_BYTES];
	for (size_t i = index; i < replay->scan->n_entries; i++) {
		const pt_checkpoint_entry *entry = &replay->scan->entries[i];
		if (entry->trainer_state.present)
			return pt_replay_join(relative, entry->directory, "trainer_state.json", NULL) == PT_OK &&
				   pt_replay_join(path, replay->source, relative, NULL) == PT_OK;
	}
	return pt_replay_join(path, replay->source, "trainer_state.json", NULL) == PT_OK &&
		   access(path, R_OK) == 0;
}

/* A trainer writes its state into every checkpoint; where the finished run kept only some, cut a later one.
 */
static pt_status write_cut_state(const pt_replay *replay, size_t index, const char *directory, pt_error *err)
{
	char from[PT_REPLAY_PATH_BYTES], to[PT_REPLAY_PATH_BYTES];
	if (!later_state(replay, index, from))
		return PT_OK;
	char *text = NULL, *cut = NULL;
	size_t n, n_cut;
	pt_status status = pt_replay_join(to, directory, "trainer_state.json", err);
	if (status == PT_OK)
		status = pt_regular_file_read(from, STATE_BYTES, &text, &n, NULL, err);
	if (status != PT_OK)
		return status;
	/* A state that does not parse cannot be cut: the checkpoint then has none, as on the disk. */
	if (pt_replay_cut_state(text, n, replay->scan->entries[index].step, &cut, &n_cut, NULL) == PT_OK)
		status = pt_replay_write_file(to, cut, n_cut, err);
	pt_free(text);
	pt_free(cut);
	return status;
}

static pt_status write_checkpoint(pt_replay *replay, pt_error *err)
{
	size_t index = replay->next_checkpoint;
	const pt_checkpoint_entry *entry = &replay->scan->entries[index];
	const pt_replay_cancel cancel = {stop_is_wanted, replay};
	char from[PT_REPLAY_PATH_BYTES], to[PT_REPLAY_PATH_BYTES];
	pt_status status = pt_replay_join(from, replay->source, entry->directory, err);
	if (status == PT_OK)
		status = pt_replay_join(to, replay->target, entry->directory, err);
	if (status == PT_OK)
		status = pt_replay_make_parents(replay->target, to, err);
	if (status == PT_OK)
		status = pt_replay_copy_checkpoint(from, to, &cancel, err);
	if (status == PT_OK && !entry->trainer_state.present)
		status = write_cut_state(replay, index, to, err);
	replay->next_checkpoint++;
	return status;
}

/* The closing row is in the run's own trainer_state.json alone, which the trainer writes at the very end. */
static pt_status write_run_state(pt_replay *replay, pt_error *err)
{
	const pt_replay_cancel cancel = {stop_is_wanted, replay};
	char from[PT_REPLAY_PATH_BYTES], to[PT_REPLAY_PATH_BYTES];
	pt_status status = pt_replay_join(from, replay->source, "trainer_state.json", err);
	if (status == PT_OK && access(from, F_OK) != 0)
		return PT_OK;
	if (status == PT_OK)
		status = pt_replay_join(to, replay->target, "trainer_state.json", err);
	if (status == PT_OK)
		status = pt_replay_copy_file(from, to, false, &cancel, err);
	return status;
}

static pt_status play(pt_replay *replay, pt_error *err)
{
	for (;;) {
		pt_replay_log *log = earliest_log(replay);
		const pt_checkpoint_entry *entry = NULL;
		if (replay->next_checkpoint < replay->scan->n_entries)
			entry = &replay->scan->entries[replay->next_checkpoint];
		if (!log && !entry)
			return write_run_state(replay, err);
		/* A trainer logs a step before it saves it. */
		bool log_is_next = log && (!entry || log->step <= entry->step);
		if (!wait_for_step(replay, log_is_next ? log->step : entry->step))
			return pt_fail(err, PT_ERR_CANCELLED, "", -1, "the replay was stopped");
		pt_status status = log_is_next ? pt_replay_log_advance(log, err) : write_checkpoint(replay, err);
		if (status != PT_OK)
			return status;
	}
}

static void *thread_main(void *context)
{
	pt_replay *replay = context;
	pt_error error;
	memset(&error, 0, sizeof error);
	pt_status status = play(replay, &error);
	pthread_mutex_lock(&replay->lock);
	replay->status = status;
	replay->error = error;
	replay->done = true;
	pthread_cond_broadcast(&replay->changed);
	pthread_mutex_unlock(&replay->lock);
	return NULL;
}

/* ---- start and stop --------------------------------------------------------------------------------- */

static pt_status make_target(pt_replay *replay, const char *directory, pt_error *err)
{
	char *real = realpath(directory, NULL);
	if (!real)
		return pt_fail_errno(err, errno, directory, "cannot replay");
	const char *slash = strrchr(real, '/');
	const char *name = slash && slash[1] ? slash + 1 : "run";
	const char *temporary = getenv("TMPDIR");
	if (!temporary || temporary[0] != '/')
		temporary = "/tmp";
	pt_status status = PT_OK;
	if (strlen(real) >= sizeof replay->source)
		status = pt_fail(err, PT_ERR_LIMIT, directory, -1, "a path is too long");
	if (status == PT_OK) {
		memcpy(replay->source, real, strlen(real) + 1);
		status = pt_replay_join(replay->holder, temporary, "phasetop-replay-XXXXXX", err);
	}
	if (status == PT_OK && !mkdtemp(replay->holder)) {
		status = pt_fail_errno(err, errno, temporary, "cannot make a temporary directory");
		replay->holder[0] = '\0';
	} else if (status != PT_OK) {
		replay->holder[0] = '\0';
	}
	if (status == PT_OK)
		status = pt_replay_join(replay->target, replay->holder, name, err);
	if (status == PT_OK && mkdir(replay->target, 0777) != 0)
		status = pt_fail_errno(err, errno, replay->target, "cannot make the directory");
	free(real); /* the C library's, not ours */
	return status;
}

static bool can_be_cut(pt_log_kind kind)
{
	return kind == PT_LOG_TRAIN_JSONL || kind == PT_LOG_PROBE_JSONL || kind == PT_LOG_PROBE_CSV ||
		   kind == PT_LOG_METRICS_CSV;
}

static pt_status open_logs(pt_replay *replay, pt_error *err)
{
	replay->logs = pt_array_alloc(replay->scan->n_logs, sizeof *replay->logs);
	if (!replay->logs)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for the logs");
	for (size_t i = 0; i < replay->scan->n_logs; i++) {
		const pt_log_file *file = &replay->scan->logs[i];
		if (!can_be_cut(file->kind))
			continue;
		bool csv = file->kind == PT_LOG_PROBE_CSV || file->kind == PT_LOG_METRICS_CSV;
		char from[PT_REPLAY_PATH_BYTES], to[PT_REPLAY_PATH_BYTES];
		pt_status status = pt_replay_join(from, replay->source, file->path, err);
		if (status == PT_OK)
			status = pt_replay_join(to, replay->target, file->path, err);
		if (status == PT_OK)
			status = pt_replay_make_parents(replay->target, to, err);
		if (status == PT_OK)
			status = pt_replay_log_init(&replay->logs[replay->n_logs], from, to, csv, err);
		if (status != PT_OK)
			return status;
		replay->n_logs++;
	}
	return PT_OK;
}

/* First step and pace. Logs are known by their first line only, so that checkpoints tell how long a run is.
 */
static void set_pace(pt_replay *replay, double steps_per_second)
{
	const pt_scan *scan = replay->scan;
	int64_t first = INT64_MAX, last = INT64_MIN;
	if (scan->n_entries > 0) {
		first = scan->entries[0].step;
		last = scan->entries[scan->n_entries - 1].step;
	}
	for (size_t i = 0; i < replay->n_logs; i++) {
		if (replay->logs[i].has_step && replay->logs[i].step < first)
			first = replay->logs[i].step;
	}
	replay->first_step = first == INT64_MAX ? 0 : first;
	double span = last > replay->first_step ? (double)last - (double)replay->first_step : 0;
	if (steps_per_second > 0)
		replay->steps_per_second = steps_per_second;
	else
		replay->steps_per_second = span > 0 ? span / PT_REPLAY_SECONDS : 10;
}

static pt_status start_thread(pt_replay *replay, pt_error *err)
{
	/* Signals are for the threads that handle them. */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	clock_gettime(CLOCK_MONOTONIC, &replay->started);
	int failed = pthread_create(&replay->thread, NULL, thread_main, replay);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		return pt_fail_errno(err, failed, "", "cannot start the replay's thread");
	replay->has_thread = true;
	return PT_OK;
}

static pt_status init_lock(pt_replay *replay, pt_error *err)
{
	pthread_condattr_t attributes;
	if (pthread_condattr_init(&attributes) != 0)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for the replay");
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	int failed = pthread_cond_init(&replay->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	if (failed)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for the replay");
	pthread_mutex_init(&replay->lock, NULL);
	return PT_OK;
}

pt_status pt_replay_start(const char *directory, double steps_per_second, pt_replay **replay, pt_error *err)
{
	pt_replay *made = pt_array_alloc(1, sizeof *made);
	if (!made)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for the replay");
	pt_status status = init_lock(made, err);
	if (status != PT_OK) {
		pt_free(made);
		return status;
	}
	const pt_scan_options options = {.now_wall_ms = (int64_t)time(NULL) * 1000};
	status = pt_scan_run(directory, &options, &made->scan, err);
	if (status == PT_OK)
		status = make_target(made, directory, err);
	if (status == PT_OK)
		status = open_logs(made, err);
	if (status == PT_OK && made->n_logs == 0 && made->scan->n_entries == 0)
		status = pt_fail(err, PT_ERR_NO_CHECKPOINTS, directory, -1, "neither checkpoints nor logs to replay");
	if (status == PT_OK) {
		set_pace(made, steps_per_second);
		status = start_thread(made, err);
	}
	if (status != PT_OK) {
		pt_replay_stop(made);
		return status;
	}
	*replay = made;
	return PT_OK;
}

const char *pt_replay_directory(const pt_replay *replay)
{
	return replay->target;
}

pt_status pt_replay_wait(pt_replay *replay, pt_error *err)
{
	pthread_mutex_lock(&replay->lock);
	while (!replay->done)
		pthread_cond_wait(&replay->changed, &replay->lock);
	pt_status status = replay->status;
	if (status != PT_OK && err)
		*err = replay->error;
	pthread_mutex_unlock(&replay->lock);
	return status;
}

bool pt_replay_is_done(pt_replay *replay)
{
	pthread_mutex_lock(&replay->lock);
	bool done = replay->done;
	pthread_mutex_unlock(&replay->lock);
	return done;
}

void pt_replay_stop(pt_replay *replay)
{
	if (!replay)
		return;
	if (replay->has_thread) {
		pthread_mutex_lock(&replay->lock);
		replay->stop = true;
		pthread_cond_broadcast(&replay->changed);
		pthread_mutex_unlock(&replay->lock);
		pthread_join(replay->thread, NULL);
	}
	for (size_t i = 0; i < replay->n_logs; i++)
		pt_replay_log_fini(&replay->logs[i]);
	pt_free(replay->logs);
	pt_scan_destroy(replay->scan);
	if (replay->holder[0])
		pt_replay_remove_tree(replay->holder);
	pthread_cond_destroy(&replay->changed);
	pthread_mutex_destroy(&replay->lock);
	pt_free(replay);
}
