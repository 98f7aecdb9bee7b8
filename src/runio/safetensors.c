#include "phasetop/runio/safetensors.h"

#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "phasetop/base/alloc.h"
#include "phasetop/runio/regular_file.h"
#include "safetensors_header.h"

struct pt_safetensors {
	int fd;
	char *path;
	pt_file_identity identity;
	pt_arena *arena;
	pt_safetensors_list list;
	size_t n_trailing;
};

/* Kinds of file that people have under this name, told by their first bytes. */
typedef struct magic {
	const char *bytes;
	size_t n;
	pt_status code;
	const char *what;
} magic;

#define CONVERT_IT "convert it with safetensors.torch.save_file(torch.load(FILE, weights_only=True), NEW)"
#define MAGIC(bytes, code, what)            \
	{                                       \
		bytes, sizeof bytes - 1, code, what \
	}

static const magic magics[] = {
	MAGIC("version https://git-lfs", PT_ERR_LFS_POINTER,
		"a Git LFS pointer: fetch the file with `git lfs pull`"),
	MAGIC("PK\x03\x04", PT_ERR_PICKLE, "a PyTorch zip file, not opened; " CONVERT_IT),
	MAGIC("\x80\x02", PT_ERR_PICKLE, "a pickle, not opened; " CONVERT_IT),
	MAGIC("\x80\x03", PT_ERR_PICKLE, "a pickle, not opened; " CONVERT_IT),
	MAGIC("\x80\x04", PT_ERR_PICKLE, "a pickle, not opened; " CONVERT_IT),
	MAGIC("\x80\x05", PT_ERR_PICKLE, "a pickle, not opened; " CONVERT_IT),
	MAGIC("\x1f\x8b", PT_ERR_FORMAT, "a gzip file, not safetensors"),
	MAGIC("GGUF", PT_ERR_FORMAT, "a GGUF file, not safetensors"),
	MAGIC("<!", PT_ERR_FORMAT, "an HTML page, not safetensors (a failed download?)"),
	MAGIC("<h", PT_ERR_FORMAT, "an HTML page, not safetensors (a failed download?)"),
};

static bool all_zero(const char *bytes, size_t n)
{
	return n == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0);
}

static uint64_t little_endian_64(const unsigned char *bytes)
{
	uint64_t value;
	memcpy(&value, bytes, sizeof value);
	return value;
}

/* The beginning of the file, mostly the whole header. */
typedef struct file_head {
	char bytes[4096];
	size_t n;
} file_head;

/* The header's length, or what the file is instead. */
static pt_status read_length(
	const pt_safetensors *file, file_head *beginning, uint64_t *length, pt_error *err)
{
	const char *head = beginning->bytes;
	pt_status status = pt_regular_file_read_at(
		file->fd, NULL, beginning->bytes, sizeof beginning->bytes, 0, file->path, &beginning->n, err);
	const size_t n = beginning->n;
	if (status != PT_OK)
		return status;
	uint64_t size = (uint64_t)file->identity.size_bytes;
	if (size == 0)
		return pt_fail(err, PT_ERR_EMPTY, file->path, 0, "0 bytes");
	if (size < PT_SAFETENSORS_PREFIX_BYTES || n < PT_SAFETENSORS_PREFIX_BYTES)
		return pt_fail(err, PT_ERR_TRUNCATED, file->path, (int64_t)n, "ends before its header's length");
	uint64_t value = little_endian_64((const unsigned char *)head);
	if (value == 0) {
		if (all_zero(head, n))
			return pt_fail(err, PT_ERR_ZERO_FILLED, file->path, 0, "zeros where the header belongs");
		return pt_fail(err, PT_ERR_FORMAT, file->path, 0, "a header of 0 bytes");
	}
	if (value <= PT_SAFETENSORS_HEADER_BYTES && value <= size - PT_SAFETENSORS_PREFIX_BYTES) {
		*length = value;
		return PT_OK;
	}
	for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
		if (n >= magics[i].n && memcmp(head, magics[i].bytes, magics[i].n) == 0)
			return pt_fail(err, magics[i].code, file->path, 0, "%s", magics[i].what);
	}
	if (value > PT_SAFETENSORS_HEADER_BYTES)
		return pt_fail(err, PT_ERR_LIMIT, file->path, 0, "not safetensors, or a header above %d bytes",
			(int)PT_SAFETENSORS_HEADER_BYTES);
	return pt_fail(err, PT_ERR_TRUNCATED, file->path, (int64_t)size, "ends in its header, %llu bytes of %llu",
		(unsigned long long)size, (unsigned long long)value + PT_SAFETENSORS_PREFIX_BYTES);
}

