/*
 * What a PCA refresh costs: cold, warm from the frame before, and by dsyevr, on trajectories of several
 * kinds.
 *
 *   bench_pca [n checkpoints = 1000] [frames = 21]
 *
 * Each frame appends one checkpoint. Medians over the frames, in milliseconds, and the largest difference of
 * the warm scores from dsyevr's relative to the largest score; not a part of `make test`.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"
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
	fprintf(stderr, "bench_pca: %s: %s\n", pt_status_name(status), err->message);
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

static double uniform(void)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)(state >> 33) * 0x1p-30 - 1.0;
}

typedef enum kind { SMOOTH, WALK, NOISE, DRIFTING_WALK, N_KINDS } kind;

static const char *const kind_names[] = {
	"smooth drift", "random walk", "noise around a line", "drifting walk"};

/* Coordinate e of n of checkpoint i at time 0 … 1, given the one before. */
static double value(kind which, double time, size_t e, double before)
{
	switch (which) {
	case SMOOTH: { /* saturating, turning, slower and slower, with a little noise */
		double x = time - 0.5;
		switch (e) {
		case 0:
			return 4.0 * (1.0 - exp(-3.0 * time));
		case 1:
			return 1.0 / (1.0 + exp(-12.0 * x));
		case 2:
			return x * x;
		default:
			return 1e-3 * sin((double)e * time) / (double)e + 1e-5 * uniform();
		}
	}
	case WALK:
		return before + 0.01 * uniform();
	case NOISE:
		return (e == 0 ? 20.0 * time : 0.0) + 0.5 * uniform();
	default:
		return before + 0.01 * uniform() + (e == 0 ? 0.02 : e == 1 ? 0.02 * cos(4.0 * time) : 0.0);
	}
}

/* The increment Gram of a made trajectory in as many dimensions as half its checkpoints more. */
static void make_gram(kind which, size_t n, pt_gram *gram)
{
	size_t d = n + n / 2;
	pt_error err;
	double *increments = pt_array_alloc(n, d * sizeof *increments);
	double *before = pt_array_alloc(d, sizeof *before), *full = pt_array_alloc(n, n * sizeof *full);
	if (!increments || !before || !full)
		exit(1);
	for (size_t i = 0; i < n; i++)
		for (size_t e = 0; e < d; e++) {
			double v = value(which, (double)i / (double)n, e, before[e]);
			increments[i * d + e] = v - before[e];
			before[e] = v;
		}
	pt_block rows = {increments, n, d, d};
	stop_on(pt_blas_multiply(false, true, 1.0, rows, rows, 0.0, (pt_block_mut){full, n, n, n}, &err), &err);
	pt_gram_init(gram);
	for (size_t i = 0; i < n; i++)
		stop_on(pt_gram_append(gram, full + i * n, &err), &err);
	pt_free(increments);
	pt_free(before);
	pt_free(full);
}

static double cold_ms(const pt_gram *gram, pt_pca_solver solver, size_t n_scree, pt_pca *pca)
{
	pt_error err;
	double start = now_ms();
	stop_on(pt_trajectory_pca_leading(gram, solver, n_scree, pca, &err), &err);
	return now_ms() - start;
}

static double warm_ms(const pt_gram *gram, size_t n_scree, pt_pca *pca)
{
	pt_error err;
	double start = now_ms();
	stop_on(pt_trajectory_pca_refresh(gram, pca->n, n_scree, pca, &err), &err);
	return now_ms() - start;
}

static double difference(const pt_pca *a, const pt_pca *b)
{
	double largest = 0.0, worst = 0.0;
	for (size_t c = 0; c < PT_PCA_COMPONENTS; c++)
		for (size_t i = 0; i < a->n; i++) {
			largest = fmax(largest, fabs(b->scores[c][i]));
			worst = fmax(worst, fabs(a->scores[c][i] - b->scores[c][i]));
		}
	return worst / largest;
}

static void measure(kind which, size_t n, size_t n_frames, size_t n_scree, double *times)
{
	pt_gram gram;
	make_gram(which, n, &gram);
	double *cold = times, *warm = times + n_frames, *dense = warm + n_frames, worst = 0.0;
	pt_pca pca, live, exact;
	pt_pca_init(&pca);
	pt_pca_init(&live);
	pt_pca_init(&exact);
	pt_gram part = gram;
	part.n = n - n_frames;
	warm_ms(&part, n_scree, &live);
	for (size_t f = 0; f < n_frames; f++) {
		part.n++;
		dense[f] = cold_ms(&part, PT_PCA_SOLVER_DENSE, n_scree, &exact);
		cold[f] = cold_ms(&part, PT_PCA_SOLVER_AUTO, n_scree, &pca);
		warm[f] = warm_ms(&part, n_scree, &live);
		worst = fmax(worst, difference(&live, &exact));
	}
	double d = median(dense, n_frames), w = median(warm, n_frames);
	printf("%-20s %2zu ratios: cold %8.3f  warm %8.3f  dsyevr %8.3f ms (%5.1f times warm)  off by %.1e\n",
		kind_names[which], n_scree, median(cold, n_frames), w, d, d / w, worst);
	pt_pca_fini(&pca);
	pt_pca_fini(&live);
	pt_pca_fini(&exact);
	pt_gram_fini(&gram);
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	size_t n_frames = argc > 2 ? strtoul(argv[2], NULL, 10) : 21;
	pt_blas_init();
	double *times = pt_array_alloc(n_frames, 3 * sizeof *times);
	if (!times || n_frames < 1 || n < n_frames + 3)
		return 1;
	printf("n %zu\n", n);
	for (kind which = 0; which < N_KINDS; which++)
		for (size_t n_scree = PT_PCA_COMPONENTS; n_scree <= PT_PCA_SCREE;
			 n_scree += PT_PCA_SCREE - PT_PCA_COMPONENTS)
			measure(which, n, n_frames, n_scree, times);
	pt_free(times);
	return 0;
}
