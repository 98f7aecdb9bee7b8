/* JSONL logs of plain scripts and of LLaMA-Factory: an object a line. */
#include "phasetop/base/alloc.h"
#include "phasetop/runio/tail.h"

#include "log_row_reader.h"
#include "metric_reader.h"

typedef struct jsonl_log {
	pt_tail *tail;
	log_row_reader rows;
} jsonl_log;

typedef struct jsonl_reading {
	jsonl_log *log;
	pt_metric_state *state;
	const pt_log_sink *sink;
} jsonl_reading;

static void destroy(void *reader)
{
	jsonl_log *log = reader;
	pt_tail_destroy(log->tail);
	log_row_reader_fini(&log->rows);
	pt_free(log);
}

static void *create(const char *path)
{
	jsonl_log *log = pt_array_alloc(1, sizeof *log);
	if (!log)
		return NULL;
	log->tail = pt_tail_create(path, NULL);
	if (!log->tail) {
		pt_free(log);
		return NULL;
	}
	return log;
}

static pt_status parse_row(
	jsonl_log *log, const char *text, size_t n, pt_log_row *row, step_state *step, pt_error *err)
{
	pt_json_reader json;
	pt_json_token token;
	pt_json_init(&json, text, n, PT_JSON_PYTHON, pt_tail_path(log->tail), 0);
	pt_status status = pt_json_expect(&json, PT_JSON_OBJECT_BEGIN, "an object", &token, err);
	if (status == PT_OK)
		status = log_row_read(&log->rows, &json, row, step, err);
	if (status == PT_OK)
		status = pt_json_next(&json, &token, err); /* nothing may follow */
	return status;
}

static pt_status take_line(void *context, const char *text, size_t n, int64_t number, pt_error *err)
{
	jsonl_reading *reading = context;
	const char *path = pt_tail_path(reading->log->tail);
	if (log_line_is_blank(text, n))
		return PT_OK;
	pt_log_row row;
	step_state step = STEP_ABSENT;
	pt_error problem;
	pt_status status = parse_row(reading->log, text, n, &row, &step, &problem);
	if (status == PT_OK && step == STEP_BAD)
		status = pt_fail(&problem, PT_ERR_BAD_ROW, path, -1, "the step is no whole number >= 0");
	if (status == PT_ERR_MEMORY)
		return pt_fail(err, status, path, -1, "out of memory");
	if (status != PT_OK) {
		log_problem_of_line(&problem, number);
		metric_state_bad_row(reading->state, &problem);
		return PT_OK;
	}
	if (step == STEP_ABSENT) {
		reading->state->n_rows_without_step++;
		return PT_OK;
	}
	row.line = number;
	return metric_give_row(reading->state, reading->sink, &row, err);
}

static void take_reset(void *context)
{
	jsonl_reading *reading = context;
	metric_state_reset(reading->state);
	if (reading->sink->reset)
		reading->sink->reset(reading->sink->context);
}

static void take_overlong(void *context, int64_t number)
{
	jsonl_reading *reading = context;
	pt_error problem;
	log_problem_overlong(&problem, pt_tail_path(reading->log->tail), number);
	metric_state_bad_row(reading->state, &problem);
}

static pt_status read_new(void *reader, pt_metric_state *state, const pt_log_sink *sink, pt_error *err)
{
	jsonl_log *log = reader;
	jsonl_reading reading = {log, state, sink};
	const pt_tail_handler handler = {&reading, take_line, take_reset, take_overlong};
	pt_status status = pt_tail_read(log->tail, &handler, err);
	state->identity = pt_tail_identity(log->tail);
	return status;
}

const metric_reader jsonl_log_reader = {create, destroy, read_new};
