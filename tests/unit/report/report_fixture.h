/* A snapshot made by hand: two runs, hostile names, missing values. Everything is static: nothing to free. */
#ifndef PHASETOP_TESTS_REPORT_FIXTURE_H
#define PHASETOP_TESTS_REPORT_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/analysis/snapshot.h"
#include "phasetop/base/missing.h"
#include "phasetop/report/report_options.h"

/* ESC, a quote, a backslash, a newline, a right-to-left override, a tag character beyond the BMP, and a byte
   that is no UTF-8. */
#define HOSTILE_NAME "a\x1b[31m\"\\\n\xe2\x80\xae\xf3\xa0\x81\x81\xff,b"
/* The same after JSON: the bad byte is U+FFFD. */
#define HOSTILE_NAME_DECODED "a\x1b[31m\"\\\n\xe2\x80\xae\xf3\xa0\x81\x81\xef\xbf\xbd,b"

enum { FIXTURE_STEPS = 4, FIXTURE_ROWS = 3 };

typedef struct fixture {
	pt_snapshot snapshot;
	pt_run_view runs[2];
	int64_t steps[FIXTURE_STEPS];
	double norm[FIXTURE_STEPS], step_length[FIXTURE_STEPS], pc[FIXTURE_STEPS];
	double scree[2];
	int64_t cosine_steps[3];
	double cosine_values[3];
	uint8_t gaps[3];
	int64_t rows[FIXTURE_ROWS];
	double row_values[FIXTURE_ROWS];
	bool partial[FIXTURE_ROWS];
	pt_module_view modules[3], plain_module;
	int64_t shape_a[2], shape_b[2];
	pt_scaling_change scaling_changes[1];
	const char *warnings[1];
	const char *examples[1];
	pt_problem problems[2];
	pt_pending_file pending[1];
	pt_segment segments[2];
	int64_t deleted[1];
	pt_change_point_view change_points[1];
	pt_metric_view series[1];
} fixture;

static inline void fixture_matrices(fixture *f, pt_run_view *run)
{
	for (int m = PT_MATRIX_A; m <= PT_MATRIX_DW; m++) {
		pt_matrix_view *view = &run->matrices[m];
		view->norms = (pt_norm_view){true, f->norm, f->norm, f->step_length, f->norm};
		view->pca = (pt_pca_view){
			.present = true,
			.n = FIXTURE_STEPS,
			.steps = f->steps,
			.pc1 = f->pc,
			.pc2 = f->norm,
			.explained = {0.75, 0.25},
			.n_scree = 2,
			.scree = f->scree,
			.turning_step = 15,
			.turning_angle_deg = 34.5,
			.component_turn_steps = {15, PT_NO_STEP},
		};
		view->n_cosines = 2;
		view->cosines[0] = (pt_cosine_view){
			.present = true,
			.k = 7,
			.k_used = 5,
			.k_checkpoints = 1,
			.n = 3,
			.steps = f->cosine_steps,
			.values = f->cosine_values,
			.gaps = f->gaps,
			.minimum_step = 10,
			.minimum_value = 0.1,
			.dip_step = PT_NO_STEP,
			.dip_value = PT_MISSING,
			.dip_prominence = PT_MISSING,
			.dip_min_step_frac = 0.2,
			.pending_from_step = 20,
			.decided_at_step = 25,
		};
		view->cosines[1] = (pt_cosine_view){.k = 500,
			.minimum_step = PT_NO_STEP,
			.dip_step = PT_NO_STEP,
			.pending_from_step = PT_NO_STEP,
			.decided_at_step = PT_NO_STEP};
		view->n_change_points = m == PT_MATRIX_B;
		view->change_points = f->change_points;
	}
}

static inline void fixture_logs(fixture *f, pt_run_view *run)
{
	for (int s = PT_SPECTRUM_RAW; s <= PT_SPECTRUM_DETRENDED; s++)
		run->spectra[s] = (pt_spectrum_view){
			.present = true,
			.detrended = s == PT_SPECTRUM_DETRENDED,
			.window = 20,
			.n_probes = 64,
			.n_rows = FIXTURE_ROWS,
			.n_invalid_rows = 1,
			.n = FIXTURE_ROWS,
			.steps = f->rows,
			.shc = f->row_values,
			.pr = f->row_values,
			.trace = f->row_values,
			.lambda1 = f->row_values,
			.pr_white_noise = f->row_values,
			.partial = f->partial,
		};
	run->loss = (pt_loss_view){
		.n = FIXTURE_ROWS,
		.steps = f->rows,
		.train = f->row_values,
		.train_source = "trainer_state.json + runs/a",
		.probe_mean = f->row_values,
		.n_series = 1,
		.series = f->series,
	};
}

static inline void fixture_modules(fixture *f)
{
	f->shape_a[0] = 1;
	f->shape_a[1] = 384;
	f->shape_b[0] = 128;
	f->shape_b[1] = 1;
	f->scaling_changes[0] = (pt_scaling_change){5, 64};
	f->warnings[0] = "rank 1, not 2";
	for (int i = 0; i < 3; i++) {
		f->modules[i] = (pt_module_view){
			.name = i == 0 ? HOSTILE_NAME : "layers.1.q_proj",
			.adapter = i == 2 ? "other" : "default",
			.kind = "lora",
			.rank = 1,
			.scaling = 64,
			.n_scaling_changes = i == 0,
			.scaling_changes = f->scaling_changes,
			.dtype = "F32",
			.n_shape_a = 2,
			.n_shape_b = 2,
			.shape_a = f->shape_a,
			.shape_b = f->shape_b,
			.selected = i != 2,
			.n_warnings = i == 0,
			.warnings = f->warnings,
			.norm = {f->norm, f->norm, f->norm, NULL},
		};
	}
	f->plain_module = (pt_module_view){
		.name = "layers.0.weight",
		.adapter = "",
		.kind = "full",
		.scaling = PT_MISSING,
		.dtype = "F32",
		.n_shape_a = 2,
		.shape_a = f->shape_a,
		.selected = true,
		.norm = {NULL, NULL, NULL, f->norm},
	};
}

