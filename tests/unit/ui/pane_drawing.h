/** Panes and screens of a fixture, drawn to a frame and searched for words and roles. */
#ifndef PANE_DRAWING_H
#define PANE_DRAWING_H

#include "phasetop/ui/screen.h"
#include "snapshot_fixture.h"

typedef struct drawing {
	pt_snapshot *snapshot;
	pt_view view;
	pt_frame *frame;
} drawing;

static inline drawing start(fixture_kind kind, int cols, int rows)
{
	drawing d = {.snapshot = fixture_create(kind)};
	pt_layout layout = pt_layout_default();
	d.view = pt_view_first(&d.snapshot->settings, &layout, PT_N_CHOICES);
	d.view.unicode = true;
	pt_view_resize(&d.view, cols, rows);
	pt_view_meet(&d.view, d.snapshot);
	assert_int_equal(pt_frame_create(cols, rows, PT_CHARSET_UTF8, &d.frame, NULL), PT_OK);
	return d;
}

static inline void draw_pane(drawing *d, pt_pane_id pane)
{
	pt_scene scene = pt_scene_of(d->snapshot, &d->view);
	pt_frame_clear(d->frame);
	pt_pane_draw(&scene, pane, d->frame, pt_frame_rect(d->frame));
}

static inline void end(drawing *d)
{
	pt_frame_destroy(d->frame);
	pt_snapshot_destroy(d->snapshot);
}

/* Row (from 0) in which the text stands; -1: nowhere. */
static inline int row_of(const pt_frame *frame, const char *text)
{
	char row[4 * 400 + 1];
	for (int y = 0; y < frame->rows; y++) {
		pt_frame_row_text(frame, y, row, sizeof row);
		if (strstr(row, text))
			return y;
	}
	return -1;
}

static inline void assert_shows(const pt_frame *frame, const char *text)
{
	if (row_of(frame, text) < 0) {
		print_error("\"%s\" is not on the frame\n", text);
		fail();
	}
}

static inline size_t n_of_role(const pt_frame *frame, pt_role role)
{
	size_t n = 0;
	for (int y = 0; y < frame->rows; y++)
		for (int x = 0; x < frame->cols; x++) {
			pt_cell cell = pt_frame_get(frame, x, y);
			n += cell.role == role && cell.glyph > ' ';
		}
	return n;
}

static inline pt_run_view *runs_of(drawing *d)
{
	return (pt_run_view *)(uintptr_t)d->snapshot->runs;
}

#endif
