#include "wandb_history.h"

#include <math.h>

/* Fields of HistoryItem; ConfigItem has the first two and the last. */
enum {
	ITEM_KEY = 1,
	ITEM_NESTED_KEY = 2,
	ITEM_NONE = 3,
	ITEM_INTEGER = 5,
	ITEM_NUMBER = 6,
	ITEM_JSON = 8,
	ITEM_VALUE_JSON = 16
};

enum { MAX_OBJECTS = 16 }; /* in one another; what lies deeper is passed over */

static void add_name(wandb_item *item, const protobuf_field *part)
{
	size_t dot = item->n_name > 0 ? 1 : 0;
	if (!item->is_named || part->n + dot > LOG_MAX_NAME_BYTES - item->n_name) {
		item->is_named = false;
		return;
	}
	item->n_parent = item->n_name;
	if (dot)
		item->name[item->n_name++] = '.';
	if (part->n > 0)
		memcpy(item->name + item->n_name, part->bytes, part->n);
	item->n_name += part->n;
	item->name[item->n_name] = '\0';
}

bool wandb_item_read(const protobuf_field *field, wandb_item *item)
{
	*item = (wandb_item){.is_named = true};
	protobuf_reader message = protobuf_over(field->bytes, field->n);
	protobuf_field part;
	while (protobuf_next(&message, &part)) {
		bool is_bytes = part.wire == PROTOBUF_BYTES;
		if ((part.number == ITEM_KEY && is_bytes && part.n > 0) ||
			(part.number == ITEM_NESTED_KEY && is_bytes)) {
			add_name(item, &part);
		} else if ((part.number == ITEM_JSON || part.number == ITEM_VALUE_JSON) && is_bytes && part.n > 0) {
			item->json = (const char *)part.bytes;
			item->n_json = part.n;
		} else if (protobuf_is(&part, ITEM_NONE, PROTOBUF_VARINT)) {
			item->has_number = true;
			item->number = (double)NAN;
		} else if (protobuf_is(&part, ITEM_INTEGER, PROTOBUF_VARINT)) { /* zigzag */
			item->has_number = true;
			item->number = (double)((int64_t)(part.bits >> 1) ^ -(int64_t)(part.bits & 1));
		} else if (protobuf_is(&part, ITEM_NUMBER, PROTOBUF_FIXED64)) {
			item->has_number = true;
			item->number = protobuf_double(part.bits);
		}
	}
	item->is_named = item->is_named && item->n_name > 0 && !memchr(item->name, '\0', item->n_name);
	return !message.is_bad;
}

bool wandb_item_number(const wandb_item *item, pt_json_token *number)
{
	pt_json_reader json;
	if (item->json) {
		pt_json_init(&json, item->json, item->n_json, PT_JSON_PYTHON, NULL, 0);
		return pt_json_next(&json, number, NULL) == PT_OK && number->type == PT_JSON_NUMBER;
	}
	bool is_whole = item->number == floor(item->number) && fabs(item->number) < 0x1p53;
	*number = (pt_json_token){.type = PT_JSON_NUMBER,
		.number = item->number,
		.is_integer = is_whole,
		.integer = is_whole ? (int64_t)item->number : 0};
	return item->has_number;
}

/* Does the object whose beginning was just read have a `_type`? The reader is a copy, so that it can be read
 * again. */
static bool is_media(pt_json_reader json)
{
	pt_json_token token;
	while (pt_json_next(&json, &token, NULL) == PT_OK && token.type == PT_JSON_KEY) {
		if (pt_json_is(&token, "_type"))
			return true;
		if (pt_json_next(&json, &token, NULL) != PT_OK || pt_json_skip(&json, &token, NULL) != PT_OK)
			break;
	}
	return false;
}

/* A value that counts as a number. */
static bool is_number(const pt_json_token *token, double *value)
{
	*value = token->type == PT_JSON_NUMBER ? token->number : (double)NAN;
	return token->type == PT_JSON_NUMBER || token->type == PT_JSON_NULL ||
		   (token->type == PT_JSON_STRING &&
			   (pt_json_is(token, "NaN") || pt_json_is(token, "Infinity") || pt_json_is(token, "-Infinity")));
}

/* The names of the objects around a value. */
typedef struct name_stack {
	char *name; /* LOG_MAX_NAME_BYTES + 1 bytes */
	size_t n, n_of[MAX_OBJECTS + 1], depth;
	bool is_named; /* the name fits */
} name_stack;

static void push_key(name_stack *stack, const pt_json_token *key)
{
	size_t at = stack->n_of[stack->depth], length = 0;
	stack->is_named = at < LOG_MAX_NAME_BYTES &&
					  pt_json_decode(key, stack->name + at + 1, LOG_MAX_NAME_BYTES - at, &length) == PT_OK;
	if (!stack->is_named)
		return;
	stack->name[at] = '.';
	stack->n = at + 1 + length;
}

/* Go on to the next value; false: there is none, or the text is bad (*status). */
static bool next_value(
	pt_json_reader *json, name_stack *stack, pt_json_token *token, pt_status *status, pt_error *err)
{
	while (stack->depth > 0) {
		*status = pt_json_next(json, token, err);
		if (*status != PT_OK)
			return false;
		if (token->type == PT_JSON_OBJECT_END) {
			stack->depth--;
			continue;
		}
		push_key(stack, token);
		*status = pt_json_next(json, token, err);
		return *status == PT_OK;
	}
	return false;
}

pt_status wandb_item_numbers(wandb_item *item, wandb_number_fn give, void *context, pt_error *err)
{
	if (!item->json)
		return item->has_number ? give(context, item->name, item->n_name, item->number, err) : PT_OK;
	pt_json_reader json;
	pt_json_token token;
	name_stack stack = {.name = item->name, .n = item->n_name, .is_named = true};
	pt_json_init(&json, item->json, item->n_json, PT_JSON_PYTHON, NULL, 0);
	pt_status status = pt_json_next(&json, &token, err);
	while (status == PT_OK) {
		double value;
		if (token.type == PT_JSON_OBJECT_BEGIN && stack.depth < MAX_OBJECTS && stack.is_named &&
			!is_media(json))
			stack.n_of[++stack.depth] = stack.n;
		else if (is_number(&token, &value) && stack.is_named)
			status = give(context, stack.name, stack.n, value, err);
		else
			status = pt_json_skip(&json, &token, err);
		if (status != PT_OK || !next_value(&json, &stack, &token, &status, err))
			break;
	}
	if (status == PT_OK)
		status = pt_json_next(&json, &token, err); /* nothing may follow */
	return status;
}
