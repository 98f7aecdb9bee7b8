/*
 * Any allocation while a checkpoint is taken in and computed may fail: PT_ERR_MEMORY, and after another try all is as
 * if nothing had happened, with whole Grams, with sums over layers and with bands alone.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../../src/analysis/trajectories.h"
#include "../../helpers/random_numbers.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"

enum { N_MODULES = 3, D = 4, N = 70, ENOUGH = 2000, EACH = 30, STRIDE = 11 };

static float values[N][N_MODULES][2][D];
static char names[N_MODULES][32];
static pt_loaded_module modules[N][N_MODULES];

static void make_run(void)
{
	uint64_t state = 3;
	for (size_t m = 0; m < N_MODULES; m++)
		snprintf(names[m], sizeof names[m], "layers.%zu.proj%zu", m / 2, m);
	for (size_t i = 0; i < N; i++)
		for (size_t m = 0; m < N_MODULES; m++) {
			for (size_t e = 0; e < 2 * D; e++) {
				float noise = (float)((double)random_bits(&state) * 0x1p-31 - 0.5);
				values[i][m][e / D][e % D] = (i ? values[i - 1][m][e / D][e % D] : 1.0f) + 0.1f + noise;
			}
			modules[i][m] = (pt_loaded_module){.name = names[m],
				.adapter = "default",
				.kind = "lora",
				.dtype = "BF16",
				.rank = 1,
				.n_experts = 1,
				.scaling = 1,
				.has_product = true,
				.n_shape_a = 2,
				.n_shape_b = 2,
				.shape_a = {1, D},
				.shape_b = {D, 1},
				.a_rows = 1,
				.a_cols = D,
				.b_rows = D,
				.b_cols = 1,
				.a = values[i][m][0],
				.b = values[i][m][1],
				.finite_a = true,
				.finite_b = true};
		}
}

static size_t budget_of(int kind)
{
	size_t triangle = N * (N + 1) / 2 * sizeof(double);
	return kind == 0 ? SIZE_MAX : kind == 1 ? N_MODULES * 3 * triangle - 1 : 0;
}

static pt_status put(pt_trajectories *t, size_t i, const pt_settings *settings)
{
	pt_module_list list = {.n_modules = N_MODULES, .modules = modules[i]};
	return pt_trajectories_put(t, 5 * (int64_t)i, &list, settings, NULL);
}

static pt_status compute(pt_trajectories *t, const pt_settings *settings)
{
	pt_status status = pt_trajectories_compute(t, settings, NULL);
	while (status == PT_OK && pt_trajectories_pending(t))
		status = pt_trajectories_advance(t, NULL);
	return status == PT_OK ? pt_trajectories_compute(t, settings, NULL) : status;
}

static pt_trajectories run_of(size_t n, int kind, const pt_settings *settings)
{
	pt_trajectories t;
	pt_trajectories_init(&t);
	pt_trajectories_set_budget(&t, budget_of(kind));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(put(&t, i, settings), PT_OK);
	assert_int_equal(compute(&t, settings), PT_OK);
	return t;
}

static void check(int kind, const char *set)
{
	pt_settings settings = pt_settings_default();
	settings.wanted = PT_WANT_REPORT | PT_WANT_FULL;
	snprintf(settings.modules, sizeof settings.modules, "%s", set);
	pt_trajectories expected = run_of(N, kind, &settings);
	size_t at = 1;
	for (bool done = false; !done; at += at < EACH ? 1 : STRIDE) { /* the first each, then some of the many */
		assert_true(at < ENOUGH);
		pt_trajectories t = run_of(N - 1, kind, &settings);
		pt_alloc_fail_at(at, false);
		pt_status status = put(&t, N - 1, &settings);
		if (status == PT_OK)
			status = compute(&t, &settings);
		pt_alloc_fail_at(0, false);
		done = status == PT_OK;
		if (!done) {
			assert_int_equal(status, PT_ERR_MEMORY);
			assert_int_equal(put(&t, N - 1, &settings), PT_OK); /* the pipeline's next try */
			assert_int_equal(compute(&t, &settings), PT_OK);
		}
		assert_int_equal(t.n_complete, N);
		for (int m = PT_MATRIX_A; m <= PT_MATRIX_DW; m++) {
			const pt_gram *x = &t.matrices[m].gram, *y = &expected.matrices[m].gram;
			assert_true(t.matrices[m].present);
			assert_int_equal(x->n, y->n);
			for (size_t i = 0; i < y->n * (y->n + 1) / 2; i++)
				assert_true(fabs(x->packed[i] - y->packed[i]) <= 1e-12 * (1 + fabs(y->packed[i])));
			assert_int_equal(t.matrices[m].results.n, N);
			assert_int_equal(t.matrices[m].results.cosines[2].n, expected.matrices[m].results.cosines[2].n);
		}
		pt_trajectories_fini(&t);
	}
	pt_trajectories_fini(&expected);
}

static void whole_grams(void **state)
{
	(void)state;
	check(0, "");
}

static void sums_over_layers(void **state)
{
	(void)state;
	check(1, "layers=0");
}

static void bands_alone(void **state)
{
	(void)state;
	check(2, "*.proj1");
}

int main(void)
{
	make_run();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_grams),
		cmocka_unit_test(sums_over_layers),
		cmocka_unit_test(bands_alone),
	};
	pt_blas_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
