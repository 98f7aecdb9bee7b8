/* Random and hostile LoRA trajectories for the property tests. */
#ifndef PHASETOP_TEST_MADE_TRAJECTORY_H
#define PHASETOP_TEST_MADE_TRAJECTORY_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../helpers/random_numbers.h"
#include "phasetop/numeric/increments.h"

/* n checkpoints of one module; B first, so that lengths differ. */
typedef struct made {
	size_t n;
	pt_module_shape shape;
	float *a, *b;      /* n × length */
	double *a64, *b64; /* the same values */
	double scalings[256];
	size_t length_a, length_b;
} made;

typedef enum hostile {
	MADE_SMOOTH,
	MADE_OFFSET,     /* values near 1e9 (exact in float: multiples of 64) */
	MADE_TINY_STEPS, /* ‖δ‖/‖v‖ = 1e-6 */
	MADE_STANDING,   /* every third checkpoint repeats the one before; B is 0 at first */
	MADE_SPIKE,      /* one checkpoint flies off to 1e9 and comes back */
	N_HOSTILE
} hostile;

static inline float made_value(hostile kind, size_t i, float before, bool is_b, uint64_t *state)
{
	double u = random_uniform(state);
	switch (kind) {
	case MADE_OFFSET:
		return i == 0 ? 1e9f + 64.0f * (float)(int)(8.0 * u) : before + 64.0f * (float)(int)(8.0 * u);
	case MADE_TINY_STEPS:
		return i == 0 ? (float)(4.0 + u) : (float)((double)before + 8e-6 * u);
	case MADE_STANDING:
		if (i % 3 == 2)
			return before;
		return is_b && i == 0 ? 0.0f : before + (float)u;
	default:
		return is_b && i == 0 ? 0.0f : before + (float)(0.1 * u + 0.02);
	}
}

static inline void made_fill(
	float *values, double *wide, size_t n, size_t length, hostile kind, bool is_b, uint64_t *state)
{
	for (size_t i = 0; i < n; i++)
		for (size_t e = 0; e < length; e++) {
			float before = i > 0 ? values[(i - 1) * length + e] : 0.0f;
			values[i * length + e] = made_value(kind, i, before, is_b, state);
		}
	for (size_t e = 0; kind == MADE_SPIKE && e < length; e++)
		values[(n / 2) * length + e] = 1e9f;
	for (size_t e = 0; e < n * length; e++)
		wide[e] = (double)values[e];
}

static inline made made_create(size_t n, size_t rank, size_t d_in, size_t d_out, hostile kind, uint64_t seed)
{
	made m = {.n = n, .shape = {.kind = PT_MODULE_LORA, .rank = rank, .d_in = d_in, .d_out = d_out}};
	m.length_a = rank * d_in;
	m.length_b = rank * d_out;
	m.a = calloc(n * m.length_a, sizeof *m.a);
	m.b = calloc(n * m.length_b, sizeof *m.b);
	m.a64 = calloc(n * m.length_a, sizeof *m.a64);
	m.b64 = calloc(n * m.length_b, sizeof *m.b64);
	made_fill(m.a, m.a64, n, m.length_a, kind, false, &seed);
	made_fill(m.b, m.b64, n, m.length_b, kind, true, &seed);
	for (size_t i = 0; i < n; i++)
		m.scalings[i] = i < n / 3 ? 2.0 : 2.5;
	return m;
}

static inline void made_free(made *m)
{
	free(m->a);
	free(m->b);
	free(m->a64);
	free(m->b64);
}

static inline pt_module_checkpoint made_checkpoint(const made *m, size_t i)
{
	return (pt_module_checkpoint){.shape = m->shape,
		.a = {.f32 = m->a + i * m->length_a},
		.b = {.f32 = m->b + i * m->length_b},
		.scaling = m->scalings[i]};
}

static inline pt_module_checkpoint made_checkpoint_f64(const made *m, size_t i)
{
	return (pt_module_checkpoint){.shape = m->shape,
		.a = {.f64 = m->a64 + i * m->length_a},
		.b = {.f64 = m->b64 + i * m->length_b},
		.scaling = m->scalings[i]};
}

/* The first n of its checkpoints, one after the other. */
static inline pt_module_history *made_history(const made *m, size_t n)
{
	pt_module_history *history = NULL;
	assert_int_equal(pt_module_history_create(&history, NULL), PT_OK);
	for (size_t i = 0; i < n; i++) {
		pt_module_checkpoint c = made_checkpoint(m, i);
		assert_int_equal(pt_module_history_insert(history, i, &c, NULL), PT_OK);
	}
	return history;
}

#endif
