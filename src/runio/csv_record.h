/* Records of comma-separated text, line by line. Private to runio. */
#ifndef PHASETOP_RUNIO_CSV_RECORD_H
#define PHASETOP_RUNIO_CSV_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

/* The longest record with newlines in it. */
enum { CSV_RECORD_CAP_BYTES = 1024 * 1024 };

/* How far a record has come. */
typedef struct csv_place {
	int state;
	size_t n_text, n_cells;
} csv_place;

/*
 * One record, its cells decoded: quotes are taken off, doubled ones halved, blanks around a cell dropped. A
 * quote opens a quoted cell at the beginning of a cell only; inside, delimiters and newlines are text.
 *
 * Zero it before use, set the delimiter before each record.
 *
 * @source RFC 4180; Python's csv module with skipinitialspace, which reads the same
 */
typedef struct csv_record {
	char delimiter;
	char *text; /* of the cells, one after another, a NUL behind each */
	size_t text_capacity;
	size_t *ends; /* where each cell's text ends */
	size_t ends_capacity;
	csv_place now, before; /* before: the last line */
	int64_t first_line;    /* 0: no record is open */
	int64_t last_line;
} csv_record;

void csv_record_fini(csv_record *record);

/**
 * Add a line to the open record, or begin one. A line that was added last is taken back first, so that it may
 * come again.
 * @param[out] is_whole  false: a quote is open, the record goes on with the next line
 * @retval PT_ERR_LIMIT   over the cap: the record is dropped
 * @retval PT_ERR_MEMORY  the record is as before
 */
PT_CHECKED pt_status csv_record_add(csv_record *record, const char *line, size_t n, int64_t number,
	bool *is_whole, const char *path, pt_error *err);

/* Drop the open record. */
void csv_record_drop(csv_record *record);

/* A quote of an earlier line than `number` is open. */
bool csv_record_is_open(const csv_record *record, int64_t number);

static inline size_t csv_record_size(const csv_record *record)
{
	return record->now.n_cells;
}

/* Cell i, NUL-terminated, *n bytes; until the next line. */
const char *csv_cell(const csv_record *record, size_t i, size_t *n);

#endif
