#include "followed_file.h"

#include "phasetop/base/alloc.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
	GUARD_BYTES = 512,       /* read again before each chunk: do they still lie before the place? */
	CHUNK_BYTES = 64 * 1024, /* read at a time */
	KEPT_BYTES = 256 * 1024, /* buffer kept between calls */
	ZEROS_AT_END_BYTES = 1024 * 1024,
	MAX_RESTARTS = 3 /* a writer that rewrites faster than we read: the next call goes on */
};

bool followed_file_init(followed_file *file, const char *path, pt_pread_fn read_at)
{
	file->read_at = read_at;
	file->path = pt_text_copy(path, strlen(path));
	return file->path != NULL;
}

void followed_file_fini(followed_file *file)
{
	pt_free(file->bytes);
	pt_free(file->path);
}

static void start_over(followed_file *file, const follow_handler *handler)
{
	bool had_begun = file->offset > 0;
	file->offset = 0;
	file->start = file->end = 0;
	file->is_refused = false;
	if (had_begun)
		handler->reset(handler->context);
}

size_t followed_solid_bytes(const followed_file *file)
{
	size_t n = followed_bytes(file);
	while (n > 0 && file->bytes[file->start + n - 1] == 0)
		n--;
	return n;
}

bool followed_is_zero_behind(const followed_file *file, size_t n)
{
	size_t n_behind = followed_bytes(file) - n;
	if (n_behind == 0)
		return true;
	const char *bytes = file->bytes + file->start + n;
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, n_behind - 1) == 0;
}

bool followed_ends_in_zeros(const followed_file *file)
{
	return followed_bytes(file) >= ZEROS_AT_END_BYTES &&
		   followed_bytes(file) - followed_solid_bytes(file) >= ZEROS_AT_END_BYTES;
}

void followed_file_unread_zeros(followed_file *file)
{
	if (followed_bytes(file) == 0 || file->bytes[file->end - 1] != 0)
		return;
	file->offset = followed_offset(file);
	file->end = file->start;
}

/* Move what is not taken to the front, the guard before it, and make room for guard and chunk behind. */
static bool make_room(followed_file *file)
{
	size_t guard = file->start < GUARD_BYTES ? file->start : GUARD_BYTES;
	size_t n = guard + followed_bytes(file);
	if (file->start > guard)
		memmove(file->bytes, file->bytes + file->start - guard, n);
	file->start = guard;
	file->end = n;
	return pt_array_reserve((void **)&file->bytes, &file->capacity, n + GUARD_BYTES + CHUNK_BYTES, 1);
}

static void give_back_room(followed_file *file)
{
	if (file->capacity <= KEPT_BYTES || followed_bytes(file) > KEPT_BYTES)
		return;
	if (!make_room(file))
		return;
	size_t capacity = file->end + GUARD_BYTES + CHUNK_BYTES;
	char *smaller = pt_array_resize(file->bytes, capacity, 1);
	if (smaller) {
		file->bytes = smaller;
		file->capacity = capacity;
	}
}

/* Read up to n bytes behind the place. *n_fresh: new bytes (0 at the end of the file); *is_other: the bytes
   before the place are no longer those that were read. Guard and chunk come by one read, so that no
   truncation can slip in between. */
static pt_status read_chunk(
	followed_file *file, int fd, size_t n, size_t *n_fresh, bool *is_other, pt_error *err)
{
	if (!make_room(file))
		return pt_fail(err, PT_ERR_MEMORY, file->path, -1, "out of memory");
	size_t guard = file->end < GUARD_BYTES ? file->end : GUARD_BYTES, n_read = 0;
	char *place = file->bytes + file->end;
	pt_status status = pt_regular_file_read_at(
		fd, file->read_at, place, guard + n, file->offset - (int64_t)guard, file->path, &n_read, err);
	if (status != PT_OK)
		return status;
	*is_other = n_read < guard || memcmp(place, place - guard, guard) != 0;
	*n_fresh = *is_other ? 0 : n_read - guard;
	memmove(place, place + guard, *n_fresh);
	file->end += *n_fresh;
	file->offset += (int64_t)*n_fresh;
	return PT_OK;
}

static pt_status read_news(followed_file *file, int fd, const follow_handler *handler, pt_error *err)
{
	pt_status status = PT_OK;
	bool enough = false;
	for (int n_restarts = 0; status == PT_OK && !enough;) {
		size_t n_fresh = 0;
		bool is_other = false;
		/* what was refused the last time comes first, if it still lies there */
		status = read_chunk(file, fd, file->is_refused ? 0 : CHUNK_BYTES, &n_fresh, &is_other, err);
		if (status != PT_OK)
			break;
		if (is_other) {
			start_over(file, handler);
			if (++n_restarts > MAX_RESTARTS)
				break;
			continue;
		}
		if (n_fresh == 0 && !file->is_refused)
			break;
		status = handler->take(handler->context, file, &enough, err);
		file->is_refused = status != PT_OK;
	}
	return status;
}

pt_status followed_file_read(followed_file *file, const follow_handler *handler, pt_error *err)
{
	int fd;
	pt_file_identity identity;
	pt_status status = pt_regular_file_open(AT_FDCWD, file->path, &fd, &identity, err);
	if (status != PT_OK)
		return status;
	bool is_replaced =
		file->identity.present && (identity.dev != file->identity.dev || identity.ino != file->identity.ino);
	if (is_replaced || identity.size_bytes < file->offset)
		start_over(file, handler);
	file->identity = identity;
	status = read_news(file, fd, handler, err);
	close(fd);
	give_back_room(file);
	return status;
}
