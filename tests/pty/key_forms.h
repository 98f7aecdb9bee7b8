/** What terminals send for a key: for the tests of this directory that press keys by their names. */
#ifndef TESTS_PTY_KEY_FORMS_H
#define TESTS_PTY_KEY_FORMS_H

#include <stddef.h>

enum { KEY_FORMS = 4, KEY_FORM_BYTES = 32 };

/** Different byte strings for one key: what the terminal's own entry says first, then what xterm and others
 * send. */
typedef struct key_forms {
	size_t n;
	char bytes[KEY_FORMS][KEY_FORM_BYTES];
} key_forms;

/** The next of keys with blanks between, n bytes; moves on behind it. NULL: there is no more. */
const char *next_key_name(const char **keys, size_t *n);

/** Forms of a key of the action table ("?", "S-Left", "Ctrl-w:h") at the terminal that was chosen last; fails
 * the test when there is no such key. @param name n bytes */
key_forms key_forms_of(const char *name, size_t n);

/** Look keys up in this terminal's entry from now on. Fails the test if it has none. */
void key_forms_at(const char *term);

#endif
