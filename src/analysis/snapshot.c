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
