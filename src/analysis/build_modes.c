#include "snapshot_build.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_groups.h"

enum {
	LOADING_PROBES = 24, /* as many as a high pane has rows; of a mode, those that load most on it */
	LOADING_GROUPS = 24
};

/* Modes that carry less of tr C than this are left out, but for the first. */
static const double least_share = 0.01;

/* --- names ------------------------------------------------------------------------------------------ */

typedef struct prefixed {
	const char *name;
	size_t prefix, at;
} prefixed;

static int by_prefix(const void *a, const void *b)
{
	const prefixed *x = a, *y = b;
	size_t shorter = x->prefix < y->prefix ? x->prefix : y->prefix;
	int side = strncmp(x->name, y->name, shorter);
	return side != 0 ? side : (x->prefix > y->prefix) - (x->prefix < y->prefix);
}

/* Which probes share their innermost prefix. */
static pt_status group_names(pt_arena *arena, pt_built_names *names, pt_error *err)
{
	size_t *group = pt_arena_alloc(arena, names->n, sizeof *group);
	const char **groups = pt_arena_alloc(arena, names->n, sizeof *groups);
	prefixed *sorted = pt_arena_alloc(arena, names->n, sizeof *sorted);
	if (!group || !groups || !sorted)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < names->n; i++)
		sorted[i] = (prefixed){names->names[i], names->given ? pt_probe_prefix(names->names[i]) : 0, i};
	qsort(sorted, names->n, sizeof *sorted, by_prefix);
	for (size_t i = 0; i < names->n; i++) {
		group[sorted[i].at] = SIZE_MAX;
		if (sorted[i].prefix == 0)
			continue;
		if (i == 0 || by_prefix(&sorted[i - 1], &sorted[i]) != 0) {
			char *prefix = pt_arena_alloc(arena, sorted[i].prefix + 1, 1);
			if (!prefix)
				return pt_build_out_of_memory(err);
			memcpy(prefix, sorted[i].name, sorted[i].prefix);
			groups[names->n_groups++] = prefix;
		}
		group[sorted[i].at] = names->n_groups - 1;
	}
	names->group = group;
	names->groups = groups;
	return PT_OK;
}

pt_status pt_build_names(const pt_probe_store *store, const pt_probe_traces *traces, bool with_modes,
	pt_arena *arena, pt_built_names *names, pt_error *err)
{
	const pt_probe_names *set = pt_probe_store_newest_set(store);
	const char **texts = pt_arena_alloc(arena, traces->n_columns, sizeof *texts);
	*names = (pt_built_names){.n = traces->n_columns, .given = set && set->names, .names = texts};
	if (!texts)
		return pt_build_out_of_memory(err);
	for (size_t c = 0; c < names->n && (names->given || with_modes); c++) {
		char number[32];
		snprintf(number, sizeof number, "#%zu", traces->columns[c]);
		texts[c] = pt_arena_text(arena, names->given ? set->names[traces->columns[c]] : number);
		if (!texts[c])
			return pt_build_out_of_memory(err);
	}
	return with_modes ? group_names(arena, names, err) : PT_OK;
}

/* --- leading modes ---------------------------------------------------------------------------------- */

typedef struct loading {
	size_t at;
	double weight;
} loading;

static int by_size(const void *a, const void *b)
{
	const loading *x = a, *y = b;
	double p = fabs(x->weight), q = fabs(y->weight);
	return p != q ? (p < q) - (p > q) : (x->at > y->at) - (x->at < y->at);
}

/* The `most` heaviest of n loadings, by falling weight, with their names. NULL: out of memory. */
static const pt_mode_part *build_heaviest(
	loading *loadings, size_t n, const char *const *names, size_t most, pt_arena *arena, size_t *n_parts)
{
	qsort(loadings, n, sizeof *loadings, by_size);
	*n_parts = n < most ? n : most;
	pt_mode_part *parts = pt_arena_alloc(arena, *n_parts, sizeof *parts);
	for (size_t i = 0; parts && i < *n_parts; i++)
		parts[i] = (pt_mode_part){.name = names[loadings[i].at], .weight = loadings[i].weight};
	return parts;
}

/* @param scratch  names->n of them */
static pt_status build_mode(const double *weights, const pt_built_names *names, loading *scratch,
	pt_arena *arena, pt_mode_view *view, pt_error *err)
{
	for (size_t i = 0; i < names->n; i++)
		scratch[i] = (loading){i, weights[i]};
	view->probes = build_heaviest(scratch, names->n, names->names, LOADING_PROBES, arena, &view->n_probes);
	for (size_t g = 0; g < names->n_groups; g++)
		scratch[g] = (loading){g, 0};
	for (size_t i = 0; i < names->n; i++)
		if (names->group[i] != SIZE_MAX)
			scratch[names->group[i]].weight += weights[i] * weights[i];
	view->groups =
		build_heaviest(scratch, names->n_groups, names->groups, LOADING_GROUPS, arena, &view->n_groups);
	return view->probes && view->groups ? PT_OK : pt_build_out_of_memory(err);
}

static pt_status fill_modes(const pt_loss_modes *modes, const pt_built_names *names, pt_arena *arena,
	pt_modes_view *view, pt_error *err)
{
	pt_mode_view *views = pt_arena_alloc(arena, modes->n_modes, sizeof *views);
	loading *scratch = pt_arena_alloc(arena, names->n, sizeof *scratch);
	if (!views || !scratch)
		return pt_build_out_of_memory(err);
	for (size_t m = 0; m < modes->n_modes && (m == 0 || modes->share[m] >= least_share); m++) {
		views[m] = (pt_mode_view){.eigenvalue = modes->lambda[m], .share = modes->share[m]};
		pt_status status = build_mode(modes->weights + m * names->n, names, scratch, arena, &views[m], err);
		if (status != PT_OK)
			return status;
		view->n_modes = m + 1;
	}
	view->modes = views;
	return PT_OK;
}

pt_status pt_build_modes(const pt_probe_store *store, const pt_probe_traces *traces, pt_modes_of of,
	const pt_built_names *names, pt_arena *arena, pt_modes_view *view, pt_error *err)
{
	*view = (pt_modes_view){.step = PT_NO_STEP};
	if (!names->group)
		return PT_OK; /* nobody asked */
	pt_probe_rows rows = pt_probe_store_rows(store);
	pt_loss_modes modes;
	pt_loss_modes_init(&modes);
	pt_status status = pt_probe_traces_modes(traces, &rows, of, &modes, &view->step, err);
	if (status == PT_OK && modes.n_modes > 0) {
		view->present = true;
		status = fill_modes(&modes, names, arena, view, err);
	}
	pt_loss_modes_fini(&modes);
	return status;
}
