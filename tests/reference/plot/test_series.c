/** Smoothing and outliers against NumPy (tests/reference/make_plot_reference.py). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../helpers/json_document.h"
#include "phasetop/plot/outliers.h"
#include "phasetop/plot/smooth.h"

enum { MAX_POINTS = 256 };

static cJSON *read_reference(void)
{
	cJSON *json = read_json("tests/reference/plot_reference.json");
	assert_non_null(json);
	return json;
}

static size_t numbers(const cJSON *object, const char *key, double *out)
{
	size_t n = fill_numbers(cJSON_GetObjectItemCaseSensitive(object, key), out);
	assert_in_range(n, 1, MAX_POINTS);
	return n;
}

static double tolerance_of(const cJSON *json)
{
	return cJSON_GetObjectItemCaseSensitive(json, "tolerance")->valuedouble;
}

static void test_moving_average(void **state)
{
	(void)state;
	cJSON *json = read_reference();
	const cJSON *item;
	size_t n_cases = 0;
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(json, "smooth"))
	{
		double at[MAX_POINTS], values[MAX_POINTS], want[MAX_POINTS], got[MAX_POINTS];
		int64_t steps[MAX_POINTS];
		size_t n = numbers(item, "steps", at);
		numbers(item, "values", values);
		numbers(item, "ema", want);
		for (size_t i = 0; i < n; i++)
			steps[i] = (int64_t)at[i];
		double half_life = cJSON_GetObjectItemCaseSensitive(item, "half_life")->valuedouble;
		bool logs = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "logs"));
		pt_smooth_ema(steps, values, n, half_life, logs, got);
		for (size_t i = 0; i < n; i++) {
			if (isnan(want[i]))
				assert_true(isnan(got[i]));
			else
				assert_true(fabs(got[i] - want[i]) <= tolerance_of(json) * fabs(want[i]));
		}
		n_cases++;
	}
	assert_int_equal(n_cases, 5);
	cJSON_Delete(json);
}

static void test_outliers(void **state)
{
	(void)state;
	cJSON *json = read_reference();
	const cJSON *item;
	size_t n_cases = 0;
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(json, "outliers"))
	{
		double values[MAX_POINTS], want[MAX_POINTS];
		size_t n = numbers(item, "values", values);
		assert_int_equal(numbers(item, "kept", want), 3);
		bool logs = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "logs"));
		pt_range kept = pt_range_without_outliers(values, n, logs);
		assert_true(kept.lo == want[0] && kept.hi == want[1]);
		assert_int_equal(kept.n, (size_t)want[2]);
		n_cases++;
	}
	assert_int_equal(n_cases, 6);
	cJSON_Delete(json);
}

/* What the reference's file cannot say: no half-life copies, an empty series is one. */
static void test_no_smoothing(void **state)
{
	(void)state;
	int64_t steps[] = {1, 2, 3};
	double values[] = {3, (double)NAN, 5}, out[3] = {0};
	pt_smooth_ema(steps, values, 3, 0, true, out);
	assert_true(out[0] == 3 && isnan(out[1]) && out[2] == 5);
	pt_smooth_ema(steps, values, 0, 10, false, out);
	assert_int_equal(pt_range_without_outliers(NULL, 0, false).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moving_average),
		cmocka_unit_test(test_outliers),
		cmocka_unit_test(test_no_smoothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
