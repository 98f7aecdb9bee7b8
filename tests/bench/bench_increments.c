/*
 * What the trajectory engine costs: one appended checkpoint on one processor and on all, reads of the same
 * bytes, PCA, local cosine.
 *
 *   bench_increments [n checkpoints = 167] [rank = 1] [d_in = 5120] [d_out = 13824] [modules = 1] [appends =
 * 15]
 *
 * A 20 MB adapter: 40 32 10240 10240 8 6. Medians, in milliseconds, of appends around the n-th, on one
 * processor and on all of them in turn; not a part of `make test`.
 */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../helpers/random_numbers.h"
#include "measure.h"
#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"
#include "phasetop/numeric/increments.h"
#include "phasetop/numeric/local_cosine.h"
#include "phasetop/numeric/trajectory_pca.h"

static double now_ms(void)
{
	return now_s() * 1e3;
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof *values, by_value);
	return values[n / 2];
}

static uint64_t state = 1;

static float uniform(void)
{
	return (float)(random_step(&state) >> 40) / 8388608.0f - 1.0f;
}

/* A drifting random walk: one more step of it. */
static void walk(float *values, size_t n, double drift)
{
	for (size_t i = 0; i < n; i++)
		values[i] += (float)(1e-3 * (double)uniform() + drift * (double)(i % 7));
}

typedef struct bench {
	size_t n, rank, d_in, d_out, n_modules, n_appends;
	float *a, *b; /* the next checkpoint of all modules */
	pt_module_history **histories;
	double *times;
} bench;

static size_t length_a(const bench *s)
{
	return s->rank * s->d_in;
}

static size_t length_b(const bench *s)
{
	return s->rank * s->d_out;
}

/* As bits: adding whole numbers is faster than memory, adding floats is not. */
static uint32_t sum_of_bits(const float *values, size_t n)
{
	const unsigned char *x = (const unsigned char *)values;
	uint32_t sum = 0;
#pragma omp simd reduction(+ : sum)
	for (size_t e = 0; e < n; e++) {
		uint32_t bits;
		memcpy(&bits, x + e * sizeof bits, sizeof bits);
		sum += bits;
	}
	return sum;
}

/* Every `step`-th checkpoint from `first` on, of all modules. */
typedef struct reader {
	const bench *s;
	size_t first, step;
	uint32_t total;
} reader;

static void *read_all(void *argument)
{
	reader *r = argument;
	for (size_t m = 0; m < r->s->n_modules; m++)
		for (size_t i = r->first; i < r->s->n; i += r->step) {
			pt_module_checkpoint c = pt_module_history_at(r->s->histories[m], i);
			r->total += sum_of_bits(c.a.f32, length_a(r->s)) + sum_of_bits(c.b.f32, length_b(r->s));
		}
	return NULL;
}

static volatile uint32_t sink;

/* A plain read of what an append reads, by one thread or two. */
static double read_ms(const bench *s, size_t n_threads)
{
	double start = now_ms();
	reader readers[2] = {{s, 0, n_threads, 0}, {s, 1, n_threads, 0}};
	pthread_t thread;
	bool two = n_threads > 1 && pthread_create(&thread, NULL, read_all, &readers[1]) == 0;
	read_all(&readers[0]);
	if (two)
		pthread_join(thread, NULL);
	sink = readers[0].total + readers[1].total;
	return now_ms() - start;
}

/* One more checkpoint in every module; what it took without making it up. */
static double append_one(bench *s, size_t i, double scaling)
{
	pt_error err;
	double total = 0.0;
	for (size_t m = 0; m < s->n_modules; m++) {
		float *a = s->a + m * length_a(s), *b = s->b + m * length_b(s);
		walk(a, length_a(s), 1e-4);
		walk(b, length_b(s), i < s->n / 2 ? 1e-4 : -1e-4);
		pt_module_checkpoint c = {.shape = {PT_MODULE_LORA, s->rank, s->d_in, s->d_out, 0, 0},
			.a = {.f32 = a},
			.b = {.f32 = b},
			.scaling = scaling,
			.stored = PT_STORED_F32};
		double start = now_ms();
		check(
			pt_module_history_insert(s->histories[m], pt_module_history_n(s->histories[m]), &c, &err), &err);
		total += now_ms() - start;
	}
	return total;
}

/* Appends in pairs, the first of which has one processor; medians[0] is one processor's. */
static void append_ms(bench *s, double scaling, double *medians)
{
	cpu_set_t all, one;
	if (sched_getaffinity(0, sizeof all, &all) != 0)
		exit(1);
	for (size_t i = 0; i < 2 * s->n_appends; i++) {
		int cpu = sched_getcpu();
		CPU_ZERO(&one);
		CPU_SET((size_t)(cpu < 0 ? 0 : cpu), &one);
		if (sched_setaffinity(0, sizeof all, i % 2 ? &all : &one) != 0)
			exit(1);
		s->times[i % 2 * s->n_appends + i / 2] = append_one(s, s->n + i, scaling);
	}
	for (size_t k = 0; k < 2; k++)
		medians[k] = median(s->times + k * s->n_appends, s->n_appends);
}

static double pca_ms(bench *s, const pt_gram *gram, pt_pca_solver solver)
{
	pt_error err;
	pt_pca pca;
	pt_pca_init(&pca);
	for (size_t r = 0; r < s->n_appends; r++) {
		double start = now_ms();
		check(pt_trajectory_pca(gram, solver, &pca, &err), &err);
		s->times[r] = now_ms() - start;
	}
	pt_pca_fini(&pca);
	return median(s->times, s->n_appends);
}

