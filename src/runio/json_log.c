/*
 * One JSON document as a log: rows `[{"step": 0, "loss": 2.5}, …]` or columns `{"step": [0, …], "loss": [2.5,
 * …]}`, at the top or under any key. Written anew at each change, so it is read anew: the rows of before stay
 * until the new text has proved to be whole.
 */
#include "phasetop/base/alloc.h"

#include <math.h>
#include <string.h>

#include "json_file.h"
#include "log_row_reader.h"
#include "metric_reader.h"

enum { CAP_BYTES = 256 * 1024 * 1024, MAX_DEPTH = 16 };

typedef struct json_log {
	char *path;
	pt_file_identity identity; /* of what was read last */
} json_log;

/* One column of numbers; a key that is none keeps no values. */
typedef struct number_column {
	char *name;
	double *values;
	size_t n, capacity;
} number_column;

/* The columns of one object. */
typedef struct column_set {
	number_column *columns;
	size_t n, capacity;
} column_set;

typedef struct document {
	pt_json_reader *json;
	log_row_reader rows;
	pt_metric_state *state;
	const pt_log_sink *sink;
	int64_t index; /* of the next row */
} document;

static void destroy(void *reader)
{
	json_log *log = reader;
	pt_free(log->path);
	pt_free(log);
}

static void *create(const char *path)
{
	json_log *log = pt_array_alloc(1, sizeof *log);
	if (!log)
		return NULL;
	log->path = pt_text_copy(path, strlen(path));
	if (!log->path) {
		pt_free(log);
		return NULL;
	}
	return log;
}

static pt_status out_of_memory(const document *doc, pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, doc->json->path, -1, "out of memory");
}

/* ---- columns ---- */

static void columns_fini(column_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		pt_free(set->columns[i].name);
		pt_free(set->columns[i].values);
	}
	pt_free(set->columns);
}

/* Begin a column under a key. */
static pt_status add_column(document *doc, column_set *set, const pt_json_token *key, pt_error *err)
{
	if (!pt_array_reserve((void **)&set->columns, &set->capacity, set->n + 1, sizeof *set->columns))
		return out_of_memory(doc, err);
	number_column column = {.name = pt_array_alloc(key->length + 1, 1)};
	if (!column.name)
		return out_of_memory(doc, err);
	set->columns[set->n++] = column;
	return pt_json_decode(key, column.name, key->length + 1, NULL);
}

static pt_status add_value(document *doc, number_column *column, const pt_json_token *token, pt_error *err)
{
	if (!pt_array_reserve((void **)&column->values, &column->capacity, column->n + 1, sizeof *column->values))
		return out_of_memory(doc, err);
	column->values[column->n++] = token->type == PT_JSON_NUMBER ? token->number : (double)NAN;
	return PT_OK;
}

static const number_column *step_column(const column_set *set)
{
	static const char *const names[] = {"step", "steps", "global_step", "iter", "iteration", "epoch"};
	for (size_t name = 0; name < sizeof names / sizeof names[0]; name++)
		for (size_t i = 0; i < set->n; i++)
			if (set->columns[i].n > 0 && strcmp(set->columns[i].name, names[name]) == 0)
				return &set->columns[i];
	return NULL;
}

static pt_status give_row(document *doc, pt_log_row *row, step_state step, pt_error *err)
{
	row->line = doc->index++;
	if (step != STEP_GOOD) {
		doc->state->n_rows_without_step++;
		return PT_OK;
	}
	return metric_give_row(doc->state, doc->sink, row, err);
}

