#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "phasetop/base/alloc.h"

#include "scan_fixture.h"

#include "../../../src/runio/scan_memory.h"

static char root[64];

static int make_root(void **state)
{
	(void)state;
	scratch_directory(root);
	return 0;
}

static int remove_root(void **state)
{
	(void)state;
	remove_tree(root);
	return 0;
}

/* Scan with everything settled, or with everything as young as it is. */
static pt_scan *scan_at(const char *run, int64_t later_ms)
{
	const pt_scan_options options = {.now_wall_ms = wall_ms() + later_ms, .settle_ms = PT_SCAN_SETTLE_MS};
	pt_scan *scan = NULL;
	pt_error err = {0};
	if (pt_scan_run(run, &options, &scan, &err) != PT_OK)
		fail_msg("%s: %s", run, err.message);
	return scan;
}

static void expect_at(int64_t later_ms, const char *expected)
{
	char text[8192];
	pt_scan *scan = scan_at(root, later_ms);
	describe_scan(scan, text, sizeof text);
	assert_string_equal(text, expected);
	pt_scan_destroy(scan);
}

static void expect(const char *expected)
{
	expect_at(60000, expected);
}

static void names_of_checkpoints(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int64_t step; /* -1: no checkpoint; -2: does not fit */
	} rows[] = {{"checkpoint-5", 5}, {"checkpoint-005", 5}, {"checkpoint_7", 7}, {"step_0", 0},
		{"epoch_3", 3}, {"global_step12", 12}, {"checkpoint-9223372036854775807", INT64_MAX},
		{"checkpoint-9223372036854775808", -2}, {"checkpoint-99999999999999999999", -2}, {"checkpoint-", -1},
		{"checkpoint--5", -1}, {"checkpoint-5a", -1}, {"checkpoint-5.5", -1}, {"tmp-checkpoint-5", -1},
		{"checkpoint-5-old", -1}, {"checkpoint5", -1}, {"Checkpoint-5", -1}, {"step-5", -1},
		{"global_step", -1}, {"checkpoints", -1}, {"step_5_final", -1}, {"checkpoint-best", -1}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t step = -1;
		pt_status status = PT_OK;
		bool is_name = pt_checkpoint_name_parse(rows[i].name, &step, &status);
		assert_int_equal(is_name, rows[i].step != -1);
		if (is_name)
			assert_int_equal(status, rows[i].step == -2 ? PT_ERR_LIMIT : PT_OK);
		if (rows[i].step >= 0)
			assert_int_equal(step, rows[i].step);
	}
}

/* Files that are checkpoints by themselves, and weights without a step. */
static void names_of_files(void **state)
{
	(void)state;
	static const struct {
		const char *directory, *name;
		int64_t step; /* -1: nothing; -2: does not fit; -3: without a step */
		pt_step_unit unit;
		bool is_file;
	} rows[] = {{"", "0000100_adapters.safetensors", 100, PT_UNIT_STEP, true},
		{"", "tiny-step00000004.safetensors", 4, PT_UNIT_STEP, true},
		{"", "name-000002.safetensors", 2, PT_UNIT_EPOCH, true},
		{"", "name_000001000.safetensors", 1000, PT_UNIT_STEP, true},
		{"", "epoch_3.safetensors", 3, PT_UNIT_EPOCH, true},
		{"", "lora-Step-50.safetensors", 50, PT_UNIT_STEP, true},
		{"", "checkpoint-4.safetensors", 4, PT_UNIT_STEP, true},
		{"", "iter=7.safetensors", 7, PT_UNIT_STEP, true},
		{"checkpoints", "checkpoint_7", 7, PT_UNIT_SAVE, false}, {"", "checkpoint_7", 7, PT_UNIT_STEP, false},
		{"checkpoints", "checkpoint-7", 7, PT_UNIT_STEP, false},
		{"", "name-step99999999999999999999.safetensors", -2, PT_UNIT_STEP, true},
		{"", "lora-v2.safetensors", -3, PT_UNIT_STEP, true},
		{"", "lora-7.safetensors", -3, PT_UNIT_STEP, true},
		{"", "one_step.safetensors", -3, PT_UNIT_STEP, true},
		{"", "adapters.safetensors", -3, PT_UNIT_STEP, true},
		{"", "_adapters.safetensors", -3, PT_UNIT_STEP, true}, {"", "1.safetensors", -3, PT_UNIT_STEP, true},
		{"", "model.safetensors.index.json", -3, PT_UNIT_STEP, true}, {"", "best", -3, PT_UNIT_STEP, false},
		{"", "checkpoint-best", -3, PT_UNIT_STEP, false}, {"", "final_model", -3, PT_UNIT_STEP, false},
		{"", "model-00001-of-00005.safetensors", -1, 0, false}, {"", ".tmp.safetensors", -1, 0, false},
		{"", ".safetensors", -1, 0, false}, {"", "adapter_config.json", -1, 0, false},
		{"", "finally", -1, 0, false}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		checkpoint_name found = {0};
		pt_status status = checkpoint_name_read(rows[i].directory, rows[i].name, &found);
		pt_status expected = rows[i].step == -1   ? PT_ERR_NOT_FOUND
							 : rows[i].step == -2 ? PT_ERR_LIMIT
												  : PT_OK;
		if (status != expected || found.is_unnumbered != (rows[i].step == -3))
			fail_msg("%s: %s", rows[i].name, pt_status_name(status));
		if (status == PT_ERR_NOT_FOUND)
			continue;
		assert_int_equal(found.unit, rows[i].unit);
		assert_int_equal(found.is_file, rows[i].is_file);
		if (rows[i].step >= 0)
			assert_int_equal(found.step, rows[i].step);
	}
}

