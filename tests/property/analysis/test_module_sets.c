/*
 * Module sets within a budget: whatever is kept (whole Grams, sums over layers beside bands, or bands alone), whatever
 * the order of arrival, the selected set has the same Gram and the same results.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/analysis/trajectories.h"
#include "../../helpers/random_numbers.h"
#include "phasetop/base/missing.h"
#include "phasetop/numeric/blas.h"

enum { N_LAYERS = 2, IN_LAYER = 8, N_MODULES = IN_LAYER * N_LAYERS, RANK = 1, D = 9, N = 160 };

static float uniform(uint64_t *state)
{
	return (float)random_uniform(state);
}

/* Values of every checkpoint; a checkpoint is a list of modules that borrow them. */
typedef struct made_run {
	float values[N][N_MODULES][2][RANK * D];
	char names[N_MODULES][40];
	pt_loaded_module modules[N][N_MODULES];
} made_run;

static made_run *run_create(uint64_t seed)
{
	made_run *run = calloc(1, sizeof *run);
	assert_non_null(run);
	for (size_t m = 0; m < N_MODULES; m++)
		snprintf(run->names[m], sizeof run->names[m], "model.layers.%zu.proj%zu", m / IN_LAYER, m % IN_LAYER);
	for (size_t i = 0; i < N; i++)
		for (size_t m = 0; m < N_MODULES; m++) {
			for (size_t e = 0; e < RANK * D; e++)
				for (size_t f = 0; f < 2; f++) {
					float before = i > 0 ? run->values[i - 1][m][f][e] : f ? 0.0f : uniform(&seed);
					run->values[i][m][f][e] = before + 0.02f * (float)(m + 1) + 0.05f * uniform(&seed);
				}
			run->modules[i][m] = (pt_loaded_module){.name = run->names[m],
				.adapter = "default",
				.kind = "lora",
				.dtype = "F32",
				.rank = RANK,
				.n_experts = 1,
				.scaling = 2,
				.has_product = true,
				.n_shape_a = 2,
				.n_shape_b = 2,
				.shape_a = {RANK, D},
				.shape_b = {D, RANK},
				.a_rows = RANK,
				.a_cols = D,
				.b_rows = D,
				.b_cols = RANK,
				.a = run->values[i][m][0],
				.b = run->values[i][m][1],
				.finite_a = true,
				.finite_b = true};
		}
	return run;
}

static void put(pt_trajectories *t, const made_run *run, size_t i, int64_t step, const pt_settings *settings)
{
	pt_module_list list = {.n_modules = N_MODULES, .modules = run->modules[i]};
	assert_int_equal(pt_trajectories_put(t, step, &list, settings, NULL), PT_OK);
}

/* Sums that are not kept are made, piece by piece. @return the pieces that it took */
static size_t compute(pt_trajectories *t, const pt_settings *settings)
{
	size_t pieces = 0;
	assert_int_equal(pt_trajectories_compute(t, settings, NULL), PT_OK);
	for (; pt_trajectories_pending(t); pieces++) {
		assert_false(t->matrices[PT_MATRIX_B].present); /* nothing is told of a set that is not summed yet */
		assert_true(pt_trajectories_kept(t).set_progress > 0);
		assert_int_equal(pt_trajectories_advance(t, NULL), PT_OK);
	}
	assert_int_equal(pt_trajectories_compute(t, settings, NULL), PT_OK);
	return pieces;
}

