/*
 * The search for tick labels (contract in scale.h).
 *
 * A candidate is a progression: every j-th multiple of q·10^z, from the s-th on, inside the limits. Its score
 * is that of Talbot et al. 2010 §4 without the label formatting part, which here is uniform.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tick_labels.h"

/* Columns that stay free between two labels that stand side by side; rows from one to the next when stacked.
 */
enum { GAP_COLS = 2, GAP_ROWS = 2, GAP_COLS_TIGHT = 1, GAP_ROWS_TIGHT = 1 };

typedef struct progression {
	double unit;  /* q·10^z */
	double index; /* of the first value, in units */
	int stride;   /* j */
	int n;
} progression;

static double value_at(const progression *p, int i)
{
	return (p->index + (double)i * p->stride) * p->unit;
}

static int cell_of(const pt_scale *scale, const pt_axis_room *room, double value)
{
	int n_dots = room->n_cells * room->dots_per_cell;
	int dot = pt_scale_dot(scale, value, n_dots);
	dot = dot < 0 ? 0 : dot >= n_dots ? n_dots - 1 : dot;
	return (room->vertical ? n_dots - 1 - dot : dot) / room->dots_per_cell;
}

/* Least number of decimals that writes multiples of `step` exactly. */
static int decimals_of(double step)
{
	int decimals = 0;
	double scaled = step;
	while (decimals < 12 && fabs(scaled - round(scaled)) > 1e-6 * scaled) {
		scaled *= 10;
		decimals++;
	}
	return decimals;
}

/* One form for all labels of an axis: plain, with a unit (k, M, G, T), or with a common exponent. */
static void write_label(double value, double step, double greatest, char out[PT_TICK_LABEL_BYTES])
{
	static const char *const units[] = {"", "k", "M", "G", "T"};
	if (fabs(value) < 1e-6 * step)
		value = 0;
	if (greatest >= 1e6 && greatest < 1e15) {
		int unit = (int)(floor(log10(greatest)) / 3);
		unit = unit > 4 ? 4 : unit;
		double size = pow(1000, unit);
		int decimals = decimals_of(step / size);
		if (decimals > 3)
			snprintf(out, PT_TICK_LABEL_BYTES, "%.*f", decimals_of(step), value);
		else
			snprintf(out, PT_TICK_LABEL_BYTES, value != 0 ? "%.*f%s" : "0", value != 0 ? decimals : 0,
				value / size, units[unit]);
		return;
	}
	if (greatest < 1e6 && step >= 0.999e-4) {
		int decimals = decimals_of(step);
		snprintf(out, PT_TICK_LABEL_BYTES, value != 0 || decimals < 3 ? "%.*f" : "0", decimals, value);
		return;
	}
	int exponent = (int)floor(log10(greatest) + 1e-9);
	int decimals = decimals_of(step / pow(10, exponent));
	/* 5e-5 beside 3.0e-4: a mantissa from 1 on, as many digits of the axis's unit */
	int own = value != 0 ? (int)floor(log10(fabs(value)) + 1e-9) : exponent;
	decimals = decimals > exponent - own ? decimals - (exponent - own) : 0;
	snprintf(out, PT_TICK_LABEL_BYTES, value != 0 ? "%.*fe%d" : "0", decimals, value / pow(10, own), own);
}

static void place_label(pt_tick *tick, const pt_axis_room *room)
{
	int width = (int)strlen(tick->label);
	tick->label_cell = tick->cell - (width - 1) / 2;
	if (tick->label_cell + width > room->n_cells + room->spill)
		tick->label_cell = room->n_cells + room->spill - width;
	if (tick->label_cell < -1)
		tick->label_cell = -1;
}

/* Do the labels of two neighbours (the second has the greater value) keep their distance? */
static bool keep_apart(const pt_tick *a, const pt_tick *b, const pt_axis_room *room, bool tight)
{
	if (strcmp(a->label, b->label) == 0)
		return false;
	if (room->vertical) {
		int rows = a->cell > b->cell ? a->cell - b->cell : b->cell - a->cell;
		return rows >= (tight ? GAP_ROWS_TIGHT : GAP_ROWS);
	}
	const pt_tick *left = a->cell <= b->cell ? a : b, *right = left == a ? b : a;
	return left->cell < right->cell &&
		   left->label_cell + (int)strlen(left->label) + (tight ? GAP_COLS_TIGHT : GAP_COLS) <=
			   right->label_cell;
}

