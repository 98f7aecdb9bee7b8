/**
 * A bounded pull tokenizer for JSON in memory: no allocation, no recursion, every error with its byte offset.
 *
 * It is as strict as RFC 8259 and serde_json: no leading zeros, no trailing commas or bytes, no control
 * characters in strings, well-formed UTF-8, paired surrogates. PT_JSON_PYTHON accepts in addition what
 * Python's json module writes: the literals NaN, Infinity and -Infinity, numbers that overflow a double
 * (read as an infinity), and lone surrogate escapes (read as U+FFFD).
 *
 *     pt_json_reader reader;
 *     pt_json_token token;
 *     pt_json_init(&reader, text, length, PT_JSON_STRICT, path, 0);
 *     status = pt_json_expect(&reader, PT_JSON_OBJECT_BEGIN, "an object", &token, err);
 *     for (;;) {
 *             status = pt_json_next(&reader, &token, err);      // a key, or the end of the object
 *             if (status != PT_OK || token.type == PT_JSON_OBJECT_END) break;
 *             if (pt_json_is(&token, "step")) … pt_json_next(…) // its value
 *             else status = pt_json_skip(&reader, &token, err); // its value, whatever it is
 *     }
 *
 * A text that does not lie in memory whole is read through a window (pt_json_init_window): the bytes of a token
 * are then there until the next one is read, and no longer.
 */
#ifndef PHASETOP_RUNIO_JSON_READER_H
#define PHASETOP_RUNIO_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

typedef enum pt_json_type {
	PT_JSON_END, /* after the one value of the document */
	PT_JSON_OBJECT_BEGIN,
	PT_JSON_OBJECT_END,
	PT_JSON_ARRAY_BEGIN,
	PT_JSON_ARRAY_END,
	PT_JSON_KEY,
	PT_JSON_STRING,
	PT_JSON_NUMBER, /* NaN and infinities included, where the dialect has them */
	PT_JSON_TRUE,
	PT_JSON_FALSE,
	PT_JSON_NULL,
	PT_N_JSON_TYPES
} pt_json_type;

typedef enum pt_json_dialect { PT_JSON_STRICT, PT_JSON_PYTHON } pt_json_dialect;

/* Open objects and arrays at most; the limit of serde_json, which reads safetensors headers. */
enum { PT_JSON_MAX_DEPTH = 127 };

typedef struct pt_json_token {
	pt_json_type type;
	const char *text; /* its bytes in the caller's buffer; for keys and strings without the quotes, raw */
	size_t length;    /* bytes of text */
	int64_t offset;   /* of its first byte (the quote of a string), base offset included */
	size_t depth;     /* containers around it; a container's begin and end have the same depth */
	double number;    /* PT_JSON_NUMBER: correctly rounded */
	int64_t integer;  /* the exact value, where is_integer */
	bool is_integer;  /* a whole number that fits int64 exactly ("7", "7.0" and "7e2" alike) */
	bool is_escaped;  /* a key or string with backslashes: decode it before use */
} pt_json_token;

struct pt_json_reader;

/**
 * Put more of the text behind what reader->text has left from reader->at on; the rest may go.
 * Sets text, length, at and base_offset.
 * @param[out] grew  false: there is no more
 */
typedef pt_status (*pt_json_refill_fn)(
	void *context, struct pt_json_reader *reader, bool *grew, pt_error *err);

typedef struct pt_json_reader {
	const char *text;
	size_t length;
	size_t at;
	int64_t base_offset;
	const char *path; /* for errors; borrowed; may be NULL */
	pt_json_dialect dialect;
	size_t depth;
	int state;
	unsigned char is_object[PT_JSON_MAX_DEPTH / 8 + 1]; /* a bit for each open container */
	pt_json_refill_fn refill; /* NULL: all of the text is there */
	void *refill_context;
} pt_json_reader;

/**
 * Start reading one document.
 * @param text        borrowed for the life of the reader and its tokens; need not be NUL-terminated
 * @param path        named in errors, borrowed, may be NULL
 * @param base_offset added to every offset: where `text` lies in its file
 */
void pt_json_init(pt_json_reader *reader, const char *text, size_t length, pt_json_dialect dialect,
	const char *path, int64_t base_offset);

/**
 * Start reading a document that comes piece by piece, the first with the first token.
 * @param refill called wherever the text at hand may end within a token; what it fails with, pt_json_next does
 */
void pt_json_init_window(pt_json_reader *reader, pt_json_refill_fn refill, void *context,
	pt_json_dialect dialect, const char *path);

/**
 * The next token. Commas and colons are checked and passed over. After the document's value comes
 * PT_JSON_END, any number of times.
 * @retval PT_ERR_JSON  not JSON; err->offset is the offending byte. The reader stays there.
 * @retval PT_ERR_LIMIT deeper than PT_JSON_MAX_DEPTH
 * @retval what refill returned
 * @cost   linear in the bytes passed
 */
PT_CHECKED pt_status pt_json_next(pt_json_reader *reader, pt_json_token *token, pt_error *err);

/**
 * As pt_json_next, and PT_ERR_JSON ("expected <what>") when the token is of another type.
 * @param what a noun with its article, e.g. "an object"
 */
PT_CHECKED pt_status pt_json_expect(
	pt_json_reader *reader, pt_json_type type, const char *what, pt_json_token *token, pt_error *err);

/**
 * Pass over the rest of what `token` (the last one read) began: a key's value, a container's contents and
 * end. Nothing for a scalar.
 */
PT_CHECKED pt_status pt_json_skip(pt_json_reader *reader, const pt_json_token *token, pt_error *err);

/** Is this key or string equal to `expected` (NUL-terminated UTF-8), escapes decoded? */
bool pt_json_is(const pt_json_token *token, const char *expected);

/**
 * Decode a key or string.
 * @param[out] out      NUL-terminated UTF-8; may hold NUL bytes of its own where the text has \u0000
 * @param      capacity of out; token->length + 1 always suffices
 * @param[out] length   bytes without the final NUL; may be NULL
 * @retval PT_ERR_LIMIT does not fit; out is then cut at a character and terminated
 */
PT_CHECKED pt_status pt_json_decode(const pt_json_token *token, char *out, size_t capacity, size_t *length);

/** A number token as an unsigned integer: only plain digits count, as serde_json reads a usize ("-0", "4.0"
 * and "4e0" do not). */
bool pt_json_unsigned(const pt_json_token *token, uint64_t *value);

/** "an object", "a string", … for messages. */
const char *pt_json_type_name(pt_json_type type);

#endif
