/*
 * Leading modes and baselines against NumPy and SciPy (tests/reference/make_loss_reference.py):
 * numpy.linalg.eigh of the covariance itself, residuals in extended precision, scipy.stats.kendalltau.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "loss_fixture.h"
#include "phasetop/numeric/loss_baselines.h"
#include "phasetop/numeric/loss_modes.h"

/* Of each eigenvalue; of a unit vector's entries; of each baseline. The expected values have 13 digits. */
static const double CLOSE = 1e-10;

static void check(const char *what, const char *field, double value, double expected, double slack)
{
	if (isnan(value) != isnan(expected) || fabs(value - expected) > slack)
		fail_msg("%s, %s: %.17g, expected %.17g", what, field, value, expected);
}

static void check_modes(const cJSON *given)
{
	const char *name = array_at(given, "name")->valuestring;
	const cJSON *rows = array_at(given, "rows"), *lambda = array_at(given, "lambda");
	const size_t w = (size_t)cJSON_GetArraySize(rows), n = (size_t)cJSON_GetArraySize(rows->child);
	double *losses = calloc(w * n, sizeof *losses), expected[64];
	size_t i = 0;
	const cJSON *row;
	cJSON_ArrayForEach(row, rows) assert_int_equal(fill_numbers(row, losses + n * i++), n);
	pt_loss_modes modes;
	pt_loss_modes_init(&modes);
	const bool detrended = cJSON_IsTrue(array_at(given, "detrended"));
	assert_int_equal(pt_loss_modes_find(losses, w, n, detrended, PT_MAX_MODES, &modes, NULL), PT_OK);
	const size_t n_expected = (size_t)cJSON_GetArraySize(lambda);
	assert_int_equal(modes.n_probes, n);
	assert_in_range(modes.n_modes, n_expected, PT_MAX_MODES);
	for (size_t k = 0; k < n_expected; k++) {
		const double value = number_of(cJSON_GetArrayItem(lambda, (int)k));
		check(name, "lambda", modes.lambda[k], value, CLOSE * value);
		check(name, "share", modes.share[k], number_of(cJSON_GetArrayItem(array_at(given, "share"), (int)k)),
			CLOSE);
		assert_int_equal(fill_numbers(cJSON_GetArrayItem(array_at(given, "weights"), (int)k), expected), n);
		for (size_t p = 0; p < n; p++)
			check(name, "weight", modes.weights[k * n + p], expected[p], CLOSE);
	}
	pt_loss_modes_fini(&modes);
	free(losses);
}

static void check_baselines(const cJSON *given)
{
	enum { MOST = 32 };
	const char *name = array_at(given, "name")->valuestring;
	double means[MOST], steps[MOST];
	int64_t whole[MOST];
	const size_t w = fill_numbers(array_at(given, "means"), means);
	assert_int_equal(fill_numbers(array_at(given, "steps"), steps), w);
	for (size_t i = 0; i < w; i++)
		whole[i] = (int64_t)steps[i];
	const pt_loss_baselines answer = pt_loss_baselines_of(whole, means, w);
	const double values[] = {answer.slope, answer.variance, answer.lag1};
	static const char *const fields[] = {"slope", "variance", "lag1"};
	for (int f = 0; f < 3; f++) {
		const double expected = number_at(given, fields[f]);
		check(name, fields[f], values[f], expected, CLOSE * fabs(expected));
	}
}

static void check_kendall(const cJSON *given)
{
	double y[64], tau;
	const size_t n = fill_numbers(array_at(given, "y"), y);
	assert_int_equal(pt_kendall_tau(y, n, &tau, NULL), PT_OK);
	check(array_at(given, "name")->valuestring, "tau", tau, number_at(given, "tau"), 1e-12);
}

/* `each` of the cases under `key`, of which there are at least `least`. */
static void check_all(const char *key, void (*each)(const cJSON *given), size_t least)
{
	cJSON *reference = read_json(REFERENCE_PATH);
	assert_non_null(reference);
	size_t n = 0;
	const cJSON *given;
	cJSON_ArrayForEach(given, array_at(reference, key))
	{
		each(given);
		n++;
	}
	assert_true(n >= least);
	cJSON_Delete(reference);
}

static void modes_agree_with_numpy(void **state)
{
	(void)state;
	check_all("modes", check_modes, 15);
}

static void baselines_agree_with_numpy(void **state)
{
	(void)state;
	check_all("baselines", check_baselines, 7);
}

static void kendall_agrees_with_scipy(void **state)
{
	(void)state;
	check_all("kendall", check_kendall, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes_agree_with_numpy),
		cmocka_unit_test(baselines_agree_with_numpy),
		cmocka_unit_test(kendall_agrees_with_scipy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
