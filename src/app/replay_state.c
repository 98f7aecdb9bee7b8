#include "replay_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/json_reader.h"

/* Bytes [begin, end) of the text give way to `with`. */
typedef struct edit {
	size_t begin, end;
	char with[40];
} edit;

typedef struct cut {
	pt_json_reader reader;
	int64_t step;
	size_t n_edits;
	edit edits[3];
	char epoch[40]; /* of the last row kept, as it is written; "" when there is none */
	ptrdiff_t epoch_edit, step_edit;
} cut;

bool pt_replay_line_step(const char *line, size_t n, int64_t *step)
{
	pt_json_reader reader;
	pt_json_token token;
	pt_json_init(&reader, line, n, PT_JSON_PYTHON, NULL, 0);
	if (pt_json_expect(&reader, PT_JSON_OBJECT_BEGIN, "an object", &token, NULL) != PT_OK)
		return false;
	for (;;) {
		if (pt_json_next(&reader, &token, NULL) != PT_OK || token.type != PT_JSON_KEY)
			return false;
		if (pt_json_is(&token, "step") || pt_json_is(&token, "current_steps")) {
			if (pt_json_next(&reader, &token, NULL) != PT_OK || !token.is_integer)
				return false;
			*step = token.integer;
			return true;
		}
		if (pt_json_skip(&reader, &token, NULL) != PT_OK)
			return false;
	}
}

/* Read one row of log_history, its '{' just read. Sets *has_step, *step and, where it is short, *epoch. */
static pt_status read_row(cut *c, bool *has_step, int64_t *step, char epoch[40], pt_error *err)
{
	pt_json_token token;
	*has_step = false;
	epoch[0] = '\0';
	for (;;) {
		pt_status status = pt_json_next(&c->reader, &token, err);
		if (status != PT_OK || token.type == PT_JSON_OBJECT_END)
			return status;
		bool is_step = pt_json_is(&token, "step"), is_epoch = pt_json_is(&token, "epoch");
		if (!is_step && !is_epoch) {
			status = pt_json_skip(&c->reader, &token, err);
			if (status != PT_OK)
				return status;
			continue;
		}
		status = pt_json_next(&c->reader, &token, err);
		if (status == PT_OK && is_step && token.is_integer) {
			*has_step = true;
			*step = token.integer;
		} else if (status == PT_OK && is_epoch && token.type == PT_JSON_NUMBER && token.length < 40) {
			memcpy(epoch, token.text, token.length);
			epoch[token.length] = '\0';
		} else if (status == PT_OK) {
			status = pt_json_skip(&c->reader, &token, err);
		}
		if (status != PT_OK)
			return status;
	}
}

/* Read log_history, its '[' just read at `begin`; notes what is to be cut off. */
static pt_status read_history(cut *c, size_t begin, pt_error *err)
{
	size_t keep_end = begin + 1;
	bool keeping = true;
	for (;;) {
		pt_json_token token;
		pt_status status = pt_json_next(&c->reader, &token, err);
		if (status != PT_OK)
			return status;
		if (token.type == PT_JSON_ARRAY_END) {
			c->edits[c->n_edits++] = (edit){.begin = keep_end, .end = (size_t)token.offset};
			return PT_OK;
		}
		bool has_step = false;
		int64_t step = 0;
		char epoch[40] = "";
		if (token.type == PT_JSON_OBJECT_BEGIN)
			status = read_row(c, &has_step, &step, epoch, err);
		else
			status = pt_json_skip(&c->reader, &token, err);
		if (status != PT_OK)
			return status;
		if (has_step && step > c->step)
			keeping = false; /* a row without a step goes with the one before it */
		if (!keeping)
			continue;
		keep_end = c->reader.at;
		if (epoch[0])
			memcpy(c->epoch, epoch, sizeof epoch);
	}
}

static pt_status read_members(cut *c, pt_error *err)
{
	pt_json_token token;
	pt_status status = pt_json_expect(&c->reader, PT_JSON_OBJECT_BEGIN, "an object", &token, err);
	while (status == PT_OK) {
		status = pt_json_next(&c->reader, &token, err);
		if (status != PT_OK || token.type == PT_JSON_OBJECT_END)
			return status;
		bool history = pt_json_is(&token, "log_history") && c->n_edits < 3;
		ptrdiff_t *place = NULL;
		if (pt_json_is(&token, "global_step") && c->step_edit < 0)
			place = &c->step_edit;
		else if (pt_json_is(&token, "epoch") && c->epoch_edit < 0)
			place = &c->epoch_edit;
		status = pt_json_next(&c->reader, &token, err);
		if (status != PT_OK)
			return status;
		if (history && token.type == PT_JSON_ARRAY_BEGIN) {
			status = read_history(c, (size_t)token.offset, err);
		} else if (place && token.type == PT_JSON_NUMBER && c->n_edits < 3) {
			size_t begin = (size_t)token.offset;
			*place = (ptrdiff_t)c->n_edits;
			c->edits[c->n_edits++] = (edit){.begin = begin, .end = begin + token.length};
		} else {
			status = pt_json_skip(&c->reader, &token, err);
		}
	}
	return status;
}

pt_status pt_replay_cut_state(
	const char *text, size_t n, int64_t step, char **out, size_t *n_out, pt_error *err)
{
	cut c = {.step = step, .epoch_edit = -1, .step_edit = -1};
	pt_json_init(&c.reader, text, n, PT_JSON_PYTHON, NULL, 0);
	pt_status status = read_members(&c, err);
	if (status != PT_OK)
		return status;
	if (c.step_edit >= 0)
		snprintf(c.edits[c.step_edit].with, sizeof c.edits[0].with, "%" PRId64, step);
	if (c.epoch_edit >= 0 && c.epoch[0])
		memcpy(c.edits[c.epoch_edit].with, c.epoch, sizeof c.epoch);
	else if (c.epoch_edit >= 0)
		c.edits[c.epoch_edit].end = c.edits[c.epoch_edit].begin; /* no epoch is known: what is there stays */
	char *bytes = pt_array_alloc(n + 3 * sizeof c.edits[0].with + 1, 1);
	if (!bytes)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory to cut trainer_state.json");
	size_t at = 0, length = 0;
	/* The edits were noted in the order of the file. */
	for (size_t i = 0; i < c.n_edits; i++) {
		memcpy(bytes + length, text + at, c.edits[i].begin - at);
		length += c.edits[i].begin - at;
		size_t with = strlen(c.edits[i].with);
		memcpy(bytes + length, c.edits[i].with, with);
		length += with;
		at = c.edits[i].end;
	}
	memcpy(bytes + length, text + at, n - at);
	length += n - at;
	bytes[length] = '\0';
	*out = bytes;
	*n_out = length;
	return PT_OK;
}
