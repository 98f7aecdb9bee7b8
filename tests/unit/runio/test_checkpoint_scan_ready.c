/* Checkpoints that are not whole yet, and those that never will be. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "scan_of_scratch.h"

/* Pickles in the run itself are told where nothing else is there. */
static void pickles_alone(void **state)
{
	(void)state;
	make_file(scratch, "epoch=3-step=100.ckpt", "");
	make_file(scratch, "epoch=4-step=200.ckpt", "");
	make_file(scratch, "data.pt", "none of the weights");
	pt_scan *scan = scan_at(scratch, 0);
	assert_int_equal(scan->n_problems, 1);
	assert_int_equal(scan->problems[0].code, PT_ERR_PICKLE);
	assert_non_null(strstr(scan->problems[0].message, "and 1 more like it"));
	pt_scan_destroy(scan);
	make_adapter(scratch, "checkpoint-1");
	expect("1 checkpoint-1 adapter ready [default+config]\n");
}

/* Left by a writer that was killed, or a directory that was never filled: told once it has been quiet for a
 * minute. */
static void what_a_killed_writer_left(void **state)
{
	(void)state;
	make_file(scratch, "checkpoint-1/.tmpAbCdEf", "half");
	make_file(scratch, "checkpoint-2/model-00001-of-00002.safetensors", "x");
	make_file(scratch, "checkpoint-3/trainer_state.json", "{}");
	expect_at(120000,
		"1 checkpoint-1 unknown refused (no weights, only a file left by a killed writer: .tmpAbCdEf)\n"
		"2 checkpoint-2 unknown refused (no model.safetensors.index.json: the shards were not finished)\n"
		"3 checkpoint-3 unknown refused (no weights in it, though trainer_state.json is written last: "
		"deleted, or never saved)\n"
		"log checkpoint-3/trainer_state.json: trainer_state.json\n"
		"problem checkpoint-1: truncated\n"
		"problem checkpoint-2: truncated\n"
		"problem checkpoint-3: notice\n");
}

static void what_is_not_ready_says_what_it_waits_for(void **state)
{
	(void)state;
	make_file(scratch, "checkpoint-1/adapter_model.safetensors", "weights");
	make_file(scratch, "checkpoint-2/.tmpAbCdEf", "half");
	make_file(scratch, "checkpoint-3/README.md", "");
	make_file(scratch, "checkpoint-4/adapter_config.json", "{}");
	make_file(scratch, "checkpoint-5/adapter_model.safetensors", "");
	make_file(scratch, "checkpoint-6/adapter_model.safetensors", "weights");
	make_file(scratch, "checkpoint-6/adapter_config.json", "");
	make_file(scratch, "checkpoint-7/model.safetensors", "");
	make_file(scratch, "checkpoint-8/x", "");
	char path[128];
	snprintf(path, sizeof path, "%s/checkpoint-8/x", scratch);
	assert_int_equal(unlink(path), 0);
	/* young: everything waits; checkpoint-7 is passed over, for the others have adapters */
	expect_at(0, "1 checkpoint-1 adapter pending (no adapter_config.json yet) [default]\n"
				 "2 checkpoint-2 unknown pending (no weights yet, only the staging file .tmpAbCdEf)\n"
				 "3 checkpoint-3 unknown pending (no weights yet)\n"
				 "4 checkpoint-4 unknown pending (no adapter_model.safetensors yet)\n"
				 "5 checkpoint-5 adapter pending (adapter_model.safetensors is empty) [default]\n"
				 "6 checkpoint-6 adapter pending (adapter_config.json is empty) [default+config]\n"
				 "8 checkpoint-8 unknown pending (empty directory)\n"
				 "problem checkpoint-7: notice\n");
	/* settled: what has weights goes to its reader, which says what is wrong with them */
	expect_at(30000, "1 checkpoint-1 adapter ready [default]\n"
					 "2 checkpoint-2 unknown pending (no weights yet, only the staging file .tmpAbCdEf)\n"
					 "3 checkpoint-3 unknown pending (no weights yet)\n"
					 "4 checkpoint-4 unknown pending (no adapter_model.safetensors yet)\n"
					 "5 checkpoint-5 adapter ready [default]\n"
					 "6 checkpoint-6 adapter ready [default+config]\n"
					 "8 checkpoint-8 unknown pending (empty directory)\n"
					 "problem checkpoint-7: notice\n");
}

