/** What a person does at the terminal: keys and mouse events as values, with their names. No curses here. */
#ifndef PHASETOP_UI_KEY_H
#define PHASETOP_UI_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * A key: a Unicode code point, or one of the special keys below, with modifier bits.
 * Ctrl-l is PT_KEY_CTRL | 'l' (lower case), Shift-Tab is PT_KEY_SHIFT | PT_KEY_TAB; a shifted letter is the
 * capital letter itself.
 */
typedef uint32_t pt_key;

enum { PT_KEY_NONE = 0, PT_KEY_SPECIAL = 0x110000 };

/* X(enumerator, name in tables and configuration, how it is shown to people) */
#define PT_KEY_TABLE(X)                           \
	X(PT_KEY_TAB, "Tab", "Tab")                   \
	X(PT_KEY_ENTER, "Enter", "Enter")             \
	X(PT_KEY_ESC, "Esc", "Esc")                   \
	X(PT_KEY_BACKSPACE, "Backspace", "Backspace") \
	X(PT_KEY_DELETE, "Delete", "Delete")          \
	X(PT_KEY_LEFT, "Left", "←")                   \
	X(PT_KEY_RIGHT, "Right", "→")                 \
	X(PT_KEY_UP, "Up", "↑")                       \
	X(PT_KEY_DOWN, "Down", "↓")                   \
	X(PT_KEY_HOME, "Home", "Home")                \
	X(PT_KEY_END, "End", "End")                   \
	X(PT_KEY_PAGE_UP, "PgUp", "PgUp")             \
	X(PT_KEY_PAGE_DOWN, "PgDn", "PgDn")           \
	X(PT_KEY_F1, "F1", "F1")

enum {
	PT_KEY_BEFORE_FIRST_SPECIAL = PT_KEY_SPECIAL - 1,
#define X(id, name, shown) id,
	PT_KEY_TABLE(X)
#undef X
		PT_KEY_AFTER_LAST_SPECIAL
};

#define PT_KEY_CTRL ((pt_key)1 << 24)
#define PT_KEY_ALT ((pt_key)1 << 25)
#define PT_KEY_SHIFT ((pt_key)1 << 26)
#define PT_KEY_MODIFIERS (PT_KEY_CTRL | PT_KEY_ALT | PT_KEY_SHIFT)

/**
 * Key of a name such as "q", "?", "Space", "Ctrl-l", "Alt-Left", "S-Tab".
 * @param name    n bytes
 * @return PT_KEY_NONE when it names no key
 */
pt_key pt_key_parse(const char *name, size_t n);

/** Key of a character as a terminal sends it: control characters are the keys they stand for. */
pt_key pt_key_of_character(uint32_t character);

/** Name of a key, as pt_key_parse reads it. `out` is always NUL-terminated; "" for PT_KEY_NONE. */
void pt_key_print(pt_key key, char *out, size_t capacity);

/** Key of a character that a terminal sends: controls are keys with Ctrl, or have names of their own. */
pt_key pt_key_of_character(uint32_t character);

/** For people: arrows as arrows where `unicode`, else as pt_key_print. */
void pt_key_show(pt_key key, bool unicode, char *out, size_t capacity);

typedef enum pt_mouse_kind {
	PT_MOUSE_PRESS,  /* left button */
	PT_MOUSE_DOUBLE, /* pressed again, at once and at the same place: in place of the second press */
	PT_MOUSE_DRAG,  /* moved with the left button down */
	PT_MOUSE_RELEASE,
	PT_MOUSE_WHEEL_UP,
	PT_MOUSE_WHEEL_DOWN
} pt_mouse_kind;

typedef struct pt_mouse {
	pt_mouse_kind kind;
	int x, y; /* cells from the top left corner of the screen */
} pt_mouse;

#endif
