/** What is sent for a cell. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../src/ui/cell_to_send.h"

static void test_blanks_take_the_colour_sent_last(void **state)
{
	(void)state;
	pt_theme *theme = NULL;
	assert_int_equal(pt_theme_create(&theme, NULL), PT_OK);
	pt_cell blank = {.glyph = ' ', .width = 1, .role = PT_ROLE_TEXT}, line = blank;
	line.glyph = U'┊';
	line.role = PT_ROLE_CROSSHAIR;
	pt_cell sent = pt_cell_to_send(theme, PT_DEPTH_256, &blank, &line);
	assert_true(sent.glyph == ' ' && sent.role == PT_ROLE_CROSSHAIR);
	assert_true(pt_cells_look_alike(theme, PT_DEPTH_256, &blank, &sent));
	sent = pt_cell_to_send(theme, PT_DEPTH_256, &blank, NULL);
	assert_int_equal(sent.role, PT_ROLE_TEXT);
	pt_cell other = line;
	other.role = PT_ROLE_TEXT; /* what is no blank shows its colour */
	sent = pt_cell_to_send(theme, PT_DEPTH_256, &other, &line);
	assert_memory_equal(&sent, &other, sizeof sent);
	assert_false(pt_cells_look_alike(theme, PT_DEPTH_256, &other, &line));
	blank.ground = PT_ROLE_BAND; /* another ground would be seen */
	sent = pt_cell_to_send(theme, PT_DEPTH_256, &blank, &line);
	assert_true(sent.ground == PT_ROLE_BAND && sent.role == PT_ROLE_TEXT);
	line.attributes = PT_ATTR_UNDERLINE; /* so would a line under nothing */
	blank.ground = PT_ROLE_NONE;
	sent = pt_cell_to_send(theme, PT_DEPTH_256, &blank, &line);
	assert_int_equal(sent.attributes, 0);
	pt_theme_destroy(theme);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blanks_take_the_colour_sent_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
