/*
 * Any bytes as a probe log, line by line and as a file that grows. Rows fit their set; a row is valid exactly
 * where all its numbers are finite; a log read in two parts gives what one read whole gives.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "phasetop/runio/probe_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct probe_digest {
	uint64_t hash;
	size_t n_rows, n_sets, n_probes;
} probe_digest;

static void mix_probe(probe_digest *digest, const void *bytes, size_t n)
{
	const unsigned char *at = bytes;
	for (size_t i = 0; i < n; i++)
		digest->hash = (digest->hash ^ at[i]) * 0x100000001b3u;
}

static pt_status digest_set(void *context, const pt_probe_set *set, pt_error *err)
{
	probe_digest *digest = context;
	(void)err;
	if (set->index != digest->n_sets || set->n == 0)
		abort();
	digest->n_sets++;
	digest->n_probes = set->n;
	for (size_t i = 0; set->names && i < set->n; i++)
		mix_probe(digest, set->names[i], strlen(set->names[i]) + 1);
	mix_probe(digest, set->unit, strlen(set->unit) + 1);
	return PT_OK;
}

static bool all_finite(const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(values[i]))
			return false;
	return true;
}

static pt_status digest_probe_row(void *context, const pt_probe_row *row, pt_error *err)
{
	probe_digest *digest = context;
	(void)err;
	if (row->n != digest->n_probes || row->set + 1 != digest->n_sets || row->step < 0 ||
		(!row->losses && row->m == 0) || (row->m > 0) != (row->samples != NULL))
		abort();
	bool is_finite = (!row->losses || all_finite(row->losses, row->n)) &&
					 all_finite(row->samples, row->samples ? row->m * row->n : 0);
	if (is_finite != row->valid)
		abort();
	digest->n_rows++;
	mix_probe(digest, &row->step, sizeof row->step);
	if (row->losses && row->valid)
		mix_probe(digest, row->losses, row->n * sizeof *row->losses);
	return PT_OK;
}

static void void_probe_digest(void *context)
{
	*(probe_digest *)context = (probe_digest){0};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd = memfd_create("log", MFD_CLOEXEC);
	if (fd < 0)
		return 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	probe_digest grown = {0}, whole = {0}, fed = {0};
	const pt_probe_sink to_grown = {&grown, digest_set, digest_probe_row, void_probe_digest};
	const pt_probe_sink to_whole = {&whole, digest_set, digest_probe_row, void_probe_digest};
	const pt_probe_sink to_fed = {&fed, digest_set, digest_probe_row, void_probe_digest};
	pt_probe_log *growing = pt_probe_log_create(PT_LOG_PROBE_JSONL, path), *at_once = pt_probe_log_create(PT_LOG_PROBE_JSONL, path),
				 *by_line = pt_probe_log_create(PT_LOG_PROBE_JSONL, path);
	size_t first = size > 0 ? data[0] % size : 0;
	if (!growing || !at_once || !by_line || write(fd, data, first) != (ssize_t)first)
		abort();
	pt_status status = pt_probe_log_read(growing, &to_grown, NULL);
	if (write(fd, data + first, size - first) != (ssize_t)(size - first))
		abort();
	status = pt_probe_log_read(growing, &to_grown, NULL);
	pt_status other = pt_probe_log_read(at_once, &to_whole, NULL);
	const pt_probe_state *a = pt_probe_log_state(growing), *b = pt_probe_log_state(at_once);
	/* a text that begins with half of a UTF-16 mark is told from others by its second byte only */
	if (first >= 2 && (status != other || grown.hash != whole.hash || a->n_rows != b->n_rows ||
						  a->n_bad_rows != b->n_bad_rows || a->n_invalid_rows != b->n_invalid_rows))
		abort();
	if (pt_probe_log_feed(by_line, (const char *)data, size, 1, &to_fed, NULL) != PT_OK)
		abort();
	pt_probe_log_destroy(growing);
	pt_probe_log_destroy(at_once);
	pt_probe_log_destroy(by_line);
	close(fd);
	return 0;
}
