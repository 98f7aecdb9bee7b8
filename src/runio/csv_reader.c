#include "csv_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "phasetop/base/text.h"
#include "phasetop/runio/log_rows.h"

#include "line_log.h"

/* What the step is called, in small letters with underscores; the first of these that a header has counts.
   An epoch is a step where there is nothing better. */
static const char *const step_names[] = {"step", "global_step", "train/global_step", "trainer/global_step",
	"train_step", "training_step", "current_steps", "_step", "steps", "iter", "iters", "iteration",
	"iterations", "epoch"};
/* When a row was logged, in seconds since 1970. */
static const char *const time_names[] = {"timestamp", "_timestamp", "wall_time"};
enum {
	N_STEP_NAMES = sizeof step_names / sizeof step_names[0],
	N_TIME_NAMES = sizeof time_names / sizeof time_names[0]
};

/* What is told once. */
enum { TOLD_EACH_TIME = 0, TOLD_NO_HEADER = 1, TOLD_MORE_CELLS = 2, TOLD_FEWER_CELLS = 4, TOLD_MARK = 8 };

void csv_reader_fini(csv_reader *reader)
{
	csv_record_fini(&reader->record);
	csv_record_fini(&reader->header);
	csv_record_fini(&reader->trial);
}

void csv_reader_reset(csv_reader *reader)
{
	csv_record_drop(&reader->record);
	reader->has_header = false;
	reader->mark = 0;
	reader->told = 0;
	reader->told_line = 0;
}

/* Each thing is told once, and each line tells one, also where it is taken again. */
static bool may_tell(csv_reader *reader, unsigned what, int64_t line)
{
	if ((reader->told & what) || line <= reader->told_line)
		return false;
	reader->told |= what;
	reader->told_line = line;
	return true;
}

static void tell(csv_reader *reader, int64_t line, const char *format, ...) PT_PRINTF(3, 4);
static void tell(csv_reader *reader, int64_t line, const char *format, ...)
{
	char message[PT_ERROR_MESSAGE_BYTES];
	pt_error note;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	pt_fail(&note, PT_ERR_BAD_ROW, reader->path, line, "%s", message);
	reader->tell(reader->context, &note);
}

/* ---- the header ---- */

static bool is_name(const char *text, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
		if (c == ' ' || c == '-')
			c = '_';
		if (!name[i] || c != name[i])
			return false;
	}
	return name[n] == '\0';
}

/* The first column that has the first of these names. */
static bool find_column(const csv_record *record, const char *const names[], int n_names, size_t *column)
{
	for (int name = 0; name < n_names; name++)
		for (size_t i = 0; i < csv_record_size(record); i++) {
			size_t n;
			const char *text = csv_cell(record, i, &n);
			if (is_name(text, n, names[name])) {
				*column = i;
				return true;
			}
		}
	return false;
}

static bool find_step(const csv_record *record, size_t *column)
{
	return find_column(record, step_names, N_STEP_NAMES, column);
}

/* The header just read into `record` is in force. */
static void adopt_header(csv_reader *reader, csv_record *record, size_t step_column)
{
	csv_record swapped = reader->header;
	reader->header = *record;
	*record = swapped;
	csv_record_drop(record);
	reader->has_header = true;
	reader->step_column = step_column;
	if (!find_column(&reader->header, time_names, N_TIME_NAMES, &reader->time_column))
		reader->time_column = SIZE_MAX;
	reader->comma_divides = reader->header.delimiter == ',';
	reader->told &= ~(unsigned)(TOLD_MORE_CELLS | TOLD_FEWER_CELLS);
}

/* Why is the line no header? */
static void tell_no_header(csv_reader *reader, const char *text, size_t n, int64_t number)
{
	char shown[96];
	if (!may_tell(reader, TOLD_NO_HEADER, number))
		return;
	pt_text_sanitize(shown, sizeof shown, text, n);
	tell(reader, number,
		"no header that names a step column (step, global_step, iteration, epoch, …): '%s'; rows before one "
		"are "
		"passed over",
		shown);
}

/* The delimiter under which the line is a header with the most cells. */
static pt_status find_header(
	csv_reader *reader, const char *text, size_t n, int64_t number, csv_line *what, pt_error *err)
{
	static const char delimiters[] = {',', ';', '\t', '|'};
	const char *names = text;
	size_t n_names = n, best_cells = 0, step_column;
	bool is_whole;
	while (n_names > 0 && (*names == '#' || *names == ' ')) {
		names++;
		n_names--;
	}
	for (size_t d = 0; d < sizeof delimiters; d++) {
		reader->trial.delimiter = delimiters[d];
		csv_record_drop(&reader->trial);
		pt_status status =
			csv_record_add(&reader->trial, names, n_names, number, &is_whole, reader->path, err);
		if (status != PT_OK)
			return status;
		size_t n_cells = csv_record_size(&reader->trial);
		if (is_whole && n_cells > best_cells && find_step(&reader->trial, &step_column)) {
			best_cells = n_cells;
			adopt_header(reader, &reader->trial, step_column);
		}
	}
	*what = best_cells > 0 ? CSV_HEADER : text[0] == '#' ? CSV_NOTHING : CSV_UNNAMED;
	if (*what == CSV_UNNAMED)
		tell_no_header(reader, text, n, number);
	return PT_OK;
}

