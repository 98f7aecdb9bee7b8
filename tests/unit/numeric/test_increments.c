/* Histories of one module: errors, zeros, unknown scalings, and that all instruction sets agree. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "../../../src/numeric/increment_kernels.h"
#include "phasetop/numeric/blas.h"
#include "phasetop/numeric/increments.h"

static const float a1[] = {1, 2, 3}, a2[] = {1, 2, 4}, b0[] = {0, 0}, b1[] = {1, -1}, b2[] = {1, 1};

static pt_module_checkpoint lora(const float *a, const float *b)
{
	return (pt_module_checkpoint){.shape = {.kind = PT_MODULE_LORA, .rank = 1, .d_in = 3, .d_out = 2},
		.a = {.f32 = a},
		.b = {.f32 = b},
		.scaling = 2.0};
}

static pt_module_checkpoint full(const double *w, size_t length)
{
	return (pt_module_checkpoint){
		.shape = {.kind = PT_MODULE_FULL, .length = length}, .w = {.f64 = w}, .scaling = (double)NAN};
}

static pt_module_history *empty(void)
{
	pt_module_history *history = NULL;
	assert_int_equal(pt_module_history_create(&history, NULL), PT_OK);
	return history;
}

static void append(pt_module_history *history, const float *a, const float *b)
{
	pt_module_checkpoint c = lora(a, b);
	assert_int_equal(pt_module_history_insert(history, pt_module_history_n(history), &c, NULL), PT_OK);
}

static void a_lora_module_by_hand(void **state)
{
	(void)state;
	pt_module_history *history = empty();
	append(history, a1, b0);
	append(history, a1, b1);
	append(history, a2, b1);
	append(history, a2, b2);
	const pt_gram *dw = pt_module_history_gram(history, PT_TRAJECTORY_DW);
	/* δ_0 = 0; δ_1 = 2 b1 a1ᵀ; δ_2 = 2 b1 (a2 − a1)ᵀ; δ_3 = 2 (b2 − b1) a2ᵀ */
	assert_true(pt_gram_at(dw, 0, 0) == 0.0 && pt_gram_at(dw, 1, 0) == 0.0);
	assert_true(pt_gram_at(dw, 1, 1) == 4 * 2 * 14.0);
	assert_true(pt_gram_at(dw, 2, 2) == 4 * 2 * 1.0);
	assert_true(pt_gram_at(dw, 2, 1) == 4 * 2 * 3.0);
	assert_true(pt_gram_at(dw, 3, 3) == 4 * 4 * 21.0);
	assert_true(pt_gram_at(dw, 3, 2) == 4 * -2.0 * 4.0);
	const pt_gram *a = pt_module_history_gram(history, PT_TRAJECTORY_A);
	assert_true(pt_gram_at(a, 0, 0) == 14.0 && pt_gram_at(a, 1, 1) == 0.0 && pt_gram_at(a, 2, 0) == 3.0);
	const double *norms = pt_module_history_norms(history, PT_TRAJECTORY_DW);
	assert_true(norms[0] == 0.0 && fabs(norms[1] - 2 * sqrt(28.0)) < 1e-14);
	assert_true(pt_module_history_norms(history, PT_TRAJECTORY_B)[0] == 0.0);
	assert_true(pt_module_history_has(history, PT_TRAJECTORY_DW));
	assert_false(pt_module_history_has(history, PT_TRAJECTORY_W));
	assert_null(pt_module_history_gram(history, PT_TRAJECTORY_W));
	pt_module_checkpoint last = pt_module_history_at(history, 3);
	assert_memory_equal(last.a.f32, a2, sizeof a2);
	assert_memory_equal(last.b.f32, b2, sizeof b2);
	assert_true(last.scaling == 2.0 && pt_module_history_bytes(history) > 0);
	pt_module_history_destroy(history);
}

