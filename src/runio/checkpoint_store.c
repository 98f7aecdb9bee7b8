#include "checkpoint_store.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "phasetop/base/text.h"

pt_status pt_store_path(
	const pt_checkpoint_store *store, const char *name, char out[PT_STORE_PATH_BYTES], pt_error *err)
{
	int n = snprintf(out, PT_STORE_PATH_BYTES, "%s/%s", store->directory, name);
	if (n < 0 || n >= PT_STORE_PATH_BYTES)
		return pt_fail(err, PT_ERR_LIMIT, store->directory, -1, "a path of more than %d bytes",
			(int)PT_STORE_PATH_BYTES);
	return PT_OK;
}

bool pt_store_has(const pt_checkpoint_store *store, const char *name)
{
	char path[PT_STORE_PATH_BYTES];
	struct stat status;
	return pt_store_path(store, name, path, NULL) == PT_OK && stat(path, &status) == 0;
}

pt_status pt_store_fail_memory(const pt_checkpoint_store *store, pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, store->directory, -1, "out of memory for a checkpoint");
}

pt_status pt_store_problem(pt_checkpoint_store *store, pt_error *err, pt_status code, const char *path,
	int64_t offset, const char *format, ...)
{
	char line[PT_ERROR_MESSAGE_BYTES];
	size_t n = store->checkpoint.n_problems;
	if (n == PT_LOAD_PROBLEMS) { /* the last place tells how many had none */
		store->n_problems_left_off++;
		snprintf(line, sizeof line, "and %zu more problems", store->n_problems_left_off + 1);
		n--;
		/* rewriting the same text in place: the arena does not grow with their number */
		memcpy((char *)store->problems[n].message, line, strlen(line) + 1);
		store->problems[n].offset = -1;
		return PT_OK;
	}
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	char *message = pt_arena_alloc(store->arena, sizeof line, 1);
	const char *where = pt_arena_text(store->arena, path);
	if (!message || !where)
		return pt_store_fail_memory(store, err);
	memcpy(message, line, strlen(line) + 1);
	store->problems[n] = (pt_load_problem){.code = code, .path = where, .offset = offset, .message = message};
	store->checkpoint.problems = store->problems;
	store->checkpoint.n_problems++;
	return PT_OK;
}

pt_status pt_store_skip(pt_checkpoint_store *store, const char *name, pt_error *err)
{
	pt_checkpoint *checkpoint = &store->checkpoint;
	checkpoint->n_skipped_tensors++;
	if (checkpoint->n_skipped_examples < PT_SKIPPED_EXAMPLES) {
		const char *copy = pt_arena_text(store->arena, name);
		if (!copy)
			return pt_store_fail_memory(store, err);
		checkpoint->skipped_examples[checkpoint->n_skipped_examples++] = copy;
	}
	return PT_OK;
}

pt_status pt_store_add(pt_checkpoint_store *store, const pt_loaded_module *module, pt_error *err)
{
	size_t n = store->checkpoint.n_modules;
	if (!pt_array_reserve((void **)&store->modules, &store->modules_capacity, n + 1, sizeof *store->modules))
		return pt_store_fail_memory(store, err);
	store->modules[n] = *module;
	store->checkpoint.modules = store->modules;
	store->checkpoint.n_modules++;
	return PT_OK;
}

pt_status pt_store_check_trailing(
	pt_checkpoint_store *store, const pt_safetensors *file, const char *path, pt_error *err)
{
	size_t n = pt_safetensors_trailing_bytes(file);
	if (n == 0)
		return PT_OK;
	return pt_store_problem(
		store, err, PT_ERR_FORMAT, path, -1, "%zu bytes after the last tensor, passed over", n);
}

void pt_store_free_values(const pt_checkpoint_store *store, const void *values)
{
	if (!checkpoint_reader_owns(store->reader, values))
		pt_free((void *)(uintptr_t)values);
}

void pt_store_shown_name(const pt_tensor_info *tensor, char out[PT_STORE_NAME_BYTES])
{
	pt_text_sanitize(out, PT_STORE_NAME_BYTES, tensor->name, tensor->name_length);
}

bool pt_store_reads(pt_dtype dtype)
{
	pt_dtype_reading reading = pt_dtype_how_read(dtype);
	return reading == PT_READ_AS_FLOAT || reading == PT_READ_AS_DOUBLE;
}

/* Index of the first value that is NaN or infinite; n when all are finite. x − x is 0 for finite x alone. */
static size_t first_not_finite_float(const float *x, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t end = n - i < 1024 ? n : i + 1024;
		float sum = 0.0f; /* a vector loop without a branch; only a bad block is looked at one by one */
#pragma omp simd reduction(+ : sum)
		for (size_t k = i; k < end; k++)
			sum += x[k] - x[k];
		for (size_t k = i; !(sum == 0.0f) && k < end; k++) {
			if (!isfinite(x[k]))
				return k;
		}
		i = end;
	}
	return n;
}

static size_t first_not_finite_double(const double *x, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t end = n - i < 1024 ? n : i + 1024;
		double sum = 0.0;
#pragma omp simd reduction(+ : sum)
		for (size_t k = i; k < end; k++)
			sum += x[k] - x[k];
		for (size_t k = i; !(sum == 0.0) && k < end; k++) {
			if (!isfinite(x[k]))
				return k;
		}
		i = end;
	}
	return n;
}

static pt_status note_not_finite(
	pt_checkpoint_store *store, const char *path, const pt_tensor_info *tensor, size_t index, pt_error *err)
{
	char name[PT_STORE_NAME_BYTES];
	pt_store_shown_name(tensor, name);
	int64_t offset = tensor->offset + (int64_t)(index * (pt_dtype_bits(tensor->dtype) / 8));
	return pt_store_problem(
		store, err, PT_ERR_NOT_FINITE, path, offset, "tensor %s: value %zu is not finite", name, index);
}

pt_status pt_store_read(pt_checkpoint_store *store, const pt_safetensors *file, const char *path,
	const pt_tensor_info *tensor, bool as_double, pt_store_values *out, pt_error *err)
{
	if (store->cancel && atomic_load(store->cancel))
		return pt_fail(err, PT_ERR_CANCELLED, path, -1, "called off");
	size_t size = as_double ? sizeof(double) : sizeof(float);
	size_t n = (size_t)tensor->n_values;
	if (tensor->n_values > PT_CHECKPOINT_BYTES / size ||
		tensor->n_values * size > PT_CHECKPOINT_BYTES - store->checkpoint.n_value_bytes)
		return pt_fail(err, PT_ERR_LIMIT, path, tensor->offset, "more than %llu MiB of values",
			(unsigned long long)(PT_CHECKPOINT_BYTES >> 20));
	void *values = checkpoint_reader_values(store->reader, n * size);
	if (!values) /* resize of NULL, not alloc: every byte is written, so that zeroing would be for nothing */
		values = pt_array_resize(NULL, n, size);
	if (!values)
		return pt_store_fail_memory(store, err);
	pt_status status = as_double ? pt_safetensors_read_double(file, tensor, values, err)
								 : pt_safetensors_read_float(file, tensor, values, err);
	size_t bad = n;
	if (status == PT_OK)
		bad = as_double ? first_not_finite_double(values, n) : first_not_finite_float(values, n);
	if (status == PT_OK && bad < n)
		status = note_not_finite(store, path, tensor, bad, err);
	if (status != PT_OK) {
		pt_store_free_values(store, values);
		return status;
	}
	store->checkpoint.n_value_bytes += tensor->n_values * size;
	*out = (pt_store_values){.values = values, .finite = bad == n};
	return PT_OK;
}
