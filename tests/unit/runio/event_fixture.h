/* What the tests of event logs share: files made byte by byte, with checksums by definition, and rows as
 * text. */
#ifndef TESTS_RUNIO_EVENT_FIXTURE_H
#define TESTS_RUNIO_EVENT_FIXTURE_H

#include <math.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/text.h"
#include "phasetop/runio/json.h"
#include "phasetop/runio/metric_log.h"

#include "runio_fixture.h"

/* ---- bytes ---- */

enum { MADE_BYTES = 512 * 1024 };

typedef struct made {
	unsigned char *bytes;
	size_t n;
} made;

static inline made made_new(void)
{
	made out = {.bytes = malloc(MADE_BYTES)};
	assert_non_null(out.bytes);
	return out;
}

static inline void add_bytes(made *to, const void *bytes, size_t n)
{
	assert_true(to->n + n <= MADE_BYTES);
	if (n > 0)
		memcpy(to->bytes + to->n, bytes, n);
	to->n += n;
}

static inline void add_fixed(made *to, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)(value >> (8 * i));
		add_bytes(to, &byte, 1);
	}
}

static inline void add_varint(made *to, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		add_fixed(to, value | 0x80, 1);
	add_fixed(to, value, 1);
}

/* Fields of protobuf. */
static inline void add_number(made *to, unsigned field, uint64_t value)
{
	add_varint(to, field << 3);
	add_varint(to, value);
}

static inline void add_double(made *to, unsigned field, double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	add_varint(to, field << 3 | 1);
	add_fixed(to, bits, 8);
}

static inline void add_float(made *to, unsigned field, float value)
{
	uint32_t bits;
	memcpy(&bits, &value, sizeof bits);
	add_varint(to, field << 3 | 5);
	add_fixed(to, bits, 4);
}

static inline void add_field(made *to, unsigned field, const void *bytes, size_t n)
{
	add_varint(to, field << 3 | 2);
	add_varint(to, n);
	add_bytes(to, bytes, n);
}

static inline void add_text(made *to, unsigned field, const char *text)
{
	add_field(to, field, text, strlen(text));
}

/* A message in a message, whose bytes are let go. */
static inline void add_message(made *to, unsigned field, made *message)
{
	add_field(to, field, message->bytes, message->n);
	free(message->bytes);
}

/* Bit by bit, as the polynomial divides: the definition. */
static inline uint32_t crc_by_definition(uint32_t polynomial, const void *bytes, size_t n)
{
	uint32_t crc = 0xFFFFFFFFu;
	for (size_t i = 0; i < n; i++)
		for (int bit = 0; bit < 8; bit++) {
			uint32_t in = ((const unsigned char *)bytes)[i] >> bit & 1;
			crc = (crc & 1) ^ in ? crc >> 1 ^ polynomial : crc >> 1;
		}
	return ~crc;
}

/* ---- TensorBoard ---- */

static inline uint32_t masked_crc(const void *bytes, size_t n)
{
	uint32_t crc = crc_by_definition(0x82F63B78u, bytes, n);
	return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
}

static inline void add_tf_header(made *to, uint64_t length)
{
	size_t at = to->n;
	add_fixed(to, length, 8);
	add_fixed(to, masked_crc(to->bytes + at, 8), 4);
}

static inline void add_tf_record(made *to, const void *data, size_t n)
{
	add_tf_header(to, n);
	add_bytes(to, data, n);
	add_fixed(to, masked_crc(data, n), 4);
}

/* An event whose bytes are let go. */
static inline void add_tf_event(made *to, made *event)
{
	add_tf_record(to, event->bytes, event->n);
	free(event->bytes);
}

static inline void add_tf_version(made *to)
{
	made event = made_new();
	add_double(&event, 1, 1700000000.0);
	add_text(&event, 3, "brain.Event:2");
	add_tf_event(to, &event);
}

/* One scalar in the old form. */
static inline void add_tf_scalar(made *to, int64_t step, const char *tag, float value)
{
	made event = made_new(), summary = made_new(), one = made_new();
	add_text(&one, 1, tag);
	add_float(&one, 2, value);
	add_message(&summary, 1, &one);
	add_double(&event, 1, 1700000000.0 + (double)step);
	if (step != 0)
		add_number(&event, 2, (uint64_t)step);
	add_message(&event, 5, &summary);
	add_tf_event(to, &event);
}

/* A tensor, whose bytes are let go. */
static inline void add_tf_tensor(made *to, int64_t step, const char *tag, made *tensor)
{
	made event = made_new(), summary = made_new(), one = made_new();
	add_text(&one, 1, tag);
	add_message(&one, 8, tensor);
	add_message(&summary, 1, &one);
	add_number(&event, 2, (uint64_t)step);
	add_message(&event, 5, &summary);
	add_tf_event(to, &event);
}

static inline void add_tf_session(made *to, int64_t step, unsigned status)
{
	made event = made_new(), session = made_new();
	add_double(&event, 1, 1700000000.0);
	add_number(&event, 2, (uint64_t)step);
	add_number(&session, 1, status);
	add_message(&event, 7, &session);
	add_tf_event(to, &event);
}

/* ---- W&B ---- */

static inline void add_wandb_header(made *to)
{
	add_bytes(to, ":W&B\xE1\xBE\0", 7);
}

