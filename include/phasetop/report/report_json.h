/** The machine-readable report, schema 1: one JSON document of a snapshot. */
#ifndef PHASETOP_REPORT_REPORT_JSON_H
#define PHASETOP_REPORT_REPORT_JSON_H

#include <stdio.h>

#include "phasetop/analysis/snapshot.h"
#include "phasetop/base/status.h"
#include "phasetop/report/report_options.h"

#define PT_VERSION "0.1.0"
enum { PT_REPORT_SCHEMA = 1 };

/**
 * Write the report: keys in the schema's order, numbers as the shortest text that reads back equal, missing
 * values null. Parts that this version does not compute are empty arrays, or null where the schema has an
 * object or a number.
 *
 * @param out      borrowed; flushed, not closed
 * @param options  what to show; `matrices` decides for pca, local_cosine and change_points
 * @retval PT_ERR_IO  the stream failed (e.g. its reader went away)
 * @cost   O(size of the document); no allocation
 */
PT_CHECKED pt_status pt_report_json_write(
	FILE *out, const pt_snapshot *snapshot, const pt_report_options *options, pt_error *err);

#endif
