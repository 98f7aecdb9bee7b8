/* Probe logs as CSV: `step,name1,name2,…`, then a row of losses a line. Private to runio. */
#ifndef PHASETOP_RUNIO_PROBE_CSV_H
#define PHASETOP_RUNIO_PROBE_CSV_H

#include "csv_text.h"
#include "probe_line.h"

/* What the header said. Zero it before use; probe_csv_fini brings it back there. */
typedef struct probe_csv {
	csv_cells cells;
	char divider;
	size_t n_columns;   /* 0: no header yet */
	size_t step_column; /* the one called step, else the first */
} probe_csv;

void probe_csv_fini(probe_csv *csv);

/**
 * One line as probe_line_parse has it: a header gives `probes`, a row `step` and `losses`; an empty cell or nan makes the
 * row invalid, it is never a zero.
 * @retval PT_ERR_BAD_ROW  the line is to be passed over: words among the losses, another number of cells than the
 * header, no header before, no whole step
 * @retval PT_ERR_LIMIT, PT_ERR_MEMORY
 */
PT_CHECKED pt_status probe_csv_parse(
	probe_csv *csv, probe_line *line, const char *text, size_t n, const char *path, pt_error *err);

#endif
