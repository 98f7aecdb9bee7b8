/* The life of a run directory: what is left of a killed trainer, rotation, final weights, and what the state
 * is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "life_fixture.h"

#define STEPS(run) steps_text((run)->steps, (run)->n_steps)

/* --- what real trainers left --- */

static void real_directories(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		pt_run_state state;
		const char *steps, *path,
			*words; /* a problem, a notice or what is waited for; NULL: nothing of that */
	} rows[] = {
		{"life_adapter_bin", PT_RUN_FINISHED, "", "checkpoint-4/adapter_model.bin", "safe_serialization=True"},
		{"life_best_at_end", PT_RUN_STALE, "4", NULL, NULL},
		{"life_file_list", PT_RUN_EMPTY, "", NULL, NULL},
		{"life_final_in_run_dir", PT_RUN_FINISHED, "8", "adapter_model.safetensors",
			"checkpoint-8 again: passed over"},
		{"life_killed_after_ftruncate", PT_RUN_STALE, "4", "checkpoint-8",
			"only a file left by a killed writer: .tmpYjAVHg"},
		{"life_killed_before_config", PT_RUN_STALE, "4 8", "checkpoint-8/adapter_model.safetensors",
			"no adapter_config.json: the scaling is not known"},
		{"life_killed_config_empty", PT_RUN_STALE, "4 8", "checkpoint-8/adapter_config.json", "0 bytes"},
		{"life_killed_sharded_no_index", PT_RUN_UNREADABLE, "", "checkpoint-8",
			"no model.safetensors.index.json: the shards were not finished"},
		{"life_killed_staging_old", PT_RUN_STALE, "4", NULL, NULL},
		{"life_killed_state_empty", PT_RUN_STALE, "4 8", NULL, NULL},
		{"life_killed_tmp_not_renamed", PT_RUN_STALE, "4", "checkpoint-8",
			"only a file left by a killed writer: .tmpKl6LNP"},
		{"life_resume/first", PT_RUN_FINISHED, "4 8 12", NULL, NULL},
		{"life_resume/after", PT_RUN_FINISHED, "4 8 12 16", NULL, NULL},
		{"life_rotation", PT_RUN_FINISHED, "16 20", NULL, NULL},
		{"life_save_only_model", PT_RUN_FINISHED, "4 8", NULL, NULL},
		{"life_sharded_full", PT_RUN_FINISHED, "4 8 12", NULL, NULL},
	};
	if (!shared_has("formats/life_rotation"))
		skip();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char below[256], path[1024];
		snprintf(below, sizeof below, "formats/%s", rows[i].name);
		shared_path(path, sizeof path, below);
		pt_snapshot *snapshot = fixture_cold(path, NULL);
		const pt_run_view *run = &snapshot->runs[0];
		if (run->state != rows[i].state || strcmp(STEPS(run), rows[i].steps) != 0)
			fail_msg("%s: %s, steps %s", rows[i].name, pt_run_state_name(run->state), STEPS(run));
		if (rows[i].path && !has_words(run, rows[i].path, rows[i].words))
			fail_msg("%s: %s", rows[i].name, run->n_problems ? run->problems[0].message : "no problem");
		if (!rows[i].path && run->n_problems > 0)
			fail_msg("%s: %s", rows[i].name, run->problems[0].message);
		assert_int_equal(run->n_pending, 0);
		pt_snapshot_destroy(snapshot);
	}
}

static void files_of_other_people(void **state)
{
	(void)state;
	static const struct {
		const char *name, *path, *words;
	} rows[] = {
		{"wild/tasfiahmrinmoyee__Gemma3-1B-Instruct-outputs", "checkpoint-200/adapter_model.safetensors",
			"git lfs pull"},
		{"wild/yongshuaiy__LLMs-final/output", "checkpoint-20/adapter_model.safetensors",
			"1514496 bytes of tensors where the header lists 161480704"},
		{"wild/O5-7__chat_glm2_in4_LIL_prefix", "checkpoint-1000", "no weights in it"},
		{"formats/torchtune_lora", "epoch_0", "epochs"},
		{"formats/accelerate_save_state", "checkpoints/checkpoint_1", "passed over"},
		{"wild/BK7195__deltacompression-poc/adapter", "adapter_model.safetensors", "their step is not known"},
	};
	if (!shared_has("wild") || !shared_has("formats"))
		skip();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char path[1024];
		shared_path(path, sizeof path, rows[i].name);
		pt_snapshot *snapshot = fixture_cold(path, NULL);
		if (!has_words(&snapshot->runs[0], rows[i].path, rows[i].words))
			fail_msg("%s: no such words", rows[i].name);
		pt_snapshot_destroy(snapshot);
	}
}

