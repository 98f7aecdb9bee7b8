#include "comparison.h"

#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/numeric/cross_products.h"

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for the comparison of runs");
}

void pt_comparison_init(pt_comparison *c)
{
	*c = (pt_comparison){.baseline = SIZE_MAX};
	for (int m = 0; m < PT_N_MATRICES; m++)
		pt_joint_pca_init(&c->joints[m].pca);
}

void pt_joint_forget(pt_joint *joint)
{
	pt_joint_pca_fini(&joint->pca);
	pt_free(joint->runs);
	pt_free(joint->counts);
	pt_free(joint->steps);
	joint->runs = joint->counts = NULL;
	joint->steps = NULL;
	joint->n_runs = 0;
	joint->stale = true;
}

static size_t n_pairs_of(size_t n_runs)
{
	return n_runs * (n_runs > 0 ? n_runs - 1 : 0) / 2;
}

void pt_comparison_fini(pt_comparison *c)
{
	for (size_t i = 0; i < c->n_runs; i++)
		for (int m = 0; m < PT_N_MATRICES; m++)
			pt_free(c->runs[i].versus[m].steps);
	for (size_t i = 0; i < n_pairs_of(c->n_runs); i++)
		for (int m = 0; m < PT_N_MATRICES; m++)
			pt_free(c->pairs[i].types[m].values);
	for (int m = 0; m < PT_N_MATRICES; m++) {
		pt_joint_forget(&c->joints[m]);
		pt_free(c->joints[m].members);
		pt_free(c->joints[m].left_out);
	}
	pt_free(c->runs);
	pt_free(c->pairs);
	pt_free(c->work.sums);
	*c = (pt_comparison){.baseline = SIZE_MAX};
}

pt_cross *pt_comparison_cross(const pt_comparison *c, size_t i, size_t j, int type)
{
	return &c->pairs[j * (j - 1) / 2 + i].types[type];
}

size_t pt_comparison_bytes(const pt_comparison *c)
{
	size_t bytes = c->work.capacity * sizeof(double);
	for (size_t i = 0; i < n_pairs_of(c->n_runs); i++)
		for (int m = 0; m < PT_N_MATRICES; m++) {
			const pt_cross *cross = &c->pairs[i].types[m];
			bytes += cross->row_capacity * cross->stride * sizeof(double);
		}
	return bytes;
}

/* --- which runs agree --------------------------------------------------------------------------------- */

/* The next selected module at or after `at`; NULL: none. *at is then its place. */
static const pt_tracked_module *selected_from(const pt_trajectories *t, size_t *at)
{
	while (*at < t->n_modules && !t->modules[*at].selected)
		++*at;
	return *at < t->n_modules ? &t->modules[*at] : NULL;
}

bool pt_runs_agree(const pt_trajectories *a, const pt_trajectories *b, pt_trajectory type)
{
	size_t i = 0, j = 0;
	for (;; i++, j++) {
		const pt_tracked_module *x = selected_from(a, &i), *y = selected_from(b, &j);
		if (!x || !y)
			return !x && !y;
		if (strcmp(x->name, y->name) != 0 || strcmp(x->adapter, y->adapter) != 0 ||
			!pt_histories_agree(x->history, y->history, type))
			return false;
	}
}

/* --- what changed ------------------------------------------------------------------------------------- */

static pt_status reserve_runs(pt_comparison *c, size_t n, pt_error *err)
{
	size_t before = c->n_runs;
	if (n <= before)
		return PT_OK;
	if (!pt_array_reserve((void **)&c->runs, &c->run_capacity, n, sizeof *c->runs) ||
		!pt_array_reserve((void **)&c->pairs, &c->pair_capacity, n_pairs_of(n), sizeof *c->pairs))
		return out_of_memory(err);
	memset(c->runs + before, 0, (n - before) * sizeof *c->runs);
	size_t n_pairs = n_pairs_of(before);
	if (n_pairs_of(n) > n_pairs)
		memset(c->pairs + n_pairs, 0, (n_pairs_of(n) - n_pairs) * sizeof *c->pairs);
	c->n_runs = n;
	return PT_OK;
}

/* Leading checkpoints of a run that are as they were at the last sync. */
static size_t unchanged(const pt_trajectories *t)
{
	return t ? t->n_compared : 0;
}

/* Products of checkpoints that changed are no longer there. */
static void invalidate(pt_comparison *c, const pt_compared_list *list)
{
	for (size_t j = 1; j < c->n_runs; j++)
		for (size_t i = 0; i < j; i++)
			for (int m = 0; m < PT_N_MATRICES; m++) {
				pt_cross *cross = pt_comparison_cross(c, i, j, m);
				size_t rows = i < list->n ? unchanged(list->runs[i]) : 0;
				size_t cols = j < list->n ? unchanged(list->runs[j]) : 0;
				cross->rows = cross->rows < rows ? cross->rows : rows;
				cross->cols = cross->cols < cols ? cross->cols : cols;
			}
}

