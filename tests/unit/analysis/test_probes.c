/* Spectra of probe subsets, leading modes and baselines in a snapshot: what each is of, and when they are
 * there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "../../helpers/scratch_of_test.h"
#include "run_fixture.h"

#define LOG "probe_losses.jsonl"

enum { W = 8, N = 6, ROWS = 40 };

static const unsigned everything = PT_WANT_LAMBDA1 | PT_WANT_MODES | PT_WANT_BASELINES;
static const char *const first_names[N] = {
	"med/harm/0", "med/harm/1", "med/care/0", "fin/harm/0", "fin/harm/1", "odd"};
/* the probes of a later part of the log */
static const char *const later_names[N] = {"fin/harm/0", "med/harm/7", "x", "med/harm/0", "med/harm/1", "y"};

static pt_settings settings_of(const char *probes, unsigned wanted)
{
	pt_settings settings = pt_settings_default();
	settings.probe_window = W;
	settings.wanted = wanted;
	snprintf(settings.probes, sizeof settings.probes, "%s", probes);
	return settings;
}

/* --- logs ------------------------------------------------------------------------------------------- */

/* A common fall, a wave for each of two kinds of probes, and what is each probe's own. */
static double loss_of(int64_t step, int probe)
{
	double t = (double)step;
	return 3 - 0.01 * t + 0.2 * (1 + probe % 2) * sin(0.4 * t + (probe < 3 ? 0 : 1.1)) +
		   0.01 * sin(12.9898 * t * (probe + 1));
}

static void add_header(const char *root, const char *const *names, const bool *chosen)
{
	const char *comma = "";
	append_text(root, LOG, "{\"probes\": [");
	for (int p = 0; p < N; p++) {
		char text[64];
		if (!chosen[p])
			continue;
		snprintf(text, sizeof text, "%s\"%s\"", comma, names[p]);
		append_text(root, LOG, text);
		comma = ", ";
	}
	append_text(root, LOG, "]}\n");
}

/* @param bad  the probe whose loss is not finite; -1: none */
static void add_row(const char *root, int64_t step, const bool *chosen, int bad)
{
	char text[256];
	pt_text line = pt_text_over(text, sizeof text);
	const char *comma = "";
	pt_text_addf(&line, "{\"step\": %lld, \"losses\": [", (long long)step);
	for (int p = 0; p < N; p++) {
		if (!chosen[p])
			continue;
		pt_text_add(&line, comma);
		if (p == bad)
			pt_text_add(&line, "NaN");
		else
			pt_text_addf(&line, "%.9g", loss_of(step, p));
		comma = ", ";
	}
	pt_text_add(&line, "]}\n");
	assert_false(line.cut);
	append_text(root, LOG, text);
}

/*
 * A run's whole life, of the probes whose names begin with `prefix`: a bad loss of theirs and one of another
 * probe's, a resume, other probes.
 */
static void write_life(const char *root, const char *prefix)
{
	bool first[N], later[N];
	for (int p = 0; p < N; p++) {
		first[p] = strncmp(first_names[p], prefix, strlen(prefix)) == 0;
		later[p] = strncmp(later_names[p], prefix, strlen(prefix)) == 0;
	}
	add_header(root, first_names, first);
	for (int64_t step = 0; step < 30; step++)
		add_row(root, step, first, step == 7 ? 0 : step == 12 ? 5 : -1);
	for (int64_t step = 20; step < ROWS; step++) /* a resume */
		add_row(root, step, first, -1);
	add_header(root, later_names, later);
	for (int64_t step = ROWS; step < ROWS + 14; step++)
		add_row(root, step, later, step == ROWS + 3 ? 3 : -1);
}

/* --- comparing -------------------------------------------------------------------------------------- */

static void assert_near(double value, double expected, double slack)
{
	if (!(fabs(value - expected) <= slack))
		fail_msg("%.17g, expected %.17g", value, expected);
}

static void assert_same_values(const double *a, const double *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (pt_is_missing(a[i]) ? !pt_is_missing(b[i]) : a[i] != b[i])
			fail_msg("[%zu] %.17g, not %.17g", i, a[i], b[i]);
}

