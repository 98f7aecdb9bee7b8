#include "probe_line.h"

#include "phasetop/base/alloc.h"
#include "phasetop/runio/json_reader.h"

#include <math.h>
#include <string.h>

void probe_line_fini(probe_line *line)
{
	pt_free(line->losses.values);
	pt_free(line->samples.values);
	pt_free(line->names);
	*line = (probe_line){0};
}

static pt_status out_of_memory(const char *path, pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
}

static pt_status add_value(probe_line *line, probe_values *to, double value, const char *path, pt_error *err)
{
	if (!pt_array_reserve((void **)&to->values, &to->capacity, to->n + 1, sizeof(double)))
		return out_of_memory(path, err);
	to->values[to->n++] = isfinite(value) ? value : (double)NAN;
	line->is_finite &= isfinite(value) != 0;
	return PT_OK;
}

/* The numbers of an array whose beginning was the last token, added to `to`. */
static pt_status read_numbers(probe_line *line, pt_json_reader *json, probe_values *to, pt_error *err)
{
	for (;;) {
		pt_json_token token;
		pt_status status = pt_json_next(json, &token, err);
		if (status != PT_OK || token.type == PT_JSON_ARRAY_END)
			return status;
		if (token.type != PT_JSON_NUMBER && token.type != PT_JSON_NULL)
			return pt_fail(err, PT_ERR_BAD_ROW, json->path, token.offset, "%s, expected a number",
				pt_json_type_name(token.type));
		if (to->n >= PROBE_LINE_MAX_VALUES)
			return pt_fail(err, PT_ERR_LIMIT, json->path, token.offset, "more than %d numbers in one row",
				PROBE_LINE_MAX_VALUES);
		status =
			add_value(line, to, token.type == PT_JSON_NUMBER ? token.number : (double)NAN, json->path, err);
		if (status != PT_OK)
			return status;
	}
}

static pt_status read_losses(probe_line *line, pt_json_reader *json, pt_error *err)
{
	pt_json_token token;
	line->losses.n = 0;
	line->has_losses = true;
	pt_status status = pt_json_next(json, &token, err);
	if (status != PT_OK)
		return status;
	if (token.type != PT_JSON_ARRAY_BEGIN)
		return pt_fail(err, PT_ERR_BAD_ROW, json->path, token.offset, "losses is %s, expected an array",
			pt_json_type_name(token.type));
	status = read_numbers(line, json, &line->losses, err);
	if (status == PT_OK && line->losses.n == 0)
		return pt_fail(err, PT_ERR_BAD_ROW, json->path, token.offset, "no losses");
	return status;
}

static pt_status read_samples(probe_line *line, pt_json_reader *json, pt_error *err)
{
	pt_json_token token;
	line->samples.n = line->n_samples = 0;
	line->has_samples = true;
	pt_status status = pt_json_expect(json, PT_JSON_ARRAY_BEGIN, "an array of samples", &token, err);
	while (status == PT_OK) {
		status = pt_json_next(json, &token, err);
		if (status != PT_OK || token.type == PT_JSON_ARRAY_END)
			break;
		if (token.type != PT_JSON_ARRAY_BEGIN)
			return pt_fail(err, PT_ERR_BAD_ROW, json->path, token.offset, "%s, expected an array of losses",
				pt_json_type_name(token.type));
		size_t before = line->samples.n;
		status = read_numbers(line, json, &line->samples, err);
		line->n_samples++;
		if (status == PT_OK && (line->samples.n - before) * line->n_samples != line->samples.n)
			return pt_fail(err, PT_ERR_BAD_ROW, json->path, token.offset,
				"sample %zu has another length than those before", line->n_samples);
	}
	if (status == PT_OK && line->samples.n == 0)
		return pt_fail(err, PT_ERR_BAD_ROW, json->path, token.offset, "no samples");
	return status;
}

