/* JSONL logs of plain scripts and of LLaMA-Factory: an object a line. */
#include "phasetop/base/alloc.h"

#include "line_log.h"
#include "log_row_reader.h"
#include "metric_reader.h"

#include <string.h>

typedef struct jsonl_log {
	pt_tail *tail;
	log_row_reader rows;
} jsonl_log;

typedef struct jsonl_reading {
	jsonl_log *log;
	pt_metric_state *state;
	const pt_log_sink *sink;
	step_state step; /* of the line just parsed; STEP_BAD: it is blank */
	pt_log_row row;
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

/* How far the training is to go, and how far it has come: said in every row, and no series. */
static bool is_progress(const pt_log_field *field, bool is_llamafactory, int64_t *max_steps)
{
	bool is_total =
		strcmp(field->name, "max_steps") == 0 || (is_llamafactory && strcmp(field->name, "total_steps") == 0);
	if (is_total && field->value >= 1.0 && field->value < 9e15)
		*max_steps = (int64_t)field->value;
	return is_total || (is_llamafactory && strcmp(field->name, "percentage") == 0);
}

/*
 * LLaMA-Factory's trainer_log.jsonl: {"current_steps": 4, "total_steps": 20, "loss": …, "percentage": 20.0}.
 * Its rows are the Trainer's, of which it keeps loss, eval_loss, lr and epoch: the closing row has nothing
 * but the epoch left.
 *
 * @source LLaMA-Factory, src/llamafactory/train/callbacks.py, LogCallback
 */
static void settle_progress(jsonl_reading *reading)
{
	log_row_reader *rows = &reading->log->rows;
	bool is_llamafactory = rows->step_is_current_steps, has_total = false, has_numbers = false;
	size_t kept = 0;
	for (size_t i = 0; i < rows->n_fields; i++) {
		if (is_progress(&rows->fields[i], is_llamafactory, &reading->state->max_steps)) {
			has_total = true;
			continue;
		}
		has_numbers |= rows->fields[i].role != PT_LOG_EPOCH;
		rows->fields[kept++] = rows->fields[i];
	}
	reading->row.n_fields = kept;
	reading->row.is_closing |= is_llamafactory && has_total && !has_numbers;
}

static pt_status parse_line(void *context, const char *text, size_t n, int64_t number, pt_error *problem)
{
	jsonl_reading *reading = context;
	pt_json_reader json;
	pt_json_token token;
	const char *path = pt_tail_path(reading->log->tail);
	reading->step = STEP_BAD;
	if (log_line_is_blank(text, n))
		return PT_OK;
	pt_json_init(&json, text, n, PT_JSON_PYTHON, path, 0);
	pt_status status = pt_json_expect(&json, PT_JSON_OBJECT_BEGIN, "an object", &token, problem);
	if (status == PT_OK)
		status = log_row_read(&reading->log->rows, &json, &reading->row, &reading->step, problem);
	if (status == PT_OK)
		status = pt_json_next(&json, &token, problem); /* nothing may follow */
	if (status == PT_OK && reading->step == STEP_BAD)
		status = pt_fail(problem, PT_ERR_BAD_ROW, path, -1, "the step is no whole number >= 0");
	if (status != PT_OK)
		return status;
	reading->row.line = number;
	settle_progress(reading);
	return PT_OK;
}

static pt_status give_row(void *context, int64_t number, pt_error *err)
{
	jsonl_reading *reading = context;
	(void)number;
	if (reading->step == STEP_GOOD)
		return metric_give_row(reading->state, reading->sink, &reading->row, err);
	reading->state->n_rows_without_step += reading->step == STEP_ABSENT;
	return PT_OK;
}

static void void_rows(void *context)
{
	jsonl_reading *reading = context;
	metric_state_reset(reading->state);
	if (reading->sink->reset)
		reading->sink->reset(reading->sink->context);
}

static void tell(void *context, const pt_error *problem)
{
	jsonl_reading *reading = context;
	metric_state_bad_row(reading->state, problem);
}

static pt_status read_new(void *reader, pt_metric_state *state, const pt_log_sink *sink, pt_error *err)
{
	jsonl_log *log = reader;
	jsonl_reading reading = {.log = log, .state = state, .sink = sink};
	const line_handler handler = {
		.context = &reading, .parse = parse_line, .give = give_row, .reset = void_rows, .bad = tell};
	pt_status status = line_log_read(log->tail, &handler, err);
	state->identity = pt_tail_identity(log->tail);
	return status;
}

const metric_reader jsonl_log_reader = {create, destroy, read_new};
