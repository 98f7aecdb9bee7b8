/*
 * Sample runs beside each other, `phasetop --once --json -m all`, against NumPy and scikit-learn on whole
 * vectors: tests/reference/comparison.json (make_comparison_reference.py; versions and tolerances stand in
 * it).
 */
#include "report_fixture.h"

static const char three_runs[] = "sample_runs/medical' 'sample_runs/sports' 'sample_runs/finance";

static const cJSON *element_of(const cJSON *array, const char *matrix, const char *name)
{
	for (const cJSON *item = array->child; item; item = item->next)
		if (strcmp(member(item, "matrix")->valuestring, matrix) == 0 &&
			(!name || strcmp(member(item, "name")->valuestring, name) == 0))
			return item;
	fail_msg("no element of %s %s", matrix, name ? name : "");
	return NULL;
}

static void compare_versus(check *c, const cJSON *ours, const cJSON *expected, double tolerance)
{
	static const char *const keys[] = {"cosine_final", "cosine_of_drift"};
	assert_true(cJSON_IsTrue(member(ours, "same_shapes")));
	for (int k = 0; k < 2; k++)
		compare_items(c, keys[k], 0, member(ours, keys[k]), member(expected, keys[k]), 1, tolerance);
	compare_arrays(c, "steps", member(ours, "steps"), member(expected, "steps"), 1, 0);
	compare_arrays(c, "cosine", member(ours, "cosine"), member(expected, "cosine"), 1, tolerance);
	compare_arrays(
		c, "drift_cosine", member(ours, "drift_cosine"), member(expected, "drift_cosine"), 1, tolerance);
}

static void compare_joint(
	check *c, const cJSON *ours, const cJSON *expected, const cJSON *names, double tolerance)
{
	compare_arrays(c, "explained", member(ours, "explained_variance_ratio"),
		member(expected, "explained_variance_ratio"), 1, tolerance);
	const cJSON *path = member(expected, "runs")->child, *name = names->child;
	for (; path && name; path = path->next, name = name->next) {
		const cJSON *own = element(member(ours, "runs"), "name", name->valuestring);
		static const char *const axes[] = {"pc1", "pc2"};
		for (int a = 0; a < 2; a++)
			compare_arrays(c, axes[a], member(own, axes[a]), member(path, axes[a]), 1,
				tolerance * largest(member(path, axes[a])));
	}
}

static void sample_runs_agree_with_whole_vectors(void **state)
{
	(void)state;
	cJSON *document = read_json("tests/reference/comparison.json"), *report = report_of(three_runs, "");
	assert_non_null(document);
	const cJSON *reference = member(document, "runs"), *ours = member(report, "comparison");
	const cJSON *tolerances = member(document, "tolerances");
	check c = {.run = "medical, sports, finance"};
	assert_string_equal(member(ours, "baseline")->valuestring, "medical");
	for (const cJSON *of = member(reference, "matrices")->child; of; of = of->next) {
		const char *matrix = member(of, "matrix")->valuestring;
		for (const cJSON *run = member(of, "versus")->child; run; run = run->next)
			compare_versus(&c, element_of(member(ours, "runs"), matrix, run->string), run,
				member(tolerances, "cosine")->valuedouble);
		compare_joint(&c, element_of(member(ours, "joint_pca"), matrix, NULL), member(of, "joint"),
			member(reference, "names"), member(tolerances, "scores")->valuedouble);
	}
	printf("%s: %zu numbers compared, %zu wrong\n", c.run, c.n_compared, c.n_wrong);
	assert_true(c.n_compared > 2000);
	assert_int_equal(c.n_wrong, 0);
	/* the change points of B: 100, 115 and 100 */
	assert_int_equal(member(element_of(member(ours, "runs"), "B", "sports"), "turn_lag_steps")->valueint, 15);
	cJSON_Delete(report);
	cJSON_Delete(document);
}

static void another_baseline_has_the_same_cosine(void **state)
{
	(void)state;
	cJSON *first = report_of(three_runs, ""), *other = report_of(three_runs, "--baseline sports");
	const cJSON *a = element_of(member(member(first, "comparison"), "runs"), "B", "sports");
	const cJSON *b = element_of(member(member(other, "comparison"), "runs"), "B", "medical");
	assert_string_equal(member(member(other, "comparison"), "baseline")->valuestring, "sports");
	assert_true(
		fabs(member(a, "cosine_final")->valuedouble - member(b, "cosine_final")->valuedouble) < 1e-14);
	assert_int_equal(member(b, "turn_lag_steps")->valueint, -15);
	cJSON_Delete(first);
	cJSON_Delete(other);
}

static void other_shapes_are_said_and_have_no_numbers(void **state)
{
	(void)state;
	cJSON *report = report_of("sample_runs/medical' 'sample_runs/medical_r4' 'sample_runs/grokking", "");
	const cJSON *ours = member(report, "comparison");
	const cJSON *other = element_of(member(ours, "runs"), "B", "medical_r4");
	assert_true(cJSON_IsFalse(member(other, "same_shapes")));
	assert_true(
		cJSON_IsNull(member(other, "cosine_final")) && cJSON_IsNull(member(other, "cosine_of_drift")));
	assert_true(cJSON_IsNumber(member(other, "turn_lag_steps"))); /* a lag needs no shapes */
	assert_int_equal(cJSON_GetArraySize(member(other, "steps")), 0);
	assert_int_equal(cJSON_GetArraySize(member(ours, "joint_pca")), 0); /* no two that agree */
	other = element_of(member(ours, "runs"), "W", "grokking");
	assert_true(cJSON_IsNull(member(other, "cosine_final")));
	cJSON_Delete(report);
}

static void one_run_is_not_compared(void **state)
{
	(void)state;
	cJSON *report = report_of("sample_runs/medical", "");
	assert_true(cJSON_IsNull(member(report, "comparison")));
	cJSON_Delete(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sample_runs_agree_with_whole_vectors),
		cmocka_unit_test(another_baseline_has_the_same_cosine),
		cmocka_unit_test(other_shapes_are_said_and_have_no_numbers),
		cmocka_unit_test(one_run_is_not_compared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
