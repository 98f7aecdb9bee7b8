/* What the tests of the scan share: a run directory for each test, and what is found in it as one text. */
#ifndef TESTS_RUNIO_SCAN_OF_SCRATCH_H
#define TESTS_RUNIO_SCAN_OF_SCRATCH_H

#include "../../helpers/scratch_of_test.h"
#include "scan_fixture.h"

/* Scan with everything settled, or with everything as young as it is. */
static inline pt_scan *scan_at(const char *run, int64_t later_ms)
{
	const pt_scan_options options = {.now_wall_ms = wall_ms() + later_ms, .settle_ms = PT_SCAN_SETTLE_MS};
	pt_scan *scan = NULL;
	pt_error err = {0};
	if (pt_scan_run(run, &options, &scan, &err) != PT_OK)
		fail_msg("%s: %s", run, err.message);
	return scan;
}

static inline void expect_at(int64_t later_ms, const char *expected)
{
	char text[8192];
	pt_scan *scan = scan_at(scratch, later_ms);
	describe_scan(scan, text, sizeof text);
	assert_string_equal(text, expected);
	pt_scan_destroy(scan);
}

static inline void expect(const char *expected)
{
	expect_at(60000, expected);
}

#endif