/* Each with the config beside it, those that wait for none at once. */
static void checkpoints_that_are_files(void **state)
{
	(void)state;
	make_file(root, "0000100_adapters.safetensors", "x");
	make_file(root, "0000200_adapters.safetensors", "x");
	make_file(root, "adapters.safetensors", "x");
	make_file(root, "adapter_config.json", "{}");
	make_file(root, "checkpoints/name-step00000300.safetensors", "x");
	make_file(root, "model-00001-of-00002.safetensors", "a shard of another thing");
	expect_at(0, "100 0000100_adapters.safetensors adapter ready [default+config]\n"
				 "200 0000200_adapters.safetensors adapter ready [default+config]\n"
				 "300 checkpoints/name-step00000300.safetensors adapter ready [default]\n"
				 "- adapters.safetensors adapter ready [default+config]\n");
}

static void weights_under_other_names(void **state)
{
	(void)state;
	make_file(root, "checkpoint-1/pytorch_lora_weights.safetensors", "x");
	make_file(root, "checkpoint-1/model.safetensors", "what accelerate saves besides");
	make_file(root, "checkpoint-2/lora.safetensors", "x");
	make_file(root, "checkpoint-2/adapter_config.json", "{}");
	make_file(root, "checkpoint-3/a.safetensors", "x");
	make_file(root, "checkpoint-3/b.safetensors", "x");
	expect("1 checkpoint-1 adapter ready [default]\n"
		   "2 checkpoint-2 adapter ready [default+config]\n"
		   "3 checkpoint-3 unknown refused (several .safetensors files and none of a known name: which one "
		   "is the "
		   "checkpoint?)\n"
		   "problem checkpoint-3: ambiguous\n");
}

/* Pickles in the run itself are told where nothing else is there. */
static void pickles_alone(void **state)
{
	(void)state;
	make_file(root, "epoch=3-step=100.ckpt", "");
	make_file(root, "epoch=4-step=200.ckpt", "");
	make_file(root, "data.pt", "none of the weights");
	pt_scan *scan = scan_at(root, 0);
	assert_int_equal(scan->n_problems, 1);
	assert_int_equal(scan->problems[0].code, PT_ERR_PICKLE);
	assert_non_null(strstr(scan->problems[0].message, "and 1 more like it"));
	pt_scan_destroy(scan);
	make_adapter(root, "checkpoint-1");
	expect("1 checkpoint-1 adapter ready [default+config]\n");
}

/* Left by a writer that was killed, or a directory that was never filled: told once it has been quiet for a
 * minute. */
