/*
 * What the trajectory engine costs: one appended checkpoint, one read of the same bytes, PCA, local cosine.
 *
 *   bench_increments [n checkpoints = 167] [rank = 1] [d_in = 5120] [d_out = 13824] [repetitions = 31]
 *
 * Medians over the repetitions, in milliseconds; not a part of `make test`.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"
#include "phasetop/numeric/increments.h"
#include "phasetop/numeric/local_cosine.h"
#include "phasetop/numeric/trajectory_pca.h"

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void stop_on(pt_status status, const pt_error *err)
{
	if (status == PT_OK)
		return;
	fprintf(stderr, "bench_increments: %s: %s\n", pt_status_name(status), err->message);
	exit(1);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof *values, by_size);
	return values[n / 2];
}

static uint64_t state = 1;

static float uniform(void)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (float)(state >> 40) / 8388608.0f - 1.0f;
}

/* A drifting random walk: one more step of it. */
static void walk(float *values, size_t n, double drift)
{
	for (size_t i = 0; i < n; i++)
		values[i] += (float)(1e-3 * (double)uniform() + drift * (double)(i % 7));
}

static volatile uint32_t sink;

/* A plain read of what a row of A and B reads. */
static double read_ms(const pt_module_history *history, size_t n, size_t length_a, size_t length_b)
{
	double start = now_ms();
	uint32_t total = 0;
	for (size_t i = 0; i < n; i++) {
		pt_module_checkpoint c = pt_module_history_at(history, i);
		const float *vectors[2] = {c.a.f32, c.b.f32};
		const size_t lengths[2] = {length_a, length_b};
		for (int v = 0; v < 2; v++) {
			/* as bits: adding whole numbers is faster than memory, adding floats is not */
			const unsigned char *x = (const unsigned char *)vectors[v];
			uint32_t sum = 0;
#pragma omp simd reduction(+ : sum)
			for (size_t e = 0; e < lengths[v]; e++) {
				uint32_t bits;
				memcpy(&bits, x + e * sizeof bits, sizeof bits);
				sum += bits;
			}
			total += sum;
		}
	}
	sink = total;
	return now_ms() - start;
}

typedef struct bench {
	size_t n, rank, d_in, d_out, repetitions;
	float *a, *b;
	pt_module_history *history;
	double *times;
} bench;

static pt_module_checkpoint checkpoint_of(const bench *s, double scaling)
{
	return (pt_module_checkpoint){.shape = {PT_MODULE_LORA, s->rank, s->d_in, s->d_out, 0},
		.a = {.f32 = s->a},
		.b = {.f32 = s->b},
		.scaling = scaling};
}

/* Appends and takes out the last checkpoint again and again. */
static double append_ms(bench *s, double scaling)
{
	pt_error err;
	for (size_t r = 0; r < s->repetitions; r++) {
		pt_module_checkpoint c = checkpoint_of(s, scaling);
		stop_on(pt_module_history_remove(s->history, s->n - 1, &err), &err);
		double start = now_ms();
		stop_on(pt_module_history_insert(s->history, s->n - 1, &c, &err), &err);
		s->times[r] = now_ms() - start;
	}
	return median(s->times, s->repetitions);
}

static double pca_ms(bench *s, const pt_gram *gram, pt_pca_solver solver)
{
	pt_error err;
	pt_pca pca;
	pt_pca_init(&pca);
	for (size_t r = 0; r < s->repetitions; r++) {
		double start = now_ms();
		stop_on(pt_trajectory_pca(gram, solver, &pca, &err), &err);
		s->times[r] = now_ms() - start;
	}
	pt_pca_fini(&pca);
	return median(s->times, s->repetitions);
}

