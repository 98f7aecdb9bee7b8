/**
 * A bounds-checked reader of safetensors files, for files that may still be written by someone else.
 *
 * What it accepts is what the Rust crate's release 0.8.0 accepts, but for three differences made on purpose:
 * a name that occurs twice is refused as ambiguous; a file shorter than its header says is PT_ERR_TRUNCATED
 * with the offset at which it ends (whether it is still growing is the scanner's to decide, by time); up to
 * PT_SAFETENSORS_TRAILING_BYTES bytes after the data are tolerated, see pt_safetensors_trailing_bytes.
 * Never mmap: a truncation under a map raises SIGBUS. All reads are pread.
 *
 * @source the format's README; shared verdict table replayed by test_safetensors_conformance
 */
#ifndef PHASETOP_RUNIO_SAFETENSORS_H
#define PHASETOP_RUNIO_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/runio/dtype.h"

enum {
	PT_SAFETENSORS_HEADER_BYTES = 100000000, /* the crate's own cap */
	PT_SAFETENSORS_TENSORS = 1000000,        /* ours: about 200 MB of descriptions */
	PT_SAFETENSORS_TRAILING_BYTES = 64,
	PT_TENSOR_DIMS = 8 /* kept of a shape; n_dims tells how many there are */
};

typedef struct pt_tensor_info {
	const char *name; /* UTF-8 as it was given, NUL-terminated; may hold NUL bytes of its own */
	size_t name_length;
	pt_dtype dtype;
	size_t n_dims;
	uint64_t shape[PT_TENSOR_DIMS]; /* the first dimensions; all of them where n_dims <= PT_TENSOR_DIMS */
	uint64_t n_values;              /* product of the whole shape; 1 for a scalar */
	uint64_t begin, end;            /* bytes, in the data section */
	int64_t offset;                 /* of the first value, in the file */
} pt_tensor_info;

typedef struct pt_safetensors pt_safetensors;

/**
 * Open a file and read its header. O_NONBLOCK, so that a FIFO can't hang the caller.
 * @param[out] out close with pt_safetensors_close
 * @retval PT_ERR_NOT_FOUND, PT_ERR_PERMISSION, PT_ERR_IO  of open and read
 * @retval PT_ERR_NOT_REGULAR  a directory, FIFO, device or socket
 * @retval PT_ERR_EMPTY        0 bytes
 * @retval PT_ERR_TRUNCATED    ends before its header or data do; offset: where it ends
 * @retval PT_ERR_ZERO_FILLED  zeros where the header belongs
 * @retval PT_ERR_LFS_POINTER  a Git LFS pointer
 * @retval PT_ERR_PICKLE       a zip or pickle file under this name; never opened as code
 * @retval PT_ERR_LIMIT        header or number of tensors above the caps, or nested too deep
 * @retval PT_ERR_JSON         the header is not JSON, or not JSON of the right form; offset: where
 * @retval PT_ERR_FORMAT       offsets with holes or overlaps, sizes that do not fit shape and dtype, …
 * @retval PT_ERR_AMBIGUOUS    a tensor name occurs twice
 * @retval PT_ERR_CHANGED      the file changed while the header was read
 * @cost   O(header), memory O(header)
 */
PT_CHECKED pt_status pt_safetensors_open(const char *path, pt_safetensors **out, pt_error *err);
void pt_safetensors_close(pt_safetensors *file);

/** Number of tensors; they are listed in the order of their offsets. */
size_t pt_safetensors_count(const pt_safetensors *file);
/** The i-th tensor; lives as long as the file is open. */
const pt_tensor_info *pt_safetensors_tensor(const pt_safetensors *file, size_t i);
/** The tensor of this name; NULL when there is none. O(log n). */
const pt_tensor_info *pt_safetensors_find(const pt_safetensors *file, const char *name);

/** Value of a `__metadata__` key (the last one where it is repeated); NULL when there is none. */
const char *pt_safetensors_metadata(const pt_safetensors *file, const char *key);

/** Bytes after the last tensor's, at most PT_SAFETENSORS_TRAILING_BYTES; worth a warning when not 0. */
size_t pt_safetensors_trailing_bytes(const pt_safetensors *file);

/**
 * Read all values of a tensor as float.
 * @param[out] out tensor->n_values floats; its contents are undefined on failure
 * @retval PT_ERR_UNSUPPORTED the dtype is not F32, F16 or BF16
 * @retval PT_ERR_CHANGED     the file got shorter meanwhile
 * @retval PT_ERR_IO          of pread
 */
PT_CHECKED pt_status pt_safetensors_read_float(
	const pt_safetensors *file, const pt_tensor_info *tensor, float *out, pt_error *err);

/** As pt_safetensors_read_float, for F64 F32 F16 BF16, BOOL and the integer types. */
PT_CHECKED pt_status pt_safetensors_read_double(
	const pt_safetensors *file, const pt_tensor_info *tensor, double *out, pt_error *err);

/**
 * To be called after the last read: is the file still the one that was opened?
 * @retval PT_ERR_CHANGED device, inode, size, mtime or ctime differ: discard what was read
 */
PT_CHECKED pt_status pt_safetensors_check_unchanged(const pt_safetensors *file, pt_error *err);

#endif
