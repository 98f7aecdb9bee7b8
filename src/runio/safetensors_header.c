#include "safetensors_header.h"

#include <stdlib.h>
#include <string.h>

#include "phasetop/base/text.h"
#include "phasetop/runio/json_reader.h"

enum { SHOWN_NAME_BYTES = 96 };

/* What the parts of the parser share. */
typedef struct context {
	pt_json_reader reader;
	pt_safetensors_list *list;
	const char *path;
	bool has_metadata;
	pt_error *err;
} context;

static pt_status fail_form(const context *c, int64_t offset, const char *what)
{
	return pt_fail(c->err, PT_ERR_JSON, c->path, offset, "safetensors header: %s", what);
}

static pt_status fail_memory(const context *c)
{
	return pt_fail(c->err, PT_ERR_MEMORY, c->path, -1, "out of memory for the safetensors header");
}

static pt_status fail_tensor(const context *c, pt_status code, const pt_tensor_info *tensor, const char *what)
{
	char name[SHOWN_NAME_BYTES];
	pt_text_sanitize(name, sizeof name, tensor->name, tensor->name_length);
	return pt_fail(c->err, code, c->path, tensor->offset, "tensor %s: %s", name, what);
}

static pt_status copy_text(context *c, const pt_json_token *token, const char **out, size_t *length)
{
	char *text = pt_arena_alloc(c->list->arena, token->length + 1, 1);
	if (!text)
		return fail_memory(c);
	pt_status status = pt_json_decode(token, text, token->length + 1, length);
	if (status != PT_OK)
		return fail_form(c, token->offset, "a string that does not decode");
	*out = text;
	return PT_OK;
}

/* --- one tensor --- */

enum field { FIELD_DTYPE = 1, FIELD_SHAPE = 2, FIELD_OFFSETS = 4, FIELDS = 7 };

static pt_status parse_dtype(context *c, pt_tensor_info *tensor)
{
	pt_json_token token;
	char name[16];
	size_t length;
	pt_status status = pt_json_expect(&c->reader, PT_JSON_STRING, "a dtype", &token, c->err);
	if (status != PT_OK)
		return status;
	if (pt_json_decode(&token, name, sizeof name, &length) != PT_OK ||
		!pt_dtype_find(name, length, &tensor->dtype))
		return fail_form(c, token.offset, "no such dtype");
	return PT_OK;
}

/* Values of an array of unsigned integers: the first `kept` go to `out`, *n counts all of them. */
static pt_status parse_unsigned_array(
	context *c, uint64_t *out, size_t kept, size_t *n, uint64_t *product, bool *overflows)
{
	pt_json_token token;
	pt_status status = pt_json_expect(&c->reader, PT_JSON_ARRAY_BEGIN, "an array", &token, c->err);
	if (status != PT_OK)
		return status;
	*n = 0;
	*product = 1;
	*overflows = false;
	for (;;) {
		uint64_t value;
		status = pt_json_next(&c->reader, &token, c->err);
		if (status != PT_OK)
			return status;
		if (token.type == PT_JSON_ARRAY_END)
			return PT_OK;
		if (!pt_json_unsigned(&token, &value))
			return fail_form(c, token.offset, "an unsigned integer of at most 64 bits belongs here");
		if (*n < kept)
			out[*n] = value;
		++*n;
		*overflows = __builtin_mul_overflow(*product, value, product) || *overflows;
	}
}

static pt_status parse_shape(context *c, pt_tensor_info *tensor)
{
	bool overflows;
	pt_status status = parse_unsigned_array(
		c, tensor->shape, PT_TENSOR_DIMS, &tensor->n_dims, &tensor->n_values, &overflows);
	if (status == PT_OK && overflows)
		return fail_tensor(c, PT_ERR_FORMAT, tensor, "its shape overflows 64 bits");
	return status;
}

static pt_status parse_offsets(context *c, pt_tensor_info *tensor)
{
	uint64_t offsets[2] = {0, 0}, product;
	size_t n;
	bool overflows;
	int64_t at = c->reader.base_offset + (int64_t)c->reader.at;
	pt_status status = parse_unsigned_array(c, offsets, 2, &n, &product, &overflows);
	if (status != PT_OK)
		return status;
	if (n != 2)
		return fail_form(c, at, "data_offsets holds other than two numbers");
	tensor->begin = offsets[0];
	tensor->end = offsets[1];
	return PT_OK;
}

