/*
 * The probe-loss spectrum against values that NumPy computed from the n × n covariance itself
 * (tests/reference/make_loss_reference.py), and against the references of the real runs in ../shared.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "loss_fixture.h"
#include "phasetop/numeric/loss_covariance.h"

/* Relative to each value. The inputs are given exactly; expected values have 13 digits. */
static const double CLOSE = 1e-11;

static void check(
	const char *what, size_t row, const char *field, double value, double expected, double relative)
{
	if (!agrees(value, expected, relative))
		fail_msg("%s, row %zu, %s: %.17g, expected %.17g", what, row, field, value, expected);
}

static void check_point(const char *what, size_t row, const pt_spectrum_point *point, const cJSON *expected)
{
	double values[5];
	assert_int_equal(fill_numbers(expected, values), 5);
	/* a window of one direction has SHC, PR of rounding alone to say more: all fields are relative */
	check(what, row, "shc", point->shc, values[0], CLOSE);
	check(what, row, "pr", point->pr, values[1], CLOSE);
	check(what, row, "trace", point->trace, values[2], CLOSE);
	check(what, row, "lambda1", point->lambda1, values[3], CLOSE);
	check(what, row, "pr_white_noise", point->pr_white_noise, values[4], CLOSE);
}

static void check_window_case(const cJSON *given)
{
	const char *name = array_at(given, "name")->valuestring;
	const cJSON *rows = array_at(given, "rows");
	const size_t m = (size_t)cJSON_GetArraySize(rows), n = (size_t)cJSON_GetArraySize(rows->child);
	const size_t window = (size_t)number_at(given, "window");
	double *losses = calloc(m * n, sizeof *losses);
	pt_spectrum_point *raw = calloc(m, sizeof *raw), *detrended = calloc(m, sizeof *detrended);
	size_t i = 0;
	const cJSON *row;
	cJSON_ArrayForEach(row, rows) assert_int_equal(fill_numbers(row, losses + n * i++), n);
	assert_int_equal(pt_loss_spectra(losses, m, n, NULL, n, window, raw, detrended, NULL), PT_OK);
	const cJSON *expected_raw = array_at(given, "raw"), *expected_detrended = array_at(given, "detrended");
	assert_int_equal(cJSON_GetArraySize(expected_raw), m);
	for (i = 0; i < m; i++) {
		check_point(name, i, raw + i, cJSON_GetArrayItem(expected_raw, (int)i));
		check_point(name, i, detrended + i, cJSON_GetArrayItem(expected_detrended, (int)i));
		assert_int_equal(raw[i].partial, i + 1 < window);
		assert_int_equal(raw[i].n_rows, i + 1 < window ? i + 1 : window);
	}
	free(losses);
	free(raw);
	free(detrended);
}

static void windows_agree_with_numpy(void **state)
{
	(void)state;
	cJSON *reference = read_json(REFERENCE_PATH);
	assert_non_null(reference);
	size_t n = 0;
	const cJSON *given;
	cJSON_ArrayForEach(given, array_at(reference, "windows"))
	{
		check_window_case(given);
		n++;
	}
	assert_true(n >= 8);
	cJSON_Delete(reference);
}

static void gaussian_rows_agree_with_numpy(void **state)
{
	(void)state;
	cJSON *reference = read_json(REFERENCE_PATH);
	assert_non_null(reference);
	const cJSON *given;
	cJSON_ArrayForEach(given, array_at(reference, "gaussian"))
	{
		const cJSON *samples = array_at(given, "samples");
		const size_t m = (size_t)cJSON_GetArraySize(samples), n = (size_t)cJSON_GetArraySize(samples->child);
		double *values = calloc(m * n, sizeof *values);
		size_t i = 0;
		const cJSON *sample;
		cJSON_ArrayForEach(sample, samples) fill_numbers(sample, values + n * i++);
		pt_spectrum_point point;
		assert_int_equal(pt_gaussian_point(values, m, n, &point, NULL), PT_OK);
		check_point("gaussian", m, &point, array_at(given, "reading"));
		assert_false(point.partial);
		free(values);
	}
	cJSON_Delete(reference);
}

/* ---- the real runs ----------------------------------------------------------------------------------------
 */

enum { MAX_ROWS = 1000, MAX_PROBES = 128 };

typedef struct run_losses {
	size_t m, n;
	double steps[MAX_ROWS], losses[MAX_ROWS * MAX_PROBES];
	pt_spectrum_point raw[MAX_ROWS], detrended[MAX_ROWS];
} run_losses;

/* Probe rows of a run and their spectra at W = 20; false without ../shared. */
static bool read_run(const char *run, run_losses *into)
{
	char rest[256], path[1024];
	size_t n;
	snprintf(rest, sizeof rest, "runs/%s/probe_losses.jsonl", run);
	shared_path(path, sizeof path, rest);
	char *text = read_whole(path, &n);
	if (!text)
		return false;
	into->m = into->n = 0;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		cJSON *json = cJSON_Parse(line);
		const cJSON *losses = array_at(json, "losses");
		if (losses) {
			into->n = (size_t)cJSON_GetArraySize(losses);
			assert_true(into->m < MAX_ROWS && into->n <= MAX_PROBES);
			fill_numbers(losses, into->losses + into->m * into->n);
			into->steps[into->m++] = number_at(json, "step");
		}
		cJSON_Delete(json);
	}
	free(text);
	const pt_status status =
		pt_loss_spectra(into->losses, into->m, into->n, NULL, into->n, 20, into->raw, into->detrended, NULL);
	assert_int_equal(status, PT_OK);
	return true;
}

