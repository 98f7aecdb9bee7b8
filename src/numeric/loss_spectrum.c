#include "loss_spectrum.h"

#include <math.h>

/* Where n q − 1 is smaller, SHC is summed from C itself: below, a digit and a half of the dual form are lost.
 */
static const double NEARLY_ISOTROPIC = 0.05;
/* ‖K x − θx‖ ≤ this × θ ends Lanczos; the error of θ is at most that, and its
 * square over the gap to the other eigenvalues: below 1e-13 θ wherever the gap is above 1e-3 θ. */
static const double RESIDUAL = 1e-8;

static void add_scaled(double *into, double factor, const double *from, size_t n)
{
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		into[i] += factor * from[i];
}

/*
 * Largest eigenvalue of the tridiagonal matrix (alpha, beta) of order j by Laguerre's method on its
 * characteristic polynomial p from above, where it falls monotonically onto the root, at once in few steps
 * (no eigenvalue is above 1, the trace).
 */
static double tridiagonal_top(const double *alpha, const double *beta, size_t j)
{
	const double order = (double)j;
	/* Gershgorin's bound */
	double x = 0;
	for (size_t i = 0; i < j; i++)
		x = fmax(x, alpha[i] + (i > 0 ? beta[i - 1] : 0) + (i + 1 < j ? beta[i] : 0));
	x = fmin(x, 1);
	for (int iteration = 0; iteration < 100; iteration++) {
		/* p is the product of the pivots of T − x, all negative above the root: g = p'/p, h = −g' */
		double pivot = alpha[0] - x, first = -1, second = 0;
		double g = first / pivot, h = g * g;
		for (size_t i = 1; i < j && pivot < 0; i++) {
			const double ratio = beta[i - 1] / pivot, square = ratio * ratio;
			second = square * (second - 2 * first * first / pivot);
			first = -1 + square * first;
			pivot = alpha[i] - x - beta[i - 1] * ratio;
			const double inverse = 1 / pivot;
			g += first * inverse;
			h += first * inverse * (first * inverse) - second * inverse;
		}
		if (!(pivot < 0))
			break; /* at the root, to rounding */
		const double next = x - order / (g + sqrt(fmax(0, (order - 1) * (order * h - g * g))));
		if (!(next < x))
			break;
		x = next;
	}
	return x;
}

/* |last component| of the unit eigenvector of T at its top θ, by the recurrence from the end (it grows). */
static double last_component(const double *alpha, const double *beta, size_t j, double theta)
{
	double here = 1, after = 0, squares = 1;
	for (size_t i = j; i-- > 1;) {
		const double before = ((theta - alpha[i]) * here - (i + 1 < j ? beta[i] * after : 0)) / beta[i - 1];
		after = here;
		here = before;
		squares += here * here;
	}
	return 1 / sqrt(squares);
}

/* y = M x of a symmetric m × m matrix: a sum of its rows, four at a time. */
static void multiply(const double *matrix, size_t m, const double *x, double *y)
{
	size_t i = 0;
	for (size_t j = 0; j < m; j++)
		y[j] = 0;
	for (; i + 4 <= m; i += 4) {
		const double *a = matrix + i * m, *b = a + m, *c = b + m, *d = c + m;
		const double xa = x[i], xb = x[i + 1], xc = x[i + 2], xd = x[i + 3];
#pragma omp simd
		for (size_t j = 0; j < m; j++)
			y[j] += (a[j] * xa + b[j] * xb) + (c[j] * xc + d[j] * xd);
	}
	for (; i < m; i++)
		add_scaled(y, x[i], matrix + i * m, m);
}

/* A fixed start that no pattern of rows is likely to be orthogonal to, put into the range of the matrix. */
static void start_vector(const double *matrix, size_t m, double *scratch, double *start)
{
	double phase = 0;
	for (size_t i = 0; i < m; i++) {
		phase += 0.61803398874989485;
		phase -= floor(phase);
		scratch[i] = phase - 0.5;
	}
	multiply(matrix, m, scratch, start);
}

/*
 * Largest eigenvalue of a positive semi-definite m × m matrix of trace 1: Lanczos with full
 * reorthogonalisation. Scratch: m² + 4m doubles. O(m²) a step; few steps where one direction dominates.
 */
