#include "phasetop/ui/screen.h"

#include "phasetop/ui/stage.h"
#include "screen_parts.h"

/* A line of the screen, or an empty rectangle where there is none. */
static pt_rect line_at(const pt_frame *frame, int row)
{
	return row < 0 ? (pt_rect){0, 0, 0, 0} : (pt_rect){0, row, frame->cols, 1};
}

static void draw_panes(const pt_stage *s, const pt_screen_parts *parts, pt_frame *frame)
{
	pt_placing placing;
	pt_layout_place(&s->scene.view->layout, parts, &placing);
	for (int i = 0; i < placing.n; i++) {
		const pt_place *place = &placing.places[i];
		pt_pane_draw(pt_stage_scene(s, place->pane), place->pane, frame,
			(pt_rect){place->x, place->y, place->width, place->height});
	}
}

/* Can a form or the help be read? */
static bool has_room_over_panes(const pt_screen_parts *parts, const pt_frame *frame)
{
	enum { LEAST_COLS = 24, LEAST_ROWS = 4 };
	return frame->cols >= LEAST_COLS && parts->body_height >= LEAST_ROWS;
}

/* The command line is there at every size: where there is no other line for it, over what stands last. */
static void draw_last_line(const pt_scene *scene, const pt_screen_parts *parts, pt_frame *frame)
{
	pt_rect keys = line_at(frame, parts->keys_row), last = line_at(frame, frame->rows - 1);
	if (scene->view->command.open)
		pt_screen_command_draw(scene, frame, last);
	else if ((scene->view->help || scene->view->form.open) && !has_room_over_panes(parts, frame))
		pt_frame_text_cut(frame, last, 0, last.y, last.w, pt_pen_of(PT_ROLE_WARN),
			frame->cols < 24 ? "Esc: back" : "no room for it here: Esc goes back");
	else if (scene->view->message[0])
		pt_screen_message_draw(scene, frame, last);
	else if (!pt_rect_is_empty(keys))
		pt_screen_keys_draw(scene, frame, keys);
}

static void draw_lines(const pt_stage *stage, const pt_screen_parts *parts, pt_frame *frame)
{
	const pt_scene *scene = &stage->scene;
	pt_rect status = line_at(frame, parts->status_row), verdict = line_at(frame, parts->verdict_row);
	if (!pt_rect_is_empty(status))
		pt_screen_status_draw(scene, &stage->aligned, frame, status);
	if (!pt_rect_is_empty(verdict) && scene->view->command.open && parts->keys_row >= 0)
		pt_screen_command_words_draw(scene, frame, verdict);
	else if (!pt_rect_is_empty(verdict))
		pt_screen_verdict_draw(scene, frame, verdict);
	draw_last_line(scene, parts, frame);
}

void pt_screen_draw(const pt_snapshot *snapshot, const pt_view *view, pt_frame *frame)
{
	pt_stage s = pt_stage_of(snapshot, view);
	pt_screen_parts parts = pt_screen_parts_of(frame->cols, frame->rows);
	pt_frame_clear(frame);
	pt_rect body = {0, parts.body_y, frame->cols, parts.body_height};
	draw_panes(&s, &parts, frame);
	pt_screen_rubber_draw(&s.scene, frame);
	if (view->help)
		pt_screen_help_draw(&s.scene, frame, body);
	else if (view->form.open)
		pt_screen_form_draw(&s.scene, frame, body);
	draw_lines(&s, &parts, frame);
	pt_stage_end(&s);
}
