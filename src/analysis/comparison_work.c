/* The products of runs with each other, a piece at a time (contracts in comparison.h). */
#include <string.h>

#include "comparison.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/cross_products.h"

enum {
	MOST_AT_ONCE = 32,       /* new rows (or columns) of a piece */
	PIECE_PRODUCTS = 1 << 26 /* multiplications of a piece, about: some hundredths of a second */
};

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for the products of two runs");
}

/* --- what comes next ---------------------------------------------------------------------------------- */

static bool choose_versus(pt_comparison *c, const pt_compared_list *list)
{
	for (size_t r = 0; r < list->n; r++)
		for (int m = 0; m < PT_N_MATRICES; m++) {
			const pt_versus *versus = &c->runs[r].versus[m];
			if (!versus->same_shapes || (versus->last_done && versus->n_done == versus->n))
				continue;
			c->work.kind = PT_WORK_VERSUS;
			c->work.type = m;
			c->work.run = r;
			c->work.other = list->baseline;
			c->work.step = versus->last_done ? versus->n_done : SIZE_MAX;
			c->work.n = 1;
			return true;
		}
	return false;
}

/* Multiplications of the longest selected module for one product. */
static double products_of(const pt_trajectories *t, int type)
{
	double most = 1.0;
	for (size_t i = 0; i < t->n_modules; i++) {
		if (!t->modules[i].selected || pt_module_history_n(t->modules[i].history) == 0)
			continue;
		pt_module_shape shape = pt_module_history_at(t->modules[i].history, 0).shape;
		double rank = (double)shape.rank, n_experts = shape.n_experts > 1 ? (double)shape.n_experts : 1.0;
		double own = type == PT_MATRIX_W   ? (double)shape.length
					 : type == PT_MATRIX_A ? n_experts * rank * (double)shape.d_in
					 : type == PT_MATRIX_B
						 ? n_experts * rank * (double)shape.d_out
						 : n_experts * 4.0 * rank * rank * (double)(shape.d_in + shape.d_out);
		most = own > most ? own : most;
	}
	return most;
}

/* The next rows of the pair's first run beside all columns that are there, or the other way round. */
static bool choose_cross(pt_comparison *c, const pt_compared_list *list, size_t i, size_t j, int type)
{
	const pt_trajectories *a = list->runs[i], *b = list->runs[j];
	const pt_cross *cross = pt_comparison_cross(c, i, j, type);
	if (cross->rows == a->n_complete && cross->cols == b->n_complete)
		return false;
	bool by_rows = cross->cols == b->n_complete;
	size_t beside = by_rows ? cross->cols : cross->rows;
	size_t first = by_rows ? cross->rows : cross->cols, end = by_rows ? a->n_complete : b->n_complete;
	double room = PIECE_PRODUCTS / (products_of(a, type) * (double)(beside > 0 ? beside : 1));
	size_t most = room < 1.0 ? 1 : room > MOST_AT_ONCE ? MOST_AT_ONCE : (size_t)room;
	if (beside == 0)
		most = end - first; /* nothing to compute yet */
	c->work.kind = PT_WORK_CROSS;
	c->work.type = type;
	c->work.run = i;
	c->work.other = j;
	c->work.by_rows = by_rows;
	c->work.first = first;
	c->work.n = end - first < most ? end - first : most;
	return true;
}

static bool choose_any_cross(pt_comparison *c, const pt_compared_list *list)
{
	for (int m = 0; m < PT_N_MATRICES; m++) {
		const pt_joint *joint = &c->joints[m];
		for (size_t s = 1; s < joint->n_members; s++)
			for (size_t r = 0; r < s; r++)
				if (choose_cross(c, list, joint->members[r], joint->members[s], m))
					return true;
	}
	return false;
}

/* Room for the sums, all 0. */
static pt_status clear_sums(pt_comparison_work *work, size_t n, pt_error *err)
{
	if (!pt_array_reserve((void **)&work->sums, &work->capacity, n, sizeof *work->sums))
		return out_of_memory(err);
	memset(work->sums, 0, n * sizeof *work->sums);
	return PT_OK;
}

pt_status pt_comparison_choose(pt_comparison *c, const pt_compared_list *list, pt_error *err)
{
	c->work.at_module = 0;
	c->work.kind = PT_WORK_NONE;
	if (choose_versus(c, list))
		return clear_sums(&c->work, 4, err);
	if (!choose_any_cross(c, list))
		return PT_OK;
	const pt_cross *cross = pt_comparison_cross(c, c->work.run, c->work.other, c->work.type);
	return clear_sums(&c->work, c->work.n * (c->work.by_rows ? cross->cols : cross->rows) + 1, err);
}

bool pt_comparison_pending(const pt_comparison *c)
{
	return c->work.kind != PT_WORK_NONE;
}

/* --- one module of it --------------------------------------------------------------------------------- */

/* The work's next module of a run: the place of its number among the selected ones. */
static const pt_module_history *module_at(const pt_trajectories *t, size_t number)
{
	for (size_t i = 0; i < t->n_modules; i++) {
		if (!t->modules[i].selected)
			continue;
		if (number-- == 0)
			return t->modules[i].history;
	}
	return NULL;
}

