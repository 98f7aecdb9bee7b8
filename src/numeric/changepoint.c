#include "phasetop/numeric/changepoint.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "phasetop/base/alloc.h"
#include "regular_grid.h"

enum { BAND = PT_CHANGE_WINDOW };
_Static_assert((int)BAND >= 2 * (int)PT_TURN_SIDE, "the band must hold both sides of a turning angle");
_Static_assert((int)PT_CHANGE_FIRST >= 2 * (int)PT_CHANGE_MIN_SIDE, "the first window must have a split");

static const double RADIANS_TO_DEGREES = 57.295779513082320877;

/* The increments of the grid that are not zero, and their inner products near the diagonal. */
typedef struct increments {
	size_t n;
	size_t *left, *right; /* checkpoints at the ends */
	double *length;       /* ‖δ_i‖ */
	double *band;         /* band[i * BAND + d] = ⟨δ_i, δ_{i−d}⟩, d ≤ i; see fill_band */
	double *unit_band;    /* the same of unit increments */
} increments;

/* ⟨v_b − v_a, v_d − v_c⟩. The increment of a checkpoint is the one that ends there. */
static double between(const pt_gram *gram, size_t a, size_t b, size_t c, size_t d)
{
	return pt_gram_block_sum(gram, a + 1, b + 1, c + 1, d + 1);
}

static void increments_fini(increments *inc)
{
	pt_free(inc->left);
	pt_free(inc->right);
	pt_free(inc->length);
	pt_free(inc->band);
	pt_free(inc->unit_band);
	*inc = (increments){0};
}

static bool increments_alloc(increments *inc, size_t n_grid)
{
	const size_t most = n_grid > 0 ? n_grid - 1 : 0;
	inc->left = pt_array_alloc(most, sizeof *inc->left);
	inc->right = pt_array_alloc(most, sizeof *inc->right);
	inc->length = pt_array_alloc(most, sizeof *inc->length);
	inc->band = pt_array_alloc(most, BAND * sizeof *inc->band);
	inc->unit_band = pt_array_alloc(most, BAND * sizeof *inc->unit_band);
	return inc->left && inc->right && inc->length && inc->band && inc->unit_band;
}

/* The increments of the grid that have a direction. */
static void find_increments(increments *inc, const pt_gram *gram, const pt_direction *direction)
{
	for (size_t g = 0; g + 1 < direction->n_grid; g++) {
		const size_t a = direction->grid[g], b = direction->grid[g + 1];
		const double square = between(gram, a, b, a, b);
		if (!(square > 0) || !isfinite(square))
			continue;
		inc->left[inc->n] = a;
		inc->right[inc->n] = b;
		inc->length[inc->n++] = sqrt(square);
	}
}

/* Products near the diagonal, of the increments that rows after the first `kept` look at. */
static void fill_band(increments *inc, const pt_gram *gram, size_t kept)
{
	for (size_t i = kept > BAND ? kept - BAND : 0; i < inc->n; i++)
		for (size_t d = 0; d < BAND && d <= i; d++) {
			const size_t j = i - d;
			const double product = between(gram, inc->left[i], inc->right[i], inc->left[j], inc->right[j]);
			inc->band[i * BAND + d] = product;
			inc->unit_band[i * BAND + d] = d ? product / inc->length[i] / inc->length[j] : 1;
		}
}

/* T of the window that ends before increment `end`; *split = the first increment of the newer side. */
static double window_statistic(const increments *inc, size_t end, size_t *split)
{
	const size_t m = end < BAND ? end : BAND, from = end - m;
	/* within[p]: sum over the pairs of the first p increments; after[p]: of those from p on;
	   before[i][p]: products of increment i with the first p */
	double before[BAND][BAND + 1], within[BAND + 1] = {0}, after[BAND + 1] = {0};
	for (size_t i = 0; i < m; i++) {
		const double *unit = inc->unit_band + (from + i) * BAND;
		before[i][0] = 0;
		for (size_t j = 0; j < i; j++)
			before[i][j + 1] = before[i][j] + unit[i - j];
		within[i + 1] = within[i] + before[i][i];
	}
	for (size_t p = m; p-- > 0;) {
		after[p] = after[p + 1];
		for (size_t i = p + 1; i < m; i++)
			after[p] += inc->unit_band[(from + i) * BAND + (i - p)];
	}
	double best = -DBL_MAX;
	for (size_t p = PT_CHANGE_MIN_SIDE; p + PT_CHANGE_MIN_SIDE <= m; p++) {
		double across = 0;
		for (size_t i = p; i < m; i++)
			across += before[i][p];
		const double l = (double)p, r = (double)(m - p);
		const double t =
			l * r / (l + r) *
			(2 * within[p] / (l * (l - 1)) + 2 * after[p] / (r * (r - 1)) - 2 * across / (l * r));
		if (t > best) {
			best = t;
			*split = from + p;
		}
	}
	return best;
}

