/** The rectangle that is being drawn with the mouse: what a release will zoom into. */
#include "screen_parts.h"

void pt_screen_rubber_draw(const pt_scene *scene, pt_frame *frame)
{
	pt_rect area;
	pt_pen pen = pt_pen_of(PT_ROLE_CROSSHAIR);
	if (!pt_rubber_area(&scene->view->rubber, &area.x, &area.y, &area.w, &area.h))
		return;
	/* the frame alone: what lies in it is what one aims at */
	pt_rect all = pt_frame_rect(frame);
	int right = area.x + area.w - 1, low = area.y + area.h - 1;
	pt_frame_hline(frame, all, area.x, area.y, area.w, pen, U'─');
	pt_frame_hline(frame, all, area.x, low, area.w, pen, U'─');
	pt_frame_vline(frame, all, area.x, area.y, area.h, pen, U'│');
	pt_frame_vline(frame, all, right, area.y, area.h, pen, U'│');
	pt_frame_put(frame, all, area.x, area.y, pen, U'┌');
	pt_frame_put(frame, all, right, area.y, pen, U'┐');
	pt_frame_put(frame, all, area.x, low, pen, U'└');
	pt_frame_put(frame, all, right, low, pen, U'┘');
}
