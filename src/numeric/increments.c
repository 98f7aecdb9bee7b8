#include "phasetop/numeric/increments.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "module_history.h"
#include "parallel.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/storage_floor.h"
#include "phasetop/numeric/update_norm.h"

/* What one checkpoint brings, before it is in the history. */
typedef struct arrival {
	void *items[PT_N_TRAJECTORIES];
	double norms[PT_N_TRAJECTORIES], energies[PT_N_TRAJECTORIES];
	double scaling;
	pt_stored stored;
} arrival;

/* Values of a vector; SIZE_MAX when the product overflows. */
static size_t length_of(const pt_module_shape *shape, pt_trajectory trajectory)
{
	size_t length = 0;
	if (trajectory == PT_TRAJECTORY_W)
		return shape->length;
	size_t other = trajectory == PT_TRAJECTORY_A ? shape->d_in : shape->d_out;
	bool overflows = __builtin_mul_overflow(shape->rank, other, &length) ||
					 __builtin_mul_overflow(length, pt_shape_experts(shape), &length);
	return overflows ? SIZE_MAX : length;
}

static pt_values values_of(const pt_module_checkpoint *checkpoint, pt_trajectory trajectory)
{
	return trajectory == PT_TRAJECTORY_A   ? checkpoint->a
		   : trajectory == PT_TRAJECTORY_B ? checkpoint->b
										   : checkpoint->w;
}

static pt_status check_shape(
	const pt_module_history *history, const pt_module_checkpoint *checkpoint, pt_error *err)
{
	const pt_module_shape *now = &checkpoint->shape, *first = &history->shape;
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
		if (!pt_kind_stores(now->kind, t))
			continue;
		size_t length = length_of(now, t);
		if (length == 0 || length == SIZE_MAX)
			return pt_fail(err, PT_ERR_SHAPE, NULL, -1, "an empty or impossibly large tensor");
		if (!pt_values_present(values_of(checkpoint, t)))
			return pt_fail(err, PT_ERR_SHAPE, NULL, -1, "a factor without values");
	}
	if (history->n == 0)
		return PT_OK;
	if (now->kind != first->kind)
		return pt_fail(err, PT_ERR_SHAPE, NULL, -1, "the module changed between LoRA and plain");
	if (now->kind == PT_MODULE_FULL && now->length != first->length)
		return pt_fail(err, PT_ERR_SHAPE, NULL, -1, "%zu values where the run began with %zu", now->length,
			first->length);
	if (now->kind == PT_MODULE_LORA &&
		(now->rank != first->rank || now->d_in != first->d_in || now->d_out != first->d_out))
		return pt_fail(err, PT_ERR_SHAPE, NULL, -1,
			"rank %zu of %zu × %zu where the run began with rank %zu of %zu × %zu", now->rank, now->d_out,
			now->d_in, first->rank, first->d_out, first->d_in);
	if (pt_shape_experts(now) != pt_shape_experts(first))
		return pt_fail(err, PT_ERR_SHAPE, NULL, -1, "%zu experts where the run began with %zu",
			pt_shape_experts(now), pt_shape_experts(first));
	return PT_OK;
}

static void arrival_fini(arrival *a)
{
	for (int t = 0; t < PT_N_TRAJECTORIES; t++)
		pt_vectors_free_item(a->items[t]);
	*a = (arrival){0};
}

/* Copies and measures of one checkpoint, a trajectory an item. */
typedef struct preparation {
	const pt_module_history *history;
	const pt_module_checkpoint *checkpoint;
	arrival *arrival;
	pt_status status[PT_N_TRAJECTORIES];
	pt_error errors[PT_N_TRAJECTORIES];
} preparation;

/* Norm, energy and a copy of a stored vector. */
static pt_status prepare_stored(preparation *p, pt_trajectory t, pt_error *err)
{
	const pt_module_checkpoint *checkpoint = p->checkpoint;
	const pt_vectors *vectors = &p->history->vectors[t];
	pt_values values = values_of(checkpoint, t);
	size_t length = length_of(&checkpoint->shape, t);
	pt_status status = pt_vector_norm(values, length, &p->arrival->norms[t], err);
	if (status != PT_OK)
		return status;
	p->arrival->energies[t] = pt_rounding_energy(values, length, checkpoint->stored);
	pt_vectors form = {.length = length, .is_f64 = values.f64 || (vectors->n > 0 && vectors->is_f64)};
	p->arrival->items[t] = pt_vectors_new_item(&form, values);
	if (!p->arrival->items[t])
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for a module's values");
	return PT_OK;
}

static pt_values values_from(pt_values values, size_t first)
{
	return (pt_values){
		.f32 = values.f32 ? values.f32 + first : NULL, .f64 = values.f64 ? values.f64 + first : NULL};
}

