/**
 * Snapshots for tests of panes, screen and text report: real curves (tests/data/ui/curves.txt) in the shape
 * that the work thread publishes. A header, because each test is one file.
 */
#ifndef TESTS_UI_SNAPSHOT_FIXTURE_H
#define TESTS_UI_SNAPSHOT_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/analysis/snapshot.h"
#include "phasetop/base/alloc.h"

typedef enum fixture_kind {
	FIXTURE_MEDICAL, /* one live run, 88 checkpoints, A, B and dW, probes, losses, one problem */
	FIXTURE_STALE,   /* the same, silent for 14 minutes */
	FIXTURE_THREE,   /* medical, sports, finance, finished */
	FIXTURE_EMPTY,   /* one run without a checkpoint yet */
	FIXTURE_NO_RUNS, /* nothing was given */
	FIXTURE_YOUNG,   /* one checkpoint, no logs */
	FIXTURE_BROKEN,  /* an unreadable run and many problems with hostile names */
	FIXTURE_NETWORK, /* W only, with a gap of missing values */
	FIXTURE_RICH,    /* medical with all that panes may want: modules, modes, usual band, storage floor */
	FIXTURE_SUBSET,  /* the same, of some modules and some probes, while those modules are being summed */
	FIXTURE_MANY,    /* forty runs in all states */
	FIXTURE_N_KINDS
} fixture_kind;

/* 2026-11-21 13:42:05 UTC */
#define FIXTURE_NOW_MS INT64_C(1795268525000)

typedef struct fixture_maker {
	pt_arena *arena;
	char *text; /* of curves.txt */
} fixture_maker;

static void *fixture_alloc(fixture_maker *maker, size_t n, size_t size)
{
	void *memory = pt_arena_alloc(maker->arena, n, size);
	if (!memory)
		abort();
	return memory;
}

static char *fixture_read_text(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		fprintf(stderr, "%s is not there: run the tests from the repository root\n", path);
		abort();
	}
	size_t length = 0, capacity = 1 << 18;
	char *text = malloc(capacity);
	if (!text)
		abort();
	length = fread(text, 1, capacity - 1, file);
	text[length] = '\0';
	fclose(file);
	return text;
}

/* The array "RUN NAME" of curves.txt; NULL and n = 0 when it is not there. */
static double *fixture_doubles(fixture_maker *maker, const char *run, const char *name, size_t *n)
{
	char start[120];
	int length = snprintf(start, sizeof start, "%s %s ", run, name);
	*n = 0;
	for (char *line = maker->text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		if (strncmp(line, start, (size_t)length) != 0)
			continue;
		char *at = line + length;
		*n = (size_t)strtoul(at, &at, 10);
		double *values = fixture_alloc(maker, *n, sizeof *values);
		for (size_t i = 0; i < *n; i++)
			values[i] = strtod(at, &at);
		return values;
	}
	return NULL;
}

static int64_t *fixture_steps(fixture_maker *maker, const char *run, const char *name, size_t *n)
{
	double *values = fixture_doubles(maker, run, name, n);
	int64_t *steps = fixture_alloc(maker, *n, sizeof *steps);
	for (size_t i = 0; i < *n; i++)
		steps[i] = (int64_t)values[i];
	return steps;
}

static double *fixture_series(
	fixture_maker *maker, const char *run, pt_matrix matrix, const char *what, size_t *n)
{
	char name[80];
	snprintf(name, sizeof name, "%.8s.%.60s", pt_matrix_name(matrix), what);
	return fixture_doubles(maker, run, name, n);
}

#include "scan_fixture.h"

static void fixture_norms(fixture_maker *maker, const char *from, pt_matrix matrix, pt_norm_view *norms)
{
	size_t n;
	norms->norm = fixture_series(maker, from, matrix, "norm", &n);
	norms->present = norms->norm != NULL;
	if (!norms->present)
		return;
	double *drift = fixture_alloc(maker, n, sizeof *drift);
	double *length = fixture_alloc(maker, n, sizeof *length);
	double *path = fixture_alloc(maker, n, sizeof *path);
	for (size_t i = 0; i < n; i++) {
		drift[i] = fabs(norms->norm[i] - norms->norm[0]);
		length[i] = i ? fabs(norms->norm[i] - norms->norm[i - 1]) : PT_MISSING;
		path[i] = i ? path[i - 1] + length[i] : 0;
	}
	norms->drift = drift;
	norms->step_length = length;
	norms->path_length = path;
}

