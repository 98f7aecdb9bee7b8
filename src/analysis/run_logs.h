/** The logs of one run: training logs as metric tables, probe logs as stores, and what the Trainer says of
 * itself. */
#ifndef PT_ANALYSIS_RUN_LOGS_H
#define PT_ANALYSIS_RUN_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/metric_table.h"
#include "phasetop/analysis/settings.h"
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
	bool is_named; /* `--metric FILE:NAME` asks for it: columns under the file's own names, of no other use */
	pt_file_identity identity; /* of what was read; trainer_state.json only */
	pt_metric_table table;     /* of a training log */
	pt_metric_table times;     /* its rows' own times, where they say them: one column, seconds since 1970 */
	pt_metric_log *metrics;    /* NULL: of another kind */
	double newest_s;           /* time of its newest row, since 1970; 0: not said */
	pt_metric_table own;       /* rows of one of several event files of a directory (event_files.h) */
	bool is_part;              /* it is such a file: `own` holds its rows, not `table` */
	bool has_new_rows;         /* rows came, or all are void, since event files were joined */
	int64_t restart_step;      /* least step that a session of the file began again at; INT64_MAX: none */
	size_t n_without_step;     /* rows that were passed over, for they have no step */
	pt_probe_store probes;
	int64_t max_steps;   /* as it says; PT_LOG_NO_STEP: it does not */
	int64_t closed_step; /* of the closing row; PT_LOG_NO_STEP: none */
	bool is_torn; /* trainer_state.json that does not parse: half of it is written, or ever was */
	bool has_problem;
	pt_error problem; /* the last reading's; retried when the file changes */
} pt_run_log;

typedef struct pt_run_logs {
	size_t n, capacity;
	pt_run_log **logs;  /* sorted by path as the scan sorts them; those gone are kept */
	int64_t max_steps;   /* of the log that goes farthest; PT_LOG_NO_STEP: not said */
	int64_t closed_step; /* where the training ended, as a log says that nothing follows in; PT_LOG_NO_STEP: it did not */
	int64_t written_ns;  /* newest mtime of a log */
	int64_t now_wall_ms; /* set before reading: what does not parse and is young is still being written */
	int64_t retry_wall_ms; /* when that will have settled; INT64_MAX: nothing to wait for */
} pt_run_logs;

void pt_run_logs_init(pt_run_logs *logs);
void pt_run_logs_fini(pt_run_logs *logs);

/**
 * Follow the files that the settings name, and no others that were named before. They are read with the next
 * sync or read.
 * @param root  path of the run directory, where relative paths begin
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_run_logs_name(
	pt_run_logs *logs, const char *root, const pt_settings *settings, pt_error *err);

/** Is any of the files there that the settings name? A directory with nothing else in it is then a run. */
bool pt_run_logs_any_there(const char *root, const pt_settings *settings);

/** The log of the file that a request names; NULL: it names none. */
const pt_run_log *pt_run_logs_named(const pt_run_logs *logs, const char *request);

/**
 * Follow the logs that a scan found; read what is new in each.
 * @param      root     path of the run directory
 * @param[out] changed  something new to show
 * @retval PT_ERR_MEMORY  (a log that fails to read keeps its problem and stops nothing)
 */
PT_CHECKED pt_status pt_run_logs_sync(
	pt_run_logs *logs, const char *root, const pt_scan *scan, bool *changed, pt_error *err);

/**
 * A log more, in its place, with nothing read.
 * @param      root      path of the run directory
 * @param      is_named  the settings name it: its kind shows once it is there
 * @param[out] out       lives in `logs`
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_run_logs_add(pt_run_logs *logs, const char *root, const pt_log_file *file,
	bool is_named, pt_run_log **out, pt_error *err);

/** With all that was read of it; it is no longer in a list, or is about to leave it. */
void pt_run_log_destroy(pt_run_log *log);

/** Take in a row of a training log, with its time. A pt_log_sink.row; `log` is a pt_run_log. */
pt_status pt_run_log_take_row(void *log, const pt_log_row *row, pt_error *err);

/** Read what is new in the logs known already, without a scan. */
PT_CHECKED pt_status pt_run_logs_read(pt_run_logs *logs, bool *changed, pt_error *err);

/** Forget a log and its rows: it is of a segment that was left behind. Nothing happens where it is not known. */
void pt_run_logs_forget(pt_run_logs *logs, const char *path, bool *changed);

/** The first log with plain (or Gaussian) probe rows; NULL: none. */
pt_probe_store *pt_run_logs_probes(const pt_run_logs *logs, bool gaussian);

#endif
