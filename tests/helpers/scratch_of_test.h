/** A scratch directory for each test, by cmocka's setup and teardown: `scratch`, and the test's state. */
#ifndef TESTS_HELPERS_SCRATCH_OF_TEST_H
#define TESTS_HELPERS_SCRATCH_OF_TEST_H

#include "scratch.h"

static char scratch[64];

static inline int make_scratch(void **state)
{
	scratch_directory(scratch);
	*state = scratch;
	return 0;
}

static inline int remove_scratch(void **state)
{
	(void)state;
	remove_tree(scratch);
	return 0;
}

#endif
