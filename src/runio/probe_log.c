#include "phasetop/runio/probe_log.h"

#include "phasetop/base/alloc.h"

#include "line_log.h"
#include "probe_line.h"

#include <string.h>

/* The header in force: names of the probes, and what their losses are measured in. */
typedef struct probe_header {
	size_t n; /* 0: no header was seen */
	char *bytes;
	size_t n_bytes;
	const char **names; /* into bytes */
	char unit[64];
} probe_header;

struct pt_probe_log {
	pt_tail *tail;
	pt_probe_state state;
	pt_log_problems problems;
	bool is_csv;
	csv_reader csv;
	probe_line line;
	probe_header header;
	size_t set_n;        /* probes in a row of the set in force; 0: no row yet */
	bool header_is_news; /* since the set in force began */
};

typedef struct probe_reading {
	pt_probe_log *log;
	const pt_probe_sink *sink;
	bool is_blank; /* the line just parsed */
} probe_reading;

static void tell_note(void *context, const pt_error *note)
{
	pt_probe_log *log = context;
	pt_log_problems_add(&log->problems, note);
}

pt_probe_log *pt_probe_log_create(pt_log_kind kind, const char *path)
{
	pt_probe_log *log = pt_array_alloc(1, sizeof *log);
	if (!log)
		return NULL;
	log->tail = pt_tail_create(path, NULL);
	if (!log->tail) {
		pt_free(log);
		return NULL;
	}
	log->is_csv = kind == PT_LOG_PROBE_CSV;
	log->csv = (csv_reader){.tell = tell_note, .context = log, .path = pt_tail_path(log->tail)};
	return log;
}

static void header_fini(probe_header *header)
{
	pt_free(header->bytes);
	pt_free(header->names);
	*header = (probe_header){0};
}

void pt_probe_log_destroy(pt_probe_log *log)
{
	if (!log)
		return;
	pt_tail_destroy(log->tail);
	csv_reader_fini(&log->csv);
	probe_line_fini(&log->line);
	header_fini(&log->header);
	pt_free(log);
}

/* Take over the header of the line just parsed. The same one again changes nothing. */
static pt_status take_header(pt_probe_log *log, pt_error *err)
{
	const probe_line *line = &log->line;
	probe_header *old = &log->header;
	if (line->unit[0])
		memcpy(old->unit, line->unit, sizeof old->unit);
	bool is_same =
		!line->has_probes || (line->n_names == old->n && line->names_bytes == old->n_bytes &&
								 (old->n == 0 || memcmp(line->names, old->bytes, old->n_bytes) == 0));
	if (is_same)
		return PT_OK;
	char *bytes = pt_text_copy(line->names ? line->names : "", line->names_bytes);
	const char **names = pt_array_alloc(line->n_names, sizeof *names);
	if (!bytes || !names) {
		pt_free(bytes);
		pt_free(names);
		return pt_fail(err, PT_ERR_MEMORY, pt_tail_path(log->tail), -1, "out of memory");
	}
	size_t at = 0;
	for (size_t i = 0; i < line->n_names; i++) {
		names[i] = bytes + at;
		at += strlen(names[i]) + 1;
	}
	pt_free(old->bytes);
	pt_free(old->names);
	old->n = line->n_names;
	old->bytes = bytes;
	old->n_bytes = line->names_bytes;
	old->names = names;
	log->header_is_news = true;
	return PT_OK;
}

/* Begin a new probe set where this row's probes are not those before. */
static pt_status open_set(
	pt_probe_log *log, size_t n, int64_t number, const pt_probe_sink *sink, pt_error *err)
{
	if (n == log->set_n && !log->header_is_news)
		return PT_OK;
	const pt_probe_set set = {
		.index = log->state.n_sets,
		.n = n,
		.names = log->header.n == n ? log->header.names : NULL,
		.unit = log->header.unit,
		.line = number,
	};
	if (sink->set) {
		pt_status status = sink->set(sink->context, &set, err);
		if (status != PT_OK)
			return status;
	}
	log->state.n_sets++;
	log->set_n = n;
	log->header_is_news = false;
	return PT_OK;
}

