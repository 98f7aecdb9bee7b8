/* What must hold of scans, maps, ratios, floors, modes and baselines whatever the data. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "made_trajectory.h"
#include "phasetop/numeric/blas.h"
#include "phasetop/numeric/checkpoint_cosine.h"
#include "phasetop/numeric/cosine_scan.h"
#include "phasetop/numeric/loss_baselines.h"
#include "phasetop/numeric/loss_modes.h"
#include "phasetop/numeric/sigma_ratios.h"
#include "phasetop/numeric/storage_floor.h"

enum { N = 40, D_IN = 31, D_OUT = 17 };

/* Steps as real runs have them: dense at first, then every fifth, one missing, one off the grid. */
static void make_steps(int64_t *steps, size_t n, bool regular)
{
	for (size_t i = 0; i < n; i++)
		steps[i] = regular ? 5 * (int64_t)(i + 1) : i < 8 ? (int64_t)i + 1 : 5 * (int64_t)(i - 6);
	if (!regular) {
		steps[n - 3] += 5;
		steps[n - 2] += 5;
		steps[n - 1] += 7;
	}
}

static void assert_near(const char *what, double x, double y, double bound)
{
	if (isnan(x) != isnan(y) || !(isnan(x) || fabs(x - y) <= bound))
		fail_msg("%s: %.17g and %.17g", what, x, y);
}

/* --- k-scan ----------------------------------------------------------------------------------------- */

static const pt_cosine_options variants[] = {
	{.k = 1},
	{.k = 1, .by_index = true},
	{.k = 1, .tolerance = 2},
	{.k = 1, .tolerance = -1},
	{.k = 1, .min_step_frac = 0.5},
	{.k = 1, .min_step_norm = 0.7},
};

/* Each row is the curve of its k. */
static void check_scan(const pt_gram *gram, const int64_t *steps, pt_cosine_options options)
{
	pt_cosine_scan scan;
	pt_cosine_scan_init(&scan);
	assert_int_equal(pt_cosine_scan_update(&scan, gram, steps, 0, &options, SIZE_MAX, NULL), PT_OK);
	assert_int_equal(scan.n, gram->n);
	assert_true(scan.n_k > 5);
	for (size_t j = 0; j < scan.n_k; j++) {
		pt_local_cosine curve;
		pt_local_cosine_init(&curve);
		options.k = scan.k[j];
		assert_int_equal(pt_local_cosine_update(&curve, gram, steps, 0, &options, NULL), PT_OK);
		assert_int_equal(curve.k_used, scan.k[j]);
		size_t p = 0;
		for (size_t i = 0; i < scan.n; i++) {
			bool there = p < curve.n && curve.steps[p] == steps[i];
			double expected = there ? curve.values[p++] : (double)NAN;
			assert_near("scan", scan.values[j * scan.n + i], expected, 1e-10);
		}
		pt_local_cosine_fini(&curve);
	}
	pt_cosine_scan_fini(&scan);
}

static void every_row_of_a_scan_is_a_curve(void **state)
{
	(void)state;
	for (hostile kind = 0; kind < N_HOSTILE; kind++)
		for (int regular = 0; regular < 2; regular++) {
			made m = made_create(N, 1, D_IN, D_OUT, kind, 17 + kind);
			pt_module_history *history = made_history(&m, N);
			int64_t steps[N];
			make_steps(steps, N, regular);
			for (size_t v = 0; v < sizeof variants / sizeof *variants; v++)
				for (pt_trajectory t = PT_TRAJECTORY_A; t <= PT_TRAJECTORY_DW; t++)
					check_scan(pt_module_history_gram(history, t), steps, variants[v]);
			pt_module_history_destroy(history);
			made_free(&m);
		}
}