static void fixture_pca(
	fixture_maker *maker, const char *from, pt_run_view *run, pt_matrix matrix, pt_pca_view *pca)
{
	size_t n, n_explained;
	pca->pc1 = fixture_series(maker, from, matrix, "pc1", &n);
	pca->pc2 = fixture_series(maker, from, matrix, "pc2", &n);
	double *explained = fixture_series(maker, from, matrix, "explained", &n_explained);
	pca->present = pca->pc1 != NULL;
	pca->turning_step = pca->component_turn_steps[0] = pca->component_turn_steps[1] = PT_NO_STEP;
	if (!pca->present)
		return;
	pca->n = n;
	pca->steps = run->steps;
	memcpy(pca->explained, explained, 2 * sizeof *explained);
	pca->scree = explained;
	pca->n_scree = 2;
	pca->turning_step = from[0] == 'm' ? 100 : from[0] == 's' ? 120 : 105;
	pca->turning_angle_deg = 71.5;
}

static void fixture_cosine(fixture_maker *maker, const char *from, pt_run_view *run, pt_matrix matrix,
	int64_t k, pt_cosine_view *cosine)
{
	char name[80];
	size_t n;
	cosine->k = k;
	cosine->k_used = k;
	cosine->k_checkpoints = k / 5;
	cosine->minimum_step = cosine->dip_step = cosine->pending_from_step = cosine->decided_at_step =
		PT_NO_STEP;
	cosine->minimum_value = cosine->dip_value = cosine->dip_prominence = PT_MISSING;
	cosine->dip_min_step_frac = 0.2;
	snprintf(name, sizeof name, "%s.cos%d.steps", pt_matrix_name(matrix), (int)k);
	double *found = fixture_doubles(maker, from, name, &n);
	if (!found)
		return;
	cosine->present = true;
	cosine->steps = fixture_steps(maker, from, name, &cosine->n);
	snprintf(name, sizeof name, "cos%d", (int)k);
	cosine->values = fixture_series(maker, from, matrix, name, &n);
	uint8_t *gaps = fixture_alloc(maker, n, sizeof *gaps);
	cosine->gaps = gaps;
	for (size_t i = 0; i < n; i++) {
		if (isnan(cosine->values[i])) {
			gaps[i] = PT_GAP_UNDEFINED;
		} else if (cosine->minimum_step == PT_NO_STEP || cosine->values[i] < cosine->minimum_value) {
			cosine->minimum_value = cosine->values[i];
			cosine->minimum_step = cosine->steps[i];
		}
		if (cosine->steps[i] == (from[0] == 's' ? 115 : 100)) {
			cosine->dip_step = cosine->steps[i];
			cosine->dip_value = cosine->values[i];
			cosine->dip_prominence = 0.09;
		}
	}
	int64_t last = run->steps[run->n_steps - 1];
	cosine->pending_from_step = last - k + 5;
	cosine->decided_at_step = last + 5;
}

static void fixture_spectrum(
	fixture_maker *maker, const char *from, const char *kind, bool detrended, pt_spectrum_view *spectrum)
{
	char name[80];
	size_t n;
	snprintf(name, sizeof name, "%s.steps", kind);
	spectrum->steps = fixture_steps(maker, from, name, &spectrum->n);
	spectrum->present = spectrum->n > 0;
	spectrum->detrended = detrended;
	spectrum->window = 20;
	spectrum->n_probes = 50;
	spectrum->n_rows = 401;
	snprintf(name, sizeof name, "%s.shc", kind);
	spectrum->shc = fixture_doubles(maker, from, name, &n);
	snprintf(name, sizeof name, "%s.pr", kind);
	spectrum->pr = fixture_doubles(maker, from, name, &n);
	snprintf(name, sizeof name, "%s.trC", kind);
	spectrum->trace = fixture_doubles(maker, from, name, &n);
	spectrum->lambda1 = spectrum->trace;
	spectrum->pr_white_noise = spectrum->pr;
	bool *partial = fixture_alloc(maker, spectrum->n, sizeof *partial);
	for (size_t i = 0; i < spectrum->n && i < 5; i++)
		partial[i] = true;
	spectrum->partial = partial;
}

