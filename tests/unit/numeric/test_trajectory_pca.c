/* PCA of tiny and degenerate trajectories, the sign rule, and where it turns. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "phasetop/numeric/blas.h"
#include "phasetop/numeric/trajectory_pca.h"

/* The Gram of points in the plane, x first. */
static pt_gram gram_of(const double (*v)[2], size_t n)
{
	pt_gram gram;
	pt_gram_init(&gram);
	assert_int_equal(pt_gram_zero(&gram, n, NULL), PT_OK);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++)
			for (size_t c = 0; c < 2; c++)
				gram.packed[i * (i + 1) / 2 + j] +=
					(v[i][c] - (i ? v[i - 1][c] : 0)) * (v[j][c] - (j ? v[j - 1][c] : 0));
	return gram;
}

static pt_pca pca_of(const double (*v)[2], size_t n)
{
	pt_gram gram = gram_of(v, n);
	pt_pca pca;
	pt_pca_init(&pca);
	assert_int_equal(pt_trajectory_pca(&gram, PT_PCA_SOLVER_AUTO, &pca, NULL), PT_OK);
	pt_gram_fini(&gram);
	return pca;
}

static const int64_t steps[] = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120};

static void below_two_checkpoints_there_is_none(void **state)
{
	(void)state;
	static const double v[1][2] = {{1, 2}};
	for (size_t n = 0; n < 2; n++) {
		pt_pca pca = pca_of(v, n);
		assert_false(pca.present);
		assert_true(isnan(pca.explained[0]));
		assert_int_equal(pt_pca_turning_point(&pca, 0.2).index, -1);
		assert_int_equal(pt_pca_component_turn(&pca, 0, steps), -1);
		pt_pca_fini(&pca);
	}
}

static void two_checkpoints_have_one_component(void **state)
{
	(void)state;
	static const double v[][2] = {{1, 1}, {4, 5}};
	pt_pca pca = pca_of(v, 2);
	assert_true(pca.present);
	assert_true(fabs(pca.scores[0][0] + 2.5) < 1e-15 && fabs(pca.scores[0][1] - 2.5) < 1e-15);
	assert_true(pca.scores[1][0] == 0.0 && pca.scores[1][1] == 0.0);
	assert_true(fabs(pca.explained[0] - 1.0) < 1e-15 && pca.explained[1] == 0.0);
	assert_int_equal(pca.n_scree, 1);
	assert_int_equal(pt_pca_turning_point(&pca, 0.2).index, -1);
	pt_pca_fini(&pca);
}

static void without_variance_ratios_are_missing(void **state)
{
	(void)state;
	static const double v[][2] = {{3, 1}, {3, 1}, {3, 1}, {3, 1}};
	pt_pca pca = pca_of(v, 4);
	assert_true(pca.present && pca.total == 0.0 && pca.n_scree == 0);
	assert_true(isnan(pca.explained[0]) && isnan(pca.explained[1]));
	for (size_t i = 0; i < 4; i++)
		assert_true(pca.scores[0][i] == 0.0 && pca.scores[1][i] == 0.0);
	assert_int_equal(pt_pca_turning_point(&pca, 0.2).index, -1);
	assert_int_equal(pt_pca_component_turn(&pca, 0, steps), -1);
	pt_pca_fini(&pca);
}

static void a_straight_line_has_no_second_component(void **state)
{
	(void)state;
	static const double v[][2] = {{0, 0}, {1, 2}, {2, 4}, {5, 10}};
	pt_pca pca = pca_of(v, 4);
	assert_true(pca.explained[0] > 1.0 - 1e-14 && pca.explained[1] == 0.0);
	for (size_t i = 0; i < 4; i++)
		assert_true(pca.scores[1][i] == 0.0);
	assert_int_equal(pt_pca_component_turn(&pca, 0, steps), 2); /* it speeds up after step 30 */
	assert_int_equal(pt_pca_component_turn(&pca, 1, steps), -1);
	pt_pca_fini(&pca);
}

