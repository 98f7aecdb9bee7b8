#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint_store.h"
#include "phasetop/base/text.h"
#include "phasetop/runio/adapter_names.h"
#include "phasetop/runio/json_reader.h"
#include "phasetop/runio/regular_file.h"

enum { INDEX_BYTES = 64 * 1024 * 1024, MAX_SHARDS = 4096 };

/* One line of an index: tensor → shard. */
typedef struct mapping {
	const char *tensor;
	size_t shard;
} mapping;

typedef struct shard_index {
	pt_checkpoint_store *store;
	char path[PT_STORE_PATH_BYTES];
	const char **shards; /* plain file names */
	size_t n_shards, shards_capacity;
	mapping *mappings;
	size_t n, capacity;
	pt_error *err;
} shard_index;

/* --- one file --- */

/* A shape of more dimensions than are kept ends with what is left of the values. */
static void set_shape(const pt_tensor_info *tensor, pt_loaded_module *m)
{
	m->n_shape_a = tensor->n_dims < PT_MODULE_DIMS ? tensor->n_dims : PT_MODULE_DIMS;
	uint64_t left = tensor->n_values;
	for (size_t i = 0; i < m->n_shape_a; i++) {
		bool is_last = i + 1 == PT_MODULE_DIMS && tensor->n_dims > PT_MODULE_DIMS;
		m->shape_a[i] = (int64_t)(is_last ? left : tensor->shape[i]);
		left /= tensor->shape[i];
	}
}

static pt_status load_tensor(pt_checkpoint_store *store, const pt_safetensors *file, const char *path,
	const pt_tensor_info *tensor, pt_error *err)
{
	pt_loaded_module m = {.adapter = "",
		.kind = "full",
		.dtype = pt_dtype_name(tensor->dtype),
		.n_experts = 1,
		.scaling = (double)NAN,
		.a_rows = 1,
		.a_cols = (size_t)tensor->n_values,
		.is_f64 = tensor->dtype == PT_DTYPE_F64,
		.finite_b = true};
	pt_store_values values;
	m.name = pt_arena_text(store->arena, tensor->name);
	if (!m.name)
		return pt_store_fail_memory(store, err);
	set_shape(tensor, &m);
	pt_status status = pt_store_read(store, file, path, tensor, m.is_f64, &values, err);
	if (status != PT_OK)
		return status;
	m.a = values.values;
	m.finite_a = values.finite;
	status = pt_store_add(store, &m, err);
	if (status != PT_OK)
		pt_store_free_values(store, values.values);
	return status;
}

static pt_status load_tensors(
	pt_checkpoint_store *store, const pt_safetensors *file, const char *path, pt_error *err)
{
	pt_status status = pt_store_check_trailing(store, file, path, err);
	for (size_t i = 0; i < pt_safetensors_count(file) && status == PT_OK; i++) {
		const pt_tensor_info *tensor = pt_safetensors_tensor(file, i);
		if (pt_store_reads(tensor->dtype) && tensor->n_values > 0) {
			status = load_tensor(store, file, path, tensor, err);
			continue;
		}
		status = pt_store_skip(store, tensor->name, err);
		if (status == PT_OK && pt_dtype_how_read(tensor->dtype) == PT_READ_NOT) {
			char name[PT_STORE_NAME_BYTES];
			pt_store_shown_name(tensor, name);
			status = pt_store_problem(store, err, PT_ERR_UNSUPPORTED, path, tensor->offset,
				"tensor %s: dtype %s is not read", name, pt_dtype_name(tensor->dtype));
		}
	}
	if (status == PT_OK)
		status = pt_safetensors_check_unchanged(file, err);
	return status;
}

/* --- the index --- */

/* A name that stays in the directory. */
static bool is_plain_name(const char *name, size_t length)
{
	return length > 0 && strlen(name) == length && !strchr(name, '/') && strcmp(name, ".") != 0 &&
		   strcmp(name, "..") != 0;
}

