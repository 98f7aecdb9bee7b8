#include "phasetop/ui/mouse_clicks.h"

void pt_clicks_take(pt_clicks *clicks, pt_mouse *mouse, int64_t now_ms)
{
	if (mouse->kind == PT_MOUSE_RELEASE)
		return;
	bool is_press = mouse->kind == PT_MOUSE_PRESS;
	bool is_second = is_press && clicks->is_first && mouse->x == clicks->x && mouse->y == clicks->y &&
					 now_ms - clicks->at_ms <= PT_DOUBLE_CLICK_MS;
	if (is_second)
		mouse->kind = PT_MOUSE_DOUBLE;
	*clicks = (pt_clicks){.is_first = is_press && !is_second, .x = mouse->x, .y = mouse->y, .at_ms = now_ms};
}
