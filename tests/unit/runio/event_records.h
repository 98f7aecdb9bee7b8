/* Event files made byte by byte, with checksums by definition: TensorBoard's records and W&B's. */
#ifndef TESTS_RUNIO_EVENT_RECORDS_H
#define TESTS_RUNIO_EVENT_RECORDS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- bytes ---- */

enum { MADE_BYTES = 512 * 1024 };

typedef struct made {
	unsigned char *bytes;
	size_t n;
} made;

static inline made made_new(void)
{
	made out = {.bytes = malloc(MADE_BYTES)};
	assert_non_null(out.bytes);
	return out;
}

static inline void add_bytes(made *to, const void *bytes, size_t n)
{
	assert_true(to->n + n <= MADE_BYTES);
	if (n > 0)
		memcpy(to->bytes + to->n, bytes, n);
	to->n += n;
}

static inline void add_fixed(made *to, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)(value >> (8 * i));
		add_bytes(to, &byte, 1);
	}
}

static inline void add_varint(made *to, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		add_fixed(to, value | 0x80, 1);
	add_fixed(to, value, 1);
}

/* Fields of protobuf. */
static inline void add_number(made *to, unsigned field, uint64_t value)
{
	add_varint(to, field << 3);
	add_varint(to, value);
}

static inline void add_double(made *to, unsigned field, double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	add_varint(to, field << 3 | 1);
	add_fixed(to, bits, 8);
}

static inline void add_float(made *to, unsigned field, float value)
{
	uint32_t bits;
	memcpy(&bits, &value, sizeof bits);
	add_varint(to, field << 3 | 5);
	add_fixed(to, bits, 4);
}

static inline void add_field(made *to, unsigned field, const void *bytes, size_t n)
{
	add_varint(to, field << 3 | 2);
	add_varint(to, n);
	add_bytes(to, bytes, n);
}

static inline void add_text(made *to, unsigned field, const char *text)
{
	add_field(to, field, text, strlen(text));
}

/* A message in a message, whose bytes are let go. */
static inline void add_message(made *to, unsigned field, made *message)
{
	add_field(to, field, message->bytes, message->n);
	free(message->bytes);
}

/* Bit by bit, as the polynomial divides: the definition. */
static inline uint32_t crc_by_definition(uint32_t polynomial, const void *bytes, size_t n)
{
	uint32_t crc = 0xFFFFFFFFu;
	for (size_t i = 0; i < n; i++)
		for (int bit = 0; bit < 8; bit++) {
			uint32_t in = ((const unsigned char *)bytes)[i] >> bit & 1;
			crc = (crc & 1) ^ in ? crc >> 1 ^ polynomial : crc >> 1;
		}
	return ~crc;
}

/* ---- TensorBoard ---- */

static inline uint32_t masked_crc(const void *bytes, size_t n)
{
	uint32_t crc = crc_by_definition(0x82F63B78u, bytes, n);
	return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
}

static inline void add_tf_header(made *to, uint64_t length)
{
	size_t at = to->n;
	add_fixed(to, length, 8);
	add_fixed(to, masked_crc(to->bytes + at, 8), 4);
}

static inline void add_tf_record(made *to, const void *data, size_t n)
{
	add_tf_header(to, n);
	add_bytes(to, data, n);
	add_fixed(to, masked_crc(data, n), 4);
}

/* An event whose bytes are let go. */
static inline void add_tf_event(made *to, made *event)
{
	add_tf_record(to, event->bytes, event->n);
	free(event->bytes);
}

static inline void add_tf_version(made *to)
{
	made event = made_new();
	add_double(&event, 1, 1700000000.0);
	add_text(&event, 3, "brain.Event:2");
	add_tf_event(to, &event);
}

/* One scalar in the old form. */
static inline void add_tf_scalar(made *to, int64_t step, const char *tag, float value)
{
	made event = made_new(), summary = made_new(), one = made_new();
	add_text(&one, 1, tag);
	add_float(&one, 2, value);
	add_message(&summary, 1, &one);
	add_double(&event, 1, 1700000000.0 + (double)step);
	if (step != 0)
		add_number(&event, 2, (uint64_t)step);
	add_message(&event, 5, &summary);
	add_tf_event(to, &event);
}

/* A tensor, whose bytes are let go. */
static inline void add_tf_tensor(made *to, int64_t step, const char *tag, made *tensor)
{
	made event = made_new(), summary = made_new(), one = made_new();
	add_text(&one, 1, tag);
	add_message(&one, 8, tensor);
	add_message(&summary, 1, &one);
	add_number(&event, 2, (uint64_t)step);
	add_message(&event, 5, &summary);
	add_tf_event(to, &event);
}

/* The arguments of a Trainer, as its integration writes them. */
static inline void add_tf_arguments(made *to, const char *json)
{
	made tensor = made_new();
	add_number(&tensor, 1, 7);
	add_text(&tensor, 8, json);
	add_tf_tensor(to, 0, "args/text_summary", &tensor);
}

static inline void add_tf_session(made *to, int64_t step, unsigned status)
{
	made event = made_new(), session = made_new();
	add_double(&event, 1, 1700000000.0);
	add_number(&event, 2, (uint64_t)step);
	add_number(&session, 1, status);
	add_message(&event, 7, &session);
	add_tf_event(to, &event);
}

/* ---- W&B ---- */

static inline void add_wandb_header(made *to)
{
	add_bytes(to, ":W&B\xE1\xBE\0", 7);
}

static inline void add_wandb_chunk(made *to, unsigned char type, const void *data, size_t n)
{
	unsigned char *typed = malloc(n + 1);
	assert_non_null(typed);
	typed[0] = type;
	if (n > 0)
		memcpy(typed + 1, data, n);
	add_fixed(to, crc_by_definition(0xEDB88320u, typed, n + 1), 4);
	add_fixed(to, n, 2);
	add_bytes(to, typed, n + 1);
	free(typed);
}

/* A record, in as many chunks as it takes. */
static inline void add_wandb_record(made *to, const void *data, size_t n)
{
	bool is_first = true;
	for (const unsigned char *at = data;; is_first = false) {
		size_t left = 32768 - to->n % 32768;
		if (left < 7) {
			add_fixed(to, 0, left);
			left = 32768;
		}
		size_t part = n < left - 7 ? n : left - 7;
		bool is_last = part == n;
		add_wandb_chunk(to, is_first && is_last ? 1 : is_first ? 2 : is_last ? 4 : 3, at, part);
		at += part;
		n -= part;
		if (is_last)
			break;
	}
}

/* A record that is one message, whose bytes are let go. */
static inline void add_wandb_message(made *to, unsigned field, made *message)
{
	made record = made_new();
	add_message(&record, field, message);
	add_wandb_record(to, record.bytes, record.n);
	free(record.bytes);
}

/* Items of history: "name=json", a nested name's parts divided by '|'. */
static inline void add_wandb_item(made *history, const char *item)
{
	made message = made_new();
	const char *value = strchr(item, '=') + 1, *at = item;
	while (at < value) {
		size_t n = strcspn(at, "|=");
		add_field(&message, 2, at, n);
		at += n + 1;
	}
	add_text(&message, 16, value);
	add_message(history, 1, &message);
}

/* A row of items divided by spaces. */
static inline void add_wandb_row(made *to, const char *items)
{
	made history = made_new();
	char copy[4096], *rest = copy;
	assert_true(strlen(items) < sizeof copy);
	strcpy(copy, items);
	for (char *item; (item = strtok_r(rest, " ", &rest));)
		add_wandb_item(&history, item);
	add_wandb_message(to, 2, &history);
}

#endif
