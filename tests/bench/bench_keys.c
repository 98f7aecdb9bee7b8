/*
 * What a key costs that changes k, a threshold, the pairing or the probe window in a long run: from the settings to
 * the snapshot that the screen draws. (The matrix is chosen when drawing: nothing is computed.)
 *
 *     bench_keys DIR N REPEATS [KEY]      makes a run of N checkpoints in DIR
 *
 * Prints "name median max" lines, ms, and the memory that the run takes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "made_run.h"
#include "measure.h"
#include "phasetop/analysis/pipeline.h"
#include "phasetop/numeric/blas.h"

enum { MOST_REPEATS = 2001 };

/* Settings as the screen has them while the default panes are visible, and after a key was pressed `turn` times. */
typedef void change_settings(pt_settings *settings, int turn);

static void set_k(pt_settings *settings, int64_t largest)
{
	settings->n_k = 3;
	for (int i = 0; i < 3; i++)
		settings->k[i] = largest + MADE_SPACING * (i - 2);
}

static void k_more(pt_settings *settings, int turn)
{
	set_k(settings, MADE_SPACING * (3 + turn));
}

static void k_more_5(pt_settings *settings, int turn)
{
	set_k(settings, MADE_SPACING * (3 + 5 * (turn % 12)));
}

static void threshold(pt_settings *settings, int turn)
{
	settings->min_step_frac = 0.01 * (turn % 20);
}

static void turn_line(pt_settings *settings, int turn)
{
	settings->turn_below = 0.01 * (turn % 90);
}

static void pairing(pt_settings *settings, int turn)
{
	settings->pairing = turn % 2 ? PT_PAIRING_INDEX : PT_PAIRING_STEP;
}

static void probe_window(pt_settings *settings, int turn)
{
	settings->probe_window = 20 + turn;
}

static void measure(pt_pipeline *pipeline, const char *name, change_settings *change, int repeats)
{
	double ms[MOST_REPEATS];
	for (int i = -1; i < repeats; i++) { /* the first press leaves the default: not counted */
		pt_settings settings = pt_settings_default();
		settings.wanted = PT_WANT_BAND;
		settings.warm_start = true;
		settings.matrices = PT_MATRIX_BIT(PT_MATRIX_B);
		set_k(&settings, 3 * MADE_SPACING);
		change(&settings, i + 1);
		pt_error err;
		pt_snapshot *snapshot = NULL;
		double begin = now_s();
		pt_pipeline_set_settings(pipeline, &settings);
		check(pt_pipeline_snapshot(pipeline, &snapshot, &err), &err);
		if (i >= 0)
			ms[i] = (now_s() - begin) * 1e3;
		pt_snapshot_destroy(snapshot);
	}
	qsort(ms, (size_t)repeats, sizeof *ms, by_value);
	printf("%s %.6f %.6f\n", name, ms[repeats / 2], ms[repeats - 1]);
}

int main(int argc, char **argv)
{
	bool counts = argc == 4 || argc == 5;
	int n = counts ? atoi(argv[2]) : 0, repeats = counts ? atoi(argv[3]) : 0;
	if (n < 2 || repeats < 1 || repeats > MOST_REPEATS) {
		fputs("usage: bench_keys DIR N REPEATS [KEY]\n", stderr);
		return 2;
	}
	made_run run;
	made_run_init(&run, argv[1], &made_small);
	while (run.n < n)
		made_run_grow(&run);
	pt_blas_init();
	const pt_run_path path = {NULL, argv[1]};
	pt_pipeline_options options = {
		.paths = &path, .n_paths = 1, .settings = pt_settings_default(), .clock = pt_clock_system()};
	pt_pipeline *pipeline = NULL;
	pt_snapshot *snapshot = NULL;
	pt_error err;
	bool changed;
	check(pt_pipeline_create(&options, &pipeline, &err), &err);
	check(pt_pipeline_run_due(pipeline, &changed, &err), &err);
	check(pt_pipeline_snapshot(pipeline, &snapshot, &err), &err);
	printf("memory_kib_per_checkpoint %.3f 0\n", (double)snapshot->memory_bytes / 1024.0 / n);
	pt_snapshot_destroy(snapshot);
	static const struct {
		const char *name;
		change_settings *change;
	} keys[] = {
		{"key_k_ms", k_more},
		{"key_k5_ms", k_more_5},
		{"key_threshold_ms", threshold},
		{"key_turn_line_ms", turn_line},
		{"key_pairing_ms", pairing},
		{"key_probe_window_ms", probe_window},
	};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (argc == 4 || strcmp(argv[4], keys[i].name) == 0)
			measure(pipeline, keys[i].name, keys[i].change, repeats);
	pt_pipeline_destroy(pipeline);
	made_run_fini(&run);
	return 0;
}
