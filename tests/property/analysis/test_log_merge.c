/*
 * Logs of one run that hold the same quantities: whatever they hold, and in whichever order they were found,
 * each quantity has each step once, the preferred log's values are untouched between its first and its last
 * step, and the newest step of any log of the newest training is shown. And a probe log says the same in CSV
 * as in JSONL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>

#include "../../helpers/random_numbers.h"
#include "../../unit/analysis/log_tables.h"
#include "../../unit/analysis/run_fixture.h"

enum { ROUNDS = 400, N_NAMES = 3 };

static const char *const names[N_NAMES] = {"loss", "eval_loss", "acc"};

static uint64_t random_state = 7;

static size_t below(size_t n)
{
	return (size_t)random_bits(&random_state) % n;
}

/* Any of these may be there; each with some rows, one value in eight missing. */
static void make_logs(made_logs *made)
{
	static const struct {
		pt_log_kind kind;
		const char *path;
	} rows[] = {
		{PT_LOG_TRAINER_STATE, "trainer_state.json"},
		{PT_LOG_TRAINER_STATE, "checkpoint-9/trainer_state.json"},
		{PT_LOG_TRAIN_JSONL, "train_log.jsonl"},
		{PT_LOG_TRAIN_JSONL, "logs/metrics.jsonl"},
		{PT_LOG_WANDB, "wandb/a/a.wandb"},
		{PT_LOG_WANDB, "wandb/b/b.wandb"},
		{PT_LOG_METRICS_CSV, "version_1/metrics.csv"},
		{PT_LOG_METRICS_CSV, "version_2/metrics.csv"},
		{PT_LOG_TFEVENTS, "runs/a/events.out.tfevents.1"},
		{PT_LOG_TFEVENTS, "runs/b/events.out.tfevents.2"},
		{PT_LOG_TFEVENTS, "runs/b/acc_x/events.out.tfevents.3"},
	};
	made_begin(made);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (below(3) == 0)
			continue;
		pt_run_log *log = made_log(made, rows[i].kind, rows[i].path, below(2) ? (double)below(50) : 0.0);
		int64_t step = (int64_t)below(40), by = 1 + (int64_t)below(5);
		for (size_t n = below(30); n > 0; n--, step += by)
			made_value(
				log, step, names[below(N_NAMES)], below(8) ? (double)(i * 1000) + (double)step : PT_MISSING);
	}
}

static pt_merged_series *merge(const made_logs *made, pt_arena *arena, pt_log_sources *sources, size_t *n)
{
	pt_merged_series *series = NULL;
	assert_int_equal(pt_log_sources_find(&made->logs, arena, sources, NULL), PT_OK);
	assert_int_equal(pt_log_sources_merge(sources, arena, &series, n, NULL), PT_OK);
	return series;
}

static bool has_value(const pt_merged_series *series, int64_t step, double value)
{
	for (size_t r = 0; r < series->n; r++)
		if (series->steps[r] == step)
			return series->values[r] == value;
	return false;
}

static void check_series(const pt_log_sources *sources, const pt_merged_series *series)
{
	bool is_first = true;
	for (size_t r = 1; r < series->n; r++)
		assert_true(series->steps[r] > series->steps[r - 1]);
	for (size_t s = 0; s < sources->n; s++) {
		const pt_log_source *source = &sources->items[s];
		const pt_metric_table *table = &source->log->table;
		char own[PT_SERIES_NAME_BYTES];
		for (size_t c = 0; c < table->n_columns; c++) {
			pt_log_source_series(source, table->columns[c].name, own);
			if (strcmp(own, series->name) != 0)
				continue;
			bool has_any = false;
			for (size_t r = 0; r < table->n_rows && table->steps[r] < source->until; r++) {
				double value = table->columns[c].values[r];
				if (pt_is_missing(value))
					continue;
				has_any = true;
				if (is_first) /* the preferred one has its say from end to end */
					assert_true(has_value(series, table->steps[r], value));
				assert_true(series->n > 0 && series->steps[0] <= table->steps[r] &&
							series->steps[series->n - 1] >= table->steps[r]);
			}
			is_first &= !has_any;
		}
	}
}

static void check_equal(const pt_merged_series *a, size_t n_a, const pt_merged_series *b, size_t n_b)
{
	assert_int_equal(n_a, n_b);
	for (size_t i = 0; i < n_a; i++) {
		assert_string_equal(a[i].name, b[i].name);
		assert_string_equal(a[i].source, b[i].source);
		assert_int_equal(a[i].n, b[i].n);
		for (size_t r = 0; r < a[i].n; r++)
			assert_true(a[i].steps[r] == b[i].steps[r] && a[i].values[r] == b[i].values[r]);
	}
}

