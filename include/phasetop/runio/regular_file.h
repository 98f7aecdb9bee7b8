/**
 * Foreign files, opened safely: identity, regular files only, reads that survive EINTR and short counts.
 *
 * A live file is never mapped (a truncation under a map raises SIGBUS): it is read with pread into the
 * caller's buffer.
 */
#ifndef PHASETOP_RUNIO_REGULAR_FILE_H
#define PHASETOP_RUNIO_REGULAR_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "phasetop/base/status.h"

/** What tells one state of a file from another. All zero (present = false): there is no such file. */
typedef struct pt_file_identity {
	bool present;
	uint64_t dev, ino;
	int64_t size_bytes;
	int64_t mtime_ns, ctime_ns; /* since 1970 */
} pt_file_identity;

/** pread's form, so that tests can hand in one that is short, interrupted or failing. NULL means pread. */
typedef ssize_t (*pt_pread_fn)(int fd, void *bytes, size_t n, off_t offset);

/** Identity out of a stat record. */
pt_file_identity pt_file_identity_of(const struct stat *record);

/** Same file in the same state? Two absent ones are equal. */
bool pt_file_identity_equal(const pt_file_identity *a, const pt_file_identity *b);

/** The younger of mtime and ctime: a copy that keeps its mtime (cp -p, rsync -t) is still young by ctime. */
int64_t pt_file_identity_changed_ns(const pt_file_identity *identity);

/**
 * Open `path` for reading if it is a regular file (symlinks are followed), without ever blocking on a FIFO or
 * waking a device.
 *
 * @param[in]  dir_fd   directory that a relative path starts from; AT_FDCWD: the working directory
 * @param[out] fd       close it
 * @param[out] identity of the open file
 * @retval PT_ERR_NOT_FOUND    no such file (or a dangling link)
 * @retval PT_ERR_PERMISSION   not readable by this user
 * @retval PT_ERR_NOT_REGULAR  directory, FIFO, device, socket
 * @retval PT_ERR_IO           anything else, a loop of links included
 */
PT_CHECKED pt_status pt_regular_file_open(
	int dir_fd, const char *path, int *fd, pt_file_identity *identity, pt_error *err);

/**
 * Read up to n bytes at `offset`, going on after EINTR and short counts until n bytes or the end of the file.
 * @param[in]  read_at  NULL: pread
 * @param[out] n_read   fewer than n only at the end of the file
 * @retval PT_ERR_IO    path and offset in err
 */
PT_CHECKED pt_status pt_regular_file_read_at(int fd, pt_pread_fn read_at, void *bytes, size_t n,
	int64_t offset, const char *path, size_t *n_read, pt_error *err);

/**
 * The whole of a regular file, NUL-terminated behind its last byte, checked to be in the same state before
 * and after the reading.
 *
 * @param      cap_bytes larger files are refused
 * @param[out] bytes     free with pt_free
 * @param[out] n         bytes without the NUL
 * @param[out] identity  of what was read; may be NULL
 * @retval as pt_regular_file_open, and
 * @retval PT_ERR_LIMIT   larger than the cap
 * @retval PT_ERR_CHANGED changed under the reader: try again later
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_regular_file_read(
	const char *path, size_t cap_bytes, char **bytes, size_t *n, pt_file_identity *identity, pt_error *err);

#endif
