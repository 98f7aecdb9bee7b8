/** Fields of a table, as every CSV of this program writes them. */
#ifndef PHASETOP_REPORT_CSV_TABLE_H
#define PHASETOP_REPORT_CSV_TABLE_H

#include <stdio.h>

/** RFC 4180: quoted where a separator, a quote or a line end occurs; quotes doubled. Ill-formed UTF-8 and
 * what must not reach a terminal become U+FFFD: unlike JSON, the table has no escape for them. */
void pt_csv_text(FILE *out, const char *text);

/** Shortest text that reads back equal; nothing where the value is missing. */
void pt_csv_number(FILE *out, double value);

#endif
