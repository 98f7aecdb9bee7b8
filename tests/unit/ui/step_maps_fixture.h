/** Epochs and times for the runs of a fixture: an epoch is 125 steps, a step 36 seconds. */
#ifndef TESTS_UI_STEP_MAPS_FIXTURE_H
#define TESTS_UI_STEP_MAPS_FIXTURE_H

#include "snapshot_fixture.h"

/* 2026-11-21 00:00:00 UTC */
#define FIXTURE_MIDNIGHT_S 1795219200.0

/* Known from step 10 to 400; run r began r hours after midnight. */
static inline void fixture_step_maps(pt_snapshot *snapshot)
{
	static const int64_t steps[] = {10, 100, 200, 400};
	static const double epochs[] = {0.08, 0.8, 1.6, 3.2};
	static double wall_s[8][4];
	pt_run_view *runs = (pt_run_view *)(uintptr_t)snapshot->runs;
	for (size_t r = 0; r < snapshot->n_runs && r < 8; r++) {
		for (int i = 0; i < 4; i++)
			wall_s[r][i] = FIXTURE_MIDNIGHT_S + 3600.0 * (double)r + 36 * (double)steps[i];
		runs[r].epochs = (pt_step_map_view){.n = 4, .steps = steps, .values = epochs};
		runs[r].wall_s = (pt_step_map_view){.n = 4, .steps = steps, .values = wall_s[r]};
	}
}

#endif