/* ‖dW‖: that of all experts' products together. */
static pt_status norm_of_update(const pt_module_checkpoint *c, double *norm, pt_error *err)
{
	const pt_module_shape *shape = &c->shape;
	double all = 0.0;
	for (size_t e = 0; e < pt_shape_experts(shape); e++) {
		double own = 0.0;
		pt_factors update = {shape->rank, shape->d_in, shape->d_out,
			values_from(c->a, e * shape->rank * shape->d_in),
			values_from(c->b, e * shape->rank * shape->d_out), c->scaling};
		pt_status status = pt_update_norm(&update, &own, err);
		if (status != PT_OK)
			return status;
		all = e == 0 ? own : hypot(all, own);
	}
	*norm = all;
	return PT_OK;
}

static void prepare_trajectory(void *context, size_t worker, size_t item)
{
	(void)worker;
	/* dW first: it takes longest */
	static const pt_trajectory order[] = {
		PT_TRAJECTORY_DW, PT_TRAJECTORY_A, PT_TRAJECTORY_B, PT_TRAJECTORY_W};
	preparation *p = context;
	pt_trajectory t = order[item];
	const pt_module_checkpoint *c = p->checkpoint;
	if (pt_kind_stores(c->shape.kind, t))
		p->status[t] = prepare_stored(p, t, &p->errors[t]);
	if (t == PT_TRAJECTORY_DW && !isnan(p->arrival->scaling))
		p->status[t] = norm_of_update(c, &p->arrival->norms[t], &p->errors[t]);
}

/* Lists become double at the first double. */
static pt_status adapt_lists(
	pt_module_history *history, const pt_module_checkpoint *checkpoint, pt_error *err)
{
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
		if (!pt_kind_stores(checkpoint->shape.kind, t))
			continue;
		pt_vectors *vectors = &history->vectors[t];
		pt_values values = values_of(checkpoint, t);
		if (vectors->n == 0) {
			vectors->length = length_of(&checkpoint->shape, t);
			vectors->is_f64 = values.f64 != NULL;
		}
		if (values.f64 && !pt_vectors_widen(vectors))
			return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory to widen a module's history");
	}
	return PT_OK;
}

static pt_status prepare(
	pt_module_history *history, const pt_module_checkpoint *checkpoint, arrival *a, pt_error *err)
{
	const pt_module_shape *shape = &checkpoint->shape;
	*a = (arrival){.stored = checkpoint->stored, .scaling = (double)NAN};
	if (shape->kind == PT_MODULE_LORA)
		a->scaling = checkpoint->scaling;
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++)
		a->norms[t] = (double)NAN;
	pt_status status = check_shape(history, checkpoint, err);
	if (status == PT_OK && isinf(a->scaling))
		status = pt_fail(err, PT_ERR_NOT_FINITE, NULL, -1, "an infinite LoRA scaling");
	if (status != PT_OK)
		return status;
	preparation p = {.history = history, .checkpoint = checkpoint, .arrival = a};
	double work = 0.0;
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++)
		if (shape->kind == PT_MODULE_LORA && pt_kind_stores(shape->kind, t))
			work += (double)length_of(shape, t) * (double)shape->rank;
	pt_parallel_for(pt_parallel_workers(PT_N_TRAJECTORIES, work), PT_N_TRAJECTORIES, prepare_trajectory, &p);
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES && status == PT_OK; t++) {
		status = p.status[t];
		if (status != PT_OK && err)
			*err = p.errors[t];
	}
	if (status == PT_OK)
		status = adapt_lists(history, checkpoint, err);
	if (status != PT_OK)
		arrival_fini(a);
	return status;
}

/* Room for n values a checkpoint. On failure some have more room than is told: no harm. */
static bool reserve_values(pt_module_history *history, pt_module_kind kind, size_t n)
{
	if (n <= history->capacity)
		return true;
	size_t capacity = n + n / 2 + 8;
	double **arrays[1 + 2 * PT_N_TRAJECTORIES] = {&history->scalings};
	size_t n_arrays = 1;
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
		if (pt_kind_has(kind, t))
			arrays[n_arrays++] = &history->norms[t];
		if (pt_kind_stores(kind, t))
			arrays[n_arrays++] = &history->energies[t];
	}
	for (size_t a = 0; a < n_arrays; a++) {
		double *grown = pt_array_resize(*arrays[a], capacity, sizeof *grown);
		if (!grown)
			return false;
		*arrays[a] = grown;
	}
	pt_stored *stored = pt_array_resize(history->stored, capacity, sizeof *stored);
	if (!stored)
		return false;
	history->stored = stored;
	history->capacity = capacity;
	return true;
}

/* Room for one more checkpoint everywhere, so that placing it cannot fail. */
static pt_status reserve(pt_module_history *history, pt_module_kind kind, pt_error *err)
{
	if (history->n == 0 && history->shape.kind != kind)
		history->capacity = 0; /* another kind of module has other arrays */
	size_t n = history->n + 1;
	bool ok = reserve_values(history, kind, n);
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES && ok; t++) {
		if (pt_kind_stores(kind, t))
			ok = pt_vectors_reserve(&history->vectors[t], n);
		pt_status status = ok && pt_kind_has(kind, t) ? pt_gram_reserve(&history->grams[t], n, err) : PT_OK;
		if (status != PT_OK)
			return status;
	}
	return ok ? PT_OK : pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for a module's history");
}

