/**
 * Scales and ticks: from values to places on an axis, and which places carry a label.
 *
 * Vocabulary: a *range* is what the data span (finite values only); a *scale* is the limits that are drawn,
 * rounded outwards in nice steps so that a live axis keeps still; a *fraction* is the place on the axis, 0 at
 * `lo` and 1 at `hi`; *dots* are the canvas's finest units, *cells* the terminal's.
 */
#ifndef PHASETOP_PLOT_SCALE_H
#define PHASETOP_PLOT_SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What some data span. NaN and infinities never enter; |value| is clamped to 1e300. */
typedef struct pt_range {
	double lo, hi;       /* meaningless while n is 0 */
	double least_above0; /* least value above 0; INFINITY: none. Needed by log scales. */
	size_t n;            /* finite values seen */
	size_t n_missing;    /* NaN and infinities seen */
} pt_range;

/** Nothing seen yet. */
pt_range pt_range_empty(void);
/** Widen by one value. */
void pt_range_add(pt_range *range, double value);
/** Widen by n values (NULL: none). O(n). */
void pt_range_add_all(pt_range *range, const double *values, size_t n);
/** Widen by those values[i] whose steps[i] lie in [from, to]: y of what a zoomed x range shows. O(n). */
void pt_range_add_visible(
	pt_range *range, const int64_t *steps, const double *values, size_t n, double from, double to);
/** Widen by another range (of a log axis's shared limits, of several runs). */
void pt_range_join(pt_range *range, const pt_range *other);

/** What a scale's numbers are, where they are times: seconds of a duration, or of the clock (see time_axis.h). */
typedef enum pt_time_axis { PT_TIME_NONE, PT_TIME_DURATION, PT_TIME_OF_DAY } pt_time_axis;

typedef struct pt_scale {
	double lo, hi; /* lo < hi, both finite; both > 0 when log */
	bool is_log;
	bool integer;  /* step axes: ticks are whole numbers */
	bool inverted; /* hi at the left or bottom */
	pt_time_axis time;
} pt_scale;

/**
 * Limits for a value axis: padded where the data are constant, rounded outwards to multiples of a nice step
 * (1, 2, 5 · 10^n; about an eighth of the span), so that a new point seldom moves the axis. An axis whose
 * data start near 0 starts at 0. No data: 0…1.
 *
 * A log axis is rounded out to 1, 2, 5 · 10^n, or to decades where it spans more than two; values ≤ 0 have no
 * place on it. A log axis without any value above 0 becomes linear.
 */
pt_scale pt_scale_fit(const pt_range *range, bool is_log);

/** As pt_scale_fit, and `must` (a threshold, a line at 0) is inside; NaN is ignored. */
pt_scale pt_scale_fit_with(const pt_range *range, bool is_log, double must);

/**
 * Limits for a step axis that grows: from 0 (or, where the first step is more than half of the last, from it
 * rounded down) to the last step rounded up along 1, 1.2, 1.5, 2, 3, 4, 5, 6, 8 · 10^n.
 */
pt_scale pt_scale_fit_steps(double first, double last);

/**
 * The same for a run that is still growing: limits move seldom, since each move paints every plot anew. The
 * last step is rounded up along 1, 3 · 10^n; where the end of the run is known, to about a sixteenth of it, a
 * quarter, all.
 * @param end  NaN: not known
 */
pt_scale pt_scale_grow_steps(double first, double last, double end);

/** The greatest of 1, 2, 5 · 10^n that is at most `size` (> 0). */
double pt_scale_nice_below(double size);

/** Exactly these limits (a zoomed axis). Bad ones (not finite, hi ≤ lo, ≤ 0 for log) are repaired. */
pt_scale pt_scale_exact(double lo, double hi, bool is_log);

/** Place of a value: 0…1 inside, beyond it outside; NaN where it has none (NaN, infinity, ≤ 0 on log). */
double pt_scale_fraction(const pt_scale *scale, double value);
/** The value at a place: the inverse of pt_scale_fraction. */
double pt_scale_value(const pt_scale *scale, double fraction);
/** round(fraction · (n_dots − 1)), clamped to −2·n_dots … 3·n_dots; INT_MIN where the value has no place. */
int pt_scale_dot(const pt_scale *scale, double value, int n_dots);
/** The scale zoomed about `centre` (a fraction) by `factor` (< 1 zooms in), then shifted by `shift`
 * fractions. */
pt_scale pt_scale_zoomed(const pt_scale *scale, double centre, double factor, double shift);
/** Do both have the same limits and kind? */
bool pt_scale_equal(const pt_scale *a, const pt_scale *b);

enum { PT_MAX_TICKS = 32, PT_TICK_LABEL_BYTES = 16 };

typedef struct pt_tick {
	double value;
	int cell;       /* cell from the left, or from the top */
	int label_cell; /* side by side: first cell of the label, centred below `cell`, −1 at the least */
	bool minor;     /* a mark without a label: sub-decades of a log axis */
	char label[PT_TICK_LABEL_BYTES]; /* ASCII; "" when minor */
} pt_tick;

typedef struct pt_ticks {
	size_t n;
	pt_tick ticks[PT_MAX_TICKS]; /* by rising value; no two of one cell, no two of one label */
	int label_cols;              /* widest label */
} pt_ticks;

/** The room that an axis has. */
typedef struct pt_axis_room {
	int n_cells;       /* along the axis */
	int dots_per_cell; /* along the axis, as the canvas has it (braille: 2 across, 4 up) */
	bool vertical;     /* labels stack (a row each) instead of standing side by side */
	int spill;         /* side by side: cells behind the last one that a label may take */
} pt_axis_room;

/**
 * Ticks by the extended Wilkinson search (Talbot, Lin, Hanrahan: An extension of Wilkinson's algorithm for
 * positioning tick labels on axes, 2010): simplicity, coverage and density weighted 0.35, 0.2, 0.4 (the
 * paper's 0.25, 0.2, 0.5 favour steps of 3 and 4 on short axes); legibility is a condition, not a weight:
 * labels never overlap (two columns, or a row, between; less where only two labels fit). Only whole steps
 * when scale->integer, and there rather with a label at both ends; digits from the spacing, so that all
 * labels of an axis have the same decimals. Log axes: decades (every n-th where crowded), 2 and 5 where there
 * is room, the other sub-decades as minor ticks; within less than a decade as linear.
 *
 * Room for two labels gives at least two (unless a step axis holds one whole step only), for one at least
 * one; none gives n = 0. Pure.
 * @cost bounded, about 2,000 candidates at most
 */
pt_ticks pt_ticks_make(const pt_scale *scale, const pt_axis_room *room);

/** A value as a read-out beside this axis: one digit more than the ticks have, e.g. "0.0869", "1.27e-04". */
void pt_scale_readout(const pt_scale *scale, double value, char *out, size_t capacity);

#endif
