#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>

#include "phasetop/base/alloc.h"

#include "watch_fixture.h"

/* ---- what is seen ---- */

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

/* ---- the directory itself ---- */

static void a_path_that_comes_part_by_part(void **state)
{
	(void)state;
	fixture f;
	char path[256];
	begin(&f);
	snprintf(path, sizeof path, "%s/a/b/c/", f.base);
	assert_int_equal(pt_run_watch_add(f.watch, path, &f.target, NULL), PT_OK);
	assert_int_equal(look(&f), PT_ERR_NOT_FOUND);
	assert_true(view(&f)->missing && !view(&f)->removed);
	expect_dirt(&f, false, false);
	make_file(f.base, "unrelated", "");
	expect_dirt(&f, false, false);
	const char *const parts[] = {"a", "a/b", "a/b/c"};
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", f.base, parts[i]);
		assert_int_equal(mkdir(path, 0777), 0);
		expect_dirt(&f, true, false);
		assert_int_equal(look(&f), i < 2 ? PT_ERR_NOT_FOUND : PT_OK);
		drain(&f);
	}
	settle(&f);
	assert_false(view(&f)->missing);
	assert_int_equal(view(&f)->n_recreated, 0);
	/* the parents' watches are narrowed again: what else happens there wakes nobody */
	make_file(f.base, "a/b/noise", "");
	make_file(f.base, "a/noise", "");
	struct pollfd waiting = {.fd = pt_run_watch_fd(f.watch), .events = POLLIN};
	assert_int_equal(poll(&waiting, 1, 0), 0);
	expect_dirt(&f, false, false);
	make_adapter(f.base, "a/b/c/checkpoint-1");
	expect_dirt(&f, true, false);
	end(&f);
}

static void removed_and_recreated(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	make_adapter(f.run, "checkpoint-5");
	settle(&f);
	remove_tree(f.run);
	expect_dirt(&f, true, false);
	assert_int_equal(look(&f), PT_ERR_NOT_FOUND);
	assert_true(view(&f)->removed && view(&f)->missing);
	settle(&f);
	mkdir(f.run, 0777);
	expect_dirt(&f, true, false);
	settle(&f);
	assert_false(view(&f)->removed || view(&f)->missing);
	assert_int_equal(view(&f)->n_recreated, 1);
	make_adapter(f.run, "checkpoint-1");
	expect_dirt(&f, true, false);
	end(&f);
}

static void moved_away_and_back(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	make_adapter(f.run, "checkpoint-5");
	settle(&f);
	assert_int_equal(rename(f.run, f.other), 0);
	expect_dirt(&f, true, false);
	assert_int_equal(look(&f), PT_ERR_NOT_FOUND);
	assert_true(view(&f)->removed);
	settle(&f);
	/* what goes on in the place it was moved to is no longer ours */
	make_adapter(f.other, "checkpoint-6");
	expect_dirt(&f, false, false);
	assert_int_equal(rename(f.other, f.run), 0);
	expect_dirt(&f, true, false);
	settle(&f);
	assert_int_equal(f.scan->n_entries, 2);
	end(&f);
}

static void replaced_in_one_burst(void **state)
{
	(void)state;
	fixture f;
	char fresh[128];
	begin(&f);
	make_adapter(f.run, "checkpoint-5");
	settle(&f);
	snprintf(fresh, sizeof fresh, "%s/fresh", f.base);
	mkdir(fresh, 0777);
	make_adapter(fresh, "checkpoint-9");
	assert_int_equal(rename(f.run, f.other), 0);
	assert_int_equal(rename(fresh, f.run), 0);
	expect_dirt(&f, true, false);
	settle(&f);
	assert_int_equal(f.scan->entries[0].step, 9);
	assert_int_equal(view(&f)->n_recreated, 1);
	assert_false(view(&f)->removed);
	make_adapter(f.run, "checkpoint-10");
	expect_dirt(&f, true, false);
	end(&f);
}

