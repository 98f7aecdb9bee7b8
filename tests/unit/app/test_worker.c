/* The work thread: snapshots come when the disk changes, settings are taken, and it stops at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>

#include "../../helpers/scratch_of_test.h"
#include "../analysis/run_fixture.h"
#include "phasetop/app/worker.h"

enum { DEADLINE_MS = 30000 };

static pt_worker *start(const char *root, bool inline_worker)
{
	pt_clock clock = pt_clock_system();
	pt_run_path path = {.path = root};
	pt_worker_options options = {
		.pipeline =
			{
				.paths = &path,
				.n_paths = 1,
				.settings = pt_settings_default(),
				.clock = clock,
				.watch = true,
				.watching = {.mode = PT_WATCH_AUTO, .clock = clock, .calls = pt_watch_calls_system()},
			},
		.inline_worker = inline_worker,
		.wake_fd = -1,
	};
	pt_worker *worker = NULL;
	assert_int_equal(pt_worker_create(&options, &worker, NULL), PT_OK);
	return worker;
}

/* Snapshots until one has `n` checkpoints and its largest k is `k` (0: any). */
static pt_snapshot *wait_for(pt_worker *worker, size_t n, int64_t k)
{
	for (int waited_ms = 0; waited_ms < DEADLINE_MS; waited_ms += 100) {
		struct pollfd news = {.fd = pt_worker_event_fd(worker), .events = POLLIN};
		poll(&news, 1, 100);
		pt_snapshot *snapshot = pt_worker_take_snapshot(worker);
		if (!snapshot)
			continue;
		const pt_matrix_view *b = &snapshot->runs[0].matrices[PT_MATRIX_B];
		bool k_fits = k == 0 || (b->n_cosines > 0 && b->cosines[b->n_cosines - 1].k_used == k);
		if (snapshot->runs[0].n_steps >= n && k_fits)
			return snapshot;
		pt_snapshot_destroy(snapshot);
	}
	fail_msg("no snapshot with %zu checkpoints came", n);
	return NULL;
}

static void checkpoints_arrive_as_snapshots(void **state)
{
	pt_worker *worker = start(*state, false);
	uint64_t serial = 0;
	for (int64_t step = 5; step <= 40; step += 5) {
		write_adapter(*state, step, 20);
		pt_snapshot *snapshot = wait_for(worker, (size_t)(step / 5), 0);
		assert_true(snapshot->serial > serial);
		serial = snapshot->serial;
		pt_snapshot_destroy(snapshot);
	}
	pt_worker_destroy(worker);
}

static void settings_bring_a_snapshot(void **state)
{
	for (int64_t step = 5; step <= 60; step += 5)
		write_adapter(*state, step, 20);
	pt_worker *worker = start(*state, false);
	pt_snapshot_destroy(wait_for(worker, 12, 15));
	pt_settings settings = pt_settings_default();
	settings.n_k = 1;
	for (int64_t k = 5; k <= 25; k += 5) {
		settings.k[0] = k;
		pt_worker_set_settings(worker, &settings);
	}
	pt_snapshot_destroy(wait_for(worker, 12, 25));
	pt_worker_destroy(worker);
}

static void it_stops_in_the_middle_of_its_work(void **state)
{
	for (int64_t step = 1; step <= 60; step++)
		write_adapter(*state, step, 20);
	for (int i = 0; i < 20; i++) {
		pt_worker *worker = start(*state, false);
		if (i % 2)
			pt_worker_rescan(worker);
		pt_worker_destroy(worker);
	}
	pt_worker_destroy(NULL);
}

static void inline_it_works_when_pumped(void **state)
{
	write_adapter(*state, 5, 20);
	pt_worker *worker = start(*state, true);
	assert_null(pt_worker_take_snapshot(worker));
	pt_worker_pump(worker, 0);
	pt_snapshot *snapshot = pt_worker_take_snapshot(worker);
	assert_non_null(snapshot);
	assert_int_equal(snapshot->runs[0].n_steps, 1);
	pt_snapshot_destroy(snapshot);
	pt_worker_destroy(worker);
}

static void a_missing_directory_is_refused(void **state)
{
	(void)state;
	pt_run_path path = {.path = "/no/such/run"};
	pt_clock clock = pt_clock_system();
	pt_worker_options options = {.pipeline = {.paths = &path,
									 .n_paths = 1,
									 .settings = pt_settings_default(),
									 .clock = clock,
									 .watch = true,
									 .watching = {.clock = clock, .calls = pt_watch_calls_system()}},
		.wake_fd = -1};
	pt_worker *worker = NULL;
	pt_error err;
	assert_int_equal(pt_worker_create(&options, &worker, &err), PT_ERR_NOT_FOUND);
	assert_null(worker);
	assert_string_equal(err.path, "/no/such/run");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, make_scratch, remove_scratch)
	const struct CMUnitTest tests[] = {
		CASE(checkpoints_arrive_as_snapshots),
		CASE(settings_bring_a_snapshot),
		CASE(it_stops_in_the_middle_of_its_work),
		CASE(inline_it_works_when_pumped),
		CASE(a_missing_directory_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