/* φ at the checkpoint before increment `at`, in degrees; NaN where a side is missing or incoherent. */
static double turning_angle(const increments *inc, size_t at)
{
	const size_t k = PT_TURN_SIDE;
	if (at < k || at + k > inc->n)
		return (double)NAN;
	double pairs[2] = {0}, squares[2] = {0}, across = 0;
	for (size_t i = 0; i < 2 * k; i++) {
		const double *products =
			inc->band + (at - k + i) * BAND; /* of increment i with the one d before it */
		squares[i >= k] += products[0];
		for (size_t j = i < k ? 0 : k; j < i; j++)
			pairs[i >= k] += products[i - j];
		for (size_t j = 0; i >= k && j < k; j++)
			across += products[i - j];
	}
	double mean[2];
	for (size_t side = 0; side < 2; side++) {
		const double sum = squares[side] + 2 * pairs[side];
		mean[side] = 2 * pairs[side] / (double)(k * (k - 1));
		/* written so that NaN is incoherent too */
		if (!(mean[side] > 0) || !((double)(k * k) * mean[side] > 0.5 * sum))
			return (double)NAN;
	}
	const double cosine = across / (double)(k * k) / sqrt(mean[0]) / sqrt(mean[1]);
	if (!isfinite(cosine))
		return (double)NAN;
	return acos(fmin(1, fmax(-1, cosine))) * RADIANS_TO_DEGREES;
}

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double sorted_median(const double *sorted, size_t n)
{
	return n % 2 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
}

/* Median of the values that are not NaN; NaN where all are. Sorts `scratch`. */
static double median_of_defined(const double *values, size_t n, double *scratch)
{
	size_t m = 0;
	for (size_t i = 0; i < n; i++)
		if (!isnan(values[i]))
			scratch[m++] = values[i];
	if (m == 0)
		return (double)NAN;
	qsort(scratch, m, sizeof *scratch, compare_doubles);
	return sorted_median(scratch, m);
}

static void insert_sorted(double *sorted, size_t n, double value)
{
	size_t low = 0, high = n;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (sorted[middle] <= value)
			low = middle + 1;
		else
			high = middle;
	}
	memmove(sorted + low + 1, sorted + low, (n - low) * sizeof *sorted);
	sorted[low] = value;
}

/* T and φ of every increment; of the first `kept` those of the last call, where nothing new touches them. */
static void fill_rows(const increments *inc, const pt_direction *last, size_t kept, pt_direction *made)
{
	for (size_t n = 1; n <= inc->n; n++) {
		made->ends[n - 1] = inc->right[n - 1];
		if (n <= kept) {
			made->t[n - 1] = last->t[n - 1];
			made->splits[n - 1] = last->splits[n - 1];
		} else if (n < PT_CHANGE_FIRST) {
			made->t[n - 1] = (double)NAN;
			made->splits[n - 1] = 0;
		} else {
			made->t[n - 1] = window_statistic(inc, n, &made->splits[n - 1]);
		}
		const bool angle_is_known = n + PT_TURN_SIDE <= kept;
		made->phi_after[n - 1] = angle_is_known ? last->phi_after[n - 1] : turning_angle(inc, n);
	}
}

/* ρ_n for every n, at n − 1. `sorted` holds n doubles. */
static void judge_rows(const double *t, size_t n_rows, double *ratio, double *sorted)
{
	size_t n_sorted = 0;
	for (size_t n = 1; n <= n_rows; n++) {
		if (n >= PT_CHANGE_FIRST + PT_CHANGE_HELD_BACK)
			insert_sorted(sorted, n_sorted++, t[n - 1 - PT_CHANGE_HELD_BACK]);
		ratio[n - 1] = n >= PT_CHANGE_LEARNING
						   ? t[n - 1] / (sorted_median(sorted, n_sorted) + PT_CHANGE_SOFTENER)
						   : (double)NAN;
	}
}