static void what_a_killed_writer_left(void **state)
{
	(void)state;
	make_file(root, "checkpoint-1/.tmpAbCdEf", "half");
	make_file(root, "checkpoint-2/model-00001-of-00002.safetensors", "x");
	make_file(root, "checkpoint-3/trainer_state.json", "{}");
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

static void names_of_logs(void **state)
{
	(void)state;
	static const char *const logs[] = {"trainer_state.json", "train_log.jsonl", "trainer_log.jsonl",
		"metrics.jsonl", "metrics.csv", "probe_losses.jsonl", "probe_losses_gaussian.jsonl",
		"probe_losses.csv", "events.out.tfevents.1795227407.node01.17716.0", "run-50.wandb"};
	static const char *const others[] = {"truth.json", "behaviour.csv", "reference.json", "run_config.json",
		"train_results.json", "all_results.json", "config.json", "loss.csv", "my_train_log.jsonl",
		"train_log.jsonl.bak", "probe_sigma.jsonl", "wandb", "adapter_config.json", ""};
	pt_log_kind kind;
	for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++)
		assert_true(pt_log_kind_of_name(logs[i], &kind));
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_false(pt_log_kind_of_name(others[i], &kind));
}

static void nothing_there(void **state)
{
	(void)state;
	const pt_scan_options options = {0};
	pt_scan *scan = NULL;
	pt_error err;
	char path[128];
	expect("");
	snprintf(path, sizeof path, "%s/none", root);
	assert_int_equal(pt_scan_run(path, &options, &scan, &err), PT_ERR_NOT_FOUND);
	make_file(root, "file", "");
	snprintf(path, sizeof path, "%s/file", root);
	assert_int_equal(pt_scan_run(path, &options, &scan, &err), PT_ERR_NOT_DIRECTORY);
	assert_string_equal(err.path, path);
	assert_null(scan);
	pt_scan_destroy(NULL);
}

static void steps_sort_as_numbers(void **state)
{
	(void)state;
	make_adapter(root, "checkpoint-10");
	make_adapter(root, "checkpoint-9");
	make_adapter(root, "checkpoint-100");
	make_file(root, "checkpoint-9/trainer_state.json", "{}");
	expect("9 checkpoint-9 adapter ready [default+config state]\n"
		   "10 checkpoint-10 adapter ready [default+config]\n"
		   "100 checkpoint-100 adapter ready [default+config]\n"
		   "log checkpoint-9/trainer_state.json: trainer_state.json\n");
}

static void every_pattern_and_the_container(void **state)
{
	(void)state;
	make_adapter(root, "checkpoints/checkpoint-3");
	make_adapter(root, "checkpoint_1");
	make_adapter(root, "step_2");
	make_adapter(root, "global_step4");
	expect("1 checkpoint_1 adapter ready [default+config]\n"
		   "2 step_2 adapter ready [default+config]\n"
		   "3 checkpoints/checkpoint-3 adapter ready [default+config]\n"
		   "4 global_step4 adapter ready [default+config]\n");
}

static void staging_and_strays_are_passed_over(void **state)
{
	(void)state;
	make_adapter(root, "tmp-checkpoint-8");
	make_adapter(root, ".tmpAbC");
	make_adapter(root, ".ipynb_checkpoints/checkpoint-7");
	make_adapter(root, "adapter_model");
	make_adapter(root, "checkpoint-4");
	make_adapter(root, "checkpoint-4/adapter_model");
	make_adapter(root, "checkpoint-4/.ipynb_checkpoints");
	make_file(root, "checkpoint-5", "a file");
	make_file(root, "adapter_model.safetensors", "the last one again");
	make_adapter(root, "best");
	make_file(root, "checkpoint-best/README.md", "no weights");
	expect("4 checkpoint-4 adapter ready [default+config]\n"
		   "- adapter_model.safetensors adapter ready [default]\n"
		   "- best adapter ready [default+config]\n");
}

static void steps_that_do_not_fit(void **state)
{
	(void)state;
	make_adapter(root, "checkpoint-99999999999999999999");
	make_adapter(root, "checkpoint-1");
	expect("1 checkpoint-1 adapter ready [default+config]\n"
		   "problem checkpoint-99999999999999999999: over_limit\n");
}

