/*
 * A small adapter in each naming scheme (tests/reference/make_adapter_reference.py tells how they were made)
 * against NumPy: ranks, scalings, norms, and dW itself, element by element in one weighted sum.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../unit/runio/loaded_values.h"
#include "phasetop/runio/json.h"

#define ROOT "tests/data/adapters"
#define TOLERANCE 1e-12

static double number(const pt_json_value *object, const char *key)
{
	double value = (double)NAN;
	(void)pt_json_number(pt_json_member(object, key), &value);
	return value;
}

static void assert_near(const char *what, const char *key, double got, double expected)
{
	if (isnan(expected) ? !isnan(got) : !(fabs(got - expected) <= TOLERANCE * fmax(1.0, fabs(expected))))
		fail_msg("%s: %s is %.17g, should be %.17g", what, key, got, expected);
}

/* ‖dW‖ and Σ (1+e) cos(1+i) dW_eij sin(1+2j), dW_e = s·B_e·A_e formed outright. */
static void form_product(const pt_loaded_module *m, double *norm, double *probe)
{
	double squares = 0.0, sum = 0.0;
	size_t r = (size_t)m->rank;
	for (size_t e = 0; e < (size_t)m->n_experts; e++) {
		for (size_t i = 0; i < m->b_rows; i++) {
			for (size_t j = 0; j < m->a_cols; j++) {
				double x = 0.0;
				for (size_t k = 0; k < r; k++)
					x += value_at(m, m->b, (e * m->b_rows + i) * r + k) *
						 value_at(m, m->a, (e * r + k) * m->a_cols + j);
				x *= m->scaling;
				squares += x * x;
				sum += (double)(1 + e) * cos((double)(1 + i)) * x * sin((double)(1 + 2 * j));
			}
		}
	}
	*norm = sqrt(squares);
	*probe = sum;
}

/* "NAME" of the default adapter, or "NAME@ADAPTER". */
static const pt_loaded_module *find_module(const pt_checkpoint *checkpoint, const char *key)
{
	for (size_t i = 0; i < checkpoint->n_modules; i++) {
		const pt_loaded_module *m = &checkpoint->modules[i];
		char name[256];
		bool is_default = strcmp(m->adapter, "default") == 0;
		snprintf(name, sizeof name, "%s%s%s", m->name, is_default ? "" : "@", is_default ? "" : m->adapter);
		if (strcmp(name, key) == 0)
			return m;
	}
	return NULL;
}

static void check_module(const char *what, const pt_loaded_module *m, const pt_json_value *expected)
{
	double norm, probe;
	const char *kind = pt_json_string(pt_json_member(expected, "kind"));
	const pt_json_value *experts = pt_json_member(expected, "experts");
	bool has_product = pt_json_member(expected, "norm_dW") != NULL;
	if (strcmp(m->kind, kind) != 0)
		fail_msg("%s: %s is %s, should be %s", what, m->name, m->kind, kind);
	assert_int_equal(m->rank, (int64_t)number(expected, "rank"));
	assert_int_equal(m->n_experts, experts ? (int64_t)number(expected, "experts") : 1);
	assert_near(what, "scaling", m->scaling, number(expected, "scaling"));
	assert_near(what, "norm_A", norm_of(m, m->a, m->a_rows * m->a_cols), number(expected, "norm_A"));
	assert_near(what, "norm_B", norm_of(m, m->b, m->b_rows * m->b_cols), number(expected, "norm_B"));
	assert_int_equal(m->has_product, has_product);
	if (!has_product)
		return;
	form_product(m, &norm, &probe);
	assert_near(what, "norm_dW", norm, number(expected, "norm_dW"));
	assert_near(what, "probe", probe, number(expected, "probe"));
}

static void check_problems(const char *what, const pt_checkpoint *checkpoint, const pt_json_value *expected)
{
	size_t n = 0;
	for (const pt_json_value *p = pt_json_first(expected); p; p = pt_json_following(p), n++) {
		if (n >= checkpoint->n_problems)
			fail_msg("%s: no problem %s", what, pt_json_string(p));
		assert_string_equal(pt_status_name(checkpoint->problems[n].code), pt_json_string(p));
	}
	if (n != checkpoint->n_problems)
		fail_msg("%s: %s", what, checkpoint->problems[n].message);
}

static void check_folder(const pt_json_value *expected)
{
	const char *name = pt_json_key(expected);
	char weights[256], config[256];
	pt_checkpoint *checkpoint;
	pt_error err;
	size_t n = 0, n_warned = 0;
	snprintf(weights, sizeof weights, ROOT "/%s/weights.safetensors", name);
	snprintf(config, sizeof config, ROOT "/%s/adapter_config.json", name);
	if (pt_checkpoint_load(
			weights, access(config, R_OK) == 0 ? config : NULL, NULL, NULL, &checkpoint, &err) != PT_OK)
		fail_msg("%s: %s", name, err.message);
	const pt_json_value *modules = pt_json_member(expected, "modules");
	for (const pt_json_value *m = pt_json_first(modules); m; m = pt_json_following(m), n++) {
		const pt_loaded_module *found = find_module(checkpoint, pt_json_key(m));
		if (!found)
			fail_msg("%s: no module %s", name, pt_json_key(m));
		check_module(name, found, m);
		n_warned += found->n_warnings > 0;
	}
	assert_int_equal(checkpoint->kind, PT_CHECKPOINT_ADAPTER);
	assert_int_equal(checkpoint->n_modules, n);
	assert_int_equal(checkpoint->n_skipped_tensors, (size_t)number(expected, "skipped"));
	check_problems(name, checkpoint, pt_json_member(expected, "problems"));
	double warned = number(expected, "warned");
	if ((double)n_warned != (isnan(warned) ? 0.0 : warned))
		fail_msg("%s: %zu modules carry warnings", name, n_warned);
	printf("%-24s %zu modules\n", name, n);
	pt_checkpoint_destroy(checkpoint);
}

static void every_scheme_agrees_with_numpy(void **state)
{
	(void)state;
	pt_json_value *expected;
	size_t n = 0;
	assert_int_equal(pt_json_read(ROOT "/expected.json", &expected, NULL), PT_OK);
	for (const pt_json_value *f = pt_json_first(expected); f; f = pt_json_following(f), n++)
		check_folder(f);
	pt_json_destroy(expected);
	assert_int_equal(n, 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_scheme_agrees_with_numpy)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
