/*
 * Logs in comma-separated text: the dialect, the header and the rows, as lines come. Private to runio.
 *
 * The header is the first line that names a step column; it says what divides cells (a comma, a semicolon, a
 * tab or a bar) and may come again with other columns. Lines that begin with `#` are comments (but for a
 * header, which NumPy writes so). What is no header is told once, and what comes before one is passed over.
 */
#ifndef PHASETOP_RUNIO_CSV_READER_H
#define PHASETOP_RUNIO_CSV_READER_H

#include "csv_number.h"
#include "csv_record.h"

typedef enum csv_line {
	CSV_NOTHING, /* blank, a comment, or a record that goes on */
	CSV_UNNAMED, /* a line before any header */
	CSV_HEADER,  /* names for the rows that follow */
	CSV_ROW,     /* a whole record */
} csv_line;

/* Zero it but for `tell`, `context` and `path` before use; csv_reader_reset makes it new. */
typedef struct csv_reader {
	/* Something to know of a line that is not lost by it; offset = its number. */
	void (*tell)(void *context, const pt_error *note);
	void *context;
	const char *path;
	csv_record record, header; /* the line just read; the header in force */
	csv_record trial;          /* a line by itself */
	bool has_header, comma_divides;
	char mark;          /* of decimals; 0: none was seen */
	size_t step_column; /* of the header */
	size_t time_column; /* likewise; SIZE_MAX: it names none */
	unsigned told;      /* what was told of this header: a bit each */
	int64_t told_line;  /* the last line of which anything was told */
} csv_reader;

void csv_reader_fini(csv_reader *reader);
void csv_reader_reset(csv_reader *reader);

/**
 * Take a line. It may come again.
 * @retval PT_ERR_LIMIT, PT_ERR_MEMORY
 */
PT_CHECKED pt_status csv_reader_take(
	csv_reader *reader, const char *text, size_t n, int64_t number, csv_line *what, pt_error *err);

/** Of the row just taken. */
csv_value csv_reader_value(csv_reader *reader, size_t cell, csv_number *number);

/**
 * The step of the row just taken.
 * @param[out] step  PT_LOG_NO_STEP: its cell is empty
 * @retval PT_ERR_BAD_ROW  no whole number >= 0
 */
PT_CHECKED pt_status csv_reader_step(csv_reader *reader, int64_t *step, pt_error *err);

/* Tell, once for each header, that a row has another number of cells than the header. */
void csv_reader_check_width(csv_reader *reader);

#endif
