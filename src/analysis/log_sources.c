#include "log_sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/missing.h"
#include "phasetop/base/text.h"
#include "phasetop/runio/adapter_names.h"

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for logs");
}

/* ---- which counts first ---- */

/* Full precision before float32, and what the Trainer says of itself before what others do. */
static int rank_of(const pt_run_log *log)
{
	static const int ranks[PT_N_LOG_KINDS] = {
		[PT_LOG_TRAINER_STATE] = 0,
		[PT_LOG_TRAIN_JSONL] = 2,
		[PT_LOG_WANDB] = 3,
		[PT_LOG_METRICS_CSV] = 4,
		[PT_LOG_TFEVENTS] = 5,
	};
	bool is_in_checkpoint = log->kind == PT_LOG_TRAINER_STATE && strchr(log->path, '/');
	return ranks[log->kind] + is_in_checkpoint;
}

static size_t directory_bytes(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) : 0;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static bool is_of_one_directory(const pt_run_log *a, const pt_run_log *b)
{
	size_t n = directory_bytes(a->path);
	return n == directory_bytes(b->path) && strncmp(a->path, b->path, n) == 0;
}

/* Do both hold the same series, of one training or of several? */
static bool is_alike(const pt_run_log *a, const pt_run_log *b)
{
	if (a->kind != b->kind || a->kind == PT_LOG_TRAINER_STATE)
		return false;
	return a->kind == PT_LOG_TFEVENTS || a->kind == PT_LOG_WANDB ||
		   strcmp(file_name(a->path), file_name(b->path)) == 0;
}

/* The directory that sets a source apart: it lies directly below that of a log alike. */
static void set_apart(pt_log_sources *sources, pt_log_source *source)
{
	const char *path = source->log->path;
	size_t n = directory_bytes(path);
	size_t parent = n;
	while (parent > 0 && path[parent - 1] != '/')
		parent--;
	size_t above = parent > 0 ? parent - 1 : 0;
	for (size_t i = 0; n > 0 && i < sources->n; i++) {
		const pt_run_log *other = sources->items[i].log;
		if (is_alike(source->log, other) && directory_bytes(other->path) == above &&
			strncmp(other->path, path, above) == 0) {
			source->apart = path + parent;
			source->apart_bytes = n - parent;
			return;
		}
	}
}

/* Those that stand apart come behind the others of their kind; of several trainings the newest comes first.
 */
static int compare_sources(const void *a, const void *b)
{
	const pt_log_source *s = a, *t = b;
	const pt_run_log *x = s->log, *y = t->log;
	int order = rank_of(x) - rank_of(y);
	if (order == 0)
		order = (s->apart != NULL) - (t->apart != NULL);
	if (order == 0 && s->apart)
		return strcmp(x->path, y->path);
	if (order == 0 && (x->kind == PT_LOG_TRAIN_JSONL || x->kind == PT_LOG_METRICS_CSV))
		order = strcmp(file_name(x->path), file_name(y->path));
	if (order == 0)
		order = (x->newest_s < y->newest_s) - (x->newest_s > y->newest_s);
	if (order == 0)
		order = pt_natural_compare(y->path, x->path);
	return order != 0 ? order : strcmp(y->path, x->path);
}

/* Sources alike are sorted with the newest training first: each older one gives way to all that are newer. */
static void give_way(pt_log_sources *sources)
{
	for (size_t i = 0; i < sources->n; i++) {
		pt_log_source *older = &sources->items[i];
		for (size_t k = 0; k < i && !older->apart; k++) {
			const pt_log_source *newer = &sources->items[k];
			if (newer->apart || !is_alike(newer->log, older->log) ||
				is_of_one_directory(newer->log, older->log))
				continue;
			int64_t first = newer->log->table.steps[0];
			if (first < older->until)
				older->until = first;
		}
	}
}

pt_status pt_log_sources_find(
	const pt_run_logs *logs, pt_arena *arena, pt_log_sources *sources, pt_error *err)
{
	*sources = (pt_log_sources){.items = pt_arena_alloc(arena, logs->n, sizeof *sources->items)};
	if (!sources->items)
		return out_of_memory(err);
	for (size_t i = 0; i < logs->n; i++)
		if (!logs->logs[i]->is_named && logs->logs[i]->table.n_rows > 0)
			sources->items[sources->n++] = (pt_log_source){.log = logs->logs[i], .until = INT64_MAX};
	for (size_t i = 0; i < sources->n; i++)
		set_apart(sources, &sources->items[i]);
	if (sources->n > 1)
		qsort(sources->items, sources->n, sizeof *sources->items, compare_sources);
	give_way(sources);
	return PT_OK;
}

size_t pt_log_sources_n_hidden(const pt_log_sources *sources, const pt_run_log **newer)
{
	size_t n = 0;
	*newer = NULL;
	for (size_t i = 0; i < sources->n; i++) {
		const pt_log_source *source = &sources->items[i];
		if (source->log->table.steps[0] < source->until)
			continue;
		for (size_t k = 0; k < i && !*newer; k++)
			if (is_alike(sources->items[k].log, source->log) && !sources->items[k].apart)
				*newer = sources->items[k].log;
		n++;
	}
	return n;
}

/* ---- names ---- */

char *pt_log_source_name(const pt_run_log *log, pt_arena *arena)
{
	char *name = pt_arena_text(arena, log->path);
	size_t n = directory_bytes(log->path);
	if (name && log->kind == PT_LOG_TFEVENTS && n > 0)
		name[n] = '\0';
	return name;
}

/* Is the directory that of add_scalars(column, …), which has underscores for slashes? */
static bool is_group_of(const char *apart, size_t n, const char *column)
{
	size_t n_column = strlen(column);
	if (n <= n_column + 1 || apart[n_column] != '_')
		return false;
	for (size_t i = 0; i < n_column; i++)
		if (apart[i] != column[i] && !(apart[i] == '_' && column[i] == '/'))
			return false;
	return true;
}

void pt_log_source_series(const pt_log_source *source, const char *column, char *out)
{
	pt_text text = pt_text_over(out, PT_SERIES_NAME_BYTES);
	if (!source->apart) {
		pt_text_add(&text, column);
		return;
	}
	size_t n = source->apart_bytes, n_column = strlen(column);
	if (is_group_of(source->apart, n, column)) {
		pt_text_add(&text, column);
		pt_text_add(&text, "/");
		pt_text_add_bytes(&text, source->apart + n_column + 1, n - n_column - 1);
		pt_log_role role = pt_log_role_of(out); /* add_scalars("loss", {"train": …, "val": …}) */
		if (role != PT_LOG_OTHER)
			snprintf(out, PT_SERIES_NAME_BYTES, "%s", pt_log_role_name(role));
		return;
	}
	pt_text_add_bytes(&text, source->apart, n);
	pt_text_add(&text, "/");
	pt_text_add(&text, column);
}
