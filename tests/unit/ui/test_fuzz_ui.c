/* The fuzz targets of configuration and commands over their corpora, and over what simple damage makes of
 * each seed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../fuzz/fuzz_replay.h"

#define LLVMFuzzerTestOneInput fuzz_conf
#include "../../fuzz/fuzz_conf.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_command
#include "../../fuzz/fuzz_command.c"
#undef LLVMFuzzerTestOneInput

#define MARKS FUZZ_MARKS("\0\xFF=[\n#,:")

static void conf(void **state)
{
	(void)state;
	fuzz_replay("fuzz_conf", fuzz_conf, 10, MARKS);
}

static void command(void **state)
{
	(void)state;
	fuzz_replay("fuzz_command", fuzz_command, 14, MARKS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(conf), cmocka_unit_test(command)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
