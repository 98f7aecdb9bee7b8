/* What the tests of the readers share: scratch files, and a file of tensors made by hand. */
#ifndef TESTS_RUNIO_FIXTURE_H
#define TESTS_RUNIO_FIXTURE_H

#include <stdint.h>

#include "../../helpers/scratch.h"

/* A safetensors file: length, header, data. */
static inline void write_safetensors(
	const char *directory, const char *name, const char *header, const void *data, size_t n_data)
{
	size_t n = strlen(header);
	unsigned char *bytes = malloc(8 + n + n_data);
	uint64_t length = n;
	memcpy(bytes, &length, 8);
	memcpy(bytes + 8, header, n);
	if (n_data > 0)
		memcpy(bytes + 8 + n, data, n_data);
	write_file(directory, name, bytes, 8 + n + n_data);
	free(bytes);
}

#endif
