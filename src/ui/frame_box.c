/* Borders with titles in them (contract in frame.h). */
#include <string.h>

#include "phasetop/ui/frame.h"

/* `┤text├` into the border from x on; at most `cols` columns in all. */
static void inset_text(pt_frame *frame, pt_rect rect, int x, int y, pt_pen line, const char *key, pt_pen pen,
	const char *text, int cols)
{
	int end = x + cols - 1;
	x += pt_frame_put(frame, rect, x, y, line, 0x2524);
	if (key && *key) {
		x += pt_frame_text_cut(frame, rect, x, y, end - x, pt_pen_of(PT_ROLE_HOT_KEY), key);
		x += x < end && text && *text ? pt_frame_put(frame, rect, x, y, pen, ' ') : 0;
	}
	pt_frame_text_cut(frame, rect, x, y, end - x, pen, text ? text : "");
	pt_frame_put(frame, rect, end, y, line, 0x251C);
}

/* Title, then the key figure where both have room with two cells of line between them. */
static void write_titles(pt_frame *frame, pt_rect rect, const pt_box *box, pt_pen line)
{
	enum { MARGIN = 2, BETWEEN = 1, LEAST_TITLE = 4 }; /* corner and one cell of line at each end */
	int margin = MARGIN, room = rect.w - 2 * MARGIN;
	int key = box->key && *box->key ? pt_frame_text_width(box->key) + 1 : 0;
	int title = (box->title ? pt_frame_text_width(box->title) : 0) + key;
	int figure = box->figure && *box->figure ? pt_frame_text_width(box->figure) + 2 : 0;
	int title_cols = title > 0 ? title + 2 : 0;
	if (figure > 0 && title_cols + BETWEEN + figure > room) {
		/* closer to the corners and to each other; then a long title gives way, down to half of the border */
		int left = rect.w - 2 - figure;
		if (title_cols > left && left < room / 2) {
			figure = 0;
		} else {
			margin = 1;
			room = rect.w - 2;
			title_cols = title_cols < left ? title_cols : left;
		}
	}
	title_cols = title_cols > room ? room : title_cols;
	if (title_cols >= LEAST_TITLE || (title_cols >= 3 && title_cols == title + 2))
		inset_text(frame, rect, rect.x + margin, rect.y, line, box->key, pt_pen_of(PT_ROLE_TITLE), box->title,
			title_cols);
	pt_pen pen = box->figure_pen.role ? box->figure_pen : pt_pen_of(PT_ROLE_LABEL);
	if (figure > 0 && figure <= room)
		inset_text(
			frame, rect, rect.x + rect.w - margin - figure, rect.y, line, NULL, pen, box->figure, figure);
	int footer = box->footer && *box->footer ? pt_frame_text_width(box->footer) + 2 : 0;
	if (footer > 0 && footer <= room)
		inset_text(frame, rect, rect.x + rect.w - MARGIN - footer, rect.y + rect.h - 1, line, NULL,
			pt_pen_of(PT_ROLE_LABEL), box->footer, footer);
}

pt_rect pt_frame_box(pt_frame *frame, pt_rect rect, const pt_box *box)
{
	if (rect.w < 2 || rect.h < 2)
		return rect;
	pt_pen line = pt_pen_of(box->focused ? PT_ROLE_BORDER_FOCUS : PT_ROLE_BORDER);
	int right = rect.x + rect.w - 1, bottom = rect.y + rect.h - 1;
	pt_frame_hline(frame, rect, rect.x + 1, rect.y, rect.w - 2, line, 0x2500);
	pt_frame_hline(frame, rect, rect.x + 1, bottom, rect.w - 2, line, 0x2500);
	pt_frame_vline(frame, rect, rect.x, rect.y + 1, rect.h - 2, line, 0x2502);
	pt_frame_vline(frame, rect, right, rect.y + 1, rect.h - 2, line, 0x2502);
	pt_frame_put(frame, rect, rect.x, rect.y, line, 0x256D);
	pt_frame_put(frame, rect, right, rect.y, line, 0x256E);
	pt_frame_put(frame, rect, rect.x, bottom, line, 0x2570);
	pt_frame_put(frame, rect, right, bottom, line, 0x256F);
	write_titles(frame, rect, box, line);
	return pt_rect_inset(rect, 1, 1, 1, 1);
}