static void a_plain_module_by_hand(void **state)
{
	(void)state;
	static const double w[2][2] = {{1e9, 1}, {1e9 + 0.5, 1}};
	pt_module_history *history = empty();
	assert_false(pt_module_history_has(history, PT_TRAJECTORY_W));
	for (size_t i = 0; i < 2; i++) {
		pt_module_checkpoint c = full(w[i], 2);
		assert_int_equal(pt_module_history_insert(history, i, &c, NULL), PT_OK);
	}
	const pt_gram *gram = pt_module_history_gram(history, PT_TRAJECTORY_W);
	assert_true(pt_gram_at(gram, 1, 1) == 0.25 && pt_gram_at(gram, 1, 0) == 5e8);
	assert_false(pt_module_history_has(history, PT_TRAJECTORY_DW));
	assert_null(pt_module_history_norms(history, PT_TRAJECTORY_A));
	assert_true(pt_values_at(pt_module_history_at(history, 1).w, 0) == 1e9 + 0.5);
	pt_module_history_destroy(history);
	pt_module_history_destroy(NULL);
}

/* After a refused checkpoint all is as before. */
static void refuse(pt_module_history *history, const pt_module_checkpoint *c, pt_status expected)
{
	pt_error err = {0};
	size_t n = pt_module_history_n(history);
	assert_int_equal(pt_module_history_insert(history, n, c, &err), expected);
	assert_int_equal(err.code, expected);
	assert_true(err.message[0] != 0);
	if (n > 0)
		assert_int_equal(pt_module_history_replace(history, 0, c, NULL), expected);
	assert_int_equal(pt_module_history_n(history), n);
	if (n > 0)
		assert_true(pt_gram_at(pt_module_history_gram(history, PT_TRAJECTORY_A), 0, 0) == 14.0);
}

static void refused_checkpoints_change_nothing(void **state)
{
	(void)state;
	static const float nan_a[] = {1, __builtin_nanf(""), 3}, inf_b[] = {__builtin_inff(), 0};
	static const double w[] = {1, 2};
	for (int filled = 0; filled < 2; filled++) {
		pt_module_history *history = empty();
		if (filled)
			append(history, a1, b1);
		pt_module_checkpoint c = lora(nan_a, b1);
		refuse(history, &c, PT_ERR_NOT_FINITE);
		c = lora(a1, inf_b);
		refuse(history, &c, PT_ERR_NOT_FINITE);
		c = lora(a1, NULL);
		refuse(history, &c, PT_ERR_SHAPE);
		c = lora(a1, b1);
		c.scaling = HUGE_VAL;
		refuse(history, &c, PT_ERR_NOT_FINITE);
		c = lora(a1, b1);
		c.shape.rank = 0;
		refuse(history, &c, PT_ERR_SHAPE);
		c = lora(a1, b1);
		c.shape.rank = SIZE_MAX / 2;
		refuse(history, &c, PT_ERR_SHAPE);
		if (filled) {
			c = lora(a1, b1);
			c.shape.d_in = 2;
			refuse(history, &c, PT_ERR_SHAPE);
			c = full(w, 2);
			refuse(history, &c, PT_ERR_SHAPE);
		}
		pt_module_history_destroy(history);
	}
}

static void products_beyond_double_are_refused(void **state)
{
	(void)state;
	static const double w[2][1] = {{1e200}, {-1e200}};
	pt_module_history *history = empty();
	pt_module_checkpoint c = full(w[0], 1);
	assert_int_equal(pt_module_history_insert(history, 0, &c, NULL), PT_ERR_NOT_FINITE);
	assert_int_equal(pt_module_history_n(history), 0);
	static const double small[1] = {1.0};
	c = full(small, 1);
	assert_int_equal(pt_module_history_insert(history, 0, &c, NULL), PT_OK);
	c = full(w[1], 1);
	assert_int_equal(pt_module_history_insert(history, 0, &c, NULL), PT_ERR_NOT_FINITE);
	assert_int_equal(pt_module_history_n(history), 1);
	assert_true(pt_gram_at(pt_module_history_gram(history, PT_TRAJECTORY_W), 0, 0) == 1.0);
	pt_module_history_destroy(history);
}

