/** What the searches for ticks share: placing a label, and whether all have their place. */
#ifndef PT_PLOT_TICK_LABELS_H
#define PT_PLOT_TICK_LABELS_H

#include "phasetop/plot/scale.h"

/** Add a tick at its cell; label NULL: a minor one. @pre ticks->n < PT_MAX_TICKS */
void pt_ticks_add(
	pt_ticks *ticks, const pt_scale *scale, const pt_axis_room *room, double value, const char *label);

/** Does every label have its place? `tight`: with less air between two. */
bool pt_ticks_are_legible(const pt_ticks *ticks, const pt_axis_room *room, bool tight);

/** Ticks of an axis of time; n = 0 where none has room, or a second is too long. */
pt_ticks pt_ticks_of_time(const pt_scale *scale, const pt_axis_room *room);

#endif
