#include "phasetop/plot/outliers.h"

#include <math.h>
#include <stdlib.h>

enum { LEAST_VALUES = 8 };

static const double fences = 3;

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double placed(double value, bool is_log)
{
	return is_log ? log(value) : value;
}

/* At rank p·(n − 1) from 0, between its neighbours. */
static double quantile(const double *sorted, size_t n, double p, bool is_log)
{
	double rank = p * (double)(n - 1);
	size_t below = (size_t)rank, above = below + 1 < n ? below + 1 : below;
	double low = placed(sorted[below], is_log), high = placed(sorted[above], is_log);
	return low + (rank - (double)below) * (high - low);
}

pt_range pt_range_without_outliers(double *values, size_t n, bool is_log)
{
	pt_range range = pt_range_empty();
	size_t first = 0;
	if (n > 0)
		qsort(values, n, sizeof *values, by_value);
	while (is_log && first < n && values[first] <= 0)
		first++; /* they have no place on the axis */
	size_t n_placed = n - first;
	double low = 0, high = 0;
	if (n_placed >= LEAST_VALUES) {
		low = quantile(values + first, n_placed, 0.25, is_log);
		high = quantile(values + first, n_placed, 0.75, is_log);
	}
	double reach = fences * (high - low);
	for (size_t i = first; i < n; i++) {
		double value = placed(values[i], is_log);
		if (!(reach > 0) || (value >= low - reach && value <= high + reach))
			pt_range_add(&range, values[i]);
	}
	return range;
}