/* A copy in flight may have its size and its first blocks already, with zeros behind them. */
static pt_status zeros_or_error(
	const pt_safetensors *file, const char *text, size_t length, const pt_error *fault, pt_error *err)
{
	int64_t at = fault->offset - PT_SAFETENSORS_PREFIX_BYTES;
	if (fault->code == PT_ERR_JSON && at >= 0 && (uint64_t)at < length && text[at] == 0 &&
		all_zero(text + at, length - (size_t)at))
		return pt_fail(err, PT_ERR_ZERO_FILLED, file->path, fault->offset, "zeros where the header goes on");
	if (err)
		*err = *fault;
	return fault->code;
}

/* The header's text: what the beginning holds of it, and the rest from the file. */
static pt_status read_text(
	const pt_safetensors *file, const file_head *head, char *text, size_t length, pt_error *err)
{
	size_t n = head->n - PT_SAFETENSORS_PREFIX_BYTES, n_rest = 0;
	if (n > length)
		n = length;
	memcpy(text, head->bytes + PT_SAFETENSORS_PREFIX_BYTES, n);
	pt_status status = PT_OK;
	if (n < length)
		status = pt_regular_file_read_at(file->fd, NULL, text + n, length - n,
			(int64_t)n + PT_SAFETENSORS_PREFIX_BYTES, file->path, &n_rest, err);
	if (status == PT_OK && n + n_rest < length)
		return pt_fail(err, PT_ERR_CHANGED, file->path, (int64_t)(n + n_rest) + PT_SAFETENSORS_PREFIX_BYTES,
			"the file got shorter while it was read");
	return status;
}

static pt_status read_header(pt_safetensors *file, const file_head *head, uint64_t length, pt_error *err)
{
	char *text = pt_array_alloc((size_t)length, 1);
	if (!text)
		return pt_fail(err, PT_ERR_MEMORY, file->path, -1, "out of memory for the header");
	pt_status status = read_text(file, head, text, (size_t)length, err);
	if (status == PT_OK) {
		pt_error fault;
		bool is_complete;
		status =
			pt_safetensors_parse_header(text, (size_t)length, file->path, &file->list, &is_complete, &fault);
		if (status != PT_OK && !is_complete)
			status = zeros_or_error(file, text, (size_t)length, &fault, err);
		else if (status != PT_OK && err)
			*err = fault;
	}
	pt_free(text);
	return status;
}

/* Does the file hold the data that the header lists? Then each tensor's place in the file is known. */
static pt_status place_data(pt_safetensors *file, uint64_t header_length, pt_error *err)
{
	uint64_t start = header_length + PT_SAFETENSORS_PREFIX_BYTES;
	uint64_t there = (uint64_t)file->identity.size_bytes - start;
	uint64_t needed = file->list.data_bytes;
	if (there < needed)
		return pt_fail(err, PT_ERR_TRUNCATED, file->path, file->identity.size_bytes,
			"%llu bytes of tensors where the header lists %llu", (unsigned long long)there,
			(unsigned long long)needed);
	if (there - needed > PT_SAFETENSORS_TRAILING_BYTES || (there > needed && file->list.n == 0))
		return pt_fail(err, PT_ERR_FORMAT, file->path, (int64_t)(start + needed),
			"%llu bytes after the last tensor", (unsigned long long)(there - needed));
	file->n_trailing = (size_t)(there - needed);
	for (size_t i = 0; i < file->list.n; i++)
		file->list.tensors[i].offset = (int64_t)(start + file->list.tensors[i].begin);
	return PT_OK;
}

static pt_status open_and_read(pt_safetensors *file, pt_error *err)
{
	file_head head;
	uint64_t length = 0;
	pt_status status = pt_regular_file_open(AT_FDCWD, file->path, &file->fd, &file->identity, err);
	if (status == PT_OK)
		status = read_length(file, &head, &length, err);
	if (status == PT_OK)
		status = read_header(file, &head, length, err);
	if (status == PT_OK)
		status = place_data(file, length, err);
	if (status == PT_OK)
		status = pt_safetensors_check_unchanged(file, err);
	return status;
}

pt_status pt_safetensors_open(const char *path, pt_safetensors **out, pt_error *err)
{
	pt_safetensors *file = pt_array_alloc(1, sizeof *file);
	if (!file)
		return pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	file->fd = -1;
	file->path = pt_text_copy(path, strlen(path));
	file->arena = pt_arena_create();
	file->list.arena = file->arena;
	pt_status status;
	if (file->path && file->arena)
		status = open_and_read(file, err);
	else
		status = pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	if (status != PT_OK) {
		pt_safetensors_close(file);
		return status;
	}
	*out = file;
	return PT_OK;
}

void pt_safetensors_close(pt_safetensors *file)
{
	if (!file)
		return;
	if (file->fd >= 0)
		close(file->fd);
	pt_safetensors_list_fini(&file->list);
	pt_arena_destroy(file->arena);
	pt_free(file->path);
	pt_free(file);
}

