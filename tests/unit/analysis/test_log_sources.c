/* Which of a run's logs counts for what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>

#include "phasetop/analysis/metric_request.h"
#include "log_tables.h"

/* "name<source>: first-last*value;" for each stretch of consecutive steps whose values are of one log. */
static void expect(const made_logs *made, const char *expected)
{
	pt_arena *arena = pt_arena_create();
	pt_log_sources sources;
	pt_merged_series *series;
	size_t n;
	char text[2048] = "";
	assert_non_null(arena);
	assert_int_equal(pt_log_sources_find(&made->logs, arena, &sources, NULL), PT_OK);
	assert_int_equal(pt_log_sources_merge(&sources, arena, &series, &n, NULL), PT_OK);
	for (size_t i = 0; i < n; i++) {
		const pt_merged_series *one = &series[i];
		size_t at = strlen(text);
		snprintf(text + at, sizeof text - at, "%s<%s>:", one->name, one->source);
		for (size_t r = 0; r < one->n;) {
			double of = one->values[r] - (double)one->steps[r] / 1000;
			size_t end = r + 1;
			while (end < one->n && one->steps[end] == one->steps[end - 1] + 1 &&
				   fabs(one->values[end] - (double)one->steps[end] / 1000 - of) < 1e-9)
				end++;
			at = strlen(text);
			snprintf(text + at, sizeof text - at, " %lld-%lld*%g", (long long)one->steps[r],
				(long long)one->steps[end - 1], of);
			r = end;
		}
		strcat(text, "; ");
	}
	assert_string_equal(text, expected);
	pt_arena_destroy(arena);
}

static size_t n_hidden(const made_logs *made, const char *newer)
{
	pt_arena *arena = pt_arena_create();
	pt_log_sources sources;
	const pt_run_log *log;
	assert_int_equal(pt_log_sources_find(&made->logs, arena, &sources, NULL), PT_OK);
	size_t n = pt_log_sources_n_hidden(&sources, &log);
	if (newer)
		assert_string_equal(log->path, newer);
	else
		assert_null(log);
	pt_arena_destroy(arena);
	return n;
}

static void one_log_counts_and_others_add_what_it_lacks(void **state)
{
	(void)state;
	made_logs made;
	made_begin(&made);
	made_range(made_log(&made, PT_LOG_TFEVENTS, "runs/a/events.out.tfevents.1", 9), "loss", 1, 23, 5);
	pt_run_log *of_checkpoint = made_log(&made, PT_LOG_TRAINER_STATE, "checkpoint-20/trainer_state.json", 0);
	for (int64_t step = 10; step <= 20; step += 5)
		made_value(of_checkpoint, step, "loss", 1 + (double)step / 1000);
	expect(&made,
		"loss<runs/a + checkpoint-20/trainer_state.json + runs/a>: 1-9*5 10-10*1 15-15*1 20-20*1 21-23*5; ");
	/* the run's own, once it is there, goes before that of its checkpoint */
	made_range(made_log(&made, PT_LOG_TRAINER_STATE, "trainer_state.json", 0), "loss", 5, 18, 2);
	expect(&made,
		"loss<runs/a + trainer_state.json + checkpoint-20/trainer_state.json + runs/a>: 1-4*5 5-18*2 20-20*1 "
		"21-23*5; ");
	assert_int_equal(n_hidden(&made, NULL), 0);
	made_end(&made);
}

static void the_order_of_kinds(void **state)
{
	(void)state;
	static const struct {
		pt_log_kind kind;
		const char *path, *shown;
	} rows[] = {
		{PT_LOG_TFEVENTS, "runs/x/events.out.tfevents.1", "runs/x"},
		{PT_LOG_METRICS_CSV, "metrics.csv", "metrics.csv"},
		{PT_LOG_WANDB, "wandb/offline-run-1/run-1.wandb", "wandb/offline-run-1/run-1.wandb"},
		{PT_LOG_TRAIN_JSONL, "train_log.jsonl", "train_log.jsonl"},
		{PT_LOG_TRAINER_STATE, "checkpoint-5/trainer_state.json", "checkpoint-5/trainer_state.json"},
		{PT_LOG_TRAINER_STATE, "trainer_state.json", "trainer_state.json"},
	};
	made_logs made;
	made_begin(&made);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char expected[128];
		made_range(made_log(&made, rows[i].kind, rows[i].path, 0), "loss", 1, 3, (double)i);
		snprintf(expected, sizeof expected, "loss<%s>: 1-3*%zu; ", rows[i].shown, i);
		expect(&made, expected);
	}
	made_end(&made);
}

