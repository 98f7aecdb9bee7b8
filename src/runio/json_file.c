#include "json_file.h"

#include "phasetop/base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Move what is left to the front and read behind it; a window full of one token grows. */
static pt_status refill(void *context, pt_json_reader *json, bool *grew, pt_error *err)
{
	json_file *file = context;
	size_t left = json->length - json->at, n = 0;
	if (left > file->capacity / 2) {
		size_t wider = file->capacity * 2;
		if (wider > JSON_WINDOW_CAP_BYTES)
			return pt_fail(err, PT_ERR_LIMIT, file->path, json->base_offset + (int64_t)json->at,
				"a string of more than %d MiB", JSON_WINDOW_CAP_BYTES >> 21);
		char *window = pt_array_resize(file->window, wider, 1);
		if (!window)
			return pt_fail(err, PT_ERR_MEMORY, file->path, -1, "out of memory");
		file->window = window;
		file->capacity = wider;
	}
	memmove(file->window, file->window + json->at, left);
	json->base_offset += (int64_t)json->at;
	json->text = file->window;
	json->length = left;
	json->at = 0;
	pt_status status = pt_regular_file_read_at(
		file->fd, NULL, file->window + left, file->capacity - left, file->offset, file->path, &n, err);
	if (status != PT_OK)
		return status;
	file->offset += (int64_t)n;
	json->length += n;
	*grew = n > 0;
	return PT_OK;
}

void json_file_rewind(json_file *file)
{
	file->offset = 0;
	pt_json_init_window(&file->json, refill, file, PT_JSON_PYTHON, file->path);
}

pt_status json_file_open(json_file *file, const char *path, int64_t cap_bytes, pt_error *err)
{
	*file = (json_file){.path = path, .capacity = JSON_WINDOW_BYTES};
	pt_status status = pt_regular_file_open(AT_FDCWD, path, &file->fd, &file->identity, err);
	if (status != PT_OK)
		return status;
	if (file->identity.size_bytes == 0)
		status = pt_fail(err, PT_ERR_EMPTY, path, -1, "0 bytes");
	else if (file->identity.size_bytes > cap_bytes)
		status = pt_fail(err, PT_ERR_LIMIT, path, -1, "%lld bytes, at most %lld are read",
			(long long)file->identity.size_bytes, (long long)cap_bytes);
	else if (!(file->window = pt_array_alloc(file->capacity, 1)))
		status = pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	if (status != PT_OK) {
		close(file->fd);
		return status;
	}
	json_file_rewind(file);
	return PT_OK;
}

void json_file_close(json_file *file)
{
	close(file->fd);
	pt_free(file->window);
	file->window = NULL;
}

pt_status json_file_settled(const json_file *file, pt_error *err)
{
	struct stat record;
	if (fstat(file->fd, &record) != 0)
		return pt_fail_errno(err, errno, file->path, "fstat");
	pt_file_identity now = pt_file_identity_of(&record);
	if (!pt_file_identity_equal(&now, &file->identity))
		return pt_fail(err, PT_ERR_CHANGED, file->path, -1, "changed while it was read");
	return PT_OK;
}