/* --- killed --- */

/* A writer at work is waited for; a minute after its last sign of life it was killed. */
static void a_staging_file_is_waited_for_and_then_left(void **state)
{
	fixture_time now;
	write_adapter(*state, 4, 100);
	make_directory(*state, "checkpoint-8");
	write_text(*state, "checkpoint-8/.tmpAbCdEf", "half");
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	now.wall_ms -= 3600 * 1000;
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->runs[0].n_pending, 1);
	assert_true(has_words(&snapshot->runs[0], "checkpoint-8", "only the staging file .tmpAbCdEf"));
	pt_snapshot_destroy(snapshot);
	/* the time alone brings the news */
	assert_in_range(pt_pipeline_next_due_ms(pipeline), now.monotonic_ms, now.monotonic_ms + 61000);
	now.wall_ms += 62000;
	now.monotonic_ms += 62000;
	assert_true(fixture_pump(pipeline, &now));
	snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->runs[0].n_pending, 0);
	assert_true(has_words(&snapshot->runs[0], "checkpoint-8", "left by a killed writer: .tmpAbCdEf"));
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

/* --- rotation, overwriting --- */

static void unlink_in(const char *root, const char *name)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", root, name);
	assert_int_equal(remove(path), 0);
}

static void a_checkpoint_that_goes_file_by_file_is_deleted(void **state)
{
	fixture_time now;
	static const char *const files[] = {
		"adapter_model.safetensors", "adapter_config.json", "trainer_state.json", ""};
	for (int64_t step = 5; step <= 20; step += 5)
		write_adapter(*state, step, 100);
	write_text(*state, "checkpoint-5/trainer_state.json", "{\"log_history\":[],\"max_steps\":100}");
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	fixture_pump(pipeline, &now);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char name[128];
		snprintf(name, sizeof name, "checkpoint-5%s%s", *files[i] ? "/" : "", files[i]);
		unlink_in(*state, name);
		fixture_pump(pipeline, &now);
		pt_snapshot *snapshot = fixture_snapshot(pipeline);
		const pt_run_view *run = &snapshot->runs[0];
		assert_string_equal(STEPS(run), "5 10 15 20");
		assert_string_equal(steps_text(run->deleted, run->n_deleted), "5");
		assert_int_equal(run->n_pending, 0);
		assert_int_equal(run->n_problems, run->n_notices);
		assert_true(run->matrices[PT_MATRIX_B].norms.norm[0] > 0);
		pt_snapshot_destroy(snapshot);
	}
	pt_pipeline_destroy(pipeline);
}

/* load_best_model_at_end with save_total_limit=1: at the end the newest one is deleted, the best one stays.
 */
