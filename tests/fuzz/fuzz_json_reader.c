/*
 * Any bytes as JSON: tokens stay in the buffer, errors point into it, skipping equals reading, and so does reading
 * through a window that shows a few bytes more each time.
 */
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

/* A window over `text`: what is left, and `n_more` bytes. */
typedef struct json_window {
	const char *text;
	size_t size, shown, n_more;
	char *bytes; /* of the exact size */
} json_window;

static pt_status show_more(void *context, pt_json_reader *reader, bool *grew, pt_error *err)
{
	json_window *window = context;
	(void)err;
	size_t left = reader->length - reader->at, n = window->size - window->shown;
	n = n > window->n_more ? window->n_more : n;
	char *bytes = malloc(left + n + 1);
	if (!bytes)
		abort();
	if (left > 0)
		memcpy(bytes, reader->text + reader->at, left);
	if (n > 0)
		memcpy(bytes + left, window->text + window->shown, n);
	free(window->bytes);
	window->bytes = bytes;
	window->shown += n;
	reader->base_offset += (int64_t)reader->at;
	reader->text = bytes;
	reader->length = left + n;
	reader->at = 0;
	*grew = n > 0;
	return PT_OK;
}

static void check_window(const char *text, size_t size, size_t n_more)
{
	pt_json_reader whole, windowed;
	pt_json_token a, b;
	pt_error of_whole = {.code = PT_OK}, of_windowed = {.code = PT_OK};
	json_window window = {.text = text, .size = size, .n_more = n_more};
	pt_json_init(&whole, text, size, PT_JSON_PYTHON, NULL, 0);
	pt_json_init_window(&windowed, show_more, &window, PT_JSON_PYTHON, NULL);
	for (;;) {
		pt_status status = pt_json_next(&whole, &a, &of_whole);
		if (pt_json_next(&windowed, &b, &of_windowed) != status)
			abort();
		if (status != PT_OK && (of_whole.offset != of_windowed.offset ||
								   strcmp(of_whole.message, of_windowed.message) != 0))
			abort();
		if (status != PT_OK || a.type == PT_JSON_END)
			break;
		if (a.type != b.type || a.offset != b.offset || a.depth != b.depth || a.length != b.length ||
			memcmp(a.text, b.text, a.length) != 0 || a.is_escaped != b.is_escaped ||
			memcmp(&a.number, &b.number, sizeof a.number) != 0)
			abort();
	}
	free(window.bytes);
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
	for (size_t n_more = 1; n_more <= 4 && size <= 4096; n_more++)
		check_window(text, size, n_more);
	free(text);
	return 0;
}
