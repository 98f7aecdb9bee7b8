#include "checkpoint_reader.h"

#include <stdint.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/json.h"
#include "phasetop/runio/regular_file.h"

/* More is given back to the system after each checkpoint. */
static const size_t MOST_KEPT_BYTES = (size_t)512 << 20;
enum { ALIGNMENT = 64 };

/*
 * Fresh memory is more than half of what reading a large adapter costs: the system hands it out page by page
 * and clears each. So the values of one checkpoint take the place of the last one's.
 */
struct pt_checkpoint_reader {
	pt_adapter_config *config;
	char *config_text;
	size_t n_config_text;
	char *values;
	size_t capacity, used;
	size_t wanted; /* by the checkpoints alive, from here or not */
	size_t n_alive;
};

pt_status pt_checkpoint_reader_create(pt_checkpoint_reader **reader, pt_error *err)
{
	pt_checkpoint_reader *made = pt_array_alloc(1, sizeof *made);
	if (!made)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "out of memory");
	*reader = made;
	return PT_OK;
}

static void forget_config(pt_checkpoint_reader *reader)
{
	pt_adapter_config_destroy(reader->config);
	pt_free(reader->config_text);
	reader->config = NULL;
	reader->config_text = NULL;
}

void pt_checkpoint_reader_destroy(pt_checkpoint_reader *reader)
{
	if (!reader)
		return;
	forget_config(reader);
	pt_free(reader->values);
	pt_free(reader);
}

/* ---- values ---- */

void checkpoint_reader_begin(pt_checkpoint_reader *reader)
{
	if (!reader || reader->n_alive++ > 0)
		return;
	if (reader->wanted > reader->capacity && reader->wanted <= MOST_KEPT_BYTES) {
		pt_free(reader->values);
		/* resize of NULL, not alloc: every byte is written, so that zeroing would be for nothing */
		reader->values = pt_array_resize(NULL, reader->wanted + ALIGNMENT, 1);
		reader->capacity = reader->values ? reader->wanted : 0;
	}
	reader->used = reader->wanted = 0;
}

void checkpoint_reader_end(pt_checkpoint_reader *reader)
{
	if (reader)
		reader->n_alive--;
}

void *checkpoint_reader_values(pt_checkpoint_reader *reader, size_t n_bytes)
{
	size_t n = (n_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!reader || n < n_bytes)
		return NULL;
	reader->wanted += n; /* at most PT_CHECKPOINT_BYTES and the rounding: no overflow */
	if (n > reader->capacity - reader->used)
		return NULL;
	size_t misfit = (size_t)((uintptr_t)reader->values % ALIGNMENT);
	char *values = reader->values + (misfit ? ALIGNMENT - misfit : 0) + reader->used;
	reader->used += n;
	return values;
}

bool checkpoint_reader_owns(const pt_checkpoint_reader *reader, const void *values)
{
	uintptr_t at = (uintptr_t)values, first = reader ? (uintptr_t)reader->values : 0;
	return reader && at >= first && at - first < reader->capacity + ALIGNMENT && reader->capacity > 0;
}

/* ---- the config ---- */

static pt_status read_text(const char *path, char **text, size_t *n, pt_error *err)
{
	pt_status status = pt_regular_file_read(path, PT_JSON_DOCUMENT_BYTES, text, n, NULL, err);
	if (status == PT_ERR_NOT_FOUND)
		return pt_fail(err, PT_ERR_NO_CONFIG, path, -1, "no adapter_config.json: the scaling is not known");
	if (status == PT_OK && *n == 0) {
		pt_free(*text);
		return pt_fail(err, PT_ERR_EMPTY, path, 0, "0 bytes");
	}
	return status;
}

pt_status checkpoint_reader_config(
	pt_checkpoint_reader *reader, const char *path, const pt_adapter_config **config, pt_error *err)
{
	char *text;
	size_t n;
	pt_adapter_config *parsed = NULL;
	pt_status status = read_text(path, &text, &n, err);
	if (status != PT_OK)
		return status;
	if (reader->config && n == reader->n_config_text && memcmp(text, reader->config_text, n) == 0) {
		pt_free(text);
		*config = reader->config;
		return PT_OK;
	}
	status = pt_adapter_config_parse(text, n, path, &parsed, err);
	if (status != PT_OK) {
		pt_free(text);
		return status;
	}
	forget_config(reader);
	reader->config = parsed;
	reader->config_text = text;
	reader->n_config_text = n;
	*config = parsed;
	return PT_OK;
}
