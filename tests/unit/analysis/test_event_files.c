/* Event files of one directory as one history, and whose end is the end of the run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "../../../src/analysis/event_files.h"
#include "../runio/event_records.h"
#include "../runio/runio_fixture.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"
#include "phasetop/base/text.h"

typedef struct run_fixture {
	char root[64];
	pt_run_logs logs;
} run_fixture;

static void begin_run(run_fixture *f)
{
	scratch_directory(f->root);
	pt_run_logs_init(&f->logs);
}

static void end_run(run_fixture *f)
{
	pt_run_logs_fini(&f->logs);
	remove_tree(f->root);
}

static pt_status try_sync(run_fixture *f, bool *changed)
{
	pt_scan *scan;
	const pt_scan_options options = {.settle_ms = 0};
	assert_int_equal(pt_scan_run(f->root, &options, &scan, NULL), PT_OK);
	*changed = false;
	pt_status status = pt_run_logs_sync(&f->logs, f->root, scan, changed, NULL);
	pt_scan_destroy(scan);
	return status;
}

static bool synced(run_fixture *f)
{
	bool changed;
	assert_int_equal(try_sync(f, &changed), PT_OK);
	return changed;
}

/* Write what was made, and let it go. */
static void put_made(const run_fixture *f, const char *name, made *file)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", f->root, name);
	char *slash = strrchr(path + strlen(f->root) + 1, '/');
	if (slash) {
		*slash = '\0';
		assert_true(mkdir(path, 0755) == 0 || access(path, F_OK) == 0);
	}
	write_file(f->root, name, file->bytes, file->n);
	free(file->bytes);
}

/* Rows `from` up to `to` of a tag, behind a session START where `restart` is not negative. */
static void put_events(const run_fixture *f, const char *name, int64_t restart, const char *tag, int64_t from,
	int64_t to, float value)
{
	made file = made_new();
	add_tf_version(&file);
	if (restart >= 0)
		add_tf_session(&file, restart, 1);
	for (int64_t step = from; step < to; step++)
		add_tf_scalar(&file, step, tag, value);
	put_made(f, name, &file);
}

/* Every number of every log: "dir/file name: tag 0=1 1=1; …|" */
static void assert_rows(const run_fixture *f, const char *expected)
{
	char bytes[4096];
	pt_text text = pt_text_over(bytes, sizeof bytes);
	for (size_t l = 0; l < f->logs.n; l++) {
		const pt_metric_table *table = &f->logs.logs[l]->table;
		for (size_t c = 0; c < table->n_columns; c++) {
			pt_text_addf(&text, "%s", table->columns[c].name);
			for (size_t r = 0; r < table->n_rows; r++)
				if (!pt_is_missing(table->columns[c].values[r]))
					pt_text_addf(&text, " %lld=%g", (long long)table->steps[r], table->columns[c].values[r]);
			pt_text_add(&text, "; ");
		}
	}
	assert_string_equal(bytes, expected);
}

static const char first_file[] = "runs/events.out.tfevents.1000.a",
				  second_file[] = "runs/events.out.tfevents.2000.b";

static void a_restart_voids_what_earlier_files_hold(void **state)
{
	(void)state;
	for (int order = 0; order < 3; order++) {
		run_fixture f;
		begin_run(&f);
		if (order != 1)
			put_events(&f, first_file, -1, "x", 0, 6, 1.0F);
		if (order != 0)
			put_events(&f, second_file, 3, "y", 3, 5, 2.0F);
		assert_true(synced(&f));
		if (order == 0)
			put_events(&f, second_file, 3, "y", 3, 5, 2.0F);
		if (order == 1)
			put_events(&f, first_file, -1, "x", 0, 6, 1.0F);
		assert_int_equal(synced(&f), order != 2);
		assert_rows(&f, "x 0=1 1=1 2=1; y 3=2 4=2; ");
		assert_false(synced(&f));
		end_run(&f);
	}
}

