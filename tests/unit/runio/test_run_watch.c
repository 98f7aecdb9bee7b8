/* Which changes in a run directory are seen. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "watch_fixture.h"

static void a_new_target_is_dirty_and_then_quiet(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	assert_true(view(&f)->tree_dirty && view(&f)->logs_dirty);
	assert_int_equal(pt_run_watch_n_targets(f.watch), 1);
	assert_int_equal(look(&f), PT_OK);
	expect_dirt(&f, false, false);
	assert_false(view(&f)->missing || view(&f)->removed || view(&f)->polling);
	assert_int_equal(view(&f)->problem.code, PT_OK);
	assert_true(view(&f)->last_event_monotonic_ms == INT64_MIN);
	assert_true(pt_run_watch_fd(f.watch) >= 0);
	assert_true(pt_run_watch_next_sweep_ms(f.watch) == INT64_MAX); /* nobody is woken */
	pt_run_watch_sweep(f.watch);
	assert_false(view(&f)->tree_dirty);
	end(&f);
}

static void a_checkpoint_appears(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	settle(&f);
	fake_now_ms = 2000000;
	make_adapter(f.run, "checkpoint-5");
	expect_dirt(&f, true, false);
	assert_int_equal(view(&f)->last_event_monotonic_ms, 2000000);
	assert_int_equal(look(&f), PT_OK);
	assert_int_equal(f.scan->n_entries, 1);
	settle(&f);
	/* a file in a directory that is watched since the last scan */
	make_file(f.run, "checkpoint-5/trainer_state.json", "{}");
	expect_dirt(&f, true, false);
	settle(&f);
	make_file(f.run, "checkpoint-5/adapter_model.safetensors", "again");
	expect_dirt(&f, true, false);
	end(&f);
}

static void staged_files_and_directories(void **state)
{
	(void)state;
	fixture f;
	char from[512], to[512];
	begin(&f);
	make_adapter(f.run, "tmp-checkpoint-8");
	settle(&f);
	snprintf(from, sizeof from, "%s/tmp-checkpoint-8", f.run);
	snprintf(to, sizeof to, "%s/checkpoint-8", f.run);
	assert_int_equal(rename(from, to), 0);
	expect_dirt(&f, true, false);
	settle(&f);
	assert_int_equal(f.scan->n_entries, 1);
	make_file(f.run, "checkpoint-8/.tmpXyZ", "new");
	settle(&f);
	snprintf(from, sizeof from, "%s/checkpoint-8/.tmpXyZ", f.run);
	snprintf(to, sizeof to, "%s/checkpoint-8/adapter_model.safetensors", f.run);
	assert_int_equal(rename(from, to), 0);
	expect_dirt(&f, true, false);
	end(&f);
}

static void what_slips_in_before_the_watch(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	settle(&f);
	make_file(f.run, "checkpoint-5/adapter_model.safetensors", "weights");
	drain(&f);
	f.faults.slips_in = "adapter_config.json";
	assert_int_equal(look(&f), PT_OK);
	assert_null(f.faults.slips_in);
	assert_true(f.scan->entries[0].parts[0].config_identity.present);
	end(&f);
}

static void moved_in_and_out(void **state)
{
	(void)state;
	fixture f;
	char outside[256], inside[256];
	begin(&f);
	make_adapter(f.base, "outside");
	settle(&f);
	snprintf(outside, sizeof outside, "%s/outside", f.base);
	snprintf(inside, sizeof inside, "%s/checkpoint-8", f.run);
	assert_int_equal(rename(outside, inside), 0);
	expect_dirt(&f, true, false);
	settle(&f);
	snprintf(outside, sizeof outside, "%s/adapter_config.json", f.base);
	snprintf(inside, sizeof inside, "%s/checkpoint-8/adapter_config.json", f.run);
	assert_int_equal(rename(inside, outside), 0);
	expect_dirt(&f, true, false);
	settle(&f);
	assert_int_equal(rename(outside, inside), 0);
	expect_dirt(&f, true, false);
	settle(&f);
	snprintf(outside, sizeof outside, "%s/outside", f.base);
	snprintf(inside, sizeof inside, "%s/checkpoint-8", f.run);
	assert_int_equal(rename(inside, outside), 0);
	expect_dirt(&f, true, false);
	settle(&f);
	assert_int_equal(f.scan->n_entries, 0);
	end(&f);
}

