/*
 * The whole program, `phasetop --once --json --full -m all` of sample runs, against values that NumPy, SciPy and
 * scikit-learn computed from the tensors the long way (tests/reference/make_report_reference.py; versions stand in
 * report_reference.json): usual bands, storage floor, k-scan, checkpoint map, alignment, Grams, ratios of singular
 * values, turns of single modules, leading modes, baselines, a probe subset.
 */
#include "report_fixture.h"

/* Element of an array of objects whose number `key` is `value`, among those whose matrix is `matrix`. */
static const cJSON *element_at(const cJSON *array, const char *matrix, const char *key, int value)
{
	for (const cJSON *item = array->child; item; item = item->next)
		if (strcmp(member(item, "matrix")->valuestring, matrix) == 0 && member(item, key)->valueint == value)
			return item;
	fail_msg("no element of %s with %s = %d", matrix, key, value);
	return NULL;
}

static void compare_cosines(check *c, const cJSON *run, const char *matrix, const cJSON *reference)
{
	static const char *const bands[] = {"usual_q25", "usual_median", "usual_q75"};
	for (const cJSON *expected = reference->child; expected; expected = expected->next) {
		const cJSON *ours =
			element_at(member(run, "local_cosine"), matrix, "k", member(expected, "k")->valueint);
		compare_arrays(c, "cosine steps", member(ours, "steps"), member(expected, "steps"), 1, 0);
		compare_arrays(c, "cosine", member(ours, "values"), member(expected, "values"), 1, TOLERANCE);
		for (int b = 0; b < 3; b++)
			compare_arrays(c, bands[b], member(ours, bands[b]), member(expected, bands[b]), 1, TOLERANCE);
		const cJSON *floor = cJSON_GetObjectItem(expected, "floor_q");
		if (floor) {
			compare(c, "floor_q", member(ours, "floor_q"), floor);
			compare_arrays(
				c, "debiased", member(ours, "debiased"), member(expected, "debiased"), 1, TOLERANCE);
		} else { /* dW is not stored: each of its values is missing, none is absent */
			assert_int_equal(cJSON_GetArraySize(member(ours, "floor_q")),
				cJSON_GetArraySize(member(expected, "values")));
			for (const cJSON *q = member(ours, "floor_q")->child; q; q = q->next)
				assert_true(cJSON_IsNull(q));
		}
	}
}

static void compare_maps(check *c, const cJSON *run, const char *matrix, const cJSON *reference)
{
	const cJSON *scan = element(member(run, "k_scan"), "matrix", matrix);
	for (const cJSON *row = member(reference, "k_scan")->child; row; row = row->next) {
		int at = 0;
		const cJSON *k = member(scan, "k")->child;
		for (; k && k->valueint != member(row, "k")->valueint; k = k->next)
			at++;
		if (!k) {
			complain(c, "no k = %d in the scan", member(row, "k")->valueint);
			continue;
		}
		const cJSON *values = cJSON_GetArrayItem(member(scan, "values"), at);
		compare_arrays(c, "k-scan", values, member(row, "values"), 1, TOLERANCE);
	}
	const cJSON *map = element(member(run, "checkpoint_cosine"), "matrix", matrix);
	for (const cJSON *row = member(reference, "checkpoint_cosine")->child; row; row = row->next)
		compare_arrays(c, "checkpoint cosine",
			cJSON_GetArrayItem(member(map, "values"), member(row, "row")->valueint), member(row, "values"), 1,
			TOLERANCE);
	compare_arrays(c, "final alignment",
		member(element(member(run, "final_alignment"), "matrix", matrix), "values"),
		member(reference, "final_alignment"), 1, TOLERANCE);
	const cJSON *grams = element(member(run, "grams"), "matrix", matrix);
	for (const cJSON *row = member(reference, "grams")->child; row; row = row->next) {
		int at = member(row, "row")->valueint;
		compare(c, "gram", cJSON_GetArrayItem(member(grams, "gram"), at), member(row, "gram"));
		compare(c, "increment gram", cJSON_GetArrayItem(member(grams, "increment_gram"), at),
			member(row, "increment_gram"));
	}
}

static void compare_turns(check *c, const cJSON *run, const char *matrix, const cJSON *reference)
{
	static const char *const keys[] = {
		"turning_step", "turning_angle_deg", "min_cosine", "min_cosine_step", "share_of_drift"};
	for (const cJSON *expected = reference->child; expected; expected = expected->next) {
		const char *name = member(expected, "module")->valuestring;
		const cJSON *ours = NULL;
		for (const cJSON *item = member(run, "modules_turning")->child; item; item = item->next)
			if (strcmp(member(item, "module")->valuestring, name) == 0 &&
				strcmp(member(item, "matrix")->valuestring, matrix) == 0)
				ours = item;
		if (!ours) {
			complain(c, "no turn of %s of %s", matrix, name);
			continue;
		}
		for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
			const cJSON *value = member(expected, keys[k]);
			double size = cJSON_IsNumber(value) ? fmax(1, fabs(value->valuedouble)) : 1;
			compare_items(c, keys[k], 0, member(ours, keys[k]), value, 1, TOLERANCE * size);
		}
	}
}

