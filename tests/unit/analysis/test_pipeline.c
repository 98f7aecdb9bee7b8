/* The pipeline on runs made by hand: what arrives is read, once; what is bad costs itself alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "../../helpers/scratch_of_test.h"
#include "run_fixture.h"

static const pt_problem *problem_of(const pt_run_view *run, const char *code)
{
	for (size_t i = 0; i < run->n_problems; i++)
		if (strcmp(run->problems[i].code, code) == 0)
			return &run->problems[i];
	return NULL;
}

static void path_of(char *out, const char *root, const char *name)
{
	snprintf(out, 1024, "%s/%s", root, name);
}

static void an_empty_directory_waits_and_says_for_what(void **state)
{
	pt_snapshot *snapshot = fixture_cold(*state, NULL);
	assert_non_null(snapshot);
	assert_int_equal(snapshot->n_runs, 1);
	assert_int_equal(snapshot->runs[0].state, PT_RUN_EMPTY);
	assert_non_null(strstr(snapshot->runs[0].waiting_for, "adapter_model.safetensors"));
	assert_int_equal(snapshot->runs[0].n_problems, 0);
	pt_snapshot_destroy(snapshot);
}

static void a_missing_path_and_a_file_are_told_apart(void **state)
{
	char path[1024];
	fixture_time now;
	write_text(*state, "file", "x");
	path_of(path, *state, "file");
	pt_run_path paths[2] = {{.path = path}};
	pt_pipeline_options options = {
		.paths = paths, .n_paths = 1, .settings = pt_settings_default(), .clock = pt_clock_system()};
	pt_pipeline *pipeline = NULL;
	pt_error err;
	assert_int_equal(pt_pipeline_create(&options, &pipeline, &err), PT_ERR_NOT_DIRECTORY);
	assert_string_equal(err.path, path);
	paths[0].path = "/no/such/directory";
	assert_int_equal(pt_pipeline_create(&options, &pipeline, &err), PT_ERR_NOT_FOUND);
	/* among several paths it is passed over, with a problem */
	write_adapter(*state, 5, 100);
	paths[0].path = path;
	paths[1].path = *state;
	options.n_paths = 2;
	assert_int_equal(pt_pipeline_create(&options, &pipeline, &err), PT_OK);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->n_runs, 1);
	assert_int_equal(snapshot->n_problems, 1);
	assert_string_equal(snapshot->problems[0].path, path);
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
	(void)now;
}

static void checkpoints_come_in_numeric_order(void **state)
{
	for (int64_t step = 2; step <= 20; step += 2)
		write_adapter(*state, step, 100);
	pt_snapshot *snapshot = fixture_cold(*state, NULL);
	const pt_run_view *run = &snapshot->runs[0];
	assert_int_equal(run->n_steps, 10);
	for (size_t i = 0; i < run->n_steps; i++)
		assert_int_equal(run->steps[i], 2 * (int64_t)(i + 1));
	assert_int_equal(run->spacing, 2);
	float a[FIXTURE_D_IN], b[FIXTURE_D_OUT];
	double square = 0;
	fixture_vectors(20, 100, a, b);
	for (int i = 0; i < FIXTURE_D_OUT; i++)
		square += (double)b[i] * (double)b[i];
	assert_true(fabs(run->matrices[PT_MATRIX_B].norms.norm[9] - sqrt(square)) < 1e-12);
	assert_true(run->matrices[PT_MATRIX_DW].norms.present);
	assert_false(run->matrices[PT_MATRIX_W].norms.present);
	assert_float_equal(run->modules[0].scaling, 2.0, 1e-15);
	assert_string_equal(run->modules[0].name, "layers.3.down_proj");
	assert_true(run->matrices[PT_MATRIX_B].cosines[0].present);
	assert_int_equal(run->matrices[PT_MATRIX_B].n_cosines, 3);
	pt_snapshot_destroy(snapshot);
}

static void every_selects_multiples(void **state)
{
	pt_settings settings = pt_settings_default();
	settings.every = 10;
	for (int64_t step = 1; step <= 40; step++)
		if (step < 8 || step % 5 == 0)
			write_adapter(*state, step, 100);
	pt_snapshot *snapshot = fixture_cold(*state, &settings);
	assert_int_equal(snapshot->runs[0].n_steps, 4);
	assert_int_equal(snapshot->runs[0].spacing, 10);
	pt_snapshot_destroy(snapshot);
}

