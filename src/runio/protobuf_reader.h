/*
 * A bounds-checked cursor over one protobuf message: field after field, unknown ones to be passed over by the
 * caller. No allocation, no recursion. Private to runio.
 *
 *     protobuf_reader message = protobuf_over(bytes, n);
 *     protobuf_field field;
 *     while (protobuf_next(&message, &field))
 *             if (protobuf_is(&field, 2, PROTOBUF_BYTES)) … protobuf_over(field.bytes, field.n) …
 *     if (message.is_bad) …
 *
 * @source protobuf.dev, "Encoding"
 */
#ifndef PHASETOP_RUNIO_PROTOBUF_READER_H
#define PHASETOP_RUNIO_PROTOBUF_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Wire types; the groups of old (3 and 4) are in no message that is read here, and bad. */
typedef enum protobuf_wire {
	PROTOBUF_VARINT = 0,
	PROTOBUF_FIXED64 = 1,
	PROTOBUF_BYTES = 2, /* strings, messages, packed arrays */
	PROTOBUF_FIXED32 = 5,
} protobuf_wire;

typedef struct protobuf_reader {
	const unsigned char *at, *end;
	bool is_bad; /* not a message from here on */
} protobuf_reader;

typedef struct protobuf_field {
	uint32_t number;
	protobuf_wire wire;
	uint64_t bits;              /* of a varint or a fixed number */
	const unsigned char *bytes; /* PROTOBUF_BYTES; in the message */
	size_t n;
} protobuf_field;

static inline protobuf_reader protobuf_over(const void *bytes, size_t n)
{
	return (protobuf_reader){.at = bytes, .end = (const unsigned char *)bytes + n};
}

/* The next field; false at the end, and where the message is bad. @cost O(1) */
bool protobuf_next(protobuf_reader *reader, protobuf_field *field);

/* A number by itself, as packed arrays hold them: a varint, or n bytes, the lowest first. False at the end,
   and where it is bad. */
bool protobuf_varint(protobuf_reader *reader, uint64_t *value);
bool protobuf_fixed(protobuf_reader *reader, size_t n, uint64_t *value);

static inline bool protobuf_is(const protobuf_field *field, uint32_t number, protobuf_wire wire)
{
	return field->number == number && field->wire == wire;
}

static inline bool protobuf_text_is(const protobuf_field *field, const char *text)
{
	return field->n == strlen(text) && memcmp(field->bytes, text, field->n) == 0;
}

static inline double protobuf_double(uint64_t bits)
{
	double value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

static inline double protobuf_float(uint64_t bits)
{
	uint32_t narrow = (uint32_t)bits;
	float value;
	memcpy(&value, &narrow, sizeof value);
	return (double)value;
}

#endif
