#include "phasetop/plot/scale.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>

#include "phasetop/base/missing.h"

/* Beyond these, differences and ratios of two limits would overflow. */
static const double greatest = 1e300, least = 1e-300;

pt_range pt_range_empty(void)
{
	return (pt_range){.lo = HUGE_VAL, .hi = -HUGE_VAL, .least_above0 = HUGE_VAL};
}

void pt_range_add(pt_range *range, double value)
{
	if (!isfinite(value)) {
		range->n_missing++;
		return;
	}
	/* plain comparisons: heat maps add hundreds of thousands of values a frame */
	value = value < -greatest ? -greatest : value > greatest ? greatest : value;
	range->lo = value < range->lo ? value : range->lo;
	range->hi = value > range->hi ? value : range->hi;
	if (value > 0 && value < range->least_above0)
		range->least_above0 = value;
	range->n++;
}

void pt_range_add_all(pt_range *range, const double *values, size_t n)
{
	for (size_t i = 0; values && i < n; i++)
		pt_range_add(range, values[i]);
}

void pt_range_add_visible(
	pt_range *range, const int64_t *steps, const double *values, size_t n, double from, double to)
{
	for (size_t i = 0; steps && values && i < n; i++)
		if ((double)steps[i] >= from && (double)steps[i] <= to)
			pt_range_add(range, values[i]);
}

void pt_range_join(pt_range *range, const pt_range *other)
{
	range->n_missing += other->n_missing;
	if (other->n == 0)
		return;
	range->lo = fmin(range->lo, other->lo);
	range->hi = fmax(range->hi, other->hi);
	range->least_above0 = fmin(range->least_above0, other->least_above0);
	range->n += other->n;
}

/* Greatest element of `mantissas` · 10^n that is ≤ size, or least that is ≥ size when `up`. */
static double round_nice(double size, bool up, const double *mantissas, size_t n)
{
	double decade = pow(10, floor(log10(size)));
	double m = size / decade;
	if (up) {
		for (size_t i = 0; i < n; i++)
			if (m <= mantissas[i] * (1 + 1e-9))
				return mantissas[i] * decade;
		return 10 * decade;
	}
	for (size_t i = n; i-- > 0;)
		if (m >= mantissas[i] * (1 - 1e-9))
			return mantissas[i] * decade;
	return mantissas[n - 1] * decade / 10;
}

static const double one_two_five[] = {1, 2, 5};

double pt_scale_nice_below(double size)
{
	return round_nice(size, false, one_two_five, 3);
}

/* n · step without the rounding of a step such as 0.05: 12 · 0.05 is 0.6000000000000001, 12 / 20 is 0.6. */
static double multiple(double n, double step)
{
	return step < 1 ? n / round(1 / step) : n * step;
}

/* Is the distance of lo and hi lost in rounding, or nothing? */
static bool is_constant(double lo, double hi)
{
	return hi - lo < least || hi - lo <= 1e-12 * fmax(fabs(lo), fabs(hi));
}

/* Limits with room about a constant. */
static void pad_constant(double *lo, double *hi)
{
	double size = fmax(fabs(*lo), fabs(*hi));
	double pad = size < 1e-290 ? 1 : 0.05 * size;
	*lo = fmax(*lo - pad, -2 * greatest);
	*hi = fmin(*hi + pad, 2 * greatest);
}

static pt_scale fit_linear(double lo, double hi)
{
	if (is_constant(lo, hi))
		pad_constant(&lo, &hi);
	else if (lo > 0 && lo <= 0.2 * hi)
		lo = 0;
	else if (hi < 0 && hi >= 0.2 * lo)
		hi = 0;
	double step = round_nice((hi - lo) / 8, true, one_two_five, 3);
	/* the small shift keeps a limit that lies on a multiple, up to rounding, where it is */
	lo = multiple(floor(lo / step + 1e-9), step);
	hi = multiple(ceil(hi / step - 1e-9), step);
	return (pt_scale){.lo = lo + 0.0, .hi = hi + 0.0};
}

static pt_scale fit_log(double lo, double hi)
{
	lo = fmax(lo, least);
	hi = fmax(hi, least);
	if (hi / lo < 1 + 1e-9) {
		lo /= 2;
		hi *= 2;
	}
	if (hi / lo > 100) {
		lo = pow(10, floor(log10(lo) + 1e-9));
		hi = pow(10, ceil(log10(hi) - 1e-9));
	} else {
		lo = round_nice(lo, false, one_two_five, 3);
		hi = round_nice(hi, true, one_two_five, 3);
	}
	return (pt_scale){.lo = lo, .hi = hi, .is_log = true};
}

pt_scale pt_scale_fit(const pt_range *range, bool is_log)
{
	if (is_log && range->n > 0 && isfinite(range->least_above0))
		return fit_log(range->least_above0, range->hi);
	if (range->n == 0)
		return (pt_scale){.lo = 0, .hi = 1};
	return fit_linear(range->lo, range->hi);
}

pt_scale pt_scale_fit_with(const pt_range *range, bool is_log, double must)
{
	pt_range wider = *range;
	if (isfinite(must) && (!is_log || must > 0))
		pt_range_add(&wider, must);
	return pt_scale_fit(&wider, is_log);
}

