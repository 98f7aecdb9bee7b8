/**
 * The probe losses of one log: rows kept in memory, and the spectra of their covariance, computed as rows
 * come.
 *
 * A window never mixes probe sets or segments: where the probes change, or the step goes back (a resume), it
 * starts anew. Rows of an earlier segment at or after the resumed step are dropped: the latest segment
 * counts.
 */
#ifndef PT_ANALYSIS_PROBES_H
#define PT_ANALYSIS_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/settings.h"
#include "phasetop/base/status.h"
#include "phasetop/numeric/loss_covariance.h"
#include "phasetop/runio/probe_log.h"

typedef struct pt_probe_names {
	size_t n;     /* probes in a row */
	char **names; /* n of them; NULL: the log names none */
} pt_probe_names;

typedef struct pt_stored_row {
	int64_t step;
	size_t set;     /* index of its probe set */
	size_t m;       /* 0: a plain row of n losses; else m samples of n */
	double *values; /* owned; n, or m × n */
	bool valid;
	bool new_segment;           /* the step went back here */
	double mean, q10, q50, q90; /* of a plain row's losses; missing when it is not valid */
} pt_stored_row;

/** One spectrum trace: a point per valid row. */
typedef struct pt_spectrum_trace {
	size_t n, capacity;
	int64_t *steps;
	pt_spectrum_point *points;
} pt_spectrum_trace;

typedef struct pt_probe_store {
	pt_probe_log *log;
	size_t n_rows, row_capacity;
	pt_stored_row *rows; /* rising steps within a segment */
	size_t n_sets, set_capacity;
	pt_probe_names *sets;
	/* what follows is derived for a window and a subset */
	int64_t window;
	char subset[PT_GLOB_BYTES];
	bool full;        /* λ₁ too */
	size_t n_derived; /* leading rows that the traces hold */
	pt_loss_window *running;
	size_t running_set;
	size_t *columns; /* selected probes of the running set */
	size_t n_columns;
	double *selected; /* one row of selected losses, or m × n_columns samples */
	size_t selected_capacity;
	pt_spectrum_trace raw, detrended, gaussian;
	int64_t gaussian_samples; /* m of the newest Gaussian row */
	size_t n_plain, n_plain_invalid, n_gaussian, n_gaussian_invalid;
} pt_probe_store;

/** @param path  of the log @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_probe_store_init(pt_probe_store *store, const char *path, pt_error *err);
void pt_probe_store_fini(pt_probe_store *store);

/** Take in the rows that are new. @retval as pt_probe_log_read */
PT_CHECKED pt_status pt_probe_store_read(pt_probe_store *store, bool *changed, pt_error *err);

/** Bring the traces up to date for these settings. @cost O(nW) a new row; all rows where W or subset changed
 */
PT_CHECKED pt_status pt_probe_store_derive(pt_probe_store *store, const pt_settings *settings, pt_error *err);

/** Names of the newest probe set's selected probes; NULL where it names none. */
const pt_probe_names *pt_probe_store_newest_set(const pt_probe_store *store);

#endif
