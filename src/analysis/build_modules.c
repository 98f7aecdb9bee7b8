#include "snapshot_build.h"

#include <string.h>

static double scaling_at(const pt_tracked_module *module, size_t checkpoint)
{
	return pt_module_history_at(module->history, checkpoint).scaling;
}

static bool same_scaling(double a, double b)
{
	return a == b || (pt_is_missing(a) && pt_is_missing(b));
}

static pt_status build_scalings(const pt_trajectories *t, const pt_tracked_module *module, pt_arena *arena,
	pt_module_view *view, pt_error *err)
{
	size_t n_changes = 0, n = 0;
	for (size_t i = 0; i < t->n_complete; i++)
		n_changes += i == 0 || !same_scaling(scaling_at(module, i), scaling_at(module, i - 1));
	pt_scaling_change *changes = pt_arena_alloc(arena, n_changes, sizeof *changes);
	if (!changes)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < t->n_complete; i++)
		if (i == 0 || !same_scaling(scaling_at(module, i), scaling_at(module, i - 1)))
			changes[n++] =
				(pt_scaling_change){.step = t->complete_steps[i], .scaling = scaling_at(module, i)};
	view->scaling = n > 0 ? changes[n - 1].scaling : PT_MISSING;
	view->n_scaling_changes = module->n_shape_b > 0 ? n : 0;
	view->scaling_changes = changes;
	return PT_OK;
}

static pt_status build_warnings(
	const pt_tracked_module *module, pt_arena *arena, pt_module_view *view, pt_error *err)
{
	const char **warnings = pt_arena_alloc(arena, module->n_warnings, sizeof *warnings);
	if (!warnings)
		return pt_build_out_of_memory(err);
	for (size_t i = 0; i < module->n_warnings; i++)
		if (!(warnings[i] = pt_arena_text(arena, module->warnings[i])))
			return pt_build_out_of_memory(err);
	view->n_warnings = module->n_warnings;
	view->warnings = warnings;
	return PT_OK;
}

static void build_turns(
	const pt_trajectories *t, size_t module, const double *drift_of_set, pt_module_view *view)
{
	for (int m = 0; m < PT_N_MATRICES; m++) {
		pt_module_turn_view *out = &view->turns[m];
		const pt_module_turn *turn = pt_module_turns_at(&t->turns, module, (pt_matrix)m);
		*out = (pt_module_turn_view){.present = turn != NULL,
			.turning_step = PT_NO_STEP,
			.turning_angle_deg = PT_MISSING,
			.change_step = PT_NO_STEP,
			.min_cosine = PT_MISSING,
			.min_cosine_step = PT_NO_STEP,
			.share_of_drift = PT_MISSING};
		if (!turn)
			continue;
		if (turn->turning.index >= 0) {
			out->turning_step = t->complete_steps[turn->turning.index];
			out->turning_angle_deg = turn->turning.angle_deg;
		}
		if (turn->direction.n_changes > 0)
			out->change_step = t->complete_steps[turn->direction.changes[turn->direction.n_changes - 1].at];
		if (turn->cosine.present && turn->cosine.minimum >= 0) {
			out->min_cosine = turn->cosine.values[turn->cosine.minimum];
			out->min_cosine_step = turn->cosine.steps[turn->cosine.minimum];
		}
		if (drift_of_set[m] > 0.0)
			out->share_of_drift = turn->drift_square / drift_of_set[m];
	}
}

/* Curves of every module are much to copy where nobody looks at them. */
static pt_status build_norms(const pt_trajectories *t, const pt_tracked_module *module, pt_arena *arena,
	pt_module_view *view, pt_error *err)
{
	for (int m = 0; m < PT_N_MATRICES; m++) {
		if (!pt_module_history_has(module->history, (pt_trajectory)m))
			continue;
		view->norm[m] = pt_build_spread(t, pt_module_history_norms(module->history, (pt_trajectory)m), arena);
		if (!view->norm[m])
			return pt_build_out_of_memory(err);
	}
	return PT_OK;
}

static pt_status build_module(const pt_trajectories *t, const pt_tracked_module *module, pt_arena *arena,
	pt_module_view *view, pt_error *err)
{
	*view = (pt_module_view){
		.name = pt_arena_text(arena, module->name),
		.adapter = pt_arena_text(arena, module->adapter),
		.kind = pt_arena_text(arena, module->kind),
		.dtype = pt_arena_text(arena, module->dtype),
		.rank = module->rank,
		.n_shape_a = module->n_shape_a,
		.n_shape_b = module->n_shape_b,
		.shape_a = pt_arena_copy(arena, module->shape_a, module->n_shape_a, sizeof(int64_t)),
		.shape_b = pt_arena_copy(arena, module->shape_b, module->n_shape_b, sizeof(int64_t)),
		.selected = module->selected,
	};
	if (!view->name || !view->adapter || !view->kind || !view->dtype || !view->shape_a || !view->shape_b)
		return pt_build_out_of_memory(err);
	pt_status status = build_scalings(t, module, arena, view, err);
	return status == PT_OK ? build_warnings(module, arena, view, err) : status;
}

/* ‖v_T − v_0‖² of the selected set, in each matrix type; 0 where it has none. */
static void drifts_of_set(const pt_trajectories *t, double drift_square[PT_N_MATRICES])
{
	for (int m = 0; m < PT_N_MATRICES; m++) {
		const pt_gram *gram = &t->matrices[m].gram;
		bool moved = t->matrices[m].present && gram->n >= 2;
		drift_square[m] = moved ? pt_gram_block_sum(gram, 1, gram->n, 1, gram->n) : 0.0;
	}
}

pt_status pt_build_modules(
	const pt_run *run, const pt_settings *settings, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	const pt_trajectories *t = &run->trajectories;
	bool in_full = settings->wanted & PT_WANT_MODULES;
	double drift_square[PT_N_MATRICES] = {0};
	pt_module_view *modules = pt_arena_alloc(arena, t->n_modules, sizeof *modules);
	if (!modules)
		return pt_build_out_of_memory(err);
	if (in_full)
		drifts_of_set(t, drift_square);
	for (size_t i = 0; i < t->n_modules; i++) {
		pt_status status = build_module(t, &t->modules[i], arena, &modules[i], err);
		if (status == PT_OK && in_full)
			status = build_norms(t, &t->modules[i], arena, &modules[i], err);
		if (status != PT_OK)
			return status;
		build_turns(t, i, drift_square, &modules[i]);
	}
	view->n_modules = t->n_modules;
	view->modules = modules;
	return PT_OK;
}