pt_scale pt_scale_fit_steps(double first, double last)
{
	static const double growth[] = {1, 1.2, 1.5, 2, 3, 4, 5, 6, 8};
	if (!isfinite(first) || !isfinite(last))
		return (pt_scale){.lo = 0, .hi = 1, .integer = true};
	first = fmin(fmax(first, -greatest), greatest);
	last = fmin(fmax(last, first), greatest);
	pt_scale scale = {.lo = 0, .hi = 1, .integer = true};
	if (first >= 0 && first <= last / 2) {
		scale.hi = last > 1 ? round_nice(last, true, growth, sizeof growth / sizeof *growth) : 1;
		return scale;
	}
	if (last - first < 1 || is_constant(first, last)) {
		double pad = fmax(1, 1e-9 * fmax(fabs(first), fabs(last)));
		first -= pad;
		last += pad;
	}
	double step = fmax(1, round_nice((last - first) / 8, true, one_two_five, 3));
	scale.lo = floor(first / step) * step + 0.0;
	scale.hi = ceil(last / step) * step + 0.0;
	if (scale.lo < 0 && first >= 0)
		scale.lo = 0;
	return scale;
}

pt_scale pt_scale_grow_steps(double first, double last, double end)
{
	pt_scale scale = pt_scale_fit_steps(first, last);
	if (scale.lo != 0 || !isfinite(last) || last < 1)
		return scale;
	static const double growth[] = {1, 3};
	scale.hi = round_nice(fmin(last, greatest), true, growth, 2);
	if (!isfinite(end) || end < last)
		return scale;
	scale.hi = fmin(end, greatest);
	for (double part = 16; part >= 4 && scale.hi == fmin(end, greatest); part /= 4) {
		double hi = round_nice(scale.hi / part, true, one_two_five, 3);
		if (hi >= last && hi >= 1 && hi < scale.hi)
			scale.hi = hi;
	}
	return scale;
}

pt_scale pt_scale_exact(double lo, double hi, bool is_log)
{
	if (!isfinite(lo) || !isfinite(hi)) {
		lo = is_log ? 0.1 : 0;
		hi = 1;
	}
	if (lo > hi) {
		double swap = lo;
		lo = hi;
		hi = swap;
	}
	lo = fmin(fmax(lo, -greatest), greatest);
	hi = fmin(fmax(hi, -greatest), greatest);
	if (is_log && hi > least) {
		lo = lo < least ? fmax(hi * 1e-3, least) : lo;
		if (hi / lo < 1 + 1e-9) {
			lo /= 2;
			hi *= 2;
		}
		return (pt_scale){.lo = lo, .hi = hi, .is_log = true};
	}
	if (is_constant(lo, hi))
		pad_constant(&lo, &hi);
	return (pt_scale){.lo = lo, .hi = hi};
}

double pt_scale_fraction(const pt_scale *scale, double value)
{
	double fraction;
	if (!isfinite(value) || (scale->is_log && value <= 0))
		return PT_MISSING;
	if (scale->is_log)
		fraction = (log(value) - log(scale->lo)) / (log(scale->hi) - log(scale->lo));
	else
		fraction = (value - scale->lo) / (scale->hi - scale->lo);
	return scale->inverted ? 1 - fraction : fraction;
}

double pt_scale_value(const pt_scale *scale, double fraction)
{
	if (scale->inverted)
		fraction = 1 - fraction;
	if (scale->is_log)
		return exp(log(scale->lo) + fraction * (log(scale->hi) - log(scale->lo)));
	return scale->lo + fraction * (scale->hi - scale->lo);
}

int pt_scale_dot(const pt_scale *scale, double value, int n_dots)
{
	double fraction = pt_scale_fraction(scale, value);
	if (isnan(fraction))
		return INT_MIN;
	return (int)lround(fmin(fmax(fraction, -2), 3) * (n_dots - 1));
}

pt_scale pt_scale_zoomed(const pt_scale *scale, double centre, double factor, double shift)
{
	if (!isfinite(centre) || !isfinite(factor) || !isfinite(shift) || factor <= 0)
		return *scale;
	double a = pt_scale_value(scale, centre - centre * factor + shift);
	double b = pt_scale_value(scale, centre + (1 - centre) * factor + shift);
	pt_scale zoomed = pt_scale_exact(a, b, scale->is_log);
	zoomed.integer = scale->integer;
	zoomed.inverted = scale->inverted;
	zoomed.time = scale->time;
	return zoomed;
}

bool pt_scale_equal(const pt_scale *a, const pt_scale *b)
{
	return !(a->lo < b->lo || a->lo > b->lo || a->hi < b->hi || a->hi > b->hi) && a->is_log == b->is_log &&
		   a->integer == b->integer && a->inverted == b->inverted && a->time == b->time;
}

void pt_scale_readout(const pt_scale *scale, double value, char *out, size_t capacity)
{
	if (!isfinite(value)) {
		snprintf(out, capacity, "-");
		return;
	}
	double size = fabs(value);
	if (scale->integer) {
		snprintf(out, capacity, size < 1e9 ? "%.0f" : "%.6g", value + 0.0);
		return;
	}
	double step = (scale->hi - scale->lo) / 5;
	int places = (int)-floor(log10(step)) + 1; /* one decimal more than the ticks */
	if (scale->is_log || step < 1e-5 || size >= 1e6) {
		snprintf(out, capacity, size != 0 && (size < 1e-3 || size >= 1e5) ? "%.2e" : "%.3g", value);
		return;
	}
	if (size > 0) /* three significant digits where that costs one more decimal */
		places = (int)fmin(fmax(places, 2 - floor(log10(size))), places + 1);
	snprintf(out, capacity, "%.*f", places < 0 ? 0 : places, value + 0.0);
}
