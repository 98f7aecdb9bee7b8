/*
 * Lines of CSV files as people's tools write them: which sign divides the cells, cells without their quotes, numbers.
 * Private to runio.
 */
#ifndef PHASETOP_RUNIO_CSV_TEXT_H
#define PHASETOP_RUNIO_CSV_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

/* Cells of one line, used again for the next. Zero it before use. */
typedef struct csv_cells {
	size_t n, capacity;
	size_t *offsets; /* of each cell in `bytes`, NUL-terminated, without quotes and outer blanks */
	char *bytes;
	size_t n_bytes, bytes_capacity;
} csv_cells;

void csv_cells_fini(csv_cells *cells);

static inline const char *csv_cell(const csv_cells *cells, size_t i)
{
	return cells->bytes + cells->offsets[i];
}

/* The sign that divides a header: the most frequent of , ; tab and | outside of quotes; a comma where there is none. */
char csv_divider(const char *line, size_t n);

/* Does the line end within quotes, so that the record goes on in the next line? */
bool csv_is_open(const char *line, size_t n, char divider);

/**
 * Take a record apart. Quotes open at the begin of a cell alone ("a ""b"" c"); NULs end a cell.
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status csv_split(
	csv_cells *cells, const char *line, size_t n, char divider, const char *path, pt_error *err);

typedef enum csv_kind { CSV_EMPTY, CSV_NUMBER, CSV_WORD } csv_kind;

/**
 * What a cell holds. Numbers are decimal, or nan, inf, infinity in any case; where the divider is no comma, a single comma
 * may stand for the point. Overflow gives an infinity.
 * @param[out] value  of CSV_NUMBER
 */
csv_kind csv_number(const char *cell, char divider, double *value);

/* A cell that is a whole number >= 0 and below 2^53 (12, 12.0, 1.2e1). */
bool csv_step(const char *cell, char divider, int64_t *step);

#endif
