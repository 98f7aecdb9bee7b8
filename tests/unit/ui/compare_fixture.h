/** Runs beside each other, in fixtures: included by snapshot_fixture.h. */
#ifndef TESTS_UI_COMPARE_FIXTURE_H
#define TESTS_UI_COMPARE_FIXTURE_H

enum { FIXTURE_MANY_RUNS = 40 };

/* Each run beside the first: cosines that fall from 1, lags from the verdicts. The last is of other shapes.
 */
static void fixture_versus(fixture_maker *maker, pt_run_view *runs, size_t n_runs)
{
	for (size_t r = 1; r < n_runs; r++)
		for (int m = 0; m < PT_MATRIX_W; m++) {
			pt_run_view *run = &runs[r];
			if (run->n_steps == 0)
				continue;
			double *cosine = fixture_alloc(maker, run->n_steps, sizeof *cosine);
			for (size_t i = 0; i < run->n_steps; i++)
				cosine[i] = 1 - (0.1 + 0.02 * (double)r) * (double)i / (double)run->n_steps;
			bool same = r + 1 < n_runs || n_runs < 4;
			run->versus[m] = (pt_versus_view){.present = true,
				.same_shapes = same,
				.cosine_final = same ? cosine[run->n_steps - 1] : PT_MISSING,
				.cosine_of_drift = same ? cosine[run->n_steps - 1] : PT_MISSING,
				.turn_lag_steps = run->verdicts[m].step == PT_NO_STEP
									  ? PT_NO_STEP
									  : run->verdicts[m].step - runs[0].verdicts[m].step,
				.n = same ? run->n_steps : 0,
				.steps = run->steps,
				.cosine = cosine,
				.drift_cosine = cosine};
		}
}

/* One plane for all: each run's own path, from one point on, each turned a little more. */
static void fixture_joint(fixture_maker *maker, pt_snapshot *snapshot, const pt_run_view *runs)
{
	for (int m = 0; m < PT_MATRIX_W; m++) {
		pt_joint_run_view *paths = fixture_alloc(maker, snapshot->n_runs, sizeof *paths);
		for (size_t r = 0; r < snapshot->n_runs; r++) {
			const pt_pca_view *pca = &runs[r].matrices[m].pca;
			double *pc1 = fixture_alloc(maker, pca->n, sizeof *pc1),
				   *pc2 = fixture_alloc(maker, pca->n, sizeof *pc2);
			double angle = 0.4 * ((double)r - 1);
			for (size_t i = 0; i < pca->n; i++) {
				double x = pca->pc1[i] - pca->pc1[0], y = pca->pc2[i] - pca->pc2[0];
				pc1[i] = x * cos(angle) - y * sin(angle) - 0.2;
				pc2[i] = x * sin(angle) + y * cos(angle) - 0.02;
			}
			paths[r] = (pt_joint_run_view){r, pca->n, pca->steps, pc1, pc2};
		}
		snapshot->joint[m] = (pt_joint_pca_view){.present = true,
			.explained = {0.47, 0.241},
			.n_runs = snapshot->n_runs,
			.runs = paths,
			.progress = 1};
	}
	snapshot->settings.wanted |= PT_WANT_JOINT | PT_WANT_COMPARISON;
}

/* Forty runs of three kinds: some live, one stale, one unreadable, one empty, and some that did not turn. */
static void fixture_many(fixture_maker *maker, pt_run_view *runs)
{
	static const char *const kinds[] = {"medical", "sports", "finance"};
	static const int64_t turns[] = {100, 115, 95};
	pt_run_view made[3];
	memset(made, 0, sizeof made);
	for (int k = 0; k < 3; k++)
		fixture_real_run(maker, &made[k], kinds[k], turns[k]);
	for (int r = 0; r < FIXTURE_MANY_RUNS; r++) {
		char name[40];
		runs[r] = made[r % 3];
		snprintf(name, sizeof name, "%s-s%02d", kinds[r % 3], r / 3);
		runs[r].name = pt_arena_text(maker->arena, name);
		runs[r].path = runs[r].name;
		runs[r].last_write_wall_ms = FIXTURE_NOW_MS - (int64_t)r * 61000;
		if (r % 7 == 3)
			fixture_live(&runs[r]);
		if (r % 5 == 4)
			for (int m = 0; m < PT_MATRIX_W; m++) {
				runs[r].verdicts[m] =
					(pt_verdict){.headline = "no turn so far", .detail = "", .step = PT_NO_STEP};
				runs[r].matrices[m].n_change_points = 0;
			}
	}
	runs[8].state = PT_RUN_STALE;
	fixture_one_problem(&runs[8]);
	memset(&runs[17], 0, sizeof runs[17]);
	memset(&runs[26], 0, sizeof runs[26]);
	fixture_blank_run(maker, &runs[17], "broken");
	fixture_many_problems(&runs[17]);
	fixture_blank_run(maker, &runs[26], "waiting");
}

#endif
