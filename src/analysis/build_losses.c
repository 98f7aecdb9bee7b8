#include "snapshot_build.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* The steps at which anything was logged, each once, rising. */
static pt_status common_steps(
	const pt_run_logs *logs, const pt_probe_store *probes, pt_arena *arena, pt_loss_view *view, pt_error *err)
{
	size_t n = probes ? probes->n_rows : 0, at = 0;
	for (size_t i = 0; i < logs->n; i++)
		n += logs->logs[i]->table.n_rows;
	int64_t *steps = pt_arena_alloc(arena, n, sizeof *steps);
	if (!steps)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < logs->n; i++) {
		const pt_metric_table *table = &logs->logs[i]->table;
		if (table->n_rows > 0)
			memcpy(steps + at, table->steps, table->n_rows * sizeof *steps);
		at += table->n_rows;
	}
	for (size_t r = 0; probes && r < probes->n_rows; r++)
		if (probes->rows[r].m == 0)
			steps[at++] = probes->rows[r].step;
	if (!is_rising(steps, at))
		qsort(steps, at, sizeof *steps, by_step);
	view->n = without_repeats(steps, at);
	view->steps = steps;
	return PT_OK;
}

static bool has_column(const pt_run_logs *logs, const char *name)
{
	for (size_t i = 0; i < logs->n; i++)
		if (pt_metric_table_column(&logs->logs[i]->table, name))
			return true;
	return false;
}

/* One well-known column on the common steps, out of every log that has it; the last log's value wins. */
static pt_status build_column(const pt_run_logs *logs, const char *name, pt_arena *arena,
	const pt_loss_view *view, const double **out, pt_error *err)
{
	if (!has_column(logs, name))
		return PT_OK;
	double *values = pt_arena_alloc(arena, view->n, sizeof *values);
	if (!values)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < view->n; i++)
		values[i] = PT_MISSING;
	for (size_t l = 0; l < logs->n; l++) {
		const pt_metric_table *table = &logs->logs[l]->table;
		const pt_metric_column *column = pt_metric_table_column(table, name);
		if (!column)
			continue;
		for (size_t r = 0, i = 0; r < table->n_rows; r++) {
			while (view->steps[i] < table->steps[r])
				i++;
			if (!pt_is_missing(column->values[r]))
				values[i] = column->values[r];
		}
	}
	*out = values;
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

/* The file's name; of event files their directory, which is what TensorBoard calls them by. */
static char *source_of(const pt_run_log *log, pt_arena *arena)
{
	const char *slash = strrchr(log->path, '/');
	if (!slash || log->kind != PT_LOG_TFEVENTS)
		return pt_arena_text(arena, slash ? slash + 1 : log->path);
	char *source = pt_arena_text(arena, log->path);
	if (source)
		source[slash - log->path] = '\0';
	return source;
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

static pt_status build_series_of(const pt_run_log *log, const pt_metric_column *column, pt_arena *arena,
	pt_metric_view *view, pt_error *err)
{
	const pt_metric_table *table = &log->table;
	int64_t *steps = pt_arena_alloc(arena, table->n_rows, sizeof *steps);
	double *values = pt_arena_alloc(arena, table->n_rows, sizeof *values);
	*view = (pt_metric_view){
		.name = pt_arena_text(arena, column->name),
		.source = source_of(log, arena),
		.steps = steps,
		.values = values,
	};
	if (!steps || !values || !view->name || !view->source)
		return pt_build_out_of_memory(err);
	for (size_t r = 0; r < table->n_rows; r++) {
		if (pt_is_missing(column->values[r]))
			continue;
		steps[view->n] = table->steps[r];
		values[view->n++] = column->values[r];
	}
	view->half_rise_step = half_rise_step(steps, values, view->n);
	return PT_OK;
}

static pt_status build_series(const pt_run_logs *logs, pt_arena *arena, pt_loss_view *view, pt_error *err)
{
	size_t n = 0;
	for (size_t l = 0; l < logs->n; l++)
		n += logs->logs[l]->table.n_columns;
	pt_metric_view *series = pt_arena_alloc(arena, n, sizeof *series);
	if (!series)
		return pt_build_out_of_memory(err);
	for (size_t l = 0; l < logs->n; l++) {
		const pt_metric_table *table = &logs->logs[l]->table;
		for (size_t c = 0; c < table->n_columns; c++) {
			if (is_well_known(table->columns[c].name))
				continue;
			pt_status status =
				build_series_of(logs->logs[l], &table->columns[c], arena, &series[view->n_series], err);
			if (status != PT_OK)
				return status;
			view->n_series++;
		}
	}
	view->series = series;
	return PT_OK;
}

pt_status pt_build_loss(const pt_run *run, pt_arena *arena, pt_run_view *out, pt_error *err)
{
	const pt_run_logs *logs = &run->logs;
	pt_loss_view *view = &out->loss;
	const pt_probe_store *probes = pt_run_logs_probes(logs, false);
	struct {
		pt_log_role role;
		const double **column;
	} known[] = {
		{PT_LOG_LOSS, &view->train},
		{PT_LOG_EVAL_LOSS, &view->eval},
		{PT_LOG_LEARNING_RATE, &view->learning_rate},
		{PT_LOG_GRAD_NORM, &view->grad_norm},
	};
	pt_status status = common_steps(logs, probes, arena, view, err);
	for (size_t i = 0; i < sizeof known / sizeof known[0] && status == PT_OK; i++)
		status = build_column(logs, pt_log_role_name(known[i].role), arena, view, known[i].column, err);
	if (status == PT_OK && probes)
		status = build_probe_columns(probes, arena, view, err);
	return status == PT_OK ? build_series(logs, arena, view, err) : status;
}
