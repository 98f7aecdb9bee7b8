/* SGR mouse reports, as they arrive: whole, in parts, broken off, absurd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../../src/ui/mouse_report.h"

/* Feeds what follows "ESC [ <"; true when the last character made an event. */
static bool feed(const char *text, pt_mouse *mouse)
{
	pt_mouse_report report;
	bool made = false;
	pt_mouse_report_open(&report);
	for (; *text && report.open; text++)
		made = pt_mouse_report_feed(&report, (unsigned char)*text, mouse);
	return made && *text == '\0' && !report.open;
}

static void presses_drags_releases_and_wheels_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		pt_mouse mouse;
	} cases[] = {
		{"0;1;1M", {PT_MOUSE_PRESS, 0, 0}}, {"0;80;24m", {PT_MOUSE_RELEASE, 79, 23}},
		{"32;10;5M", {PT_MOUSE_DRAG, 9, 4}}, {"64;3;4M", {PT_MOUSE_WHEEL_UP, 2, 3}},
		{"65;3;4M", {PT_MOUSE_WHEEL_DOWN, 2, 3}}, {"16;500;150M", {PT_MOUSE_PRESS, 499, 149}}, /* Ctrl held */
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pt_mouse mouse = {0};
		assert_true(feed(cases[i].text, &mouse));
		assert_int_equal(mouse.kind, cases[i].mouse.kind);
		assert_int_equal(mouse.x, cases[i].mouse.x);
		assert_int_equal(mouse.y, cases[i].mouse.y);
	}
}

static void what_is_no_event_makes_none(void **state)
{
	(void)state;
	static const char *const cases[] = {"M", "0;1M", ";;M", "0;0;5M", "0;5;0M", "2;1;1M", "64;1;1m", "0;1;1",
		"q", "0;1;1q", "11111111111111111111111111111111111111111;1;1M"};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pt_mouse mouse = {0};
		assert_false(feed(cases[i], &mouse));
	}
}

static void a_key_breaks_a_report_off_and_a_long_one_ends(void **state)
{
	(void)state;
	pt_mouse_report report = {0};
	pt_mouse mouse;
	assert_false(pt_mouse_report_takes(&report, '1')); /* none has begun */
	pt_mouse_report_open(&report);
	assert_true(pt_mouse_report_takes(&report, '1') && pt_mouse_report_takes(&report, ';'));
	assert_true(pt_mouse_report_takes(&report, 'M') && pt_mouse_report_takes(&report, 'm'));
	assert_false(pt_mouse_report_takes(&report, ':') || pt_mouse_report_takes(&report, 'q'));
	for (int i = 0; i < 3 * PT_MOUSE_REPORT_BYTES; i++) {
		assert_false(pt_mouse_report_feed(&report, '0', &mouse));
		assert_true(report.open); /* the digits that follow are no keys */
	}
	assert_false(pt_mouse_report_feed(&report, 'M', &mouse));
	assert_false(report.open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(presses_drags_releases_and_wheels_are_told_apart),
		cmocka_unit_test(what_is_no_event_makes_none),
		cmocka_unit_test(a_key_breaks_a_report_off_and_a_long_one_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
