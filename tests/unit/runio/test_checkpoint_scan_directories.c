/* Directories as a file system may have them: odd, closed, very many; and those to be watched. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "scan_of_scratch.h"

#include "../../../src/runio/scan_memory.h"

static void odd_files(void **state)
{
	(void)state;
	char path[256];
	make_adapter(scratch, "checkpoint-1");
	make_file(scratch, "checkpoint-2/adapter_model.safetensors/inside", "a directory");
	mkdir(strcat(strcpy(path, scratch), "/checkpoint-3"), 0777);
	assert_int_equal(mkfifo(strcat(path, "/adapter_model.safetensors"), 0600), 0);
	assert_int_equal(symlink("checkpoint-4", strcat(strcpy(path, scratch), "/checkpoint-4")), 0);
	assert_int_equal(symlink("nowhere", strcat(strcpy(path, scratch), "/checkpoint-5")), 0);
	assert_int_equal(symlink("checkpoint-1", strcat(strcpy(path, scratch), "/checkpoint-6")), 0);
	assert_int_equal(symlink("..", strcat(strcpy(path, scratch), "/loop")), 0);
	assert_int_equal(symlink(".", strcat(strcpy(path, scratch), "/checkpoint-1/self")), 0);
	assert_int_equal(mkfifo(strcat(strcpy(path, scratch), "/train_log.jsonl"), 0600), 0);
	assert_int_equal(mkdir(strcat(strcpy(path, scratch), "/checkpoint-7"), 0777), 0);
	assert_int_equal(symlink("gone", strcat(path, "/adapter_model.safetensors")), 0);
	expect("1 checkpoint-1 adapter ready [default+config]\n"
		   "2 checkpoint-2 unknown refused (adapter_model.safetensors: not a regular file)\n"
		   "3 checkpoint-3 unknown refused (adapter_model.safetensors: not a regular file)\n"
		   "4 checkpoint-4 unknown refused (open the directory: Too many levels of symbolic links)\n"
		   "6 checkpoint-6 adapter ready [default+config]\n"
		   "7 checkpoint-7 unknown pending (no weights yet)\n"
		   "problem checkpoint-2/adapter_model.safetensors: not_a_regular_file\n"
		   "problem checkpoint-3/adapter_model.safetensors: not_a_regular_file\n"
		   "problem checkpoint-4: io\n"
		   "problem checkpoint-5: not_found\n"
		   "problem train_log.jsonl: not_a_regular_file\n");
}

static void unreadable_directories(void **state)
{
	(void)state;
	char path[128];
	make_adapter(scratch, "checkpoint-1");
	make_adapter(scratch, "checkpoint-2");
	snprintf(path, sizeof path, "%s/checkpoint-2", scratch);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(chmod(scratch, 0755), 0);
	/* root may read everything: be nobody for the while */
	bool is_root = geteuid() == 0;
	if (is_root && seteuid(65534) != 0)
		skip();
	pt_scan *scan = scan_at(scratch, 0);
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(scan->entries[1].readiness, PT_CHECKPOINT_REFUSED);
	assert_int_equal(scan->entries[1].code, PT_ERR_PERMISSION);
	pt_scan_destroy(scan);
}

/* What a watcher is told of. */
typedef struct watched_directories {
	size_t n;
	char said[1024]; /* the first ones: owner and path */
} watched_directories;

static void note_watched(void *context, const char *path, kept_checkpoint *owner)
{
	watched_directories *watched = context;
	size_t n = strlen(watched->said);
	pt_text text = pt_text_over(watched->said + n, sizeof watched->said - n);
	pt_text_addf(&text, "%s %s\n", owner ? owner->path : "tree", path);
	watched->n++;
}

static void look_watched(watched_directories *watched)
{
	const pt_scan_options options = {.now_wall_ms = wall_ms()};
	const scan_watcher watcher = {watched, note_watched};
	scan_memory *memory = scan_memory_create();
	assert_non_null(memory);
	assert_int_equal(scan_memory_look(memory, scratch, &options, &watcher, NULL), PT_OK);
	scan_memory_destroy(memory);
}

static void a_burst_of_files_and_too_many_directories(void **state)
{
	(void)state;
	char name[128];
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof name, "checkpoint-1/file-%d", i);
		if (i % 4 == 0)
			make_file(scratch, name, "");
	}
	for (int i = 0; i < PT_SCAN_MAX_DIRECTORIES + 10; i++) {
		snprintf(name, sizeof name, "%s/d%d", scratch, i);
		assert_int_equal(mkdir(name, 0777), 0);
	}
	make_adapter(scratch, "checkpoint-1");
	pt_scan *scan = scan_at(scratch, 0);
	assert_int_equal(scan->n_entries, 1);
	assert_int_equal(scan->entries[0].readiness, PT_CHECKPOINT_READY);
	assert_int_equal(scan->n_problems, 1);
	assert_int_equal(scan->problems[0].code, PT_ERR_LIMIT);
	pt_scan_destroy(scan);
	watched_directories watched = {0};
	look_watched(&watched);
	assert_int_equal(watched.n, PT_SCAN_MAX_DIRECTORIES + 1);
}

static void directories_to_watch(void **state)
{
	(void)state;
	make_adapter(scratch, "checkpoint-1/style");
	make_adapter(scratch, "checkpoints/checkpoint-2");
	make_file(scratch, "logs/deep/x", "");
	watched_directories watched = {0};
	look_watched(&watched);
	/* from above to below, each before it is looked into */
	assert_string_equal(watched.said,
		"tree \ntree checkpoints\ntree logs\ntree logs/deep\ncheckpoint-1 checkpoint-1\n"
		"checkpoint-1 checkpoint-1/style\ncheckpoints/checkpoint-2 checkpoints/checkpoint-2\n");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)
	const struct CMUnitTest tests[] = {
		CASE(odd_files),
		CASE(unreadable_directories),
		CASE(a_burst_of_files_and_too_many_directories),
		CASE(directories_to_watch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
