/** Two clicks in one place, soon one after the other, are a double click. Time is handed in. */
#ifndef PHASETOP_UI_MOUSE_CLICKS_H
#define PHASETOP_UI_MOUSE_CLICKS_H

#include <stdint.h>

#include "phasetop/ui/key.h"

enum { PT_DOUBLE_CLICK_MS = 400 };

typedef struct pt_clicks {
	bool is_first; /* a button went down that may be the first of two */
	int x, y;
	int64_t at_ms;
} pt_clicks;

/** Make a press that is the second of two a PT_MOUSE_DOUBLE. @param now_ms  monotonic */
void pt_clicks_take(pt_clicks *clicks, pt_mouse *mouse, int64_t now_ms);

#endif
