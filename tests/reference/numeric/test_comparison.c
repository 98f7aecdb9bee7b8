/* Products between two histories and the joint PCA of three, against NumPy and scikit-learn: comparison.json.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/numeric/blas.h"
#include "phasetop/numeric/cross_products.h"
#include "phasetop/numeric/joint_pca.h"
#include "trajectory_fixture.h"

enum { N_HISTORIES = 3 };

static cJSON *document;
static const char *const names[PT_N_TRAJECTORIES] = {"A", "B", "dW", "W"};

static const cJSON *get(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

static double tolerance(const char *key)
{
	return number_at(get(document, "tolerances"), key);
}

static size_t size_of(const cJSON *json, const char *key)
{
	return (size_t)number_at(json, key);
}

/* The generator of make_comparison_reference.py. */
static void next_values(uint64_t *state, bool first, size_t n, double *values)
{
	for (size_t e = 0; e < n; e++) {
		int64_t draw = (int64_t)random_bits(state);
		int64_t step = first ? ((draw >> 11) - (1 << 19)) * 4 : ((draw >> 17) - (1 << 13)) * 8;
		values[e] = (first ? 0.0 : values[e]) + ldexp((double)step, -20);
	}
}

static void to_floats(const double *values, size_t n, float *out)
{
	for (size_t e = 0; e < n; e++)
		out[e] = (float)values[e];
}

static pt_module_history *make_history(const cJSON *json, bool as_f64)
{
	bool full = strcmp(get(json, "kind")->valuestring, "full") == 0;
	pt_module_checkpoint c = {.shape = {.kind = full ? PT_MODULE_FULL : PT_MODULE_LORA,
								  .rank = size_of(json, "rank"),
								  .d_in = size_of(json, "d_in"),
								  .d_out = size_of(json, "d_out"),
								  .length = size_of(json, "length"),
								  .n_experts = size_of(json, "experts")}};
	size_t each = c.shape.rank * c.shape.n_experts;
	size_t lengths[] = {full ? c.shape.length : each * c.shape.d_in, full ? 0 : each * c.shape.d_out};
	double *doubles[2];
	float *floats[2];
	for (int f = 0; f < 2; f++) {
		doubles[f] = calloc(lengths[f] + 1, sizeof(double));
		floats[f] = calloc(lengths[f] + 1, sizeof(float));
	}
	uint64_t state = (uint64_t)number_at(json, "seed");
	pt_module_history *history = NULL;
	assert_int_equal(pt_module_history_create(&history, NULL), PT_OK);
	for (size_t i = 0; i < size_of(json, "n"); i++) {
		pt_values values[2];
		for (int f = 0; f < 2; f++) {
			next_values(&state, i == 0, lengths[f], doubles[f]);
			to_floats(doubles[f], lengths[f], floats[f]);
			values[f] = as_f64 ? (pt_values){.f64 = doubles[f]} : (pt_values){.f32 = floats[f]};
		}
		c.scaling = full ? (double)NAN : cJSON_GetArrayItem(get(json, "scalings"), (int)i)->valuedouble;
		c.w = full ? values[0] : (pt_values){NULL, NULL};
		c.a = full ? c.w : values[0];
		c.b = full ? c.w : values[1];
		assert_int_equal(pt_module_history_insert(history, i, &c, NULL), PT_OK);
	}
	for (int f = 0; f < 2; f++) {
		free(doubles[f]);
		free(floats[f]);
	}
	return history;
}

/* All increments of two histories with each other. */
static double *products_of(const pt_module_history *a, const pt_module_history *b, pt_trajectory t)
{
	size_t n = pt_module_history_n(a), m = pt_module_history_n(b);
	pt_difference *at = calloc(n + m, sizeof *at);
	double *out = calloc(n * m, sizeof *out);
	for (size_t i = 0; i < n; i++)
		at[i] = pt_difference_of_increment(i);
	for (size_t j = 0; j < m; j++)
		at[n + j] = pt_difference_of_increment(j);
	pt_difference_list x = {a, at, n}, y = {b, at + n, m};
	assert_int_equal(pt_cross_products(&x, &y, t, (pt_block_mut){out, n, m, m}, NULL), PT_OK);
	free(at);
	return out;
}

static void check_products(const cJSON *family, pt_module_history *const *h, pt_trajectory t)
{
	const cJSON *pair;
	cJSON_ArrayForEach(pair, get(get(family, "cross"), names[t]))
	{
		int i = cJSON_GetArrayItem(get(pair, "pair"), 0)->valueint,
			j = cJSON_GetArrayItem(get(pair, "pair"), 1)->valueint;
		size_t n = pt_module_history_n(h[i]), m = pt_module_history_n(h[j]), got_m;
		double *ours = products_of(h[i], h[j], t);
		for (size_t r = 0; r < n; r++) {
			double *row = fixture_array(cJSON_GetArrayItem(get(pair, "products"), (int)r), &got_m),
				   largest = 0;
			assert_int_equal(got_m, m);
			for (size_t c = 0; c < m; c++)
				largest = fmax(largest, fabs(row[c]));
			for (size_t c = 0; c < m; c++)
				if (!(fabs(ours[r * m + c] - row[c]) <= tolerance("products") * largest))
					fail_msg("%s %s (%d, %d): %.17g at (%zu, %zu), expected %.17g",
						get(family, "name")->valuestring, names[t], i, j, ours[r * m + c], r, c, row[c]);
			free(row);
		}
		free(ours);
	}
}