static void fixture_losses(fixture_maker *maker, const char *from, pt_loss_view *loss)
{
	size_t n;
	loss->steps = fixture_steps(maker, from, "loss.steps", &loss->n);
	loss->train = fixture_doubles(maker, from, "loss.train", &n);
	loss->eval = fixture_doubles(maker, from, "loss.eval", &n);
	loss->learning_rate = fixture_doubles(maker, from, "loss.learning_rate", &n);
	loss->probe_mean = fixture_doubles(maker, from, "loss.probe_mean", &n);
	loss->probe_q10 = fixture_doubles(maker, from, "loss.probe_q10", &n);
	loss->probe_q90 = fixture_doubles(maker, from, "loss.probe_q90", &n);
	loss->probe_q50 = loss->probe_mean;
}

/* A run of nothing, with every step and time missing. */
static void fixture_blank_run(fixture_maker *maker, pt_run_view *run, const char *name)
{
	char path[80];
	snprintf(path, sizeof path, "runs/%s", name);
	run->name = pt_arena_text(maker->arena, name);
	run->path = pt_arena_text(maker->arena, path);
	run->state = PT_RUN_EMPTY;
	run->waiting_for = "the first checkpoint: a directory such as checkpoint-100 or step_100";
	run->last_write_wall_ms = run->next_checkpoint_wall_ms = run->finish_wall_ms = PT_NO_TIME;
	run->usual_interval_ms = PT_NO_TIME;
	run->max_steps = run->spacing = PT_NO_STEP;
	for (int m = 0; m < PT_N_MATRICES; m++) {
		run->verdicts[m] =
			(pt_verdict){.headline = "", .detail = "", .step = PT_NO_STEP, .known_at_step = PT_NO_STEP};
		run->matrices[m].pca.turning_step = PT_NO_STEP;
	}
}

static void fixture_verdicts(pt_run_view *run, int64_t turn)
{
	for (int m = 0; m < PT_MATRIX_W; m++) {
		run->verdicts[m].severity = PT_SEVERITY_WARN;
		run->verdicts[m].step = turn;
		run->verdicts[m].known_at_step = turn + 45;
		run->verdicts[m].headline = turn == 100   ? "direction turned near step 100"
									: turn == 115 ? "direction turned near step 115"
												  : "direction turned near step 95";
		run->verdicts[m].detail =
			"by 49° where 25° is usual for this run, known since 145 · cos dips to 0.902 at 100 "
			"(k 15) · SHC highest at 100 (4.5e-06)";
	}
}

static void fixture_changes(fixture_maker *maker, pt_run_view *run, int64_t turn)
{
	for (int m = 0; m < PT_MATRIX_W; m++) {
		pt_change_point_view *change = fixture_alloc(maker, 1, sizeof *change);
		*change = (pt_change_point_view){.step = turn,
			.known_at_step = turn + 45,
			.statistic = 2.2,
			.ratio = 2.1,
			.threshold = 1.6,
			.phi_deg = 49,
			.usual_phi_deg = 25,
			.window_increments = 16};
		run->matrices[m].change_points = change;
		run->matrices[m].n_change_points = 1;
	}
}

static void fixture_real_run(fixture_maker *maker, pt_run_view *run, const char *name, int64_t turn)
{
	static const int64_t ks[] = {5, 10, 15};
	fixture_blank_run(maker, run, name);
	run->waiting_for = "";
	run->state = PT_RUN_FINISHED;
	run->steps = fixture_steps(maker, name, "steps", &run->n_steps);
	bool *complete = fixture_alloc(maker, run->n_steps, sizeof *complete);
	for (size_t i = 0; i < run->n_steps; i++)
		complete[i] = true;
	run->complete = complete;
	run->spacing = 5;
	run->max_steps = 400;
	run->last_write_wall_ms = FIXTURE_NOW_MS - 4000;
	run->usual_interval_ms = 21000;
	for (int m = 0; m < PT_MATRIX_W; m++) {
		fixture_norms(maker, name, (pt_matrix)m, &run->matrices[m].norms);
		fixture_pca(maker, name, run, (pt_matrix)m, &run->matrices[m].pca);
		run->matrices[m].n_cosines = 3;
		for (size_t k = 0; k < 3; k++)
			fixture_cosine(maker, name, run, (pt_matrix)m, ks[k], &run->matrices[m].cosines[k]);
	}
	fixture_scans(maker, name, run);
	fixture_spectrum(maker, name, "raw", false, &run->spectra[PT_SPECTRUM_RAW]);
	fixture_spectrum(maker, name, "detrended", true, &run->spectra[PT_SPECTRUM_DETRENDED]);
	fixture_losses(maker, name, &run->loss);
	fixture_changes(maker, run, turn);
	fixture_verdicts(run, turn);
}

