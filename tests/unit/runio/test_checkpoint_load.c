/* Checkpoints made by hand, most of them bad: what each fault costs, and what is said of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>

#include "checkpoint_fixture.h"

static void a_bad_module_costs_itself_alone(void **state)
{
	(void)state;
	static const char header[] =
		"{\"x.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
		"\"x.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[8,16]},"
		"\"alone.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[16,24]},"
		"\"misfit.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[24,32]},"
		"\"misfit.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[32,40]},"
		"\"eight.lora_A.weight\":{\"dtype\":\"F8_E4M3\",\"shape\":[1,2],\"data_offsets\":[40,42]},"
		"\"eight.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[42,50]},"
		"\"empty.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[0,2],\"data_offsets\":[50,50]},"
		"\"empty.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[2,0],\"data_offsets\":[50,50]},"
		"\"twice.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[50,54]},"
		"\"twice.lora_A.default.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[54,58]},"
		"\"twice.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[58,62]},"
		"\"flat.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[62,66]},"
		"\"flat.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[66,70]},"
		"\"x.lora_B.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[70,74]}}";
	unsigned char data[74] = {0};
	write_safetensors(scratch, ADAPTER, header, data, sizeof data);
	write_config(plain_config);
	pt_checkpoint *c = load(ADAPTER);
	assert_int_equal(c->n_modules, 2);
	assert_string_equal(c->modules[0].name, "misfit");
	assert_false(c->modules[0].has_product);
	assert_string_equal(c->modules[1].name, "x");
	assert_true(c->modules[1].has_product);
	assert_int_equal(c->n_skipped_tensors, 1);
	assert_string_equal(c->skipped_examples[0], "x.lora_B.bias");
	static const struct {
		pt_status code;
		int64_t at;
		const char *name;
	} expected[] = {{PT_ERR_MISSING_PAIR, 16, "alone"}, {PT_ERR_UNSUPPORTED, 40, "eight"},
		{PT_ERR_SHAPE, 50, "empty"}, {PT_ERR_SHAPE, 62, "flat"}, {PT_ERR_SHAPE, 32, "misfit"},
		{PT_ERR_AMBIGUOUS, 54, "twice"}};
	assert_int_equal(c->n_problems, 6);
	int64_t data_at = 8 + (int64_t)sizeof header - 1;
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(c->problems[i].code, expected[i].code);
		if (expected[i].code != PT_ERR_AMBIGUOUS)
			assert_int_equal(c->problems[i].offset, data_at + expected[i].at);
		assert_non_null(strstr(c->problems[i].message, expected[i].name));
		assert_non_null(strstr(c->problems[i].path, ADAPTER));
	}
	pt_checkpoint_destroy(c);
}

static void values_that_are_not_finite_are_located(void **state)
{
	(void)state;
	static const char header[] =
		"{\"x.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,2000],\"data_offsets\":[0,8000]},"
		"\"x.lora_B.weight\":{\"dtype\":\"BF16\",\"shape\":[3,1],\"data_offsets\":[8000,8006]}}";
	unsigned char data[8006] = {0};
	float bad[2] = {(float)NAN, (float)INFINITY}, large = 3e38f;
	for (size_t i = 0; i < 1500;
		 i++) /* large values are finite, and their sum must not overflow into a finding */
		memcpy(data + 4 * i, &large, 4);
	memcpy(data + 4 * 1500, bad, 8);
	uint16_t b[3] = {0x3F80, 0xFF80, 0x3F80}; /* 1, −Inf, 1 */
	memcpy(data + 8000, b, sizeof b);
	write_safetensors(scratch, ADAPTER, header, data, sizeof data);
	write_config(plain_config);
	pt_checkpoint *c = load(ADAPTER);
	int64_t data_at = 8 + (int64_t)sizeof header - 1;
	assert_int_equal(c->n_modules, 1);
	assert_false(c->modules[0].finite_a);
	assert_false(c->modules[0].finite_b);
	assert_true(c->modules[0].has_product);
	assert_int_equal(c->modules[0].n_warnings, 1); /* A and B of two dtypes */
	assert_int_equal(c->n_problems, 2);
	assert_int_equal(c->problems[0].code, PT_ERR_NOT_FINITE);
	assert_int_equal(c->problems[0].offset, data_at + 6000);
	assert_non_null(strstr(c->problems[0].message, "x.lora_A.weight"));
	assert_int_equal(c->problems[1].offset, data_at + 8002);
	pt_checkpoint_destroy(c);
}

