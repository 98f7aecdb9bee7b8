/* What the tests of loading checkpoints share: a scratch directory with one in it, loaded or failing. */
#ifndef TESTS_CHECKPOINT_FIXTURE_H
#define TESTS_CHECKPOINT_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/checkpoint_load.h"
#include "../../helpers/scratch_of_test.h"
#include "runio_fixture.h"

/* The weights of a directory under their usual name; a config where one lies there. */
static inline pt_status load_from(
	const char *directory, const char *weights, const atomic_bool *cancel, pt_checkpoint **out, pt_error *err)
{
	char path[8192], config[8192];
	snprintf(path, sizeof path, "%s/%s", directory, weights);
	snprintf(config, sizeof config, "%s/adapter_config.json", directory);
	return pt_checkpoint_load(path, access(config, F_OK) == 0 ? config : NULL, NULL, cancel, out, err);
}

#define ADAPTER "adapter_model.safetensors"
#define NETWORK "model.safetensors"
#define INDEX "model.safetensors.index.json"

static inline void write_config(const char *text)
{
	write_text(scratch, "adapter_config.json", text);
}

static const char plain_config[] = "{\"peft_type\":\"LORA\",\"r\":1,\"lora_alpha\":2}";

static inline pt_checkpoint *load(const char *weights)
{
	pt_checkpoint *checkpoint;
	pt_error err;
	if (load_from(scratch, weights, NULL, &checkpoint, &err) != PT_OK)
		fail_msg("%s: %s", err.path, err.message);
	return checkpoint;
}

static inline pt_status load_fails(const char *weights, pt_error *err)
{
	pt_checkpoint *checkpoint = NULL;
	pt_status status = load_from(scratch, weights, NULL, &checkpoint, err);
	assert_int_not_equal(status, PT_OK);
	assert_null(checkpoint);
	return status;
}

static const char one_pair[] =
	"{\"x.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
	"\"x.lora_B.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[4,8]}}";

/* Fail the n-th allocation, then the next: an error each time, no crash, no leak (ASan), then success. */
static inline void fail_allocations(const char *weights)
{
	size_t n = 1;
	for (;; n++) {
		pt_checkpoint *checkpoint = NULL;
		pt_error err;
		pt_alloc_fail_at(n, false);
		pt_status status = load_from(scratch, weights, NULL, &checkpoint, &err);
		pt_alloc_fail_at(0, false);
		if (status == PT_OK) {
			pt_checkpoint_destroy(checkpoint);
			break;
		}
		assert_int_equal(status, PT_ERR_MEMORY);
		assert_int_equal(err.code, PT_ERR_MEMORY);
		assert_null(checkpoint);
		assert_true(n < 10000);
	}
	printf("%zu allocations failed one by one\n", n - 1);
	assert_true(n > 10);
}

#endif
