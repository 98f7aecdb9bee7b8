/**
 * Status codes and the error record: how every fallible function of phasetop reports.
 *
 * Convention (see CONTRIBUTING.md): `PT_CHECKED pt_status pt_x(inputs…, outputs…, pt_error *err)`.
 * `err` is last and may be NULL. Outputs are untouched on failure. Programming faults assert.
 */
#ifndef PHASETOP_BASE_STATUS_H
#define PHASETOP_BASE_STATUS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define PT_CHECKED __attribute__((warn_unused_result))
#define PT_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* X(enumerator, name as it is printed in reports, meaning) */
#define PT_STATUS_TABLE(X)                                                                    \
	X(PT_OK, "ok", "success")                                                                 \
	X(PT_ERR_MEMORY, "out_of_memory", "an allocation failed or its size overflowed")          \
	X(PT_ERR_INVALID, "invalid", "a value is outside of what is allowed")                     \
	X(PT_ERR_SHAPE, "shape", "shapes do not fit together, or changed during the run")         \
	X(PT_ERR_NOT_FINITE, "not_finite", "NaN or infinity where a finite number is needed")     \
	X(PT_ERR_UNDEFINED, "undefined", "the quantity has no value for these inputs")            \
	X(PT_ERR_IO, "io", "the operating system reported an error")                              \
	X(PT_ERR_NOT_FOUND, "not_found", "no such file, directory, tensor or key")                \
	X(PT_ERR_PERMISSION, "permission_denied", "not readable by this user")                    \
	X(PT_ERR_NOT_REGULAR, "not_a_regular_file", "a directory, FIFO, device or socket")        \
	X(PT_ERR_NOT_DIRECTORY, "not_a_directory", "a file where a directory is needed")          \
	X(PT_ERR_EMPTY, "empty", "a file of 0 bytes, or nothing in it")                           \
	X(PT_ERR_GROWING, "still_being_written", "shorter than its header says, and young")       \
	X(PT_ERR_TRUNCATED, "truncated", "shorter than its header says, and settled")             \
	X(PT_ERR_CHANGED, "changed_while_reading", "the file changed under the reader")           \
	X(PT_ERR_ZERO_FILLED, "zero_filled", "zeros where a header belongs: a copy in flight")    \
	X(PT_ERR_LFS_POINTER, "lfs_pointer", "a Git LFS pointer in place of the file")            \
	X(PT_ERR_FORMAT, "bad_format", "not the format that its name says")                       \
	X(PT_ERR_JSON, "bad_json", "JSON that does not parse")                                    \
	X(PT_ERR_LIMIT, "over_limit", "larger, longer or deeper than the stated cap")             \
	X(PT_ERR_UNSUPPORTED, "unsupported", "well-formed, but of a kind phasetop does not read") \
	X(PT_ERR_AMBIGUOUS, "ambiguous", "a name occurs twice")                                   \
	X(PT_ERR_PICKLE, "pickle_refused", "a pickle file, never opened as code")                 \
	X(PT_ERR_NOT_LORA, "not_lora", "an adapter of another method than LoRA")                  \
	X(PT_ERR_MISSING_PAIR, "missing_pair", "lora_A without lora_B, or the reverse")           \
	X(PT_ERR_NO_CHECKPOINTS, "no_checkpoints", "nothing to read in the directory yet")        \
	X(PT_ERR_NO_CONFIG, "no_config", "no adapter_config.json: the scaling is not known")      \
	X(PT_ERR_BAD_ROW, "bad_row", "a log line that does not parse or fit")                     \
	X(PT_ERR_WATCH, "watch", "file events are not to be had; polling instead")                \
	X(PT_ERR_CANCELLED, "cancelled", "the job was called off")                                \
	X(PT_ERR_USAGE, "usage", "the command line does not parse")                               \
	X(PT_NOTICE, "notice", "nothing is wrong: what was passed over or assumed, and why")

typedef enum pt_status {
#define X(id, name, meaning) id,
	PT_STATUS_TABLE(X)
#undef X
		PT_N_STATUS
} pt_status;

enum { PT_ERROR_MESSAGE_BYTES = 256, PT_ERROR_PATH_BYTES = 1024 };

typedef struct pt_error {
	pt_status code;
	int64_t offset;                       /* byte offset in `path`, or line number for logs; -1: none */
	char message[PT_ERROR_MESSAGE_BYTES]; /* one line, no newline, UTF-8, NUL-terminated */
	char path[PT_ERROR_PATH_BYTES];       /* "" where no file is concerned */
} pt_error;

/** Name of a code as reports print it, e.g. "truncated". Never NULL; "unknown" outside of the table. */
const char *pt_status_name(pt_status code);

/** Fill *err (may be NULL) and return `code`, so that callers write `return pt_fail(err, …);`. */
pt_status pt_fail(pt_error *err, pt_status code, const char *path, int64_t offset, const char *format, ...)
	PT_PRINTF(5, 6);

/** As pt_fail with errno's text appended; ENOENT, EACCES/EPERM, EISDIR, ENOTDIR and ENOMEM get their own
 * codes. */
pt_status pt_fail_errno(pt_error *err, int errnum, const char *path, const char *what);

#endif
