#include "phasetop/analysis/snapshot.h"

#include "phasetop/base/alloc.h"

const char *pt_run_state_name(pt_run_state state)
{
	static const char *const names[] = {"live", "stale", "finished", "empty", "unreadable"};
	_Static_assert(sizeof names / sizeof names[0] == PT_N_RUN_STATES, "a name for every state");
	return (unsigned)state < PT_N_RUN_STATES ? names[state] : "unknown";
}

void pt_snapshot_destroy(pt_snapshot *snapshot)
{
	if (snapshot)
		pt_arena_destroy(snapshot->arena); /* the snapshot itself lies in its arena */
}

pt_snapshot *pt_snapshot_of_problem(const pt_settings *settings, int64_t wall_ms, const pt_error *problem)
{
	pt_arena *arena = pt_arena_create();
	pt_snapshot *snapshot = arena ? pt_arena_alloc(arena, 1, sizeof *snapshot) : NULL;
	pt_problem *told = arena ? pt_arena_alloc(arena, 1, sizeof *told) : NULL;
	if (told)
		*told = (pt_problem){
			.path = pt_arena_text(arena, problem->path),
			.code = pt_status_name(problem->code),
			.offset = problem->offset,
			.message = pt_arena_text(arena, problem->message),
		};
	if (!snapshot || !told || !told->path || !told->message) {
		pt_arena_destroy(arena);
		return NULL;
	}
	*snapshot = (pt_snapshot){
		.taken_wall_ms = wall_ms, .settings = *settings, .n_problems = 1, .problems = told, .arena = arena};
	return snapshot;
}

const pt_change_point_view *pt_strongest_change(const pt_matrix_view *matrix)
{
	const pt_change_point_view *strongest = NULL;
	for (size_t i = 0; i < matrix->n_change_points; i++)
		if (!strongest || matrix->change_points[i].ratio > strongest->ratio)
			strongest = &matrix->change_points[i];
	return strongest;
}

bool pt_run_has_matrix(const pt_run_view *run, pt_matrix matrix)
{
	return run->matrices[matrix].norms.present;
}

ptrdiff_t pt_step_index(const int64_t *steps, size_t n, int64_t step)
{
	size_t low = 0, high = n; /* the first step above `step` lies in [low, high] */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (steps[middle] <= step)
			low = middle + 1;
		else
			high = middle;
	}
	return (ptrdiff_t)low - 1;
}
