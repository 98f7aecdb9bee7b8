#include "probes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"
#include "phasetop/base/text.h"

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for probe losses");
}

pt_status pt_probe_store_init(pt_probe_store *store, pt_log_kind kind, const char *path, pt_error *err)
{
	*store = (pt_probe_store){.log = pt_probe_log_create(kind, path)};
	pt_probe_traces_init(&store->all, "");
	return store->log ? PT_OK : out_of_memory(err);
}

static void names_fini(pt_probe_names *set)
{
	for (size_t i = 0; set->names && i < set->n; i++)
		pt_free(set->names[i]);
	pt_free(set->names);
	*set = (pt_probe_names){0};
}

static void drop_subsets(pt_probe_store *store, size_t first)
{
	while (store->n_subsets > first)
		pt_probe_traces_fini(&store->subsets[--store->n_subsets]);
}

static void drop_rows_from(pt_probe_store *store, size_t first)
{
	for (size_t r = first; r < store->n_rows; r++)
		pt_free(store->rows[r].values);
	store->n_rows = first;
	if (store->all.n_derived > first)
		pt_probe_traces_forget(&store->all);
	for (size_t i = 0; i < store->n_subsets; i++)
		if (store->subsets[i].n_derived > first)
			pt_probe_traces_forget(&store->subsets[i]);
}

/* The file was truncated or replaced: all of it is void. */
static void reset(void *context)
{
	pt_probe_store *store = context;
	drop_rows_from(store, 0);
	for (size_t s = 0; s < store->n_sets; s++)
		names_fini(&store->sets[s]);
	store->n_sets = store->n_grouped_sets = 0;
}

void pt_probe_store_fini(pt_probe_store *store)
{
	reset(store);
	pt_probe_log_destroy(store->log);
	pt_free(store->rows);
	pt_free(store->sets);
	pt_free(store->sorted);
	pt_probe_traces_fini(&store->all);
	drop_subsets(store, 0);
	pt_free(store->subsets);
	*store = (pt_probe_store){0};
}

