/*
 * Any bytes as a configuration and as a saved view. Every line is handed over or told once at most, in order;
 * what is taken prints to a text that is taken again and prints the same; nothing that is told could harm a
 * terminal.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/ui/conf.h"
#include "phasetop/ui/keymap.h"
#include "phasetop/ui/setting.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct conf_target {
	pt_view view;
	pt_keymap keymap;
	int line;
} conf_target;

static void check_order(conf_target *target, int line)
{
	if (line < target->line)
		abort();
	target->line = line;
}

static void check_setting(conf_target *target, pt_setting setting, const char *value)
{
	char expected[PT_EXPECTED_BYTES], once[PT_SETTING_TEXT_BYTES], twice[PT_SETTING_TEXT_BYTES];
	if (!pt_setting_set(&target->view, NULL, setting, value, expected, sizeof expected)) {
		if (expected[0] == '\0')
			abort();
		return;
	}
	pt_setting_print(&target->view, setting, once, sizeof once);
	if (!pt_setting_set(&target->view, NULL, setting, once, expected, sizeof expected))
		abort();
	pt_setting_print(&target->view, setting, twice, sizeof twice);
	if (strcmp(once, twice) != 0)
		abort();
}

static void take_conf_entry(void *context, const pt_conf_entry *entry)
{
	conf_target *target = context;
	char words[PT_KEYMAP_WORDS_BYTES];
	check_order(target, entry->line);
	if (strlen(entry->name) >= PT_CONF_NAME_BYTES || strlen(entry->value) >= PT_CONF_LINE_BYTES)
		abort();
	pt_setting setting = pt_setting_named(entry->name);
	pt_action action = pt_action_named(entry->name);
	if (entry->section[0] == '\0' && setting != PT_N_SETTINGS)
		check_setting(target, setting, entry->value);
	if (entry->section[0] != '\0' && action != PT_N_ACTIONS &&
		!pt_keymap_bind(&target->keymap, action, entry->value, words) && words[0] == '\0')
		abort();
}

static void take_conf_problem(void *context, int line, const char *message)
{
	check_order(context, line);
	if (message[0] == '\0' || strpbrk(message, "\n\r\x1b"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pt_settings settings = pt_settings_default();
	pt_layout layout = pt_layout_default();
	conf_target target = {.view = pt_view_first(&settings, &layout, PT_N_CHOICES)};
	char *text = malloc(size ? size : 1); /* of the exact size, so that reading on is seen */
	if (!text)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	pt_keymap_init(&target.keymap);
	pt_conf_reader reader = {take_conf_entry, take_conf_problem, &target};
	pt_conf_parse(text, size, &reader);
	free(text);
	return 0;
}
