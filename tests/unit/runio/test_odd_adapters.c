/* Adapters that are hostile, or between two formats: what they are is told, and nothing is guessed. */
#include <math.h>

#include "checkpoint_fixture.h"

#define TENSOR(name, shape, from, to) \
	"\"" name "\":{\"dtype\":\"F32\",\"shape\":[" shape "],\"data_offsets\":[" #from "," #to "]}"

static void several_pairs_for_one_module_are_ambiguous(void **state)
{
	(void)state;
	/* one module under three schemes, and one whose A and B are of two */
	static const char header[] = "{" TENSOR("x.lora_A.weight", "1,1", 0, 4) "," TENSOR("x.lora_B.weight",
		"1,1", 4, 8) "," TENSOR("x.lora_down.weight", "1,1", 8, 12) "," TENSOR("x.lora_up.weight", "1,1", 12,
		16) "," TENSOR("x.lora.down.weight", "1,1", 16, 20) "," TENSOR("x.lora.up.weight", "1,1", 20,
		24) "," TENSOR("y.lora_A.weight", "1,1", 24, 28) "," TENSOR("y.lora_up.weight", "1,1", 28,
		32) "," TENSOR("z.lora_down.weight", "1,1", 32, 36) "," TENSOR("z.lora_up.weight", "1,1", 36, 40) "}";
	char data[40] = {0};
	write_safetensors(scratch, ADAPTER, header, data, sizeof data);
	pt_checkpoint *c = load(ADAPTER);
	assert_int_equal(c->n_modules, 1);
	assert_string_equal(c->modules[0].name, "z");
	assert_int_equal(c->n_problems, 2);
	assert_int_equal(c->problems[0].code, PT_ERR_AMBIGUOUS);
	assert_non_null(strstr(c->problems[0].message, "x.lora"));
	assert_int_equal(c->problems[1].code, PT_ERR_AMBIGUOUS);
	assert_non_null(strstr(c->problems[1].message, "two schemes"));
	pt_checkpoint_destroy(c);
}

static void a_scaling_is_never_guessed(void **state)
{
	(void)state;
	/* alphas that are none: NaN, two numbers, of an unread dtype; then a huge one, which is a number */
	static const struct {
		const char *alpha;
		size_t n;
		float value;
		bool is_known;
	} cases[] = {
		{"{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]}", 12, (float)NAN, false},
		{"{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}", 16, 1.0f, false},
		{"{\"dtype\":\"F8_E4M3\",\"shape\":[],\"data_offsets\":[8,9]}", 9, 0.0f, false},
		{"{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]}", 12, 3e38f, true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char header[512], data[16] = {0};
		snprintf(header, sizeof header,
			"{" TENSOR("x.lora_down.weight", "1,1", 0, 4) "," TENSOR(
				"x.lora_up.weight", "1,1", 4, 8) ",\"x.alpha\":%s}",
			cases[i].alpha);
		memcpy(data + 8, &cases[i].value, cases[i].n == 9 ? 0 : 4);
		write_safetensors(scratch, "k.safetensors", header, data, cases[i].n);
		pt_checkpoint *c = load("k.safetensors");
		assert_int_equal(c->n_modules, 1);
		assert_int_equal(isnan(c->modules[0].scaling), !cases[i].is_known);
		assert_int_equal(c->modules[0].has_product, cases[i].is_known);
		assert_int_equal(c->n_problems, cases[i].is_known ? 0 : 1);
		pt_checkpoint_destroy(c);
	}
	/* PEFT's and MLX's names say nothing about the scaling; nor do those of a GPT-2, though it is a
	 * transformer */
	static const char *const names[][2] = {
		{"base_model.model.x.lora_A.weight", "base_model.model.x.lora_B.weight"}, {"x.lora_a", "x.lora_b"},
		{"transformer.h.0.attn.lora_A.weight", "transformer.h.0.attn.lora_B.weight"}};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char header[512], data[8] = {0};
		snprintf(header, sizeof header,
			"{\"%s\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
			"\"%s\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[4,8]}}",
			names[i][0], names[i][1]);
		write_safetensors(scratch, "n.safetensors", header, data, sizeof data);
		pt_checkpoint *c = load("n.safetensors");
		assert_true(isnan(c->modules[0].scaling));
		assert_int_equal(c->n_problems, 1);
		assert_int_equal(c->problems[0].code, PT_ERR_NO_CONFIG);
		pt_checkpoint_destroy(c);
	}
}

static void names_of_networks_are_no_adapters(void **state)
{
	(void)state;
	/* what a network may call its own parameters: none of it makes an adapter or another method */
	static const char header[] =
		"{" TENSOR("act.alpha", "1", 0, 4) "," TENSOR("norm.m", "1", 4, 8) "," TENSOR("x.magnitude", "1", 8,
			12) "," TENSOR("model.road_head.weight", "1", 12, 16) "," TENSOR("model.diffusion_model.w", "1",
			16, 20) "," TENSOR("base_model.model.diffusion_model.w", "1", 20, 24) "," TENSOR("lora_A", "1",
			24, 28) "," TENSOR("x.lora_A", "1,1", 28, 32) "," TENSOR("x.lora_B", "1,1", 32, 36) "}";
	char data[36] = {0};
	write_safetensors(scratch, NETWORK, header, data, sizeof data);
	pt_checkpoint *c = load(NETWORK);
	assert_int_equal(c->kind, PT_CHECKPOINT_FULL);
	assert_int_equal(c->n_modules, 9);
	assert_int_equal(c->n_problems, 0);
	pt_checkpoint_destroy(c);
}

