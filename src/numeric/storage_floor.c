#include "phasetop/numeric/storage_floor.h"

#include <math.h>
#include <string.h>

/* Exponent field and its place: the spacing at a normal x is the power of two of x's exponent field times 2^-digits;
   a field of 0 (subnormal, zero) has the spacing of the smallest normal. Working on the bits keeps the loop free of
   branches and calls. */

/* Widened F16 and BF16 are F32 values whose spacing is coarser: by 2^13 and by 2^16. `least` is the exponent field
   (of F32) of the smallest normal of the stored format. */
static double energy_f32(const float *x, size_t n, uint32_t least, double spacing_at_one)
{
	double sum = 0.0;
#pragma omp simd reduction(+ : sum)
	for (size_t i = 0; i < n; i++) {
		uint32_t bits;
		memcpy(&bits, x + i, sizeof bits);
		uint32_t field = (bits >> 23) & 0xffu;
		field = field < least ? least : field;
		/* 2^(field − 127) as a double */
		uint64_t power = (uint64_t)(field - 127u + 1023u) << 52;
		double magnitude;
		memcpy(&magnitude, &power, sizeof magnitude);
		double ulp = magnitude * spacing_at_one;
		sum += ulp * ulp;
	}
	return sum;
}

static double energy_f64(const double *x, size_t n, double smallest_normal, double spacing_at_one)
{
	double sum = 0.0;
#pragma omp simd reduction(+ : sum)
	for (size_t i = 0; i < n; i++) {
		uint64_t bits;
		memcpy(&bits, x + i, sizeof bits);
		bits &= UINT64_C(0x7ff) << 52;
		double magnitude;
		memcpy(&magnitude, &bits, sizeof magnitude);
		magnitude = magnitude < smallest_normal ? smallest_normal : magnitude;
		double ulp = magnitude * spacing_at_one;
		sum += ulp * ulp;
	}
	return sum;
}

double pt_rounding_energy(pt_values values, size_t n, pt_stored stored)
{
	static const struct {
		uint32_t least; /* exponent field of F32 of the smallest normal */
		double smallest_normal, spacing_at_one;
	} formats[] = {
		[PT_STORED_F64] = {1, 0x1p-1022, 0x1p-52},
		[PT_STORED_F32] = {1, 0x1p-126, 0x1p-23},
		[PT_STORED_F16] = {127 - 14, 0x1p-14, 0x1p-10},
		[PT_STORED_BF16] = {1, 0x1p-126, 0x1p-7},
	};
	double smallest_normal = formats[stored].smallest_normal, spacing = formats[stored].spacing_at_one;
	double sum = values.f32 ? energy_f32(values.f32, n, formats[stored].least, spacing)
							: energy_f64(values.f64, n, smallest_normal, spacing);
	return sum / 12.0;
}

void pt_storage_floor(const pt_local_cosine *cosine, const double *energies, double *q, double *debiased)
{
	for (size_t i = 0; i < cosine->n; i++) {
		double at = energies[cosine->at[i]];
		double n_before = energies[cosine->before_at[i]] + at, n_after = at + energies[cosine->after_at[i]];
		double q_before = cosine->before[i] / sqrt(n_before), q_after = cosine->after[i] / sqrt(n_after);
		q[i] = n_before > 0.0 && n_after > 0.0 ? fmin(q_before, q_after) : (double)NAN;
		double before = cosine->before[i] * cosine->before[i] - n_before;
		double after = cosine->after[i] * cosine->after[i] - n_after;
		bool offered = q[i] >= PT_FLOOR_DEBIAS && before > 0.0 && after > 0.0 &&
					   cosine->gaps[i] == PT_COSINE_VALID;
		double value = offered ? (cosine->before_after[i] + at) / sqrt(before) / sqrt(after) : (double)NAN;
		debiased[i] = offered ? fmax(-1.0, fmin(1.0, value)) : (double)NAN;
	}
}
