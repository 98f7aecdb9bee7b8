#include "phasetop/numeric/joint_pca.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "component_sign.h"
#include "lanczos.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"

enum { DENSE_UP_TO = 32, V = PT_LANCZOS_BLOCK };

void pt_joint_pca_init(pt_joint_pca *pca)
{
	*pca = (pt_joint_pca){0};
}

void pt_joint_pca_fini(pt_joint_pca *pca)
{
	pt_free(pca->scores[0]);
	*pca = (pt_joint_pca){0};
}

/* K as an operator. Rows of `sums` and `images` are points, V numbers each; those of first points stay 0. */
typedef struct joint_operator {
	const pt_joint_input *input;
	size_t n;
	double *sums, *images; /* n × V */
} joint_operator;

/* images += D sums over the increments of one run. */
static void multiply_own(const pt_gram *gram, const double *sums, double *images)
{
	for (size_t i = 1; i < gram->n; i++) {
		const double *row = pt_gram_row(gram, i);
		double total[V] = {0};
		for (size_t j = 1; j < i; j++)
			for (size_t v = 0; v < V; v++) {
				total[v] += row[j] * sums[j * V + v];
				images[j * V + v] += row[j] * sums[i * V + v];
			}
		for (size_t v = 0; v < V; v++)
			images[i * V + v] += total[v] + row[i] * sums[i * V + v];
	}
}

/* The same over the increments of two runs, both ways. */
static void multiply_cross(pt_block cross, const double *sums[2], double *images[2])
{
	if (cross.n_rows < 2 || cross.n_cols < 2)
		return;
	pt_block inner = {cross.at + cross.stride + 1, cross.n_rows - 1, cross.n_cols - 1, cross.stride};
	for (int back = 0; back < 2; back++) {
		pt_block from = {sums[!back] + V, back ? inner.n_rows : inner.n_cols, V, V};
		pt_block_mut to = {images[back] + V, back ? inner.n_cols : inner.n_rows, V, V};
		pt_status status = pt_blas_multiply(back, false, 1.0, inner, from, 1.0, to, NULL);
		assert(status == PT_OK); /* the shapes fit, and n was checked against the library's integers */
		(void)status;
	}
}

/* images = D sums, run by run and pair by pair. */
static void multiply_increments(const joint_operator *k)
{
	const pt_joint_input *input = k->input;
	memset(k->images, 0, k->n * V * sizeof *k->images);
	size_t first = 0;
	for (size_t r = 0; r < input->n_runs; first += input->grams[r]->n, r++) {
		multiply_own(input->grams[r], k->sums + first * V, k->images + first * V);
		size_t other = first + input->grams[r]->n;
		for (size_t s = r + 1; s < input->n_runs; other += input->grams[s]->n, s++)
			multiply_cross(input->cross[r * input->n_runs + s],
				(const double *[2]){k->sums + first * V, k->sums + other * V},
				(double *[2]){k->images + first * V, k->images + other * V});
	}
}

/* P x: sums from the end of each run, D applied to them, and sums from its beginning. */
static void multiply_points(
	const joint_operator *k, size_t n_vectors, const double *const *x, double *const *y)
{
	size_t first = 0;
	for (size_t r = 0; r < k->input->n_runs; r++) {
		size_t n = k->input->grams[r]->n;
		for (size_t v = 0; v < V; v++) {
			double sum = 0.0;
			for (size_t i = first + n; i-- > first + 1;)
				k->sums[i * V + v] = sum += v < n_vectors ? x[v][i] : 0.0;
			k->sums[first * V + v] = 0.0;
		}
		first += n;
	}
	multiply_increments(k);
	first = 0;
	for (size_t r = 0; r < k->input->n_runs; r++) {
		size_t n = k->input->grams[r]->n;
		for (size_t v = 0; v < n_vectors; v++) {
			double sum = 0.0;
			for (size_t i = first; i < first + n; i++)
				y[v][i] = i == first ? 0.0 : (sum += k->images[i * V + v]);
		}
		first += n;
	}
}

static double mean_of(const double *values, size_t n)
{
	double sum = 0.0;
	for (size_t i = 0; i < n; i++)
		sum += values[i];
	return sum / (double)n;
}

/* y = H P x, x of mean 0: a pt_operator. */
static void multiply_centred(const void *context, size_t n_vectors, const double *const *x, double *const *y)
{
	const joint_operator *k = context;
	multiply_points(k, n_vectors, x, y);
	for (size_t v = 0; v < n_vectors; v++) {
		double mean = mean_of(y[v], k->n);
		for (size_t i = 0; i < k->n; i++)
			y[v][i] -= mean;
	}
}