static void the_time_to_look_again(void **state)
{
	(void)state;
	make_file(scratch, "checkpoint-1/adapter_model.safetensors", "weights");
	char path[128];
	snprintf(path, sizeof path, "%s/checkpoint-1/adapter_model.safetensors", scratch);
	struct stat found;
	assert_int_equal(stat(path, &found), 0);
	int64_t changed_ms = (int64_t)found.st_ctim.tv_sec * 1000 + found.st_ctim.tv_nsec / 1000000;
	const pt_scan_options just_before = {changed_ms + 9999, 10000}, just_after = {changed_ms + 10000, 10000};
	const pt_scan_options at_once = {changed_ms, 0}, jumped = {changed_ms - 3600000, 10000};
	pt_scan *scan;
	assert_int_equal(pt_scan_run(scratch, &just_before, &scan, NULL), PT_OK);
	assert_int_equal(scan->entries[0].readiness, PT_CHECKPOINT_PENDING);
	assert_in_range(scan->rescan_wall_ms, changed_ms + 10000, changed_ms + 10001);
	pt_scan_destroy(scan);
	const pt_scan_options *const ready[] = {&just_after, &at_once, &jumped};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(pt_scan_run(scratch, ready[i], &scan, NULL), PT_OK);
		assert_int_equal(scan->entries[0].readiness, PT_CHECKPOINT_READY);
		assert_true(scan->rescan_wall_ms == INT64_MAX);
		pt_scan_destroy(scan);
	}
	/* a copy that keeps an old mtime (cp -p, rsync -t) is still young by its ctime */
	const struct timespec old[2] = {{1000, 0}, {1000, 0}};
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	assert_int_equal(pt_scan_run(scratch, &just_before, &scan, NULL), PT_OK);
	assert_int_equal(scan->entries[0].readiness, PT_CHECKPOINT_PENDING);
	assert_int_equal(scan->entries[0].written_ns, 1000000000000);
	pt_scan_destroy(scan);
}

static void pickles_are_refused_by_name(void **state)
{
	(void)state;
	make_file(scratch, "checkpoint-1/adapter_model.bin", "PK");
	make_file(scratch, "checkpoint-1/adapter_config.json", "{}");
	make_file(scratch, "checkpoint-2/pytorch_model.bin", "PK");
	make_file(scratch, "checkpoint-3/__0_0.distcp", "PK");
	make_file(scratch, "checkpoint-4/model.pt", "PK");
	make_file(scratch, "checkpoint-5/optimizer.pt", "beside weights that are not there yet");
	make_file(scratch, "checkpoint-5/rng_state.pth", "");
	make_file(scratch, "checkpoint-6/pytorch_lora_weights.safetensors", "beside no pickle");
	make_file(scratch, "checkpoint-7/adapter_model.bin", "PK");
	make_adapter(scratch, "checkpoint-7");
	pt_scan *scan = scan_at(scratch, 0);
	static const pt_status codes[] = {
		PT_ERR_PICKLE, PT_ERR_PICKLE, PT_ERR_PICKLE, PT_ERR_PICKLE, PT_OK, PT_OK, PT_OK};
	static const pt_checkpoint_readiness states[] = {PT_CHECKPOINT_REFUSED, PT_CHECKPOINT_REFUSED,
		PT_CHECKPOINT_REFUSED, PT_CHECKPOINT_REFUSED, PT_CHECKPOINT_PENDING, PT_CHECKPOINT_READY,
		PT_CHECKPOINT_READY};
	assert_int_equal(scan->n_entries, 7);
	for (size_t i = 0; i < 7; i++) {
		assert_int_equal(scan->entries[i].code, codes[i]);
		assert_int_equal(scan->entries[i].readiness, states[i]);
	}
	assert_int_equal(scan->n_problems, 4);
	assert_string_equal(scan->problems[0].path, "checkpoint-1/adapter_model.bin");
	assert_int_equal(scan->problems[0].code, PT_ERR_PICKLE);
	assert_non_null(strstr(scan->problems[0].message, "safe_serialization=True"));
	pt_scan_destroy(scan);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)
	const struct CMUnitTest tests[] = {
		CASE(pickles_alone),
		CASE(what_a_killed_writer_left),
		CASE(what_is_not_ready_says_what_it_waits_for),
		CASE(the_time_to_look_again),
		CASE(pickles_are_refused_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
