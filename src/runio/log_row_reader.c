#include "log_row_reader.h"

#include "phasetop/base/alloc.h"

#include <math.h>
#include <string.h>

/* What the step is called; the first of these that a row has counts. */
static const char *const step_keys[] = {"step", "global_step", "current_steps", "iter", "iteration"};
enum { N_STEP_KEYS = sizeof step_keys / sizeof step_keys[0], CURRENT_STEPS = 2 };

void log_row_reader_fini(log_row_reader *reader)
{
	pt_free(reader->fields);
	pt_free(reader->name_offsets);
	pt_free(reader->names);
	*reader = (log_row_reader){0};
}

static int step_key_of(const pt_json_token *key)
{
	for (int i = 0; i < N_STEP_KEYS; i++)
		if (pt_json_is(key, step_keys[i]))
			return i;
	return -1;
}

void log_row_begin(log_row_reader *reader)
{
	reader->n_fields = reader->n_names = reader->n_invalid = 0;
}

pt_status log_row_add(log_row_reader *reader, const char *name, size_t n, pt_log_role role, double value,
	const char *path, pt_error *err)
{
	if (n > LOG_MAX_NAME_BYTES || memchr(name, '\0', n))
		return PT_OK;
	size_t at = reader->n_fields;
	if (!pt_array_reserve(
			(void **)&reader->fields, &reader->fields_capacity, at + 1, sizeof *reader->fields) ||
		!pt_array_reserve((void **)&reader->name_offsets, &reader->offsets_capacity, at + 1,
			sizeof *reader->name_offsets) ||
		!pt_array_reserve((void **)&reader->names, &reader->names_capacity, reader->n_names + n + 1, 1))
		return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	memcpy(reader->names + reader->n_names, name, n);
	reader->names[reader->n_names + n] = '\0';
	reader->name_offsets[at] = reader->n_names;
	reader->fields[at] = (pt_log_field){.role = role, .value = value, .valid = isfinite(value) != 0};
	reader->n_names += n + 1;
	reader->n_fields++;
	reader->n_invalid += !reader->fields[at].valid;
	return PT_OK;
}

/* A key as a name; false: none that can be shown. Decoded before the value is read, for a text that comes in
 * pieces may then have moved on. */
static bool decode_name(const pt_json_token *key, char name[LOG_MAX_NAME_BYTES + 1], size_t *n)
{
	if (key->length > LOG_MAX_NAME_BYTES)
		return false;
	if (key->is_escaped)
		return pt_json_decode(key, name, LOG_MAX_NAME_BYTES + 1, n) == PT_OK;
	memcpy(name, key->text, key->length); /* nearly all; the tokenizer has checked the text */
	name[key->length] = '\0';
	*n = key->length;
	return true;
}

static bool has_role(const log_row_reader *reader, pt_log_role role)
{
	for (size_t i = 0; i < reader->n_fields; i++)
		if (reader->fields[i].role == role)
			return true;
	return false;
}

static bool has_name(const log_row_reader *reader, const char *name)
{
	for (size_t i = 0; i < reader->n_fields; i++)
		if (strcmp(reader->names + reader->name_offsets[i], name) == 0)
			return true;
	return false;
}

/* `train_loss` is the mean over the whole run in the Trainer's closing row, and a plain loss in the logs of
 * scripts. */
static void settle_roles(log_row_reader *reader)
{
	bool has_loss = has_role(reader, PT_LOG_LOSS);
	bool is_closing = !has_loss && has_role(reader, PT_LOG_FINAL_LOSS) && has_name(reader, "train_runtime");
	for (size_t i = 0; i < reader->n_fields && !is_closing; i++)
		if (reader->fields[i].role == PT_LOG_FINAL_LOSS)
			reader->fields[i].role = has_loss ? PT_LOG_OTHER : PT_LOG_LOSS;
}

void log_row_end(log_row_reader *reader, pt_log_row *row)
{
	/* names are set last, for the array that they lie in moves while it grows */
	for (size_t i = 0; i < reader->n_fields; i++) {
		pt_log_field *field = &reader->fields[i];
		field->key = reader->names + reader->name_offsets[i];
		field->name = field->role == PT_LOG_OTHER ? field->key : pt_log_role_name(field->role);
	}
	*row = (pt_log_row){
		.step = PT_LOG_NO_STEP,
		.wall_s = (double)NAN,
		.is_closing = has_role(reader, PT_LOG_FINAL_LOSS),
		.n_fields = reader->n_fields,
		.fields = reader->fields,
	};
}

/* The value of a step key; the best of several counts. */
static void take_step(
	log_row_reader *reader, int step_key, const pt_json_token *value, int *best_key, step_state *step)
{
	if (step_key > *best_key)
		return;
	*best_key = step_key;
	bool is_good = value->type == PT_JSON_NUMBER && value->is_integer && value->integer >= 0;
	*step = is_good ? STEP_GOOD : STEP_BAD;
	reader->step = is_good ? value->integer : PT_LOG_NO_STEP;
	reader->step_is_current_steps = step_key == CURRENT_STEPS;
}

pt_status log_row_read(
	log_row_reader *reader, pt_json_reader *json, pt_log_row *row, step_state *step, pt_error *err)
{
	int best_key = N_STEP_KEYS;
	*step = STEP_ABSENT;
	reader->step = PT_LOG_NO_STEP;
	reader->step_is_current_steps = false;
	log_row_begin(reader);
	for (;;) {
		pt_json_token key, value;
		char name[LOG_MAX_NAME_BYTES + 1];
		size_t n = 0;
		pt_status status = pt_json_next(json, &key, err);
		if (status != PT_OK)
			return status;
		if (key.type == PT_JSON_OBJECT_END)
			break;
		int step_key = step_key_of(&key);
		bool has_name = step_key < 0 && decode_name(&key, name, &n);
		status = pt_json_next(json, &value, err);
		if (status != PT_OK)
			return status;
		bool is_number = value.type == PT_JSON_NUMBER || value.type == PT_JSON_NULL;
		if (step_key >= 0)
			take_step(reader, step_key, &value, &best_key, step);
		if (has_name && is_number)
			status = log_row_add(reader, name, n, pt_log_role_of(name),
				value.type == PT_JSON_NULL ? (double)NAN : value.number, json->path, err);
		else
			status = pt_json_skip(json, &value, err);
		if (status != PT_OK)
			return status;
	}
	settle_roles(reader);
	log_row_end(reader, row);
	row->step = reader->step;
	return PT_OK;
}