/* ---- rows ---- */

static csv_value value_of(csv_reader *reader, const csv_record *record, size_t cell, csv_number *number)
{
	size_t n;
	const char *text = csv_cell(record, cell, &n);
	return csv_read_cell(text, n, reader->comma_divides, &reader->mark, number);
}

/* In a record that a quote holds open: is this line a row by itself? Then the quote was a slip. */
static pt_status is_row_alone(
	csv_reader *reader, const char *text, size_t n, int64_t number, bool *is_row, pt_error *err)
{
	bool is_whole = false;
	csv_number step = {.is_integer = false};
	reader->trial.delimiter = reader->header.delimiter;
	csv_record_drop(&reader->trial);
	pt_status status = csv_record_add(&reader->trial, text, n, number, &is_whole, reader->path, err);
	if (status == PT_OK)
		*is_row = is_whole && csv_record_size(&reader->trial) == csv_record_size(&reader->header) &&
				  value_of(reader, &reader->trial, reader->step_column, &step) == CSV_NUMBER &&
				  step.is_integer;
	return status;
}

/* A header that comes again has words where rows have the step. */
static bool is_header_again(csv_reader *reader, size_t *step_column)
{
	csv_number number;
	size_t at = reader->step_column;
	return (at >= csv_record_size(&reader->record) ||
			   value_of(reader, &reader->record, at, &number) == CSV_WORD) &&
		   find_step(&reader->record, step_column);
}

static pt_status take_record(
	csv_reader *reader, const char *text, size_t n, int64_t number, csv_line *what, pt_error *err)
{
	csv_record *record = &reader->record;
	bool is_whole = false;
	size_t step_column;
	if (csv_record_is_open(record, number)) {
		bool is_row = false;
		pt_status status = is_row_alone(reader, text, n, number, &is_row, err);
		if (status != PT_OK)
			return status;
		if (is_row && may_tell(reader, TOLD_EACH_TIME, number))
			tell(reader, number, "a quote that line %lld opens is not closed: passed over to here",
				(long long)record->first_line);
		if (is_row)
			csv_record_drop(record);
	}
	if (!csv_record_is_open(record, number) && (log_line_is_blank(text, n) || text[0] == '#'))
		return PT_OK;
	record->delimiter = reader->header.delimiter;
	pt_status status = csv_record_add(record, text, n, number, &is_whole, reader->path, err);
	if (status != PT_OK || !is_whole)
		return status;
	*what = CSV_ROW;
	if (is_header_again(reader, &step_column)) {
		adopt_header(reader, record, step_column);
		*what = CSV_HEADER;
	}
	return PT_OK;
}

pt_status csv_reader_take(
	csv_reader *reader, const char *text, size_t n, int64_t number, csv_line *what, pt_error *err)
{
	*what = CSV_NOTHING;
	if (reader->has_header)
		return take_record(reader, text, n, number, what, err);
	return log_line_is_blank(text, n) ? PT_OK : find_header(reader, text, n, number, what, err);
}

csv_value csv_reader_value(csv_reader *reader, size_t cell, csv_number *number)
{
	csv_value value = value_of(reader, &reader->record, cell, number);
	if (value == CSV_OTHER_MARK && may_tell(reader, TOLD_MARK, reader->record.last_line))
		tell(reader, reader->record.last_line,
			"a decimal %s in column %zu, in a log with decimal %s: such numbers are not read",
			reader->mark == '.' ? "comma" : "point", cell + 1, reader->mark == '.' ? "points" : "commas");
	return value;
}

pt_status csv_reader_step(csv_reader *reader, int64_t *step, pt_error *err)
{
	csv_number number = {.is_integer = false};
	size_t n = 0, at = reader->step_column;
	csv_value value =
		at < csv_record_size(&reader->record) ? csv_reader_value(reader, at, &number) : CSV_EMPTY;
	*step = PT_LOG_NO_STEP;
	if (value == CSV_EMPTY)
		return PT_OK;
	if (value == CSV_NUMBER && number.is_integer && number.integer >= 0) {
		*step = number.integer;
		return PT_OK;
	}
	char shown[48];
	const char *text = csv_cell(&reader->record, at, &n);
	pt_text_sanitize(shown, sizeof shown, text, n);
	return pt_fail(
		err, PT_ERR_BAD_ROW, reader->path, -1, "the step is no whole number >= 0, but '%s'", shown);
}

void csv_reader_check_width(csv_reader *reader)
{
	size_t n = csv_record_size(&reader->record), named = csv_record_size(&reader->header);
	int64_t line = reader->record.last_line;
	if (n > named && may_tell(reader, TOLD_MORE_CELLS, line))
		tell(reader, line, "%zu cells, but the header names %zu columns: what is behind them is not read", n,
			named);
	else if (n < named && may_tell(reader, TOLD_FEWER_CELLS, line))
		tell(reader, line, "%zu cells, but the header names %zu columns: the rest is missing", n, named);
}
