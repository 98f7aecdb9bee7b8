#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "phasetop/app/replay.h"

#include "../../helpers/scratch.h"

#include "../../../src/app/replay_copy.h"

enum { FILE_BYTES = 1 << 20, PATH_BYTES = 2048 };

static char place[64]; /* a temporary directory for each test */

/* Joined paths, the last eight of which stay valid. */
static const char *path_in(const char *directory, const char *name)
{
	static char paths[8][PATH_BYTES];
	static int turn;
	char joined[PATH_BYTES];
	int n = snprintf(joined, sizeof joined, "%s/%s", directory, name);
	assert_in_range(n, 1, PATH_BYTES - 1);
	return memcpy(paths[turn++ % 8], joined, (size_t)n + 1);
}

static bool exists(const char *directory, const char *name)
{
	return access(path_in(directory, name), F_OK) == 0;
}

static size_t get_file(const char *directory, const char *name, char *out)
{
	FILE *in = fopen(path_in(directory, name), "r");
	if (!in)
		fail_msg("no %s in %s", name, directory);
	size_t n = fread(out, 1, FILE_BYTES - 1, in);
	out[n] = '\0';
	fclose(in);
	return n;
}

static char one[FILE_BYTES], other[FILE_BYTES];

static void assert_same_file(const char *a, const char *b, const char *name)
{
	size_t n = get_file(a, name, one), m = get_file(b, name, other);
	assert_int_equal(n, m);
	assert_memory_equal(one, other, n);
}

static void assert_file(const char *directory, const char *name, const char *text)
{
	get_file(directory, name, one);
	assert_string_equal(one, text);
}

static void put_checkpoint(const char *run, int step, const char *state)
{
	char name[64];
	snprintf(name, sizeof name, "checkpoint-%d", step);
	const char *directory = path_in(run, name);
	assert_int_equal(mkdir(directory, 0777), 0);
	write_text(directory, "adapter_model.safetensors", "weights");
	write_text(directory, "adapter_config.json", "{}");
	write_text(directory, ".hidden", "x");
	if (state)
		write_text(directory, "trainer_state.json", state);
}

static void put_run(char *run, size_t capacity)
{
	snprintf(run, capacity, "%s/lr=3e-4 run", place);
	assert_int_equal(mkdir(run, 0777), 0);
	put_checkpoint(run, 10, NULL);
	put_checkpoint(run, 9, NULL);
	put_checkpoint(run, 20, "{\"global_step\": 20, \"log_history\": [{\"step\": 9}, {\"step\": 20}]}");
	put_checkpoint(run, 30, NULL);
	write_text(run, "probe_losses.jsonl",
		"{\"probes\": [\"a\"]}\n{\"step\": 1, \"losses\": [1]}\n{\"step\": 25, \"los");
	write_text(run, "train_log.jsonl", "{\"step\": 40}\n");
	write_text(run, "behaviour.csv", "step,x\n");
	write_text(run, "trainer_state.json",
		"{\"global_step\": 30, \"log_history\": [{\"step\": 9}, {\"train_loss\": 1}]}");
}

static void test_everything_arrives_and_the_source_stays(void **state)
{
	(void)state;
	char run[256];
	put_run(run, sizeof run);
	pt_replay *replay = NULL;
	pt_error err;
	assert_int_equal(pt_replay_start(run, (double)INFINITY, &replay, &err), PT_OK);
	assert_int_equal(pt_replay_wait(replay, &err), PT_OK);
	assert_true(pt_replay_is_done(replay));
	const char *copy = pt_replay_directory(replay);
	assert_string_equal(strrchr(copy, '/'), "/lr=3e-4 run");
	assert_same_file(run, copy, "probe_losses.jsonl"); /* its torn last line too */
	assert_same_file(run, copy, "train_log.jsonl");
	assert_same_file(run, copy, "trainer_state.json");
	static const char *const names[] = {"checkpoint-9", "checkpoint-10", "checkpoint-20", "checkpoint-30"};
	for (int i = 0; i < 4; i++) {
		assert_same_file(path_in(run, names[i]), path_in(copy, names[i]), "adapter_model.safetensors");
		assert_same_file(path_in(run, names[i]), path_in(copy, names[i]), "adapter_config.json");
		assert_false(exists(path_in(copy, names[i]), ".hidden"));
	}
	assert_false(exists(copy, "behaviour.csv"));
	/* states that were not kept are cut from the next later one, at last from the run's own */
	assert_file(path_in(copy, "checkpoint-10"), "trainer_state.json",
		"{\"global_step\": 10, \"log_history\": [{\"step\": 9}]}");
	assert_same_file(path_in(run, "checkpoint-20"), path_in(copy, "checkpoint-20"), "trainer_state.json");
	assert_file(path_in(copy, "checkpoint-30"), "trainer_state.json",
		"{\"global_step\": 30, \"log_history\": [{\"step\": 9}, {\"train_loss\": 1}]}");
	assert_false(exists(path_in(run, "checkpoint-10"), "trainer_state.json"));
	char kept[PATH_BYTES];
	snprintf(kept, sizeof kept, "%s", copy);
	pt_replay_stop(replay);
	assert_int_not_equal(access(kept, F_OK), 0);
	*strrchr(kept, '/') = '\0';
	assert_int_not_equal(access(kept, F_OK), 0);
}

