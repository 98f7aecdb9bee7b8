/** Characters of JSON strings: escapes and UTF-8. */
#ifndef PHASETOP_RUNIO_JSON_TEXT_H
#define PHASETOP_RUNIO_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * One escape, `text` beginning with its backslash.
 * @param[out] lone a surrogate without its partner; *code_point is then U+FFFD
 * @return the bytes it takes, 0 when it is none
 */
size_t pt_json_escape(const char *text, size_t n, uint32_t *code_point, bool *lone);

/** Bytes of the well-formed UTF-8 character (RFC 3629) that `text` begins with; 0 when it is ill-formed.
 * n > 0. */
size_t pt_json_utf8(const unsigned char *text, size_t n);

#endif