static void assert_same(const pt_trajectories *x, const pt_trajectories *y)
{
	assert_int_equal(x->n_complete, y->n_complete);
	for (int m = PT_MATRIX_A; m <= PT_MATRIX_DW; m++) {
		const pt_tracked_matrix *p = &x->matrices[m], *q = &y->matrices[m];
		assert_true(p->present);
		assert_true(q->present);
		assert_int_equal(p->gram.n, q->gram.n);
		for (size_t i = 0; i < p->gram.n; i++) {
			assert_true(fabs(p->norms[i] - q->norms[i]) <= 1e-12 * (1 + q->norms[i]));
			for (size_t j = 0; j <= i; j++) {
				double scale = sqrt(pt_gram_at(&q->gram, i, i) * pt_gram_at(&q->gram, j, j));
				double off = fabs(pt_gram_at(&p->gram, i, j) - pt_gram_at(&q->gram, i, j));
				if (!(off <= 1e-10 * scale))
					fail_msg("matrix %d, D(%zu, %zu) is off by %g of %g", m, i, j, off, scale);
			}
		}
		for (size_t k = 0; k < x->n_k; k++) {
			const pt_local_cosine *a = &p->results.cosines[k], *b = &q->results.cosines[k];
			assert_int_equal(a->n, b->n);
			for (size_t i = 0; i < a->n; i++)
				assert_true(fabs(a->values[i] - b->values[i]) <= 1e-10);
		}
	}
}

static const char *const sets[] = {
	"", "layers=1-2", "*.proj3", "model.layers.1.proj7", "layers=0", "*.proj[0-4]", ""};
enum { N_SETS = sizeof sets / sizeof *sets };

static pt_settings settings_of(const char *set)
{
	pt_settings settings = pt_settings_default();
	snprintf(settings.modules, sizeof settings.modules, "%s", set);
	return settings;
}

/* What budgets there are: all whole; sums over layers beside bands; bands alone. */
static size_t budget_of(int kind)
{
	size_t whole = N_MODULES * 3 * (N * (N + 1) / 2) * sizeof(double);
	return kind == 0 ? SIZE_MAX : kind == 1 ? whole * 90 / 100 : 0;
}

static void check_kept(const pt_trajectories *t, int kind)
{
	pt_kept_view kept = pt_trajectories_kept(t);
	assert_int_equal(kept.band_checkpoints > 0, kind > 0);
	assert_int_equal(kept.n_layer_sums, kind == 1 ? N_LAYERS : 0);
	if (kind > 0) {
		size_t sums = 3 * (N * (N + 1) / 2) * sizeof(double), rounding = 2; /* arrays grow in steps */
		size_t bands = N_MODULES * 3 * N * (size_t)kept.band_checkpoints * sizeof(double);
		assert_true(kept.gram_bytes <= rounding * (bands + sums * (1 + kept.n_layer_sums)));
	}
}

static void every_budget_gives_the_same(void **state)
{
	(void)state;
	made_run *run = run_create(3);
	for (int kind = 1; kind < 3; kind++) {
		pt_trajectories whole, narrow;
		pt_trajectories_init(&whole);
		pt_trajectories_init(&narrow);
		pt_trajectories_set_budget(&narrow, budget_of(kind));
		pt_settings settings = settings_of("");
		for (size_t i = 0; i < N; i++) {
			put(&whole, run, i, 5 * (int64_t)i, &settings);
			put(&narrow, run, i, 5 * (int64_t)i, &settings);
			if (i % 17 == 3 || i + 1 == N) { /* bands come in the middle: sums must be right before and after */
				compute(&whole, &settings);
				assert_int_equal(compute(&narrow, &settings), 0);
				assert_same(&narrow, &whole);
			}
		}
		check_kept(&narrow, kind);
		for (size_t s = 0; s < N_SETS; s++) {
			settings = settings_of(sets[s]);
			pt_trajectories_select(&whole, &settings);
			pt_trajectories_select(&narrow, &settings);
			assert_int_equal(compute(&whole, &settings), 0);
			size_t pieces = compute(&narrow, &settings);
			bool of_layers = strncmp(sets[s], "layers=", 7) == 0 || sets[s][0] == '\0';
			if (kind == 1 && of_layers)
				assert_int_equal(pieces, 0); /* at once */
			else if (s > 0)
				assert_int_equal(pieces, N * N_MODULES);
			assert_same(&narrow, &whole);
		}
		pt_trajectories_fini(&whole);
		pt_trajectories_fini(&narrow);
	}
	free(run);
}

