/** What a report on a snapshot shows, and how: shared by the JSON, CSV and list forms. */
#ifndef PHASETOP_REPORT_REPORT_OPTIONS_H
#define PHASETOP_REPORT_REPORT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "phasetop/analysis/snapshot.h"

typedef struct pt_report_options {
	unsigned matrices;   /* PT_MATRIX_BIT of each type that -m asks for; 0: the default, B */
	bool list_only;      /* leave the series out (--list --json) */
	bool compact;        /* one document on one line, for streams; false: indented */
	/* of CSV: beginnings of the names of the series that are written, NULL at the end; NULL: all */
	const char *const *series;
	const int64_t *at_step; /* of CSV: only the row at or before this step; NULL: all */
	const char *step_name, *value_name; /* of CSV: heading of these columns; NULL: "step", "value" */
	int64_t now_wall_ms; /* ages are told as of this time; PT_NO_TIME: as of snapshot->taken_wall_ms */
} pt_report_options;

/** -m B, everything, indented, as of the time the snapshot was taken. */
pt_report_options pt_report_options_default(void);

/**
 * The matrix types to show of one run: those asked for that the run has; if it has none of them but is a
 * plain network, W (so that `-m B` and `-m all` show something for a network without LoRA).
 * @return bits of PT_MATRIX_BIT; 0 when there is nothing to show
 */
unsigned pt_report_matrices_of(const pt_run_view *run, unsigned asked);

#endif