/* tr K = Σ ‖x_i‖² − 1ᵀP1/N. */
static pt_status total_of(const joint_operator *k, double *total, pt_error *err)
{
	double *ones = pt_array_alloc(k->n, 2 * sizeof *ones);
	if (!ones)
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the variance of several runs");
	double *image = ones + k->n, sum = 0.0;
	for (size_t i = 0; i < k->n; i++)
		ones[i] = 1.0;
	multiply_points(k, 1, (const double *[1]){ones}, &image);
	double of_mean = mean_of(image, k->n) * (double)k->n;
	for (size_t r = 0; r < k->input->n_runs; r++) {
		pt_gram_lengths(k->input->grams[r], ones, NULL, NULL);
		for (size_t i = 0; i < k->input->grams[r]->n; i++)
			sum += ones[i] * ones[i];
	}
	*total = sum - of_mean / (double)k->n;
	pt_free(ones);
	if (!isfinite(*total))
		return pt_fail(err, PT_ERR_NOT_FINITE, NULL, -1, "NaN or infinity among the products of increments");
	return PT_OK;
}

/* K from its operator, column by column: for few points, and where Lanczos does not settle. */
static pt_status solve_dense(
	const joint_operator *k, size_t n_wanted, double *values, double *vectors, pt_error *err)
{
	size_t n = k->n;
	double *matrix = pt_array_alloc(n, n * sizeof *matrix), *unit = pt_array_alloc(n, sizeof *unit);
	pt_status status = matrix && unit ? PT_OK : pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for PCA");
	for (size_t c = 0; c < n && status == PT_OK; c++) {
		for (size_t i = 0; i < n; i++)
			unit[i] = (i == c ? 1.0 : 0.0) - 1.0 / (double)n;
		double *column = matrix + c * n;
		multiply_centred(k, 1, (const double *[1]){unit}, &column);
	}
	if (status == PT_OK)
		status = pt_blas_eigen_symmetric(n, matrix, n_wanted, values, vectors, err);
	pt_free(matrix);
	pt_free(unit);
	return status;
}

static pt_status solve(
	const joint_operator *k, size_t n_wanted, double *values, double *vectors, pt_error *err)
{
	if (k->n <= DENSE_UP_TO)
		return solve_dense(k, n_wanted, values, vectors, err);
	pt_lanczos l;
	pt_lanczos_init(&l);
	pt_status status = pt_lanczos_start(&l, k->n, n_wanted, n_wanted, multiply_centred, k, err);
	if (status == PT_OK)
		status = pt_lanczos_settle(&l, multiply_centred, k, err);
	if (status == PT_OK)
		status = pt_lanczos_vectors(&l, vectors, err);
	for (size_t c = 0; c < n_wanted && status == PT_OK; c++)
		values[c] = pt_lanczos_value(&l, c);
	pt_lanczos_fini(&l);
	return status == PT_ERR_UNDEFINED ? solve_dense(k, n_wanted, values, vectors, err) : status;
}

/* As in trajectory_pca.c: an eigenvalue below the rounding of the total counts as 0. */
static void fill(
	pt_joint_pca *pca, const double *values, const double *vectors, size_t n_wanted, double total)
{
	for (size_t c = 0; c < PT_JOINT_COMPONENTS; c++) {
		bool there = c < n_wanted && values[c] > 4.0 * DBL_EPSILON * total;
		pca->explained[c] = there ? fmin(values[c] / total, 1.0) : 0.0;
		for (size_t i = 0; there && i < pca->n; i++)
			pca->scores[c][i] = sqrt(values[c]) * vectors[c * pca->n + i];
		if (there)
			pt_component_choose_sign(pca->scores[c], pca->n);
	}
}

static pt_status compute(const joint_operator *k, pt_joint_pca *fresh, pt_error *err)
{
	double total = 0.0, values[PT_JOINT_COMPONENTS] = {0};
	pt_status status = total_of(k, &total, err);
	if (status != PT_OK || !(total > 0.0))
		return status;
	size_t n = k->n, n_wanted = n - 1 < PT_JOINT_COMPONENTS ? n - 1 : PT_JOINT_COMPONENTS;
	double *scores = pt_array_alloc(n, PT_JOINT_COMPONENTS * sizeof *scores);
	double *vectors = pt_array_alloc(n, n_wanted * sizeof *vectors);
	if (!scores || !vectors)
		status = pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for PCA");
	else
		status = solve(k, n_wanted, values, vectors, err);
	if (status == PT_OK) {
		*fresh = (pt_joint_pca){.present = true, .n = n, .scores = {scores, scores + n}};
		fill(fresh, values, vectors, n_wanted, total);
	} else {
		pt_free(scores);
	}
	pt_free(vectors);
	return status;
}

pt_status pt_joint_pca_compute(const pt_joint_input *input, pt_joint_pca *pca, pt_error *err)
{
	joint_operator k = {.input = input};
	pt_joint_pca fresh = {0};
	for (size_t r = 0; r < input->n_runs; r++)
		k.n += input->grams[r]->n;
	if (k.n > 1) {
		k.sums = pt_array_alloc(k.n, 2 * V * sizeof *k.sums);
		if (!k.sums)
			return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for PCA");
		k.images = k.sums + k.n * V;
		pt_status status = compute(&k, &fresh, err);
		pt_free(k.sums);
		if (status != PT_OK)
			return status;
	}
	pt_joint_pca_fini(pca);
	*pca = fresh;
	return PT_OK;
}
