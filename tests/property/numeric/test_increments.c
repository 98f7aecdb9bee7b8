/* What must hold of increment Grams whatever the data and the order of arrival. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "made_trajectory.h"
#include "phasetop/numeric/blas.h"
#include "phasetop/numeric/local_cosine.h"
#include "phasetop/numeric/trajectory_pca.h"

static const size_t ranks[] = {1, 2, 5};
enum { N_RANKS = sizeof ranks / sizeof *ranks, N = 20, D_IN = 41, D_OUT = 29 };

/* Entries agree to `bound` of √(D_ii D_jj). */
static void check_same(const pt_gram *x, const pt_gram *y, double bound)
{
	assert_int_equal(x->n, y->n);
	for (size_t i = 0; i < x->n; i++)
		for (size_t j = 0; j <= i; j++) {
			double scale = sqrt(pt_gram_at(x, i, i)) * sqrt(pt_gram_at(x, j, j));
			double d = fabs(pt_gram_at(x, i, j) - pt_gram_at(y, i, j));
			if (!(d <= bound * scale))
				fail_msg("D(%zu, %zu): %.17g and %.17g, scale %g", i, j, pt_gram_at(x, i, j),
					pt_gram_at(y, i, j), scale);
		}
}

/* A, B and, at rank 1, dW agree to the bit; dW of higher ranks (BLAS, whose sums depend on the place in a
   block) to 1e-12. */
static void check_same_history(const pt_module_history *x, const pt_module_history *y, size_t rank)
{
	for (pt_trajectory t = PT_TRAJECTORY_A; t <= PT_TRAJECTORY_DW; t++) {
		bool to_the_bit = t != PT_TRAJECTORY_DW || rank == 1;
		check_same(pt_module_history_gram(x, t), pt_module_history_gram(y, t), to_the_bit ? 0.0 : 1e-12);
		size_t n = pt_module_history_n(x);
		assert_int_equal(n, pt_module_history_n(y));
		assert_memory_equal(pt_module_history_norms(x, t), pt_module_history_norms(y, t), n * sizeof(double));
	}
}

/* Explicit increments of dW in long double: what the factored form must give. */
static void batch_gram(const made *m, pt_gram *gram)
{
	size_t size = m->shape.d_in * m->shape.d_out;
	long double *updates = calloc(m->n * size, sizeof *updates);
	for (size_t i = 0; i < m->n; i++)
		for (size_t o = 0; o < m->shape.d_out; o++)
			for (size_t e = 0; e < m->shape.d_in; e++) {
				long double sum = 0.0L;
				for (size_t p = 0; p < m->shape.rank; p++)
					sum += (long double)m->b64[i * m->length_b + o * m->shape.rank + p] *
						   (long double)m->a64[i * m->length_a + p * m->shape.d_in + e];
				updates[i * size + o * m->shape.d_in + e] = (long double)m->scalings[i] * sum;
			}
	assert_int_equal(pt_gram_zero(gram, m->n, NULL), PT_OK);
	for (size_t i = m->n; i-- > 1;)
		for (size_t e = 0; e < size; e++)
			updates[i * size + e] -= updates[(i - 1) * size + e];
	for (size_t i = 0; i < m->n; i++)
		for (size_t j = 0; j <= i; j++) {
			long double sum = 0.0L;
			for (size_t e = 0; e < size; e++)
				sum += updates[i * size + e] * updates[j * size + e];
			gram->packed[i * (i + 1) / 2 + j] = (double)sum;
		}
	free(updates);
}

static void streaming_equals_batch(void **state)
{
	(void)state;
	for (size_t r = 0; r < N_RANKS; r++)
		for (hostile kind = 0; kind < N_HOSTILE; kind++) {
			made m = made_create(N, ranks[r], D_IN, D_OUT, kind, 7 + kind);
			pt_module_history *history = made_history(&m, m.n);
			pt_gram batch;
			pt_gram_init(&batch);
			batch_gram(&m, &batch);
			check_same(&batch, pt_module_history_gram(history, PT_TRAJECTORY_DW), 1e-10);
			pt_gram_fini(&batch);
			pt_module_history_destroy(history);
			made_free(&m);
		}
}