static void assert_same_parts(const pt_mode_part *a, const pt_mode_part *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(a[i].name, b[i].name);
		assert_true(a[i].weight == b[i].weight);
	}
}

static void assert_same_modes(const pt_modes_view *a, const pt_modes_view *b)
{
	assert_int_equal(a->present, b->present);
	assert_int_equal(a->step, b->step);
	assert_int_equal(a->n_modes, b->n_modes);
	for (size_t m = 0; m < a->n_modes; m++) {
		const pt_mode_view *x = &a->modes[m], *y = &b->modes[m];
		assert_true(x->eigenvalue == y->eigenvalue && x->share == y->share);
		assert_int_equal(x->n_probes, y->n_probes);
		assert_int_equal(x->n_groups, y->n_groups);
		assert_same_parts(x->probes, y->probes, x->n_probes);
		assert_same_parts(x->groups, y->groups, x->n_groups);
	}
}

/* All but what the subset is called. */
static void assert_same_spectrum(const pt_spectrum_view *a, const pt_spectrum_view *b)
{
	assert_true(a->present && b->present);
	assert_int_equal(a->gaussian, b->gaussian);
	assert_int_equal(a->detrended, b->detrended);
	assert_int_equal(a->window, b->window);
	assert_int_equal(a->n_probes, b->n_probes);
	assert_int_equal(a->n_rows, b->n_rows);
	assert_int_equal(a->n_invalid_rows, b->n_invalid_rows);
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->steps, b->steps, a->n * sizeof *a->steps);
	assert_memory_equal(a->partial, b->partial, a->n * sizeof *a->partial);
	assert_same_values(a->shc, b->shc, a->n);
	assert_same_values(a->pr, b->pr, a->n);
	assert_same_values(a->trace, b->trace, a->n);
	assert_same_values(a->lambda1, b->lambda1, a->n);
	assert_same_values(a->pr_white_noise, b->pr_white_noise, a->n);
	assert_int_equal(a->n_probe_names, b->n_probe_names);
	for (size_t i = 0; i < a->n_probe_names; i++)
		assert_string_equal(a->probe_names[i], b->probe_names[i]);
	assert_same_modes(&a->modes, &b->modes);
}

static void assert_same_baselines(const pt_baselines_view *a, const pt_baselines_view *b, size_t n)
{
	/* the newest n of both */
	size_t i = a->n - n, j = b->n - n;
	assert_true(a->present && b->present && a->n >= n && b->n >= n);
	assert_memory_equal(a->steps + i, b->steps + j, n * sizeof *a->steps);
	assert_same_values(a->mean_loss + i, b->mean_loss + j, n);
	assert_same_values(a->slope + i, b->slope + j, n);
	assert_same_values(a->variance + i, b->variance + j, n);
	assert_same_values(a->lag1 + i, b->lag1 + j, n);
	assert_same_values(a->kendall_tau_log_shc + i, b->kendall_tau_log_shc + j, n);
}

/* --- subsets ---------------------------------------------------------------------------------------- */

static void a_subset_is_a_run_of_its_probes_alone(void **state)
{
	make_directory(*state, "all");
	make_directory(*state, "few");
	char all[1024], few[1024];
	snprintf(all, sizeof all, "%s/all", (char *)*state);
	snprintf(few, sizeof few, "%s/few", (char *)*state);
	write_life(all, "");
	write_life(few, "med/harm/");
	pt_settings of_subset = settings_of("med/harm/*", everything), of_all = settings_of("", everything);
	pt_snapshot *whole = fixture_cold(all, &of_subset), *alone = fixture_cold(few, &of_all);
	const pt_run_view *a = &whole->runs[0], *b = &alone->runs[0];
	assert_int_equal(a->n_subset_spectra, 2);
	for (int form = PT_SPECTRUM_RAW; form <= PT_SPECTRUM_DETRENDED; form++) {
		assert_string_equal(a->subset_spectra[form].subset, "med/harm/*");
		assert_same_spectrum(&a->subset_spectra[form], &b->spectra[form]);
		assert_null(b->spectra[form].subset);
	}
	/* the loss of another probe that was not finite is none of theirs: 30 rows less the 10 resumed over, 20,
	 * 14 */
	assert_int_equal(a->subset_spectra[0].n_invalid_rows, 2);
	assert_int_equal(a->spectra[0].n_invalid_rows, 3);
	assert_int_equal(a->subset_spectra[0].n, 20 + 20 + 14 - 2);
	assert_int_equal(a->subset_spectra[0].n_probes, 3);
	assert_true(a->subset_spectra[0].modes.present);
	pt_snapshot_destroy(whole);
	pt_snapshot_destroy(alone);
}