static void a_parent_is_moved(void **state)
{
	(void)state;
	fixture f;
	char path[256], away[256];
	begin(&f);
	snprintf(path, sizeof path, "%s/x/y", f.base);
	make_adapter(f.base, "x/y/checkpoint-1");
	assert_int_equal(pt_run_watch_add(f.watch, path, &f.target, NULL), PT_OK);
	settle(&f);
	snprintf(path, sizeof path, "%s/x", f.base);
	snprintf(away, sizeof away, "%s/z", f.base);
	assert_int_equal(rename(path, away), 0);
	expect_dirt(&f, true, false);
	assert_int_equal(look(&f), PT_ERR_NOT_FOUND);
	assert_true(view(&f)->removed);
	settle(&f);
	assert_int_equal(rename(away, path), 0);
	expect_dirt(&f, true, false);
	settle(&f);
	assert_int_equal(f.scan->n_entries, 1);
	end(&f);
}

static void a_link_that_is_turned_elsewhere(void **state)
{
	(void)state;
	fixture f;
	char link[256];
	begin(&f);
	make_adapter(f.run, "checkpoint-1");
	make_adapter(f.base, "elsewhere/checkpoint-2");
	snprintf(link, sizeof link, "%s/latest", f.base);
	assert_int_equal(symlink("run", link), 0);
	assert_int_equal(pt_run_watch_add(f.watch, link, &f.target, NULL), PT_OK);
	settle(&f);
	assert_int_equal(f.scan->entries[0].step, 1);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("elsewhere", link), 0);
	expect_dirt(&f, true, false);
	settle(&f);
	assert_int_equal(f.scan->entries[0].step, 2);
	make_adapter(f.base, "elsewhere/checkpoint-3");
	expect_dirt(&f, true, false);
	end(&f);
}

static void a_file_in_place_of_the_directory(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	remove_tree(f.run);
	make_file(f.base, "run", "");
	assert_int_equal(look(&f), PT_ERR_NOT_DIRECTORY);
	assert_true(view(&f)->missing);
	settle(&f);
	assert_int_equal(unlink(f.run), 0);
	mkdir(f.run, 0777);
	expect_dirt(&f, true, false);
	assert_int_equal(look(&f), PT_OK);
	end(&f);
}

static void workspaces_and_several_targets(void **state)
{
	(void)state;
	fixture f;
	size_t base;
	pt_workspace *workspace = NULL;
	begin(&f);
	settle(&f);
	assert_int_equal(pt_run_watch_add(f.watch, f.base, &base, NULL), PT_OK);
	pt_run_watch_clear(f.watch, base);
	assert_int_equal(pt_run_watch_scan_workspace(f.watch, base, &workspace, NULL), PT_OK);
	assert_int_equal(workspace->n_runs, 0);
	pt_workspace_destroy(workspace);
	drain(&f);
	assert_false(pt_run_watch_view(f.watch, base)->tree_dirty);
	char path[256];
	snprintf(path, sizeof path, "%s/second", f.base);
	mkdir(path, 0777);
	drain(&f);
	assert_true(pt_run_watch_view(f.watch, base)->tree_dirty);
	assert_false(view(&f)->tree_dirty);
	/* found empty, then watched: its first checkpoint makes it a run */
	pt_run_watch_clear(f.watch, base);
	assert_int_equal(pt_run_watch_scan_workspace(f.watch, base, &workspace, NULL), PT_OK);
	assert_int_equal(workspace->n_runs, 0);
	pt_workspace_destroy(workspace);
	make_adapter(path, "checkpoint-1");
	drain(&f);
	assert_true(pt_run_watch_view(f.watch, base)->tree_dirty);
	assert_false(view(&f)->tree_dirty);
	/* both see what happens in the run that both know */
	pt_run_watch_clear(f.watch, base);
	make_adapter(f.run, "checkpoint-1");
	drain(&f);
	assert_true(pt_run_watch_view(f.watch, base)->tree_dirty);
	assert_true(view(&f)->tree_dirty);
	/* a dropped target is gone, the other one's watches stay */
	pt_run_watch_drop(f.watch, base);
	assert_null(pt_run_watch_view(f.watch, base));
	settle(&f);
	make_adapter(f.run, "checkpoint-2");
	expect_dirt(&f, true, false);
	end(&f);
}

