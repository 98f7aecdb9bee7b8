#include "phasetop/ui/keymap.h"

#include <string.h>

#include "action_keys.h"
#include "phasetop/base/text.h"

enum { MAX_KEYS = 12 };

/* In the place of a key that was taken away, so that those behind it keep their numbers. */
static const char no_key[] = "none";

void pt_keymap_init(pt_keymap *keymap)
{
	memset(keymap, 0, sizeof *keymap);
	for (int i = 0; i < PT_N_ACTIONS; i++) {
		pt_text text = pt_text_over(keymap->keys[i], PT_KEYMAP_BYTES);
		pt_text_add(&text, pt_action_row_of((pt_action)i)->keys);
	}
}

static size_t length_of_word(const char *at)
{
	return strcspn(at, " ");
}

/* Words of the list that are keys, or "none"; what is wrong with it is said. */
static bool is_list_of_keys(const char *keys, char *words, size_t capacity)
{
	const char *at = keys;
	int n = 0;
	for (const char *word = at + strspn(at, " "); *word; word = at + strspn(at, " ")) {
		pt_binding bound;
		size_t length = length_of_word(word);
		pt_binding_next(&at, &bound);
		if (++n > MAX_KEYS || (bound.key == PT_KEY_NONE && !(length == 4 && memcmp(word, no_key, 4) == 0))) {
			char safe[PT_KEYMAP_BYTES];
			pt_text_sanitize(safe, sizeof safe, word, length < 40 ? length : 40);
			pt_text text = pt_text_over(words, capacity);
			if (n > MAX_KEYS)
				pt_text_addf(&text, "more than %d keys", MAX_KEYS);
			else
				pt_text_addf(
					&text, "'%s' is no key such as q, Space, Ctrl-l, Alt-Left, F1 or Ctrl-w:h", safe);
			return false;
		}
	}
	if (n == 0) {
		pt_text text = pt_text_over(words, capacity);
		pt_text_add(&text, "no key; \"none\" takes them all away");
	}
	return n > 0;
}

/* Would one of the two never be reached? Scopes that come first may have the keys of others. */
static bool is_clash(const pt_binding *a, bool a_special, const pt_binding *b, bool b_special)
{
	if (a->key == PT_KEY_NONE || b->key == PT_KEY_NONE)
		return false;
	if (a->prefix == PT_KEY_NONE && b->prefix == a->key)
		return true;
	if (b->prefix == PT_KEY_NONE && a->prefix == b->key)
		return true;
	return a->prefix == b->prefix && a->key == b->key && a_special == b_special;
}

static bool is_special(pt_action action)
{
	return pt_scope_is_special(pt_action_row_of(action)->scope);
}

/* A key of `keys` that clashes with `theirs`. */
static bool list_clashes(const char *keys, bool special, const pt_binding *theirs, bool their_special)
{
	pt_binding bound;
	while (pt_binding_next(&keys, &bound))
		if (is_clash(&bound, special, theirs, their_special))
			return true;
	return false;
}

/* The keys of an action without those that clash with `keys`, told in `taken`. */
static void take_keys(pt_keymap *keymap, pt_action from, const char *keys, bool special, pt_text *taken)
{
	char left[PT_KEYMAP_BYTES] = {0};
	pt_text text = pt_text_over(left, sizeof left);
	const char *at = keymap->keys[from];
	bool any = false;
	for (const char *word = at + strspn(at, " "); *word; word = at + strspn(at, " ")) {
		pt_binding theirs;
		size_t n = length_of_word(word);
		pt_binding_next(&at, &theirs);
		bool gone = list_clashes(keys, special, &theirs, is_special(from));
		pt_text_add(&text, text.length ? " " : "");
		pt_text_add_bytes(&text, gone ? no_key : word, gone ? sizeof no_key - 1 : n);
		if (gone) {
			pt_text_add(taken, any ? ", " : taken->length ? "; " : "");
			pt_text_add_bytes(taken, word, n);
		}
		any |= gone;
	}
	memcpy(keymap->keys[from], left, sizeof left);
	if (any)
		pt_text_addf(taken, " no longer means %s", pt_action_row_of(from)->name);
}

/* An action that was given a key itself keeps it; so does one whose longer keys would be cut off. */
static bool is_refused(
	const pt_keymap *keymap, pt_action action, const char *keys, char *words, size_t capacity)
{
	pt_binding bound;
	while (pt_binding_next(&keys, &bound)) {
		bool begins_longer = bound.prefix == PT_KEY_NONE && pt_action_is_prefix(keymap, bound.key);
		for (int i = 0; i < PT_N_ACTIONS && !begins_longer; i++) {
			if (i == (int)action || !keymap->rebound[i] ||
				!list_clashes(keymap->keys[i], is_special((pt_action)i), &bound, is_special(action)))
				continue;
			pt_text text = pt_text_over(words, capacity);
			pt_text_addf(
				&text, "clashes with the keys that %s was given", pt_action_row_of((pt_action)i)->name);
			return true;
		}
		if (begins_longer) {
			char name[32];
			pt_key_print(bound.key, name, sizeof name);
			pt_text text = pt_text_over(words, capacity);
			pt_text_addf(&text, "%s begins longer keys", name);
			return true;
		}
	}
	return false;
}

bool pt_keymap_bind(pt_keymap *keymap, pt_action action, const char *keys, char words[PT_KEYMAP_WORDS_BYTES])
{
	words[0] = '\0';
	if (strlen(keys) >= PT_KEYMAP_BYTES) {
		pt_text text = pt_text_over(words, PT_KEYMAP_WORDS_BYTES);
		pt_text_addf(&text, "longer than %d bytes", PT_KEYMAP_BYTES - 1);
		return false;
	}
	if (!is_list_of_keys(keys, words, PT_KEYMAP_WORDS_BYTES) ||
		is_refused(keymap, action, keys, words, PT_KEYMAP_WORDS_BYTES))
		return false;
	pt_text taken = pt_text_over(words, PT_KEYMAP_WORDS_BYTES);
	for (int i = 0; i < PT_N_ACTIONS; i++)
		if (i != (int)action && !keymap->rebound[i])
			take_keys(keymap, (pt_action)i, keys, is_special(action), &taken);
	memset(keymap->keys[action], 0, PT_KEYMAP_BYTES);
	memcpy(keymap->keys[action], keys, strlen(keys));
	keymap->rebound[action] = true;
	return true;
}
