#include "phasetop/plot/time_axis.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "phasetop/base/text.h"
#include "tick_labels.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, COLS_A_LABEL = 12 };

static const double clock_steps[] = {
	1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200};
enum { N_CLOCK_STEPS = sizeof clock_steps / sizeof clock_steps[0] };

/* 1, 2, 5 · 10^n at or above size. */
static double nice_number(double size)
{
	double decade = pow(10, floor(log10(size)));
	for (int i = 0; i < 3; i++) {
		double step = decade * (double[]){1, 2, 5}[i];
		if (size <= step * (1 + 1e-9))
			return step;
	}
	return 10 * decade;
}

double pt_nice_step(const pt_scale *scale, double size)
{
	if (!isfinite(size))
		return 1;
	if (scale->time == PT_TIME_NONE)
		return nice_number(fmax(size, scale->integer ? 1 : 1e-300));
	for (int i = 0; i < N_CLOCK_STEPS; i++)
		if (size <= clock_steps[i] * (1 + 1e-9))
			return clock_steps[i];
	return DAY * nice_number(fmax(size / DAY, 1));
}

pt_scale pt_scale_fit_time(double first, double last, bool grows, pt_time_axis kind)
{
	pt_scale scale = {.lo = 0, .hi = HOUR, .time = kind};
	if (!isfinite(first) || !isfinite(last) || last < first)
		return scale;
	first = kind == PT_TIME_DURATION ? fmin(first, 0) : first;
	double step = pt_nice_step(&scale, (last - first) / (grows ? 3 : 8));
	scale.lo = floor(first / step) * step;
	scale.hi = ceil(last / step) * step;
	if (scale.hi <= scale.lo)
		scale.hi = scale.lo + step;
	return scale;
}

static void duration_text(double seconds, char out[PT_TICK_LABEL_BYTES])
{
	static const struct {
		long long length;
		char letter;
	} units[] = {{DAY, 'd'}, {HOUR, 'h'}, {MINUTE, 'm'}, {1, 's'}};
	pt_text text = pt_text_over(out, PT_TICK_LABEL_BYTES);
	long long left = llround(fmin(fabs(seconds), 1e15));
	if (seconds < 0 && left > 0)
		pt_text_add(&text, "-");
	if (left == 0)
		pt_text_add(&text, "0");
	for (int i = 0; i < 4; i++) {
		if (left >= units[i].length)
			pt_text_addf(&text, "%lld%c", left / units[i].length, units[i].letter);
		left %= units[i].length;
	}
}

static void day_text(double seconds, double step, char out[PT_TICK_LABEL_BYTES])
{
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct tm at;
	time_t whole = (time_t)llround(fmin(fmax(seconds, -1e11), 1e11));
	if (!gmtime_r(&whole, &at)) /* the offset of the zone is in it already */
		at = (struct tm){0};
	bool is_midnight = at.tm_hour == 0 && at.tm_min == 0 && at.tm_sec == 0;
	if (step >= DAY || (step >= HOUR && is_midnight))
		snprintf(out, PT_TICK_LABEL_BYTES, "%s %d", months[at.tm_mon % 12], at.tm_mday % 100);
	else if (step >= MINUTE)
		snprintf(out, PT_TICK_LABEL_BYTES, "%02d:%02d", at.tm_hour % 100, at.tm_min % 100);
	else
		snprintf(
			out, PT_TICK_LABEL_BYTES, "%02d:%02d:%02d", at.tm_hour % 100, at.tm_min % 100, at.tm_sec % 100);
}

void pt_time_text(pt_time_axis kind, double seconds, double step, char out[PT_TICK_LABEL_BYTES])
{
	if (kind == PT_TIME_OF_DAY)
		day_text(seconds, step, out);
	else
		duration_text(step >= MINUTE ? round(seconds / MINUTE) * MINUTE : seconds, out);
}

/* At every multiple of `step`; n = 0 where they are too many. */
static pt_ticks ticks_every(const pt_scale *scale, const pt_axis_room *room, double step)
{
	pt_ticks ticks = {0};
	double from = ceil(scale->lo / step - 1e-9), to = floor(scale->hi / step + 1e-9);
	for (double i = from; i <= to && to - from < PT_MAX_TICKS; i++) {
		char label[PT_TICK_LABEL_BYTES];
		pt_time_text(scale->time, i * step, step, label);
		pt_ticks_add(&ticks, scale, room, i * step, label);
	}
	return ticks;
}

pt_ticks pt_ticks_of_time(const pt_scale *scale, const pt_axis_room *room)
{
	size_t most = room->vertical ? (size_t)room->n_cells / 2 + 1 : 2 + (size_t)(room->n_cells / COLS_A_LABEL);
	pt_ticks few = {0};
	double span = scale->hi - scale->lo;
	for (double step = pt_nice_step(scale, span / PT_MAX_TICKS); step <= span;
		 step = pt_nice_step(scale, 1.01 * step)) {
		pt_ticks ticks = ticks_every(scale, room, step);
		if (ticks.n >= 2 && ticks.n <= most && pt_ticks_are_legible(&ticks, room, false))
			return ticks;
		if (ticks.n > 0 && few.n == 0 && ticks.n <= 2 && pt_ticks_are_legible(&ticks, room, true))
			few = ticks;
	}
	return few;
}
