/* Logs of a run made by hand, without files: what the tests of their merging share. */
#ifndef TESTS_LOG_TABLES_H
#define TESTS_LOG_TABLES_H

#include <stdlib.h>
#include <string.h>

#include "../../../src/analysis/log_sources.h"
#include "phasetop/base/missing.h"

enum { MADE_LOGS = 16 };

typedef struct made_logs {
	pt_run_logs logs;
	pt_run_log items[MADE_LOGS], *pointers[MADE_LOGS];
	char paths[MADE_LOGS][128];
} made_logs;

static inline void made_begin(made_logs *made)
{
	memset(made, 0, sizeof *made);
	made->logs.logs = made->pointers;
}

static inline pt_run_log *made_log(made_logs *made, pt_log_kind kind, const char *path, double newest_s)
{
	pt_run_log *log = &made->items[made->logs.n];
	snprintf(made->paths[made->logs.n], sizeof made->paths[0], "%s", path);
	*log = (pt_run_log){.kind = kind, .path = made->paths[made->logs.n], .newest_s = newest_s};
	made->pointers[made->logs.n++] = log;
	return log;
}

static inline void made_value(pt_run_log *log, int64_t step, const char *name, double value)
{
	assert_int_equal(pt_metric_table_set(&log->table, step, name, value, NULL), PT_OK);
}

/* Values at first, first + 1, … last: `value` + step/1000. */
static inline void made_range(pt_run_log *log, const char *name, int64_t first, int64_t last, double value)
{
	for (int64_t step = first; step <= last; step++)
		made_value(log, step, name, value + (double)step / 1000);
}

static inline void made_end(made_logs *made)
{
	for (size_t i = 0; i < made->logs.n; i++)
		pt_metric_table_fini(&made->items[i].table);
}

#endif
