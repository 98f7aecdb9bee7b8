#include "mouse_report.h"

#include <stdio.h>

void pt_mouse_report_open(pt_mouse_report *report)
{
	report->open = true;
	report->n = 0;
}

/* "button;x;y" and M (press) or m (release). */
static bool parse_mouse(const char *report, bool released, pt_mouse *mouse)
{
	int button, x, y;
	if (sscanf(report, "%d;%d;%d", &button, &x, &y) != 3 || x < 1 || y < 1)
		return false;
	*mouse = (pt_mouse){.x = x - 1, .y = y - 1};
	switch (button & ~(4 | 8 | 16)) { /* whatever modifiers are held */
	case 0:
		mouse->kind = released ? PT_MOUSE_RELEASE : PT_MOUSE_PRESS;
		return true;
	case 32:
		mouse->kind = PT_MOUSE_DRAG;
		return !released;
	case 64:
		mouse->kind = PT_MOUSE_WHEEL_UP;
		return !released;
	case 65:
		mouse->kind = PT_MOUSE_WHEEL_DOWN;
		return !released;
	default:
		return false;
	}
}

bool pt_mouse_report_feed(pt_mouse_report *report, uint32_t character, pt_mouse *mouse)
{
	if (character == 'M' || character == 'm') {
		report->open = false;
		report->bytes[report->n] = '\0';
		return parse_mouse(report->bytes, character == 'm', mouse);
	}
	bool belongs = (character >= '0' && character <= '9') || character == ';';
	if (!belongs || report->n + 1 >= sizeof report->bytes)
		report->open = false; /* not a report after all */
	else
		report->bytes[report->n++] = (char)character;
	return false;
}
