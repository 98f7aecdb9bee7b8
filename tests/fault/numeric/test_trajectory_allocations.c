/* Every allocation of the trajectory engine may fail: PT_ERR_MEMORY, nothing lost, nothing changed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../property/numeric/made_trajectory.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"
#include "phasetop/numeric/local_cosine.h"
#include "phasetop/numeric/trajectory_pca.h"

enum { N = 70, ENOUGH = 200 };

static pt_module_history *history_of(const made *m, size_t n, size_t band)
{
	pt_module_history *history = NULL;
	assert_int_equal(pt_module_history_create(&history, NULL), PT_OK);
	pt_module_history_set_band(history, band);
	for (size_t i = 0; i < n; i++) {
		pt_module_checkpoint c = made_checkpoint(m, i);
		assert_int_equal(pt_module_history_insert(history, i, &c, NULL), PT_OK);
	}
	return history;
}

typedef pt_status change(pt_module_history *history, const made *m);

static pt_status append(pt_module_history *history, const made *m)
{
	pt_module_checkpoint c = made_checkpoint(m, 8);
	return pt_module_history_insert(history, 8, &c, NULL);
}

static pt_status append_double(pt_module_history *history, const made *m)
{
	pt_module_checkpoint c = made_checkpoint_f64(m, 8);
	return pt_module_history_insert(history, 8, &c, NULL);
}

static pt_status insert(pt_module_history *history, const made *m)
{
	pt_module_checkpoint c = made_checkpoint(m, 9);
	return pt_module_history_insert(history, 3, &c, NULL);
}

static pt_status replace(pt_module_history *history, const made *m)
{
	pt_module_checkpoint c = made_checkpoint(m, 9);
	return pt_module_history_replace(history, 3, &c, NULL);
}

static pt_status drop(pt_module_history *history, const made *m)
{
	(void)m;
	return pt_module_history_remove(history, 3, NULL);
}

/* Fails the n-th allocation of a change until it goes through; after each failure all Grams are as before. */
static void check_change(change *make, size_t rank, size_t band)
{
	made m = made_create(10, rank, 71, 63, MADE_SMOOTH, 1);
	size_t n = 1;
	for (bool done = false; !done && n < ENOUGH; n++) {
		pt_module_history *history = history_of(&m, 8, band), *before = history_of(&m, 8, band);
		pt_alloc_fail_at(n, false);
		pt_status status = make(history, &m);
		pt_alloc_fail_at(0, false);
		done = status == PT_OK;
		if (!done) {
			assert_int_equal(status, PT_ERR_MEMORY);
			assert_int_equal(pt_module_history_n(history), 8);
			for (pt_trajectory t = PT_TRAJECTORY_A; t <= PT_TRAJECTORY_DW; t++) {
				size_t n_kept = band == SIZE_MAX ? 36 : 6 + 5 * 3; /* 8 rows, or a band of 3 */
				assert_memory_equal(pt_module_history_gram(history, t)->packed,
					pt_module_history_gram(before, t)->packed, n_kept * sizeof(double));
				assert_memory_equal(pt_module_history_norms(history, t), pt_module_history_norms(before, t),
					8 * sizeof(double));
			}
		}
		pt_module_history_destroy(history);
		pt_module_history_destroy(before);
	}
	assert_in_range(n, 2, ENOUGH - 1);
	made_free(&m);
}

static void a_history_survives_every_failing_allocation(void **state)
{
	(void)state;
	static change *const changes[] = {append, append_double, insert, replace, drop};
	for (size_t c = 0; c < sizeof changes / sizeof *changes; c++)
		for (size_t rank = 1; rank <= 3; rank += 2) {
			check_change(changes[c], rank, SIZE_MAX);
			check_change(changes[c], rank, 3);
		}
	pt_module_history *history = NULL;
	pt_alloc_fail_at(1, false);
	assert_int_equal(pt_module_history_create(&history, NULL), PT_ERR_MEMORY);
	pt_alloc_fail_at(0, false);
	assert_null(history);
}

