#include "protobuf_reader.h"

enum { MAX_VARINT_BYTES = 10 };

static bool bad(protobuf_reader *reader)
{
	reader->is_bad = true;
	reader->at = reader->end;
	return false;
}

bool protobuf_varint(protobuf_reader *reader, uint64_t *value)
{
	if (reader->at == reader->end)
		return false;
	uint64_t sum = 0;
	for (unsigned i = 0; i < MAX_VARINT_BYTES && reader->at + i < reader->end; i++) {
		unsigned char byte = reader->at[i];
		sum |= (uint64_t)(byte & 0x7F) << (7 * i); /* of the tenth byte one bit counts, as in the library */
		if (byte < 0x80) {
			reader->at += i + 1;
			*value = sum;
			return true;
		}
	}
	return bad(reader);
}

bool protobuf_fixed(protobuf_reader *reader, size_t n, uint64_t *value)
{
	if (reader->at == reader->end)
		return false;
	if ((size_t)(reader->end - reader->at) < n)
		return bad(reader);
	*value = 0;
	for (size_t i = 0; i < n; i++)
		*value |= (uint64_t)reader->at[i] << (8 * i);
	reader->at += n;
	return true;
}

static bool length_delimited(protobuf_reader *reader, protobuf_field *field)
{
	uint64_t n;
	if (!protobuf_varint(reader, &n) || n > (uint64_t)(reader->end - reader->at))
		return bad(reader);
	field->bytes = reader->at;
	field->n = (size_t)n;
	reader->at += n;
	return true;
}

bool protobuf_next(protobuf_reader *reader, protobuf_field *field)
{
	uint64_t key;
	if (!protobuf_varint(reader, &key))
		return false;
	if (key >> 3 == 0 || key >> 3 > UINT32_MAX >> 3)
		return bad(reader);
	*field = (protobuf_field){.number = (uint32_t)(key >> 3), .wire = (protobuf_wire)(key & 7)};
	switch (field->wire) {
	case PROTOBUF_VARINT:
		return protobuf_varint(reader, &field->bits) || bad(reader);
	case PROTOBUF_FIXED64:
		return protobuf_fixed(reader, 8, &field->bits) || bad(reader);
	case PROTOBUF_BYTES:
		return length_delimited(reader, field);
	case PROTOBUF_FIXED32:
		return protobuf_fixed(reader, 4, &field->bits) || bad(reader);
	}
	return bad(reader);
}
