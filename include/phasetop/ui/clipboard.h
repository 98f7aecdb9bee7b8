/** The clipboard of the terminal's own computer, by OSC 52: it works through SSH. */
#ifndef PHASETOP_UI_CLIPBOARD_H
#define PHASETOP_UI_CLIPBOARD_H

#include <stdbool.h>
#include <stddef.h>

enum {
	PT_CLIPBOARD_MAX_BYTES = 48 * 1024, /* terminals pass over what is much longer */
	PT_CLIPBOARD_SEQUENCE_BYTES = (PT_CLIPBOARD_MAX_BYTES + 2) / 3 * 4 + 16,
};

/** Does a terminal of this name know the sequence, or at least swallow it? The others would print it. */
bool pt_clipboard_is_known(const char *term);

/**
 * The bytes that put `text` into the clipboard.
 * @param[out] out  PT_CLIPBOARD_SEQUENCE_BYTES, NUL-terminated
 * @return how many; 0 where the text is longer than PT_CLIPBOARD_MAX_BYTES
 */
size_t pt_clipboard_sequence(const char *text, size_t n, char *out);

#endif
