#include "phasetop/runio/trainer_log.h"

#include "json_file.h"
#include "log_row_reader.h"

#include <math.h>
#include <string.h>

/* ---- trainer_state.json ---- */

typedef struct state_pass {
	pt_json_reader *json;
	log_row_reader rows;
	const pt_log_sink *sink; /* NULL: count only */
	pt_trainer_state state;
	double save_steps; /* as written, maybe a fraction; NaN: not said */
	bool has_history;
} state_pass;

static pt_status read_history_row(state_pass *pass, int64_t index, pt_error *err)
{
	pt_log_row row;
	step_state step;
	pt_status status = log_row_read(&pass->rows, pass->json, &row, &step, err);
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
	pt_status status = pt_json_next(pass->json, &token, err);
	if (status != PT_OK)
		return status;
	if (token.type != PT_JSON_ARRAY_BEGIN)
		return pt_fail(err, PT_ERR_FORMAT, pass->json->path, token.offset,
			"log_history is %s, expected an array", pt_json_type_name(token.type));
	if (pass->has_history)
		return pt_fail(err, PT_ERR_FORMAT, pass->json->path, token.offset, "log_history occurs twice");
	pass->has_history = true;
	for (int64_t index = 0;; index++) {
		status = pt_json_next(pass->json, &token, err);
		if (status != PT_OK || token.type == PT_JSON_ARRAY_END)
			return status;
		if (token.type == PT_JSON_OBJECT_BEGIN) {
			status = read_history_row(pass, index, err);
		} else {
			pass->state.n_rows_without_step++;
			status = pt_json_skip(pass->json, &token, err);
		}
		if (status != PT_OK)
			return status;
	}
}

typedef enum top_key {
	KEY_OTHER,
	KEY_HISTORY,
	KEY_GLOBAL_STEP,
	KEY_MAX_STEPS,
	KEY_SAVE_STEPS,
	KEY_EPOCH
} top_key;

static top_key top_key_of(const pt_json_token *key)
{
	static const char *const names[] = {
		[KEY_HISTORY] = "log_history",
		[KEY_GLOBAL_STEP] = "global_step",
		[KEY_MAX_STEPS] = "max_steps",
		[KEY_SAVE_STEPS] = "save_steps",
		[KEY_EPOCH] = "epoch",
	};
	for (size_t i = KEY_HISTORY; i < sizeof names / sizeof names[0]; i++)
		if (pt_json_is(key, names[i]))
			return (top_key)i;
	return KEY_OTHER;
}

/* Keep what a key of the top level says. */
static void note_number(state_pass *pass, top_key key, const pt_json_token *value)
{
	if (value->type != PT_JSON_NUMBER)
		return;
	int64_t whole = value->is_integer && value->integer >= 0 ? value->integer : PT_LOG_NO_STEP;
	if (key == KEY_GLOBAL_STEP)
		pass->state.global_step = whole;
	else if (key == KEY_MAX_STEPS)
		pass->state.max_steps = whole > 0 ? whole : PT_LOG_NO_STEP;
	else if (key == KEY_SAVE_STEPS)
		pass->save_steps = value->number;
	else if (key == KEY_EPOCH)
		pass->state.epoch = isfinite(value->number) ? value->number : (double)NAN;
}

static pt_status read_top_level(state_pass *pass, pt_error *err)
{
	pt_json_token token;
	pt_status status = pt_json_next(pass->json, &token, err);
	if (status != PT_OK)
		return status;
	if (token.type != PT_JSON_OBJECT_BEGIN)
		return pt_fail(err, PT_ERR_FORMAT, pass->json->path, token.offset, "%s, expected an object",
			pt_json_type_name(token.type));
	for (;;) {
		status = pt_json_next(pass->json, &token, err);
		if (status != PT_OK)
			return status;
		if (token.type == PT_JSON_OBJECT_END)
			break;
		top_key key = top_key_of(&token);
		if (key == KEY_HISTORY) {
			status = read_history(pass, err);
		} else {
			status = pt_json_next(pass->json, &token, err);
			if (status == PT_OK) {
				note_number(pass, key, &token);
				status = pt_json_skip(pass->json, &token, err);
			}
		}
		if (status != PT_OK)
			return status;
	}
	status = pt_json_next(pass->json, &token, err); /* nothing may follow */
	if (status == PT_OK && !pass->has_history)
		return pt_fail(err, PT_ERR_FORMAT, pass->json->path, -1, "no log_history");
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

/* One pass over the text. Where it fails after rows were given, they are void. */
static pt_status read_state(
	pt_json_reader *json, const pt_log_sink *sink, pt_trainer_state *state, pt_error *err)
{
	state_pass pass = {
		.json = json,
		.sink = sink,
		.state = {.global_step = PT_LOG_NO_STEP, .max_steps = PT_LOG_NO_STEP, .epoch = (double)NAN},
		.save_steps = (double)NAN,
	};
	pt_status status = read_top_level(&pass, err);
	log_row_reader_fini(&pass.rows);
	pass.state.save_steps = resolve_save_steps(pass.save_steps, pass.state.max_steps);
	*state = pass.state;
	return status;
}

static pt_status void_rows(pt_status status, const pt_log_sink *sink, const pt_trainer_state *state)
{
	if (status != PT_OK && sink && sink->reset && state->n_rows > 0)
		sink->reset(sink->context);
	return status;
}

pt_status pt_trainer_state_parse(const char *bytes, size_t n, const char *path, const pt_log_sink *sink,
	pt_trainer_state *state, pt_error *err)
{
	if (n == 0)
		return pt_fail(err, PT_ERR_EMPTY, path, -1, "0 bytes");
	pt_json_reader json;
	pt_trainer_state found;
	pt_json_init(&json, bytes, n, PT_JSON_PYTHON, path, 0);
	pt_status status = read_state(&json, sink, &found, err);
	if (status == PT_OK && state)
		*state = found;
	return void_rows(status, sink, &found);
}

pt_status pt_trainer_state_read(const char *path, const pt_log_sink *sink, pt_trainer_state *state,
	pt_file_identity *identity, pt_error *err)
{
	json_file file;
	pt_trainer_state found;
	pt_status status = json_file_open(&file, path, PT_TRAINER_STATE_CAP_BYTES, err);
	if (status != PT_OK)
		return status;
	status = read_state(&file.json, sink, &found, err);
	/* a text that changed may have parsed by chance, or not parsed for that reason */
	pt_status settled = status == PT_OK || status == PT_ERR_JSON ? json_file_settled(&file, err) : PT_OK;
	if (settled != PT_OK)
		status = settled;
	json_file_close(&file);
	if (status == PT_OK && state)
		*state = found;
	if (status == PT_OK && identity)
		*identity = file.identity;
	return void_rows(status, sink, &found);
}
