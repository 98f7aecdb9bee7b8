/* dW of rank > 1, whose blocks of levels are summed from increments: accuracy, bands, rows, processors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sched.h>

#include "../../../src/numeric/update_rows.h"
#include "made_trajectory.h"
#include "phasetop/numeric/blas.h"

/* Long enough beside the rank for running blocks to be kept. */
typedef struct size_of_module {
	size_t rank, d_in, d_out;
} size_of_module;
static const size_of_module sizes[] = {{2, 70, 61}, {4, 41, 90}, {8, 75, 60}, {32, 290, 231}};
enum { N_SIZES = sizeof sizes / sizeof *sizes, N = 14 };

static pt_module_history *empty(size_t band)
{
	pt_module_history *history = NULL;
	assert_int_equal(pt_module_history_create(&history, NULL), PT_OK);
	pt_module_history_set_band(history, band);
	return history;
}

static void append(pt_module_history *history, const made *m, size_t i)
{
	pt_module_checkpoint c = made_checkpoint(m, i);
	assert_int_equal(pt_module_history_insert(history, pt_module_history_n(history), &c, NULL), PT_OK);
}

static void check_entry(const pt_gram *gram, size_t i, size_t j, double value, double expected, double bound)
{
	double scale = sqrt(pt_gram_at(gram, i, i)) * sqrt(pt_gram_at(gram, j, j));
	if (!(fabs(value - expected) <= bound * scale))
		fail_msg("D(%zu, %zu): %.17g, not %.17g, scale %g", i, j, value, expected, scale);
}

/* Products of long doubles: rows of A, columns of B of checkpoint i's level or increment. */
typedef struct long_blocks {
	long double *a[2], *b[2]; /* level (B's of the checkpoint before), increment */
} long_blocks;

static long_blocks long_factors(const made *m, size_t i)
{
	long_blocks l;
	for (int kind = 0; kind < 2; kind++) {
		l.a[kind] = calloc(m->length_a, sizeof *l.a[kind]);
		l.b[kind] = calloc(m->length_b, sizeof *l.b[kind]);
	}
	for (size_t e = 0; e < m->length_a; e++) {
		long double x = (long double)m->a64[i * m->length_a + e];
		l.a[0][e] = x;
		l.a[1][e] = x - (i > 0 ? (long double)m->a64[(i - 1) * m->length_a + e] : 0.0L);
	}
	for (size_t e = 0; e < m->length_b; e++) {
		long double y = i > 0 ? (long double)m->b64[(i - 1) * m->length_b + e] : 0.0L;
		l.b[0][e] = y;
		l.b[1][e] = (long double)m->b64[i * m->length_b + e] - y;
	}
	return l;
}

static void long_free(long_blocks *l)
{
	for (int kind = 0; kind < 2; kind++) {
		free(l->a[kind]);
		free(l->b[kind]);
	}
}

/* ⟨δ_i, δ_j⟩ as the trace over p, q of (L_iᵀL_j)(R_iR_jᵀ), all of it in long double: L_i = [ΔB_i, B_{i−1}],
   R_i = [s_i A_i; s_i ΔA_i + (s_i − s_{i−1}) A_{i−1}]. */
static double reference(const made *m, size_t i, size_t j)
{
	size_t rank = m->shape.rank, d_in = m->shape.d_in, d_out = m->shape.d_out;
	long_blocks x = long_factors(m, i), y = long_factors(m, j);
	long double s = (long double)m->scalings[i], s_change = s - (long double)m->scalings[i ? i - 1 : 0];
	long double t = (long double)m->scalings[j], t_change = t - (long double)m->scalings[j ? j - 1 : 0],
				sum = 0.0L;
	for (size_t p = 0; p < 2 * rank; p++)
		for (size_t q = 0; q < 2 * rank; q++) {
			const long double *bp = x.b[p < rank] + p % rank, *bq = y.b[q < rank] + q % rank;
			const long double *ap = x.a[0] + p % rank * d_in, *aq = y.a[0] + q % rank * d_in;
			const long double *cp = x.a[1] + p % rank * d_in, *cq = y.a[1] + q % rank * d_in;
			long double l = 0.0L, r = 0.0L;
			for (size_t e = 0; e < d_out; e++)
				l += bp[e * rank] * bq[e * rank];
			for (size_t e = 0; e < d_in; e++)
				r += (p < rank ? s * ap[e] : s * cp[e] + s_change * (ap[e] - cp[e])) *
					 (q < rank ? t * aq[e] : t * cq[e] + t_change * (aq[e] - cq[e]));
			sum += l * r;
		}
	long_free(&x);
	long_free(&y);
	return (double)sum;
}

/* Rows 0, some in the middle and the last ones: with scalings that change, and steps of 1e-6 of the level. */
static void blocks_equal_long_double(void **state)
{
	(void)state;
	for (size_t k = 0; k < N_SIZES; k++)
		for (hostile kind = 0; kind < N_HOSTILE; kind++) {
			made m = made_create(N, sizes[k].rank, sizes[k].d_in, sizes[k].d_out, kind, 3 + kind);
			pt_module_history *history = made_history(&m, N);
			const pt_gram *gram = pt_module_history_gram(history, PT_TRAJECTORY_DW);
			size_t step = sizes[k].rank < 32 ? 1 : 4;
			for (size_t i = 1; i < N; i += step)
				for (size_t j = i % step; j <= i; j += step)
					check_entry(gram, i, j, pt_gram_at(gram, i, j), reference(&m, i, j), 1e-12);
			pt_module_history_destroy(history);
			made_free(&m);
		}
}

