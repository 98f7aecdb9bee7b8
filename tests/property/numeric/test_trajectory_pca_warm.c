/* A live PCA, refreshed frame by frame, is what a cold start and dsyevr give, whatever the trajectory does.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../helpers/random_numbers.h"
#include "phasetop/numeric/blas.h"
#include "phasetop/numeric/trajectory_pca.h"

enum { MOST = 180, LENGTH = 48 };

static uint64_t noise_state;

static double uniform(void)
{
	return random_uniform(&noise_state);
}

typedef enum kind {
	SMOOTH,
	WALK,
	DRIFTING_WALK,
	NOISE_AROUND_A_LINE,
	ROTATION,          /* a circle: PC1 and PC2 are close all along */
	TWINS,             /* two coordinates of nearly equal variance, 1e-6 apart */
	LINE,              /* rank 1 */
	PLANE,             /* rank 2 */
	DUPLICATES,        /* every third checkpoint repeats the one before */
	LATE_START,        /* all the same at first */
	OFFSET,            /* far from 0: 1e9 */
	TINY_STEPS,        /* ‖δ‖/‖v‖ = 1e-6 */
	SPIKES,            /* some checkpoints fly off and come back */
	NEW_DIRECTIONS,    /* stands, then leaves along a coordinate that was 0 so far; again and again */
	LOUDER_AND_LOUDER, /* each checkpoint is farther off than all before, in a direction of its own */
	N_KINDS
} kind;

/* Coordinate e of checkpoint i, given the one before. */
static double value(kind which, size_t i, size_t e, double before)
{
	double t = (double)i / 100.0, x = t - 0.4;
	switch (which) {
	case SMOOTH:
		return e == 0   ? 4.0 * (1.0 - exp(-3.0 * t))
			   : e == 1 ? 1.0 / (1.0 + exp(-12.0 * x))
			   : e == 2 ? x * x
						: 1e-3 * sin((double)e * t) / (double)e;
	case DRIFTING_WALK:
		return before + 0.01 * uniform() + (e == 0 ? 0.03 : e == 1 ? 0.03 * cos(4.0 * t) : 0.0);
	case NOISE_AROUND_A_LINE:
		return (e == 0 ? 8.0 * t : 0.0) + 0.5 * uniform();
	case ROTATION:
		return e == 0 ? cos(6.0 * t) : e == 1 ? sin(6.0 * t) : 1e-3 * uniform();
	case TWINS:
		return e == 0 ? cos(6.283 * t) : e == 1 ? (1.0 + 1e-6) * cos(12.566 * t) : 0.0;
	case LINE:
		return (double)(e + 1) * t * t;
	case PLANE:
		return (double)(e + 1) * t + cos((double)e) * sin(5.0 * t);
	case DUPLICATES:
		return i % 3 == 2 ? before : before + uniform();
	case LATE_START:
		return i < 45 ? 0.0 : before + uniform();
	case OFFSET:
		return i == 0 ? 1e9 + uniform() : before + uniform();
	case TINY_STEPS:
		return i == 0 ? 4.0 + uniform() : before + 4e-6 * uniform();
	case SPIKES:
		return 0.02 * (double)(i * (e + 1)) + uniform() + (i % 20 == 19 && e == i / 20 ? 1e5 : 0.0);
	case NEW_DIRECTIONS:
		return e == 0 ? 1.0 : e == i / 8 ? before + 0.1 * (double)(e * e) : before;
	case LOUDER_AND_LOUDER:
		return e == i % LENGTH ? pow(1.3, (double)i) : 0.0;
	default:
		return before + uniform();
	}
}

typedef struct trajectory {
	size_t n;
	double v[MOST][LENGTH];
} trajectory;

static void make(trajectory *made, kind which, size_t n)
{
	noise_state = 11;
	made->n = n;
	for (size_t i = 0; i < n; i++)
		for (size_t e = 0; e < LENGTH; e++)
			made->v[i][e] = value(which, i, e, i > 0 ? made->v[i - 1][e] : 0.0);
}