static void all_probes_stay_whatever_the_subset(void **state)
{
	write_life(*state, "");
	pt_settings of_subset = settings_of("*harm*", everything), of_all = settings_of("", everything);
	pt_snapshot *a = fixture_cold(*state, &of_subset), *b = fixture_cold(*state, &of_all);
	assert_same_spectrum(&a->runs[0].spectra[PT_SPECTRUM_RAW], &b->runs[0].spectra[PT_SPECTRUM_RAW]);
	assert_same_spectrum(
		&a->runs[0].spectra[PT_SPECTRUM_DETRENDED], &b->runs[0].spectra[PT_SPECTRUM_DETRENDED]);
	assert_null(a->runs[0].spectra[PT_SPECTRUM_RAW].subset);
	assert_same_baselines(&a->runs[0].baselines, &b->runs[0].baselines, b->runs[0].baselines.n);
	assert_int_equal(b->runs[0].n_subset_spectra, 0);
	pt_snapshot_destroy(a);
	pt_snapshot_destroy(b);
}

static void a_subset_of_nothing_is_there_and_empty(void **state)
{
	write_life(*state, "");
	pt_settings settings = settings_of("nobody/*", everything);
	pt_snapshot *snapshot = fixture_cold(*state, &settings);
	const pt_run_view *run = &snapshot->runs[0];
	assert_int_equal(run->n_subset_spectra, 2);
	assert_true(run->subset_spectra[0].present && run->subset_spectra[1].present);
	assert_int_equal(run->subset_spectra[0].n_probes, 0);
	assert_int_equal(run->subset_spectra[0].n, 0);
	assert_false(run->subset_spectra[0].modes.present);
	assert_true(run->spectra[0].n > 0);
	pt_snapshot_destroy(snapshot);
}

static void a_new_subset_needs_no_file(void **state)
{
	fixture_time now;
	char path[1024];
	write_life(*state, "");
	pt_settings of_all = settings_of("", everything), of_subset = settings_of("med/harm/*", everything);
	pt_snapshot *cold = fixture_cold(*state, &of_subset);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, &of_all);
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->runs[0].n_subset_spectra, 0);
	pt_snapshot_destroy(snapshot);
	snprintf(path, sizeof path, "%s/" LOG, (char *)*state);
	assert_int_equal(unlink(path), 0);
	pt_pipeline_set_settings(pipeline, &of_subset);
	snapshot = fixture_snapshot(pipeline);
	assert_int_equal(snapshot->runs[0].n_subset_spectra, 2);
	assert_same_spectrum(&snapshot->runs[0].subset_spectra[0], &cold->runs[0].subset_spectra[0]);
	assert_same_spectrum(&snapshot->runs[0].subset_spectra[1], &cold->runs[0].subset_spectra[1]);
	pt_snapshot_destroy(snapshot);
	pt_snapshot_destroy(cold);
	pt_pipeline_destroy(pipeline);
}