static void bad_weights_cost_their_checkpoint_alone(void **state)
{
	char directory[1024], path[1024];
	for (int64_t step = 5; step <= 30; step += 5)
		write_adapter(*state, step, 100);
	path_of(path, *state, "checkpoint-10/adapter_model.safetensors");
	assert_int_equal(truncate(path, 300), 0);
	path_of(directory, *state, "checkpoint-15");
	char zeros[400] = {0};
	write_file(directory, "adapter_model.safetensors", zeros, sizeof zeros);
	path_of(directory, *state, "checkpoint-20");
	write_text(directory, "adapter_model.safetensors",
		"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 2328\n");
	path_of(directory, *state, "checkpoint-25");
	write_text(directory, "adapter_config.json", "{\"peft_type\": \"LORA\", \"r\": 1,");
	pt_snapshot *snapshot = fixture_cold(*state, NULL);
	const pt_run_view *run = &snapshot->runs[0];
	const pt_problem *truncated = problem_of(run, "truncated");
	assert_non_null(truncated);
	assert_string_equal(truncated->path, "checkpoint-10/adapter_model.safetensors");
	assert_true(truncated->offset >= 0);
	assert_non_null(problem_of(run, "zero_filled"));
	assert_non_null(problem_of(run, "lfs_pointer"));
	assert_non_null(problem_of(run, "bad_json"));
	assert_string_equal(problem_of(run, "bad_json")->path, "checkpoint-25/adapter_config.json");
	/* 5 and 30 are whole; 25 has its A and B, and no scaling */
	assert_int_equal(run->n_steps, 3);
	assert_int_equal(run->steps[1], 25);
	assert_true(run->matrices[PT_MATRIX_B].norms.present);
	pt_snapshot_destroy(snapshot);
}

static void nan_and_changed_shapes_leave_gaps(void **state)
{
	float a[FIXTURE_D_IN], b[FIXTURE_D_OUT];
	for (int64_t step = 5; step <= 25; step += 5)
		write_adapter(*state, step, 100);
	fixture_vectors(10, 100, a, b);
	b[3] = NAN;
	write_adapter_values(*state, "checkpoint-10", a, b);
	char directory[1024];
	path_of(directory, *state, "checkpoint-20");
	float values[4] = {1, 2, 3, 4};
	write_safetensors(directory, "adapter_model.safetensors",
		"{\"base_model.model.layers.3.down_proj.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_"
		"offsets\":[0,8]},"
		"\"base_model.model.layers.3.down_proj.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_"
		"offsets\":[8,16]}}",
		values, sizeof values);
	pt_snapshot *snapshot = fixture_cold(*state, NULL);
	const pt_run_view *run = &snapshot->runs[0];
	assert_int_equal(run->n_steps, 5);
	assert_false(run->complete[1]);
	assert_false(run->complete[3]);
	const double *norm = run->matrices[PT_MATRIX_B].norms.norm;
	assert_true(pt_is_missing(norm[1]) && pt_is_missing(norm[3]) && norm[2] > 0);
	assert_int_equal(run->matrices[PT_MATRIX_B].pca.n, 3);
	assert_non_null(problem_of(run, "not_finite"));
	assert_true(problem_of(run, "not_finite")->offset > 0);
	assert_non_null(problem_of(run, "shape"));
	assert_string_equal(problem_of(run, "shape")->path, "checkpoint-20/adapter_model.safetensors");
	pt_snapshot_destroy(snapshot);
}

static void a_without_b_is_told(void **state)
{
	char directory[1024];
	write_adapter(*state, 5, 100);
	write_adapter(*state, 10, 100);
	path_of(directory, *state, "checkpoint-10");
	float values[FIXTURE_D_IN] = {1};
	write_safetensors(directory, "adapter_model.safetensors",
		"{\"base_model.model.layers.3.down_proj.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,12],\"data_"
		"offsets\":[0,48]}}",
		values, sizeof values);
	pt_snapshot *snapshot = fixture_cold(*state, NULL);
	const pt_problem *problem = problem_of(&snapshot->runs[0], "missing_pair");
	assert_non_null(problem);
	assert_string_equal(problem->path, "checkpoint-10/adapter_model.safetensors");
	assert_true(snapshot->runs[0].complete[0]);
	pt_snapshot_destroy(snapshot);
}

