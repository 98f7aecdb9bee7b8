/*
 * Any bytes as trainer_state.json, as a JSONL log and as a JSON document. A reading without rows says what one with
 * rows says; rows of a text that fails are void; a log read in two parts gives the rows of one read whole.
 */
#include "event_digest.h"

#include "phasetop/runio/trainer_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_state(const char *text, size_t size)
{
	event_digest digest = {0};
	const pt_log_sink sink = {.context = &digest, .row = digest_event_row, .reset = void_event_digest};
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1); /* of the exact size, so that reading on is seen */
	if (!text)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	check_state(text, size);
	check_event_log(PT_LOG_TRAIN_JSONL, data, size);
	check_event_log(PT_LOG_METRICS_JSON, data, size);
	free(text);
	return 0;
}