static void groups_follow_the_chosen_subset(void **state)
{
	static const bool every[N] = {true, true, true, true, true, true};
	add_header(*state, first_names, every);
	for (int64_t step = 0; step < 20; step++)
		add_row(*state, step, every, -1);
	write_text(*state, "probe_losses_gaussian.jsonl",
		"{\"probes\": [\"med/harm/0\", \"med/harm/1\", \"med/care/0\", \"fin/harm/0\", \"fin/harm/1\", "
		"\"odd\"]}\n"
		"{\"step\": 3, \"samples\": [[1,2,3,4,5,6],[2,1,3,4,5,7],[1,1,3,9,5,6]]}\n");
	pt_settings settings = settings_of("med/care/*", everything | PT_WANT_SUBSETS);
	pt_snapshot *snapshot = fixture_cold(*state, &settings);
	const pt_run_view *run = &snapshot->runs[0];
	static const struct {
		const char *glob;
		int n_probes;
	} expected[] = {{"med/care/*", 1}, {"med/*", 3}, {"med/harm/*", 2}, {"fin/harm/*", 2}};
	assert_int_equal(run->n_subset_spectra, 12);
	for (size_t i = 0; i < run->n_subset_spectra; i++) {
		const pt_spectrum_view *view = &run->subset_spectra[i];
		assert_true(view->present);
		assert_string_equal(view->subset, expected[i / 3].glob);
		assert_int_equal(view->n_probes, expected[i / 3].n_probes);
		assert_int_equal(view->detrended, i % 3 == 1);
		assert_int_equal(view->gaussian, i % 3 == 2);
		assert_int_equal(view->n, i % 3 == 2 ? 1 : 20);
		assert_int_equal(view->n_probe_names, expected[i / 3].n_probes);
	}
	/* what the log offers, whether wanted or not */
	static const char *const offered[] = {"med/*", "med/harm/*", "med/care/*", "fin/harm/*"};
	assert_int_equal(run->n_probe_groups, 4);
	for (size_t g = 0; g < 4; g++)
		assert_string_equal(run->probe_groups[g].glob, offered[g]);
	assert_int_equal(run->probe_groups[0].n_probes, 3);
	pt_snapshot_destroy(snapshot);
}

/* --- live ------------------------------------------------------------------------------------------- */

static void rows_one_by_one_are_a_cold_scan(void **state)
{
	fixture_time now;
	static const bool every[N] = {true, true, true, true, true, true};
	pt_settings settings = settings_of("*harm*", everything | PT_WANT_SUBSETS);
	add_header(*state, first_names, every);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, &settings);
	pt_snapshot *live = NULL;
	for (int64_t i = 0; i < 45; i++) {
		int64_t step = i < 30 ? i : i - 8; /* a resume at 22 */
		if (i == 38)
			add_header(*state, later_names, every);
		add_row(*state, step, every, i == 9 || i == 40 ? 1 : -1);
		assert_true(fixture_pump(pipeline, &now));
		pt_snapshot_destroy(live);
		live = fixture_snapshot(pipeline);
		assert_non_null(live);
	}
	pt_snapshot *cold = fixture_cold(*state, &settings);
	const pt_run_view *a = &live->runs[0], *b = &cold->runs[0];
	for (int form = PT_SPECTRUM_RAW; form <= PT_SPECTRUM_DETRENDED; form++)
		assert_same_spectrum(&a->spectra[form], &b->spectra[form]);
	assert_int_equal(a->n_subset_spectra, b->n_subset_spectra);
	assert_true(a->n_subset_spectra > 2);
	for (size_t i = 0; i < a->n_subset_spectra; i++) {
		assert_string_equal(a->subset_spectra[i].subset, b->subset_spectra[i].subset);
		assert_same_spectrum(&a->subset_spectra[i], &b->subset_spectra[i]);
	}
	assert_int_equal(a->baselines.n, b->baselines.n);
	assert_same_baselines(&a->baselines, &b->baselines, b->baselines.n);
	pt_snapshot_destroy(live);
	pt_snapshot_destroy(cold);
	pt_pipeline_destroy(pipeline);
}

