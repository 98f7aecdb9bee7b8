#include "key_forms.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

/* Name in the action table, capability of terminfo, and what is sent where the entry says nothing or
 * something else: by xterm in its normal mode, and by others. */
static const struct {
	const char *name, *capability, *others[KEY_FORMS - 1];
} specials[] = {
	{"Tab", NULL, {"\t"}},
	{"S-Tab", "kcbt", {"\033[Z"}},
	{"Enter", "kent", {"\r", "\n"}},
	{"Esc", NULL, {"\033"}},
	{"Space", NULL, {" "}},
	{"Backspace", "kbs", {"\177", "\b"}},
	{"F1", "kf1", {"\033OP", "\033[11~"}},
	{"Left", "kcub1", {"\033[D", "\033OD"}},
	{"Right", "kcuf1", {"\033[C", "\033OC"}},
	{"Up", "kcuu1", {"\033[A", "\033OA"}},
	{"Down", "kcud1", {"\033[B", "\033OB"}},
	{"Home", "khome", {"\033[H", "\033OH", "\033[1~"}},
	{"End", "kend", {"\033[F", "\033OF", "\033[4~"}},
	{"PgUp", "kpp", {"\033[5~"}},
	{"PgDn", "knp", {"\033[6~"}},
	{"S-Left", "kLFT", {"\033[1;2D"}},
	{"S-Right", "kRIT", {"\033[1;2C"}},
	{"S-Up", "kri", {"\033[1;2A"}},
	{"S-Down", "kind", {"\033[1;2B"}},
	{"Alt-Left", "kLFT3", {"\033[1;3D"}},
	{"Alt-Right", "kRIT3", {"\033[1;3C"}},
	{"Alt-Up", "kUP3", {"\033[1;3A"}},
	{"Alt-Down", "kDN3", {"\033[1;3B"}},
	{"Ctrl-Left", "kLFT5", {"\033[1;5D"}},
	{"Ctrl-Right", "kRIT5", {"\033[1;5C"}},
	{"Ctrl-Up", "kUP5", {"\033[1;5A"}},
	{"Ctrl-Down", "kDN5", {"\033[1;5B"}},
};

const char *next_key_name(const char **keys, size_t *n)
{
	const char *name = *keys + strspn(*keys, " ");
	*n = strcspn(name, " ");
	*keys = name + *n;
	return *n > 0 ? name : NULL;
}

void key_forms_at(const char *term)
{
	static TERMINAL *before;
	int problem = 0;
	if (setupterm(term, STDOUT_FILENO, &problem) != OK)
		fail_msg("no terminfo entry of %s", term);
	if (before)
		del_curterm(before);
	before = cur_term;
}

static void add(key_forms *forms, const char *bytes)
{
	for (size_t i = 0; i < forms->n; i++)
		if (strcmp(forms->bytes[i], bytes) == 0)
			return;
	assert_true(forms->n < KEY_FORMS && strlen(bytes) < KEY_FORM_BYTES);
	strcpy(forms->bytes[forms->n++], bytes);
}

static key_forms forms_of_special(const char *name, size_t n)
{
	key_forms forms = {0};
	for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
		if (strlen(specials[i].name) != n || memcmp(specials[i].name, name, n) != 0)
			continue;
		const char *own = specials[i].capability ? tigetstr(specials[i].capability) : NULL;
		if (own && own != (const char *)-1)
			add(&forms, own);
		for (size_t j = 0; j < KEY_FORMS - 1 && specials[i].others[j]; j++)
			add(&forms, specials[i].others[j]);
	}
	return forms;
}

key_forms key_forms_of(const char *name, size_t n)
{
	const char *colon = n > 1 ? memchr(name + 1, ':', n - 1) : NULL;
	if (colon) {
		key_forms prefix = key_forms_of(name, (size_t)(colon - name));
		key_forms forms = key_forms_of(colon + 1, n - (size_t)(colon + 1 - name));
		for (size_t i = 0; i < forms.n; i++) {
			char both[2 * KEY_FORM_BYTES];
			int length = snprintf(both, sizeof both, "%s%s", prefix.bytes[0], forms.bytes[i]);
			assert_in_range(length, 2, KEY_FORM_BYTES - 1);
			memcpy(forms.bytes[i], both, (size_t)length + 1);
		}
		return forms;
	}
	key_forms forms = forms_of_special(name, n);
	if (forms.n == 0 && n == 1)
		forms = (key_forms){.n = 1, .bytes = {{name[0]}}};
	if (forms.n == 0 && n == 6 && memcmp(name, "Ctrl-", 5) == 0)
		forms = (key_forms){.n = 1, .bytes = {{(char)(name[5] & 0x1F)}}};
	if (forms.n == 0)
		fail_msg("nobody knows what is sent for the key %.*s", (int)n, name);
	return forms;
}
