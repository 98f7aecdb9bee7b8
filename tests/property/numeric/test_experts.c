/* A module of experts: its dW is theirs side by side, so all that follows is that of the experts as modules. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "made_trajectory.h"
#include "phasetop/numeric/blas.h"

enum { N = 18, D_IN = 9, D_OUT = 7, N_EXPERTS = 5 };

static const size_t ranks[] = {1, 3};
enum { N_RANKS = sizeof ranks / sizeof *ranks };

/* The experts' trajectories, and those of the module that holds them one after another. */
typedef struct made_experts {
	made parts[N_EXPERTS];
	float *a, *b;
	double *a64, *b64;
	size_t length_a, length_b;
} made_experts;

static void join(float *to, double *wide, const float *part, size_t e, size_t length)
{
	for (size_t i = 0; i < N; i++)
		for (size_t x = 0; x < length; x++) {
			size_t at = (i * N_EXPERTS + e) * length + x;
			to[at] = part[i * length + x];
			wide[at] = (double)to[at];
		}
}

static made_experts experts_create(size_t rank, hostile kind)
{
	made_experts m = {.length_a = N_EXPERTS * rank * D_IN, .length_b = N_EXPERTS * rank * D_OUT};
	m.a = calloc(N * m.length_a, sizeof *m.a);
	m.b = calloc(N * m.length_b, sizeof *m.b);
	m.a64 = calloc(N * m.length_a, sizeof *m.a64);
	m.b64 = calloc(N * m.length_b, sizeof *m.b64);
	for (size_t e = 0; e < N_EXPERTS; e++) {
		m.parts[e] = made_create(N, rank, D_IN, D_OUT, kind, 31 * e + (uint64_t)kind);
		for (size_t i = 0; e == 2 && i < N * rank * D_OUT; i++)
			m.parts[e].b[i] = 0.0f; /* an expert to which nothing is routed */
		join(m.a, m.a64, m.parts[e].a, e, rank * D_IN);
		join(m.b, m.b64, m.parts[e].b, e, rank * D_OUT);
	}
	return m;
}

static void experts_free(made_experts *m)
{
	for (size_t e = 0; e < N_EXPERTS; e++)
		made_free(&m->parts[e]);
	free(m->a);
	free(m->b);
	free(m->a64);
	free(m->b64);
}

static pt_module_checkpoint experts_at(const made_experts *m, size_t i, bool wide)
{
	pt_module_checkpoint c = {.shape = m->parts[0].shape, .scaling = m->parts[0].scalings[i]};
	c.shape.n_experts = N_EXPERTS;
	if (wide) {
		c.a.f64 = m->a64 + i * m->length_a;
		c.b.f64 = m->b64 + i * m->length_b;
	} else {
		c.a.f32 = m->a + i * m->length_a;
		c.b.f32 = m->b + i * m->length_b;
	}
	return c;
}

static pt_module_history *empty(void)
{
	pt_module_history *history = NULL;
	assert_int_equal(pt_module_history_create(&history, NULL), PT_OK);
	return history;
}

/* In order, or each in its place among those that are there. */
static pt_module_history *history_of(const made_experts *m, bool shuffled, bool wide)
{
	pt_module_history *history = empty();
	bool there[N] = {false};
	for (size_t i = 0; i < N; i++) {
		size_t next = shuffled ? (i * 7 + 5) % N : i, index = 0; /* 7 and 18 have no common divisor */
		for (size_t j = 0; j < next; j++)
			index += there[j];
		pt_module_checkpoint c = experts_at(m, next, wide);
		assert_int_equal(pt_module_history_insert(history, index, &c, NULL), PT_OK);
		there[next] = true;
	}
	return history;
}

/* The sum of the experts' Grams, each from a history of its own. */
static void sum_of_experts(const made_experts *m, pt_trajectory t, pt_gram *sum, double *norms)
{
	assert_int_equal(pt_gram_zero(sum, N, NULL), PT_OK);
	for (size_t i = 0; i < N; i++)
		norms[i] = 0.0;
	for (size_t e = 0; e < N_EXPERTS; e++) {
		pt_module_history *history = empty();
		for (size_t i = 0; i < N; i++) {
			pt_module_checkpoint c = made_checkpoint(&m->parts[e], i);
			assert_int_equal(pt_module_history_insert(history, i, &c, NULL), PT_OK);
		}
		pt_gram_add(sum, pt_module_history_gram(history, t), 0);
		for (size_t i = 0; i < N; i++)
			norms[i] = hypot(norms[i], pt_module_history_norms(history, t)[i]);
		pt_module_history_destroy(history);
	}
}

static void check_same(const pt_gram *x, const pt_gram *y)
{
	assert_int_equal(x->n, y->n);
	for (size_t i = 0; i < x->n; i++)
		for (size_t j = 0; j <= i; j++) {
			double scale = sqrt(pt_gram_at(x, i, i)) * sqrt(pt_gram_at(x, j, j));
			double off = fabs(pt_gram_at(x, i, j) - pt_gram_at(y, i, j));
			if (!(off <= 1e-11 * scale))
				fail_msg("D(%zu, %zu) is off by %g of %g", i, j, off, scale);
		}
}

static void check_sum(const pt_module_history *history, const made_experts *m)
{
	for (pt_trajectory t = PT_TRAJECTORY_A; t <= PT_TRAJECTORY_DW; t++) {
		pt_gram sum;
		double norms[N], row[N];
		pt_gram_init(&sum);
		sum_of_experts(m, t, &sum, norms);
		check_same(&sum, pt_module_history_gram(history, t));
		for (size_t i = 0; i < N; i++) {
			double got = pt_module_history_norms(history, t)[i];
			assert_true(fabs(got - norms[i]) <= 1e-12 * norms[i]);
			assert_int_equal(pt_module_history_row(history, t, i, row, NULL), PT_OK);
			for (size_t j = 0; j < N; j++)
				assert_true(row[j] == pt_gram_at(pt_module_history_gram(history, t), i, j));
		}
		pt_gram_fini(&sum);
	}
}

static void a_module_of_experts_is_their_sum(void **state)
{
	(void)state;
	for (size_t r = 0; r < N_RANKS; r++)
		for (hostile kind = 0; kind < N_HOSTILE; kind++) {
			made_experts m = experts_create(ranks[r], kind);
			for (int way = 0; way < 4; way++) {
				pt_module_history *history = history_of(&m, way & 1, way & 2);
				check_sum(history, &m);
				pt_module_history_destroy(history);
			}
			experts_free(&m);
		}
}

static void the_number_of_experts_does_not_change(void **state)
{
	(void)state;
	made_experts m = experts_create(3, MADE_SMOOTH);
	pt_module_history *history = history_of(&m, false, false);
	pt_module_checkpoint c = experts_at(&m, 0, false);
	c.shape.n_experts = N_EXPERTS - 1;
	pt_error err;
	assert_int_equal(pt_module_history_insert(history, N, &c, &err), PT_ERR_SHAPE);
	assert_non_null(strstr(err.message, "4 experts"));
	c.shape.n_experts = SIZE_MAX;
	assert_int_equal(pt_module_history_insert(history, N, &c, &err), PT_ERR_SHAPE);
	assert_int_equal(pt_module_history_n(history), N);
	pt_module_history_destroy(history);
	experts_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_module_of_experts_is_their_sum),
		cmocka_unit_test(the_number_of_experts_does_not_change),
	};
	pt_blas_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
