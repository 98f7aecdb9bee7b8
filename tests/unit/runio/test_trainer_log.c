#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/json.h"
#include "phasetop/runio/trainer_log.h"

#include "log_fixture.h"

static pt_status parse(const char *json, told_rows *to, pt_trainer_state *state, pt_error *err)
{
	const pt_log_sink sink = told_sink(to);
	to->n_rows = 0;
	return pt_trainer_state_parse(json, strlen(json), "s.json", &sink, state, err);
}

static void expect_rows(const char *history, const char *rows)
{
	told_rows to = {0};
	pt_trainer_state state;
	pt_error err = {0};
	char json[4096];
	snprintf(json, sizeof json, "{\"global_step\": 4, \"log_history\": %s}", history);
	pt_status status = parse(json, &to, &state, &err);
	if (status != PT_OK)
		print_message("%s: %s\n", json, err.message);
	assert_int_equal(status, PT_OK);
	assert_string_equal(to.bytes, rows);
	assert_int_equal(state.n_rows, to.n_rows);
}

static void rows_of_log_history(void **state)
{
	(void)state;
	expect_rows("[]", "");
	expect_rows(
		"[{\"epoch\": 0.5, \"grad_norm\": 0.25, \"learning_rate\": 1e-4, \"loss\": 1.5, \"step\": 4}]",
		"4{epoch=0.5,grad_norm=0.25,learning_rate=0.0001,loss=1.5}");
	/* a missing key is missing; several rows with one step; backward steps; an empty row */
	expect_rows("[{\"loss\": 2, \"step\": 7}, {\"eval_loss\": 3, \"step\": 7}, {\"step\": 2}]",
		"7{loss=2}7{eval_loss=3}2{}");
	expect_rows("[{\"step\": 1, \"eval_finance/x y_loss\": 3, \"rewards/<lambda>/mean\": -1}]",
		"1{eval_finance/x y_loss=3,rewards/<lambda>/mean=-1}");
	/* what is no number is no field */
	expect_rows("[{\"step\": 1, \"loss\": \"NaN\", \"a\": true, \"b\": [1, {\"step\": 3}], \"c\": {\"step\": "
				"9}, \"d\": 5}]",
		"1{d=5}");
}

static void values_that_are_not_finite(void **state)
{
	(void)state;
	expect_rows("[{\"step\": 1, \"loss\": NaN}]", "1{loss=nan!}");
	expect_rows(
		"[{\"step\": 1, \"loss\": Infinity, \"grad_norm\": -Infinity}]", "1{loss=inf!,grad_norm=-inf!}");
	expect_rows("[{\"step\": 1, \"loss\": null, \"grad_norm\": 1e999}]", "1{loss=nan!,grad_norm=inf!}");
	told_rows to = {0};
	pt_trainer_state found;
	assert_int_equal(
		parse("{\"log_history\": [{\"step\": 1, \"loss\": NaN, \"x\": null, \"y\": 1}]}", &to, &found, NULL),
		PT_OK);
	assert_int_equal(found.n_invalid_values, 2);
}

static void rows_without_a_step_are_counted(void **state)
{
	(void)state;
	told_rows to = {0};
	pt_trainer_state found;
	assert_int_equal(
		parse("{\"log_history\": [{\"loss\": 1}, {\"step\": -1}, {\"step\": 1.5}, {\"step\": "
			  "\"3\"}, {\"step\": NaN}, 5, [], {\"step\": 8.0, \"loss\": 2}, {\"step\": "
			  "9007199254740993}, {\"step\": 1234567890123456789012345678901234567890123456789}]}",
			&to, &found, NULL),
		PT_OK);
	assert_string_equal(to.bytes, "8{loss=2}9007199254740993{}");
	assert_int_equal(found.n_rows, 2);
	assert_int_equal(found.n_rows_without_step, 8);
}

static void closing_row(void **state)
{
	(void)state;
	told_rows to = {0};
	pt_trainer_state found;
	assert_int_equal(parse("{\"log_history\": [{\"step\": 7, \"loss\": 1}, {\"step\": 8, \"train_loss\": 4, "
						   "\"train_runtime\": 2}]}",
						 &to, &found, NULL),
		PT_OK);
	assert_string_equal(to.bytes, "7{loss=1}8*{train_loss=4,train_runtime=2}");
	assert_true(found.has_closing_row);
	assert_int_equal(parse("{\"log_history\": [{\"step\": 7, \"loss\": 1}]}", &to, &found, NULL), PT_OK);
	assert_false(found.has_closing_row);
}

