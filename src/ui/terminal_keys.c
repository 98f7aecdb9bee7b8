/* Key codes of curses to keys (contracts in terminal_keys.h). */
#define NCURSES_WIDECHAR 1
#include "terminal_keys.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

enum { CODE_FIRST = KEY_MAX + 100 }; /* codes of the keys that we define ourselves */

/* Keys that terminfo entries often lack, or have in one form of several: those of xterm, in either of its
 * modes, and of others. TERM may name another terminal than the one that sends. The row's place gives its
 * curses code. */
static const struct {
	const char *bytes;
	pt_key key;
} own_keys[] = {
	{"\033[<", PT_KEY_NONE}, /* an SGR mouse report begins */
	{"\033[1;5D", PT_KEY_CTRL | PT_KEY_LEFT},
	{"\033[1;5C", PT_KEY_CTRL | PT_KEY_RIGHT},
	{"\033[1;5A", PT_KEY_CTRL | PT_KEY_UP},
	{"\033[1;5B", PT_KEY_CTRL | PT_KEY_DOWN},
	{"\033[1;3D", PT_KEY_ALT | PT_KEY_LEFT},
	{"\033[1;3C", PT_KEY_ALT | PT_KEY_RIGHT},
	{"\033[1;3A", PT_KEY_ALT | PT_KEY_UP},
	{"\033[1;3B", PT_KEY_ALT | PT_KEY_DOWN},
	{"\033[1;2D", PT_KEY_SHIFT | PT_KEY_LEFT},
	{"\033[1;2C", PT_KEY_SHIFT | PT_KEY_RIGHT},
	{"\033[1;2A", PT_KEY_SHIFT | PT_KEY_UP},
	{"\033[1;2B", PT_KEY_SHIFT | PT_KEY_DOWN},
	{"\033[D", PT_KEY_LEFT}, /* a terminal that ignores application mode */
	{"\033[C", PT_KEY_RIGHT},
	{"\033[A", PT_KEY_UP},
	{"\033[B", PT_KEY_DOWN},
	{"\033[H", PT_KEY_HOME},
	{"\033[F", PT_KEY_END},
	{"\033OD", PT_KEY_LEFT},
	{"\033OC", PT_KEY_RIGHT},
	{"\033OA", PT_KEY_UP},
	{"\033OB", PT_KEY_DOWN},
	{"\033OH", PT_KEY_HOME},
	{"\033OF", PT_KEY_END},
	{"\033[1~", PT_KEY_HOME},
	{"\033[4~", PT_KEY_END},
	{"\033[Z", PT_KEY_SHIFT | PT_KEY_TAB},
	{"\033OP", PT_KEY_F1},
	{"\033[11~", PT_KEY_F1},
	{"\033OM", PT_KEY_ENTER}, /* of the keypad */
};

/* Where the entry has a key for it, and one that is of use, that stands. */
void pt_terminal_define_keys(void)
{
	for (size_t i = 0; i < sizeof own_keys / sizeof own_keys[0]; i++)
		if (i == 0 || pt_terminal_key_of_code(key_defined(own_keys[i].bytes)) == PT_KEY_NONE)
			define_key(own_keys[i].bytes, CODE_FIRST + (int)i);
}

bool pt_terminal_is_mouse_code(int code)
{
	return code == CODE_FIRST;
}

static const struct {
	int code;
	pt_key key;
} curses_keys[] = {
	{KEY_LEFT, PT_KEY_LEFT},
	{KEY_RIGHT, PT_KEY_RIGHT},
	{KEY_UP, PT_KEY_UP},
	{KEY_DOWN, PT_KEY_DOWN},
	{KEY_HOME, PT_KEY_HOME},
	{KEY_END, PT_KEY_END},
	{KEY_PPAGE, PT_KEY_PAGE_UP},
	{KEY_NPAGE, PT_KEY_PAGE_DOWN},
	{KEY_BACKSPACE, PT_KEY_BACKSPACE},
	{KEY_DC, PT_KEY_DELETE},
	{KEY_ENTER, PT_KEY_ENTER},
	{KEY_BTAB, PT_KEY_SHIFT | PT_KEY_TAB},
	{KEY_SLEFT, PT_KEY_SHIFT | PT_KEY_LEFT},
	{KEY_SRIGHT, PT_KEY_SHIFT | PT_KEY_RIGHT},
	{KEY_SR, PT_KEY_SHIFT | PT_KEY_UP},
	{KEY_SF, PT_KEY_SHIFT | PT_KEY_DOWN},
	{KEY_F(1), PT_KEY_F1},
};

pt_key pt_terminal_key_of_code(int code)
{
	int own = code - CODE_FIRST;
	if (own >= 0 && own < (int)(sizeof own_keys / sizeof own_keys[0]))
		return own_keys[own].key;
	for (size_t i = 0; i < sizeof curses_keys / sizeof curses_keys[0]; i++)
		if (curses_keys[i].code == code)
			return curses_keys[i].key;
	/* extended capabilities (kLFT5 …) have codes that curses hands out: ask for their name */
	static const struct {
		const char *stem;
		pt_key key;
	} stems[] = {{"kLFT", PT_KEY_LEFT}, {"kRIT", PT_KEY_RIGHT}, {"kUP", PT_KEY_UP}, {"kDN", PT_KEY_DOWN}};
	const char *name = keyname(code);
	for (size_t i = 0; name && i < sizeof stems / sizeof stems[0]; i++) {
		size_t n = strlen(stems[i].stem);
		if (strncmp(name, stems[i].stem, n) != 0)
			continue;
		switch (atoi(name + n)) {
		case 3:
			return PT_KEY_ALT | stems[i].key;
		case 5:
			return PT_KEY_CTRL | stems[i].key;
		case 0:
		case 2:
			return PT_KEY_SHIFT | stems[i].key;
		default:
			return PT_KEY_NONE;
		}
	}
	return PT_KEY_NONE;
}
