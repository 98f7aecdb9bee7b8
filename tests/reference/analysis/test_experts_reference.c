/*
 * LoRA on the parameters of experts (PEFT's target_parameters) against PEFT itself: norms, steps and cosines of dW as
 * its get_delta_weight gives them; ../shared/formats/moe_target_parameters/expected.json tells the versions.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../unit/analysis/run_fixture.h"
#include "phasetop/numeric/blas.h"
#include "phasetop/runio/json.h"

/* PEFT multiplies in float32, though the file's values are exact. */
#define TOLERANCE 1e-6
static const char *const matrices[] = {"A", "B", "dW"};
static const int64_t steps[] = {4, 8, 12};
enum { N_MATRICES = 3, N_STEPS = 3, SPACING = 4 };

static double number_of(const pt_json_value *object, const char *what, int matrix)
{
	char key[64];
	double value = (double)NAN;
	snprintf(key, sizeof key, "%s_%s", what, matrices[matrix]);
	const pt_json_value *member = pt_json_member(object, key);
	if (pt_json_type_of(member) == PT_JSON_ARRAY_BEGIN) /* the first of them */
		member = pt_json_first(member);
	assert_true(pt_json_number(member, &value));
	return value;
}

static void assert_near(const char *what, double got, double expected)
{
	if (!(fabs(got - expected) <= TOLERANCE * fabs(expected)))
		fail_msg("%s: %.17g, expected %.17g", what, got, expected);
}

static pt_snapshot *snapshot_of(const char *root, const char *modules)
{
	pt_settings settings = pt_settings_default();
	settings.wanted = PT_WANT_REPORT;
	settings.n_k = 1;
	settings.k[0] = SPACING;
	if (strcmp(modules, "*") != 0)
		snprintf(settings.modules, sizeof settings.modules, "%s", modules);
	pt_snapshot *snapshot = fixture_cold(root, &settings);
	assert_non_null(snapshot);
	return snapshot;
}

/* Norms of every module at every step. */
static size_t check_modules(const pt_run_view *run, const pt_json_value *checkpoints)
{
	size_t n = 0, c = 0;
	for (const pt_json_value *at = pt_json_first(checkpoints); at; at = pt_json_following(at), c++) {
		assert_int_equal(strtoll(pt_json_key(at), NULL, 10), steps[c]);
		for (size_t m = 0; m < run->n_modules; m++, n++) {
			const pt_module_view *module = &run->modules[m];
			const pt_json_value *expected = pt_json_member(pt_json_member(at, "modules"), module->name);
			assert_non_null(expected);
			for (int matrix = 0; matrix < N_MATRICES; matrix++) {
				assert_non_null(module->norm[matrix]);
				assert_near(module->name, module->norm[matrix][c], number_of(expected, "norm", matrix));
			}
		}
	}
	return n;
}

/* The set's steps and its one cosine: ⟨δ_8, δ_12⟩ / (‖δ_8‖ ‖δ_12‖). */
static void check_set(const char *name, const pt_run_view *run, const pt_json_value *expected)
{
	for (int m = 0; m < N_MATRICES; m++) {
		const pt_matrix_view *matrix = &run->matrices[m];
		assert_true(matrix->norms.present);
		double gram[2][2];
		char key[64];
		size_t at = 0;
		snprintf(key, sizeof key, "increment_gram_%s", matrices[m]);
		const pt_json_value *rows = pt_json_member(expected, key);
		for (const pt_json_value *row = pt_json_first(rows); row; row = pt_json_following(row))
			for (const pt_json_value *x = pt_json_first(row); x && at < 4; x = pt_json_following(x), at++)
				assert_true(pt_json_number(x, &gram[at / 2][at % 2]));
		assert_int_equal(at, 4);
		assert_near(name, matrix->norms.step_length[1], sqrt(gram[0][0]));
		assert_near(name, matrix->norms.step_length[2], sqrt(gram[1][1]));
		assert_int_equal(matrix->n_cosines, 1);
		assert_int_equal(matrix->cosines[0].n, 1);
		assert_int_equal(matrix->cosines[0].steps[0], steps[1]);
		assert_near(name, matrix->cosines[0].values[0], number_of(expected, "cos_increments", m));
	}
}

static void experts_agree_with_peft(void **state)
{
	(void)state;
	char root[1024], path[1100];
	if (!shared_has("formats/moe_target_parameters"))
		skip();
	shared_path(root, sizeof root, "formats/moe_target_parameters");
	snprintf(path, sizeof path, "%s/expected.json", root);
	pt_json_value *document = NULL;
	assert_int_equal(pt_json_read(path, &document, NULL), PT_OK);
	const pt_json_value *adapter = pt_json_member(pt_json_member(document, "adapters"), "default");
	const pt_json_value *between = pt_json_member(adapter, "between");
	size_t n_sets = 0;
	for (const pt_json_value *set = pt_json_first(between); set; set = pt_json_following(set), n_sets++) {
		pt_snapshot *snapshot = snapshot_of(root, pt_json_key(set));
		assert_int_equal(snapshot->n_runs, 1);
		assert_int_equal(snapshot->runs[0].n_steps, N_STEPS);
		check_set(pt_json_key(set), &snapshot->runs[0], set);
		assert_int_equal(check_modules(&snapshot->runs[0], pt_json_member(adapter, "checkpoints")), 18);
		pt_snapshot_destroy(snapshot);
	}
	assert_int_equal(n_sets, 7);
	pt_json_destroy(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(experts_agree_with_peft)};
	pt_blas_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