static inline void add_wandb_chunk(made *to, unsigned char type, const void *data, size_t n)
{
	unsigned char *typed = malloc(n + 1);
	assert_non_null(typed);
	typed[0] = type;
	if (n > 0)
		memcpy(typed + 1, data, n);
	add_fixed(to, crc_by_definition(0xEDB88320u, typed, n + 1), 4);
	add_fixed(to, n, 2);
	add_bytes(to, typed, n + 1);
	free(typed);
}

/* A record, in as many chunks as it takes. */
static inline void add_wandb_record(made *to, const void *data, size_t n)
{
	bool is_first = true;
	for (const unsigned char *at = data;; is_first = false) {
		size_t left = 32768 - to->n % 32768;
		if (left < 7) {
			add_fixed(to, 0, left);
			left = 32768;
		}
		size_t part = n < left - 7 ? n : left - 7;
		bool is_last = part == n;
		add_wandb_chunk(to, is_first && is_last ? 1 : is_first ? 2 : is_last ? 4 : 3, at, part);
		at += part;
		n -= part;
		if (is_last)
			break;
	}
}

/* Items of history: "name=json", a nested name's parts divided by '|'. */
static inline void add_wandb_item(made *history, const char *item)
{
	made message = made_new();
	const char *value = strchr(item, '=') + 1, *at = item;
	while (at < value) {
		size_t n = strcspn(at, "|=");
		add_field(&message, 2, at, n);
		at += n + 1;
	}
	add_text(&message, 16, value);
	add_message(history, 1, &message);
}

/* A row of items divided by spaces. */
static inline void add_wandb_row(made *to, const char *items)
{
	made record = made_new(), history = made_new();
	char copy[4096], *rest = copy;
	assert_true(strlen(items) < sizeof copy);
	strcpy(copy, items);
	for (char *item; (item = strtok_r(rest, " ", &rest));)
		add_wandb_item(&history, item);
	add_message(&record, 2, &history);
	add_wandb_record(to, record.bytes, record.n);
	free(record.bytes);
}

/* ---- rows ---- */

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

static inline void end(fixture *f)
{
	pt_metric_log_destroy(f->log);
	free(f->file.bytes);
	free(f->to);
	scratch_remove(f->directory);
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

/* ---- what a file is expected to hold ---- */

/* Finds the series of a name in an expected.json and takes its values off, one by one. */
typedef struct expectation {
	const char *name;
	size_t n;
	int64_t steps[512];
	double values[512]; /* NaN: not finite */
} expectation;

enum { MAX_EXPECTED = 40 };

typedef struct expectations {
	size_t n, n_given, n_missed;
	double tolerance; /* relative */
	expectation series[MAX_EXPECTED];
} expectations;

static inline bool is_expected(
	const expectation *series, size_t v, const pt_log_field *field, double tolerance)
{
	double expected = series->values[v], difference = expected - field->value;
	if (!field->valid)
		return isnan(expected) != 0;
	return fabs(difference) <= tolerance * fabs(field->value);
}

/* Is there such a number that was not given yet? Then it is now. */
static inline bool take_expected(expectations *all, int64_t step, const pt_log_field *field)
{
	for (size_t s = 0; s < all->n; s++) {
		expectation *series = &all->series[s];
		if (strcmp(series->name, field->name) != 0)
			continue;
		for (size_t v = 0; v < series->n; v++)
			if (series->steps[v] == step && is_expected(series, v, field, all->tolerance)) {
				series->steps[v] = -1;
				return true;
			}
	}
	return false;
}

static inline pt_status on_expected_row(void *context, const pt_log_row *row, pt_error *err)
{
	expectations *all = context;
	(void)err;
	for (size_t i = 0; i < row->n_fields; i++) {
		const pt_log_field *field = &row->fields[i];
		all->n_given++;
		if (take_expected(all, row->step, field))
			continue;
		all->n_missed++;
		print_message("not expected: %lld %s %.17g\n", (long long)row->step, field->name, field->value);
	}
	return PT_OK;
}

static inline void expect_number(expectations *all, const char *name, double step, double value)
{
	size_t s = 0;
	while (s < all->n && strcmp(all->series[s].name, name) != 0)
		s++;
	assert_true(s < MAX_EXPECTED);
	if (s == all->n)
		all->series[all->n++] = (expectation){.name = name};
	expectation *series = &all->series[s];
	assert_true(series->n < 512);
	series->steps[series->n] = (int64_t)step;
	series->values[series->n++] = value;
}

/* The numbers that a log gives are those expected, no more and no less. */
static inline void assert_gives(pt_log_kind kind, const char *path, expectations *all)
{
	size_t n_expected = 0;
	for (size_t s = 0; s < all->n; s++)
		n_expected += all->series[s].n;
	pt_metric_log *log = pt_metric_log_create(kind, path);
	const pt_log_sink sink = {.context = all, .row = on_expected_row};
	assert_int_equal(pt_metric_log_read(log, &sink, NULL), PT_OK);
	assert_int_equal(all->n_missed, 0);
	assert_int_equal(all->n_given, n_expected);
	assert_int_equal(pt_metric_log_state(log)->n_bad_rows, 0);
	pt_metric_log_destroy(log);
}

#endif
