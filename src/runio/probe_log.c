#include "phasetop/runio/probe_log.h"

#include "phasetop/base/alloc.h"
#include "phasetop/runio/tail.h"

#include "log_row_reader.h"
#include "probe_csv.h"
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
	probe_line line;
	bool is_csv;
	probe_csv csv;
	probe_header header;
	size_t set_n;        /* probes in a row of the set in force; 0: no row yet */
	bool header_is_news; /* since the set in force began */
};

typedef struct probe_reading {
	pt_probe_log *log;
	const pt_probe_sink *sink;
} probe_reading;

pt_probe_log *pt_probe_log_create(const char *path, bool is_csv)
{
	pt_probe_log *log = pt_array_alloc(1, sizeof *log);
	if (!log)
		return NULL;
	log->tail = pt_tail_create(path, NULL);
	if (!log->tail) {
		pt_free(log);
		return NULL;
	}
	log->is_csv = is_csv;
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
	probe_line_fini(&log->line);
	probe_csv_fini(&log->csv);
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

pt_status pt_probe_log_feed(
	pt_probe_log *log, const char *line, size_t n, int64_t number, const pt_probe_sink *sink, pt_error *err)
{
	if (log_line_is_blank(line, n))
		return PT_OK;
	pt_error problem;
	const char *path = pt_tail_path(log->tail);
	pt_status status = log->is_csv ? probe_csv_parse(&log->csv, &log->line, line, n, path, &problem)
								   : probe_line_parse(&log->line, line, n, path, &problem);
	if (status == PT_ERR_MEMORY)
		return pt_fail(err, status, pt_tail_path(log->tail), -1, "out of memory");
	if (status != PT_OK) {
		log_problem_of_line(&problem, number);
		pt_log_problems_add(&log->problems, &problem);
		log->state.n_bad_rows++;
		return PT_OK;
	}
	status = take_header(log, err);
	if (status == PT_OK && log->line.has_step)
		status = give_row(log, number, sink, err);
	return status;
}

static pt_status take_line(void *context, const char *text, size_t n, int64_t number, pt_error *err)
{
	probe_reading *reading = context;
	return pt_probe_log_feed(reading->log, text, n, number, reading->sink, err);
}

static void take_reset(void *context)
{
	probe_reading *reading = context;
	pt_probe_log *log = reading->log;
	log->state = (pt_probe_state){0};
	log->problems = (pt_log_problems){0};
	header_fini(&log->header);
	probe_csv_fini(&log->csv);
	log->set_n = 0;
	log->header_is_news = false;
	if (reading->sink->reset)
		reading->sink->reset(reading->sink->context);
}

static void take_overlong(void *context, int64_t number)
{
	probe_reading *reading = context;
	pt_error problem;
	log_problem_overlong(&problem, pt_tail_path(reading->log->tail), number);
	pt_log_problems_add(&reading->log->problems, &problem);
	reading->log->state.n_bad_rows++;
}

pt_status pt_probe_log_read(pt_probe_log *log, const pt_probe_sink *sink, pt_error *err)
{
	probe_reading reading = {log, sink};
	const pt_tail_handler handler = {&reading, take_line, take_reset, take_overlong};
	return pt_tail_read(log->tail, &handler, err);
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
