/** The report for people on paper, in pipes and in screen readers: numbers first, then the panes as text. */
#ifndef PHASETOP_REPORT_REPORT_TEXT_H
#define PHASETOP_REPORT_REPORT_TEXT_H

#include <stdio.h>

#include "phasetop/analysis/snapshot.h"
#include "phasetop/base/status.h"
#include "phasetop/ui/view.h"

enum { PT_REPORT_DEFAULT_COLS = 120, PT_REPORT_DEFAULT_ROWS = 36 };

typedef struct pt_report_text_options {
	int cols;          /* width of the plots and of wrapped text; < 1: PT_REPORT_DEFAULT_COLS */
	int rows;          /* two plots one above the other take about this many; < 1: PT_REPORT_DEFAULT_ROWS */
	bool numbers_only; /* leave the plots out */
} pt_report_text_options;

/**
 * Write the report of the runs that the view shows: for each run its state, steps, norms, PCA variance,
 * minima and dips of the cosine for each k, SHC and PR, problems and the verdict in words, then the plots of
 * the view's matrix types through the panes' own draw calls. UTF-8, or ASCII where !view->unicode; no escape
 * sequences; no line is wider than `cols`.
 *
 * @param snapshot may hold no runs: then a line says so
 * @retval PT_ERR_IO     the stream failed
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_report_text_write(FILE *out, const pt_snapshot *snapshot, const pt_view *view,
	const pt_report_text_options *options, pt_error *err);

#endif