bool pt_ticks_are_legible(const pt_ticks *ticks, const pt_axis_room *room, bool tight)
{
	for (size_t i = 0; i < ticks->n; i++) {
		const pt_tick *tick = &ticks->ticks[i];
		if (!room->vertical && (int)strlen(tick->label) > room->n_cells + 1)
			return false;
		if (i > 0 && !keep_apart(tick - 1, tick, room, tight))
			return false;
	}
	return true;
}

void pt_ticks_add(
	pt_ticks *ticks, const pt_scale *scale, const pt_axis_room *room, double value, const char *label)
{
	pt_tick *tick = &ticks->ticks[ticks->n++];
	*tick = (pt_tick){.value = value, .cell = cell_of(scale, room, value), .minor = !label};
	if (!label)
		return;
	snprintf(tick->label, sizeof tick->label, "%s", label);
	place_label(tick, room);
	int width = (int)strlen(tick->label);
	ticks->label_cols = width > ticks->label_cols ? width : ticks->label_cols;
}

/* Ticks of a progression, of all or (ends_only) of its first and last value. */
static pt_ticks ticks_of(
	const progression *p, const pt_scale *scale, const pt_axis_room *room, bool ends_only)
{
	pt_ticks ticks = {0};
	double greatest = fmax(fabs(value_at(p, 0)), fabs(value_at(p, p->n - 1)));
	for (int i = 0; i < p->n && ticks.n < PT_MAX_TICKS; i++) {
		if (ends_only && i != 0 && i != p->n - 1)
			continue;
		double value = value_at(p, i) + 0.0;
		char label[PT_TICK_LABEL_BYTES];
		write_label(value, p->unit, greatest, label);
		pt_ticks_add(&ticks, scale, room, value, label);
	}
	return ticks;
}

/* The search: what it is for, and the best that it has found. */
typedef struct tick_search {
	const pt_scale *scale;
	const pt_axis_room *room;
	double wanted; /* labels that the room would have at a comfortable distance */
	double best_score;
	pt_ticks best;   /* two labels or more, well apart */
	pt_ticks ends;   /* two labels, close together: for want of better */
	pt_ticks single; /* one label */
} tick_search;

/* Simplicity, coverage and density of Talbot et al. 2010, weighted; `preference` is 0 for the nicest q. */
static double score_of(const tick_search *search, const progression *p, double preference)
{
	const pt_scale *scale = search->scale;
	double span = scale->hi - scale->lo, first = value_at(p, 0), last = value_at(p, p->n - 1);
	bool has_zero = first <= 1e-9 * p->unit && last >= -1e-9 * p->unit;
	/* of steps 50, 150 makes one look for 100: every second or third multiple counts from 0 */
	bool is_off = scale->integer && fmod(fabs(p->index), p->stride) > 0.5;
	double simplicity = 1 - preference - p->stride - is_off + (has_zero ? 1 : 0);
	/* 0.3 where the paper has 0.1: its labels may widen the axis, ours stand inside of given limits */
	double low = (first - scale->lo) / (0.3 * span), high = (scale->hi - last) / (0.3 * span);
	double coverage = 1 - 0.5 * (low * low + high * high);
	double density = (p->n - 1) / ((last - first) / span), best = search->wanted - 1;
	/* a step axis is read at its ends: that both have their label is worth a denser set */
	double ends = scale->integer && fabs(low) < 1e-6 && fabs(high) < 1e-6 ? 0.8 : 0;
	return 0.35 * simplicity + 0.2 * coverage + 0.4 * (2 - fmax(density / best, best / density)) + ends;
}

/* Keep a candidate that is better than what was found. */
static void consider(tick_search *search, const progression *p, double preference)
{
	if (search->single.n == 0) {
		progression middle = {p->unit, p->index + (p->n / 2) * p->stride, p->stride, 1};
		pt_ticks ticks = ticks_of(&middle, search->scale, search->room, false);
		if (pt_ticks_are_legible(&ticks, search->room, true))
			search->single = ticks;
	}
	if (p->n < 2)
		return;
	if (search->ends.n == 0) {
		pt_ticks ticks = ticks_of(p, search->scale, search->room, true);
		if (pt_ticks_are_legible(&ticks, search->room, true))
			search->ends = ticks;
	}
	double score = score_of(search, p, preference);
	if (p->n > PT_MAX_TICKS || score <= search->best_score)
		return;
	pt_ticks ticks = ticks_of(p, search->scale, search->room, false);
	if (pt_ticks_are_legible(&ticks, search->room, false)) {
		search->best_score = score;
		search->best = ticks;
	}
}