static double change(const trajectory *of, size_t i, size_t e)
{
	return of->v[i][e] - (i > 0 ? of->v[i - 1][e] : 0.0);
}

/* The rows of the increment Gram from `first` on. */
static void append_rows(pt_gram *gram, const trajectory *of, size_t first)
{
	pt_gram_truncate(gram, first);
	for (size_t i = first; i < of->n; i++) {
		double row[MOST];
		for (size_t j = 0; j <= i; j++) {
			row[j] = 0.0;
			for (size_t e = 0; e < LENGTH; e++)
				row[j] += change(of, i, e) * change(of, j, e);
		}
		assert_int_equal(pt_gram_append(gram, row, NULL), PT_OK);
	}
}

static double largest_of(const double *scores, size_t n)
{
	double largest = 0.0;
	for (size_t i = 0; i < n; i++)
		largest = fmax(largest, fabs(scores[i]));
	return largest;
}

/* Distance of ratio c from its neighbours, over the largest. */
static double distance(const pt_pca *pca, size_t c)
{
	double below = c + 1 < pca->n_scree ? pca->scree[c] - pca->scree[c + 1] : pca->scree[c];
	double above = c > 0 ? pca->scree[c - 1] - pca->scree[c] : below;
	return fmin(below, above) / pca->scree[0];
}

/* Equal to 1e-10, as far as the eigenvectors are determined at all; signs included. */
static void check_equal(const char *what, const pt_pca *live, const pt_pca *expected, const pt_pca *exact)
{
	assert_int_equal(live->n, expected->n);
	assert_true(live->present == expected->present && live->n_scree <= expected->n_scree);
	if (!live->present)
		return;
	assert_true(fabs(live->total - expected->total) <= 1e-13 * expected->total);
	for (size_t c = 0; c < live->n_scree; c++)
		if (!(fabs(live->scree[c] - expected->scree[c]) <= 1e-10))
			fail_msg("%s, n = %zu: ratio %zu is %.17g, expected %.17g", what, live->n, c, live->scree[c],
				expected->scree[c]);
	for (size_t c = 0; c < PT_PCA_COMPONENTS && c < live->n_scree; c++) {
		double bound = fmax(1e-10, 1e-13 / distance(exact, c));
		for (size_t i = 0; bound < 1e-3 && i < live->n; i++) {
			double difference = fabs(live->scores[c][i] - expected->scores[c][i]);
			double largest = largest_of(expected->scores[c], live->n);
			if (!(difference <= bound * largest))
				fail_msg("%s, n = %zu, PC%zu, checkpoint %zu: off by %g (bound %g, largest %g)", what,
					live->n, c + 1, i, difference / largest, bound, largest);
		}
	}
}

static void check_frame(const char *what, const pt_gram *gram, size_t n_scree, const pt_pca *live)
{
	pt_pca cold, exact;
	pt_pca_init(&cold);
	pt_pca_init(&exact);
	assert_int_equal(pt_trajectory_pca(gram, PT_PCA_SOLVER_DENSE, &exact, NULL), PT_OK);
	assert_int_equal(pt_trajectory_pca_leading(gram, PT_PCA_SOLVER_LANCZOS, n_scree, &cold, NULL), PT_OK);
	check_equal(what, live, &exact, &exact);
	check_equal(what, live, &cold, &exact);
	pt_pca_fini(&cold);
	pt_pca_fini(&exact);
}