static void an_unknown_scaling_leaves_dw_missing_until_it_is_known(void **state)
{
	(void)state;
	pt_module_history *history = empty();
	append(history, a1, b1);
	pt_module_checkpoint unknown = lora(a2, b1);
	unknown.scaling = (double)NAN;
	assert_int_equal(pt_module_history_insert(history, 1, &unknown, NULL), PT_OK);
	append(history, a2, b2);
	append(history, a1, b2);
	assert_false(pt_module_history_has(history, PT_TRAJECTORY_DW));
	assert_true(pt_module_history_has(history, PT_TRAJECTORY_B));
	const pt_gram *dw = pt_module_history_gram(history, PT_TRAJECTORY_DW);
	assert_true(isnan(pt_gram_at(dw, 1, 0)) && isnan(pt_gram_at(dw, 2, 2)) && isnan(pt_gram_at(dw, 3, 2)));
	assert_false(isnan(pt_gram_at(dw, 3, 3)) || isnan(pt_gram_at(dw, 3, 0)));
	assert_true(isnan(pt_module_history_norms(history, PT_TRAJECTORY_DW)[1]));
	assert_true(pt_gram_at(pt_module_history_gram(history, PT_TRAJECTORY_A), 1, 1) == 1.0);
	pt_module_checkpoint known = lora(a2, b1);
	assert_int_equal(pt_module_history_replace(history, 1, &known, NULL), PT_OK);
	assert_true(pt_module_history_has(history, PT_TRAJECTORY_DW));
	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j <= i; j++)
			assert_true(isfinite(pt_gram_at(dw, i, j)));
	assert_true(pt_gram_at(dw, 1, 1) == 4 * 2 * 1.0);
	pt_module_history_destroy(history);
}

/* When all checkpoints are gone, another shape may begin. */
static void an_emptied_history_takes_another_shape(void **state)
{
	(void)state;
	pt_module_history *history = empty();
	append(history, a1, b1);
	assert_int_equal(pt_module_history_remove(history, 0, NULL), PT_OK);
	static const double w[] = {3, 4};
	pt_module_checkpoint c = full(w, 2);
	assert_int_equal(pt_module_history_insert(history, 0, &c, NULL), PT_OK);
	assert_true(pt_module_history_norms(history, PT_TRAJECTORY_W)[0] == 5.0);
	assert_null(pt_module_history_gram(history, PT_TRAJECTORY_A));
	pt_module_history_destroy(history);
}

enum { COLUMNS = 4 * PT_KERNEL_PAD };

/* Values whose products and sums are exact, so that all instruction sets must agree to the bit. */
static void every_instruction_set_gives_the_same(void **state)
{
	(void)state;
	float vectors[PT_KERNEL_MAX_GROUP + 1][COLUMNS];
	double wide[PT_KERNEL_MAX_GROUP + 1][COLUMNS], level[COLUMNS], increment[COLUMNS];
	for (size_t e = 0; e < COLUMNS; e++) {
		level[e] = (double)(e % 13) - 6.0;
		increment[e] = (double)(e % 5) * 0.25 - 0.5;
		for (size_t g = 0; g <= PT_KERNEL_MAX_GROUP; g++) {
			wide[g][e] = (double)((7 * e + 3 * g * g) % 31) - 15.0;
			vectors[g][e] = (float)wide[g][e];
		}
	}
	assert_non_null(pt_kernels_best());
	for (size_t k = 0; pt_kernels_at(k); k++) {
		const pt_kernels *kernels = pt_kernels_at(k);
		assert_true(kernels->group_of_increments <= PT_KERNEL_MAX_GROUP);
		const void *f32[PT_KERNEL_MAX_GROUP + 1], *f64[PT_KERNEL_MAX_GROUP + 1];
		for (size_t g = 0; g <= PT_KERNEL_MAX_GROUP; g++) {
			f32[g] = vectors[g];
			f64[g] = wide[g];
		}
		double sums[4][PT_KERNEL_MAX_GROUP * PT_N_PRODUCTS] = {{0}};
		double one[2][PT_KERNEL_MAX_GROUP] = {{0}};
		kernels->increments_f32(increment, f32, COLUMNS, one[0]);
		kernels->increments_f64(increment, f64, COLUMNS, one[1]);
		kernels->leading_f32(level, increment, f32, COLUMNS, sums[0]);
		kernels->leading_f64(level, increment, f64, COLUMNS, sums[1]);
		kernels->lagging_f32(level, increment, f32, COLUMNS, sums[2]);
		kernels->lagging_f64(level, increment, f64, COLUMNS, sums[3]);
		for (size_t g = 0; g < kernels->group_of_increments; g++) {
			double dd = 0.0;
			for (size_t e = 0; e < COLUMNS; e++)
				dd += increment[e] * (wide[g + 1][e] - wide[g][e]);
			assert_true(one[0][g] == dd && one[1][g] == dd);
		}
		for (size_t g = 0; g < kernels->group_of_products; g++)
			for (size_t s = 0; s < 4; s++) {
				double expected[PT_N_PRODUCTS] = {0};
				for (size_t e = 0; e < COLUMNS; e++) {
					double x = wide[s < 2 ? g + 1 : g][e], change = wide[g + 1][e] - wide[g][e];
					expected[PT_PRODUCT_LEVELS] += level[e] * x;
					expected[PT_PRODUCT_LEVEL_INCREMENT] += level[e] * change;
					expected[PT_PRODUCT_INCREMENT_LEVEL] += increment[e] * x;
					expected[PT_PRODUCT_INCREMENTS] += increment[e] * change;
				}
				for (size_t p = 0; p < PT_N_PRODUCTS; p++)
					assert_true(sums[s][g * PT_N_PRODUCTS + p] == expected[p]);
			}
	}
}

