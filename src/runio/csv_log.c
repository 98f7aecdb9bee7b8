/*
 * CSV logs: a header of names, a row a line. The step is the column called so; cells that are empty or words are no
 * fields. A line of names in the middle (a script that was started again) is a header again.
 */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/tail.h"

#include "csv_text.h"
#include "log_names.h"
#include "log_row_reader.h"
#include "metric_reader.h"

/* A quote that is never closed would swallow the rest of the file. */
enum { MAX_RECORD_LINES = 64, MAX_RECORD_BYTES = 1 << 20 };

/* What the step is called; the first of these that the header has counts. */
static const char *const step_names[] = {
	"step", "global_step", "train/global_step", "iter", "iteration", "current_steps", "_step", "steps", "epoch"};
static const char *const time_names[] = {"timestamp", "_timestamp", "wall_time"};
enum {
	N_STEP_NAMES = sizeof step_names / sizeof step_names[0],
	N_TIME_NAMES = sizeof time_names / sizeof time_names[0],
	NO_COLUMN = -1
};

typedef struct csv_log {
	pt_tail *tail;
	char divider;
	bool has_header, told; /* told: that there is no column of steps */
	ptrdiff_t step_column, time_column;
	csv_cells header, cells;
	log_names names;
	log_row_reader rows;
	/* a record whose quotes are open: the lines so far */
	char *open;
	size_t n_open, open_capacity, n_open_lines;
} csv_log;

typedef struct csv_reading {
	csv_log *log;
	pt_metric_state *state;
	const pt_log_sink *sink;
} csv_reading;

static void destroy(void *reader)
{
	csv_log *log = reader;
	pt_tail_destroy(log->tail);
	csv_cells_fini(&log->header);
	csv_cells_fini(&log->cells);
	log_names_fini(&log->names);
	log_row_reader_fini(&log->rows);
	pt_free(log->open);
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
	return log;
}

static ptrdiff_t column_named(const csv_cells *header, const char *const *names, size_t n)
{
	for (size_t name = 0; name < n; name++)
		for (size_t i = 0; i < header->n; i++)
			if (strcasecmp(csv_cell(header, i), names[name]) == 0)
				return (ptrdiff_t)i;
	return NO_COLUMN;
}

/* Names of columns: no cell is a number, one is a word at least. */
static bool is_header(const csv_cells *cells, char divider)
{
	bool any = false;
	for (size_t i = 0; i < cells->n; i++) {
		double value;
		csv_kind kind = csv_number(csv_cell(cells, i), divider, &value);
		if (kind == CSV_NUMBER && !isnan(value))
			return false;
		any |= kind == CSV_WORD;
	}
	return any;
}

static void bad_row(csv_reading *reading, int64_t number, const char *what)
{
	pt_error problem;
	pt_fail(&problem, PT_ERR_BAD_ROW, pt_tail_path(reading->log->tail), number, "%s", what);
	metric_state_bad_row(reading->state, &problem);
}

static void take_header(csv_reading *reading, int64_t number)
{
	csv_log *log = reading->log;
	csv_cells before = log->header;
	log->header = log->cells;
	log->cells = before;
	log->has_header = true;
	log->step_column = column_named(&log->header, step_names, N_STEP_NAMES);
	log->time_column = column_named(&log->header, time_names, N_TIME_NAMES);
	if (log->step_column == NO_COLUMN && !log->told)
		bad_row(reading, number, "no column of steps: it is called step, global_step, iter, iteration or epoch");
	log->told |= log->step_column == NO_COLUMN;
}

static pt_status fill_row(csv_log *log, pt_log_row *row, pt_error *err)
{
	double wall_s = (double)NAN;
	log_row_begin(&log->rows);
	for (size_t i = 0; i < log->cells.n; i++) {
		double value;
		const char *name = csv_cell(&log->header, i);
		if (csv_number(csv_cell(&log->cells, i), log->divider, &value) != CSV_NUMBER)
			continue;
		if ((ptrdiff_t)i == log->time_column)
			wall_s = value;
		if ((ptrdiff_t)i == log->step_column || (ptrdiff_t)i == log->time_column)
			continue;
		pt_status status =
			log_names_add(&log->names, &log->rows, name, strlen(name), value, pt_tail_path(log->tail), err);
		if (status != PT_OK)
			return status;
	}
	log_row_end(&log->rows, row);
	row->wall_s = wall_s;
	return PT_OK;
}

