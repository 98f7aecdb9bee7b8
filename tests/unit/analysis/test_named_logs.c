/* Files and series that --metric names, and what is said of a run's logs together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../helpers/scratch_of_test.h"
#include "run_fixture.h"

static pt_settings settings_of(const char *request, const char *other)
{
	pt_settings settings = pt_settings_default();
	snprintf(settings.metrics[settings.n_metrics++], PT_METRIC_BYTES, "%s", request);
	if (other)
		snprintf(settings.metrics[settings.n_metrics++], PT_METRIC_BYTES, "%s", other);
	return settings;
}

static const pt_problem *problem_of(const pt_run_view *run, const char *code)
{
	for (size_t i = 0; i < run->n_problems; i++)
		if (strcmp(run->problems[i].code, code) == 0)
			return &run->problems[i];
	return NULL;
}

/* "name<source>@first:value…" of the series asked for. */
static void expect_asked(const pt_snapshot *snapshot, const char *expected)
{
	char text[512] = "";
	const pt_loss_view *loss = &snapshot->runs[0].loss;
	for (size_t i = 0; i < loss->n_series; i++) {
		const pt_metric_view *one = &loss->series[i];
		if (!one->asked)
			continue;
		size_t at = strlen(text);
		snprintf(text + at, sizeof text - at, "%s<%s>", one->name, one->source);
		for (size_t r = 0; r < one->n; r++) {
			at = strlen(text);
			snprintf(text + at, sizeof text - at, " %lld:%g", (long long)one->steps[r], one->values[r]);
		}
		strcat(text, "; ");
	}
	assert_string_equal(text, expected);
}

static void columns_of_a_file(void **state)
{
	write_text(*state, "train_log.jsonl", "{\"step\": 1, \"loss\": 2, \"grad_norm\": 5}\n");
	write_text(*state, "behaviour.csv", "step,lr,loss\n0,0.5,7\n10,0.25,8\n");
	make_directory(*state, "evals");
	write_text(*state, "evals/scores.json", "{\"step\": [0, 10], \"acc\": [0.5, 0.75], \"f1\": [null, 1]}");
	pt_settings settings = settings_of("behaviour.csv:lr,loss", "evals/scores.json:f1");
	pt_snapshot *snapshot = fixture_cold(*state, &settings);
	/* under the names that they have in the file, and nothing else of them */
	expect_asked(snapshot,
		"lr<behaviour.csv> 0:0.5 10:0.25; loss<behaviour.csv> 0:7 10:8; f1<evals/scores.json> 10:1; ");
	const pt_loss_view *loss = &snapshot->runs[0].loss;
	assert_null(loss->learning_rate);
	assert_int_equal(loss->n, 3);
	assert_true(pt_is_missing(loss->train[0]) && loss->train[1] == 2 && pt_is_missing(loss->train[2]));
	assert_string_equal(loss->train_source, "train_log.jsonl");
	assert_int_equal(snapshot->runs[0].n_problems, 0);
	pt_snapshot_destroy(snapshot);
}

static void series_of_the_logs(void **state)
{
	write_text(
		*state, "train_log.jsonl", "{\"step\": 1, \"loss\": 2, \"acc\": 1, \"grad_norm\": 5, \"x\": 3}\n");
	pt_settings settings = settings_of("x,grad_norm", "loss,nope");
	pt_snapshot *snapshot = fixture_cold(*state, &settings);
	/* grad_norm is drawn nowhere else; the loss is, and needs no second curve */
	expect_asked(snapshot, "grad_norm<train_log.jsonl> 1:5; x<train_log.jsonl> 1:3; ");
	assert_int_equal(snapshot->runs[0].loss.n_series, 3);
	const pt_problem *problem = problem_of(&snapshot->runs[0], "not_found");
	assert_non_null(problem);
	assert_string_equal(problem->path, "nope");
	assert_non_null(strstr(problem->message, "loss, acc, grad_norm, x"));
	assert_int_equal(snapshot->runs[0].n_problems, 1);
	pt_snapshot_destroy(snapshot);
}

static void wrong_names_are_told_with_those_there_are(void **state)
{
	write_text(*state, "train_log.jsonl", "{\"step\": 1, \"loss\": 2}\n");
	write_text(*state, "b.csv", "step,acc,f1\n0,1,2\n");
	pt_settings settings = settings_of("b.csv:Acc", "c.json:x");
	pt_snapshot *snapshot = fixture_cold(*state, &settings);
	const pt_run_view *run = &snapshot->runs[0];
	assert_int_equal(run->n_problems, 2);
	assert_string_equal(run->problems[0].path, "c.json");
	assert_non_null(strstr(run->problems[0].message, "no such file (--metric)"));
	assert_string_equal(run->problems[1].path, "b.csv");
	assert_non_null(strstr(run->problems[1].message, "no column 'Acc' (--metric); there are: acc, f1"));
	pt_snapshot_destroy(snapshot);
	write_text(*state, "b.csv", "time,acc\n0,1\n");
	snapshot = fixture_cold(*state, &settings);
	assert_non_null(problem_of(&snapshot->runs[0], "bad_row")); /* no step column */
	assert_non_null(
		strstr(snapshot->runs[0].problems[snapshot->runs[0].n_problems - 1].message, "and no other"));
	pt_snapshot_destroy(snapshot);
}

