#include "phasetop/numeric/loss_covariance.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "loss_ring.h"
#include "loss_spectrum.h"
#include "phasetop/base/alloc.h"

/*
 * Beside the rows stand the Grams of their first differences δ (to the row before) and of their second
 * differences s (of δ to the δ before). The δ of the oldest row and the s of the two oldest reach out of the
 * window and are not used; so nothing is ever subtracted when a row leaves.
 */
struct pt_loss_window {
	pt_loss_ring ring;
	bool without_lambda1;
	double *first_gram, *second_gram; /* W × W each, by slot */
	/* of the reading in the making, in order of age */
	double *first, *second;                  /* W each: products with the newest row's differences */
	double *squares, *squares_of_rest;       /* n: Σ of squares about the mean, and about the line */
	double *centred;                         /* m × n; empty where n > 2W, for no such C is isotropic */
	double *dual, *dual_first, *dual_second; /* m × m */
	double *scratch;
};

void pt_loss_window_destroy(pt_loss_window *window)
{
	if (!window)
		return;
	double *arrays[] = {window->first_gram, window->second_gram, window->first, window->second,
		window->squares, window->squares_of_rest, window->centred, window->dual, window->dual_first,
		window->dual_second, window->scratch};
	for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
		pt_free(arrays[i]);
	pt_loss_ring_fini(&window->ring);
	pt_free(window);
}

static double *matrix_alloc(size_t rows, size_t columns)
{
	size_t count;
	return __builtin_mul_overflow(rows, columns, &count) ? NULL : pt_array_alloc(count, sizeof(double));
}

static bool has_all(const pt_loss_window *w)
{
	return w->first_gram && w->second_gram && w->first && w->second && w->squares && w->squares_of_rest &&
		   w->centred && w->dual && w->dual_first && w->dual_second && w->scratch;
}

pt_status pt_loss_window_create(size_t n_probes, size_t window, pt_loss_window **out, pt_error *err)
{
	if (n_probes < 1 || window < 2)
		return pt_fail(err, PT_ERR_INVALID, "", -1, "a window needs a probe and two rows, not %zu and %zu",
			n_probes, window);
	/* beyond this no allocation can succeed, and sizes below cannot overflow */
	const bool sane = n_probes < SIZE_MAX / 64 && window < (size_t)1 << 28;
	pt_loss_window *w = sane ? pt_array_alloc(1, sizeof *w) : NULL;
	if (w && pt_loss_ring_init(&w->ring, n_probes, window)) {
		w->first_gram = matrix_alloc(window, window);
		w->second_gram = matrix_alloc(window, window);
		w->first = matrix_alloc(1, window);
		w->second = matrix_alloc(1, window);
		w->squares = matrix_alloc(1, pt_loss_ring_padded(&w->ring));
		w->squares_of_rest = matrix_alloc(1, pt_loss_ring_padded(&w->ring));
		w->centred = matrix_alloc(window, n_probes / 2 > window ? 0 : n_probes);
		w->dual = matrix_alloc(window, window);
		w->dual_first = matrix_alloc(window, window);
		w->dual_second = matrix_alloc(window, window);
		w->scratch = matrix_alloc(1, pt_spectrum_scratch(window));
	}
	if (!w || !has_all(w)) {
		pt_loss_window_destroy(w);
		return pt_fail(
			err, PT_ERR_MEMORY, "", -1, "no memory for a window of %zu rows of %zu probes", window, n_probes);
	}
	*out = w;
	return PT_OK;
}

void pt_loss_window_reset(pt_loss_window *window)
{
	window->ring.rows = window->ring.next = 0;
}

void pt_loss_window_leave_lambda1(pt_loss_window *window)
{
	window->without_lambda1 = true;
}

size_t pt_loss_window_rows(const pt_loss_window *window)
{
	return window->ring.rows;
}

static bool all_finite(const double *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(row[i]))
			return false;
	return true;
}

/* Row and column of the newest row in a Gram, from its products with all rows. */
static void fill_gram(const pt_loss_ring *ring, const double *products, double *gram)
{
	const size_t newest = pt_loss_ring_slot(ring, ring->rows - 1);
	for (size_t i = 0; i < ring->rows; i++) {
		const size_t other = pt_loss_ring_slot(ring, i);
		gram[newest * ring->capacity + other] = gram[other * ring->capacity + newest] = products[i];
	}
}

static void append_row(pt_loss_window *w, const double *losses, bool with_squares)
{
	pt_loss_ring_append(&w->ring, losses);
	pt_loss_ring_sum(&w->ring, w->first, w->second, with_squares ? w->squares : NULL, w->squares_of_rest);
	fill_gram(&w->ring, w->first, w->first_gram);
	fill_gram(&w->ring, w->second, w->second_gram);
}

