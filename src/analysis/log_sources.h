/**
 * Which of a run's logs counts for what. Private to analysis.
 *
 * A run may hold the same loss many times over: in its own trainer_state.json, in that of its newest
 * checkpoint, in a JSONL log, in W&B's run, in metrics.csv, in TensorBoard's event files. For each quantity
 * the logs are asked in this order, and one counts between the first and the last step that it has; the
 * others add what lies before and behind. So nothing is shown twice, and what a live log has behind the
 * newest checkpoint is not hidden.
 *
 * Logs of one kind (and, but for event files and W&B's runs, of one file name) in different directories are
 * those of several trainings: a run that was begun again. The newest (by the time of its newest row, else by
 * its path in natural order) counts from its first step on, and the others before it.
 *
 * Event files in a directory directly below that of others are series of their own, under the directory's
 * name: TensorBoard's add_scalars("group", {"a": …}) writes `group_a/`, whose `group` is called `group/a`. So
 * are further text logs of one name.
 *
 * All of it is a function of what the logs hold, in whichever order they were found and read.
 */
#ifndef PT_ANALYSIS_LOG_SOURCES_H
#define PT_ANALYSIS_LOG_SOURCES_H

#include "phasetop/base/alloc.h"
#include "run_logs.h"

typedef struct pt_log_source {
	const pt_run_log *log;
	int64_t until;     /* a newer training counts from here on; INT64_MAX: none does */
	const char *apart; /* its series stand under this name; NULL: under their own. Shares the log's life */
	size_t apart_bytes;
} pt_log_source;

typedef struct pt_log_sources {
	size_t n;
	pt_log_source *items; /* those with rows, as they are asked */
} pt_log_sources;

/** @retval PT_ERR_MEMORY @cost O(logs²) */
PT_CHECKED pt_status pt_log_sources_find(
	const pt_run_logs *logs, pt_arena *arena, pt_log_sources *sources, pt_error *err);

/** What a source calls a column of its table, and the role of that; `out` has PT_SERIES_NAME_BYTES. */
enum { PT_SERIES_NAME_BYTES = 1280 };
void pt_log_source_series(const pt_log_source *source, const char *column, char *out);

/** One quantity of a run: rising steps, no value missing. */
typedef struct pt_merged_series {
	const char *name;
	const char *source; /* the logs that it is from, in the order of its steps */
	size_t n;
	const int64_t *steps;
	const double *values;
} pt_merged_series;

/** All quantities, each once, in the order in which the sources have them. @cost O(rows · columns + columns²)
 */
PT_CHECKED pt_status pt_log_sources_merge(
	const pt_log_sources *sources, pt_arena *arena, pt_merged_series **series, size_t *n, pt_error *err);

/** What a report calls a log: its path; of event files, that of their directory. */
char *pt_log_source_name(const pt_run_log *log, pt_arena *arena);

/** Trainings of which nothing is shown, for a newer one counts from its first step on: how many, and the
 * newer one's log. */
size_t pt_log_sources_n_hidden(const pt_log_sources *sources, const pt_run_log **newer);

#endif
