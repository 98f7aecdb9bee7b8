/* One series out of many logs: see log_sources.h. */
#include <string.h>

#include "log_sources.h"
#include "phasetop/base/missing.h"
#include "phasetop/base/text.h"

enum { SOURCE_BYTES = 512 };

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for logs");
}

/* What one source adds to a series: rows [0, below) and [above, end) of its column, where not missing. */
typedef struct part {
	const pt_log_source *source;
	const double *values;
	size_t below, above, end;
} part;

static const pt_metric_column *column_of(const pt_log_source *source, const char *name)
{
	char own[PT_SERIES_NAME_BYTES];
	const pt_metric_table *table = &source->log->table;
	if (!source->apart)
		return pt_metric_table_column(table, name);
	for (size_t c = 0; c < table->n_columns; c++) {
		pt_log_source_series(source, table->columns[c].name, own);
		if (strcmp(own, name) == 0)
			return &table->columns[c];
	}
	return NULL;
}

/* Rows of a sorted table below `step`. */
static size_t rows_below(const pt_metric_table *table, int64_t step)
{
	size_t low = 0, high = table->n_rows;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (table->steps[middle] < step)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t count(const double *values, size_t first, size_t end)
{
	size_t n = 0;
	for (size_t r = first; r < end; r++)
		n += !pt_is_missing(values[r]);
	return n;
}

/* What is this source's, where [*first, *last] is told already (*first > *last: nothing is)? Both are moved
 * on. */
static part take_part(const pt_log_source *source, const double *values, int64_t *first, int64_t *last)
{
	const pt_metric_table *table = &source->log->table;
	part taken = {.source = source, .values = values, .end = rows_below(table, source->until)};
	bool is_first = *first > *last;
	taken.below = is_first ? 0 : rows_below(table, *first);
	if (taken.below > taken.end)
		taken.below = taken.end;
	taken.above = is_first || *last == INT64_MAX ? 0 : rows_below(table, *last + 1);
	if (taken.above > taken.end || (!is_first && *last == INT64_MAX))
		taken.above = taken.end;
	for (size_t r = 0; r < taken.end; r++) {
		if (pt_is_missing(values[r]))
			continue;
		*first = is_first || table->steps[r] < *first ? table->steps[r] : *first;
		*last = is_first || table->steps[r] > *last ? table->steps[r] : *last;
		is_first = false;
	}
	return taken;
}

typedef struct filling {
	int64_t *steps;
	double *values;
	size_t n;
} filling;

static void fill(filling *to, const part *from, size_t first, size_t end)
{
	for (size_t r = first; r < end; r++) {
		if (pt_is_missing(from->values[r]))
			continue;
		to->steps[to->n] = from->source->log->table.steps[r];
		to->values[to->n++] = from->values[r];
	}
}

static pt_status name_source(const part *from, pt_arena *arena, pt_text *text, pt_error *err)
{
	const char *name = pt_log_source_name(from->source->log, arena);
	if (!name)
		return out_of_memory(err);
	if (text->length > 0)
		pt_text_add(text, " + ");
	pt_text_add(text, name);
	return PT_OK;
}

/* The parts that come later lie farther out: the last one's first steps begin the series, its last ones end
 * it. */
static pt_status join(
	const part *parts, size_t n_parts, pt_arena *arena, pt_merged_series *series, pt_error *err)
{
	char source[SOURCE_BYTES];
	pt_text text = pt_text_over(source, sizeof source);
	size_t n = 0;
	for (size_t p = 0; p < n_parts; p++)
		n += count(parts[p].values, 0, parts[p].below) + count(parts[p].values, parts[p].above, parts[p].end);
	filling to = {.steps = pt_arena_alloc(arena, n, sizeof *to.steps),
		.values = pt_arena_alloc(arena, n, sizeof *to.values)};
	if (!to.steps || !to.values)
		return out_of_memory(err);
	pt_status status = PT_OK;
	for (size_t i = 0; i < 2 * n_parts && status == PT_OK; i++) {
		const part *from = &parts[i < n_parts ? n_parts - 1 - i : i - n_parts];
		size_t before = to.n;
		if (i < n_parts)
			fill(&to, from, 0, from->below);
		else
			fill(&to, from, from->above, from->end);
		if (to.n > before)
			status = name_source(from, arena, &text, err);
	}
	if (n == 0 && status == PT_OK) /* a series of nothing but NaN has a source too */
		status = name_source(&parts[0], arena, &text, err);
	series->n = n;
	series->steps = to.steps;
	series->values = to.values;
	series->source = pt_arena_text(arena, source);
	return status == PT_OK && !series->source ? out_of_memory(err) : status;
}

static pt_status merge_one(const pt_log_sources *sources, const char *name, pt_arena *arena, part *parts,
	pt_merged_series *series, pt_error *err)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	size_t n = 0;
	for (size_t s = 0; s < sources->n; s++) {
		const pt_metric_column *column = column_of(&sources->items[s], name);
		if (column)
			parts[n++] = take_part(&sources->items[s], column->values, &first, &last);
	}
	series->name = name;
	return join(parts, n, arena, series, err);
}

static bool is_merged(const pt_merged_series *series, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(series[i].name, name) == 0)
			return true;
	return false;
}

pt_status pt_log_sources_merge(
	const pt_log_sources *sources, pt_arena *arena, pt_merged_series **series, size_t *n, pt_error *err)
{
	size_t most = 0, found = 0;
	for (size_t s = 0; s < sources->n; s++)
		most += sources->items[s].log->table.n_columns;
	pt_merged_series *all = pt_arena_alloc(arena, most, sizeof *all);
	part *parts = pt_arena_alloc(arena, sources->n, sizeof *parts);
	if (!all || !parts)
		return out_of_memory(err);
	for (size_t s = 0; s < sources->n; s++) {
		const pt_metric_table *table = &sources->items[s].log->table;
		for (size_t c = 0; c < table->n_columns; c++) {
			char name[PT_SERIES_NAME_BYTES];
			pt_log_source_series(&sources->items[s], table->columns[c].name, name);
			if (is_merged(all, found, name))
				continue;
			const char *kept = pt_arena_text(arena, name);
			if (!kept)
				return out_of_memory(err);
			pt_status status = merge_one(sources, kept, arena, parts, &all[found], err);
			if (status != PT_OK)
				return status;
			found++;
		}
	}
	*series = all;
	*n = found;
	return PT_OK;
}
