/* tests/reference/numeric.json, and the trajectories that it describes, rebuilt from their formula. */
#ifndef PHASETOP_TEST_TRAJECTORY_FIXTURE_H
#define PHASETOP_TEST_TRAJECTORY_FIXTURE_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../helpers/json_document.h"
#include "../../helpers/random_numbers.h"
#include "phasetop/numeric/increments.h"

enum { MAX_CHECKPOINTS = 64 };

/* One case: the integers of every checkpoint as the generator makes them, in doubles and floats. */
typedef struct trajectory_case {
	const cJSON *json;
	const char *name;
	pt_module_shape shape;
	size_t n;
	int64_t steps[MAX_CHECKPOINTS];
	double scalings[MAX_CHECKPOINTS];
	bool is_f64;
	size_t n_factors, lengths[2];
	double *f64[2][MAX_CHECKPOINTS];
	float *f32[2][MAX_CHECKPOINTS];
} trajectory_case;

/* Numbers of an array; NaN for null. Freed by the caller. */
static inline double *fixture_array(const cJSON *array, size_t *n)
{
	double *values = calloc((size_t)cJSON_GetArraySize(array) + 1, sizeof *values);
	*n = fill_numbers(array, values);
	return values;
}

static inline void fixture_rebuild(trajectory_case *c)
{
	const cJSON *j = c->json;
	uint64_t state = (uint64_t)number_at(j, "seed");
	int64_t first = (int64_t)number_at(j, "first"), offset = (int64_t)number_at(j, "offset");
	int64_t noise = (int64_t)number_at(j, "noise"), drift = (int64_t)number_at(j, "drift");
	bool b_start = cJSON_IsTrue(cJSON_GetObjectItem(j, "b_start"));
	const cJSON *repeat = cJSON_GetObjectItem(j, "repeat");
	int64_t *before[2] = {NULL, NULL};
	for (size_t i = 0; i < c->n; i++) {
		bool repeated = false;
		const cJSON *r;
		cJSON_ArrayForEach(r, repeat) repeated = repeated || (size_t)r->valuedouble == i;
		for (size_t f = 0; f < c->n_factors; f++) {
			size_t length = c->lengths[f];
			int64_t *now = calloc(length, sizeof *now);
			c->f64[f][i] = calloc(length, sizeof(double));
			c->f32[f][i] = calloc(length, sizeof(float));
			for (size_t e = 0; e < length; e++) {
				int64_t draw = (int64_t)random_bits(&state), turn = i < c->n / 2 ? 0 : 3;
				if (i == 0)
					now[e] =
						((draw >> 11) - (1 << 19)) * (f == 0 || b_start ? first : 0) + (f == 0 ? offset : 0);
				else
					now[e] = before[f][e] + ((draw >> 17) - (1 << 13)) * noise +
							 ((7 * (int64_t)e + turn) % 11 - 5) * drift;
				if (repeated)
					now[e] = before[f][e];
				c->f64[f][i][e] = ldexp((double)now[e], -20);
				c->f32[f][i][e] = (float)c->f64[f][i][e];
			}
			free(before[f]);
			before[f] = now;
		}
	}
	free(before[0]);
	free(before[1]);
}

static inline void fixture_load_case(const cJSON *json, trajectory_case *c)
{
	*c = (trajectory_case){.json = json, .name = cJSON_GetObjectItem(json, "name")->valuestring};
	bool full = strcmp(cJSON_GetObjectItem(json, "kind")->valuestring, "full") == 0;
	c->shape = (pt_module_shape){.kind = full ? PT_MODULE_FULL : PT_MODULE_LORA,
		.rank = (size_t)number_at(json, "rank"),
		.d_in = (size_t)number_at(json, "d_in"),
		.d_out = (size_t)number_at(json, "d_out"),
		.length = (size_t)number_at(json, "length")};
	c->n_factors = full ? 1 : 2;
	c->lengths[0] = full ? c->shape.length : c->shape.rank * c->shape.d_in;
	c->lengths[1] = full ? 0 : c->shape.rank * c->shape.d_out;
	c->is_f64 = cJSON_IsTrue(cJSON_GetObjectItem(json, "f64"));
	size_t n_scalings;
	double *steps = fixture_array(cJSON_GetObjectItem(json, "steps"), &c->n);
	double *scalings = fixture_array(cJSON_GetObjectItem(json, "scalings"), &n_scalings);
	for (size_t i = 0; i < c->n; i++) {
		c->steps[i] = (int64_t)steps[i];
		c->scalings[i] = scalings[i];
	}
	free(steps);
	free(scalings);
	fixture_rebuild(c);
}

static inline void fixture_free_case(trajectory_case *c)
{
	for (size_t f = 0; f < c->n_factors; f++)
		for (size_t i = 0; i < c->n; i++) {
			free(c->f64[f][i]);
			free(c->f32[f][i]);
		}
}

static inline pt_module_checkpoint fixture_checkpoint(const trajectory_case *c, size_t i, bool as_f64)
{
	pt_values v[2];
	for (size_t f = 0; f < 2; f++)
		v[f] = as_f64 ? (pt_values){.f64 = c->f64[f][i]} : (pt_values){.f32 = c->f32[f][i]};
	pt_module_checkpoint checkpoint = {.shape = c->shape, .scaling = c->scalings[i]};
	if (c->shape.kind == PT_MODULE_FULL) {
		checkpoint.w = v[0];
		checkpoint.scaling = (double)NAN;
	} else {
		checkpoint.a = v[0];
		checkpoint.b = v[1];
	}
	return checkpoint;
}

#endif