static pt_status give_columns(document *doc, const column_set *set, pt_error *err)
{
	const number_column *steps = step_column(set);
	for (size_t r = 0; steps && r < steps->n; r++) {
		pt_log_row row;
		double step = steps->values[r];
		log_row_begin(&doc->rows);
		for (size_t i = 0; i < set->n; i++) {
			const number_column *column = &set->columns[i];
			if (column == steps || r >= column->n)
				continue;
			pt_status status = log_row_add(&doc->rows, column->name, strlen(column->name),
				pt_log_role_of(column->name), column->values[r], doc->json->path, err);
			if (status != PT_OK)
				return status;
		}
		log_row_end(&doc->rows, &row);
		bool is_good = step >= 0.0 && step < 9e15 && step == floor(step);
		row.step = is_good ? (int64_t)step : PT_LOG_NO_STEP;
		row.is_closing = false;
		pt_status status = give_row(doc, &row, is_good ? STEP_GOOD : STEP_BAD, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

/* ---- the document ---- */

/* An array whose beginning was the last token: a column, or rows. */
static pt_status read_array(document *doc, number_column *column, pt_error *err)
{
	for (;;) {
		pt_json_token token;
		pt_log_row row;
		step_state step = STEP_ABSENT;
		pt_status status = pt_json_next(doc->json, &token, err);
		if (status != PT_OK || token.type == PT_JSON_ARRAY_END)
			return status;
		if (token.type == PT_JSON_OBJECT_BEGIN) {
			status = log_row_read(&doc->rows, doc->json, &row, &step, err);
			if (status == PT_OK)
				status = give_row(doc, &row, step, err);
		} else if (column && (token.type == PT_JSON_NUMBER || token.type == PT_JSON_NULL)) {
			status = add_value(doc, column, &token, err);
		} else {
			status = pt_json_skip(doc->json, &token, err);
		}
		if (status != PT_OK)
			return status;
	}
}

/* An object whose beginning was the last token: what lies under its keys, then its columns. The recursion is
   MAX_DEPTH deep. */
static pt_status read_object(document *doc, size_t depth, pt_error *err)
{
	column_set set = {.n = 0};
	pt_status status = PT_OK;
	for (;;) {
		pt_json_token token;
		status = pt_json_next(doc->json, &token, err);
		if (status != PT_OK || token.type == PT_JSON_OBJECT_END)
			break;
		status = add_column(doc, &set, &token, err);
		if (status == PT_OK)
			status = pt_json_next(doc->json, &token, err);
		if (status == PT_OK && token.type == PT_JSON_ARRAY_BEGIN)
			status = read_array(doc, &set.columns[set.n - 1], err);
		else if (status == PT_OK && token.type == PT_JSON_OBJECT_BEGIN && depth < MAX_DEPTH)
			status = read_object(doc, depth + 1, err);
		else if (status == PT_OK)
			status = pt_json_skip(doc->json, &token, err);
		if (status != PT_OK)
			break;
	}
	if (status == PT_OK)
		status = give_columns(doc, &set, err);
	columns_fini(&set);
	return status;
}

static pt_status read_document(document *doc, pt_error *err)
{
	pt_json_token token;
	pt_status status = pt_json_next(doc->json, &token, err);
	if (status == PT_OK && token.type == PT_JSON_ARRAY_BEGIN)
		status = read_array(doc, NULL, err);
	else if (status == PT_OK && token.type == PT_JSON_OBJECT_BEGIN)
		status = read_object(doc, 0, err);
	if (status == PT_OK && doc->index == 0)
		status = pt_fail(err, PT_ERR_FORMAT, doc->json->path, -1,
			"no rows [{\"step\": …}, …] and no columns {\"step\": […], …} in it");
	return status;
}

/* Does the text parse to its end? */
static pt_status check(json_file *file, pt_error *err)
{
	pt_json_token token;
	pt_status status = pt_json_next(&file->json, &token, err);
	if (status == PT_OK)
		status = pt_json_skip(&file->json, &token, err);
	if (status == PT_OK)
		status = pt_json_next(&file->json, &token, err); /* nothing may follow */
	pt_status settled = status == PT_OK || status == PT_ERR_JSON ? json_file_settled(file, err) : PT_OK;
	return settled != PT_OK ? settled : status;
}

static void void_rows(pt_metric_state *state, const pt_log_sink *sink)
{
	metric_state_reset(state);
	if (sink->reset)
		sink->reset(sink->context);
}

static pt_status read_rows(json_file *file, pt_metric_state *state, const pt_log_sink *sink, pt_error *err)
{
	document doc = {.json = &file->json, .state = state, .sink = sink};
	json_file_rewind(file);
	void_rows(state, sink);
	pt_status status = read_document(&doc, err);
	log_row_reader_fini(&doc.rows);
	if (status == PT_OK)
		status = json_file_settled(file, err);
	if (status != PT_OK)
		void_rows(state, sink);
	return status;
}

static pt_status read_new(void *reader, pt_metric_state *state, const pt_log_sink *sink, pt_error *err)
{
	json_log *log = reader;
	json_file file;
	pt_status status = json_file_open(&file, log->path, CAP_BYTES, err);
	if (status != PT_OK)
		return status;
	if (!pt_file_identity_equal(&file.identity, &log->identity)) {
		status = check(&file, err);
		if (status == PT_OK)
			status = read_rows(&file, state, sink, err);
		if (status == PT_OK)
			log->identity = state->identity = file.identity;
	}
	json_file_close(&file);
	return status;
}

const metric_reader json_log_reader = {create, destroy, read_new};