static pt_status parse_fields(context *c, pt_tensor_info *tensor)
{
	unsigned seen = 0;
	for (;;) {
		pt_json_token key;
		pt_status status = pt_json_next(&c->reader, &key, c->err);
		if (status != PT_OK)
			return status;
		if (key.type == PT_JSON_OBJECT_END)
			return seen == FIELDS ? PT_OK
								  : fail_form(c, key.offset, "dtype, shape or data_offsets is missing");
		unsigned field = pt_json_is(&key, "dtype")          ? FIELD_DTYPE
						 : pt_json_is(&key, "shape")        ? FIELD_SHAPE
						 : pt_json_is(&key, "data_offsets") ? FIELD_OFFSETS
															: 0;
		if (seen & field)
			return fail_form(c, key.offset, "a field of a tensor is there twice");
		seen |= field;
		switch (field) {
		case FIELD_DTYPE:
			status = parse_dtype(c, tensor);
			break;
		case FIELD_SHAPE:
			status = parse_shape(c, tensor);
			break;
		case FIELD_OFFSETS:
			status = parse_offsets(c, tensor);
			break;
		default: /* unknown fields pass, as they do in the crate */
			status = pt_json_skip(&c->reader, &key, c->err);
		}
		if (status != PT_OK)
			return status;
	}
}

/* The crate also takes a tensor as an array of its three fields. */
static pt_status parse_tuple(context *c, pt_tensor_info *tensor)
{
	pt_json_token token;
	pt_status status = parse_dtype(c, tensor);
	if (status == PT_OK)
		status = parse_shape(c, tensor);
	if (status == PT_OK)
		status = parse_offsets(c, tensor);
	if (status == PT_OK)
		status = pt_json_expect(&c->reader, PT_JSON_ARRAY_END, "the end of the tensor", &token, c->err);
	return status;
}

static pt_status parse_tensor(context *c, const pt_json_token *key)
{
	pt_safetensors_list *list = c->list;
	pt_tensor_info tensor = {.offset = key->offset}; /* of the header entry, until the data's is known */
	pt_json_token token;
	if (list->n >= PT_SAFETENSORS_TENSORS)
		return pt_fail(
			c->err, PT_ERR_LIMIT, c->path, key->offset, "more than %d tensors", (int)PT_SAFETENSORS_TENSORS);
	pt_status status = copy_text(c, key, &tensor.name, &tensor.name_length);
	if (status == PT_OK)
		status = pt_json_next(&c->reader, &token, c->err);
	if (status != PT_OK)
		return status;
	if (token.type == PT_JSON_OBJECT_BEGIN)
		status = parse_fields(c, &tensor);
	else if (token.type == PT_JSON_ARRAY_BEGIN)
		status = parse_tuple(c, &tensor);
	else
		status = fail_form(c, token.offset, "a tensor that is no object");
	if (status != PT_OK)
		return status;
	if (!pt_array_reserve((void **)&list->tensors, &list->capacity, list->n + 1, sizeof *list->tensors))
		return fail_memory(c);
	list->tensors[list->n++] = tensor;
	return PT_OK;
}

/* --- metadata --- */

static pt_status parse_metadata_entry(context *c, const pt_json_token *key)
{
	pt_safetensors_list *list = c->list;
	pt_metadata_entry entry;
	pt_json_token value;
	size_t length;
	pt_status status = copy_text(c, key, &entry.key, &length);
	if (status == PT_OK)
		status = pt_json_expect(&c->reader, PT_JSON_STRING, "a string", &value, c->err);
	if (status == PT_OK)
		status = copy_text(c, &value, &entry.value, &length);
	if (status != PT_OK)
		return status;
	if (!pt_array_reserve(
			(void **)&list->metadata, &list->metadata_capacity, list->n_metadata + 1, sizeof *list->metadata))
		return fail_memory(c);
	list->metadata[list->n_metadata++] = entry;
	return PT_OK;
}

static pt_status parse_metadata(context *c, const pt_json_token *key)
{
	pt_json_token token;
	if (c->has_metadata)
		return fail_form(c, key->offset, "__metadata__ is there twice");
	c->has_metadata = true;
	pt_status status = pt_json_next(&c->reader, &token, c->err);
	if (status != PT_OK || token.type == PT_JSON_NULL)
		return status;
	if (token.type != PT_JSON_OBJECT_BEGIN)
		return fail_form(c, token.offset, "__metadata__ is no object");
	for (;;) {
		status = pt_json_next(&c->reader, &token, c->err);
		if (status != PT_OK || token.type == PT_JSON_OBJECT_END)
			return status;
		status = parse_metadata_entry(c, &token);
		if (status != PT_OK)
			return status;
	}
}