/* A path of a thousand times the level, level by level multiplied out; else the error would be seen. */
static void long_paths_do_not_hurt(void **state)
{
	(void)state;
	made m = made_create(N, 4, 90, 70, MADE_SMOOTH, 9);
	for (size_t i = 0; i + 1 < N; i += 2)
		for (size_t e = 0; e < m.length_a; e++)
			m.a[i * m.length_a + e] *= 4096.0f;
	for (size_t e = 0; e < N * m.length_a; e++)
		m.a64[e] = (double)m.a[e];
	for (size_t n = 2; n <= N; n += 4) {
		pt_module_history *history = made_history(&m, n);
		const pt_gram *gram = pt_module_history_gram(history, PT_TRAJECTORY_DW);
		for (size_t j = 0; j < n; j++)
			check_entry(gram, n - 1, j, pt_gram_at(gram, n - 1, j), reference(&m, n - 1, j), 1e-13);
		pt_module_history_destroy(history);
	}
	made_free(&m);
}

/* The three ways to a row agree. */
static void all_ways_agree(void **state)
{
	(void)state;
	for (size_t k = 0; k < N_SIZES; k++) {
		made m = made_create(N, sizes[k].rank, sizes[k].d_in, sizes[k].d_out, MADE_TINY_STEPS, 5);
		pt_vectors vectors[PT_N_FACTORS] = {{.length = m.length_a}, {.length = m.length_b}};
		pt_running_blocks running = {.n = 0};
		for (size_t i = 0; i < N; i++) {
			pt_module_checkpoint c = made_checkpoint(&m, i);
			for (int f = 0; f < PT_N_FACTORS; f++) {
				assert_true(pt_vectors_reserve(&vectors[f], N));
				pt_vectors_insert(
					&vectors[f], i, pt_vectors_new_item(&vectors[f], f == PT_FACTOR_A ? c.a : c.b));
			}
			pt_update_source source = {
				pt_kernels_best(), {&vectors[PT_FACTOR_A], &vectors[PT_FACTOR_B]}, m.shape.rank, m.scalings};
			double rows[3][3][N];
			for (pt_update_way way = PT_UPDATE_RUNNING; way <= PT_UPDATE_DIRECT; way++) {
				bool runs = way == PT_UPDATE_RUNNING;
				double *const factors[PT_N_FACTORS] = {rows[way][0], rows[way][1]};
				pt_update_way used = runs && i == 0 ? PT_UPDATE_LEVELS : way;
				assert_int_equal(
					pt_update_rows(&source, i, used, runs ? &running : NULL, factors, rows[way][2], NULL),
					PT_OK);
			}
			for (size_t j = 0; j <= i; j++)
				for (int way = 0; way < 2; way++) {
					assert_true(rows[way][0][j] == rows[2][0][j] && rows[way][1][j] == rows[2][1][j]);
					double scale = sqrt(rows[2][2][i]) * sqrt(reference(&m, j, j));
					assert_true(fabs(rows[way][2][j] - rows[2][2][j]) <= 1e-13 * scale);
				}
		}
		pt_running_blocks_fini(&running);
		for (int f = 0; f < PT_N_FACTORS; f++)
			pt_vectors_fini(&vectors[f]);
		made_free(&m);
	}
}

static uint64_t random_state;

/* One random change to both histories. */
static void change(pt_module_history *whole, pt_module_history *band, const made *m)
{
	size_t n = pt_module_history_n(whole), what = random_bits(&random_state) % 6;
	size_t at = n ? random_bits(&random_state) % n : 0;
	pt_module_checkpoint c = made_checkpoint(m, random_bits(&random_state) % m->n);
	c.stored = random_bits(&random_state) % 2 ? PT_STORED_F32 : PT_STORED_BF16;
	if (n == 0 || what < 3)
		at = n;
	if (n == 0 || what < 4) {
		assert_int_equal(pt_module_history_insert(whole, at, &c, NULL), PT_OK);
		assert_int_equal(pt_module_history_insert(band, at, &c, NULL), PT_OK);
	} else if (what == 4) {
		assert_int_equal(pt_module_history_replace(whole, at, &c, NULL), PT_OK);
		assert_int_equal(pt_module_history_replace(band, at, &c, NULL), PT_OK);
	} else {
		assert_int_equal(pt_module_history_remove(whole, at, NULL), PT_OK);
		assert_int_equal(pt_module_history_remove(band, at, NULL), PT_OK);
	}
}

static bool same(double x, double y)
{
	return x == y || (isnan(x) && isnan(y));
}

