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
	pt_cell sent = pt_cell_to_send(theme, PT_DEPTH_256, &blank, &line, NULL);
	assert_true(sent.glyph == ' ' && sent.role == PT_ROLE_CROSSHAIR);
	assert_true(pt_cells_look_alike(theme, PT_DEPTH_256, &blank, &sent, NULL));
	sent = pt_cell_to_send(theme, PT_DEPTH_256, &blank, NULL, NULL);
	assert_int_equal(sent.role, PT_ROLE_TEXT);
	pt_cell other = line;
	other.role = PT_ROLE_TEXT; /* what is no blank shows its colour */
	sent = pt_cell_to_send(theme, PT_DEPTH_256, &other, &line, NULL);
	assert_memory_equal(&sent, &other, sizeof sent);
	assert_false(pt_cells_look_alike(theme, PT_DEPTH_256, &other, &line, NULL));
	blank.ground = PT_ROLE_BAND; /* another ground would be seen */
	sent = pt_cell_to_send(theme, PT_DEPTH_256, &blank, &line, NULL);
	assert_true(sent.ground == PT_ROLE_BAND && sent.role == PT_ROLE_TEXT);
	line.attributes = PT_ATTR_UNDERLINE; /* so would a line under nothing */
	blank.ground = PT_ROLE_NONE;
	sent = pt_cell_to_send(theme, PT_DEPTH_256, &blank, &line, NULL);
	assert_int_equal(sent.attributes, 0);
	/* what is remembered is of these two cells, and of no others */
	pt_alike_memo memo = {0};
	for (int i = 0; i < 3; i++) {
		blank.ground = i == 1 ? PT_ROLE_BAND : PT_ROLE_NONE;
		sent = (pt_cell){.glyph = ' ', .width = 1, .role = PT_ROLE_TEXT};
		for (int again = 0; again < 2; again++)
			assert_int_equal(pt_cells_look_alike(theme, PT_DEPTH_256, &blank, &sent, &memo), i != 1);
	}
	pt_theme_destroy(theme);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blanks_take_the_colour_sent_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
