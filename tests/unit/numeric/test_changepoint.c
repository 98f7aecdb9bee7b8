/* Changes of direction: the grid, what is undefined, errors, hostile input. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>

#include "phasetop/numeric/changepoint.h"

enum { MOST = 128, DIMENSIONS = 3 };

/* Gram of increments given one a row; increment 0 is v_0. */
static void gram_of(double (*increments)[DIMENSIONS], size_t n, pt_gram *gram)
{
	pt_gram_init(gram);
	for (size_t i = 0; i < n; i++) {
		double row[MOST] = {0};
		for (size_t j = 0; j <= i; j++)
			for (size_t d = 0; d < DIMENSIONS; d++)
				row[j] += increments[i][d] * increments[j][d];
		assert_int_equal(pt_gram_append(gram, row, NULL), PT_OK);
	}
}

/* n checkpoints, every 10 steps, whose increments turn from one axis to the next at checkpoint `turn`. */
static void right_angle(double (*increments)[DIMENSIONS], int64_t *steps, size_t n, size_t turn)
{
	for (size_t i = 0; i < n; i++) {
		const double wobble = 0.2 * sin(1.7 * (double)(i * i));
		increments[i][0] = i <= turn ? 1 : wobble;
		increments[i][1] = i <= turn ? wobble : 1;
		increments[i][2] = 0.2 * cos(2.3 * (double)(i * i));
		steps[i] = 10 * (int64_t)i;
	}
}

static pt_direction scan(const pt_gram *gram, const int64_t *steps)
{
	pt_direction direction;
	pt_direction_init(&direction);
	assert_int_equal(pt_direction_scan(gram, steps, &direction, NULL), PT_OK);
	return direction;
}

static void a_right_angle_is_found_where_it_is(void **state)
{
	(void)state;
	double increments[60][DIMENSIONS];
	int64_t steps[60];
	right_angle(increments, steps, 60, 35);
	pt_gram gram;
	gram_of(increments, 60, &gram);
	pt_direction direction = scan(&gram, steps);
	assert_int_equal(direction.n_changes, 1);
	assert_int_equal(direction.changes[0].at, 35);
	assert_in_range(direction.changes[0].known_at, 36, 43);
	assert_true(direction.changes[0].ratio > PT_CHANGE_RATIO);
	assert_true(direction.changes[0].refined_statistic >= direction.changes[0].statistic);
	assert_true(direction.changes[0].phi_deg > 75 && direction.changes[0].phi_deg < 105);
	assert_true(direction.changes[0].phi_deg > 3 * direction.usual_phi_deg);
	assert_int_equal(direction.spacing, 10);
	assert_int_equal(direction.n_grid, 60);
	assert_int_equal(direction.n_increments, 59);
	pt_direction_fini(&direction);
	pt_gram_fini(&gram);
}

static void a_straight_line_is_silent(void **state)
{
	(void)state;
	double increments[60][DIMENSIONS];
	int64_t steps[60];
	for (int i = 0; i < 60; i++) {
		increments[i][0] = increments[i][1] = increments[i][2] = 1.0 / (1 + i);
		steps[i] = i;
	}
	pt_gram gram;
	gram_of(increments, 60, &gram);
	pt_direction direction = scan(&gram, steps);
	assert_int_equal(direction.n_changes, 0);
	assert_true(fabs(direction.t[58]) < 1e-12);
	assert_true(direction.usual_phi_deg < 1e-5);
	pt_direction_fini(&direction);
	pt_gram_fini(&gram);
}