static void every_frame_of_a_growing_run_is_as_computed_cold(void **state)
{
	(void)state;
	static trajectory whole;
	for (kind which = SMOOTH; which < N_KINDS; which++)
		for (size_t n_scree = 2; n_scree <= 10; n_scree += 8) {
			char what[32];
			snprintf(what, sizeof what, "kind %d", (int)which);
			/* One run is long enough for more than one cold start. */
			make(&whole, which, which == WALK ? MOST : 110);
			pt_gram gram, part;
			pt_pca live;
			pt_gram_init(&gram);
			pt_pca_init(&live);
			append_rows(&gram, &whole, 0);
			part = gram;
			for (size_t n = 0; n <= whole.n; n++) {
				part.n = n;
				assert_int_equal(pt_trajectory_pca_refresh(&part, live.n, n_scree, &live, NULL), PT_OK);
				if (n < 5 || n > 29)
					check_frame(what, &part, n_scree, &live);
			}
			pt_pca_fini(&live);
			pt_gram_fini(&gram);
		}
}

/* One change of a kept run: mostly an append; also several, one late, a repaired one, one less, none. */
static size_t change_somehow(trajectory *t)
{
	unsigned what = (unsigned)(noise_state >> 40) % 12;
	size_t at = t->n / 2 + (size_t)(noise_state >> 50) % (t->n / 2), unchanged = t->n;
	size_t n_new = what < 7 ? 1 : what == 7 ? 3 : 0;
	for (size_t k = 0; k < n_new && t->n < MOST; k++, t->n++)
		for (size_t e = 0; e < LENGTH; e++)
			t->v[t->n][e] = t->v[t->n - 1][e] + uniform();
	if (what >= 8 && what <= 10)
		unchanged = at;
	if (what == 8 && t->n < MOST) {
		memmove(t->v[at + 1], t->v[at], (t->n - at) * sizeof t->v[0]);
		t->n++;
	}
	if (what == 8 || what == 9)
		for (size_t e = 0; e < LENGTH; e++)
			t->v[at][e] += 3.0 * uniform();
	if (what == 10) {
		memmove(t->v[at], t->v[at + 1], (t->n - at - 1) * sizeof t->v[0]);
		t->n--;
	}
	uniform();
	return unchanged;
}

static void insertions_repairs_and_removals_are_as_computed_cold(void **state)
{
	(void)state;
	static trajectory kept;
	make(&kept, WALK, 36);
	pt_gram gram;
	pt_pca live;
	pt_gram_init(&gram);
	pt_pca_init(&live);
	append_rows(&gram, &kept, 0);
	assert_int_equal(pt_trajectory_pca_refresh(&gram, 0, 2, &live, NULL), PT_OK);
	for (int round = 0; round < 150 && kept.n < MOST; round++) {
		size_t n_unchanged = change_somehow(&kept);
		/* A repaired checkpoint also comes together with a new one, so that the number alone tells nothing.
		 */
		append_rows(&gram, &kept, n_unchanged);
		size_t n_scree = round % 16 == 15 ? 10 : 2;
		assert_int_equal(pt_trajectory_pca_refresh(&gram, n_unchanged, n_scree, &live, NULL), PT_OK);
		check_frame("changed somehow", &gram, n_scree, &live);
	}
	/* Replaced and appended at once: one more than before, but not an append. */
	for (size_t e = 0; e < LENGTH; e++)
		kept.v[kept.n - 9][e] += 30.0 * uniform();
	kept.n -= 1;
	append_rows(&gram, &kept, 0);
	assert_int_equal(pt_trajectory_pca_refresh(&gram, 0, 2, &live, NULL), PT_OK);
	for (size_t e = 0; e < LENGTH; e++)
		kept.v[kept.n - 9][e] += 30.0 * uniform();
	kept.n += 1;
	append_rows(&gram, &kept, 0);
	assert_int_equal(pt_trajectory_pca_refresh(&gram, kept.n - 10, 2, &live, NULL), PT_OK);
	check_frame("replaced and appended", &gram, 2, &live);
	pt_pca_fini(&live);
	pt_gram_fini(&gram);
}

