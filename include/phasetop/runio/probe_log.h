/**
 * Probe logs (`probe_losses*.jsonl`, `probe_losses*.csv`): per-sample losses, one row a log step.
 *
 *   {"probes": ["name", …], "unit": "nats/token"}             header, optional, may come again
 *   {"step": 120, "losses": [… n …]}                           plain row
 *   {"step": 5, "sigma": 1e-3, "samples": [[… n …], … m]}     Gaussian row: m perturbed loss vectors
 *
 * or as text divided by commas, semicolons or tabs, whose header is not optional:
 *
 *   step,name,…
 *   120,… n …
 *
 * A *probe set* is a stretch of rows with the same probes: a header with other names, or a row with another
 * n, starts a new one. A loss that is NaN, infinite or null makes its row invalid: it is given with its step,
 * and counted, never taken for a zero. A line that does not parse is a problem with its number; reading goes
 * on.
 */
#ifndef PHASETOP_RUNIO_PROBE_LOG_H
#define PHASETOP_RUNIO_PROBE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/runio/checkpoint_scan.h"
#include "phasetop/runio/log_rows.h"
#include "phasetop/runio/regular_file.h"

/** The probes that the following rows are about. Lives during the callback only. */
typedef struct pt_probe_set {
	size_t index;             /* 0, 1, 2 … since the last reset */
	size_t n;                 /* probes in a row, > 0 */
	const char *const *names; /* n of them, UTF-8 as found; NULL: no header fits these rows */
	const char *unit;         /* "" where not said */
	int64_t line;             /* line (from 1) of the first row of this set */
} pt_probe_set;

/** One row. Lives during the callback only. */
typedef struct pt_probe_row {
	int64_t step; /* >= 0; may repeat or go back (a resume) */
	int64_t line; /* from 1 */
	size_t set;   /* index of its probe set */
	size_t n;
	const double *losses;  /* n; NaN where not finite. NULL for a Gaussian row without its own losses */
	size_t m;              /* samples; 0: a plain row */
	const double *samples; /* m × n, row-major; NULL for a plain row */
	double sigma;          /* NaN where not said */
	bool valid;            /* every number in it is finite */
} pt_probe_row;

/** Receiver. Another status than PT_OK ends the reading, which then returns it. */
typedef struct pt_probe_sink {
	void *context;
	/** A new probe set begins: its first row follows at once. May be NULL. */
	pt_status (*set)(void *context, const pt_probe_set *set, pt_error *err);
	pt_status (*row)(void *context, const pt_probe_row *row, pt_error *err);
	/** The file was truncated or replaced: all given so far is void. May be NULL. */
	void (*reset)(void *context);
} pt_probe_sink;

typedef struct pt_probe_state {
	size_t n_rows;         /* given, invalid ones included */
	size_t n_invalid_rows; /* a number in them is not finite */
	size_t n_bad_rows;     /* lines that do not parse or fit */
	size_t n_sets;
} pt_probe_state;

typedef struct pt_probe_log pt_probe_log;

/** @param kind  PT_LOG_PROBE_JSONL or PT_LOG_PROBE_CSV
 * @return NULL when out of memory. The file need not exist yet. */
pt_probe_log *pt_probe_log_create(pt_log_kind kind, const char *path);
void pt_probe_log_destroy(pt_probe_log *log);

/**
 * Give the rows that are new since the last call.
 * @retval as pt_tail_read
 * @cost   O(new bytes)
 */
PT_CHECKED pt_status pt_probe_log_read(pt_probe_log *log, const pt_probe_sink *sink, pt_error *err);

/** One line as pt_probe_log_read takes it, for tests and fuzzing: the file is left alone. */
PT_CHECKED pt_status pt_probe_log_feed(
	pt_probe_log *log, const char *line, size_t n, int64_t number, const pt_probe_sink *sink, pt_error *err);

/** Counts and problems since the last reset; share the life of `log`. */
const pt_probe_state *pt_probe_log_state(const pt_probe_log *log);
const pt_log_problems *pt_probe_log_problems(const pt_probe_log *log);
/** State of the file at the last read; the path as given to create. */
pt_file_identity pt_probe_log_identity(const pt_probe_log *log);
const char *pt_probe_log_path(const pt_probe_log *log);

#endif