static pt_status take_set(void *context, const pt_probe_set *set, pt_error *err)
{
	pt_probe_store *store = context;
	if (!pt_array_reserve(
			(void **)&store->sets, &store->set_capacity, store->n_sets + 1, sizeof *store->sets))
		return out_of_memory(err);
	pt_probe_names copy = {.n = set->n};
	if (set->names) {
		copy.names = pt_array_alloc(set->n, sizeof *copy.names);
		for (size_t i = 0; copy.names && i < set->n; i++) {
			copy.names[i] = pt_text_copy(set->names[i], strlen(set->names[i]));
			if (!copy.names[i]) {
				names_fini(&copy);
				return out_of_memory(err);
			}
		}
		if (!copy.names)
			return out_of_memory(err);
	}
	store->sets[store->n_sets++] = copy;
	return PT_OK;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* NumPy's linear quantile of n sorted values. */
static double quantile(const double *sorted, size_t n, double q)
{
	double position = q * (double)(n - 1);
	size_t low = (size_t)position;
	if (low + 1 >= n)
		return sorted[n - 1];
	return sorted[low] + (position - (double)low) * (sorted[low + 1] - sorted[low]);
}

/* Mean and quantiles of a plain row; `sorted` is scratch of n doubles. */
static void summarise(pt_stored_row *row, size_t n, double *sorted)
{
	row->mean = row->q10 = row->q50 = row->q90 = PT_MISSING;
	if (!row->valid || row->m > 0 || n == 0)
		return;
	memcpy(sorted, row->values, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, by_value);
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += row->values[i];
	row->mean = sum / (double)n;
	row->q10 = quantile(sorted, n, 0.1);
	row->q50 = quantile(sorted, n, 0.5);
	row->q90 = quantile(sorted, n, 0.9);
}

/* A plain row and a Gaussian row of one step live beside each other; either alone going back is a resume. */
static int64_t last_step_of_kind(const pt_probe_store *store, bool gaussian)
{
	for (size_t r = store->n_rows; r-- > 0;)
		if ((store->rows[r].m > 0) == gaussian)
			return store->rows[r].step;
	return INT64_MIN;
}

static pt_status take_row(void *context, const pt_probe_row *row, pt_error *err)
{
	pt_probe_store *store = context;
	bool gaussian = row->m > 0;
	size_t n_values = gaussian ? row->m * row->n : row->n;
	const double *values = gaussian ? row->samples : row->losses;
	if (!values)
		return PT_OK;
	bool back = row->step <= last_step_of_kind(store, gaussian);
	if (!pt_array_reserve(
			(void **)&store->rows, &store->row_capacity, store->n_rows + 1, sizeof *store->rows) ||
		!pt_array_reserve(
			(void **)&store->sorted, &store->sorted_capacity, row->n ? row->n : 1, sizeof *store->sorted))
		return out_of_memory(err);
	double *copy = pt_array_alloc(n_values, sizeof *copy);
	if (!copy)
		return out_of_memory(err);
	memcpy(copy, values, n_values * sizeof *copy);
	if (back) {
		size_t first = store->n_rows;
		while (first > 0 && store->rows[first - 1].step >= row->step)
			first--;
		drop_rows_from(store, first);
	}
	pt_stored_row *stored = &store->rows[store->n_rows];
	*stored = (pt_stored_row){.step = row->step,
		.set = row->set,
		.m = row->m,
		.values = copy,
		.valid = row->valid,
		.new_segment = back};
	summarise(stored, row->n, store->sorted);
	store->n_rows++;
	return PT_OK;
}

pt_status pt_probe_store_read(pt_probe_store *store, bool *changed, pt_error *err)
{
	size_t rows_before = pt_probe_log_state(store->log)->n_rows;
	size_t bad_before = pt_probe_log_state(store->log)->n_bad_rows;
	pt_probe_sink sink = {.context = store, .set = take_set, .row = take_row, .reset = reset};
	pt_status status = pt_probe_log_read(store->log, &sink, err);
	const pt_probe_state *state = pt_probe_log_state(store->log);
	*changed = state->n_rows != rows_before || state->n_bad_rows != bad_before;
	return status;
}

/* --- derived traces --------------------------------------------------------------------------------- */

/* Subset i is to be that of `glob`: kept where it is already there, so that adding a group costs that group
 * alone. */
static pt_status place_subset(pt_probe_store *store, size_t i, const char *glob, pt_error *err)
{
	for (size_t s = i; s < store->n_subsets; s++)
		if (strcmp(store->subsets[s].subset, glob) == 0) {
			pt_probe_traces found = store->subsets[s];
			store->subsets[s] = store->subsets[i];
			store->subsets[i] = found;
			return PT_OK;
		}
	if (!pt_array_reserve(
			(void **)&store->subsets, &store->subset_capacity, store->n_subsets + 1, sizeof *store->subsets))
		return out_of_memory(err);
	if (i < store->n_subsets)
		store->subsets[store->n_subsets] = store->subsets[i];
	pt_probe_traces_init(&store->subsets[i], glob);
	store->n_subsets++;
	return PT_OK;
}

/* Groups of the newest row's set, found once for each set. */
static pt_status find_groups(pt_probe_store *store, pt_error *err)
{
	if (store->n_rows == 0) {
		store->n_grouped_sets = store->groups.n = 0;
		return PT_OK;
	}
	size_t set = store->rows[store->n_rows - 1].set;
	if (store->n_grouped_sets == set + 1)
		return PT_OK;
	pt_status status = pt_probe_groups_find(&store->sets[set], &store->groups, err);
	if (status == PT_OK)
		store->n_grouped_sets = set + 1;
	return status;
}

/* The subset that was asked for, then the groups that the names offer. */
static pt_status choose_subsets(pt_probe_store *store, const pt_settings *settings, pt_error *err)
{
	const pt_probe_groups *groups = &store->groups;
	size_t n = 0, n_groups = settings->wanted & PT_WANT_SUBSETS ? groups->n : 0;
	pt_status status = PT_OK;
	if (settings->probes[0] != '\0')
		status = place_subset(store, n++, settings->probes, err);
	for (size_t g = 0; g < n_groups && status == PT_OK; g++)
		if (strcmp(groups->items[g].glob, settings->probes) != 0)
			status = place_subset(store, n++, groups->items[g].glob, err);
	if (status == PT_OK)
		drop_subsets(store, n);
	return status;
}

pt_probe_rows pt_probe_store_rows(const pt_probe_store *store)
{
	return (pt_probe_rows){.rows = store->rows, .n_rows = store->n_rows, .sets = store->sets};
}

pt_status pt_probe_store_derive(pt_probe_store *store, const pt_settings *settings, pt_error *err)
{
	pt_probe_rows rows = pt_probe_store_rows(store);
	pt_status status = pt_probe_traces_derive(&store->all, &rows, settings, err);
	if (status == PT_OK && settings->wanted & PT_WANT_BASELINES)
		status = pt_probe_traces_derive_baselines(&store->all, err);
	if (status == PT_OK)
		status = find_groups(store, err);
	if (status == PT_OK)
		status = choose_subsets(store, settings, err);
	for (size_t i = 0; i < store->n_subsets && status == PT_OK; i++)
		status = pt_probe_traces_derive(&store->subsets[i], &rows, settings, err);
	return status;
}

const pt_probe_names *pt_probe_store_newest_set(const pt_probe_store *store)
{
	return store->n_rows > 0 ? &store->sets[store->rows[store->n_rows - 1].set] : NULL;
}