static void test_stop_does_not_wait(void **state)
{
	(void)state;
	char run[256], kept[PATH_BYTES];
	put_run(run, sizeof run);
	pt_replay *replay = NULL;
	pt_error err;
	assert_int_equal(pt_replay_start(run, 1e-6, &replay, &err), PT_OK); /* a step in eleven days */
	snprintf(kept, sizeof kept, "%s", pt_replay_directory(replay));
	assert_false(pt_replay_is_done(replay));
	assert_int_equal(access(kept, F_OK), 0);
	assert_false(exists(kept, "checkpoint-30"));
	pt_replay_stop(replay);
	assert_int_not_equal(access(kept, F_OK), 0);
	pt_replay_stop(NULL);
}

static void test_a_pace_is_kept(void **state)
{
	(void)state;
	char run[256];
	put_run(run, sizeof run);
	pt_replay *replay = NULL;
	pt_error err;
	assert_int_equal(pt_replay_start(run, 1e5, &replay, &err), PT_OK);
	assert_int_equal(pt_replay_wait(replay, &err), PT_OK);
	assert_true(exists(pt_replay_directory(replay), "checkpoint-30"));
	pt_replay_stop(replay);
}

static void test_what_is_no_run_is_refused(void **state)
{
	(void)state;
	pt_replay *replay = NULL;
	pt_error err;
	assert_int_equal(pt_replay_start(path_in(place, "nowhere"), 0, &replay, &err), PT_ERR_NOT_FOUND);
	write_text(place, "file", "");
	assert_int_equal(pt_replay_start(path_in(place, "file"), 0, &replay, &err), PT_ERR_NOT_DIRECTORY);
	assert_int_equal(mkdir(path_in(place, "empty"), 0777), 0);
	assert_int_equal(pt_replay_start(path_in(place, "empty"), 0, &replay, &err), PT_ERR_NO_CHECKPOINTS);
	assert_null(replay);
}

static void test_a_temporary_directory_that_is_not_there(void **state)
{
	(void)state;
	char run[256];
	put_run(run, sizeof run);
	pt_replay *replay = NULL;
	pt_error err;
	setenv("TMPDIR", "/nonexistent-directory", 1);
	assert_int_not_equal(pt_replay_start(run, 0, &replay, &err), PT_OK);
	unsetenv("TMPDIR");
	assert_null(replay);
}

/* What lies in the target each time the copier asks whether to go on. */
typedef struct witness {
	const char *directory;
	int n;
	char seen[8][64];
} witness;

static bool look(void *context)
{
	witness *w = context;
	assert_true(w->n < 8);
	snprintf(w->seen[w->n++], sizeof w->seen[0], "%s%s%s%s",
		exists(w->directory, "adapter_model.safetensors") ? "weights " : "",
		exists(w->directory, "nl/adapter_model.safetensors") ? "named " : "",
		exists(w->directory, "adapter_config.json") ? "config " : "",
		exists(w->directory, "trainer_state.json") ? "state" : "");
	return false;
}

static void test_order_of_the_files(void **state)
{
	(void)state;
	put_checkpoint(place, 1, "{}");
	char from[256], to[256];
	snprintf(from, sizeof from, "%s/checkpoint-1", place);
	snprintf(to, sizeof to, "%s/copy", place);
	witness w = {.directory = to};
	pt_error err;
	const pt_replay_cancel cancel = {look, &w};
	assert_int_equal(pt_replay_copy_checkpoint(from, to, &cancel, &err), PT_OK);
	/* asked twice a file: before its bytes, and before its end is seen */
	assert_int_equal(w.n, 6);
	assert_string_equal(w.seen[0], ""); /* under a temporary name so far */
	assert_string_equal(w.seen[1], "");
	assert_string_equal(w.seen[2], "weights config ");
	assert_string_equal(w.seen[4], "weights config state");
}

static bool always(void *context)
{
	(void)context;
	return true;
}

static void test_a_copy_that_is_called_off(void **state)
{
	(void)state;
	put_checkpoint(place, 1, "{}");
	char from[256], to[256];
	snprintf(from, sizeof from, "%s/checkpoint-1", place);
	snprintf(to, sizeof to, "%s/copy", place);
	pt_error err;
	const pt_replay_cancel cancel = {always, NULL};
	assert_int_equal(pt_replay_copy_checkpoint(from, to, &cancel, &err), PT_ERR_CANCELLED);
	assert_false(exists(to, "adapter_model.safetensors"));
}