static inline void fixture_numbers(fixture *f)
{
	static const int64_t steps[] = {5, 10, 15, 20};
	static const double norms[] = {0, 0.1, 1e-300, 1.0 / 3.0};
	memcpy(f->steps, steps, sizeof steps);
	memcpy(f->norm, norms, sizeof norms);
	memcpy(f->pc, norms, sizeof norms);
	f->step_length[0] = PT_MISSING;
	f->step_length[1] = f->step_length[2] = f->step_length[3] = 123456789.123456789;
	f->scree[0] = 0.75;
	f->scree[1] = 0.25;
	memcpy(f->cosine_steps, steps, sizeof f->cosine_steps);
	f->cosine_values[0] = PT_MISSING;
	f->cosine_values[1] = 0.1;
	f->cosine_values[2] = PT_MISSING;
	f->gaps[0] = PT_GAP_UNDEFINED;
	f->gaps[1] = PT_GAP_NONE;
	f->gaps[2] = PT_GAP_SKIPPED;
	for (int i = 0; i < FIXTURE_ROWS; i++) {
		f->rows[i] = i;
		f->row_values[i] = i == 0 ? PT_MISSING : 0.5 * i;
		f->partial[i] = i < 2;
	}
}

static inline void fixture_init(fixture *f)
{
	memset(f, 0, sizeof *f);
	fixture_numbers(f);
	fixture_modules(f);
	f->problems[0] =
		(pt_problem){"checkpoint-5/adapter_model.safetensors", "truncated", 264123, "half of \"it\""};
	f->problems[1] = (pt_problem){HOSTILE_NAME, "not_a_directory", -1, "passed over"};
	f->pending[0] = (pt_pending_file){"checkpoint-25", "still being written"};
	f->segments[0] = (pt_segment){5, 10, "start", PT_NO_STEP};
	f->segments[1] = (pt_segment){15, 20, "resume", 10};
	f->deleted[0] = 5;
	f->examples[0] = "lm_head.weight";
	f->change_points[0] = (pt_change_point_view){15, 20, 4.1, 2.5, 1.6, 48.8, PT_MISSING, 16};
	f->series[0] = (pt_metric_view){.name = "eval_medical_loss",
		.source = "trainer_state.json",
		.n = FIXTURE_ROWS,
		.steps = f->rows,
		.values = f->row_values,
		.half_rise_step = PT_NO_STEP};
	for (int r = 0; r < 2; r++)
		f->runs[r] = (pt_run_view){
			.name = r == 0 ? HOSTILE_NAME : "plain",
			.path = r == 0 ? "runs/hostile" : "runs/plain",
			.state = r == 0 ? PT_RUN_LIVE : PT_RUN_FINISHED,
			.last_write_wall_ms = r == 0 ? 1767268793000 : PT_NO_TIME,
			.next_checkpoint_wall_ms = r == 0 ? 1767268805000 : PT_NO_TIME,
			.finish_wall_ms = PT_NO_TIME,
			.max_steps = r == 0 ? 400 : PT_NO_STEP,
			.waiting_for = "",
			.n_segments = r == 0 ? 2 : 1,
			.segments = f->segments,
			.n_steps = FIXTURE_STEPS,
			.steps = f->steps,
			.spacing = 5,
			.n_deleted = r == 0,
			.deleted = f->deleted,
			.n_pending = r == 0,
			.pending = f->pending,
			.n_problems = r == 0,
			.problems = f->problems,
			.n_modules = r == 0 ? 3 : 1,
			.modules = r == 0 ? f->modules : &f->plain_module,
			.n_skipped_tensors = r == 0,
			.n_skipped_examples = r == 0,
			.skipped_examples = f->examples,
		};
	fixture_matrices(f, &f->runs[0]);
	fixture_logs(f, &f->runs[0]);
	for (int r = 0; r < 2; r++)
		for (int m = 0; m < PT_N_MATRICES; m++)
			f->runs[r].versus[m] = (pt_versus_view){
				.cosine_final = PT_MISSING, .cosine_of_drift = PT_MISSING, .turn_lag_steps = PT_NO_STEP};
	f->runs[1].matrices[PT_MATRIX_W].norms = (pt_norm_view){true, f->norm, f->norm, f->step_length, f->norm};
	f->snapshot = (pt_snapshot){
		.taken_wall_ms = 1767268805000, /* 2026-01-01T12:00:05Z */
		.settings = pt_settings_default(),
		.n_runs = 2,
		.runs = f->runs,
		.n_problems = 1,
		.problems = &f->problems[1],
		.memory_bytes = 3 * 1024 * 1024 / 2,
	};
}

/* What `write` prints, as a string; free it with free(). */
#define PRINTED(write, f, options)                                                         \
	__extension__({                                                                        \
		char *printed_text = NULL;                                                         \
		size_t printed_bytes = 0;                                                          \
		FILE *printed_to = open_memstream(&printed_text, &printed_bytes);                  \
		assert_non_null(printed_to);                                                       \
		pt_error printed_err;                                                              \
		assert_int_equal(write(printed_to, &(f)->snapshot, options, &printed_err), PT_OK); \
		fclose(printed_to);                                                                \
		printed_text;                                                                      \
	})

/* One for each test. */
static fixture f;

static inline int make_fixture(void **state)
{
	(void)state;
	fixture_init(&f);
	return 0;
}

#endif