static void fixture_live(pt_run_view *run)
{
	run->state = PT_RUN_LIVE;
	run->max_steps = 800;
	run->next_checkpoint_wall_ms = FIXTURE_NOW_MS + 17000;
}

static void fixture_one_problem(pt_run_view *run)
{
	static const pt_problem problems[] = {{"checkpoint-230/adapter_model.safetensors", "truncated", 8,
		"header says "
		"152040 bytes, the file has 81920: the checkpoint is passed over"}};
	run->problems = problems;
	run->n_problems = 1;
}

static void fixture_many_problems(pt_run_view *run)
{
	static const pt_problem problems[] = {
		{"checkpoint-10/adapter_model.safetensors", "zero_filled", 0,
			"zeros where a header belongs: a copy in flight"},
		{"checkpoint-\x1b[31m20/adapter_model.safetensors", "bad_json", 17,
			"a string that does \x07 not end"},
		{"checkpoint-30/adapter_config.json", "lfs_pointer", -1,
			"a Git LFS pointer in place of the file: git lfs pull"},
		{"trainer_state.json", "bad_row", 412, "a NaN loss: the row is passed over"},
		{"checkpoint-40/\xff\xfe\xe2\x80\xae"
		 "evil",
			"missing_pair", -1, "lora_A without lora_B"},
		{"日本語/adapter_model.safetensors", "shape", 64,
			"shapes changed during the run: 4×64 before, 8×64 now, and a "
			"message that is so long that it has to be wrapped over more than a single line of any pane"},
	};
	run->state = PT_RUN_UNREADABLE;
	run->waiting_for = "";
	run->problems = problems;
	run->n_problems = sizeof problems / sizeof problems[0];
}

/* One checkpoint: a norm, no spacing, no cosine. */
static void fixture_young(fixture_maker *maker, pt_run_view *run)
{
	fixture_real_run(maker, run, "medical", 100);
	fixture_live(run);
	run->n_steps = 1;
	run->spacing = PT_NO_STEP;
	memset(run->spectra, 0, sizeof run->spectra);
	memset(&run->loss, 0, sizeof run->loss);
	for (int m = 0; m < PT_N_MATRICES; m++) {
		pt_matrix_view *matrix = &run->matrices[m];
		matrix->pca.present = matrix->k_scan.present = matrix->checkpoint_cosine.present = false;
		matrix->final_alignment = NULL;
		matrix->n_change_points = 0;
		for (size_t k = 0; k < matrix->n_cosines; k++)
			matrix->cosines[k].present = false;
		run->verdicts[m].headline = m < PT_MATRIX_W ? "1 checkpoint so far" : "";
		run->verdicts[m].detail = m < PT_MATRIX_W ? "the cosine waits for checkpoints at t−k, t and t+k" : "";
		run->verdicts[m].severity = PT_SEVERITY_INFO;
		run->verdicts[m].step = PT_NO_STEP;
	}
}

/* A network without adapters: the run's B becomes W, and a stretch of it is missing. */
static void fixture_network(fixture_maker *maker, pt_run_view *run)
{
	fixture_real_run(maker, run, "finance", 95);
	run->matrices[PT_MATRIX_W] = run->matrices[PT_MATRIX_B];
	run->verdicts[PT_MATRIX_W] = run->verdicts[PT_MATRIX_B];
	for (int m = 0; m < PT_MATRIX_W; m++) {
		memset(&run->matrices[m], 0, sizeof run->matrices[m]);
		run->verdicts[m].headline = run->verdicts[m].detail = "";
	}
	pt_cosine_view *cosine = &run->matrices[PT_MATRIX_W].cosines[2];
	double *values = pt_arena_copy(maker->arena, cosine->values, cosine->n, sizeof *values);
	uint8_t *gaps = pt_arena_copy(maker->arena, cosine->gaps, cosine->n, sizeof *gaps);
	for (size_t i = 30; i < 40; i++) {
		values[i] = PT_MISSING;
		gaps[i] = i < 35 ? PT_GAP_SKIPPED : PT_GAP_UNDEFINED;
	}
	cosine->values = values;
	cosine->gaps = gaps;
}

