/**
 * Logged numbers of one source: rows by step, columns by name, missing where nothing was logged.
 *
 * Several rows at one step are one row: later keys add, the last value of a key wins. Rows may come in any
 * order (resumed runs go back); the table is always sorted by step.
 */
#ifndef PHASETOP_ANALYSIS_METRIC_TABLE_H
#define PHASETOP_ANALYSIS_METRIC_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

typedef struct pt_metric_column {
	char *name;
	double *values; /* n_rows of the table; NaN: not logged at that step, or logged as NaN or infinity */
} pt_metric_column;

typedef struct pt_metric_table {
	size_t n_rows, row_capacity;
	int64_t *steps; /* rising, no two equal */
	size_t n_columns, column_capacity;
	pt_metric_column *columns; /* in order of first appearance */
} pt_metric_table;

void pt_metric_table_init(pt_metric_table *table);
/** Frees rows and columns; the table is then as after init. */
void pt_metric_table_fini(pt_metric_table *table);

/**
 * Set one value. A new step makes a row, a new name a column.
 * @retval PT_ERR_MEMORY the table is unchanged
 * @cost   O(1) amortised for rising steps; O(rows) per column for a step in the middle
 */
PT_CHECKED pt_status pt_metric_table_set(
	pt_metric_table *table, int64_t step, const char *name, double value, pt_error *err);

/** Forget the rows at `step` and behind it; columns stay. @cost O(log rows) */
void pt_metric_table_drop_from(pt_metric_table *table, int64_t step);

/**
 * Add the rows of `from` below `before_step` (INT64_MAX: all) to `to`, as if each number had been set.
 * @retval PT_ERR_MEMORY  some are added
 * @cost   O((rows of both) · columns)
 */
PT_CHECKED pt_status pt_metric_table_add(
	pt_metric_table *to, const pt_metric_table *from, int64_t before_step, pt_error *err);

/**
 * A writer goes back to `step` under that name: what it had behind is void (a resumed training writes it again).
 * Rows at the end that hold nothing any more go. Nothing happens where the log rises.
 * @cost   O(rows behind)
 */
void pt_metric_table_go_back(pt_metric_table *table, int64_t step, const char *name);

/** Column of that name, or NULL. */
const pt_metric_column *pt_metric_table_column(const pt_metric_table *table, const char *name);

#endif