static void networks_and_shards(void **state)
{
	(void)state;
	make_file(root, "step_0/model.safetensors", "w");
	make_file(root, "step_1/model.safetensors.index.json", "{}");
	make_file(root, "step_1/model-00001-of-00002.safetensors", "abc");
	make_file(root, "step_1/model-00002-of-00002.safetensors", "defg");
	make_file(root, "step_2/model-00001-of-00002.safetensors", "abc");
	expect("0 step_0 full ready []\n"
		   "1 step_1 full ready [ index]\n"
		   "2 step_2 unknown pending (no model.safetensors.index.json yet, only shards)\n");
	pt_scan *before = scan_at(root, 60000);
	make_file(root, "step_1/model-00002-of-00002.safetensors", "other");
	pt_scan *after = scan_at(root, 60000);
	assert_int_equal(before->entries[1].parts[0].weights_identity.size_bytes, 2 + 3 + 4);
	assert_false(pt_file_identity_equal(
		&before->entries[1].parts[0].weights_identity, &after->entries[1].parts[0].weights_identity));
	assert_true(pt_file_identity_equal(
		&before->entries[0].parts[0].weights_identity, &after->entries[0].parts[0].weights_identity));
	assert_true(after->entries[0].written_ns > 0);
	pt_scan_destroy(before);
	pt_scan_destroy(after);
}

static void named_adapters(void **state)
{
	(void)state;
	make_adapter(root, "checkpoint-4/style");
	make_adapter(root, "checkpoint-4");
	make_adapter(root, "checkpoint-8/medical");
	make_file(root, "checkpoint-8/notes/readme.txt", "");
	expect("4 checkpoint-4 adapter ready [default+config] [style+config]\n"
		   "8 checkpoint-8 adapter ready [medical+config]\n");
	pt_scan *scan = scan_at(root, 0);
	assert_string_equal(scan->entries[0].parts[1].weights, "checkpoint-4/style/adapter_model.safetensors");
	assert_string_equal(scan->entries[0].parts[1].config, "checkpoint-4/style/adapter_config.json");
	pt_scan_destroy(scan);
}

static void what_is_not_ready_says_what_it_waits_for(void **state)
{
	(void)state;
	make_file(root, "checkpoint-1/adapter_model.safetensors", "weights");
	make_file(root, "checkpoint-2/.tmpAbCdEf", "half");
	make_file(root, "checkpoint-3/README.md", "");
	make_file(root, "checkpoint-4/adapter_config.json", "{}");
	make_file(root, "checkpoint-5/adapter_model.safetensors", "");
	make_file(root, "checkpoint-6/adapter_model.safetensors", "weights");
	make_file(root, "checkpoint-6/adapter_config.json", "");
	make_file(root, "checkpoint-7/model.safetensors", "");
	make_file(root, "checkpoint-8/x", "");
	char path[128];
	snprintf(path, sizeof path, "%s/checkpoint-8/x", root);
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
	make_file(root, "checkpoint-1/adapter_model.safetensors", "weights");
	char path[128];
	snprintf(path, sizeof path, "%s/checkpoint-1/adapter_model.safetensors", root);
	struct stat found;
	assert_int_equal(stat(path, &found), 0);
	int64_t changed_ms = (int64_t)found.st_ctim.tv_sec * 1000 + found.st_ctim.tv_nsec / 1000000;
	const pt_scan_options just_before = {changed_ms + 9999, 10000}, just_after = {changed_ms + 10000, 10000};
	const pt_scan_options at_once = {changed_ms, 0}, jumped = {changed_ms - 3600000, 10000};
	pt_scan *scan;
	assert_int_equal(pt_scan_run(root, &just_before, &scan, NULL), PT_OK);
	assert_int_equal(scan->entries[0].readiness, PT_CHECKPOINT_PENDING);
	assert_in_range(scan->rescan_wall_ms, changed_ms + 10000, changed_ms + 10001);
	pt_scan_destroy(scan);
	const pt_scan_options *const ready[] = {&just_after, &at_once, &jumped};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(pt_scan_run(root, ready[i], &scan, NULL), PT_OK);
		assert_int_equal(scan->entries[0].readiness, PT_CHECKPOINT_READY);
		assert_true(scan->rescan_wall_ms == INT64_MAX);
		pt_scan_destroy(scan);
	}
	/* a copy that keeps an old mtime (cp -p, rsync -t) is still young by its ctime */
	const struct timespec old[2] = {{1000, 0}, {1000, 0}};
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	assert_int_equal(pt_scan_run(root, &just_before, &scan, NULL), PT_OK);
	assert_int_equal(scan->entries[0].readiness, PT_CHECKPOINT_PENDING);
	assert_int_equal(scan->entries[0].written_ns, 1000000000000);
	pt_scan_destroy(scan);
}

