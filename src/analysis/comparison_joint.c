/* Planes that several runs share: who is in them, and their PCA (contracts in comparison.h). */
#include <string.h>

#include "comparison.h"
#include "phasetop/base/alloc.h"

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for the joint plane of runs");
}

/* Was the run, by its place in the snapshot, taken out by hand? */
static bool is_left_out(const pt_settings *settings, size_t place)
{
	return place < PT_MAX_LEFT_OUT && settings->left_out[place / 64] >> place % 64 & 1;
}

/* Could the run be in a plane of this type? */
static bool is_candidate(
	const pt_compared_list *list, const pt_settings *settings, size_t r, size_t place, int type)
{
	return list->runs[r] && list->runs[r]->matrices[type].present && !is_left_out(settings, place);
}

/* The run whose shapes decide: the baseline where it is a candidate, else the first one; list->n: none. */
static size_t anchor_of(const pt_compared_list *list, const pt_settings *settings, int type)
{
	size_t first = list->n, place = 0;
	for (size_t r = 0; r < list->n; place += list->runs[r] != NULL, r++) {
		if (!is_candidate(list, settings, r, place, type))
			continue;
		if (r == list->baseline)
			return r;
		first = first < list->n ? first : r;
	}
	return first;
}

/* Members and those left out, rising, into arrays with room for all runs. */
typedef struct membership {
	size_t *members, *left_out;
	size_t n_members, n_left_out;
} membership;

static void choose_members(
	const pt_compared_list *list, const pt_settings *settings, int type, membership *chosen)
{
	size_t anchor = anchor_of(list, settings, type), place = 0;
	if (anchor == list->n)
		return;
	size_t n_points = list->runs[anchor]->n_complete;
	for (size_t r = 0; r < list->n; place += list->runs[r] != NULL, r++) {
		if (!is_candidate(list, settings, r, place, type))
			continue;
		const pt_trajectories *t = list->runs[r];
		bool fits = r == anchor || n_points + t->n_complete <= PT_JOINT_MAX_POINTS;
		if (!fits || !pt_runs_agree(list->runs[anchor], t, (pt_trajectory)type)) {
			chosen->left_out[chosen->n_left_out++] = r;
			continue;
		}
		n_points += r == anchor ? 0 : t->n_complete;
		chosen->members[chosen->n_members++] = r;
	}
}

/* Is the result of these members as they are? */
static bool is_current(const pt_joint *joint, const pt_compared_list *list)
{
	bool same = joint->n_runs == joint->n_members;
	for (size_t r = 0; same && r < joint->n_runs; r++) {
		const pt_trajectories *t = list->runs[joint->members[r]];
		same = joint->runs[r] == joint->members[r] && joint->counts[r] == t->n_complete &&
			   t->n_compared == t->n_complete;
	}
	return same;
}

pt_status pt_comparison_join(
	pt_comparison *c, const pt_compared_list *list, const pt_settings *settings, pt_error *err)
{
	for (int m = 0; m < PT_N_MATRICES; m++) {
		pt_joint *joint = &c->joints[m];
		membership chosen = {.members = pt_array_alloc(list->n, sizeof(size_t)),
			.left_out = pt_array_alloc(list->n, sizeof(size_t))};
		if (!chosen.members || !chosen.left_out) {
			pt_free(chosen.members);
			pt_free(chosen.left_out);
			return out_of_memory(err);
		}
		if (c->wanted & PT_WANT_JOINT && c->types & PT_MATRIX_BIT(m))
			choose_members(list, settings, m, &chosen);
		if (chosen.n_members < 2)
			chosen.n_members = 0; /* a plane of one run is its own */
		pt_free(joint->members);
		pt_free(joint->left_out);
		joint->members = chosen.members;
		joint->left_out = chosen.left_out;
		joint->n_members = chosen.n_members;
		joint->n_left_out = chosen.n_left_out;
		joint->stale |= !is_current(joint, list);
		if (joint->n_members == 0)
			pt_joint_forget(joint);
	}
	return PT_OK;
}