static void adapters_and_layers_sort_naturally(void **state)
{
	(void)state;
	char header[4096] = "{", data[8 * 8] = {0};
	static const char *const names[] = {
		"m.layers.10.q|z", "m.layers.2.q|z", "m.layers.10.q|a", "m.layers.2.k|z"};
	size_t at = 0;
	for (size_t i = 0; i < 4; i++) {
		const char *bar = strchr(names[i], '|');
		for (const char *matrix = "AB"; *matrix; matrix++, at += 4)
			sprintf(header + strlen(header),
				"%s\"base_model.model.%.*s.lora_%c.%s.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_"
				"offsets\":[%zu,%zu]}",
				at ? "," : "", (int)(bar - names[i]), names[i], *matrix, bar + 1, at, at + 4);
	}
	strcat(header, "}");
	write_safetensors(scratch, ADAPTER, header, data, at);
	write_config(plain_config);
	pt_checkpoint *c = load(ADAPTER);
	static const char *const sorted[] = {
		"a m.layers.10.q", "z m.layers.2.k", "z m.layers.2.q", "z m.layers.10.q"};
	assert_int_equal(c->n_modules, 4);
	for (size_t i = 0; i < 4; i++) {
		char name[64];
		snprintf(name, sizeof name, "%s %s", c->modules[i].adapter, c->modules[i].name);
		assert_string_equal(name, sorted[i]);
	}
	pt_checkpoint_destroy(c);
}

static void problems_are_capped_and_counted(void **state)
{
	(void)state;
	static char header[100 * 128];
	char data[400] = {0};
	strcpy(header, "{");
	for (int i = 0; i < 100; i++)
		sprintf(header + strlen(header),
			"%s\"m%d.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[%d,%d]}",
			i ? "," : "", i, 4 * i, 4 * i + 4);
	strcat(header, "}");
	write_safetensors(scratch, ADAPTER, header, data, sizeof data);
	write_config(plain_config);
	pt_checkpoint *c = load(ADAPTER);
	assert_int_equal(c->n_modules, 0);
	assert_int_equal(c->n_problems, PT_LOAD_PROBLEMS);
	assert_string_equal(c->problems[PT_LOAD_PROBLEMS - 1].message, "and 69 more problems");
	pt_checkpoint_destroy(c);
}

static void a_bad_config_costs_the_scaling_alone(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		pt_status code;
	} cases[] = {
		{"", PT_ERR_EMPTY},
		{"{", PT_ERR_JSON},
		{"[]", PT_ERR_INVALID},
		{"{}", PT_ERR_INVALID},
		{"{\"peft_type\":\"LORA\",\"r\":1}", PT_ERR_INVALID},
		{"{\"peft_type\":\"LORA\",\"r\":1,\"lora_alpha\":NaN}", PT_ERR_INVALID},
		{"{\"peft_type\":\"LORA\",\"r\":1,\"lora_alpha\":\"2\"}", PT_ERR_INVALID},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		write_safetensors(scratch, ADAPTER, one_pair, "\0\0\0\0\0\0\0", 8);
		write_config(cases[i].text);
		pt_checkpoint *c = load(ADAPTER);
		assert_int_equal(c->n_problems, 1);
		assert_int_equal(c->problems[0].code, cases[i].code);
		assert_non_null(strstr(c->problems[0].path, "adapter_config.json"));
		assert_int_equal(c->n_modules, 1);
		assert_true(isnan(c->modules[0].scaling));
		pt_checkpoint_destroy(c);
	}
}