/* Every progression of multiples of `unit` inside the limits. */
static void consider_unit(tick_search *search, double unit, double preference)
{
	enum { MAX_SKIP = 3, MAX_VALUES = 4 * PT_MAX_TICKS };
	const pt_scale *scale = search->scale;
	double slack = 1e-9 * (scale->is_log ? scale->lo : scale->hi - scale->lo);
	double from = ceil((scale->lo - slack) / unit), to = floor((scale->hi + slack) / unit);
	if (from > to || to - from > MAX_VALUES || fabs(from) > 1e15 || fabs(to) > 1e15)
		return;
	for (int stride = 1; stride <= MAX_SKIP; stride++)
		for (int skip = 0; skip < stride && from + skip <= to; skip++) {
			int n = (int)((to - from - skip) / stride) + 1;
			consider(search, &(progression){unit, from + skip, stride, n}, preference);
		}
}

static pt_ticks linear_ticks(const pt_scale *scale, const pt_axis_room *room)
{
	static const double nice[] = {1, 5, 2, 2.5, 4, 3}; /* nicest first */
	enum { N_NICE = sizeof nice / sizeof *nice };
	/* a label every three rows or seven columns where there are few of them, every six or fourteen where many
	 */
	double rows = fmin((room->n_cells + 2) / 3.0, 2 + room->n_cells / 6.0);
	double wanted = room->vertical ? rows : 2 + room->n_cells / 14.0;
	tick_search search = {
		.scale = scale,
		.room = room,
		.wanted = fmin(fmax(wanted, 2), 10),
		.best_score = -HUGE_VAL,
	};
	int top = (int)floor(log10(scale->hi - scale->lo));
	for (int z = top; z >= top - 2; z--)
		for (int q = 0; q < N_NICE; q++) {
			double unit = nice[q] * pow(10, z);
			if (unit > 0 && (!scale->integer || (unit > 0.5 && unit - floor(unit) < 1e-9)))
				consider_unit(&search, unit, (double)q / (N_NICE - 1));
		}
	if (search.best.n)
		return search.best;
	return search.ends.n ? search.ends : search.single;
}

/* 1e-3, 0.01, 1, 1000: exponents where any decade of the axis needs one. */
static void write_decade(double mantissa, int exponent, bool plain, char out[PT_TICK_LABEL_BYTES])
{
	if (plain)
		snprintf(
			out, PT_TICK_LABEL_BYTES, "%.*f", exponent < 0 ? -exponent : 0, mantissa * pow(10, exponent));
	else
		snprintf(out, PT_TICK_LABEL_BYTES, "%.0fe%d", mantissa, exponent);
}

/* Which values of a log axis are labelled: every n-th decade from `offset` on, and (dense) 2 and 5 of each.
 */
typedef struct decades {
	int first, last; /* exponents inside the limits */
	int every, offset;
	bool dense;
} decades;

static bool is_inside(const pt_scale *scale, double value)
{
	return value >= scale->lo * (1 - 1e-9) && value <= scale->hi * (1 + 1e-9);
}

static pt_ticks ticks_of_decades(const decades *d, const pt_scale *scale, const pt_axis_room *room)
{
	static const int labelled[] = {1, 2, 5};
	pt_ticks ticks = {0};
	bool plain = d->first >= -3 && d->last <= 4;
	for (int exponent = d->first - 1; exponent <= d->last; exponent++)
		for (size_t i = 0; i < (d->dense ? 3 : 1); i++) {
			double value = labelled[i] * pow(10, exponent);
			if (!is_inside(scale, value) || (!d->dense && (exponent - d->first) % d->every != d->offset))
				continue;
			char label[PT_TICK_LABEL_BYTES];
			write_decade(labelled[i], exponent, plain, label);
			if (ticks.n < PT_MAX_TICKS)
				pt_ticks_add(&ticks, scale, room, value, label);
		}
	return ticks;
}

static bool has_cell(const pt_ticks *ticks, int cell)
{
	for (size_t i = 0; i < ticks->n; i++)
		if (ticks->ticks[i].cell == cell)
			return true;
	return false;
}

static int by_value(const pt_tick *a, const pt_tick *b)
{
	return (a->value > b->value) - (a->value < b->value);
}

