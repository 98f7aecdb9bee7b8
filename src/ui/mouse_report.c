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

static bool is_end(uint32_t character)
{
	return character == 'M' || character == 'm';
}

bool pt_mouse_report_takes(const pt_mouse_report *report, uint32_t character)
{
	return report->open && ((character >= '0' && character <= '9') || character == ';' || is_end(character));
}

bool pt_mouse_report_feed(pt_mouse_report *report, uint32_t character, pt_mouse *mouse)
{
	if (!pt_mouse_report_takes(report, character)) {
		report->open = false; /* not a report after all */
		return false;
	}
	if (is_end(character)) {
		report->open = false;
		if (report->n >= sizeof report->bytes) /* no report is that long */
			return false;
		report->bytes[report->n] = '\0';
		return parse_mouse(report->bytes, character == 'm', mouse);
	}
	if (report->n < sizeof report->bytes)
		report->bytes[report->n++] = (char)character;
	return false;
}