static void the_later_file_wins_and_both_may_grow(void **state)
{
	(void)state;
	run_fixture f;
	begin_run(&f);
	put_events(&f, first_file, -1, "x", 0, 3, 1.0F);
	put_events(&f, second_file, -1, "x", 2, 4, 2.0F);
	synced(&f);
	assert_rows(&f, "x 0=1 1=1 2=2 3=2; ");
	put_events(&f, first_file, -1, "x", 0, 6, 1.0F); /* the earlier one, late */
	assert_true(synced(&f));
	assert_rows(&f, "x 0=1 1=1 2=2 3=2 4=1 5=1; ");
	put_events(&f, second_file, -1, "x", 1, 2, 2.0F); /* written anew, and shorter */
	assert_true(synced(&f));
	assert_rows(&f, "x 0=1 1=2 2=1 3=1 4=1 5=1; ");
	put_events(&f, "runs/events.out.tfevents.1500", 4, "z", 9, 10, 3.0F); /* between the two */
	assert_true(synced(&f));
	assert_rows(&f, "x 0=1 1=2 2=1 3=1; z 9=3; ");
	end_run(&f);
}

static void directories_are_runs_of_their_own(void **state)
{
	(void)state;
	run_fixture f;
	begin_run(&f);
	put_events(&f, "a/events.out.tfevents.1000", -1, "x", 0, 2, 1.0F);
	put_events(&f, "b/events.out.tfevents.2000", 0, "x", 0, 2, 2.0F);
	put_events(&f, "events.out.tfevents.3000", 0, "x", 0, 1, 3.0F);
	synced(&f);
	assert_rows(&f, "x 0=1 1=1; x 0=2 1=2; x 0=3; ");
	end_run(&f);
}

static void a_restart_voids_what_lies_before_it_in_its_file(void **state)
{
	(void)state;
	run_fixture f;
	begin_run(&f);
	made file = made_new();
	add_tf_scalar(&file, 1, "x", 1.0F);
	add_tf_scalar(&file, 5, "x", 1.0F);
	add_tf_session(&file, 4, 1);
	add_tf_scalar(&file, 4, "x", 2.0F);
	put_made(&f, first_file, &file);
	synced(&f);
	assert_rows(&f, "x 1=1 4=2; ");
	end_run(&f);
}

static void joining_survives_every_failing_allocation(void **state)
{
	(void)state;
	for (size_t n = 1, done = 0; !done; n++) {
		run_fixture f;
		bool changed = false;
		begin_run(&f);
		put_events(&f, first_file, -1, "x", 0, 3, 1.0F);
		put_events(&f, second_file, 2, "y", 2, 4, 2.0F);
		pt_scan *scan;
		const pt_scan_options options = {.settle_ms = 0};
		assert_int_equal(pt_scan_run(f.root, &options, &scan, NULL), PT_OK);
		pt_alloc_fail_at(n, false);
		pt_status status = pt_run_logs_sync(&f.logs, f.root, scan, &changed, NULL);
		pt_alloc_fail_at(0, false);
		pt_scan_destroy(scan);
		done = status == PT_OK;
		if (!done)
			assert_int_equal(status, PT_ERR_MEMORY);
		synced(&f);
		assert_rows(&f, "x 0=1 1=1; y 2=2 3=2; ");
		end_run(&f);
	}
}

/* One row of W&B at a time, with or without the exit record. */
static void put_wandb(const run_fixture *f, const char *name, double time_s, bool has_exit)
{
	made file = made_new();
	char items[128];
	add_wandb_header(&file);
	snprintf(items, sizeof items, "_step=1 w=1 _timestamp=%.3f", time_s);
	add_wandb_row(&file, items);
	if (has_exit) {
		made closing = made_new();
		add_wandb_message(&file, 18, &closing);
	}
	put_made(f, name, &file);
}

/* Scalars of the fixture are logged at 1700000000 s and their step more. */
static void an_earlier_run_s_end_is_not_this_one_s(void **state)
{
	(void)state;
	run_fixture f;
	begin_run(&f);
	put_events(&f, first_file, -1, "x", 0, 2, 1.0F);
	synced(&f);
	assert_int_equal(f.logs.closed_step, PT_LOG_NO_STEP);
	put_wandb(&f, "wandb/run-a.wandb", 1700000000.0, true);
	assert_true(synced(&f));
	assert_int_not_equal(f.logs.closed_step, PT_LOG_NO_STEP);
	put_events(&f, second_file, -1, "x", 1000, 1002, 1.0F); /* a quarter of an hour later it goes on */
	assert_true(synced(&f));
	assert_int_equal(f.logs.closed_step, PT_LOG_NO_STEP);
	put_wandb(&f, "wandb/run-b.wandb", 1700001002.5, false);
	synced(&f);
	assert_int_equal(f.logs.closed_step, PT_LOG_NO_STEP);
	put_wandb(&f, "wandb/run-b.wandb", 1700001002.5, true);
	assert_true(synced(&f));
	assert_int_not_equal(f.logs.closed_step, PT_LOG_NO_STEP);
	end_run(&f);
}

