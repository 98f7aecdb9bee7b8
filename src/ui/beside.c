#include "beside.h"

#include <string.h>

#include "phasetop/base/alloc.h"

/* A copy in an arena of its own; `failed` is raised where memory ran out. */
typedef struct copying {
	pt_arena *arena;
	bool failed;
} copying;

static void *take(copying *c, void *memory)
{
	c->failed |= memory == NULL;
	return memory;
}

/* The snapshot and its runs, whose arrays are still those of `from`. */
static pt_snapshot *copy_snapshot(const pt_snapshot *from, copying *c)
{
	c->arena = pt_arena_create();
	if (!c->arena)
		return NULL;
	pt_snapshot *to = take(c, pt_arena_copy(c->arena, from, 1, sizeof *from));
	if (to) {
		to->arena = c->arena;
		to->runs = take(c, pt_arena_copy(c->arena, from->runs, from->n_runs, sizeof *from->runs));
	}
	return to;
}

static pt_snapshot *finish(pt_snapshot *snapshot, const copying *c)
{
	if (!c->failed && snapshot)
		return snapshot;
	pt_arena_destroy(c->arena);
	return NULL;
}

static pt_run_view *run_at(const pt_snapshot *snapshot, size_t r)
{
	return (pt_run_view *)&snapshot->runs[r]; /* of our own copy */
}

/* Name, path and state stay; nothing is there to be drawn. */
static void empty_run(pt_run_view *run)
{
	run->n_steps = run->n_segments = run->n_subset_spectra = 0;
	memset(run->matrices, 0, sizeof run->matrices);
	memset(run->spectra, 0, sizeof run->spectra);
	memset(&run->loss, 0, sizeof run->loss);
	memset(&run->baselines, 0, sizeof run->baselines);
	for (int m = 0; m < PT_N_MATRICES; m++) {
		run->matrices[m].pca.turning_step = PT_NO_STEP;
		run->verdicts[m].step = PT_NO_STEP;
	}
}

/* --- steps from the turn ------------------------------------------------------------------------------ */

static void shift_one(int64_t *step, int64_t by)
{
	if (*step != PT_NO_STEP)
		*step -= by;
}

static void shift_steps(copying *c, const int64_t **steps, size_t n, int64_t by)
{
	if (!*steps || n == 0)
		return;
	int64_t *copy = take(c, pt_arena_copy(c->arena, *steps, n, sizeof *copy));
	for (size_t i = 0; copy && i < n; i++)
		copy[i] -= by;
	*steps = copy;
}

static void shift_spectrum(copying *c, pt_spectrum_view *spectrum, int64_t by)
{
	shift_steps(c, &spectrum->steps, spectrum->n, by);
	shift_one(&spectrum->modes.step, by);
}

static void shift_changes(copying *c, pt_matrix_view *matrix, int64_t by)
{
	pt_change_point_view *changes =
		take(c, pt_arena_copy(c->arena, matrix->change_points, matrix->n_change_points, sizeof *changes));
	for (size_t i = 0; changes && i < matrix->n_change_points; i++) {
		shift_one(&changes[i].step, by);
		shift_one(&changes[i].known_at_step, by);
	}
	matrix->change_points = changes;
}

static void shift_matrix(copying *c, pt_matrix_view *matrix, int64_t by)
{
	shift_steps(c, &matrix->pca.steps, matrix->pca.n, by);
	shift_one(&matrix->pca.turning_step, by);
	for (size_t i = 0; i < matrix->n_cosines; i++) {
		pt_cosine_view *cosine = &matrix->cosines[i];
		shift_steps(c, &cosine->steps, cosine->n, by);
		shift_one(&cosine->minimum_step, by);
		shift_one(&cosine->dip_step, by);
		shift_one(&cosine->pending_from_step, by);
		shift_one(&cosine->decided_at_step, by);
	}
	shift_changes(c, matrix, by);
	shift_steps(c, &matrix->sigma.steps, matrix->sigma.n, by);
	shift_steps(c, &matrix->k_scan.steps, matrix->k_scan.n, by);
	shift_steps(c, &matrix->checkpoint_cosine.steps, matrix->checkpoint_cosine.n, by);
}

static void shift_losses(copying *c, pt_loss_view *loss, int64_t by)
{
	shift_steps(c, &loss->steps, loss->n, by);
	pt_metric_view *series = take(c, pt_arena_copy(c->arena, loss->series, loss->n_series, sizeof *series));
	for (size_t i = 0; series && i < loss->n_series; i++)
		shift_steps(c, &series[i].steps, series[i].n, by);
	loss->series = series;
}

static void shift_segments(copying *c, pt_run_view *run, int64_t by)
{
	pt_segment *segments = take(c, pt_arena_copy(c->arena, run->segments, run->n_segments, sizeof *segments));
	for (size_t i = 0; segments && i < run->n_segments; i++) {
		segments[i].first_step -= by;
		segments[i].last_step -= by;
	}
	run->segments = segments;
}

