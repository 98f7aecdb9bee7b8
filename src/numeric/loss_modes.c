#include "phasetop/numeric/loss_modes.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "loss_ring.h"
#include "loss_spectrum.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"

/* Eigenvalues below this share of the trace are rounding as much as loss, and have no direction to tell. */
static const double NEGLIGIBLE = 1e-12;

void pt_loss_modes_init(pt_loss_modes *modes)
{
	*modes = (pt_loss_modes){0};
}

void pt_loss_modes_fini(pt_loss_modes *modes)
{
	pt_free(modes->weights);
	*modes = (pt_loss_modes){0};
}

/* Largest |value|; NaN where one of them is not finite. */
static double largest_of(const double *values, size_t n)
{
	double largest = 0;
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(values[i]))
			return (double)NAN;
		largest = fmax(largest, fabs(values[i]));
	}
	return largest;
}

/* x = rows without their mean, from differences to the first. `sum` is scratch of n. */
static void centre_rows(const double *rows, size_t w, size_t n, double *sum, double *x)
{
	memset(sum, 0, n * sizeof *sum);
	for (size_t i = 0; i < w; i++)
		for (size_t p = 0; p < n; p++)
			sum[p] += x[i * n + p] = rows[i * n + p] - rows[p];
	for (size_t i = 0; i < w; i++)
		for (size_t p = 0; p < n; p++)
			x[i * n + p] -= sum[p] / (double)w;
}

/* Centred rows without their line in i. `slope` is scratch of n. */
static void detrend_rows(double *x, size_t w, size_t n, double *slope)
{
	const double inverse = pt_inverse_time_square(w);
	memset(slope, 0, n * sizeof *slope);
	for (size_t i = 0; i < w; i++)
		for (size_t p = 0; p < n; p++)
			slope[p] += x[i * n + p] * pt_row_time(i, w);
	for (size_t i = 0; i < w; i++)
		for (size_t p = 0; p < n; p++)
			x[i * n + p] -= slope[p] * (pt_row_time(i, w) * inverse);
}

/*
 * X, in units of its largest entry, so that no square overflows or vanishes. Returns the unit; 0 where
 * nothing but rounding is left, NaN where it is beyond a double.
 */
static double make_unit_rows(const double *rows, size_t w, size_t n, bool line, double *scratch, double *x)
{
	centre_rows(rows, w, n, scratch, x);
	double unit = largest_of(x, w * n), rounding = 0;
	if (line) {
		rounding = DBL_EPSILON * (2 * largest_of(rows, w * n) + 16 * unit);
		/* twice: what rounding leaves of a line a million times larger than the rest goes in the second turn
		 */
		detrend_rows(x, w, n, scratch);
		detrend_rows(x, w, n, scratch);
		unit = largest_of(x, w * n);
	}
	if (!(unit > rounding))
		return 0;
	for (size_t i = 0; i < w * n; i++)
		x[i] /= unit;
	return unit;
}

/* x = Xᵀ y as a unit vector, its largest |entry| positive. */
static void weights_of(const double *x, size_t w, size_t n, const double *y, double *weights)
{
	memset(weights, 0, n * sizeof *weights);
	for (size_t i = 0; i < w; i++)
		for (size_t p = 0; p < n; p++)
			weights[p] += y[i] * x[i * n + p];
	size_t top = 0;
	for (size_t p = 1; p < n; p++)
		if (fabs(weights[p]) > fabs(weights[top]))
			top = p;
	const double norm = copysign(sqrt(pt_dot(weights, weights, n)), weights[top]);
	for (size_t p = 0; p < n; p++)
		weights[p] /= norm;
}

typedef struct workspace {
	double *x, *dual; /* w × n, w × w */
	double *scratch;  /* n */
	double *mu, *y;   /* n_wanted; n_wanted × w */
} workspace;

static pt_status solve(const workspace *work, size_t w, size_t n, size_t n_wanted, double unit,
	pt_loss_modes *found, pt_error *err)
{
	const pt_block x = {work->x, w, n, n};
	pt_status status = pt_blas_multiply(false, true, 1, x, x, 0, (pt_block_mut){work->dual, w, w, w}, err);
	double trace = 0;
	for (size_t i = 0; i < w; i++)
		trace += work->dual[i * w + i];
	if (status == PT_OK)
		status = pt_blas_eigen_symmetric(w, work->dual, n_wanted, work->mu, work->y, err);
	if (status != PT_OK)
		return status;
	for (size_t k = 0; k < n_wanted; k++) {
		const double lambda = work->mu[k] / ((double)w - 1) * unit * unit;
		if (!(work->mu[k] > NEGLIGIBLE * trace) || !(lambda > 0) || !isfinite(lambda))
			break;
		found->lambda[k] = lambda;
		found->share[k] = fmin(1, work->mu[k] / trace);
		weights_of(work->x, w, n, work->y + k * w, found->weights + k * n);
		found->n_modes++;
	}
	return PT_OK;
}

static void replace(pt_loss_modes *modes, const pt_loss_modes *found)
{
	pt_free(modes->weights);
	*modes = *found;
	if (modes->n_modes == 0) {
		pt_free(modes->weights);
		modes->weights = NULL;
	}
}

pt_status pt_loss_modes_find(const double *rows, size_t w, size_t n, bool detrended, size_t n_wanted,
	pt_loss_modes *modes, pt_error *err)
{
	assert(n_wanted >= 1 && n_wanted <= PT_MAX_MODES);
	size_t count;
	if (w < 1 || n < 1)
		return pt_fail(err, PT_ERR_INVALID, "", -1, "no rows of probe losses");
	if (__builtin_mul_overflow(w, n, &count) || w > (size_t)1 << 28)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for %zu rows of %zu probes", w, n);
	if (isnan(largest_of(rows, count)))
		return pt_fail(err, PT_ERR_NOT_FINITE, "", -1, "a probe loss is not finite");
	const size_t rank = detrended ? 2 : 1, wanted = n_wanted < w ? n_wanted : w;
	pt_loss_modes found = {.n_probes = n};
	if (w <= rank) {
		replace(modes, &found);
		return PT_OK;
	}
	found.weights = pt_array_alloc(wanted, n * sizeof *found.weights);
	const workspace work = {
		.x = pt_array_alloc(count, sizeof(double)),
		.dual = pt_array_alloc(w, w * sizeof(double)),
		.scratch = pt_array_alloc(n, sizeof(double)),
		.mu = pt_array_alloc(wanted, sizeof(double)),
		.y = pt_array_alloc(wanted, w * sizeof(double)),
	};
	pt_status status = PT_OK;
	if (!found.weights || !work.x || !work.dual || !work.scratch || !work.mu || !work.y) {
		status = pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for %zu rows of %zu probes", w, n);
	} else {
		const double unit = make_unit_rows(rows, w, n, detrended, work.scratch, work.x);
		if (unit > 0)
			status = solve(&work, w, n, wanted, unit, &found, err);
	}
	if (status == PT_OK)
		replace(modes, &found);
	else
		pt_free(found.weights);
	pt_free(work.x);
	pt_free(work.dual);
	pt_free(work.scratch);
	pt_free(work.mu);
	pt_free(work.y);
	return status;
}
