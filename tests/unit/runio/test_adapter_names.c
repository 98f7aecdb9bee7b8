/* Tensor names taken apart, and natural order. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/runio/adapter_names.h"

static void names_come_apart(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		pt_name_scheme scheme;
		pt_lora_role role;
		const char *module, *adapter;
	} cases[] = {
		{"base_model.model.model.layers.0.q_proj.lora_A.weight", PT_NAMES_PEFT, PT_LORA_A,
			"model.layers.0.q_proj", "default"},
		{"base_model.model.model.layers.0.q_proj.lora_B.style.weight", PT_NAMES_PEFT, PT_LORA_B,
			"model.layers.0.q_proj", "style"},
		{"q_proj.lora_A.weight", PT_NAMES_PEFT, PT_LORA_A, "q_proj", "default"},
		{"base_model.model.model.embed_tokens.lora_embedding_A", PT_NAMES_PEFT, PT_LORA_EMBEDDING_A,
			"model.embed_tokens", "default"},
		{"base_model.model.emb.lora_embedding_B.x", PT_NAMES_PEFT, PT_LORA_EMBEDDING_B, "emb", "x"},
		{"base_model.model.q.lora_magnitude_vector", PT_NAMES_PEFT, PT_LORA_MAGNITUDE, "q", "default"},
		{"base_model.model.q.lora_magnitude_vector.weight", PT_NAMES_PEFT, PT_LORA_MAGNITUDE, "q", "default"},
		{"base_model.model.q.lora_magnitude_vector.me.weight", PT_NAMES_PEFT, PT_LORA_MAGNITUDE, "q", "me"},
		{"base_model.model.experts.base_layer.lora_A.weight", PT_NAMES_PEFT, PT_LORA_A, "experts.base_layer",
			"default"},
		{"a.lora_A.lora_A.weight", PT_NAMES_PEFT, PT_LORA_A, "a.lora_A", "default"},
		{"base_model.model.lm_head.weight", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL},
		{"base_model.model.q.lora_B.bias", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL},
		{"base_model.model.q.lora_A", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL}, /* AdaLoRA's */
		{"base_model.model.q.lora_E", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL},
		{"base_model.model.q.lora_diag", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL},
		{"q.lora_A..weight", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL},
		{"q.lora_Ax.weight", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL},
		{".lora_A.weight", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL},
		{"", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL},
		{"model.layers.0.q_proj.lora_a", PT_NAMES_MLX, PT_LORA_A, "model.layers.0.q_proj", NULL},
		{"layers.0.attn.q_proj.lora_b.weight", PT_NAMES_TORCHTUNE, PT_LORA_B,
			"layers.0.attn.q_proj", "default"},
		{"model.layers.0.q_proj.m", PT_NAMES_MLX, PT_LORA_MAGNITUDE, "model.layers.0.q_proj", "default"},
		{"layers.0.attn.q_proj.magnitude", PT_NAMES_TORCHTUNE, PT_LORA_MAGNITUDE, "layers.0.attn.q_proj",
			"default"},
		{"lora_unet_x.alpha", PT_NAMES_KOHYA, PT_LORA_ALPHA, "lora_unet_x", "default"},
		{"lora_unet_x.lora_mid.weight", PT_NAMES_KOHYA, PT_LORA_MIDDLE, "lora_unet_x", "default"},
		{"lora_unet_x.dora_scale", PT_NAMES_KOHYA, PT_LORA_MAGNITUDE, "lora_unet_x", "default"},
		/* names that hold the words of another scheme: the end of the name decides */
		{"text_lora.lora_down.lora_A.weight", PT_NAMES_PEFT, PT_LORA_A, "text_lora.lora_down", "default"},
		{"unet.lora.down.lora_down.weight", PT_NAMES_KOHYA, PT_LORA_A, "unet.lora.down", "default"},
		{"x.lora_A.lora.down.weight", PT_NAMES_DIFFUSERS, PT_LORA_A, "x.lora_A", "default"},
		{"x.lora_down.lora_a", PT_NAMES_MLX, PT_LORA_A, "x.lora_down", "default"},
		{"x.lora_A.lora_down.weight", PT_NAMES_PEFT, PT_LORA_A, "x", "lora_down"},
		{"x.lora_a.lora_A.weight", PT_NAMES_PEFT, PT_LORA_A, "x.lora_a", "default"},
		{"x.lora_A.y.weight", PT_NAMES_PEFT, PT_LORA_A, "x", "y"},
		{"my_lora.down.weight", PT_NAMES_DIFFUSERS, PT_LORA_A, "my", "default"},
		{"my_lora_down.weight", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL},
		{"lora.down.weight", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL},
		{"x.lora_up.0.weight", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL},
		{"x.hada_w1_a", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL}, /* LyCORIS' LoHa and LoKr */
		{"x.lokr_w1", PT_NAMES_NONE, PT_LORA_OTHER, "", NULL},
		{"lora_unet_x.lora_down.weight", PT_NAMES_KOHYA, PT_LORA_A, "lora_unet_x", NULL},
		{"lora_unet_x.lora_up.weight", PT_NAMES_KOHYA, PT_LORA_B, "lora_unet_x", NULL},
		{"unet.to_q.lora.down.weight", PT_NAMES_DIFFUSERS, PT_LORA_A, "unet.to_q", NULL},
		{"unet.processor.to_q_lora.up.weight", PT_NAMES_DIFFUSERS, PT_LORA_B, "unet.processor.to_q", NULL},
		{"te.q_proj.lora_linear_layer.up.weight", PT_NAMES_DIFFUSERS, PT_LORA_B, "te.q_proj", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *exact = malloc(strlen(cases[i].name) + 1); /* of the exact size, for ASan */
		assert_non_null(exact);
		memcpy(exact, cases[i].name, strlen(cases[i].name));
		pt_adapter_name name = pt_adapter_name_parse(exact, strlen(cases[i].name));
		if (name.scheme != cases[i].scheme || name.role != cases[i].role ||
			name.module_length != strlen(cases[i].module) ||
			memcmp(name.module, cases[i].module, name.module_length) != 0)
			fail_msg("%s: scheme %d, role %d, module %.*s", cases[i].name, (int)name.scheme, (int)name.role,
				(int)name.module_length, name.module);
		if (cases[i].adapter) {
			assert_int_equal(name.adapter_length, strlen(cases[i].adapter));
			assert_memory_equal(name.adapter, cases[i].adapter, name.adapter_length);
		}
		free(exact);
	}
}

