/* adapter_config.json: scaling, patterns, and what is refused. (The real files: test_checkpoint_load.) */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/adapter_config.h"
#include "phasetop/runio/pattern.h"
#include "runio_fixture.h"

static pt_adapter_config *parse(const char *text)
{
	pt_adapter_config *config;
	pt_error err;
	if (pt_adapter_config_parse(text, strlen(text), "adapter_config.json", &config, &err) != PT_OK)
		fail_msg("%s: %s", text, err.message);
	return config;
}

static double scaling(const pt_adapter_config *config, const char *module, int64_t rank)
{
	double s = 0.0;
	char warning[128];
	assert_int_equal(
		pt_adapter_config_scaling(config, module, rank, &s, warning, sizeof warning, NULL), PT_OK);
	return s;
}

#define HEAD "{\"peft_type\":\"LORA\",\"peft_version\":\"0.21\",\"r\":8,\"lora_alpha\":16"

static void scaling_is_alpha_over_rank(void **state)
{
	(void)state;
	pt_adapter_config *config = parse(HEAD "}");
	assert_true(scaling(config, "q", 8) == 2.0);
	assert_true(scaling(config, "q", 4) == 4.0); /* the tensor's rank, not the config's */
	assert_false(pt_adapter_config_uses_rslora(config));
	assert_int_equal(pt_adapter_config_rank(config, "q"), 8);
	assert_int_equal(pt_adapter_config_n_warnings(config), 0);
	assert_string_equal(pt_adapter_config_warning(config, 0), "");
	pt_adapter_config_destroy(config);
	config =
		parse("{\"peft_type\":\"LORA\",\"r\":8,\"lora_alpha\":0.75,\"use_rslora\":true,\"use_dora\":true,"
			  "\"fan_in_fan_out\":true}");
	assert_true(scaling(config, "q", 9) == 0.25);
	assert_true(pt_adapter_config_uses_rslora(config) && pt_adapter_config_uses_dora(config) &&
				pt_adapter_config_fan_in_fan_out(config));
	pt_adapter_config_destroy(config);
}

static void a_disagreeing_rank_warns(void **state)
{
	(void)state;
	double s = 0.0;
	char warning[128];
	pt_error err;
	pt_adapter_config *config = parse(HEAD "}");
	assert_int_equal(pt_adapter_config_scaling(config, "q", 8, &s, warning, sizeof warning, NULL), PT_OK);
	assert_string_equal(warning, "");
	assert_int_equal(pt_adapter_config_scaling(config, "q", 3, &s, warning, sizeof warning, NULL), PT_OK);
	assert_non_null(strstr(warning, "rank 8"));
	s = 7.0;
	assert_int_equal(
		pt_adapter_config_scaling(config, "q", 0, &s, warning, sizeof warning, &err), PT_ERR_INVALID);
	assert_true(s == 7.0);
	pt_adapter_config_destroy(config);
}

static void the_first_pattern_in_file_order_wins(void **state)
{
	(void)state;
	pt_adapter_config *config =
		parse(HEAD ",\"alpha_pattern\":{\"q_proj\":30,\"self_attn.q_proj\":2,\"^model\\\\.top\":4,"
				   "\"layers\\\\.[0-3]\\\\.up\":5},\"rank_pattern\":{\"q_proj\":2,\"k\":3}}");
	assert_true(pt_adapter_config_alpha(config, "model.self_attn.q_proj") == 30.0);
	assert_true(pt_adapter_config_alpha(config, "q_proj") == 30.0);
	assert_true(pt_adapter_config_alpha(config, "xq_proj") == 16.0);
	assert_true(pt_adapter_config_alpha(config, "model.top") == 4.0);
	assert_true(pt_adapter_config_alpha(config, "x.model.top") == 16.0);
	assert_true(pt_adapter_config_alpha(config, "model.layers.3.up") == 5.0);
	assert_true(pt_adapter_config_alpha(config, "model.layers.4.up") == 16.0);
	assert_int_equal(pt_adapter_config_rank(config, "a.k"), 3);
	assert_int_equal(pt_adapter_config_rank(config, "a.v"), 8);
	pt_adapter_config_destroy(config);
}

