/** A small regular file, read whole. */
#ifndef PHASETOP_RUNIO_FILE_TEXT_H
#define PHASETOP_RUNIO_FILE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "phasetop/base/status.h"

/**
 * Open for reading: O_CLOEXEC and O_NONBLOCK, regular files only (symbolic links are followed).
 * @param[out] fd     close it
 * @param[out] status of the open file
 * @retval PT_ERR_NOT_FOUND, PT_ERR_PERMISSION, PT_ERR_NOT_REGULAR, PT_ERR_NOT_DIRECTORY, PT_ERR_IO
 */
PT_CHECKED pt_status pt_file_open(const char *path, int *fd, struct stat *status, pt_error *err);

/**
 * pread until n bytes are there or the file ends; EINTR is retried.
 * @param[out] got bytes read
 * @retval PT_ERR_IO
 */
PT_CHECKED pt_status pt_file_read_at(
	int fd, const char *path, int64_t offset, void *out, size_t n, size_t *got, pt_error *err);

/** Has what identifies contents changed (device, inode, size, mtime, ctime)? */
bool pt_file_differs(const struct stat *a, const struct stat *b);

/**
 * Read a whole file.
 * @param      max_bytes cap; a larger file is PT_ERR_LIMIT
 * @param[out] text      NUL-terminated copy; free with pt_free
 * @retval PT_ERR_EMPTY   0 bytes
 * @retval PT_ERR_CHANGED it changed while it was read
 * @retval PT_ERR_MEMORY, and those of pt_file_open and pt_file_read_at
 */
PT_CHECKED pt_status pt_file_read_text(
	const char *path, size_t max_bytes, char **text, size_t *length, pt_error *err);

#endif
