/* What holds of the spectrum for every window: streaming ≡ batch, invariances, bounds, a million rows. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../helpers/random_numbers.h"
#include "phasetop/numeric/loss_covariance.h"

enum { MAX_PROBES = 24, ROWS = 90 };

static double normal(uint64_t *seed)
{
	double sum = 0;
	for (int i = 0; i < 12; i++)
		sum += random_fine(seed);
	return 0.5 * sum;
}

/* Correlated rows with a slow drift: n probes each. */
static void make_rows(uint64_t seed, size_t m, size_t n, double *rows)
{
	double level[MAX_PROBES] = {0};
	for (size_t i = 0; i < m; i++) {
		const double common = normal(&seed);
		for (size_t p = 0; p < n; p++) {
			level[p] += 0.1 * common + 0.02 * normal(&seed);
			rows[i * n + p] = 2 + level[p] + 0.05 * normal(&seed);
		}
	}
}

static void assert_same(const pt_spectrum_point *a, const pt_spectrum_point *b)
{
	assert_memory_equal(&a->shc, &b->shc, 5 * sizeof(double));
	assert_int_equal(a->n_rows, b->n_rows);
	assert_int_equal(a->partial, b->partial);
}

static void spectra_of(const double *rows, size_t m, size_t n, size_t window, pt_spectrum_point *raw,
	pt_spectrum_point *detrended)
{
	assert_int_equal(pt_loss_spectra(rows, m, n, NULL, n, window, raw, detrended, NULL), PT_OK);
}

static bool close_to(double a, double b, double relative)
{
	return fabs(a - b) <= relative * fmax(fabs(a), fabs(b));
}

static void a_window_is_a_function_of_its_rows(void **state)
{
	(void)state;
	static double rows[ROWS * MAX_PROBES];
	static pt_spectrum_point raw[ROWS], detrended[ROWS], fresh_raw[ROWS], fresh_detrended[ROWS];
	static const size_t shapes[][2] = {{1, 2}, {3, 7}, {24, 5}, {7, 20}, {24, 60}};
	for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
		const size_t n = shapes[s][0], window = shapes[s][1];
		make_rows(s + 1, ROWS, n, rows);
		spectra_of(rows, ROWS, n, window, raw, detrended);
		for (size_t end = window; end <= ROWS; end++) {
			/* a stream that has seen more gives the same bits as one that begins here */
			spectra_of(rows + (end - window) * n, window, n, window, fresh_raw, fresh_detrended);
			assert_same(&raw[end - 1], &fresh_raw[window - 1]);
			assert_same(&detrended[end - 1], &fresh_detrended[window - 1]);
		}
	}
}

static void a_million_rows_and_a_spike_leave_nothing(void **state)
{
	(void)state;
	enum { N = 3, W = 8, MANY = 1000000 };
	pt_loss_window *window = NULL, *fresh = NULL;
	assert_int_equal(pt_loss_window_create(N, W, &window, NULL), PT_OK);
	assert_int_equal(pt_loss_window_create(N, W, &fresh, NULL), PT_OK);
	uint64_t seed = 5;
	pt_spectrum_point raw = {0}, detrended = {0}, fresh_raw = {0}, fresh_detrended = {0};
	for (int i = 0; i < MANY; i++) {
		double row[N];
		for (int p = 0; p < N; p++)
			row[p] = 1 + 1e-3 * random_fine(&seed) + (i == 1000 || i == MANY - 2 * W ? 1e3 : 0);
		const bool last = i == MANY - 1;
		assert_int_equal(
			pt_loss_window_push(window, row, last ? &raw : NULL, last ? &detrended : NULL, NULL), PT_OK);
		if (i >= MANY - W)
			assert_int_equal(pt_loss_window_push(fresh, row, &fresh_raw, &fresh_detrended, NULL), PT_OK);
	}
	assert_same(&raw, &fresh_raw);
	assert_same(&detrended, &fresh_detrended);
	assert_true(raw.trace < 1e-5);
	pt_loss_window_destroy(window);
	pt_loss_window_destroy(fresh);
}

