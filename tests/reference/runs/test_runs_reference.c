/*
 * The whole program against the reference values of real runs: `phasetop --once --json -m all` of every run
 * that has a reference.json (NumPy and scikit-learn; the versions stand in the files). Each array agrees to
 * 1e-8 of the largest element of its reference, cosines to 1e-8. Signs of principal components are free.
 */
#include "report_fixture.h"

#include <dirent.h>
#include <unistd.h>

/* The same up to the sign of the whole array: taken from the largest element. */
static void compare_up_to_sign(check *c, const char *what, const cJSON *ours, const cJSON *reference)
{
	double most = largest(reference), factor = 1;
	const cJSON *a = ours->child, *b = reference->child;
	for (; a && b; a = a->next, b = b->next) {
		if (fabs(b->valuedouble) >= most)
			factor = a->valuedouble * b->valuedouble < 0 ? -1 : 1;
	}
	compare_arrays(c, what, ours, reference, factor, TOLERANCE * most);
}

/* ---- adapters --------------------------------------------------------------------------------------- */

static void compare_pca(check *c, const cJSON *run, const char *matrix, const cJSON *reference)
{
	const cJSON *ours = element(member(run, "pca"), "matrix", matrix);
	compare_arrays(c, "pca steps", member(ours, "steps"), member(reference, "steps"), 1, 0);
	compare_up_to_sign(c, "pc1", member(ours, "pc1"), member(reference, "pc1"));
	compare_up_to_sign(c, "pc2", member(ours, "pc2"), member(reference, "pc2"));
	compare(c, "explained variance", member(ours, "explained_variance_ratio"),
		member(reference, "explained_variance_ratio"));
}

/* Curves of one matrix for each k of the reference. */
static void compare_cosines(check *c, const cJSON *run, const char *matrix, const cJSON *reference)
{
	for (const cJSON *of_k = reference->child; of_k; of_k = of_k->next) {
		const cJSON *ours = NULL;
		for (const cJSON *item = member(run, "local_cosine")->child; item; item = item->next) {
			if (strcmp(member(item, "matrix")->valuestring, matrix) == 0 &&
				member(item, "k")->valueint == atoi(of_k->string))
				ours = item;
		}
		if (!ours) {
			complain(c, "no cosine of %s with k = %s", matrix, of_k->string);
			continue;
		}
		char what[64];
		snprintf(what, sizeof what, "cosine of %s, k = %s", matrix, of_k->string);
		compare_arrays(c, what, member(ours, "steps"), member(of_k, "steps"), 1, 0);
		compare_arrays(c, what, member(ours, "values"), member(of_k, "cos"), 1, TOLERANCE);
		const cJSON *minimum = member(ours, "minimum");
		compare_items(c, what, -1, member(minimum, "value"), member(of_k, "min"), 1, TOLERANCE);
		compare_items(c, what, -2, member(minimum, "step"), member(of_k, "argmin_step"), 1, 0);
	}
}

/* Values of a spectrum at the steps of the reference, which has full windows only. */
static void compare_window(check *c, const cJSON *run, int detrended, const cJSON *reference)
{
	static const char *const names[][2] = {{"shc", "shc"}, {"pr", "pr"}, {"trace", "trC"}};
	const cJSON *ours = cJSON_GetArrayItem(member(run, "spectrum"), detrended);
	assert_int_equal(cJSON_IsTrue(member(ours, "detrended")), detrended);
	assert_int_equal(member(ours, "window")->valueint, member(reference, "W")->valueint);
	for (int i = 0; i < 3; i++) {
		const cJSON *expected = member(reference, names[i][1]);
		double tolerance = TOLERANCE * largest(expected);
		const cJSON *step = member(reference, "steps")->child, *value = expected->child;
		const cJSON *our_step = member(ours, "steps")->child, *our_value = member(ours, names[i][0])->child;
		const cJSON *partial = member(ours, "partial")->child;
		for (int at = 0; step; step = step->next, value = value->next, at++) {
			while (our_step && our_step->valueint < step->valueint) {
				our_step = our_step->next;
				our_value = our_value->next;
				partial = partial->next;
			}
			bool same = our_step && our_step->valueint == step->valueint;
			compare_items(c, names[i][0], at, same ? our_value : NULL, value, 1, tolerance);
			if (same && cJSON_IsTrue(partial))
				complain(c, "the window at step %d is full", step->valueint);
		}
	}
}

static void check_adapter(check *c, const cJSON *reference)
{
	cJSON *report = report_of(c->run, "");
	const cJSON *run = only_run(report), *norms = member(run, "norms"), *dw = member(reference, "dW");
	compare_arrays(c, "steps", member(norms, "steps"), member(reference, "checkpoint_steps"), 1, 0);
	compare(c, "norm A", member(norms, "A"), member(reference, "norm_A"));
	compare(c, "norm B", member(norms, "B"), member(reference, "norm_B"));
	compare(c, "norm dW", member(norms, "dW"), member(dw, "norm"));
	compare_pca(c, run, "A", member(reference, "pca_A_all_checkpoints"));
	compare_pca(c, run, "B", member(reference, "pca_B_all_checkpoints"));
	compare_pca(c, run, "dW", member(dw, "pca_all_checkpoints"));
	const cJSON *cosines = member(reference, "local_cosine");
	compare_cosines(c, run, "A", member(member(cosines, "A"), "by_step"));
	compare_cosines(c, run, "B", member(member(cosines, "B"), "by_step"));
	compare_cosines(c, run, "dW", member(dw, "local_cosine_by_step"));
	compare_window(c, run, 0, member(reference, "rdm2"));
	compare_window(c, run, 1, member(reference, "rdm2_detrended"));
	cJSON_Delete(report);

	report = report_of(c->run, "--every 5");
	compare_pca(c, only_run(report), "B", member(reference, "pca_B_multiples_of_5"));
	cJSON_Delete(report);

	report = report_of(c->run, "--pairing index");
	compare_cosines(c, only_run(report), "A", member(member(cosines, "A"), "by_index"));
	compare_cosines(c, only_run(report), "B", member(member(cosines, "B"), "by_index"));
	cJSON_Delete(report);
}