static void bad_log_lines_are_counted_with_their_numbers(void **state)
{
	write_adapter(*state, 5, 100);
	write_text(*state, "train_log.jsonl",
		"{\"step\": 1, \"loss\": 2.0}\n{\"step\": 2, \"loss\": \n{\"step\": 3, \"loss\": NaN}\n{\"step\": 4, "
		"\"loss\": 1.0}\n");
	write_text(*state, "probe_losses.jsonl",
		"{\"probes\": [\"a\", \"b\"]}\n{\"step\": 1, \"losses\": [1, 2]}\n{\"step\": 2, \"losses\": [NaN, "
		"2]}\n"
		"{\"step\": 3, \"losses\": [1.5, 2.5]}\n");
	pt_snapshot *snapshot = fixture_cold(*state, NULL);
	const pt_run_view *run = &snapshot->runs[0];
	const pt_problem *bad = problem_of(run, "bad_row");
	assert_non_null(bad);
	assert_string_equal(bad->path, "train_log.jsonl");
	assert_int_equal(bad->offset, 2);
	assert_int_equal(run->loss.n, 4);
	assert_float_equal(run->loss.train[0], 2.0, 0);
	assert_true(pt_is_missing(run->loss.train[2]));
	assert_true(pt_is_missing(run->loss.probe_mean[1]));
	const pt_spectrum_view *spectrum = &run->spectra[PT_SPECTRUM_RAW];
	assert_true(spectrum->present);
	assert_int_equal(spectrum->n, 2);
	assert_int_equal(spectrum->n_invalid_rows, 1);
	assert_true(pt_is_missing(spectrum->shc[0]) && spectrum->partial[1]);
	pt_snapshot_destroy(snapshot);
}

static void a_state_cut_short_leaves_the_older_one(void **state)
{
	char directory[1024];
	for (int64_t step = 5; step <= 15; step += 5) {
		write_adapter(*state, step, 100);
		snprintf(directory, sizeof directory, "%s/checkpoint-%lld", (char *)*state, (long long)step);
		write_text(directory, "trainer_state.json",
			step == 15 ? "{\"global_step\": 15, \"log_history\": [{\"step\": 1, \"lo"
					   : "{\"global_step\": 10, \"max_steps\": 40, \"log_history\": [{\"step\": 1, \"loss\": "
						 "2.5}]}");
	}
	pt_snapshot *snapshot = fixture_cold(*state, NULL);
	const pt_run_view *run = &snapshot->runs[0];
	assert_int_equal(run->loss.n, 1);
	assert_float_equal(run->loss.train[0], 2.5, 0);
	assert_int_equal(run->max_steps, 40);
	assert_non_null(problem_of(run, "bad_json"));
	assert_string_equal(problem_of(run, "bad_json")->path, "checkpoint-15/trainer_state.json");
	pt_snapshot_destroy(snapshot);
}

static void arrivals_are_seen_and_deleted_results_stay(void **state)
{
	fixture_time now;
	char command[1100];
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	assert_non_null(pipeline);
	assert_true(fixture_pump(pipeline, &now));
	for (int64_t step = 5; step <= 50; step += 5) {
		write_adapter(*state, step, 30);
		assert_true(fixture_pump(pipeline, &now));
		assert_false(fixture_pump(pipeline, &now));
		pt_pipeline_mark_all(pipeline); /* looked at again, nothing is new */
		assert_false(fixture_pump(pipeline, &now));
	}
	write_text(*state, "train_log.jsonl", "{\"step\": 1, \"loss\": 2.0}\n");
	assert_true(fixture_pump(pipeline, &now));
	append_text(*state, "train_log.jsonl", "{\"step\": 2, \"loss\": 1.5}\n{\"step\": 3, \"lo");
	assert_true(fixture_pump(pipeline, &now));
	snprintf(
		command, sizeof command, "rm -r %s/checkpoint-5 %s/checkpoint-10", (char *)*state, (char *)*state);
	assert_int_equal(system(command), 0);
	assert_true(fixture_pump(pipeline, &now));
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	const pt_run_view *run = &snapshot->runs[0];
	assert_int_equal(run->n_steps, 10);
	assert_int_equal(run->n_deleted, 2);
	assert_int_equal(run->deleted[1], 10);
	assert_int_equal(run->loss.n, 2);
	assert_false(pt_is_missing(run->matrices[PT_MATRIX_B].norms.norm[0]));
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

static void a_file_in_flight_waits_and_a_settled_one_is_a_problem(void **state)
{
	fixture_time now;
	char path[1024];
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	now.wall_ms -= 3600 * 1000; /* the files are young */
	write_adapter(*state, 5, 100);
	write_adapter(*state, 10, 100);
	path_of(path, *state, "checkpoint-10/adapter_model.safetensors");
	assert_int_equal(truncate(path, 300), 0);
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->runs[0].n_steps, 1);
	assert_int_equal(snapshot->runs[0].n_problems, 0);
	assert_int_equal(snapshot->runs[0].n_pending, 1);
	pt_snapshot_destroy(snapshot);
	assert_true(pt_pipeline_next_due_ms(pipeline) < INT64_MAX);
	now.wall_ms += 60 * 1000;
	assert_true(fixture_pump(pipeline, &now));
	snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->runs[0].n_pending, 0);
	assert_non_null(problem_of(&snapshot->runs[0], "truncated"));
	pt_snapshot_destroy(snapshot);
	write_adapter(*state, 10, 100); /* the repaired file is read: nothing is bad for ever */
	assert_true(fixture_pump(pipeline, &now));
	snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->runs[0].n_steps, 2);
	assert_int_equal(snapshot->runs[0].n_problems, 0);
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