/* --- the whole --- */

static int compare_names(const pt_tensor_info *a, const pt_tensor_info *b)
{
	size_t n = a->name_length < b->name_length ? a->name_length : b->name_length;
	int order = memcmp(a->name, b->name, n);
	return order ? order : (a->name_length > b->name_length) - (a->name_length < b->name_length);
}

static int by_name(const void *a, const void *b, void *tensors)
{
	const pt_tensor_info *list = tensors;
	return compare_names(&list[*(const size_t *)a], &list[*(const size_t *)b]);
}

static int by_offset(const void *a, const void *b)
{
	const pt_tensor_info *x = a, *y = b;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

/* Sorts, and refuses a name that occurs twice. */
static pt_status index_names(context *c)
{
	pt_safetensors_list *list = c->list;
	list->by_name = pt_array_alloc(list->n, sizeof *list->by_name);
	if (!list->by_name)
		return fail_memory(c);
	for (size_t i = 0; i < list->n; i++)
		list->by_name[i] = i;
	if (list->n > 1)
		qsort_r(list->by_name, list->n, sizeof *list->by_name, by_name, list->tensors);
	for (size_t i = 1; i < list->n; i++) {
		const pt_tensor_info *a = &list->tensors[list->by_name[i - 1]];
		const pt_tensor_info *b = &list->tensors[list->by_name[i]];
		if (compare_names(a, b) == 0)
			return fail_tensor(c, PT_ERR_AMBIGUOUS, a->offset > b->offset ? a : b, "the name occurs twice");
	}
	return PT_OK;
}

/* Data begins at 0 and follows without holes; each tensor's size is what shape and dtype make it. */
static pt_status check_offsets(context *c)
{
	pt_safetensors_list *list = c->list;
	uint64_t at = 0;
	for (size_t i = 0; i < list->n; i++) {
		const pt_tensor_info *tensor = &list->tensors[i];
		uint64_t bits;
		if (tensor->begin != at || tensor->end < tensor->begin)
			return fail_tensor(c, PT_ERR_FORMAT, tensor, "its data does not follow the one before it");
		if (__builtin_mul_overflow(tensor->n_values, (uint64_t)pt_dtype_bits(tensor->dtype), &bits))
			return fail_tensor(c, PT_ERR_FORMAT, tensor, "its size overflows 64 bits");
		if (bits % 8 != 0)
			return fail_tensor(c, PT_ERR_FORMAT, tensor, "it does not end at a whole byte");
		if (tensor->end - tensor->begin != bits / 8)
			return fail_tensor(c, PT_ERR_FORMAT, tensor, "shape and dtype do not give its size");
		at = tensor->end;
	}
	list->data_bytes = at;
	return PT_OK;
}

static pt_status parse_entries(context *c)
{
	pt_json_token token;
	pt_status status =
		pt_json_expect(&c->reader, PT_JSON_OBJECT_BEGIN, "the object of tensors", &token, c->err);
	while (status == PT_OK) {
		status = pt_json_next(&c->reader, &token, c->err);
		if (status != PT_OK || token.type == PT_JSON_OBJECT_END)
			return status;
		status = pt_json_is(&token, "__metadata__") ? parse_metadata(c, &token) : parse_tensor(c, &token);
	}
	return status;
}

pt_status pt_safetensors_parse_header(const char *text, size_t length, const char *path,
	pt_safetensors_list *list, bool *is_complete, pt_error *err)
{
	context c = {.list = list, .path = path, .err = err};
	pt_json_token token;
	pt_json_init(&c.reader, text, length, PT_JSON_STRICT, path, PT_SAFETENSORS_PREFIX_BYTES);
	*is_complete = false;
	pt_status status = parse_entries(&c);
	if (status != PT_OK)
		return status;
	*is_complete = true;
	status = pt_json_next(&c.reader, &token, err);
	if (status != PT_OK)
		return status;
	if (list->n > 1)
		qsort(list->tensors, list->n, sizeof *list->tensors, by_offset);
	status = index_names(&c);
	if (status == PT_OK)
		status = check_offsets(&c);
	return status;
}

void pt_safetensors_list_fini(pt_safetensors_list *list)
{
	pt_free(list->tensors);
	pt_free(list->by_name);
	pt_free(list->metadata);
	*list = (pt_safetensors_list){.n = 0};
}
