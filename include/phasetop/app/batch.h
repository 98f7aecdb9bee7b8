/** Sessions without a screen: `--once`, `--json`, `--csv`, `--list`, `-n`, `--export`, and streams of
 * reports. */
#ifndef PHASETOP_APP_BATCH_H
#define PHASETOP_APP_BATCH_H

#include <stdio.h>

#include "phasetop/app/session.h"

/**
 * Read, report to `out`, and end: after one report (`--once`, `--list`, `--export`), after N (`-n`), or when
 * the reader of `out` is gone (a stream: one report at the start and one after each change that has settled).
 *
 * Messages go to standard error, the report alone to `out`.
 * @return the exit code of the program
 */
int pt_batch_run(const pt_session *session, FILE *out);

/** Say on standard error, in one line and sanitized, what went wrong. */
void pt_batch_complain(const pt_error *err);

/** The exit code for a session that could not begin. */
int pt_batch_exit_code(pt_status status);

#endif