static void pickles_are_refused_by_name(void **state)
{
	(void)state;
	make_file(root, "checkpoint-1/adapter_model.bin", "PK");
	make_file(root, "checkpoint-1/adapter_config.json", "{}");
	make_file(root, "checkpoint-2/pytorch_model.bin", "PK");
	make_file(root, "checkpoint-3/__0_0.distcp", "PK");
	make_file(root, "checkpoint-4/model.pt", "PK");
	make_file(root, "checkpoint-5/optimizer.pt", "beside weights that are not there yet");
	make_file(root, "checkpoint-5/rng_state.pth", "");
	make_file(root, "checkpoint-6/pytorch_lora_weights.safetensors", "beside no pickle");
	make_file(root, "checkpoint-7/adapter_model.bin", "PK");
	make_adapter(root, "checkpoint-7");
	pt_scan *scan = scan_at(root, 0);
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

static void two_directories_of_one_step(void **state)
{
	(void)state;
	make_adapter(root, "step_5");
	make_adapter(root, "checkpoint-5");
	make_adapter(root, "checkpoints/checkpoint-5");
	make_adapter(root, "checkpoint-05");
	make_adapter(root, "step_6");
	make_file(root, "checkpoint-6/README.md", "no weights");
	expect("5 checkpoint-5 adapter ready [default+config]\n"
		   "6 step_6 adapter ready [default+config]\n"
		   "problem checkpoint-05: ambiguous\n"
		   "problem checkpoint-6: ambiguous\n"
		   "problem checkpoints/checkpoint-5: ambiguous\n"
		   "problem step_5: ambiguous\n");
}

static void steps_and_epochs_are_not_mixed(void **state)
{
	(void)state;
	make_adapter(root, "epoch_0");
	make_adapter(root, "epoch_1");
	expect("0 epoch_0 adapter ready [default+config]\n1 epoch_1 adapter ready [default+config]\n"
		   "problem epoch_0: notice\n");
	make_adapter(root, "step_500");
	expect("500 step_500 adapter ready [default+config]\nproblem epoch_0: notice\n");
}

static void logs_up_to_three_levels_below(void **state)
{
	(void)state;
	make_file(root, "trainer_state.json", "{}");
	make_file(root, "probe_losses.jsonl", "");
	make_file(root, "a/train_log.jsonl", "");
	make_file(root, "a/trainer_state.json", "{}");
	make_file(root, "a/b/metrics.jsonl", "");
	make_file(root, "a/b/c/metrics.csv", "");
	make_file(root, "a/b/c/d/probe_losses.jsonl", "too deep");
	make_file(root, "runs/x/events.out.tfevents.1.host.2.0", "");
	make_file(root, "wandb/run-1/run-1.wandb", "");
	make_file(root, ".hidden/train_log.jsonl", "");
	make_file(root, "checkpoint-1/train_log.jsonl", "in a checkpoint: not looked for");
	make_file(root, "truth.json", "{}");
	make_file(root, "behaviour.csv", "");
	make_adapter(root, "other_run/checkpoint-1");
	make_file(root, "other_run/train_log.jsonl", "of the run below, not of this one");
	expect("1 checkpoint-1 unknown pending (no weights yet)\n"
		   "log a/b/c/metrics.csv: metrics.csv\n"
		   "log a/b/metrics.jsonl: training log\n"
		   "log a/train_log.jsonl: training log\n"
		   "log probe_losses.jsonl: probe log\n"
		   "log runs/x/events.out.tfevents.1.host.2.0: TensorBoard events\n"
		   "log trainer_state.json: trainer_state.json\n"
		   "log wandb/run-1/run-1.wandb: W&B offline run\n");
}

static void the_newest_trainer_state_with_something_in_it(void **state)
{
	(void)state;
	make_adapter(root, "checkpoint-9");
	make_adapter(root, "checkpoint-10");
	make_adapter(root, "checkpoint-11");
	make_file(root, "checkpoint-9/trainer_state.json", "{}");
	make_file(root, "checkpoint-10/trainer_state.json", "{}");
	make_file(root, "checkpoint-11/trainer_state.json", "");
	pt_scan *scan = scan_at(root, 0);
	assert_int_equal(scan->n_logs, 1);
	assert_string_equal(scan->logs[0].path, "checkpoint-10/trainer_state.json");
	assert_true(scan->entries[0].trainer_state.present);
	pt_scan_destroy(scan);
}

static void odd_files(void **state)
{
	(void)state;
	char path[256];
	make_adapter(root, "checkpoint-1");
	make_file(root, "checkpoint-2/adapter_model.safetensors/inside", "a directory");
	mkdir(strcat(strcpy(path, root), "/checkpoint-3"), 0777);
	assert_int_equal(mkfifo(strcat(path, "/adapter_model.safetensors"), 0600), 0);
	assert_int_equal(symlink("checkpoint-4", strcat(strcpy(path, root), "/checkpoint-4")), 0);
	assert_int_equal(symlink("nowhere", strcat(strcpy(path, root), "/checkpoint-5")), 0);
	assert_int_equal(symlink("checkpoint-1", strcat(strcpy(path, root), "/checkpoint-6")), 0);
	assert_int_equal(symlink("..", strcat(strcpy(path, root), "/loop")), 0);
	assert_int_equal(symlink(".", strcat(strcpy(path, root), "/checkpoint-1/self")), 0);
	assert_int_equal(mkfifo(strcat(strcpy(path, root), "/train_log.jsonl"), 0600), 0);
	assert_int_equal(mkdir(strcat(strcpy(path, root), "/checkpoint-7"), 0777), 0);
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
	make_adapter(root, "checkpoint-1");
	make_adapter(root, "checkpoint-2");
	snprintf(path, sizeof path, "%s/checkpoint-2", root);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(chmod(root, 0755), 0);
	/* root may read everything: be nobody for the while */
	bool is_root = geteuid() == 0;
	if (is_root && seteuid(65534) != 0)
		skip();
	pt_scan *scan = scan_at(root, 0);
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
	assert_int_equal(scan_memory_look(memory, root, &options, &watcher, NULL), PT_OK);
	scan_memory_destroy(memory);
}

static void a_burst_of_files_and_too_many_directories(void **state)
{
	(void)state;
	char name[128];
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof name, "checkpoint-1/file-%d", i);
		if (i % 4 == 0)
			make_file(root, name, "");
	}
	for (int i = 0; i < PT_SCAN_MAX_DIRECTORIES + 10; i++) {
		snprintf(name, sizeof name, "%s/d%d", root, i);
		assert_int_equal(mkdir(name, 0777), 0);
	}
	make_adapter(root, "checkpoint-1");
	pt_scan *scan = scan_at(root, 0);
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
	make_adapter(root, "checkpoint-1/style");
	make_adapter(root, "checkpoints/checkpoint-2");
	make_file(root, "logs/deep/x", "");
	watched_directories watched = {0};
	look_watched(&watched);
	/* from above to below, each before it is looked into */
	assert_string_equal(watched.said,
		"tree \ntree checkpoints\ntree logs\ntree logs/deep\ncheckpoint-1 checkpoint-1\n"
		"checkpoint-1 checkpoint-1/style\ncheckpoints/checkpoint-2 checkpoints/checkpoint-2\n");
}