static const pt_versus_step *step_of(const pt_comparison *c)
{
	const pt_versus *versus = &c->runs[c->work.run].versus[c->work.type];
	return c->work.step == SIZE_MAX ? &versus->last : &versus->steps[c->work.step];
}

/* Vector and drift of the run with those of the baseline. */
static pt_status multiply_versus(
	pt_comparison *c, const pt_module_history *own, const pt_module_history *base, pt_error *err)
{
	const pt_versus_step *step = step_of(c);
	pt_difference of_own[] = {{step->own, PT_FROM_ZERO}, {step->own, 0}};
	pt_difference of_base[] = {{step->base, PT_FROM_ZERO}, {step->base, 0}};
	pt_difference_list a = {own, of_own, 2}, b = {base, of_base, 2};
	return pt_cross_products(&a, &b, (pt_trajectory)c->work.type, (pt_block_mut){c->work.sums, 2, 2, 2}, err);
}

/* New rows with all columns that are there, or all rows with new columns. */
static pt_status multiply_cross(
	pt_comparison *c, const pt_module_history *a, const pt_module_history *b, pt_error *err)
{
	const pt_comparison_work *w = &c->work;
	const pt_cross *cross = pt_comparison_cross(c, w->run, w->other, w->type);
	size_t rows = w->by_rows ? w->n : cross->rows, cols = w->by_rows ? cross->cols : w->n;
	if (rows == 0 || cols == 0)
		return PT_OK;
	pt_difference *at = pt_array_alloc(rows + cols, sizeof *at);
	if (!at)
		return out_of_memory(err);
	for (size_t i = 0; i < rows; i++)
		at[i] = pt_difference_of_increment(i + (w->by_rows ? w->first : 0));
	for (size_t j = 0; j < cols; j++)
		at[rows + j] = pt_difference_of_increment(j + (w->by_rows ? 0 : w->first));
	pt_difference_list x = {a, at, rows}, y = {b, at + rows, cols};
	pt_status status =
		pt_cross_products(&x, &y, (pt_trajectory)w->type, (pt_block_mut){w->sums, rows, cols, cols}, err);
	pt_free(at);
	return status;
}

/* --- all modules are in ------------------------------------------------------------------------------- */

static void store_versus(pt_comparison *c)
{
	pt_versus *versus = &c->runs[c->work.run].versus[c->work.type];
	bool is_last = c->work.step == SIZE_MAX;
	pt_versus_step *step = is_last ? &versus->last : &versus->steps[c->work.step];
	step->level = c->work.sums[0];
	step->drift = c->work.sums[3];
	if (is_last)
		versus->last_done = true;
	else
		versus->n_done++;
}

/* Room for so many rows and columns. */
static bool grow_cross(pt_cross *cross, size_t rows, size_t cols)
{
	if (rows <= cross->row_capacity && cols <= cross->stride)
		return true;
	size_t row_capacity = rows <= cross->row_capacity ? cross->row_capacity : rows + rows / 4 + 8;
	size_t stride = cols <= cross->stride ? cross->stride : cols + cols / 4 + 8;
	double *values = pt_array_alloc(row_capacity, stride * sizeof *values);
	if (!values)
		return false;
	for (size_t i = 0; i < cross->rows && cross->cols > 0; i++)
		memcpy(values + i * stride, cross->values + i * cross->stride, cross->cols * sizeof *values);
	pt_free(cross->values);
	cross->values = values;
	cross->row_capacity = row_capacity;
	cross->stride = stride;
	return true;
}

static pt_status store_cross(pt_comparison *c, const pt_compared_list *list, pt_error *err)
{
	const pt_comparison_work *w = &c->work;
	pt_cross *cross = pt_comparison_cross(c, w->run, w->other, w->type);
	size_t rows = w->by_rows ? w->n : cross->rows, cols = w->by_rows ? cross->cols : w->n;
	size_t top = w->by_rows ? w->first : 0, left = w->by_rows ? 0 : w->first;
	if (!grow_cross(cross, list->runs[w->run]->n_complete, list->runs[w->other]->n_complete))
		return out_of_memory(err);
	for (size_t i = 0; i < rows && cols > 0; i++)
		memcpy(cross->values + (top + i) * cross->stride + left, w->sums + i * cols, cols * sizeof *w->sums);
	if (w->by_rows)
		cross->rows += w->n;
	else
		cross->cols += w->n;
	return PT_OK;
}

pt_status pt_comparison_advance(pt_comparison *c, const pt_compared_list *list, pt_error *err)
{
	pt_comparison_work *w = &c->work;
	bool is_versus = w->kind == PT_WORK_VERSUS;
	const pt_module_history *a = module_at(list->runs[w->run], w->at_module);
	const pt_module_history *b = module_at(list->runs[w->other], w->at_module);
	pt_status status = PT_OK;
	if (a && b) {
		status = is_versus ? multiply_versus(c, a, b, err) : multiply_cross(c, a, b, err);
		w->at_module += status == PT_OK;
		return status;
	}
	if (is_versus)
		store_versus(c);
	else
		status = store_cross(c, list, err);
	return status == PT_OK ? pt_comparison_choose(c, list, err) : status;
}