static void order_of_arrival_does_not_matter(void **state)
{
	(void)state;
	for (size_t r = 0; r < N_RANKS; r++)
		for (hostile kind = 0; kind < N_HOSTILE; kind++) {
			made m = made_create(N, ranks[r], D_IN, D_OUT, kind, 99 + kind);
			pt_module_history *in_order = made_history(&m, m.n), *shuffled = NULL;
			assert_int_equal(pt_module_history_create(&shuffled, NULL), PT_OK);
			bool there[N] = {false};
			for (size_t i = 0; i < N; i++) {
				size_t next = (i * 13 + 7) % N, index = 0; /* 13 and 20 have no common divisor */
				for (size_t j = 0; j < next; j++)
					index += there[j];
				there[next] = true;
				pt_module_checkpoint c = made_checkpoint(&m, next);
				assert_int_equal(pt_module_history_insert(shuffled, index, &c, NULL), PT_OK);
			}
			check_same_history(in_order, shuffled, ranks[r]);
			pt_module_history_destroy(in_order);
			pt_module_history_destroy(shuffled);
			made_free(&m);
		}
}

static void live_equals_cold_to_the_bit(void **state)
{
	(void)state;
	for (size_t r = 0; r < N_RANKS; r++) {
		made m = made_create(N, ranks[r], D_IN, D_OUT, MADE_SMOOTH, 5);
		pt_module_history *whole = made_history(&m, N), *live = made_history(&m, N / 2);
		for (size_t i = N / 2; i < N; i++) {
			pt_module_checkpoint c = made_checkpoint(&m, i);
			assert_int_equal(pt_module_history_insert(live, i, &c, NULL), PT_OK);
		}
		for (pt_trajectory t = PT_TRAJECTORY_A; t <= PT_TRAJECTORY_DW; t++)
			assert_memory_equal(pt_module_history_gram(whole, t)->packed,
				pt_module_history_gram(live, t)->packed, N * (N + 1) / 2 * sizeof(double));
		pt_module_history_destroy(whole);
		pt_module_history_destroy(live);
		made_free(&m);
	}
}

static void replace_and_remove_equal_a_rebuild(void **state)
{
	(void)state;
	for (size_t r = 0; r < N_RANKS; r++) {
		made m = made_create(N, ranks[r], D_IN, D_OUT, MADE_SMOOTH, 31);
		made other = made_create(N, ranks[r], D_IN, D_OUT, MADE_SMOOTH, 32);
		pt_module_history *expected = made_history(&m, N), *history = made_history(&m, N);
		/* Wrong values first, then the right ones again: at the ends and inside. */
		static const size_t places[] = {0, 1, 9, N - 2, N - 1};
		for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
			pt_module_checkpoint wrong = made_checkpoint(&other, places[p]);
			assert_int_equal(pt_module_history_replace(history, places[p], &wrong, NULL), PT_OK);
			pt_module_checkpoint right = made_checkpoint(&m, places[p]);
			assert_int_equal(pt_module_history_replace(history, places[p], &right, NULL), PT_OK);
			check_same_history(expected, history, ranks[r]);
			assert_int_equal(pt_module_history_insert(history, places[p], &wrong, NULL), PT_OK);
			assert_int_equal(pt_module_history_remove(history, places[p], NULL), PT_OK);
			check_same_history(expected, history, ranks[r]);
		}
		while (pt_module_history_n(history) > 0)
			assert_int_equal(pt_module_history_remove(history, 0, NULL), PT_OK);
		assert_false(pt_module_history_has(history, PT_TRAJECTORY_B));
		pt_module_history_destroy(expected);
		pt_module_history_destroy(history);
		made_free(&m);
		made_free(&other);
	}
}

static void gauge_leaves_the_update_unchanged(void **state)
{
	(void)state;
	static const double factors[] = {3.0, 1.0 / 7.0, 1e5, -1e-3};
	for (size_t r = 0; r < N_RANKS; r++)
		for (size_t f = 0; f < sizeof factors / sizeof *factors; f++) {
			made m = made_create(N, ranks[r], D_IN, D_OUT, MADE_SMOOTH, 77);
			pt_module_history *history = made_history(&m, N), *turned = NULL;
			for (size_t e = 0; e < N * m.length_a; e++)
				m.a64[e] /= factors[f];
			for (size_t e = 0; e < N * m.length_b; e++)
				m.b64[e] *= factors[f];
			assert_int_equal(pt_module_history_create(&turned, NULL), PT_OK);
			for (size_t i = 0; i < N; i++) {
				pt_module_checkpoint c = made_checkpoint_f64(&m, i);
				assert_int_equal(pt_module_history_insert(turned, i, &c, NULL), PT_OK);
			}
			check_same(pt_module_history_gram(history, PT_TRAJECTORY_DW),
				pt_module_history_gram(turned, PT_TRAJECTORY_DW), 1e-9);
			const double *x = pt_module_history_norms(history, PT_TRAJECTORY_DW);
			const double *y = pt_module_history_norms(turned, PT_TRAJECTORY_DW);
			for (size_t i = 0; i < N; i++)
				assert_true(fabs(x[i] - y[i]) <= 1e-9 * x[N - 1]);
			pt_module_history_destroy(history);
			pt_module_history_destroy(turned);
			made_free(&m);
		}
}