/* Room for a name of up to n bytes behind those that are there; NULL: out of memory. */
static char *place_of_name(probe_line *line, size_t n)
{
	return pt_array_reserve((void **)&line->names, &line->names_capacity, line->names_bytes + n + 1, 1)
			   ? line->names + line->names_bytes
			   : NULL;
}

/* Names are shown, so a NUL inside is made visible instead of cutting the name short. */
static void keep_name(probe_line *line, char *name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (name[i] == '\0')
			name[i] = '\x01';
	name[n] = '\0';
	line->names_bytes += n + 1;
	line->n_names++;
}

static pt_status add_name(probe_line *line, const pt_json_token *token, const char *path, pt_error *err)
{
	size_t length;
	char *name = place_of_name(line, token->length);
	if (!name)
		return out_of_memory(path, err);
	pt_status status = pt_json_decode(token, name, token->length + 1, &length);
	if (status != PT_OK)
		return pt_fail(err, status, path, token->offset, "a name that does not decode");
	keep_name(line, name, length);
	return PT_OK;
}

static pt_status read_probes(probe_line *line, pt_json_reader *json, pt_error *err)
{
	pt_json_token token;
	line->n_names = line->names_bytes = 0;
	line->has_probes = true;
	pt_status status = pt_json_expect(json, PT_JSON_ARRAY_BEGIN, "an array of names", &token, err);
	while (status == PT_OK) {
		status = pt_json_next(json, &token, err);
		if (status != PT_OK || token.type == PT_JSON_ARRAY_END)
			return status;
		if (token.type != PT_JSON_STRING)
			return pt_fail(err, PT_ERR_BAD_ROW, json->path, token.offset, "%s, expected a probe's name",
				pt_json_type_name(token.type));
		status = add_name(line, &token, json->path, err);
	}
	return status;
}

static pt_status read_step(probe_line *line, pt_json_reader *json, pt_error *err)
{
	pt_json_token token;
	pt_status status = pt_json_next(json, &token, err);
	if (status != PT_OK)
		return status;
	if (token.type != PT_JSON_NUMBER || !token.is_integer || token.integer < 0)
		return pt_fail(err, PT_ERR_BAD_ROW, json->path, token.offset, "the step is no whole number >= 0");
	line->has_step = true;
	line->step = token.integer;
	return PT_OK;
}

/* The value of a key that is neither step nor an array of numbers. */
static pt_status read_other(probe_line *line, pt_json_reader *json, const pt_json_token *key, pt_error *err)
{
	pt_json_token token;
	pt_status status = pt_json_next(json, &token, err);
	if (status != PT_OK)
		return status;
	if (token.type == PT_JSON_NUMBER && pt_json_is(key, "sigma"))
		line->sigma = isfinite(token.number) ? token.number : (double)NAN;
	if (token.type == PT_JSON_STRING && pt_json_is(key, "unit")) {
		/* too long a unit is cut: PT_ERR_LIMIT, and that is as good as it gets */
		if (pt_json_decode(&token, line->unit, sizeof line->unit, NULL) != PT_OK)
			return PT_OK;
	}
	return pt_json_skip(json, &token, err);
}

static pt_status read_value(probe_line *line, pt_json_reader *json, const pt_json_token *key, pt_error *err)
{
	if (pt_json_is(key, "step"))
		return read_step(line, json, err);
	if (pt_json_is(key, "losses"))
		return read_losses(line, json, err);
	if (pt_json_is(key, "samples"))
		return read_samples(line, json, err);
	if (pt_json_is(key, "probes"))
		return read_probes(line, json, err);
	return read_other(line, json, key, err);
}

