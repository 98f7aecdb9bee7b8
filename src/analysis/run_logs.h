/** The logs of one run: training logs as metric tables, probe logs as stores, and what the Trainer says of
 * itself. */
#ifndef PT_ANALYSIS_RUN_LOGS_H
#define PT_ANALYSIS_RUN_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/metric_table.h"
#include "phasetop/base/status.h"
#include "phasetop/runio/checkpoint_scan.h"
#include "phasetop/runio/metric_log.h"
#include "phasetop/runio/trainer_log.h"
#include "probes.h"

typedef struct pt_run_log {
	pt_log_kind kind;
	char *path;      /* in the run directory */
	char *full_path; /* for opening */
	bool on_disk;
	pt_file_identity identity; /* of what was read; trainer_state.json only */
	pt_metric_table table;     /* of a training log */
	pt_metric_table times;     /* its rows' own times, where they say them: one column, seconds since 1970 */
	pt_metric_log *metrics;    /* NULL: of another kind */
	pt_probe_store probes;
	bool has_problem;
	pt_error problem; /* the last reading's; retried when the file changes */
} pt_run_log;

typedef struct pt_run_logs {
	size_t n, capacity;
	pt_run_log **logs;  /* sorted by path as the scan sorts them; those gone are kept */
	int64_t max_steps;  /* PT_LOG_NO_STEP: not said */
	bool closed;        /* a closing row was seen */
	int64_t written_ns; /* newest mtime of a log */
} pt_run_logs;

void pt_run_logs_init(pt_run_logs *logs);
void pt_run_logs_fini(pt_run_logs *logs);

/**
 * Follow the logs that a scan found; read what is new in each.
 * @param      root     path of the run directory
 * @param[out] changed  something new to show
 * @retval PT_ERR_MEMORY  (a log that fails to read keeps its problem and stops nothing)
 */
PT_CHECKED pt_status pt_run_logs_sync(
	pt_run_logs *logs, const char *root, const pt_scan *scan, bool *changed, pt_error *err);

/** Take in a row of a training log, with its time. A pt_log_sink.row; `log` is a pt_run_log. */
pt_status pt_run_log_take_row(void *log, const pt_log_row *row, pt_error *err);

/** Read what is new in the logs known already, without a scan. */
PT_CHECKED pt_status pt_run_logs_read(pt_run_logs *logs, bool *changed, pt_error *err);

/** The first log with plain (or Gaussian) probe rows; NULL: none. */
pt_probe_store *pt_run_logs_probes(const pt_run_logs *logs, bool gaussian);

#endif