static void shift_run(copying *c, pt_run_view *run, int64_t by)
{
	shift_steps(c, &run->steps, run->n_steps, by);
	shift_one(&run->max_steps, by);
	shift_segments(c, run, by);
	run->epochs = run->wall_s = (pt_step_map_view){.absent = "told from where each run turned"};
	for (int m = 0; m < PT_N_MATRICES; m++) {
		shift_matrix(c, &run->matrices[m], by);
		shift_steps(c, &run->versus[m].steps, run->versus[m].n, by);
		shift_one(&run->verdicts[m].step, by);
		shift_one(&run->verdicts[m].known_at_step, by);
	}
	for (int s = 0; s < PT_N_SPECTRA; s++)
		shift_spectrum(c, &run->spectra[s], by);
	pt_spectrum_view *subsets =
		take(c, pt_arena_copy(c->arena, run->subset_spectra, run->n_subset_spectra, sizeof *subsets));
	for (size_t s = 0; subsets && s < run->n_subset_spectra; s++)
		shift_spectrum(c, &subsets[s], by);
	run->subset_spectra = subsets;
	shift_losses(c, &run->loss, by);
}

/* The paths in the joint planes; those of runs that did not turn keep their steps, and are not drawn. */
static void shift_joint(copying *c, const pt_snapshot *from, const pt_view *view, pt_joint_pca_view *joint)
{
	pt_joint_run_view *runs = take(c, pt_arena_copy(c->arena, joint->runs, joint->n_runs, sizeof *runs));
	for (size_t i = 0; runs && i < joint->n_runs; i++) {
		int64_t turn = pt_view_turn(view, from, &from->runs[runs[i].run]);
		if (turn != PT_NO_STEP)
			shift_steps(c, &runs[i].steps, runs[i].n, turn);
	}
	joint->runs = runs;
}

pt_snapshot *pt_beside_aligned(const pt_snapshot *snapshot, const pt_view *view)
{
	copying c = {.failed = false};
	bool any = false;
	for (size_t r = 0; r < snapshot->n_runs; r++)
		any |= pt_view_run_shown(view, r) && pt_view_turn(view, snapshot, &snapshot->runs[r]) != PT_NO_STEP;
	pt_snapshot *aligned = any ? copy_snapshot(snapshot, &c) : NULL;
	for (size_t r = 0; aligned && aligned->runs && r < aligned->n_runs; r++) {
		int64_t turn = pt_view_turn(view, snapshot, &snapshot->runs[r]);
		if (turn == PT_NO_STEP)
			empty_run(run_at(aligned, r));
		else
			shift_run(&c, run_at(aligned, r), turn);
	}
	for (int m = 0; aligned && m < PT_N_MATRICES; m++)
		shift_joint(&c, snapshot, view, &aligned->joint[m]);
	return finish(aligned, &c);
}

/* --- differences to the baseline ------------------------------------------------------------------------ */

/* Values over steps; values may be NULL. */
typedef struct series {
	const int64_t *steps;
	const double *values;
	size_t n;
} series;

static double difference(double value, double base, bool by_ratio)
{
	if (by_ratio)
		return base != 0 ? value / base : PT_MISSING;
	return value - base;
}

/* own − base at the steps of `own`; missing where base has none. NULL stays NULL. */
static const double *subtract(copying *c, series own, series base, bool by_ratio)
{
	if (!own.values || !base.values)
		return NULL;
	double *out = take(c, pt_arena_alloc(c->arena, own.n, sizeof *out));
	for (size_t i = 0, j = 0; out && i < own.n; i++) {
		while (j < base.n && base.steps[j] < own.steps[i])
			j++;
		bool meets = j < base.n && base.steps[j] == own.steps[i];
		out[i] = meets ? difference(own.values[i], base.values[j], by_ratio) : PT_MISSING;
	}
	return out;
}

static void subtract_norms(copying *c, pt_run_view *run, const pt_run_view *base, int m)
{
	pt_norm_view *own = &run->matrices[m].norms;
	const pt_norm_view *other = &base->matrices[m].norms;
	const double **columns[] = {&own->norm, &own->drift, &own->step_length, &own->path_length};
	const double *others[] = {other->norm, other->drift, other->step_length, other->path_length};
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		*columns[i] = subtract(c, (series){run->steps, *columns[i], run->n_steps},
			(series){base->steps, others[i], base->n_steps}, false);
	own->present = own->norm != NULL;
}

/* The baseline's curve of the same k; NULL: it has none. */
static const pt_cosine_view *cosine_of_k(const pt_matrix_view *matrix, int64_t k_used)
{
	for (size_t i = 0; i < matrix->n_cosines; i++)
		if (matrix->cosines[i].present && matrix->cosines[i].k_used == k_used)
			return &matrix->cosines[i];
	return NULL;
}

static bool any_value(const double *values, size_t n)
{
	for (size_t i = 0; values && i < n; i++)
		if (!pt_is_missing(values[i]))
			return true;
	return false;
}

