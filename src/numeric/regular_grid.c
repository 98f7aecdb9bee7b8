#include "regular_grid.h"

#include <stdlib.h>

#include "phasetop/base/alloc.h"
#include "phasetop/numeric/local_cosine.h"

static int compare_steps(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* The most frequent of n values, the smallest at ties; sorts them. */
static int64_t most_frequent(int64_t *values, size_t n)
{
	qsort(values, n, sizeof *values, compare_steps);
	int64_t best = values[0];
	size_t best_count = 0;
	for (size_t i = 0, j = 0; i < n; i = j) {
		while (j < n && values[j] == values[i])
			j++;
		if (j - i > best_count) {
			best = values[i];
			best_count = j - i;
		}
	}
	return best;
}

static int64_t remainder_of(int64_t step, int64_t spacing)
{
	const int64_t r = step % spacing;
	return r < 0 ? r + spacing : r;
}

pt_status pt_regular_grid_of(const int64_t *steps, size_t n, pt_regular_grid *out, pt_error *err)
{
	for (size_t i = 1; i < n; i++)
		if (steps[i] <= steps[i - 1])
			return pt_fail(err, PT_ERR_INVALID, NULL, -1, "steps must rise");
	pt_regular_grid grid = {.at = pt_array_alloc(n, sizeof *grid.at)};
	int64_t *remainders = pt_array_alloc(n, sizeof *remainders);
	if (!grid.at || !remainders) {
		pt_free(grid.at);
		pt_free(remainders);
		return pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for the grid of checkpoints");
	}
	if (n >= 2) {
		grid.spacing = pt_step_spacing(steps, n);
		for (size_t i = 0; i < n; i++)
			remainders[i] = remainder_of(steps[i], grid.spacing);
		grid.remainder = most_frequent(remainders, n);
		for (size_t i = 0; i < n; i++)
			if (remainder_of(steps[i], grid.spacing) == grid.remainder)
				grid.at[grid.n++] = i;
	}
	pt_free(remainders);
	*out = grid;
	return PT_OK;
}