/* ---- faults ---- */

static void lost_events_make_everything_dirty(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	settle(&f);
	f.faults.says_overflow = true;
	expect_dirt(&f, true, true);
	end(&f);
}

static void no_watches_left(void **state)
{
	(void)state;
	const int errnos[] = {ENOSPC, ENOMEM, EMFILE};
	static const char *const words[] = {
		"inotify: no watches left", "inotify failed", "inotify: no instances left"};
	for (size_t i = 0; i < 3; i++) {
		fixture f;
		begin(&f);
		f.faults.add_errno = errnos[i];
		assert_int_equal(look(&f), PT_OK);
		assert_true(view(&f)->polling);
		assert_string_equal(view(&f)->why_polling, words[i]);
		assert_int_equal(view(&f)->problem.code, PT_ERR_WATCH);
		assert_non_null(strstr(view(&f)->problem.message, "every 2 s"));
		assert_string_equal(view(&f)->problem.path, f.run);
		assert_int_equal(pt_run_watch_next_sweep_ms(f.watch), fake_now_ms + 2000);
		make_adapter(f.run, "checkpoint-1");
		expect_dirt(&f, false, false);
		fake_now_ms += 1999;
		pt_run_watch_sweep(f.watch);
		assert_false(view(&f)->tree_dirty);
		fake_now_ms += 1;
		pt_run_watch_sweep(f.watch);
		assert_true(view(&f)->tree_dirty && view(&f)->logs_dirty);
		assert_int_equal(pt_run_watch_next_sweep_ms(f.watch), fake_now_ms + 2000);
		assert_int_equal(look(&f), PT_OK);
		assert_int_equal(f.scan->n_entries, 1);
		/* watches can be had again */
		f.faults.add_errno = 0;
		settle(&f);
		assert_false(view(&f)->polling);
		assert_string_equal(view(&f)->why_polling, "");
		assert_int_equal(view(&f)->problem.code, PT_OK);
		assert_true(pt_run_watch_next_sweep_ms(f.watch) == INT64_MAX);
		make_adapter(f.run, "checkpoint-2");
		expect_dirt(&f, true, false);
		end(&f);
	}
}

static void no_inotify_at_all(void **state)
{
	(void)state;
	fixture f = {.faults.init_errno = EMFILE};
	begin_mode(&f, PT_WATCH_AUTO);
	assert_int_equal(pt_run_watch_fd(f.watch), -1);
	assert_int_equal(look(&f), PT_OK);
	expect_dirt(&f, false, false);
	assert_string_equal(view(&f)->why_polling, "inotify: no instances left");
	assert_true(view(&f)->polling);
	assert_non_null(strstr(view(&f)->problem.message, "max_user_instances"));
	assert_int_equal(pt_run_watch_next_sweep_ms(f.watch), fake_now_ms + 2000);
	f.faults.init_errno = 0;
	settle(&f);
	assert_true(pt_run_watch_fd(f.watch) >= 0);
	assert_false(view(&f)->polling);
	make_adapter(f.run, "checkpoint-2");
	expect_dirt(&f, true, false);
	end(&f);
}

static void inotify_breaks(void **state)
{
	(void)state;
	fixture f;
	pt_error err;
	begin(&f);
	settle(&f);
	f.faults.read_errno = EIO;
	f.faults.init_errno = EMFILE;
	assert_int_equal(pt_run_watch_drain(f.watch, &err), PT_ERR_IO);
	assert_int_equal(pt_run_watch_fd(f.watch), -1);
	assert_true(view(&f)->tree_dirty);
	assert_int_equal(look(&f), PT_OK);
	assert_true(view(&f)->polling);
	f.faults.read_errno = f.faults.init_errno = 0;
	settle(&f);
	assert_false(view(&f)->polling);
	end(&f);
}

