#include "phasetop/numeric/loss_covariance.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "loss_spectrum.h"
#include "phasetop/base/alloc.h"

/*
 * The rows lie in a ring of W slots. Beside each row stand its first difference δ (to the row before) and
 * its second difference s (of δ to the δ before), and the Grams of both over all slots. The δ of the oldest
 * row and the s of the two oldest reach out of the window and are not used; so nothing is ever subtracted
 * when a row leaves.
 */
struct pt_loss_window {
	size_t n, capacity; /* probes; W */
	bool without_lambda1;
	size_t rows, next;                /* rows held; slot of the next row */
	double *row, *first, *second;     /* W × n each, by slot */
	double *first_gram, *second_gram; /* W × W each, by slot */
	double *centred;                  /* m × n, in order of age: of the reading in the making */
	double *dual, *dual_second;       /* m × m, in order of age */
	double *scratch;
};

void pt_loss_window_destroy(pt_loss_window *window)
{
	if (!window)
		return;
	double *arrays[] = {window->row, window->first, window->second, window->first_gram, window->second_gram,
		window->centred, window->dual, window->dual_second, window->scratch};
	for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
		pt_free(arrays[i]);
	pt_free(window);
}

static double *matrix_alloc(size_t rows, size_t columns)
{
	size_t count;
	return __builtin_mul_overflow(rows, columns, &count) ? NULL : pt_array_alloc(count, sizeof(double));
}

pt_status pt_loss_window_create(size_t n_probes, size_t window, pt_loss_window **out, pt_error *err)
{
	if (n_probes < 1 || window < 2)
		return pt_fail(err, PT_ERR_INVALID, "", -1, "a window needs a probe and two rows, not %zu and %zu",
			n_probes, window);
	/* beyond this no allocation can succeed, and sizes below cannot overflow */
	const bool sane = n_probes < SIZE_MAX / 64 && window < (size_t)1 << 28;
	pt_loss_window *w = sane ? pt_array_alloc(1, sizeof *w) : NULL;
	if (w) {
		*w = (pt_loss_window){.n = n_probes,
			.capacity = window,
			.row = matrix_alloc(window, n_probes),
			.first = matrix_alloc(window, n_probes),
			.second = matrix_alloc(window, n_probes),
			.first_gram = matrix_alloc(window, window),
			.second_gram = matrix_alloc(window, window),
			.centred = matrix_alloc(window, n_probes),
			.dual = matrix_alloc(window, window),
			.dual_second = matrix_alloc(window, window),
			.scratch = pt_array_alloc(pt_spectrum_scratch(n_probes, window) + n_probes, sizeof(double))};
	}
	if (!w || !w->row || !w->first || !w->second || !w->first_gram || !w->second_gram || !w->centred ||
		!w->dual || !w->dual_second || !w->scratch) {
		pt_loss_window_destroy(w);
		return pt_fail(
			err, PT_ERR_MEMORY, "", -1, "no memory for a window of %zu rows of %zu probes", window, n_probes);
	}
	*out = w;
	return PT_OK;
}

void pt_loss_window_reset(pt_loss_window *window)
{
	window->rows = window->next = 0;
}

void pt_loss_window_leave_lambda1(pt_loss_window *window)
{
	window->without_lambda1 = true;
}

size_t pt_loss_window_rows(const pt_loss_window *window)
{
	return window->rows;
}

static size_t slot_of(const pt_loss_window *w, size_t age_order)
{
	return (w->next + w->capacity - w->rows + age_order) % w->capacity;
}

static bool all_finite(const double *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(row[i]))
			return false;
	return true;
}

/* into = a − b, zero where there is no b. */
static void difference(double *into, const double *a, const double *b, size_t n)
{
	if (!b)
		memset(into, 0, n * sizeof *into);
	else
		for (size_t i = 0; i < n; i++)
			into[i] = a[i] - b[i];
}

/* Row and column `slot` of the Gram of the W × n array `vectors`. */
static void fill_gram_row(const pt_loss_window *w, const double *vectors, double *gram, size_t slot)
{
	for (size_t i = 0; i < w->rows; i++) {
		const size_t other = slot_of(w, i);
		const double product = pt_dot(vectors + slot * w->n, vectors + other * w->n, w->n);
		gram[slot * w->capacity + other] = gram[other * w->capacity + slot] = product;
	}
}

static void append_row(pt_loss_window *w, const double *losses)
{
	const size_t n = w->n, slot = w->next;
	const size_t before = (slot + w->capacity - 1) % w->capacity;
	const bool has_before = w->rows > 0;
	double *row = w->row + slot * n, *first = w->first + slot * n, *second = w->second + slot * n;
	memcpy(row, losses, n * sizeof *row);
	difference(first, row, has_before ? w->row + before * n : NULL, n);
	difference(second, first, has_before ? w->first + before * n : NULL, n);
	w->next = (slot + 1) % w->capacity;
	if (w->rows < w->capacity)
		w->rows++;
	fill_gram_row(w, w->first, w->first_gram, slot);
	fill_gram_row(w, w->second, w->second_gram, slot);
}