static void failing_allocations(void **state)
{
	(void)state;
	make_adapter(root, "checkpoint-1/style");
	make_adapter(root, "checkpoints/checkpoint-2");
	make_file(root, "logs/train_log.jsonl", "");
	make_file(root, "checkpoint-3/adapter_model.bin", "");
	const pt_scan_options options = {wall_ms(), 0};
	for (size_t n = 1;; n++) {
		pt_scan *scan = NULL;
		pt_workspace *workspace = NULL;
		char *newest = NULL;
		pt_alloc_fail_at(n, false);
		pt_status status = pt_scan_run(root, &options, &scan, NULL);
		if (status == PT_OK)
			status = pt_workspace_scan(root, &workspace, NULL);
		if (status == PT_OK)
			status = pt_workspace_newest(root, &newest, NULL);
		pt_alloc_fail_at(0, false);
		pt_scan_destroy(scan);
		pt_workspace_destroy(workspace);
		pt_free(newest);
		if (status == PT_OK)
			break;
		assert_int_equal(status, PT_ERR_MEMORY);
		assert_true(n < 10000);
	}
}

/* ---- what the real libraries left ---- */

static void real_directories(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		const char *expected; /* how the description begins */
		size_t n_entries, n_logs;
	} rows[] = {
		{"formats/life_adapter_bin", "4 checkpoint-4 unknown refused (adapter_model.bin", 2, 1},
		{"formats/life_killed_before_config", "4 checkpoint-4 adapter ready [default+config", 2, 0},
		{"formats/life_killed_sharded_no_index", "8 checkpoint-8 unknown refused (no model.safetensors.index",
			1, 0},
		{"formats/life_killed_tmp_not_renamed", "4 checkpoint-4 adapter ready", 2, 0},
		{"formats/life_killed_staging_old", "4 checkpoint-4 adapter ready", 1, 0},
		{"formats/life_sharded_full", "4 checkpoint-4 full ready [ index", 3, 1},
		{"formats/life_final_in_run_dir", "8 checkpoint-8 adapter ready", 1, 2},
		{"formats/two_adapters", "4 checkpoint-4 adapter ready [default+config] [style+config]", 3, 0},
		{"formats/named_adapter", "4 checkpoint-4 adapter ready [medical+config]", 3, 0},
		{"formats/accelerate_save_state", "3 step_3 adapter ready", 4, 0},
		{"formats/torchtune_lora", "0 epoch_0 adapter ready", 3, 0},
		{"formats/dense_10", "2 checkpoint-2 adapter ready [default+config", 20, 0},
		{"runs/medical", "1 checkpoint-1 adapter ready", 88, 4},
		{"runs/deep_linear", "0 step_0 full ready", 0, 3},
		{"runs/grokking", "0 checkpoint-0 full ready", 0, 2},
	};
	if (!shared_has("formats") || !shared_has("runs"))
		skip();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char path[1024], text[65536];
		shared_path(path, sizeof path, rows[i].path);
		pt_scan *scan = scan_at(path, 3600000);
		describe_scan(scan, text, sizeof text);
		if (strncmp(text, rows[i].expected, strlen(rows[i].expected)) != 0)
			fail_msg("%s: %.200s", rows[i].path, text);
		if (rows[i].n_entries && rows[i].n_entries != scan->n_entries)
			fail_msg("%s: %zu entries\n%s", rows[i].path, scan->n_entries, text);
		if (rows[i].n_logs != scan->n_logs)
			fail_msg("%s: %zu logs\n%s", rows[i].path, scan->n_logs, text);
		pt_scan_destroy(scan);
	}
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_checkpoints),
		cmocka_unit_test(names_of_files),
		cmocka_unit_test(names_of_logs),
		CASE(checkpoints_that_are_files),
		CASE(weights_under_other_names),
		CASE(pickles_alone),
		CASE(what_a_killed_writer_left),
		CASE(nothing_there),
		CASE(steps_sort_as_numbers),
		CASE(every_pattern_and_the_container),
		CASE(staging_and_strays_are_passed_over),
		CASE(steps_that_do_not_fit),
		CASE(networks_and_shards),
		CASE(named_adapters),
		CASE(what_is_not_ready_says_what_it_waits_for),
		CASE(the_time_to_look_again),
		CASE(pickles_are_refused_by_name),
		CASE(two_directories_of_one_step),
		CASE(steps_and_epochs_are_not_mixed),
		CASE(logs_up_to_three_levels_below),
		CASE(the_newest_trainer_state_with_something_in_it),
		CASE(odd_files),
		CASE(unreadable_directories),
		CASE(a_burst_of_files_and_too_many_directories),
		CASE(directories_to_watch),
		CASE(failing_allocations),
		cmocka_unit_test(real_directories),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
