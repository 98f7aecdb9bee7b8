#include "terminal_stand_in.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* By the beginning of the name. Those that stand in with xterm's entry say themselves that they are its kin. */
static const struct {
	const char *prefix;
	const char *entries[3];
} kin[] = {
	{"tmux", {"tmux-256color", "screen-256color", "screen"}},
	{"screen", {"screen-256color", "screen", NULL}},
	{"rxvt", {"rxvt-unicode-256color", "rxvt", "xterm-256color"}},
	{"xterm", {"xterm-256color", "xterm", NULL}},
	{"alacritty", {"xterm-256color", "xterm", NULL}},
	{"contour", {"xterm-256color", "xterm", NULL}},
	{"foot", {"xterm-256color", "xterm", NULL}},
	{"ghostty", {"xterm-256color", "xterm", NULL}},
	{"gnome", {"xterm-256color", "xterm", NULL}},
	{"iterm", {"xterm-256color", "xterm", NULL}},
	{"kitty", {"xterm-256color", "xterm", NULL}},
	{"konsole", {"xterm-256color", "xterm", NULL}},
	{"mintty", {"xterm-256color", "xterm", NULL}},
	{"nsterm", {"xterm-256color", "xterm", NULL}},
	{"putty", {"xterm-256color", "xterm", NULL}},
	{"rio", {"xterm-256color", "xterm", NULL}},
	{"st-", {"xterm-256color", "xterm", NULL}},
	{"vte", {"xterm-256color", "xterm", NULL}},
	{"wezterm", {"xterm-256color", "xterm", NULL}},
};

const char *pt_terminal_stand_in(const char *term, const char *previous)
{
	for (size_t i = 0; i < sizeof kin / sizeof kin[0]; i++) {
		if (strncmp(term, kin[i].prefix, strlen(kin[i].prefix)) != 0)
			continue;
		bool found = previous == NULL;
		for (size_t j = 0; j < 3 && kin[i].entries[j]; j++) {
			if (found)
				return kin[i].entries[j];
			found = strcmp(kin[i].entries[j], previous) == 0;
		}
		return NULL;
	}
	return NULL;
}