static void every_instruction_set_widens_the_same(void **state)
{
	(void)state;
	enum { N = 21, STRIDE = 24 };
	float values[3][STRIDE], before[3][STRIDE];
	double wide[3][STRIDE], wide_before[3][STRIDE];
	for (size_t i = 0; i < 3; i++)
		for (size_t e = 0; e < STRIDE; e++) {
			wide[i][e] = (double)(values[i][e] = 0.1f * (float)(int)(i + 3 * e));
			wide_before[i][e] = (double)(before[i][e] = 0.3f * (float)(int)(2 * i + e));
		}
	for (size_t k = 0; pt_kernels_at(k); k++)
		for (int subtracts = 0; subtracts < 2; subtracts++) {
			double out[2][3][30] = {{{0}}};
			pt_stored_rows f32 = {values, subtracts ? before : NULL, 3, sizeof values[0]};
			pt_stored_rows f64 = {wide, subtracts ? wide_before : NULL, 3, sizeof wide[0]};
			pt_kernels_at(k)->widen_f32(f32, N, out[0][0], 30);
			pt_kernels_at(k)->widen_f64(f64, N, out[1][0], 30);
			for (size_t i = 0; i < 3; i++)
				for (size_t e = 0; e < 30; e++) {
					double expected = e >= N ? 0.0 : wide[i][e] - (subtracts ? wide_before[i][e] : 0.0);
					assert_true(out[0][i][e] == expected && out[1][i][e] == expected);
				}
		}
}

/* Whole numbers: exact in any order. Scalars by rows and by columns. */
static void every_instruction_set_multiplies_panels_the_same(void **state)
{
	(void)state;
	enum { ROWS = 14, MOST = 48 };
	_Alignas(64) static double panel[ROWS * MOST], sums[MOST * MOST];
	static double scalars[ROWS * MOST];
	for (size_t e = 0; e < sizeof panel / sizeof *panel; e++) {
		panel[e] = (double)(e * 7 % 23) - 11.0;
		scalars[e] = (double)(e * 5 % 17) - 8.0;
	}
	for (size_t k = 0; pt_kernels_at(k); k++)
		for (size_t n_columns = PT_BLOCK_PAD; n_columns <= MOST; n_columns += PT_BLOCK_PAD)
			for (size_t n = PT_BLOCK_PAD; n <= MOST; n += 3 * PT_BLOCK_PAD)
				for (int by_rows = 0; by_rows < 2; by_rows++) {
					pt_scalars s = {scalars, n, by_rows ? ROWS : 1, by_rows ? 1 : n};
					pt_ahead ahead = {scalars, by_rows ? 3 : 0, 100, 200};
					for (size_t i = 0; i < MOST * MOST; i++)
						sums[i] = 5.0;
					pt_kernels_at(k)->block(panel, n_columns, s, ROWS, sums, ahead);
					for (size_t q = 0; q < n; q++)
						for (size_t p = 0; p < n_columns; p++) {
							double sum = 5.0;
							for (size_t e = 0; e < ROWS; e++)
								sum += panel[e * n_columns + p] * scalars[q * s.stride + e * s.step];
							assert_true(sums[q * n_columns + p] == sum);
						}
					assert_true(n * n_columns == MOST * MOST || sums[n * n_columns] == 5.0);
				}
}

