#include "checkpoint_store.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "phasetop/base/text.h"

pt_status pt_store_fail_memory(const pt_checkpoint_store *store, pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, store->weights, -1, "out of memory for a checkpoint");
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

pt_status pt_store_check_files(pt_checkpoint_store *store, pt_error *err)
{
	const weight_files *files = &store->files;
	pt_status status = PT_OK;
	for (size_t i = 0; i < files->n_files && status == PT_OK; i++) {
		size_t n = pt_safetensors_trailing_bytes(files->files[i].file);
		if (n > 0)
			status = pt_store_problem(store, err, PT_ERR_FORMAT, files->files[i].path, -1,
				"%zu bytes after the last tensor, passed over", n);
	}
	if (status != PT_OK || files->n_missing == 0)
		return status;
	char name[PT_STORE_NAME_BYTES];
	pt_text_sanitize(name, sizeof name, files->missing, strlen(files->missing));
	return pt_store_problem(store, err, PT_ERR_NOT_FOUND, store->weights, -1,
		"%zu tensors of the index are not in their shards, e.g. %s", files->n_missing, name);
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
	pt_checkpoint_store *store, const weight_tensor *tensor, size_t index, pt_error *err)
{
	char name[PT_STORE_NAME_BYTES];
	pt_store_shown_name(tensor->info, name);
	int64_t offset = tensor->info->offset + (int64_t)(index * (pt_dtype_bits(tensor->info->dtype) / 8));
	return pt_store_problem(store, err, PT_ERR_NOT_FINITE, tensor->in->path, offset,
		"tensor %s: value %zu is not finite", name, index);
}

/* Room for n values; *values is NULL on failure. */
static pt_status take_room(
	pt_checkpoint_store *store, const weight_tensor *tensor, size_t size, void **values, pt_error *err)
{
	uint64_t n = tensor->info->n_values;
	*values = NULL;
	if (n > PT_CHECKPOINT_BYTES / size || n * size > PT_CHECKPOINT_BYTES - store->checkpoint.n_value_bytes)
		return pt_fail(err, PT_ERR_LIMIT, tensor->in->path, tensor->info->offset,
			"more than %llu MiB of values", (unsigned long long)(PT_CHECKPOINT_BYTES >> 20));
	*values = checkpoint_reader_values(store->reader, (size_t)n * size);
	if (!*values) /* resize of NULL, not alloc: every byte is written, so that zeroing would be for nothing */
		*values = pt_array_resize(NULL, (size_t)n, size);
	return *values ? PT_OK : pt_store_fail_memory(store, err);
}

pt_status pt_store_read(pt_checkpoint_store *store, const weight_tensor *tensor, bool as_double,
	pt_store_values *out, pt_error *err)
{
	size_t size = as_double ? sizeof(double) : sizeof(float);
	size_t n = (size_t)tensor->info->n_values, bad = n;
	void *values;
	if (store->cancel && atomic_load(store->cancel))
		return pt_fail(err, PT_ERR_CANCELLED, tensor->in->path, -1, "called off");
	pt_status status = take_room(store, tensor, size, &values, err);
	if (status == PT_OK)
		status = as_double ? pt_safetensors_read_double(tensor->in->file, tensor->info, values, err)
						   : pt_safetensors_read_float(tensor->in->file, tensor->info, values, err);
	if (status == PT_OK)
		bad = as_double ? first_not_finite_double(values, n) : first_not_finite_float(values, n);
	if (status == PT_OK && bad < n)
		status = note_not_finite(store, tensor, bad, err);
	if (status != PT_OK) {
		pt_store_free_values(store, values);
		return status;
	}
	store->checkpoint.n_value_bytes += n * size;
	*out = (pt_store_values){.values = values, .finite = bad == n};
	return PT_OK;
}
