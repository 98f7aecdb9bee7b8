/** Keys that are given to other actions, and names of keys. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "phasetop/ui/keymap.h"

static pt_keymap keymap;
static char words[PT_KEYMAP_WORDS_BYTES];

static int start(void **state)
{
	(void)state;
	pt_keymap_init(&keymap);
	return 0;
}

static bool bind(pt_action action, const char *keys)
{
	return pt_keymap_bind(&keymap, action, keys, words);
}

static pt_action action_of(const char *key)
{
	int arg;
	return pt_action_for_key(&keymap, PT_CONTEXT_PLOT, PT_KEY_NONE, pt_key_parse(key, strlen(key)), &arg);
}

static void test_the_table_is_what_it_starts_with(void **state)
{
	(void)state;
	for (int i = 0; i < PT_N_ACTIONS; i++) {
		assert_string_equal(keymap.keys[i], pt_action_row_of((pt_action)i)->keys);
		assert_false(keymap.rebound[i]);
	}
	/* all of them given once more: nothing clashes with itself */
	for (int i = 0; i < PT_N_ACTIONS; i++) {
		assert_true(bind((pt_action)i, pt_action_row_of((pt_action)i)->keys));
		assert_string_equal(words, "");
	}
}

static void test_a_key_of_the_table_is_taken_and_told(void **state)
{
	(void)state;
	assert_true(bind(PT_ACTION_ZOOM, "w Enter"));
	assert_string_equal(words, "w no longer means write");
	assert_int_equal(action_of("w"), PT_ACTION_ZOOM);
	assert_int_equal(action_of("z"), PT_N_ACTIONS);
	char keys[32];
	pt_action_show_keys(&keymap, PT_ACTION_ZOOM, false, keys, sizeof keys);
	assert_string_equal(keys, "w or Enter");
	pt_action_show_keys(&keymap, PT_ACTION_WRITE, false, keys, sizeof keys);
	assert_string_equal(keys, "");
}

static void test_places_of_the_other_keys_stay(void **state)
{
	(void)state;
	int arg;
	assert_true(bind(PT_ACTION_ZOOM, "3"));
	assert_int_equal(pt_action_for_key(&keymap, PT_CONTEXT_PLOT, 0, '4', &arg), PT_ACTION_TOGGLE_PANE);
	assert_int_equal(arg, 4);
	assert_int_equal(action_of("3"), PT_ACTION_ZOOM);
}

static void test_none_takes_all_keys_away(void **state)
{
	(void)state;
	pt_hint hints[24];
	size_t before = pt_action_hints(&keymap, PT_CONTEXT_PLOT, true, hints, 24);
	assert_true(bind(PT_ACTION_QUIT, "none"));
	assert_int_equal(action_of("q"), PT_N_ACTIONS);
	assert_int_equal(pt_action_hints(&keymap, PT_CONTEXT_PLOT, true, hints, 24), before - 1);
	/* no key is no key: it does not stand for the name */
	assert_int_equal(pt_action_for_key(&keymap, PT_CONTEXT_PLOT, 0, PT_KEY_NONE, &(int){0}), PT_N_ACTIONS);
}

static void test_clashes_are_refused(void **state)
{
	(void)state;
	assert_true(bind(PT_ACTION_ZOOM, "Ctrl-x"));
	assert_false(bind(PT_ACTION_QUIT, "Ctrl-x"));
	assert_string_equal(words, "clashes with the keys that zoom was given");
	assert_int_equal(action_of("q"), PT_ACTION_QUIT);
	assert_false(bind(PT_ACTION_QUIT, "Ctrl-w"));
	assert_string_equal(words, "Ctrl-w begins longer keys");
	/* a key with which longer ones begin no longer acts alone */
	assert_true(bind(PT_ACTION_BACK, "g:g"));
	assert_true(pt_action_is_prefix(&keymap, 'g'));
	assert_false(bind(PT_ACTION_MOUSE, "g"));
}

static void test_scopes_that_come_first_share_keys(void **state)
{
	(void)state;
	int arg;
	assert_true(bind(PT_ACTION_TOGGLE_RUN, "q"));
	assert_string_equal(words, ""); /* quit keeps it where no run is selected */
	assert_int_equal(pt_action_for_key(&keymap, PT_CONTEXT_RUNS, 0, 'q', &arg), PT_ACTION_TOGGLE_RUN);
	assert_int_equal(pt_action_for_key(&keymap, PT_CONTEXT_PLOT, 0, 'q', &arg), PT_ACTION_QUIT);
}

static void test_what_is_no_key(void **state)
{
	(void)state;
	static const char *const wrong[] = {"", "   ", "F99", "Ctrl-", "qq", "q Hyper-x", "\x1b",
		"a:", ":b:", "Ctrl-w:", "Ctrl-w:F99", "a b c d e f g h i j k l m"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		if (bind(PT_ACTION_QUIT, wrong[i]))
			fail_msg("'%s' was taken", wrong[i]);
		assert_string_not_equal(words, "");
		assert_null(strchr(words, '\x1b'));
	}
	char longer[200];
	memset(longer, 'q', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_false(bind(PT_ACTION_QUIT, longer));
	assert_string_equal(keymap.keys[PT_ACTION_QUIT], "q");
}

/* Every key that has a name is read back from it, with all its modifiers. */
static void test_names_of_keys_are_read_back(void **state)
{
	(void)state;
	for (pt_key plain = 1; plain < PT_KEY_AFTER_LAST_SPECIAL; plain++) {
		for (pt_key bits = 0; bits < 8; bits++) {
			char name[64];
			pt_key key = plain | bits << 24;
			pt_key_print(key, name, sizeof name);
			pt_key read = pt_key_parse(name, strlen(name));
			if (read != PT_KEY_NONE && read != key)
				fail_msg("%#x is called %s, which is %#x", key, name, read);
			if ((plain >= PT_KEY_SPECIAL || (plain > ' ' && plain < 0x7F) || plain == 0xE4) && read != key)
				fail_msg("%#x is called '%s', which names no key", key, name);
		}
	}
}

static void test_keys_of_characters(void **state)
{
	(void)state;
	assert_int_equal(pt_key_of_character('\t'), PT_KEY_TAB);
	assert_int_equal(pt_key_of_character('\r'), PT_KEY_ENTER);
	assert_int_equal(pt_key_of_character(27), PT_KEY_ESC);
	assert_int_equal(pt_key_of_character(127), PT_KEY_BACKSPACE);
	assert_int_equal(pt_key_of_character(23), PT_KEY_CTRL | 'w');
	assert_int_equal(pt_key_of_character('a'), 'a');
	assert_int_equal(pt_key_of_character(0), PT_KEY_NONE);
	assert_int_equal(pt_key_of_character(28), PT_KEY_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_the_table_is_what_it_starts_with, start),
		cmocka_unit_test_setup(test_a_key_of_the_table_is_taken_and_told, start),
		cmocka_unit_test_setup(test_places_of_the_other_keys_stay, start),
		cmocka_unit_test_setup(test_none_takes_all_keys_away, start),
		cmocka_unit_test_setup(test_clashes_are_refused, start),
		cmocka_unit_test_setup(test_scopes_that_come_first_share_keys, start),
		cmocka_unit_test_setup(test_what_is_no_key, start),
		cmocka_unit_test_setup(test_names_of_keys_are_read_back, start),
		cmocka_unit_test(test_keys_of_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