static double cosine_ms(bench *s, const pt_gram *gram, int64_t k)
{
	pt_error err;
	int64_t *steps = pt_array_alloc(gram->n, sizeof *steps);
	if (!steps)
		exit(1);
	for (size_t i = 0; i < gram->n; i++)
		steps[i] = 5 * (int64_t)(i + 1);
	pt_cosine_options options = pt_cosine_options_default();
	options.k = k;
	for (size_t r = 0; r < s->n_appends; r++) {
		pt_local_cosine cosine;
		pt_local_cosine_init(&cosine);
		double start = now_ms();
		check(pt_local_cosine_update(&cosine, gram, steps, 0, &options, &err), &err);
		s->times[r] = now_ms() - start;
		pt_local_cosine_fini(&cosine);
	}
	pt_free(steps);
	return median(s->times, s->n_appends);
}

static size_t argument(int argc, char **argv, int i, size_t otherwise)
{
	long value = i < argc ? strtol(argv[i], NULL, 10) : 0;
	return value > 0 ? (size_t)value : otherwise;
}

static void print_row(const char *what, const double *ms, const double *read)
{
	printf("%-22s %10.3f ms (%.2f of the read) %10.3f ms on all processors (%.2f)\n", what, ms[0],
		ms[0] / read[0], ms[1], ms[1] / read[1]);
}

static void measure(bench *s)
{
	double start = now_ms(), cold = 0.0, reads[2], appends[2], bytes = 0.0;
	/* n is reached in the middle of the measured appends */
	for (size_t i = 0; i + s->n_appends < s->n; i++)
		cold += append_one(s, i, 64.0);
	printf("cold build-up          %10.3f ms (%.3f with making the data up)\n", cold, now_ms() - start);
	append_ms(s, 64.0, appends);
	for (size_t k = 0; k < 2; k++) {
		for (size_t r = 0; r < s->n_appends; r++)
			s->times[r] = read_ms(s, k + 1);
		reads[k] = median(s->times, s->n_appends);
	}
	double read = (double)(s->n_modules * s->n * (length_a(s) + length_b(s))) * sizeof(float);
	printf("plain read             %10.3f ms (%.1f GB/s)     %10.3f ms by two threads (%.1f GB/s)\n",
		reads[0], read / reads[0] * 1e-6, reads[1], read / reads[1] * 1e-6);
	print_row("append, A B dW", appends, reads);
	for (size_t m = 0; m < s->n_modules; m++)
		bytes += (double)pt_module_history_bytes(s->histories[m]);
	size_t n = pt_module_history_n(s->histories[0]);
	printf("memory                 %10.3f MB, of that vectors %.3f MB\n", bytes * 1e-6,
		(double)(s->n_modules * n * (length_a(s) + length_b(s))) * sizeof(float) * 1e-6);
	const pt_gram *gram = pt_module_history_gram(s->histories[0], PT_TRAJECTORY_B);
	printf("PCA                    %10.3f ms\n", pca_ms(s, gram, PT_PCA_SOLVER_AUTO));
	printf("PCA, Lanczos           %10.3f ms\n", pca_ms(s, gram, PT_PCA_SOLVER_LANCZOS));
	printf("PCA, dsyevr            %10.3f ms\n", pca_ms(s, gram, PT_PCA_SOLVER_DENSE));
	printf("local cosine, k = 3    %10.3f ms\n", cosine_ms(s, gram, 15));
	printf("local cosine, k = 30   %10.3f ms\n", cosine_ms(s, gram, 150));
	append_ms(s, (double)__builtin_nan(""), appends);
	print_row("append, no scaling", appends, reads);
}

int main(int argc, char **argv)
{
	pt_blas_init();
	bench s = {argument(argc, argv, 1, 167), argument(argc, argv, 2, 1), argument(argc, argv, 3, 5120),
		argument(argc, argv, 4, 13824), argument(argc, argv, 5, 1), argument(argc, argv, 6, 15), NULL, NULL,
		NULL, NULL};
	s.a = pt_array_alloc(s.n_modules * length_a(&s), sizeof *s.a);
	s.b = pt_array_alloc(s.n_modules * length_b(&s), sizeof *s.b);
	s.times = pt_array_alloc(2 * s.n_appends, sizeof *s.times);
	s.histories = pt_array_alloc(s.n_modules, sizeof(pt_module_history *));
	if (s.n < s.n_appends + 3 || !s.a || !s.b || !s.times || !s.histories)
		return 1;
	pt_error err;
	for (size_t m = 0; m < s.n_modules; m++)
		check(pt_module_history_create(&s.histories[m], &err), &err);
	printf("n %zu, rank %zu, d_in %zu, d_out %zu, modules %zu: %.1f MB a checkpoint\n", s.n, s.rank, s.d_in,
		s.d_out, s.n_modules, (double)(s.n_modules * (length_a(&s) + length_b(&s))) * sizeof(float) * 1e-6);
	measure(&s);
	for (size_t m = 0; m < s.n_modules; m++)
		pt_module_history_destroy(s.histories[m]);
	pt_free(s.histories);
	pt_free(s.a);
	pt_free(s.b);
	pt_free(s.times);
	return 0;
}