static void little_is_said_of_few_checkpoints(void **state)
{
	(void)state;
	double increments[60][DIMENSIONS];
	int64_t steps[60];
	right_angle(increments, steps, 60, 8);
	for (size_t n = 0; n <= 25; n++) {
		pt_gram gram;
		gram_of(increments, n, &gram);
		pt_direction direction = scan(&gram, steps);
		assert_int_equal(direction.n_increments, n > 0 ? n - 1 : 0);
		assert_int_equal(direction.spacing, n >= 2 ? 10 : 0);
		/* T from the 8th increment on, ρ from the 24th */
		for (size_t i = 0; i < direction.n_increments; i++) {
			assert_int_equal(isnan(direction.t[i]), i + 1 < 8);
			assert_int_equal(isnan(direction.ratio[i]), i + 1 < 24);
		}
		/* φ needs 8 increments on either side */
		assert_int_equal(!isnan(direction.usual_phi_deg), n >= 17);
		pt_direction_fini(&direction);
		pt_gram_fini(&gram);
	}
}

static void the_grid_is_the_most_frequent_remainder(void **state)
{
	(void)state;
	static const int64_t steps[] = {1, 2, 3, 4, 5, 6, 7, 10, 15, 20, 25, 30, 35, 40, 47, 50, 55};
	enum { N = sizeof steps / sizeof *steps };
	static const size_t grid[] = {4, 7, 8, 9, 10, 11, 12, 13, 15, 16};
	double increments[N][DIMENSIONS];
	for (size_t i = 0; i < N; i++)
		for (int d = 0; d < DIMENSIONS; d++)
			increments[i][d] = (double)(d + 1);
	pt_gram gram;
	gram_of(increments, N, &gram);
	pt_direction direction = scan(&gram, steps);
	assert_int_equal(direction.spacing, 5);
	assert_int_equal(direction.remainder, 0);
	assert_int_equal(direction.n_grid, 10);
	for (size_t g = 0; g < 10; g++)
		assert_int_equal(direction.grid[g], grid[g]);
	assert_int_equal(direction.n_increments, 9);
	assert_int_equal(direction.ends[8], 16);
	pt_direction_fini(&direction);
	pt_gram_fini(&gram);
}

static void negative_steps_have_remainders_too(void **state)
{
	(void)state;
	static const int64_t steps[] = {-10, -5, 0, 5, 10, 12};
	double increments[6][DIMENSIONS] = {{1, 0, 0}, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}};
	pt_gram gram;
	gram_of(increments, 6, &gram);
	pt_direction direction = scan(&gram, steps);
	assert_int_equal(direction.remainder, 0);
	assert_int_equal(direction.n_grid, 5);
	pt_direction_fini(&direction);
	pt_gram_fini(&gram);
}

static void frozen_and_broken_increments_are_left_out(void **state)
{
	(void)state;
	double plain[60][DIMENSIONS], holed[64][DIMENSIONS];
	int64_t steps[64];
	right_angle(plain, steps, 60, 35);
	/* two increments of exactly 0 and two of NaN, put between the others */
	size_t n = 0;
	for (size_t i = 0; i < 60; i++) {
		for (int d = 0; d < DIMENSIONS; d++)
			holed[n][d] = plain[i][d];
		n++;
		if (i == 12 || i == 20 || i == 40 || i == 41) {
			for (int d = 0; d < DIMENSIONS; d++)
				holed[n][d] = i < 30 ? 0 : (double)NAN;
			n++;
		}
	}
	for (size_t i = 0; i < n; i++)
		steps[i] = 10 * (int64_t)i;
	pt_gram gram, gram_holed;
	gram_of(plain, 60, &gram);
	gram_of(holed, n, &gram_holed);
	pt_direction a = scan(&gram, steps), b = scan(&gram_holed, steps);
	assert_int_equal(b.n_increments, 59);
	assert_int_equal(b.n_changes, 1);
	assert_memory_equal(a.t + 7, b.t + 7, 52 * sizeof *a.t);
	assert_int_equal(a.changes[0].at, 35);
	assert_int_equal(b.changes[0].at, 37);
	assert_true(a.changes[0].ratio == b.changes[0].ratio);
	pt_direction_fini(&a);
	pt_direction_fini(&b);
	pt_gram_fini(&gram);
	pt_gram_fini(&gram_holed);
}