static void signs_stay_from_frame_to_frame(void **state)
{
	(void)state;
	static trajectory whole;
	static const kind steady[] = {SMOOTH, WALK, DRIFTING_WALK, DUPLICATES, PLANE, OFFSET, TINY_STEPS};
	for (size_t k = 0; k < sizeof steady / sizeof *steady; k++) {
		make(&whole, steady[k], 150);
		pt_gram gram, part;
		pt_pca live;
		double before[PT_PCA_COMPONENTS][MOST];
		pt_gram_init(&gram);
		pt_pca_init(&live);
		append_rows(&gram, &whole, 0);
		part = gram;
		for (size_t n = 12; n <= whole.n; n++) {
			part.n = n;
			assert_int_equal(pt_trajectory_pca_refresh(&part, n - 1, 2, &live, NULL), PT_OK);
			for (size_t c = 0; c < PT_PCA_COMPONENTS; c++) {
				double product = 0.0;
				for (size_t i = 0; n > 12 && i + 1 < n; i++)
					product += before[c][i] * live.scores[c][i];
				if (n > 12 && !(product > 0.0))
					fail_msg("kind %d, n = %zu: PC%zu has turned over", (int)steady[k], n, c + 1);
				memcpy(before[c], live.scores[c], n * sizeof *before[c]);
			}
		}
		pt_pca_fini(&live);
		pt_gram_fini(&gram);
	}
}

/* The first of equals: rounding must not decide between +5 and −5 where the first checkpoint scores nothing.
 */
static void equal_extremes_have_the_same_sign_warm_and_cold(void **state)
{
	(void)state;
	pt_gram gram;
	pt_pca live;
	pt_gram_init(&gram);
	pt_pca_init(&live);
	static trajectory swings;
	memset(&swings, 0, sizeof swings);
	for (size_t n = 1; n <= 120; n++) {
		swings.n = n;
		if (n > 1)
			swings.v[n - 1][0] = n % 4 == 2 ? 5.0 : n % 4 == 0 ? -5.0 : 0.0;
		swings.v[n - 1][1] = n % 4 == 3 ? 1.0 : 0.0;
		append_rows(&gram, &swings, n - 1);
		assert_int_equal(pt_trajectory_pca_refresh(&gram, n - 1, 2, &live, NULL), PT_OK);
		if (n > 40)
			check_frame("swings", &gram, 2, &live);
	}
	pt_pca_fini(&live);
	pt_gram_fini(&gram);
}

static void a_nan_is_refused_and_the_next_frame_is_right(void **state)
{
	(void)state;
	static trajectory whole;
	make(&whole, WALK, 61);
	pt_gram gram, part;
	pt_pca live;
	pt_gram_init(&gram);
	pt_pca_init(&live);
	append_rows(&gram, &whole, 0);
	part = gram;
	for (part.n = 50; part.n < 60; part.n++)
		assert_int_equal(pt_trajectory_pca_refresh(&part, part.n - 1, 2, &live, NULL), PT_OK);
	double *entry = gram.packed + 59 * 60 / 2 + 20, good = *entry, score = live.scores[0][3];
	*entry = (double)NAN;
	assert_int_equal(pt_trajectory_pca_refresh(&part, 59, 2, &live, NULL), PT_ERR_NOT_FINITE);
	assert_true(live.n == 59 && live.scores[0][3] == score);
	*entry = good;
	for (; part.n <= 61; part.n++) {
		assert_int_equal(pt_trajectory_pca_refresh(&part, part.n - 1, 2, &live, NULL), PT_OK);
		check_frame("after a NaN", &part, 2, &live);
	}
	pt_pca_fini(&live);
	pt_gram_fini(&gram);
}

int main(void)
{
	pt_blas_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_frame_of_a_growing_run_is_as_computed_cold),
		cmocka_unit_test(insertions_repairs_and_removals_are_as_computed_cold),
		cmocka_unit_test(signs_stay_from_frame_to_frame),
		cmocka_unit_test(equal_extremes_have_the_same_sign_warm_and_cold),
		cmocka_unit_test(a_nan_is_refused_and_the_next_frame_is_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