/* Nothing of a plane is right any more where a run began anew: another module set, other files. */
static void forget_planes(pt_comparison *c, const pt_compared_list *list)
{
	for (int m = 0; m < PT_N_MATRICES; m++) {
		pt_joint *joint = &c->joints[m];
		for (size_t r = 0; r < joint->n_runs; r++) {
			size_t run = joint->runs[r];
			if (run < list->n && unchanged(list->runs[run]) > 0)
				continue;
			pt_joint_forget(joint);
			break;
		}
	}
}

/* Steps at which both have a complete checkpoint; NULL in `out`: only counted. */
static size_t common_steps(const pt_trajectories *own, const pt_trajectories *base, pt_versus_step *out)
{
	size_t n = 0;
	for (size_t i = 0, j = 0; i < own->n_complete && j < base->n_complete;) {
		int64_t a = own->complete_steps[i], b = base->complete_steps[j];
		if (a == b && out)
			out[n] = (pt_versus_step){.step = a, .own = i, .base = j};
		n += a == b;
		i += a <= b;
		j += b <= a;
	}
	return n;
}

static bool is_same_pair(const pt_versus_step *a, const pt_versus_step *b)
{
	return a->own == b->own && a->base == b->base;
}

/* The steps of a run beside the baseline; products of those that did not change stay. */
static pt_status follow_versus(
	pt_versus *versus, const pt_trajectories *own, const pt_trajectories *base, bool keeps, pt_error *err)
{
	size_t n = common_steps(own, base, NULL);
	pt_versus_step *steps = pt_array_alloc(n, sizeof *steps);
	if (!steps)
		return out_of_memory(err);
	common_steps(own, base, steps);
	size_t kept = 0;
	while (keeps && kept < versus->n_done && kept < n && steps[kept].own < unchanged(own) &&
		   steps[kept].base < unchanged(base) && is_same_pair(&steps[kept], &versus->steps[kept])) {
		steps[kept] = versus->steps[kept];
		kept++;
	}
	pt_versus_step last = {.step = own->complete_steps[own->n_complete - 1],
		.own = own->n_complete - 1,
		.base = base->n_complete - 1};
	bool last_kept = keeps && versus->last_done && last.own < unchanged(own) && last.base < unchanged(base) &&
					 is_same_pair(&last, &versus->last);
	pt_free(versus->steps);
	*versus = (pt_versus){.present = true,
		.same_shapes = true,
		.n = n,
		.n_done = kept,
		.steps = steps,
		.last = last_kept ? versus->last : last,
		.last_done = last_kept};
	return PT_OK;
}

static pt_status follow_run(
	pt_comparison *c, const pt_compared_list *list, size_t r, bool same_baseline, pt_error *err)
{
	const pt_trajectories *own = list->runs[r];
	const pt_trajectories *base = list->baseline < list->n ? list->runs[list->baseline] : NULL;
	for (int m = 0; m < PT_N_MATRICES; m++) {
		pt_versus *versus = &c->runs[r].versus[m];
		bool wanted =
			c->wanted & PT_WANT_COMPARISON && c->types & PT_MATRIX_BIT(m) && own && base && own != base;
		bool present = wanted && own->matrices[m].present && base->matrices[m].present;
		if (present && pt_runs_agree(own, base, (pt_trajectory)m)) {
			pt_status status = follow_versus(versus, own, base, same_baseline && versus->same_shapes, err);
			if (status != PT_OK)
				return status;
			continue;
		}
		pt_free(versus->steps);
		*versus = (pt_versus){.present = present};
	}
	return PT_OK;
}

static pt_status follow(
	pt_comparison *c, const pt_compared_list *list, const pt_settings *settings, pt_error *err)
{
	pt_status status = reserve_runs(c, list->n, err);
	if (status != PT_OK)
		return status;
	invalidate(c, list);
	forget_planes(c, list);
	bool same_baseline = c->baseline == list->baseline;
	for (size_t r = 0; r < list->n && status == PT_OK; r++)
		status = follow_run(c, list, r, same_baseline, err);
	c->baseline = list->baseline;
	if (status == PT_OK)
		status = pt_comparison_join(c, list, settings, err);
	for (size_t r = 0; r < list->n && status == PT_OK; r++)
		if (list->runs[r])
			list->runs[r]->n_compared = list->runs[r]->n_complete;
	c->work.kind = PT_WORK_NONE;
	return status == PT_OK ? pt_comparison_choose(c, list, err) : status;
}

pt_status pt_comparison_sync(
	pt_comparison *c, const pt_compared_list *list, const pt_settings *settings, pt_error *err)
{
	unsigned wanted = settings->wanted & (PT_WANT_COMPARISON | PT_WANT_JOINT);
	if (!wanted && !c->wanted)
		return PT_OK; /* what changes meanwhile is marked in the runs */
	c->wanted = wanted;
	c->types = settings->compared ? settings->compared : PT_MATRIX_BIT(PT_N_MATRICES) - 1;
	pt_status status = follow(c, list, settings, err);
	if (status != PT_OK) {
		pt_comparison_fini(c);
		pt_comparison_init(c);
	}
	return status;
}
