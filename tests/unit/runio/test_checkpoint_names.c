/* Which names are those of checkpoints and of logs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/runio/checkpoint_scan.h"

#include "../../../src/runio/run_names.h"

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

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_checkpoints),
		cmocka_unit_test(names_of_files),
		cmocka_unit_test(names_of_logs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
