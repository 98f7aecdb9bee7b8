/** `--list`: runs, checkpoints, modules, memory and problems, for people. */
#ifndef PHASETOP_REPORT_REPORT_LIST_H
#define PHASETOP_REPORT_REPORT_LIST_H

#include <stdio.h>

#include "phasetop/analysis/snapshot.h"
#include "phasetop/base/status.h"
#include "phasetop/report/report_options.h"

/**
 * Write the list. Foreign strings pass the sanitizer; lines are as long as they need to be.
 * (`--list --json` is pt_report_json_write with list_only.)
 * @retval PT_ERR_IO  the stream failed
 */
PT_CHECKED pt_status pt_report_list_write(
	FILE *out, const pt_snapshot *snapshot, const pt_report_options *options, pt_error *err);

/** "2026-01-01T12:00:05Z" from milliseconds since 1970 UTC; "" for PT_NO_TIME. `out` holds 32 bytes or more.
 */
void pt_report_time(char *out, size_t capacity, int64_t wall_ms);

#endif
