#include "plot_probe.h"

#include "phasetop/ui/stage.h"
#include "view_private.h"

bool pt_plot_at(
	const pt_snapshot *snapshot, const pt_view *view, pt_pane_id pane, int x, int y, pt_plot_probe *probe)
{
	pt_screen_parts screen = pt_view_screen(view);
	pt_placing placing;
	pt_layout_place(&view->layout, &screen, &placing);
	const pt_place *place = pt_placing_find(&placing, pane);
	pt_frame *frame = NULL;
	pt_charset charset = view->unicode ? PT_CHARSET_UTF8 : PT_CHARSET_ASCII;
	*probe = (pt_plot_probe){.x = x, .y = y};
	if (!snapshot || !place || pt_frame_create(view->columns, view->rows, charset, &frame, NULL) != PT_OK)
		return false;
	pt_stage stage = pt_stage_of(snapshot, view);
	pt_scene scene = *pt_stage_scene(&stage, pane);
	scene.probe = probe;
	pt_pane_draw(&scene, pane, frame, (pt_rect){place->x, place->y, place->width, place->height});
	pt_stage_end(&stage);
	pt_frame_destroy(frame);
	return probe->found;
}