static void the_newest_one_may_be_deleted(void **state)
{
	fixture_time now;
	for (int64_t step = 4; step <= 20; step += 4)
		write_adapter(*state, step, 100);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	fixture_pump(pipeline, &now);
	for (int64_t step = 8; step <= 20; step += 4) {
		char name[128];
		snprintf(name, sizeof name, "rm -r '%s/checkpoint-%lld'", (char *)*state, (long long)step);
		assert_int_equal(system(name), 0);
	}
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	const pt_run_view *run = &snapshot->runs[0];
	assert_string_equal(STEPS(run), "4 8 12 16 20");
	assert_string_equal(steps_text(run->deleted, run->n_deleted), "8 12 16 20");
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

/* What was whole once is kept where what took its place does not read; and taken anew where it does. */
static void a_checkpoint_that_is_overwritten(void **state)
{
	fixture_time now;
	for (int64_t step = 5; step <= 20; step += 5)
		write_adapter(*state, step, 100);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	double before = snapshot->runs[0].matrices[PT_MATRIX_B].norms.norm[3];
	pt_snapshot_destroy(snapshot);
	write_text(*state, "checkpoint-20/adapter_model.safetensors", "broken");
	fixture_pump(pipeline, &now);
	snapshot = fixture_snapshot(pipeline);
	assert_string_equal(STEPS(&snapshot->runs[0]), "5 10 15 20");
	assert_string_equal(steps_text(snapshot->runs[0].deleted, snapshot->runs[0].n_deleted), "20");
	assert_int_equal(snapshot->runs[0].n_problems, 1);
	assert_true(snapshot->runs[0].matrices[PT_MATRIX_B].norms.norm[3] == before);
	pt_snapshot_destroy(snapshot);
	write_adapter(*state, 20, 10);
	fixture_pump(pipeline, &now);
	snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->runs[0].n_deleted + snapshot->runs[0].n_problems, 0);
	assert_false(snapshot->runs[0].matrices[PT_MATRIX_B].norms.norm[3] == before);
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

/* --- weights without a step --- */

static void final_weights_beside_checkpoints(void **state)
{
	char from[256];
	for (int64_t step = 5; step <= 15; step += 5)
		write_adapter(*state, step, 100);
	snprintf(from, sizeof from, "%s/checkpoint-15", (char *)*state);
	copy_one(from, *state, "adapter_model.safetensors");
	copy_one(from, *state, "adapter_config.json");
	snprintf(from, sizeof from, "%s/checkpoint-10", (char *)*state);
	make_directory(*state, "best_model");
	snprintf(from, sizeof from, "cp '%s/checkpoint-10/'* '%s/best_model/'", (char *)*state, (char *)*state);
	assert_int_equal(system(from), 0);
	float a[FIXTURE_D_IN], b[FIXTURE_D_OUT];
	fixture_vectors(99, 3, a, b);
	write_adapter_values(*state, "final", a, b);
	pt_snapshot *snapshot = fixture_cold(*state, NULL);
	const pt_run_view *run = &snapshot->runs[0];
	assert_string_equal(STEPS(run), "5 10 15");
	assert_int_equal(run->n_notices, 3);
	assert_int_equal(run->n_problems, 3);
	assert_true(has_words(run, "adapter_model.safetensors", "checkpoint-15 again: passed over"));
	assert_true(has_words(run, "best_model", "checkpoint-10 again: passed over"));
	assert_true(has_words(run, "final", "the weights of none of the checkpoints"));
	pt_snapshot_destroy(snapshot);
}

static void final_weights_alone_and_then_checkpoints(void **state)
{
	fixture_time now;
	float a[FIXTURE_D_IN], b[FIXTURE_D_OUT];
	fixture_vectors(50, 100, a, b);
	write_adapter_values(*state, ".", a, b);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_string_equal(STEPS(&snapshot->runs[0]), "0");
	assert_true(has_words(&snapshot->runs[0], "adapter_model.safetensors", "their step is not known"));
	pt_snapshot_destroy(snapshot);
	/* the Trainer's state tells the step */
	write_state(*state, 50, 50, 0, 0.0, ",{\"step\":50,\"train_loss\":2.0}");
	fixture_pump(pipeline, &now);
	snapshot = fixture_snapshot(pipeline);
	assert_string_equal(STEPS(&snapshot->runs[0]), "50");
	assert_true(has_words(&snapshot->runs[0], "adapter_model.safetensors", "step 50 by trainer_state.json"));
	assert_int_equal(snapshot->runs[0].state, PT_RUN_FINISHED);
	assert_int_equal(snapshot->runs[0].n_problems, snapshot->runs[0].n_notices);
	pt_snapshot_destroy(snapshot);
	/* checkpoints come, and they are it no more */
	write_adapter(*state, 5, 100);
	write_adapter(*state, 10, 100);
	fixture_pump(pipeline, &now);
	snapshot = fixture_snapshot(pipeline);
	assert_string_equal(STEPS(&snapshot->runs[0]), "5 10");
	assert_int_equal(snapshot->runs[0].n_deleted, 0);
	assert_true(has_words(&snapshot->runs[0], "adapter_model.safetensors", "none of the checkpoints"));
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

/* --- live, stale, finished --- */

static int64_t real_ms(void)
{
	pt_clock real = pt_clock_system();
	return pt_clock_wall_ms(&real);
}

/* The state `later_ms` from now on. */
static void expect_state(
	const char *root, int64_t later_ms, pt_run_state expected, int64_t *next_ms, int64_t *end_ms)
{
	fixture_time now;
	pt_pipeline *pipeline = fixture_pipeline(root, false, &now, NULL);
	now.wall_ms = real_ms() + later_ms;
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	if (snapshot->runs[0].state != expected)
		fail_msg("%lld ms later: %s", (long long)later_ms, pt_run_state_name(snapshot->runs[0].state));
	if (next_ms)
		*next_ms = snapshot->runs[0].next_checkpoint_wall_ms;
	if (end_ms)
		*end_ms = snapshot->runs[0].finish_wall_ms;
	assert_true(snapshot->runs[0].last_write_wall_ms <= snapshot->taken_wall_ms);
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

static void stale_after_five_usual_intervals(void **state)
{
	int64_t begin = real_ms() - 10 * MINUTE_MS, next, finish;
	for (int i = 0; i <= 10; i++) /* one gap of the ten is long: the median does not mind */
		write_adapter_at(*state, 10 * (i + 1), 1000, begin + i * MINUTE_MS - (i < 4 ? 90 * MINUTE_MS : 0));
	write_state(*state, 110, 200, 0, 0.0, "");
	set_mtime(*state, "trainer_state.json", begin);
	expect_state(*state, 0, PT_RUN_LIVE, &next, &finish);
	assert_int_equal(next, begin + 11 * MINUTE_MS);
	assert_int_equal(finish, begin + 19 * MINUTE_MS);
	expect_state(*state, 5 * MINUTE_MS - 20000, PT_RUN_LIVE, NULL, NULL);
	expect_state(*state, 5 * MINUTE_MS + 20000, PT_RUN_STALE, &next, &finish);
	assert_true(next == PT_NO_TIME && finish == PT_NO_TIME);
}

static void one_checkpoint_alone_tells_no_pace(void **state)
{
	write_adapter_at(*state, 10, 100, real_ms());
	expect_state(*state, 0, PT_RUN_LIVE, NULL, NULL);
	expect_state(*state, 59 * MINUTE_MS, PT_RUN_LIVE, NULL, NULL);
	expect_state(*state, 61 * MINUTE_MS, PT_RUN_STALE, NULL, NULL);
}

/* What a killed writer left of the second one tells the pace too. */
static void a_checkpoint_half_written_tells_the_pace(void **state)
{
	write_adapter_at(*state, 10, 100, real_ms() - 2 * MINUTE_MS);
	make_directory(*state, "checkpoint-20");
	write_text(*state, "checkpoint-20/.tmpAbC", "half");
	expect_state(*state, 0, PT_RUN_LIVE, NULL, NULL);
	expect_state(*state, 11 * MINUTE_MS, PT_RUN_STALE, NULL, NULL);
}

static void a_copy_and_a_clock_ahead(void **state)
{
	int64_t same = real_ms() - 30 * MINUTE_MS;
	for (int64_t step = 5; step <= 25; step += 5)
		write_adapter_at(*state, step, 100, same);
	expect_state(*state, 0, PT_RUN_STALE, NULL, NULL);
	/* written by a machine whose clock is an hour ahead: as old as it is known */
	fixture_time now;
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	now.wall_ms = real_ms();
	fixture_pump(pipeline, &now);
	write_adapter_at(*state, 30, 100, real_ms() + 60 * MINUTE_MS);
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->runs[0].state, PT_RUN_LIVE);
	assert_int_equal(snapshot->runs[0].last_write_wall_ms, now.wall_ms);
	pt_snapshot_destroy(snapshot);
	now.wall_ms += MINUTE_MS;
	fixture_pump(pipeline, &now);
	snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->runs[0].state, PT_RUN_STALE);
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

static void finished_by_steps_and_by_the_closing_row(void **state)
{
	for (int64_t step = 10; step <= 40; step += 10)
		write_adapter_at(*state, step, 100, real_ms() + (step - 40) * 1000);
	write_state(*state, 40, 100, 0, 0.0, "");
	expect_state(*state, 0, PT_RUN_LIVE, NULL, NULL);
	/* stopped early: the closing row comes before max_steps */
	write_state(*state, 40, 100, 0, 0.0, ",{\"step\":40,\"train_loss\":2.0,\"train_runtime\":1.0}");
	expect_state(*state, 0, PT_RUN_FINISHED, NULL, NULL);
	/* and went on later: the closing row is that of an earlier training */
	write_adapter_at(*state, 50, 100, real_ms());
	expect_state(*state, 0, PT_RUN_LIVE, NULL, NULL);
	write_state(*state, 50, 50, 0, 0.0, "");
	expect_state(*state, 0, PT_RUN_FINISHED, NULL, NULL);
}

/* A closing row that rows follow closes nothing, in whatever way it is read. */
static void rows_after_a_closing_row(void **state)
{
	write_text(*state, "train_log.jsonl",
		"{\"step\":10,\"loss\":1.0}\n{\"step\":10,\"train_loss\":1.0,\"train_runtime\":9.0}\n"
		"{\"step\":10,\"eval_loss\":1.5}\n");
	expect_state(*state, 0, PT_RUN_FINISHED, NULL, NULL);
	append_text(*state, "train_log.jsonl", "{\"step\":20,\"loss\":0.5}\n");
	expect_state(*state, 0, PT_RUN_LIVE, NULL, NULL);
}

/* Epochs are not compared with max_steps. */
static void epochs_do_not_finish_a_run(void **state)
{
	float a[FIXTURE_D_IN], b[FIXTURE_D_OUT];
	for (int i = 0; i < 4; i++) {
		char name[32];
		snprintf(name, sizeof name, "epoch_%d", i);
		fixture_vectors(i, 100, a, b);
		write_adapter_values(*state, name, a, b);
	}
	write_state(*state, 2, 3, 0, 0.0, "");
	expect_state(*state, 0, PT_RUN_LIVE, NULL, NULL);
	pt_snapshot *snapshot = fixture_cold(*state, NULL);
	assert_true(has_words(&snapshot->runs[0], "epoch_0", "counted in epochs"));
	pt_snapshot_destroy(snapshot);
}

/* --- of another user --- */

static void files_that_may_not_be_read_are_tried_again(void **state)
{
	fixture_time now;
	char path[256];
	if (geteuid() != 0)
		skip(); /* nobody else to be */
	write_adapter(*state, 5, 100);
	write_adapter(*state, 10, 100);
	snprintf(path, sizeof path, "%s/checkpoint-10/adapter_model.safetensors", (char *)*state);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(chmod(*state, 0755), 0);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	assert_int_equal(seteuid(65534), 0);
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_string_equal(STEPS(&snapshot->runs[0]), "5");
	assert_int_equal(snapshot->runs[0].n_problems, 1);
	assert_string_equal(snapshot->runs[0].problems[0].code, "permission_denied");
	pt_snapshot_destroy(snapshot);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(seteuid(65534), 0);
	fixture_pump(pipeline, &now);
	snapshot = fixture_snapshot(pipeline);
	assert_string_equal(STEPS(&snapshot->runs[0]), "5 10");
	assert_int_equal(snapshot->runs[0].n_problems, 0);
	pt_snapshot_destroy(snapshot);
	assert_int_equal(seteuid(0), 0);
	pt_pipeline_destroy(pipeline);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_directories),
		cmocka_unit_test(files_of_other_people),
		CASE(a_staging_file_is_waited_for_and_then_left),
		CASE(a_checkpoint_that_goes_file_by_file_is_deleted),
		CASE(the_newest_one_may_be_deleted),
		CASE(a_checkpoint_that_is_overwritten),
		CASE(final_weights_beside_checkpoints),
		CASE(final_weights_alone_and_then_checkpoints),
		CASE(stale_after_five_usual_intervals),
		CASE(one_checkpoint_alone_tells_no_pace),
		CASE(a_checkpoint_half_written_tells_the_pace),
		CASE(a_copy_and_a_clock_ahead),
		CASE(finished_by_steps_and_by_the_closing_row),
		CASE(rows_after_a_closing_row),
		CASE(epochs_do_not_finish_a_run),
		CASE(files_that_may_not_be_read_are_tried_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