/* Do the parts make a header or a row? */
static pt_status check_line(const probe_line *line, const char *path, pt_error *err)
{
	bool is_row = line->has_step && (line->has_losses || line->has_samples);
	bool is_header =
		(line->has_probes || line->unit[0]) && !line->has_step && !line->has_losses && !line->has_samples;
	if (!is_row && !is_header)
		return pt_fail(
			err, PT_ERR_BAD_ROW, path, -1, "%s", line->has_step ? "neither losses nor samples" : "no step");
	if (is_row && line->has_losses && line->has_samples &&
		line->losses.n * line->n_samples != line->samples.n)
		return pt_fail(err, PT_ERR_BAD_ROW, path, -1, "losses and samples of different length");
	return PT_OK;
}

static void clear(probe_line *line)
{
	line->has_probes = line->has_step = line->has_losses = line->has_samples = false;
	line->is_finite = true;
	line->sigma = (double)NAN;
	line->losses.n = line->samples.n = line->n_samples = line->n_names = line->names_bytes = 0;
	line->unit[0] = '\0';
}

pt_status probe_line_parse(probe_line *line, const char *text, size_t n, const char *path, pt_error *err)
{
	pt_json_reader json;
	pt_json_token key;
	clear(line);
	pt_json_init(&json, text, n, PT_JSON_PYTHON, path, 0);
	pt_status status = pt_json_expect(&json, PT_JSON_OBJECT_BEGIN, "an object", &key, err);
	while (status == PT_OK) {
		status = pt_json_next(&json, &key, err);
		if (status != PT_OK || key.type == PT_JSON_OBJECT_END)
			break;
		status = read_value(line, &json, &key, err);
	}
	if (status == PT_OK)
		status = pt_json_next(&json, &key, err); /* nothing may follow */
	return status == PT_OK ? check_line(line, path, err) : status;
}

/* ---- CSV ---- */

static pt_status take_csv_header(probe_line *line, const csv_reader *csv, pt_error *err)
{
	line->has_probes = true;
	for (size_t i = 0; i < csv_record_size(&csv->header); i++) {
		size_t n;
		const char *text = csv_cell(&csv->header, i, &n);
		if (i == csv->step_column)
			continue;
		char *name = place_of_name(line, n);
		if (!name)
			return out_of_memory(csv->path, err);
		memcpy(name, text, n);
		keep_name(line, name, n);
	}
	return PT_OK;
}

static pt_status take_csv_losses(probe_line *line, csv_reader *csv, pt_error *err)
{
	size_t n = csv_record_size(&csv->record), named = csv_record_size(&csv->header);
	if (n != named)
		return pt_fail(
			err, PT_ERR_BAD_ROW, csv->path, -1, "%zu cells, but the header names %zu columns", n, named);
	for (size_t i = 0; i < n; i++) {
		csv_number number = {.value = (double)NAN};
		if (i == csv->step_column)
			continue;
		csv_value value = csv_reader_value(csv, i, &number);
		if (value != CSV_EMPTY && value != CSV_NUMBER)
			return pt_fail(err, PT_ERR_BAD_ROW, csv->path, -1, "no number in column %zu", i + 1);
		pt_status status = add_value(line, &line->losses, number.value, csv->path, err);
		if (status != PT_OK)
			return status;
	}
	if (line->losses.n == 0)
		return pt_fail(err, PT_ERR_BAD_ROW, csv->path, -1, "no losses");
	return PT_OK;
}

pt_status probe_line_parse_csv(
	probe_line *line, csv_reader *csv, const char *text, size_t n, int64_t number, pt_error *err)
{
	csv_line what;
	clear(line);
	pt_status status = csv_reader_take(csv, text, n, number, &what, err);
	if (status == PT_OK && what == CSV_HEADER)
		status = take_csv_header(line, csv, err);
	if (status != PT_OK || what != CSV_ROW)
		return status;
	status = csv_reader_step(csv, &line->step, err);
	if (status == PT_OK && line->step < 0)
		status = pt_fail(err, PT_ERR_BAD_ROW, csv->path, -1, "no step");
	if (status == PT_OK)
		status = take_csv_losses(line, csv, err);
	line->has_step = line->has_losses = status == PT_OK;
	return status;
}
