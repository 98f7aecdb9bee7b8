/*
 * Any bytes as trainer_state.json and as a JSONL log. A check without rows says what a reading with rows
 * says; names are terminated; a log read in two parts gives the rows of one read whole.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "phasetop/runio/metric_log.h"
#include "phasetop/runio/trainer_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct log_digest {
	uint64_t hash;
	size_t n_rows;
} log_digest;

static void mix_log(log_digest *digest, const void *bytes, size_t n)
{
	const unsigned char *at = bytes;
	for (size_t i = 0; i < n; i++)
		digest->hash = (digest->hash ^ at[i]) * 0x100000001b3u;
}

static pt_status digest_log_row(void *context, const pt_log_row *row, pt_error *err)
{
	log_digest *digest = context;
	(void)err;
	if (row->step < 0 || row->line < 0)
		abort();
	digest->n_rows++;
	mix_log(digest, &row->step, sizeof row->step);
	for (size_t i = 0; i < row->n_fields; i++) {
		const pt_log_field *field = &row->fields[i];
		if (field->valid != (isfinite(field->value) != 0) || (unsigned)field->role >= PT_N_LOG_ROLES)
			abort();
		mix_log(digest, field->name, strlen(field->name) + 1);
		if (field->valid)
			mix_log(digest, &field->value, sizeof field->value);
	}
	return PT_OK;
}

static void void_log_digest(void *context)
{
	*(log_digest *)context = (log_digest){0};
}

static void check_state(const char *text, size_t size)
{
	log_digest digest = {0};
	const pt_log_sink sink = {&digest, digest_log_row, NULL};
	pt_trainer_state with_rows = {.n_rows = 1}, checked = {.n_rows = 2};
	pt_error err = {.code = PT_OK};
	pt_status status = pt_trainer_state_parse(text, size, NULL, &sink, &with_rows, &err);
	if (status != pt_trainer_state_parse(text, size, NULL, NULL, &checked, NULL))
		abort();
	if (status != PT_OK && (digest.n_rows > 0 || err.code != status || err.offset > (int64_t)size))
		abort();
	if (status == PT_OK && (with_rows.n_rows != checked.n_rows || with_rows.n_rows != digest.n_rows))
		abort();
}

/* Two logs follow one file: one sees it grow, the other whole. */
static void check_jsonl(const uint8_t *data, size_t size)
{
	char path[64];
	int fd = memfd_create("log", MFD_CLOEXEC);
	if (fd < 0)
		return;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	log_digest grown = {0}, whole = {0};
	const pt_log_sink to_grown = {&grown, digest_log_row, void_log_digest};
	const pt_log_sink to_whole = {&whole, digest_log_row, void_log_digest};
	pt_metric_log *growing = pt_metric_log_create(PT_LOG_TRAIN_JSONL, path), *at_once = pt_metric_log_create(PT_LOG_TRAIN_JSONL, path);
	size_t first = size > 0 ? data[0] % size : 0;
	pt_status status = PT_OK;
	if (!growing || !at_once || write(fd, data, first) != (ssize_t)first)
		abort();
	status = pt_metric_log_read(growing, &to_grown, NULL);
	if (write(fd, data + first, size - first) != (ssize_t)(size - first))
		abort();
	status = pt_metric_log_read(growing, &to_grown, NULL);
	if (pt_metric_log_read(at_once, &to_whole, NULL) != status && first >= 2)
		abort();
	const pt_metric_state *a = pt_metric_log_state(growing), *b = pt_metric_log_state(at_once);
	if (status == PT_OK &&
		(grown.hash != whole.hash || a->n_rows != b->n_rows || a->n_bad_rows != b->n_bad_rows ||
			a->n_rows != grown.n_rows || a->n_rows_without_step != b->n_rows_without_step) &&
		first >= 2)
		abort();
	pt_metric_log_destroy(growing);
	pt_metric_log_destroy(at_once);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1); /* of the exact size, so that reading on is seen */
	if (!text)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	check_state(text, size);
	check_jsonl(data, size);
	free(text);
	return 0;
}
