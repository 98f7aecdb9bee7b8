/*
 * Any bytes as a metric log in comma-separated text, and as a probe log. A log read in two parts gives the
 * rows of one read whole; cells are within their record.
 */
#include "event_digest.h"

#include "phasetop/runio/probe_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pt_status check_csv_row(void *context, const pt_probe_row *row, pt_error *err)
{
	size_t *n_values = context;
	(void)err;
	if (row->step < 0 || row->n == 0 || !row->losses || row->m != 0)
		abort();
	bool is_finite = true;
	for (size_t i = 0; i < row->n; i++)
		is_finite &= isfinite(row->losses[i]) != 0;
	if (is_finite != row->valid)
		abort();
	*n_values += row->n;
	return PT_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n_values = 0;
	const pt_probe_sink sink = {.context = &n_values, .row = check_csv_row};
	pt_probe_log *probes = pt_probe_log_create(PT_LOG_PROBE_CSV, "fed");
	if (!probes)
		abort();
	for (size_t at = 0, line = 1; at < size; line++) {
		const uint8_t *end = memchr(data + at, '\n', size - at);
		size_t n = end ? (size_t)(end - data) - at : size - at;
		if (pt_probe_log_feed(probes, (const char *)data + at, n, (int64_t)line, &sink, NULL) != PT_OK)
			abort();
		at += n + 1;
	}
	pt_probe_log_destroy(probes);
	check_event_log(PT_LOG_METRICS_CSV, data, size);
	return 0;
}
