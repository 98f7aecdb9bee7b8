#include "phasetop/ui/zoom.h"

#include <math.h>
#include <string.h>

#include "phasetop/plot/time_axis.h"

static const struct {
	const char *name, *words;
} axes[] = {
#define X(id, name, words) {name, words},
	PT_X_AXIS_TABLE(X)
#undef X
};
_Static_assert(sizeof axes / sizeof axes[0] == PT_N_X_AXES, "a row for each axis");

const char *pt_x_axis_name(pt_x_axis axis)
{
	return (unsigned)axis < PT_N_X_AXES ? axes[axis].name : "";
}

const char *pt_x_axis_words(pt_x_axis axis)
{
	return (unsigned)axis < PT_N_X_AXES ? axes[axis].words : "";
}

static double span_of(const pt_scale *scale)
{
	return scale->hi - scale->lo;
}

static double least_width(const pt_scale *whole)
{
	double least = whole->integer || whole->time != PT_TIME_NONE ? 4 : 0;
	return fmin(fmax(least, span_of(whole) / 2000), span_of(whole));
}

static double rounded(const pt_scale *whole, double value)
{
	return whole->integer || whole->time != PT_TIME_NONE ? round(value) : value;
}

/* The range from `lo` on, inside of the whole axis. */
static pt_scale placed(const pt_scale *whole, double lo, double width)
{
	pt_scale scale = *whole;
	width = rounded(whole, fmin(fmax(width, least_width(whole)), span_of(whole)));
	scale.lo = rounded(whole, fmax(whole->lo, fmin(lo, whole->hi - width)));
	scale.hi = fmin(scale.lo + width, whole->hi);
	return scale;
}

/* Where a range of this width stands that follows: new data move it by a fifth of itself at once. */
static pt_scale at_newest(const pt_zoom_room *room, double width)
{
	double step = pt_nice_step(&room->whole, width / 5);
	double hi = ceil(room->newest / step - 1e-9) * step;
	return placed(&room->whole, hi - width, width);
}

static pt_scale part_of(const pt_zoom *zoom, const pt_zoom_room *room)
{
	double width = zoom->hi - zoom->lo;
	if (!zoom->zoomed || !(width > 0) || !isfinite(width) || width >= span_of(&room->whole))
		return room->whole;
	if (zoom->follows && isfinite(room->newest))
		return at_newest(room, width);
	return placed(&room->whole, zoom->lo, width);
}

/* Take a range; one as wide as the axis is no range. */
static bool take(pt_zoom *zoom, const pt_zoom_room *room, pt_scale range)
{
	pt_zoom before = *zoom;
	zoom->zoomed = span_of(&range) < span_of(&room->whole) * (1 - 1e-9);
	zoom->lo = zoom->zoomed ? range.lo : 0;
	zoom->hi = zoom->zoomed ? range.hi : 0;
	return before.zoomed != zoom->zoomed || before.follows != zoom->follows || before.lo < zoom->lo ||
		   before.lo > zoom->lo || before.hi < zoom->hi || before.hi > zoom->hi;
}

static bool about(pt_zoom *zoom, const pt_zoom_room *room, double at, double factor)
{
	pt_scale now = part_of(zoom, room);
	if (!isfinite(at) || !isfinite(factor) || factor <= 0)
		return false;
	double width = fmax(span_of(&now) * factor, least_width(&room->whole));
	if (zoom->follows && isfinite(room->newest))
		return take(zoom, room, width < span_of(&room->whole) ? at_newest(room, width) : room->whole);
	at = fmin(fmax(at, room->whole.lo), room->whole.hi);
	double fraction = fmin(fmax((at - now.lo) / span_of(&now), 0), 1);
	return take(zoom, room, placed(&room->whole, at - fraction * width, width));
}

static bool pan(pt_zoom *zoom, const pt_zoom_room *room, double by)
{
	pt_scale now = part_of(zoom, room);
	if (!zoom->zoomed || !isfinite(by))
		return false;
	double shift = by * span_of(&now), least = room->whole.integer ? 1 : 0;
	if (fabs(shift) < least)
		shift = by < 0 ? -least : least;
	pt_scale range = placed(&room->whole, now.lo + shift, span_of(&now));
	zoom->zoomed = true;
	bool followed = zoom->follows;
	zoom->follows = by < 0 ? false : followed || range.hi >= room->newest;
	return take(zoom, room, range) || followed != zoom->follows;
}

