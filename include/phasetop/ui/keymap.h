/** Which keys the actions have: those of the table (action.h), or those that the configuration gives them. */
#ifndef PHASETOP_UI_KEYMAP_H
#define PHASETOP_UI_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/ui/action.h"

enum { PT_KEYMAP_BYTES = 96, PT_KEYMAP_WORDS_BYTES = 160 };

/** A value. "none" in the place of a key stands for a key that was taken away. */
struct pt_keymap {
	char keys[PT_N_ACTIONS][PT_KEYMAP_BYTES]; /* as in the table */
	bool rebound[PT_N_ACTIONS];
};

/** The keys of the table. */
void pt_keymap_init(pt_keymap *keymap);

/**
 * Give an action other keys: "q Ctrl-x g:g", "none" for none. A key that another action has of the table is
 * taken from it; one that it was given itself is refused, as is one with which longer keys begin (or that
 * begins with such a one).
 *
 * @param[out] words  where it is false: why not; where it is true: what was taken from whom, or ""
 * @return false, with nothing changed, where the keys cannot stand
 */
bool pt_keymap_bind(pt_keymap *keymap, pt_action action, const char *keys, char words[PT_KEYMAP_WORDS_BYTES]);

#endif