static void numbers_of_the_top_level(void **state)
{
	(void)state;
	told_rows to = {0};
	pt_trainer_state s;
	assert_int_equal(parse("{\"max_steps\": 40, \"global_step\": 12, \"save_steps\": 0.24, \"epoch\": 1.5, "
						   "\"log_history\": [], \"stateful_callbacks\": {\"x\": {\"log_history\": 3, "
						   "\"max_steps\": 7}}}",
						 &to, &s, NULL),
		PT_OK);
	assert_int_equal(s.max_steps, 40);
	assert_int_equal(s.global_step, 12);
	assert_int_equal(s.save_steps, 10); /* 0.24 · 40 = 9.6 */
	assert_true(s.epoch == 1.5);
	assert_int_equal(
		parse("{\"log_history\": [], \"max_steps\": -1, \"save_steps\": null}", &to, &s, NULL), PT_OK);
	assert_int_equal(s.max_steps, PT_LOG_NO_STEP);
	assert_int_equal(s.global_step, PT_LOG_NO_STEP);
	assert_int_equal(s.save_steps, PT_LOG_NO_STEP);
	assert_true(isnan(s.epoch));
	assert_int_equal(parse("{\"log_history\": [], \"save_steps\": 500}", &to, &s, NULL), PT_OK);
	assert_int_equal(s.save_steps, 500);
}

static void expect_failure(const char *json, pt_status expected, int64_t offset)
{
	told_rows to = {0};
	pt_trainer_state state = {.n_rows = 77};
	pt_error err = {0};
	assert_int_equal(parse(json, &to, &state, &err), expected);
	assert_int_equal(err.code, expected);
	assert_string_equal(err.path, "s.json");
	if (offset >= 0)
		assert_int_equal(err.offset, offset);
	assert_int_equal(to.n_rows, 0); /* those given are void */
	assert_string_equal(to.bytes, "");
	assert_int_equal(state.n_rows, 77);
}

static void failures_give_no_rows(void **state)
{
	(void)state;
	expect_failure("", PT_ERR_EMPTY, -1);
	expect_failure("{\"log_history\": [{\"step\": 1, \"loss\": 2}, {\"step\"", PT_ERR_JSON, -1);
	expect_failure("{\"log_history\": [{\"step\": 1}]} x", PT_ERR_JSON, 31);
	expect_failure("{\"log_history\": [{\"step\": 1}]}{}", PT_ERR_JSON, 30);
	expect_failure("{\"log_history\": [{\"step\": 01}]}", PT_ERR_JSON, -1);
	expect_failure("{\"log_history\": [{\"step\": 1,}]}", PT_ERR_JSON, -1);
	expect_failure("{\"log_history\": [{\"a\xff\": 1}]}", PT_ERR_JSON, -1);
	expect_failure("[]", PT_ERR_FORMAT, 0);
	expect_failure("{\"a\": 1}", PT_ERR_FORMAT, -1);
	expect_failure("{\"log_history\": {}}", PT_ERR_FORMAT, 16);
	expect_failure("{\"log_history\": [], \"log_history\": []}", PT_ERR_FORMAT, -1);
	char deep[2100] = "{\"log_history\": [{\"step\": 1, \"x\": ";
	memset(deep + strlen(deep), '[', 1001);
	expect_failure(deep, PT_ERR_LIMIT, -1);
	char zeros[64] = {0};
	told_rows to = {0};
	pt_error err;
	assert_int_equal(pt_trainer_state_parse(zeros, sizeof zeros, "z", NULL, NULL, &err), PT_ERR_JSON);
	(void)to;
}

static void odd_keys(void **state)
{
	(void)state;
	expect_rows("[{\"step\": 1, \"a\\u0000b\": 2, \"\\u00e9\": 3, \"\": 4}]", "1{\xC3\xA9=3,=4}");
	char history[3000] = "[{\"step\": 1, \"";
	memset(history + strlen(history), 'k', 1500);
	strcat(history, "\": 4, \"ok\": 5}]");
	expect_rows(history, "1{ok=5}");
	/* twice the same: both come, the last counts */
	expect_rows("[{\"step\": 1, \"step\": 2, \"loss\": 3, \"loss\": 4}]", "2{loss=3,loss=4}");
	expect_rows("[{\"global_step\": 5, \"step\": 2, \"iter\": 3}]", "2{}");
}

static void a_refusing_sink_ends_the_reading(void **state)
{
	(void)state;
	told_rows to = {.refuse_at = 2};
	pt_error err;
	assert_int_equal(
		parse("{\"log_history\": [{\"step\": 1}, {\"step\": 2}]}", &to, NULL, &err), PT_ERR_CANCELLED);
	assert_int_equal(to.n_rows, 0);
	assert_int_equal(to.n_resets, 1);
}

