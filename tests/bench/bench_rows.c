/*
 * What one row of probe losses costs, raw and detrended spectra, without and with λ₁; and a PCA of a long trajectory
 * by dsyevr, by Lanczos from nothing, and from the last basis.
 *
 * Prints "name median min" lines; rows in µs, PCA in ms.
 */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../helpers/random_numbers.h"
#include "measure.h"
#include "phasetop/numeric/blas.h"
#include "phasetop/numeric/loss_covariance.h"
#include "phasetop/numeric/trajectory_pca.h"

static void print(const char *name, double *values, int n)
{
	qsort(values, (size_t)n, sizeof *values, by_value);
	printf("%s %.6f %.6f\n", name, values[n / 2], values[0]);
}

static void bench_row(size_t n_probes, size_t window, bool lambda1)
{
	enum { REPEATS = 301 };
	static double us[REPEATS];
	uint64_t seed = 3;
	pt_error err;
	pt_loss_window *running = NULL;
	check(pt_loss_window_create(n_probes, window, &running, &err), &err);
	if (!lambda1)
		pt_loss_window_leave_lambda1(running);
	double *row = malloc(n_probes * sizeof *row);
	if (!row)
		exit(1);
	for (int i = -(int)window; i < REPEATS; i++) {
		for (size_t p = 0; p < n_probes; p++)
			row[p] = 2 + 0.1 * random_fine(&seed);
		pt_spectrum_point raw, detrended;
		double begin = now_s();
		check(pt_loss_window_push(running, row, &raw, &detrended, &err), &err);
		if (i >= 0)
			us[i] = (now_s() - begin) * 1e6;
	}
	char name[64];
	snprintf(name, sizeof name, "row_%zu_%zu%s_us", n_probes, window, lambda1 ? "_lambda1" : "");
	print(name, us, REPEATS);
	free(row);
	pt_loss_window_destroy(running);
}

/* The Gram of a path of n checkpoints in few dimensions that turns once, in noise that adds up. */
static void make_gram(pt_gram *gram, size_t n)
{
	enum { D = 400 };
	uint64_t seed = 11;
	pt_error err;
	double *increments = malloc(n * D * sizeof *increments), *row = malloc(n * sizeof *row);
	if (!increments || !row)
		exit(1);
	for (size_t i = 0; i < n; i++)
		for (size_t e = 0; e < D; e++) {
			double along = e < D / 2 ? 1 : 0, across = e < D / 2 ? 0 : 1;
			double turned = 1 / (1 + exp(((double)n / 3 - (double)i) / 5));
			increments[i * D + e] = (1 - turned) * along + turned * across + 0.5 * random_fine(&seed);
		}
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j <= i; j++) {
			double sum = 0;
			for (size_t e = 0; e < D; e++)
				sum += increments[i * D + e] * increments[j * D + e];
			row[j] = sum;
		}
		check(pt_gram_append(gram, row, &err), &err);
	}
	free(increments);
	free(row);
}

static void bench_pca(const pt_gram *gram, const char *name, pt_pca_solver solver, int repeats)
{
	double ms[101];
	pt_pca pca;
	pt_pca_init(&pca);
	for (int i = 0; i < repeats; i++) {
		pt_error err;
		double begin = now_s();
		check(pt_trajectory_pca_leading(gram, solver, PT_PCA_COMPONENTS, &pca, &err), &err);
		ms[i] = (now_s() - begin) * 1e3;
	}
	pt_pca_fini(&pca);
	print(name, ms, repeats);
}

/* The refresh as the screen does it: one more checkpoint, from the basis of the one before. */
static void bench_refresh(const pt_gram *whole, const char *name, int repeats)
{
	double ms[101];
	pt_error err;
	pt_pca pca;
	pt_pca_init(&pca);
	pt_gram growing;
	pt_gram_init(&growing);
	check(pt_gram_copy(&growing, whole, &err), &err);
	pt_gram_truncate(&growing, whole->n - (size_t)repeats);
	check(pt_trajectory_pca_refresh(&growing, 0, PT_PCA_COMPONENTS, &pca, &err), &err);
	for (int i = 0; i < repeats; i++) {
		check(pt_gram_append(&growing, pt_gram_row(whole, growing.n), &err), &err);
		double begin = now_s();
		check(pt_trajectory_pca_refresh(&growing, growing.n - 1, PT_PCA_COMPONENTS, &pca, &err), &err);
		ms[i] = (now_s() - begin) * 1e3;
	}
	pt_pca_fini(&pca);
	pt_gram_fini(&growing);
	print(name, ms, repeats);
}

int main(void)
{
	pt_blas_init();
	static const size_t probes[] = {64, 512, 4096}, windows[] = {20, 100};
	for (size_t p = 0; p < 3; p++)
		for (size_t w = 0; w < 2; w++)
			for (int lambda1 = 0; lambda1 < 2; lambda1++)
				bench_row(probes[p], windows[w], lambda1);
	pt_gram gram;
	pt_gram_init(&gram);
	make_gram(&gram, 1000);
	bench_pca(&gram, "pca_dsyevr_ms", PT_PCA_SOLVER_DENSE, 5);
	bench_pca(&gram, "pca_cold_ms", PT_PCA_SOLVER_AUTO, 21);
	bench_refresh(&gram, "pca_refresh_ms", 21);
	pt_gram_fini(&gram);
	return 0;
}