/* A directory with nothing else in it is a run, be the file there or not. */
static void a_file_alone_makes_a_run(void **state)
{
	pt_settings settings = settings_of("scores.csv:acc", NULL);
	pt_snapshot *snapshot = fixture_cold(*state, &settings);
	assert_string_equal(problem_of(&snapshot->runs[0], "not_found")->path, "scores.csv");
	pt_snapshot_destroy(snapshot);
	write_text(*state, "scores.csv", "step,acc\n0,1\n");
	snapshot = fixture_cold(*state, &settings);
	expect_asked(snapshot, "acc<scores.csv> 0:1; ");
	assert_int_equal(snapshot->runs[0].n_problems, 0);
	assert_int_equal(snapshot->runs[0].state, PT_RUN_STALE);
	pt_snapshot_destroy(snapshot);
}

static pt_snapshot *pump(pt_pipeline *pipeline, fixture_time *now)
{
	fixture_pump(pipeline, now);
	return fixture_snapshot(pipeline);
}

static void followed_as_it_grows(void **state)
{
	fixture_time now;
	pt_settings settings = settings_of("scores.csv:acc", "s.json:f1");
	write_text(*state, "train_log.jsonl", "{\"step\": 1, \"loss\": 2}\n");
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, &settings);
	pt_snapshot *snapshot = pump(pipeline, &now);
	assert_int_equal(snapshot->runs[0].n_problems, 2);
	pt_snapshot_destroy(snapshot);
	append_text(*state, "scores.csv", "step,acc\n0,1\n");
	write_text(*state, "s.json", "[{\"step\": 0, \"f1\": 3}]");
	snapshot = pump(pipeline, &now);
	expect_asked(snapshot, "acc<scores.csv> 0:1; f1<s.json> 0:3; ");
	pt_snapshot_destroy(snapshot);
	append_text(*state, "scores.csv", "10,2\n");
	write_text(*state, "s.json", "[{\"step\": 0, \"f1\": 3}, {\"step\": 5, \"f1\": 4}]");
	snapshot = pump(pipeline, &now);
	expect_asked(snapshot, "acc<scores.csv> 0:1 10:2; f1<s.json> 0:3 5:4; ");
	assert_int_equal(snapshot->runs[0].n_problems, 0);
	pt_snapshot_destroy(snapshot);
	/* other settings: one file fewer, and one that was not followed before */
	append_text(*state, "more.csv", "step,q\n1,2\n");
	pt_settings others = settings_of("more.csv:q", NULL);
	pt_pipeline_set_settings(pipeline, &others);
	snapshot = pump(pipeline, &now);
	expect_asked(snapshot, "q<more.csv> 1:2; ");
	pt_snapshot_destroy(snapshot);
	append_text(*state, "more.csv", "2,3\n");
	snapshot = pump(pipeline, &now);
	expect_asked(snapshot, "q<more.csv> 1:2 2:3; ");
	pt_snapshot_destroy(snapshot);
	/* what is gone keeps its rows */
	char path[128];
	snprintf(path, sizeof path, "%s/more.csv", (char *)*state);
	assert_int_equal(unlink(path), 0);
	snapshot = pump(pipeline, &now);
	expect_asked(snapshot, "q<more.csv> 1:2 2:3; ");
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
}

static void a_resumed_log_goes_on_from_where_it_resumed(void **state)
{
	write_text(*state, "train_log.jsonl",
		"{\"step\": 0, \"loss\": 1}\n{\"step\": 5, \"loss\": 2}\n{\"step\": 5, \"eval_loss\": 9}\n{\"step\": "
		"10, "
		"\"loss\": 3}\n{\"step\": 7, \"loss\": 4}\n");
	pt_snapshot *snapshot = fixture_cold(*state, NULL);
	const pt_loss_view *loss = &snapshot->runs[0].loss;
	assert_int_equal(loss->n, 3);
	assert_int_equal(loss->steps[2], 7);
	assert_true(loss->train[1] == 2 && loss->train[2] == 4 && loss->eval[1] == 9);
	pt_snapshot_destroy(snapshot);
}

