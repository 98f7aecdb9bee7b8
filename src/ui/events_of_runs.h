/** What happened in the runs shown, and when: turns, dips, seams. */
#ifndef PHASETOP_UI_EVENTS_OF_RUNS_H
#define PHASETOP_UI_EVENTS_OF_RUNS_H

#include "phasetop/ui/pane.h"

/**
 * The nearest event after (direction > 0) or before a step, of the matrix type that is drawn.
 * @return false: none. O(events)
 */
bool pt_event_next(const pt_scene *scene, int64_t step, int direction, int64_t *next);

/** What happened at exactly this step: "change point of B · the path turns by 71°"; "" nothing. With several
 * runs each kind with the name of its first run. */
void pt_event_text(const pt_scene *scene, int64_t step, char *out, size_t capacity);

#endif