static void each_quantity_by_itself(void **state)
{
	(void)state;
	made_logs made;
	made_begin(&made);
	pt_run_log *trainer = made_log(&made, PT_LOG_TRAINER_STATE, "trainer_state.json", 0);
	pt_run_log *script = made_log(&made, PT_LOG_TRAIN_JSONL, "train_log.jsonl", 0);
	made_range(trainer, "loss", 1, 5, 1);
	made_range(script, "loss", 1, 5, 2);
	made_range(script, "acc", 2, 3, 2);
	made_value(script, 4, "acc", PT_MISSING);
	made_value(script, 4, "nothing", PT_MISSING);
	expect(
		&made, "loss<trainer_state.json>: 1-5*1; acc<train_log.jsonl>: 2-3*2; nothing<train_log.jsonl>:; ");
	made_end(&made);
}

static void the_newest_training_counts(void **state)
{
	(void)state;
	made_logs made;
	made_begin(&made);
	/* by the time of the newest row, not by the name: a fresh start, and a resume from step 12 */
	made_range(made_log(&made, PT_LOG_TFEVENTS, "runs/Nov21/events.out.tfevents.1", 100), "loss", 1, 30, 1);
	made_range(made_log(&made, PT_LOG_TFEVENTS, "runs/Apr01/events.out.tfevents.3", 300), "loss", 13, 17, 3);
	made_range(made_log(&made, PT_LOG_TFEVENTS, "runs/Dec24/events.out.tfevents.2", 200), "loss", 1, 14, 2);
	expect(&made, "loss<runs/Dec24 + runs/Apr01>: 1-12*2 13-17*3; ");
	assert_int_equal(n_hidden(&made, "runs/Apr01/events.out.tfevents.3"), 1);
	made_end(&made);
	/* Lightning's versions tell no time; ten comes behind nine */
	made_begin(&made);
	made_range(made_log(&made, PT_LOG_METRICS_CSV, "version_10/metrics.csv", 0), "loss", 1, 3, 10);
	made_range(made_log(&made, PT_LOG_METRICS_CSV, "version_9/metrics.csv", 0), "loss", 1, 5, 9);
	expect(&made, "loss<version_10/metrics.csv>: 1-3*10; ");
	assert_int_equal(n_hidden(&made, "version_10/metrics.csv"), 1);
	made_end(&made);
	/* logs of other names are of the same training */
	made_begin(&made);
	made_range(made_log(&made, PT_LOG_TRAIN_JSONL, "logs/metrics.jsonl", 0), "loss", 1, 3, 1);
	made_range(made_log(&made, PT_LOG_TRAIN_JSONL, "train_log.jsonl", 0), "loss", 1, 5, 2);
	expect(&made, "loss<logs/metrics.jsonl + train_log.jsonl>: 1-3*1 4-5*2; ");
	assert_int_equal(n_hidden(&made, NULL), 0);
	made_end(&made);
}

static void series_in_directories_below_stand_apart(void **state)
{
	(void)state;
	made_logs made;
	made_begin(&made);
	made_range(made_log(&made, PT_LOG_TFEVENTS, "runs/a/events.out.tfevents.1", 1), "loss", 1, 3, 1);
	made_range(made_log(&made, PT_LOG_TFEVENTS, "runs/a/Loss_all_train/events.out.tfevents.2", 2), "Loss/all",
		1, 3, 2);
	made_range(
		made_log(&made, PT_LOG_TFEVENTS, "runs/a/hp/events.out.tfevents.3", 3), "hparam/loss", 0, 0, 3);
	made_range(made_log(&made, PT_LOG_TFEVENTS, "runs/a/loss_val/events.out.tfevents.4", 4), "loss", 1, 2, 4);
	expect(&made,
		"loss<runs/a>: 1-3*1; Loss/all/train<runs/a/Loss_all_train>: 1-3*2; hp/hparam/loss<runs/a/hp>: "
		"0-0*3; eval_loss<runs/a/loss_val>: 1-2*4; ");
	/* beside one of the directory above they add what that one lacks */
	made_range(&made.items[0], "eval_loss", 2, 5, 9);
	expect(&made, "loss<runs/a>: 1-3*1; eval_loss<runs/a/loss_val + runs/a>: 1-1*4 2-5*9; "
				  "Loss/all/train<runs/a/Loss_all_train>: 1-3*2; hp/hparam/loss<runs/a/hp>: 0-0*3; ");
	assert_int_equal(n_hidden(&made, NULL), 0);
	made_end(&made);
}

