#include "report_fixture.h"

#include "phasetop/report/report_list.h"

static void test_says_what_there_is(void **state)
{
	(void)state;
	f.runs[0].name = "medical";
	f.runs[1].waiting_for = "a first checkpoint";
	pt_report_options options = pt_report_options_default();
	char *text = PRINTED(pt_report_list_write, &f, &options);
	static const char *const parts[] = {
		"medical  live, last written 2026-01-01T11:59:53Z\n  path  runs/hostile\n",
		"  checkpoints  4, steps 5 to 20, mostly 5 apart, 1 deleted on disk\n",
		"  segment  15 to 20 (resumed at step 10)\n",
		"  pending  checkpoint-25: still being written\n",
		"  module  layers.1.q_proj  lora  r=1  s=64.00  F32  A 1x384 B 128x1\n",
		"  (module)  layers.1.q_proj  adapter other  lora",
		"    warning  rank 1, not 2\n",
		"  skipped tensors  1: lm_head.weight\n",
		"  log  3 rows, steps 0 to 2\n",
		"  train  from trainer_state.json + runs/a\n",
		"  probes  64, 3 rows, 1 invalid\n",
		"  metric  eval_medical_loss  3 values from trainer_state.json\n",
		"  problem  checkpoint-5/adapter_model.safetensors @264123  truncated: half of \"it\"\n",
		"plain  finished\n",
		"  waiting for  a first checkpoint\n",
		"  module  layers.0.weight  full  F32  1x384\n",
		"memory  1.5 MiB held by the histories\n",
	};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (!strstr(text, parts[i]))
			fail_msg("not there: %s\nin:\n%s", parts[i], text);
	}
	free(text);
}

static void test_hostile_names_are_sanitized(void **state)
{
	(void)state;
	pt_report_options options = pt_report_options_default();
	char *text = PRINTED(pt_report_list_write, &f, &options);
	assert_null(strchr(text, '\x1b'));
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_null(strchr(text, '\xff'));
	free(text);
}

static void test_times(void **state)
{
	(void)state;
	char text[32];
	pt_report_time(text, sizeof text, PT_NO_TIME);
	assert_string_equal(text, "");
	pt_report_time(text, sizeof text, 0);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	pt_report_time(text, sizeof text, -1);
	assert_string_equal(text, "1969-12-31T23:59:59Z");
	pt_report_time(text, sizeof text, INT64_MAX);
	assert_true(strlen(text) < sizeof text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_says_what_there_is, make_fixture),
		cmocka_unit_test_setup(test_hostile_names_are_sanitized, make_fixture),
		cmocka_unit_test(test_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