static void rows_of_nothing_but_nan_keep_their_steps(void **state)
{
	write_text(*state, "metrics.csv", "step,loss\n0,1\n1,nan\n2,nan\n");
	pt_snapshot *snapshot = fixture_cold(*state, NULL);
	const pt_loss_view *loss = &snapshot->runs[0].loss;
	assert_int_equal(loss->n, 3);
	assert_true(loss->train[0] == 1 && pt_is_missing(loss->train[1]) && pt_is_missing(loss->train[2]));
	pt_snapshot_destroy(snapshot);
}

static void several_trainings_are_told(void **state)
{
	make_directory(*state, "version_0");
	make_directory(*state, "version_1");
	write_text(*state, "version_0/metrics.csv", "step,loss\n0,5\n1,5\n2,5\n");
	write_text(*state, "version_1/metrics.csv", "step,loss\n0,1\n1,1\n");
	write_adapter(*state, 5, 100);
	pt_snapshot *snapshot = fixture_cold(*state, NULL);
	const pt_run_view *run = &snapshot->runs[0];
	assert_int_equal(run->loss.n, 2);
	assert_string_equal(run->loss.train_source, "version_1/metrics.csv");
	assert_string_equal(problem_of(run, "ambiguous")->path, "version_1/metrics.csv");
	assert_non_null(strstr(problem_of(run, "ambiguous")->message, "1 log of earlier trainings"));
	pt_snapshot_destroy(snapshot);
}

/* The end of an earlier training is not that of one that goes on: an hour later it is stale. */
static void the_end_of_the_training(void **state)
{
	static const struct {
		const char *own, *log;
		pt_run_state state;
		int64_t max_steps;
	} rows[] = {
		{"{\"max_steps\": 9, \"log_history\": [{\"step\": 4, \"loss\": 1}]}", "", PT_RUN_STALE, 9},
		{"{\"max_steps\": 9, \"log_history\": [{\"step\": 9, \"loss\": 1}]}", "", PT_RUN_FINISHED, 9},
		{"{\"log_history\": [{\"step\": 4, \"loss\": 1}, {\"step\": 4, \"train_loss\": 1, \"train_runtime\": "
		 "2}]}",
			"", PT_RUN_FINISHED, PT_NO_STEP},
		{"{\"max_steps\": 4, \"log_history\": [{\"step\": 4, \"loss\": 1}, {\"step\": 4, \"train_loss\": 1, "
		 "\"train_runtime\": 2}]}",
			"{\"current_steps\": 6, \"total_steps\": 8, \"loss\": 1}\n", PT_RUN_STALE, 8},
		{"{\"max_steps\": 8, \"log_history\": [{\"step\": 4, \"loss\": 1}]}",
			"{\"current_steps\": 5, \"total_steps\": 8, \"loss\": 1}\n{\"current_steps\": 6, "
			"\"total_steps\": 8, \"epoch\": 1}\n",
			PT_RUN_FINISHED, 8}, /* stopped early */
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		write_text(*state, "trainer_state.json", rows[i].own);
		write_text(*state, "trainer_log.jsonl", rows[i].log);
		pt_snapshot *snapshot = fixture_cold(*state, NULL);
		if (snapshot->runs[0].state != rows[i].state || snapshot->runs[0].max_steps != rows[i].max_steps)
			fail_msg("case %zu: state %d, %lld steps", i, (int)snapshot->runs[0].state,
				(long long)snapshot->runs[0].max_steps);
		pt_snapshot_destroy(snapshot);
	}
}

static void rows_without_a_step_are_told(void **state)
{
	write_text(*state, "trainer_state.json",
		"{\"log_history\": [{\"step\": 4, \"loss\": 1}, {\"predict_loss\": 1}]}");
	write_text(*state, "metrics.csv", "step,loss\n1,2\n,3\n,4\n");
	pt_snapshot *snapshot = fixture_cold(*state, NULL);
	const pt_run_view *run = &snapshot->runs[0];
	assert_int_equal(run->n_problems, 2);
	assert_string_equal(run->problems[0].message, "2 rows without a step: passed over");
	assert_string_equal(run->problems[1].message, "1 row without a step: passed over");
	pt_snapshot_destroy(snapshot);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)
	const struct CMUnitTest tests[] = {
		CASE(columns_of_a_file),
		CASE(series_of_the_logs),
		CASE(wrong_names_are_told_with_those_there_are),
		CASE(a_file_alone_makes_a_run),
		CASE(followed_as_it_grows),
		CASE(a_resumed_log_goes_on_from_where_it_resumed),
		CASE(rows_of_nothing_but_nan_keep_their_steps),
		CASE(several_trainings_are_told),
		CASE(the_end_of_the_training),
		CASE(rows_without_a_step_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
