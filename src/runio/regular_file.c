#include "phasetop/runio/regular_file.h"

#include "phasetop/base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int64_t nanoseconds(struct timespec time)
{
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

pt_file_identity pt_file_identity_of(const struct stat *record)
{
	return (pt_file_identity){
		.present = true,
		.dev = (uint64_t)record->st_dev,
		.ino = (uint64_t)record->st_ino,
		.size_bytes = (int64_t)record->st_size,
		.mtime_ns = nanoseconds(record->st_mtim),
		.ctime_ns = nanoseconds(record->st_ctim),
	};
}

bool pt_file_identity_equal(const pt_file_identity *a, const pt_file_identity *b)
{
	return a->present == b->present && a->dev == b->dev && a->ino == b->ino &&
		   a->size_bytes == b->size_bytes && a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

int64_t pt_file_identity_changed_ns(const pt_file_identity *identity)
{
	return identity->mtime_ns > identity->ctime_ns ? identity->mtime_ns : identity->ctime_ns;
}

pt_status pt_regular_file_open(
	int dir_fd, const char *path, int *fd, pt_file_identity *identity, pt_error *err)
{
	/* O_NONBLOCK: opening a FIFO returns at once. Devices are told by stat before, for an open can act on
	   them (rewind a tape, raise a terminal's modem lines). */
	struct stat record;
	if (fstatat(dir_fd, path, &record, 0) != 0)
		return pt_fail_errno(err, errno, path, "stat");
	if (!S_ISREG(record.st_mode))
		return pt_fail(err, PT_ERR_NOT_REGULAR, path, -1, "not a regular file");
	int opened;
	do
		opened = openat(dir_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	while (opened < 0 && errno == EINTR);
	if (opened < 0)
		return pt_fail_errno(err, errno, path, "open");
	if (fstat(opened, &record) != 0) {
		int errnum = errno;
		close(opened);
		return pt_fail_errno(err, errnum, path, "fstat");
	}
	if (!S_ISREG(record.st_mode)) {
		close(opened);
		return pt_fail(err, PT_ERR_NOT_REGULAR, path, -1, "not a regular file");
	}
	*fd = opened;
	*identity = pt_file_identity_of(&record);
	return PT_OK;
}

pt_status pt_regular_file_read_at(int fd, pt_pread_fn read_at, void *bytes, size_t n, int64_t offset,
	const char *path, size_t *n_read, pt_error *err)
{
	if (!read_at)
		read_at = pread;
	size_t done = 0;
	while (done < n) {
		ssize_t got = read_at(fd, (char *)bytes + done, n - done, (off_t)(offset + (int64_t)done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			pt_status status = pt_fail_errno(err, errno, path, "read");
			if (err)
				err->offset = offset + (int64_t)done;
			return status;
		}
		if (got == 0)
			break;
		done += (size_t)got;
	}
	*n_read = done;
	return PT_OK;
}

/* Fill `buffer` with the whole file, and make sure that it was one state of it. */
static pt_status read_settled(
	int fd, char *buffer, const pt_file_identity *before, const char *path, pt_error *err)
{
	size_t size = (size_t)before->size_bytes, n = 0;
	pt_status status = pt_regular_file_read_at(fd, NULL, buffer, size, 0, path, &n, err);
	if (status != PT_OK)
		return status;
	struct stat record;
	if (fstat(fd, &record) != 0)
		return pt_fail_errno(err, errno, path, "fstat");
	pt_file_identity after = pt_file_identity_of(&record);
	if (n != size || !pt_file_identity_equal(before, &after))
		return pt_fail(err, PT_ERR_CHANGED, path, -1, "changed while it was read");
	buffer[n] = '\0';
	return PT_OK;
}

pt_status pt_regular_file_read(
	const char *path, size_t cap_bytes, char **bytes, size_t *n, pt_file_identity *identity, pt_error *err)
{
	int fd;
	pt_file_identity before;
	pt_status status = pt_regular_file_open(AT_FDCWD, path, &fd, &before, err);
	if (status != PT_OK)
		return status;
	char *buffer = NULL;
	if (before.size_bytes < 0 || (uint64_t)before.size_bytes > cap_bytes)
		status = pt_fail(err, PT_ERR_LIMIT, path, -1, "%lld bytes, at most %zu are read",
			(long long)before.size_bytes, cap_bytes);
	else if (!(buffer = pt_array_alloc((size_t)before.size_bytes + 1, 1)))
		status = pt_fail(err, PT_ERR_MEMORY, path, -1, "out of memory");
	else
		status = read_settled(fd, buffer, &before, path, err);
	close(fd);
	if (status != PT_OK) {
		pt_free(buffer);
		return status;
	}
	*bytes = buffer;
	*n = (size_t)before.size_bytes;
	if (identity)
		*identity = before;
	return PT_OK;
}