/* The Gram by slot, in order of age, with its first `zeros` rows and columns put to 0. */
static void gather(const pt_loss_ring *ring, const double *gram, size_t zeros, double *into)
{
	const size_t m = ring->rows, oldest = pt_loss_ring_slot(ring, 0), wrap = ring->capacity - oldest;
	for (size_t i = 0; i < m; i++) {
		const double *from = gram + pt_loss_ring_slot(ring, i) * ring->capacity;
		double *to = into + i * m;
		if (i < zeros) {
			memset(to, 0, m * sizeof *to);
			continue;
		}
		const size_t head = m < wrap ? m : wrap;
		memcpy(to, from + oldest, head * sizeof *to);
		memcpy(to + head, from, (m - head) * sizeof *to);
		memset(to, 0, (zeros < m ? zeros : m) * sizeof *to);
	}
}

/* Four rows at a time, so that no addition waits for the one before. */
static void prefix_sums_of_rows(double *matrix, size_t m)
{
	size_t i = 0;
	for (; i + 4 <= m; i += 4) {
		double *rows = matrix + i * m, sums[4] = {0};
		for (size_t j = 0; j < m; j++)
			for (size_t k = 0; k < 4; k++)
				rows[k * m + j] = sums[k] += rows[k * m + j];
	}
	for (; i < m; i++) {
		double *row = matrix + i * m, sum = 0;
		for (size_t j = 0; j < m; j++)
			row[j] = sum += row[j];
	}
}

/* M(i, j) ← Σ_{a ≤ i, b ≤ j} M(a, b), in place, by additions alone. */
static void prefix_sums(double *matrix, size_t m)
{
	prefix_sums_of_rows(matrix, m);
	for (size_t i = 1; i < m; i++) {
		double *row = matrix + i * m;
		const double *above = row - m;
#pragma omp simd
		for (size_t j = 0; j < m; j++)
			row[j] += above[j];
	}
}

static double trace_of(const double *matrix, size_t m)
{
	double sum = 0;
	for (size_t i = 0; i < m; i++)
		sum += matrix[i * m + i];
	return sum;
}

/*
 * M ← Q M Q with Q the projector off span{1}, or with `line` off span{1, t}; M symmetric. With μ_i and s_i
 * the mean and the slope on t of row i, and the same of the μ and of the s,
 *
 *     (Q M Q)_ij = M_ij − (μ_i + s_i t_j) − (μ_j + s_j t_i) + (mean μ + mean s (t_i + t_j) + slope s t_i
 * t_j).
 *
 * Scratch: 3 m doubles.
 */
static void project(double *matrix, size_t m, bool line, double *scratch)
{
	double *mean = scratch, *slope = mean + m, *time = slope + m;
	const double inverse = line ? pt_inverse_time_square(m) : 0, count = (double)m;
	double mean_of_means = 0, mean_of_slopes = 0, slope_of_slopes = 0;
	for (size_t j = 0; j < m; j++)
		time[j] = pt_row_time(j, m);
	for (size_t i = 0; i < m; i++) {
		const double *row = matrix + i * m;
		double sum = 0, moment = 0;
#pragma omp simd reduction(+ : sum, moment)
		for (size_t j = 0; j < m; j++) {
			sum += row[j];
			moment += row[j] * time[j];
		}
		mean[i] = sum / count;
		slope[i] = moment * inverse;
		mean_of_means += mean[i] / count;
		mean_of_slopes += slope[i] / count;
		slope_of_slopes += slope[i] * time[i] * inverse;
	}
	for (size_t i = 0; i < m; i++) {
		double *row = matrix + i * m;
		const double level = mean_of_means + mean_of_slopes * time[i] - mean[i];
		const double tilt = mean_of_slopes + slope_of_slopes * time[i] - slope[i];
#pragma omp simd
		for (size_t j = 0; j < m; j++)
			row[j] += level + tilt * time[j] - (mean[j] + slope[j] * time[i]);
	}
}

static pt_spectrum_point read_spectrum(pt_loss_window *w, const double *dual, bool line)
{
	const size_t n = w->ring.n, m = w->ring.rows;
	const pt_dual_gram gram = {n, m, m - (line ? 2 : 1), dual, line ? w->squares_of_rest : w->squares};
	bool isotropic;
	pt_spectrum_point point = pt_spectrum_of(&gram, !w->without_lambda1, w->scratch, &isotropic);
	if (isotropic) {
		pt_loss_ring_centred(&w->ring, line, w->centred);
		point.shc = pt_spectrum_isotropic_shc(w->centred, m, n);
	}
	point.partial = m < w->ring.capacity;
	return point;
}

/* The dual Gram of the detrended rows, from the differences that leave less to cancel. */
static const double *detrended_dual(pt_loss_window *w)
{
	const size_t m = w->ring.rows;
	gather(&w->ring, w->second_gram, 2, w->dual_second);
	prefix_sums(w->dual_second, m);
	prefix_sums(w->dual_second, m);
	double *dual = trace_of(w->dual_second, m) < trace_of(w->dual_first, m) ? w->dual_second : w->dual_first;
	project(dual, m, true, w->scratch);
	return dual;
}

