#include "phasetop/ui/clipboard.h"

#include <stdint.h>
#include <string.h>

bool pt_clipboard_is_known(const char *term)
{
	static const char *const known[] = {"xterm", "tmux", "screen", "rxvt", "alacritty", "foot", "kitty",
		"ghostty", "wezterm", "contour", "st-", "konsole", "iterm", "vte", "mintty", "mlterm", "phasetop"};
	for (size_t i = 0; term && i < sizeof known / sizeof known[0]; i++)
		if (strncmp(term, known[i], strlen(known[i])) == 0)
			return true;
	return false;
}

size_t pt_clipboard_sequence(const char *text, size_t n, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char begin[] = "\033]52;c;";
	size_t at = sizeof begin - 1;
	if (n > PT_CLIPBOARD_MAX_BYTES)
		return 0;
	memcpy(out, begin, at);
	for (size_t i = 0; i < n; i += 3) {
		uint32_t bits = 0;
		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 | (i + j < n ? (unsigned char)text[i + j] : 0);
		for (int j = 3; j >= 0; j--)
			out[at++] = i + (size_t)(3 - j) > n ? '=' : digits[bits >> (6 * j) & 63];
	}
	out[at++] = '\a';
	out[at] = '\0';
	return at;
}
