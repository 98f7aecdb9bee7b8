#include "phasetop/ui/stage.h"

#include "beside.h"

pt_stage pt_stage_of(const pt_snapshot *snapshot, const pt_view *view)
{
	pt_stage s = {.scene = pt_scene_of(snapshot, view)};
	s.aligned = s.scene;
	if (snapshot && view->align_on_turn)
		s.aligned_snapshot = pt_beside_aligned(snapshot, view);
	if (s.aligned_snapshot) {
		s.aligned = pt_scene_of(s.aligned_snapshot, view);
		s.aligned.is_aligned = true;
	}
	s.versus = s.aligned;
	if (snapshot && view->differences)
		s.versus_snapshot = pt_beside_differences(s.aligned.snapshot, pt_pane_is_ratio(view, PT_PANE_SPECTRUM));
	if (s.versus_snapshot) {
		s.versus = pt_scene_of(s.versus_snapshot, view);
		s.versus.steps = s.aligned.steps; /* one step axis in all plots */
		s.versus.cursor = s.aligned.cursor;
		s.versus.is_aligned = s.aligned.is_aligned;
		s.versus.versus = snapshot->runs[snapshot->baseline].name;
	}
	return s;
}

const pt_scene *pt_stage_scene(const pt_stage *stage, pt_pane_id pane)
{
	return pt_pane_is_list(pane)                 ? &stage->scene
		   : pt_pane_ops_of(pane)->by_difference ? &stage->versus
												 : &stage->aligned;
}

void pt_stage_end(pt_stage *stage)
{
	pt_snapshot_destroy(stage->versus_snapshot);
	pt_snapshot_destroy(stage->aligned_snapshot);
	stage->versus_snapshot = stage->aligned_snapshot = NULL;
}
