/* Items of W&B's history: a name, and a value as JSON or typed. Private to runio. */
#ifndef PHASETOP_RUNIO_WANDB_HISTORY_H
#define PHASETOP_RUNIO_WANDB_HISTORY_H

#include "phasetop/runio/json_reader.h"

#include "log_row_reader.h"
#include "protobuf_reader.h"

typedef struct wandb_item {
	char name[LOG_MAX_NAME_BYTES + 1]; /* nested keys joined by dots */
	size_t n_name;
	bool is_named;    /* false: no name that can be shown */
	size_t n_parent;  /* bytes of the name before its last dot; 0: not nested */
	const char *json; /* the value as JSON; NULL: `number` is it */
	size_t n_json;
	double number; /* NaN: no number, or null */
	bool has_number;
} wandb_item;

/* An item of history or of config; false: it does not parse. */
bool wandb_item_read(const protobuf_field *field, wandb_item *item);

/* The value, where it is one number: a PT_JSON_NUMBER; false for all else. */
bool wandb_item_number(const wandb_item *item, pt_json_token *number);

/* Receives the numbers of a value: name is NUL-terminated. */
typedef pt_status (*wandb_number_fn)(void *context, const char *name, size_t n, double value, pt_error *err);

/**
 * Hand on the numbers of an item: its value, or those in the objects that it holds, their keys joined by
 * dots. null and the words "NaN", "Infinity", "-Infinity" are numbers that are not finite. Objects with a
 * `_type` are W&B's media and have none.
 * @retval PT_ERR_JSON, PT_ERR_LIMIT  not JSON
 * @retval what `give` returned
 */
PT_CHECKED pt_status wandb_item_numbers(wandb_item *item, wandb_number_fn give, void *context, pt_error *err);

#endif
