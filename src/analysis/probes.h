/**
 * The probe losses of one log: rows kept in memory, and what is derived from them as rows come.
 *
 * Rows of an earlier segment at or after the resumed step are dropped: the latest segment
 * counts.
 */
#ifndef PT_ANALYSIS_PROBES_H
#define PT_ANALYSIS_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/settings.h"
#include "phasetop/base/status.h"
#include "phasetop/runio/probe_log.h"
#include "probe_groups.h"
#include "probe_traces.h"

typedef struct pt_probe_store {
	pt_probe_log *log;
	size_t n_rows, row_capacity;
	pt_stored_row *rows; /* rising steps within a segment */
	size_t n_sets, set_capacity;
	pt_probe_names *sets;
	double *sorted; /* scratch: one row */
	size_t sorted_capacity;
	/* what follows is derived */
	size_t n_grouped_sets; /* 1 + index of the set that `groups` are of; 0: none yet */
	pt_probe_groups groups;
	pt_probe_traces all;
	size_t n_subsets, subset_capacity;
	pt_probe_traces
		*subsets; /* the one that settings.probes selects, then a group each where they are wanted */
} pt_probe_store;

/** @param kind, path  of the log @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_probe_store_init(
	pt_probe_store *store, pt_log_kind kind, const char *path, pt_error *err);
void pt_probe_store_fini(pt_probe_store *store);

/** Take in the rows that are new. @retval as pt_probe_log_read */
PT_CHECKED pt_status pt_probe_store_read(pt_probe_store *store, bool *changed, pt_error *err);

/** Bring everything up to date for these settings. @cost O(nW) a new row and subset; all rows where W changed
 * or a subset is new */
PT_CHECKED pt_status pt_probe_store_derive(pt_probe_store *store, const pt_settings *settings, pt_error *err);

/** The rows; borrowed until the store changes. */
pt_probe_rows pt_probe_store_rows(const pt_probe_store *store);

/** Names of the newest probe set's selected probes; NULL where it names none. */
const pt_probe_names *pt_probe_store_newest_set(const pt_probe_store *store);

#endif
