/* What the loads of a run's checkpoints share. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/checkpoint_load.h"

#include "../../helpers/scratch_of_test.h"
#include "runio_fixture.h"

static pt_checkpoint_reader *reader;

static int setup(void **state)
{
	make_scratch(state);
	return pt_checkpoint_reader_create(&reader, NULL) == PT_OK ? 0 : -1;
}

static int teardown(void **state)
{
	pt_checkpoint_reader_destroy(reader);
	return remove_scratch(state);
}

/* A rank-1 adapter with A = (first, first + 1, first + 2) and B likewise. */
static void write_adapter(float first, const char *config)
{
	static const char header[] =
		"{\"base_model.model.m.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,3],\"data_offsets\":[0,12]},"
		"\"base_model.model.m.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[3,1],\"data_offsets\":[12,24]}}";
	const float values[6] = {first, first + 1, first + 2, -first, -first - 1, -first - 2};
	write_safetensors(scratch, "adapter_model.safetensors", header, values, sizeof values);
	if (config)
		write_text(scratch, "adapter_config.json", config);
}

static pt_status load_from(pt_checkpoint_reader *with, pt_checkpoint **checkpoint, pt_error *err)
{
	char weights[128], config[128];
	snprintf(weights, sizeof weights, "%s/adapter_model.safetensors", scratch);
	snprintf(config, sizeof config, "%s/adapter_config.json", scratch);
	return pt_checkpoint_load(weights, config, with, NULL, checkpoint, err);
}

static pt_checkpoint *load(pt_checkpoint_reader *with)
{
	pt_checkpoint *checkpoint = NULL;
	pt_error err = {0};
	if (load_from(with, &checkpoint, &err) != PT_OK)
		fail_msg("%s", err.message);
	return checkpoint;
}

static void expect_values(const pt_checkpoint *checkpoint, float first)
{
	assert_int_equal(checkpoint->n_modules, 1);
	const float *a = checkpoint->modules[0].a, *b = checkpoint->modules[0].b;
	for (int i = 0; i < 3; i++) {
		assert_true(a[i] == first + (float)i);
		assert_true(b[i] == -first - (float)i);
	}
}

#define CONFIG(alpha) "{\"peft_type\":\"LORA\",\"r\":1,\"lora_alpha\":" alpha "}"

static void memory_is_taken_over(void **state)
{
	(void)state;
	const void *place = NULL;
	for (int i = 0; i < 4; i++) { /* the first tells how much it takes */
		write_adapter((float)i, CONFIG("2"));
		pt_checkpoint *checkpoint = load(reader);
		expect_values(checkpoint, (float)i);
		if (i == 1)
			place = checkpoint->modules[0].a;
		if (i > 1)
			assert_ptr_equal(checkpoint->modules[0].a, place);
		assert_int_equal((uintptr_t)checkpoint->modules[0].a % (i > 0 ? 64 : 1), 0);
		pt_checkpoint_destroy(checkpoint);
	}
	/* two of them alive stand side by side, and both fit from then on */
	for (int i = 0; i < 2; i++) {
		write_adapter(10, NULL);
		pt_checkpoint *one = load(reader);
		write_adapter(20, NULL);
		pt_checkpoint *two = load(reader);
		expect_values(one, 10);
		expect_values(two, 20);
		pt_checkpoint_destroy(one);
		expect_values(two, 20);
		pt_checkpoint_destroy(two);
	}
	/* without a reader nothing is shared */
	pt_checkpoint *alone = load(NULL);
	expect_values(alone, 20);
	pt_checkpoint_destroy(alone);
}

static size_t allocations_of_a_load(double scaling)
{
	pt_alloc_fail_at(0, false);
	pt_checkpoint *checkpoint = load(reader);
	size_t n = pt_alloc_fail_at(0, false);
	assert_true(checkpoint->modules[0].scaling == scaling);
	assert_int_equal(checkpoint->n_problems, 0);
	pt_checkpoint_destroy(checkpoint);
	return n;
}

static void the_same_config_is_parsed_once(void **state)
{
	(void)state;
	write_adapter(1, CONFIG("2"));
	allocations_of_a_load(2);
	allocations_of_a_load(2); /* memory for the values, now that it is known how much */
	size_t n_same = allocations_of_a_load(2);
	write_adapter(1, CONFIG("3"));
	size_t n_other = allocations_of_a_load(3);
	assert_true(n_same < n_other);
	assert_int_equal(allocations_of_a_load(3), n_same);
	/* what fails to parse costs its own checkpoint alone */
	write_adapter(1, CONFIG("\"x\""));
	pt_checkpoint *checkpoint = load(reader);
	assert_int_equal(checkpoint->n_problems, 1);
	assert_int_equal(checkpoint->problems[0].code, PT_ERR_INVALID);
	pt_checkpoint_destroy(checkpoint);
	write_adapter(1, "");
	checkpoint = load(reader);
	assert_int_equal(checkpoint->problems[0].code, PT_ERR_EMPTY);
	pt_checkpoint_destroy(checkpoint);
	write_adapter(1, CONFIG("3"));
	assert_int_equal(allocations_of_a_load(3), n_same);
}

static void no_config(void **state)
{
	(void)state;
	write_adapter(1, NULL);
	pt_checkpoint *checkpoint = load(reader);
	assert_int_equal(checkpoint->n_problems, 1);
	assert_int_equal(checkpoint->problems[0].code, PT_ERR_NO_CONFIG);
	assert_non_null(strstr(checkpoint->problems[0].path, "adapter_config.json"));
	pt_checkpoint_destroy(checkpoint);
}

static void failing_allocations(void **state)
{
	(void)state;
	write_adapter(1, CONFIG("2"));
	pt_checkpoint_destroy(load(reader));
	for (size_t n = 1; n <= 100; n++) { /* more than a load makes */
		pt_checkpoint *checkpoint = NULL;
		write_adapter((float)n, n % 2 ? CONFIG("2") : CONFIG("3"));
		pt_alloc_fail_at(n, false);
		pt_status status =
			load_from(reader, &checkpoint, NULL);
		pt_alloc_fail_at(0, false);
		if (status == PT_OK)
			expect_values(checkpoint, (float)n);
		else
			assert_int_equal(status, PT_ERR_MEMORY);
		pt_checkpoint_destroy(checkpoint);
	}
	pt_checkpoint_destroy(load(reader));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(memory_is_taken_over, setup, teardown),
		cmocka_unit_test_setup_teardown(the_same_config_is_parsed_once, setup, teardown),
		cmocka_unit_test_setup_teardown(no_config, setup, teardown),
		cmocka_unit_test_setup_teardown(failing_allocations, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
