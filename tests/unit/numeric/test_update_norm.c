/* Norms and inner products of values and of updates, and the door to BLAS. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>

#include "phasetop/numeric/blas.h"
#include "phasetop/numeric/update_norm.h"

static void norm_of_plain_values(void **state)
{
	(void)state;
	static const float f[] = {3.0f, 4.0f};
	static const double d[] = {-3.0, 4.0};
	double norm = -1.0;
	assert_int_equal(pt_vector_norm((pt_values){.f32 = f}, 2, &norm, NULL), PT_OK);
	assert_true(norm == 5.0);
	assert_int_equal(pt_vector_norm((pt_values){.f64 = d}, 2, &norm, NULL), PT_OK);
	assert_true(norm == 5.0);
	assert_int_equal(pt_vector_norm((pt_values){.f64 = d}, 0, &norm, NULL), PT_OK);
	assert_true(norm == 0.0);
}

static void norms_at_the_ends_of_the_range(void **state)
{
	(void)state;
	double norm = -1.0;
	static const float denormal_f32[] = {3 * 0x1p-149f, 4 * 0x1p-149f};
	assert_int_equal(pt_vector_norm((pt_values){.f32 = denormal_f32}, 2, &norm, NULL), PT_OK);
	assert_true(norm == 5 * 0x1p-149);
	static const double denormal[] = {3 * 0x1p-1070, 4 * 0x1p-1070};
	assert_int_equal(pt_vector_norm((pt_values){.f64 = denormal}, 2, &norm, NULL), PT_OK);
	assert_true(norm == 5 * 0x1p-1070);
	static const double huge[] = {3 * 0x1p1000, -4 * 0x1p1000};
	assert_int_equal(pt_vector_norm((pt_values){.f64 = huge}, 2, &norm, NULL), PT_OK);
	assert_true(norm == 5 * 0x1p1000);
	static const double too_much[] = {DBL_MAX, DBL_MAX};
	assert_int_equal(pt_vector_norm((pt_values){.f64 = too_much}, 2, &norm, NULL), PT_ERR_NOT_FINITE);
}

static void not_finite_is_said_and_leaves_the_output(void **state)
{
	(void)state;
	static const float nan_f32[] = {1.0f, __builtin_nanf("")}, inf_f32[] = {__builtin_inff(), 1.0f};
	static const double nan_f64[] = {__builtin_nan(""), 1.0};
	double norm = 42.0;
	pt_error err;
	assert_int_equal(pt_vector_norm((pt_values){.f32 = nan_f32}, 2, &norm, &err), PT_ERR_NOT_FINITE);
	assert_int_equal(err.code, PT_ERR_NOT_FINITE);
	assert_int_equal(pt_vector_norm((pt_values){.f32 = inf_f32}, 2, &norm, NULL), PT_ERR_NOT_FINITE);
	assert_int_equal(pt_vector_norm((pt_values){.f64 = nan_f64}, 2, &norm, NULL), PT_ERR_NOT_FINITE);
	assert_true(norm == 42.0);
	assert_false(pt_values_are_finite((pt_values){.f32 = inf_f32}, 2));
	assert_true(pt_values_are_finite((pt_values){.f32 = nan_f32}, 1));
	assert_false(pt_values_are_finite((pt_values){.f64 = nan_f64}, 1));
}

/* B A = [1 2; 3 4] [1 0 2; 0 1 1] = [1 2 4; 3 4 10], s = −0.5 */
static const float a_2x3[] = {1, 0, 2, 0, 1, 1}, b_2x2[] = {1, 2, 3, 4};

static pt_factors two_by_three(void)
{
	return (pt_factors){2, 3, 2, {.f32 = a_2x3}, {.f32 = b_2x2}, -0.5};
}

static void norm_of_an_update(void **state)
{
	(void)state;
	pt_factors update = two_by_three();
	double norm = -1.0;
	assert_int_equal(pt_update_norm(&update, &norm, NULL), PT_OK);
	assert_true(fabs(norm - 0.5 * sqrt(146.0)) < 1e-14);
	static const float zeros[4] = {0};
	update.b.f32 = zeros; /* LoRA's start */
	assert_int_equal(pt_update_norm(&update, &norm, NULL), PT_OK);
	assert_true(norm == 0.0);
}