/* Late, repaired and deleted checkpoints, a set that is being summed meanwhile: in the end all is as in order. */
static void the_order_of_arrival_makes_no_difference(void **state)
{
	(void)state;
	made_run *run = run_create(7);
	uint64_t seed = 11;
	for (int kind = 0; kind < 3; kind++)
		for (int set = kind; set < 3; set += 2) { /* each kind, each set, not each with each: it takes its time */
			pt_settings settings = settings_of(sets[set]);
			pt_trajectories ordered, shuffled;
			pt_trajectories_init(&ordered);
			pt_trajectories_init(&shuffled);
			pt_trajectories_set_budget(&shuffled, budget_of(kind));
			size_t order[N];
			for (size_t i = 0; i < N; i++)
				order[i] = i;
			for (size_t i = N; i-- > N - 12;) { /* the last dozen in any order */
				size_t j = N - 12 + (size_t)(random_bits(&seed) % (i - (N - 12) + 1)), kept = order[i];
				order[i] = order[j];
				order[j] = kept;
			}
			for (size_t i = 0; i < N; i++) {
				size_t c = order[i];
				put(&ordered, run, i, 5 * (int64_t)i, &settings);
				put(&shuffled, run, i % 7 == 2 ? (c + 1) % N : c, 5 * (int64_t)c, &settings);
				if (i % 7 == 2) /* it was another's: repaired */
					put(&shuffled, run, c, 5 * (int64_t)c, &settings);
				if (i % 11 == 4) { /* one that was not meant to be there */
					put(&shuffled, run, c, 5 * (int64_t)c + 2, &settings);
					if (i % 22 == 4)
						compute(&shuffled, &settings);
					else /* begun, not ended */
						assert_int_equal(pt_trajectories_compute(&shuffled, &settings, NULL), PT_OK);
					assert_int_equal(pt_trajectories_remove(&shuffled, 5 * (int64_t)c + 2, NULL), PT_OK);
				}
			}
			compute(&ordered, &settings);
			compute(&shuffled, &settings);
			assert_same(&shuffled, &ordered);
			pt_trajectories_fini(&ordered);
			pt_trajectories_fini(&shuffled);
		}
	free(run);
}

/* A checkpoint whose config is not there yet: two modules have factors, but no product. */
static void put_unscaled(
	pt_trajectories *t, const made_run *run, size_t i, int64_t step, const pt_settings *settings)
{
	pt_loaded_module modules[N_MODULES];
	memcpy(modules, run->modules[i], sizeof modules);
	modules[2].scaling = modules[N_MODULES - 1].scaling = (double)NAN;
	pt_module_list list = {.n_modules = N_MODULES, .modules = modules};
	assert_int_equal(pt_trajectories_put(t, step, &list, settings, NULL), PT_OK);
}

/* Scalings that become known late, before bands come, after, and while they come: in the end dW is as if they always
   had been, and meanwhile A and B have their curves. */
