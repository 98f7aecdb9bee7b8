#include "wandb_record.h"

#include "phasetop/base/alloc.h"

#include "protobuf_reader.h"
#include "wandb_history.h"

#include <math.h>
#include <stdlib.h>

/* Fields of Record, HistoryRecord, HistoryStep, ConfigRecord, RunRecord, MetricRecord. */
enum {
	RECORD_HISTORY = 2,
	RECORD_CONFIG = 5,
	RECORD_METRIC = 12,
	RECORD_RUN = 17,
	RECORD_EXIT = 18,
	HISTORY_ITEM = 1,
	HISTORY_STEP = 2,
	STEP_NUMBER = 1,
	CONFIG_UPDATE = 1,
	RUN_CONFIG = 4,
	METRIC_NAME = 1
};

static const char trainer_step[] = "train/global_step";
/* What the training's own step is called; the first of these that a row has counts. */
static const char *const step_names[] = {trainer_step, "trainer/global_step", "global_step"};
enum { N_STEP_NAMES = sizeof step_names / sizeof step_names[0] };

void wandb_reader_fini(wandb_reader *reader)
{
	log_row_reader_fini(&reader->row);
	log_names_fini(&reader->names);
	pt_free(reader->media);
}

void wandb_reader_reset(wandb_reader *reader)
{
	log_names_fini(&reader->names);
	reader->trained_step = PT_LOG_NO_STEP;
}

/* A record of history while it is read. */
typedef struct history_pass {
	wandb_reader *reader;
	const wandb_record *record;
	const protobuf_field *history;
	int64_t call;  /* `_step`: counts the calls of log() */
	int64_t step;  /* the training's own */
	int best_name; /* which of step_names gave it */
	bool is_bad;   /* does not parse */
	double wall_s;
} history_pass;

static int step_name_of(const wandb_item *item)
{
	for (int i = 0; i < N_STEP_NAMES; i++)
		if (strcmp(item->name, step_names[i]) == 0)
			return i;
	return N_STEP_NAMES;
}

static int64_t whole_number(const wandb_item *item)
{
	pt_json_token number;
	bool is_good = wandb_item_number(item, &number) && number.is_integer && number.integer >= 0;
	return is_good ? number.integer : PT_LOG_NO_STEP;
}

static uint64_t hash_byte(uint64_t hash, char byte)
{
	return (hash ^ (unsigned char)byte) * 0x100000001b3u; /* FNV-1a */
}

/* A nested `_type` marks what it lies in as a picture, a histogram, a table: their sizes are no series. */
static pt_status note_media(wandb_reader *reader, const wandb_item *item, const char *path, pt_error *err)
{
	if (item->n_parent == 0 || strcmp(item->name + item->n_parent, "._type") != 0)
		return PT_OK;
	if (!pt_array_reserve(
			(void **)&reader->media, &reader->media_capacity, reader->n_media + 1, sizeof *reader->media))
		return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	uint64_t hash = 0;
	for (size_t i = 0; i < item->n_parent; i++)
		hash = hash_byte(hash, item->name[i]);
	reader->media[reader->n_media++] = hash;
	return PT_OK;
}

static int by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static bool is_in_media(const wandb_reader *reader, const wandb_item *item)
{
	uint64_t hash = 0;
	for (size_t i = 0; i < item->n_parent + 1 && reader->n_media > 0; i++) {
		if (item->name[i] == '.' && bsearch(&hash, reader->media, reader->n_media, sizeof hash, by_hash))
			return true;
		hash = hash_byte(hash, item->name[i]);
	}
	return false;
}

static pt_status note_item(history_pass *pass, const wandb_item *item, pt_error *err)
{
	pt_json_token number;
	if (!item->is_named)
		return PT_OK;
	int name = step_name_of(item);
	if (name < N_STEP_NAMES && name <= pass->best_name) {
		pass->best_name = name;
		pass->step = whole_number(item);
	} else if (strcmp(item->name, "_step") == 0) {
		pass->call = whole_number(item);
	} else if (strcmp(item->name, "_timestamp") == 0 && wandb_item_number(item, &number)) {
		pass->wall_s = isfinite(number.number) && number.number > 0.0 ? number.number : (double)NAN;
	}
	return note_media(pass->reader, item, pass->record->path, err);
}

static void note_call(history_pass *pass, const protobuf_field *step)
{
	protobuf_reader message = protobuf_over(step->bytes, step->n);
	protobuf_field field;
	int64_t call = 0; /* absent means 0 */
	while (protobuf_next(&message, &field))
		if (protobuf_is(&field, STEP_NUMBER, PROTOBUF_VARINT))
			call = (int64_t)field.bits;
	if (pass->call == PT_LOG_NO_STEP && call >= 0 && !message.is_bad)
		pass->call = call;
}

/* What must be known before the first number: step, time, and which names hold media. */
static pt_status read_head(history_pass *pass, pt_error *err)
{
	protobuf_reader message = protobuf_over(pass->history->bytes, pass->history->n);
	protobuf_field field;
	wandb_item item;
	pt_status status = PT_OK;
	pass->reader->n_media = 0;
	while (status == PT_OK && protobuf_next(&message, &field)) {
		if (protobuf_is(&field, HISTORY_STEP, PROTOBUF_BYTES))
			note_call(pass, &field);
		else if (!protobuf_is(&field, HISTORY_ITEM, PROTOBUF_BYTES))
			continue;
		else if (!wandb_item_read(&field, &item))
			pass->is_bad = true;
		else
			status = note_item(pass, &item, err);
	}
	if (pass->reader->n_media > 1)
		qsort(pass->reader->media, pass->reader->n_media, sizeof *pass->reader->media, by_hash);
	pass->is_bad |= message.is_bad;
	return status;
}

