#include "run_logs.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"
#include "phasetop/base/text.h"

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for logs");
}

void pt_run_logs_init(pt_run_logs *logs)
{
	*logs = (pt_run_logs){.max_steps = PT_LOG_NO_STEP};
}

static bool is_probe_log(const pt_run_log *log)
{
	return log->kind == PT_LOG_PROBE_JSONL;
}

static void log_destroy(pt_run_log *log)
{
	pt_free(log->path);
	pt_free(log->full_path);
	pt_metric_table_fini(&log->table);
	pt_metric_table_fini(&log->times);
	pt_metric_log_destroy(log->metrics);
	pt_probe_store_fini(&log->probes);
	pt_free(log);
}

void pt_run_logs_fini(pt_run_logs *logs)
{
	for (size_t i = 0; i < logs->n; i++)
		log_destroy(logs->logs[i]);
	pt_free(logs->logs);
	*logs = (pt_run_logs){.max_steps = PT_LOG_NO_STEP};
}

static char *joined(const char *root, const char *path)
{
	size_t n = strlen(root) + strlen(path) + 2;
	char *full = pt_array_alloc(n, 1);
	if (full)
		snprintf(full, n, "%s/%s", root, path);
	return full;
}

/* trainer_state.json of the newest checkpoint is one log, whichever checkpoint it lies in. */
static bool is_checkpoint_state(pt_log_kind kind, const char *path)
{
	return kind == PT_LOG_TRAINER_STATE && strchr(path, '/') != NULL;
}

static pt_run_log *find(const pt_run_logs *logs, const pt_log_file *file)
{
	for (size_t i = 0; i < logs->n; i++) {
		pt_run_log *log = logs->logs[i];
		if (strcmp(log->path, file->path) == 0 ||
			(is_checkpoint_state(file->kind, file->path) && is_checkpoint_state(log->kind, log->path)))
			return log;
	}
	return NULL;
}

static pt_status name_log(pt_run_log *log, const char *root, const char *path, pt_error *err)
{
	char *copy = pt_text_copy(path, strlen(path)), *full = joined(root, path);
	if (!copy || !full) {
		pt_free(copy);
		pt_free(full);
		return out_of_memory(err);
	}
	pt_free(log->path);
	pt_free(log->full_path);
	log->path = copy;
	log->full_path = full;
	return PT_OK;
}

static pt_status add(
	pt_run_logs *logs, const char *root, const pt_log_file *file, pt_run_log **out, pt_error *err)
{
	pt_run_log *log = pt_array_alloc(1, sizeof *log);
	if (!log || !pt_array_reserve((void **)&logs->logs, &logs->capacity, logs->n + 1, sizeof *logs->logs)) {
		pt_free(log);
		return out_of_memory(err);
	}
	log->kind = file->kind;
	pt_metric_table_init(&log->table);
	pt_metric_table_init(&log->times);
	pt_status status = name_log(log, root, file->path, err);
	if (status == PT_OK && is_probe_log(log))
		status = pt_probe_store_init(&log->probes, log->full_path, err);
	if (status == PT_OK && pt_metric_log_reads(file->kind)) {
		log->metrics = pt_metric_log_create(file->kind, log->full_path);
		if (!log->metrics)
			status = out_of_memory(err);
	}
	if (status != PT_OK) {
		log_destroy(log);
		return status;
	}
	size_t at = logs->n;
	while (at > 0 && strcmp(logs->logs[at - 1]->path, log->path) > 0) {
		logs->logs[at] = logs->logs[at - 1];
		at--;
	}
	logs->logs[at] = log;
	logs->n++;
	*out = log;
	return PT_OK;
}

