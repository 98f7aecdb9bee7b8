/* Checkpoints written by the real libraries. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <stdbool.h>

#include "phasetop/runio/json.h"
#include "checkpoint_fixture.h"
#include "loaded_values.h"

/* ‖s·B·A‖ formed outright, expert by expert. */
static double norm_of_product(const pt_loaded_module *m)
{
	double sum = 0.0;
	size_t r = (size_t)m->rank;
	for (size_t e = 0; e < (size_t)m->n_experts; e++) {
		for (size_t i = 0; i < m->b_rows; i++) {
			for (size_t j = 0; j < m->a_cols; j++) {
				double x = 0.0;
				for (size_t k = 0; k < r; k++)
					x += value_at(m, m->b, (e * m->b_rows + i) * r + k) *
						 value_at(m, m->a, (e * r + k) * m->a_cols + j);
				sum += x * x;
			}
		}
	}
	return fabs(m->scaling) * sqrt(sum);
}

static double number(const pt_json_value *object, const char *key)
{
	double value = (double)NAN;
	(void)pt_json_number(pt_json_member(object, key), &value);
	return value;
}

static void assert_close(const char *what, double got, double expected)
{
	if (!(fabs(got - expected) <= 1e-12 * fmax(1.0, fabs(expected))))
		fail_msg("%s: %.17g, expected %.17g", what, got, expected);
}

static const pt_loaded_module *find_module(const pt_checkpoint *checkpoint, const char *name)
{
	for (size_t i = 0; i < checkpoint->n_modules; i++) {
		if (strcmp(checkpoint->modules[i].name, name) == 0)
			return &checkpoint->modules[i];
	}
	return NULL;
}

static void check_shape(const pt_json_value *array, const int64_t *shape, size_t n)
{
	size_t i = 0;
	for (const pt_json_value *v = pt_json_first(array); v; v = pt_json_following(v), i++) {
		double expected;
		assert_true(pt_json_number(v, &expected));
		assert_true(i < n && (double)shape[i] == expected);
	}
	assert_int_equal(i, n);
}

static void check_module(const char *where, const pt_checkpoint *checkpoint, const pt_json_value *expected)
{
	const pt_loaded_module *m = find_module(checkpoint, pt_json_key(expected));
	char what[2048];
	if (!m)
		fail_msg("%s: no module %s", where, pt_json_key(expected));
	snprintf(what, sizeof what, "%s %s", where, m->name);
	assert_string_equal(m->adapter, "default");
	assert_string_equal(m->dtype, pt_json_string(pt_json_member(expected, "dtype_A")));
	assert_int_equal(m->rank, (int64_t)number(expected, "r"));
	assert_true(m->finite_a && m->finite_b);
	check_shape(pt_json_member(expected, "shape_A"), m->shape_a, m->n_shape_a);
	check_shape(pt_json_member(expected, "shape_B"), m->shape_b, m->n_shape_b);
	assert_close(what, m->scaling, number(expected, "scaling"));
	assert_close(what, norm_of(m, m->a, m->a_rows * m->a_cols), number(expected, "norm_A"));
	assert_close(what, norm_of(m, m->b, m->b_rows * m->b_cols), number(expected, "norm_B"));
	bool has_product = pt_json_type_of(pt_json_member(expected, "norm_dW")) == PT_JSON_NUMBER;
	assert_int_equal(m->has_product, has_product);
	if (has_product)
		assert_close(what, norm_of_product(m), number(expected, "norm_dW"));
	size_t i = 0;
	for (const pt_json_value *v = pt_json_first(pt_json_member(expected, "first_A")); v;
		 v = pt_json_following(v)) {
		double first;
		assert_true(pt_json_number(v, &first));
		assert_true(value_at(m, m->a, i++) == first);
	}
}

static size_t count_of(const pt_json_value *container)
{
	size_t n = 0;
	for (const pt_json_value *v = pt_json_first(container); v; v = pt_json_following(v))
		n++;
	return n;
}

/* "checkpoint-{step}/style/adapter_model.safetensors" → the directory of one step */
static void directory_of(const char *name, const char *pattern, const char *step, char *out, size_t capacity)
{
	char below[512], *brace;
	snprintf(below, sizeof below, "formats/%s/%s", name, pattern);
	*strrchr(below, '/') = '\0';
	brace = strstr(below, "{step}");
	assert_non_null(brace);
	char rest[256];
	snprintf(rest, sizeof rest, "%s", brace + 6);
	snprintf(brace, sizeof below - (size_t)(brace - below), "%s%s", step, rest);
	shared_path(out, capacity, below);
}

