#include "phasetop/analysis/metric_table.h"

#include <math.h>
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

pt_status pt_metric_table_set(
	pt_metric_table *table, int64_t step, const char *name, double value, pt_error *err)
{
	pt_status status = reserve_rows(table, table->n_rows + 1, err);
	if (status != PT_OK)
		return status;
	const pt_metric_column *column = pt_metric_table_column(table, name);
	if (!column) {
		status = add_column(table, name, err);
		if (status != PT_OK)
			return status;
		column = &table->columns[table->n_columns - 1];
	}
	size_t row = row_of(table, step);
	if (row == table->n_rows || table->steps[row] != step)
		insert_row(table, row, step);
	column->values[row] = isfinite(value) ? value : PT_MISSING;
	return PT_OK;
}
