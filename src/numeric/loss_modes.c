#include "phasetop/numeric/loss_modes.h"

#include <assert.h>
#include <math.h>

#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"

void pt_loss_modes_init(pt_loss_modes *modes)
{
	*modes = (pt_loss_modes){0};
}

void pt_loss_modes_fini(pt_loss_modes *modes)
{
	pt_free(modes->weights);
	pt_loss_modes_init(modes);
}

/* Takes the mean of each column out, and with `detrended` the line in the row index too. */
static void centre_columns(const double *rows, size_t w, size_t n, bool detrended, double *out)
{
	double middle = (double)(w - 1) / 2.0, spread = 0.0;
	for (size_t t = 0; t < w; t++)
		spread += ((double)t - middle) * ((double)t - middle);
	for (size_t c = 0; c < n; c++) {
		/* against the first row, so that a large common offset costs no digits */
		double first = rows[c], mean = 0.0, slope = 0.0;
		for (size_t t = 0; t < w; t++)
			mean += (rows[t * n + c] - first) / (double)w;
		for (size_t t = 0; t < w; t++)
			slope += ((double)t - middle) * (rows[t * n + c] - first - mean);
		slope = detrended && spread > 0.0 ? slope / spread : 0.0;
		for (size_t t = 0; t < w; t++)
			out[t * n + c] = rows[t * n + c] - first - mean - slope * ((double)t - middle);
	}
}

/* x = Xᵀ y / ‖Xᵀ y‖, its largest |weight| positive. */
static void fill_weights(const double *centred, size_t w, size_t n, const double *y, double *x)
{
	double square = 0.0;
	size_t largest = 0;
	for (size_t c = 0; c < n; c++)
		x[c] = 0.0;
	for (size_t t = 0; t < w; t++)
		for (size_t c = 0; c < n; c++)
			x[c] += y[t] * centred[t * n + c];
	for (size_t c = 0; c < n; c++) {
		square += x[c] * x[c];
		if (fabs(x[c]) > fabs(x[largest]))
			largest = c;
	}
	double scale = copysign(1.0, x[largest]) / sqrt(square);
	for (size_t c = 0; c < n; c++)
		x[c] *= scale;
}

/* An eigenvalue below this share of the trace is rounding as much as loss, and has no direction to tell. */
static const double least_share = 1e-12;

/* @param rank  the most that rows so centred can have */
static pt_status find(const double *centred, size_t w, size_t n, size_t rank, size_t n_wanted, double *memory,
	pt_loss_modes *modes, pt_error *err)
{
	double *dual = memory, *vectors = memory + w * w, values[PT_MAX_MODES] = {0}, trace = 0.0;
	pt_block x = {centred, w, n, n};
	pt_status status =
		pt_blas_multiply(false, true, 1.0, x, x, 0.0, (pt_block_mut){dual, w, w, w}, err);
	for (size_t t = 0; t < w; t++)
		trace += dual[t * w + t];
	if (status != PT_OK || !(trace > 0.0))
		return status;
	size_t n_top = n_wanted < rank ? n_wanted : rank;
	status = pt_blas_eigen_symmetric(w, dual, n_top, values, vectors, err);
	if (status != PT_OK)
		return status;
	modes->weights = pt_array_alloc(n, n_top * sizeof *modes->weights);
	if (!modes->weights)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for leading modes");
	while (modes->n_modes < n_top && values[modes->n_modes] > least_share * trace) {
		size_t m = modes->n_modes++;
		modes->lambda[m] = values[m] / (double)(w - 1);
		modes->share[m] = values[m] / trace;
		fill_weights(centred, w, n, vectors + m * w, modes->weights + m * n);
	}
	return PT_OK;
}

pt_status pt_loss_modes_find(const double *rows, size_t w, size_t n, bool detrended, size_t n_wanted,
	pt_loss_modes *modes, pt_error *err)
{
	assert(n_wanted >= 1 && n_wanted <= PT_MAX_MODES);
	if (w == 0 || n == 0)
		return pt_fail(err, PT_ERR_INVALID, NULL, -1, "no rows or no probes");
	if (!pt_values_are_finite((pt_values){.f64 = rows}, w * n))
		return pt_fail(err, PT_ERR_NOT_FINITE, NULL, -1, "a loss is not finite");
	pt_loss_modes fresh = {.n_probes = n};
	pt_status status = PT_OK;
	if (w >= (detrended ? 3u : 2u)) {
		double *centred = pt_array_alloc(w, n * sizeof *centred);
		double *memory = pt_array_alloc(w, (w + PT_MAX_MODES) * sizeof *memory);
		status = centred && memory ? PT_OK
								   : pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for leading modes");
		if (status == PT_OK) {
			centre_columns(rows, w, n, detrended, centred);
			status = find(centred, w, n, w - (detrended ? 2 : 1), n_wanted, memory, &fresh, err);
		}
		pt_free(centred);
		pt_free(memory);
	}
	if (status != PT_OK) {
		pt_loss_modes_fini(&fresh);
		return status;
	}
	pt_loss_modes_fini(modes);
	*modes = fresh;
	return PT_OK;
}
