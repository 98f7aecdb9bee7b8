/**
 * What part of the plots is looked at: the x range that all panes over steps share, and a y range of each.
 * Plain values and pure functions: no clock, no file, no data but what is handed in.
 *
 * Vocabulary. The *whole* axis is what the panes show unzoomed: all data, rounded outwards. A *range* is a
 * part of it, in the axis's own unit. A range that *follows* keeps its width and has its right end at the
 * newest data, rounded up in nice steps, so that it moves seldom.
 */
#ifndef PHASETOP_UI_ZOOM_H
#define PHASETOP_UI_ZOOM_H

#include <stdbool.h>

#include "phasetop/plot/scale.h"
#include "phasetop/ui/layout.h"

/* X(enumerator, name as a setting, what the axis tells, in words). In the order of the key x. */
#define PT_X_AXIS_TABLE(X)                               \
	X(PT_X_STEP, "step", "steps")                        \
	X(PT_X_EPOCH, "epoch", "epochs")                     \
	X(PT_X_RELATIVE, "relative", "time since the start") \
	X(PT_X_WALL, "wall", "time of day")

typedef enum pt_x_axis {
#define X(id, name, words) id,
	PT_X_AXIS_TABLE(X)
#undef X
		PT_N_X_AXES
} pt_x_axis;

/** "step", …: as the setting x-axis takes it; "" outside of the table. */
const char *pt_x_axis_name(pt_x_axis axis);
/** "steps", …; "" outside of the table. */
const char *pt_x_axis_words(pt_x_axis axis);

/** The y range of one pane; the right axis has one of its own. */
typedef struct pt_y_range {
	bool zoomed; /* false: fitted to what is visible */
	double lo, hi;
	double right_lo, right_hi; /* of a pane with a right axis */
} pt_y_range;

typedef struct pt_zoom {
	pt_x_axis axis; /* what is asked for; a run that lacks it is drawn over steps */
	pt_x_axis unit; /* what lo and hi are of: beside another axis they mean nothing */
	bool zoomed;    /* false: the whole axis */
	bool follows;
	double lo, hi; /* lo < hi; meaningless unless zoomed */
	pt_y_range y[PT_N_PANES];
} pt_zoom;

/** What a range is a part of. */
typedef struct pt_zoom_room {
	pt_scale whole; /* not inverted; of a logarithmic one, parts of the width are parts of its logarithms */
	double newest;  /* where the newest data are */
} pt_zoom_room;

/** The limits that are drawn: inside of the whole axis, whatever the data did since. */
pt_scale pt_zoom_scale(const pt_zoom *zoom, const pt_zoom_room *room);

/* Each of these returns whether anything changed; what would leave the axis stops at its end. */

/** Make the range `factor` times as wide (below 1: zoom in) so that `at` keeps its place; a range that
 * follows stays at the newest data. Wide enough is the whole axis, narrow enough four steps, four seconds or
 * a 2,000th of the axis. */
bool pt_zoom_about(pt_zoom *zoom, const pt_zoom_room *room, double at, double factor);
/** Shift by a part of the width (negative: to the left). To the left it follows no longer; once the newest
 * data are in sight again, it does. */
bool pt_zoom_pan(pt_zoom *zoom, const pt_zoom_room *room, double by);
/** As little as brings `at` into the range, with an eighth of the width beside it. */
bool pt_zoom_reach(pt_zoom *zoom, const pt_zoom_room *room, double at);
/** Follow the newest data, or no longer. */
bool pt_zoom_follow(pt_zoom *zoom, const pt_zoom_room *room);
/** Exactly this range, which then stands still. */
bool pt_zoom_to(pt_zoom *zoom, const pt_zoom_room *room, double lo, double hi);
/** The whole axis, and every pane's y fitted. */
bool pt_zoom_out(pt_zoom *zoom);

/** Is anything zoomed, x or some y? */
bool pt_zoom_is_part(const pt_zoom *zoom);

/** Zoom a pane's y about `centre` (a fraction from the bottom, of both axes) by `factor`, then shift by a
 * part of the height. @param right  NULL: no right axis */
bool pt_zoom_y(pt_zoom *zoom, pt_pane_id pane, const pt_scale *left, const pt_scale *right, double centre,
	double factor, double shift);
/** The pane's y between two fractions of its height, from the bottom. */
bool pt_zoom_y_to(
	pt_zoom *zoom, pt_pane_id pane, const pt_scale *left, const pt_scale *right, double from, double to);
/** Y fitted to what is visible again, in every pane: the numbers that are drawn have become others. */
void pt_zoom_forget_y(pt_zoom *zoom);

/** An axis with the limits that a pane's range gives it; `scale` itself where it has none. */
pt_scale pt_zoom_y_scale(const pt_zoom *zoom, pt_pane_id pane, const pt_scale *scale, bool is_right);

enum { PT_ZOOM_HISTORY = 24 };

/** What was looked at before, the newest last. */
typedef struct pt_zoom_history {
	pt_zoom past[PT_ZOOM_HISTORY];
	int n;
	bool is_open; /* a gesture of many events (the wheel) is going on: it is one entry */
} pt_zoom_history;

/** Remember `before`, unless the gesture that is going on did. The oldest is forgotten where there is no
 * room.
 * @param gesture  more events of the same gesture may follow */
void pt_zoom_remember(pt_zoom_history *history, const pt_zoom *before, bool gesture);
/** Back to what was looked at before; false: nothing was. */
bool pt_zoom_undo(pt_zoom_history *history, pt_zoom *zoom);

#endif
