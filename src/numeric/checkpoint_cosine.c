#include "phasetop/numeric/checkpoint_cosine.h"

#include <math.h>

/* A square that is below what its own rounding could be is that of a zero vector. */
static double length_of(double square)
{
	return square > 0.0 ? sqrt(square) : 0.0;
}

static double cosine(double inner, double first, double second)
{
	if (!(first > 0.0) || !(second > 0.0))
		return (double)NAN;
	return fmax(-1.0, fmin(1.0, inner / first / second));
}

void pt_checkpoint_cosine(const pt_gram *gram, double *out)
{
	size_t n = gram->n;
	pt_gram_inner_products(gram, false, out);
	/* lengths first, on the diagonal: every entry below it needs two of them */
	for (size_t i = 0; i < n; i++)
		out[i * n + i] = length_of(out[i * n + i]);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			out[i * n + j] = out[j * n + i] = cosine(out[i * n + j], out[i * n + i], out[j * n + j]);
	for (size_t i = 0; i < n; i++)
		out[i * n + i] = out[i * n + i] > 0.0 ? 1.0 : (double)NAN;
}

/* ⟨v_t, v_T⟩ = Σ_{b≤t} c_b with c_b = Σ_a D(a, b), the column sums: one pass over the triangle gives them all. ‖v_t‖²
   grows by D(t, t) + 2 Σ_{a<t} D(t, a). */
void pt_final_alignment(const pt_gram *gram, double *out)
{
	size_t n = gram->n;
	for (size_t t = 0; t < n; t++)
		out[t] = 0.0;
	for (size_t t = 0; t < n; t++) {
		const double *row = pt_gram_row(gram, t);
		double below = 0.0;
#pragma omp simd reduction(+ : below)
		for (size_t a = 0; a < t; a++) {
			below += row[a];
			out[a] += row[a];
		}
		out[t] += below + row[t];
	}
	double whole = 0.0;
	for (size_t t = 0; t < n; t++)
		whole += out[t];
	double last = length_of(whole), square = 0.0, inner = 0.0;
	for (size_t t = 0; t < n; t++) {
		const double *row = pt_gram_row(gram, t);
		double below = 0.0;
#pragma omp simd reduction(+ : below)
		for (size_t a = 0; a < t; a++)
			below += row[a];
		square += 2.0 * below + row[t];
		inner += out[t];
		out[t] = cosine(inner, length_of(square), last);
	}
}