static void a_frozen_run_has_no_direction(void **state)
{
	(void)state;
	double increments[40][DIMENSIONS] = {{3, 2, 1}};
	int64_t steps[40];
	for (int i = 0; i < 40; i++)
		steps[i] = i;
	pt_gram gram;
	gram_of(increments, 40, &gram);
	pt_direction direction = scan(&gram, steps);
	assert_int_equal(direction.n_increments, 0);
	assert_int_equal(direction.n_changes, 0);
	assert_true(isnan(direction.usual_phi_deg));
	assert_true(isnan(direction.phi_deg[20]));
	pt_direction_fini(&direction);
	pt_gram_fini(&gram);
}

static void lengths_do_not_matter_however_extreme(void **state)
{
	(void)state;
	double plain[60][DIMENSIONS], scaled[60][DIMENSIONS];
	int64_t steps[60];
	right_angle(plain, steps, 60, 35);
	for (int i = 0; i < 60; i++)
		for (int d = 0; d < DIMENSIONS; d++)
			scaled[i][d] = ldexp(plain[i][d], i % 2 ? 400 : -400);
	pt_gram gram, gram_scaled;
	gram_of(plain, 60, &gram);
	gram_of(scaled, 60, &gram_scaled);
	pt_direction a = scan(&gram, steps), b = scan(&gram_scaled, steps);
	for (size_t i = 7; i < 59; i++)
		assert_true(fabs(a.t[i] - b.t[i]) < 1e-12);
	assert_int_equal(b.n_changes, 1);
	assert_int_equal(b.changes[0].at, 35);
	pt_direction_fini(&a);
	pt_direction_fini(&b);
	pt_gram_fini(&gram);
	pt_gram_fini(&gram_scaled);
}

static void an_incoherent_side_has_no_angle(void **state)
{
	(void)state;
	/* increments that alternate: their mean is nothing beside their size */
	double increments[20][DIMENSIONS];
	int64_t steps[20];
	for (int i = 0; i < 20; i++) {
		increments[i][0] = i % 2 ? 1 : -1;
		increments[i][1] = increments[i][2] = 0.01;
		steps[i] = i;
	}
	pt_gram gram;
	gram_of(increments, 20, &gram);
	pt_direction direction = scan(&gram, steps);
	for (size_t g = 0; g < 20; g++)
		assert_true(isnan(direction.phi_deg[g]));
	pt_direction_fini(&direction);
	pt_gram_fini(&gram);
}

static void steps_that_do_not_rise_are_refused(void **state)
{
	(void)state;
	double increments[3][DIMENSIONS] = {{1, 0, 0}, {1, 0, 0}, {1, 0, 0}};
	static const int64_t good[] = {1, 2, 3}, equal[] = {1, 2, 2}, falling[] = {1, 3, 2};
	pt_gram gram;
	gram_of(increments, 3, &gram);
	pt_direction direction = scan(&gram, good);
	pt_error err;
	assert_int_equal(pt_direction_scan(&gram, equal, &direction, &err), PT_ERR_INVALID);
	assert_int_equal(pt_direction_scan(&gram, falling, &direction, &err), PT_ERR_INVALID);
	assert_int_equal(direction.n_grid, 3);
	pt_direction_fini(&direction);
	assert_null(direction.grid);
	pt_gram_fini(&gram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_right_angle_is_found_where_it_is),
		cmocka_unit_test(a_straight_line_is_silent),
		cmocka_unit_test(little_is_said_of_few_checkpoints),
		cmocka_unit_test(the_grid_is_the_most_frequent_remainder),
		cmocka_unit_test(negative_steps_have_remainders_too),
		cmocka_unit_test(frozen_and_broken_increments_are_left_out),
		cmocka_unit_test(a_frozen_run_has_no_direction),
		cmocka_unit_test(lengths_do_not_matter_however_extreme),
		cmocka_unit_test(an_incoherent_side_has_no_angle),
		cmocka_unit_test(steps_that_do_not_rise_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