static void files_of_another_kind_fail_by_name(void **state)
{
	(void)state;
	pt_error err;
	assert_int_equal(load_fails(ADAPTER, &err), PT_ERR_NOT_FOUND);
	assert_int_equal(load_fails(NETWORK, &err), PT_ERR_NOT_FOUND);
	assert_int_equal(load_fails(INDEX, &err), PT_ERR_NOT_FOUND);
	write_file(scratch, "adapter_model.bin", "PK\3\4 and the rest of a zip file", 32);
	assert_int_equal(load_fails("adapter_model.bin", &err), PT_ERR_PICKLE);
	write_config(plain_config);
	write_safetensors(scratch, ADAPTER,
		"{\"x.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]}}", "\0\0\0", 4);
	pt_checkpoint *c = load(ADAPTER); /* no LoRA matrix in it: tensors as they are */
	assert_int_equal(c->kind, PT_CHECKPOINT_FULL);
	assert_int_equal(c->problems[0].code, PT_ERR_NOT_LORA);
	pt_checkpoint_destroy(c);
	write_safetensors(scratch, ADAPTER, one_pair, "\0\0\0", 4);
	assert_int_equal(load_fails(ADAPTER, &err), PT_ERR_TRUNCATED);
	assert_int_equal(err.offset, 8 + (int64_t)sizeof one_pair - 1 + 4);
}

static void a_cancelled_load_stops(void **state)
{
	(void)state;
	atomic_bool cancel = true;
	pt_checkpoint *checkpoint = NULL;
	write_safetensors(scratch, ADAPTER, one_pair, "\0\0\0\0\0\0\0", 8);
	write_config(plain_config);
	assert_int_equal(load_from(scratch, ADAPTER, &cancel, &checkpoint, NULL), PT_ERR_CANCELLED);
	assert_null(checkpoint);
	cancel = false;
	assert_int_equal(load_from(scratch, ADAPTER, &cancel, &checkpoint, NULL), PT_OK);
	pt_checkpoint_destroy(checkpoint);
}

static const char w[] = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
						"\"ids\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[4,12]},"
						"\"none\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[12,12]}}";

static void an_index_stays_in_its_directory(void **state)
{
	(void)state;
	static const struct {
		const char *index;
		pt_status code;
	} cases[] = {
		{"{\"weight_map\":{\"w\":\"../a.safetensors\"}}", PT_ERR_INVALID},
		{"{\"weight_map\":{\"w\":\"/etc/passwd\"}}", PT_ERR_INVALID},
		{"{\"weight_map\":{\"w\":\"..\"}}", PT_ERR_INVALID},
		{"{\"weight_map\":{\"w\":\"\"}}", PT_ERR_INVALID},
		{"{\"weight_map\":{\"w\":\"a.safetensors\\u0000x\"}}", PT_ERR_INVALID},
		{"{\"weight_map\":{\"w\":7}}", PT_ERR_JSON},
		{"{\"metadata\":{}}", PT_ERR_INVALID},
		{"[]", PT_ERR_JSON},
		{"{} {}", PT_ERR_JSON},
		{"", PT_ERR_EMPTY},
		{"{\"weight_map\":{\"w\":\"a.safetensors\",\"v\":\"missing.safetensors\"}}", PT_ERR_NOT_FOUND},
		{"{\"weight_map\":{\"w\":\"a.safetensors\",\"v\":\"b.safetensors\"}}", PT_ERR_AMBIGUOUS},
	};
	char data[12] = {0};
	pt_error err;
	write_safetensors(scratch, "a.safetensors", w, data, sizeof data);
	write_safetensors(scratch, "b.safetensors", w, data, sizeof data);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		write_text(scratch, "model.safetensors.index.json", cases[i].index);
		pt_status status = load_fails(INDEX, &err);
		if (status != cases[i].code)
			fail_msg("%s: %s", cases[i].index, pt_status_name(status));
	}
	assert_non_null(strstr(err.message, "is in two shards"));
	static const char good[] =
		"{\"metadata\":{},\"weight_map\":{\"w\":\"a.safetensors\",\"gone\":\"a.safetensors\"}}";
	write_file(scratch, "model.safetensors.index.json", good, sizeof good - 1);
	pt_checkpoint *c = load(INDEX);
	assert_int_equal(c->n_modules, 1);
	assert_int_equal(c->n_skipped_tensors, 2); /* the integers, and the empty one */
	assert_int_equal(c->n_problems, 1);
	assert_int_equal(c->problems[0].code, PT_ERR_NOT_FOUND);
	assert_non_null(strstr(c->problems[0].message, "gone"));
	pt_checkpoint_destroy(c);
}

