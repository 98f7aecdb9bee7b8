#include "probe_csv.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "phasetop/base/alloc.h"

void probe_csv_fini(probe_csv *csv)
{
	csv_cells_fini(&csv->cells);
	*csv = (probe_csv){0};
}

/* Probes may be called 0, 1, 2 …: a header is known by its step, the first also by a word in front. */
static bool is_header(const probe_csv *csv)
{
	double value;
	for (size_t i = 0; i < csv->cells.n; i++)
		if (strcasecmp(csv_cell(&csv->cells, i), "step") == 0)
			return true;
	return csv->n_columns == 0 && csv_number(csv_cell(&csv->cells, 0), csv->divider, &value) == CSV_WORD;
}

static pt_status take_header(probe_csv *csv, probe_line *line, const char *path, pt_error *err)
{
	const csv_cells *cells = &csv->cells;
	csv->n_columns = cells->n;
	csv->step_column = 0;
	for (size_t i = 0; i < cells->n; i++)
		if (strcasecmp(csv_cell(cells, i), "step") == 0) {
			csv->step_column = i;
			break;
		}
	if (!pt_array_reserve((void **)&line->names, &line->names_capacity, cells->n_bytes + 1, 1))
		return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	for (size_t i = 0; i < cells->n; i++) {
		if (i == csv->step_column)
			continue;
		const char *name = csv_cell(cells, i);
		size_t n_bytes = strlen(name) + 1;
		memcpy(line->names + line->names_bytes, name, n_bytes);
		line->names_bytes += n_bytes;
		line->n_names++;
	}
	line->has_probes = true;
	return PT_OK;
}

static pt_status take_row(const probe_csv *csv, probe_line *line, const char *path, pt_error *err)
{
	const csv_cells *cells = &csv->cells;
	if (csv->n_columns < 2)
		return pt_fail(err, PT_ERR_BAD_ROW, path, -1, "no header `step,name1,name2,…` before it");
	if (cells->n != csv->n_columns)
		return pt_fail(err, PT_ERR_BAD_ROW, path, -1, "%zu cells, the header has %zu", cells->n, csv->n_columns);
	if (!csv_step(csv_cell(cells, csv->step_column), csv->divider, &line->step))
		return pt_fail(err, PT_ERR_BAD_ROW, path, -1, "the step is no whole number >= 0");
	if (cells->n > PROBE_LINE_MAX_VALUES)
		return pt_fail(err, PT_ERR_LIMIT, path, -1, "more than %d losses", PROBE_LINE_MAX_VALUES);
	if (!pt_array_reserve(
			(void **)&line->losses.values, &line->losses.capacity, cells->n, sizeof *line->losses.values))
		return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	for (size_t i = 0; i < cells->n; i++) {
		if (i == csv->step_column)
			continue;
		double value = (double)NAN;
		if (csv_number(csv_cell(cells, i), csv->divider, &value) == CSV_WORD)
			return pt_fail(err, PT_ERR_BAD_ROW, path, -1, "cell %zu is no number", i + 1);
		line->is_finite &= isfinite(value) != 0;
		line->losses.values[line->losses.n++] = isfinite(value) ? value : (double)NAN;
	}
	line->has_step = line->has_losses = true;
	return PT_OK;
}

pt_status probe_csv_parse(
	probe_csv *csv, probe_line *line, const char *text, size_t n, const char *path, pt_error *err)
{
	probe_line_clear(line);
	if (csv->n_columns == 0)
		csv->divider = csv_divider(text, n);
	pt_status status = csv_split(&csv->cells, text, n, csv->divider, path, err);
	if (status != PT_OK)
		return status;
	return is_header(csv) ? take_header(csv, line, path, err) : take_row(csv, line, path, err);
}