static void bounds_and_the_identity_hold(void **state)
{
	(void)state;
	static double rows[ROWS * MAX_PROBES];
	static pt_spectrum_point raw[ROWS], detrended[ROWS];
	for (size_t n = 1; n <= MAX_PROBES; n += 4)
		for (size_t window = 2; window <= 40; window += 6) {
			make_rows(n * 100 + window, ROWS, n, rows);
			spectra_of(rows, ROWS, n, window, raw, detrended);
			for (size_t i = 1; i < ROWS; i++)
				for (int form = 0; form < 2; form++) {
					const pt_spectrum_point *point = form ? detrended + i : raw + i;
					if (form && point->n_rows < 3)
						continue;
					const double rank = (double)(point->n_rows - 1 - (size_t)form), count = (double)n;
					const double slack = 1 + 1e-9, mean = point->trace / count;
					assert_true(point->shc >= 0 && point->trace > 0);
					assert_true(point->pr >= 1 / slack && point->pr <= fmin(count, rank) * slack);
					assert_true(point->lambda1 <= point->trace * slack);
					assert_true(point->lambda1 * fmin(count, rank) * slack >= point->trace);
					assert_true(point->lambda1 * slack >= point->trace / point->pr);
					assert_true(fabs(point->shc - mean * mean * (count / point->pr - 1)) <=
								1e-9 * mean * mean * count / point->pr);
					assert_true(point->pr_white_noise <= fmin(count, rank) * slack);
				}
		}
}

static void scale_offset_and_order_of_probes(void **state)
{
	(void)state;
	enum { N = 9, W = 12 };
	static double rows[ROWS * N], changed[ROWS * N];
	static pt_spectrum_point raw[ROWS], detrended[ROWS], raw_changed[ROWS], detrended_changed[ROWS];
	make_rows(77, ROWS, N, rows);
	/* to 20 bits, so that an offset of 2^26 can be added exactly */
	for (size_t i = 0; i < ROWS * N; i++)
		rows[i] = nearbyint(rows[i] * 0x1p20) * 0x1p-20;
	spectra_of(rows, ROWS, N, W, raw, detrended);
	for (size_t i = 0; i < ROWS; i++)
		for (size_t p = 0; p < N; p++)
			changed[i * N + p] = 3 * (rows[i * N + (p * 2) % N] + 0x1p26 * (double)p);
	spectra_of(changed, ROWS, N, W, raw_changed, detrended_changed);
	for (size_t i = 2; i < ROWS; i++) {
		assert_true(close_to(raw_changed[i].shc, 81 * raw[i].shc, 1e-12));
		assert_true(close_to(raw_changed[i].pr, raw[i].pr, 1e-12));
		assert_true(close_to(raw_changed[i].trace, 9 * raw[i].trace, 1e-12));
		assert_true(close_to(raw_changed[i].lambda1, 9 * raw[i].lambda1, 1e-12));
		assert_true(close_to(detrended_changed[i].shc, 81 * detrended[i].shc, 1e-11));
		assert_true(close_to(detrended_changed[i].pr_white_noise, detrended[i].pr_white_noise, 1e-11));
	}
}