static void file_systems_that_are_not_trusted(void **state)
{
	(void)state;
	static const int64_t types[] = {
		0x6969, 0x517B, 0xFF534D42, 0xFE534D42, 0x0BD00BD0, 0x65735546, 0x794C7630, 0x01021997};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		fixture f = {.faults.file_system = types[i]};
		begin_mode(&f, PT_WATCH_AUTO);
		assert_int_equal(look(&f), PT_OK);
		assert_true(view(&f)->polling);
		assert_non_null(strstr(view(&f)->why_polling, "file system"));
		assert_int_equal(view(&f)->problem.code, PT_ERR_WATCH);
		assert_int_equal(pt_run_watch_next_sweep_ms(f.watch), fake_now_ms + 2000);
		/* events that come all the same are taken */
		drain(&f);
		pt_run_watch_clear(f.watch, f.target);
		make_adapter(f.run, "checkpoint-1");
		expect_dirt(&f, true, false);
		end(&f);
		f = (fixture){.faults.file_system = types[i]};
		begin_mode(&f, PT_WATCH_INOTIFY);
		assert_int_equal(look(&f), PT_OK);
		assert_false(view(&f)->polling);
		end(&f);
	}
	fixture f = {.faults.file_system = 0xEF53}; /* ext4 */
	begin_mode(&f, PT_WATCH_AUTO);
	assert_int_equal(look(&f), PT_OK);
	assert_false(view(&f)->polling);
	end(&f);
}

static void polling_as_asked_for(void **state)
{
	(void)state;
	fixture f = {0};
	begin_mode(&f, PT_WATCH_POLL);
	assert_int_equal(pt_run_watch_fd(f.watch), -1);
	assert_int_equal(look(&f), PT_OK);
	assert_true(view(&f)->polling);
	assert_string_equal(view(&f)->why_polling, "asked for");
	assert_int_equal(view(&f)->problem.code, PT_OK);
	assert_int_equal(f.faults.n_added, 0);
	expect_dirt(&f, false, false);
	remove_tree(f.run);
	fake_now_ms += 2000;
	pt_run_watch_sweep(f.watch);
	assert_true(view(&f)->tree_dirty);
	assert_int_equal(look(&f), PT_ERR_NOT_FOUND);
	assert_true(view(&f)->removed);
	end(&f);
}

static void failing_allocations(void **state)
{
	(void)state;
	for (size_t n = 1;; n++) {
		fixture f;
		begin(&f);
		make_adapter(f.run, "checkpoint-1/style");
		make_file(f.run, "logs/train_log.jsonl", "");
		pt_alloc_fail_at(n, false);
		pt_status status = look(&f);
		pt_alloc_fail_at(0, false);
		if (status != PT_OK)
			assert_int_equal(status, PT_ERR_MEMORY);
		/* and it works again */
		settle(&f);
		make_adapter(f.run, "checkpoint-2");
		expect_dirt(&f, true, false);
		end(&f);
		if (status == PT_OK)
			break;
		assert_true(n < 1000);
	}
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
		cmocka_unit_test(a_path_that_comes_part_by_part),
		cmocka_unit_test(removed_and_recreated),
		cmocka_unit_test(moved_away_and_back),
		cmocka_unit_test(replaced_in_one_burst),
		cmocka_unit_test(a_parent_is_moved),
		cmocka_unit_test(a_link_that_is_turned_elsewhere),
		cmocka_unit_test(a_file_in_place_of_the_directory),
		cmocka_unit_test(workspaces_and_several_targets),
		cmocka_unit_test(lost_events_make_everything_dirty),
		cmocka_unit_test(no_watches_left),
		cmocka_unit_test(no_inotify_at_all),
		cmocka_unit_test(inotify_breaks),
		cmocka_unit_test(file_systems_that_are_not_trusted),
		cmocka_unit_test(polling_as_asked_for),
		cmocka_unit_test(failing_allocations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
