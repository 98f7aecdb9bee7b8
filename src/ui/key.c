#include "phasetop/ui/key.h"

#include <string.h>

#include "phasetop/base/text.h"

static const struct {
	const char *name, *shown;
} specials[] = {
#define X(id, name, shown) {name, shown},
	PT_KEY_TABLE(X)
#undef X
};

enum { N_SPECIALS = PT_KEY_AFTER_LAST_SPECIAL - PT_KEY_SPECIAL };
_Static_assert(sizeof specials / sizeof specials[0] == N_SPECIALS, "a name for each special key");

static const struct {
	const char *prefix;
	pt_key bit;
} modifiers[] = {{"Ctrl-", PT_KEY_CTRL}, {"Alt-", PT_KEY_ALT}, {"S-", PT_KEY_SHIFT}};

enum { N_MODIFIERS = sizeof modifiers / sizeof modifiers[0] };

/* The key without modifiers that the n bytes name. */
static pt_key parse_plain(const char *name, size_t n)
{
	if (n == 5 && memcmp(name, "Space", 5) == 0)
		return ' ';
	for (int i = 0; i < N_SPECIALS; i++)
		if (strlen(specials[i].name) == n && memcmp(specials[i].name, name, n) == 0)
			return (pt_key)(PT_KEY_SPECIAL + i);
	uint32_t code_point = 0;
	/* U+FFFD stands for ill-formed bytes */
	if (n == 0 || pt_utf8_decode(name, n, &code_point) != n || code_point <= ' ' || code_point == 0xFFFD)
		return PT_KEY_NONE;
	return pt_text_width_of(code_point) > 0 ? code_point : PT_KEY_NONE;
}

pt_key pt_key_parse(const char *name, size_t n)
{
	pt_key bits = 0;
	for (int i = 0; i < N_MODIFIERS; i++) {
		size_t length = strlen(modifiers[i].prefix);
		if (n > length && memcmp(name, modifiers[i].prefix, length) == 0) {
			bits |= modifiers[i].bit;
			name += length;
			n -= length;
		}
	}
	pt_key plain = parse_plain(name, n);
	return plain == PT_KEY_NONE ? PT_KEY_NONE : bits | plain;
}

static void print(pt_key key, bool shown, char *out, size_t capacity)
{
	pt_text text = pt_text_over(out, capacity);
	pt_key plain = key & ~PT_KEY_MODIFIERS;
	if (plain == PT_KEY_NONE)
		return;
	for (int i = 0; i < N_MODIFIERS; i++)
		if (key & modifiers[i].bit)
			pt_text_add(&text, modifiers[i].prefix);
	if (plain == ' ') {
		pt_text_add(&text, "Space");
	} else if (plain >= PT_KEY_SPECIAL) {
		if (plain < PT_KEY_AFTER_LAST_SPECIAL)
			pt_text_add(&text,
				shown ? specials[plain - PT_KEY_SPECIAL].shown : specials[plain - PT_KEY_SPECIAL].name);
	} else {
		char utf8[4];
		pt_text_add_bytes(&text, utf8, pt_utf8_encode(plain, utf8));
	}
}

void pt_key_print(pt_key key, char *out, size_t capacity)
{
	print(key, false, out, capacity);
}

void pt_key_show(pt_key key, bool unicode, char *out, size_t capacity)
{
	print(key, unicode, out, capacity);
}

pt_key pt_key_of_character(uint32_t character)
{
	switch (character) {
	case '\t':
		return PT_KEY_TAB;
	case '\r':
	case '\n':
		return PT_KEY_ENTER;
	case 27:
		return PT_KEY_ESC;
	case 8:
	case 127:
		return PT_KEY_BACKSPACE;
	default:
		break;
	}
	if (character >= 1 && character <= 26)
		return PT_KEY_CTRL | (pt_key)('a' + character - 1);
	return character >= 32 ? (pt_key)character : PT_KEY_NONE;
}
