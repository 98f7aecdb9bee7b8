/* Spacing, snapping, pairing, gaps, thresholds and the pending tail, on trajectories drawn by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "phasetop/numeric/local_cosine.h"

typedef struct point {
	double x, y;
} point;

static pt_gram gram_of(const point *v, size_t n)
{
	pt_gram gram;
	pt_gram_init(&gram);
	for (size_t i = 0; i < n; i++) {
		double row[64];
		for (size_t j = 0; j <= i; j++) {
			point d = {v[i].x - (i ? v[i - 1].x : 0), v[i].y - (i ? v[i - 1].y : 0)};
			point e = {v[j].x - (j ? v[j - 1].x : 0), v[j].y - (j ? v[j - 1].y : 0)};
			row[j] = d.x * e.x + d.y * e.y;
		}
		assert_int_equal(pt_gram_append(&gram, row, NULL), PT_OK);
	}
	return gram;
}

static pt_local_cosine curve_of(
	const point *v, const int64_t *steps, size_t n, const pt_cosine_options *options)
{
	pt_gram gram = gram_of(v, n);
	pt_local_cosine cosine;
	pt_local_cosine_init(&cosine);
	assert_int_equal(pt_local_cosine_update(&cosine, &gram, steps, 0, options, NULL), PT_OK);
	pt_gram_fini(&gram);
	return cosine;
}

static void spacing_is_the_most_frequent_difference(void **state)
{
	(void)state;
	static const int64_t medical[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60};
	assert_int_equal(pt_step_spacing(medical, 20), 5);
	assert_int_equal(pt_step_spacing(medical, 10), 1);
	assert_int_equal(pt_step_spacing(medical, 19), 5); /* nine of either: the larger */
	static const int64_t tie[] = {0, 5, 10, 20, 30};
	assert_int_equal(pt_step_spacing(tie, 5), 10);
	assert_int_equal(pt_step_spacing(tie, 2), 5);
	assert_int_equal(pt_step_spacing(tie, 1), PT_STEP_MISSING);
	assert_int_equal(pt_step_spacing(tie, 0), PT_STEP_MISSING);
}

static void k_snaps_to_the_nearest_multiple(void **state)
{
	(void)state;
	static const int64_t expected[][3] = {
		{1, 5, 5}, {5, 5, 5}, {7, 5, 5}, {8, 5, 10}, {15, 10, 10}, {16, 10, 20}, {4, 10, 10}, {5, 10, 10}};
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		assert_int_equal(pt_step_snap(expected[i][0], expected[i][1]), expected[i][2]);
	assert_int_equal(pt_step_snap(INT64_MAX, 10), INT64_MAX / 10 * 10);
}

/* Right, right, up, left: +1, 0, 0. */
static const point bend[] = {{0, 0}, {1, 0}, {2, 0}, {2, 1}, {1, 1}};
static const int64_t fives[] = {5, 10, 15, 20, 25, 30, 35};

static void turns_have_the_right_sign(void **state)
{
	(void)state;
	pt_cosine_options options = pt_cosine_options_default();
	options.k = 5;
	pt_local_cosine c = curve_of(bend, fives, 5, &options);
	assert_true(c.present && c.n == 3 && c.k_used == 5 && c.k_checkpoints == 1);
	assert_true(c.values[0] == 1.0 && c.values[1] == 0.0 && c.values[2] == 0.0);
	assert_int_equal(c.minimum, 1); /* the lower step at ties */
	assert_true(c.before[0] == 1.0 && c.after[2] == 1.0);
	assert_int_equal(c.pending_from_step, 25);
	assert_int_equal(c.decided_at_step, 30);
	pt_local_cosine_fini(&c);
	static const point back[] = {{0, 0}, {2, 0}, {1, 0}};
	c = curve_of(back, fives, 3, &options);
	assert_true(c.n == 1 && c.values[0] == -1.0);
	pt_local_cosine_fini(&c);
}

static void too_few_checkpoints(void **state)
{
	(void)state;
	pt_cosine_options options = pt_cosine_options_default();
	options.k = 10;
	for (size_t n = 0; n <= 4; n++) {
		pt_local_cosine c = curve_of(bend, fives, n, &options);
		assert_int_equal(c.present, n >= 2);
		assert_int_equal(c.n, 0);
		assert_int_equal(c.minimum, -1);
		assert_int_equal(c.dip, -1);
		assert_true(isnan(c.dip_prominence));
		assert_int_equal(c.k, 10);
		/* pending only where t − k exists: step 15 from the third checkpoint on */
		assert_int_equal(c.pending_from_step, n >= 3 ? 15 : PT_STEP_MISSING);
		assert_int_equal(c.decided_at_step, n >= 3 ? 25 : PT_STEP_MISSING);
		pt_local_cosine_fini(&c);
	}
}

/* Step 15 stands still, so 10 and 15 have no direction on one side. */
static const point standing[] = {{0, 0}, {1, 0}, {1, 0}, {2, 0}, {2, 3}, {2, 4}};

static void standing_still_is_undefined_and_short_is_skipped(void **state)
{
	(void)state;
	pt_cosine_options options = pt_cosine_options_default();
	options.k = 5;
	pt_local_cosine c = curve_of(standing, fives, 6, &options);
	static const int plain[] = {PT_COSINE_UNDEFINED, PT_COSINE_UNDEFINED, PT_COSINE_VALID, PT_COSINE_VALID};
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(c.gaps[i], plain[i]);
		assert_int_equal(isnan(c.values[i]), plain[i] != PT_COSINE_VALID);
	}
	pt_local_cosine_fini(&c);
	options.min_step_norm = 2.0; /* undefined stays undefined: a zero has no direction at any threshold */
	c = curve_of(standing, fives, 6, &options);
	assert_int_equal(c.gaps[0], PT_COSINE_UNDEFINED);
	assert_int_equal(c.gaps[2], PT_COSINE_VALID);
	pt_local_cosine_fini(&c);
	options.min_step_norm = 3.5;
	c = curve_of(standing, fives, 6, &options);
	assert_int_equal(c.gaps[2], PT_COSINE_SKIPPED);
	assert_int_equal(c.minimum, -1);
	pt_local_cosine_fini(&c);
}

