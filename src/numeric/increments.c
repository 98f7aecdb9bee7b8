#include "phasetop/numeric/increments.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "increment_rows.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/update_norm.h"

/* An inserted or replaced checkpoint changes its own increment and its successor's. */
enum { MAX_CHANGED = 2 };

struct pt_module_history {
	pt_module_shape shape; /* of the first checkpoint; meaningless while n is 0 */
	size_t n;
	const pt_kernels *kernels;
	pt_vectors vectors[PT_N_TRAJECTORIES]; /* [DW] stays empty */
	pt_gram grams[PT_N_TRAJECTORIES];
	double *norms[PT_N_TRAJECTORIES];
	size_t norms_capacity[PT_N_TRAJECTORIES];
	double *scalings; /* NaN for FULL */
	size_t scalings_capacity;
	size_t n_unknown; /* scalings that are NaN */
};

/* What one checkpoint brings, before it is in the history. */
typedef struct arrival {
	void *items[PT_N_TRAJECTORIES];
	double norms[PT_N_TRAJECTORIES];
	double scaling;
} arrival;

/* The new rows of all Grams. */
typedef struct changed_rows {
	size_t first, n_rows, n;
	double *memory;
	double *rows[PT_N_TRAJECTORIES][MAX_CHANGED];
	double *products_a, *products_b; /* rank 1 */
} changed_rows;

static bool kind_has(pt_module_kind kind, pt_trajectory trajectory)
{
	return (kind == PT_MODULE_FULL) == (trajectory == PT_TRAJECTORY_W);
}

static bool is_stored(pt_module_kind kind, pt_trajectory trajectory)
{
	return kind_has(kind, trajectory) && trajectory != PT_TRAJECTORY_DW;
}

/* Values of a vector; SIZE_MAX when the product overflows. */
static size_t length_of(const pt_module_shape *shape, pt_trajectory trajectory)
{
	size_t length = 0;
	if (trajectory == PT_TRAJECTORY_W)
		return shape->length;
	size_t other = trajectory == PT_TRAJECTORY_A ? shape->d_in : shape->d_out;
	return __builtin_mul_overflow(shape->rank, other, &length) ? SIZE_MAX : length;
}

static pt_values values_of(const pt_module_checkpoint *checkpoint, pt_trajectory trajectory)
{
	return trajectory == PT_TRAJECTORY_A   ? checkpoint->a
		   : trajectory == PT_TRAJECTORY_B ? checkpoint->b
										   : checkpoint->w;
}

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
	}
	pt_free(history->scalings);
	pt_free(history);
}

static pt_status check_shape(
	const pt_module_history *history, const pt_module_checkpoint *checkpoint, pt_error *err)
{
	const pt_module_shape *now = &checkpoint->shape, *first = &history->shape;
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
		if (!is_stored(now->kind, t))
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
	return PT_OK;
}

static void arrival_fini(arrival *a)
{
	for (int t = 0; t < PT_N_TRAJECTORIES; t++)
		pt_vectors_free_item(a->items[t]);
	*a = (arrival){0};
}

static pt_status measure(const pt_module_checkpoint *checkpoint, arrival *a, pt_error *err)
{
	const pt_module_shape *shape = &checkpoint->shape;
	a->scaling = shape->kind == PT_MODULE_LORA ? checkpoint->scaling : (double)NAN;
	if (isinf(a->scaling))
		return pt_fail(err, PT_ERR_NOT_FINITE, NULL, -1, "an infinite LoRA scaling");
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
		a->norms[t] = (double)NAN;
		if (!is_stored(shape->kind, t))
			continue;
		pt_status status = pt_vector_norm(values_of(checkpoint, t), length_of(shape, t), &a->norms[t], err);
		if (status != PT_OK)
			return status;
	}
	if (shape->kind != PT_MODULE_LORA || isnan(a->scaling))
		return PT_OK;
	pt_factors update = {
		shape->rank, shape->d_in, shape->d_out, checkpoint->a, checkpoint->b, checkpoint->scaling};
	return pt_update_norm(&update, &a->norms[PT_TRAJECTORY_DW], err);
}

/* Copies of the values in the form of the history's lists; lists become double at the first double. */
static pt_status copy_values(
	pt_module_history *history, const pt_module_checkpoint *checkpoint, arrival *a, pt_error *err)
{
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
		if (!is_stored(checkpoint->shape.kind, t))
			continue;
		pt_vectors *vectors = &history->vectors[t];
		pt_values values = values_of(checkpoint, t);
		if (vectors->n == 0) {
			vectors->length = length_of(&checkpoint->shape, t);
			vectors->is_f64 = values.f64 != NULL;
		}
		if (values.f64 && !pt_vectors_widen(vectors))
			return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory to widen a module's history");
		a->items[t] = pt_vectors_new_item(vectors, values);
		if (!a->items[t])
			return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for a module's values");
	}
	return PT_OK;
}

