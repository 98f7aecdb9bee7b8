/* The fuzz targets of the logs over their corpora, and over what simple damage makes of each seed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>


#include "runio_fixture.h"

#include "../../fuzz/fuzz_replay.h"

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

#define MARKS FUZZ_MARKS("\0\xFF\"{\n\\9],")

static void trainer_log(void **state)
{
	(void)state;
	fuzz_replay("fuzz_trainer_log", fuzz_trainer_log, 14, MARKS);
}

static void csv_log(void **state)
{
	(void)state;
	fuzz_replay("fuzz_csv_log", fuzz_csv_log, 14, MARKS);
}

static void probe_log(void **state)
{
	(void)state;
	fuzz_replay("fuzz_probe_log", fuzz_probe_log, 13, MARKS);
}

static void tfevents(void **state)
{
	(void)state;
	fuzz_replay("fuzz_tfevents", fuzz_tfevents, 12, MARKS);
}

static void wandb(void **state)
{
	(void)state;
	fuzz_replay("fuzz_wandb", fuzz_wandb, 12, MARKS);
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
