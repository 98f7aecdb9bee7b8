#include "phasetop/numeric/loss_baselines.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/alloc.h"

/* Slope of y against x by least squares; both against their first value, so that offsets cost no digits. */
static double slope_of(const int64_t *steps, const double *y, size_t w)
{
	double mean_x = 0.0, mean_y = 0.0, products = 0.0, squares = 0.0;
	for (size_t t = 0; t < w; t++) {
		mean_x += (double)(steps[t] - steps[0]) / (double)w;
		mean_y += (y[t] - y[0]) / (double)w;
	}
	for (size_t t = 0; t < w; t++) {
		double x = (double)(steps[t] - steps[0]) - mean_x;
		products += x * (y[t] - y[0] - mean_y);
		squares += x * x;
	}
	return squares > 0.0 ? products / squares : (double)NAN;
}

/* Σ x_t² and Σ x_t x_{t+1} of what is left beside the line in row index; `size` is Σ of squares before it. */
static void residual_sums(const double *y, size_t w, double *squares, double *products, double *size)
{
	double middle = (double)(w - 1) / 2.0, mean = 0.0, slope = 0.0, spread = 0.0, last = 0.0;
	*squares = *products = *size = 0.0;
	for (size_t t = 0; t < w; t++)
		mean += (y[t] - y[0]) / (double)w;
	for (size_t t = 0; t < w; t++) {
		double x = (double)t - middle;
		slope += x * (y[t] - y[0] - mean);
		spread += x * x;
	}
	slope /= spread;
	for (size_t t = 0; t < w; t++) {
		double centred = y[t] - y[0] - mean, rest = centred - slope * ((double)t - middle);
		*squares += rest * rest;
		*products += t > 0 ? last * rest : 0.0;
		*size += centred * centred;
		last = rest;
	}
}

pt_loss_baselines pt_loss_baselines_of(const int64_t *steps, const double *means, size_t w)
{
	pt_loss_baselines b = {.slope = (double)NAN, .variance = (double)NAN, .lag1 = (double)NAN};
	if (w >= 2)
		b.slope = slope_of(steps, means, w);
	if (w >= 3) {
		double squares, products, size;
		residual_sums(means, w, &squares, &products, &size);
		b.variance = squares / (double)(w - 1);
		double floor = (double)w * DBL_EPSILON * DBL_EPSILON * size;
		b.lag1 = squares > floor ? products / squares : (double)NAN;
	}
	return b;
}

/* --- Kendall ---------------------------------------------------------------------------------------- */

/* Sorts y by merging and counts the exchanges: pairs that stand in the wrong order. */
static uint64_t sort_counting(double *y, double *scratch, size_t n)
{
	uint64_t exchanges = 0;
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t from = 0; from < n; from += 2 * width) {
			size_t middle = from + width < n ? from + width : n;
			size_t end = from + 2 * width < n ? from + 2 * width : n;
			size_t left = from, right = middle;
			for (size_t to = from; to < end; to++) {
				if (right >= end || (left < middle && y[left] <= y[right])) {
					scratch[to] = y[left++];
				} else {
					exchanges += middle - left;
					scratch[to] = y[right++];
				}
			}
		}
		memcpy(y, scratch, n * sizeof *y);
	}
	return exchanges;
}

pt_status pt_kendall_tau(const double *y, size_t n, double *tau, pt_error *err)
{
	*tau = (double)NAN;
	if (n < 2)
		return PT_OK;
	double *sorted = pt_array_alloc(n, 2 * sizeof *sorted);
	if (!sorted)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for Kendall's tau");
	memcpy(sorted, y, n * sizeof *sorted);
	uint64_t discordant = sort_counting(sorted, sorted + n, n), tied = 0;
	for (size_t i = 0, run; i < n; i += run) {
		for (run = 1; i + run < n && sorted[i + run] == sorted[i]; run++)
			;
		tied += (uint64_t)run * (run - 1) / 2;
	}
	pt_free(sorted);
	double pairs = (double)n * (double)(n - 1) / 2.0, untied = pairs - (double)tied;
	if (untied > 0.0)
		*tau = (untied - 2.0 * (double)discordant) / sqrt(pairs) / sqrt(untied);
	return PT_OK;
}