static void methods_are_told_by_their_tensors(void **state)
{
	(void)state;
	static const struct {
		const char *tensor, *name;
	} cases[] = {{"lora_unet_x.hada_w1_a", "LoHa"}, {"diffusion_model.x.lokr_w1", "LoKr"},
		{"lora_unet_x.oft_blocks", "OFT"}, {"lora_unet_x.diff", "weight differences"},
		{"base_model.model.q.vera_lambda_b", "VeRA"}, {"base_model.model.q.lora_E", "AdaLoRA"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char header[512], data[16] = {0};
		snprintf(header, sizeof header,
			"{\"%s\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
			"\"y.weight\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}",
			cases[i].tensor);
		write_safetensors(scratch, "m.safetensors", header, data, sizeof data);
		pt_checkpoint *c = load("m.safetensors");
		assert_int_equal(c->n_modules, 2);
		assert_int_equal(c->n_problems, 1);
		assert_int_equal(c->problems[0].code, PT_ERR_NOT_LORA);
		if (!strstr(c->problems[0].message, cases[i].name))
			fail_msg("%s: %s", cases[i].tensor, c->problems[0].message);
		pt_checkpoint_destroy(c);
	}
	/* a method that is not in the table is named as the config names it; its LoRA-like tensors are no LoRA */
	write_safetensors(scratch, ADAPTER, one_pair, "\0\0\0\0\0\0\0", 8);
	write_config("{\"peft_type\":\"SOME_NEW_METHOD\"}");
	pt_checkpoint *c = load(ADAPTER);
	assert_non_null(strstr(c->problems[0].message, "SOME_NEW_METHOD is not plain LoRA"));
	assert_string_equal(c->modules[0].kind, "full");
	pt_checkpoint_destroy(c);
}

static void an_adapter_may_lie_across_shards(void **state)
{
	(void)state;
	static const char a[] = "{" TENSOR("x.lora_A.default.weight", "1,1", 0, 4) "," TENSOR("w", "1", 4, 8) "}";
	static const char b[] = "{" TENSOR("x.lora_B.default.weight", "1,1", 0, 4) "}";
	static const char index[] = "{\"weight_map\":{\"x.lora_A.default.weight\":\"a.safetensors\","
								"\"w\":\"a.safetensors\",\"x.lora_B.default.weight\":\"b.safetensors\"}}";
	char data[8] = {0};
	write_safetensors(scratch, "a.safetensors", a, data, 8);
	write_safetensors(scratch, "b.safetensors", b, data, 4);
	write_file(scratch, INDEX, index, sizeof index - 1);
	write_config(plain_config);
	pt_checkpoint *c = load(INDEX);
	assert_int_equal(c->kind, PT_CHECKPOINT_ADAPTER);
	assert_int_equal(c->n_modules, 1);
	assert_true(c->modules[0].scaling == 2.0);
	assert_int_equal(c->n_skipped_tensors, 1);
	assert_int_equal(c->n_problems, 0);
	pt_checkpoint_destroy(c);
}

static void integers_alone_are_nothing_to_watch(void **state)
{
	(void)state;
	write_safetensors(
		scratch, NETWORK, "{\"ids\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "\0\0\0", 4);
	pt_checkpoint *c = load(NETWORK);
	assert_int_equal(c->n_modules, 0);
	assert_int_equal(c->n_skipped_tensors, 1);
	assert_int_equal(c->n_problems, 1);
	assert_int_equal(c->problems[0].code, PT_ERR_EMPTY);
	pt_checkpoint_destroy(c);
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	/* kohya beside LoHa, models by metadata, MLX's transposed matrices and its config */
	static const char mixed[] =
		"{\"__metadata__\":{\"lora_adapter_metadata\":\"{\\\"unet.r\\\":1,\\\"unet.lora_alpha\\\":2}\"}"
		"," TENSOR("unet.x.lora.down.weight", "1,2", 0, 8) "," TENSOR("unet.x.lora.up.weight", "2,1", 8,
			16) "," TENSOR("lora_y.lora_down.weight", "1,2", 16, 24) "," TENSOR("lora_y.lora_up.weight",
			"2,1", 24, 32) "," TENSOR("lora_y.alpha", "", 32, 36) "," TENSOR("lora_z.hada_w1_a", "1", 36,
			40) "," TENSOR("m.lora_a", "2,1", 40, 48) "," TENSOR("m.lora_b", "1,2", 48, 56) "}";
	char values[56] = {0};
	write_safetensors(scratch, "mixed.safetensors", mixed, values, sizeof values);
	write_config("{\"lora_layers\":1,\"lora_parameters\":{\"scale\":2,\"alpha\":1}}");
	fail_allocations("mixed.safetensors");
	write_config("{\"peft_type\":\"IA3\"}");
	fail_allocations("mixed.safetensors");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			several_pairs_for_one_module_are_ambiguous, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(a_scaling_is_never_guessed, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(names_of_networks_are_no_adapters, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(methods_are_told_by_their_tensors, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(an_adapter_may_lie_across_shards, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(integers_alone_are_nothing_to_watch, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(every_allocation_may_fail, make_scratch, remove_scratch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
