/** Terminals whose entries are often not installed where one logs in to. */
#ifndef PHASETOP_UI_TERMINAL_STAND_IN_H
#define PHASETOP_UI_TERMINAL_STAND_IN_H

/**
 * The next of the entries that a terminal understands as well as its own. Pure.
 *
 * @param term      the value of TERM
 * @param previous  the one before; NULL: the first
 * @return NULL: there is none, or no more
 */
const char *pt_terminal_stand_in(const char *term, const char *previous);

#endif
