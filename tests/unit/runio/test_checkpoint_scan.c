/* Which checkpoints and logs a scan finds, and in what order. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"

#include "scan_of_scratch.h"

/* Each with the config beside it, those that wait for none at once. */
static void checkpoints_that_are_files(void **state)
{
	(void)state;
	make_file(scratch, "0000100_adapters.safetensors", "x");
	make_file(scratch, "0000200_adapters.safetensors", "x");
	make_file(scratch, "adapters.safetensors", "x");
	make_file(scratch, "adapter_config.json", "{}");
	make_file(scratch, "checkpoints/name-step00000300.safetensors", "x");
	make_file(scratch, "model-00001-of-00002.safetensors", "a shard of another thing");
	expect_at(0, "100 0000100_adapters.safetensors adapter ready [default+config]\n"
				 "200 0000200_adapters.safetensors adapter ready [default+config]\n"
				 "300 checkpoints/name-step00000300.safetensors adapter ready [default]\n"
				 "- adapters.safetensors adapter ready [default+config]\n");
}

static void weights_under_other_names(void **state)
{
	(void)state;
	make_file(scratch, "checkpoint-1/pytorch_lora_weights.safetensors", "x");
	make_file(scratch, "checkpoint-1/model.safetensors", "what accelerate saves besides");
	make_file(scratch, "checkpoint-2/lora.safetensors", "x");
	make_file(scratch, "checkpoint-2/adapter_config.json", "{}");
	make_file(scratch, "checkpoint-3/a.safetensors", "x");
	make_file(scratch, "checkpoint-3/b.safetensors", "x");
	expect("1 checkpoint-1 adapter ready [default]\n"
		   "2 checkpoint-2 adapter ready [default+config]\n"
		   "3 checkpoint-3 unknown refused (several .safetensors files and none of a known name: which one "
		   "is the "
		   "checkpoint?)\n"
		   "problem checkpoint-3: ambiguous\n");
}

static void nothing_there(void **state)
{
	(void)state;
	const pt_scan_options options = {0};
	pt_scan *scan = NULL;
	pt_error err;
	char path[128];
	expect("");
	snprintf(path, sizeof path, "%s/none", scratch);
	assert_int_equal(pt_scan_run(path, &options, &scan, &err), PT_ERR_NOT_FOUND);
	make_file(scratch, "file", "");
	snprintf(path, sizeof path, "%s/file", scratch);
	assert_int_equal(pt_scan_run(path, &options, &scan, &err), PT_ERR_NOT_DIRECTORY);
	assert_string_equal(err.path, path);
	assert_null(scan);
	pt_scan_destroy(NULL);
}

static void steps_sort_as_numbers(void **state)
{
	(void)state;
	make_adapter(scratch, "checkpoint-10");
	make_adapter(scratch, "checkpoint-9");
	make_adapter(scratch, "checkpoint-100");
	make_file(scratch, "checkpoint-9/trainer_state.json", "{}");
	expect("9 checkpoint-9 adapter ready [default+config state]\n"
		   "10 checkpoint-10 adapter ready [default+config]\n"
		   "100 checkpoint-100 adapter ready [default+config]\n"
		   "log checkpoint-9/trainer_state.json: trainer_state.json\n");
}

static void every_pattern_and_the_container(void **state)
{
	(void)state;
	make_adapter(scratch, "checkpoints/checkpoint-3");
	make_adapter(scratch, "checkpoint_1");
	make_adapter(scratch, "step_2");
	make_adapter(scratch, "global_step4");
	expect("1 checkpoint_1 adapter ready [default+config]\n"
		   "2 step_2 adapter ready [default+config]\n"
		   "3 checkpoints/checkpoint-3 adapter ready [default+config]\n"
		   "4 global_step4 adapter ready [default+config]\n");
}

static void staging_and_strays_are_passed_over(void **state)
{
	(void)state;
	make_adapter(scratch, "tmp-checkpoint-8");
	make_adapter(scratch, ".tmpAbC");
	make_adapter(scratch, ".ipynb_checkpoints/checkpoint-7");
	make_adapter(scratch, "adapter_model");
	make_adapter(scratch, "checkpoint-4");
	make_adapter(scratch, "checkpoint-4/adapter_model");
	make_adapter(scratch, "checkpoint-4/.ipynb_checkpoints");
	make_file(scratch, "checkpoint-5", "a file");
	make_file(scratch, "adapter_model.safetensors", "the last one again");
	make_adapter(scratch, "best");
	make_file(scratch, "checkpoint-best/README.md", "no weights");
	expect("4 checkpoint-4 adapter ready [default+config]\n"
		   "- adapter_model.safetensors adapter ready [default]\n"
		   "- best adapter ready [default+config]\n");
}

static void steps_that_do_not_fit(void **state)
{
	(void)state;
	make_adapter(scratch, "checkpoint-99999999999999999999");
	make_adapter(scratch, "checkpoint-1");
	expect("1 checkpoint-1 adapter ready [default+config]\n"
		   "problem checkpoint-99999999999999999999: over_limit\n");
}