static void open_gap(double *values, size_t n, size_t index, double value)
{
	memmove(values + index + 1, values + index, (n - index) * sizeof *values);
	values[index] = value;
}

static double close_gap(double *values, size_t n, size_t index)
{
	double value = values[index];
	memmove(values + index, values + index + 1, (n - index - 1) * sizeof *values);
	return value;
}

/* Vectors and all values of `a` go in at `index`; the Grams follow later. Takes the items over. */
static void place(pt_module_history *history, size_t index, arrival *a)
{
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
		if (!pt_kind_has(history->shape.kind, t))
			continue;
		if (pt_kind_stores(history->shape.kind, t)) {
			pt_vectors_insert(&history->vectors[t], index, a->items[t]);
			open_gap(history->energies[t], history->n, index, a->energies[t]);
		}
		open_gap(history->norms[t], history->n, index, a->norms[t]);
	}
	open_gap(history->scalings, history->n, index, a->scaling);
	pt_stored *stored = history->stored + index;
	memmove(stored + 1, stored, (history->n - index) * sizeof *stored);
	*stored = a->stored;
	history->n_unknown += isnan(a->scaling) ? 1 : 0;
	history->n++;
	memset(a->items, 0, sizeof a->items);
}

/* The reverse of place. */
static arrival displace(pt_module_history *history, size_t index)
{
	arrival a = {0};
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
		if (!pt_kind_has(history->shape.kind, t))
			continue;
		if (pt_kind_stores(history->shape.kind, t)) {
			a.items[t] = pt_vectors_take(&history->vectors[t], index);
			a.energies[t] = close_gap(history->energies[t], history->n, index);
		}
		a.norms[t] = close_gap(history->norms[t], history->n, index);
	}
	a.scaling = close_gap(history->scalings, history->n, index);
	pt_stored *stored = history->stored + index;
	a.stored = *stored;
	memmove(stored, stored + 1, (history->n - index - 1) * sizeof *stored);
	history->n_unknown -= isnan(a.scaling) ? 1 : 0;
	history->n--;
	return a;
}

/* Writes the rows into the Grams; the first of them is new where `inserted`. The Grams have room. Takes the
 * rows over. */
static void commit(pt_module_history *history, pt_module_rows *rows, bool inserted)
{
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
		if (!pt_kind_has(history->shape.kind, t))
			continue;
		for (size_t r = 0; r < rows->n_rows; r++) {
			if (r > 0 || !inserted) {
				pt_gram_set_row(&history->grams[t], rows->first + r, rows->rows[t][r]);
				continue;
			}
			pt_status status = pt_gram_insert(&history->grams[t], rows->first, rows->rows[t][r], NULL);
			assert(status == PT_OK);
			(void)status;
		}
	}
	pt_module_rows_fini(&history->recent);
	if (history->band > 0)
		history->recent = *rows;
	else
		pt_module_rows_fini(rows);
}

pt_status pt_module_history_insert(
	pt_module_history *history, size_t index, const pt_module_checkpoint *checkpoint, pt_error *err)
{
	assert(index <= history->n);
	arrival a;
	pt_status status = prepare(history, checkpoint, &a, err);
	if (status != PT_OK)
		return status;
	status = reserve(history, checkpoint->shape.kind, err);
	if (status != PT_OK) {
		arrival_fini(&a);
		return status;
	}
	history->shape = checkpoint->shape;
	place(history, index, &a);
	pt_module_rows rows;
	status = pt_module_rows_compute(history, index, PT_MAX_CHANGED_ROWS, &history->running, &rows, err);
	if (status == PT_OK) {
		commit(history, &rows, true);
		return PT_OK;
	}
	a = displace(history, index);
	arrival_fini(&a);
	pt_module_rows_fini(&rows);
	return status;
}

pt_status pt_module_history_replace(
	pt_module_history *history, size_t index, const pt_module_checkpoint *checkpoint, pt_error *err)
{
	assert(index < history->n);
	arrival a;
	pt_status status = prepare(history, checkpoint, &a, err);
	if (status != PT_OK)
		return status;
	arrival old = displace(history, index);
	place(history, index, &a);
	pt_module_rows rows;
	status = pt_module_rows_compute(history, index, PT_MAX_CHANGED_ROWS, &history->running, &rows, err);
	if (status == PT_OK) {
		commit(history, &rows, false);
	} else {
		a = displace(history, index);
		place(history, index, &old);
		old = a;
		pt_module_rows_fini(&rows);
	}
	arrival_fini(&old);
	return status;
}

pt_status pt_module_history_remove(pt_module_history *history, size_t index, pt_error *err)
{
	assert(index < history->n);
	arrival old = displace(history, index);
	pt_module_rows rows;
	pt_status status = pt_module_rows_compute(history, index, 1, &history->running, &rows, err);
	if (status != PT_OK) {
		place(history, index, &old);
		pt_module_rows_fini(&rows);
		return status;
	}
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++)
		if (pt_kind_has(history->shape.kind, t))
			pt_gram_remove(&history->grams[t], index);
	commit(history, &rows, false);
	arrival_fini(&old);
	return PT_OK;
}