static pt_status prepare(
	pt_module_history *history, const pt_module_checkpoint *checkpoint, arrival *a, pt_error *err)
{
	*a = (arrival){0};
	pt_status status = check_shape(history, checkpoint, err);
	if (status == PT_OK)
		status = measure(checkpoint, a, err);
	if (status == PT_OK)
		status = copy_values(history, checkpoint, a, err);
	if (status != PT_OK)
		arrival_fini(a);
	return status;
}

/* Room for one more checkpoint everywhere, so that placing it cannot fail. */
static pt_status reserve(pt_module_history *history, pt_module_kind kind, pt_error *err)
{
	size_t n = history->n + 1;
	bool ok = pt_array_reserve(
		(void **)&history->scalings, &history->scalings_capacity, n, sizeof *history->scalings);
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES && ok; t++) {
		if (!kind_has(kind, t))
			continue;
		if (is_stored(kind, t))
			ok = pt_vectors_reserve(&history->vectors[t], n);
		ok = ok && pt_array_reserve((void **)&history->norms[t], &history->norms_capacity[t], n,
					   sizeof *history->norms[t]);
		pt_status status = ok ? pt_gram_reserve(&history->grams[t], n, err) : PT_OK;
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

/* Vectors, norms and scaling of `a` go in at `index`; the Grams follow later. Takes the items over. */
static void place(pt_module_history *history, size_t index, arrival *a)
{
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
		if (!kind_has(history->shape.kind, t))
			continue;
		if (is_stored(history->shape.kind, t))
			pt_vectors_insert(&history->vectors[t], index, a->items[t]);
		open_gap(history->norms[t], history->n, index, a->norms[t]);
	}
	open_gap(history->scalings, history->n, index, a->scaling);
	history->n_unknown += isnan(a->scaling) ? 1 : 0;
	history->n++;
	memset(a->items, 0, sizeof a->items);
}

/* The reverse of place. */
static arrival displace(pt_module_history *history, size_t index)
{
	arrival a = {0};
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
		if (!kind_has(history->shape.kind, t))
			continue;
		if (is_stored(history->shape.kind, t))
			a.items[t] = pt_vectors_take(&history->vectors[t], index);
		a.norms[t] = close_gap(history->norms[t], history->n, index);
	}
	a.scaling = close_gap(history->scalings, history->n, index);
	history->n_unknown -= isnan(a.scaling) ? 1 : 0;
	history->n--;
	return a;
}

static pt_status check_row(const double *row, size_t n, bool may_be_missing, pt_error *err)
{
	for (size_t j = 0; j < n; j++)
		if (!isfinite(row[j]) && !(may_be_missing && isnan(row[j])))
			return pt_fail(
				err, PT_ERR_NOT_FINITE, NULL, -1, "products of increments are beyond the range of doubles");
	return PT_OK;
}

static void fill_missing(double *row, size_t n)
{
	for (size_t j = 0; j < n; j++)
		row[j] = (double)NAN;
}

/* Row i of dW's Gram; of A's and B's too at rank 1, from the same pass. */
static pt_status compute_lora_row(
	const pt_module_history *h, size_t i, changed_rows *changed, size_t r, pt_error *err)
{
	const pt_vectors *a = &h->vectors[PT_TRAJECTORY_A], *b = &h->vectors[PT_TRAJECTORY_B];
	double *row_a = changed->rows[PT_TRAJECTORY_A][r], *row_b = changed->rows[PT_TRAJECTORY_B][r];
	double *row_dw = changed->rows[PT_TRAJECTORY_DW][r];
	bool known = !isnan(h->scalings[i]) && (i == 0 || !isnan(h->scalings[i - 1]));
	if (!known || h->shape.rank > 1) {
		pt_increment_row(h->kernels, a, i, row_a);
		pt_increment_row(h->kernels, b, i, row_b);
		if (known)
			return pt_update_row(a, b, h->shape.rank, h->scalings, i, row_dw, err);
		fill_missing(row_dw, h->n);
		return PT_OK;
	}
	pt_product_row(h->kernels, a, i, false, changed->products_a);
	pt_product_row(h->kernels, b, i, true, changed->products_b);
	for (size_t j = 0; j < h->n; j++) {
		row_a[j] = changed->products_a[j * PT_N_PRODUCTS + PT_PRODUCT_INCREMENTS];
		row_b[j] = changed->products_b[j * PT_N_PRODUCTS + PT_PRODUCT_INCREMENTS];
	}
	pt_update_row_rank_one(changed->products_a, changed->products_b, h->scalings, h->n, i, row_dw);
	return PT_OK;
}

static pt_status compute_row(
	const pt_module_history *history, size_t i, changed_rows *changed, size_t r, pt_error *err)
{
	pt_status status = PT_OK;
	if (history->shape.kind == PT_MODULE_FULL)
		pt_increment_row(
			history->kernels, &history->vectors[PT_TRAJECTORY_W], i, changed->rows[PT_TRAJECTORY_W][r]);
	else
		status = compute_lora_row(history, i, changed, r, err);
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES && status == PT_OK; t++)
		if (kind_has(history->shape.kind, t))
			status = check_row(
				changed->rows[t][r], history->n, t == PT_TRAJECTORY_DW && history->n_unknown > 0, err);
	return status;
}