static size_t check_adapter(const char *name, const pt_json_value *adapter)
{
	size_t n = 0;
	const char *pattern = pt_json_string(pt_json_member(adapter, "path"));
	const pt_json_value *checkpoints = pt_json_member(adapter, "checkpoints");
	for (const pt_json_value *c = pt_json_first(checkpoints); c; c = pt_json_following(c)) {
		char directory[1024];
		pt_checkpoint *checkpoint;
		pt_error err;
		directory_of(name, pattern, pt_json_key(c), directory, sizeof directory);
		if (load_from(directory, ADAPTER, NULL, &checkpoint, &err) != PT_OK)
			fail_msg("%s: %s", err.path, err.message);
		const pt_json_value *modules = pt_json_member(c, "modules");
		assert_int_equal(checkpoint->n_modules, count_of(modules));
		assert_int_equal(checkpoint->n_skipped_tensors, count_of(pt_json_member(c, "non_lora")));
		for (const pt_json_value *m = pt_json_first(modules); m; m = pt_json_following(m), n++)
			check_module(directory, checkpoint, m);
		pt_checkpoint_destroy(checkpoint);
	}
	return n;
}

static void agrees_with_every_adapter_of_the_real_libraries(void **state)
{
	(void)state;
	char path[1024];
	if (!shared_has("formats"))
		skip();
	shared_path(path, sizeof path, "formats");
	DIR *formats = opendir(path);
	assert_non_null(formats);
	size_t n_cases = 0, n_modules = 0;
	for (struct dirent *e; (e = readdir(formats));) {
		char below[512];
		pt_json_value *expected;
		snprintf(below, sizeof below, "formats/%s/expected.json", e->d_name);
		shared_path(path, sizeof path, below);
		if (e->d_name[0] == '.' || access(path, R_OK) != 0)
			continue;
		assert_int_equal(pt_json_read(path, &expected, NULL), PT_OK);
		const char *kind = pt_json_string(pt_json_member(expected, "kind"));
		if (kind && strcmp(kind, "lora") == 0) {
			const pt_json_value *adapters = pt_json_member(expected, "adapters");
			for (const pt_json_value *a = pt_json_first(adapters); a; a = pt_json_following(a))
				n_modules += check_adapter(e->d_name, a);
			n_cases++;
		}
		pt_json_destroy(expected);
	}
	closedir(formats);
	printf("%zu cases, %zu modules\n", n_cases, n_modules);
	assert_true(n_cases >= 40);
}

/* Named, never a LoRA module; every tensor of floats that trains is there as it is. */
static void check_other_method(const char *directory)
{
	pt_checkpoint *checkpoint;
	pt_error err;
	if (load_from(directory, ADAPTER, NULL, &checkpoint, &err) != PT_OK)
		fail_msg("%s: %s", directory, err.message);
	if (checkpoint->n_problems != 1 || checkpoint->problems[0].code != PT_ERR_NOT_LORA ||
		!strstr(checkpoint->problems[0].message, "is not plain LoRA: its tensors are watched as they are"))
		fail_msg("%s: %zu problems", directory, checkpoint->n_problems);
	assert_int_equal(checkpoint->kind, PT_CHECKPOINT_FULL);
	assert_true(checkpoint->n_modules > 0);
	for (size_t i = 0; i < checkpoint->n_modules; i++) {
		const pt_loaded_module *m = &checkpoint->modules[i];
		if (strcmp(m->kind, "full") != 0 || m->b || m->has_product || !isnan(m->scaling) || m->rank != 0)
			fail_msg("%s: %s is %s", directory, m->name, m->kind);
	}
	pt_checkpoint_destroy(checkpoint);
}

static void other_methods_are_named(void **state)
{
	(void)state;
	static const char *const places[] = {"checkpoint-4", "checkpoint-8", "checkpoint-4/0", "checkpoint-4/1"};
	char path[1024];
	size_t n = 0;
	if (!shared_has("formats/other_peft"))
		skip();
	shared_path(path, sizeof path, "formats/other_peft");
	DIR *methods = opendir(path);
	assert_non_null(methods);
	for (struct dirent *e; (e = readdir(methods));) {
		for (size_t i = 0; i < sizeof places / sizeof places[0] && e->d_name[0] != '.'; i++) {
			char below[512];
			snprintf(below, sizeof below, "formats/other_peft/%s/%s", e->d_name, places[i]);
			shared_path(path, sizeof path, below);
			if (access(path, R_OK) != 0)
				continue;
			check_other_method(path);
			n++;
		}
	}
	closedir(methods);
	assert_true(n >= 25);
}