static void files(void **state)
{
	(void)state;
	char directory[64], path[128];
	told_rows to = {0};
	const pt_log_sink sink = told_sink(&to);
	pt_trainer_state found;
	pt_file_identity identity = {0};
	pt_error err;
	scratch_directory(directory);
	snprintf(path, sizeof path, "%s/trainer_state.json", directory);
	assert_int_equal(pt_trainer_state_read(path, &sink, &found, &identity, &err), PT_ERR_NOT_FOUND);
	assert_int_equal(pt_trainer_state_read(directory, &sink, &found, &identity, &err), PT_ERR_NOT_REGULAR);
	write_file(directory, "trainer_state.json", "", 0);
	assert_int_equal(pt_trainer_state_read(path, &sink, &found, &identity, &err), PT_ERR_EMPTY);
	assert_false(identity.present);
	const char text[] = "{\"log_history\": [{\"step\": 3}]}";
	write_file(directory, "trainer_state.json", text, sizeof text - 1);
	told_clear(&to);
	assert_int_equal(pt_trainer_state_read(path, &sink, &found, &identity, &err), PT_OK);
	assert_string_equal(to.bytes, "3{}");
	assert_int_equal(identity.size_bytes, sizeof text - 1);
	assert_int_equal(truncate(path, (off_t)PT_TRAINER_STATE_CAP_BYTES + 1), 0);
	assert_int_equal(pt_trainer_state_read(path, &sink, &found, &identity, &err), PT_ERR_LIMIT);
	remove_tree(directory);
}

static void failing_allocations(void **state)
{
	(void)state;
	const char json[] = "{\"log_history\": [{\"step\": 1, \"a\": 1, \"b\": 2}, {\"step\": 2, \"c\": 1}]}";
	for (size_t n = 1;; n++) {
		told_rows to = {0};
		pt_error err;
		pt_alloc_fail_at(n, false);
		pt_status status = parse(json, &to, NULL, &err);
		pt_alloc_fail_at(0, false);
		if (status == PT_OK) {
			assert_true(n > 3);
			break;
		}
		assert_int_equal(status, PT_ERR_MEMORY);
	}
}

/* What the real Trainer wrote; values counted by Python's json. */
static void real_trainer_states(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		int64_t global_step, max_steps, save_steps;
		size_t n_rows, n_invalid;
		bool has_closing_row;
		size_t n_without_step;
	} rows[] = {
		{"wild/Jaong__Checkpoint-of-CPT/trainer_state.json", 5490, 5490, 500, 21, 0, true, 10},
		{"wild/O5-7__chat_glm2_in4_LIL_prefix/trainer_state.json", 3000, 3000, PT_LOG_NO_STEP, 301, 0, true,
			0},
		{"wild/aigoncharov__trainer_state_viz/trainer_state.json", 12030, 12030, 500, 216, 0, false, 0},
		{"wild/Vblack929__fedlora/results/checkpoint-1/trainer_state.json", 1, 1, 500, 1, 0, false, 0},
		{"wild/souravt__product-search/results/checkpoint-750/trainer_state.json", 750, 750, 100, 75, 0,
			false, 0},
		{"formats/log_trl_sft/checkpoint-8/trainer_state.json", 8, 8, 4, 8, 0, false, 0},
		{"formats/log_trl_dpo/checkpoint-8/trainer_state.json", 8, 8, 4, 8, 0, false, 0},
		{"formats/log_trl_grpo/checkpoint-4/trainer_state.json", 4, 4, 2, 4, 0, false, 0},
		{"formats/log_trl_reward/checkpoint-8/trainer_state.json", 8, 8, 4, 8, 0, false, 0},
		{"formats/log_tb_trainer/checkpoint-20/trainer_state.json", 20, 20, 10, 24, 0, false, 0},
		{"formats/state_diverged_filtered/checkpoint-12/trainer_state.json", 12, 12, 4, 14, 12, false, 0},
		{"formats/state_diverged_inf/checkpoint-12/trainer_state.json", 12, 12, 4, 14, 21, false, 0},
		{"formats/state_diverged_inf/checkpoint-8/trainer_state.json", 8, 12, 4, 9, 12, false, 0},
		{"formats/state_eval_many/trainer_state.json", 12, 12, 12, 18, 0, false, 0},
		{"formats/state_eval_one/trainer_state.json", 12, 12, 12, 16, 0, false, 0},
		{"formats/state_fraction/trainer_state.json", 40, 40, 10, 31, 0, false, 0},
		{"formats/state_grad_accum/trainer_state.json", 9, 9, 5, 6, 0, false, 0},
		{"formats/state_nan_filtered/checkpoint-12/trainer_state.json", 12, 12, 4, 14, 0, false, 0},
		{"formats/state_nan_literal/checkpoint-12/trainer_state.json", 12, 12, 4, 14, 7, false, 0},
		{"formats/state_nan_literal/checkpoint-8/trainer_state.json", 8, 12, 4, 9, 3, false, 0},
		{"formats/state_no_log/trainer_state.json", 6, 6, 3, 0, 0, false, 0},
		{"formats/state_tokens_seen/trainer_state.json", 24, 24, 12, 24, 0, false, 0},
		{"formats/life_final_in_run_dir/trainer_state.json", 8, 8, 4, 9, 0, true, 0},
		{"formats/life_final_in_run_dir/checkpoint-8/trainer_state.json", 8, 8, 4, 8, 0, false, 0},
		{"formats/life_resume/after/checkpoint-12/trainer_state.json", 12, 16, 4, 12, 0, false, 0},
		{"runs/medical/checkpoint-400/trainer_state.json", 400, 400, 5, 400, 0, false, 0},
	};
	if (!shared_has("formats"))
		skip();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char path[1024];
		pt_trainer_state s;
		pt_error err = {0};
		shared_path(path, sizeof path, rows[i].path);
		if (pt_trainer_state_read(path, NULL, &s, NULL, &err) != PT_OK)
			fail_msg("%s: %s", path, err.message);
		if (s.global_step != rows[i].global_step || s.max_steps != rows[i].max_steps ||
			s.n_rows != rows[i].n_rows || s.n_invalid_values != rows[i].n_invalid ||
			s.has_closing_row != rows[i].has_closing_row || s.n_rows_without_step != rows[i].n_without_step)
			fail_msg("%s: step %lld of %lld, %zu rows, %zu invalid", path, (long long)s.global_step,
				(long long)s.max_steps, s.n_rows, s.n_invalid_values);
		if (!strstr(rows[i].path, "runs/"))
			assert_int_equal(s.save_steps, rows[i].save_steps);
	}
}