static pt_status take_row(csv_reading *reading, int64_t number, pt_error *err)
{
	csv_log *log = reading->log;
	pt_log_row row;
	int64_t step;
	if (log->cells.n > log->header.n) {
		bad_row(reading, number, "more cells than the header has names");
		return PT_OK;
	}
	if (log->step_column == NO_COLUMN || (size_t)log->step_column >= log->cells.n ||
		!csv_cell(&log->cells, (size_t)log->step_column)[0]) {
		reading->state->n_rows_without_step++;
		return PT_OK;
	}
	if (!csv_step(csv_cell(&log->cells, (size_t)log->step_column), log->divider, &step)) {
		bad_row(reading, number, "the step is no whole number >= 0");
		return PT_OK;
	}
	pt_status status = fill_row(log, &row, err);
	if (status != PT_OK)
		return status;
	row.step = step;
	row.line = number;
	return metric_give_row(reading->state, reading->sink, &row, err);
}

static pt_status take_record(csv_reading *reading, const char *text, size_t n, int64_t number, pt_error *err)
{
	csv_log *log = reading->log;
	if (!log->has_header)
		log->divider = csv_divider(text, n);
	pt_status status = csv_split(&log->cells, text, n, log->divider, pt_tail_path(log->tail), err);
	if (status != PT_OK)
		return status;
	if (is_header(&log->cells, log->divider)) {
		take_header(reading, number);
		return PT_OK;
	}
	if (log->has_header)
		return take_row(reading, number, err);
	if (!log->told)
		bad_row(reading, number, "no header: the first line has numbers, not names of columns");
	log->told = true;
	reading->state->n_rows_without_step++;
	return PT_OK;
}

static bool is_open(const csv_log *log, const char *text, size_t n)
{
	return csv_is_open(text, n, log->has_header ? log->divider : csv_divider(text, n));
}

/* The record that this line ends (*is_whole), or goes on with. */
static pt_status join_lines(csv_log *log, const char **text, size_t *n, bool *is_whole, pt_error *err)
{
	*is_whole = log->n_open_lines == 0 && !is_open(log, *text, *n);
	if (*is_whole)
		return PT_OK;
	if (!pt_array_reserve((void **)&log->open, &log->open_capacity, log->n_open + *n + 1, 1))
		return pt_fail(err, PT_ERR_MEMORY, pt_tail_path(log->tail), -1, "out of memory");
	if (log->n_open_lines > 0)
		log->open[log->n_open++] = '\n';
	memcpy(log->open + log->n_open, *text, *n);
	log->n_open += *n;
	log->n_open_lines++;
	*text = log->open;
	*n = log->n_open;
	*is_whole = !is_open(log, *text, *n);
	return PT_OK;
}

static pt_status take_line(void *context, const char *text, size_t n, int64_t number, pt_error *err)
{
	csv_reading *reading = context;
	csv_log *log = reading->log;
	size_t n_before = log->n_open, n_lines_before = log->n_open_lines;
	if (n_lines_before == 0 && (log_line_is_blank(text, n) || text[0] == '#'))
		return PT_OK;
	bool is_whole;
	pt_status status = join_lines(log, &text, &n, &is_whole, err);
	if (status == PT_OK && is_whole)
		status = take_record(reading, text, n, number, err);
	if (status != PT_OK) { /* this line comes again */
		log->n_open = n_before;
		log->n_open_lines = n_lines_before;
		return status;
	}
	if (!is_whole && (log->n_open_lines >= MAX_RECORD_LINES || log->n_open >= MAX_RECORD_BYTES)) {
		bad_row(reading, number - (int64_t)log->n_open_lines + 1, "a quote that is not closed");
		is_whole = true;
	}
	if (is_whole)
		log->n_open = log->n_open_lines = 0;
	return PT_OK;
}

static void take_reset(void *context)
{
	csv_reading *reading = context;
	csv_log *log = reading->log;
	metric_state_reset(reading->state);
	log_names_fini(&log->names);
	log->has_header = log->told = false;
	log->n_open = log->n_open_lines = 0;
	if (reading->sink->reset)
		reading->sink->reset(reading->sink->context);
}

static void take_overlong(void *context, int64_t number)
{
	csv_reading *reading = context;
	pt_error problem;
	log_problem_overlong(&problem, pt_tail_path(reading->log->tail), number);
	metric_state_bad_row(reading->state, &problem);
}

static pt_status read_new(void *reader, pt_metric_state *state, const pt_log_sink *sink, pt_error *err)
{
	csv_log *log = reader;
	csv_reading reading = {log, state, sink};
	const pt_tail_handler handler = {&reading, take_line, take_reset, take_overlong};
	pt_status status = pt_tail_read(log->tail, &handler, err);
	state->identity = pt_tail_identity(log->tail);
	return status;
}

const metric_reader csv_log_reader = {create, destroy, read_new};
