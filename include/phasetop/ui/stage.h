/**
 * What each pane draws in place of the snapshot: steps from the turn, differences to the baseline. The
 * screen, a picture of one pane and the table of its series all stand on it.
 */
#ifndef PHASETOP_UI_STAGE_H
#define PHASETOP_UI_STAGE_H

#include "phasetop/ui/pane.h"

typedef struct pt_stage {
	pt_scene scene, aligned, versus;
	pt_snapshot *aligned_snapshot, *versus_snapshot; /* NULL: as it is */
} pt_stage;

/** Borrows both; release with pt_stage_end. @param snapshot may be NULL @cost O(data) with alignment or
 * differences */
pt_stage pt_stage_of(const pt_snapshot *snapshot, const pt_view *view);
/** What this pane draws: the lists always the runs as they are. */
const pt_scene *pt_stage_scene(const pt_stage *stage, pt_pane_id pane);
void pt_stage_end(pt_stage *stage);

#endif
