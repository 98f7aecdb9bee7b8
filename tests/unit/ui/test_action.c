/** Keys by name, and the table of actions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "phasetop/ui/action.h"

static pt_key key(const char *name)
{
	return pt_key_parse(name, strlen(name));
}

static void test_keys_parse(void **state)
{
	(void)state;
	assert_int_equal(key("q"), 'q');
	assert_int_equal(key("Space"), ' ');
	assert_int_equal(key("Ctrl-l"), PT_KEY_CTRL | 'l');
	assert_int_equal(key("S-Tab"), PT_KEY_SHIFT | PT_KEY_TAB);
	assert_int_equal(key("Ctrl-Alt-Left"), PT_KEY_CTRL | PT_KEY_ALT | PT_KEY_LEFT);
	assert_int_equal(key("-"), '-');
	assert_int_equal(key("é"), 0xE9);
}

static void test_what_is_no_key(void **state)
{
	(void)state;
	const char *const names[] = {"", "qq", "Ctrl-", "Left2", "left", "\x1b", "\xff", "\xe2\x80\xae", " "};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_int_equal(key(names[i]), PT_KEY_NONE);
	assert_int_equal(pt_key_parse("a\0b", 3), PT_KEY_NONE);
}

static void test_names_read_back(void **state)
{
	(void)state;
	pt_key bits[] = {0, PT_KEY_CTRL, PT_KEY_ALT, PT_KEY_SHIFT, PT_KEY_MODIFIERS};
	char name[40];
	for (size_t b = 0; b < sizeof bits / sizeof bits[0]; b++) {
		for (pt_key plain = PT_KEY_SPECIAL; plain < PT_KEY_AFTER_LAST_SPECIAL; plain++) {
			pt_key_print(bits[b] | plain, name, sizeof name);
			assert_int_equal(key(name), bits[b] | plain);
		}
		for (pt_key plain = ' '; plain < 0x7F; plain++) {
			pt_key_print(bits[b] | plain, name, sizeof name);
			assert_int_equal(key(name), bits[b] | plain);
		}
	}
	pt_key_print(PT_KEY_NONE, name, sizeof name);
	assert_string_equal(name, "");
	pt_key_print(0x1FFFFF, name, sizeof name);
	assert_string_equal(name, "");
}

static void test_every_row_is_whole(void **state)
{
	(void)state;
	for (int i = 0; i < PT_N_ACTIONS; i++) {
		const pt_action_row *row = pt_action_row_of((pt_action)i);
		char keys[128];
		assert_true(*row->name && *row->keys && *row->help);
		assert_int_equal(pt_action_named(row->name), i);
		pt_action_show_keys(NULL, (pt_action)i, false, keys, sizeof keys);
		assert_true(*keys != '\0');
	}
	assert_int_equal(pt_action_named("no-such-action"), PT_N_ACTIONS);
}

/* Each key of each row, through the dispatch, gives that row: no key is taken twice. */
static void test_every_key_reaches_its_row(void **state)
{
	(void)state;
	for (int i = 0; i < PT_N_ACTIONS; i++) {
		const pt_action_row *row = pt_action_row_of((pt_action)i);
		pt_context context = row->scope == PT_SCOPE_RUNS   ? PT_CONTEXT_RUNS
							 : row->scope == PT_SCOPE_LIST ? PT_CONTEXT_LIST
														   : PT_CONTEXT_PLOT;
		char keys[128], *rest = NULL;
		strcpy(keys, row->keys);
		int place = 1;
		for (char *token = strtok_r(keys, " ", &rest); token; token = strtok_r(NULL, " ", &rest), place++) {
			char *colon = strlen(token) > 2 ? strchr(token + 1, ':') : NULL;
			pt_key prefix = colon ? pt_key_parse(token, (size_t)(colon - token)) : PT_KEY_NONE;
			pt_key last = key(colon ? colon + 1 : token);
			int arg = 0;
			assert_int_not_equal(last, PT_KEY_NONE);
			assert_true(!colon || pt_action_is_prefix(NULL, prefix));
			assert_int_equal(pt_action_for_key(NULL, context, prefix, last, &arg), i);
			assert_int_equal(arg, place);
			/* a prefix would never reach its own action */
			assert_false(!colon && pt_action_is_prefix(NULL, last));
		}
	}
}