static pt_status add_number(void *context, const char *name, size_t n, double value, pt_error *err)
{
	const history_pass *pass = context;
	return log_names_add(&pass->reader->names, &pass->reader->row, name, n, value, pass->record->path, err);
}

static pt_status read_numbers(history_pass *pass, pt_error *err)
{
	protobuf_reader message = protobuf_over(pass->history->bytes, pass->history->n);
	protobuf_field field;
	wandb_item item;
	pt_status status = PT_OK;
	log_row_begin(&pass->reader->row);
	while (status == PT_OK && protobuf_next(&message, &field)) {
		if (!protobuf_is(&field, HISTORY_ITEM, PROTOBUF_BYTES) || !wandb_item_read(&field, &item) ||
			!item.is_named || item.name[0] == '_' || step_name_of(&item) < N_STEP_NAMES ||
			is_in_media(pass->reader, &item))
			continue;
		status = wandb_item_numbers(&item, add_number, pass, err);
		if (status != PT_ERR_JSON && status != PT_ERR_LIMIT)
			continue;
		pass->is_bad = true;
		status = PT_OK;
	}
	return status;
}

/* The step that the row belongs to. */
static int64_t settle_step(history_pass *pass)
{
	wandb_reader *reader = pass->reader;
	if (pass->best_name < N_STEP_NAMES) {
		if (pass->step != PT_LOG_NO_STEP)
			reader->trained_step = pass->step;
		return pass->step;
	}
	return reader->trained_step != PT_LOG_NO_STEP ? reader->trained_step : pass->call;
}

static pt_status give_history(wandb_reader *reader, const wandb_record *record, const protobuf_field *history,
	pt_metric_state *state, const pt_log_sink *sink, bool *is_bad, pt_error *err)
{
	history_pass pass = {.reader = reader,
		.record = record,
		.history = history,
		.call = PT_LOG_NO_STEP,
		.step = PT_LOG_NO_STEP,
		.best_name = N_STEP_NAMES,
		.wall_s = (double)NAN};
	pt_status status = read_head(&pass, err);
	reader->names.is_trainer |= pass.best_name == 0;
	if (status == PT_OK)
		status = read_numbers(&pass, err);
	*is_bad |= pass.is_bad;
	if (status != PT_OK || pass.is_bad)
		return status;
	pt_log_row row;
	log_row_end(&reader->row, &row);
	row.step = settle_step(&pass);
	row.line = record->offset;
	row.wall_s = pass.wall_s;
	if (row.n_fields == 0)
		return PT_OK;
	if (row.step == PT_LOG_NO_STEP) {
		state->n_rows_without_step++;
		return PT_OK;
	}
	return metric_give_row(state, sink, &row, err);
}

/* The Trainer's arguments: how long the training is to become. -1, where the epochs say it, is not said. */
static void note_config(const protobuf_field *config, pt_metric_state *state)
{
	protobuf_reader message = protobuf_over(config->bytes, config->n);
	protobuf_field field;
	wandb_item item;
	pt_json_token number;
	while (protobuf_next(&message, &field))
		if (protobuf_is(&field, CONFIG_UPDATE, PROTOBUF_BYTES) && wandb_item_read(&field, &item) &&
			item.is_named && strcmp(item.name, "max_steps") == 0 && wandb_item_number(&item, &number) &&
			number.is_integer && number.integer > 0)
			state->max_steps = number.integer;
}

static void note_run(const protobuf_field *run, pt_metric_state *state)
{
	protobuf_reader message = protobuf_over(run->bytes, run->n);
	protobuf_field field;
	while (protobuf_next(&message, &field))
		if (protobuf_is(&field, RUN_CONFIG, PROTOBUF_BYTES))
			note_config(&field, state);
}

/* The Trainer tells W&B first which step it counts by. */
static void note_metric(wandb_reader *reader, const protobuf_field *metric)
{
	protobuf_reader message = protobuf_over(metric->bytes, metric->n);
	protobuf_field field;
	while (protobuf_next(&message, &field))
		if (protobuf_is(&field, METRIC_NAME, PROTOBUF_BYTES) && protobuf_text_is(&field, trainer_step))
			reader->names.is_trainer = true;
}

pt_status wandb_give_record(wandb_reader *reader, const wandb_record *record, pt_metric_state *state,
	const pt_log_sink *sink, pt_error *err)
{
	protobuf_reader message = protobuf_over(record->bytes, record->n);
	protobuf_field field;
	bool is_bad = false;
	pt_status status = PT_OK;
	while (status == PT_OK && protobuf_next(&message, &field)) {
		if (field.wire != PROTOBUF_BYTES)
			continue;
		if (field.number == RECORD_HISTORY)
			status = give_history(reader, record, &field, state, sink, &is_bad, err);
		else if (field.number == RECORD_CONFIG)
			note_config(&field, state);
		else if (field.number == RECORD_RUN)
			note_run(&field, state);
		else if (field.number == RECORD_METRIC)
			note_metric(reader, &field);
		else if (field.number == RECORD_EXIT)
			state->has_closing_row = true;
	}
	if (status == PT_OK && (is_bad || message.is_bad)) {
		pt_error problem;
		pt_fail(&problem, PT_ERR_BAD_ROW, record->path, record->offset, "a record that does not parse");
		metric_state_bad_row(state, &problem);
	}
	return status;
}
