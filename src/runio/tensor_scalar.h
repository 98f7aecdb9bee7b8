/* The one number of a TensorFlow TensorProto. Private to runio. */
#ifndef PHASETOP_RUNIO_TENSOR_SCALAR_H
#define PHASETOP_RUNIO_TENSOR_SCALAR_H

#include <stdbool.h>
#include <stddef.h>

/**
 * @param[in]  bytes a serialized TensorProto of n bytes
 * @param[out] value of its one element, converted to the nearest double
 * @return false for what is no scalar: strings, booleans, complex and 8-bit floating types, several elements,
 * and bytes that do not parse
 * @source tensorflow, core/framework/tensor.proto, types.proto; a scalar without a value is 0, as in
 * make_ndarray
 */
bool tensor_scalar(const void *bytes, size_t n, double *value);

/** The first string of a tensor of strings; false: it has none. It points into `bytes`. */
bool tensor_text(const void *bytes, size_t n, const char **text, size_t *length);

#endif
