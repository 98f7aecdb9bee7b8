/* What the tests of growing logs share: rows as text, and a log that is written piece by piece. */
#ifndef TESTS_RUNIO_LOG_FIXTURE_H
#define TESTS_RUNIO_LOG_FIXTURE_H

#include <math.h>

#include "phasetop/base/text.h"
#include "phasetop/runio/metric_log.h"

#include "runio_fixture.h"

/* Rows as one text: "step{name=value,…}" with `!` behind what is not valid, `*` at a closing row. */
typedef struct told {
	char bytes[8192];
	pt_text text;
	size_t n_rows, n_resets, refuse_at;
} told;

static inline void clear(told *to)
{
	to->text = pt_text_over(to->bytes, sizeof to->bytes);
}

static inline pt_status on_row(void *context, const pt_log_row *row, pt_error *err)
{
	told *to = context;
	if (to->refuse_at && to->n_rows + 1 == to->refuse_at) {
		to->refuse_at = 0;
		return pt_fail(err, PT_ERR_CANCELLED, NULL, row->line, "refused");
	}
	to->n_rows++;
	pt_text_addf(&to->text, "%lld%s{", (long long)row->step, row->is_closing ? "*" : "");
	for (size_t i = 0; i < row->n_fields; i++) {
		const pt_log_field *field = &row->fields[i];
		assert_int_equal(field->valid, isfinite(field->value) != 0);
		if (field->role != PT_LOG_OTHER)
			assert_string_equal(field->name, pt_log_role_name(field->role));
		pt_text_addf(
			&to->text, "%s%s=%g%s", i ? "," : "", field->name, field->value, field->valid ? "" : "!");
	}
	pt_text_add(&to->text, "}");
	return PT_OK;
}

static inline void on_reset(void *context)
{
	told *to = context;
	to->n_resets++;
	to->n_rows = 0;
	clear(to);
}

typedef struct fixture {
	char directory[64], path[128];
	told to;
	pt_log_sink sink;
	pt_metric_log *log;
} fixture;

static inline void begin(fixture *f, pt_log_kind kind, const char *name)
{
	*f = (fixture){0};
	scratch_directory(f->directory);
	snprintf(f->path, sizeof f->path, "%s/%s", f->directory, name);
	f->sink = (pt_log_sink){&f->to, on_row, on_reset};
	clear(&f->to);
	f->log = pt_metric_log_create(kind, f->path);
	assert_non_null(f->log);
}

static inline void end(fixture *f)
{
	pt_metric_log_destroy(f->log);
	scratch_remove(f->directory);
}

static inline void append(fixture *f, const char *text)
{
	FILE *file = fopen(f->path, "ab");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

static inline void read_rows(fixture *f, const char *rows)
{
	pt_error err = {0};
	assert_int_equal(pt_metric_log_read(f->log, &f->sink, &err), PT_OK);
	assert_string_equal(f->to.bytes, rows);
}

#endif