static void read_window(pt_loss_window *w, pt_spectrum_point *raw, pt_spectrum_point *detrended)
{
	const size_t m = w->ring.rows;
	pt_spectrum_point undefined = pt_spectrum_undefined(m);
	undefined.partial = m < w->ring.capacity;
	if (m >= 2) {
		gather(&w->ring, w->first_gram, 1, w->dual_first);
		prefix_sums(w->dual_first, m);
	}
	if (raw) {
		*raw = undefined;
		if (m >= 2) {
			memcpy(w->dual, w->dual_first, m * m * sizeof *w->dual);
			project(w->dual, m, false, w->scratch);
			*raw = read_spectrum(w, w->dual, false);
		}
	}
	if (detrended)
		*detrended = m >= 3 ? read_spectrum(w, detrended_dual(w), true) : undefined;
}

pt_status pt_loss_window_push(pt_loss_window *window, const double *row, pt_spectrum_point *raw,
	pt_spectrum_point *detrended, pt_error *err)
{
	if (!all_finite(row, window->ring.n))
		return pt_fail(err, PT_ERR_NOT_FINITE, "", -1, "a probe loss is not finite");
	append_row(window, row, raw || detrended);
	if (raw || detrended)
		read_window(window, raw, detrended);
	return PT_OK;
}

pt_status pt_loss_spectra(const double *losses, size_t m, size_t stride, const size_t *columns,
	size_t n_probes, size_t window, pt_spectrum_point *raw, pt_spectrum_point *detrended, pt_error *err)
{
	if (n_probes > stride)
		return pt_fail(err, PT_ERR_INVALID, "", -1, "%zu probes of rows of %zu", n_probes, stride);
	for (size_t p = 0; columns && p < n_probes; p++)
		if (columns[p] >= stride)
			return pt_fail(err, PT_ERR_SHAPE, "", -1, "no probe %zu in rows of %zu", columns[p], stride);
	pt_loss_window *w = NULL;
	pt_status status = pt_loss_window_create(n_probes, window, &w, err);
	if (status != PT_OK)
		return status;
	double *row = pt_array_alloc(n_probes, sizeof *row);
	if (!row) {
		pt_loss_window_destroy(w);
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for a row of %zu probes", n_probes);
	}
	for (size_t i = 0; i < m; i++) {
		for (size_t p = 0; p < n_probes; p++)
			row[p] = losses[i * stride + (columns ? columns[p] : p)];
		pt_spectrum_point *const raw_here = raw ? raw + i : NULL, *const other =
																	  detrended ? detrended + i : NULL;
		if (pt_loss_window_push(w, row, raw_here, other, NULL) == PT_OK)
			continue;
		/* an invalid row is data: no reading, and the window goes on with the next one */
		if (raw_here)
			*raw_here = pt_spectrum_undefined(0);
		if (other)
			*other = pt_spectrum_undefined(0);
	}
	pt_free(row);
	pt_loss_window_destroy(w);
	return PT_OK;
}

/* Rows relative to the first, then without their mean: an offset shared by all samples costs no digits. */
static void centre_samples(const double *samples, size_t m, size_t n, double *centred, double *squares)
{
	for (size_t p = 0; p < n; p++) {
		double mean = 0;
		for (size_t i = 0; i < m; i++)
			mean += centred[i * n + p] = samples[i * n + p] - samples[p];
		squares[p] = 0;
		for (size_t i = 0; i < m; i++) {
			centred[i * n + p] -= mean / (double)m;
			squares[p] += centred[i * n + p] * centred[i * n + p];
		}
	}
}

pt_status pt_gaussian_point(
	const double *samples, size_t m, size_t n, pt_spectrum_point *point, pt_error *err)
{
	size_t count;
	if (m < 1 || n < 1)
		return pt_fail(err, PT_ERR_INVALID, "", -1, "no samples");
	if (__builtin_mul_overflow(m, n, &count) || m > (size_t)1 << 28)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for %zu samples of %zu probes", m, n);
	if (!all_finite(samples, count))
		return pt_fail(err, PT_ERR_NOT_FINITE, "", -1, "a probe loss is not finite");
	if (m == 1) {
		*point = pt_spectrum_undefined(1);
		return PT_OK;
	}
	double *centred = matrix_alloc(m, n), *squares = matrix_alloc(1, n), *dual = matrix_alloc(m, m);
	double *scratch = matrix_alloc(1, pt_spectrum_scratch(m));
	pt_status status = PT_OK;
	if (centred && squares && dual && scratch) {
		centre_samples(samples, m, n, centred, squares);
		for (size_t i = 0; i < m; i++)
			for (size_t j = 0; j <= i; j++)
				dual[i * m + j] = dual[j * m + i] = pt_dot(centred + i * n, centred + j * n, n);
		const pt_dual_gram gram = {n, m, m - 1, dual, squares};
		bool isotropic;
		*point = pt_spectrum_of(&gram, true, scratch, &isotropic);
		if (isotropic)
			point->shc = pt_spectrum_isotropic_shc(centred, m, n);
	} else {
		status = pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for %zu samples of %zu probes", m, n);
	}
	pt_free(centred);
	pt_free(squares);
	pt_free(dual);
	pt_free(scratch);
	return status;
}
