#include "set_grams.h"

#include <string.h>

#include "phasetop/analysis/module_set.h"
#include "phasetop/base/alloc.h"

/* A sum that is pending has begun: 0 is what a run without any has. */
#define LEAST_PROGRESS 1e-3

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for the Grams of module sets");
}

void pt_set_grams_init(pt_set_grams *sets)
{
	*sets = (pt_set_grams){0};
}

static void drop_layers(pt_set_grams *sets)
{
	for (size_t l = 0; l < sets->n_layers; l++)
		for (int m = 0; m < PT_N_MATRICES; m++)
			pt_gram_fini(&sets->layers[l].grams[m]);
	pt_free(sets->layers);
	sets->layers = NULL;
	sets->n_layers = 0;
}

void pt_set_grams_fini(pt_set_grams *sets)
{
	drop_layers(sets);
	pt_set_grams_init(sets);
}

static size_t n_types_of(const pt_module_history *history)
{
	size_t n = 0;
	for (int m = 0; m < PT_N_MATRICES; m++)
		n += pt_module_history_has(history, (pt_trajectory)m);
	return n;
}

static size_t triangle_bytes(size_t n)
{
	return n * (n + 1) / 2 * sizeof(double);
}

size_t pt_set_grams_whole_bytes(const pt_module_ref *modules, size_t n_modules, size_t n)
{
	size_t bytes = 0;
	for (size_t i = 0; i < n_modules; i++)
		bytes += n_types_of(modules[i].history) * triangle_bytes(n);
	return bytes;
}

size_t pt_set_grams_bytes(const pt_set_grams *sets)
{
	size_t bytes = 0;
	for (size_t l = 0; l < sets->n_layers; l++)
		for (int m = 0; m < PT_N_MATRICES; m++)
			bytes += pt_gram_bytes(&sets->layers[l].grams[m]);
	return bytes;
}

/* --- sums over layers ------------------------------------------------------------------------------- */

static pt_layer_sum *layer_of(const pt_set_grams *sets, const pt_module_ref *module)
{
	int64_t layer = pt_module_layer(module->name);
	for (size_t l = 0; l < sets->n_layers; l++)
		if (sets->layers[l].layer == layer)
			return &sets->layers[l];
	return NULL;
}

static pt_status list_layers(
	pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules, pt_error *err)
{
	sets->layers = pt_array_alloc(n_modules, sizeof *sets->layers);
	if (!sets->layers)
		return out_of_memory(err);
	for (size_t i = 0; i < n_modules; i++)
		if (!layer_of(sets, &modules[i])) {
			pt_layer_sum *layer = &sets->layers[sets->n_layers++];
			layer->layer = pt_module_layer(modules[i].name);
			for (int m = 0; m < PT_N_MATRICES; m++)
				pt_gram_init(&layer->grams[m]);
		}
	return PT_OK;
}

/* Bytes of the bands and of the sums over layers: what narrow Grams take. */
static size_t narrow_bytes(
	const pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules, size_t width, size_t n)
{
	size_t bytes = 0, most_types = 0;
	for (size_t i = 0; i < n_modules; i++) {
		size_t n_types = n_types_of(modules[i].history);
		bytes += n_types * n * width * sizeof(double);
		most_types = n_types > most_types ? n_types : most_types;
	}
	return bytes + sets->n_layers * most_types * triangle_bytes(n);
}

/* A module without a type (a scaling is not known yet) leaves its layer and its set without the sum of that type: they
   would lack its share, and rows that it did not add to cannot be told from others later. */
static void drop_incomplete(const pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules,
	pt_trajectory type, pt_gram *sum)
{
	for (size_t i = 0; i < n_modules; i++) {
		if (pt_module_history_has(modules[i].history, type))
			continue;
		pt_layer_sum *layer = layer_of(sets, &modules[i]);
		if (layer)
			pt_gram_truncate(&layer->grams[type], 0);
		if (sum && modules[i].selected)
			pt_gram_truncate(sum, 0);
	}
}

static pt_status sum_layers(
	pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules, pt_error *err)
{
	for (size_t i = 0; i < n_modules; i++) {
		pt_layer_sum *layer = layer_of(sets, &modules[i]);
		for (int m = 0; m < PT_N_MATRICES; m++) {
			if (!pt_module_history_has(modules[i].history, (pt_trajectory)m))
				continue;
			const pt_gram *gram = pt_module_history_gram(modules[i].history, (pt_trajectory)m);
			if (layer->grams[m].n == 0) {
				pt_status status = pt_gram_zero(&layer->grams[m], gram->n, err);
				if (status != PT_OK)
					return status;
			}
			pt_gram_add(&layer->grams[m], gram, 0);
		}
	}
	for (int m = 0; m < PT_N_MATRICES; m++)
		drop_incomplete(sets, modules, n_modules, (pt_trajectory)m, NULL);
	return PT_OK;
}