static void schemes_have_names(void **state)
{
	(void)state;
	assert_string_equal(pt_name_scheme_name(PT_NAMES_KOHYA), "kohya");
	assert_string_equal(pt_name_scheme_name(PT_NAMES_NONE), "");
	assert_true(pt_lora_role_is_matrix(PT_LORA_EMBEDDING_B));
	assert_false(pt_lora_role_is_matrix(PT_LORA_ALPHA)); /* a network may have an x.alpha of its own */
	assert_false(pt_lora_role_is_matrix(PT_LORA_OTHER));
}

static void numbers_in_names_order_as_numbers(void **state)
{
	(void)state;
	static const char *const sorted[] = {"", "0", "00", "0a", "01", "1", "2", "10", "10.2", "10.10", "A", "a",
		"a1b2", "a1b10", "a2", "a10", "a99999999999999999999999", "a100000000000000000000000", "b",
		"\xC3\xA9"};
	for (size_t i = 0; i < sizeof sorted / sizeof sorted[0]; i++) {
		for (size_t k = 0; k < sizeof sorted / sizeof sorted[0]; k++) {
			int order = pt_natural_compare(sorted[i], sorted[k]);
			int expected = i < k ? -1 : i > k;
			if ((order > 0) - (order < 0) != expected)
				fail_msg("%s and %s: %d", sorted[i], sorted[k], order);
		}
	}
	assert_true(pt_natural_compare("layers.2.q", "layers.10.k") < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_come_apart),
		cmocka_unit_test(schemes_have_names),
		cmocka_unit_test(numbers_in_names_order_as_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
