/** The numbers of a run in words: one labelled line a quantity, wrapped with a hanging indent. */
#ifndef PHASETOP_REPORT_REPORT_PROSE_H
#define PHASETOP_REPORT_REPORT_PROSE_H

#include <stdio.h>

#include "phasetop/ui/pane.h"

typedef struct pt_prose {
	FILE *out;
	int cols;
	bool unicode; /* false: every glyph becomes its nearest ASCII character */
} pt_prose;

/** A line as it is (a row of a plot). */
void pt_prose_raw(pt_prose *prose, const char *line);
/** "phasetop  3 runs", and problems of no single run. */
void pt_prose_heading(pt_prose *prose, const pt_snapshot *snapshot);
/** All numbers of run `r` for the matrix types of the view. */
void pt_prose_run(pt_prose *prose, const pt_snapshot *snapshot, const pt_view *view, size_t r);

#endif
