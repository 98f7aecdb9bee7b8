/* The directory that is watched comes, goes, moves, or is another one; several of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>

#include "watch_fixture.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_that_comes_part_by_part),
		cmocka_unit_test(removed_and_recreated),
		cmocka_unit_test(moved_away_and_back),
		cmocka_unit_test(replaced_in_one_burst),
		cmocka_unit_test(a_parent_is_moved),
		cmocka_unit_test(a_link_that_is_turned_elsewhere),
		cmocka_unit_test(a_file_in_place_of_the_directory),
		cmocka_unit_test(workspaces_and_several_targets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