/* A double among floats widens the history; nothing else changes. */
static void a_double_among_floats_changes_nothing(void **state)
{
	(void)state;
	made m = made_create(N, 1, D_IN, D_OUT, MADE_SMOOTH, 41);
	pt_module_history *floats = made_history(&m, N), *mixed = made_history(&m, N - 4);
	for (size_t i = N - 4; i < N; i++) {
		pt_module_checkpoint c = i % 2 ? made_checkpoint(&m, i) : made_checkpoint_f64(&m, i);
		assert_int_equal(pt_module_history_insert(mixed, i, &c, NULL), PT_OK);
	}
	for (pt_trajectory t = PT_TRAJECTORY_A; t <= PT_TRAJECTORY_DW; t++)
		check_same(pt_module_history_gram(floats, t), pt_module_history_gram(mixed, t), 0.0);
	pt_module_history_destroy(floats);
	pt_module_history_destroy(mixed);
	made_free(&m);
}

/* Selecting checkpoints from D equals a history of the selected ones alone. */
static void selection_equals_a_run_of_the_selected(void **state)
{
	(void)state;
	made m = made_create(N, 2, D_IN, D_OUT, MADE_SMOOTH, 61);
	static const size_t selected[] = {1, 2, 5, 11, 12, 13, 18};
	enum { N_SELECTED = sizeof selected / sizeof *selected };
	pt_module_history *whole = made_history(&m, N), *part = NULL;
	assert_int_equal(pt_module_history_create(&part, NULL), PT_OK);
	for (size_t i = 0; i < N_SELECTED; i++) {
		pt_module_checkpoint c = made_checkpoint(&m, selected[i]);
		assert_int_equal(pt_module_history_insert(part, i, &c, NULL), PT_OK);
	}
	for (pt_trajectory t = PT_TRAJECTORY_A; t <= PT_TRAJECTORY_DW; t++) {
		pt_gram chosen;
		pt_gram_init(&chosen);
		assert_int_equal(
			pt_gram_select(pt_module_history_gram(whole, t), selected, N_SELECTED, &chosen, NULL), PT_OK);
		check_same(pt_module_history_gram(part, t), &chosen, 1e-12);
		pt_gram_fini(&chosen);
	}
	pt_module_history_destroy(whole);
	pt_module_history_destroy(part);
	made_free(&m);
}

/* The cosine brought up to date checkpoint by checkpoint is the cosine of all at once, to the bit. */
static void cosine_grows_as_it_would_be_computed(void **state)
{
	(void)state;
	made m = made_create(N, 1, D_IN, D_OUT, MADE_STANDING, 3);
	int64_t steps[N];
	for (size_t i = 0; i < N; i++)
		steps[i] = i < 4 ? (int64_t)i : 5 * (int64_t)i - 12;
	pt_local_cosine live, cold;
	pt_local_cosine_init(&live);
	for (size_t n = 1; n <= N; n++) {
		pt_module_history *history = made_history(&m, n);
		const pt_gram *gram = pt_module_history_gram(history, PT_TRAJECTORY_B);
		pt_cosine_options options = pt_cosine_options_default();
		options.k = 10;
		options.tolerance = n % 2 ? -1 : 0;
		options.min_step_frac = n % 3 ? 0.0 : 0.9;
		pt_local_cosine_init(&cold);
		assert_int_equal(pt_local_cosine_update(&live, gram, steps, n - 1, &options, NULL), PT_OK);
		assert_int_equal(pt_local_cosine_update(&cold, gram, steps, 0, &options, NULL), PT_OK);
		assert_int_equal(live.n, cold.n);
		assert_int_equal(live.minimum, cold.minimum);
		assert_int_equal(live.dip, cold.dip);
		assert_int_equal(live.pending_from_step, cold.pending_from_step);
		if (live.n > 0) {
			assert_memory_equal(live.values, cold.values, live.n * sizeof *live.values);
			assert_memory_equal(live.gaps, cold.gaps, live.n);
		}
		pt_local_cosine_fini(&cold);
		pt_module_history_destroy(history);
	}
	pt_local_cosine_fini(&live);
	made_free(&m);
}