pt_status pt_set_grams_narrow(pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules, size_t width,
	size_t budget, pt_error *err)
{
	size_t n = pt_module_history_n(modules[0].history);
	pt_status status = list_layers(sets, modules, n_modules, err);
	if (status == PT_OK && narrow_bytes(sets, modules, n_modules, width, n) > budget)
		drop_layers(sets);
	if (status == PT_OK && sets->layers)
		status = sum_layers(sets, modules, n_modules, err);
	if (status != PT_OK) {
		drop_layers(sets);
		return status;
	}
	for (size_t i = 0; i < n_modules; i++)
		pt_module_history_set_band(modules[i].history, width);
	sets->band = width;
	sets->known = true;
	return PT_OK;
}

/* --- following changes ------------------------------------------------------------------------------ */

/* Rows of one increment, summed: the first n values of the set, then n of each layer. */
static pt_status sum_rows(const pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules,
	pt_trajectory type, size_t i, size_t n, double *sums, double *row, pt_error *err)
{
	memset(sums, 0, (sets->n_layers + 1) * n * sizeof *sums);
	for (size_t m = 0; m < n_modules; m++) {
		if (!pt_module_history_has(modules[m].history, type))
			continue;
		pt_status status = pt_module_history_row(modules[m].history, type, i, row, err);
		if (status != PT_OK)
			return status;
		const pt_layer_sum *layer = layer_of(sets, &modules[m]);
		double *of_layer = layer ? sums + (size_t)(layer - sets->layers + 1) * n : NULL;
		for (size_t j = 0; j < n; j++) {
			sums[j] += modules[m].selected ? row[j] : 0.0;
			if (of_layer)
				of_layer[j] += row[j];
		}
	}
	return PT_OK;
}

/* The new row of one sum; Grams that do not hold the checkpoints of before are not of these. */
static pt_status place_row(
	pt_gram *gram, pt_set_change change, bool first, size_t i, size_t n, const double *row, pt_error *err)
{
	size_t n_before = change == PT_SET_INSERTED ? n - 1 : change == PT_SET_REMOVED ? n + 1 : n;
	if (first && gram->n == n_before && change == PT_SET_INSERTED)
		return pt_gram_insert(gram, i, row, err);
	if (first && gram->n == n_before && change == PT_SET_REMOVED)
		pt_gram_remove(gram, i);
	if (gram->n == n && i < n)
		pt_gram_set_row(gram, i, row);
	return PT_OK;
}