static void old_files_look_both_up_under_one_key(void **state)
{
	(void)state;
	static const char *const heads[] = {"{", "{\"exclude_modules\":null,"};
	for (int is_new = 0; is_new < 2; is_new++) {
		char text[512];
		snprintf(text, sizeof text,
			"%s\"peft_type\":\"LORA\",\"r\":8,\"lora_alpha\":16,\"rank_pattern\":{\"q\":4},"
			"\"alpha_pattern\":{\"1.q\":3,\"v\":5}}",
			heads[is_new]);
		pt_adapter_config *config = parse(text);
		assert_true(pt_adapter_config_alpha(config, "layers.1.q") == (is_new ? 3.0 : 16.0));
		assert_true(pt_adapter_config_alpha(config, "layers.1.v") == 5.0);
		assert_int_equal(pt_adapter_config_rank(config, "layers.1.q"), 4);
		assert_int_equal(pt_adapter_config_rank(config, "layers.1.v"), 8);
		/* the old pattern needs a dot before the key, but the whole name is looked up as it is */
		assert_int_equal(pt_adapter_config_rank(config, "q"), 4);
		pt_adapter_config_destroy(config);
	}
}

static void hostile_patterns_warn_and_do_not_hang(void **state)
{
	(void)state;
	char text[4096];
	int n = snprintf(text, sizeof text,
		HEAD ",\"rank_pattern\":{\"(a+)+b\":2,\"(?=x)\":3,\"(\":4,\"v\":[true],\"w\":Infinity,\"");
	memset(text + n, 'a', 1000);
	strcpy(text + n + 1000, "\":5}}");
	pt_adapter_config *config = parse(text);
	char module[2048];
	memset(module, 'a', sizeof module);
	module[2047] = '\0';
	assert_int_equal(pt_adapter_config_rank(config, module), 8);
	assert_int_equal(pt_adapter_config_rank(config, "aab"), 2);
	assert_int_equal(pt_adapter_config_rank(config, "(?=x)"), 3); /* by its whole name, as PEFT would */
	assert_int_equal(pt_adapter_config_rank(config, "v"), 8);
	assert_int_equal(pt_adapter_config_n_warnings(config), 5);
	for (size_t i = 0; i < 5; i++)
		assert_non_null(strstr(pt_adapter_config_warning(config, i), "rank_pattern"));
	pt_adapter_config_destroy(config);
}

static void odd_values_are_passed_over(void **state)
{
	(void)state;
	char module[PT_PATTERN_TEXT_BYTES + 100];
	pt_adapter_config *config =
		parse(HEAD ",\"rank_pattern\":[1],\"alpha_pattern\":{\"q\":null},\"target_parameters\":7}");
	assert_int_equal(pt_adapter_config_n_warnings(config), 2);
	assert_true(pt_adapter_config_alpha(config, "q") == 16.0);
	memset(module, 'm', sizeof module);
	module[sizeof module - 1] = '\0';
	assert_true(pt_adapter_config_alpha(config, module) == 16.0);
	pt_adapter_config_destroy(config);
	config = parse(HEAD ",\"rank_pattern\":{\"q\":2.5,\"k\":0,\"v\":1e300}}");
	assert_int_equal(pt_adapter_config_rank(config, "q"), 0);
	assert_int_equal(pt_adapter_config_rank(config, "k"), 0);
	assert_int_equal(pt_adapter_config_rank(config, "v"), 0);
	pt_adapter_config_destroy(config);
}

