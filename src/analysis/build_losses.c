#include "snapshot_build.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "log_sources.h"
#include "phasetop/analysis/metric_request.h"

static int by_step(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static bool is_rising(const int64_t *steps, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (steps[i] < steps[i - 1])
			return false;
	return true;
}

static size_t without_repeats(int64_t *steps, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || steps[kept - 1] != steps[i])
			steps[kept++] = steps[i];
	return kept;
}

/* All series of a run: those of its logs, merged, then the columns that were asked for by file. */
typedef struct loss_series {
	size_t n, n_merged;
	pt_merged_series *items;
	pt_log_sources sources;
} loss_series;

/* Rows of nothing but NaN: no series has them, and yet the training came so far. Their steps, where `steps`
   is not NULL; and how many they are. */
static size_t empty_rows(const pt_log_sources *sources, int64_t *steps)
{
	size_t n = 0;
	for (size_t s = 0; s < sources->n; s++) {
		const pt_metric_table *table = &sources->items[s].log->table;
		for (size_t r = 0; r < table->n_rows && table->steps[r] < sources->items[s].until; r++) {
			bool is_empty = true;
			for (size_t c = 0; c < table->n_columns && is_empty; c++)
				is_empty = pt_is_missing(table->columns[c].values[r]);
			if (is_empty && steps)
				steps[n] = table->steps[r];
			n += is_empty;
		}
	}
	return n;
}

/* The steps at which anything was logged, each once, rising. */
static pt_status common_steps(const loss_series *series, const pt_probe_store *probes, pt_arena *arena,
	pt_loss_view *view, pt_error *err)
{
	size_t n = (probes ? probes->n_rows : 0) + empty_rows(&series->sources, NULL), at = 0;
	for (size_t i = 0; i < series->n; i++)
		n += series->items[i].n;
	int64_t *steps = pt_array_alloc(n, sizeof *steps);
	if (!steps)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < series->n; i++) {
		const pt_merged_series *one = &series->items[i];
		bool is_told = at == one->n && at > 0 && memcmp(steps, one->steps, at * sizeof *steps) == 0;
		if (one->n > 0 && !is_told) /* columns of one log have the same steps as a rule */
			memcpy(steps + at, one->steps, one->n * sizeof *steps);
		at += is_told ? 0 : one->n;
	}
	at += empty_rows(&series->sources, steps + at);
	for (size_t r = 0; probes && r < probes->n_rows; r++)
		if (probes->rows[r].m == 0)
			steps[at++] = probes->rows[r].step;
	if (!is_rising(steps, at))
		qsort(steps, at, sizeof *steps, by_step);
	view->n = without_repeats(steps, at);
	view->steps = pt_arena_copy(arena, steps, view->n, sizeof *steps);
	pt_free(steps);
	return view->steps ? PT_OK : pt_build_out_of_memory(err);
}

/* One well-known series on the common steps. */
static pt_status build_column(const loss_series *series, const char *name, pt_arena *arena,
	const pt_loss_view *view, const double **out, const char **source, pt_error *err)
{
	const pt_merged_series *one = NULL;
	for (size_t i = 0; i < series->n_merged && !one; i++)
		one = strcmp(series->items[i].name, name) == 0 ? &series->items[i] : NULL;
	if (!one)
		return PT_OK;
	double *values = pt_arena_alloc(arena, view->n, sizeof *values);
	if (!values)
		return pt_build_out_of_memory(err);
	for (size_t i = 0, r = 0; i < view->n; i++) {
		bool is_there = r < one->n && one->steps[r] == view->steps[i];
		values[i] = is_there ? one->values[r++] : PT_MISSING;
	}
	*out = values;
	*source = one->source;
	return PT_OK;
}

static pt_status build_probe_columns(
	const pt_probe_store *probes, pt_arena *arena, pt_loss_view *view, pt_error *err)
{
	double *columns[4];
	for (size_t c = 0; c < 4; c++) {
		if (!(columns[c] = pt_arena_alloc(arena, view->n, sizeof(double))))
			return pt_build_out_of_memory(err);
		for (size_t i = 0; i < view->n; i++)
			columns[c][i] = PT_MISSING;
	}
	for (size_t r = 0, i = 0; r < probes->n_rows; r++) {
		const pt_stored_row *row = &probes->rows[r];
		if (row->m > 0)
			continue;
		while (view->steps[i] < row->step)
			i++;
		columns[0][i] = row->mean;
		columns[1][i] = row->q10;
		columns[2][i] = row->q50;
		columns[3][i] = row->q90;
	}
	view->probe_mean = columns[0];
	view->probe_q10 = columns[1];
	view->probe_q50 = columns[2];
	view->probe_q90 = columns[3];
	return PT_OK;
}

/* Columns that have a place of their own, and those that carry no loss. */
static bool is_well_known(const char *name)
{
	static const pt_log_role known[] = {PT_LOG_LOSS, PT_LOG_EVAL_LOSS, PT_LOG_LEARNING_RATE, PT_LOG_GRAD_NORM,
		PT_LOG_EPOCH, PT_LOG_FINAL_LOSS};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(name, pt_log_role_name(known[i])) == 0)
			return true;
	return false;
}

