/* Runs whose weights are not what their file names say, and hostile ones, through the whole analysis. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/numeric/blas.h"
#include "../../helpers/scratch_of_test.h"
#include "run_fixture.h"

enum { N_CHECKPOINTS = 3 };

/* Checkpoints 1 … 3 of two tensors of two values each, which change from one to the next. */
static void write_run(const char *below, const char *file, const char *a, const char *b, const char *config)
{
	for (int step = 1; step <= N_CHECKPOINTS; step++) {
		char name[64], directory[256], header[512];
		float data[4] = {1.0f, 2.0f, 0.5f * (float)step, 1.0f};
		snprintf(name, sizeof name, "checkpoint-%d", step);
		make_directory(scratch, name);
		if (*below) {
			snprintf(name, sizeof name, "checkpoint-%d/%s", step, below);
			make_directory(scratch, name);
		}
		snprintf(directory, sizeof directory, "%s/%s", scratch, name);
		snprintf(header, sizeof header,
			"{\"%s\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
			"\"%s\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[8,16]}}",
			a, b);
		write_safetensors(directory, file, header, data, sizeof data);
		if (config)
			write_text(directory, "adapter_config.json", config);
	}
}

static pt_snapshot *look(void)
{
	pt_settings settings = pt_settings_default();
	settings.wanted = PT_WANT_REPORT;
	pt_snapshot *snapshot = fixture_cold(scratch, &settings);
	assert_non_null(snapshot);
	assert_int_equal(snapshot->n_runs, 1);
	assert_int_equal(snapshot->runs[0].n_steps, N_CHECKPOINTS);
	return snapshot;
}

static void another_method_is_told_once_and_watched_as_w(void **state)
{
	(void)state;
	write_run("", "adapter_model.safetensors", "base_model.model.q.lora_A.weight",
		"base_model.model.q.lora_B.weight", "{\"peft_type\":\"HYPER_LORA\"}");
	pt_snapshot *snapshot = look();
	const pt_run_view *run = &snapshot->runs[0];
	assert_int_equal(run->n_problems, 1);
	assert_string_equal(run->problems[0].code, "not_lora");
	assert_non_null(strstr(run->problems[0].message, "HYPER_LORA is not plain LoRA"));
	assert_int_equal(run->n_modules, 2);
	assert_string_equal(run->modules[0].kind, "full");
	assert_true(run->matrices[PT_MATRIX_W].norms.present);
	assert_false(run->matrices[PT_MATRIX_B].norms.present);
	assert_false(run->matrices[PT_MATRIX_DW].norms.present);
	pt_snapshot_destroy(snapshot);
}

static void lora_in_a_whole_model_is_an_adapter(void **state)
{
	(void)state;
	write_run("", "model.safetensors", "base_model.model.q.lora_A.default.weight",
		"base_model.model.q.lora_B.default.weight", NULL);
	pt_snapshot *snapshot = look();
	const pt_run_view *run = &snapshot->runs[0];
	assert_int_equal(run->n_modules, 1);
	assert_string_equal(run->modules[0].kind, "lora");
	assert_true(run->matrices[PT_MATRIX_B].norms.present);
	assert_false(run->matrices[PT_MATRIX_DW].norms.present); /* its scaling is nowhere */
	assert_string_equal(run->problems[0].code, "no_config");
	pt_snapshot_destroy(snapshot);
}

static void an_adapter_has_the_name_of_its_directory(void **state)
{
	(void)state;
	write_run("style", "adapter_model.safetensors", "base_model.model.q.lora_A.weight",
		"base_model.model.q.lora_B.weight", "{\"peft_type\":\"LORA\",\"r\":1,\"lora_alpha\":2}");
	pt_snapshot *snapshot = look();
	assert_int_equal(snapshot->runs[0].n_modules, 1);
	assert_string_equal(snapshot->runs[0].modules[0].adapter, "style");
	pt_snapshot_destroy(snapshot);
	/* a second one beside it: both keep their names */
	write_run("", "adapter_model.safetensors", "base_model.model.q.lora_A.weight",
		"base_model.model.q.lora_B.weight", "{\"peft_type\":\"LORA\",\"r\":1,\"lora_alpha\":2}");
	snapshot = look();
	assert_int_equal(snapshot->runs[0].n_modules, 2);
	assert_string_equal(snapshot->runs[0].modules[0].adapter, "default");
	assert_string_equal(snapshot->runs[0].modules[1].adapter, "style");
	pt_snapshot_destroy(snapshot);
}

static void a_huge_alpha_costs_dw_alone(void **state)
{
	(void)state;
	write_run("", "adapter_model.safetensors", "base_model.model.q.lora_A.weight",
		"base_model.model.q.lora_B.weight", "{\"peft_type\":\"LORA\",\"r\":1,\"lora_alpha\":1e308}");
	pt_snapshot *snapshot = look();
	const pt_run_view *run = &snapshot->runs[0];
	assert_true(run->matrices[PT_MATRIX_A].norms.present && run->matrices[PT_MATRIX_B].norms.present);
	assert_false(run->matrices[PT_MATRIX_DW].norms.present);
	assert_true(run->complete[N_CHECKPOINTS - 1]);
	pt_snapshot_destroy(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			another_method_is_told_once_and_watched_as_w, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(lora_in_a_whole_model_is_an_adapter, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(
			an_adapter_has_the_name_of_its_directory, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(a_huge_alpha_costs_dw_alone, make_scratch, remove_scratch),
	};
	pt_blas_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