/* Unlabelled marks at the decades and, where every decade has its label, at 2…9 of each, in cells still free.
 */
static void add_minor(pt_ticks *ticks, const decades *d, const pt_scale *scale, const pt_axis_room *room)
{
	double cells = room->n_cells / log10(scale->hi / scale->lo); /* of a decade */
	bool some = d->every == 1 && cells >= 5, all = d->every == 1 && cells >= 12;
	for (int mantissa = 1; mantissa <= 9; mantissa++) {
		if (mantissa > 1 && !all && !(some && (mantissa == 2 || mantissa == 5)))
			continue;
		for (int exponent = d->first - 1; exponent <= d->last; exponent++) {
			double value = mantissa * pow(10, exponent);
			if (ticks->n < PT_MAX_TICKS && is_inside(scale, value) &&
				!has_cell(ticks, cell_of(scale, room, value)))
				pt_ticks_add(ticks, scale, room, value, NULL);
		}
	}
	for (size_t i = 1; i < ticks->n; i++) /* insertion sort: at most 32 */
		for (size_t k = i; k > 0 && by_value(&ticks->ticks[k - 1], &ticks->ticks[k]) > 0; k--) {
			pt_tick swap = ticks->ticks[k];
			ticks->ticks[k] = ticks->ticks[k - 1];
			ticks->ticks[k - 1] = swap;
		}
}

/* Labels at every n-th decade: as many as are legible; rather with the first, the last, and 1 itself in the
 * row. */
static pt_ticks whole_decades(decades *d, const pt_scale *scale, const pt_axis_room *room)
{
	static const int spacings[] = {
		1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 300};
	pt_ticks best = {0};
	int best_score = 0, span = d->last - d->first;
	decades found = *d;
	for (size_t i = 0; i < 2 * sizeof spacings / sizeof *spacings; i++) {
		d->every = spacings[i / 2];
		int aligned = ((-d->first) % d->every + d->every) % d->every;
		d->offset = i % 2 ? aligned : 0;
		if (d->every > span || span / d->every >= PT_MAX_TICKS - 1)
			continue;
		pt_ticks ticks = ticks_of_decades(d, scale, room);
		bool has_first = d->offset == 0, has_last = span % d->every == d->offset;
		int score = (int)ticks.n + has_first + has_last + (d->offset == aligned);
		if (ticks.n < 2 || score <= best_score || !pt_ticks_are_legible(&ticks, room, false))
			continue;
		best = ticks;
		best_score = score;
		found = *d;
	}
	*d = found;
	return best;
}

static pt_ticks log_ticks(const pt_scale *scale, const pt_axis_room *room)
{
	decades d = {
		.first = (int)ceil(log10(scale->lo) - 1e-9),
		.last = (int)floor(log10(scale->hi) + 1e-9),
		.every = 1,
		.dense = true,
	};
	double span = log10(scale->hi / scale->lo);
	double wanted = fmax(room->n_cells / (room->vertical ? 3.0 : 8.0), 2);
	pt_ticks dense = {0};
	if (span * 3 <= PT_MAX_TICKS - 2)
		dense = ticks_of_decades(&d, scale, room);
	if (dense.n >= 2 && (double)dense.n <= 1.5 * wanted && pt_ticks_are_legible(&dense, room, false)) {
		add_minor(&dense, &d, scale, room);
		return dense;
	}
	d.dense = false;
	pt_ticks whole = whole_decades(&d, scale, room);
	if (whole.n >= 2) {
		if (d.last - d.first < PT_MAX_TICKS / 2)
			add_minor(&whole, &d, scale, room);
		return whole;
	}
	if (dense.n > 2) { /* the ends alone */
		dense.ticks[1] = dense.ticks[dense.n - 1];
		dense.n = 2;
		if (pt_ticks_are_legible(&dense, room, true))
			return dense;
	}
	return linear_ticks(scale, room);
}

pt_ticks pt_ticks_make(const pt_scale *scale, const pt_axis_room *room)
{
	if (room->n_cells < 1 || room->dots_per_cell < 1 || !(scale->hi > scale->lo))
		return (pt_ticks){0};
	if (scale->time != PT_TIME_NONE) {
		pt_ticks ticks = pt_ticks_of_time(scale, room);
		if (ticks.n > 0)
			return ticks;
	}
	return scale->is_log ? log_ticks(scale, room) : linear_ticks(scale, room);
}