/* Every name of what TRL logs comes through, in its order, and the first row's numbers. */
static void real_names(void **state)
{
	(void)state;
	static const char *const folders[][2] = {{"formats/log_trl_sft", "checkpoint-8"},
		{"formats/log_trl_dpo", "checkpoint-8"}, {"formats/log_trl_grpo", "checkpoint-4"},
		{"formats/log_trl_reward", "checkpoint-8"}};
	if (!shared_has("formats/log_trl_sft"))
		skip();
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		char below[256], path[1024], line[4096];
		pt_json_value *expected = NULL;
		told_rows *to = calloc(1, sizeof *to);
		assert_non_null(to);
		const pt_log_sink sink = told_sink(to);
		snprintf(below, sizeof below, "%s/%s/trainer_state.json", folders[i][0], folders[i][1]);
		shared_path(path, sizeof path, below);
		assert_int_equal(pt_trainer_state_read(path, &sink, NULL, NULL, NULL), PT_OK);
		snprintf(below, sizeof below, "%s/expected.json", folders[i][0]);
		shared_path(path, sizeof path, below);
		assert_int_equal(pt_json_read(path, &expected, NULL), PT_OK);
		pt_text text = pt_text_over(line, sizeof line);
		pt_text_add(&text, "1{");
		const pt_json_value *row = pt_json_member(expected, "first_row");
		const char *comma = "";
		for (const pt_json_value *item = pt_json_first(row); item; item = pt_json_following(item)) {
			double number;
			if (strcmp(pt_json_key(item), "step") == 0)
				continue;
			assert_true(pt_json_number(item, &number));
			pt_text_addf(&text, "%s%s=%g", comma, pt_json_key(item), number);
			comma = ",";
		}
		pt_text_add(&text, "}");
		assert_memory_equal(to->bytes, line, text.length);
		pt_json_destroy(expected);
		free(to);
	}
}

/* What the Trainer was killed over: an empty state is "try again", never rows. */
static void real_killed_state(void **state)
{
	(void)state;
	char path[1024];
	pt_error err;
	if (!shared_has("formats/life_killed_state_empty"))
		skip();
	shared_path(path, sizeof path, "formats/life_killed_state_empty/checkpoint-8/trainer_state.json");
	assert_int_equal(pt_trainer_state_read(path, NULL, NULL, NULL, &err), PT_ERR_EMPTY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_log_history),
		cmocka_unit_test(values_that_are_not_finite),
		cmocka_unit_test(rows_without_a_step_are_counted),
		cmocka_unit_test(closing_row),
		cmocka_unit_test(numbers_of_the_top_level),
		cmocka_unit_test(failures_give_no_rows),
		cmocka_unit_test(odd_keys),
		cmocka_unit_test(a_refusing_sink_ends_the_reading),
		cmocka_unit_test(files),
		cmocka_unit_test(failing_allocations),
		cmocka_unit_test(real_trainer_states),
		cmocka_unit_test(real_names),
		cmocka_unit_test(real_killed_state),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