/* A row that has to be computed anew. */
static void a_row_survives_every_failing_allocation(void **state)
{
	(void)state;
	made m = made_create(10, 3, 71, 63, MADE_SMOOTH, 1);
	pt_module_history *whole = history_of(&m, 10, SIZE_MAX), *band = history_of(&m, 10, 3);
	size_t n = 1;
	for (bool done = false; !done && n < ENOUGH; n++) {
		double row[10] = {-1.0}, expected[10];
		pt_alloc_fail_at(n, false);
		pt_status status = pt_module_history_row(band, PT_TRAJECTORY_B, 4, row, NULL);
		pt_alloc_fail_at(0, false);
		done = status == PT_OK;
		assert_true(done || (status == PT_ERR_MEMORY && row[0] == -1.0));
		assert_int_equal(pt_module_history_row(whole, PT_TRAJECTORY_B, 4, expected, NULL), PT_OK);
		assert_true(!done || memcmp(row, expected, sizeof row) == 0);
	}
	assert_in_range(n, 3, ENOUGH - 1);
	pt_module_history_destroy(whole);
	pt_module_history_destroy(band);
	made_free(&m);
}

/* A band takes less memory where there is some, and no harm from where there is none. */
static void a_band_needs_no_memory(void **state)
{
	(void)state;
	pt_gram gram;
	pt_gram_init(&gram);
	assert_int_equal(pt_gram_zero(&gram, 9, NULL), PT_OK);
	pt_alloc_fail_at(1, true);
	pt_gram_set_band(&gram, 2);
	pt_alloc_fail_at(0, false);
	assert_true(gram.band == 2 && gram.n == 9 && pt_gram_at(&gram, 8, 7) == 0.0);
	pt_gram_fini(&gram);
}

static void pca_survives_every_failing_allocation(void **state)
{
	(void)state;
	made m = made_create(N, 1, 40, 30, MADE_SMOOTH, 2);
	pt_module_history *history = history_of(&m, N, SIZE_MAX);
	const pt_gram *gram = pt_module_history_gram(history, PT_TRAJECTORY_B);
	for (pt_pca_solver solver = PT_PCA_SOLVER_AUTO; solver <= PT_PCA_SOLVER_LANCZOS; solver++) {
		size_t n = 1;
		for (bool done = false; !done && n < ENOUGH; n++) {
			pt_pca pca;
			pt_pca_init(&pca);
			pt_alloc_fail_at(n, false);
			pt_status status = pt_trajectory_pca(gram, solver, &pca, NULL);
			pt_alloc_fail_at(0, false);
			done = status == PT_OK;
			assert_true(done || (status == PT_ERR_MEMORY && !pca.present));
			pt_pca_fini(&pca);
		}
		assert_in_range(n, 2, ENOUGH - 1);
	}
	pt_module_history_destroy(history);
	made_free(&m);
}

/* Every frame fails once, at its n-th allocation, cold and warm; the frame is as before then, and right when
   tried again. Enough frames for the basis to outgrow its memory. */
static size_t frames_that_fail(const pt_gram *gram, size_t n)
{
	size_t n_failed = 0;
	pt_pca live, cold;
	pt_pca_init(&live);
	pt_pca_init(&cold);
	pt_gram part = *gram;
	for (part.n = 40; part.n <= N; part.n++) {
		size_t n_before = live.n;
		double score = n_before > 0 ? live.scores[1][7] : 0.0;
		pt_alloc_fail_at(n, false);
		pt_status status = pt_trajectory_pca_refresh(&part, n_before, 2, &live, NULL);
		pt_alloc_fail_at(0, false);
		if (status != PT_OK) {
			n_failed++;
			assert_int_equal(status, PT_ERR_MEMORY);
			assert_true(live.n == n_before && (n_before == 0 || live.scores[1][7] == score));
			assert_int_equal(pt_trajectory_pca_refresh(&part, n_before, 2, &live, NULL), PT_OK);
		}
		assert_int_equal(pt_trajectory_pca(&part, PT_PCA_SOLVER_DENSE, &cold, NULL), PT_OK);
		assert_true(live.n == part.n && fabs(live.scores[1][7] - cold.scores[1][7]) < 1e-9);
	}
	pt_pca_fini(&live);
	pt_pca_fini(&cold);
	return n_failed;
}

