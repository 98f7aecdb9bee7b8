/* Any bytes as a safetensors file: opened, listed, read. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "phasetop/runio/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_tensor(const pt_safetensors *file, const pt_tensor_info *tensor)
{
	if (tensor->n_values > 1u << 20)
		return;
	float *floats = malloc((size_t)tensor->n_values * sizeof(float) + 1);
	double *doubles = malloc((size_t)tensor->n_values * sizeof(double) + 1);
	if (!floats || !doubles)
		abort();
	pt_status as_float = pt_safetensors_read_float(file, tensor, floats, NULL);
	pt_status as_double = pt_safetensors_read_double(file, tensor, doubles, NULL);
	for (size_t i = 0; as_float == PT_OK && i < tensor->n_values; i++) {
		/* the two readings agree, NaN aside */
		if (as_double != PT_OK || (floats[i] == floats[i] && (double)floats[i] != doubles[i]))
			abort();
	}
	free(floats);
	free(doubles);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd = memfd_create("fuzz", 0);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	pt_safetensors *file;
	pt_error err = {.code = PT_OK};
	pt_status status = pt_safetensors_open(path, &file, &err);
	if (status != PT_OK && (err.code != status || err.offset < -1 || err.offset > (int64_t)size))
		abort();
	if (status == PT_OK) {
		for (size_t i = 0; i < pt_safetensors_count(file); i++)
			read_tensor(file, pt_safetensors_tensor(file, i));
		(void)pt_safetensors_metadata(file, "format");
		(void)pt_safetensors_find(file, "x");
		if (pt_safetensors_check_unchanged(file, NULL) != PT_OK)
			abort();
		pt_safetensors_close(file);
	}
	close(fd);
	return 0;
}