static void signs_follow_the_first_checkpoint(void **state)
{
	(void)state;
	for (int flip = -1; flip <= 1; flip += 2) {
		double v[][2] = {{0, 0}, {4, 1}, {8, 0}, {12, -5}};
		for (size_t i = 0; i < 4; i++) {
			v[i][0] *= flip;
			v[i][1] *= flip;
		}
		pt_pca pca = pca_of((const double(*)[2])v, 4);
		assert_true(pca.scores[0][0] < 0.0 && pca.scores[1][0] < 0.0);
		pt_pca_fini(&pca);
	}
	/* Where the first scores nothing on a component, the largest decides: (0, ±1) in the middle. */
	static const double cross[][2] = {{0, 0}, {-5, 0}, {5, 0}, {0, 1}, {0, -1.5}, {0, 0.5}};
	pt_pca pca = pca_of(cross, 6);
	assert_true(fabs(pca.scores[1][0]) < 1e-12);
	assert_true(pca.scores[1][4] > 1.4 && pca.scores[1][3] < 0.0);
	pt_pca_fini(&pca);
}

static void the_turning_point_is_the_corner(void **state)
{
	(void)state;
	double v[12][2] = {{0}};
	for (size_t i = 1; i < 12; i++) {
		v[i][0] = v[i - 1][0] + (i <= 7 ? 1.0 : 0.0);
		v[i][1] = v[i - 1][1] + (i <= 7 ? 0.0 : 1.0);
	}
	pt_pca pca = pca_of((const double(*)[2])v, 12);
	pt_turning_point turn = pt_pca_turning_point(&pca, 0.2);
	assert_int_equal(turn.index, 7);
	assert_true(fabs(turn.angle_deg - 90.0) < 1e-9);
	pt_pca_fini(&pca);
}

static void small_late_turns_are_left_out_by_the_guard(void **state)
{
	(void)state;
	/* a right angle in large steps, then a reversal in small ones */
	double v[12][2] = {{0}};
	for (size_t i = 1; i < 12; i++) {
		v[i][0] = v[i - 1][0] + (i <= 4 ? 10.0 : i == 11 ? -0.01 : 0.0);
		v[i][1] = v[i - 1][1] + (i > 4 && i <= 8 ? 10.0 : 0.0);
	}
	v[10][0] += 0.01;
	pt_pca pca = pca_of((const double(*)[2])v, 12);
	assert_int_equal(pt_pca_turning_point(&pca, 0.2).index, 4);
	assert_true(pt_pca_turning_point(&pca, 0.0).index > 4);
	pt_pca_fini(&pca);
}

static void a_nan_is_refused_and_the_old_result_kept(void **state)
{
	(void)state;
	static const double v[][2] = {{0, 0}, {1, 2}, {2, 1}};
	pt_pca pca = pca_of(v, 3);
	pt_gram gram = gram_of(v, 3);
	gram.packed[4] = (double)NAN;
	pt_error err;
	assert_int_equal(pt_trajectory_pca(&gram, PT_PCA_SOLVER_AUTO, &pca, &err), PT_ERR_NOT_FINITE);
	assert_true(pca.present && pca.n == 3);
	pt_gram_fini(&gram);
	pt_pca_fini(&pca);
	pt_pca_fini(&pca);
}

int main(void)
{
	pt_blas_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(below_two_checkpoints_there_is_none),
		cmocka_unit_test(two_checkpoints_have_one_component),
		cmocka_unit_test(without_variance_ratios_are_missing),
		cmocka_unit_test(a_straight_line_has_no_second_component),
		cmocka_unit_test(signs_follow_the_first_checkpoint),
		cmocka_unit_test(the_turning_point_is_the_corner),
		cmocka_unit_test(small_late_turns_are_left_out_by_the_guard),
		cmocka_unit_test(a_nan_is_refused_and_the_old_result_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