static void late_scalings_make_no_difference(void **state)
{
	(void)state;
	made_run *run = run_create(13);
	uint64_t seed = 17;
	for (int kind = 0; kind < 3; kind++)
		for (int set = 0; set < 4; set++) {
			pt_settings settings = settings_of(sets[set]);
			pt_trajectories known, late;
			pt_trajectories_init(&known);
			pt_trajectories_init(&late);
			pt_trajectories_set_budget(&late, budget_of(kind));
			size_t unscaled = 0;
			bool is_unscaled[N] = {false};
			for (size_t i = 0; i < N; i++) {
				put(&known, run, i, 5 * (int64_t)i, &settings);
				is_unscaled[i] = i + 8 < N && random_bits(&seed) % 6 == 0;
				unscaled += is_unscaled[i];
				(is_unscaled[i] ? put_unscaled : put)(&late, run, i, 5 * (int64_t)i, &settings);
				if (random_bits(&seed) % 4 == 0) /* what is pending stays so */
					assert_int_equal(pt_trajectories_compute(&late, &settings, NULL), PT_OK);
				for (size_t some = random_bits(&seed) % 40; some-- > 0 && pt_trajectories_pending(&late);)
					assert_int_equal(pt_trajectories_advance(&late, NULL), PT_OK);
				if (random_bits(&seed) % 9 != 0 && i + 1 < N)
					continue;
				compute(&late, &settings);
				bool selected_known = set == 2 || !unscaled; /* the third set is without them */
				assert_true(late.matrices[PT_MATRIX_A].present && late.matrices[PT_MATRIX_B].present);
				assert_int_equal(late.matrices[PT_MATRIX_DW].present, selected_known);
				for (size_t c = 0; c <= i; c++)
					if (is_unscaled[c]) {
						put(&late, run, c, 5 * (int64_t)c, &settings);
						is_unscaled[c] = false;
					}
				unscaled = 0;
			}
			compute(&known, &settings);
			compute(&late, &settings);
			assert_same(&late, &known);
			settings = settings_of("layers=0"); /* what is kept of layers is right as well */
			pt_trajectories_select(&known, &settings);
			pt_trajectories_select(&late, &settings);
			compute(&known, &settings);
			compute(&late, &settings);
			assert_same(&late, &known);
			pt_trajectories_fini(&known);
			pt_trajectories_fini(&late);
		}
	free(run);
}

/* One module with a NaN: that checkpoint is listed and no more, and nothing else of the run is lost. */
static void a_module_with_a_nan_costs_its_checkpoint(void **state)
{
	(void)state;
	made_run *run = run_create(9), *bad = run_create(9);
	bad->values[40][5][1][3] = (float)NAN;
	bad->modules[40][5].finite_b = false;
	for (int kind = 0; kind < 3; kind++) {
		pt_settings settings = settings_of("");
		pt_trajectories with, without;
		pt_trajectories_init(&with);
		pt_trajectories_init(&without);
		pt_trajectories_set_budget(&with, budget_of(kind));
		for (size_t i = 0; i < N; i++) {
			pt_module_list list = {.n_modules = N_MODULES, .modules = bad->modules[i]};
			pt_status expected = i == 40 ? PT_ERR_NOT_FINITE : PT_OK;
			assert_int_equal(pt_trajectories_put(&with, 5 * (int64_t)i, &list, &settings, NULL), expected);
			if (i != 40)
				put(&without, run, i, 5 * (int64_t)i, &settings);
		}
		compute(&with, &settings);
		compute(&without, &settings);
		assert_int_equal(with.n_checkpoints, N);
		assert_same(&with, &without);
		pt_trajectories_fini(&with);
		pt_trajectories_fini(&without);
	}
	free(run);
	free(bad);
}

