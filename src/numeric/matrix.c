#include "phasetop/numeric/matrix.h"

#include <math.h>

bool pt_values_are_finite(pt_values values, size_t n)
{
	/* x·0 is 0 for finite x and NaN otherwise, so that one sum tells of all of them. */
	if (values.f32) {
		float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
		for (size_t i = 0; i < n; i++)
			sum += values.f32[i] * 0.0f;
		return sum == 0.0f;
	}
	double sum = 0.0;
#pragma omp simd reduction(+ : sum)
	for (size_t i = 0; i < n; i++)
		sum += values.f64[i] * 0.0;
	return sum == 0.0;
}
