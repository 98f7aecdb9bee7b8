#include "phasetop/ui/action.h"

#include <string.h>

#include "action_keys.h"
#include "phasetop/base/text.h"
#include "phasetop/ui/keymap.h"

static const pt_action_row rows[] = {
#define X(id, name, keys, scope, hint, help) {name, keys, scope, hint, help},
	PT_ACTION_TABLE(X)
#undef X
};
_Static_assert(sizeof rows / sizeof rows[0] == PT_N_ACTIONS, "a row for each action");

static const char *const titles[] = {
#define X(id, title) title,
	PT_SCOPE_TABLE(X)
#undef X
};
_Static_assert(sizeof titles / sizeof titles[0] == PT_N_SCOPES, "a title for each scope");

const pt_action_row *pt_action_row_of(pt_action action)
{
	return &rows[action];
}

pt_action pt_action_named(const char *name)
{
	for (int i = 0; i < PT_N_ACTIONS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return (pt_action)i;
	return PT_N_ACTIONS;
}

const char *pt_scope_title(pt_scope scope)
{
	return titles[scope];
}

bool pt_binding_next(const char **keys, pt_binding *out)
{
	const char *from = *keys + strspn(*keys, " ");
	size_t n = strcspn(from, " ");
	if (n == 0)
		return false;
	*keys = from + n;
	const char *colon = n > 1 ? memchr(from + 1, ':', n - 1) : NULL;
	if (!colon || colon == from + n - 1) {
		*out = (pt_binding){PT_KEY_NONE, pt_key_parse(from, n)};
	} else {
		size_t before = (size_t)(colon - from);
		*out = (pt_binding){pt_key_parse(from, before), pt_key_parse(colon + 1, n - before - 1)};
		if (out->prefix == PT_KEY_NONE)
			out->key = PT_KEY_NONE;
	}
	return true;
}

/* Rows of these scopes come first there, and act only there. */
static bool acts_in(pt_scope scope, pt_context context)
{
	switch (scope) {
	case PT_SCOPE_RUNS:
		return context == PT_CONTEXT_RUNS;
	case PT_SCOPE_LIST:
		return context != PT_CONTEXT_PLOT;
	default:
		return true;
	}
}

bool pt_scope_is_special(pt_scope scope)
{
	return scope == PT_SCOPE_RUNS || scope == PT_SCOPE_LIST;
}

static const char *keys_of(const pt_keymap *keymap, int action)
{
	return keymap ? keymap->keys[action] : rows[action].keys;
}

static bool row_has(const char *keys, pt_key prefix, pt_key key, int *arg)
{
	pt_binding bound;
	for (int i = 1; pt_binding_next(&keys, &bound); i++) {
		if (bound.prefix == prefix && bound.key == key) {
			*arg = i;
			return true;
		}
	}
	return false;
}

pt_action pt_action_for_key(const pt_keymap *keymap, pt_context context, pt_key prefix, pt_key key, int *arg)
{
	if (key == PT_KEY_NONE)
		return PT_N_ACTIONS;
	for (int special = 1; special >= 0; special--)
		for (int i = 0; i < PT_N_ACTIONS; i++)
			if (pt_scope_is_special(rows[i].scope) == (special == 1) && acts_in(rows[i].scope, context) &&
				row_has(keys_of(keymap, i), prefix, key, arg))
				return (pt_action)i;
	return PT_N_ACTIONS;
}

bool pt_action_is_prefix(const pt_keymap *keymap, pt_key key)
{
	for (int i = 0; i < PT_N_ACTIONS; i++) {
		const char *keys = keys_of(keymap, i);
		pt_binding bound;
		while (pt_binding_next(&keys, &bound))
			if (bound.prefix != PT_KEY_NONE && bound.prefix == key)
				return true;
	}
	return false;
}

static void add_binding(pt_text *text, const pt_binding *bound, bool unicode)
{
	char name[32];
	if (bound->prefix != PT_KEY_NONE) {
		pt_key_show(bound->prefix, unicode, name, sizeof name);
		pt_text_addf(text, "%s ", name);
	}
	pt_key_show(bound->key, unicode, name, sizeof name);
	pt_text_add(text, name);
}

static bool is_next_digit(const pt_binding *before, const pt_binding *after)
{
	return before->prefix == after->prefix && before->key >= '0' && after->key <= '9' &&
		   after->key == before->key + 1;
}

/* The next that is a key: what was taken away leaves its place. */
static bool next_key(const char **keys, pt_binding *out)
{
	while (pt_binding_next(keys, out))
		if (out->key != PT_KEY_NONE)
			return true;
	return false;
}

void pt_action_show_keys(const pt_keymap *keymap, pt_action action, bool unicode, char *out, size_t capacity)
{
	pt_text text = pt_text_over(out, capacity);
	const char *keys = keys_of(keymap, (int)action);
	pt_binding bound;
	bool more = next_key(&keys, &bound);
	while (more) {
		if (text.length > 0)
			pt_text_add(&text, " or ");
		add_binding(&text, &bound, unicode);
		pt_binding last = bound;
		bool several = false;
		while ((more = next_key(&keys, &bound)) && is_next_digit(&last, &bound)) {
			last = bound;
			several = true;
		}
		if (several) { /* a run of neighbours, as 1 to 9 */
			last.prefix = PT_KEY_NONE;
			pt_text_add(&text, "-");
			add_binding(&text, &last, unicode);
		}
	}
}

void pt_action_show_first_key(
	const pt_keymap *keymap, pt_action action, bool unicode, char *out, size_t capacity)
{
	pt_text text = pt_text_over(out, capacity);
	const char *keys = keys_of(keymap, (int)action);
	pt_binding bound;
	if (next_key(&keys, &bound))
		add_binding(&text, &bound, unicode);
}

/* Hint words in the order of their use to someone who sees the screen for the first time. */
static const char *const hint_order[] = {"help", "quit", "command", "matrix", "k", "show/hide",
	"baseline", "filter", "step", "pane", "preset", "zoom", "export", "side by side", "range", "event",
	"threshold", "freeze", "modules", "options"};

/* One hint: the first key of every row with that word. */
static bool make_hint(
	const pt_keymap *keymap, pt_context context, bool unicode, const char *word, pt_hint *hint)
{
	pt_text text = pt_text_over(hint->keys, sizeof hint->keys);
	for (int i = 0; i < PT_N_ACTIONS; i++) {
		char key[32];
		if (strcmp(rows[i].hint, word) != 0 || !acts_in(rows[i].scope, context))
			continue;
		pt_action_show_first_key(keymap, (pt_action)i, unicode, key, sizeof key);
		if (key[0])
			pt_text_addf(&text, "%s%s", text.length > 0 ? " " : "", key);
	}
	hint->word = word;
	return text.length > 0;
}

size_t pt_action_hints(
	const pt_keymap *keymap, pt_context context, bool unicode, pt_hint *hints, size_t capacity)
{
	size_t n = 0;
	for (size_t i = 0; i < sizeof hint_order / sizeof hint_order[0] && n < capacity; i++) {
		/* Space means another thing where runs are shown and hidden */
		if (context == PT_CONTEXT_RUNS && strcmp(hint_order[i], "freeze") == 0)
			continue;
		if (make_hint(keymap, context, unicode, hint_order[i], &hints[n]))
			n++;
	}
	return n;
}

void pt_print_roff(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '-')
			fputs("\\-", out);
		else if (*text == '^')
			fputs("\\(ha", out);
		else if (*text == '~')
			fputs("\\(ti", out);
		else
			fputc(*text, out);
	}
}

void pt_action_print_man(FILE *out)
{
	for (int scope = 0; scope < PT_N_SCOPES; scope++) {
		fprintf(out, ".SS \"%s\"\n", titles[scope]);
		for (int i = 0; i < PT_N_ACTIONS; i++) {
			char keys[128];
			if ((int)rows[i].scope != scope)
				continue;
			pt_action_show_keys(NULL, (pt_action)i, false, keys, sizeof keys);
			fputs(".TP\n.B \"", out);
			pt_print_roff(out, keys);
			fputs("\"\n", out);
			pt_print_roff(out, rows[i].help);
			fputs(".\n", out);
		}
	}
}