/* Growing by one checkpoint at a time gives what one look gives; so does a change of thresholds on the way. */
static void a_growing_scan_is_a_fresh_one(void **state)
{
	(void)state;
	made m = made_create(N, 1, D_IN, D_OUT, MADE_TINY_STEPS, 5);
	int64_t steps[N];
	make_steps(steps, N, false);
	for (size_t v = 0; v < sizeof variants / sizeof *variants; v++) {
		pt_cosine_scan growing, fresh;
		pt_cosine_scan_init(&growing);
		pt_cosine_scan_init(&fresh);
		pt_sigma_ratios ratios, fresh_ratios;
		pt_sigma_ratios_init(&ratios);
		pt_sigma_ratios_init(&fresh_ratios);
		for (size_t n = 0; n <= N; n++) {
			pt_module_history *history = made_history(&m, n);
			const pt_gram *gram = pt_module_history_gram(history, PT_TRAJECTORY_B);
			pt_gram empty;
			pt_gram_init(&empty);
			const pt_gram *now = n > 0 ? gram : &empty;
			size_t known = n > 0 ? n - 1 : 0;
			const pt_cosine_options *options = &variants[n % 7 == 3 ? 0 : v];
			assert_int_equal(pt_cosine_scan_update(&growing, now, steps, known, options, 12, NULL), PT_OK);
			assert_int_equal(pt_cosine_scan_update(&fresh, now, steps, 0, options, 12, NULL), PT_OK);
			assert_int_equal(growing.n_k, fresh.n_k);
			for (size_t i = 0; i < fresh.n * fresh.n_k; i++)
				assert_near("growing scan", growing.values[i], fresh.values[i], 1e-10);
			assert_int_equal(pt_sigma_ratios_update(&ratios, now, steps, known, NULL), PT_OK);
			assert_int_equal(pt_sigma_ratios_update(&fresh_ratios, now, steps, 0, NULL), PT_OK);
			assert_int_equal(ratios.n, fresh_ratios.n);
			for (size_t i = 0; i < ratios.n; i++) {
				assert_int_equal(ratios.at[i], fresh_ratios.at[i]);
				assert_near("ratio", ratios.s1_s2[i], fresh_ratios.s1_s2[i], 0);
				assert_near("ratio", ratios.s2_s3[i], fresh_ratios.s2_s3[i], 0);
			}
			pt_module_history_destroy(history);
		}
		pt_cosine_scan_fini(&growing);
		pt_cosine_scan_fini(&fresh);
		pt_sigma_ratios_fini(&ratios);
		pt_sigma_ratios_fini(&fresh_ratios);
	}
	made_free(&m);
}

static void bad_input_is_refused(void **state)
{
	(void)state;
	made m = made_create(4, 1, D_IN, D_OUT, MADE_SMOOTH, 5);
	pt_module_history *history = made_history(&m, 4);
	const pt_gram *gram = pt_module_history_gram(history, PT_TRAJECTORY_B);
	int64_t falling[] = {1, 3, 2, 4}, rising[] = {1, 2, 3, 4};
	pt_cosine_options options = {.k = 1}, negative = {.k = 1, .min_step_frac = -1};
	pt_cosine_scan scan;
	pt_cosine_scan_init(&scan);
	pt_sigma_ratios ratios;
	pt_sigma_ratios_init(&ratios);
	assert_int_equal(pt_cosine_scan_update(&scan, gram, falling, 0, &options, 9, NULL), PT_ERR_INVALID);
	assert_int_equal(pt_cosine_scan_update(&scan, gram, rising, 0, &negative, 9, NULL), PT_ERR_INVALID);
	assert_int_equal(pt_sigma_ratios_update(&ratios, gram, falling, 0, NULL), PT_ERR_INVALID);
	pt_module_history_destroy(history);
	made_free(&m);
}

/* --- cosines between checkpoints -------------------------------------------------------------------- */

static long double dot(const double *x, const double *y, size_t n)
{
	long double sum = 0;
	for (size_t e = 0; e < n; e++)
		sum += (long double)x[e] * (long double)y[e];
	return sum;
}

static void maps_are_those_of_the_vectors(void **state)
{
	(void)state;
	for (hostile kind = 0; kind < N_HOSTILE; kind++) {
		made m = made_create(N, 1, D_IN, D_OUT, kind, 3 + kind);
		pt_module_history *history = made_history(&m, N);
		double map[N * N], alignment[N];
		const pt_gram *gram = pt_module_history_gram(history, PT_TRAJECTORY_B);
		pt_checkpoint_cosine(gram, map);
		pt_final_alignment(gram, alignment);
		for (size_t i = 0; i < N; i++)
			for (size_t j = 0; j < N; j++) {
				const double *x = m.b64 + i * m.length_b, *y = m.b64 + j * m.length_b;
				long double lengths =
					sqrtl(dot(x, x, m.length_b)) * sqrtl(dot(y, y, m.length_b));
				double expected = lengths > 0 ? (double)(dot(x, y, m.length_b) / lengths) : (double)NAN;
				/* a spike of 1e9 drowns what is small beside it: then nothing is told, never a wrong value */
				bool may_lack = kind == MADE_SPIKE && (i >= N / 2 || j >= N / 2);
				if (!may_lack || !isnan(map[i * N + j]))
					assert_near("map", map[i * N + j], expected, may_lack ? 1e-6 : 1e-9);
				if (i == N - 1 && (!may_lack || !isnan(alignment[j])))
					assert_near("alignment", alignment[j], expected, may_lack ? 1e-6 : 1e-9);
			}
		pt_module_history_destroy(history);
		made_free(&m);
	}
}

