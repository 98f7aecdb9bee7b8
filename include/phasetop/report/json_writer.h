/**
 * A streaming JSON writer: commas, indentation and string escapes, no tree in memory.
 *
 * Output goes to a stdio stream; errors of the stream are asked for once, at the end. Misuse (a value
 * without a key in an object, unbalanced ends) is a programming fault and asserts.
 */
#ifndef PHASETOP_REPORT_JSON_WRITER_H
#define PHASETOP_REPORT_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "phasetop/base/status.h"

enum { PT_JSON_WRITER_DEPTH = 24 };

typedef struct pt_json_writer {
	FILE *out;    /* borrowed */
	bool compact; /* all on one line */
	int depth;
	bool after_key;
	struct {
		bool array, one_line, has_items;
	} level[PT_JSON_WRITER_DEPTH];
} pt_json_writer;

/** Write to `out` (borrowed); `compact` gives one line without a blank. */
void pt_json_writer_init(pt_json_writer *writer, FILE *out, bool compact);

/** Ends the document with a newline and flushes. @retval PT_ERR_IO the stream failed somewhere on the way */
PT_CHECKED pt_status pt_json_writer_finish(pt_json_writer *writer, pt_error *err);

void pt_json_writer_begin_object(pt_json_writer *writer);
/** An object on one line even where the document is indented (and all inside of it). */
void pt_json_writer_begin_object_on_line(pt_json_writer *writer);
void pt_json_writer_end_object(pt_json_writer *writer);
void pt_json_writer_begin_array(pt_json_writer *writer);
/** An array on one line even where the document is indented: for numbers. */
void pt_json_writer_begin_array_on_line(pt_json_writer *writer);
void pt_json_writer_end_array(pt_json_writer *writer);

void pt_json_writer_key(pt_json_writer *writer, const char *key);
void pt_json_writer_null(pt_json_writer *writer);
void pt_json_writer_bool(pt_json_writer *writer, bool value);
void pt_json_writer_int(pt_json_writer *writer, int64_t value);
/** Shortest text that reads back equal; null for NaN and infinities. Independent of the locale. */
void pt_json_writer_double(pt_json_writer *writer, double value);
/**
 * A foreign string, lossless but for ill-formed UTF-8, each piece of which becomes U+FFFD: quotes,
 * backslashes, and all that must not reach a terminal raw (controls, bidi, zero-width, private) are written
 * as escapes. NULL gives null.
 */
void pt_json_writer_string(pt_json_writer *writer, const char *text);

/** Shorthands for members: key and value. */
void pt_json_writer_member_null(pt_json_writer *writer, const char *key);
void pt_json_writer_member_bool(pt_json_writer *writer, const char *key, bool value);
void pt_json_writer_member_int(pt_json_writer *writer, const char *key, int64_t value);
void pt_json_writer_member_double(pt_json_writer *writer, const char *key, double value);
void pt_json_writer_member_string(pt_json_writer *writer, const char *key, const char *text);

#endif
