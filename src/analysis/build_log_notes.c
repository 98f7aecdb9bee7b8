/* What is to be said of a run's logs together. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "log_sources.h"
#include "phasetop/analysis/metric_request.h"
#include "phasetop/base/text.h"
#include "snapshot_build.h"

enum { MESSAGE_BYTES = 512 };

typedef struct note_list {
	pt_problem *problems;
	size_t *n;
	pt_arena *arena;
} note_list;

size_t pt_log_notes_most(const pt_settings *settings)
{
	size_t n = 1;
	char name[PT_METRIC_BYTES];
	for (size_t m = 0; m < settings->n_metrics; m++)
		for (size_t i = 0; pt_metric_request_name(settings->metrics[m], i, name); i++)
			n++;
	return n;
}

static pt_status add(
	const note_list *list, pt_status code, const char *path, const char *message, pt_error *err)
{
	pt_problem *problem = &list->problems[(*list->n)++];
	*problem = (pt_problem){
		.path = pt_arena_text(list->arena, path),
		.code = pt_status_name(code),
		.offset = -1,
		.message = pt_arena_text(list->arena, message),
	};
	return problem->path && problem->message ? PT_OK : pt_build_out_of_memory(err);
}

/* One more name of a list with commas between. */
static void add_name(pt_text *text, const char *name, bool *is_first)
{
	char clean[128];
	pt_text_sanitize(clean, sizeof clean, name, strlen(name));
	if (!*is_first)
		pt_text_add(text, ", ");
	pt_text_add(text, clean);
	*is_first = false;
}

/* Has one of the first n sources a series of this name? */
static bool is_series(const pt_log_sources *sources, size_t n, const char *name)
{
	char own[PT_SERIES_NAME_BYTES];
	for (size_t s = 0; s < n; s++) {
		const pt_metric_table *table = &sources->items[s].log->table;
		for (size_t c = 0; c < table->n_columns; c++) {
			pt_log_source_series(&sources->items[s], table->columns[c].name, own);
			if (strcmp(own, name) == 0)
				return true;
		}
	}
	return false;
}

/* `--metric NAME`: does any log have it? Where nothing was logged yet nothing is missed. */
static pt_status note_missing_series(
	const note_list *list, const pt_log_sources *sources, const char *name, pt_error *err)
{
	char message[MESSAGE_BYTES];
	pt_text text = pt_text_over(message, sizeof message);
	bool is_first = true;
	if (sources->n == 0 || is_series(sources, sources->n, name) ||
		is_series(sources, sources->n, pt_log_role_name(pt_log_role_of(name))))
		return PT_OK;
	pt_text_add(&text, "no log of the run has a series of this name (--metric); there are: ");
	for (size_t s = 0; s < sources->n; s++) {
		const pt_metric_table *table = &sources->items[s].log->table;
		for (size_t c = 0; c < table->n_columns; c++) {
			char own[PT_SERIES_NAME_BYTES];
			pt_log_source_series(&sources->items[s], table->columns[c].name, own);
			if (!is_series(sources, s, own))
				add_name(&text, own, &is_first);
		}
	}
	return add(list, PT_ERR_NOT_FOUND, name, message, err);
}

/* `--metric FILE:NAME`: has the file such a column? That it can't be read is told as the log's own problem.
 */
static pt_status note_missing_column(
	const note_list *list, const pt_run_log *log, const char *name, pt_error *err)
{
	char message[MESSAGE_BYTES], clean[128];
	pt_text text = pt_text_over(message, sizeof message);
	bool is_first = true;
	if (!log || log->has_problem || pt_metric_table_column(&log->table, name))
		return PT_OK;
	pt_text_sanitize(clean, sizeof clean, name, strlen(name));
	pt_text_addf(&text, "no column '%s' (--metric)", clean);
	if (log->table.n_columns > 0)
		pt_text_add(&text, "; there are: ");
	else
		pt_text_add(&text, ", and no other: not a row with a step was found");
	for (size_t c = 0; c < log->table.n_columns; c++)
		add_name(&text, log->table.columns[c].name, &is_first);
	return add(list, PT_ERR_NOT_FOUND, log->path, message, err);
}

static pt_status note_requests(const note_list *list, const pt_run *run, const pt_settings *settings,
	const pt_log_sources *sources, pt_error *err)
{
	pt_status status = PT_OK;
	for (size_t m = 0; m < settings->n_metrics; m++) {
		char name[PT_METRIC_BYTES];
		bool has_file = pt_metric_request_file(settings->metrics[m], name);
		const pt_run_log *log = has_file ? pt_run_logs_named(&run->logs, settings->metrics[m]) : NULL;
		for (size_t i = 0; status == PT_OK && pt_metric_request_name(settings->metrics[m], i, name); i++)
			status = has_file ? note_missing_column(list, log, name, err)
							  : note_missing_series(list, sources, name, err);
	}
	return status;
}

static pt_status note_trainings(const note_list *list, const pt_log_sources *sources, pt_error *err)
{
	char message[MESSAGE_BYTES];
	const pt_run_log *newer;
	size_t n = pt_log_sources_n_hidden(sources, &newer);
	if (n == 0)
		return PT_OK;
	snprintf(message, sizeof message,
		"%zu log%s of earlier trainings lie%s in the run too and %s not shown: this one is newer and begins "
		"at step "
		"%" PRId64,
		n, n == 1 ? "" : "s", n == 1 ? "s" : "", n == 1 ? "is" : "are", newer->table.steps[0]);
	return add(list, PT_ERR_AMBIGUOUS, newer->path, message, err);
}

pt_status pt_build_log_notes(const pt_run *run, const pt_settings *settings, pt_arena *arena,
	pt_problem *problems, size_t *n, pt_error *err)
{
	const note_list list = {.problems = problems, .n = n, .arena = arena};
	pt_log_sources sources;
	pt_status status = pt_log_sources_find(&run->logs, arena, &sources, err);
	if (status == PT_OK)
		status = note_requests(&list, run, settings, &sources, err);
	return status == PT_OK ? note_trainings(&list, &sources, err) : status;
}
