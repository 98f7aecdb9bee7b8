/**
 * Axes of time: durations in seconds, and times of day in seconds since 1970 by the clock on the wall (the
 * caller has added the zone's offset). Ticks stand where a clock has its marks.
 */
#ifndef PHASETOP_PLOT_TIME_AXIS_H
#define PHASETOP_PLOT_TIME_AXIS_H

#include "phasetop/plot/scale.h"

/**
 * The least nice distance at or above `size`: 1, 2, 5, 10, 15, 30 seconds and minutes, 1, 2, 3, 6, 12 hours,
 * then 1, 2, 5 · 10^n days on a time axis; whole numbers of 1, 2, 5 · 10^n on a step axis; those of any
 * decade elsewhere. 1 where size is not finite.
 */
double pt_nice_step(const pt_scale *scale, double size);

/**
 * Limits for an axis of times that span [first, last]: rounded outwards to nice distances of about an eighth
 * of the span, or, of a run that still grows, to about a third, so that the axis moves seldom. Durations
 * begin at 0. Values that are not finite give one hour.
 */
pt_scale pt_scale_fit_time(double first, double last, bool grows, pt_time_axis kind);

/** "1h30m", "45s", "2d6h"; or "13:05", "13:05:30", and "Nov 21" at midnight where `step` is not below an
 * hour.
 * @param step  distance of the labels: what is finer is left out */
void pt_time_text(pt_time_axis kind, double seconds, double step, char out[PT_TICK_LABEL_BYTES]);

#endif