/* Spacings of 1 and of a power of two; energies follow their checkpoints. */
static void rounding_energies_stay_with_their_checkpoints(void **state)
{
	(void)state;
	static const float zeros[] = {0, 0};
	pt_module_history *history = empty();
	pt_module_checkpoint c = lora(a1, b1);
	c.stored = PT_STORED_F32;
	assert_int_equal(pt_module_history_insert(history, 0, &c, NULL), PT_OK);
	c = lora(a2, b2);
	c.stored = PT_STORED_BF16;
	assert_int_equal(pt_module_history_insert(history, 0, &c, NULL), PT_OK);
	c = lora(a1, zeros);
	c.stored = PT_STORED_F16;
	assert_int_equal(pt_module_history_insert(history, 1, &c, NULL), PT_OK);
	const double *a = pt_module_history_energies(history, PT_TRAJECTORY_A);
	const double *b = pt_module_history_energies(history, PT_TRAJECTORY_B);
	/* A: 1, 2, 4 in bf16 (2^-7 relative); 1, 2, 3 in f16 (2^-10); in f32 (2^-23) */
	assert_true(fabs(a[0] - (1 + 4 + 16) * 0x1p-14 / 12) <= 1e-15 * a[0]);
	assert_true(fabs(a[1] - (1 + 4 + 4) * 0x1p-20 / 12) <= 1e-15 * a[1]);
	assert_true(fabs(a[2] - (1 + 4 + 4) * 0x1p-46 / 12) <= 1e-15 * a[2]);
	assert_true(b[0] == 2 * 0x1p-14 / 12 && b[1] == 2 * 0x1p-48 / 12 && b[2] == 2 * 0x1p-46 / 12);
	assert_int_equal(pt_module_history_at(history, 0).stored, PT_STORED_BF16);
	assert_int_equal(pt_module_history_at(history, 2).stored, PT_STORED_F32);
	assert_null(pt_module_history_energies(history, PT_TRAJECTORY_DW));
	assert_null(pt_module_history_energies(history, PT_TRAJECTORY_W));
	double last = a[2];
	assert_int_equal(pt_module_history_remove(history, 0, NULL), PT_OK);
	c = lora(a2, b2);
	c.stored = PT_STORED_F32;
	assert_int_equal(pt_module_history_replace(history, 0, &c, NULL), PT_OK);
	a = pt_module_history_energies(history, PT_TRAJECTORY_A);
	assert_true(a[0] == (1 + 4 + 16) * 0x1p-46 / 12 && a[1] == last);
	assert_int_equal(pt_module_history_at(history, 0).stored, PT_STORED_F32);
	pt_module_history_destroy(history);
}

