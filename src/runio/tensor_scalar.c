#include "tensor_scalar.h"

#include "phasetop/runio/dtype.h"

#include "protobuf_reader.h"

/* Fields of TensorProto. */
enum { DTYPE = 1, SHAPE = 2, CONTENT = 4, STRING_VALUES = 8 };

/* Numbers lie in tensor_content as in memory, or in an array of their own: its field, and how one is written.
 */
static const struct {
	uint64_t number; /* of the DataType */
	pt_dtype dtype;
	uint32_t field;
	protobuf_wire wire;
} types[] = {
	{1, PT_DTYPE_F32, 5, PROTOBUF_FIXED32},
	{2, PT_DTYPE_F64, 6, PROTOBUF_FIXED64},
	{3, PT_DTYPE_I32, 7, PROTOBUF_VARINT},
	{4, PT_DTYPE_U8, 7, PROTOBUF_VARINT},
	{5, PT_DTYPE_I16, 7, PROTOBUF_VARINT},
	{6, PT_DTYPE_I8, 7, PROTOBUF_VARINT},
	{9, PT_DTYPE_I64, 10, PROTOBUF_VARINT},
	{14, PT_DTYPE_BF16, 13, PROTOBUF_VARINT},
	{17, PT_DTYPE_U16, 7, PROTOBUF_VARINT},
	{19, PT_DTYPE_F16, 13, PROTOBUF_VARINT},
	{22, PT_DTYPE_U32, 16, PROTOBUF_VARINT},
	{23, PT_DTYPE_U64, 17, PROTOBUF_VARINT},
};
enum { N_TYPES = sizeof types / sizeof types[0] };

/* Shapes of one element have sizes of 1 only. */
static bool is_one_element(const protobuf_field *shape)
{
	protobuf_reader dimensions = protobuf_over(shape->bytes, shape->n);
	protobuf_field dimension, field;
	while (protobuf_next(&dimensions, &dimension)) {
		if (dimension.number == 3)
			return false; /* of unknown rank */
		if (!protobuf_is(&dimension, 2, PROTOBUF_BYTES))
			continue;
		protobuf_reader reader = protobuf_over(dimension.bytes, dimension.n);
		uint64_t size = 0;
		while (protobuf_next(&reader, &field))
			if (protobuf_is(&field, 1, PROTOBUF_VARINT))
				size = field.bits;
		if (reader.is_bad || size != 1)
			return false;
	}
	return !dimensions.is_bad;
}

/* Row of the table, or N_TYPES for what is no scalar. */
static size_t type_of(const void *bytes, size_t n)
{
	protobuf_reader tensor = protobuf_over(bytes, n);
	protobuf_field field;
	uint64_t number = 0;
	bool is_one = true;
	while (protobuf_next(&tensor, &field)) {
		if (protobuf_is(&field, DTYPE, PROTOBUF_VARINT))
			number = field.bits;
		else if (protobuf_is(&field, SHAPE, PROTOBUF_BYTES))
			is_one = is_one && is_one_element(&field);
	}
	for (size_t i = 0; i < N_TYPES; i++)
		if (types[i].number == number && is_one && !tensor.is_bad)
			return i;
	return N_TYPES;
}

/* One number of a packed array: its bits, or false at the end. */
static bool next_packed(protobuf_reader *packed, protobuf_wire wire, uint64_t *bits)
{
	if (wire == PROTOBUF_VARINT)
		return protobuf_varint(packed, bits);
	return protobuf_fixed(packed, wire == PROTOBUF_FIXED32 ? 4 : 8, bits);
}

static double convert(pt_dtype dtype, uint64_t bits)
{
	unsigned char bytes[8];
	double value;
	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(bits >> (8 * i));
	pt_dtype_to_double(dtype, bytes, 1, &value);
	return value;
}

bool tensor_scalar(const void *bytes, size_t n, double *value)
{
	size_t type = type_of(bytes, n), n_values = 0;
	if (type == N_TYPES)
		return false;
	pt_dtype dtype = types[type].dtype;
	double found = 0.0;
	protobuf_reader tensor = protobuf_over(bytes, n);
	protobuf_field field;
	while (protobuf_next(&tensor, &field)) {
		uint64_t bits;
		if (protobuf_is(&field, CONTENT, PROTOBUF_BYTES) && field.n > 0) {
			if (field.n != pt_dtype_bits(dtype) / 8)
				return false;
			pt_dtype_to_double(dtype, field.bytes, 1, &found);
			n_values++;
		} else if (protobuf_is(&field, types[type].field, PROTOBUF_BYTES)) {
			protobuf_reader packed = protobuf_over(field.bytes, field.n);
			for (; next_packed(&packed, types[type].wire, &bits); n_values++)
				found = convert(dtype, bits);
		} else if (protobuf_is(&field, types[type].field, types[type].wire)) {
			found = convert(dtype, field.bits);
			n_values++;
		}
	}
	if (n_values > 1)
		return false;
	*value = found;
	return true;
}

bool tensor_text(const void *bytes, size_t n, const char **text, size_t *length)
{
	protobuf_reader tensor = protobuf_over(bytes, n);
	protobuf_field field;
	while (protobuf_next(&tensor, &field))
		if (protobuf_is(&field, STRING_VALUES, PROTOBUF_BYTES)) {
			*text = (const char *)field.bytes;
			*length = field.n;
			return true;
		}
	return false;
}