static void test_fifos_and_named_adapters(void **state)
{
	(void)state;
	put_checkpoint(place, 1, NULL);
	char from[256], to[256];
	snprintf(from, sizeof from, "%s/checkpoint-1", place);
	snprintf(to, sizeof to, "%s/copy", place);
	assert_int_equal(mkfifo(path_in(from, "pipe.json"), 0600), 0);
	assert_int_equal(mkdir(path_in(from, "nl"), 0777), 0);
	write_text(path_in(from, "nl"), "adapter_model.safetensors", "more");
	witness w = {.directory = to};
	pt_error err;
	const pt_replay_cancel cancel = {look, &w};
	assert_int_equal(pt_replay_copy_checkpoint(from, to, &cancel, &err), PT_OK);
	assert_same_file(from, to, "nl/adapter_model.safetensors");
	assert_false(exists(to, "pipe.json"));
}

static void test_csv_logs_go_by_their_first_column(void **state)
{
	(void)state;
	write_text(place, "metrics.csv", "step,loss\n5,1.0\n10,0.5\nx,1\n");
	pt_replay_log log;
	pt_error err;
	assert_int_equal(
		pt_replay_log_init(&log, path_in(place, "metrics.csv"), path_in(place, "out"), true, &err), PT_OK);
	assert_int_equal(log.step, INT64_MIN); /* the header comes before every step */
	assert_int_equal(pt_replay_log_advance(&log, &err), PT_OK);
	assert_int_equal(log.step, 5);
	assert_file(place, "out", "step,loss\n");
	assert_int_equal(pt_replay_log_advance(&log, &err), PT_OK);
	assert_int_equal(log.step, 10);
	assert_int_equal(pt_replay_log_advance(&log, &err), PT_OK);
	assert_int_equal(log.step, 10); /* a line without a step goes with the one before */
	assert_int_equal(pt_replay_log_advance(&log, &err), PT_OK);
	assert_int_equal(log.line_bytes, 0);
	pt_replay_log_fini(&log);
	assert_file(place, "out", "step,loss\n5,1.0\n10,0.5\nx,1\n");
}

static void test_lines_longer_than_a_chunk(void **state)
{
	(void)state;
	FILE *out = fopen(path_in(place, "train_log.jsonl"), "w");
	assert_non_null(out);
	for (int line = 0; line < 3; line++) {
		fputs("{\"pad\": \"", out);
		for (int i = 0; i < 300000; i++)
			fputc('x', out);
		fprintf(out, "\", \"step\": %d}\n", line);
	}
	fclose(out);
	pt_replay_log log;
	pt_error err;
	assert_int_equal(
		pt_replay_log_init(&log, path_in(place, "train_log.jsonl"), path_in(place, "out"), false, &err),
		PT_OK);
	for (int line = 0; line < 3; line++) {
		assert_int_equal(log.step, line);
		assert_int_equal(pt_replay_log_advance(&log, &err), PT_OK);
	}
	assert_int_equal(log.line_bytes, 0);
	pt_replay_log_fini(&log);
	assert_same_file(place, place, "out");
	assert_int_equal(get_file(place, "out", one), get_file(place, "train_log.jsonl", other));
}

static void test_the_sample_run(void **state)
{
	(void)state;
	pt_replay *replay = NULL;
	pt_error err;
	assert_int_equal(pt_replay_start("sample_runs/medical_r4", (double)INFINITY, &replay, &err), PT_OK);
	assert_int_equal(pt_replay_wait(replay, &err), PT_OK);
	const char *copy = pt_replay_directory(replay);
	assert_same_file("sample_runs/medical_r4", copy, "probe_losses.jsonl");
	int n = 0;
	DIR *directory = opendir(copy);
	assert_non_null(directory);
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
		n += strncmp(entry->d_name, "checkpoint-", 11) == 0;
	closedir(directory);
	assert_int_equal(n, 60);
	/* each checkpoint has a state, and its last row is of its own step */
	get_file(path_in(copy, "checkpoint-150"), "trainer_state.json", one);
	assert_non_null(strstr(one, "\"global_step\": 150"));
	assert_non_null(strstr(one, "\"step\": 150"));
	assert_null(strstr(one, "\"step\": 151"));
	pt_replay_stop(replay);
}

static int set_up(void **state)
{
	(void)state;
	scratch_directory(place);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pt_replay_remove_tree(place);
	return access(place, F_OK) == 0 ? -1 : 0;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_everything_arrives_and_the_source_stays),
		CASE(test_stop_does_not_wait),
		CASE(test_a_pace_is_kept),
		CASE(test_what_is_no_run_is_refused),
		CASE(test_a_temporary_directory_that_is_not_there),
		CASE(test_order_of_the_files),
		CASE(test_a_copy_that_is_called_off),
		CASE(test_fifos_and_named_adapters),
		CASE(test_csv_logs_go_by_their_first_column),
		CASE(test_lines_longer_than_a_chunk),
		CASE(test_the_sample_run),
	};
#undef CASE
	return cmocka_run_group_tests(tests, NULL, NULL);
}