/* ---- plain networks --------------------------------------------------------------------------------- */

/* One column of a table of rows against an array of ours. */
static void compare_column(
	check *c, const char *what, const cJSON *ours, const cJSON *rows, const char *column)
{
	double most = 0;
	for (const cJSON *row = rows->child; row; row = row->next) {
		const cJSON *value = member(row, column);
		if (cJSON_IsNumber(value) && fabs(value->valuedouble) > most)
			most = fabs(value->valuedouble);
	}
	if (cJSON_GetArraySize(ours) != cJSON_GetArraySize(rows)) {
		complain(
			c, "%s has %d rows, should have %d", what, cJSON_GetArraySize(ours), cJSON_GetArraySize(rows));
		return;
	}
	const cJSON *item = ours->child;
	int at = 0;
	for (const cJSON *row = rows->child; row; row = row->next, item = item->next)
		compare_items(c, what, at++, item, member(row, column), 1, TOLERANCE * most);
}

static void compare_rows(check *c, const cJSON *spectrum, const cJSON *rows)
{
	compare_column(c, "row steps", member(spectrum, "steps"), rows, "step");
	compare_column(c, "shc", member(spectrum, "shc"), rows, "SHC");
	compare_column(c, "pr", member(spectrum, "pr"), rows, "PR");
	compare_column(c, "trace", member(spectrum, "trace"), rows, "trC");
	compare_column(c, "lambda1", member(spectrum, "lambda1"), rows, "lambda1");
}

static void check_network(check *c, const cJSON *reference)
{
	cJSON *report = report_of(c->run, "");
	const cJSON *run = only_run(report), *rows = member(reference, "rows");
	const cJSON *raw = cJSON_GetArrayItem(member(run, "spectrum"), 0);
	compare_rows(c, raw, rows);
	const cJSON *partial = member(raw, "partial")->child;
	for (const cJSON *row = rows->child; row && partial; row = row->next, partial = partial->next) {
		if (cJSON_IsTrue(partial) != cJSON_IsTrue(member(row, "partial")))
			complain(c, "step %d: partial is wrong", member(row, "step")->valueint);
	}
	/* W and nothing else, with a curve for each k and a trajectory */
	assert_true(cJSON_IsNull(member(member(run, "norms"), "B")));
	assert_true(cJSON_IsArray(member(member(run, "norms"), "W")));
	element(member(run, "pca"), "matrix", "W");
	cJSON *gaussian = reference_of(c->run, "reference_gaussian.json");
	if (gaussian) {
		compare_rows(c, element(member(run, "spectrum"), "source", "gaussian"), member(gaussian, "rows"));
		cJSON_Delete(gaussian);
	}
	cJSON_Delete(report);
}

static void test_run(void **state)
{
	check c = {.run = *state};
	cJSON *reference = reference_of(c.run, "reference.json");
	assert_non_null(reference);
	if (cJSON_HasObjectItem(reference, "norm_B"))
		check_adapter(&c, reference);
	else
		check_network(&c, reference);
	cJSON_Delete(reference);
	assert_true(c.n_compared > 1000);
	if (c.n_wrong > 0)
		fail_msg("%s: %zu of %zu numbers disagree", c.run, c.n_wrong, c.n_compared);
}

/* ---- which runs ------------------------------------------------------------------------------------- */

static char paths[MAX_RUNS][PATH_BYTES];
static struct CMUnitTest tests[MAX_RUNS];
static size_t n_tests;

/* A test for each run in `parent`; false: there is no such directory. */
static bool add_runs(const char *parent)
{
	DIR *directory = opendir(parent);
	if (!directory)
		return false;
	for (struct dirent *entry; (entry = readdir(directory)) != NULL && n_tests < MAX_RUNS;) {
		char path[PATH_BYTES], reference[PATH_BYTES];
		int n = snprintf(path, sizeof path, "%s/%s", parent, entry->d_name);
		int m = snprintf(reference, sizeof reference, "%s/%s/reference.json", parent, entry->d_name);
		if (entry->d_name[0] == '.' || n >= PATH_BYTES || m >= PATH_BYTES || access(reference, R_OK) != 0)
			continue;
		memcpy(paths[n_tests], path, sizeof path);
		tests[n_tests] = (struct CMUnitTest){
			.name = paths[n_tests], .test_func = test_run, .initial_state = paths[n_tests]};
		n_tests++;
	}
	closedir(directory);
	return true;
}

static void test_there_are_sample_runs(void **state)
{
	(void)state;
	assert_true(n_tests > 7);
}

int main(void)
{
	tests[n_tests++] = (struct CMUnitTest)cmocka_unit_test(test_there_are_sample_runs);
	add_runs("sample_runs");
	char runs[PATH_BYTES];
	shared_path(runs, sizeof runs, "runs");
	if (!add_runs(runs))
		printf("SKIP further reference runs: ../shared is absent\n");
	return _cmocka_run_group_tests("runs", tests, n_tests, NULL, NULL);
}