static void doubles_stay_doubles(void **state)
{
	(void)state;
	static const char header[] =
		"{\"x.lora_A.weight\":{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[0,8]},"
		"\"x.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[8,12]}}";
	char data[12];
	double a = 0.1;
	float b = 0.1f;
	memcpy(data, &a, 8);
	memcpy(data + 8, &b, 4);
	write_safetensors(scratch, ADAPTER, header, data, sizeof data);
	write_config(plain_config);
	pt_checkpoint *c = load(ADAPTER);
	assert_true(c->modules[0].is_f64);
	assert_string_equal(c->modules[0].dtype, "F64");
	assert_true(((const double *)c->modules[0].a)[0] == 0.1);
	assert_true(((const double *)c->modules[0].b)[0] == (double)0.1f);
	assert_int_equal(c->n_value_bytes, 16);
	pt_checkpoint_destroy(c);
}

static void odd_tensors_are_told(void **state)
{
	(void)state;
	static const char header[] =
		"{\"x.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
		"\"x.lora_B.weight\":{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[4,12]},"
		"\"m.lora_magnitude_vector\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]},"
		"\"b.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[16,20]},"
		"\"n.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[20,24]},"
		"\"n.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[24,28]},"
		"\"t.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[28,32]},"
		"\"t.lora_B.default.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[32,36]},"
		"\"k.lora_up.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[36,40]}}";
	char data[43] = {0};
	double nan = (double)NAN;
	memcpy(data + 4, &nan, 8);
	write_safetensors(scratch, ADAPTER, header, data, sizeof data);
	write_config("{\"peft_type\":\"LORA\",\"lora_alpha\":2}");
	pt_checkpoint *c = load(ADAPTER);
	static const struct {
		pt_status code;
		const char *says;
	} expected[] = {{PT_ERR_FORMAT, "3 bytes after"}, {PT_ERR_INVALID, "r "},
		{PT_ERR_MISSING_PAIR, "b.lora_B.weight: its matrix A"},
		{PT_ERR_MISSING_PAIR, "k.lora_up.weight: its matrix A"}, {PT_ERR_SHAPE, "n.lora_A"},
		{PT_ERR_AMBIGUOUS, "t.lora_B"}, {PT_ERR_NOT_FINITE, "x.lora_B"}};
	assert_int_equal(c->n_problems, sizeof expected / sizeof expected[0]);
	for (size_t i = 0; i < c->n_problems; i++) {
		assert_int_equal(c->problems[i].code, expected[i].code);
		assert_non_null(strstr(c->problems[i].message, expected[i].says));
	}
	assert_int_equal(c->n_modules, 1);
	assert_true(c->modules[0].is_f64 && c->modules[0].finite_a && !c->modules[0].finite_b);
	assert_true(c->modules[0].scaling == 2.0);
	assert_int_equal(c->n_skipped_tensors, 1); /* the magnitude */
	pt_checkpoint_destroy(c);
}