static int fixture_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The earlier values' quartiles, from eight of them on; a storage floor that the first sixteen are below. */
static void fixture_band(fixture_maker *maker, pt_cosine_view *cosine)
{
	double *earlier = fixture_alloc(maker, cosine->n, sizeof *earlier), *columns[5];
	for (int c = 0; c < 5; c++)
		columns[c] = fixture_alloc(maker, cosine->n, sizeof *columns[c]);
	for (size_t i = 0; i < cosine->n; i++) {
		memcpy(earlier, cosine->values, i * sizeof *earlier);
		qsort(earlier, i, sizeof *earlier, fixture_compare);
		for (int quarter = 1; quarter <= 3; quarter++)
			columns[quarter - 1][i] = i < 8 ? PT_MISSING : earlier[i * (size_t)quarter / 4];
		columns[3][i] = 1 + 0.125 * (double)i;
		columns[4][i] = columns[3][i] < 2 ? PT_MISSING : 1 - (1 - cosine->values[i]) / 2;
	}
	cosine->usual_q25 = columns[0];
	cosine->usual_median = columns[1];
	cosine->usual_q75 = columns[2];
	cosine->floor_q = columns[3];
	cosine->debiased = columns[4];
}

/* Two kinds of module in each of fourteen layers; five turned, one's Gram is not kept. */
static void fixture_modules(fixture_maker *maker, pt_run_view *run, bool some)
{
	enum { N_LAYERS = 14 };
	pt_module_view *modules = fixture_alloc(maker, (size_t)2 * N_LAYERS, sizeof *modules);
	for (int i = 0; i < 2 * N_LAYERS; i++) {
		char name[80];
		bool is_mlp = i % 2 == 0;
		int layer = i / 2;
		snprintf(
			name, sizeof name, "model.layers.%d.%s", layer, is_mlp ? "mlp.down_proj" : "self_attn.q_proj");
		modules[i] = (pt_module_view){.name = pt_arena_text(maker->arena, name),
			.adapter = "default",
			.kind = "lora",
			.rank = 8,
			.scaling = 2,
			.dtype = "F16",
			.selected = is_mlp || !some};
		for (int m = 0; m < PT_MATRIX_W; m++)
			modules[i].turns[m] = (pt_module_turn_view){.present = i != 7,
				.turning_step = 95 + 5 * (i % 4),
				.turning_angle_deg = i == 3 ? PT_MISSING : 20 + 7 * ((i * 5) % 11),
				.change_step = layer >= 5 && layer < 10 && is_mlp ? 95 + 5 * (layer % 3) : PT_NO_STEP,
				.min_cosine = 0.95 - 0.03 * ((i * 3) % 13),
				.min_cosine_step = 100 + 5 * (i % 7),
				.share_of_drift =
					i == 3 ? PT_MISSING
						   : 0.002 + 0.12 * exp(-0.5 * (layer - 7) * (layer - 7) / 4.0) * (is_mlp ? 1 : 0.4)};
	}
	run->modules = modules;
	run->n_modules = (size_t)2 * N_LAYERS;
}

/* Modes of a window: the harmful probes of the medical log against those of code. */
static void fixture_modes(fixture_maker *maker, pt_spectrum_view *spectrum)
{
	enum { N_MODES = 3, N_PROBES = 6 };
	static const char *const names[N_PROBES] = {"medical/harmful/3", "medical/harmful/11", "code/unsafe/2",
		"medical/benign/7", "code/safe/4", "medical/harmful/\x1b[31m"};
	static const pt_mode_part groups[] = {{"medical/*", 0.71}, {"code/*", 0.29}};
	pt_mode_view *modes = fixture_alloc(maker, N_MODES, sizeof *modes);
	for (int i = 0; i < N_MODES; i++) {
		pt_mode_part *probes = fixture_alloc(maker, N_PROBES, sizeof *probes);
		for (int p = 0; p < N_PROBES; p++)
			probes[p] = (pt_mode_part){names[(p + i) % N_PROBES], ((p + i) % 3 == 2 ? -0.6 : 0.6) / (1 + p)};
		modes[i] = (pt_mode_view){.eigenvalue = 3.2e-4 / (1 << 2 * i),
			.share = 0.62 / (1 << 2 * i),
			.n_probes = N_PROBES,
			.probes = probes,
			.n_groups = 2,
			.groups = groups};
	}
	int64_t newest = spectrum->n ? spectrum->steps[spectrum->n - 1] : PT_NO_STEP;
	spectrum->modes = (pt_modes_view){.present = true, .step = newest, .n_modes = N_MODES, .modes = modes};
	spectrum->probe_names = names;
	spectrum->n_probe_names = N_PROBES;
	spectrum->n_probes = N_PROBES;
}

