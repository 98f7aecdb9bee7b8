/* Packed increment Grams: every operation on a matrix small enough to check by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdbool.h>

#include "phasetop/numeric/gram.h"

/* D_ij = 10·max + min + 1: every entry tells where it belongs. */
static double entry(size_t i, size_t j)
{
	return i > j ? (double)(10 * i + j + 1) : (double)(10 * j + i + 1);
}

static pt_gram made(size_t n)
{
	pt_gram gram;
	pt_gram_init(&gram);
	for (size_t i = 0; i < n; i++) {
		double row[16];
		for (size_t j = 0; j <= i; j++)
			row[j] = entry(i, j);
		assert_int_equal(pt_gram_append(&gram, row, NULL), PT_OK);
	}
	return gram;
}

static void entries_are_symmetric(void **state)
{
	(void)state;
	pt_gram gram = made(5);
	for (size_t i = 0; i < 5; i++)
		for (size_t j = 0; j < 5; j++)
			assert_true(pt_gram_at(&gram, i, j) == entry(i, j));
	assert_true(pt_gram_bytes(&gram) >= 15 * sizeof(double));
	pt_gram_fini(&gram);
	assert_int_equal(gram.n, 0);
}

static void insert_then_remove_gives_back_the_same(void **state)
{
	(void)state;
	for (size_t at = 0; at <= 5; at++) {
		pt_gram gram = made(5);
		double row[6] = {-1, -2, -3, -4, -5, -6};
		assert_int_equal(pt_gram_insert(&gram, at, row, NULL), PT_OK);
		assert_int_equal(gram.n, 6);
		for (size_t i = 0; i < 6; i++)
			for (size_t j = 0; j < 6; j++) {
				size_t oi = i > at ? i - 1 : i, oj = j > at ? j - 1 : j;
				double expected = i == at ? row[j] : j == at ? row[i] : entry(oi, oj);
				assert_true(pt_gram_at(&gram, i, j) == expected);
			}
		pt_gram_remove(&gram, at);
		for (size_t i = 0; i < 5; i++)
			for (size_t j = 0; j < 5; j++)
				assert_true(pt_gram_at(&gram, i, j) == entry(i, j));
		pt_gram_fini(&gram);
	}
}

static void set_row_writes_row_and_column(void **state)
{
	(void)state;
	pt_gram gram = made(4);
	double row[4] = {-1, -2, -3, -4};
	pt_gram_set_row(&gram, 1, row);
	for (size_t j = 0; j < 4; j++)
		assert_true(pt_gram_at(&gram, j, 1) == row[j]);
	assert_true(pt_gram_at(&gram, 3, 2) == entry(3, 2));
	pt_gram_fini(&gram);
}

static void block_sums_are_sums_of_entries(void **state)
{
	(void)state;
	pt_gram gram = made(7);
	for (size_t i0 = 0; i0 <= 7; i0++)
		for (size_t i1 = i0; i1 <= 7; i1++)
			for (size_t j0 = 0; j0 <= 7; j0++)
				for (size_t j1 = j0; j1 <= 7; j1++) {
					double sum = 0.0; /* of whole numbers: exact in any order */
					for (size_t i = i0; i < i1; i++)
						for (size_t j = j0; j < j1; j++)
							sum += entry(i, j);
					assert_true(pt_gram_block_sum(&gram, i0, i1, j0, j1) == sum);
				}
	pt_gram_fini(&gram);
}

static void add_from_a_row_on(void **state)
{
	(void)state;
	pt_gram sum = made(3), other = made(5);
	assert_int_equal(pt_gram_extend_zero(&sum, 5, NULL), PT_OK);
	pt_gram_add(&sum, &other, 3);
	for (size_t i = 0; i < 5; i++)
		assert_true(pt_gram_at(&sum, i, 1) == entry(i, 1));
	pt_gram_add(&sum, &other, 0);
	assert_true(pt_gram_at(&sum, 4, 4) == 2 * entry(4, 4) && pt_gram_at(&sum, 0, 0) == 2 * entry(0, 0));
	pt_gram_truncate(&sum, 2);
	assert_int_equal(sum.n, 2);
	pt_gram_truncate(&sum, 4);
	assert_int_equal(sum.n, 2);
	assert_int_equal(pt_gram_copy(&sum, &other, NULL), PT_OK);
	assert_true(sum.n == 5 && pt_gram_at(&sum, 4, 2) == entry(4, 2));
	assert_int_equal(pt_gram_zero(&sum, 2, NULL), PT_OK);
	assert_true(sum.n == 2 && pt_gram_at(&sum, 1, 0) == 0.0);
	pt_gram_fini(&sum);
	pt_gram_fini(&other);
}