static cJSON *read_run_reference(const char *run, const char *file)
{
	char rest[256], path[1024];
	snprintf(rest, sizeof rest, "runs/%s/%s", run, file);
	shared_path(path, sizeof path, rest);
	return read_json(path);
}

/* Of each value, not only of the array's largest: SHC falls over 17 decades in deep_linear. */
static const double CLOSE_TO_RUNS = 1e-10;

static void check_full_windows(const char *run, const cJSON *expected, const run_losses *rows, bool detrended)
{
	const cJSON *steps = array_at(expected, "steps");
	const int n = cJSON_GetArraySize(steps);
	assert_int_equal(n, rows->m - 19);
	for (int i = 0; i < n; i++) {
		const size_t at = (size_t)i + 19;
		const pt_spectrum_point *point = detrended ? rows->detrended + at : rows->raw + at;
		assert_true(rows->steps[at] == cJSON_GetArrayItem(steps, i)->valuedouble);
		check(run, at, "shc", point->shc, number_of(cJSON_GetArrayItem(array_at(expected, "shc"), i)),
			CLOSE_TO_RUNS);
		check(run, at, "pr", point->pr, number_of(cJSON_GetArrayItem(array_at(expected, "pr"), i)),
			CLOSE_TO_RUNS);
		check(run, at, "trace", point->trace, number_of(cJSON_GetArrayItem(array_at(expected, "trC"), i)),
			CLOSE_TO_RUNS);
	}
}

static void fine_tunes_agree_with_their_references(void **state)
{
	static const char *const runs[] = {
		"medical", "sports", "finance", "medical_benign", "medical_benign_plain", "medical_r4"};
	static run_losses rows;
	(void)state;
	for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
		if (!read_run(runs[i], &rows)) {
			printf("SKIP spectra of the fine-tunes: ../shared is absent\n");
			skip();
		}
		cJSON *reference = read_run_reference(runs[i], "reference.json");
		check_full_windows(runs[i], array_at(reference, "rdm2"), &rows, false);
		check_full_windows(runs[i], array_at(reference, "rdm2_detrended"), &rows, true);
		cJSON_Delete(reference);
	}
}

static void classic_runs_agree_with_their_references(void **state)
{
	static const char *const runs[] = {"deep_linear", "grokking", "induction", "smooth_control"};
	static run_losses rows;
	(void)state;
	for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
		if (!read_run(runs[i], &rows)) {
			printf("SKIP spectra of the classic runs: ../shared is absent\n");
			skip();
		}
		cJSON *reference = read_run_reference(runs[i], "reference.json");
		size_t at = 0;
		const cJSON *row;
		cJSON_ArrayForEach(row, array_at(reference, "rows"))
		{
			const pt_spectrum_point *point = rows.raw + at;
			check(runs[i], at, "shc", point->shc, number_at(row, "SHC"), CLOSE_TO_RUNS);
			check(runs[i], at, "pr", point->pr, number_at(row, "PR"), CLOSE_TO_RUNS);
			check(runs[i], at, "trace", point->trace, number_at(row, "trC"), CLOSE_TO_RUNS);
			check(runs[i], at, "lambda1", point->lambda1, number_at(row, "lambda1"), CLOSE_TO_RUNS);
			assert_int_equal(point->partial, cJSON_IsTrue(array_at(row, "partial")));
			assert_int_equal(point->n_rows, (size_t)number_at(row, "rows"));
			at++;
		}
		assert_int_equal(at, rows.m);
		cJSON_Delete(reference);
	}
}

static void gaussian_rows_of_deep_linear_agree(void **state)
{
	(void)state;
	char path[1024];
	size_t n_bytes;
	shared_path(path, sizeof path, "runs/deep_linear/probe_losses_gaussian.jsonl");
	char *text = read_whole(path, &n_bytes);
	if (!text) {
		printf("SKIP Gaussian rows of deep_linear: ../shared is absent\n");
		skip();
	}
	cJSON *reference = read_run_reference("deep_linear", "reference_gaussian.json");
	const cJSON *expected = array_at(reference, "rows")->child;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		cJSON *json = cJSON_Parse(line);
		const cJSON *samples = array_at(json, "samples");
		if (samples) {
			const size_t m = (size_t)cJSON_GetArraySize(samples),
						 n = (size_t)cJSON_GetArraySize(samples->child);
			double *values = calloc(m * n, sizeof *values);
			size_t i = 0;
			const cJSON *sample;
			cJSON_ArrayForEach(sample, samples) fill_numbers(sample, values + n * i++);
			pt_spectrum_point point;
			assert_int_equal(pt_gaussian_point(values, m, n, &point, NULL), PT_OK);
			check("gaussian", m, "shc", point.shc, number_at(expected, "SHC"), CLOSE_TO_RUNS);
			check("gaussian", m, "pr", point.pr, number_at(expected, "PR"), CLOSE_TO_RUNS);
			check("gaussian", m, "trace", point.trace, number_at(expected, "trC"), CLOSE_TO_RUNS);
			check("gaussian", m, "lambda1", point.lambda1, number_at(expected, "lambda1"), CLOSE_TO_RUNS);
			free(values);
			expected = expected->next;
		}
		cJSON_Delete(json);
	}
	assert_null(expected);
	free(text);
	cJSON_Delete(reference);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_agree_with_numpy),
		cmocka_unit_test(gaussian_rows_agree_with_numpy),
		cmocka_unit_test(fine_tunes_agree_with_their_references),
		cmocka_unit_test(classic_runs_agree_with_their_references),
		cmocka_unit_test(gaussian_rows_of_deep_linear_agree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