static void compare_matrix(check *c, const cJSON *run, const char *matrix, const cJSON *reference)
{
	compare_cosines(c, run, matrix, member(reference, "cosine"));
	compare_maps(c, run, matrix, reference);
	const cJSON *sigma = element(member(run, "sigma_ratios"), "matrix", matrix);
	const cJSON *expected = member(reference, "sigma");
	compare_arrays(c, "sigma steps", member(sigma, "steps"), member(expected, "steps"), 1, 0);
	compare(c, "s1/s2", member(sigma, "s1_s2"), member(expected, "s1_s2"));
	compare(c, "s2/s3", member(sigma, "s2_s3"), member(expected, "s2_s3"));
	compare_turns(c, run, matrix, member(reference, "modules"));
}

/* Index of a probe of ours among the log's names; "#3" where it names none. */
static int probe_index(const cJSON *names, const char *name)
{
	if (!cJSON_IsArray(names))
		return atoi(name + 1);
	int at = 0;
	for (const cJSON *item = names->child; item; item = item->next, at++)
		if (strcmp(item->valuestring, name) == 0)
			return at;
	return -1;
}

static void compare_modes(check *c, const cJSON *spectrum, const cJSON *names, const cJSON *reference)
{
	const cJSON *ours = member(member(spectrum, "leading_modes"), "modes")->child;
	double most = member(reference->child, "eigenvalue")->valuedouble;
	for (const cJSON *mode = reference->child; mode; mode = mode->next, ours = ours ? ours->next : NULL) {
		if (!ours) {
			if (member(mode, "share")->valuedouble > 0.05)
				complain(c, "a leading mode is missing");
			continue;
		}
		compare_items(c, "eigenvalue", 0, member(ours, "eigenvalue"), member(mode, "eigenvalue"), 1,
			TOLERANCE * most);
		compare_items(c, "share", 0, member(ours, "share"), member(mode, "share"), 1, TOLERANCE);
		if (member(mode, "share")->valuedouble < 0.02)
			continue; /* neighbours too near to each other to have a direction of their own */
		assert_true(cJSON_GetArraySize(member(ours, "probes")) > 0);
		for (const cJSON *probe = member(ours, "probes")->child; probe; probe = probe->next) {
			int at = probe_index(names, member(probe, "name")->valuestring);
			compare_items(c, "weight", at, member(probe, "weight"),
				cJSON_GetArrayItem(member(mode, "weights"), at), 1, 1e-6);
		}
	}
}

static void compare_losses(check *c, const cJSON *run, const cJSON *reference)
{
	static const char *const lines[] = {"mean_loss", "slope", "variance", "lag1", "kendall_tau_log_shc"};
	const cJSON *spectra = member(run, "spectrum"), *names = member(reference, "probes");
	for (int detrended = 0; detrended < 2; detrended++)
		compare_modes(c, cJSON_GetArrayItem(spectra, detrended), names,
			member(cJSON_GetArrayItem(member(reference, "modes"), detrended), "modes"));
	const cJSON *ours = member(run, "baselines"), *expected = member(reference, "baselines");
	compare_arrays(c, "baseline steps", member(ours, "steps"), member(expected, "steps"), 1, 0);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		compare(c, lines[i], member(ours, lines[i]), member(expected, lines[i]));
	const cJSON *subset = cJSON_GetObjectItem(reference, "subset");
	if (!subset)
		return;
	const cJSON *of_group = element(spectra, "subset", member(subset, "glob")->valuestring);
	compare(c, "subset SHC", member(of_group, "shc"), member(subset, "shc"));
	compare(c, "subset trace", member(of_group, "trace"), member(subset, "trace"));
}

static void reports_agree_with_the_tensors(void **state)
{
	(void)state;
	cJSON *document = read_json("tests/reference/report_reference.json");
	assert_non_null(document);
	size_t n_wrong = 0;
	for (const cJSON *of_run = member(document, "runs")->child; of_run; of_run = of_run->next) {
		char path[PATH_BYTES];
		snprintf(path, sizeof path, "sample_runs/%s", member(of_run, "run")->valuestring);
		check c = {.run = path};
		const cJSON *matrices = member(of_run, "matrices");
		const cJSON *first_k = member(matrices->child, "cosine")->child;
		int k = member(first_k, "k")->valueint;
		char options[128];
		snprintf(options, sizeof options, "--full -k %d,%d,%d", k, 2 * k, 3 * k);
		cJSON *report = report_of(path, options);
		const cJSON *run = only_run(report);
		for (const cJSON *matrix = matrices->child; matrix; matrix = matrix->next)
			compare_matrix(&c, run, matrix->string, matrix);
		compare_losses(&c, run, member(of_run, "losses"));
		printf("%s: %zu numbers compared, %zu wrong\n", path, c.n_compared, c.n_wrong);
		assert_true(c.n_compared > 1000);
		n_wrong += c.n_wrong;
		cJSON_Delete(report);
	}
	cJSON_Delete(document);
	assert_int_equal(n_wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reports_agree_with_the_tensors)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