static void networks_and_shards(void **state)
{
	(void)state;
	make_file(scratch, "step_0/model.safetensors", "w");
	make_file(scratch, "step_1/model.safetensors.index.json", "{}");
	make_file(scratch, "step_1/model-00001-of-00002.safetensors", "abc");
	make_file(scratch, "step_1/model-00002-of-00002.safetensors", "defg");
	make_file(scratch, "step_2/model-00001-of-00002.safetensors", "abc");
	expect("0 step_0 full ready []\n"
		   "1 step_1 full ready [ index]\n"
		   "2 step_2 unknown pending (no model.safetensors.index.json yet, only shards)\n");
	pt_scan *before = scan_at(scratch, 60000);
	make_file(scratch, "step_1/model-00002-of-00002.safetensors", "other");
	pt_scan *after = scan_at(scratch, 60000);
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
	make_adapter(scratch, "checkpoint-4/style");
	make_adapter(scratch, "checkpoint-4");
	make_adapter(scratch, "checkpoint-8/medical");
	make_file(scratch, "checkpoint-8/notes/readme.txt", "");
	expect("4 checkpoint-4 adapter ready [default+config] [style+config]\n"
		   "8 checkpoint-8 adapter ready [medical+config]\n");
	pt_scan *scan = scan_at(scratch, 0);
	assert_string_equal(scan->entries[0].parts[1].weights, "checkpoint-4/style/adapter_model.safetensors");
	assert_string_equal(scan->entries[0].parts[1].config, "checkpoint-4/style/adapter_config.json");
	pt_scan_destroy(scan);
}

static void two_directories_of_one_step(void **state)
{
	(void)state;
	make_adapter(scratch, "step_5");
	make_adapter(scratch, "checkpoint-5");
	make_adapter(scratch, "checkpoints/checkpoint-5");
	make_adapter(scratch, "checkpoint-05");
	make_adapter(scratch, "step_6");
	make_file(scratch, "checkpoint-6/README.md", "no weights");
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
	make_adapter(scratch, "epoch_0");
	make_adapter(scratch, "epoch_1");
	expect("0 epoch_0 adapter ready [default+config]\n1 epoch_1 adapter ready [default+config]\n"
		   "problem epoch_0: notice\n");
	make_adapter(scratch, "step_500");
	expect("500 step_500 adapter ready [default+config]\nproblem epoch_0: notice\n");
}

static void logs_up_to_three_levels_below(void **state)
{
	(void)state;
	make_file(scratch, "trainer_state.json", "{}");
	make_file(scratch, "probe_losses.jsonl", "");
	make_file(scratch, "a/train_log.jsonl", "");
	make_file(scratch, "a/trainer_state.json", "{}");
	make_file(scratch, "a/b/metrics.jsonl", "");
	make_file(scratch, "a/b/c/metrics.csv", "");
	make_file(scratch, "a/b/c/d/probe_losses.jsonl", "too deep");
	make_file(scratch, "runs/x/events.out.tfevents.1.host.2.0", "");
	make_file(scratch, "wandb/run-1/run-1.wandb", "");
	make_file(scratch, ".hidden/train_log.jsonl", "");
	make_file(scratch, "checkpoint-1/train_log.jsonl", "in a checkpoint: not looked for");
	make_file(scratch, "truth.json", "{}");
	make_file(scratch, "behaviour.csv", "");
	make_adapter(scratch, "other_run/checkpoint-1");
	make_file(scratch, "other_run/train_log.jsonl", "of the run below, not of this one");
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
	make_adapter(scratch, "checkpoint-9");
	make_adapter(scratch, "checkpoint-10");
	make_adapter(scratch, "checkpoint-11");
	make_file(scratch, "checkpoint-9/trainer_state.json", "{}");
	make_file(scratch, "checkpoint-10/trainer_state.json", "{}");
	make_file(scratch, "checkpoint-11/trainer_state.json", "");
	pt_scan *scan = scan_at(scratch, 0);
	assert_int_equal(scan->n_logs, 1);
	assert_string_equal(scan->logs[0].path, "checkpoint-10/trainer_state.json");
	assert_true(scan->entries[0].trainer_state.present);
	pt_scan_destroy(scan);
}

static void failing_allocations(void **state)
{
	(void)state;
	make_adapter(scratch, "checkpoint-1/style");
	make_adapter(scratch, "checkpoints/checkpoint-2");
	make_file(scratch, "logs/train_log.jsonl", "");
	make_file(scratch, "checkpoint-3/adapter_model.bin", "");
	const pt_scan_options options = {wall_ms(), 0};
	for (size_t n = 1;; n++) {
		pt_scan *scan = NULL;
		pt_workspace *workspace = NULL;
		char *newest = NULL;
		pt_alloc_fail_at(n, false);
		pt_status status = pt_scan_run(scratch, &options, &scan, NULL);
		if (status == PT_OK)
			status = pt_workspace_scan(scratch, &workspace, NULL);
		if (status == PT_OK)
			status = pt_workspace_newest(scratch, &newest, NULL);
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

/* What the real libraries left. */
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
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)
	const struct CMUnitTest tests[] = {
		CASE(checkpoints_that_are_files),
		CASE(weights_under_other_names),
		CASE(nothing_there),
		CASE(steps_sort_as_numbers),
		CASE(every_pattern_and_the_container),
		CASE(staging_and_strays_are_passed_over),
		CASE(steps_that_do_not_fit),
		CASE(networks_and_shards),
		CASE(named_adapters),
		CASE(two_directories_of_one_step),
		CASE(steps_and_epochs_are_not_mixed),
		CASE(logs_up_to_three_levels_below),
		CASE(the_newest_trainer_state_with_something_in_it),
		CASE(failing_allocations),
		cmocka_unit_test(real_directories),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
