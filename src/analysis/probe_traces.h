/**
 * What is derived from the probe rows of one log, for one subset of its probes: spectra as rows come, baselines beside
 * them, leading modes of the newest window.
 *
 * A window never mixes probe sets or segments: where the probes change, or the step goes back (a resume), it starts
 * anew. A row counts as valid when the losses of the subset are finite.
 */
#ifndef PT_ANALYSIS_PROBE_TRACES_H
#define PT_ANALYSIS_PROBE_TRACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/settings.h"
#include "phasetop/base/status.h"
#include "phasetop/numeric/loss_baselines.h"
#include "phasetop/numeric/loss_covariance.h"
#include "phasetop/numeric/loss_modes.h"

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

/** The rows of a log and the probe sets they are of; borrowed. */
typedef struct pt_probe_rows {
	const pt_stored_row *rows;
	size_t n_rows;
	const pt_probe_names *sets;
} pt_probe_rows;

/** One spectrum trace: a point per valid row. */
typedef struct pt_spectrum_trace {
	size_t n, capacity;
	int64_t *steps;
	pt_spectrum_point *points;
} pt_spectrum_trace;

/** Baselines at each point of the raw trace. */
typedef struct pt_baseline_trace {
	size_t n, capacity;
	pt_loss_baselines *points;
	double *taus; /* Kendall's τ of log SHC */
} pt_baseline_trace;

typedef struct pt_probe_traces {
	char subset[PT_GLOB_BYTES]; /* "": all probes */
	int64_t window;
	bool lambda1;     /* λ₁ too */
	size_t n_derived; /* leading rows that the traces hold */
	pt_loss_window *running;
	size_t running_set;
	size_t *columns; /* selected probes of the running set */
	size_t n_columns;
	double *selected; /* one row of selected losses, or m × n_columns samples */
	size_t selected_capacity;
	pt_spectrum_trace raw, detrended, gaussian;
	double *means;         /* mean selected loss at each point of `raw` */
	size_t means_capacity;
	pt_baseline_trace baselines;
	int64_t gaussian_samples; /* m of the newest Gaussian row */
	size_t n_plain, n_plain_invalid, n_gaussian, n_gaussian_invalid;
} pt_probe_traces;

/** @param subset  a glob over probe names, shorter than PT_GLOB_BYTES; "": all */
void pt_probe_traces_init(pt_probe_traces *traces, const char *subset);
void pt_probe_traces_fini(pt_probe_traces *traces);
/** Rows changed: all is to be derived anew. */
void pt_probe_traces_forget(pt_probe_traces *traces);

/** Bring the traces up to date. @cost O(nW) a new row; all rows where W changed */
PT_CHECKED pt_status pt_probe_traces_derive(
	pt_probe_traces *traces, const pt_probe_rows *rows, const pt_settings *settings, pt_error *err);

/** Bring the baselines up to date with the raw trace. @cost O(W log W) a new row */
PT_CHECKED pt_status pt_probe_traces_derive_baselines(pt_probe_traces *traces, pt_error *err);

/** The window of rows that leading modes are of. */
typedef enum pt_modes_of { PT_MODES_RAW, PT_MODES_DETRENDED, PT_MODES_GAUSSIAN } pt_modes_of;

/**
 * Leading modes of the newest window (of the newest Gaussian row's samples).
 * @param[out] step  of its newest row; not set where there is none (then modes->n_modes is 0)
 */
PT_CHECKED pt_status pt_probe_traces_modes(const pt_probe_traces *traces, const pt_probe_rows *rows, pt_modes_of of,
	pt_loss_modes *modes, int64_t *step, pt_error *err);

#endif