static void many_patterns_are_capped(void **state)
{
	(void)state;
	enum { N = 5000 };
	static char text[N * 16 + 256];
	pt_adapter_config *config = NULL;
	for (int few = 1; few >= 0; few--) {
		size_t n = (size_t)sprintf(text, HEAD ",\"rank_pattern\":{");
		for (int i = 0; i < (few ? 40 : N); i++)
			n += (size_t)sprintf(text + n, "%s\"(%d\":1", i ? "," : "", i);
		sprintf(text + n, "}}");
		pt_status status = pt_adapter_config_parse(text, strlen(text), NULL, &config, NULL);
		assert_int_equal(status, few ? PT_OK : PT_ERR_LIMIT);
		if (few) {
			assert_int_equal(pt_adapter_config_n_warnings(config), 16); /* the rest is left off */
			pt_adapter_config_destroy(config);
		}
	}
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	static char text[40000];
	size_t n = (size_t)sprintf(
		text, "{\"peft_type\":\"LORA\",\"r\":0,\"lora_alpha\":1,\"alpha_pattern\":[],\"rank_pattern\":{");
	for (int i = 0; i < 30; i++) /* keys that make the arena ask for more */
		n += (size_t)sprintf(text + n, "%s\"%d(%0900d\":true", i ? "," : "", i, i);
	sprintf(text + n, "},\"target_parameters\":[\"a.b\"]}");
	for (size_t at = 1;; at++) {
		pt_adapter_config *config = NULL;
		pt_alloc_fail_at(at, false);
		pt_status status = pt_adapter_config_parse(text, strlen(text), NULL, &config, NULL);
		pt_alloc_fail_at(0, false);
		if (status == PT_OK) {
			pt_adapter_config_destroy(config);
			assert_true(at > 20);
			return;
		}
		assert_int_equal(status, PT_ERR_MEMORY);
		assert_null(config);
	}
}

static void odd_ranks_are_no_ranks(void **state)
{
	(void)state;
	static const char *const ranks[] = {"0", "-1", "1.5", "\"8\"", "NaN", "1e300", "null"};
	for (size_t i = 0; i < sizeof ranks / sizeof ranks[0]; i++) {
		char text[256];
		snprintf(text, sizeof text, "{\"peft_type\":\"LORA\",\"r\":%s,\"lora_alpha\":1}", ranks[i]);
		pt_adapter_config *config = parse(text);
		assert_int_equal(pt_adapter_config_rank(config, "q"), 0);
		assert_int_equal(pt_adapter_config_n_warnings(config), 1);
		assert_true(scaling(config, "q", 2) == 0.5);
		assert_int_equal(pt_adapter_config_experts(config, "q", 16), 1);
		pt_adapter_config_destroy(config);
	}
}

static void experts_are_told_by_target_parameters(void **state)
{
	(void)state;
	pt_adapter_config *config =
		parse("{\"peft_type\":\"LORA\",\"r\":4,\"lora_alpha\":8,\"target_parameters\":"
			  "[\"experts.gate_up_proj\",\"experts.down_proj\",7]}");
	assert_int_equal(pt_adapter_config_experts(config, "model.layers.0.mlp.experts", 16), 4);
	assert_int_equal(pt_adapter_config_experts(config, "model.layers.0.mlp.experts.base_layer", 16), 4);
	assert_int_equal(pt_adapter_config_experts(config, "model.layers.0.mlp.xexperts", 16), 1);
	assert_int_equal(pt_adapter_config_experts(config, "q_proj", 16), 1);
	assert_int_equal(pt_adapter_config_experts(config, "experts", 4), 1);
	assert_int_equal(pt_adapter_config_experts(config, "experts", 6), 1);
	assert_int_equal(pt_adapter_config_experts(config, "experts", 2), 1);
	pt_adapter_config_destroy(config);
}