static void fixture_rich(fixture_maker *maker, pt_run_view *run, bool some)
{
	static const pt_probe_group_view groups[] = {{"medical/*", 4}, {"code/*", 2}};
	fixture_real_run(maker, run, "medical", 100);
	fixture_live(run);
	fixture_modules(maker, run, some);
	for (int m = 0; m < PT_MATRIX_W; m++)
		for (size_t k = 0; k < run->matrices[m].n_cosines; k++)
			fixture_band(maker, &run->matrices[m].cosines[k]);
	for (int s = 0; s < PT_SPECTRUM_GAUSSIAN; s++)
		fixture_modes(maker, &run->spectra[s]);
	run->probe_groups = groups;
	run->n_probe_groups = 2;
	run->kept.set_progress = some ? 0.435 : 1;
	if (!some)
		return;
	pt_spectrum_view *subset = fixture_alloc(maker, 2, sizeof *subset);
	for (int s = 0; s < 2; s++) {
		subset[s] = run->spectra[s];
		subset[s].subset = "medical/*";
		subset[s].n_probes = 4;
	}
	run->subset_spectra = subset;
	run->n_subset_spectra = 2;
}

#include "compare_fixture.h"

static void fixture_fill(fixture_maker *maker, fixture_kind kind, pt_run_view *runs)
{
	switch (kind) {
	case FIXTURE_MEDICAL:
	case FIXTURE_STALE:
		fixture_real_run(maker, &runs[0], "medical", 100);
		fixture_live(&runs[0]);
		fixture_one_problem(&runs[0]);
		if (kind == FIXTURE_STALE) {
			runs[0].state = PT_RUN_STALE;
			runs[0].last_write_wall_ms = FIXTURE_NOW_MS - 14 * 60 * 1000;
			runs[0].next_checkpoint_wall_ms = PT_NO_TIME;
		}
		break;
	case FIXTURE_THREE:
		fixture_real_run(maker, &runs[0], "medical", 100);
		fixture_real_run(maker, &runs[1], "sports", 115);
		fixture_real_run(maker, &runs[2], "finance", 95);
		fixture_one_problem(&runs[2]);
		fixture_versus(maker, runs, 3);
		break;
	case FIXTURE_MANY:
		fixture_many(maker, runs);
		fixture_versus(maker, runs, FIXTURE_MANY_RUNS);
		break;
	case FIXTURE_EMPTY:
		fixture_blank_run(maker, &runs[0], "out");
		break;
	case FIXTURE_YOUNG:
		fixture_young(maker, &runs[0]);
		break;
	case FIXTURE_BROKEN:
		fixture_blank_run(maker, &runs[0], "broken");
		fixture_many_problems(&runs[0]);
		break;
	case FIXTURE_NETWORK:
		fixture_network(maker, &runs[0]);
		break;
	case FIXTURE_RICH:
	case FIXTURE_SUBSET:
		fixture_rich(maker, &runs[0], kind == FIXTURE_SUBSET);
		break;
	case FIXTURE_NO_RUNS:
	case FIXTURE_N_KINDS:
		break;
	}
}

/** A snapshot of a kind; pt_snapshot_destroy it. Aborts where it cannot be made. */
static pt_snapshot *fixture_create(fixture_kind kind)
{
	fixture_maker maker = {pt_arena_create(), fixture_read_text("tests/data/ui/curves.txt")};
	if (!maker.arena)
		abort();
	pt_snapshot *snapshot = fixture_alloc(&maker, 1, sizeof *snapshot);
	pt_run_view *runs = fixture_alloc(&maker, FIXTURE_MANY_RUNS, sizeof *runs);
	snapshot->arena = maker.arena;
	snapshot->serial = 1;
	snapshot->taken_wall_ms = FIXTURE_NOW_MS;
	snapshot->settings = pt_settings_default();
	snapshot->settings.k[0] = 5;
	snapshot->settings.k[1] = 10;
	snapshot->settings.k[2] = 15;
	snapshot->settings.n_k = 3;
	if (kind == FIXTURE_SUBSET) {
		strcpy(snapshot->settings.modules, "*.down_proj");
		strcpy(snapshot->settings.probes, "medical/*");
	}
	snapshot->runs = runs;
	snapshot->n_runs = kind == FIXTURE_THREE     ? 3
					   : kind == FIXTURE_MANY    ? FIXTURE_MANY_RUNS
					   : kind == FIXTURE_NO_RUNS ? 0
												 : 1;
	fixture_fill(&maker, kind, runs);
	if (kind == FIXTURE_THREE)
		fixture_joint(&maker, snapshot, runs);
	free(maker.text);
	return snapshot;
}

#endif