/* Entries of the products between members that there are, and that there will be. */
static void count_products(
	const pt_comparison *c, const pt_compared_list *list, int type, double *done, double *all)
{
	const pt_joint *joint = &c->joints[type];
	*done = *all = 0.0;
	for (size_t s = 1; s < joint->n_members; s++)
		for (size_t r = 0; r < s; r++) {
			const pt_cross *cross = pt_comparison_cross(c, joint->members[r], joint->members[s], type);
			*done += (double)cross->rows * (double)cross->cols;
			*all += (double)list->runs[joint->members[r]]->n_complete *
					(double)list->runs[joint->members[s]]->n_complete;
		}
}

double pt_comparison_progress(const pt_comparison *c, const pt_compared_list *list, int type)
{
	double done, all;
	count_products(c, list, type, &done, &all);
	return all > 0.0 ? done / all : 1.0;
}

/* The members as the joint PCA wants them. */
typedef struct joint_parts {
	const pt_gram **grams;
	pt_block *cross;
	size_t *runs, *counts;
	int64_t *steps;
} joint_parts;

static void parts_fini(joint_parts *parts)
{
	pt_free(parts->grams);
	pt_free(parts->cross);
	pt_free(parts->runs);
	pt_free(parts->counts);
	pt_free(parts->steps);
}

static bool parts_init(joint_parts *parts, const pt_comparison *c, const pt_compared_list *list, int type)
{
	const pt_joint *joint = &c->joints[type];
	size_t n = joint->n_members, n_points = 0;
	for (size_t r = 0; r < n; r++)
		n_points += list->runs[joint->members[r]]->n_complete;
	*parts = (joint_parts){.grams = pt_array_alloc(n, sizeof *parts->grams),
		.cross = pt_array_alloc(n, n * sizeof *parts->cross),
		.runs = pt_array_alloc(n, sizeof *parts->runs),
		.counts = pt_array_alloc(n, sizeof *parts->counts),
		.steps = pt_array_alloc(n_points, sizeof *parts->steps)};
	if (!parts->grams || !parts->cross || !parts->runs || !parts->counts || !parts->steps)
		return false;
	size_t first = 0;
	for (size_t r = 0; r < n; r++) {
		const pt_trajectories *t = list->runs[joint->members[r]];
		parts->grams[r] = &t->matrices[type].gram;
		parts->runs[r] = joint->members[r];
		parts->counts[r] = t->n_complete;
		memcpy(parts->steps + first, t->complete_steps, t->n_complete * sizeof *parts->steps);
		first += t->n_complete;
		for (size_t s = r + 1; s < n; s++) {
			const pt_cross *cross = pt_comparison_cross(c, joint->members[r], joint->members[s], type);
			parts->cross[r * n + s] = (pt_block){cross->values, cross->rows, cross->cols, cross->stride};
		}
	}
	return true;
}

static pt_status derive_plane(pt_comparison *c, const pt_compared_list *list, int type, pt_error *err)
{
	pt_joint *joint = &c->joints[type];
	joint_parts parts;
	pt_joint_pca pca;
	pt_joint_pca_init(&pca);
	if (!parts_init(&parts, c, list, type)) {
		parts_fini(&parts);
		return out_of_memory(err);
	}
	pt_joint_input input = {.n_runs = joint->n_members, .grams = parts.grams, .cross = parts.cross};
	pt_status status = pt_joint_pca_compute(&input, &pca, err);
	if (status == PT_OK) {
		pt_joint_forget(joint);
		joint->pca = pca;
		joint->n_runs = joint->n_members;
		joint->runs = parts.runs;
		joint->counts = parts.counts;
		joint->steps = parts.steps;
		parts.runs = parts.counts = NULL;
		parts.steps = NULL;
	}
	/* products that are not finite give no plane, now or later */
	joint->stale = status == PT_ERR_MEMORY;
	parts_fini(&parts);
	return status == PT_ERR_NOT_FINITE ? PT_OK : status;
}

pt_status pt_comparison_derive(pt_comparison *c, const pt_compared_list *list, pt_error *err)
{
	for (int m = 0; m < PT_N_MATRICES; m++) {
		double done, all;
		if (!c->joints[m].stale || c->joints[m].n_members == 0)
			continue;
		count_products(c, list, m, &done, &all);
		if (done < all)
			continue;
		pt_status status = derive_plane(c, list, m, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}