static void by_index_gives_zero_as_the_course_does(void **state)
{
	(void)state;
	pt_cosine_options options = pt_cosine_options_default();
	options.k = 5;
	options.by_index = true;
	pt_local_cosine c = curve_of(standing, fives, 6, &options);
	assert_true(c.n == 4 && c.values[0] == 0.0 && c.values[1] == 0.0 && c.gaps[0] == PT_COSINE_VALID);
	pt_local_cosine_fini(&c);
	options.min_step_norm = 2.0; /* and the threshold comes first */
	c = curve_of(standing, fives, 6, &options);
	assert_int_equal(c.gaps[0], PT_COSINE_SKIPPED);
	assert_int_equal(c.pending_from_step, 30);
	assert_int_equal(c.decided_at_step, 35);
	pt_local_cosine_fini(&c);
}

static void the_relative_threshold_looks_back_only(void **state)
{
	(void)state;
	/* steps of length 1, 1, 10, 10, 1, 1: the early short ones count, the late ones do not */
	static const point v[] = {{0, 0}, {1, 0}, {2, 0}, {12, 0}, {22, 0}, {23, 0}, {24, 0}};
	pt_cosine_options options = pt_cosine_options_default();
	options.k = 5;
	options.min_step_frac = 0.2;
	pt_local_cosine c = curve_of(v, fives, 7, &options);
	static const int expected[] = {
		PT_COSINE_VALID, PT_COSINE_VALID, PT_COSINE_VALID, PT_COSINE_VALID, PT_COSINE_SKIPPED};
	assert_int_equal(c.n, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(c.gaps[i], expected[i]);
	pt_local_cosine_fini(&c);
}

static void tolerance_finds_the_neighbour(void **state)
{
	(void)state;
	static const int64_t steps[] = {0, 10, 20, 31, 40, 50}; /* 31 in place of 30 */
	static const point v[] = {{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}};
	pt_cosine_options options = pt_cosine_options_default();
	options.k = 10;
	pt_local_cosine c = curve_of(v, steps, 6, &options);
	assert_int_equal(c.n, 1); /* 10 only: 20 lacks 30, 31 lacks 21 and 41, 40 lacks 30 */
	assert_int_equal(c.steps[0], 10);
	pt_local_cosine_fini(&c);
	options.tolerance = -1;
	c = curve_of(v, steps, 6, &options);
	assert_int_equal(c.n, 4);
	assert_int_equal(c.pending_from_step, 50);
	pt_local_cosine_fini(&c);
	options.tolerance = INT64_MAX;
	c = curve_of(v, steps, 6, &options);
	assert_int_equal(c.n, 4);
	pt_local_cosine_fini(&c);
}

/* A reading that comes back to where it was: the block sum is rounding, and is taken for the 0 it is. */
static void a_return_to_the_same_place_is_undefined(void **state)
{
	(void)state;
	static const point v[] = {{0.1, 0.7}, {0.4, 1.1}, {0.1, 0.7}, {0.9, 0.3}, {0.2, 0.6}};
	pt_cosine_options options = pt_cosine_options_default();
	options.k = 10;
	pt_local_cosine c = curve_of(v, fives, 5, &options);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.gaps[0], PT_COSINE_UNDEFINED);
	assert_true(c.before[0] == 0.0 && c.after[0] > 0.0);
	pt_local_cosine_fini(&c);
}

static void bad_input_is_refused_and_changes_nothing(void **state)
{
	(void)state;
	pt_cosine_options options = pt_cosine_options_default();
	options.k = 5;
	pt_local_cosine c = curve_of(bend, fives, 5, &options);
	pt_gram gram = gram_of(bend, 5);
	pt_cosine_options bad = options;
	bad.k = 0;
	assert_int_equal(pt_local_cosine_update(&c, &gram, fives, 0, &bad, NULL), PT_ERR_INVALID);
	bad = options;
	bad.min_step_frac = (double)NAN;
	assert_int_equal(pt_local_cosine_update(&c, &gram, fives, 0, &bad, NULL), PT_ERR_INVALID);
	static const int64_t falling[] = {5, 10, 10, 20, 25};
	assert_int_equal(pt_local_cosine_update(&c, &gram, falling, 0, &options, NULL), PT_ERR_INVALID);
	gram.packed[4] = (double)NAN;
	assert_int_equal(pt_local_cosine_update(&c, &gram, fives, 0, &options, NULL), PT_ERR_NOT_FINITE);
	assert_true(c.n == 3 && c.values[0] == 1.0);
	pt_gram_fini(&gram);
	pt_local_cosine_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spacing_is_the_most_frequent_difference),
		cmocka_unit_test(k_snaps_to_the_nearest_multiple),
		cmocka_unit_test(turns_have_the_right_sign),
		cmocka_unit_test(too_few_checkpoints),
		cmocka_unit_test(standing_still_is_undefined_and_short_is_skipped),
		cmocka_unit_test(by_index_gives_zero_as_the_course_does),
		cmocka_unit_test(the_relative_threshold_looks_back_only),
		cmocka_unit_test(tolerance_finds_the_neighbour),
		cmocka_unit_test(a_return_to_the_same_place_is_undefined),
		cmocka_unit_test(bad_input_is_refused_and_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
