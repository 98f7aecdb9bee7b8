/** Epochs and times of a run's steps: where they come from, and when they are not known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "../../../src/analysis/run_logs.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"
#include "run_fixture.h"

/* 2026-11-21 00:00:00 UTC */
static const int64_t midnight = 1795219200;

static void write_at(const char *root, int64_t step, int64_t seconds)
{
	char path[256];
	struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds, .tv_nsec = 500000000}};
	write_adapter(root, step, 100);
	snprintf(path, sizeof path, "%s/checkpoint-%lld/adapter_model.safetensors", root, (long long)step);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void test_times_of_checkpoints(void **state)
{
	(void)state;
	char root[64];
	scratch_directory(root);
	for (int i = 1; i <= 5; i++)
		write_at(root, 10 * i, midnight + 60 * i);
	pt_snapshot *snapshot = fixture_cold(root, NULL);
	const pt_step_map_view *times = &snapshot->runs[0].wall_s, *epochs = &snapshot->runs[0].epochs;
	assert_int_equal(times->n, 5);
	assert_null(times->absent);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(times->steps[i], 10 * (i + 1));
		assert_true(fabs(times->values[i] - ((double)(midnight + 60 * (i + 1)) + 0.5)) < 1e-5);
	}
	assert_int_equal(epochs->n, 0);
	assert_string_equal(epochs->absent, "no epochs are logged");
	pt_snapshot_destroy(snapshot);
	remove_tree(root);
}

/* A copy in the order of the names (10, 100, 20 …), or all in one moment: no times of a training. */
static void test_copied_runs_have_no_times(void **state)
{
	(void)state;
	static const int64_t steps[] = {10, 100, 20, 30};
	for (int alike = 0; alike < 2; alike++) {
		char root[64];
		scratch_directory(root);
		for (int i = 0; i < 4; i++)
			write_at(root, steps[i], midnight + (alike ? 0 : 5 * i));
		pt_snapshot *snapshot = fixture_cold(root, NULL);
		assert_int_equal(snapshot->runs[0].wall_s.n, 0);
		assert_non_null(strstr(snapshot->runs[0].wall_s.absent, "copied?"));
		pt_snapshot_destroy(snapshot);
		remove_tree(root);
	}
}

static void test_epochs_of_the_log_that_knows_most(void **state)
{
	(void)state;
	char root[64];
	scratch_directory(root);
	write_at(root, 10, midnight);
	write_text(root, "train_log.jsonl",
		"{\"step\": 5, \"loss\": 2}\n{\"step\": 10, \"loss\": 1.5, \"epoch\": 0.25}\n"
		"{\"step\": 20, \"loss\": 1.4, \"epoch\": 0.5}\n{\"step\": 30, \"loss\": 1.4, \"epoch\": null}\n"
		"{\"step\": 40, \"loss\": 1.3, \"epoch\": 0.4}\n{\"step\": 50, \"loss\": 1.2, \"epoch\": 1.25}\n");
	write_text(root, "metrics.jsonl", "{\"step\": 10, \"epoch\": 7}\n{\"step\": 20, \"epoch\": 8}\n");
	pt_snapshot *snapshot = fixture_cold(root, NULL);
	const pt_step_map_view *epochs = &snapshot->runs[0].epochs;
	assert_int_equal(epochs->n, 3); /* what falls back to 0.4 is left out */
	assert_true(epochs->steps[2] == 50 && epochs->values[2] == 1.25 && epochs->values[0] == 0.25);
	assert_string_equal(snapshot->runs[0].wall_s.absent, "no times are known"); /* of one checkpoint */
	pt_snapshot_destroy(snapshot);
	remove_tree(root);
}

/* Rows that say when they were logged keep it, apart from their numbers. */
static void test_rows_with_times(void **state)
{
	(void)state;
	pt_run_log log = {.kind = PT_LOG_TRAIN_JSONL};
	pt_metric_table_init(&log.table);
	pt_metric_table_init(&log.times);
	pt_log_field field = {.name = "loss", .role = PT_LOG_LOSS, .value = 2, .valid = true};
	pt_log_row row = {.step = 3, .wall_s = 1000, .n_fields = 1, .fields = &field};
	assert_int_equal(pt_run_log_take_row(&log, &row, NULL), PT_OK);
	row.step = 4;
	row.wall_s = PT_MISSING;
	assert_int_equal(pt_run_log_take_row(&log, &row, NULL), PT_OK);
	assert_int_equal(log.table.n_rows, 2);
	assert_int_equal(log.table.n_columns, 1);
	assert_int_equal(log.times.n_rows, 1);
	assert_true(log.times.steps[0] == 3 && log.times.columns[0].values[0] == 1000);
	pt_metric_table_fini(&log.table);
	pt_metric_table_fini(&log.times);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times_of_checkpoints),
		cmocka_unit_test(test_copied_runs_have_no_times),
		cmocka_unit_test(test_epochs_of_the_log_that_knows_most),
		cmocka_unit_test(test_rows_with_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
