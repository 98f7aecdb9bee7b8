#include "phasetop/runio/trainer_log.h"

#include "phasetop/base/alloc.h"
#include "phasetop/runio/tail.h"

#include "log_row_reader.h"

#include <math.h>
#include <string.h>

/* ---- trainer_state.json ---- */

typedef struct state_pass {
	pt_json_reader json;
	log_row_reader rows;
	const pt_log_sink *sink; /* NULL: count only */
	bool only_checks;        /* that the text parses; rows are passed over */
	pt_trainer_state state;
	double save_steps; /* as written, maybe a fraction; NaN: not said */
	bool has_history;
} state_pass;

static pt_status read_history_row(state_pass *pass, int64_t index, pt_error *err)
{
	pt_log_row row;
	step_state step;
	pt_status status = log_row_read(&pass->rows, &pass->json, &row, &step, err);
	if (status != PT_OK)
		return status;
	pass->state.has_closing_row |= row.is_closing;
	if (step != STEP_GOOD) {
		pass->state.n_rows_without_step++;
		return PT_OK;
	}
	pass->state.n_rows++;
	pass->state.n_invalid_values += pass->rows.n_invalid;
	row.line = index;
	return pass->sink ? pass->sink->row(pass->sink->context, &row, err) : PT_OK;
}

static pt_status read_history(state_pass *pass, pt_error *err)
{
	pt_json_token token;
	pt_status status = pt_json_next(&pass->json, &token, err);
	if (status != PT_OK)
		return status;
	if (token.type != PT_JSON_ARRAY_BEGIN)
		return pt_fail(err, PT_ERR_FORMAT, pass->json.path, token.offset,
			"log_history is %s, expected an array", pt_json_type_name(token.type));
	if (pass->has_history)
		return pt_fail(err, PT_ERR_FORMAT, pass->json.path, token.offset, "log_history occurs twice");
	pass->has_history = true;
	for (int64_t index = 0;; index++) {
		status = pt_json_next(&pass->json, &token, err);
		if (status != PT_OK || token.type == PT_JSON_ARRAY_END)
			return status;
		if (token.type == PT_JSON_OBJECT_BEGIN && !pass->only_checks) {
			status = read_history_row(pass, index, err);
		} else {
			pass->state.n_rows_without_step++;
			status = pt_json_skip(&pass->json, &token, err);
		}
		if (status != PT_OK)
			return status;
	}
}

/* Keep what a key of the top level says. */
static void note_number(state_pass *pass, const pt_json_token *key, const pt_json_token *value)
{
	if (value->type != PT_JSON_NUMBER)
		return;
	int64_t whole = value->is_integer && value->integer >= 0 ? value->integer : PT_LOG_NO_STEP;
	if (pt_json_is(key, "global_step"))
		pass->state.global_step = whole;
	else if (pt_json_is(key, "max_steps"))
		pass->state.max_steps = whole > 0 ? whole : PT_LOG_NO_STEP;
	else if (pt_json_is(key, "save_steps"))
		pass->save_steps = value->number;
	else if (pt_json_is(key, "epoch"))
		pass->state.epoch = isfinite(value->number) ? value->number : (double)NAN;
}

static pt_status read_top_level(state_pass *pass, pt_error *err)
{
	pt_json_token token;
	pt_status status = pt_json_next(&pass->json, &token, err);
	if (status != PT_OK)
		return status;
	if (token.type != PT_JSON_OBJECT_BEGIN)
		return pt_fail(err, PT_ERR_FORMAT, pass->json.path, token.offset, "%s, expected an object",
			pt_json_type_name(token.type));
	for (;;) {
		pt_json_token key;
		status = pt_json_next(&pass->json, &key, err);
		if (status != PT_OK)
			return status;
		if (key.type == PT_JSON_OBJECT_END)
			break;
		if (pt_json_is(&key, "log_history")) {
			status = read_history(pass, err);
		} else {
			status = pt_json_next(&pass->json, &token, err);
			if (status == PT_OK) {
				note_number(pass, &key, &token);
				status = pt_json_skip(&pass->json, &token, err);
			}
		}
		if (status != PT_OK)
			return status;
	}
	status = pt_json_next(&pass->json, &token, err); /* nothing may follow */
	if (status == PT_OK && !pass->has_history)
		return pt_fail(err, PT_ERR_FORMAT, pass->json.path, -1, "no log_history");
	return status;
}

/* A fraction below 1 means that share of max_steps, as the Trainer resolves it. */
static int64_t resolve_save_steps(double save_steps, int64_t max_steps)
{
	if (!(save_steps > 0.0 && save_steps < 9e15))
		return PT_LOG_NO_STEP;
	if (save_steps >= 1.0)
		return (int64_t)save_steps;
	return max_steps > 0 ? (int64_t)ceil(save_steps * (double)max_steps) : PT_LOG_NO_STEP;
}

static pt_status run_pass(const char *bytes, size_t n, const char *path, bool only_checks,
	const pt_log_sink *sink, pt_trainer_state *state, pt_error *err)
{
	state_pass pass = {
		.sink = sink,
		.only_checks = only_checks,
		.state = {.global_step = PT_LOG_NO_STEP, .max_steps = PT_LOG_NO_STEP, .epoch = (double)NAN},
		.save_steps = (double)NAN,
	};
	pt_json_init(&pass.json, bytes, n, PT_JSON_PYTHON, path, 0);
	pt_status status = read_top_level(&pass, err);
	log_row_reader_fini(&pass.rows);
	if (status != PT_OK)
		return status;
	pass.state.save_steps = resolve_save_steps(pass.save_steps, pass.state.max_steps);
	if (state)
		*state = pass.state;
	return PT_OK;
}

pt_status pt_trainer_state_parse(const char *bytes, size_t n, const char *path, const pt_log_sink *sink,
	pt_trainer_state *state, pt_error *err)
{
	if (n == 0)
		return pt_fail(err, PT_ERR_EMPTY, path, -1, "0 bytes");
	pt_trainer_state found;
	/* rows only out of a text that parses to its end; where nobody takes rows, one pass is enough */
	pt_status status = sink ? run_pass(bytes, n, path, true, NULL, &found, err) : PT_OK;
	if (status == PT_OK)
		status = run_pass(bytes, n, path, false, sink, &found, err);
	if (status == PT_OK && state)
		*state = found;
	return status;
}

pt_status pt_trainer_state_read(const char *path, const pt_log_sink *sink, pt_trainer_state *state,
	pt_file_identity *identity, pt_error *err)
{
	char *bytes;
	size_t n;
	pt_file_identity read;
	pt_status status = pt_regular_file_read(path, PT_TRAINER_STATE_CAP_BYTES, &bytes, &n, &read, err);
	if (status != PT_OK)
		return status;
	status = pt_trainer_state_parse(bytes, n, path, sink, state, err);
	pt_free(bytes);
	if (status == PT_OK && identity)
		*identity = read;
	return status;
}