static void what_gives_no_scaling_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		pt_status code;
		const char *says;
	} cases[] = {
		{"{\"peft_type\":\"\"}", PT_ERR_INVALID, "peft_type"},
		{"{\"peft_type\":null}", PT_ERR_INVALID, "peft_type"},
		{"{\"r\":1}", PT_ERR_INVALID, "peft_type"},
		{"7", PT_ERR_INVALID, "object"},
		{"{\"peft_type\":\"LORA\"}", PT_ERR_INVALID, "lora_alpha"},
		{"{\"peft_type\":\"LORA\",\"lora_alpha\":NaN}", PT_ERR_INVALID, "finite"},
		{"{\"peft_type\":\"LORA\",\"lora_alpha\":-Infinity}", PT_ERR_INVALID, "finite"},
		{"{\"peft_type\":\"LORA\",\"lora_alpha\":1e999}", PT_ERR_INVALID, "finite"},
		{"{\"peft_type\":\"LORA\",\"lora_alpha\":1e308}", PT_ERR_INVALID, "too large"},
		{"{\"peft_type\":\"LORA\",\"lora_alpha\":true}", PT_ERR_INVALID, "number"},
		{"{\"peft_type\":\"LORA\",\"lora_alpha\":1", PT_ERR_JSON, "ends"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pt_adapter_config *config = NULL;
		pt_error err;
		pt_status status = pt_adapter_config_parse(cases[i].text, strlen(cases[i].text), "p", &config, &err);
		if (status != cases[i].code || !strstr(err.message, cases[i].says))
			fail_msg("%s: %s, %s", cases[i].text, pt_status_name(status), err.message);
		assert_null(config);
	}
	pt_adapter_config_destroy(NULL);
}

static void other_methods_are_named(void **state)
{
	(void)state;
	static const struct {
		const char *text, *method;
	} cases[] = {
		{"{\"peft_type\":\"ADALORA\",\"r\":1,\"lora_alpha\":1}", "ADALORA"},
		{"{\"peft_type\":\"NEW_ONE\"}", "NEW_ONE"},
		{"{\"peft_type\":\"IA3\",\"rank_pattern\":{\"q\":[true,false]},\"r\":\"x\"}", "IA3"},
		{"{\"peft_type\":\"\\u001b[2J\"}", "\xEF\xBF\xBD[2J"},
		{"{\"peft_type\":\"lora\",\"r\":1,\"lora_alpha\":1}", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pt_adapter_config *config = parse(cases[i].text);
		const char *method = pt_adapter_config_method(config);
		if (cases[i].method)
			assert_string_equal(method, cases[i].method);
		else
			assert_null(method);
		assert_true(!method || isnan(scaling(config, "q", 4)));
		assert_int_equal(pt_adapter_config_n_warnings(config), 0);
		pt_adapter_config_destroy(config);
	}
}

static void mlx_multiplies_by_its_scale(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double scaling;
		size_t n_warnings;
		bool doubts;
	} cases[] = {
		/* mlx-lm now, with a leftover alpha, in the weeks when it can't be told, and at first */
		{"{\"fine_tune_type\":\"lora\",\"num_layers\":4,\"lora_parameters\":{\"rank\":8,\"scale\":20.0}}", 20,
			0, false},
		{"{\"num_layers\":4,\"lora_parameters\":{\"rank\":8,\"scale\":10,\"alpha\":32}}", 10, 0, false},
		{"{\"lora_layers\":4,\"use_dora\":false,\"lora_parameters\":{\"rank\":8,\"scale\":10,\"alpha\":32}}",
			10, 0, true},
		{"{\"lora_layers\":4,\"lora_parameters\":{\"rank\":8,\"scale\":10,\"alpha\":32}}", 40, 0, false},
		{"{\"lora_parameters\":{\"scale\":0.5}}", 0.5, 1, false}, /* no rank: the tensor has it */
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pt_adapter_config *config = parse(cases[i].text);
		if (scaling(config, "model.layers.0.q", 8) != cases[i].scaling ||
			pt_adapter_config_n_warnings(config) != cases[i].n_warnings)
			fail_msg("%s: %g", cases[i].text, scaling(config, "model.layers.0.q", 8));
		double s;
		char warning[256];
		assert_int_equal(pt_adapter_config_scaling(config, "q", 8, &s, warning, sizeof warning, NULL), PT_OK);
		assert_int_equal(strstr(warning, "before June 2024") != NULL, cases[i].doubts);
		assert_false(pt_adapter_config_is_peft(config));
		assert_null(pt_adapter_config_method(config));
		pt_adapter_config_destroy(config);
	}
	static const char *const bad[] = {"{\"lora_parameters\":{\"rank\":8}}",
		"{\"lora_parameters\":{\"scale\":NaN}}", "{\"lora_parameters\":[]}",
		"{\"lora_layers\":4,\"lora_parameters\":{\"rank\":8,\"scale\":1,\"alpha\":\"x\"}}"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		pt_adapter_config *config = NULL;
		assert_int_equal(pt_adapter_config_parse(bad[i], strlen(bad[i]), "p", &config, NULL), PT_ERR_INVALID);
	}
}

