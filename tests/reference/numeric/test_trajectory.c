/* The trajectory engine against exact arithmetic, scikit-learn and SciPy: tests/reference/numeric.json. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../src/numeric/cosine_dip.h"
#include "phasetop/numeric/blas.h"
#include "phasetop/numeric/local_cosine.h"
#include "phasetop/numeric/trajectory_pca.h"
#include "phasetop/numeric/update_norm.h"
#include "trajectory_fixture.h"

static cJSON *document;

static const char *const matrix_names[PT_N_TRAJECTORIES] = {"A", "B", "dW", "W"};

static double tolerance(const char *name)
{
	return number_at(cJSON_GetObjectItem(document, "tolerances"), name);
}

/* |got − expected| <= tolerance × the largest expected magnitude, for a whole array. */
static void check_array(const char *what, const double *got, const double *expected, size_t n, double bound)
{
	double largest = 0.0;
	for (size_t i = 0; i < n; i++)
		largest = fmax(largest, fabs(expected[i]));
	for (size_t i = 0; i < n; i++)
		if (!(fabs(got[i] - expected[i]) <= bound * largest))
			fail_msg("%s[%zu]: %.17g, expected %.17g (largest %g)", what, i, got[i], expected[i], largest);
}

static void check_against(const char *what, const double *got, const cJSON *array, double bound)
{
	size_t n;
	double *expected = fixture_array(array, &n);
	check_array(what, got, expected, n, bound);
	free(expected);
}

/* Each entry against √(D_ii D_jj), which is what cosines are made of. */
static void check_gram(const char *what, const pt_gram *gram, const cJSON *array, double bound)
{
	size_t n;
	double *expected = fixture_array(array, &n);
	assert_int_equal(n, gram->n * (gram->n + 1) / 2);
	for (size_t i = 0; i < gram->n; i++)
		for (size_t j = 0; j <= i; j++) {
			double scale = sqrt(expected[i * (i + 1) / 2 + i] * expected[j * (j + 1) / 2 + j]);
			double e = expected[i * (i + 1) / 2 + j], g = pt_gram_at(gram, i, j);
			if (!(fabs(g - e) <= bound * scale))
				fail_msg("%s: D(%zu, %zu) = %.17g, expected %.17g (scale %g)", what, i, j, g, e, scale);
		}
	free(expected);
}

static void check_pca(const char *what, const pt_gram *gram, const cJSON *json, const int64_t *steps)
{
	for (pt_pca_solver solver = PT_PCA_SOLVER_AUTO; solver <= PT_PCA_SOLVER_LANCZOS; solver++) {
		pt_pca pca;
		pt_pca_init(&pca);
		assert_int_equal(pt_trajectory_pca(gram, solver, &pca, NULL), PT_OK);
		assert_true(pca.present);
		check_against(what, pca.scores[0], cJSON_GetObjectItem(json, "pc1"), tolerance("scores"));
		check_against(what, pca.scores[1], cJSON_GetObjectItem(json, "pc2"), tolerance("scores"));
		check_against(what, pca.scree, cJSON_GetObjectItem(json, "scree"), tolerance("scree"));
		assert_true(pca.explained[0] == pca.scree[0] && pca.explained[1] == pca.scree[1]);
		pt_turning_point turn = pt_pca_turning_point(&pca, 0.2);
		assert_int_equal(turn.index, (int)number_at(json, "turn"));
		assert_true(fabs(turn.angle_deg - number_at(json, "angle_deg")) < 1e-5);
		const cJSON *chords = cJSON_GetObjectItem(json, "chord_turns");
		for (int c = 0; c < 2; c++)
			assert_int_equal(pt_pca_component_turn(&pca, (size_t)c, steps),
				(int)cJSON_GetNumberValue(cJSON_GetArrayItem(chords, c)));
		pt_pca_fini(&pca);
	}
}

static int64_t step_or_none(const cJSON *json, const char *key)
{
	const cJSON *item = cJSON_GetObjectItem(json, key);
	return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : PT_STEP_MISSING;
}