/* The first step at which a series passes half way from its first value to the one farthest from it. */
static int64_t half_rise_step(const int64_t *steps, const double *values, size_t n)
{
	double farthest = 0.0;
	for (size_t i = 1; i < n; i++)
		if (fabs(values[i] - values[0]) > fabs(farthest))
			farthest = values[i] - values[0];
	for (size_t i = 1; i < n && farthest != 0.0; i++)
		if ((values[i] - values[0]) / farthest >= 0.5)
			return steps[i];
	return PT_NO_STEP;
}

/* Beside the merged ones: the columns of files that `--metric FILE:NAME` names. */
static pt_status add_named(
	const pt_run_logs *logs, const pt_settings *settings, pt_arena *arena, loss_series *series, pt_error *err)
{
	for (size_t m = 0; m < settings->n_metrics; m++) {
		char name[PT_METRIC_BYTES];
		const pt_run_log *log = pt_run_logs_named(logs, settings->metrics[m]);
		for (size_t i = 0; log && pt_metric_request_name(settings->metrics[m], i, name); i++) {
			const pt_metric_column *column = pt_metric_table_column(&log->table, name);
			if (!column)
				continue;
			pt_merged_series *one = &series->items[series->n++];
			int64_t *steps = pt_arena_alloc(arena, log->table.n_rows, sizeof *steps);
			double *values = pt_arena_alloc(arena, log->table.n_rows, sizeof *values);
			*one = (pt_merged_series){.name = pt_arena_text(arena, name),
				.source = pt_log_source_name(log, arena),
				.steps = steps,
				.values = values};
			if (!steps || !values || !one->name || !one->source)
				return pt_build_out_of_memory(err);
			for (size_t r = 0; r < log->table.n_rows; r++) {
				if (pt_is_missing(column->values[r]))
					continue;
				steps[one->n] = log->table.steps[r];
				values[one->n++] = column->values[r];
			}
		}
	}
	return PT_OK;
}

static size_t count_asked(const pt_settings *settings)
{
	size_t n = 0;
	char name[PT_METRIC_BYTES];
	for (size_t m = 0; m < settings->n_metrics; m++)
		for (size_t i = 0; pt_metric_request_name(settings->metrics[m], i, name); i++)
			n++;
	return n;
}

static pt_status find_series(
	const pt_run_logs *logs, const pt_settings *settings, pt_arena *arena, loss_series *series, pt_error *err)
{
	pt_log_sources sources;
	pt_merged_series *merged = NULL;
	size_t n = 0;
	pt_status status = pt_log_sources_find(logs, arena, &sources, err);
	if (status == PT_OK)
		status = pt_log_sources_merge(&sources, arena, &merged, &n, err);
	if (status != PT_OK)
		return status;
	pt_merged_series *all = pt_arena_alloc(arena, n + count_asked(settings), sizeof *all);
	if (!all)
		return pt_build_out_of_memory(err);
	if (n > 0)
		memcpy(all, merged, n * sizeof *all);
	*series = (loss_series){.n = n, .n_merged = n, .items = all, .sources = sources};
	return add_named(logs, settings, arena, series, err);
}

/* Series without a column of their own; those that were asked for come first. */
static pt_status build_series(const loss_series *series, const pt_settings *settings, pt_arena *arena,
	pt_loss_view *view, pt_error *err)
{
	pt_metric_view *built = pt_arena_alloc(arena, series->n, sizeof *built);
	if (!built)
		return pt_build_out_of_memory(err);
	for (int asked = 1; asked >= 0; asked--)
		for (size_t i = 0; i < series->n; i++) {
			const pt_merged_series *one = &series->items[i];
			bool is_merged = i < series->n_merged;
			bool is_asked = !is_merged || pt_metric_is_asked(settings, one->name);
			bool has_column = is_merged && is_well_known(one->name) &&
							  !(is_asked && strcmp(one->name, pt_log_role_name(PT_LOG_GRAD_NORM)) == 0);
			if (is_asked != asked || has_column)
				continue;
			built[view->n_series++] = (pt_metric_view){
				.name = one->name,
				.source = one->source,
				.asked = is_asked,
				.n = one->n,
				.steps = one->steps,
				.values = one->values,
				.half_rise_step = half_rise_step(one->steps, one->values, one->n),
			};
		}
	view->series = built;
	return PT_OK;
}

pt_status pt_build_loss(
	const pt_run *run, const pt_settings *settings, pt_arena *arena, pt_run_view *out, pt_error *err)
{
	pt_loss_view *view = &out->loss;
	const pt_probe_store *probes = pt_run_logs_probes(&run->logs, false);
	loss_series series = {.n = 0};
	struct {
		pt_log_role role;
		const double **column;
		const char **source;
	} known[] = {
		{PT_LOG_LOSS, &view->train, &view->train_source},
		{PT_LOG_EVAL_LOSS, &view->eval, &view->eval_source},
		{PT_LOG_LEARNING_RATE, &view->learning_rate, &view->learning_rate_source},
		{PT_LOG_GRAD_NORM, &view->grad_norm, &view->grad_norm_source},
	};
	pt_status status = find_series(&run->logs, settings, arena, &series, err);
	if (status == PT_OK)
		status = common_steps(&series, probes, arena, view, err);
	for (size_t i = 0; i < sizeof known / sizeof known[0] && status == PT_OK; i++)
		status = build_column(
			&series, pt_log_role_name(known[i].role), arena, view, known[i].column, known[i].source, err);
	if (status == PT_OK && probes)
		status = build_probe_columns(probes, arena, view, err);
	return status == PT_OK ? build_series(&series, settings, arena, view, err) : status;
}