static double leading_eigenvalue(const double *matrix, size_t m, double *scratch)
{
	double *basis = scratch, *alpha = basis + m * m, *beta = alpha + m, *next = beta + m, *random = next + m;
	start_vector(matrix, m, random, next);
	double norm = sqrt(pt_dot(next, next, m)), theta = 0;
	size_t look_at = 0;
	for (size_t j = 0; j < m && norm > 0; j++) {
		double *q = basis + j * m;
		for (size_t i = 0; i < m; i++)
			q[i] = next[i] / norm;
		multiply(matrix, m, q, next);
		alpha[j] = pt_dot(q, next, m);
		/* against all vectors, one after the other: the basis stays orthogonal enough for θ to full accuracy
		 */
		for (size_t i = j + 1; i-- > 0;)
			add_scaled(next, -pt_dot(basis + i * m, next, m), basis + i * m, m);
		norm = sqrt(pt_dot(next, next, m));
		beta[j] = norm;
		/* looking costs more than a step once there are many, so look at 1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 16,
		 * … */
		if (j < look_at && j + 1 < m && norm > 0)
			continue;
		look_at = j + 1 + j / 5;
		theta = tridiagonal_top(alpha, beta, j + 1);
		if (norm * last_component(alpha, beta, j + 1, theta) <= RESIDUAL * theta)
			break;
	}
	return theta;
}

/* n f / (n + f + 1) with n = n_eff of the rows' variances; NaN where they are all 0. */
static double white_noise_ratio(const pt_dual_gram *gram)
{
	double largest = 0, sum = 0, sum_of_squares = 0;
	for (size_t p = 0; p < gram->n; p++)
		largest = fmax(largest, gram->squares[p]);
	if (!(largest > 0) || !isfinite(largest))
		return (double)NAN;
	for (size_t p = 0; p < gram->n; p++) {
		const double share = gram->squares[p] / largest;
		sum += share;
		sum_of_squares += share * share;
	}
	const double n_eff = sum * sum / sum_of_squares, freedom = (double)gram->freedom;
	return n_eff * freedom / (n_eff + freedom + 1);
}

static double finite_or_nan(double value)
{
	return isfinite(value) ? value : (double)NAN;
}

pt_spectrum_point pt_spectrum_undefined(size_t n_rows)
{
	const double none = (double)NAN;
	return (pt_spectrum_point){none, none, none, none, none, n_rows, false};
}

pt_spectrum_point pt_spectrum_of(
	const pt_dual_gram *gram, bool with_lambda1, double *scratch, bool *isotropic)
{
	const size_t m = gram->m;
	const double n = (double)gram->n, divisor = (double)m - 1;
	double total = 0;
	for (size_t i = 0; i < m; i++)
		total += gram->dual[i * m + i];
	pt_spectrum_point point = pt_spectrum_undefined(m);
	*isotropic = false;
	if (!isfinite(total))
		return point;
	if (!(total > 0)) {
		point.shc = point.trace = point.lambda1 = 0;
		return point;
	}
	/* K of trace 1: squares can then neither overflow nor vanish */
	double *unit = scratch, *rest = scratch + m * m;
	for (size_t i = 0; i < m * m; i++)
		unit[i] = gram->dual[i] / total;
	const double q = pt_dot(unit, unit, m * m), mean = total / divisor / n;
	point.trace = finite_or_nan(total / divisor);
	point.pr = finite_or_nan(1 / q);
	point.shc = finite_or_nan(mean * mean * (n * q - 1));
	*isotropic = n * q - 1 < NEARLY_ISOTROPIC;
	if (with_lambda1)
		point.lambda1 = finite_or_nan(leading_eigenvalue(unit, m, rest) * (total / divisor));
	point.pr_white_noise = white_noise_ratio(gram);
	return point;
}

double pt_spectrum_isotropic_shc(const double *rows, size_t m, size_t n)
{
	double trace = 0, sum = 0;
	for (size_t i = 0; i < m * n; i++)
		trace += rows[i] * rows[i];
	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b <= a; b++) {
			double product = 0;
			for (size_t i = 0; i < m; i++)
				product += rows[i * n + a] * rows[i * n + b];
			const double off = product / trace - (a == b ? 1 / (double)n : 0);
			sum += (a == b ? 1 : 2) * off * off;
		}
	const double scaled = trace / ((double)m - 1);
	return finite_or_nan(scaled * scaled * sum / (double)n);
}
