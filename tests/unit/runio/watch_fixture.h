/* A watched run in a scratch directory, with faults to order. */
#ifndef TESTS_WATCH_FIXTURE_H
#define TESTS_WATCH_FIXTURE_H

#include <errno.h>
#include <sys/inotify.h>

#include "phasetop/runio/run_watch.h"

#include "scan_fixture.h"

/* The system's calls with faults: errno to fail with, or 0; and what file system to claim. */
typedef struct faults {
	pt_watch_calls real;
	int init_errno, add_errno, read_errno;
	bool loses_events, says_overflow;
	const char *slips_in; /* a file written just before its directory is watched: no event tells of it */
	int64_t file_system;  /* -1: the real one's (taken as trusted) */
	size_t n_added, n_removed;
} faults;

static inline int odd_init(void *context)
{
	faults *f = context;
	errno = f->init_errno;
	return f->init_errno ? -1 : f->real.init(NULL);
}

static inline int odd_add(void *context, int fd, const char *path, uint32_t mask)
{
	faults *f = context;
	errno = f->add_errno;
	if (f->add_errno)
		return -1;
	f->n_added++;
	if (f->slips_in && strstr(path, "checkpoint-")) {
		make_file(path, f->slips_in, "x");
		f->slips_in = NULL;
	}
	return f->real.add(NULL, fd, path, mask);
}

static inline int odd_remove(void *context, int fd, int wd)
{
	faults *f = context;
	f->n_removed++;
	return f->real.remove(NULL, fd, wd);
}

static inline ssize_t odd_read(void *context, int fd, void *bytes, size_t n)
{
	faults *f = context;
	if (f->read_errno) {
		errno = f->read_errno;
		return -1;
	}
	if (f->says_overflow) {
		const struct inotify_event overflow = {.wd = -1, .mask = IN_Q_OVERFLOW};
		f->says_overflow = false;
		memcpy(bytes, &overflow, sizeof overflow);
		return sizeof overflow;
	}
	ssize_t got = f->real.read(NULL, fd, bytes, n);
	while (f->loses_events && got > 0)
		got = f->real.read(NULL, fd, bytes, n);
	return got;
}

static inline int64_t odd_file_system(void *context, const char *path)
{
	faults *f = context;
	(void)path;
	return f->file_system;
}

static int64_t fake_now_ms;

static inline int64_t fake_monotonic(void *context)
{
	(void)context;
	return fake_now_ms;
}

static const pt_clock fake_clock = {fake_monotonic, fake_monotonic, NULL};

typedef struct fixture {
	char base[64], run[128], other[128];
	faults faults;
	pt_run_watch *watch;
	size_t target;
	const pt_scan *scan; /* the last look's; NULL: it failed */
} fixture;

static inline void begin_mode(fixture *f, pt_watch_mode mode)
{
	scratch_directory(f->base);
	snprintf(f->run, sizeof f->run, "%s/run", f->base);
	snprintf(f->other, sizeof f->other, "%s/elsewhere", f->base);
	mkdir(f->run, 0777);
	f->faults.real = pt_watch_calls_system();
	if (f->faults.file_system == 0)
		f->faults.file_system = -1;
	fake_now_ms = 1000000;
	const pt_watch_options options = {.mode = mode,
		.sweep_ms = 2000,
		.clock = fake_clock,
		.calls = {&f->faults, odd_init, odd_add, odd_remove, odd_read, odd_file_system}};
	assert_int_equal(pt_run_watch_create(&options, &f->watch, NULL), PT_OK);
	assert_int_equal(pt_run_watch_add(f->watch, f->run, &f->target, NULL), PT_OK);
}

static inline void begin(fixture *f)
{
	*f = (fixture){0};
	begin_mode(f, PT_WATCH_AUTO);
}

static inline void end(fixture *f)
{
	pt_run_watch_destroy(f->watch);
	remove_tree(f->base);
}

static inline const pt_watch_view *view(fixture *f)
{
	return pt_run_watch_view(f->watch, f->target);
}

static inline pt_status look(fixture *f)
{
	const pt_scan_options options = {.now_wall_ms = wall_ms() + 3600000, .settle_ms = PT_SCAN_SETTLE_MS};
	pt_error err;
	f->scan = NULL;
	pt_run_watch_clear(f->watch, f->target);
	return pt_run_watch_scan(f->watch, f->target, &options, &f->scan, &err);
}

static inline void drain(fixture *f)
{
	assert_int_equal(pt_run_watch_drain(f->watch, NULL), PT_OK);
}

static inline void expect_dirt(fixture *f, bool tree, bool logs)
{
	drain(f);
	assert_int_equal(view(f)->tree_dirty, tree);
	assert_int_equal(view(f)->logs_dirty, logs);
}

/* All is seen and quiet. */
static inline void settle(fixture *f)
{
	for (int i = 0; i < 5; i++) {
		(void)look(f);
		drain(f);
		if (!view(f)->tree_dirty && !view(f)->logs_dirty)
			return;
	}
	fail_msg("never quiet");
}

#endif