static void find_minimum(pt_cosine_view *cosine)
{
	cosine->minimum_step = PT_NO_STEP;
	cosine->minimum_value = PT_MISSING;
	for (size_t i = 0; i < cosine->n; i++)
		if (!pt_is_missing(cosine->values[i]) && !(cosine->values[i] >= cosine->minimum_value)) {
			cosine->minimum_value = cosine->values[i];
			cosine->minimum_step = cosine->steps[i];
		}
}

static void subtract_cosine(copying *c, pt_cosine_view *cosine, const pt_matrix_view *base)
{
	const pt_cosine_view *other = cosine->present ? cosine_of_k(base, cosine->k_used) : NULL;
	cosine->usual_q25 = cosine->usual_median = cosine->usual_q75 = cosine->debiased = NULL;
	if (other)
		cosine->values = subtract(c, (series){cosine->steps, cosine->values, cosine->n},
			(series){other->steps, other->values, other->n}, false);
	cosine->present = other && cosine->values;
	if (cosine->present)
		find_minimum(cosine);
}

static void subtract_spectrum(copying *c, pt_spectrum_view *own, const pt_spectrum_view *base, bool by_ratio)
{
	const double **columns[] = {&own->shc, &own->pr, &own->trace};
	const double *others[] = {base->shc, base->pr, base->trace};
	own->present = own->present && base->present && own->n_probes == base->n_probes; /* else of other probes */
	for (size_t i = 0; own->present && i < sizeof columns / sizeof columns[0]; i++)
		*columns[i] = subtract(c, (series){own->steps, *columns[i], own->n},
			(series){base->steps, others[i], base->n}, by_ratio);
	own->present = own->present && any_value(own->pr, own->n) && own->shc && own->trace;
	own->n = own->present ? own->n : 0;
}

/* The baseline's spectrum of the same probes and form; NULL: it has none. */
static const pt_spectrum_view *same_subset(const pt_run_view *base, const pt_spectrum_view *own)
{
	for (size_t i = 0; i < base->n_subset_spectra; i++) {
		const pt_spectrum_view *other = &base->subset_spectra[i];
		if (own->subset && other->subset && strcmp(own->subset, other->subset) == 0 &&
			own->gaussian == other->gaussian && own->detrended == other->detrended)
			return other;
	}
	return NULL;
}

static void subtract_subsets(copying *c, pt_run_view *run, const pt_run_view *base, bool by_ratio)
{
	pt_spectrum_view *subsets =
		take(c, pt_arena_copy(c->arena, run->subset_spectra, run->n_subset_spectra, sizeof *subsets));
	for (size_t i = 0; subsets && i < run->n_subset_spectra; i++) {
		const pt_spectrum_view *other = same_subset(base, &subsets[i]);
		subsets[i].present = subsets[i].present && other;
		if (other)
			subtract_spectrum(c, &subsets[i], other, by_ratio);
	}
	run->subset_spectra = subsets;
}

static void subtract_losses(copying *c, pt_loss_view *own, const pt_loss_view *base)
{
	const double **columns[] = {&own->train, &own->eval, &own->probe_mean};
	const double *others[] = {base->train, base->eval, base->probe_mean};
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		*columns[i] = subtract(
			c, (series){own->steps, *columns[i], own->n}, (series){base->steps, others[i], base->n}, false);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		if (!any_value(*columns[i], own->n))
			*columns[i] = NULL;
	/* what is no loss, and quantiles, have no difference that means anything */
	own->learning_rate = own->grad_norm = own->probe_q10 = own->probe_q50 = own->probe_q90 = NULL;
	own->n_series = 0;
}

static void subtract_run(copying *c, pt_run_view *run, const pt_run_view *base, bool by_ratio)
{
	for (int m = 0; m < PT_N_MATRICES; m++) {
		subtract_norms(c, run, base, m);
		for (size_t i = 0; i < run->matrices[m].n_cosines; i++)
			subtract_cosine(c, &run->matrices[m].cosines[i], &base->matrices[m]);
	}
	for (int s = 0; s < PT_N_SPECTRA; s++)
		subtract_spectrum(c, &run->spectra[s], &base->spectra[s], by_ratio);
	subtract_subsets(c, run, base, by_ratio);
	subtract_losses(c, &run->loss, &base->loss);
}

pt_snapshot *pt_beside_differences(const pt_snapshot *snapshot, bool by_ratio)
{
	copying c = {.failed = false};
	pt_snapshot *differences = snapshot->n_runs > 1 ? copy_snapshot(snapshot, &c) : NULL;
	for (size_t r = 0; differences && differences->runs && r < differences->n_runs; r++) {
		if (r == snapshot->baseline)
			empty_run(run_at(differences, r));
		else
			subtract_run(&c, run_at(differences, r), &snapshot->runs[snapshot->baseline], by_ratio);
	}
	return finish(differences, &c);
}
