/* What the fuzz targets of logs share: rows as one number, and a file read in two parts against one read
 * whole. */
#ifndef TESTS_FUZZ_EVENT_DIGEST_H
#define TESTS_FUZZ_EVENT_DIGEST_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "phasetop/runio/metric_log.h"

typedef struct event_digest {
	uint64_t hash;
	size_t n_rows, n_invalid;
} event_digest;

static inline void mix_event(event_digest *digest, const void *bytes, size_t n)
{
	const unsigned char *at = bytes;
	for (size_t i = 0; i < n; i++)
		digest->hash = (digest->hash ^ at[i]) * 0x100000001b3u;
}

static inline pt_status digest_event_row(void *context, const pt_log_row *row, pt_error *err)
{
	event_digest *digest = context;
	(void)err;
	if (row->step < 0 || row->line < 0 || isinf(row->wall_s) || (row->is_restart && row->n_fields > 0))
		abort();
	digest->n_rows++;
	mix_event(digest, &row->step, sizeof row->step);
	mix_event(digest, &row->line, sizeof row->line);
	for (size_t i = 0; i < row->n_fields; i++) {
		const pt_log_field *field = &row->fields[i];
		if (field->valid != (isfinite(field->value) != 0) || (unsigned)field->role >= PT_N_LOG_ROLES)
			abort();
		digest->n_invalid += !field->valid;
		mix_event(digest, field->name, strlen(field->name) + 1);
		if (field->valid)
			mix_event(digest, &field->value, sizeof field->value);
	}
	return PT_OK;
}

static inline void void_event_digest(void *context)
{
	*(event_digest *)context = (event_digest){0};
}

static inline bool is_text_log(pt_log_kind kind)
{
	return kind == PT_LOG_TRAIN_JSONL || kind == PT_LOG_METRICS_CSV;
}

/* Problems are at bytes of binary logs, and at lines (from 1) of texts, which also tell of rows that they give. */
static inline void check_event_state(
	pt_log_kind kind, const pt_metric_state *state, const event_digest *digest, size_t size)
{
	size_t n_told = state->problems.n + state->problems.n_more, first = is_text_log(kind) ? 1 : 0;
	if (state->n_rows != digest->n_rows || state->n_invalid_values != digest->n_invalid ||
		n_told < state->n_bad_rows || (n_told > state->n_bad_rows && kind != PT_LOG_METRICS_CSV))
		abort();
	for (size_t i = 0; i < state->problems.n; i++)
		if (state->problems.items[i].offset < (int64_t)first ||
			state->problems.items[i].offset >= (int64_t)(size + first))
			abort();
}

/* Two logs follow one file: one sees it grow, the other whole. */
static inline void check_event_log(pt_log_kind kind, const uint8_t *data, size_t size)
{
	char path[64];
	int fd = memfd_create("log", MFD_CLOEXEC);
	if (fd < 0)
		return;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	event_digest grown = {0}, whole = {0};
	const pt_log_sink to_grown = {.context = &grown, .row = digest_event_row, .reset = void_event_digest};
	const pt_log_sink to_whole = {.context = &whole, .row = digest_event_row, .reset = void_event_digest};
	pt_metric_log *growing = pt_metric_log_create(kind, path), *at_once = pt_metric_log_create(kind, path);
	size_t first = size > 0 ? (data[0] + (size_t)data[size / 2] * 3) % size : 0;
	if (is_text_log(kind) && first < 2) /* half of a UTF-16 mark is told from other text by its second byte */
		first = size < 2 ? size : 2;
	pt_status status;
	if (!growing || !at_once || write(fd, data, first) != (ssize_t)first)
		abort();
	status = pt_metric_log_read(growing, &to_grown, NULL);
	if (write(fd, data + first, size - first) != (ssize_t)(size - first))
		abort();
	status = pt_metric_log_read(growing, &to_grown, NULL);
	if (pt_metric_log_read(at_once, &to_whole, NULL) != status)
		abort();
	const pt_metric_state *a = pt_metric_log_state(growing), *b = pt_metric_log_state(at_once);
	check_event_state(kind, a, &grown, size);
	check_event_state(kind, b, &whole, size);
	if (grown.hash != whole.hash || a->n_rows != b->n_rows ||
		a->n_rows_without_step != b->n_rows_without_step || a->has_closing_row != b->has_closing_row ||
		a->max_steps != b->max_steps || a->n_bad_rows != b->n_bad_rows)
		abort();
	pt_metric_log_destroy(growing);
	pt_metric_log_destroy(at_once);
	close(fd);
}

#endif
