/* What the tests of text logs share: a log that grows in a scratch directory, and rows as one text. */
#ifndef TESTS_RUNIO_LOG_FIXTURE_H
#define TESTS_RUNIO_LOG_FIXTURE_H

#include <math.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "phasetop/runio/metric_log.h"

#include "runio_fixture.h"

/* ---- files that grow ---- */

typedef struct growing_file {
	char directory[64], path[128];
} growing_file;

static inline void growing_begin(growing_file *file, const char *name)
{
	scratch_directory(file->directory);
	snprintf(file->path, sizeof file->path, "%s/%s", file->directory, name);
}

static inline void growing_end(const growing_file *file)
{
	remove_tree(file->directory);
}

static inline void growing_append(const growing_file *file, const char *text)
{
	FILE *to = fopen(file->path, "ab");
	assert_non_null(to);
	assert_int_equal(fwrite(text, 1, strlen(text), to), strlen(text));
	assert_int_equal(fclose(to), 0);
}

static inline void growing_replace(const growing_file *file, const char *text)
{
	assert_true(truncate(file->path, 0) == 0 || access(file->path, F_OK) != 0);
	growing_append(file, text);
}

/* ---- rows as text ---- */

/* "step{name=value,…}" with `!` behind what is not valid, `*` at a closing row. */
typedef struct told_rows {
	char bytes[8192];
	pt_text text;
	size_t n_rows, n_resets, refuse_at;
} told_rows;

static inline void told_clear(told_rows *to)
{
	to->text = pt_text_over(to->bytes, sizeof to->bytes);
}

static inline pt_status told_row(void *context, const pt_log_row *row, pt_error *err)
{
	told_rows *to = context;
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

static inline void told_reset(void *context)
{
	told_rows *to = context;
	to->n_resets++;
	to->n_rows = 0;
	told_clear(to);
}

static inline pt_log_sink told_sink(told_rows *to)
{
	told_clear(to);
	return (pt_log_sink){.context = to, .row = told_row, .reset = told_reset};
}

/* ---- a log of any text kind ---- */

typedef struct log_fixture {
	growing_file file;
	told_rows to;
	pt_log_sink sink;
	pt_metric_log *log;
} log_fixture;

static inline void log_begin(log_fixture *f, pt_log_kind kind, const char *name)
{
	*f = (log_fixture){.log = NULL};
	growing_begin(&f->file, name);
	f->sink = told_sink(&f->to);
	f->log = pt_metric_log_create(kind, f->file.path);
	assert_non_null(f->log);
}

static inline void log_end(log_fixture *f)
{
	pt_metric_log_destroy(f->log);
	growing_end(&f->file);
}

static inline void log_append(log_fixture *f, const char *text)
{
	growing_append(&f->file, text);
}

static inline void log_expect(log_fixture *f, const char *rows)
{
	pt_error err = {.message = ""};
	pt_status status = pt_metric_log_read(f->log, &f->sink, &err);
	if (status != PT_OK)
		print_message("%s: %s\n", err.path, err.message);
	assert_int_equal(status, PT_OK);
	assert_string_equal(f->to.bytes, rows);
}

static inline const pt_metric_state *log_state(const log_fixture *f)
{
	return pt_metric_log_state(f->log);
}

/* The whole of a text as a log of that kind. */
static inline void log_expect_text(pt_log_kind kind, const char *text, const char *rows)
{
	log_fixture f;
	log_begin(&f, kind, "log");
	log_append(&f, text);
	log_expect(&f, rows);
	log_end(&f);
}

/* Any allocation of the reading of a text may fail: PT_ERR_MEMORY, and the next call gives the same rows. */
static inline void log_expect_survives(pt_log_kind kind, const char *text, const char *rows)
{
	for (size_t n = 1, done = 0; !done; n++) {
		log_fixture f;
		log_begin(&f, kind, "log");
		log_append(&f, text);
		pt_alloc_fail_at(n, false);
		pt_status status = pt_metric_log_read(f.log, &f.sink, NULL);
		done = status == PT_OK;
		pt_alloc_fail_at(0, false);
		if (!done)
			assert_int_equal(status, PT_ERR_MEMORY);
		log_expect(&f, rows);
		log_end(&f);
	}
}

#endif