static void a_start_that_is_not_zero_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *init, *name;
	} cases[] = {{"true", NULL}, {"\"gaussian\"", NULL}, {"\"eva\"", NULL}, {"\"orthogonal\"", NULL},
		{"\"mica\"", NULL}, {"null", NULL}, {"\"pissa\"", "PiSSA"}, {"\"pissa_niter_16\"", "PiSSA"},
		{"\"olora\"", "OLoRA"}, {"\"corda\"", "CorDA"}, {"\"loftq\"", "LoftQ"}, {"\"lora_ga\"", "LoRA-GA"},
		{"false", "a random B"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[256];
		snprintf(text, sizeof text, HEAD ",\"init_lora_weights\":%s}", cases[i].init);
		pt_adapter_config *config = parse(text);
		if (cases[i].name)
			assert_string_equal(pt_adapter_config_start(config), cases[i].name);
		else
			assert_null(pt_adapter_config_start(config));
		pt_adapter_config_destroy(config);
	}
}

static void odd_documents_are_read_as_python_does(void **state)
{
	(void)state;
	/* a byte order mark is passed over; of repeated keys the last value counts, at the first one's place */
	pt_adapter_config *config = parse("\xEF\xBB\xBF" HEAD "}");
	assert_true(scaling(config, "q", 8) == 2.0);
	pt_adapter_config_destroy(config);
	config = parse(HEAD ",\"lora_alpha\":32,\"alpha_pattern\":{\"q\":1,\"x.q\":5,\"q\":2},"
						"\"rank_pattern\":{\"q\":[true,false],\"v\":4}}");
	assert_true(pt_adapter_config_alpha(config, "o") == 32.0);
	assert_true(pt_adapter_config_alpha(config, "x.q") == 2.0);
	assert_int_equal(pt_adapter_config_rank(config, "x.q"), 8); /* AdaLoRA's booleans give no rank */
	assert_int_equal(pt_adapter_config_rank(config, "v"), 4);
	assert_int_equal(pt_adapter_config_n_warnings(config), 1);
	pt_adapter_config_destroy(config);
}

static void variants_are_named(void **state)
{
	(void)state;
	pt_adapter_config *config = parse(HEAD ",\"use_bdlora\":{\"nblocks\":2},\"kasa_config\":null}");
	assert_string_equal(pt_adapter_config_variant(config), "block-diagonal LoRA");
	pt_adapter_config_destroy(config);
	config = parse(HEAD ",\"use_bdlora\":null,\"kasa_config\":false}");
	assert_null(pt_adapter_config_variant(config));
	pt_adapter_config_destroy(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scaling_is_alpha_over_rank),
		cmocka_unit_test(a_disagreeing_rank_warns),
		cmocka_unit_test(the_first_pattern_in_file_order_wins),
		cmocka_unit_test(old_files_look_both_up_under_one_key),
		cmocka_unit_test(hostile_patterns_warn_and_do_not_hang),
		cmocka_unit_test(odd_values_are_passed_over),
		cmocka_unit_test(many_patterns_are_capped),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(odd_ranks_are_no_ranks),
		cmocka_unit_test(experts_are_told_by_target_parameters),
		cmocka_unit_test(what_gives_no_scaling_is_refused),
		cmocka_unit_test(other_methods_are_named),
		cmocka_unit_test(mlx_multiplies_by_its_scale),
		cmocka_unit_test(a_start_that_is_not_zero_is_named),
		cmocka_unit_test(odd_documents_are_read_as_python_does),
		cmocka_unit_test(variants_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