/* A file of a checkpoint that is being written is news when it is closed, or left alone. */
static void files_that_are_not_closed(void **state)
{
	(void)state;
	fixture f;
	char path[256], second[256];
	begin(&f);
	make_adapter(f.run, "checkpoint-5");
	make_file(f.run, "trainer_state.json", "{}");
	settle(&f);
	snprintf(path, sizeof path, "%s/checkpoint-5/adapter_model.safetensors", f.run);
	snprintf(second, sizeof second, "%s/trainer_state.json", f.run);
	FILE *file = fopen(path, "a");
	fputs("more", file);
	fflush(file);
	expect_dirt(&f, true, false); /* once: what was read of these weights is no longer right */
	assert_int_equal(look(&f), PT_OK);
	assert_int_equal(f.scan->entries[0].readiness, PT_CHECKPOINT_PENDING);
	assert_string_equal(f.scan->entries[0].why, "still being written");
	assert_int_equal(pt_run_watch_next_sweep_ms(f.watch), fake_now_ms + 2000);
	fake_now_ms += 1500;
	fputs("more", file);
	fflush(file);
	expect_dirt(&f, false, false);
	assert_int_equal(pt_run_watch_next_sweep_ms(f.watch), fake_now_ms + 2000);
	fclose(file);
	expect_dirt(&f, true, false);
	assert_true(pt_run_watch_next_sweep_ms(f.watch) == INT64_MAX);
	settle(&f);
	/* truncate(2) closes nothing */
	assert_int_equal(f.scan->entries[0].readiness, PT_CHECKPOINT_READY);
	const char *const paths[] = {path, second};
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(truncate(paths[i], 1), 0);
		expect_dirt(&f, i == 0, false);
		assert_int_equal(look(&f), PT_OK);
		fake_now_ms += 2000;
		pt_run_watch_sweep(f.watch);
		assert_true(view(&f)->tree_dirty);
		assert_true(pt_run_watch_next_sweep_ms(f.watch) == INT64_MAX);
		settle(&f);
	}
	/* one is closed, another not */
	assert_int_equal(truncate(path, 0), 0);
	file = fopen(second, "a");
	fputs("more", file);
	fclose(file);
	expect_dirt(&f, true, false);
	assert_int_equal(pt_run_watch_next_sweep_ms(f.watch), fake_now_ms + 2000);
	end(&f);
}

static void a_row_of_a_log_that_stays_open(void **state)
{
	(void)state;
	fixture f;
	char path[256];
	begin(&f);
	make_file(f.run, "train_log.jsonl", "");
	make_file(f.run, "logs/probe_losses.jsonl", "");
	make_file(f.run, "stdout.txt", "");
	settle(&f);
	snprintf(path, sizeof path, "%s/train_log.jsonl", f.run);
	FILE *log = fopen(path, "a");
	assert_non_null(log);
	expect_dirt(&f, false, false);
	fputs("{\"step\": 1}\n", log);
	fflush(log);
	expect_dirt(&f, false, true);
	pt_run_watch_clear(f.watch, f.target);
	fclose(log);
	expect_dirt(&f, false, true);
	settle(&f);
	snprintf(path, sizeof path, "%s/logs/probe_losses.jsonl", f.run);
	log = fopen(path, "a");
	fputs("{}\n", log);
	fflush(log);
	expect_dirt(&f, false, true);
	fclose(log);
	settle(&f);
	/* other text that grows is nothing to us */
	snprintf(path, sizeof path, "%s/stdout.txt", f.run);
	log = fopen(path, "a");
	fputs("x\n", log);
	fflush(log);
	expect_dirt(&f, false, false);
	fclose(log);
	end(&f);
}

static void own_reading_makes_no_dirt(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	make_adapter(f.run, "checkpoint-5");
	make_file(f.run, "train_log.jsonl", "{}\n");
	settle(&f);
	size_t n;
	char path[256];
	snprintf(path, sizeof path, "%s/checkpoint-5/adapter_model.safetensors", f.run);
	free(read_whole(path, &n));
	assert_int_equal(look(&f), PT_OK);
	expect_dirt(&f, false, false);
	end(&f);
}

static void deletion_of_a_checkpoint(void **state)
{
	(void)state;
	fixture f;
	char path[256];
	begin(&f);
	make_adapter(f.run, "checkpoint-5");
	settle(&f);
	size_t n_removed = f.faults.n_removed;
	snprintf(path, sizeof path, "%s/checkpoint-5/adapter_model.safetensors", f.run);
	assert_int_equal(unlink(path), 0);
	expect_dirt(&f, true, false);
	settle(&f);
	snprintf(path, sizeof path, "%s/checkpoint-5", f.run);
	remove_tree(path);
	expect_dirt(&f, true, false);
	settle(&f);
	assert_int_equal(f.scan->n_entries, 0);
	assert_int_equal(f.faults.n_removed, n_removed); /* the kernel had dropped it already */
	/* the same name again is another directory */
	make_adapter(f.run, "checkpoint-5");
	settle(&f);
	make_file(f.run, "checkpoint-5/adapter_config.json", "{ }");
	expect_dirt(&f, true, false);
	end(&f);
}

static void permissions_that_change(void **state)
{
	(void)state;
	fixture f;
	char path[256];
	begin(&f);
	make_adapter(f.run, "checkpoint-5");
	snprintf(path, sizeof path, "%s/checkpoint-5/adapter_model.safetensors", f.run);
	chmod(path, 0);
	settle(&f);
	chmod(path, 0644);
	expect_dirt(&f, true, false);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_target_is_dirty_and_then_quiet),
		cmocka_unit_test(a_checkpoint_appears),
		cmocka_unit_test(staged_files_and_directories),
		cmocka_unit_test(what_slips_in_before_the_watch),
		cmocka_unit_test(moved_in_and_out),
		cmocka_unit_test(files_that_are_not_closed),
		cmocka_unit_test(a_row_of_a_log_that_stays_open),
		cmocka_unit_test(own_reading_makes_no_dirt),
		cmocka_unit_test(deletion_of_a_checkpoint),
		cmocka_unit_test(permissions_that_change),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
