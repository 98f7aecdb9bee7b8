#include "phasetop/analysis/metric_table.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"

void pt_metric_table_init(pt_metric_table *table)
{
	*table = (pt_metric_table){0};
}

void pt_metric_table_fini(pt_metric_table *table)
{
	for (size_t c = 0; c < table->n_columns; c++) {
		pt_free(table->columns[c].name);
		pt_free(table->columns[c].values);
	}
	pt_free(table->columns);
	pt_free(table->steps);
	pt_metric_table_init(table);
}

const pt_metric_column *pt_metric_table_column(const pt_metric_table *table, const char *name)
{
	for (size_t c = 0; c < table->n_columns; c++)
		if (strcmp(table->columns[c].name, name) == 0)
			return &table->columns[c];
	return NULL;
}

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for logged numbers");
}

static pt_status add_column(pt_metric_table *table, const char *name, pt_error *err)
{
	if (!pt_array_reserve(
			(void **)&table->columns, &table->column_capacity, table->n_columns + 1, sizeof *table->columns))
		return out_of_memory(err);
	pt_metric_column column = {
		.name = pt_text_copy(name, strlen(name)),
		.values = pt_array_alloc(table->row_capacity, sizeof(double)),
	};
	if (!column.name || !column.values) {
		pt_free(column.name);
		pt_free(column.values);
		return out_of_memory(err);
	}
	for (size_t r = 0; r < table->n_rows; r++)
		column.values[r] = PT_MISSING;
	table->columns[table->n_columns++] = column;
	return PT_OK;
}

/* Every column has row_capacity values, so growing means growing all before any is counted as grown. */
static pt_status reserve_rows(pt_metric_table *table, size_t needed, pt_error *err)
{
	if (needed <= table->row_capacity)
		return PT_OK;
	size_t capacity = table->row_capacity + table->row_capacity / 2 + 16;
	if (capacity < needed)
		capacity = needed;
	int64_t *steps = pt_array_resize(table->steps, capacity, sizeof *steps);
	if (!steps)
		return out_of_memory(err);
	table->steps = steps;
	for (size_t c = 0; c < table->n_columns; c++) {
		double *values = pt_array_resize(table->columns[c].values, capacity, sizeof *values);
		if (!values)
			return out_of_memory(err);
		table->columns[c].values = values;
	}
	table->row_capacity = capacity;
	return PT_OK;
}

/* The first row whose step is not below `step`. */
static size_t row_of(const pt_metric_table *table, int64_t step)
{
	size_t low = 0, high = table->n_rows;
	if (high > 0 && table->steps[high - 1] < step)
		return high; /* the usual case: logs rise */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (table->steps[middle] < step)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void insert_row(pt_metric_table *table, size_t row, int64_t step)
{
	size_t n_behind = table->n_rows - row;
	memmove(table->steps + row + 1, table->steps + row, n_behind * sizeof *table->steps);
	table->steps[row] = step;
	for (size_t c = 0; c < table->n_columns; c++) {
		double *values = table->columns[c].values;
		memmove(values + row + 1, values + row, n_behind * sizeof *values);
		values[row] = PT_MISSING;
	}
	table->n_rows++;
}

/* Index of the column of that name, which is made where there is none. */
static pt_status find_or_add_column(pt_metric_table *table, const char *name, size_t *index, pt_error *err)
{
	const pt_metric_column *column = pt_metric_table_column(table, name);
	if (column) {
		*index = (size_t)(column - table->columns);
		return PT_OK;
	}
	pt_status status = add_column(table, name, err);
	if (status == PT_OK)
		*index = table->n_columns - 1;
	return status;
}

pt_status pt_metric_table_set(
	pt_metric_table *table, int64_t step, const char *name, double value, pt_error *err)
{
	size_t column = 0;
	pt_status status = reserve_rows(table, table->n_rows + 1, err);
	if (status == PT_OK)
		status = find_or_add_column(table, name, &column, err);
	if (status != PT_OK)
		return status;
	size_t row = row_of(table, step);
	if (row == table->n_rows || table->steps[row] != step)
		insert_row(table, row, step);
	table->columns[column].values[row] = isfinite(value) ? value : PT_MISSING;
	return PT_OK;
}

static bool is_empty_row(const pt_metric_table *table, size_t row)
{
	for (size_t c = 0; c < table->n_columns; c++)
		if (!pt_is_missing(table->columns[c].values[row]))
			return false;
	return true;
}

void pt_metric_table_go_back(pt_metric_table *table, int64_t step, const char *name)
{
	if (table->n_rows == 0 || table->steps[table->n_rows - 1] <= step)
		return;
	const pt_metric_column *column = pt_metric_table_column(table, name);
	for (size_t r = row_of(table, step); column && r < table->n_rows; r++)
		if (table->steps[r] > step)
			column->values[r] = PT_MISSING;
	while (table->n_rows > 0 && is_empty_row(table, table->n_rows - 1))
		table->n_rows--;
}

void pt_metric_table_drop_from(pt_metric_table *table, int64_t step)
{
	table->n_rows = row_of(table, step);
}

/* The rows of two sorted tables as one, from the last to the first. */
typedef struct merge {
	const int64_t *steps, *others;
	size_t n, n_others; /* not yet merged */
} merge;

/* The next row behind all that are left: is it of the first table (whose index is then merge->n)? */
static bool take_last(merge *rows)
{
	bool is_own =
		rows->n > 0 && (rows->n_others == 0 || rows->steps[rows->n - 1] >= rows->others[rows->n_others - 1]);
	if (!is_own || (rows->n_others > 0 && rows->steps[rows->n - 1] == rows->others[rows->n_others - 1]))
		rows->n_others--;
	rows->n -= is_own;
	return is_own;
}

/* Make rows for the first n steps of `from`; the new ones are missing everywhere. */
static pt_status merge_rows(pt_metric_table *to, const pt_metric_table *from, size_t n, pt_error *err)
{
	const merge all = {.steps = to->steps, .others = from->steps, .n = to->n_rows, .n_others = n};
	size_t n_rows = 0;
	for (merge rows = all; rows.n > 0 || rows.n_others > 0; n_rows++)
		(void)take_last(&rows);
	pt_status status = reserve_rows(to, n_rows, err);
	if (status != PT_OK)
		return status;
	for (size_t c = 0; c < to->n_columns; c++) {
		double *values = to->columns[c].values;
		merge rows = all;
		rows.steps = to->steps;
		for (size_t r = n_rows; r-- > 0;) {
			bool is_own = take_last(&rows);
			values[r] = is_own ? values[rows.n] : PT_MISSING;
		}
	}
	merge rows = all;
	rows.steps = to->steps;
	for (size_t r = n_rows; r-- > 0;) {
		bool is_own = take_last(&rows);
		to->steps[r] = is_own ? to->steps[rows.n] : from->steps[rows.n_others];
	}
	to->n_rows = n_rows;
	return PT_OK;
}

pt_status pt_metric_table_add(
	pt_metric_table *to, const pt_metric_table *from, int64_t before_step, pt_error *err)
{
	size_t n = row_of(from, before_step);
	pt_status status = merge_rows(to, from, n, err);
	for (size_t c = 0; c < from->n_columns && status == PT_OK; c++) {
		size_t column = 0;
		status = find_or_add_column(to, from->columns[c].name, &column, err);
		for (size_t r = 0, at = 0; r < n && status == PT_OK; r++) {
			while (to->steps[at] < from->steps[r])
				at++;
			if (!pt_is_missing(from->columns[c].values[r]))
				to->columns[column].values[at] = from->columns[c].values[r];
		}
	}
	return status;
}