static void wishes_come_and_go(void **state)
{
	fixture_time now;
	write_life(*state, "");
	pt_settings nothing = settings_of("", 0), all = settings_of("fin/*", everything | PT_WANT_SUBSETS);
	pt_pipeline *pipeline = fixture_pipeline(*state, true, &now, &nothing);
	fixture_pump(pipeline, &now);
	pt_snapshot *snapshot = fixture_snapshot(pipeline), *cold = fixture_cold(*state, &all);
	const pt_run_view *run = &snapshot->runs[0];
	assert_false(run->baselines.present);
	assert_false(run->spectra[0].modes.present);
	assert_true(pt_is_missing(run->spectra[0].lambda1[run->spectra[0].n - 1]));
	for (int round = 0; round < 2; round++) {
		pt_pipeline_set_settings(pipeline, round ? &nothing : &all);
		pt_snapshot_destroy(snapshot);
		snapshot = fixture_snapshot(pipeline);
		run = &snapshot->runs[0];
		assert_int_equal(run->n_subset_spectra, round ? 0 : cold->runs[0].n_subset_spectra);
		assert_int_equal(run->spectra[0].modes.present, round == 0);
	}
	pt_pipeline_set_settings(pipeline, &all);
	pt_snapshot_destroy(snapshot);
	snapshot = fixture_snapshot(pipeline);
	assert_same_spectrum(&snapshot->runs[0].spectra[0], &cold->runs[0].spectra[0]);
	assert_same_baselines(&snapshot->runs[0].baselines, &cold->runs[0].baselines, cold->runs[0].baselines.n);
	pt_snapshot_destroy(snapshot);
	pt_snapshot_destroy(cold);
	pt_pipeline_destroy(pipeline);
}

/* --- modes and baselines ---------------------------------------------------------------------------- */

static void modes_name_their_probes_and_groups(void **state)
{
	/* med/ falls and rises together; fin/harm/1 the other way, half as far; the rest stands */
	static const double sizes[N] = {2, 2, 2, 0, -1, 0};
	static const bool every[N] = {true, true, true, true, true, true};
	add_header(*state, first_names, every);
	for (int i = 0; i < 10; i++) {
		char text[256];
		pt_text line = pt_text_over(text, sizeof text);
		pt_text_addf(&line, "{\"step\": %d, \"losses\": [", i);
		for (int p = 0; p < N; p++)
			pt_text_addf(&line, "%s%d", p ? ", " : "", (int)(4 + sizes[p] * (i % 2)));
		pt_text_add(&line, "]}\n");
		append_text(*state, LOG, text);
	}
	pt_settings settings = settings_of("", everything);
	pt_snapshot *snapshot = fixture_cold(*state, &settings);
	const pt_modes_view *modes = &snapshot->runs[0].spectra[PT_SPECTRUM_RAW].modes;
	assert_true(modes->present);
	assert_int_equal(modes->step, 9);
	assert_int_equal(modes->n_modes, 1);
	const pt_mode_view *mode = &modes->modes[0];
	/* four of eight rows up by |(2, 2, 2, 0, −1, 0)| = √13 */
	assert_near(mode->eigenvalue, 13.0 * 2 / 7, 1e-13);
	assert_near(mode->share, 1, 1e-14);
	assert_int_equal(mode->n_probes, N);
	assert_string_equal(mode->probes[0].name, "med/harm/0");
	assert_string_equal(mode->probes[3].name, "fin/harm/1");
	assert_near(mode->probes[0].weight, 2 / sqrt(13), 1e-14);
	assert_near(mode->probes[3].weight, -1 / sqrt(13), 1e-14);
	assert_int_equal(mode->n_groups, 3);
	assert_string_equal(mode->groups[0].name, "med/harm");
	assert_near(mode->groups[0].weight, 8.0 / 13, 1e-14);
	assert_string_equal(mode->groups[1].name, "med/care");
	assert_string_equal(mode->groups[2].name, "fin/harm");
	pt_snapshot_destroy(snapshot);
}

static void probes_without_names_are_numbered(void **state)
{
	write_text(*state, LOG,
		"{\"step\": 1, \"losses\": [1, 5, 1]}\n{\"step\": 2, \"losses\": [1, 2, 1]}\n"
		"{\"step\": 3, \"losses\": [1, 4, 1]}\n");
	pt_settings settings = settings_of("a*", everything | PT_WANT_SUBSETS);
	pt_snapshot *snapshot = fixture_cold(*state, &settings);
	const pt_run_view *run = &snapshot->runs[0];
	assert_string_equal(run->spectra[0].modes.modes[0].probes[0].name, "#1");
	assert_int_equal(run->spectra[0].modes.modes[0].n_groups, 0);
	assert_int_equal(run->spectra[0].n_probe_names, 0);
	assert_int_equal(run->n_probe_groups, 0);
	assert_int_equal(run->n_subset_spectra, 2);
	assert_int_equal(run->subset_spectra[0].n_probes, 0);
	pt_snapshot_destroy(snapshot);
}

