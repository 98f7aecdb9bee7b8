/* One line of a probe log, parsed. Private to runio. */
#ifndef PHASETOP_RUNIO_PROBE_LINE_H
#define PHASETOP_RUNIO_PROBE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

#include "csv_reader.h"

/* Numbers in one row at most: 64 MiB of doubles. */
enum { PROBE_LINE_MAX_VALUES = 8 * 1024 * 1024 };

/* Growing array of numbers, kept from line to line. */
typedef struct probe_values {
	double *values;
	size_t n, capacity;
} probe_values;

/* What stood in the line. Zero it before the first use; arrays are used again. */
typedef struct probe_line {
	bool has_probes, has_step, has_losses, has_samples;
	bool is_finite; /* every number of losses and samples */
	int64_t step;
	double sigma;         /* NaN: not said */
	probe_values losses;  /* NaN where a value is not finite or null */
	probe_values samples; /* n_samples × (samples.n / n_samples) */
	size_t n_samples;
	char *names; /* n_names NUL-terminated strings, one after another */
	size_t n_names, names_bytes, names_capacity;
	char unit[64]; /* "" where not said; cut at a character where longer */
} probe_line;

void probe_line_fini(probe_line *line);

/* As if nothing had stood in it; the arrays are kept. */
void probe_line_clear(probe_line *line);

/**
 * A line of a JSONL log.
 * @retval PT_ERR_JSON, PT_ERR_BAD_ROW, PT_ERR_LIMIT  the line is to be passed over
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status probe_line_parse(
	probe_line *line, const char *text, size_t n, const char *path, pt_error *err);

/**
 * A line of a CSV log, `step,name1,name2,…`: every column but the step's is a probe. A line that is neither
 * header nor row leaves `line` empty (nothing is in it).
 * @retval PT_ERR_BAD_ROW, PT_ERR_LIMIT, PT_ERR_MEMORY  likewise
 */
PT_CHECKED pt_status probe_line_parse_csv(
	probe_line *line, csv_reader *csv, const char *text, size_t n, int64_t number, pt_error *err);

#endif
