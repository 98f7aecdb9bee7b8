#include "run_logs.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"
#include "phasetop/base/text.h"

#include "event_files.h"

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for logs");
}

void pt_run_logs_init(pt_run_logs *logs)
{
	*logs = (pt_run_logs){
		.max_steps = PT_LOG_NO_STEP, .closed_step = PT_LOG_NO_STEP, .retry_wall_ms = INT64_MAX};
}

static bool is_probe_log(const pt_run_log *log)
{
	return log->kind == PT_LOG_PROBE_JSONL || log->kind == PT_LOG_PROBE_CSV;
}

void pt_run_log_destroy(pt_run_log *log)
{
	pt_free(log->path);
	pt_free(log->full_path);
	pt_metric_table_fini(&log->table);
	pt_metric_table_fini(&log->own);
	pt_metric_table_fini(&log->times);
	pt_metric_log_destroy(log->metrics);
	pt_probe_store_fini(&log->probes);
	pt_free(log);
}

void pt_run_logs_fini(pt_run_logs *logs)
{
	for (size_t i = 0; i < logs->n; i++)
		pt_run_log_destroy(logs->logs[i]);
	pt_free(logs->logs);
	*logs = (pt_run_logs){
		.max_steps = PT_LOG_NO_STEP, .closed_step = PT_LOG_NO_STEP, .retry_wall_ms = INT64_MAX};
}

