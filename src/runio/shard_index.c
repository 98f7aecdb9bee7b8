#include "shard_index.h"

#include <string.h>

#include "phasetop/runio/json_reader.h"
#include "phasetop/runio/regular_file.h"

/* What is read, and where it goes. */
typedef struct index_reader {
	shard_index *index;
	const char *path;
	pt_error *err;
} index_reader;

static pt_status fail_memory(const index_reader *r)
{
	return pt_fail(r->err, PT_ERR_MEMORY, r->path, -1, "out of memory for an index of shards");
}

static pt_status fail_index(const index_reader *r, int64_t offset, const char *what)
{
	return pt_fail(r->err, PT_ERR_INVALID, r->path, offset, "%s", what);
}

/* A name that stays in the directory. */
static bool is_plain_name(const char *name, size_t length)
{
	return length > 0 && strlen(name) == length && !strchr(name, '/') && strcmp(name, ".") != 0 &&
		   strcmp(name, "..") != 0;
}

static pt_status decode(index_reader *r, const pt_json_token *token, char **out, size_t *length)
{
	*out = pt_arena_alloc(r->index->arena, token->length + 1, 1);
	if (!*out)
		return fail_memory(r);
	return pt_json_decode(token, *out, token->length + 1, length);
}

static pt_status find_shard(index_reader *r, const char *name, size_t *shard)
{
	shard_index *x = r->index;
	for (size_t i = x->n_shards; i > 0; i--) { /* the one of the line before is the most likely */
		if (strcmp(x->shards[i - 1], name) == 0) {
			*shard = i - 1;
			return PT_OK;
		}
	}
	if (x->n_shards >= SHARD_INDEX_SHARDS)
		return pt_fail(r->err, PT_ERR_LIMIT, r->path, -1, "more than %d shards", (int)SHARD_INDEX_SHARDS);
	if (!pt_array_reserve((void **)&x->shards, &x->shards_capacity, x->n_shards + 1, sizeof *x->shards))
		return fail_memory(r);
	*shard = x->n_shards;
	x->shards[x->n_shards++] = name;
	return PT_OK;
}

static pt_status add_line(index_reader *r, pt_json_reader *reader, const pt_json_token *key)
{
	shard_index *x = r->index;
	pt_json_token value;
	char *tensor, *shard;
	size_t length;
	shard_line line;
	pt_status status = pt_json_expect(reader, PT_JSON_STRING, "a file name", &value, r->err);
	if (status == PT_OK)
		status = decode(r, key, &tensor, &length);
	if (status == PT_OK)
		status = decode(r, &value, &shard, &length);
	if (status != PT_OK)
		return status;
	if (!is_plain_name(shard, length))
		return fail_index(r, value.offset, "a shard that is no plain file name: it is not followed");
	status = find_shard(r, shard, &line.shard);
	if (status != PT_OK)
		return status;
	line.tensor = tensor;
	if (!pt_array_reserve((void **)&x->lines, &x->lines_capacity, x->n_lines + 1, sizeof *x->lines))
		return fail_memory(r);
	x->lines[x->n_lines++] = line;
	return PT_OK;
}

static pt_status parse_map(index_reader *r, pt_json_reader *reader)
{
	pt_json_token token;
	pt_status status = pt_json_expect(reader, PT_JSON_OBJECT_BEGIN, "an object", &token, r->err);
	while (status == PT_OK) {
		status = pt_json_next(reader, &token, r->err);
		if (status != PT_OK || token.type == PT_JSON_OBJECT_END)
			break;
		status = add_line(r, reader, &token);
	}
	return status;
}

static pt_status parse_index(index_reader *r, const char *text, size_t length)
{
	pt_json_reader reader;
	pt_json_token token;
	bool has_map = false;
	pt_json_init(&reader, text, length, PT_JSON_PYTHON, r->path, 0);
	pt_status status = pt_json_expect(&reader, PT_JSON_OBJECT_BEGIN, "an object", &token, r->err);
	while (status == PT_OK) {
		status = pt_json_next(&reader, &token, r->err);
		if (status != PT_OK || token.type == PT_JSON_OBJECT_END)
			break;
		bool is_map = pt_json_is(&token, "weight_map");
		has_map |= is_map;
		status = is_map ? parse_map(r, &reader) : pt_json_skip(&reader, &token, r->err);
	}
	if (status == PT_OK)
		status = pt_json_next(&reader, &token, r->err); /* nothing may follow */
	if (status == PT_OK && !has_map)
		status = fail_index(r, -1, "no weight_map in the index");
	return status;
}

pt_status shard_index_read(shard_index *index, pt_arena *arena, const char *path, pt_error *err)
{
	index_reader r = {.index = index, .path = path, .err = err};
	char *text;
	size_t length;
	*index = (shard_index){.arena = arena};
	pt_status status = pt_regular_file_read(path, SHARD_INDEX_BYTES, &text, &length, NULL, err);
	if (status != PT_OK)
		return status;
	if (length == 0)
		status = pt_fail(err, PT_ERR_EMPTY, path, 0, "0 bytes");
	else
		status = parse_index(&r, text, length);
	pt_free(text);
	return status;
}

void shard_index_fini(shard_index *index)
{
	pt_free(index->shards);
	pt_free(index->lines);
	*index = (shard_index){0};
}