static pt_status fail_index(const shard_index *x, int64_t offset, const char *what)
{
	return pt_fail(x->err, PT_ERR_INVALID, x->path, offset, "%s", what);
}

static pt_status decode(shard_index *x, const pt_json_token *token, char **out, size_t *length)
{
	*out = pt_arena_alloc(x->store->arena, token->length + 1, 1);
	if (!*out)
		return pt_store_fail_memory(x->store, x->err);
	return pt_json_decode(token, *out, token->length + 1, length);
}

static pt_status find_shard(shard_index *x, const char *name, size_t *shard)
{
	for (size_t i = x->n_shards; i > 0; i--) { /* the one of the line before is the most likely */
		if (strcmp(x->shards[i - 1], name) == 0) {
			*shard = i - 1;
			return PT_OK;
		}
	}
	if (x->n_shards >= MAX_SHARDS)
		return pt_fail(x->err, PT_ERR_LIMIT, x->path, -1, "more than %d shards", (int)MAX_SHARDS);
	if (!pt_array_reserve((void **)&x->shards, &x->shards_capacity, x->n_shards + 1, sizeof *x->shards))
		return pt_store_fail_memory(x->store, x->err);
	*shard = x->n_shards;
	x->shards[x->n_shards++] = name;
	return PT_OK;
}

static pt_status add_mapping(shard_index *x, pt_json_reader *reader, const pt_json_token *key)
{
	pt_json_token value;
	char *tensor, *shard;
	size_t length;
	mapping line;
	pt_status status = pt_json_expect(reader, PT_JSON_STRING, "a file name", &value, x->err);
	if (status == PT_OK)
		status = decode(x, key, &tensor, &length);
	if (status == PT_OK)
		status = decode(x, &value, &shard, &length);
	if (status != PT_OK)
		return status;
	if (!is_plain_name(shard, length))
		return fail_index(x, value.offset, "a shard that is no plain file name: it is not followed");
	status = find_shard(x, shard, &line.shard);
	if (status != PT_OK)
		return status;
	line.tensor = tensor;
	if (!pt_array_reserve((void **)&x->mappings, &x->capacity, x->n + 1, sizeof *x->mappings))
		return pt_store_fail_memory(x->store, x->err);
	x->mappings[x->n++] = line;
	return PT_OK;
}

static pt_status parse_index(shard_index *x, const char *text, size_t length)
{
	pt_json_reader reader;
	pt_json_token token;
	bool has_map = false;
	pt_json_init(&reader, text, length, PT_JSON_PYTHON, x->path, 0);
	pt_status status = pt_json_expect(&reader, PT_JSON_OBJECT_BEGIN, "an object", &token, x->err);
	while (status == PT_OK) {
		status = pt_json_next(&reader, &token, x->err);
		if (status != PT_OK || token.type == PT_JSON_OBJECT_END)
			break;
		if (!pt_json_is(&token, "weight_map")) {
			status = pt_json_skip(&reader, &token, x->err);
			continue;
		}
		has_map = true;
		status = pt_json_expect(&reader, PT_JSON_OBJECT_BEGIN, "an object", &token, x->err);
		while (status == PT_OK) {
			status = pt_json_next(&reader, &token, x->err);
			if (status != PT_OK || token.type == PT_JSON_OBJECT_END)
				break;
			status = add_mapping(x, &reader, &token);
		}
	}
	if (status == PT_OK)
		status = pt_json_next(&reader, &token, x->err); /* nothing may follow */
	if (status == PT_OK && !has_map)
		status = fail_index(x, -1, "no weight_map in the index");
	return status;
}

static pt_status read_index(shard_index *x)
{
	char *text;
	size_t length;
	pt_status status = pt_regular_file_read(x->path, INDEX_BYTES, &text, &length, NULL, x->err);
	if (status != PT_OK)
		return status;
	if (length == 0)
		status = pt_fail(x->err, PT_ERR_EMPTY, x->path, 0, "0 bytes");
	else
		status = parse_index(x, text, length);
	pt_free(text);
	return status;
}