static size_t distance(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

/* The row from the alarm on whose split is the refined one. */
static size_t refining_row(const double *t, const size_t *splits, size_t n, size_t alarm)
{
	size_t best = alarm;
	for (size_t row = alarm; row < n && row <= alarm + PT_CHANGE_REFINE_ROWS; row++)
		if (distance(splits[row], splits[alarm]) <= PT_CHANGE_APART && t[row] > t[best])
			best = row;
	return best;
}

static double largest_angle_near(const pt_direction *direction, size_t split)
{
	double best = (double)NAN;
	const size_t from = split > PT_TURN_REACH ? split - PT_TURN_REACH : 1;
	for (size_t at = from; at <= split + PT_TURN_REACH && at <= direction->n_increments; at++)
		best = fmax(best, direction->phi_after[at - 1]);
	return best;
}

/* Writes the events into `changes` (may be NULL: only counted). */
static size_t find_changes(const pt_direction *direction, pt_change_point *changes)
{
	const size_t n = direction->n_increments, *splits = direction->splits, *ends = direction->ends;
	size_t n_changes = 0, last_split = 0;
	for (size_t row = 0; row < n; row++) {
		if (!(direction->ratio[row] > PT_CHANGE_RATIO))
			continue;
		if (n_changes > 0 && splits[row] <= last_split + PT_CHANGE_APART)
			continue;
		last_split = splits[row];
		if (changes) {
			const size_t best = refining_row(direction->t, splits, n, row);
			changes[n_changes] = (pt_change_point){.at = ends[splits[best] - 1],
				.first_at = ends[splits[row] - 1],
				.known_at = ends[row],
				.statistic = direction->t[row],
				.refined_statistic = direction->t[best],
				.ratio = direction->ratio[row],
				.phi_deg = largest_angle_near(direction, splits[best])};
		}
		n_changes++;
	}
	return n_changes;
}

void pt_direction_init(pt_direction *direction)
{
	*direction = (pt_direction){.usual_phi_deg = (double)NAN};
}

void pt_direction_fini(pt_direction *direction)
{
	pt_free(direction->grid);
	pt_free(direction->phi_deg);
	pt_free(direction->ends);
	pt_free(direction->t);
	pt_free(direction->splits);
	pt_free(direction->phi_after);
	pt_free(direction->ratio);
	pt_free(direction->changes);
	pt_direction_init(direction);
}

static bool fill_grid(const int64_t *steps, size_t n, pt_direction *direction)
{
	pt_regular_grid grid;
	if (pt_regular_grid_of(steps, n, &grid, NULL) != PT_OK)
		return false; /* out of memory: that the steps rise was looked at before */
	direction->spacing = grid.spacing;
	direction->remainder = grid.remainder;
	direction->n_grid = grid.n;
	direction->grid = grid.at;
	return true;
}

/* How many leading increments are those of the last call. */
static size_t count_kept(
	const increments *inc, const pt_direction *last, const pt_direction *made, size_t n_unchanged)
{
	if (last->spacing != made->spacing || last->remainder != made->remainder)
		return 0;
	size_t kept = 0;
	while (kept < inc->n && kept < last->n_increments && inc->right[kept] < n_unchanged &&
		   inc->right[kept] == last->ends[kept])
		kept++;
	return kept;
}

static bool rows_alloc(pt_direction *made, size_t n)
{
	made->n_increments = n;
	made->phi_deg = pt_array_alloc(made->n_grid, sizeof *made->phi_deg);
	made->ends = pt_array_alloc(n, sizeof *made->ends);
	made->t = pt_array_alloc(n, sizeof *made->t);
	made->splits = pt_array_alloc(n, sizeof *made->splits);
	made->phi_after = pt_array_alloc(n, sizeof *made->phi_after);
	made->ratio = pt_array_alloc(n, sizeof *made->ratio);
	return made->phi_deg && made->ends && made->t && made->splits && made->phi_after && made->ratio;
}

/* φ at each checkpoint of the grid: an increment's right end is the checkpoint between it and the next. */
static void spread_angles(pt_direction *made)
{
	for (size_t g = 0; g < made->n_grid; g++)
		made->phi_deg[g] = (double)NAN;
	for (size_t i = 0, g = 0; i < made->n_increments; i++) {
		while (made->grid[g] != made->ends[i])
			g++;
		made->phi_deg[g] = made->phi_after[i];
	}
}

static bool make_direction(const pt_gram *gram, const int64_t *steps, size_t n_unchanged,
	const pt_direction *last, increments *inc, pt_direction *made)
{
	if (!fill_grid(steps, gram->n, made) || !increments_alloc(inc, made->n_grid))
		return false;
	find_increments(inc, gram, made);
	double *scratch = pt_array_alloc(inc->n, sizeof *scratch);
	if (!rows_alloc(made, inc->n) || !scratch) {
		pt_free(scratch);
		return false;
	}
	const size_t kept = count_kept(inc, last, made, n_unchanged);
	fill_band(inc, gram, kept);
	fill_rows(inc, last, kept, made);
	spread_angles(made);
	made->usual_phi_deg = median_of_defined(made->phi_after, inc->n, scratch);
	judge_rows(made->t, inc->n, made->ratio, scratch);
	pt_free(scratch);
	made->n_changes = find_changes(made, NULL);
	made->changes = pt_array_alloc(made->n_changes, sizeof *made->changes);
	if (!made->changes)
		return false;
	find_changes(made, made->changes);
	return true;
}

pt_status pt_direction_update(
	const pt_gram *gram, const int64_t *steps, size_t n_unchanged, pt_direction *direction, pt_error *err)
{
	for (size_t i = 0; i + 1 < gram->n; i++)
		if (steps[i + 1] <= steps[i])
			return pt_fail(err, PT_ERR_INVALID, "", -1, "steps do not rise at checkpoint %zu", i + 1);
	pt_direction made;
	pt_direction_init(&made);
	increments inc = {0};
	const bool done = make_direction(gram, steps, n_unchanged, direction, &inc, &made);
	increments_fini(&inc);
	if (!done) {
		pt_direction_fini(&made);
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "no memory for the turns of %zu checkpoints", gram->n);
	}
	pt_direction_fini(direction);
	*direction = made;
	return PT_OK;
}

pt_status pt_direction_scan(const pt_gram *gram, const int64_t *steps, pt_direction *direction, pt_error *err)
{
	return pt_direction_update(gram, steps, 0, direction, err);
}