static bool reach(pt_zoom *zoom, const pt_zoom_room *room, double at)
{
	pt_scale now = part_of(zoom, room);
	if (!zoom->zoomed || !isfinite(at) || (at >= now.lo && at <= now.hi))
		return false;
	double width = span_of(&now), lo = at < now.lo ? at - width / 8 : at + width / 8 - width;
	zoom->follows = false;
	return take(zoom, room, placed(&room->whole, lo, width));
}

static bool follow(pt_zoom *zoom, const pt_zoom_room *room)
{
	pt_scale now = part_of(zoom, room);
	zoom->follows = !zoom->follows;
	if (zoom->zoomed) /* one that stops stays where it is; one that begins goes to the newest data */
		take(zoom, room, zoom->follows ? at_newest(room, span_of(&now)) : now);
	return true;
}

static bool move_to(pt_zoom *zoom, const pt_zoom_room *room, double lo, double hi)
{
	if (!isfinite(lo) || !isfinite(hi) || !(lo < hi))
		return false;
	double width = fmin(hi, room->whole.hi) - fmax(lo, room->whole.lo);
	double least = least_width(&room->whole), middle = lo / 2 + hi / 2;
	bool followed = zoom->follows;
	zoom->follows = false;
	if (width < least)
		return take(zoom, room, placed(&room->whole, middle - least / 2, least)) || followed;
	return take(zoom, room, placed(&room->whole, fmax(lo, room->whole.lo), width)) || followed;
}

/* --- units ------------------------------------------------------------------------------------------------ */

/* All of the above counts in the units of the axis: its values, or their logarithms, so that parts of the width
 * are what one sees. A zoom itself is kept as values. */
typedef struct in_units {
	pt_zoom zoom;
	pt_zoom_room room;
	pt_scale axis;
} in_units;

static double to_unit(const pt_scale *axis, double value)
{
	return axis->is_log && !isnan(value) ? log10(fmin(fmax(value, axis->lo), axis->hi)) : value;
}

static in_units units_of(const pt_zoom *zoom, const pt_zoom_room *room)
{
	in_units u = {.zoom = *zoom, .room = *room, .axis = room->whole};
	if (!u.axis.is_log)
		return u;
	u.room.whole = (pt_scale){.lo = log10(u.axis.lo), .hi = log10(u.axis.hi)};
	u.room.newest = to_unit(&u.axis, room->newest);
	u.zoom.lo = zoom->zoomed ? to_unit(&u.axis, zoom->lo) : 0;
	u.zoom.hi = zoom->zoomed ? to_unit(&u.axis, zoom->hi) : 0;
	return u;
}

static bool keep(const in_units *u, pt_zoom *zoom, bool changed)
{
	*zoom = u->zoom;
	if (!u->axis.is_log)
		return changed;
	zoom->lo = zoom->zoomed ? pow(10, u->zoom.lo) : 0;
	zoom->hi = zoom->zoomed ? pow(10, u->zoom.hi) : 0;
	return changed;
}

pt_scale pt_zoom_scale(const pt_zoom *zoom, const pt_zoom_room *room)
{
	in_units u = units_of(zoom, room);
	pt_scale part = part_of(&u.zoom, &u.room), scale = room->whole;
	if (!scale.is_log)
		return part;
	if (pt_scale_equal(&part, &u.room.whole))
		return scale;
	double lo = pow(10, part.lo), hi = pow(10, part.hi);
	scale.lo = fmax(scale.lo, scale.integer ? floor(lo + 1e-6) : lo);
	scale.hi = fmin(scale.hi, scale.integer ? ceil(hi - 1e-6) : hi);
	return scale;
}

bool pt_zoom_about(pt_zoom *zoom, const pt_zoom_room *room, double at, double factor)
{
	in_units u = units_of(zoom, room);
	return keep(&u, zoom, about(&u.zoom, &u.room, to_unit(&u.axis, at), factor));
}

bool pt_zoom_pan(pt_zoom *zoom, const pt_zoom_room *room, double by)
{
	in_units u = units_of(zoom, room);
	return keep(&u, zoom, pan(&u.zoom, &u.room, by));
}