/* The Gram by slot, in order of age, with its first `zeros` rows and columns put to 0. */
static void gather(const pt_loss_window *w, const double *gram, size_t zeros, double *into)
{
	const size_t m = w->rows, oldest = slot_of(w, 0), wrap = w->capacity - oldest;
	for (size_t i = 0; i < m; i++) {
		const double *from = gram + slot_of(w, i) * w->capacity;
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

/* M(i, j) ← Σ_{a ≤ i, b ≤ j} M(a, b), in place, by additions alone. */
static void prefix_sums(double *matrix, size_t m)
{
	for (size_t i = 0; i < m; i++) {
		double *row = matrix + i * m, running = 0;
		for (size_t j = 0; j < m; j++)
			row[j] = running += row[j];
		const double *above = i > 0 ? row - m : NULL;
		for (size_t j = 0; above && j < m; j++)
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

/* Position i of m on the centred time axis, and 1 / Σ t². */
static double time_of(size_t i, size_t m)
{
	return (double)i - 0.5 * (double)(m - 1);
}

static double inverse_time_square(size_t m)
{
	const double x = (double)m;
	return 12 / (x * (x * x - 1));
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
	const double inverse = line ? inverse_time_square(m) : 0, count = (double)m;
	double mean_of_means = 0, mean_of_slopes = 0, slope_of_slopes = 0;
	for (size_t j = 0; j < m; j++)
		time[j] = time_of(j, m);
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

/* The window's rows without their mean, in order of age, from differences to the oldest row. */
static void centre_rows(pt_loss_window *w)
{
	const size_t n = w->n, m = w->rows;
	const double *oldest = w->row + slot_of(w, 0) * n;
	double *mean = w->scratch;
	memset(mean, 0, n * sizeof *mean);
	for (size_t i = 0; i < m; i++) {
		const double *row = w->row + slot_of(w, i) * n;
		double *to = w->centred + i * n;
		for (size_t p = 0; p < n; p++) {
			to[p] = row[p] - oldest[p];
			mean[p] += to[p];
		}
	}
	for (size_t i = 0; i < m; i++)
		for (size_t p = 0; p < n; p++)
			w->centred[i * n + p] -= mean[p] / (double)m;
}

/* Centred rows become detrended ones. */
static void detrend_rows(pt_loss_window *w)
{
	const size_t n = w->n, m = w->rows;
	const double inverse = inverse_time_square(m);
	double *slope = w->scratch;
	memset(slope, 0, n * sizeof *slope);
	for (size_t i = 0; i < m; i++)
		for (size_t p = 0; p < n; p++)
			slope[p] += w->centred[i * n + p] * time_of(i, m);
	for (size_t i = 0; i < m; i++)
		for (size_t p = 0; p < n; p++)
			w->centred[i * n + p] -= slope[p] * inverse * time_of(i, m);
}

static pt_spectrum_point read_spectrum(pt_loss_window *w, const double *dual, size_t freedom)
{
	const pt_centred_rows centred = {w->n, w->rows, freedom, w->centred, dual};
	pt_spectrum_point point = pt_spectrum_of(&centred, !w->without_lambda1, w->scratch);
	point.partial = w->rows < w->capacity;
	return point;
}

/* The dual Gram of the detrended rows, from the differences that leave less to cancel. */
static const double *detrended_dual(pt_loss_window *w)
{
	const size_t m = w->rows;
	gather(w, w->first_gram, 1, w->dual);
	prefix_sums(w->dual, m);
	gather(w, w->second_gram, 2, w->dual_second);
	prefix_sums(w->dual_second, m);
	prefix_sums(w->dual_second, m);
	double *dual = trace_of(w->dual_second, m) < trace_of(w->dual, m) ? w->dual_second : w->dual;
	project(dual, m, true, w->scratch);
	return dual;
}

static void read_window(pt_loss_window *w, pt_spectrum_point *raw, pt_spectrum_point *detrended)
{
	const size_t m = w->rows;
	if (m >= 2)
		centre_rows(w);
	if (raw) {
		*raw = pt_spectrum_undefined(m);
		raw->partial = m < w->capacity;
		if (m >= 2) {
			gather(w, w->first_gram, 1, w->dual);
			prefix_sums(w->dual, m);
			project(w->dual, m, false, w->scratch);
			*raw = read_spectrum(w, w->dual, m - 1);
		}
	}
	if (detrended) {
		*detrended = pt_spectrum_undefined(m);
		detrended->partial = m < w->capacity;
		if (m >= 3) {
			detrend_rows(w);
			*detrended = read_spectrum(w, detrended_dual(w), m - 2);
		}
	}
}

pt_status pt_loss_window_push(pt_loss_window *window, const double *row, pt_spectrum_point *raw,
	pt_spectrum_point *detrended, pt_error *err)
{
	if (!all_finite(row, window->n))
		return pt_fail(err, PT_ERR_NOT_FINITE, "", -1, "a probe loss is not finite");
	append_row(window, row);
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
static void centre_samples(const double *samples, size_t m, size_t n, double *centred)
{
	for (size_t p = 0; p < n; p++) {
		double mean = 0;
		for (size_t i = 0; i < m; i++)
			mean += centred[i * n + p] = samples[i * n + p] - samples[p];
		for (size_t i = 0; i < m; i++)
			centred[i * n + p] -= mean / (double)m;
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
	double *centred = matrix_alloc(m, n), *dual = matrix_alloc(m, m);
	double *scratch = pt_array_alloc(pt_spectrum_scratch(n, m), sizeof *scratch);
	pt_status status = PT_OK;
	if (centred && dual && scratch) {
		centre_samples(samples, m, n, centred);
		for (size_t i = 0; i < m; i++)
			for (size_t j = 0; j <= i; j++)
				dual[i * m + j] = dual[j * m + i] = pt_dot(centred + i * n, centred + j * n, n);
		const pt_centred_rows rows = {n, m, m - 1, centred, dual};
		*point = pt_spectrum_of(&rows, true, scratch);
	} else {
		status = pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for %zu samples of %zu probes", m, n);
	}
	pt_free(centred);
	pt_free(dual);
	pt_free(scratch);
	return status;
}
