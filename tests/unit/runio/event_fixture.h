/* What the tests of event logs share: a log in a scratch directory, and its rows as text. */
#ifndef TESTS_RUNIO_EVENT_FIXTURE_H
#define TESTS_RUNIO_EVENT_FIXTURE_H

#include <math.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "phasetop/runio/metric_log.h"

#include "event_records.h"
#include "runio_fixture.h"

/* "5{loss=1,x=nan!}", "#" a closing row, "@" a restart. */
typedef struct told {
	char bytes[65536];
	pt_text text;
	size_t n_rows, n_resets, refuse_at;
	double wall_s; /* of the last row */
	int64_t line;
} told;

static inline void clear(told *to)
{
	*to = (told){.text = {0}};
	to->text = pt_text_over(to->bytes, sizeof to->bytes);
}

static inline pt_status on_row(void *context, const pt_log_row *row, pt_error *err)
{
	told *to = context;
	if (to->refuse_at && to->n_rows + 1 == to->refuse_at) {
		to->refuse_at = 0;
		return pt_fail(err, PT_ERR_CANCELLED, NULL, -1, "refused");
	}
	to->n_rows++;
	to->wall_s = row->wall_s;
	to->line = row->line;
	pt_text_addf(
		&to->text, "%lld%s%s{", (long long)row->step, row->is_closing ? "#" : "", row->is_restart ? "@" : "");
	for (size_t i = 0; i < row->n_fields; i++) {
		const pt_log_field *field = &row->fields[i];
		if (field->role != PT_LOG_OTHER)
			assert_string_equal(field->name, pt_log_role_name(field->role));
		pt_text_addf(
			&to->text, "%s%s=%.9g%s", i ? "," : "", field->name, field->value, field->valid ? "" : "!");
	}
	pt_text_add(&to->text, "}");
	return PT_OK;
}

static inline void on_reset(void *context)
{
	told *to = context;
	size_t n = to->n_resets + 1;
	clear(to);
	to->n_resets = n;
}

/* A log of one kind in a scratch directory. */
typedef struct fixture {
	char directory[64], path[256];
	told *to;
	pt_log_sink sink;
	pt_metric_log *log;
	made file;
} fixture;

static inline void begin(fixture *f, pt_log_kind kind, const char *name)
{
	*f = (fixture){.file = made_new(), .to = malloc(sizeof(told))};
	assert_non_null(f->to);
	clear(f->to);
	scratch_directory(f->directory);
	snprintf(f->path, sizeof f->path, "%s/%s", f->directory, name);
	f->sink = (pt_log_sink){.context = f->to, .row = on_row, .reset = on_reset};
	f->log = pt_metric_log_create(kind, f->path);
	assert_non_null(f->log);
}

static inline void begin_tfevents(fixture *f)
{
	begin(f, PT_LOG_TFEVENTS, "events.out.tfevents.1.host.2.0");
}

static inline void begin_wandb(fixture *f)
{
	begin(f, PT_LOG_WANDB, "run-x.wandb");
}

/* With what each such file begins with. */
static inline void start_tfevents(fixture *f)
{
	begin_tfevents(f);
	add_tf_version(&f->file);
}

static inline void start_wandb(fixture *f)
{
	begin_wandb(f);
	add_wandb_header(&f->file);
}

static inline void end(fixture *f)
{
	pt_metric_log_destroy(f->log);
	free(f->file.bytes);
	free(f->to);
	remove_tree(f->directory);
}

static inline void put_bytes(const fixture *f, const char *mode, const void *bytes, size_t n)
{
	FILE *file = fopen(f->path, mode);
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static inline void put_file(const fixture *f)
{
	put_bytes(f, "wb", f->file.bytes, f->file.n);
}

static inline const pt_metric_state *read_ok(fixture *f)
{
	pt_error err = {0};
	pt_status status = pt_metric_log_read(f->log, &f->sink, &err);
	if (status != PT_OK)
		print_message("%s: %s\n", pt_status_name(status), err.message);
	assert_int_equal(status, PT_OK);
	return pt_metric_log_state(f->log);
}

/* What a log reads out of bytes that are all there at once. */
static inline pt_status read_at_once(
	const char *directory, pt_log_kind kind, const void *bytes, size_t n, told *to, pt_metric_state *state)
{
	char path[256];
	write_file(directory, "whole", bytes, n);
	snprintf(path, sizeof path, "%s/whole", directory);
	pt_metric_log *log = pt_metric_log_create(kind, path);
	assert_non_null(log);
	clear(to);
	const pt_log_sink sink = {.context = to, .row = on_row, .reset = on_reset};
	pt_status status = pt_metric_log_read(log, &sink, NULL);
	*state = *pt_metric_log_state(log);
	pt_metric_log_destroy(log);
	return status;
}

#endif
