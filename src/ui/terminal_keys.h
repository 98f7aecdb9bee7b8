/** Which key a curses code is. */
#ifndef PHASETOP_UI_TERMINAL_KEYS_H
#define PHASETOP_UI_TERMINAL_KEYS_H

#include <stdbool.h>

#include "phasetop/ui/key.h"

/** Tell curses, once it has a screen, of keys and of the mouse report that terminfo entries often lack. */
void pt_terminal_define_keys(void);

/** Does an SGR mouse report begin with this code? */
bool pt_terminal_is_mouse_code(int code);

/** The key of a code that get_wch gave; PT_KEY_NONE: it is of no use. */
pt_key pt_terminal_key_of_code(int code);

#endif
