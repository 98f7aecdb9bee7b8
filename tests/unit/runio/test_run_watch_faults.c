/* What the watching does where the system has no events to give, loses them, or is not to be trusted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"

#include "watch_fixture.h"

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
