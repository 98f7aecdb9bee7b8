/* A JSON file read through a window, so that its size costs no memory. Private to runio. */
#ifndef PHASETOP_RUNIO_JSON_FILE_H
#define PHASETOP_RUNIO_JSON_FILE_H

#include "phasetop/runio/json_reader.h"
#include "phasetop/runio/regular_file.h"

enum {
	JSON_WINDOW_BYTES = 256 * 1024,          /* grows where a single string is longer */
	JSON_WINDOW_CAP_BYTES = 16 * 1024 * 1024 /* strings up to half of it are read */
};

typedef struct json_file {
	const char *path; /* borrowed */
	int fd;
	pt_file_identity identity; /* when it was opened */
	char *window;
	size_t capacity;
	int64_t offset;      /* of the first byte that was not read yet */
	pt_json_reader json; /* the document */
} json_file;

/**
 * Open the file and stand before its first token.
 * @param[out] file  close it with json_file_close; do not move it
 * @retval PT_ERR_EMPTY, PT_ERR_LIMIT (over the cap), as pt_regular_file_open
 */
PT_CHECKED pt_status json_file_open(json_file *file, const char *path, int64_t cap_bytes, pt_error *err);
void json_file_close(json_file *file);

/** Stand before the first token again. */
void json_file_rewind(json_file *file);

/** Is the file in the state in which it was opened? @retval PT_ERR_CHANGED, PT_ERR_IO */
PT_CHECKED pt_status json_file_settled(const json_file *file, pt_error *err);

#endif