static pt_status follow_type(pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules,
	pt_set_change change, size_t index, pt_trajectory type, pt_gram *sum, double *buffer, pt_error *err)
{
	size_t n = pt_module_history_n(modules[0].history);
	size_t n_rows = change == PT_SET_REMOVED ? 1 : 2;
	double *sums = buffer, *row = buffer + (sets->n_layers + 1) * n;
	drop_incomplete(sets, modules, n_modules, type, sum);
	for (size_t r = 0; r < n_rows; r++) {
		size_t i = index + r;
		pt_status status = PT_OK;
		if (i < n)
			status = sum_rows(sets, modules, n_modules, type, i, n, sums, row, err);
		else if (r > 0)
			break;
		if (status == PT_OK && sets->known)
			status = place_row(sum, change, r == 0, i, n, sums, err);
		for (size_t l = 0; l < sets->n_layers && status == PT_OK; l++)
			status = place_row(
				&sets->layers[l].grams[type], change, r == 0, i, n, sums + (l + 1) * n, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

pt_status pt_set_grams_follow(pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules,
	pt_set_change change, size_t index, pt_gram *const *sums, size_t budget, pt_error *err)
{
	size_t n = pt_module_history_n(modules[0].history);
	bool appended = change == PT_SET_INSERTED && index + 1 == n;
	if (sets->pending && !appended) /* rows that are made already changed */
		sets->next_row = sets->next_module = 0;
	if (sets->layers && narrow_bytes(sets, modules, n_modules, sets->band, n) > budget)
		drop_layers(sets);
	double *buffer = pt_array_alloc(n ? n : 1, (sets->n_layers + 2) * sizeof *buffer);
	pt_status status = buffer ? PT_OK : out_of_memory(err);
	for (int m = 0; m < PT_N_MATRICES && status == PT_OK; m++)
		status = follow_type(
			sets, modules, n_modules, change, index, (pt_trajectory)m, sums[m], buffer, err);
	pt_free(buffer);
	if (status != PT_OK) { /* some sums have followed and some have not: better none than wrong ones */
		drop_layers(sets);
		sets->known = sets->pending = false;
	}
	return status;
}

/* --- the selected set ------------------------------------------------------------------------------- */

/* Is each layer selected whole, with its sum kept, or not at all? */
static bool is_union_of_layers(
	const pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules, pt_trajectory type)
{
	if (!sets->layers)
		return false;
	size_t n = pt_module_history_n(modules[0].history);
	for (size_t i = 0; i < n_modules; i++) {
		if (modules[i].selected && layer_of(sets, &modules[i])->grams[type].n != n)
			return false;
		for (size_t j = 0; j < i; j++)
			if (modules[i].selected != modules[j].selected &&
				layer_of(sets, &modules[i]) == layer_of(sets, &modules[j]))
				return false;
	}
	return true;
}

static bool layer_is_selected(
	const pt_set_grams *sets, const pt_layer_sum *layer, const pt_module_ref *modules, size_t n_modules)
{
	for (size_t i = 0; i < n_modules; i++)
		if (layer_of(sets, &modules[i]) == layer)
			return modules[i].selected;
	return false;
}

static void sum_whole(
	const pt_module_ref *modules, size_t n_modules, pt_trajectory type, size_t first, pt_gram *sum)
{
	for (size_t i = 0; i < n_modules; i++)
		if (modules[i].selected)
			pt_gram_add(sum, pt_module_history_gram(modules[i].history, type), first);
}

pt_status pt_set_grams_sum(pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules,
	pt_trajectory type, size_t first, pt_gram *sum, pt_error *err)
{
	size_t n = pt_module_history_n(modules[0].history);
	if (sets->band > 0 && (sets->pending || (sets->known && sum->n == n)))
		return PT_OK; /* it is being made, or pt_set_grams_follow brought it along */
	if (sets->band > 0)
		first = 0;
	if (first > sum->n)
		first = sum->n;
	pt_gram_truncate(sum, first);
	if (sets->band > 0 && !is_union_of_layers(sets, modules, n_modules, type)) {
		sets->pending = true;
		sets->next_row = sets->next_module = 0;
		return PT_OK;
	}
	pt_status status = pt_gram_extend_zero(sum, n, err);
	if (status != PT_OK)
		return status;
	if (sets->band == 0)
		sum_whole(modules, n_modules, type, first, sum);
	for (size_t l = 0; sets->band > 0 && l < sets->n_layers; l++)
		if (layer_is_selected(sets, &sets->layers[l], modules, n_modules))
			pt_gram_add(sum, &sets->layers[l].grams[type], 0);
	return PT_OK;
}

static bool set_has(const pt_module_ref *modules, size_t n_modules, pt_trajectory type)
{
	bool any = false;
	for (size_t i = 0; i < n_modules; i++) {
		if (modules[i].selected && !pt_module_history_has(modules[i].history, type))
			return false;
		any |= modules[i].selected;
	}
	return any;
}

pt_status pt_set_grams_advance(
	pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules, pt_gram *const *sums, pt_error *err)
{
	size_t n = pt_module_history_n(modules[0].history), i = sets->next_row;
	double *row = pt_array_alloc(n ? n : 1, sizeof *row);
	if (!row)
		return out_of_memory(err);
	const pt_module_ref *module = &modules[sets->next_module];
	pt_status status = PT_OK;
	for (int m = 0; m < PT_N_MATRICES && status == PT_OK && i < n; m++) {
		if (sets->next_module == 0) { /* the row begins: room for it, and nothing behind it */
			bool has = set_has(modules, n_modules, (pt_trajectory)m);
			pt_gram_truncate(sums[m], has ? i : 0);
			status = has && sums[m]->n == i ? pt_gram_extend_zero(sums[m], i + 1, err) : PT_OK;
		}
		if (status != PT_OK || !module->selected || sums[m]->n != i + 1)
			continue; /* nothing to add, or a module is without the type: the set has no such sum */
		status = pt_module_history_row(module->history, (pt_trajectory)m, i, row, err);
		double *to = status == PT_OK ? sums[m]->packed + triangle_bytes(i) / sizeof *to : NULL;
		for (size_t j = 0; to && j <= i; j++)
			to[j] += row[j];
	}
	pt_free(row);
	if (status != PT_OK)
		return status;
	if (++sets->next_module == n_modules) {
		sets->next_module = 0;
		sets->next_row++;
	}
	sets->pending = sets->next_row < n;
	sets->known = !sets->pending;
	return PT_OK;
}

double pt_set_grams_progress(const pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules)
{
	size_t n = n_modules > 0 ? pt_module_history_n(modules[0].history) : 0;
	if (!sets->pending || n == 0)
		return 1.0;
	double rows = (double)sets->next_row + (double)sets->next_module / (double)n_modules;
	double share = rows * rows / ((double)n * (double)n); /* row i costs what lies before it */
	return share > LEAST_PROGRESS ? share : LEAST_PROGRESS;
}