static pt_status take_row(void *context, const pt_log_row *row, pt_error *err)
{
	pt_metric_table *table = context;
	for (size_t i = 0; i < row->n_fields; i++) {
		const pt_log_field *field = &row->fields[i];
		pt_status status = pt_metric_table_set(table, row->step, field->name, field->value, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

pt_status pt_run_log_take_row(void *log, const pt_log_row *row, pt_error *err)
{
	pt_run_log *own = log;
	pt_status status = take_row(&own->table, row, err);
	if (status != PT_OK || pt_is_missing(row->wall_s))
		return status;
	return pt_metric_table_set(&own->times, row->step, "wall_s", row->wall_s, err);
}

static void reset_log(void *context)
{
	pt_run_log *log = context;
	pt_metric_table_fini(&log->table);
	pt_metric_table_fini(&log->times);
}

/* The whole history is in each trainer_state.json: a new one takes the old one's place when it reads well. */
static pt_status take_trainer_state(
	pt_run_logs *logs, pt_run_log *log, const char *path, pt_file_identity *identity, pt_error *err)
{
	pt_metric_table table;
	pt_metric_table_init(&table);
	pt_log_sink sink = {.context = &table, .row = take_row};
	pt_trainer_state state;
	pt_status status = pt_trainer_state_read(path, &sink, &state, identity, err);
	if (status != PT_OK) {
		pt_metric_table_fini(&table);
		return status;
	}
	pt_metric_table_fini(&log->table);
	log->table = table;
	if (state.max_steps != PT_LOG_NO_STEP)
		logs->max_steps = state.max_steps;
	logs->closed |= state.has_closing_row;
	return PT_OK;
}

static pt_status read_trainer_state(pt_run_logs *logs, pt_run_log *log, bool *changed, pt_error *err)
{
	struct stat record;
	pt_file_identity now = {0}, identity;
	if (stat(log->full_path, &record) == 0)
		now = pt_file_identity_of(&record);
	if (pt_file_identity_equal(&now, &log->identity))
		return PT_OK;
	pt_status status = take_trainer_state(logs, log, log->full_path, &identity, err);
	if (status != PT_OK)
		return status;
	log->identity = identity;
	*changed = true;
	return PT_OK;
}

static pt_status read_metrics(pt_run_logs *logs, pt_run_log *log, bool *changed, pt_error *err)
{
	const pt_metric_state *state = pt_metric_log_state(log->metrics);
	size_t n_rows = state->n_rows, n_bad_rows = state->n_bad_rows;
	pt_log_sink sink = {.context = log, .row = pt_run_log_take_row, .reset = reset_log};
	pt_status status = pt_metric_log_read(log->metrics, &sink, err);
	*changed |= state->n_rows != n_rows || state->n_bad_rows != n_bad_rows;
	logs->closed |= state->has_closing_row;
	if (state->max_steps != PT_LOG_NO_STEP)
		logs->max_steps = state->max_steps;
	return status;
}

static void note_written(pt_run_logs *logs, const pt_run_log *log)
{
	pt_file_identity identity = log->identity;
	if (log->metrics)
		identity = pt_metric_log_state(log->metrics)->identity;
	else if (is_probe_log(log))
		identity = pt_probe_log_identity(log->probes.log);
	if (identity.present && identity.mtime_ns > logs->written_ns)
		logs->written_ns = identity.mtime_ns;
}

static pt_status read_log(pt_run_logs *logs, pt_run_log *log, bool *changed, pt_error *err)
{
	pt_error failure = {0};
	pt_status status = PT_OK;
	bool news = false;
	if (log->kind == PT_LOG_TRAINER_STATE)
		status = read_trainer_state(logs, log, &news, &failure);
	else if (log->metrics)
		status = read_metrics(logs, log, &news, &failure);
	else if (is_probe_log(log))
		status = pt_probe_store_read(&log->probes, &news, &failure);
	if (status == PT_ERR_MEMORY)
		return pt_fail(err, status, failure.path, failure.offset, "%s", failure.message);
	bool failed = status != PT_OK && status != PT_ERR_NOT_FOUND; /* a log that went keeps its rows */
	if (failed != log->has_problem || (failed && log->problem.code != failure.code))
		news = true;
	log->has_problem = failed;
	log->problem = failure;
	note_written(logs, log);
	*changed |= news;
	return PT_OK;
}

pt_status pt_run_logs_read(pt_run_logs *logs, bool *changed, pt_error *err)
{
	for (size_t i = 0; i < logs->n; i++) {
		pt_status status = logs->logs[i]->on_disk ? read_log(logs, logs->logs[i], changed, err) : PT_OK;
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

/* The newest checkpoint's state does not parse (the trainer was killed while it wrote it): an older
   checkpoint has the history up to its own step. */
static pt_status read_older_state(
	pt_run_logs *logs, pt_run_log *log, const char *root, const pt_scan *scan, bool *changed, pt_error *err)
{
	if (!log->has_problem || !is_checkpoint_state(log->kind, log->path) || log->table.n_rows > 0)
		return PT_OK;
	for (size_t e = scan->n_entries; e-- > 0 && log->table.n_rows == 0;) {
		if (!scan->entries[e].trainer_state.present)
			continue;
		char below[4096];
		pt_text text = pt_text_over(below, sizeof below);
		pt_text_addf(&text, "%s/trainer_state.json", scan->entries[e].directory);
		char *path = text.cut ? NULL : joined(root, below);
		pt_status status = path ? take_trainer_state(logs, log, path, NULL, NULL) : PT_ERR_MEMORY;
		pt_free(path);
		if (status == PT_ERR_MEMORY)
			return out_of_memory(err);
		*changed |= status == PT_OK;
	}
	return PT_OK;
}

pt_status pt_run_logs_sync(
	pt_run_logs *logs, const char *root, const pt_scan *scan, bool *changed, pt_error *err)
{
	for (size_t i = 0; i < logs->n; i++)
		logs->logs[i]->on_disk = false;
	for (size_t i = 0; i < scan->n_logs; i++) {
		const pt_log_file *file = &scan->logs[i];
		if (!file->is_read)
			continue;
		pt_run_log *log = find(logs, file);
		pt_status status = PT_OK;
		if (!log)
			status = add(logs, root, file, &log, err);
		else if (strcmp(log->path, file->path) != 0)
			status = name_log(log, root, file->path, err);
		if (status != PT_OK)
			return status;
		log->on_disk = true;
	}
	pt_status status = pt_run_logs_read(logs, changed, err);
	for (size_t i = 0; i < logs->n && status == PT_OK; i++)
		status = read_older_state(logs, logs->logs[i], root, scan, changed, err);
	return status;
}

pt_probe_store *pt_run_logs_probes(const pt_run_logs *logs, bool gaussian)
{
	for (size_t i = 0; i < logs->n; i++) {
		pt_run_log *log = logs->logs[i];
		if (!is_probe_log(log))
			continue;
		for (size_t r = 0; r < log->probes.n_rows; r++)
			if ((log->probes.rows[r].m > 0) == gaussian)
				return &log->probes;
	}
	return NULL;
}
