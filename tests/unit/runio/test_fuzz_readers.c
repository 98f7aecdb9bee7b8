/*
 * The fuzz targets of the checkpoint readers over their corpora, and over what simple damage makes of each
 * seed: cut at every length, a byte changed, a byte left out. Targets abort on a broken promise.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>


#include "runio_fixture.h"

#include "../../fuzz/fuzz_replay.h"

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

#define MARKS FUZZ_MARKS("\0\xFF\"{}\\9")

static void safetensors(void **state)
{
	(void)state;
	fuzz_replay("fuzz_safetensors", fuzz_safetensors, 100, MARKS);
}

static void json_reader(void **state)
{
	(void)state;
	fuzz_replay("fuzz_json_reader", fuzz_json_reader, 30, MARKS);
}

static void adapter_config(void **state)
{
	(void)state;
	fuzz_replay("fuzz_adapter_config", fuzz_adapter_config, 10, MARKS);
}

static void metadata(void **state)
{
	(void)state;
	fuzz_replay("fuzz_adapter_metadata", fuzz_adapter_metadata, 10, MARKS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(safetensors), cmocka_unit_test(json_reader),
		cmocka_unit_test(adapter_config), cmocka_unit_test(metadata)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
