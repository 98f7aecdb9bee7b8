/*
 * Any bytes as keys that are typed into the command line, and as a whole line of it. The cursor stays on a
 * character, what is refused says why and changes nothing, and the panes tile the screen.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/ui/command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pt_view command_view(void)
{
	pt_settings settings = pt_settings_default();
	pt_layout layout = pt_layout_default();
	return pt_view_first(&settings, &layout, PT_N_CHOICES);
}

static void check_command_view(const pt_view *view)
{
	const pt_command_line *line = &view->command;
	pt_screen_parts screen = pt_screen_parts_of(view->columns, view->rows);
	pt_placing placing;
	char text[PT_LAYOUT_TEXT_BYTES];
	pt_layout layout;
	if (line->at > strlen(line->text) || ((unsigned char)line->text[line->at] & 0xC0) == 0x80)
		abort();
	pt_layout_place(&view->layout, &screen, &placing);
	if (view->layout.hidden[view->layout.focus] || !pt_placing_find(&placing, view->layout.focus))
		abort();
	pt_layout_print(&view->layout, text, sizeof text);
	if (pt_layout_parse(text, &layout, NULL) != PT_OK)
		abort();
}

static void type_keys(const uint8_t *data, size_t size)
{
	static const pt_key special[] = {PT_KEY_TAB, PT_KEY_TAB | PT_KEY_SHIFT, PT_KEY_ENTER, PT_KEY_BACKSPACE,
		PT_KEY_DELETE, PT_KEY_LEFT, PT_KEY_RIGHT, PT_KEY_UP, PT_KEY_DOWN, PT_KEY_HOME, PT_KEY_CTRL | 'w',
		PT_KEY_CTRL | 'u', PT_KEY_CTRL | 'k', 0x2026, 0x1F600};
	pt_view view = command_view();
	for (size_t i = 0; i < size && i < 2000; i++) {
		pt_key key = data[i] >= 0x80 ? special[data[i] % (sizeof special / sizeof special[0])] : data[i];
		pt_view_key(&view, view.command.open ? key : ':', NULL);
		check_command_view(&view);
	}
}

static void run_bytes(const uint8_t *data, size_t size)
{
	pt_view view = command_view(), before = view;
	char *line = malloc(size + 1), wrong[PT_MESSAGE_BYTES] = "";
	unsigned flags = 0;
	if (!line)
		abort();
	if (size > 0)
		memcpy(line, data, size);
	line[size] = '\0';
	bool fine = pt_command_run(&view, NULL, line, &flags, wrong);
	if (!fine && (wrong[0] == '\0' || flags != 0 || memcmp(&before, &view, sizeof view) != 0))
		abort();
	check_command_view(&view);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run_bytes(data, size);
	type_keys(data, size);
	return 0;
}
