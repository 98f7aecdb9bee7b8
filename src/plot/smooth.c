#include "phasetop/plot/smooth.h"

#include <math.h>

#include "phasetop/base/missing.h"

void pt_smooth_ema(
	const int64_t *steps, const double *values, size_t n, double half_life, bool logs, double *out)
{
	double sum = 0, weight = 0;
	int64_t before = 0;
	bool smooths = half_life > 0;
	for (size_t i = 0; i < n; i++) {
		double value = logs && smooths ? (values[i] > 0 ? log(values[i]) : PT_MISSING) : values[i];
		if (!isfinite(value)) {
			out[i] = smooths ? PT_MISSING : value;
			continue;
		}
		if (!smooths) {
			out[i] = value;
			continue;
		}
		double keep = weight > 0 ? exp2(-((double)steps[i] - (double)before) / half_life) : 0;
		weight = 1 + keep * weight;
		sum += (value - sum) / weight; /* the mean itself: weights and sums of long series never overflow */
		before = steps[i];
		out[i] = logs ? exp(sum) : sum;
	}
}
