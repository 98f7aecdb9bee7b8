#include "event_files.h"

#include <string.h>

/* Rows of logs that tell their time: this much behind the newest, a log is one of an earlier run. */
static const double earlier_run_s = 60.0;

static size_t directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) : 0;
}

/* Of one directory? Sorted by path, such files lie side by side. */
static bool is_same_directory(const pt_run_log *a, const pt_run_log *b)
{
	size_t n = directory_length(a->path);
	return a->kind == PT_LOG_TFEVENTS && b->kind == PT_LOG_TFEVENTS && n == directory_length(b->path) &&
		   strncmp(a->path, b->path, n) == 0;
}

/* From now on `table` is the joined one, or empty. */
static void set_rows_apart(pt_run_log *log)
{
	if (log->is_part)
		return;
	log->own = log->table;
	pt_metric_table_init(&log->table);
	log->is_part = true;
}

static pt_status join(pt_run_log **files, size_t n, pt_error *err)
{
	pt_metric_table joined;
	pt_metric_table_init(&joined);
	for (size_t i = 0; i < n; i++)
		set_rows_apart(files[i]);
	pt_status status = PT_OK;
	for (size_t i = 0; i < n && status == PT_OK; i++) {
		int64_t before = INT64_MAX;
		for (size_t later = i + 1; later < n; later++)
			if (files[later]->restart_step < before)
				before = files[later]->restart_step;
		status = pt_metric_table_add(&joined, &files[i]->own, before, err);
	}
	if (status != PT_OK) {
		pt_metric_table_fini(&joined);
		return status;
	}
	for (size_t i = 0; i < n; i++)
		pt_metric_table_fini(&files[i]->table);
	files[n - 1]->table = joined;
	return PT_OK;
}

pt_status pt_event_files_join(pt_run_logs *logs, pt_error *err)
{
	pt_status status = PT_OK;
	for (size_t i = 0, n; i < logs->n && status == PT_OK; i += n) {
		bool has_news = logs->logs[i]->has_new_rows;
		for (n = 1; i + n < logs->n && is_same_directory(logs->logs[i], logs->logs[i + n]); n++)
			has_news |= logs->logs[i + n]->has_new_rows;
		if (n > 1 && has_news)
			status = join(logs->logs + i, n, err);
		for (size_t k = 0; k < n && status == PT_OK; k++)
			logs->logs[i + k]->has_new_rows = false;
	}
	return status;
}

bool pt_is_event_log(const pt_run_log *log)
{
	return log->kind == PT_LOG_TFEVENTS || log->kind == PT_LOG_WANDB;
}

int64_t pt_event_logs_closed_step(const pt_run_logs *logs)
{
	double newest_s = 0.0;
	bool closed = false;
	int64_t last = PT_LOG_NO_STEP;
	for (size_t i = 0; i < logs->n; i++)
		if (logs->logs[i]->newest_s > newest_s)
			newest_s = logs->logs[i]->newest_s;
	for (size_t i = 0; i < logs->n; i++) {
		const pt_run_log *log = logs->logs[i];
		if (!pt_is_event_log(log) || log->newest_s < newest_s - earlier_run_s)
			continue;
		closed |= pt_metric_log_state(log->metrics)->has_closing_row;
		if (log->table.n_rows > 0 && log->table.steps[log->table.n_rows - 1] > last)
			last = log->table.steps[log->table.n_rows - 1];
	}
	return closed ? last : PT_LOG_NO_STEP;
}
