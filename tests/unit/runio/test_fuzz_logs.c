/* The fuzz targets of the logs over their corpora, and over what simple damage makes of each seed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>

#include "runio_fixture.h"

#define LLVMFuzzerTestOneInput fuzz_trainer_log
#include "../../fuzz/fuzz_trainer_log.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_probe_log
#include "../../fuzz/fuzz_probe_log.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_csv_log
#include "../../fuzz/fuzz_csv_log.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_tfevents
#include "../../fuzz/fuzz_tfevents.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_wandb
#include "../../fuzz/fuzz_wandb.c"
#undef LLVMFuzzerTestOneInput

typedef int (*target)(const uint8_t *data, size_t size);

static void damage(target run, const uint8_t *seed, size_t n)
{
	static const uint8_t bytes[] = {0, 0xFF, '"', '{', '\n', '\\', '9', ']', ','};
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
	assert_true(n_seeds >= least);
}

static void trainer_log(void **state)
{
	(void)state;
	replay("fuzz_trainer_log", fuzz_trainer_log, 14);
}

static void csv_log(void **state)
{
	(void)state;
	replay("fuzz_csv_log", fuzz_csv_log, 14);
}

static void probe_log(void **state)
{
	(void)state;
	replay("fuzz_probe_log", fuzz_probe_log, 13);
}

static void tfevents(void **state)
{
	(void)state;
	replay("fuzz_tfevents", fuzz_tfevents, 12);
}

static void wandb(void **state)
{
	(void)state;
	replay("fuzz_wandb", fuzz_wandb, 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trainer_log),
		cmocka_unit_test(csv_log), cmocka_unit_test(probe_log),
		cmocka_unit_test(tfevents),
		cmocka_unit_test(wandb),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
