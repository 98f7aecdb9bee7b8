/** Sequences of characters that a terminal sends for one key, or for something else, and that no entry names:
 * they are read to their end, for their characters are no keys. */
#ifndef PT_UI_KEY_SEQUENCE_H
#define PT_UI_KEY_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum pt_sequence_part {
	PT_SEQUENCE_OVER,
	PT_SEQUENCE_ESCAPED,    /* Esc was all so far */
	PT_SEQUENCE_SINGLE,     /* "ESC O": a letter ends it */
	PT_SEQUENCE_CONTROL,    /* "ESC [" was all so far */
	PT_SEQUENCE_PARAMETERS, /* … and its parameters have begun */
	PT_SEQUENCE_COUNTED     /* so many characters more */
} pt_sequence_part;

typedef struct pt_key_sequence {
	pt_sequence_part part;
	int n_more;
} pt_key_sequence;

/** Esc arrived. */
pt_key_sequence pt_key_sequence_escaped(void);

/** "ESC [ M" arrived: a mouse report of the kind that we never ask for; three characters follow. */
pt_key_sequence pt_key_sequence_old_mouse(void);

/**
 * Does one more character belong to it? By ECMA-48: parameters and one final byte after "ESC [", a control
 * character breaks it off; and by the Linux console, whose "ESC [ [" is followed by a letter.
 * @return true: it does; the part is PT_SEQUENCE_OVER when it was the last. false: it does not
 */
bool pt_key_sequence_takes(pt_key_sequence *sequence, uint32_t character);

#endif
