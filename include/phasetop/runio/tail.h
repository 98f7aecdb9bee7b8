/**
 * Follow a text file as `tail -F` does: each call gives the complete lines that are new since the last.
 *
 * The place is (dev, ino, offset). A torn last line waits for its newline. A file that became shorter, was
 * replaced by another, or holds other bytes just before the place (truncated and written again) is read from
 * its beginning, after a call of `reset`. Only new bytes cost work: a call without news costs an open, an
 * fstat and one read of at most 512 bytes. (A file rewritten in place with the very same last 512 bytes
 * before the place goes unnoticed.)
 *
 * Memory: one buffer, as long as the longest line within the cap; it shrinks again.
 */
#ifndef PHASETOP_RUNIO_TAIL_H
#define PHASETOP_RUNIO_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/runio/regular_file.h"

typedef struct pt_tail pt_tail;

enum { PT_TAIL_LINE_CAP_BYTES = 64 * 1024 * 1024 };

typedef struct pt_tail_options {
	size_t line_cap_bytes; /* 0: PT_TAIL_LINE_CAP_BYTES */
	pt_pread_fn read_at;   /* NULL: pread; tests hand in others */
} pt_tail_options;

typedef struct pt_tail_handler {
	void *context;
	/**
	 * One complete line: n bytes without LF, CRLF or a leading BOM; text[n] is NUL; may hold NULs inside.
	 * `number` counts from 1. Any status but PT_OK ends the reading, which returns it; the same line then
	 * comes again with the next call.
	 */
	pt_status (*line)(void *context, const char *text, size_t n, int64_t number, pt_error *err);
	/** All lines given so far are void: the file is read from its beginning. May be NULL. */
	void (*reset)(void *context);
	/** A line over the cap was passed over. May be NULL. */
	void (*overlong)(void *context, int64_t number);
} pt_tail_handler;

/**
 * @param[in] options NULL: defaults
 * @return NULL when out of memory. The file need not exist yet.
 */
pt_tail *pt_tail_create(const char *path, const pt_tail_options *options);
void pt_tail_destroy(pt_tail *tail);

/**
 * Give the lines that are new since the last call.
 *
 * @retval PT_ERR_NOT_FOUND    the file is not there (nothing is forgotten: it may come back)
 * @retval PT_ERR_PERMISSION, PT_ERR_NOT_REGULAR, PT_ERR_IO  likewise; try again after the next event
 * @retval PT_ERR_FORMAT       UTF-16 or UTF-32 text
 * @retval PT_ERR_MEMORY
 * @retval what `line` returned
 * @cost   O(new bytes)
 */
PT_CHECKED pt_status pt_tail_read(pt_tail *tail, const pt_tail_handler *handler, pt_error *err);

/** State of the file as of the last successful read (present = false: none yet). */
pt_file_identity pt_tail_identity(const pt_tail *tail);
/** Bytes of a last line that still lacks its newline. */
int64_t pt_tail_torn_bytes(const pt_tail *tail);
/** The path it follows; shares the life of `tail`. */
const char *pt_tail_path(const pt_tail *tail);

#endif