/* Tensors that the index places in this shard and that are not there. */
static pt_status check_promises(shard_index *x, size_t shard, const pt_safetensors *file, const char *path)
{
	size_t n_missing = 0;
	const char *example = NULL;
	for (size_t i = 0; i < x->n; i++) {
		if (x->mappings[i].shard != shard || pt_safetensors_find(file, x->mappings[i].tensor))
			continue;
		if (n_missing++ == 0)
			example = x->mappings[i].tensor;
	}
	if (n_missing == 0)
		return PT_OK;
	char name[PT_STORE_NAME_BYTES];
	pt_text_sanitize(name, sizeof name, example, strlen(example));
	return pt_store_problem(x->store, x->err, PT_ERR_NOT_FOUND, path, -1,
		"%zu tensors of the index are not in this shard, e.g. %s", n_missing, name);
}

static pt_status load_shard(shard_index *x, size_t shard)
{
	char path[PT_STORE_PATH_BYTES];
	pt_safetensors *file;
	pt_status status = pt_store_path(x->store, x->shards[shard], path, x->err);
	if (status == PT_OK)
		status = pt_safetensors_open(path, &file, x->err);
	if (status != PT_OK)
		return status;
	status = check_promises(x, shard, file, path);
	if (status == PT_OK)
		status = load_tensors(x->store, file, path, x->err);
	pt_safetensors_close(file);
	return status;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const pt_loaded_module *)a)->name, ((const pt_loaded_module *)b)->name);
}

/* One name in two shards is never picked silently. */
static pt_status check_repeats(shard_index *x)
{
	pt_checkpoint_store *store = x->store;
	size_t n = store->checkpoint.n_modules;
	if (n > 1)
		qsort(store->modules, n, sizeof *store->modules, by_name);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(store->modules[i - 1].name, store->modules[i].name) != 0)
			continue;
		char name[PT_STORE_NAME_BYTES];
		pt_text_sanitize(name, sizeof name, store->modules[i].name, strlen(store->modules[i].name));
		return pt_fail(x->err, PT_ERR_AMBIGUOUS, x->path, -1, "tensor %s is in two shards", name);
	}
	return PT_OK;
}

static pt_status load_shards(pt_checkpoint_store *store, pt_error *err)
{
	shard_index x = {.store = store, .err = err};
	pt_status status = pt_store_path(store, "model.safetensors.index.json", x.path, err);
	if (status == PT_OK)
		status = read_index(&x);
	for (size_t i = 0; i < x.n_shards && status == PT_OK; i++)
		status = load_shard(&x, i);
	if (status == PT_OK)
		status = check_repeats(&x);
	pt_free(x.shards);
	pt_free(x.mappings);
	return status;
}

/* --- either --- */

static pt_status fail_absent(const pt_checkpoint_store *store, const char *path, pt_error *err)
{
	if (pt_store_has(store, "pytorch_model.bin") || pt_store_has(store, "pytorch_model.bin.index.json"))
		return pt_fail(err, PT_ERR_PICKLE, store->directory, -1,
			"pytorch_model.bin is a pickle, not opened: save again with "
			"model.save_pretrained(DIR, safe_serialization=True)");
	return pt_fail(err, PT_ERR_NOT_FOUND, path, -1, "no model.safetensors and no index of shards");
}

pt_status pt_store_load_full(pt_checkpoint_store *store, pt_error *err)
{
	char path[PT_STORE_PATH_BYTES];
	pt_safetensors *file;
	pt_status status = pt_store_path(store, "model.safetensors", path, err);
	if (status == PT_OK)
		status = pt_safetensors_open(path, &file, err);
	if (status == PT_ERR_NOT_FOUND) {
		status = load_shards(store, err);
		if (status == PT_ERR_NOT_FOUND && !pt_store_has(store, "model.safetensors.index.json"))
			return fail_absent(store, path, err);
		return status;
	}
	if (status != PT_OK)
		return status;
	status = load_tensors(store, file, path, err);
	pt_safetensors_close(file);
	return status;
}
