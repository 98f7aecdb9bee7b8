#include "step_pairs.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/alloc.h"

static int by_size(const void *left, const void *right)
{
	int64_t a, b;
	memcpy(&a, left, sizeof a);
	memcpy(&b, right, sizeof b);
	return (a > b) - (a < b);
}

/* How often `difference` occurs between neighbours. */
static size_t count_of(const int64_t *steps, size_t n, int64_t difference)
{
	size_t count = 0;
	for (size_t i = 1; i < n; i++)
		count += steps[i] - steps[i - 1] == difference;
	return count;
}

static int64_t spacing_without_memory(const int64_t *steps, size_t n)
{
	int64_t best = 0;
	size_t most = 0;
	for (size_t i = 1; i < n; i++) {
		int64_t difference = steps[i] - steps[i - 1];
		size_t count = count_of(steps, n, difference);
		if (count > most || (count == most && difference > best)) {
			best = difference;
			most = count;
		}
	}
	return best;
}

int64_t pt_step_spacing(const int64_t *steps, size_t n)
{
	if (n < 2)
		return PT_STEP_MISSING;
	if (count_of(steps, n, steps[1] - steps[0]) == n - 1) /* a regular run: nothing to sort */
		return steps[1] - steps[0];
	size_t n_differences = n - 1;
	int64_t *differences = pt_array_alloc(n_differences, sizeof *differences);
	if (!differences)
		return spacing_without_memory(steps, n);
	for (size_t i = 0; i < n_differences; i++)
		differences[i] = steps[i + 1] - steps[i];
	qsort(differences, n_differences, sizeof *differences, by_size);
	int64_t best = 0;
	size_t most = 0;
	for (size_t first = 0, end; first < n_differences; first = end) {
		for (end = first; end < n_differences && differences[end] == differences[first]; end++)
			;
		if (end - first >= most) { /* rising, so the larger wins a tie */
			most = end - first;
			best = differences[first];
		}
	}
	pt_free(differences);
	return best;
}

int64_t pt_step_snap(int64_t k, int64_t spacing)
{
	int64_t multiples = k / spacing, rest = k % spacing;
	if (rest > spacing - rest && multiples < INT64_MAX / spacing)
		multiples++;
	return (multiples > 0 ? multiples : 1) * spacing;
}

/* Walks forward over the steps: the index nearest to `target`, the lower at ties. Targets must not fall. */
static size_t advance_to(const int64_t *steps, size_t n, size_t from, int64_t target)
{
	while (from + 1 < n && llabs(steps[from + 1] - target) < llabs(steps[from] - target))
		from++;
	return from;
}

static bool is_near(const int64_t *steps, size_t i, int64_t target, int64_t tolerance)
{
	return llabs(steps[i] - target) <= tolerance;
}

static size_t pairs_by_index(const int64_t *steps, size_t n, int64_t spacing, size_t reach,
	pt_step_pair *pairs, pt_step_pending *pending)
{
	size_t n_pairs = 0;
	for (size_t i = reach; i < n && n - i > reach; i++)
		pairs[n_pairs++] = (pt_step_pair){i - reach, i, i + reach};
	/* The first without its successor: it comes when enough more have landed. */
	size_t first = n > 2 * reach ? n - reach : reach;
	if (first < n)
		*pending =
			(pt_step_pending){steps[first], steps[n - 1] + spacing * (int64_t)(first + reach - (n - 1))};
	return n_pairs;
}

size_t pt_step_pairs(const int64_t *steps, size_t n, int64_t spacing, int64_t k,
	const pt_cosine_options *options, pt_step_pair *pairs, pt_step_pending *pending)
{
	assert(spacing > 0 && k > 0);
	*pending = (pt_step_pending){PT_STEP_MISSING, PT_STEP_MISSING};
	if (n == 0)
		return 0;
	if (options->by_index) {
		uint64_t reach = (uint64_t)(k / spacing);
		return reach < n ? pairs_by_index(steps, n, spacing, (size_t)reach, pairs, pending) : 0;
	}
	int64_t tolerance = options->tolerance < 0 ? spacing / 2 : options->tolerance;
	/* More would change nothing, since partners stand on their side of t, and sums cannot overflow then. */
	int64_t range = steps[n - 1] - steps[0], most = k < range ? k : range;
	if (tolerance > most)
		tolerance = most;
	if (k - tolerance > range)
		return 0;
	size_t n_pairs = 0, before = 0, after = 0;
	for (size_t i = 0; i < n; i++) {
		before = advance_to(steps, n, before, steps[i] - k);
		after = advance_to(steps, n, after, steps[i] + k);
		if (before >= i || !is_near(steps, before, steps[i] - k, tolerance))
			continue;
		if (after > i && is_near(steps, after, steps[i] + k, tolerance))
			pairs[n_pairs++] = (pt_step_pair){before, i, after};
		else if (pending->from_step == PT_STEP_MISSING && steps[n - 1] < steps[i] + k + tolerance)
			*pending = (pt_step_pending){steps[i], steps[i] + k};
	}
	return n_pairs;
}