static void inner_product_of_updates_of_different_rank(void **state)
{
	(void)state;
	pt_factors first = two_by_three(), second;
	static const double a[] = {1, -1, 2}, b[] = {2, 1};
	second = (pt_factors){1, 3, 2, {.f64 = a}, {.f64 = b}, 2.0}; /* [2 −2 4; 1 −1 2] */
	double inner = 0.0;
	assert_int_equal(pt_update_inner(&first, &second, &inner, NULL), PT_OK);
	assert_true(fabs(inner - -1.0 * (2 - 4 + 16 + 3 - 4 + 20)) < 1e-13);
}

static void bad_updates_are_refused(void **state)
{
	(void)state;
	pt_factors good = two_by_three(), bad = good;
	double out = 42.0;
	bad.rank = 0;
	assert_int_equal(pt_update_norm(&bad, &out, NULL), PT_ERR_SHAPE);
	bad = good;
	bad.b.f32 = NULL;
	assert_int_equal(pt_update_norm(&bad, &out, NULL), PT_ERR_SHAPE);
	bad = good;
	bad.d_in = 2;
	assert_int_equal(pt_update_inner(&good, &bad, &out, NULL), PT_ERR_SHAPE);
	bad = good;
	bad.scaling = (double)NAN;
	assert_int_equal(pt_update_norm(&bad, &out, NULL), PT_ERR_NOT_FINITE);
	assert_int_equal(pt_update_inner(&good, &bad, &out, NULL), PT_ERR_NOT_FINITE);
	static const float nan_a[] = {1, 0, __builtin_nanf(""), 0, 1, 1};
	bad = good;
	bad.a.f32 = nan_a;
	assert_int_equal(pt_update_norm(&bad, &out, NULL), PT_ERR_NOT_FINITE);
	assert_true(out == 42.0);
}

static void multiply_checks_shapes(void **state)
{
	(void)state;
	static const double x[] = {1, 2, 3, 4, 5, 6};
	double y[4] = {1, 1, 1, 1};
	pt_block wide = {x, 2, 3, 3};
	pt_block_mut out = {y, 2, 2, 2};
	assert_int_equal(pt_blas_multiply(false, true, 1.0, wide, wide, 1.0, out, NULL), PT_OK);
	assert_true(y[0] == 15 && y[1] == 33 && y[2] == 33 && y[3] == 78);
	assert_int_equal(pt_blas_multiply(false, false, 1.0, wide, wide, 1.0, out, NULL), PT_ERR_SHAPE);
	assert_int_equal(pt_blas_multiply(true, false, 1.0, (pt_block){x, (size_t)1 << 40, 1, 1},
						 (pt_block){x, (size_t)1 << 40, 1, 1}, 0.0, (pt_block_mut){y, 1, 1, 1}, NULL),
		PT_ERR_LIMIT);
	assert_non_null(pt_blas_version());
}

static void eigenpairs_of_a_small_matrix(void **state)
{
	(void)state;
	double m[] = {2, 99, 1, 2}, values[2], vectors[4]; /* the upper triangle is not looked at */
	assert_int_equal(pt_blas_eigen_symmetric(2, m, 2, values, vectors, NULL), PT_OK);
	assert_true(fabs(values[0] - 3) < 1e-15 && fabs(values[1] - 1) < 1e-15);
	assert_true(fabs(vectors[0] - vectors[1]) < 1e-15 && fabs(vectors[2] + vectors[3]) < 1e-15);
	double top[] = {2, 1, 1, 2}, value = 0.0;
	assert_int_equal(pt_blas_eigen_symmetric(2, top, 1, &value, NULL, NULL), PT_OK);
	assert_true(fabs(value - 3) < 1e-15);
	double bad[] = {2, 0, (double)NAN, 2};
	assert_int_equal(pt_blas_eigen_symmetric(2, bad, 1, &value, NULL, NULL), PT_ERR_NOT_FINITE);
	assert_int_equal(pt_blas_eigen_symmetric(2, m, 3, values, NULL, NULL), PT_ERR_SHAPE);
	assert_int_equal(pt_blas_eigen_symmetric(50000, m, 1, values, NULL, NULL), PT_ERR_LIMIT);
}

int main(void)
{
	pt_blas_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(norm_of_plain_values),
		cmocka_unit_test(norms_at_the_ends_of_the_range),
		cmocka_unit_test(not_finite_is_said_and_leaves_the_output),
		cmocka_unit_test(norm_of_an_update),
		cmocka_unit_test(inner_product_of_updates_of_different_rank),
		cmocka_unit_test(bad_updates_are_refused),
		cmocka_unit_test(multiply_checks_shapes),
		cmocka_unit_test(eigenpairs_of_a_small_matrix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