static void odd_networks_are_told(void **state)
{
	(void)state;
	static const char header[] =
		"{\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
		"\"many\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,2],\"data_offsets\":[4,12]},"
		"\"eight\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[12,13]}}";
	char data[15] = {0};
	write_safetensors(scratch, "model.safetensors", header, data, sizeof data);
	pt_checkpoint *c = load(NETWORK);
	assert_int_equal(c->n_modules, 2);
	assert_string_equal(c->modules[0].name, "many");
	assert_int_equal(c->modules[0].n_shape_a, 8);
	assert_int_equal(c->modules[0].shape_a[7], 2); /* what is left of the values */
	assert_int_equal(c->modules[1].n_shape_a, 0);
	assert_int_equal(c->modules[1].a_cols, 1);
	assert_int_equal(c->n_problems, 2);
	assert_int_equal(c->problems[0].code, PT_ERR_FORMAT);
	assert_int_equal(c->problems[1].code, PT_ERR_UNSUPPORTED);
	assert_non_null(
		strstr(c->problems[1].message, "1 tensor of a dtype that is not read, e.g. eight: F8_E4M3"));
	pt_checkpoint_destroy(c);
}

static void too_much_is_refused_before_it_is_read(void **state)
{
	(void)state;
	/* a sparse tensor of 9 GiB */
	static const char header[] =
		"{\"w\":{\"dtype\":\"F32\",\"shape\":[2415919104],\"data_offsets\":[0,9663676416]}}";
	char path[128];
	pt_error err;
	write_safetensors(scratch, "model.safetensors", header, NULL, 0);
	snprintf(path, sizeof path, "%s/model.safetensors", scratch);
	assert_int_equal(truncate(path, 8 + (off_t)sizeof header - 1 + 9663676416), 0);
	assert_int_equal(load_fails(NETWORK, &err), PT_ERR_LIMIT);
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	static const char header[] =
		"{\"__metadata__\":{\"format\":\"pt\"},"
		"\"x.experts.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
		"\"x.experts.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[8,16]},"
		"\"y.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[16,24]},"
		"\"y.lora_B.weight\":{\"dtype\":\"BF16\",\"shape\":[1,2],\"data_offsets\":[24,28]},"
		"\"y.lora_magnitude_vector\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[28,32]},"
		"\"z.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[32,36]}}";
	char data[36] = {0};
	float nan = (float)NAN;
	memcpy(data, &nan, 4);
	write_safetensors(scratch, ADAPTER, header, data, sizeof data);
	write_config("{\"peft_type\":\"LORA\",\"r\":1,\"lora_alpha\":2,\"peft_version\":\"1\",\"rank_pattern\":{"
				 "\"a{2}b\":3,\"(\":1},"
				 "\"alpha_pattern\":{\"y\":NaN},\"target_parameters\":[\"experts.w\"],\"kasa_config\":{}}");
	fail_allocations(ADAPTER);
	char weights[12] = {0};
	static const char index[] = "{\"weight_map\":{\"w\":\"a.safetensors\",\"gone\":\"a.safetensors\"}}";
	write_safetensors(scratch, "a.safetensors", w, weights, sizeof weights);
	write_file(scratch, "model.safetensors.index.json", index, sizeof index - 1);
	fail_allocations(INDEX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_bad_module_costs_itself_alone, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(values_that_are_not_finite_are_located, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(adapters_and_layers_sort_naturally, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(problems_are_capped_and_counted, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(a_bad_config_costs_the_scaling_alone, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(files_of_another_kind_fail_by_name, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(a_cancelled_load_stops, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(an_index_stays_in_its_directory, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(doubles_stay_doubles, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(odd_tensors_are_told, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(odd_networks_are_told, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(too_much_is_refused_before_it_is_read, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(every_allocation_may_fail, make_scratch, remove_scratch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