static pt_checkpoint *load_shared(const char *below, const char *weights)
{
	char path[1024];
	pt_checkpoint *checkpoint;
	pt_error err;
	shared_path(path, sizeof path, below);
	if (load_from(path, weights, NULL, &checkpoint, &err) != PT_OK)
		fail_msg("%s: %s", below, err.message);
	return checkpoint;
}

static void the_tensor_decides_the_rank(void **state)
{
	(void)state;
	if (!shared_has("formats/patterns_order_rank_trap"))
		skip();
	pt_checkpoint *checkpoint = load_shared("formats/patterns_order_rank_trap/checkpoint-8", ADAPTER);
	assert_int_equal(checkpoint->n_modules, 4);
	const pt_loaded_module *q = find_module(checkpoint, "model.layers.0.self_attn.q_proj");
	assert_int_equal(q->rank, 2);
	assert_true(q->scaling == 8.0);
	assert_int_equal(q->n_warnings, 1);
	assert_non_null(strstr(q->warnings[0], "gives rank 3, the tensor has 2"));
	const pt_loaded_module *v = find_module(checkpoint, "model.layers.0.self_attn.v_proj");
	assert_int_equal(v->n_warnings, 0);
	pt_checkpoint_destroy(checkpoint);
}

static void whole_networks_load_single_or_sharded(void **state)
{
	(void)state;
	if (!shared_has("formats/life_sharded_full"))
		skip();
	pt_checkpoint *sharded = load_shared("formats/life_sharded_full/checkpoint-12", INDEX);
	pt_checkpoint *single = load_shared("formats/full_finetune_single/checkpoint-12", NETWORK);
	assert_int_equal(sharded->n_problems, 0);
	assert_int_equal(single->n_problems, 0);
	assert_true(single->n_modules > 5);
	for (size_t i = 0; i < single->n_modules; i++) {
		const pt_loaded_module *m = &single->modules[i];
		assert_string_equal(m->kind, "full");
		assert_string_equal(m->adapter, "");
		assert_true(isnan(m->scaling) && !m->has_product && m->rank == 0 && !m->b && m->n_shape_b == 0);
		int64_t n = 1;
		for (size_t k = 0; k < m->n_shape_a; k++)
			n *= m->shape_a[k];
		assert_int_equal(n, m->a_cols);
		assert_int_equal(m->a_rows, 1);
	}
	pt_checkpoint_destroy(sharded);
	pt_checkpoint_destroy(single);
}

static void interrupted_saves_are_told(void **state)
{
	(void)state;
	static const struct {
		const char *below, *weights;
		pt_status code;
		pt_status problem;
	} cases[] = {
		{"life_killed_after_ftruncate/checkpoint-8", ADAPTER, PT_ERR_NOT_FOUND, PT_OK},
		{"life_killed_tmp_not_renamed/checkpoint-8", ADAPTER, PT_ERR_NOT_FOUND, PT_OK},
		{"life_killed_before_config/checkpoint-8", ADAPTER, PT_OK, PT_ERR_NO_CONFIG},
		{"life_killed_config_empty/checkpoint-8", ADAPTER, PT_OK, PT_ERR_EMPTY},
		{"life_killed_sharded_no_index/checkpoint-8", INDEX, PT_ERR_NOT_FOUND, PT_OK},
		{"life_adapter_bin/checkpoint-4", "adapter_model.bin", PT_ERR_PICKLE, PT_OK},
	};
	if (!shared_has("formats/life_killed_before_config"))
		skip();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char path[1024], below[512];
		pt_checkpoint *checkpoint;
		pt_error err;
		snprintf(below, sizeof below, "formats/%s", cases[i].below);
		shared_path(path, sizeof path, below);
		assert_int_equal(access(path, R_OK), 0);
		pt_status status = load_from(path, cases[i].weights, NULL, &checkpoint, &err);
		if (status != cases[i].code)
			fail_msg("%s: %s", below, pt_status_name(status));
		if (status != PT_OK)
			continue;
		assert_int_equal(checkpoint->n_problems, 1);
		assert_int_equal(checkpoint->problems[0].code, cases[i].problem);
		assert_true(isnan(checkpoint->modules[0].scaling));
		assert_false(checkpoint->modules[0].has_product);
		pt_checkpoint_destroy(checkpoint);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_every_adapter_of_the_real_libraries),
		cmocka_unit_test(other_methods_are_named),
		cmocka_unit_test(the_tensor_decides_the_rank),
		cmocka_unit_test(whole_networks_load_single_or_sharded),
		cmocka_unit_test(interrupted_saves_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
