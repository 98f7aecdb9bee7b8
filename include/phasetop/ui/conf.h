/**
 * Configuration and saved views as text: lines of `name = value`, and `[section]` lines.
 *
 *     # a comment; also behind a value, with blanks round the mark
 *     theme = phasetop-light
 *     [keys]
 *     zoom = z Enter
 *
 * The text is untrusted: 64 KiB, lines of 2,047 bytes, names of 63; what is not understood is passed over and
 * told.
 */
#ifndef PHASETOP_UI_CONF_H
#define PHASETOP_UI_CONF_H

#include <stddef.h>

enum { PT_CONF_MAX_BYTES = 64 * 1024, PT_CONF_LINE_BYTES = 2048, PT_CONF_NAME_BYTES = 64 };

/** One entry; the strings live until the callee returns. */
typedef struct pt_conf_entry {
	const char *section; /* "" before the first */
	const char *name, *value;
	int line; /* from 1 */
} pt_conf_entry;

typedef struct pt_conf_reader {
	void (*entry)(void *context, const pt_conf_entry *entry);
	void (*problem)(void *context, int line, const char *message); /* message: sanitized, one line */
	void *context;
} pt_conf_reader;

/** Hand over every entry and every problem, in the order of the lines. O(n_bytes), no allocation. */
void pt_conf_parse(const char *text, size_t n_bytes, const pt_conf_reader *reader);

#endif
