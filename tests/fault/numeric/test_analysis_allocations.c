/* Every allocation of scans, ratios, modes and ranks may fail: PT_ERR_MEMORY, and what there was is there still. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"
#include "phasetop/numeric/cosine_scan.h"
#include "phasetop/numeric/loss_baselines.h"
#include "phasetop/numeric/loss_modes.h"
#include "phasetop/numeric/sigma_ratios.h"

enum { N = 30, ENOUGH = 100 };

static void make_gram(pt_gram *gram, size_t n)
{
	pt_gram_init(gram);
	for (size_t i = 0; i < n; i++) {
		double row[N];
		for (size_t j = 0; j <= i; j++)
			row[j] = i == j ? 2.0 + (double)(i % 3) : 1.0 / (double)(i - j + 1);
		assert_int_equal(pt_gram_append(gram, row, NULL), PT_OK);
	}
}

/* What is tried, on something that holds a result already. */
typedef struct tried {
	pt_gram gram;
	int64_t steps[N];
	pt_cosine_scan scan;
	pt_sigma_ratios ratios;
	pt_loss_modes modes;
	double rows[20 * 6];
} tried;

typedef pt_status attempt(tried *t, size_t n);

static pt_status scan(tried *t, size_t n)
{
	pt_cosine_options options = {.k = 1};
	pt_gram_truncate(&t->gram, n);
	return pt_cosine_scan_update(&t->scan, &t->gram, t->steps, n - 1, &options, 9, NULL);
}

static pt_status ratios(tried *t, size_t n)
{
	pt_gram_truncate(&t->gram, n);
	return pt_sigma_ratios_update(&t->ratios, &t->gram, t->steps, n - 1, NULL);
}

static pt_status modes(tried *t, size_t n)
{
	return pt_loss_modes_find(t->rows, n - 10, 6, true, 3, &t->modes, NULL);
}

static pt_status tau(tried *t, size_t n)
{
	double value;
	return pt_kendall_tau(t->rows, n, &value, NULL);
}

static void check(attempt *try)
{
	size_t at = 1;
	for (bool done = false; !done; at++) {
		assert_true(at < ENOUGH);
		tried t = {0};
		make_gram(&t.gram, N);
		for (int64_t i = 0; i < N; i++)
			t.steps[i] = 5 * i;
		for (size_t i = 0; i < 120; i++)
			t.rows[i] = (double)(i * i % 17);
		pt_cosine_scan_init(&t.scan);
		pt_sigma_ratios_init(&t.ratios);
		pt_loss_modes_init(&t.modes);
		pt_gram whole;
		pt_gram_init(&whole);
		assert_int_equal(pt_gram_copy(&whole, &t.gram, NULL), PT_OK);
		assert_int_equal(try(&t, N - 1), PT_OK);
		assert_int_equal(pt_gram_copy(&t.gram, &whole, NULL), PT_OK);
		tried before = t;
		pt_alloc_fail_at(at, false);
		pt_status status = try(&t, N);
		pt_alloc_fail_at(0, false);
		done = status == PT_OK;
		if (!done) {
			assert_int_equal(status, PT_ERR_MEMORY);
			assert_memory_equal(&t.scan, &before.scan, sizeof t.scan);
			assert_memory_equal(&t.ratios, &before.ratios, sizeof t.ratios);
			assert_memory_equal(&t.modes, &before.modes, sizeof t.modes);
			assert_int_equal(try(&t, N), PT_OK); /* and it goes on from there */
		}
		pt_gram_fini(&whole);
		pt_gram_fini(&t.gram);
		pt_cosine_scan_fini(&t.scan);
		pt_sigma_ratios_fini(&t.ratios);
		pt_loss_modes_fini(&t.modes);
	}
	assert_true(at > 2); /* something was allocated */
}

static void a_scan_survives(void **state)
{
	(void)state;
	check(scan);
}

static void ratios_survive(void **state)
{
	(void)state;
	check(ratios);
}

static void modes_survive(void **state)
{
	(void)state;
	check(modes);
}

static void kendall_survives(void **state)
{
	(void)state;
	check(tau);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scan_survives),
		cmocka_unit_test(ratios_survive),
		cmocka_unit_test(modes_survive),
		cmocka_unit_test(kendall_survives),
	};
	pt_blas_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