static void check_band(const pt_local_cosine *cosine, const cJSON *bands)
{
	double *q[3];
	for (size_t i = 0; i < 3; i++)
		q[i] = calloc(cosine->n + 1, sizeof *q[i]);
	assert_int_equal(
		pt_cosine_usual_band(cosine->values, cosine->gaps, cosine->n, q[0], q[1], q[2], NULL), PT_OK);
	for (size_t i = 0; i < cosine->n; i++) {
		const cJSON *expected = cJSON_GetArrayItem(bands, (int)i);
		for (int c = 0; c < 3; c++)
			if (cJSON_IsNull(expected))
				assert_true(isnan(q[c][i]));
			else
				assert_true(
					fabs(q[c][i] - cJSON_GetArrayItem(expected, c)->valuedouble) <= tolerance("cosine"));
	}
	for (size_t i = 0; i < 3; i++)
		free(q[i]);
}

static void check_cosine(const char *what, const pt_gram *gram, const cJSON *json, const int64_t *steps)
{
	pt_cosine_options options = {(int64_t)number_at(json, "k"),
		cJSON_IsTrue(cJSON_GetObjectItem(json, "by_index")), (int64_t)number_at(json, "tolerance"),
		number_at(json, "m"), number_at(json, "rho"), number_at(json, "dip_rho")};
	pt_local_cosine cosine;
	pt_local_cosine_init(&cosine);
	assert_int_equal(pt_local_cosine_update(&cosine, gram, steps, 0, &options, NULL), PT_OK);
	assert_true(cosine.present);
	assert_int_equal(cosine.spacing, (int64_t)number_at(json, "spacing"));
	assert_int_equal(cosine.k_used, (int64_t)number_at(json, "k_used"));
	size_t n;
	double *values = fixture_array(cJSON_GetObjectItem(json, "values"), &n);
	double *at = fixture_array(cJSON_GetObjectItem(json, "steps"), &n);
	double *gaps = fixture_array(cJSON_GetObjectItem(json, "gaps"), &n);
	assert_int_equal(cosine.n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(cosine.steps[i], (int64_t)at[i]);
		assert_int_equal(cosine.gaps[i], (int)gaps[i]);
		assert_int_equal(isnan(cosine.values[i]), isnan(values[i]));
		if (!isnan(values[i]) && !(fabs(cosine.values[i] - values[i]) <= tolerance("cosine")))
			fail_msg("%s, k %ld, step %ld: cos %.17g, expected %.17g", what, (long)options.k, (long)at[i],
				cosine.values[i], values[i]);
	}
	assert_int_equal(cosine.minimum, (int)number_at(json, "minimum"));
	assert_int_equal(cosine.dip, (int)number_at(json, "dip"));
	if (cosine.dip >= 0)
		assert_true(fabs(cosine.dip_prominence - number_at(json, "prominence")) <= tolerance("cosine"));
	else
		assert_true(isnan(cosine.dip_prominence));
	assert_int_equal(cosine.pending_from_step, step_or_none(json, "pending_from"));
	assert_int_equal(cosine.decided_at_step, step_or_none(json, "decided_at"));
	check_band(&cosine, cJSON_GetObjectItem(json, "band"));
	free(values);
	free(at);
	free(gaps);
	pt_local_cosine_fini(&cosine);
}

static void check_matrix(const trajectory_case *c, const pt_module_history *history, pt_trajectory t)
{
	const cJSON *json = cJSON_GetObjectItem(cJSON_GetObjectItem(c->json, "matrices"), matrix_names[t]);
	char what[128];
	snprintf(what, sizeof what, "%s, %s", c->name, matrix_names[t]);
	const pt_gram *gram = pt_module_history_gram(history, t);
	check_against(
		what, pt_module_history_norms(history, t), cJSON_GetObjectItem(json, "norms"), tolerance("norms"));
	check_gram(what, gram, cJSON_GetObjectItem(json, "gram"), tolerance("gram"));
	double drift[MAX_CHECKPOINTS];
	pt_gram_lengths(gram, drift, NULL, NULL);
	check_against(what, drift, cJSON_GetObjectItem(json, "drift"), 1e-12);
	check_pca(what, gram, cJSON_GetObjectItem(json, "pca"), c->steps);
	const cJSON *curve;
	cJSON_ArrayForEach(curve, cJSON_GetObjectItem(json, "cosines")) check_cosine(what, gram, curve, c->steps);
}

