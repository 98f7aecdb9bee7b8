#include "phasetop/numeric/loss_baselines.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "loss_ring.h"
#include "phasetop/base/alloc.h"

static double finite_or_nan(double value)
{
	return isfinite(value) ? value : (double)NAN;
}

/* Of x − x_1, so that an offset costs no digits. */
static double mean_from_first(const double *x, size_t w)
{
	double sum = 0;
	for (size_t i = 0; i < w; i++)
		sum += x[i] - x[0];
	return sum / (double)w;
}

static double slope_of(const int64_t *steps, const double *x, size_t w)
{
	double mean_step = 0, products = 0, squares = 0;
	const double mean = mean_from_first(x, w);
	for (size_t i = 0; i < w; i++)
		mean_step += (double)(steps[i] - steps[0]) / (double)w;
	for (size_t i = 0; i < w; i++) {
		const double t = (double)(steps[i] - steps[0]) - mean_step;
		products += t * (x[i] - x[0] - mean);
		squares += t * t;
	}
	return squares > 0 ? finite_or_nan(products / squares) : (double)NAN;
}

/* A line in the row index: x_i = x_1 + level + slope t_i. */
typedef struct line {
	double level, slope;
} line;

static line line_of(const double *x, size_t w)
{
	line fit = {mean_from_first(x, w), 0};
	for (size_t i = 0; i < w; i++)
		fit.slope += (x[i] - x[0] - fit.level) * pt_row_time(i, w);
	fit.slope *= pt_inverse_time_square(w);
	return fit;
}

static double residual(const double *x, size_t i, size_t w, const line *fit)
{
	return x[i] - x[0] - fit->level - fit->slope * pt_row_time(i, w);
}

pt_loss_baselines pt_loss_baselines_of(const int64_t *steps, const double *means, size_t w)
{
	const double none = (double)NAN;
	pt_loss_baselines answer = {none, none, none};
	if (w < 2)
		return answer;
	answer.slope = slope_of(steps, means, w);
	if (w < 3)
		return answer;
	const line fit = line_of(means, w);
	double squares = 0, products = 0, largest = 0, left = 0, before = 0;
	for (size_t i = 0; i < w; i++) {
		const double x = residual(means, i, w, &fit);
		squares += x * x;
		products += i > 0 ? before * x : 0;
		largest = fmax(largest, fabs(means[i]));
		left = fmax(left, fabs(x));
		before = x;
	}
	if (!isfinite(squares))
		return answer;
	/* what is left of a line is its rounding: no wave */
	const bool is_line = left <= 8 * DBL_EPSILON * largest;
	answer.variance = is_line ? 0 : finite_or_nan(squares / ((double)w - 1));
	answer.lag1 = is_line ? none : finite_or_nan(products / squares);
	return answer;
}

/* Sorts `values` and returns the number of pairs i < j with values[i] > values[j]. Merges of runs, bottom up.
 */
static double sort_counting(double *values, double *spare, size_t n)
{
	double inversions = 0;
	for (size_t run = 1; run < n; run *= 2) {
		for (size_t first = 0; first < n; first += 2 * run) {
			const size_t middle = n - first < run ? n : first + run,
						 end = n - first < 2 * run ? n : first + 2 * run;
			size_t a = first, b = middle;
			for (size_t to = first; to < end; to++) {
				const bool from_right = a == middle || (b < end && values[b] < values[a]);
				inversions += from_right ? (double)(middle - a) : 0;
				spare[to] = values[from_right ? b++ : a++];
			}
		}
		memcpy(values, spare, n * sizeof *values);
	}
	return inversions;
}

/* Pairs of equal values among sorted ones. */
static double count_ties(const double *sorted, size_t n)
{
	double ties = 0;
	for (size_t i = 1, equal = 0; i < n; i++) {
		equal = sorted[i] == sorted[i - 1] ? equal + 1 : 0;
		ties += (double)equal;
	}
	return ties;
}

pt_status pt_kendall_tau(const double *y, size_t n, double *tau, pt_error *err)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(y[i])) {
			*tau = (double)NAN;
			return PT_OK;
		}
	double *sorted = pt_array_alloc(n, 2 * sizeof *sorted);
	if (!sorted)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for the order of %zu values", n);
	if (n > 0)
		memcpy(sorted, y, n * sizeof *sorted);
	const double discordant = sort_counting(sorted, sorted + n, n), pairs = 0.5 * (double)n * ((double)n - 1);
	const double untied = n > 0 ? pairs - count_ties(sorted, n) : 0;
	*tau = untied > 0 ? (untied - 2 * discordant) / (sqrt(pairs) * sqrt(untied)) : (double)NAN;
	pt_free(sorted);
	return PT_OK;
}