/* Adding a table is setting each of its numbers. */
static void added_tables_equal_numbers_set(void **state)
{
	(void)state;
	uint32_t random = 1;
	for (int round = 0; round < 2000; round++) {
		pt_metric_table from, to, by_hand;
		pt_metric_table_init(&from);
		pt_metric_table_init(&to);
		pt_metric_table_init(&by_hand);
		for (int i = 0; i < 12; i++) {
			random = random * 1664525u + 1013904223u;
			char name[2] = {(char)('a' + (random >> 8) % 3), 0};
			int64_t step = (random >> 16) % 10;
			double value = (double)(random >> 24);
			bool is_first = (random >> 12) % 2;
			assert_int_equal(pt_metric_table_set(is_first ? &to : &from, step, name, value, NULL), PT_OK);
			if (is_first)
				assert_int_equal(pt_metric_table_set(&by_hand, step, name, value, NULL), PT_OK);
		}
		int64_t before = random >> 28;
		for (size_t c = 0; c < from.n_columns; c++)
			for (size_t r = 0; r < from.n_rows && from.steps[r] < before; r++)
				if (!pt_is_missing(from.columns[c].values[r]))
					assert_int_equal(pt_metric_table_set(&by_hand, from.steps[r], from.columns[c].name,
										 from.columns[c].values[r], NULL),
						PT_OK);
		assert_int_equal(pt_metric_table_add(&to, &from, before, NULL), PT_OK);
		assert_int_equal(to.n_rows, by_hand.n_rows);
		for (size_t r = 0; r < to.n_rows; r++)
			assert_int_equal(to.steps[r], by_hand.steps[r]);
		for (size_t c = 0; c < to.n_columns; c++) {
			const pt_metric_column *column = pt_metric_table_column(&by_hand, to.columns[c].name);
			for (size_t r = 0; r < to.n_rows; r++) {
				double expected = column ? column->values[r] : PT_MISSING, value = to.columns[c].values[r];
				assert_true(value == expected || (pt_is_missing(value) && pt_is_missing(expected)));
			}
		}
		pt_metric_table_fini(&from);
		pt_metric_table_fini(&to);
		pt_metric_table_fini(&by_hand);
	}
}

static void mixed_run_of_formats(void **state)
{
	(void)state;
	if (!shared_has("formats/log_tb_mixed"))
		skip();
	char root[1024];
	pt_scan *scan;
	pt_run_logs logs;
	bool changed = false;
	const pt_scan_options options = {.settle_ms = 0};
	shared_path(root, sizeof root, "formats/log_tb_mixed");
	pt_run_logs_init(&logs);
	assert_int_equal(pt_scan_run(root, &options, &scan, NULL), PT_OK);
	assert_int_equal(pt_run_logs_sync(&logs, root, scan, &changed, NULL), PT_OK);
	pt_scan_destroy(scan);
	assert_int_equal(logs.n, 5);
	const pt_metric_table *table = &logs.logs[1]->table; /* of the second file: it goes on from step 20 */
	assert_int_equal(logs.logs[0]->table.n_rows, 0);
	const double *loss = pt_metric_table_column(table, "loss")->values,
				 *accuracy = pt_metric_table_column(table, "eval/acc")->values;
	assert_int_equal(table->n_rows, 40);
	for (size_t r = 0; r < 40; r++) {
		assert_int_equal(table->steps[r], r);
		assert_true(r < 20 ? loss[r] < 3.0 : loss[r] == (double)r + 9.0);
		assert_true(r < 20 && r % 3 == 0 ? !pt_is_missing(accuracy[r]) : pt_is_missing(accuracy[r]));
	}
	pt_run_logs_fini(&logs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_restart_voids_what_earlier_files_hold),
		cmocka_unit_test(the_later_file_wins_and_both_may_grow),
		cmocka_unit_test(directories_are_runs_of_their_own),
		cmocka_unit_test(a_restart_voids_what_lies_before_it_in_its_file),
		cmocka_unit_test(joining_survives_every_failing_allocation),
		cmocka_unit_test(an_earlier_run_s_end_is_not_this_one_s),
		cmocka_unit_test(added_tables_equal_numbers_set),
		cmocka_unit_test(mixed_run_of_formats),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