static pt_status give_row(pt_probe_log *log, int64_t number, const pt_probe_sink *sink, pt_error *err)
{
	const probe_line *line = &log->line;
	size_t n = line->has_losses ? line->losses.n : line->samples.n / line->n_samples;
	pt_status status = open_set(log, n, number, sink, err);
	if (status != PT_OK)
		return status;
	const pt_probe_row row = {
		.step = line->step,
		.line = number,
		.set = log->state.n_sets - 1,
		.n = n,
		.losses = line->has_losses ? line->losses.values : NULL,
		.m = line->has_samples ? line->n_samples : 0,
		.samples = line->has_samples ? line->samples.values : NULL,
		.sigma = line->sigma,
		.valid = line->is_finite,
	};
	status = sink->row(sink->context, &row, err);
	if (status != PT_OK)
		return status;
	log->state.n_rows++;
	log->state.n_invalid_rows += !row.valid;
	return PT_OK;
}

static pt_status parse_line(void *context, const char *text, size_t n, int64_t number, pt_error *problem)
{
	probe_reading *reading = context;
	pt_probe_log *log = reading->log;
	reading->is_blank = !log->is_csv && log_line_is_blank(text, n);
	if (reading->is_blank)
		return PT_OK;
	return log->is_csv ? probe_line_parse_csv(&log->line, &log->csv, text, n, number, problem)
					   : probe_line_parse(&log->line, text, n, pt_tail_path(log->tail), problem);
}

static pt_status give_line(void *context, int64_t number, pt_error *err)
{
	probe_reading *reading = context;
	if (reading->is_blank)
		return PT_OK;
	pt_status status = take_header(reading->log, err);
	if (status == PT_OK && reading->log->line.has_step)
		status = give_row(reading->log, number, reading->sink, err);
	return status;
}

static void take_reset(void *context)
{
	probe_reading *reading = context;
	pt_probe_log *log = reading->log;
	log->state = (pt_probe_state){0};
	log->problems = (pt_log_problems){0};
	csv_reader_reset(&log->csv);
	header_fini(&log->header);
	log->set_n = 0;
	log->header_is_news = false;
	if (reading->sink->reset)
		reading->sink->reset(reading->sink->context);
}

static void tell_bad(void *context, const pt_error *problem)
{
	probe_reading *reading = context;
	pt_log_problems_add(&reading->log->problems, problem);
	reading->log->state.n_bad_rows++;
}

static line_handler handler_of(probe_reading *reading)
{
	return (line_handler){
		.context = reading, .parse = parse_line, .give = give_line, .reset = take_reset, .bad = tell_bad};
}

pt_status pt_probe_log_feed(
	pt_probe_log *log, const char *line, size_t n, int64_t number, const pt_probe_sink *sink, pt_error *err)
{
	probe_reading reading = {.log = log, .sink = sink};
	line_handler handler = handler_of(&reading);
	return line_log_take(&handler, line, n, number, pt_tail_path(log->tail), err);
}

pt_status pt_probe_log_read(pt_probe_log *log, const pt_probe_sink *sink, pt_error *err)
{
	probe_reading reading = {.log = log, .sink = sink};
	line_handler handler = handler_of(&reading);
	return line_log_read(log->tail, &handler, err);
}

const pt_probe_state *pt_probe_log_state(const pt_probe_log *log)
{
	return &log->state;
}

const pt_log_problems *pt_probe_log_problems(const pt_probe_log *log)
{
	return &log->problems;
}

pt_file_identity pt_probe_log_identity(const pt_probe_log *log)
{
	return pt_tail_identity(log->tail);
}

const char *pt_probe_log_path(const pt_probe_log *log)
{
	return pt_tail_path(log->tail);
}
