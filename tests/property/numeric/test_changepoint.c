/* What holds of every trajectory: what was known then is known now, and the measured rates on a hard null. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "../../helpers/random_numbers.h"
#include "phasetop/numeric/changepoint.h"

enum { N = 90, DIMENSIONS = 40 };

/* A path that turns smoothly by `smooth` radians on the whole, and by `sharp` at increment `at`, in noise. */
static void make_path(uint64_t seed, double smooth, double sharp, size_t at, double noise, pt_gram *gram)
{
	static double increments[N][DIMENSIONS];
	for (size_t i = 0; i < N; i++) {
		const double angle = smooth * (double)i / N, rate = 1 - 0.8 * (double)i / N,
					 turn = i > at ? sharp : 0;
		for (size_t d = 0; d < DIMENSIONS; d++)
			increments[i][d] = noise * random_fine(&seed);
		increments[i][0] += cos(angle) * cos(turn);
		increments[i][1] += sin(angle) * cos(turn);
		increments[i][2] += sin(turn);
		for (size_t d = 0; d < DIMENSIONS; d++)
			increments[i][d] *= rate;
	}
	pt_gram_init(gram);
	for (size_t i = 0; i < N; i++) {
		double row[N] = {0};
		for (size_t j = 0; j <= i; j++)
			for (size_t d = 0; d < DIMENSIONS; d++)
				row[j] += increments[i][d] * increments[j][d];
		assert_int_equal(pt_gram_append(gram, row, NULL), PT_OK);
	}
}

static const int64_t *steps_of_five(void)
{
	static int64_t steps[N];
	for (int i = 0; i < N; i++)
		steps[i] = 5 * (i + 1);
	return steps;
}

static void what_was_known_then_is_known_now(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 6; seed++) {
		pt_gram gram;
		make_path(seed, 1.0, 1.2, 30 + 5 * seed, 0.15, &gram);
		pt_direction whole, then;
		pt_direction_init(&whole);
		pt_direction_init(&then);
		assert_int_equal(pt_direction_scan(&gram, steps_of_five(), &whole, NULL), PT_OK);
		assert_true(whole.n_changes >= 1);
		for (size_t n = N - 1; n > 20; n--) {
			pt_gram_truncate(&gram, n);
			assert_int_equal(pt_direction_scan(&gram, steps_of_five(), &then, NULL), PT_OK);
			/* the first 7 of each are NaN */
			if (n > 8)
				assert_memory_equal(whole.t + 7, then.t + 7, (n - 8) * sizeof *then.t);
			/* events of that time are those of today that were known then; only the refinement may go on */
			size_t known = 0;
			while (known < whole.n_changes && whole.changes[known].known_at < n)
				known++;
			assert_int_equal(then.n_changes, known);
			for (size_t c = 0; c < known; c++) {
				assert_int_equal(then.changes[c].first_at, whole.changes[c].first_at);
				assert_int_equal(then.changes[c].known_at, whole.changes[c].known_at);
				assert_true(then.changes[c].ratio == whole.changes[c].ratio);
			}
		}
		pt_direction_fini(&whole);
		pt_direction_fini(&then);
		pt_gram_fini(&gram);
	}
}

static void assert_same_bits(const double *a, const double *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_true(a[i] == b[i] || (isnan(a[i]) && isnan(b[i])));
}

/* Checkpoint by checkpoint, with a few re-written on the way, against one look at all. */
static void a_live_build_up_equals_one_look(void **state)
{
	(void)state;
	/* a dense start whose spacing, so the grid, is another at first; a late checkpoint off the grid */
	int64_t steps[N];
	for (int64_t i = 0; i < N; i++)
		steps[i] = i < 12 ? i + 1 : i == 40 ? 5 * (i - 10) + 2 : i < 40 ? 5 * (i - 9) : 5 * (i - 10);
	for (uint64_t seed = 1; seed <= 4; seed++) {
		pt_gram gram, grown;
		make_path(seed, 1.0, 1.2, 50, 0.15, &gram);
		pt_gram_init(&grown);
		pt_direction live, fresh;
		pt_direction_init(&live);
		pt_direction_init(&fresh);
		for (size_t n = 1; n <= N; n++) {
			assert_int_equal(pt_gram_append(&grown, pt_gram_row(&gram, n - 1), NULL), PT_OK);
			/* now and then something in the middle changes: less is kept */
			const size_t unchanged = n % 13 == 0 ? n / 2 : n - 1;
			for (size_t i = unchanged; n % 13 == 0 && i + 1 < n; i++)
				grown.packed[i * (i + 1) / 2 + i] *= 1.01;
			assert_int_equal(pt_direction_update(&grown, steps, unchanged, &live, NULL), PT_OK);
			assert_int_equal(pt_direction_scan(&grown, steps, &fresh, NULL), PT_OK);
			assert_int_equal(live.n_increments, fresh.n_increments);
			assert_int_equal(live.n_grid, fresh.n_grid);
			assert_same_bits(live.t, fresh.t, fresh.n_increments);
			assert_same_bits(live.ratio, fresh.ratio, fresh.n_increments);
			assert_same_bits(live.phi_deg, fresh.phi_deg, fresh.n_grid);
			assert_same_bits(&live.usual_phi_deg, &fresh.usual_phi_deg, 1);
			assert_int_equal(live.n_changes, fresh.n_changes);
			if (fresh.n_changes > 0)
				assert_memory_equal(live.changes, fresh.changes, fresh.n_changes * sizeof *fresh.changes);
		}
		pt_direction_fini(&live);
		pt_direction_fini(&fresh);
		pt_gram_fini(&gram);
		pt_gram_fini(&grown);
	}
}

static void sharp_turns_are_found_and_smooth_ones_are_not(void **state)
{
	(void)state;
	enum { RUNS = 60 };
	int found = 0, false_alarms = 0;
	for (uint64_t seed = 0; seed < RUNS; seed++) {
		const size_t at = 28 + seed % 40;
		pt_gram gram;
		pt_direction direction;
		pt_direction_init(&direction);
		make_path(seed, 1.5, 0, N, 0.25, &gram);
		assert_int_equal(pt_direction_scan(&gram, steps_of_five(), &direction, NULL), PT_OK);
		false_alarms += direction.n_changes > 0;
		pt_gram_fini(&gram);
		make_path(seed, 1.5, 1.2, at, 0.25, &gram);
		assert_int_equal(pt_direction_scan(&gram, steps_of_five(), &direction, NULL), PT_OK);
		for (size_t c = 0; c < direction.n_changes; c++)
			if (direction.changes[c].at + 4 >= at && direction.changes[c].at <= at + 4) {
				found++;
				break;
			}
		pt_direction_fini(&direction);
		pt_gram_fini(&gram);
	}
	if (false_alarms > 1 || found < RUNS * 8 / 10)
		fail_msg("%d of %d smooth paths alarm, %d turns found", false_alarms, RUNS, found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_known_then_is_known_now),
		cmocka_unit_test(a_live_build_up_equals_one_look),
		cmocka_unit_test(sharp_turns_are_found_and_smooth_ones_are_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
