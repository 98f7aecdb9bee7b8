#include "phasetop/runio/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/regular_file.h"

static void *allocate(size_t n)
{
	return pt_array_alloc(n, 1);
}

/* The containers that are open while a document is read. */
typedef struct builder {
	cJSON *root;
	cJSON *open[PT_JSON_MAX_DEPTH];
	size_t depth;
	size_t n_values;
	char *key; /* of the value to come; NULL in arrays */
	const char *path;
} builder;

/* Decoded copy of a key or string. A NUL inside has no place in a C string. */
static pt_status copy_string(const pt_json_token *token, const char *path, char **out, pt_error *err)
{
	char *text = pt_array_alloc(token->length + 1, 1);
	if (!text)
		return pt_fail(err, PT_ERR_MEMORY, path, token->offset, "out of memory");
	size_t length;
	pt_status status = pt_json_decode(token, text, token->length + 1, &length);
	if (status == PT_OK && strlen(text) != length)
		status = PT_ERR_INVALID;
	if (status != PT_OK) {
		pt_free(text);
		return pt_fail(err, status, path, token->offset, "a string with a NUL character in it");
	}
	*out = text;
	return PT_OK;
}

/* A node for a value's token; NULL when out of memory. Strings come without their text. */
static cJSON *create_node(const pt_json_token *token)
{
	switch (token->type) {
	case PT_JSON_OBJECT_BEGIN:
		return cJSON_CreateObject();
	case PT_JSON_ARRAY_BEGIN:
		return cJSON_CreateArray();
	case PT_JSON_NUMBER: {
		/* set by hand: cJSON would cast NaN to int */
		cJSON *node = cJSON_CreateNumber(0.0);
		if (node)
			node->valuedouble = token->number;
		return node;
	}
	case PT_JSON_TRUE:
		return cJSON_CreateTrue();
	case PT_JSON_FALSE:
		return cJSON_CreateFalse();
	case PT_JSON_STRING:
		return cJSON_CreateString("");
	default:
		return cJSON_CreateNull();
	}
}

/* Hang the node into the tree. The key's ownership moves into it. */
static void attach(builder *b, cJSON *node)
{
	node->string = b->key;
	b->key = NULL;
	if (b->depth == 0) {
		b->root = node;
		return;
	}
	/* cJSON keeps the last child in the first one's prev: appending is O(1) */
	cJSON *parent = b->open[b->depth - 1];
	if (!parent->child) {
		parent->child = node;
		node->prev = node;
	} else {
		cJSON *last = parent->child->prev;
		last->next = node;
		node->prev = last;
		parent->child->prev = node;
	}
}

static pt_status add_value(builder *b, const pt_json_token *token, pt_error *err)
{
	if (++b->n_values > PT_JSON_DOCUMENT_VALUES)
		return pt_fail(
			err, PT_ERR_LIMIT, b->path, token->offset, "more than %d values", (int)PT_JSON_DOCUMENT_VALUES);
	char *text = NULL;
	if (token->type == PT_JSON_STRING) {
		pt_status status = copy_string(token, b->path, &text, err);
		if (status != PT_OK)
			return status;
	}
	cJSON *node = create_node(token);
	if (!node) {
		pt_free(text);
		return pt_fail(err, PT_ERR_MEMORY, b->path, token->offset, "out of memory");
	}
	if (text) {
		pt_free(node->valuestring);
		node->valuestring = text;
	}
	attach(b, node);
	if (token->type == PT_JSON_OBJECT_BEGIN || token->type == PT_JSON_ARRAY_BEGIN)
		b->open[b->depth++] = node;
	return PT_OK;
}

static pt_status build(builder *b, const char *text, size_t length, pt_error *err)
{
	pt_json_reader reader;
	pt_json_token token;
	pt_json_init(&reader, text, length, PT_JSON_PYTHON, b->path, 0);
	for (;;) {
		pt_status status = pt_json_next(&reader, &token, err);
		if (status != PT_OK || token.type == PT_JSON_END)
			return status;
		if (token.type == PT_JSON_KEY)
			status = copy_string(&token, b->path, &b->key, err);
		else if (token.type == PT_JSON_OBJECT_END || token.type == PT_JSON_ARRAY_END)
			b->depth--;
		else
			status = add_value(b, &token, err);
		if (status != PT_OK)
			return status;
	}
}

pt_status pt_json_parse(const char *text, size_t length, const char *path, pt_json_value **out, pt_error *err)
{
	if (length > PT_JSON_DOCUMENT_BYTES)
		return pt_fail(
			err, PT_ERR_LIMIT, path, -1, "JSON of more than %d bytes", (int)PT_JSON_DOCUMENT_BYTES);
	/* the same hooks each time: the tree's memory is counted and can be made to fail like all other */
	cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = allocate, .free_fn = pt_free});
	builder b = {.path = path};
	pt_status status = build(&b, text, length, err);
	if (status != PT_OK) {
		pt_free(b.key);
		cJSON_Delete(b.root);
		return status;
	}
	*out = b.root;
	return PT_OK;
}

pt_status pt_json_read(const char *path, pt_json_value **out, pt_error *err)
{
	char *text;
	size_t length;
	pt_status status = pt_regular_file_read(path, PT_JSON_DOCUMENT_BYTES, &text, &length, NULL, err);
	if (status != PT_OK)
		return status;
	if (length == 0)
		status = pt_fail(err, PT_ERR_EMPTY, path, 0, "0 bytes");
	else
		status = pt_json_parse(text, length, path, out, err);
	pt_free(text);
	return status;
}

void pt_json_destroy(pt_json_value *value)
{
	cJSON_Delete(value);
}

pt_json_type pt_json_type_of(const pt_json_value *value)
{
	switch (value ? value->type & 0xFF : cJSON_Invalid) {
	case cJSON_Object:
		return PT_JSON_OBJECT_BEGIN;
	case cJSON_Array:
		return PT_JSON_ARRAY_BEGIN;
	case cJSON_String:
		return PT_JSON_STRING;
	case cJSON_Number:
		return PT_JSON_NUMBER;
	case cJSON_True:
		return PT_JSON_TRUE;
	case cJSON_False:
		return PT_JSON_FALSE;
	case cJSON_NULL:
		return PT_JSON_NULL;
	default:
		return PT_JSON_END;
	}
}

const pt_json_value *pt_json_member(const pt_json_value *object, const char *key)
{
	const cJSON *found = NULL;
	if (pt_json_type_of(object) != PT_JSON_OBJECT_BEGIN)
		return NULL;
	for (const cJSON *member = object->child; member; member = member->next) {
		if (strcmp(member->string, key) == 0)
			found = member;
	}
	return found;
}

const pt_json_value *pt_json_first(const pt_json_value *container)
{
	return container ? container->child : NULL;
}

const pt_json_value *pt_json_following(const pt_json_value *child)
{
	return child ? child->next : NULL;
}

const char *pt_json_key(const pt_json_value *member)
{
	return member && member->string ? member->string : "";
}

const char *pt_json_string(const pt_json_value *value)
{
	return pt_json_type_of(value) == PT_JSON_STRING ? value->valuestring : NULL;
}

bool pt_json_number(const pt_json_value *value, double *number)
{
	if (pt_json_type_of(value) != PT_JSON_NUMBER)
		return false;
	*number = value->valuedouble;
	return true;
}
