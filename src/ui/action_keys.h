/** What action.c shares with the files that read keys, and print tables. */
#ifndef PHASETOP_UI_ACTION_KEYS_H
#define PHASETOP_UI_ACTION_KEYS_H

#include "phasetop/ui/action.h"

/** A key of a row: the prefix (or none), then the key; both are PT_KEY_NONE where the text names no key. */
typedef struct pt_binding {
	pt_key prefix, key;
} pt_binding;

/** Takes the next binding off a list such as "q Ctrl-w:h"; false at its end. */
bool pt_binding_next(const char **keys, pt_binding *out);

/** Do the rows of this scope come first where they act, so that others may have the same keys? */
bool pt_scope_is_special(pt_scope scope);

/** Text for roff: what it would take for a command or an escape is written as an escape. */
void pt_print_roff(FILE *out, const char *text);

#endif