/* A long run is read a slice at a time, each with a snapshot of what there is; in the end nothing is missing. */
static void a_long_run_is_read_in_slices(void **state)
{
	enum { N = 9 };
	for (int step = 1; step <= N; step++)
		write_adapter(*state, 5 * step, 100);
	fixture_time now;
	pt_pipeline *pipeline = fixture_pipeline_sliced(*state, true, &now, NULL, 25);
	now.look_ms = 10;
	size_t n_before = 0, n_rounds = 0;
	for (; n_before < N; n_rounds++) {
		bool changed = false;
		assert_true(pt_pipeline_next_due_ms(pipeline) <= now.monotonic_ms);
		assert_int_equal(pt_pipeline_run_due(pipeline, &changed, NULL), PT_OK);
		assert_true(changed);
		pt_snapshot *snapshot = fixture_snapshot(pipeline);
		const pt_run_view *run = &snapshot->runs[0];
		assert_true(run->n_steps > n_before && run->n_steps < n_before + 4);
		assert_int_equal(run->n_unread, N - run->n_steps);
		assert_int_equal(run->n_problems + run->n_pending + run->n_deleted, 0);
		assert_int_equal(run->steps[0], 5);
		assert_int_equal(run->steps[run->n_steps - 1], 5 * (int64_t)run->n_steps);
		n_before = run->n_steps;
		pt_snapshot_destroy(snapshot);
	}
	assert_true(n_rounds >= 3);
	bool changed = true;
	now.monotonic_ms += 1000;
	assert_int_equal(pt_pipeline_run_due(pipeline, &changed, NULL), PT_OK);
	assert_false(changed);
	pt_pipeline_destroy(pipeline);
}

static void settings_change_without_reading(void **state)
{
	fixture_time now;
	char command[1100];
	for (int64_t step = 5; step <= 100; step += 5)
		write_adapter(*state, step, 50);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	fixture_pump(pipeline, &now);
	snprintf(command, sizeof command, "rm -r %s/checkpoint-*", (char *)*state);
	assert_int_equal(system(command), 0);
	pt_settings settings = pt_settings_default();
	settings.k[0] = 20;
	settings.n_k = 1;
	pt_pipeline_set_settings(pipeline, &settings);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	const pt_cosine_view *cosine = &snapshot->runs[0].matrices[PT_MATRIX_B].cosines[0];
	assert_int_equal(snapshot->runs[0].matrices[PT_MATRIX_B].n_cosines, 1);
	assert_int_equal(cosine->k_used, 20);
	assert_int_equal(cosine->n, 12);
	assert_true(labs((long)(cosine->minimum_step - 50)) <= 5);
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

static void staleness_wakes_once(void **state)
{
	fixture_time now;
	write_adapter(*state, 5, 100);
	write_adapter(*state, 10, 100);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	now.wall_ms -= 3600 * 1000;
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->runs[0].state, PT_RUN_LIVE);
	pt_snapshot_destroy(snapshot);
	int64_t due = pt_pipeline_next_due_ms(pipeline);
	assert_true(due != INT64_MAX);
	now.wall_ms += due - now.monotonic_ms + 1;
	assert_true(fixture_pump(pipeline, &now));
	snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->runs[0].state, PT_RUN_STALE);
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

