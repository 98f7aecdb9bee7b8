#include "phasetop/ui/role.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *name, *fg_key;
} roles[] = {
#define X(id, name, fg, bg, attributes, mono_attributes) {name, fg},
	PT_ROLE_TABLE(X)
#undef X
};
_Static_assert(sizeof roles / sizeof *roles == PT_N_ROLES, "a row for each role");
_Static_assert(
	PT_ROLE_SERIES_12 - PT_ROLE_SERIES_1 == PT_N_SERIES_ROLES - 1, "series roles follow each other");

/* i modulo n, for negative i as well. */
static size_t turn(int i, size_t n)
{
	int m = i % (int)n;
	return (size_t)(m < 0 ? m + (int)n : m);
}

pt_role pt_role_series(int i)
{
	return (pt_role)(PT_ROLE_SERIES_1 + (int)turn(i, PT_N_SERIES_ROLES));
}

uint32_t pt_marker_series(int i)
{
	/* ● ▲ ■ ◆ ▼ ○ △ □ ◇ ▽: each one column wide and in every monospaced font with geometric shapes */
	static const uint16_t markers[] = {
		0x25CF, 0x25B2, 0x25A0, 0x25C6, 0x25BC, 0x25CB, 0x25B3, 0x25A1, 0x25C7, 0x25BD};
	return markers[turn(i, sizeof markers / sizeof *markers)];
}

char pt_ascii_series(int i)
{
	static const char markers[] = "*o+x#@";
	return markers[turn(i, sizeof markers - 1)];
}

const char *pt_role_name(pt_role role)
{
	return role < PT_N_ROLES ? roles[role].name : "unknown";
}

bool pt_role_is_gradient(pt_role role)
{
	if (role >= PT_N_ROLES)
		return false;
	const char *key = roles[role].fg_key;
	return key[strlen(key) - 1] == '_';
}
