/* The series of one run in the JSON report: everything from `norms` to `events`. */
#ifndef PHASETOP_SRC_REPORT_REPORT_JSON_SERIES_H
#define PHASETOP_SRC_REPORT_REPORT_JSON_SERIES_H

#include "phasetop/analysis/snapshot.h"
#include "phasetop/report/json_writer.h"

/* Adds the members to the run's object, in the schema's order. `matrices` is what pca and the rest show. */
void pt_report_json_series(
	pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings, unsigned matrices);

/* Its part from `spectrum` to `loss`. */
void pt_report_json_losses(pt_json_writer *writer, const pt_run_view *run, const pt_settings *settings);

/* Members shared with report_json.c: a step, or null for PT_NO_STEP; an array of steps. */
void pt_report_json_step(pt_json_writer *writer, const char *key, int64_t step);
void pt_report_json_steps(pt_json_writer *writer, const char *key, const int64_t *steps, size_t n);
/* `values` may be NULL: a column that was never logged, all of it missing. */
void pt_report_json_values(pt_json_writer *writer, const char *key, const double *values, size_t n);
void pt_report_json_empty(pt_json_writer *writer, const char *key);

/** The member "comparison" of the document; null with fewer than two runs. @param asked as of -m */
void pt_report_json_comparison(pt_json_writer *writer, const pt_snapshot *snapshot, unsigned asked);

#endif