static void why_a_run_is_polled_is_said(void **state)
{
	fixture_time now = {.wall_ms = 1000000, .monotonic_ms = 1000};
	const pt_clock clock = {fixture_wall, fixture_monotonic, &now};
	pt_run_path path = {.path = *state};
	static const struct {
		pt_watch_mode mode;
		const char *why;
	} cases[] = {{PT_WATCH_INOTIFY, ""}, {PT_WATCH_POLL, "asked for"}};
	write_adapter(*state, 5, 100);
	for (size_t i = 0; i < 2; i++) {
		pt_pipeline_options options = {.paths = &path,
			.n_paths = 1,
			.settings = pt_settings_default(),
			.clock = clock,
			.watch = true,
			.watching = {.mode = cases[i].mode, .clock = clock, .calls = pt_watch_calls_system()}};
		pt_pipeline *pipeline = NULL;
		assert_int_equal(pt_pipeline_create(&options, &pipeline, NULL), PT_OK);
		assert_true(fixture_pump(pipeline, &now));
		pt_snapshot *snapshot = fixture_snapshot(pipeline);
		assert_string_equal(snapshot->runs[0].polling_why, cases[i].why);
		assert_int_equal(snapshot->runs[0].polling, cases[i].why[0] != '\0');
		pt_snapshot_destroy(snapshot);
		pt_pipeline_destroy(pipeline);
	}
}

static void a_workspace_takes_runs_in_as_they_appear(void **state)
{
	fixture_time now;
	char path[1024];
	make_directory(*state, "one");
	path_of(path, *state, "one");
	write_adapter(path, 5, 100);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, NULL);
	fixture_pump(pipeline, &now);
	make_directory(*state, "two");
	path_of(path, *state, "two");
	write_adapter(path, 5, 100);
	assert_true(fixture_pump(pipeline, &now));
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->n_runs, 2);
	assert_string_equal(snapshot->runs[0].name, "one");
	assert_string_equal(snapshot->runs[1].name, "two");
	assert_int_equal(snapshot->runs[1].n_steps, 1);
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

static void the_directory_may_go_and_come_back(void **state)
{
	fixture_time now;
	char path[1024], away[1024];
	make_directory(*state, "run");
	path_of(path, *state, "run");
	path_of(away, *state, "away");
	write_adapter(path, 5, 100);
	pt_pipeline *pipeline = fixture_pipeline(path, true, &now, NULL);
	fixture_pump(pipeline, &now);
	assert_int_equal(rename(path, away), 0);
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_true(snapshot->runs[0].removed);
	assert_int_equal(snapshot->runs[0].n_steps, 1);
	pt_snapshot_destroy(snapshot);
	assert_int_equal(rename(away, path), 0);
	fixture_pump(pipeline, &now);
	write_adapter(path, 10, 100);
	fixture_pump(pipeline, &now);
	snapshot = fixture_snapshot(pipeline);
	assert_false(snapshot->runs[0].removed);
	assert_int_equal(snapshot->runs[0].n_steps, 2);
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

static void every_failing_allocation_is_survived(void **state)
{
	for (int64_t step = 5; step <= 15; step += 5)
		write_adapter(*state, step, 100);
	write_text(*state, "train_log.jsonl", "{\"step\": 1, \"loss\": 2.0}\n");
	write_text(*state, "probe_losses.jsonl",
		"{\"probes\": [\"a\"]}\n{\"step\": 1, \"losses\": [1]}\n{\"step\": 2, \"losses\": [2]}\n");
	bool done = false;
	for (size_t n = 1; !done; n += n < 200 ? 1 : 7) {
		pt_alloc_fail_at(n, false);
		pt_snapshot *snapshot = fixture_cold(*state, NULL);
		size_t made = pt_alloc_fail_at(0, false);
		done = made < n;
		pt_snapshot_destroy(snapshot);
	}
	assert_true(done);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, make_scratch, remove_scratch)
	const struct CMUnitTest tests[] = {
		CASE(an_empty_directory_waits_and_says_for_what),
		CASE(a_missing_path_and_a_file_are_told_apart),
		CASE(checkpoints_come_in_numeric_order),
		CASE(every_selects_multiples),
		CASE(bad_weights_cost_their_checkpoint_alone),
		CASE(nan_and_changed_shapes_leave_gaps),
		CASE(a_without_b_is_told),
		CASE(bad_log_lines_are_counted_with_their_numbers),
		CASE(a_state_cut_short_leaves_the_older_one),
		CASE(arrivals_are_seen_and_deleted_results_stay),
		CASE(a_file_in_flight_waits_and_a_settled_one_is_a_problem),
		CASE(a_long_run_is_read_in_slices),
		CASE(settings_change_without_reading),
		CASE(staleness_wakes_once),
		CASE(why_a_run_is_polled_is_said),
		CASE(a_workspace_takes_runs_in_as_they_appear),
		CASE(the_directory_may_go_and_come_back),
		CASE(every_failing_allocation_is_survived),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