static void check_band(const pt_module_history *whole, const pt_module_history *band, size_t rank)
{
	size_t n = pt_module_history_n(whole);
	for (pt_trajectory t = PT_TRAJECTORY_A; n > 0 && t <= PT_TRAJECTORY_DW; t++) {
		const pt_gram *x = pt_module_history_gram(whole, t), *y = pt_module_history_gram(band, t);
		for (size_t i = 0; i < n; i++) {
			double row[64];
			for (size_t j = pt_gram_first(y, i); j <= i; j++)
				/* what a removal dropped is missing */
				assert_true(same(pt_gram_at(x, i, j), pt_gram_at(y, i, j)) || isnan(pt_gram_at(y, i, j)));
			assert_int_equal(pt_module_history_row(band, t, i, row, NULL), PT_OK);
			for (size_t j = 0; j < n; j++)
				check_entry(
					x, i, j, row[j], pt_gram_at(x, i, j), t == PT_TRAJECTORY_DW && rank > 1 ? 1e-13 : 0.0);
			assert_int_equal(pt_module_history_row(whole, t, i, row, NULL), PT_OK);
			for (size_t j = 0; j < n; j++)
				assert_true(row[j] == pt_gram_at(x, i, j));
		}
		assert_memory_equal(
			pt_module_history_norms(whole, t), pt_module_history_norms(band, t), n * sizeof(double));
	}
}

static void a_band_is_the_whole_within_it(void **state)
{
	(void)state;
	static const size_of_module small[] = {{1, 33, 20}, {2, 70, 61}, {5, 90, 80}};
	random_state = 11;
	for (size_t k = 0; k < sizeof small / sizeof *small; k++) {
		made m = made_create(N, small[k].rank, small[k].d_in, small[k].d_out, MADE_SMOOTH, 5);
		pt_module_history *whole = empty(SIZE_MAX), *band = empty(6);
		for (int i = 0; i < 60; i++) {
			change(whole, band, &m);
			check_band(whole, band, small[k].rank);
		}
		pt_module_history_set_band(band, 2);
		check_band(whole, band, small[k].rank);
		pt_module_history_destroy(whole);
		pt_module_history_destroy(band);
		made_free(&m);
	}
}

/* Running blocks outlive changes in the middle: after them appends give what a cold history gives. */
static void appends_after_changes_equal_a_cold_history(void **state)
{
	(void)state;
	made m = made_create(N, 4, 90, 70, MADE_SMOOTH, 8);
	pt_module_history *history = made_history(&m, N - 4), *cold = made_history(&m, N);
	for (size_t i = N - 4; i < N; i++) {
		pt_module_checkpoint c = made_checkpoint(&m, 3), last = made_checkpoint(&m, i - 1);
		assert_int_equal(pt_module_history_replace(history, 3, &c, NULL), PT_OK);
		assert_int_equal(pt_module_history_insert(history, 5, &c, NULL), PT_OK);
		assert_int_equal(pt_module_history_remove(history, 5, NULL), PT_OK);
		if (i % 2)
			assert_int_equal(pt_module_history_replace(history, i - 1, &last, NULL), PT_OK);
		append(history, &m, i);
	}
	const pt_gram *x = pt_module_history_gram(cold, PT_TRAJECTORY_DW);
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j <= i; j++)
			check_entry(x, i, j, pt_gram_at(pt_module_history_gram(history, PT_TRAJECTORY_DW), i, j),
				pt_gram_at(x, i, j), 1e-13);
	pt_module_history_destroy(history);
	pt_module_history_destroy(cold);
	made_free(&m);
}

/* One processor and all of them give the same bits. */
static void processors_do_not_matter(void **state)
{
	(void)state;
	static const size_of_module large[] = {{1, 60000, 50000}, {4, 17000, 9000}};
	cpu_set_t all, one;
	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	CPU_ZERO(&one);
	for (size_t cpu = 0; CPU_COUNT(&one) == 0; cpu++)
		if (CPU_ISSET(cpu, &all))
			CPU_SET(cpu, &one);
	for (size_t k = 0; k < sizeof large / sizeof *large; k++) {
		made m = made_create(N, large[k].rank, large[k].d_in, large[k].d_out, MADE_SMOOTH, 8);
		pt_module_history *many = made_history(&m, N);
		assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
		pt_module_history *single = made_history(&m, N);
		assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
		for (pt_trajectory t = PT_TRAJECTORY_A; t <= PT_TRAJECTORY_DW; t++) {
			assert_memory_equal(pt_module_history_gram(many, t)->packed,
				pt_module_history_gram(single, t)->packed, N * (N + 1) / 2 * sizeof(double));
			assert_memory_equal(
				pt_module_history_norms(many, t), pt_module_history_norms(single, t), N * sizeof(double));
		}
		pt_module_history_destroy(many);
		pt_module_history_destroy(single);
		made_free(&m);
	}
}

int main(void)
{
	pt_blas_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_equal_long_double),
		cmocka_unit_test(long_paths_do_not_hurt),
		cmocka_unit_test(all_ways_agree),
		cmocka_unit_test(a_band_is_the_whole_within_it),
		cmocka_unit_test(appends_after_changes_equal_a_cold_history),
		cmocka_unit_test(processors_do_not_matter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
