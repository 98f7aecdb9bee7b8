/**
 * The whole screen: status line, panes, verdict, key hints, and what lies over them (help, thresholds form,
 * freeze banner). Pure: equal snapshots and views give equal frames.
 */
#ifndef PHASETOP_UI_SCREEN_H
#define PHASETOP_UI_SCREEN_H

#include "phasetop/analysis/snapshot.h"
#include "phasetop/ui/frame.h"
#include "phasetop/ui/pane.h"
#include "phasetop/ui/view.h"

/**
 * Draw everything into the frame, for the frame's own size (not the view's).
 *
 * Times are told from the snapshot alone: ages as of `taken_wall_ms`, the next checkpoint as a time of day in
 * the local time zone. 80 × 24 shows four panes; smaller ones fewer, then one, then status and verdict, then
 * one line; 1 × 1 is the glyph of the run's state.
 *
 * @param snapshot NULL before the first one came: the screen then says that it reads
 */
void pt_screen_draw(const pt_snapshot *snapshot, const pt_view *view, pt_frame *frame);

/**
 * The verdict in words for the runs shown: "direction turned near step 190", and the rest of it. Several
 * runs: the gravest first, with its name.
 * @return severity of the headline
 */
pt_severity pt_screen_verdict(
	const pt_scene *scene, char *headline, size_t headline_bytes, char *detail, size_t detail_bytes);

/** State of the runs in words: "● live", "◌ stale, newest data 4 min old", "○ finished". */
void pt_screen_state(const pt_scene *scene, char *out, size_t capacity);

#endif