/* A band that is asked for before the first checkpoint, made narrower, and given up in an empty history. */
static void bands_come_and_go(void **state)
{
	(void)state;
	pt_module_history *history = empty();
	pt_module_history_set_band(history, 3);
	for (size_t i = 0; i < 5; i++)
		append(history, i % 2 ? a1 : a2, i % 3 ? b1 : b2);
	const pt_gram *gram = pt_module_history_gram(history, PT_TRAJECTORY_B);
	assert_int_equal(gram->band, 3);
	pt_module_history_set_band(history, SIZE_MAX);
	pt_module_history_set_band(history, 7);
	assert_int_equal(gram->band, 3);
	assert_true(isnan(pt_gram_at(gram, 4, 1)) && pt_gram_at(gram, 3, 3) == 4.0);
	/* B goes (1, 1), (1, −1), (1, −1), (1, 1), (1, −1) */
	static const double with_first[] = {2, -2, 0, 2, -2};
	for (size_t i = 0; i < 5; i++) {
		double row[5];
		assert_int_equal(pt_module_history_row(history, PT_TRAJECTORY_B, i, row, NULL), PT_OK);
		assert_true(row[0] == with_first[i]);
	}
	pt_module_history_set_band(history, 1);
	assert_true(gram->band == 1 && isnan(pt_gram_at(gram, 4, 3)) && pt_gram_at(gram, 3, 3) == 4.0);
	while (pt_module_history_n(history) > 0)
		assert_int_equal(pt_module_history_remove(history, 0, NULL), PT_OK);
	pt_module_history_set_band(history, SIZE_MAX);
	append(history, a1, b1);
	append(history, a2, b2);
	assert_true(pt_gram_is_whole(pt_module_history_gram(history, PT_TRAJECTORY_B)));
	pt_module_history_destroy(history);
}

static void symmetric_rows_agree_at_every_length(void **state)
{
	(void)state;
	enum { V = PT_SYMMETRIC_VECTORS, R = PT_SYMMETRIC_MAX_ROWS, LENGTH = 40 };
	const pt_kernels *kernels;
	for (size_t k = 0; (kernels = pt_kernels_at(k)) != NULL; k++)
		for (size_t n = 0; n <= 37; n++) {
			double rows[R][LENGTH], x[V][LENGTH], y[V][LENGTH], weights[R * V], sums[R * V];
			const double *row[R], *from[V];
			double *to[V];
			for (size_t r = 0; r < R; r++) {
				row[r] = rows[r];
				for (size_t i = 0; i < LENGTH; i++)
					rows[r][i] = (double)((i + 3 * r) % 7) - 2.0;
				for (size_t c = 0; c < V; c++) {
					weights[r * V + c] = (double)c - (double)r;
					sums[r * V + c] = 100.0;
				}
			}
			for (size_t c = 0; c < V; c++) {
				from[c] = x[c];
				to[c] = y[c];
				for (size_t i = 0; i < LENGTH; i++) {
					x[c][i] = (double)((i + c) % 5);
					y[c][i] = (double)i;
				}
			}
			kernels->symmetric_rows(row, n, from, to, weights, sums);
			for (size_t c = 0; c < V; c++)
				for (size_t i = 0; i < LENGTH; i++) {
					double expected = (double)i;
					for (size_t r = 0; r < kernels->rows_of_symmetric && i < n; r++)
						expected += weights[r * V + c] * rows[r][i];
					assert_true(y[c][i] == expected);
				}
			for (size_t r = 0; r < R; r++)
				for (size_t c = 0; c < V; c++) {
					double sum = 100.0;
					for (size_t i = 0; i < n && r < kernels->rows_of_symmetric; i++)
						sum += rows[r][i] * x[c][i];
					assert_true(sums[r * V + c] == sum);
				}
		}
}

int main(void)
{
	pt_blas_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lora_module_by_hand),
		cmocka_unit_test(a_plain_module_by_hand),
		cmocka_unit_test(refused_checkpoints_change_nothing),
		cmocka_unit_test(products_beyond_double_are_refused),
		cmocka_unit_test(an_unknown_scaling_leaves_dw_missing_until_it_is_known),
		cmocka_unit_test(an_emptied_history_takes_another_shape),
		cmocka_unit_test(every_instruction_set_gives_the_same),
		cmocka_unit_test(every_instruction_set_widens_the_same),
		cmocka_unit_test(every_instruction_set_multiplies_panels_the_same),
		cmocka_unit_test(rounding_energies_stay_with_their_checkpoints),
		cmocka_unit_test(bands_come_and_go),
		cmocka_unit_test(symmetric_rows_agree_at_every_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