static void a_line_of_any_size_is_projected_out(void **state)
{
	(void)state;
	enum { N = 6, W = 15 };
	static double rows[ROWS * N], tilted[ROWS * N];
	static pt_spectrum_point plain[ROWS], with_line[ROWS];
	make_rows(3, ROWS, N, rows);
	for (size_t i = 0; i < ROWS * N; i++)
		rows[i] = nearbyint(rows[i] * 0x1p20) * 0x1p-20;
	for (int power = 0; power <= 20; power += 5) {
		for (size_t i = 0; i < ROWS; i++)
			for (size_t p = 0; p < N; p++)
				tilted[i * N + p] = rows[i * N + p] - ldexp((double)(i * (p + 1)), power);
		spectra_of(rows, ROWS, N, W, NULL, plain);
		spectra_of(tilted, ROWS, N, W, NULL, with_line);
		for (size_t i = 2; i < ROWS; i++) {
			assert_true(close_to(with_line[i].shc, plain[i].shc, 1e-10));
			assert_true(close_to(with_line[i].pr, plain[i].pr, 1e-10));
			assert_true(close_to(with_line[i].trace, plain[i].trace, 1e-10));
		}
	}
}

static void a_subset_is_a_window_over_its_columns(void **state)
{
	(void)state;
	enum { N = 10, W = 8 };
	static const size_t columns[4] = {7, 0, 3, 9};
	static double rows[ROWS * N], few[ROWS * 4];
	static pt_spectrum_point a[ROWS], b[ROWS], da[ROWS], db[ROWS];
	make_rows(11, ROWS, N, rows);
	for (size_t i = 0; i < ROWS; i++)
		for (size_t c = 0; c < 4; c++)
			few[i * 4 + c] = rows[i * N + columns[c]];
	assert_int_equal(pt_loss_spectra(rows, ROWS, N, columns, 4, W, a, da, NULL), PT_OK);
	spectra_of(few, ROWS, 4, W, b, db);
	for (size_t i = 0; i < ROWS; i++) {
		assert_same(a + i, b + i);
		assert_same(da + i, db + i);
	}
}

static void nearly_isotropic_noise_keeps_its_digits(void **state)
{
	(void)state;
	/* two orthogonal directions whose variances differ by a part in 2^20: SHC is (their half difference)² */
	enum { W = 8 };
	const double bump = 1 + 0x1p-20;
	pt_loss_window *window = NULL;
	assert_int_equal(pt_loss_window_create(2, W, &window, NULL), PT_OK);
	pt_spectrum_point raw = {0};
	for (int i = 0; i < W; i++) {
		const double row[2] = {i % 2 ? bump : -bump, (i / 2) % 2 ? 1 : -1};
		assert_int_equal(pt_loss_window_push(window, row, &raw, NULL, NULL), PT_OK);
	}
	const double half = 0.5 * (bump * bump - 1) * W / (W - 1);
	assert_true(close_to(raw.shc, half * half, 1e-8));
	pt_loss_window_destroy(window);
}

static void white_noise_has_the_white_noise_level(void **state)
{
	(void)state;
	enum { N = 24, W = 12, MANY = 1200 };
	static double rows[MANY * N];
	static pt_spectrum_point raw[MANY], detrended[MANY];
	uint64_t seed = 99;
	for (size_t i = 0; i < MANY * N; i++)
		rows[i] = normal(&seed);
	spectra_of(rows, MANY, N, W, raw, detrended);
	double pr = 0, level = 0, detrended_pr = 0, detrended_level = 0;
	for (size_t i = W - 1; i < MANY; i++) {
		pr += raw[i].pr;
		level += N * (W - 1.0) / (N + W);
		detrended_pr += detrended[i].pr;
		detrended_level += N * (W - 2.0) / (N + W - 1);
	}
	assert_true(fabs(pr / level - 1) < 0.02);
	assert_true(fabs(detrended_pr / detrended_level - 1) < 0.02);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_is_a_function_of_its_rows),
		cmocka_unit_test(a_million_rows_and_a_spike_leave_nothing),
		cmocka_unit_test(bounds_and_the_identity_hold),
		cmocka_unit_test(scale_offset_and_order_of_probes),
		cmocka_unit_test(a_line_of_any_size_is_projected_out),
		cmocka_unit_test(a_subset_is_a_window_over_its_columns),
		cmocka_unit_test(nearly_isotropic_noise_keeps_its_digits),
		cmocka_unit_test(white_noise_has_the_white_noise_level),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
