/*
 * The fuzz targets of the checkpoint readers over their corpora, and over what simple damage makes of each
 * seed: cut at every length, a byte changed, a byte left out. Targets abort on a broken promise.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>

#include "runio_fixture.h"

#define LLVMFuzzerTestOneInput fuzz_safetensors
#include "../../fuzz/fuzz_safetensors.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_json_reader
#include "../../fuzz/fuzz_json_reader.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_adapter_config
#include "../../fuzz/fuzz_adapter_config.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_adapter_metadata
#include "../../fuzz/fuzz_adapter_metadata.c"
#undef LLVMFuzzerTestOneInput

typedef int (*target)(const uint8_t *data, size_t size);

static void damage(target run, const uint8_t *seed, size_t n)
{
	static const uint8_t bytes[] = {0, 0xFF, '"', '{', '}', '\\', '9'};
	uint8_t *copy = malloc(n + 1);
	assert_non_null(copy);
	for (size_t i = 0; i < n; i++) {
		memcpy(copy, seed, n);
		run(copy, i);
		copy[i] = bytes[i % sizeof bytes];
		run(copy, n);
		memcpy(copy + i, seed + i + 1, n - i - 1);
		run(copy, n - 1);
	}
	free(copy);
}

static void replay(const char *name, target run, size_t least)
{
	char directory[256];
	size_t n_seeds = 0;
	snprintf(directory, sizeof directory, "tests/fuzz/corpus/%s", name);
	DIR *corpus = opendir(directory);
	assert_non_null(corpus);
	for (struct dirent *e; (e = readdir(corpus));) {
		char path[1024];
		size_t n = 0;
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
		char *seed = read_whole(path, &n);
		assert_non_null(seed);
		run((const uint8_t *)seed, n);
		if (n <= 400)
			damage(run, (const uint8_t *)seed, n);
		free(seed);
		n_seeds++;
	}
	closedir(corpus);
	printf("%zu seeds of %s\n", n_seeds, name);
	assert_true(n_seeds >= least);
}

static void safetensors(void **state)
{
	(void)state;
	replay("fuzz_safetensors", fuzz_safetensors, 100);
}

static void json_reader(void **state)
{
	(void)state;
	replay("fuzz_json_reader", fuzz_json_reader, 30);
}

static void adapter_config(void **state)
{
	(void)state;
	replay("fuzz_adapter_config", fuzz_adapter_config, 10);
}

static void metadata(void **state)
{
	(void)state;
	replay("fuzz_adapter_metadata", fuzz_adapter_metadata, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(safetensors), cmocka_unit_test(json_reader),
		cmocka_unit_test(adapter_config), cmocka_unit_test(metadata)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