static double cosine_ms(bench *s, const pt_gram *gram, int64_t k)
{
	pt_error err;
	int64_t *steps = pt_array_alloc(s->n, sizeof *steps);
	if (!steps)
		exit(1);
	for (size_t i = 0; i < s->n; i++)
		steps[i] = 5 * (int64_t)(i + 1);
	pt_cosine_options options = pt_cosine_options_default();
	options.k = k;
	for (size_t r = 0; r < s->repetitions; r++) {
		pt_local_cosine cosine;
		pt_local_cosine_init(&cosine);
		double start = now_ms();
		stop_on(pt_local_cosine_update(&cosine, gram, steps, 0, &options, &err), &err);
		s->times[r] = now_ms() - start;
		pt_local_cosine_fini(&cosine);
	}
	pt_free(steps);
	return median(s->times, s->repetitions);
}

static size_t argument(int argc, char **argv, int i, size_t otherwise)
{
	long value = i < argc ? strtol(argv[i], NULL, 10) : 0;
	return value > 0 ? (size_t)value : otherwise;
}

int main(int argc, char **argv)
{
	pt_blas_init();
	bench s = {argument(argc, argv, 1, 167), argument(argc, argv, 2, 1), argument(argc, argv, 3, 5120),
		argument(argc, argv, 4, 13824), argument(argc, argv, 5, 31), NULL, NULL, NULL, NULL};
	size_t length_a = s.rank * s.d_in, length_b = s.rank * s.d_out;
	s.a = pt_array_alloc(length_a, sizeof *s.a);
	s.b = pt_array_alloc(length_b, sizeof *s.b);
	s.times = pt_array_alloc(s.repetitions, sizeof *s.times);
	pt_error err;
	if (s.n < 3 || !s.a || !s.b || !s.times)
		return 1;
	stop_on(pt_module_history_create(&s.history, &err), &err);
	double start = now_ms();
	for (size_t i = 0; i < s.n; i++) {
		walk(s.a, length_a, 1e-4);
		walk(s.b, length_b, i < s.n / 2 ? 1e-4 : -1e-4);
		pt_module_checkpoint c = checkpoint_of(&s, 64.0);
		stop_on(pt_module_history_insert(s.history, i, &c, &err), &err);
	}
	printf("n %zu, rank %zu, d_in %zu, d_out %zu\n", s.n, s.rank, s.d_in, s.d_out);
	printf("cold build-up         %10.3f ms (with making the data up)\n", now_ms() - start);
	for (size_t r = 0; r < s.repetitions; r++)
		s.times[r] = read_ms(s.history, s.n, length_a, length_b);
	double read = median(s.times, s.repetitions);
	double bytes = (double)(s.n * (length_a + length_b)) * sizeof(float);
	printf("plain read            %10.3f ms (%.1f GB/s)\n", read, bytes / read * 1e-6);
	double append = append_ms(&s, 64.0);
	printf("append, A B dW        %10.3f ms (%.2f of the read)\n", append, append / read);
	const pt_gram *gram = pt_module_history_gram(s.history, PT_TRAJECTORY_B);
	printf("PCA                   %10.3f ms\n", pca_ms(&s, gram, PT_PCA_SOLVER_AUTO));
	printf("PCA, Lanczos          %10.3f ms\n", pca_ms(&s, gram, PT_PCA_SOLVER_LANCZOS));
	printf("PCA, dsyevr           %10.3f ms\n", pca_ms(&s, gram, PT_PCA_SOLVER_DENSE));
	printf("local cosine, k = 3   %10.3f ms\n", cosine_ms(&s, gram, 15));
	printf("local cosine, k = 30  %10.3f ms\n", cosine_ms(&s, gram, 150));
	append = append_ms(&s, (double)__builtin_nan(""));
	printf("append, A and B only  %10.3f ms (%.2f of the read)\n", append, append / read);
	printf("memory                %10.3f MB\n", (double)pt_module_history_bytes(s.history) * 1e-6);
	pt_module_history_destroy(s.history);
	pt_free(s.a);
	pt_free(s.b);
	pt_free(s.times);
	return 0;
}