static void select_joins_the_increments_between(void **state)
{
	(void)state;
	pt_gram gram = made(7), chosen;
	pt_gram_init(&chosen);
	static const size_t indices[] = {1, 2, 5};
	static const size_t begin[] = {0, 2, 3}, end[] = {2, 3, 6};
	assert_int_equal(pt_gram_select(&gram, indices, 3, &chosen, NULL), PT_OK);
	assert_int_equal(chosen.n, 3);
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < 3; j++)
			assert_true(
				pt_gram_at(&chosen, i, j) == pt_gram_block_sum(&gram, begin[i], end[i], begin[j], end[j]));
	assert_int_equal(pt_gram_select(&gram, NULL, 0, &chosen, NULL), PT_OK);
	assert_int_equal(chosen.n, 0);
	pt_gram_fini(&chosen);
	pt_gram_fini(&gram);
}

static void lengths_of_a_square_walk(void **state)
{
	(void)state;
	/* v = (3,0), (3,1), (2,1), (2,0) as increments (3,0), (0,1), (−1,0), (0,−1) */
	static const double d[4][2] = {{3, 0}, {0, 1}, {-1, 0}, {0, -1}};
	pt_gram gram;
	pt_gram_init(&gram);
	for (size_t i = 0; i < 4; i++) {
		double row[4];
		for (size_t j = 0; j <= i; j++)
			row[j] = d[i][0] * d[j][0] + d[i][1] * d[j][1];
		assert_int_equal(pt_gram_append(&gram, row, NULL), PT_OK);
	}
	double drift[4], step[4], path[4], inner[16];
	pt_gram_lengths(&gram, drift, step, path);
	assert_true(isnan(step[0]) && step[1] == 1.0 && step[3] == 1.0);
	assert_true(path[0] == 0.0 && path[3] == 3.0);
	assert_true(drift[0] == 0.0 && drift[1] == 1.0 && fabs(drift[2] - sqrt(2.0)) < 1e-15 && drift[3] == 1.0);
	pt_gram_inner_products(&gram, false, inner);
	assert_true(inner[0] == 9 && inner[1] == 9 && inner[4 * 2 + 3] == 4 && inner[4 * 1 + 2] == 7);
	pt_gram_inner_products(&gram, true, inner);
	assert_true(inner[0] == 0 && inner[3] == 0 && inner[4 * 2 + 2] == 2 && inner[4 * 3 + 1] == 0 &&
				inner[4 * 1 + 3] == 0 && inner[4 * 3 + 2] == 1);
	pt_gram_fini(&gram);
}

/* A matrix kept the long way: what must stand in a band, NaN outside of it. */
enum { MOST = 24 };
typedef struct model {
	size_t n, band;
	double at[MOST][MOST];
} model;

static void forget_outside(model *m)
{
	for (size_t i = 0; i < m->n; i++)
		for (size_t j = 0; j < m->n; j++)
			if (i >= j + m->band || j >= i + m->band)
				m->at[i][j] = (double)NAN;
}

static void model_insert(model *m, size_t index, const double *row)
{
	model old = *m;
	m->n++;
	for (size_t i = 0; i < m->n; i++)
		for (size_t j = 0; j < m->n; j++)
			m->at[i][j] = i == index   ? row[j]
						  : j == index ? row[i]
									   : old.at[i > index ? i - 1 : i][j > index ? j - 1 : j];
	forget_outside(m);
}

static void model_remove(model *m, size_t index)
{
	model old = *m;
	m->n--;
	for (size_t i = 0; i < m->n; i++)
		for (size_t j = 0; j < m->n; j++)
			m->at[i][j] = old.at[i >= index ? i + 1 : i][j >= index ? j + 1 : j];
}

static void model_set_row(model *m, size_t index, const double *row)
{
	for (size_t j = 0; j < m->n; j++)
		m->at[index][j] = m->at[j][index] = row[j];
	forget_outside(m);
}

static bool same(double x, double y)
{
	return x == y || (isnan(x) && isnan(y));
}

static void check_model(const model *m, const pt_gram *gram)
{
	assert_int_equal(gram->n, m->n);
	assert_int_equal(gram->band, m->band);
	for (size_t i = 0; i < m->n; i++)
		for (size_t j = 0; j < m->n; j++)
			if (!same(pt_gram_at(gram, i, j), m->at[i][j]))
				fail_msg("(%zu, %zu) is %g, not %g", i, j, pt_gram_at(gram, i, j), m->at[i][j]);
	for (size_t i = 0; i < m->n; i++)
		for (size_t j = pt_gram_first(gram, i); j <= i; j++)
			assert_true(same(pt_gram_row(gram, i)[j], m->at[i][j]));
}

