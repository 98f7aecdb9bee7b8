/** Starting the program on a sample run, for the tests of this directory. */
#ifndef TESTS_PTY_MEDICAL_SCREEN_H
#define TESTS_PTY_MEDICAL_SCREEN_H

#include "pty_harness.h"

#define MEDICAL_RUN "sample_runs/medical"

/** $PT_PROGRAM, else the release. */
const char *program(void);
pty *start_with(const char *path, const char *const *env, int columns, int rows);
/** The sample run at 80 × 24, drawn whole. */
pty *start(const char *const *env);
/** Wait until the whole of the sample run is on the screen. */
void wait_for_screen(pty *terminal);
/** All rows; free it. */
char *screen_text(pty *terminal, int rows);
/** It ends with that exit code, and the terminal is as it was. */
void assert_exited(pty *terminal, int code);

#endif
