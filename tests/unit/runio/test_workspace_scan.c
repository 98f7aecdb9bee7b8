#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "phasetop/base/alloc.h"

#include "scan_of_scratch.h"

static pt_workspace *workspace_of(const char *path)
{
	pt_workspace *workspace = NULL;
	pt_error err;
	if (pt_workspace_scan(path, &workspace, &err) != PT_OK)
		fail_msg("%s: %s", path, err.message);
	return workspace;
}

static void workspaces(void **state)
{
	(void)state;
	make_adapter(scratch, "run10/checkpoint-1");
	make_adapter(scratch, "run9/checkpoints/checkpoint-1");
	make_file(scratch, "run11/probe_losses.jsonl", "");
	make_file(scratch, "logs/train_log.jsonl", "of no run of its own");
	make_file(scratch, "notes/readme.txt", "");
	make_adapter(scratch, ".trash/checkpoint-1");
	pt_workspace *workspace = workspace_of(scratch);
	assert_false(workspace->is_run);
	assert_int_equal(workspace->n_runs, 3);
	static const char *const names[] = {"/run9", "/run10", "/run11"};
	for (size_t i = 0; i < 3; i++) {
		char path[128];
		snprintf(path, sizeof path, "%s%s", scratch, names[i]);
		assert_string_equal(workspace->runs[i], path);
	}
	assert_int_equal(workspace->n_directories, 6); /* itself, and all that may become runs */
	pt_workspace_destroy(workspace);
	char slashes[128];
	snprintf(slashes, sizeof slashes, "%s//", scratch);
	workspace = workspace_of(slashes);
	assert_int_equal(strncmp(workspace->runs[0], scratch, strlen(scratch)), 0);
	assert_string_equal(workspace->runs[0] + strlen(scratch), "/run9");
	pt_workspace_destroy(workspace);
	/* a checkpoint in the path itself: it is a run */
	make_adapter(scratch, "checkpoint-3");
	workspace = workspace_of(scratch);
	assert_true(workspace->is_run);
	assert_int_equal(workspace->n_runs, 0);
	assert_int_equal(workspace->n_directories, 1); /* what lies below a run is not looked into */
	pt_workspace_destroy(workspace);
}

/* There may be runs in it: that is told. Root may read everything, so it looks as somebody else. */
static void a_directory_that_may_not_be_read(void **state)
{
	(void)state;
	char locked[128];
	make_adapter(scratch, "open/checkpoint-1");
	make_adapter(scratch, "locked/checkpoint-1");
	snprintf(locked, sizeof locked, "%s/locked", scratch);
	assert_int_equal(chmod(scratch, 0755), 0);
	assert_int_equal(chmod(locked, 0), 0);
	bool is_root = geteuid() == 0;
	if (is_root)
		assert_int_equal(seteuid(65534), 0);
	pt_workspace *workspace = NULL;
	pt_status status = pt_workspace_scan(scratch, &workspace, NULL);
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	chmod(locked, 0755);
	assert_int_equal(status, PT_OK);
	assert_int_equal(workspace->n_runs, 1);
	assert_int_equal(workspace->n_unreadable, 1);
	assert_string_equal(workspace->unreadable[0], locked);
	pt_workspace_destroy(workspace);
}

static void neither_run_nor_workspace(void **state)
{
	(void)state;
	pt_workspace *workspace = workspace_of(scratch);
	assert_false(workspace->is_run);
	assert_int_equal(workspace->n_runs, 0);
	pt_workspace_destroy(workspace);
	pt_error err;
	assert_int_equal(pt_workspace_scan("/nonexistent/x", &workspace, &err), PT_ERR_NOT_FOUND);
	make_file(scratch, "train_log.jsonl", "");
	workspace = workspace_of(scratch);
	assert_true(workspace->is_run);
	pt_workspace_destroy(workspace);
}

static void set_time(const char *below, time_t seconds)
{
	char path[256];
	const struct timespec times[2] = {{seconds, 0}, {seconds, 0}};
	snprintf(path, sizeof path, "%s/%s", scratch, below);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void the_newest_run(void **state)
{
	(void)state;
	char *run = NULL;
	char expected[128];
	pt_error err;
	assert_int_equal(pt_workspace_newest(scratch, &run, &err), PT_ERR_NO_CHECKPOINTS);
	make_adapter(scratch, "old/checkpoint-1");
	make_adapter(scratch, "deep/new/checkpoint-1");
	make_file(scratch, "middle/train_log.jsonl", "");
	set_time("old/checkpoint-1", 1000);
	set_time("deep/new/checkpoint-1", 3000);
	set_time("middle/train_log.jsonl", 2000);
	assert_int_equal(pt_workspace_newest(scratch, &run, &err), PT_OK);
	snprintf(expected, sizeof expected, "%s/deep/new", scratch);
	assert_string_equal(run, expected);
	pt_free(run);
	set_time("middle/train_log.jsonl", 4000);
	assert_int_equal(pt_workspace_newest(scratch, &run, &err), PT_OK);
	snprintf(expected, sizeof expected, "%s/middle", scratch);
	assert_string_equal(run, expected);
	pt_free(run);
	make_adapter(scratch, "checkpoint-1");
	assert_int_equal(pt_workspace_newest(scratch, &run, &err), PT_OK);
	assert_string_equal(run, scratch);
	pt_free(run);
}

/* A lone adapter is a run where there are no others; files with a step make one as directories do. */
static void results_and_files(void **state)
{
	(void)state;
	make_file(scratch, "final/adapter_model.safetensors", "x");
	pt_workspace *workspace = workspace_of(scratch);
	assert_int_equal(workspace->n_runs, 1);
	pt_workspace_destroy(workspace);
	make_file(scratch, "mlx/0000100_adapters.safetensors", "x");
	workspace = workspace_of(scratch);
	assert_false(workspace->is_run);
	assert_int_equal(workspace->n_runs, 1);
	assert_string_equal(strrchr(workspace->runs[0], '/'), "/mlx");
	pt_workspace_destroy(workspace);
	char *newest = NULL;
	assert_int_equal(pt_workspace_newest(scratch, &newest, NULL), PT_OK);
	assert_string_equal(strrchr(newest, '/'), "/mlx");
	pt_free(newest);
	make_file(scratch, "adapter_model.safetensors", "x");
	workspace = workspace_of(scratch);
	assert_true(workspace->is_run);
	pt_workspace_destroy(workspace);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)
	const struct CMUnitTest tests[] = {
		CASE(results_and_files),
		CASE(workspaces),
		CASE(a_directory_that_may_not_be_read),
		CASE(neither_run_nor_workspace),
		CASE(the_newest_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
