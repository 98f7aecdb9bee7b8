/* Copying as a trainer writes: the files of one checkpoint, and the lines of a log. */
#ifndef PHASETOP_SRC_APP_REPLAY_COPY_H
#define PHASETOP_SRC_APP_REPLAY_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

enum { PT_REPLAY_PATH_BYTES = 4096 };

/* Asked between chunks; true ends the copying with PT_ERR_CANCELLED. */
typedef struct pt_replay_cancel {
	bool (*is_wanted)(void *context);
	void *context;
} pt_replay_cancel;

/* "a/b" in out[PT_REPLAY_PATH_BYTES]. @retval PT_ERR_LIMIT it is too long */
PT_CHECKED pt_status pt_replay_join(
	char out[PT_REPLAY_PATH_BYTES], const char *a, const char *b, pt_error *err);

/* Make the directories above `path`, all below `root` (which is there). */
PT_CHECKED pt_status pt_replay_make_parents(const char *root, const char *path, pt_error *err);

/* Copy a regular file. `staged`: under a temporary name of its full size, then renamed, as safetensors does.
 */
PT_CHECKED pt_status pt_replay_copy_file(
	const char *from, const char *to, bool staged, const pt_replay_cancel *cancel, pt_error *err);

/* Copy a checkpoint directory: weights (staged), then the rest, trainer_state.json last. Sub-directories
   (named adapters) alike; hidden files are left out. */
PT_CHECKED pt_status pt_replay_copy_checkpoint(
	const char *from, const char *to, const pt_replay_cancel *cancel, pt_error *err);

/* Write n bytes to a new file, in place. */
PT_CHECKED pt_status pt_replay_write_file(const char *to, const char *bytes, size_t n, pt_error *err);

/* Remove a directory and all in it, following no link; best effort. */
void pt_replay_remove_tree(const char *directory);

/* A log, line by line. */
typedef struct pt_replay_log {
	int in, out;
	bool csv;
	char *buffer; /* bytes read and not yet written: [begin, end) */
	size_t capacity, begin, end;
	size_t line_bytes; /* of the line at `begin`, its newline included; 0: the log is over */
	int64_t step;      /* of that line; that of the line before where it has none of its own */
	bool has_step;     /* a line with a step has been seen */
} pt_replay_log;

/* Open `from` for reading and create `to`; the first line is then at hand. */
PT_CHECKED pt_status pt_replay_log_init(
	pt_replay_log *log, const char *from, const char *to, bool csv, pt_error *err);
void pt_replay_log_fini(pt_replay_log *log);
/* Append the line at hand to the copy and read the next. */
PT_CHECKED pt_status pt_replay_log_advance(pt_replay_log *log, pt_error *err);

#endif
