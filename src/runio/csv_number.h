/* What stands in a cell of a log. Private to runio. */
#ifndef PHASETOP_RUNIO_CSV_NUMBER_H
#define PHASETOP_RUNIO_CSV_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum csv_value {
	CSV_EMPTY,      /* nothing was logged */
	CSV_NUMBER,     /* NaN and infinities included: `nan`, `-inf`, `null`, `None`, `NA` */
	CSV_WORD,       /* no number */
	CSV_OTHER_MARK, /* a number, but its decimal mark is not that of the log */
} csv_value;

typedef struct csv_number {
	double value;    /* NaN for `null` and its like */
	int64_t integer; /* where is_integer */
	bool is_integer; /* a whole number that fits int64: "7", "7.0", "7e2" */
} csv_number;

/**
 * Read a cell of n bytes. Decimal points and, where commas do not divide cells, decimal commas; the first
 * mark that a log shows is its own, and the other one is no mark in it.
 * @param[in,out] mark  '.', ',', or 0 while the log has shown none
 * @param      comma_divides  a comma is no mark
 * @param[out] number  for CSV_NUMBER
 */
csv_value csv_read_cell(const char *text, size_t n, bool comma_divides, char *mark, csv_number *number);

#endif
