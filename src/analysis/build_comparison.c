/* Runs beside each other in a snapshot (contract in snapshot_build.h). */
#include <math.h>

#include "snapshot_build.h"

/* Undefined where a vector is 0; rounding may not lead beyond ±1. */
static double cosine(double inner, double first_norm, double second_norm)
{
	double lengths = first_norm * second_norm;
	return lengths > 0.0 && isfinite(inner) ? fmax(-1.0, fmin(1.0, inner / lengths)) : PT_MISSING;
}

/* What both cosines of one moment are made of. */
typedef struct moment {
	double cosine, drift_cosine;
} moment;

static moment moment_of(
	const pt_versus_step *step, const pt_tracked_matrix *own, const pt_tracked_matrix *base)
{
	const double *drift = pt_matrix_lengths(&own->results, PT_LENGTH_DRIFT);
	const double *base_drift = pt_matrix_lengths(&base->results, PT_LENGTH_DRIFT);
	return (moment){cosine(step->level, own->norms[step->own], base->norms[step->base]),
		cosine(step->drift, drift[step->own], base_drift[step->base])};
}

static int64_t turn_lag(const pt_matrix_view *own, const pt_matrix_view *base)
{
	const pt_change_point_view *ours = pt_strongest_change(own), *theirs = pt_strongest_change(base);
	return ours && theirs ? ours->step - theirs->step : PT_NO_STEP;
}

static pt_status build_steps(const pt_versus *versus, const pt_tracked_matrix *own,
	const pt_tracked_matrix *base, pt_arena *arena, pt_versus_view *view, pt_error *err)
{
	size_t n = versus->n_done;
	int64_t *steps = pt_arena_alloc(arena, n, sizeof *steps);
	double *cosines = pt_arena_alloc(arena, n, 2 * sizeof *cosines);
	if (!steps || !cosines)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < n; i++) {
		moment at = moment_of(&versus->steps[i], own, base);
		steps[i] = versus->steps[i].step;
		cosines[i] = at.cosine;
		cosines[n + i] = at.drift_cosine;
	}
	view->n = n;
	view->steps = steps;
	view->cosine = cosines;
	view->drift_cosine = cosines + n;
	return PT_OK;
}

static pt_status build_versus(const pt_comparison *c, const pt_compared_list *list, size_t r, size_t place,
	pt_snapshot *snapshot, pt_error *err)
{
	pt_run_view *run = (pt_run_view *)&snapshot->runs[place];
	for (int m = 0; m < PT_N_MATRICES; m++) {
		const pt_versus *versus = &c->runs[r].versus[m];
		pt_versus_view *view = &run->versus[m];
		*view = (pt_versus_view){
			.cosine_final = PT_MISSING, .cosine_of_drift = PT_MISSING, .turn_lag_steps = PT_NO_STEP};
		if (!versus->present)
			continue;
		const pt_tracked_matrix *own = &list->runs[r]->matrices[m],
								*base = &list->runs[list->baseline]->matrices[m];
		view->turn_lag_steps = turn_lag(&run->matrices[m], &snapshot->runs[snapshot->baseline].matrices[m]);
		view->same_shapes = versus->same_shapes;
		view->present = !versus->same_shapes || versus->last_done;
		if (!versus->same_shapes)
			continue;
		if (versus->last_done) {
			moment last = moment_of(&versus->last, own, base);
			view->cosine_final = last.cosine;
			view->cosine_of_drift = last.drift_cosine;
		}
		pt_status status = build_steps(versus, own, base, snapshot->arena, view, err);
		if (status != PT_OK)
			return status;
	}
	return PT_OK;
}

/* Place in the snapshot of a run of the pipeline. */
static size_t place_of(const pt_compared_list *list, size_t run)
{
	size_t place = 0;
	for (size_t r = 0; r < run; r++)
		place += list->runs[r] != NULL;
	return place;
}

static pt_status build_paths(const pt_joint *joint, const pt_compared_list *list, pt_arena *arena,
	pt_joint_pca_view *view, pt_error *err)
{
	pt_joint_run_view *runs = pt_arena_alloc(arena, joint->n_runs, sizeof *runs);
	int64_t *steps = pt_arena_copy(arena, joint->steps, joint->pca.n, sizeof *steps);
	double *pc1 = pt_arena_copy(arena, joint->pca.scores[0], joint->pca.n, sizeof *pc1);
	double *pc2 = pt_arena_copy(arena, joint->pca.scores[1], joint->pca.n, sizeof *pc2);
	if (!runs || !steps || !pc1 || !pc2)
		return pt_build_out_of_memory(err);
	size_t first = 0;
	for (size_t r = 0; r < joint->n_runs; first += joint->counts[r], r++)
		runs[r] = (pt_joint_run_view){.run = place_of(list, joint->runs[r]),
			.n = joint->counts[r],
			.steps = steps + first,
			.pc1 = pc1 + first,
			.pc2 = pc2 + first};
	view->present = true;
	view->n_runs = joint->n_runs;
	view->runs = runs;
	for (int c = 0; c < PT_JOINT_COMPONENTS; c++)
		view->explained[c] = joint->pca.explained[c];
	return PT_OK;
}

static pt_status build_joint(
	const pt_comparison *c, const pt_compared_list *list, int type, pt_snapshot *snapshot, pt_error *err)
{
	const pt_joint *joint = &c->joints[type];
	pt_joint_pca_view *view = &snapshot->joint[type];
	size_t *left_out = pt_arena_alloc(snapshot->arena, joint->n_left_out, sizeof *left_out);
	if (!left_out)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < joint->n_left_out; i++)
		left_out[i] = place_of(list, joint->left_out[i]);
	view->n_left_out = joint->n_left_out;
	view->left_out = left_out;
	view->progress = pt_comparison_progress(c, list, type);
	view->explained[0] = view->explained[1] = PT_MISSING;
	return joint->pca.present ? build_paths(joint, list, snapshot->arena, view, err) : PT_OK;
}

pt_status pt_build_comparison(
	const pt_comparison *c, const pt_compared_list *list, pt_snapshot *snapshot, pt_error *err)
{
	pt_status status = PT_OK;
	size_t place = 0;
	for (size_t r = 0; r < list->n && r < c->n_runs && status == PT_OK; r++)
		if (list->runs[r])
			status = build_versus(c, list, r, place++, snapshot, err);
	for (int m = 0; m < PT_N_MATRICES && status == PT_OK; m++)
		status = build_joint(c, list, m, snapshot, err);
	return status;
}
