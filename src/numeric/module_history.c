/** A module's history from its creation to its end, and what is read from it; increments.c changes it. */
#include "module_history.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "phasetop/base/alloc.h"

pt_status pt_module_history_create(pt_module_history **history, pt_error *err)
{
	pt_module_history *created = pt_array_alloc(1, sizeof *created);
	if (!created)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for a module's history");
	created->kernels = pt_kernels_best();
	*history = created;
	return PT_OK;
}

void pt_module_history_destroy(pt_module_history *history)
{
	if (!history)
		return;
	for (int t = 0; t < PT_N_TRAJECTORIES; t++) {
		pt_vectors_fini(&history->vectors[t]);
		pt_gram_fini(&history->grams[t]);
		pt_free(history->norms[t]);
		pt_free(history->energies[t]);
	}
	pt_free(history->scalings);
	pt_free(history->stored);
	pt_running_blocks_fini(&history->running);
	pt_module_rows_fini(&history->recent);
	pt_free(history);
}

size_t pt_module_history_n(const pt_module_history *history)
{
	return history->n;
}

bool pt_module_history_has(const pt_module_history *history, pt_trajectory trajectory)
{
	if (history->n == 0 || !pt_kind_has(history->shape.kind, trajectory))
		return false;
	return trajectory != PT_TRAJECTORY_DW || history->n_unknown == 0;
}

const pt_gram *pt_module_history_gram(const pt_module_history *history, pt_trajectory trajectory)
{
	bool there = history->n > 0 && pt_kind_has(history->shape.kind, trajectory);
	return there ? &history->grams[trajectory] : NULL;
}

const double *pt_module_history_norms(const pt_module_history *history, pt_trajectory trajectory)
{
	bool there = history->n > 0 && pt_kind_has(history->shape.kind, trajectory);
	return there ? history->norms[trajectory] : NULL;
}

const double *pt_module_history_energies(const pt_module_history *history, pt_trajectory trajectory)
{
	bool there = history->n > 0 && pt_kind_stores(history->shape.kind, trajectory);
	return there ? history->energies[trajectory] : NULL;
}

/* Row i as it was computed last; NULL: it was not. */
static const double *recent_row(const pt_module_history *history, pt_trajectory trajectory, size_t i)
{
	const pt_module_rows *recent = &history->recent;
	bool there = recent->memory && i >= recent->first && i < recent->first + recent->n_rows;
	return there ? recent->rows[trajectory][i - recent->first] : NULL;
}

pt_status pt_module_history_row(
	const pt_module_history *history, pt_trajectory trajectory, size_t i, double *row, pt_error *err)
{
	assert(i < history->n && pt_kind_has(history->shape.kind, trajectory));
	const pt_gram *gram = &history->grams[trajectory];
	if (pt_gram_is_whole(gram)) {
		for (size_t j = 0; j < history->n; j++)
			row[j] = pt_gram_at(gram, i, j);
		return PT_OK;
	}
	const double *recent = recent_row(history, trajectory, i);
	pt_module_rows rows = {.n = 0};
	pt_status status = recent ? PT_OK : pt_module_rows_compute(history, i, 1, NULL, &rows, err);
	if (status == PT_OK)
		memcpy(row, recent ? recent : rows.rows[trajectory][0], history->n * sizeof *row);
	pt_module_rows_fini(&rows);
	return status;
}

void pt_module_history_set_band(pt_module_history *history, size_t width)
{
	assert(width >= 1);
	size_t band = width == SIZE_MAX ? 0 : width;
	if (history->n > 0 && (band == 0 || (history->band > 0 && band >= history->band)))
		return;
	history->band = band;
	for (int t = 0; t < PT_N_TRAJECTORIES; t++) {
		if (history->n == 0)
			pt_gram_fini(&history->grams[t]);
		if (band > 0)
			pt_gram_set_band(&history->grams[t], band);
	}
}

pt_module_checkpoint pt_module_history_at(const pt_module_history *history, size_t index)
{
	assert(index < history->n);
	pt_module_checkpoint at = {
		.shape = history->shape, .scaling = history->scalings[index], .stored = history->stored[index]};
	if (history->shape.kind == PT_MODULE_FULL) {
		at.w = pt_vectors_at(&history->vectors[PT_TRAJECTORY_W], index);
	} else {
		at.a = pt_vectors_at(&history->vectors[PT_TRAJECTORY_A], index);
		at.b = pt_vectors_at(&history->vectors[PT_TRAJECTORY_B], index);
	}
	return at;
}

size_t pt_module_history_bytes(const pt_module_history *history)
{
	size_t bytes =
		sizeof *history + history->capacity * (sizeof *history->stored + sizeof *history->scalings);
	bytes += pt_running_blocks_bytes(&history->running) + pt_module_rows_bytes(&history->recent);
	for (int t = 0; t < PT_N_TRAJECTORIES; t++) {
		const pt_vectors *vectors = &history->vectors[t];
		bytes += vectors->n * pt_vectors_item_bytes(vectors) + vectors->capacity * sizeof(void *);
		size_t values = history->capacity * sizeof(double);
		bytes += pt_gram_bytes(&history->grams[t]);
		bytes += (history->norms[t] ? values : 0) + (history->energies[t] ? values : 0);
	}
	return bytes;
}
