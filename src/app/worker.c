#include "phasetop/app/worker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "phasetop/base/alloc.h"

struct pt_worker {
	pt_worker_options options;
	pt_pipeline *pipeline; /* the work thread's alone, once it runs */
	pthread_t thread;
	bool threaded;
	int job_fd;      /* settings, rescan or stop were posted */
	int snapshot_fd; /* a snapshot waits */
	int timer_fd;    /* the pipeline's next due time */
	atomic_bool cancel;
	_Atomic(pt_snapshot *) newest; /* not yet taken; whoever exchanges it out owns it */
	pthread_mutex_t lock;          /* guards what follows */
	pt_settings wanted;
	bool settings_posted, rescan_posted, stop_posted;
};

static void raise_event(int fd)
{
	uint64_t one = 1;
	/* EAGAIN: the counter is at its top, so the reader is awake already */
	ssize_t n = write(fd, &one, sizeof one);
	(void)n;
}

static void lower_event(int fd)
{
	uint64_t count;
	ssize_t n = read(fd, &count, sizeof count);
	(void)n;
}

static void publish(pt_worker *worker)
{
	pt_snapshot *snapshot = NULL;
	if (pt_pipeline_snapshot(worker->pipeline, &snapshot, NULL) != PT_OK)
		return; /* out of memory: the last one stays on the screen, the next change tries again */
	pt_snapshot_destroy(atomic_exchange(&worker->newest, snapshot));
	raise_event(worker->snapshot_fd);
}

/* Takes over what was posted; false: stop. *changed is set where a new snapshot is due. */
static bool take_jobs(pt_worker *worker, bool *changed)
{
	pthread_mutex_lock(&worker->lock);
	bool stop = worker->stop_posted, settings = worker->settings_posted, rescan = worker->rescan_posted;
	pt_settings wanted = worker->wanted;
	worker->settings_posted = worker->rescan_posted = false;
	pthread_mutex_unlock(&worker->lock);
	if (settings && !stop) {
		pt_pipeline_set_settings(worker->pipeline, &wanted);
		*changed = true;
	}
	if (rescan && !stop)
		pt_pipeline_mark_all(worker->pipeline);
	return !stop;
}

/* One round: jobs, events, what is due, a snapshot if something changed. false: stop. */
static bool work(pt_worker *worker)
{
	bool changed = false, new_data = false;
	if (!take_jobs(worker, &changed))
		return false;
	pt_pipeline_drain_events(worker->pipeline);
	if (pt_pipeline_run_due(worker->pipeline, &new_data, NULL) == PT_ERR_CANCELLED)
		return true; /* the stop that raised the flag is taken in the next round */
	if (changed || new_data)
		publish(worker);
	return true;
}

static void arm_timer(const pt_worker *worker)
{
	int64_t due_ms = pt_pipeline_next_due_ms(worker->pipeline);
	struct itimerspec when = {0};
	if (due_ms != INT64_MAX) {
		int64_t wait_ms = due_ms - pt_clock_monotonic_ms(&worker->options.pipeline.clock);
		if (wait_ms < 1)
			wait_ms = 1; /* zero would disarm */
		when.it_value.tv_sec = wait_ms / 1000;
		when.it_value.tv_nsec = wait_ms % 1000 * 1000000;
	}
	timerfd_settime(worker->timer_fd, 0, &when, NULL);
}

/* Sleep until something happens. Zero wake-ups while nothing does. */
static void wait_for_work(const pt_worker *worker, int timeout_ms)
{
	enum { JOB, TIMER, WATCH, WAKE, N };
	struct pollfd fds[N] = {
		[JOB] = {.fd = worker->job_fd, .events = POLLIN},
		[TIMER] = {.fd = worker->timer_fd, .events = POLLIN},
		[WATCH] = {.fd = pt_pipeline_watch_fd(worker->pipeline), .events = POLLIN},
		[WAKE] = {.fd = worker->options.wake_fd, .events = POLLIN},
	};
	arm_timer(worker);
	if (poll(fds, N, timeout_ms) <= 0)
		return;
	if (fds[JOB].revents)
		lower_event(worker->job_fd);
	if (fds[TIMER].revents)
		lower_event(worker->timer_fd);
	if (fds[WAKE].revents && worker->options.on_wake)
		worker->options.on_wake(worker->options.context);
}

static void *work_thread(void *argument)
{
	pt_worker *worker = argument;
	while (work(worker))
		wait_for_work(worker, -1);
	return NULL;
}

/* Signals are the screen thread's: the work thread must never be the one interrupted. */
static pt_status start_thread(pt_worker *worker, pt_error *err)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&worker->thread, NULL, work_thread, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		return pt_fail_errno(err, failed, "", "cannot start the work thread");
	worker->threaded = true;
	return PT_OK;
}

pt_status pt_worker_create(const pt_worker_options *options, pt_worker **out, pt_error *err)
{
	pt_worker *worker = pt_array_alloc(1, sizeof *worker);
	if (!worker)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for the work thread");
	worker->options = *options;
	worker->options.pipeline.cancel = &worker->cancel;
	pthread_mutex_init(&worker->lock, NULL);
	worker->job_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	worker->snapshot_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	worker->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	pt_status status = PT_OK;
	if (worker->job_fd < 0 || worker->snapshot_fd < 0 || worker->timer_fd < 0)
		status = pt_fail_errno(err, errno, "", "cannot make an event descriptor");
	if (status == PT_OK)
		status = pt_pipeline_create(&worker->options.pipeline, &worker->pipeline, err);
	if (status == PT_OK && !options->inline_worker)
		status = start_thread(worker, err);
	if (status != PT_OK) {
		pt_worker_destroy(worker);
		return status;
	}
	*out = worker;
	return PT_OK;
}

static void post(pt_worker *worker, const pt_settings *settings, bool rescan, bool stop)
{
	pthread_mutex_lock(&worker->lock);
	if (settings) {
		worker->wanted = *settings;
		worker->settings_posted = true;
	}
	worker->rescan_posted |= rescan;
	worker->stop_posted |= stop;
	pthread_mutex_unlock(&worker->lock);
	raise_event(worker->job_fd);
}

void pt_worker_destroy(pt_worker *worker)
{
	if (!worker)
		return;
	if (worker->threaded) {
		atomic_store(&worker->cancel, true);
		post(worker, NULL, false, true);
		pthread_join(worker->thread, NULL);
	}
	pt_pipeline_destroy(worker->pipeline);
	pt_snapshot_destroy(atomic_load(&worker->newest));
	int fds[] = {worker->job_fd, worker->snapshot_fd, worker->timer_fd};
	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	pthread_mutex_destroy(&worker->lock);
	pt_free(worker);
}

int pt_worker_event_fd(const pt_worker *worker)
{
	return worker->snapshot_fd;
}

pt_snapshot *pt_worker_take_snapshot(pt_worker *worker)
{
	lower_event(worker->snapshot_fd);
	return atomic_exchange(&worker->newest, NULL);
}

void pt_worker_set_settings(pt_worker *worker, const pt_settings *settings)
{
	post(worker, settings, false, false);
}

void pt_worker_rescan(pt_worker *worker)
{
	post(worker, NULL, true, false);
}

void pt_worker_pump(pt_worker *worker, int timeout_ms)
{
	if (work(worker) && timeout_ms != 0 && !atomic_load(&worker->newest)) {
		wait_for_work(worker, timeout_ms);
		work(worker);
	}
}
