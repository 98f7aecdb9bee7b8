#include "phasetop/ui/screen.h"

#include "beside.h"
#include "screen_parts.h"

/* A line of the screen, or an empty rectangle where there is none. */
static pt_rect line_at(const pt_frame *frame, int row)
{
	return row < 0 ? (pt_rect){0, 0, 0, 0} : (pt_rect){0, row, frame->cols, 1};
}

/* What plots draw in place of the snapshot: steps from the turn, differences to the baseline. */
typedef struct stage {
	pt_scene scene, aligned, versus;
	pt_snapshot *aligned_snapshot, *versus_snapshot; /* NULL: as it is */
} stage;

static stage stage_of(const pt_snapshot *snapshot, const pt_view *view)
{
	stage s = {.scene = pt_scene_of(snapshot, view)};
	s.aligned = s.scene;
	if (snapshot && view->align_on_turn)
		s.aligned_snapshot = pt_beside_aligned(snapshot, view);
	if (s.aligned_snapshot) {
		s.aligned = pt_scene_of(s.aligned_snapshot, view);
		s.aligned.is_aligned = true;
	}
	s.versus = s.aligned;
	if (snapshot && view->differences)
		s.versus_snapshot = pt_beside_differences(s.aligned.snapshot, view->log_y[PT_PANE_SPECTRUM]);
	if (s.versus_snapshot) {
		s.versus = pt_scene_of(s.versus_snapshot, view);
		s.versus.steps = s.aligned.steps; /* one step axis in all plots */
		s.versus.cursor = s.aligned.cursor;
		s.versus.is_aligned = s.aligned.is_aligned;
		s.versus.versus = snapshot->runs[snapshot->baseline].name;
	}
	return s;
}

static void draw_panes(const stage *s, const pt_screen_parts *parts, pt_frame *frame)
{
	pt_placing placing;
	pt_layout_place(&s->scene.view->layout, parts, &placing);
	for (int i = 0; i < placing.n; i++) {
		const pt_place *place = &placing.places[i];
		const pt_scene *scene = pt_pane_is_list(place->pane)                 ? &s->scene
								: pt_pane_ops_of(place->pane)->by_difference ? &s->versus
																			 : &s->aligned;
		pt_pane_draw(scene, place->pane, frame, (pt_rect){place->x, place->y, place->width, place->height});
	}
}

/* The command line is there at every size: where there is no other line for it, over what stands last. */
static void draw_last_line(const pt_scene *scene, const pt_screen_parts *parts, pt_frame *frame)
{
	pt_rect keys = line_at(frame, parts->keys_row), last = line_at(frame, frame->rows - 1);
	if (scene->view->command.open)
		pt_screen_command_draw(scene, frame, last);
	else if (scene->view->message[0])
		pt_screen_message_draw(scene, frame, last);
	else if (!pt_rect_is_empty(keys))
		pt_screen_keys_draw(scene, frame, keys);
}

static void draw_lines(const pt_scene *scene, const pt_screen_parts *parts, pt_frame *frame)
{
	pt_rect status = line_at(frame, parts->status_row), verdict = line_at(frame, parts->verdict_row);
	if (!pt_rect_is_empty(status))
		pt_screen_status_draw(scene, frame, status);
	if (!pt_rect_is_empty(verdict) && scene->view->command.open && parts->keys_row >= 0)
		pt_screen_command_words_draw(scene, frame, verdict);
	else if (!pt_rect_is_empty(verdict))
		pt_screen_verdict_draw(scene, frame, verdict);
	draw_last_line(scene, parts, frame);
}

void pt_screen_draw(const pt_snapshot *snapshot, const pt_view *view, pt_frame *frame)
{
	stage s = stage_of(snapshot, view);
	pt_screen_parts parts = pt_screen_parts_of(frame->cols, frame->rows);
	pt_frame_clear(frame);
	pt_rect body = {0, parts.body_y, frame->cols, parts.body_height};
	draw_panes(&s, &parts, frame);
	pt_screen_rubber_draw(&s.scene, frame);
	if (view->help)
		pt_screen_help_draw(&s.scene, frame, body);
	else if (view->form.open)
		pt_screen_form_draw(&s.scene, frame, body);
	draw_lines(&s.scene, &parts, frame);
	pt_snapshot_destroy(s.versus_snapshot);
	pt_snapshot_destroy(s.aligned_snapshot);
}
