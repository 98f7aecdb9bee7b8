/*
 * The bytes of a file that grows: what the readers of lines (pt_tail) and of binary records stand on.
 * Private to runio.
 *
 * The place is (dev, ino, offset). The last bytes before it are read again with each chunk: where they
 * differ, or the file became shorter or another, it is read from its beginning.
 */
#ifndef PHASETOP_RUNIO_FOLLOWED_FILE_H
#define PHASETOP_RUNIO_FOLLOWED_FILE_H

#include "phasetop/runio/regular_file.h"

/* Zero it, then followed_file_init. */
typedef struct followed_file {
	char *path;
	pt_pread_fn read_at;
	pt_file_identity identity; /* at the last successful opening */
	int64_t offset;            /* in the file, of bytes[end] */
	char *bytes;               /* [start, end): read and not yet taken; before start: kept to compare */
	size_t capacity, start, end;
	bool is_refused; /* `take` failed: it is to see the same bytes again before further ones */
} followed_file;

typedef struct follow_handler {
	void *context;
	/* Take from bytes[start, end) what is whole, by moving start. Called after each chunk that is read.
	   Another status than PT_OK ends the reading, and what was not taken comes again. *enough = true: read no
	   further now. */
	pt_status (*take)(void *context, followed_file *file, bool *enough, pt_error *err);
	/* What was taken is void: the file is read from its beginning. Called only where a byte was read before.
	 */
	void (*reset)(void *context);
} follow_handler;

/* @param read_at NULL: pread. @return false when out of memory */
bool followed_file_init(followed_file *file, const char *path, pt_pread_fn read_at);
void followed_file_fini(followed_file *file);

/* Bytes read and not taken. */
static inline size_t followed_bytes(const followed_file *file)
{
	return file->end - file->start;
}

/* Where bytes[start] lies in the file. */
static inline int64_t followed_offset(const followed_file *file)
{
	return file->offset - (int64_t)followed_bytes(file);
}

/* Bytes read and not taken, without the zeros that they end in: a preallocated or half copied file ends in
   zeros that may still be filled in place. @cost O(zeros) */
size_t followed_solid_bytes(const followed_file *file);

/* Nothing but zeros (or nothing at all) behind the first n bytes that are not taken? @cost O(zeros behind) */
bool followed_is_zero_behind(const followed_file *file, size_t n);

/* Does it end in zeros enough (1 MiB) to take them for the end of what was written? Then reading on would
   only fill memory. */
bool followed_ends_in_zeros(const followed_file *file);

/* Where what was not taken ends in a zero, forget it: the next call reads it anew. */
void followed_file_unread_zeros(followed_file *file);

/**
 * Hand all that is new to the handler.
 * @retval PT_ERR_NOT_FOUND, PT_ERR_PERMISSION, PT_ERR_NOT_REGULAR, PT_ERR_IO, PT_ERR_MEMORY
 * @retval what `take` returned
 * @cost   O(new bytes); without news an open, an fstat and one read of at most 512 bytes
 */
PT_CHECKED pt_status followed_file_read(followed_file *file, const follow_handler *handler, pt_error *err);

#endif