/* --- storage floor ---------------------------------------------------------------------------------- */

static void energies_are_those_of_the_spacing(void **state)
{
	(void)state;
	/* numpy.spacing (NumPy 2.4.6) of float16, float32, float64; bfloat16 by its seven bits */
	static const struct {
		pt_stored stored;
		double value, spacing;
	} table[] = {
		{PT_STORED_F16, 0x0.0p+0, 0x1.0p-24},
		{PT_STORED_F32, 0x0.0p+0, 0x1.0p-149},
		{PT_STORED_F16, 0x1.0p+0, 0x1.0p-10},
		{PT_STORED_F32, 0x1.0p+0, 0x1.0p-23},
		{PT_STORED_F64, 0x1.0p+0, 0x1.0p-52},
		{PT_STORED_F16, -0x1.8p+0, 0x1.0p-10},
		{PT_STORED_F32, -0x1.8p+0, 0x1.0p-23},
		{PT_STORED_F64, -0x1.8p+0, 0x1.0p-52},
		{PT_STORED_F16, 0x1.998p-4, 0x1.0p-14},
		{PT_STORED_F32, 0x1.99999ap-4, 0x1.0p-27},
		{PT_STORED_F64, 0x1.999999999999ap-4, 0x1.0p-56},
		{PT_STORED_F16, 0x1.f7p-16, 0x1.0p-24},
		{PT_STORED_F32, 0x1.f75104p-16, 0x1.0p-39},
		{PT_STORED_F32, 0x1.ffcp+15, 0x1.0p-8},
		{PT_STORED_F16, 0x1.0p-24, 0x1.0p-24},
		{PT_STORED_F32, 0x1.01b2b2p-24, 0x1.0p-47},
		{PT_STORED_BF16, 0x0.0p+0, 0x1.0p-133},
		{PT_STORED_BF16, 0x1.0p+0, 0x1.0p-7},
		{PT_STORED_BF16, -0x1.8p+0, 0x1.0p-7},
		{PT_STORED_BF16, 0x1.9ap-4, 0x1.0p-11},
		{PT_STORED_BF16, 0x1.6p-130, 0x1.0p-133},
		{PT_STORED_BF16, 0x1.c4p+127, 0x1.0p+120},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		double wide[37];
		float narrow[37];
		for (size_t e = 0; e < 37; e++) {
			wide[e] = table[i].value;
			narrow[e] = (float)table[i].value;
		}
		double expected = 37.0 * table[i].spacing * table[i].spacing / 12.0;
		pt_values values = {.f32 = table[i].stored == PT_STORED_F64 ? NULL : narrow,
			.f64 = table[i].stored == PT_STORED_F64 ? wide : NULL};
		double energy = pt_rounding_energy(values, 37, table[i].stored);
		if (!(fabs(energy - expected) <= 1e-12 * expected))
			fail_msg("%g: %g should be %g", table[i].value, energy, expected);
		if (table[i].stored != PT_STORED_F64) /* the same value in a file beside doubles was widened */
			assert_near("widened", pt_rounding_energy((pt_values){.f64 = wide}, 37, table[i].stored), expected,
				1e-12 * expected);
	}
}

static float as_bf16(float x)
{
	uint32_t bits;
	memcpy(&bits, &x, sizeof bits);
	bits = (bits + 0x7fffu + (bits >> 16 & 1u)) & 0xffff0000u;
	memcpy(&x, &bits, sizeof x);
	return x;
}

