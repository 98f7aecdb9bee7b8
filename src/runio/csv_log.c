/* Metric logs in comma-separated text: Lightning's metrics.csv, and those of scripts. */
#include "phasetop/base/alloc.h"

#include "csv_reader.h"
#include "line_log.h"
#include "log_names.h"
#include "metric_reader.h"

#include <math.h>

typedef struct csv_log {
	pt_tail *tail;
	csv_reader csv;
	log_row_reader rows;
	log_names names;
} csv_log;

typedef struct csv_reading {
	csv_log *log;
	pt_metric_state *state;
	const pt_log_sink *sink;
	csv_line what; /* the line just parsed */
	pt_log_row row;
} csv_reading;

static void destroy(void *reader)
{
	csv_log *log = reader;
	pt_tail_destroy(log->tail);
	csv_reader_fini(&log->csv);
	log_row_reader_fini(&log->rows);
	log_names_fini(&log->names);
	pt_free(log);
}

static void *create(const char *path)
{
	csv_log *log = pt_array_alloc(1, sizeof *log);
	if (!log)
		return NULL;
	log->tail = pt_tail_create(path, NULL);
	if (!log->tail) {
		pt_free(log);
		return NULL;
	}
	log->csv.path = pt_tail_path(log->tail);
	return log;
}

/* Numbers under their columns' names; words are no fields, empty cells neither. */
static pt_status read_fields(csv_log *log, double *wall_s, pt_error *err)
{
	csv_reader *csv = &log->csv;
	size_t n_cells = csv_record_size(&csv->record), n_named = csv_record_size(&csv->header);
	log_row_begin(&log->rows);
	*wall_s = (double)NAN;
	for (size_t i = 0; i < n_cells && i < n_named; i++) {
		csv_number number;
		if (i == csv->step_column || csv_reader_value(csv, i, &number) != CSV_NUMBER)
			continue;
		if (i == csv->time_column) {
			*wall_s = isfinite(number.value) ? number.value : (double)NAN;
			continue;
		}
		size_t n;
		const char *name = csv_cell(&csv->header, i, &n);
		pt_status status = log_names_add(&log->names, &log->rows, name, n, number.value, csv->path, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

static pt_status parse_line(void *context, const char *text, size_t n, int64_t number, pt_error *problem)
{
	csv_reading *reading = context;
	csv_log *log = reading->log;
	int64_t step = PT_LOG_NO_STEP;
	double wall_s = (double)NAN;
	pt_status status = csv_reader_take(&log->csv, text, n, number, &reading->what, problem);
	if (status != PT_OK || reading->what != CSV_ROW)
		return status;
	csv_reader_check_width(&log->csv);
	status = csv_reader_step(&log->csv, &step, problem);
	if (status == PT_OK)
		status = read_fields(log, &wall_s, problem);
	if (status != PT_OK)
		return status;
	log_row_end(&log->rows, &reading->row);
	reading->row.step = step;
	reading->row.wall_s = wall_s;
	reading->row.line = log->csv.record.first_line;
	reading->row.is_closing = false;
	return PT_OK;
}

static pt_status give_row(void *context, int64_t number, pt_error *err)
{
	csv_reading *reading = context;
	(void)number;
	if (reading->what == CSV_ROW && reading->row.step != PT_LOG_NO_STEP)
		return metric_give_row(reading->state, reading->sink, &reading->row, err);
	reading->state->n_rows_without_step += reading->what == CSV_ROW || reading->what == CSV_UNNAMED;
	return PT_OK;
}

static void void_rows(void *context)
{
	csv_reading *reading = context;
	metric_state_reset(reading->state);
	csv_reader_reset(&reading->log->csv);
	log_names_fini(&reading->log->names);
	if (reading->sink->reset)
		reading->sink->reset(reading->sink->context);
}

static void tell_bad(void *context, const pt_error *problem)
{
	csv_reading *reading = context;
	metric_state_bad_row(reading->state, problem);
}

static void tell_note(void *context, const pt_error *note)
{
	csv_reading *reading = context;
	pt_log_problems_add(&reading->state->problems, note);
}

static pt_status read_new(void *reader, pt_metric_state *state, const pt_log_sink *sink, pt_error *err)
{
	csv_log *log = reader;
	csv_reading reading = {.log = log, .state = state, .sink = sink};
	const line_handler handler = {
		.context = &reading, .parse = parse_line, .give = give_row, .reset = void_rows, .bad = tell_bad};
	log->csv.tell = tell_note;
	log->csv.context = &reading;
	pt_status status = line_log_read(log->tail, &handler, err);
	state->identity = pt_tail_identity(log->tail);
	return status;
}

const metric_reader csv_log_reader = {create, destroy, read_new};