static void named_logs_are_none_of_these(void **state)
{
	(void)state;
	made_logs made;
	made_begin(&made);
	pt_run_log *log = made_log(&made, PT_LOG_METRICS_CSV, "behaviour.csv", 0);
	log->is_named = true;
	made_range(log, "loss", 1, 3, 1);
	expect(&made, "");
	made_end(&made);
}

static void requests(void **state)
{
	(void)state;
	char text[PT_METRIC_BYTES];
	assert_true(pt_metric_request_valid("loss"));
	assert_true(pt_metric_request_valid("a/b.csv:x,y:z"));
	assert_false(pt_metric_request_valid(""));
	assert_false(pt_metric_request_valid("a:"));
	assert_false(pt_metric_request_valid(":a"));
	assert_false(pt_metric_request_valid("a,"));
	assert_false(pt_metric_request_file("a,b", text));
	assert_true(pt_metric_request_file("a/b.csv:x,y:z", text));
	assert_string_equal(text, "a/b.csv");
	assert_true(pt_metric_request_name("a/b.csv:x,y:z", 0, text));
	assert_string_equal(text, "x");
	assert_true(pt_metric_request_name("a/b.csv:x,y:z", 1, text));
	assert_string_equal(text, "y:z");
	assert_false(pt_metric_request_name("a/b.csv:x,y:z", 2, text));
	pt_settings settings = pt_settings_default();
	settings.n_metrics = 2;
	strcpy(settings.metrics[0], "f.csv:acc");
	strcpy(settings.metrics[1], "x,lr");
	assert_true(pt_metric_is_asked(&settings, "x"));
	assert_true(pt_metric_is_asked(&settings, "learning_rate"));
	assert_false(pt_metric_is_asked(&settings, "acc"));
}

static void going_back_voids_what_is_behind(void **state)
{
	(void)state;
	pt_metric_table table;
	pt_metric_table_init(&table);
	for (int64_t step = 0; step <= 100; step += 10) {
		assert_int_equal(pt_metric_table_set(&table, step, "loss", 1, NULL), PT_OK);
		if (step % 50 == 0)
			assert_int_equal(pt_metric_table_set(&table, step, "eval", 1, NULL), PT_OK);
	}
	pt_metric_table_go_back(&table, 100, "loss");
	pt_metric_table_go_back(&table, 70, "other");
	assert_int_equal(table.n_rows, 11);
	pt_metric_table_go_back(&table, 70, "loss");
	assert_int_equal(table.n_rows, 11); /* eval at 100 */
	assert_false(pt_is_missing(table.columns[0].values[7]));
	assert_true(pt_is_missing(table.columns[0].values[8]) && pt_is_missing(table.columns[0].values[10]));
	pt_metric_table_go_back(&table, 70, "eval");
	assert_int_equal(table.n_rows, 8);
	assert_int_equal(table.steps[7], 70);
	pt_metric_table_fini(&table);
	pt_metric_table_go_back(&table, 70, "eval");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_log_counts_and_others_add_what_it_lacks),
		cmocka_unit_test(the_order_of_kinds),
		cmocka_unit_test(each_quantity_by_itself),
		cmocka_unit_test(the_newest_training_counts),
		cmocka_unit_test(series_in_directories_below_stand_apart),
		cmocka_unit_test(named_logs_are_none_of_these),
		cmocka_unit_test(requests),
		cmocka_unit_test(going_back_voids_what_is_behind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
