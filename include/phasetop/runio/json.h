/**
 * Small JSON documents as a tree. The tree is cJSON's (the one place that includes it), the reading is ours:
 * pt_json_next feeds it, so that repeated keys, trailing bytes, deep nesting and `01` are what they should be
 * and NaN and Infinity are read as Python writes them.
 */
#ifndef PHASETOP_RUNIO_JSON_H
#define PHASETOP_RUNIO_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/runio/json_reader.h"

enum { PT_JSON_DOCUMENT_BYTES = 16 * 1024 * 1024, PT_JSON_DOCUMENT_VALUES = 1000000 };

typedef struct cJSON pt_json_value;

/**
 * Parse a whole document.
 * @param path named in errors, may be NULL
 * @retval PT_ERR_JSON   not JSON; offset: where
 * @retval PT_ERR_LIMIT  above PT_JSON_DOCUMENT_BYTES or _VALUES, or nested too deep
 */
PT_CHECKED pt_status pt_json_parse(
	const char *text, size_t length, const char *path, pt_json_value **out, pt_error *err);

/**
 * Read a file of at most PT_JSON_DOCUMENT_BYTES and parse it.
 * @retval PT_ERR_NOT_FOUND, PT_ERR_PERMISSION, PT_ERR_NOT_REGULAR, PT_ERR_IO, PT_ERR_EMPTY and the above
 */
PT_CHECKED pt_status pt_json_read(const char *path, pt_json_value **out, pt_error *err);
void pt_json_destroy(pt_json_value *value);

/** Type as of its first token: OBJECT_BEGIN, ARRAY_BEGIN, STRING, NUMBER, TRUE, FALSE, NULL; END for NULL
 * pointers. */
pt_json_type pt_json_type_of(const pt_json_value *value);

/** The member of this name (the last one where it is repeated, as in Python); NULL when there is none or
 * `object` is not an object. */
const pt_json_value *pt_json_member(const pt_json_value *object, const char *key);

/** First child and next sibling of objects and arrays, in file order; NULL at the end. */
const pt_json_value *pt_json_first(const pt_json_value *container);
const pt_json_value *pt_json_following(const pt_json_value *child);
/** Key of an object's member; "" else. */
const char *pt_json_key(const pt_json_value *member);

/** Text of a string; NULL for any other type. Cut at its first NUL. */
const char *pt_json_string(const pt_json_value *value);
/** Value of a number; false (and *number untouched) for any other type. */
bool pt_json_number(const pt_json_value *value, double *number);

#endif