/* Random changes, band after band narrower. */
static void a_band_is_the_matrix_within_it(void **state)
{
	(void)state;
	uint32_t random = 7;
	for (int run = 0; run < 200; run++) {
		model m = {.n = 0, .band = MOST + 1};
		pt_gram gram, copy;
		pt_gram_init(&gram);
		pt_gram_init(&copy);
		pt_gram_set_band(&gram, m.band);
		for (int change = 0; change < 60; change++) {
			random = random * 1664525u + 1013904223u;
			size_t what = (random >> 8) % 8, at = m.n ? (random >> 12) % (m.n + 1) : 0;
			double row[MOST];
			for (size_t j = 0; j < MOST; j++)
				row[j] = (double)(random % 9973) + (double)j;
			if (what < 4 && m.n < MOST - 1) {
				at = what < 2 ? m.n : at;
				assert_int_equal(pt_gram_insert(&gram, at, row, NULL), PT_OK);
				model_insert(&m, at, row);
			} else if (what == 4 && at < m.n) {
				pt_gram_set_row(&gram, at, row);
				model_set_row(&m, at, row);
			} else if (what == 5 && at < m.n) {
				pt_gram_remove(&gram, at);
				model_remove(&m, at);
			} else if (what == 6 && m.band > 1) {
				m.band -= (random >> 20) % (m.band - 1) / 2 + 1;
				pt_gram_set_band(&gram, m.band);
				forget_outside(&m);
				assert_true(pt_gram_bytes(&gram) <= (m.n ? m.n : 1) * m.band * sizeof(double));
			} else if (what == 7) {
				m.n = at;
				pt_gram_truncate(&gram, at);
			}
			check_model(&m, &gram);
		}
		assert_int_equal(pt_gram_copy(&copy, &gram, NULL), PT_OK);
		check_model(&m, &copy);
		pt_gram_fini(&gram);
		pt_gram_fini(&copy);
	}
}

/* Block sums within a band, NaN beyond; step and path need the diagonal alone. */
static void a_band_has_its_sums_and_lengths(void **state)
{
	(void)state;
	pt_gram gram = made(9), band = made(9);
	pt_gram_set_band(&band, 4);
	assert_true(pt_gram_is_whole(&gram) && !pt_gram_is_whole(&band));
	for (size_t i0 = 0; i0 <= 9; i0++)
		for (size_t i1 = i0; i1 <= 9; i1++)
			for (size_t j0 = 0; j0 <= 9; j0++)
				for (size_t j1 = j0; j1 <= 9; j1++) {
					bool outside = i1 > i0 && j1 > j0 && (i1 - 1 >= j0 + 4 || j1 - 1 >= i0 + 4);
					double sum = pt_gram_block_sum(&gram, i0, i1, j0, j1);
					assert_true(same(pt_gram_block_sum(&band, i0, i1, j0, j1), outside ? (double)NAN : sum));
				}
	double step[2][9], path[2][9];
	pt_gram_lengths(&gram, NULL, step[0], path[0]);
	pt_gram_lengths(&band, NULL, step[1], path[1]);
	for (size_t i = 0; i < 9; i++)
		assert_true(same(step[0][i], step[1][i]) && same(path[0][i], path[1][i]));
	pt_gram_fini(&gram);
	pt_gram_fini(&band);
}

static void an_impossible_size_is_refused(void **state)
{
	(void)state;
	pt_gram gram = made(2);
	pt_error err;
	assert_int_equal(pt_gram_reserve(&gram, SIZE_MAX / 2, &err), PT_ERR_MEMORY);
	assert_int_equal(pt_gram_zero(&gram, (size_t)1 << 31, &err), PT_ERR_MEMORY);
	assert_int_equal(gram.n, 2);
	pt_gram_fini(&gram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_symmetric),
		cmocka_unit_test(insert_then_remove_gives_back_the_same),
		cmocka_unit_test(set_row_writes_row_and_column),
		cmocka_unit_test(block_sums_are_sums_of_entries),
		cmocka_unit_test(add_from_a_row_on),
		cmocka_unit_test(select_joins_the_increments_between),
		cmocka_unit_test(lengths_of_a_square_walk),
		cmocka_unit_test(a_band_is_the_matrix_within_it),
		cmocka_unit_test(a_band_has_its_sums_and_lengths),
		cmocka_unit_test(an_impossible_size_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