static void test_context_decides(void **state)
{
	(void)state;
	int arg;
	assert_int_equal(pt_action_for_key(NULL, PT_CONTEXT_PLOT, 0, ' ', &arg), PT_ACTION_FREEZE);
	assert_int_equal(pt_action_for_key(NULL, PT_CONTEXT_RUNS, 0, ' ', &arg), PT_ACTION_TOGGLE_RUN);
	assert_int_equal(pt_action_for_key(NULL, PT_CONTEXT_PLOT, 0, PT_KEY_UP, &arg), PT_N_ACTIONS);
	assert_int_equal(pt_action_for_key(NULL, PT_CONTEXT_HELP, 0, PT_KEY_UP, &arg), PT_ACTION_UP);
	assert_int_equal(pt_action_for_key(NULL, PT_CONTEXT_PLOT, 0, 'h', &arg), PT_N_ACTIONS);
	assert_int_equal(pt_action_for_key(NULL, PT_CONTEXT_PLOT, PT_KEY_CTRL | 'w', 'h', &arg), PT_ACTION_FOCUS_LEFT);
}

static void test_shown_keys(void **state)
{
	(void)state;
	char keys[64];
	pt_action_show_keys(NULL, PT_ACTION_TOGGLE_PANE, true, keys, sizeof keys);
	assert_string_equal(keys, "1-9 or 0 or Ctrl-w 1-2");
	pt_action_show_keys(NULL, PT_ACTION_CURSOR_LEFT, true, keys, sizeof keys);
	assert_string_equal(keys, "←");
	pt_action_show_keys(NULL, PT_ACTION_CURSOR_LEFT, false, keys, sizeof keys);
	assert_string_equal(keys, "Left");
	pt_action_show_keys(NULL, PT_ACTION_FOCUS_LEFT, false, keys, sizeof keys);
	assert_string_equal(keys, "Ctrl-w h");
	pt_action_show_keys(NULL, PT_ACTION_HELP, false, keys, 3); /* cut, but whole */
	assert_int_equal(keys[2], '\0');
}

static void test_hints(void **state)
{
	(void)state;
	pt_hint hints[20];
	size_t n = pt_action_hints(NULL, PT_CONTEXT_PLOT, true, hints, 20);
	assert_true(n >= 6 && n < 20);
	assert_string_equal(hints[0].keys, "?");
	assert_string_equal(hints[0].word, "help");
	bool k = false, quit = false;
	for (size_t i = 0; i < n; i++) {
		k |= strcmp(hints[i].keys, "[ ]") == 0 && strcmp(hints[i].word, "k") == 0;
		quit |= strcmp(hints[i].word, "quit") == 0;
		assert_string_not_equal(hints[i].word, "show/hide");
	}
	assert_true(k && quit);
	assert_int_equal(pt_action_hints(NULL, PT_CONTEXT_PLOT, true, hints, 2), 2);
	assert_int_equal(pt_action_hints(NULL, PT_CONTEXT_PLOT, true, hints, 0), 0);
	n = pt_action_hints(NULL, PT_CONTEXT_RUNS, true, hints, 20);
	bool show = false;
	for (size_t i = 0; i < n; i++)
		show |= strcmp(hints[i].word, "show/hide") == 0;
	assert_true(show);
}

/* Every hint word has its place in the order. */
static void test_no_hint_is_forgotten(void **state)
{
	(void)state;
	pt_hint plot[32], runs[32];
	size_t n_plot = pt_action_hints(NULL, PT_CONTEXT_PLOT, true, plot, 32);
	size_t n_runs = pt_action_hints(NULL, PT_CONTEXT_RUNS, true, runs, 32);
	for (int i = 0; i < PT_N_ACTIONS; i++) {
		const char *word = pt_action_row_of((pt_action)i)->hint;
		bool found = *word == '\0';
		for (size_t h = 0; h < n_plot; h++)
			found |= strcmp(plot[h].word, word) == 0;
		for (size_t h = 0; h < n_runs; h++)
			found |= strcmp(runs[h].word, word) == 0;
		assert_true(found);
	}
}

static void test_manual_page(void **state)
{
	(void)state;
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	assert_non_null(out);
	pt_action_print_man(out);
	fclose(out);
	for (int i = 0; i < PT_N_SCOPES; i++)
		assert_non_null(strstr(text, pt_scope_title((pt_scope)i)));
	assert_non_null(strstr(text, ".TP\n.B \"Ctrl\\-w h\"\n"));
	/* no line begins with what roff would take for a command of its own */
	for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		assert_true(*line != '\'');
		if (*line == '.')
			assert_true(
				strncmp(line, ".SS", 3) == 0 || strncmp(line, ".TP", 3) == 0 || strncmp(line, ".B ", 3) == 0);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_parse),
		cmocka_unit_test(test_what_is_no_key),
		cmocka_unit_test(test_names_read_back),
		cmocka_unit_test(test_every_row_is_whole),
		cmocka_unit_test(test_every_key_reaches_its_row),
		cmocka_unit_test(test_context_decides),
		cmocka_unit_test(test_shown_keys),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_no_hint_is_forgotten),
		cmocka_unit_test(test_manual_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