size_t pt_safetensors_count(const pt_safetensors *file)
{
	return file->list.n;
}

const pt_tensor_info *pt_safetensors_tensor(const pt_safetensors *file, size_t i)
{
	assert(i < file->list.n);
	return &file->list.tensors[i];
}

/* Order of a tensor's name against a NUL-terminated one, as compare_names has it. */
static int compare_to(const pt_tensor_info *tensor, const char *name)
{
	size_t n = strlen(name);
	int order = memcmp(tensor->name, name, tensor->name_length < n ? tensor->name_length : n);
	return order ? order : (tensor->name_length > n) - (tensor->name_length < n);
}

const pt_tensor_info *pt_safetensors_find(const pt_safetensors *file, const char *name)
{
	size_t low = 0, high = file->list.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const pt_tensor_info *tensor = &file->list.tensors[file->list.by_name[middle]];
		int order = compare_to(tensor, name);
		if (order == 0)
			return tensor;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *pt_safetensors_metadata(const pt_safetensors *file, const char *key)
{
	for (size_t i = file->list.n_metadata; i > 0; i--) {
		if (strcmp(file->list.metadata[i - 1].key, key) == 0)
			return file->list.metadata[i - 1].value;
	}
	return NULL;
}

size_t pt_safetensors_trailing_bytes(const pt_safetensors *file)
{
	return file->n_trailing;
}

static pt_status read_bytes(const pt_safetensors *file, void *out, size_t n, int64_t offset, pt_error *err)
{
	size_t got;
	pt_status status = pt_regular_file_read_at(file->fd, NULL, out, n, offset, file->path, &got, err);
	if (status == PT_OK && got < n)
		status = pt_fail(
			err, PT_ERR_CHANGED, file->path, offset + (int64_t)got, "the file got shorter while it was read");
	return status;
}

enum { CHUNK_BYTES = 16 * 1024 };

/* Values of another dtype, chunk by chunk, to doubles or to floats. */
static pt_status read_converted(
	const pt_safetensors *file, const pt_tensor_info *tensor, bool to_double, void *out, pt_error *err)
{
	unsigned char chunk[CHUNK_BYTES];
	size_t element = pt_dtype_bits(tensor->dtype) / 8;
	for (uint64_t i = 0; i < tensor->n_values;) {
		uint64_t left = tensor->n_values - i;
		size_t n = left < CHUNK_BYTES / element ? (size_t)left : CHUNK_BYTES / element;
		pt_status status = read_bytes(file, chunk, n * element, tensor->offset + (int64_t)(i * element), err);
		if (status != PT_OK)
			return status;
		if (to_double)
			pt_dtype_to_double(tensor->dtype, chunk, n, (double *)out + i);
		else
			pt_dtype_to_float(tensor->dtype, chunk, n, (float *)out + i);
		i += n;
	}
	return PT_OK;
}

pt_status pt_safetensors_read_float(
	const pt_safetensors *file, const pt_tensor_info *tensor, float *out, pt_error *err)
{
	if (pt_dtype_how_read(tensor->dtype) != PT_READ_AS_FLOAT)
		return pt_fail(err, PT_ERR_UNSUPPORTED, file->path, tensor->offset, "dtype %s is not read as float",
			pt_dtype_name(tensor->dtype));
	if (tensor->dtype == PT_DTYPE_F32)
		return read_bytes(file, out, (size_t)tensor->n_values * sizeof *out, tensor->offset, err);
	return read_converted(file, tensor, false, out, err);
}

pt_status pt_safetensors_read_double(
	const pt_safetensors *file, const pt_tensor_info *tensor, double *out, pt_error *err)
{
	if (pt_dtype_how_read(tensor->dtype) == PT_READ_NOT)
		return pt_fail(err, PT_ERR_UNSUPPORTED, file->path, tensor->offset, "dtype %s is not read",
			pt_dtype_name(tensor->dtype));
	if (tensor->dtype == PT_DTYPE_F64)
		return read_bytes(file, out, (size_t)tensor->n_values * sizeof *out, tensor->offset, err);
	return read_converted(file, tensor, true, out, err);
}

pt_status pt_safetensors_check_unchanged(const pt_safetensors *file, pt_error *err)
{
	struct stat now;
	if (fstat(file->fd, &now) != 0)
		return pt_fail(err, PT_ERR_IO, file->path, -1, "fstat failed after reading");
	pt_file_identity identity = pt_file_identity_of(&now);
	if (!pt_file_identity_equal(&identity, &file->identity))
		return pt_fail(err, PT_ERR_CHANGED, file->path, -1, "the file changed while it was read");
	return PT_OK;
}