static void any_order_gives_the_same(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		made_logs made;
		pt_log_sources sources;
		size_t n_first, n_again;
		pt_arena *arena = pt_arena_create();
		make_logs(&made);
		const pt_merged_series *first = merge(&made, arena, &sources, &n_first);
		for (size_t i = 0; i < n_first; i++)
			check_series(&sources, &first[i]);
		for (int again = 0; again < 3; again++) {
			for (size_t i = made.logs.n; i > 1; i--) {
				size_t k = below(i);
				pt_run_log *swapped = made.pointers[i - 1];
				made.pointers[i - 1] = made.pointers[k];
				made.pointers[k] = swapped;
			}
			const pt_merged_series *other = merge(&made, arena, &sources, &n_again);
			check_equal(first, n_first, other, n_again);
		}
		pt_arena_destroy(arena);
		made_end(&made);
	}
}

/* --- a run whose logs arrive one after another ------------------------------------------------------- */

static void same_numbers(const double *a, const double *b, size_t n)
{
	assert_int_equal(a == NULL, b == NULL);
	for (size_t i = 0; a && i < n; i++)
		assert_true(a[i] == b[i] || (pt_is_missing(a[i]) && pt_is_missing(b[i])));
}

static void same_text(const char *a, const char *b)
{
	assert_string_equal(a ? a : "", b ? b : "");
}

static void same_loss(const pt_loss_view *a, const pt_loss_view *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->steps, b->steps, a->n * sizeof *a->steps);
	same_numbers(a->train, b->train, a->n);
	same_numbers(a->eval, b->eval, a->n);
	same_numbers(a->learning_rate, b->learning_rate, a->n);
	same_text(a->train_source, b->train_source);
	same_text(a->eval_source, b->eval_source);
	assert_int_equal(a->n_series, b->n_series);
	for (size_t i = 0; i < a->n_series; i++) {
		assert_string_equal(a->series[i].name, b->series[i].name);
		assert_string_equal(a->series[i].source, b->series[i].source);
		assert_int_equal(a->series[i].n, b->series[i].n);
		same_numbers(a->series[i].values, b->series[i].values, a->series[i].n);
	}
}

typedef struct arriving_file {
	const char *name, *begin, *end;
} arriving_file;

static const arriving_file arriving[] = {
	{"trainer_state.json",
		"{\"max_steps\": 30, \"log_history\": [{\"step\": 1, \"loss\": 3}, {\"step\": 2, \"loss\": 2.5}",
		", {\"step\": 30, \"train_loss\": 2, \"train_runtime\": 1}]}"},
	{"train_log.jsonl",
		"{\"step\": 1, \"loss\": 30}\n{\"step\": 3, \"loss\": 2.25, \"x\": 1}\n{\"step\": 9, \"l",
		"oss\": 1}\n{\"step\": 4, \"loss\": 2}\n"},
	{"metrics.csv", "step,loss,val_loss,lr\n0,3.5,,0.1\n2,7,2.75,0.2\n8,", "1,2,0.3\n"},
	{"probe_losses.csv", "step,a,b\n1,2,3\n2,", "3,4\n"},
	{"behaviour.csv", "step,acc\n0,0.5\n3", ",0.75\n"},
};
enum { N_ARRIVING = sizeof arriving / sizeof arriving[0] };

static void any_arrival_gives_the_same(void **state)
{
	(void)state;
	pt_settings settings = pt_settings_default();
	settings.n_metrics = 1;
	strcpy(settings.metrics[0], "behaviour.csv:acc,none");
	for (int round = 0; round < 24; round++) {
		char root[64];
		fixture_time now;
		size_t order[2 * N_ARRIVING], n_begun[N_ARRIVING] = {0};
		scratch_directory(root);
		pt_pipeline *pipeline = fixture_pipeline(root, true, &now, &settings);
		assert_non_null(pipeline);
		fixture_pump(pipeline, &now);
		for (size_t i = 0; i < 2 * N_ARRIVING; i++)
			order[i] = i / 2;
		for (size_t i = 2 * N_ARRIVING; i > 1; i--) {
			size_t k = below(i), swapped = order[i - 1];
			order[i - 1] = order[k];
			order[k] = swapped;
		}
		for (size_t i = 0; i < 2 * N_ARRIVING; i++) {
			const arriving_file *file = &arriving[order[i]];
			append_text(root, file->name, n_begun[order[i]]++ ? file->end : file->begin);
			if (below(2))
				fixture_pump(pipeline, &now);
		}
		fixture_pump(pipeline, &now);
		pt_snapshot *live = fixture_snapshot(pipeline), *cold = fixture_cold(root, &settings);
		same_loss(&live->runs[0].loss, &cold->runs[0].loss);
		assert_int_equal(live->runs[0].state, cold->runs[0].state);
		assert_int_equal(live->runs[0].state, PT_RUN_FINISHED);
		assert_int_equal(live->runs[0].max_steps, 30);
		assert_int_equal(live->runs[0].n_problems, cold->runs[0].n_problems);
		assert_int_equal(live->runs[0].n_problems, 1); /* no column `none` */
		assert_string_equal(live->runs[0].loss.train_source,
			"metrics.csv + trainer_state.json + train_log.jsonl + metrics.csv");
		pt_snapshot_destroy(live);
		pt_snapshot_destroy(cold);
		pt_pipeline_destroy(pipeline);
		remove_tree(root);
	}
}

