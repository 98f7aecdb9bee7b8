#include "phasetop/ui/screen.h"

#include "screen_parts.h"

/* A line of the screen, or an empty rectangle where there is none. */
static pt_rect line_at(const pt_frame *frame, int row)
{
	return row < 0 ? (pt_rect){0, 0, 0, 0} : (pt_rect){0, row, frame->cols, 1};
}

static void draw_panes(const pt_scene *scene, const pt_screen_parts *parts, pt_frame *frame)
{
	pt_placing placing;
	pt_layout_place(&scene->view->layout, parts, &placing);
	for (int i = 0; i < placing.n; i++) {
		const pt_place *place = &placing.places[i];
		pt_pane_draw(scene, place->pane, frame, (pt_rect){place->x, place->y, place->width, place->height});
	}
}

void pt_screen_draw(const pt_snapshot *snapshot, const pt_view *view, pt_frame *frame)
{
	pt_scene scene = pt_scene_of(snapshot, view);
	pt_screen_parts parts = pt_screen_parts_of(frame->cols, frame->rows);
	pt_frame_clear(frame);
	pt_rect body = {0, parts.body_y, frame->cols, parts.body_height};
	draw_panes(&scene, &parts, frame);
	pt_screen_rubber_draw(&scene, frame);
	if (view->help)
		pt_screen_help_draw(&scene, frame, body);
	else if (view->form.open)
		pt_screen_form_draw(&scene, frame, body);
	pt_rect status = line_at(frame, parts.status_row), verdict = line_at(frame, parts.verdict_row);
	pt_rect keys = line_at(frame, parts.keys_row);
	if (!pt_rect_is_empty(status))
		pt_screen_status_draw(&scene, frame, status);
	if (!pt_rect_is_empty(verdict))
		pt_screen_verdict_draw(&scene, frame, verdict);
	if (!pt_rect_is_empty(keys))
		pt_screen_keys_draw(&scene, frame, keys);
}
