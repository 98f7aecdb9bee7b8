/** The rows of the runs pane: which runs, in which order. */
#ifndef PHASETOP_UI_RUN_LIST_H
#define PHASETOP_UI_RUN_LIST_H

#include "phasetop/analysis/snapshot.h"
#include "phasetop/ui/pane.h"
#include "phasetop/ui/view.h"

enum { PT_LISTED_RUNS = 1024 };

typedef struct pt_run_list {
	size_t n, n_filtered;          /* rows; runs that the filter left out */
	size_t places[PT_LISTED_RUNS]; /* in the snapshot; of more runs the first ones */
	ptrdiff_t selected; /* row of the selected run; of one that is not listed: of the first; -1: no rows */
} pt_run_list;

/**
 * Runs that the view's filter matches, sorted by the column it names; equal ones, and those without a value,
 * in the order of the snapshot.
 *
 * A filter is words with blanks between: each has to occur in the run's name, path or state, whatever the
 * case; one with '-' before it must not.
 * @cost  O(n²) at worst
 */
void pt_run_list_make(const pt_scene *scene, pt_run_list *list);

/** Does a filter match a run? */
bool pt_run_matches(const pt_run_view *run, const char *filter);

#endif
