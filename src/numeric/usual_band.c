/* The usual band behind a curve of local cosines: the public part stands in local_cosine.h. */
#include <math.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/numeric/local_cosine.h"

enum { FEWEST = 8 }; /* earlier values that a band needs */

/* NumPy's "linear" quantile of n rising values. */
static double quantile(const double *sorted, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t below = (size_t)at;
	double part = at - (double)below;
	double low = sorted[below], high = sorted[below + 1 < n ? below + 1 : below];
	/* as NumPy's lerp: from the nearer end */
	return part >= 0.5 ? high - (high - low) * (1.0 - part) : low + (high - low) * part;
}

static void insert_sorted(double *sorted, size_t n, double value)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (sorted[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	memmove(sorted + low + 1, sorted + low, (n - low) * sizeof *sorted);
	sorted[low] = value;
}

pt_status pt_cosine_usual_band(const double *values, const uint8_t *gaps, size_t n, double *q25,
	double *median, double *q75, pt_error *err)
{
	double *sorted = pt_array_alloc(n, sizeof *sorted);
	if (!sorted)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the usual band");
	size_t n_sorted = 0;
	for (size_t i = 0; i < n; i++) {
		bool enough = n_sorted >= FEWEST;
		q25[i] = enough ? quantile(sorted, n_sorted, 0.25) : (double)NAN;
		median[i] = enough ? quantile(sorted, n_sorted, 0.5) : (double)NAN;
		q75[i] = enough ? quantile(sorted, n_sorted, 0.75) : (double)NAN;
		if (gaps[i] == PT_COSINE_VALID)
			insert_sorted(sorted, n_sorted++, values[i]);
	}
	pt_free(sorted);
	return PT_OK;
}