/* Rows first … first + n_rows − 1 (those that exist) of all Grams, from the vectors as they now stand. */
static pt_status compute_changed(
	const pt_module_history *history, size_t first, size_t n_rows, changed_rows *changed, pt_error *err)
{
	size_t n = history->n, left = first < n ? n - first : 0;
	*changed = (changed_rows){.first = first, .n_rows = n_rows < left ? n_rows : left, .n = n};
	if (changed->n_rows == 0)
		return PT_OK;
	size_t n_row_buffers = PT_N_TRAJECTORIES * MAX_CHANGED;
	changed->memory = pt_array_alloc(n, (n_row_buffers + 2 * PT_N_PRODUCTS) * sizeof(double));
	if (!changed->memory)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the rows of a Gram");
	for (size_t t = 0; t < PT_N_TRAJECTORIES; t++)
		for (size_t r = 0; r < MAX_CHANGED; r++)
			changed->rows[t][r] = changed->memory + (t * MAX_CHANGED + r) * n;
	changed->products_a = changed->memory + n_row_buffers * n;
	changed->products_b = changed->products_a + PT_N_PRODUCTS * n;
	pt_status status = PT_OK;
	for (size_t r = 0; r < changed->n_rows && status == PT_OK; r++)
		status = compute_row(history, first + r, changed, r, err);
	return status;
}

/* Writes the rows into the Grams; the first of them is new where `inserted`. The Grams have room. */
static void commit(pt_module_history *history, changed_rows *changed, bool inserted)
{
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
		if (!kind_has(history->shape.kind, t))
			continue;
		for (size_t r = 0; r < changed->n_rows; r++) {
			if (r > 0 || !inserted) {
				pt_gram_set_row(&history->grams[t], changed->first + r, changed->rows[t][r]);
				continue;
			}
			pt_status status = pt_gram_insert(&history->grams[t], changed->first, changed->rows[t][r], NULL);
			assert(status == PT_OK);
			(void)status;
		}
	}
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
	changed_rows changed;
	status = compute_changed(history, index, MAX_CHANGED, &changed, err);
	if (status == PT_OK) {
		commit(history, &changed, true);
	} else {
		a = displace(history, index);
		arrival_fini(&a);
	}
	pt_free(changed.memory);
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
	changed_rows changed;
	status = compute_changed(history, index, MAX_CHANGED, &changed, err);
	if (status == PT_OK) {
		commit(history, &changed, false);
	} else {
		a = displace(history, index);
		place(history, index, &old);
		old = a;
	}
	arrival_fini(&old);
	pt_free(changed.memory);
	return status;
}

pt_status pt_module_history_remove(pt_module_history *history, size_t index, pt_error *err)
{
	assert(index < history->n);
	arrival old = displace(history, index);
	changed_rows changed;
	pt_status status = compute_changed(history, index, 1, &changed, err);
	if (status == PT_OK) {
		for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++)
			if (kind_has(history->shape.kind, t))
				pt_gram_remove(&history->grams[t], index);
		commit(history, &changed, false);
		arrival_fini(&old);
	} else {
		place(history, index, &old);
	}
	pt_free(changed.memory);
	return status;
}

size_t pt_module_history_n(const pt_module_history *history)
{
	return history->n;
}

bool pt_module_history_has(const pt_module_history *history, pt_trajectory trajectory)
{
	if (history->n == 0 || !kind_has(history->shape.kind, trajectory))
		return false;
	return trajectory != PT_TRAJECTORY_DW || history->n_unknown == 0;
}

const pt_gram *pt_module_history_gram(const pt_module_history *history, pt_trajectory trajectory)
{
	bool there = history->n > 0 && kind_has(history->shape.kind, trajectory);
	return there ? &history->grams[trajectory] : NULL;
}

const double *pt_module_history_norms(const pt_module_history *history, pt_trajectory trajectory)
{
	bool there = history->n > 0 && kind_has(history->shape.kind, trajectory);
	return there ? history->norms[trajectory] : NULL;
}

pt_module_checkpoint pt_module_history_at(const pt_module_history *history, size_t index)
{
	assert(index < history->n);
	pt_module_checkpoint at = {.shape = history->shape, .scaling = history->scalings[index]};
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
	size_t bytes = sizeof *history + history->scalings_capacity * sizeof(double);
	for (int t = 0; t < PT_N_TRAJECTORIES; t++) {
		const pt_vectors *vectors = &history->vectors[t];
		bytes += vectors->n * pt_vectors_item_bytes(vectors) + vectors->capacity * sizeof(void *);
		bytes += pt_gram_bytes(&history->grams[t]) + history->norms_capacity[t] * sizeof(double);
	}
	return bytes;
}
