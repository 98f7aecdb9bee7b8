/** The program that is tested. */
#ifndef TESTS_HELPERS_PROGRAM_H
#define TESTS_HELPERS_PROGRAM_H

#include <stdlib.h>

/* $PT_PROGRAM, else the release; from the repository root. */
static inline const char *program_path(void)
{
	const char *given = getenv("PT_PROGRAM");
	return given ? given : "build/release/phasetop";
}

#endif
