/* The fuzz targets of configuration and commands over their corpora, and over what simple damage makes of
 * each seed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LLVMFuzzerTestOneInput fuzz_conf
#include "../../fuzz/fuzz_conf.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_command
#include "../../fuzz/fuzz_command.c"
#undef LLVMFuzzerTestOneInput

enum { SEED_BYTES = 8192, DAMAGED_BYTES = 200 };

typedef int (*target)(const uint8_t *data, size_t size);

static void damage(target run, const uint8_t *seed, size_t n)
{
	static const uint8_t bytes[] = {0, 0xFF, '=', '[', '\n', '#', ',', ':'};
	for (size_t i = 0; i < n; i++) {
		uint8_t copy[SEED_BYTES];
		memcpy(copy, seed, n);
		run(copy, i);
		copy[i] = bytes[i % sizeof bytes];
		run(copy, n);
		memcpy(copy + i, seed + i + 1, n - i - 1);
		run(copy, n - 1);
	}
}

static void replay(const char *name, target run, size_t least)
{
	char directory[256];
	size_t n_seeds = 0;
	snprintf(directory, sizeof directory, "tests/fuzz/corpus/%s", name);
	DIR *corpus = opendir(directory);
	assert_non_null(corpus);
	for (struct dirent *e; (e = readdir(corpus));) {
		char path[600];
		uint8_t seed[SEED_BYTES];
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
		FILE *in = fopen(path, "rb");
		assert_non_null(in);
		size_t n = fread(seed, 1, sizeof seed, in);
		fclose(in);
		run(seed, n);
		if (n <= DAMAGED_BYTES)
			damage(run, seed, n);
		n_seeds++;
	}
	closedir(corpus);
	assert_true(n_seeds >= least);
}

static void conf(void **state)
{
	(void)state;
	replay("fuzz_conf", fuzz_conf, 10);
}

static void command(void **state)
{
	(void)state;
	replay("fuzz_command", fuzz_command, 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(conf), cmocka_unit_test(command)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
