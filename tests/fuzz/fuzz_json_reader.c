/* Any bytes as JSON: tokens stay in the buffer, errors point into it, skipping equals reading. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/runio/json_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_token(const pt_json_token *token, const char *text, size_t size)
{
	if (token->text < text || token->text + token->length > text + size || token->offset < 0 ||
		token->offset > (int64_t)size || token->depth > PT_JSON_MAX_DEPTH)
		abort();
	if (token->type != PT_JSON_KEY && token->type != PT_JSON_STRING)
		return;
	char *decoded = malloc(token->length + 1);
	size_t length;
	if (!decoded || pt_json_decode(token, decoded, token->length + 1, &length) != PT_OK ||
		length > token->length)
		abort();
	if (strlen(decoded) == length && !pt_json_is(token, decoded))
		abort();
	free(decoded);
}

/* Status of reading token by token, with checks; or by skipping the whole value. */
static pt_status read_text(const char *text, size_t size, pt_json_dialect dialect, int skips)
{
	pt_json_reader reader;
	pt_json_token token;
	pt_error err = {.code = PT_OK};
	pt_json_init(&reader, text, size, dialect, NULL, 0);
	for (;;) {
		pt_status status = pt_json_next(&reader, &token, &err);
		if (status == PT_OK && skips)
			status = pt_json_skip(&reader, &token, &err);
		if (status != PT_OK) {
			if (err.offset < 0 || err.offset > (int64_t)size || pt_json_next(&reader, &token, NULL) != status)
				abort();
			return status;
		}
		if (!skips)
			check_token(&token, text, size);
		if (token.type == PT_JSON_END)
			return PT_OK;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1); /* of the exact size but for one, so that reading on is seen */
	if (!text)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	for (pt_json_dialect dialect = PT_JSON_STRICT; dialect <= PT_JSON_PYTHON; dialect++) {
		if (read_text(text, size, dialect, 0) != read_text(text, size, dialect, 1))
			abort();
	}
	if (read_text(text, size, PT_JSON_STRICT, 0) == PT_OK &&
		read_text(text, size, PT_JSON_PYTHON, 0) != PT_OK)
		abort(); /* what is strict is Python's too */
	free(text);
	return 0;
}
