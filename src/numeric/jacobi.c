#include "jacobi.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

enum { MOST_SWEEPS = 40 }; /* a NaN never settles */

typedef struct rotated {
	size_t m, stride;
	double *matrix, *vectors;
} rotated;

static double diagonal(const rotated *r, size_t i)
{
	return r->matrix[i * r->stride + i];
}

/* p, q ← cosine p − sine q, sine p + cosine q. */
static void rotate(double *restrict p, double *restrict q, size_t m, double cosine, double sine)
{
#pragma omp simd
	for (size_t i = 0; i < m; i++) {
		double x = p[i], y = q[i];
		p[i] = cosine * x - sine * y;
		q[i] = sine * x + cosine * y;
	}
}

/* Rows and columns p and q of the matrix, and rows p and q of the vectors, turn; the three entries that both
   sides turn come from the caller. */
static void turn(const rotated *r, size_t p, size_t q, double cosine, double sine, const double block[3])
{
	double *row_p = r->matrix + p * r->stride, *row_q = r->matrix + q * r->stride;
	rotate(row_p, row_q, r->m, cosine, sine);
	row_p[p] = block[0];
	row_p[q] = row_q[p] = block[1];
	row_q[q] = block[2];
	for (size_t i = 0; i < r->m; i++) {
		r->matrix[i * r->stride + p] = row_p[i];
		r->matrix[i * r->stride + q] = row_q[i];
	}
	rotate(r->vectors + p * r->stride, r->vectors + q * r->stride, r->m, cosine, sine);
}

/* Makes entry (p, q) zero. */
static void eliminate(const rotated *r, size_t p, size_t q)
{
	double off = r->matrix[p * r->stride + q], at_p = diagonal(r, p), at_q = diagonal(r, q);
	double cotangent = (at_q - at_p) / (2.0 * off); /* of twice the angle */
	double tangent = copysign(1.0, cotangent) / (fabs(cotangent) + sqrt(cotangent * cotangent + 1.0));
	double cosine = 1.0 / sqrt(tangent * tangent + 1.0);
	turn(r, p, q, cosine, tangent * cosine, (double[3]){at_p - tangent * off, 0.0, at_q + tangent * off});
}

/* The diagonal falls; a quarter turn is a swap. Was it needed? */
static bool sort(const rotated *r)
{
	bool changed = false;
	for (size_t c = 0; c + 1 < r->m; c++) {
		size_t largest = c;
		for (size_t i = c + 1; i < r->m; i++)
			if (diagonal(r, i) > diagonal(r, largest))
				largest = i;
		if (largest == c)
			continue;
		double off = r->matrix[c * r->stride + largest];
		turn(r, c, largest, 0.0, 1.0, (double[3]){diagonal(r, largest), -off, diagonal(r, c)});
		changed = true;
	}
	return changed;
}

/* Row p right of the diagonal: no entry stays that is larger than `limit`. Was there one? */
static bool clear_row(const rotated *r, size_t p, double limit)
{
	bool changed = false;
	const double *row = r->matrix + p * r->stride;
	for (size_t q = p + 1; q < r->m; q++)
		if (!(fabs(row[q]) <= limit)) {
			eliminate(r, p, q);
			changed = true;
		}
	return changed;
}

void pt_jacobi(size_t m, size_t stride, size_t n_leading, const double *most, double *matrix, double *vectors)
{
	rotated r = {m, stride, matrix, vectors};
	n_leading = n_leading < m ? n_leading : m;
	bool changed = true, rest_changed = true;
	for (int sweep = 0; (changed || rest_changed) && sweep < MOST_SWEEPS; sweep++) {
		changed = sort(&r);
		double rounding = DBL_EPSILON / 64.0 * diagonal(&r, 0);
		for (size_t p = 0; p < n_leading; p++)
			changed |= clear_row(&r, p, fmax(most[p], rounding));
		/* Of the rest entries need only be small beside the distance to what leads: then the sweeps over the
		   leading rows, Gauss-Seidel steps on the rest, converge; and beside the diagonal, so that its order
		   means something. */
		size_t n_rest = rest_changed ? m : 0;
		rest_changed = false;
		for (size_t p = n_leading; p < n_rest; p++) {
			double distance = n_leading > 0 ? diagonal(&r, n_leading - 1) - diagonal(&r, p) : 0.0;
			rest_changed |= clear_row(&r, p, fmax(rounding, fmin(0.05 * distance, 0.1 * diagonal(&r, p))));
		}
	}
}