/* Frames of a screen: what is drawn is as a report has it, whatever was drawn before, however k changed on the way. */
static void what_is_drawn_is_up_to_date(void **state)
{
	(void)state;
	made_run *run = run_create(21);
	uint64_t seed = 5;
	pt_trajectories live, cold;
	pt_trajectories_init(&live);
	pt_settings settings = settings_of("layers=0");
	settings.warm_start = true;
	settings.wanted = PT_WANT_BAND | PT_WANT_K_SCAN | PT_WANT_MODULES;
	settings.n_k = 3;
	settings.k_in_spacings = true;
	size_t n = 0;
	for (size_t frame = 0; frame < 60; frame++) {
		for (size_t more = random_bits(&seed) % 3; more-- > 0 && n < N; n++)
			put(&live, run, n, 5 * (int64_t)n, &settings);
		int drawn = (int)(random_bits(&seed) % 3);
		settings.matrices = PT_MATRIX_BIT(drawn);
		int64_t largest = 3 + (int64_t)(random_bits(&seed) % 12);
		for (int i = 0; i < 3; i++)
			settings.k[i] = largest - 2 + i;
		settings.min_step_frac = random_bits(&seed) % 4 ? PT_MISSING : 0.3;
		pt_trajectories_invalidate(&live);
		assert_int_equal(pt_trajectories_compute(&live, &settings, NULL), PT_OK);
		pt_settings fresh = settings;
		fresh.warm_start = false;
		fresh.matrices = 0;
		pt_trajectories_init(&cold);
		for (size_t i = 0; i < n; i++)
			put(&cold, run, i, 5 * (int64_t)i, &fresh);
		assert_int_equal(pt_trajectories_compute(&cold, &fresh, NULL), PT_OK);
		const pt_matrix_results *x = &live.matrices[drawn].results, *y = &cold.matrices[drawn].results;
		for (size_t k = 0; k < 3 && n > 2; k++) {
			const pt_local_cosine *a = &x->cosines[k], *b = &y->cosines[k];
			assert_int_equal(a->k, b->k);
			assert_int_equal(a->n, b->n);
			assert_int_equal(a->dip, b->dip);
			for (size_t i = 0; i < a->n; i++) {
				assert_int_equal(a->gaps[i], b->gaps[i]);
				assert_true(a->gaps[i] || fabs(a->values[i] - b->values[i]) <= 1e-10);
				assert_true(isnan(x->extras[k].median[i]) == isnan(y->extras[k].median[i]));
				assert_false(fabs(x->extras[k].median[i] - y->extras[k].median[i]) > 1e-10);
				if (drawn != PT_MATRIX_DW)
					assert_false(fabs(x->extras[k].floor_q[i] - y->extras[k].floor_q[i]) >
								 1e-9 * y->extras[k].floor_q[i]);
			}
		}
		assert_int_equal(x->scan.n_k, y->scan.n_k);
		for (size_t i = 0; i < y->scan.n_k * y->scan.n; i++)
			assert_false(fabs(x->scan.values[i] - y->scan.values[i]) > 1e-10);
		for (size_t m = 0; m < N_MODULES && n > 0; m++) {
			const pt_module_turn *a = pt_module_turns_at(&live.turns, m, (pt_matrix)drawn);
			const pt_module_turn *b = pt_module_turns_at(&cold.turns, m, (pt_matrix)drawn);
			assert_non_null(a);
			assert_int_equal(a->turning.index, b->turning.index);
			assert_int_equal(a->cosine.minimum, b->cosine.minimum);
			assert_true(fabs(a->drift_square - b->drift_square) <= 1e-12 * b->drift_square);
		}
		pt_trajectories_fini(&cold);
	}
	assert_true(n > 40);
	pt_trajectories_fini(&live);
	free(run);
}

/* definitions: 196 modules × 1000 checkpoints × 3 types stay within 1 GiB. */
static void the_default_budget_holds_a_large_model(void **state)
{
	(void)state;
	const size_t modules = 196, layers = 28, n = 1000, types = 3, band = 2 * 15 + 30;
	size_t triangle = n * (n + 1) / 2 * sizeof(double);
	assert_true(modules * types * triangle > (size_t)pt_settings_default().gram_budget_bytes);
	size_t narrow = modules * types * n * band * sizeof(double) + (layers + 1) * types * triangle;
	assert_true(narrow < (size_t)pt_settings_default().gram_budget_bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_budget_gives_the_same),
		cmocka_unit_test(the_order_of_arrival_makes_no_difference),
		cmocka_unit_test(late_scalings_make_no_difference),
		cmocka_unit_test(a_module_with_a_nan_costs_its_checkpoint),
		cmocka_unit_test(what_is_drawn_is_up_to_date),
		cmocka_unit_test(the_default_budget_holds_a_large_model),
	};
	pt_blas_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
