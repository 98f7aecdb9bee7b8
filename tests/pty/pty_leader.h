/** The leader of the session in the pseudo-terminal: a shell of one job. */
#ifndef TESTS_PTY_LEADER_H
#define TESTS_PTY_LEADER_H

#include "pty_harness.h"

/**
 * Runs the program as its foreground job and never returns. Writes pairs of int to `reports`: (process id, 0)
 * first, then (status of wait(2), 1) at each stop and at the end. A byte from `commands` continues a stopped
 * job.
 */
void pty_lead(const pty_options *options, int reports, int commands) __attribute__((noreturn));

#endif
