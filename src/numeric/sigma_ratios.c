#include "phasetop/numeric/sigma_ratios.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "phasetop/numeric/blas.h"
#include "regular_grid.h"

enum { WINDOW = PT_SIGMA_WINDOW };

void pt_sigma_ratios_init(pt_sigma_ratios *ratios)
{
	*ratios = (pt_sigma_ratios){0};
}

void pt_sigma_ratios_fini(pt_sigma_ratios *ratios)
{
	pt_free(ratios->at);
	pt_free(ratios->s1_s2);
	pt_free(ratios->s2_s3);
	*ratios = (pt_sigma_ratios){0};
}

/* The window's increments that end at grid[last − 9 … last]; the increment of g joins those between its neighbours. */
static pt_status ratios_at(
	const pt_gram *gram, const size_t *grid, size_t last, double *s1_s2, double *s2_s3, pt_error *err)
{
	double block[WINDOW * WINDOW], values[WINDOW], trace = 0.0;
	for (size_t i = 0; i < WINDOW; i++)
		for (size_t j = 0; j <= i; j++) {
			size_t a = last - WINDOW + 1 + i, b = last - WINDOW + 1 + j;
			double product =
				pt_gram_block_sum(gram, grid[a - 1] + 1, grid[a] + 1, grid[b - 1] + 1, grid[b] + 1);
			block[i * WINDOW + j] = block[j * WINDOW + i] = product;
			trace += i == j ? product : 0.0;
		}
	*s1_s2 = *s2_s3 = (double)NAN;
	if (!isfinite(trace) || !(trace > 0.0))
		return PT_OK;
	pt_status status = pt_blas_eigen_symmetric(WINDOW, block, 3, values, NULL, err);
	if (status == PT_ERR_NOT_FINITE || status == PT_ERR_UNDEFINED)
		return PT_OK;
	if (status != PT_OK)
		return status;
	double least = WINDOW * DBL_EPSILON * trace; /* below it an eigenvalue is rounding */
	if (values[1] > least)
		*s1_s2 = sqrt(values[0] / values[1]);
	if (values[2] > least)
		*s2_s3 = sqrt(values[1] / values[2]);
	return PT_OK;
}

/* How many leading places of the grid are as they were, and so their ratios. */
static size_t known_places(const pt_sigma_ratios *old, const pt_regular_grid *grid, size_t n_unchanged)
{
	size_t known = 0;
	while (known < old->n && known < grid->n && old->at[known] == grid->at[known] &&
		   grid->at[known] < n_unchanged)
		known++;
	return known;
}

pt_status pt_sigma_ratios_update(pt_sigma_ratios *ratios, const pt_gram *gram, const int64_t *steps,
	size_t n_unchanged, pt_error *err)
{
	pt_regular_grid grid;
	pt_status status = pt_regular_grid_of(steps, gram->n, &grid, err);
	if (status != PT_OK)
		return status;
	pt_sigma_ratios fresh = {.n = grid.n,
		.at = grid.at,
		.s1_s2 = pt_array_alloc(grid.n, sizeof *fresh.s1_s2),
		.s2_s3 = pt_array_alloc(grid.n, sizeof *fresh.s2_s3)};
	if (!fresh.s1_s2 || !fresh.s2_s3)
		status = pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for singular value ratios");
	size_t known = known_places(ratios, &grid, n_unchanged);
	for (size_t i = 0; i < grid.n && status == PT_OK; i++) {
		fresh.s1_s2[i] = i < known ? ratios->s1_s2[i] : (double)NAN;
		fresh.s2_s3[i] = i < known ? ratios->s2_s3[i] : (double)NAN;
		if (i >= known && i >= WINDOW)
			status = ratios_at(gram, grid.at, i, &fresh.s1_s2[i], &fresh.s2_s3[i], err);
	}
	if (status != PT_OK) {
		pt_sigma_ratios_fini(&fresh);
		return status;
	}
	pt_sigma_ratios_fini(ratios);
	*ratios = fresh;
	return PT_OK;
}
