/** Keys and mouse on a drawing of a fixture, and what part of the x axis is seen then. */
#ifndef EXPLORE_DRAWING_H
#define EXPLORE_DRAWING_H

#include "../../../src/ui/plot_probe.h"
#include "pane_drawing.h"

static inline unsigned press(drawing *d, const char *name)
{
	return pt_view_key(&d->view, pt_key_parse(name, strlen(name)), d->snapshot);
}

static inline unsigned mouse(drawing *d, pt_mouse_kind kind, int x, int y)
{
	return pt_view_mouse(&d->view, &(pt_mouse){.kind = kind, .x = x, .y = y}, d->snapshot);
}

static inline void draw_screen(drawing *d)
{
	pt_screen_draw(d->snapshot, &d->view, d->frame);
}

static inline pt_plot_probe plot_of(drawing *d, pt_pane_id pane)
{
	pt_plot_probe probe;
	assert_true(pt_plot_at(d->snapshot, &d->view, pane, -1, 0, &probe));
	return probe;
}

static inline void assert_x(drawing *d, double lo, double hi)
{
	pt_scene scene = pt_scene_of(d->snapshot, &d->view);
	assert_true(fabs(scene.steps.lo - lo) < 1e-6 && fabs(scene.steps.hi - hi) < 1e-6);
}

#endif
