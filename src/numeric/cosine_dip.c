#include "cosine_dip.h"

#include <math.h>

/* The highest level below which one must come, going from `at` over the run in one direction until deeper. */
static double rim_to_the_left(const double *values, size_t first, size_t at)
{
	double rim = values[at];
	for (size_t i = at; i-- > first && values[i] >= values[at];)
		rim = values[i] > rim ? values[i] : rim;
	return rim;
}

static double rim_to_the_right(const double *values, size_t end, size_t at)
{
	double rim = values[at];
	for (size_t i = at + 1; i < end && values[i] >= values[at]; i++)
		rim = values[i] > rim ? values[i] : rim;
	return rim;
}

typedef struct best_dip {
	ptrdiff_t at;
	double prominence;
} best_dip;

/* All dips of the run [first, end): both neighbours of the point, or of its plateau, are higher. */
static void search_run(const double *values, size_t first, size_t end, best_dip *best)
{
	double highest = values[first];
	for (size_t i = first + 1; i < end; i++)
		highest = values[i] > highest ? values[i] : highest;
	for (size_t i = first + 1; i + 1 < end; i++) {
		if (!(values[i] < values[i - 1]))
			continue;
		/* no rim is above the highest point: this dip cannot be the most prominent */
		if (best->at >= 0 && highest - values[i] <= best->prominence)
			continue;
		size_t last = i;
		while (last + 1 < end && values[last + 1] == values[i])
			last++;
		if (last + 1 < end && values[last + 1] > values[i]) {
			size_t middle = (i + last) / 2;
			double rim = fmin(rim_to_the_left(values, first, middle), rim_to_the_right(values, end, middle));
			double prominence = rim - values[middle];
			if (best->at < 0 || prominence > best->prominence)
				*best = (best_dip){(ptrdiff_t)middle, prominence};
		}
		i = last;
	}
}

ptrdiff_t pt_cosine_dip(const double *values, const bool *valid, size_t n, double *prominence)
{
	best_dip best = {-1, 0.0};
	for (size_t first = 0; first < n;) {
		size_t end = first;
		while (end < n && valid[end])
			end++;
		if (end > first)
			search_run(values, first, end, &best);
		first = end + 1;
	}
	if (best.at >= 0)
		*prominence = best.prominence;
	return best.at;
}