static void losses_that_stand_have_spectra_and_no_modes(void **state)
{
	write_text(*state, LOG,
		"{\"step\": 1, \"losses\": [1, 5]}\n{\"step\": 2, \"losses\": [1, 5]}\n"
		"{\"step\": 3, \"losses\": [1, 5]}\n");
	pt_settings settings = settings_of("", everything);
	pt_snapshot *snapshot = fixture_cold(*state, &settings);
	const pt_run_view *run = &snapshot->runs[0];
	assert_true(run->spectra[0].shc[2] == 0);
	assert_false(run->spectra[0].modes.present);
	assert_true(run->baselines.slope[2] == 0 && run->baselines.variance[2] == 0);
	assert_true(pt_is_missing(run->baselines.lag1[2]));
	assert_true(pt_is_missing(run->baselines.kendall_tau_log_shc[2]));
	pt_snapshot_destroy(snapshot);
}

static void baselines_begin_anew_with_the_window(void **state)
{
	/* the rows of the newest probe set alone give the same: no slope, no τ reaches behind a seam */
	static const bool every[N] = {true, true, true, true, true, true};
	make_directory(*state, "all");
	make_directory(*state, "new");
	char all[1024], new_set[1024];
	snprintf(all, sizeof all, "%s/all", (char *)*state);
	snprintf(new_set, sizeof new_set, "%s/new", (char *)*state);
	write_life(all, "");
	add_header(new_set, later_names, every);
	for (int64_t step = ROWS; step < ROWS + 14; step++)
		add_row(new_set, step, every, step == ROWS + 3 ? 3 : -1);
	pt_settings settings = settings_of("", everything);
	pt_snapshot *a = fixture_cold(all, &settings), *b = fixture_cold(new_set, &settings);
	assert_int_equal(b->runs[0].baselines.n, 13);
	assert_same_baselines(&a->runs[0].baselines, &b->runs[0].baselines, 13);
	const pt_baselines_view *baselines = &a->runs[0].baselines;
	assert_int_equal(baselines->n, a->runs[0].spectra[0].n);
	assert_true(pt_is_missing(baselines->slope[0]) && !pt_is_missing(baselines->slope[1]));
	assert_true(pt_is_missing(baselines->variance[1]) && !pt_is_missing(baselines->variance[2]));
	pt_snapshot_destroy(a);
	pt_snapshot_destroy(b);
}

static void every_failing_allocation_is_survived(void **state)
{
	write_life(*state, "");
	pt_settings settings = settings_of("med/*", everything | PT_WANT_SUBSETS);
	bool done = false;
	for (size_t n = 1; !done; n += n < 100 ? 1 : 37) {
		pt_alloc_fail_at(n, false);
		pt_snapshot *snapshot = fixture_cold(*state, &settings);
		size_t made = pt_alloc_fail_at(0, false);
		done = made < n;
		pt_snapshot_destroy(snapshot);
	}
	assert_true(done);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, make_scratch, remove_scratch)
	const struct CMUnitTest tests[] = {
		CASE(a_subset_is_a_run_of_its_probes_alone),
		CASE(all_probes_stay_whatever_the_subset),
		CASE(a_subset_of_nothing_is_there_and_empty),
		CASE(a_new_subset_needs_no_file),
		CASE(groups_follow_the_chosen_subset),
		CASE(rows_one_by_one_are_a_cold_scan),
		CASE(wishes_come_and_go),
		CASE(modes_name_their_probes_and_groups),
		CASE(probes_without_names_are_numbered),
		CASE(losses_that_stand_have_spectra_and_no_modes),
		CASE(baselines_begin_anew_with_the_window),
		CASE(every_failing_allocation_is_survived),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