static char *joined(const char *root, const char *path)
{
	if (path[0] == '/')
		return pt_text_copy(path, strlen(path)); /* --metric takes such */
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
		if (log->is_named)
			continue;
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

pt_status pt_run_logs_add(pt_run_logs *logs, const char *root, const pt_log_file *file, bool is_named,
	pt_run_log **out, pt_error *err)
{
	pt_run_log *log = pt_array_alloc(1, sizeof *log);
	if (!log || !pt_array_reserve((void **)&logs->logs, &logs->capacity, logs->n + 1, sizeof *logs->logs)) {
		pt_free(log);
		return out_of_memory(err);
	}
	log->kind = file->kind;
	log->is_named = is_named;
	log->restart_step = INT64_MAX;
	log->max_steps = log->closed_step = PT_LOG_NO_STEP;
	pt_metric_table_init(&log->table);
	pt_metric_table_init(&log->times);
	pt_status status = name_log(log, root, file->path, err);
	if (status == PT_OK && !is_named && is_probe_log(log))
		status = pt_probe_store_init(&log->probes, log->kind, log->full_path, err);
	if (status == PT_OK && !is_named && pt_metric_log_reads(file->kind)) {
		log->metrics = pt_metric_log_create(file->kind, log->full_path);
		if (!log->metrics)
			status = out_of_memory(err);
	}
	if (status != PT_OK) {
		pt_run_log_destroy(log);
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

/* Where rows go, and the step of a closing row that nothing followed. */
typedef struct row_target {
	pt_metric_table *table;
	int64_t *closed_step;
} row_target;

static void note_closing(int64_t *closed_step, const pt_log_row *row)
{
	if (row->is_closing)
		*closed_step = row->step;
	else if (row->step != *closed_step) /* an evaluation may follow at the same step */
		*closed_step = PT_LOG_NO_STEP;
}

static int64_t last_step(const pt_metric_table *table)
{
	return table->n_rows > 0 ? table->steps[table->n_rows - 1] : PT_LOG_NO_STEP;
}

/* Logs whose resumed writers begin again without a word. */
static bool is_text_log(pt_log_kind kind)
{
	return kind == PT_LOG_TRAIN_JSONL || kind == PT_LOG_METRICS_CSV;
}

/* Files that the user names have columns under the names that the user sees in them. */
static const char *name_of(const pt_run_log *log, const pt_log_field *field)
{
	return log->is_named && field->key ? field->key : field->name;
}

static pt_status take_row(void *context, const pt_log_row *row, pt_error *err)
{
	const row_target *target = context;
	note_closing(target->closed_step, row);
	for (size_t i = 0; i < row->n_fields; i++) {
		const pt_log_field *field = &row->fields[i];
		pt_status status = pt_metric_table_set(target->table, row->step, field->name, field->value, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

/* Where the rows of a log's own file go. */
static pt_metric_table *own_rows(pt_run_log *log)
{
	return log->is_part ? &log->own : &log->table;
}

pt_status pt_run_log_take_row(void *context, const pt_log_row *row, pt_error *err)
{
	pt_run_log *log = context;
	if (row->is_restart) {
		pt_metric_table_drop_from(own_rows(log), row->step);
		if (row->step < log->restart_step)
			log->restart_step = row->step;
	}
	if (row->wall_s > log->newest_s)
		log->newest_s = row->wall_s;
	log->has_new_rows = true;
	note_closing(&log->closed_step, row);
	for (size_t i = 0; i < row->n_fields && is_text_log(log->kind); i++)
		pt_metric_table_go_back(&log->table, row->step, name_of(log, &row->fields[i]));
	for (size_t i = 0; i < row->n_fields; i++) {
		const pt_log_field *field = &row->fields[i];
		pt_status status =
			pt_metric_table_set(own_rows(log), row->step, name_of(log, field), field->value, err);
		if (status != PT_OK)
			return status;
	}
	return pt_is_missing(row->wall_s) ? PT_OK
									  : pt_metric_table_set(&log->times, row->step, "wall_s", row->wall_s, err);
}

static void forget_metric_rows(void *context)
{
	pt_run_log *log = context;
	pt_metric_table_fini(own_rows(log));
	pt_metric_table_fini(&log->times);
	log->closed_step = PT_LOG_NO_STEP;
	log->restart_step = INT64_MAX;
	log->newest_s = 0.0;
	log->has_new_rows = true;
}

/* The whole history is in each trainer_state.json: a new one takes the old one's place when it reads well. */
static pt_status take_trainer_state(
	pt_run_log *log, const char *path, pt_file_identity *identity, pt_error *err)
{
	pt_metric_table table;
	int64_t closed_step = PT_LOG_NO_STEP;
	pt_metric_table_init(&table);
	row_target target = {&table, &closed_step};
	pt_log_sink sink = {.context = &target, .row = take_row};
	pt_trainer_state state;
	pt_status status = pt_trainer_state_read(path, &sink, &state, identity, err);
	if (status != PT_OK) {
		pt_metric_table_fini(&table);
		return status;
	}
	pt_metric_table_fini(&log->table);
	log->table = table;
	log->max_steps = state.max_steps;
	log->closed_step = closed_step;
	log->n_without_step = state.n_rows_without_step;
	return PT_OK;
}

/* Is a state that fails like that one that the Trainer may be writing just now? */
static bool is_in_flight(pt_run_logs *logs, pt_status failure, const pt_file_identity *identity)
{
	int64_t settled_ms = pt_file_identity_changed_ns(identity) / 1000000 + PT_SCAN_SETTLE_MS;
	if ((failure != PT_ERR_JSON && failure != PT_ERR_EMPTY && failure != PT_ERR_CHANGED) ||
		logs->now_wall_ms >= settled_ms)
		return false;
	if (settled_ms < logs->retry_wall_ms)
		logs->retry_wall_ms = settled_ms;
	return true;
}

static pt_status read_trainer_state(pt_run_logs *logs, pt_run_log *log, bool *changed, pt_error *err)
{
	struct stat record;
	pt_file_identity now = {0}, identity;
	if (stat(log->full_path, &record) == 0)
		now = pt_file_identity_of(&record);
	if (pt_file_identity_equal(&now, &log->identity))
		return PT_OK;
	pt_status status = take_trainer_state(log, log->full_path, &identity, err);
	log->is_torn = status != PT_OK && status != PT_ERR_MEMORY;
	if (status != PT_OK)
		return is_in_flight(logs, status, &now) ? PT_OK : status;
	log->identity = identity;
	*changed = true;
	return PT_OK;
}

static pt_status read_metrics(pt_run_log *log, bool *changed, pt_error *err)
{
	const pt_metric_state *state = pt_metric_log_state(log->metrics);
	size_t n_bad_rows = state->n_bad_rows;
	pt_log_sink sink = {.context = log, .row = pt_run_log_take_row, .reset = forget_metric_rows};
	pt_status status = pt_metric_log_read(log->metrics, &sink, err);
	*changed |= log->has_new_rows || state->n_bad_rows != n_bad_rows;
	log->max_steps = state->max_steps;
	log->n_without_step = state->n_rows_without_step;
	return status;
}

/* A file that was named is read once it is there, for its first bytes may have to tell what it is. */
static pt_status read_named(pt_run_log *log, bool *changed, pt_error *err)
{
	if (!log->metrics) {
		pt_status status = pt_metric_log_kind_of_file(log->full_path, &log->kind, err);
		if (status == PT_ERR_NOT_FOUND)
			return pt_fail(err, status, log->full_path, -1, "no such file (--metric)");
		if (status != PT_OK)
			return status;
		log->metrics = pt_metric_log_create(log->kind, log->full_path);
		if (!log->metrics)
			return out_of_memory(err);
	}
	pt_status status = read_metrics(log, changed, err);
	return status == PT_ERR_NOT_FOUND ? PT_OK : status; /* a log that went keeps its rows */
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
	if (log->is_named)
		status = read_named(log, &news, &failure);
	else if (log->kind == PT_LOG_TRAINER_STATE)
		status = read_trainer_state(logs, log, &news, &failure);
	else if (log->metrics)
		status = read_metrics(log, &news, &failure);
	else if (is_probe_log(log))
		status = pt_probe_store_read(&log->probes, &news, &failure);
	if (status == PT_ERR_MEMORY)
		return pt_fail(err, status, failure.path, failure.offset, "%s", failure.message);
	bool failed = status != PT_OK && (status != PT_ERR_NOT_FOUND || log->is_named);
	if (failed != log->has_problem || (failed && log->problem.code != failure.code))
		news = true;
	log->has_problem = failed;
	log->problem = failure;
	note_written(logs, log);
	*changed |= news;
	return PT_OK;
}

/* How far the training is to go says the log that has come farthest; that it has ended, one that has come so
   far, or has seen its end and behind which none goes on. Whichever was read last. */
static void derive(pt_run_logs *logs, bool *changed)
{
	int64_t newest = PT_LOG_NO_STEP, told_by = PT_LOG_NO_STEP, max_steps = PT_LOG_NO_STEP;
	int64_t closed_step = pt_event_logs_closed_step(logs);
	for (size_t i = 0; i < logs->n; i++) {
		const pt_run_log *log = logs->logs[i];
		int64_t last = last_step(&log->table);
		if (log->is_named)
			continue;
		newest = last > newest ? last : newest;
		if (log->max_steps == PT_LOG_NO_STEP || last < told_by)
			continue;
		max_steps = last > told_by || log->max_steps > max_steps ? log->max_steps : max_steps;
		told_by = last;
	}
	for (size_t i = 0; i < logs->n; i++) {
		const pt_run_log *log = logs->logs[i];
		if (!log->is_named && !pt_is_event_log(log) && log->closed_step >= newest && log->closed_step > closed_step)
			closed_step = log->closed_step;
	}
	if (max_steps != PT_LOG_NO_STEP && told_by >= max_steps && told_by > closed_step)
		closed_step = told_by;
	*changed |= closed_step != logs->closed_step || max_steps != logs->max_steps;
	logs->closed_step = closed_step;
	logs->max_steps = max_steps;
}

pt_status pt_run_logs_read(pt_run_logs *logs, bool *changed, pt_error *err)
{
	logs->retry_wall_ms = INT64_MAX;
	for (size_t i = 0; i < logs->n; i++) {
		pt_status status = logs->logs[i]->on_disk ? read_log(logs, logs->logs[i], changed, err) : PT_OK;
		if (status != PT_OK)
			return status;
	}
	pt_status status = pt_event_files_join(logs, err);
	if (status == PT_OK)
		derive(logs, changed);
	return status;
}

/* The newest checkpoint's state does not parse (the trainer was killed while it wrote it): an older
   checkpoint has the history up to its own step. */
static pt_status read_older_state(
	pt_run_log *log, const char *root, const pt_scan *scan, bool *changed, pt_error *err)
{
	if (!log->is_torn || !is_checkpoint_state(log->kind, log->path) || log->table.n_rows > 0)
		return PT_OK;
	for (size_t e = scan->n_entries; e-- > 0 && log->table.n_rows == 0;) {
		if (!scan->entries[e].trainer_state.present)
			continue;
		char below[4096];
		pt_text text = pt_text_over(below, sizeof below);
		pt_text_addf(&text, "%s/trainer_state.json", scan->entries[e].directory);
		char *path = text.cut ? NULL : joined(root, below);
		pt_status status = path ? take_trainer_state(log, path, NULL, NULL) : PT_ERR_MEMORY;
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
		logs->logs[i]->on_disk = logs->logs[i]->is_named;
	for (size_t i = 0; i < scan->n_logs; i++) {
		const pt_log_file *file = &scan->logs[i];
		pt_run_log *log = find(logs, file);
		pt_status status = PT_OK;
		if (!log)
			status = pt_run_logs_add(logs, root, file, false, &log, err);
		else if (strcmp(log->path, file->path) != 0)
			status = name_log(log, root, file->path, err);
		if (status != PT_OK)
			return status;
		log->on_disk = true;
	}
	pt_status status = pt_run_logs_read(logs, changed, err);
	for (size_t i = 0; i < logs->n && status == PT_OK; i++)
		status = read_older_state(logs->logs[i], root, scan, changed, err);
	if (status == PT_OK)
		derive(logs, changed);
	return status;
}

void pt_run_logs_forget(pt_run_logs *logs, const char *path, bool *changed)
{
	for (size_t i = 0; i < logs->n; i++) {
		if (strcmp(logs->logs[i]->path, path) != 0)
			continue;
		pt_run_log_destroy(logs->logs[i]);
		memmove(logs->logs + i, logs->logs + i + 1, (logs->n - i - 1) * sizeof *logs->logs);
		logs->n--;
		*changed = true;
		return;
	}
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
