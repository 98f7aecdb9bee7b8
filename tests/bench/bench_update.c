/*
 * What one arriving checkpoint costs phasetop: from the bytes on the disk to the snapshot that the screen
 * draws.
 *
 *     bench_update SHAPE DIR N REPEATS    grow a run in DIR; measure the updates around the N-th checkpoint
 *     bench_update --make SHAPE DIR N     only make the run (for the script that recomputes all)
 *
 * SHAPE is `small` (one module of rank 1), `large` (20 MB a checkpoint: 32 modules of rank 8) or `wide` (20 MB: 8
 * modules of rank 32).
 *
 * Measured: reading the file, increment Grams, norms, PCA, local cosine (k = 5, 10, 15), change points of A,
 * B and dW, five probe rows (64 probes, W = 50, raw and detrended), and the snapshot. Prints "name median
 * min" lines, ms: the whole update, and its parts (taking in what is on the disk, Grams included; deriving
 * all results and building the snapshot).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "made_run.h"
#include "measure.h"
#include "phasetop/analysis/pipeline.h"
#include "phasetop/numeric/blas.h"

enum { MOST_REPEATS = 101 };

/* Monotonic time that the bench can push on, so that it need not wait for a debounce to pass. */
static int64_t shifted_ms(void *context)
{
	return (int64_t)(seconds_of(CLOCK_MONOTONIC) * 1e3) + *(int64_t *)context;
}

static int64_t wall_ms(void *context)
{
	(void)context;
	return (int64_t)(seconds_of(CLOCK_REALTIME) * 1e3);
}

/* *taken_in: CPU time when all was read. */
static pt_snapshot *take_update(pt_pipeline *pipeline, int64_t *shift_ms, double *taken_in)
{
	pt_error err;
	pt_snapshot *snapshot = NULL;
	bool changed = false;
	pt_pipeline_drain_events(pipeline);
	*shift_ms += 60000; /* the debounce of what was just drained is over */
	check(pt_pipeline_run_due(pipeline, &changed, &err), &err);
	*taken_in = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
	check(pt_pipeline_snapshot(pipeline, &snapshot, &err), &err);
	return snapshot;
}

static void print_times(const char *name, double *seconds, int n)
{
	qsort(seconds, (size_t)n, sizeof *seconds, by_value);
	printf("%s %.6f %.6f\n", name, seconds[n / 2] * 1e3, seconds[0] * 1e3);
}

static pt_pipeline *open_pipeline(const char *directory, int64_t *shift_ms)
{
	const pt_run_path path = {NULL, directory};
	pt_pipeline_options options = {.paths = &path,
		.n_paths = 1,
		.settings = pt_settings_default(),
		.clock = {wall_ms, shifted_ms, shift_ms},
		.watch = true};
	options.settings.n_k = 3;
	options.settings.k[0] = 5;
	options.settings.k[1] = 10;
	options.settings.k[2] = 15;
	options.settings.probe_window = 50;
	options.settings.warm_start = true; /* as the screen asks for it */
	options.settings.wanted = PT_WANT_BAND;
	options.settings.matrices = PT_MATRIX_BIT(PT_MATRIX_B);
	options.watching =
		(pt_watch_options){.mode = PT_WATCH_AUTO, .clock = options.clock, .calls = pt_watch_calls_system()};
	pt_pipeline *pipeline = NULL;
	pt_error err;
	check(pt_pipeline_create(&options, &pipeline, &err), &err);
	return pipeline;
}

/* The snapshot must really be up to date, or nothing was measured. */
static void expect_complete(const pt_snapshot *snapshot, const made_run *run)
{
	const pt_run_view *view = &snapshot->runs[0];
	const int rows = run->n * MADE_SPACING;
	if (snapshot->n_runs != 1 || view->n_steps != (size_t)run->n ||
		!view->matrices[PT_MATRIX_DW].pca.present || view->spectra[PT_SPECTRUM_RAW].n != (size_t)rows) {
		fprintf(stderr, "bench: the snapshot holds %zu checkpoints and %zu probe rows, not %d and %d\n",
			view->n_steps, view->spectra[PT_SPECTRUM_RAW].n, run->n, rows);
		exit(1);
	}
}

static void measure(const made_shape *shape, const char *directory, int n, int repeats)
{
	double wall[MOST_REPEATS], cpu[MOST_REPEATS], take_in[MOST_REPEATS], derive[MOST_REPEATS], taken_in;
	int64_t shift_ms = 0;
	made_run run;
	made_run_init(&run, directory, shape);
	while (run.n < n - 1 - repeats / 2)
		made_run_grow(&run);
	pt_blas_init();
	pt_pipeline *pipeline = open_pipeline(directory, &shift_ms);
	const double cold_begin = seconds_of(CLOCK_MONOTONIC);
	pt_snapshot *snapshot = take_update(pipeline, &shift_ms, &taken_in);
	printf("cold_ms %.6f %.6f\n", (seconds_of(CLOCK_MONOTONIC) - cold_begin) * 1e3, 0.0);
	expect_complete(snapshot, &run);
	for (int i = 0; i < repeats; i++) {
		made_run_grow(&run);
		const double wall_begin = seconds_of(CLOCK_MONOTONIC),
					 cpu_begin = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
		pt_snapshot *next = take_update(pipeline, &shift_ms, &taken_in);
		cpu[i] = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_begin;
		take_in[i] = taken_in - cpu_begin;
		derive[i] = cpu[i] - take_in[i];
		wall[i] = seconds_of(CLOCK_MONOTONIC) - wall_begin;
		expect_complete(next, &run);
		pt_snapshot_destroy(snapshot);
		snapshot = next;
	}
	print_times("update_wall_ms", wall, repeats);
	print_times("update_cpu_ms", cpu, repeats);
	print_times("take_in_cpu_ms", take_in, repeats);
	print_times("derive_cpu_ms", derive, repeats);
	pt_snapshot_destroy(snapshot);
	pt_pipeline_destroy(pipeline);
	made_run_fini(&run);
}

static void make(const made_shape *shape, const char *directory, int n)
{
	made_run run;
	made_run_init(&run, directory, shape);
	while (run.n < n)
		made_run_grow(&run);
	made_run_fini(&run);
}

static const made_shape *shape_named(const char *name)
{
	static const struct {
		const char *name;
		const made_shape *shape;
	} shapes[] = {{"small", &made_small}, {"large", &made_large}, {"wide", &made_wide}};
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
		if (strcmp(name, shapes[i].name) == 0)
			return shapes[i].shape;
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts(pt_blas_version());
		return 0;
	}
	bool only_make = argc == 5 && strcmp(argv[1], "--make") == 0;
	const made_shape *shape = argc == 5 ? shape_named(argv[only_make ? 2 : 1]) : NULL;
	int n = shape ? atoi(argv[only_make ? 4 : 3]) : 0;
	int repeats = only_make || !shape ? 0 : atoi(argv[4]);
	if (n < 1 || (!only_make && (repeats < 1 || repeats > MOST_REPEATS || repeats > n))) {
		fputs("usage: bench_update SHAPE DIR N REPEATS | --make SHAPE DIR N | --version\n", stderr);
		return 2;
	}
	if (only_make)
		make(shape, argv[3], n);
	else
		measure(shape, argv[2], n, repeats);
	return 0;
}