/* A Gram of increments from given singular values of the trajectory: rows of random vectors, scaled. */
static void gram_with_spectrum(pt_gram *gram, size_t n, const double *sigma, size_t n_sigma, uint64_t seed)
{
	double *v = calloc(n * n_sigma, sizeof *v);
	for (size_t c = 0; c < n_sigma; c++) {
		for (size_t i = 0; i < n; i++)
			v[i * n_sigma + c] = random_uniform(&seed);
		/* centred, orthonormal among themselves, twice, then scaled */
		for (int pass = 0; pass < 2; pass++) {
			double mean = 0.0;
			for (size_t i = 0; i < n; i++)
				mean += v[i * n_sigma + c] / (double)n;
			for (size_t i = 0; i < n; i++)
				v[i * n_sigma + c] -= mean;
			for (size_t b = 0; b < c; b++) {
				double dot = 0.0;
				for (size_t i = 0; i < n; i++)
					dot += v[i * n_sigma + c] * v[i * n_sigma + b];
				for (size_t i = 0; i < n; i++)
					v[i * n_sigma + c] -= dot * v[i * n_sigma + b];
			}
			double square = 0.0;
			for (size_t i = 0; i < n; i++)
				square += v[i * n_sigma + c] * v[i * n_sigma + c];
			for (size_t i = 0; i < n; i++)
				v[i * n_sigma + c] /= sqrt(square);
		}
	}
	for (size_t i = 0; i < n * n_sigma; i++)
		v[i] *= sigma[i % n_sigma];
	for (size_t i = n; i-- > 1;)
		for (size_t c = 0; c < n_sigma; c++)
			v[i * n_sigma + c] -= v[(i - 1) * n_sigma + c];
	assert_int_equal(pt_gram_zero(gram, n, NULL), PT_OK);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++)
			for (size_t c = 0; c < n_sigma; c++)
				gram->packed[i * (i + 1) / 2 + j] += v[i * n_sigma + c] * v[j * n_sigma + c];
	free(v);
}

static void check_solvers(size_t n, const double *sigma, size_t n_sigma, bool vectors_are_unique)
{
	pt_gram gram;
	pt_pca dense, lanczos;
	pt_gram_init(&gram);
	pt_pca_init(&dense);
	pt_pca_init(&lanczos);
	gram_with_spectrum(&gram, n, sigma, n_sigma, 17);
	assert_int_equal(pt_trajectory_pca(&gram, PT_PCA_SOLVER_DENSE, &dense, NULL), PT_OK);
	assert_int_equal(pt_trajectory_pca(&gram, PT_PCA_SOLVER_LANCZOS, &lanczos, NULL), PT_OK);
	double total = 0.0;
	for (size_t c = 0; c < n_sigma; c++)
		total += sigma[c] * sigma[c];
	for (size_t c = 0; c < lanczos.n_scree; c++) {
		double ratio = c < n_sigma ? sigma[c] * sigma[c] / total : 0.0;
		assert_true(fabs(lanczos.scree[c] - ratio) <= 1e-10);
		assert_true(fabs(dense.scree[c] - ratio) <= 1e-10);
	}
	for (size_t c = 0; vectors_are_unique && c < PT_PCA_COMPONENTS; c++)
		for (size_t i = 0; i < n; i++)
			assert_true(fabs(lanczos.scores[c][i] - dense.scores[c][i]) <= 1e-8 * sigma[c]);
	pt_pca_fini(&dense);
	pt_pca_fini(&lanczos);
	pt_gram_fini(&gram);
}

static void lanczos_equals_dsyevr(void **state)
{
	(void)state;
	static const double falling[] = {10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 1e-3, 1e-4};
	static const double close[] = {10, 5.00001, 5, 4.99999, 3, 2.9999, 2, 1, 0.9, 0.8, 0.7, 0.6, 0.5};
	static const double twice[] = {5, 5, 3, 3, 1, 0.5, 0.25, 0.125, 0.06, 0.03, 0.01};
	static const double line[] = {7};
	double flat[60];
	for (size_t c = 0; c < 60; c++)
		flat[c] = 1.0 + 1e-3 * (double)(60 - c);
	for (size_t n = 66; n <= 200; n += 67) {
		check_solvers(n, falling, sizeof falling / sizeof *falling, true);
		check_solvers(n, close, sizeof close / sizeof *close, true);
		check_solvers(n, twice, sizeof twice / sizeof *twice, false);
		check_solvers(n, flat, 60, true);
		check_solvers(n, line, 1, false);
	}
}

int main(void)
{
	pt_blas_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streaming_equals_batch),
		cmocka_unit_test(order_of_arrival_does_not_matter),
		cmocka_unit_test(live_equals_cold_to_the_bit),
		cmocka_unit_test(replace_and_remove_equal_a_rebuild),
		cmocka_unit_test(gauge_leaves_the_update_unchanged),
		cmocka_unit_test(a_double_among_floats_changes_nothing),
		cmocka_unit_test(selection_equals_a_run_of_the_selected),
		cmocka_unit_test(cosine_grows_as_it_would_be_computed),
		cmocka_unit_test(lanczos_equals_dsyevr),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
