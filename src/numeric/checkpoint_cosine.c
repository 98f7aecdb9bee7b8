#include "phasetop/numeric/checkpoint_cosine.h"

#include <float.h>
#include <math.h>

/* Inner products are sums over D. Where a path went far away and came back they are small rests of large sums: a
   cosine whose rounding may reach this is not told. */
static const double most_rounding = 1e-6;

/* @param size  Σ |D_ab| over the block that both vectors lie in: what rounding is measured by */
static double cosine(double inner, double first_square, double second_square, double size)
{
	double lengths = first_square > 0.0 && second_square > 0.0 ? sqrt(first_square) * sqrt(second_square) : 0.0;
	if (!(DBL_EPSILON * size <= most_rounding * lengths) || lengths == 0.0)
		return (double)NAN;
	return fmax(-1.0, fmin(1.0, inner / lengths));
}

void pt_checkpoint_cosine(const pt_gram *gram, double *out)
{
	size_t n = gram->n;
	pt_gram_inner_products(gram, false, out);
	/* row by row from the end, so that the squares on the diagonal are there as long as they are asked for */
	double size = 0.0;
	for (size_t i = 0; i < n; i++)
		for (size_t a = 0; a <= i; a++)
			size += (a < i ? 2.0 : 1.0) * fabs(pt_gram_row(gram, i)[a]);
	for (size_t i = n; i-- > 0;) {
		const double *row = pt_gram_row(gram, i);
		double square = out[i * n + i], own = 0.0;
		for (size_t j = 0; j < i; j++) {
			own += 2.0 * fabs(row[j]);
			out[i * n + j] = out[j * n + i] = cosine(out[i * n + j], square, out[j * n + j], size);
		}
		out[i * n + i] = cosine(square, square, square, size);
		size -= own + fabs(row[i]);
	}
}

/* ⟨v_t, v_T⟩ = Σ_{b≤t} c_b with c_b = Σ_a D(a, b), the column sums: one pass over the triangle gives them all. ‖v_t‖²
   grows by D(t, t) + 2 Σ_{a<t} D(t, a). */
void pt_final_alignment(const pt_gram *gram, double *out)
{
	size_t n = gram->n;
	double size = 0.0, whole = 0.0, square = 0.0, inner = 0.0;
	for (size_t t = 0; t < n; t++)
		out[t] = 0.0;
	for (size_t t = 0; t < n; t++) {
		const double *row = pt_gram_row(gram, t);
		double below = 0.0, magnitudes = 0.0;
#pragma omp simd reduction(+ : below, magnitudes)
		for (size_t a = 0; a < t; a++) {
			below += row[a];
			magnitudes += fabs(row[a]);
			out[a] += row[a];
		}
		out[t] += below + row[t];
		size += 2.0 * magnitudes + fabs(row[t]);
	}
	for (size_t t = 0; t < n; t++)
		whole += out[t];
	for (size_t t = 0; t < n; t++) {
		const double *row = pt_gram_row(gram, t);
		double below = 0.0;
#pragma omp simd reduction(+ : below)
		for (size_t a = 0; a < t; a++)
			below += row[a];
		square += 2.0 * below + row[t];
		inner += out[t];
		out[t] = cosine(inner, square, whole, size);
	}
}