/* --- probe logs --------------------------------------------------------------------------------------- */

static void write_probes(const char *jsonl, const char *csv, size_t n, size_t n_rows)
{
	FILE *j = fopen(jsonl, "wb"), *c = fopen(csv, "wb");
	assert_true(j && c);
	fprintf(j, "{\"probes\": [");
	fprintf(c, "step");
	for (size_t p = 0; p < n; p++) {
		fprintf(j, "%s\"group %zu/\\\"p%zu, x\\\"\"", p ? ", " : "", p % 2, p);
		fprintf(c, ",\"group %zu/\"\"p%zu, x\"\"\"", p % 2, p);
	}
	fprintf(j, "]}\n");
	fprintf(c, "\n");
	int64_t step = 0;
	for (size_t r = 0; r < n_rows; r++) {
		step = below(20) == 0 && step > 5 ? step - 4 : step + 1 + (int64_t)below(3); /* resumes too */
		fprintf(j, "{\"step\": %lld, \"losses\": [", (long long)step);
		fprintf(c, "%lld", (long long)step);
		for (size_t p = 0; p < n; p++) {
			double loss = ldexp((double)below(1u << 30), -30) * exp((double)below(8) - 4);
			bool is_bad = below(200) == 0;
			fprintf(j, is_bad ? "%sNaN" : "%s%.17g", p ? ", " : "", loss);
			fprintf(c, is_bad ? ",nan" : ",%.17g", loss);
		}
		fprintf(j, "]}\n");
		fprintf(c, "\n");
	}
	assert_true(fclose(j) == 0 && fclose(c) == 0);
}

static void same_spectrum(const pt_spectrum_view *a, const pt_spectrum_view *b)
{
	assert_int_equal(a->present, b->present);
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->n_probes, b->n_probes);
	assert_int_equal(a->n_invalid_rows, b->n_invalid_rows);
	same_numbers(a->shc, b->shc, a->n);
	same_numbers(a->pr, b->pr, a->n);
	same_numbers(a->trace, b->trace, a->n);
	assert_int_equal(a->n_probe_names, b->n_probe_names);
	for (size_t i = 0; i < a->n_probe_names; i++)
		assert_string_equal(a->probe_names[i], b->probe_names[i]);
	if (a->n > 0)
		assert_memory_equal(a->steps, b->steps, a->n * sizeof *a->steps);
}

static void csv_probes_say_what_jsonl_says(void **state)
{
	(void)state;
	pt_settings settings = pt_settings_default();
	settings.wanted = PT_WANT_REPORT | PT_WANT_SUBSETS;
	for (int round = 0; round < 20; round++) {
		char a[64], b[64], jsonl[128], csv[128];
		scratch_directory(a);
		scratch_directory(b);
		snprintf(jsonl, sizeof jsonl, "%s/probe_losses.jsonl", a);
		snprintf(csv, sizeof csv, "%s/probe_losses.csv", b);
		write_probes(jsonl, csv, 1 + below(12), below(120));
		pt_snapshot *of_jsonl = fixture_cold(a, &settings), *of_csv = fixture_cold(b, &settings);
		const pt_run_view *x = &of_jsonl->runs[0], *y = &of_csv->runs[0];
		for (int s = 0; s < PT_N_SPECTRA; s++)
			same_spectrum(&x->spectra[s], &y->spectra[s]);
		assert_int_equal(x->n_subset_spectra, y->n_subset_spectra);
		for (size_t s = 0; s < x->n_subset_spectra; s++)
			same_spectrum(&x->subset_spectra[s], &y->subset_spectra[s]);
		assert_int_equal(x->loss.n, y->loss.n);
		same_numbers(x->loss.probe_mean, y->loss.probe_mean, x->loss.n);
		same_numbers(x->loss.probe_q90, y->loss.probe_q90, x->loss.n);
		assert_int_equal(x->n_problems, y->n_problems);
		pt_snapshot_destroy(of_jsonl);
		pt_snapshot_destroy(of_csv);
		remove_tree(a);
		remove_tree(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_gives_the_same),
		cmocka_unit_test(any_arrival_gives_the_same),
		cmocka_unit_test(csv_probes_say_what_jsonl_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