/* definitions: bf16 turns a true cosine of 0.64 into −0.04 at ‖δ‖/‖v‖ = 1e-3. */
static void bf16_bends_a_path_and_the_floor_says_so(void **state)
{
	(void)state;
	enum { D = 40000 };
	static float b[3 * D], a[1] = {1.0f};
	uint64_t seed = 4;
	double length = 0;
	for (size_t e = 0; e < D; e++) {
		double v = random_uniform(&seed), first = random_uniform(&seed), second = random_uniform(&seed);
		length = 1e-3; /* of equally distributed parts, so of the whole */
		double before = length * first;
		double after = length * (0.64 * first + sqrt(1 - 0.64 * 0.64) * second);
		b[e] = as_bf16((float)(v - before));
		b[D + e] = as_bf16((float)v);
		b[2 * D + e] = as_bf16((float)(v + after));
	}
	pt_module_history *history = NULL;
	assert_int_equal(pt_module_history_create(&history, NULL), PT_OK);
	for (size_t i = 0; i < 3; i++) {
		pt_module_checkpoint c = {.shape = {.kind = PT_MODULE_LORA, .rank = 1, .d_in = 1, .d_out = D},
			.a = {.f32 = a},
			.b = {.f32 = b + i * D},
			.scaling = 1,
			.stored = PT_STORED_BF16};
		assert_int_equal(pt_module_history_insert(history, i, &c, NULL), PT_OK);
	}
	pt_local_cosine cosine;
	pt_local_cosine_init(&cosine);
	int64_t steps[] = {1, 2, 3};
	pt_cosine_options options = pt_cosine_options_default();
	const pt_gram *gram = pt_module_history_gram(history, PT_TRAJECTORY_B);
	assert_int_equal(pt_local_cosine_update(&cosine, gram, steps, 0, &options, NULL), PT_OK);
	assert_int_equal(cosine.n, 1);
	assert_true(cosine.values[0] < 0.1); /* a path that goes on, to 0.64, looks like a turn */
	double q, debiased;
	pt_storage_floor(
		&cosine, pt_module_history_energies(history, PT_TRAJECTORY_B), &q, &debiased);
	assert_true(q < PT_FLOOR_DIM);
	assert_true(q > 0.3);
	assert_true(isnan(debiased) || q >= PT_FLOOR_DEBIAS);
	pt_local_cosine_fini(&cosine);
	pt_module_history_destroy(history);
}

/* --- modes and baselines ---------------------------------------------------------------------------- */

static void make_losses(double *rows, size_t w, size_t n, double offset, uint64_t seed)
{
	for (size_t t = 0; t < w; t++) {
		double common = 3 * random_uniform(&seed), other = random_uniform(&seed);
		for (size_t p = 0; p < n; p++)
			rows[t * n + p] = offset + common * (p % 3 ? 1 : -0.5) + other * (double)(p % 5) +
							  0.1 * random_uniform(&seed);
	}
}

/* C x = λ x, unit and orthogonal, falling, and λ adds up to no more than tr C. */
static void check_modes(const double *rows, size_t w, size_t n, bool detrended, double bound)
{
	pt_loss_modes modes;
	pt_loss_modes_init(&modes);
	assert_int_equal(pt_loss_modes_find(rows, w, n, detrended, PT_MAX_MODES, &modes, NULL), PT_OK);
	double middle = (double)(w - 1) / 2, spread = 0, shares = 0;
	for (size_t t = 0; t < w; t++)
		spread += ((double)t - middle) * ((double)t - middle);
	double *centred = calloc(w * n, sizeof *centred);
	for (size_t p = 0; p < n; p++) {
		long double mean = 0, slope = 0;
		for (size_t t = 0; t < w; t++)
			mean += (long double)rows[t * n + p] / (long double)w;
		for (size_t t = 0; detrended && t < w; t++)
			slope += ((long double)t - (long double)middle) * (long double)rows[t * n + p] / (long double)spread;
		for (size_t t = 0; t < w; t++)
			centred[t * n + p] = (double)((long double)rows[t * n + p] - mean -
										  slope * ((long double)t - (long double)middle));
	}
	for (size_t m = 0; m < modes.n_modes; m++) {
		const double *x = modes.weights + m * n;
		assert_near("unit", (double)dot(x, x, n), 1, 1e-12);
		if (m > 0) {
			assert_near("orthogonal", (double)dot(x, x - n, n), 0, 1e-9);
			assert_true(modes.lambda[m] <= modes.lambda[m - 1]);
		}
		shares += modes.share[m];
		double largest = 0;
		for (size_t p = 0; p < n; p++) {
			if (fabs(x[p]) > fabs(largest))
				largest = x[p];
			double image = 0;
			for (size_t t = 0; t < w; t++)
				image += centred[t * n + p] * (double)dot(centred + t * n, x, n) / (double)(w - 1);
			assert_near("C x", image, modes.lambda[m] * x[p], bound * modes.lambda[0]);
		}
		assert_true(largest > 0);
	}
	assert_true(shares <= 1 + 1e-12);
	free(centred);
	pt_loss_modes_fini(&modes);
}