bool pt_zoom_reach(pt_zoom *zoom, const pt_zoom_room *room, double at)
{
	in_units u = units_of(zoom, room);
	bool has_place = !u.axis.is_log || at > 0;
	return keep(&u, zoom, has_place && reach(&u.zoom, &u.room, to_unit(&u.axis, at)));
}

bool pt_zoom_follow(pt_zoom *zoom, const pt_zoom_room *room)
{
	in_units u = units_of(zoom, room);
	return keep(&u, zoom, follow(&u.zoom, &u.room));
}

bool pt_zoom_to(pt_zoom *zoom, const pt_zoom_room *room, double lo, double hi)
{
	in_units u = units_of(zoom, room);
	return keep(&u, zoom, move_to(&u.zoom, &u.room, to_unit(&u.axis, lo), to_unit(&u.axis, hi)));
}

bool pt_zoom_is_part(const pt_zoom *zoom)
{
	bool is_part = zoom->zoomed;
	for (int pane = 0; pane < PT_N_PANES; pane++)
		is_part |= zoom->y[pane].zoomed;
	return is_part;
}

bool pt_zoom_out(pt_zoom *zoom)
{
	bool changed = pt_zoom_is_part(zoom);
	zoom->zoomed = false;
	zoom->lo = zoom->hi = 0;
	pt_zoom_forget_y(zoom);
	return changed;
}

/* A zoomed axis; one that would lose its width in rounding stays as it is. */
static bool zoomed_limits(
	const pt_scale *scale, double centre, double factor, double shift, double *lo, double *hi)
{
	pt_scale zoomed = pt_scale_zoomed(scale, centre, factor, shift);
	double size = fmax(fabs(zoomed.lo), fabs(zoomed.hi));
	bool is_fine = isfinite(size) && size < 1e300 &&
				   (scale->is_log ? zoomed.hi / zoomed.lo > 1 + 1e-6 : span_of(&zoomed) > 1e-9 * size);
	*lo = is_fine ? zoomed.lo : scale->lo;
	*hi = is_fine ? zoomed.hi : scale->hi;
	return is_fine;
}

bool pt_zoom_y(pt_zoom *zoom, pt_pane_id pane, const pt_scale *left, const pt_scale *right, double centre,
	double factor, double shift)
{
	pt_y_range range = {.zoomed = true};
	if ((unsigned)pane >= PT_N_PANES || !zoomed_limits(left, centre, factor, shift, &range.lo, &range.hi))
		return false;
	if (right)
		zoomed_limits(right, centre, factor, shift, &range.right_lo, &range.right_hi);
	zoom->y[pane] = range;
	return true;
}

bool pt_zoom_y_to(
	pt_zoom *zoom, pt_pane_id pane, const pt_scale *left, const pt_scale *right, double from, double to)
{
	double factor = to - from;
	if (!(factor > 0) || factor >= 1)
		return false;
	return pt_zoom_y(zoom, pane, left, right, from / (1 - factor), factor, 0);
}

void pt_zoom_forget_y(pt_zoom *zoom)
{
	memset(zoom->y, 0, sizeof zoom->y);
}

pt_scale pt_zoom_y_scale(const pt_zoom *zoom, pt_pane_id pane, const pt_scale *scale, bool is_right)
{
	const pt_y_range *range = &zoom->y[pane];
	double lo = is_right ? range->right_lo : range->lo, hi = is_right ? range->right_hi : range->hi;
	if (!range->zoomed || !(lo < hi))
		return *scale;
	pt_scale zoomed = pt_scale_exact(lo, hi, scale->is_log);
	zoomed.integer = scale->integer;
	zoomed.inverted = scale->inverted;
	zoomed.time = scale->time;
	return zoomed;
}

void pt_zoom_remember(pt_zoom_history *history, const pt_zoom *before, bool gesture)
{
	bool is_more = history->is_open && gesture;
	history->is_open = gesture;
	if (is_more)
		return;
	if (history->n == PT_ZOOM_HISTORY) {
		memmove(history->past, history->past + 1, (PT_ZOOM_HISTORY - 1) * sizeof *history->past);
		history->n--;
	}
	history->past[history->n++] = *before;
}

bool pt_zoom_undo(pt_zoom_history *history, pt_zoom *zoom)
{
	history->is_open = false;
	if (history->n == 0)
		return false;
	*zoom = history->past[--history->n];
	return true;
}