static void check_case(const cJSON *json, bool as_f64)
{
	trajectory_case c;
	fixture_load_case(json, &c);
	pt_module_history *history = NULL;
	assert_int_equal(pt_module_history_create(&history, NULL), PT_OK);
	for (size_t i = 0; i < c.n; i++) {
		pt_module_checkpoint checkpoint = fixture_checkpoint(&c, i, as_f64 || c.is_f64);
		assert_int_equal(pt_module_history_insert(history, i, &checkpoint, NULL), PT_OK);
	}
	for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++)
		if (pt_module_history_has(history, t))
			check_matrix(&c, history, t);
	pt_module_history_destroy(history);
	fixture_free_case(&c);
}

static void trajectories_agree_with_exact_arithmetic(void **state)
{
	(void)state;
	const cJSON *json;
	size_t n = 0;
	cJSON_ArrayForEach(json, cJSON_GetObjectItem(document, "cases"))
	{
		check_case(json, false);
		n++;
	}
	assert_true(n >= 8);
}

static void doubles_give_the_same_as_floats(void **state)
{
	(void)state;
	const cJSON *json;
	cJSON_ArrayForEach(json, cJSON_GetObjectItem(document, "cases")) check_case(json, true);
}

/* pt_update_inner between checkpoints, against sums of the exact increment Gram. */
static void inner_products_of_updates_agree(void **state)
{
	(void)state;
	const cJSON *json;
	cJSON_ArrayForEach(json, cJSON_GetObjectItem(document, "cases"))
	{
		trajectory_case c;
		fixture_load_case(json, &c);
		if (c.shape.kind == PT_MODULE_LORA) {
			size_t n, last = c.n - 1;
			double *gram = fixture_array(
				cJSON_GetObjectItem(cJSON_GetObjectItem(cJSON_GetObjectItem(json, "matrices"), "dW"), "gram"),
				&n);
			double expected = 0.0, size = 0.0, got = 0.0;
			for (size_t i = 0; i <= last; i++)
				for (size_t j = 0; j <= last / 2; j++) {
					size_t high = i > j ? i : j, low = i > j ? j : i;
					double d = gram[high * (high + 1) / 2 + low];
					expected += d;
					size += fabs(d);
				}
			pt_factors f[2];
			for (int i = 0; i < 2; i++) {
				size_t at = i == 0 ? last : last / 2;
				f[i] = (pt_factors){c.shape.rank, c.shape.d_in, c.shape.d_out, {.f32 = c.f32[0][at]},
					{.f32 = c.f32[1][at]}, c.scalings[at]};
			}
			assert_int_equal(pt_update_inner(&f[0], &f[1], &got, NULL), PT_OK);
			assert_true(fabs(got - expected) <= 1e-12 * size);
			free(gram);
		}
		fixture_free_case(&c);
	}
}

static void dips_agree_with_scipy(void **state)
{
	(void)state;
	const cJSON *json;
	cJSON_ArrayForEach(json, cJSON_GetObjectItem(document, "dips"))
	{
		size_t n;
		double *values = fixture_array(cJSON_GetObjectItem(json, "values"), &n), prominence = -1.0;
		bool valid[32];
		for (size_t i = 0; i < n; i++)
			valid[i] = !isnan(values[i]);
		ptrdiff_t at = pt_cosine_dip(values, valid, n, &prominence);
		assert_int_equal(at, (int)number_at(json, "at"));
		assert_true(prominence == (at < 0 ? -1.0 : number_at(json, "prominence")));
		free(values);
	}
}

static int load(void **state)
{
	(void)state;
	pt_blas_init();
	document = read_json("tests/reference/numeric.json");
	return document ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	cJSON_Delete(document);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trajectories_agree_with_exact_arithmetic),
		cmocka_unit_test(doubles_give_the_same_as_floats),
		cmocka_unit_test(inner_products_of_updates_agree),
		cmocka_unit_test(dips_agree_with_scipy),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