static void check_scores(const char *what, const double *got, const cJSON *array)
{
	size_t n;
	double *expected = fixture_array(array, &n), largest = 0;
	for (size_t i = 0; i < n; i++)
		largest = fmax(largest, fabs(expected[i]));
	for (size_t i = 0; i < n; i++)
		if (!(fabs(got[i] - expected[i]) <= tolerance("scores") * largest))
			fail_msg("%s[%zu]: %.17g, expected %.17g", what, i, got[i], expected[i]);
	free(expected);
}

static void check_joint(const cJSON *json, pt_module_history *const *h, pt_trajectory t)
{
	const pt_gram *grams[N_HISTORIES];
	pt_block cross[N_HISTORIES * N_HISTORIES] = {0};
	double *products[N_HISTORIES * N_HISTORIES] = {0};
	for (size_t r = 0; r < N_HISTORIES; r++) {
		grams[r] = pt_module_history_gram(h[r], t);
		for (size_t s = r + 1; s < N_HISTORIES; s++) {
			size_t n = pt_module_history_n(h[r]), m = pt_module_history_n(h[s]);
			products[r * N_HISTORIES + s] = products_of(h[r], h[s], t);
			cross[r * N_HISTORIES + s] = (pt_block){products[r * N_HISTORIES + s], n, m, m};
		}
	}
	pt_joint_pca pca;
	pt_joint_pca_init(&pca);
	pt_joint_input input = {N_HISTORIES, grams, cross};
	assert_int_equal(pt_joint_pca_compute(&input, &pca, NULL), PT_OK);
	assert_true(pca.present);
	size_t first = 0;
	for (int r = 0; r < N_HISTORIES; r++) {
		const cJSON *expected = cJSON_GetArrayItem(get(json, "runs"), r);
		check_scores("pc1", pca.scores[0] + first, get(expected, "pc1"));
		check_scores("pc2", pca.scores[1] + first, get(expected, "pc2"));
		first += pt_module_history_n(h[r]);
	}
	assert_int_equal(pca.n, first);
	for (int c = 0; c < PT_JOINT_COMPONENTS; c++)
		assert_true(fabs(pca.explained[c] -
						 cJSON_GetArrayItem(get(json, "explained_variance_ratio"), c)->valuedouble) <= 1e-12);
	pt_joint_pca_fini(&pca);
	for (size_t i = 0; i < sizeof products / sizeof products[0]; i++)
		free(products[i]);
}

static void made_up_runs_agree_with_whole_vectors(void **state)
{
	(void)state;
	const cJSON *family;
	size_t n_checked = 0;
	cJSON_ArrayForEach(family, get(document, "made_up"))
	{
		pt_module_history *h[N_HISTORIES];
		for (int r = 0; r < N_HISTORIES; r++) /* one of them in doubles: types may differ between runs */
			h[r] = make_history(cJSON_GetArrayItem(get(family, "cases"), r), r == 1);
		for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
			const cJSON *joint = get(get(family, "joint"), names[t]);
			assert_int_equal(joint != NULL, pt_histories_agree(h[0], h[1], t));
			if (!joint)
				continue;
			check_products(family, h, t);
			check_joint(joint, h, t);
			n_checked++;
		}
		for (int r = 0; r < N_HISTORIES; r++)
			pt_module_history_destroy(h[r]);
	}
	assert_int_equal(n_checked, 3 + 3 + 1 + 3 + 1);
}

/* A history beside itself: its own Gram. */
static void products_with_itself_are_the_gram(void **state)
{
	(void)state;
	const cJSON *family;
	cJSON_ArrayForEach(family, get(document, "made_up"))
	{
		pt_module_history *h = make_history(cJSON_GetArrayItem(get(family, "cases"), 0), false);
		for (pt_trajectory t = 0; t < PT_N_TRAJECTORIES; t++) {
			if (!pt_module_history_has(h, t))
				continue;
			const pt_gram *gram = pt_module_history_gram(h, t);
			double *products = products_of(h, h, t);
			for (size_t i = 0; i < gram->n; i++)
				for (size_t j = 0; j < gram->n; j++) {
					double bound = 1e-13 * sqrt(pt_gram_at(gram, i, i) * pt_gram_at(gram, j, j));
					assert_true(fabs(products[i * gram->n + j] - pt_gram_at(gram, i, j)) <= bound);
				}
			free(products);
		}
		pt_module_history_destroy(h);
	}
}

static int read_document(void **state)
{
	(void)state;
	document = read_json("tests/reference/comparison.json");
	pt_blas_init();
	return document ? 0 : -1;
}

static int free_document(void **state)
{
	(void)state;
	cJSON_Delete(document);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_up_runs_agree_with_whole_vectors),
		cmocka_unit_test(products_with_itself_are_the_gram),
	};
	return cmocka_run_group_tests(tests, read_document, free_document);
}
