/* The eigensolver under PCA: what it settles, with how many passes, and what it keeps from one order to the
 * next. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "../../../src/numeric/jacobi.h"
#include "../../../src/numeric/lanczos.h"
#include "../../helpers/random_numbers.h"
#include "phasetop/numeric/blas.h"

enum { MOST = 200, LENGTH = 60 };

/* K = H V Vᵀ H of the first n of the points V; counts the passes. */
typedef struct points {
	size_t n, length;
	double v[MOST][LENGTH];
	size_t *n_passes;
} points;

static void walk(points *p, size_t n, size_t length)
{
	uint64_t state = 5;
	p->n = n;
	p->length = length;
	for (size_t i = 0; i < n; i++)
		for (size_t e = 0; e < length; e++)
			p->v[i][e] = (i > 0 ? p->v[i - 1][e] : 0.0) + random_uniform(&state);
}

static void centre(double *x, size_t n)
{
	double mean = 0.0;
	for (size_t i = 0; i < n; i++)
		mean += x[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		x[i] -= mean;
}

static void multiply(const void *context, size_t n_vectors, const double *const *x, double *const *y)
{
	const points *p = context;
	++*p->n_passes;
	for (size_t c = 0; c < n_vectors; c++) {
		double sums[LENGTH] = {0};
		for (size_t i = 0; i < p->n; i++)
			for (size_t e = 0; e < p->length; e++)
				sums[e] += p->v[i][e] * x[c][i];
		for (size_t i = 0; i < p->n; i++) {
			y[c][i] = 0.0;
			for (size_t e = 0; e < p->length; e++)
				y[c][i] += p->v[i][e] * sums[e];
		}
		centre(y[c], p->n);
	}
}

/* K (e_n − e_{n−1}) */
static void image_of_last(const points *p, double *image)
{
	for (size_t i = 0; i < p->n; i++) {
		image[i] = 0.0;
		for (size_t e = 0; e < p->length; e++)
			image[i] += p->v[i][e] * (p->v[p->n - 1][e] - p->v[p->n - 2][e]);
	}
}

static void check_against_dsyevr(const pt_lanczos *l, const points *p)
{
	static double k[MOST * MOST], vectors[3 * MOST], got[3 * MOST];
	double values[3];
	size_t n_passes = 0;
	points uncounted = *p;
	uncounted.n_passes = &n_passes;
	for (size_t j = 0; j < p->n; j++) {
		double unit[MOST] = {0}, *to[1] = {k + j * p->n};
		const double *from[1] = {unit};
		unit[j] = 1.0;
		centre(unit, p->n);
		multiply(&uncounted, 1, from, to);
	}
	assert_int_equal(pt_blas_eigen_symmetric(p->n, k, 3, values, vectors, NULL), PT_OK);
	assert_int_equal(pt_lanczos_vectors(l, got, NULL), PT_OK);
	for (size_t c = 0; c < l->n_exact; c++) {
		double product = 0.0;
		for (size_t i = 0; i < p->n; i++)
			product += got[c * p->n + i] * vectors[c * p->n + i];
		assert_true(fabs(fabs(product) - 1.0) < 1e-12);
		assert_true(fabs(pt_lanczos_value(l, c) - values[c]) < 1e-12 * values[0]);
	}
}

static void a_cold_start_takes_few_passes(void **state)
{
	(void)state;
	static points p;
	size_t n_passes = 0;
	walk(&p, MOST, LENGTH);
	p.n_passes = &n_passes;
	pt_lanczos l;
	pt_lanczos_init(&l);
	assert_int_equal(pt_lanczos_start(&l, p.n, 2, 2, multiply, &p, NULL), PT_OK);
	assert_int_equal(pt_lanczos_settle(&l, multiply, &p, NULL), PT_OK);
	check_against_dsyevr(&l, &p);
	assert_in_range(n_passes, 2, 9);
	pt_lanczos_fini(&l);
}

static void a_grown_walk_takes_fewer(void **state)
{
	(void)state;
	static points p;
	size_t n_passes = 0, n_frames = 0;
	walk(&p, MOST, LENGTH);
	p.n_passes = &n_passes;
	p.n = 100;
	pt_lanczos l;
	pt_lanczos_init(&l);
	assert_int_equal(pt_lanczos_start(&l, p.n, 2, 2, multiply, &p, NULL), PT_OK);
	assert_int_equal(pt_lanczos_settle(&l, multiply, &p, NULL), PT_OK);
	for (n_passes = 0; p.n < MOST; n_frames++) {
		double image[MOST];
		p.n++;
		image_of_last(&p, image);
		assert_int_equal(pt_lanczos_border(&l, image, NULL), PT_OK);
		assert_int_equal(pt_lanczos_settle(&l, multiply, &p, NULL), PT_OK);
		if (p.n % 10 == 0)
			check_against_dsyevr(&l, &p);
	}
	assert_true(n_passes < 5 * n_frames);
	pt_lanczos_fini(&l);
}

/* All that K does lies in the span of the old basis and the new direction: nothing is left to ask K for. */
static void growth_within_a_small_rank_takes_no_pass(void **state)
{
	(void)state;
	static points p;
	size_t n_passes = 0;
	walk(&p, 120, 3);
	p.n_passes = &n_passes;
	p.n = 80;
	pt_lanczos l;
	pt_lanczos_init(&l);
	assert_int_equal(pt_lanczos_start(&l, p.n, 3, 3, multiply, &p, NULL), PT_OK);
	assert_int_equal(pt_lanczos_settle(&l, multiply, &p, NULL), PT_OK);
	for (n_passes = 0; p.n < 120;) {
		double image[MOST];
		p.n++;
		image_of_last(&p, image);
		assert_int_equal(pt_lanczos_border(&l, image, NULL), PT_OK);
		assert_int_equal(pt_lanczos_settle(&l, multiply, &p, NULL), PT_OK);
		check_against_dsyevr(&l, &p);
	}
	assert_int_equal(n_passes, 0);
	pt_lanczos_fini(&l);
}

/* The new point stands off at a right angle, farther than all the others: its direction has no part in any
   vector of the old basis. */
static void a_direction_never_seen_before_is_not_missed(void **state)
{
	(void)state;
	static points p;
	size_t n_passes = 0;
	walk(&p, 90, 20);
	p.length = 21;
	p.n_passes = &n_passes;
	p.n = 89;
	pt_lanczos l;
	pt_lanczos_init(&l);
	for (size_t i = 0; i < 90; i++)
		p.v[i][20] = 0.0;
	assert_int_equal(pt_lanczos_start(&l, p.n, 2, 2, multiply, &p, NULL), PT_OK);
	assert_int_equal(pt_lanczos_settle(&l, multiply, &p, NULL), PT_OK);
	double image[MOST], before = pt_lanczos_value(&l, 0);
	p.n = 90;
	memcpy(p.v[89], p.v[88], sizeof p.v[89]);
	p.v[89][20] = 1e3;
	image_of_last(&p, image);
	assert_int_equal(pt_lanczos_border(&l, image, NULL), PT_OK);
	assert_int_equal(pt_lanczos_settle(&l, multiply, &p, NULL), PT_OK);
	check_against_dsyevr(&l, &p);
	assert_true(pt_lanczos_value(&l, 0) > 10.0 * before);
	pt_lanczos_fini(&l);
}

/* Equal eigenvalues by the dozen leave nothing to tell the wanted vectors by. */
static void what_does_not_settle_is_said_to_be_undefined(void **state)
{
	(void)state;
	static points p;
	size_t n_passes = 0;
	uint64_t seed = 3;
	p.n = MOST;
	p.length = LENGTH;
	p.n_passes = &n_passes;
	for (size_t i = 0; i < MOST; i++)
		for (size_t e = 0; e < LENGTH; e++)
			p.v[i][e] = i % LENGTH == e ? 1.0 + 1e-9 * random_uniform(&seed) : 0.0;
	pt_lanczos l;
	pt_lanczos_init(&l);
	assert_int_equal(pt_lanczos_start(&l, p.n, 2, 2, multiply, &p, NULL), PT_OK);
	assert_int_equal(pt_lanczos_settle(&l, multiply, &p, NULL), PT_ERR_UNDEFINED);
	assert_int_equal(l.n, 0);
	pt_lanczos_fini(&l);
}

static void jacobi_leads_to_what_dsyevr_says(void **state)
{
	(void)state;
	enum { M = 20, STRIDE = 24 };
	double matrix[M * STRIDE], full[M * M], vectors[M * STRIDE] = {0}, values[3], expected[3 * M];
	const double most[3] = {0.0, 0.0, 0.0};
	uint64_t seed = 9;
	for (size_t i = 0; i < M; i++)
		for (size_t j = 0; j <= i; j++) {
			double entry = i == j      ? 100.0 / (double)((i + 1) * (i + 1))
						   : i < M - 2 ? 0.0
									   : random_uniform(&seed);
			matrix[i * STRIDE + j] = matrix[j * STRIDE + i] = full[i * M + j] = full[j * M + i] = entry;
			vectors[i * STRIDE + j] = i == j ? 1.0 : 0.0;
		}
	assert_int_equal(pt_blas_eigen_symmetric(M, full, 3, values, expected, NULL), PT_OK);
	pt_jacobi(M, STRIDE, 3, most, matrix, vectors);
	for (size_t c = 0; c < 3; c++) {
		double product = 0.0;
		for (size_t i = 0; i < M; i++)
			product += vectors[c * STRIDE + i] * expected[c * M + i];
		assert_true(fabs(fabs(product) - 1.0) < 1e-14);
		assert_true(fabs(matrix[c * STRIDE + c] - values[c]) < 1e-13);
	}
	for (size_t i = 0; i + 1 < M; i++)
		assert_true(matrix[i * STRIDE + i] >= matrix[(i + 1) * STRIDE + i + 1]);
}

int main(void)
{
	pt_blas_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cold_start_takes_few_passes),
		cmocka_unit_test(a_grown_walk_takes_fewer),
		cmocka_unit_test(growth_within_a_small_rank_takes_no_pass),
		cmocka_unit_test(a_direction_never_seen_before_is_not_missed),
		cmocka_unit_test(what_does_not_settle_is_said_to_be_undefined),
		cmocka_unit_test(jacobi_leads_to_what_dsyevr_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
