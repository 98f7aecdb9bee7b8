#include "tfevents_event.h"

#include "phasetop/runio/json_reader.h"

#include "protobuf_reader.h"
#include "tensor_scalar.h"

#include <math.h>

/* Fields of Event, SessionLog, Summary, Summary.Value. */
enum {
	EVENT_WALL_TIME = 1,
	EVENT_STEP = 2,
	EVENT_SUMMARY = 5,
	EVENT_SESSION_LOG = 7,
	SESSION_STATUS = 1,
	SESSION_START = 1,
	SUMMARY_VALUE = 1,
	VALUE_TAG = 1,
	VALUE_SIMPLE = 2,
	VALUE_TENSOR = 8
};

void tfevents_reader_fini(tfevents_reader *reader)
{
	log_row_reader_fini(&reader->row);
	log_names_fini(&reader->names);
}

void tfevents_reader_reset(tfevents_reader *reader)
{
	log_names_fini(&reader->names);
}

/* What an event says besides its summary. */
typedef struct event_head {
	int64_t step; /* absent means 0 */
	double wall_s;
	bool is_start; /* of a session: a writer begins at `step` */
	bool is_bad;
} event_head;

static bool is_session_start(const protobuf_field *log)
{
	protobuf_reader session = protobuf_over(log->bytes, log->n);
	protobuf_field field;
	bool is_start = false;
	while (protobuf_next(&session, &field))
		if (protobuf_is(&field, SESSION_STATUS, PROTOBUF_VARINT))
			is_start = field.bits == SESSION_START;
	return is_start && !session.is_bad;
}

static event_head read_head(const tfevents_record *record)
{
	event_head head = {.wall_s = (double)NAN};
	protobuf_reader event = protobuf_over(record->bytes, record->n);
	protobuf_field field;
	while (protobuf_next(&event, &field)) {
		if (protobuf_is(&field, EVENT_STEP, PROTOBUF_VARINT))
			head.step = (int64_t)field.bits;
		else if (protobuf_is(&field, EVENT_WALL_TIME, PROTOBUF_FIXED64))
			head.wall_s = protobuf_double(field.bits);
		else if (protobuf_is(&field, EVENT_SESSION_LOG, PROTOBUF_BYTES))
			head.is_start = is_session_start(&field);
	}
	if (!(head.wall_s > 0.0) || isinf(head.wall_s))
		head.wall_s = (double)NAN;
	head.is_bad = event.is_bad;
	return head;
}

/* The text that the HF Trainer writes first: its arguments as JSON. It says whose log this is, and how long
   it is to become. */
static void read_arguments(tfevents_reader *reader, const protobuf_field *tensor, pt_metric_state *state)
{
	const char *text;
	size_t n;
	if (!tensor_text(tensor->bytes, tensor->n, &text, &n))
		return;
	pt_json_reader json;
	pt_json_token token;
	int64_t max_steps = PT_LOG_NO_STEP;
	bool is_trainer = false;
	pt_json_init(&json, text, n, PT_JSON_PYTHON, NULL, 0);
	pt_status status = pt_json_expect(&json, PT_JSON_OBJECT_BEGIN, "an object", &token, NULL);
	while (status == PT_OK && (status = pt_json_next(&json, &token, NULL)) == PT_OK &&
		   token.type == PT_JSON_KEY) {
		bool is_max_steps = pt_json_is(&token, "max_steps");
		is_trainer |= pt_json_is(&token, "per_device_train_batch_size");
		status = pt_json_next(&json, &token, NULL);
		if (status == PT_OK && is_max_steps && token.type == PT_JSON_NUMBER && token.is_integer &&
			token.integer > 0)
			max_steps = token.integer;
		if (status == PT_OK)
			status = pt_json_skip(&json, &token, NULL);
	}
	if (status != PT_OK || !is_trainer)
		return;
	reader->names.is_trainer = true;
	if (max_steps != PT_LOG_NO_STEP)
		state->max_steps = max_steps;
}

/* One value of a summary: a number under its tag, or something else. */
static pt_status read_value(tfevents_reader *reader, const protobuf_field *value,
	const tfevents_record *record, pt_metric_state *state, bool *is_bad, pt_error *err)
{
	protobuf_reader message = protobuf_over(value->bytes, value->n);
	protobuf_field field, tag = {0}, tensor = {0};
	bool has_number = false;
	double number = 0.0;
	while (protobuf_next(&message, &field)) {
		if (protobuf_is(&field, VALUE_TAG, PROTOBUF_BYTES)) {
			tag = field;
		} else if (protobuf_is(&field, VALUE_SIMPLE, PROTOBUF_FIXED32)) {
			has_number = true;
			number = protobuf_float(field.bits);
		} else if (protobuf_is(&field, VALUE_TENSOR, PROTOBUF_BYTES)) {
			tensor = field;
			has_number = tensor_scalar(field.bytes, field.n, &number);
		}
	}
	*is_bad |= message.is_bad;
	if (message.is_bad || !tag.bytes)
		return PT_OK;
	if (tensor.bytes && protobuf_text_is(&tag, "args/text_summary"))
		read_arguments(reader, &tensor, state);
	if (!has_number)
		return PT_OK;
	return log_names_add(
		&reader->names, &reader->row, (const char *)tag.bytes, tag.n, number, record->path, err);
}

static pt_status read_summaries(tfevents_reader *reader, const tfevents_record *record,
	pt_metric_state *state, bool *is_bad, pt_error *err)
{
	protobuf_reader event = protobuf_over(record->bytes, record->n);
	protobuf_field summary, value;
	pt_status status = PT_OK;
	while (status == PT_OK && protobuf_next(&event, &summary)) {
		if (!protobuf_is(&summary, EVENT_SUMMARY, PROTOBUF_BYTES))
			continue;
		protobuf_reader values = protobuf_over(summary.bytes, summary.n);
		while (status == PT_OK && protobuf_next(&values, &value))
			if (protobuf_is(&value, SUMMARY_VALUE, PROTOBUF_BYTES))
				status = read_value(reader, &value, record, state, is_bad, err);
		*is_bad |= values.is_bad;
	}
	return status;
}

pt_status tfevents_give_record(tfevents_reader *reader, const tfevents_record *record, pt_metric_state *state,
	const pt_log_sink *sink, pt_error *err)
{
	event_head head = read_head(record);
	log_row_begin(&reader->row);
	pt_status status = head.is_bad ? PT_OK : read_summaries(reader, record, state, &head.is_bad, err);
	if (status != PT_OK)
		return status;
	if (head.is_bad) {
		pt_error problem;
		pt_fail(&problem, PT_ERR_BAD_ROW, record->path, record->offset, "a record that is no event");
		metric_state_bad_row(state, &problem);
		return PT_OK;
	}
	pt_log_row row;
	log_row_end(&reader->row, &row);
	bool is_restart = head.is_start && row.n_fields == 0;
	if (row.n_fields == 0 && !is_restart)
		return PT_OK;
	if (head.step < 0) {
		state->n_rows_without_step += !is_restart;
		return PT_OK;
	}
	row.step = head.step;
	row.line = record->offset;
	row.wall_s = head.wall_s;
	row.is_restart = is_restart;
	return metric_give_row(state, sink, &row, err);
}