static void a_live_pca_survives_every_failing_allocation(void **state)
{
	(void)state;
	enum { LENGTH = 30 };
	double increments[N][LENGTH], row[N];
	uint64_t seed = 2;
	pt_gram gram;
	pt_gram_init(&gram);
	for (size_t i = 0; i < N; i++) {
		for (size_t e = 0; e < LENGTH; e++)
			increments[i][e] = random_uniform(&seed);
		for (size_t j = 0; j <= i; j++) {
			row[j] = 0.0;
			for (size_t e = 0; e < LENGTH; e++)
				row[j] += increments[i][e] * increments[j][e];
		}
		assert_int_equal(pt_gram_append(&gram, row, NULL), PT_OK);
	}
	size_t n = 1;
	while (frames_that_fail(&gram, n) > 0 && n < ENOUGH)
		n++;
	assert_in_range(n, 4, ENOUGH - 1);
	pt_gram_fini(&gram);
}

static void a_cosine_survives_every_failing_allocation(void **state)
{
	(void)state;
	made m = made_create(12, 1, 40, 30, MADE_SMOOTH, 2);
	pt_module_history *history = history_of(&m, 12, SIZE_MAX);
	const pt_gram *gram = pt_module_history_gram(history, PT_TRAJECTORY_B);
	int64_t steps[12];
	for (size_t i = 0; i < 12; i++)
		steps[i] = 10 * (int64_t)i;
	pt_cosine_options options = pt_cosine_options_default();
	options.k = 10;
	pt_local_cosine cosine;
	pt_local_cosine_init(&cosine);
	assert_int_equal(pt_local_cosine_update(&cosine, gram, steps, 0, &options, NULL), PT_OK);
	double first = cosine.values[0];
	options.k = 20;
	size_t n = 1, n_spacing_only = 0;
	for (bool done = false; !done && n < ENOUGH; n++) {
		pt_alloc_fail_at(n, false);
		pt_status status = pt_local_cosine_update(&cosine, gram, steps, 12, &options, NULL);
		pt_alloc_fail_at(0, false);
		/* The spacing can do without its scratch memory, so that one failure is no failure. */
		n_spacing_only += status == PT_OK;
		done = status == PT_OK && n_spacing_only == 2;
		if (status == PT_OK) {
			assert_int_equal(cosine.k_used, 20);
			assert_int_equal(cosine.n, 8);
			options.k = 10;
			assert_int_equal(pt_local_cosine_update(&cosine, gram, steps, 12, &options, NULL), PT_OK);
			options.k = 20;
		} else {
			assert_int_equal(status, PT_ERR_MEMORY);
		}
		assert_true(cosine.k_used == 10 && cosine.values[0] == first);
	}
	assert_in_range(n, 5, ENOUGH - 1);
	double band[3][10];
	pt_alloc_fail_at(1, false);
	assert_int_equal(
		pt_cosine_usual_band(cosine.values, cosine.gaps, cosine.n, band[0], band[1], band[2], NULL),
		PT_ERR_MEMORY);
	pt_alloc_fail_at(0, false);
	pt_local_cosine_fini(&cosine);
	pt_module_history_destroy(history);
	made_free(&m);
}

int main(void)
{
	pt_blas_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_history_survives_every_failing_allocation),
		cmocka_unit_test(a_row_survives_every_failing_allocation),
		cmocka_unit_test(a_band_needs_no_memory),
		cmocka_unit_test(pca_survives_every_failing_allocation),
		cmocka_unit_test(a_live_pca_survives_every_failing_allocation),
		cmocka_unit_test(a_cosine_survives_every_failing_allocation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