static void modes_are_eigenvectors_of_the_covariance(void **state)
{
	(void)state;
	static const size_t sizes[][2] = {{20, 64}, {50, 12}, {3, 7}, {2, 5}};
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
		for (int detrended = 0; detrended < 2; detrended++) {
			size_t w = sizes[s][0], n = sizes[s][1];
			double *rows = calloc(w * n, sizeof *rows);
			make_losses(rows, w, n, 0, s + 1);
			check_modes(rows, w, n, detrended, 1e-10);
			make_losses(rows, w, n, 1e9, s + 1);
			check_modes(rows, w, n, detrended, 1e-5); /* the losses themselves are rounded to 1e-7 */
			free(rows);
		}
}

static void losses_that_stand_have_no_mode(void **state)
{
	(void)state;
	double rows[20 * 4];
	for (size_t i = 0; i < 80; i++)
		rows[i] = 2.5;
	pt_loss_modes modes;
	pt_loss_modes_init(&modes);
	assert_int_equal(pt_loss_modes_find(rows, 20, 4, false, 3, &modes, NULL), PT_OK);
	assert_int_equal(modes.n_modes, 0);
	assert_int_equal(pt_loss_modes_find(rows, 1, 4, false, 3, &modes, NULL), PT_OK);
	assert_int_equal(modes.n_modes, 0);
	assert_int_equal(pt_loss_modes_find(rows, 0, 4, false, 3, &modes, NULL), PT_ERR_INVALID);
	rows[3] = (double)INFINITY;
	assert_int_equal(pt_loss_modes_find(rows, 20, 4, false, 3, &modes, NULL), PT_ERR_NOT_FINITE);
	pt_loss_modes_fini(&modes);
}

/* Every pair counted. */
static double slow_tau(const double *y, size_t n)
{
	double pairs = 0, untied = 0, sum = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++) {
			pairs++;
			untied += y[i] != y[j];
			sum += (y[i] > y[j]) - (y[i] < y[j]);
		}
	return pairs > 0 && untied > 0 ? sum / sqrt(pairs * untied) : (double)NAN;
}

static void kendall_counts_every_pair(void **state)
{
	(void)state;
	uint64_t seed = 8;
	for (size_t n = 0; n < 70; n++)
		for (int ties = 0; ties < 3; ties++) {
			double y[70], tau;
			for (size_t i = 0; i < n; i++) {
				double u = random_uniform(&seed);
				y[i] = ties == 0 ? u : ties == 1 ? floor(3 * u) : 4.0;
			}
			assert_int_equal(pt_kendall_tau(y, n, &tau, NULL), PT_OK);
			assert_near("tau", tau, slow_tau(y, n), 1e-14);
		}
}

static void baselines_of_made_windows(void **state)
{
	(void)state;
	enum { ROWS = 20 };
	int64_t steps[ROWS];
	double means[ROWS];
	for (int64_t t = 0; t < ROWS; t++) {
		steps[t] = 100 + 10 * t;
		means[t] = 1e6 - 0.25 * (double)t; /* a line far from 0 */
	}
	pt_loss_baselines b = pt_loss_baselines_of(steps, means, ROWS);
	assert_near("slope", b.slope, -0.025, 1e-12);
	assert_near("variance of a line", b.variance, 0, 1e-18);
	assert_true(isnan(b.lag1));
	for (size_t t = 0; t < ROWS; t++)
		means[t] += t % 2 ? 1 : -1; /* it alternates about the line */
	b = pt_loss_baselines_of(steps, means, ROWS);
	assert_true(b.lag1 < -0.9);
	assert_true(isnan(pt_loss_baselines_of(steps, means, 1).slope));
	assert_true(isnan(pt_loss_baselines_of(steps, means, 2).variance));
	int64_t same[] = {5, 5, 5};
	assert_true(isnan(pt_loss_baselines_of(same, means, 3).slope));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_a_scan_is_a_curve),
		cmocka_unit_test(a_growing_scan_is_a_fresh_one),
		cmocka_unit_test(bad_input_is_refused),
		cmocka_unit_test(maps_are_those_of_the_vectors),
		cmocka_unit_test(energies_are_those_of_the_spacing),
		cmocka_unit_test(bf16_bends_a_path_and_the_floor_says_so),
		cmocka_unit_test(modes_are_eigenvectors_of_the_covariance),
		cmocka_unit_test(losses_that_stand_have_no_mode),
		cmocka_unit_test(kendall_counts_every_pair),
		cmocka_unit_test(baselines_of_made_windows),
	};
	pt_blas_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
