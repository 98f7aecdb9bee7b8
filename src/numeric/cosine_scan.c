#include "phasetop/numeric/cosine_scan.h"

#include <string.h>

#include "cosine_sums.h"
#include "phasetop/base/alloc.h"
#include "step_pairs.h"

/* The block sums of one t, grown up to its largest k so far. */
typedef struct growing_sums {
	size_t n_k; /* leading k that were looked at */
	pt_cosine_sums sums;
} growing_sums;

/* What the thresholds need of one point. */
typedef struct scan_point {
	double cosine, before, after;
	bool there;
} scan_point;

struct pt_cosine_scan_cache {
	int64_t spacing;
	bool by_index;
	int64_t tolerance;
	size_t n, n_k;
	growing_sums *sums;  /* n */
	scan_point *points;  /* n_k × n */
};

void pt_cosine_scan_init(pt_cosine_scan *scan)
{
	*scan = (pt_cosine_scan){0};
}

static void cache_destroy(struct pt_cosine_scan_cache *cache)
{
	if (!cache)
		return;
	pt_free(cache->sums);
	pt_free(cache->points);
	pt_free(cache);
}

void pt_cosine_scan_fini(pt_cosine_scan *scan)
{
	pt_free(scan->k);
	pt_free(scan->values);
	cache_destroy(scan->cache);
	pt_cosine_scan_init(scan);
}

static scan_point point_of(const pt_cosine_sums *sums, size_t at, bool by_index)
{
	scan_point point = {.there = true,
		.before = pt_displacement_length(sums->before_before, at - sums->before, sums->before_trace),
		.after = pt_displacement_length(sums->after_after, sums->after - at, sums->after_trace)};
	bool undefined = point.before == 0.0 || point.after == 0.0;
	if (undefined)
		point.cosine = by_index ? 0.0 : (double)NAN;
	else
		point.cosine = pt_cosine_of_sums(sums, point.before, point.after);
	return point;
}

/* Rows that have a pair. By step both partners lie within the span, by index within the list. */
static size_t rows_of(const int64_t *steps, size_t n, int64_t spacing, bool by_index, size_t max_n_k)
{
	uint64_t most = by_index ? (n - 1) / 2 : (uint64_t)(steps[n - 1] - steps[0]) / 2 / (uint64_t)spacing;
	return most < max_n_k ? (size_t)most : max_n_k;
}

static struct pt_cosine_scan_cache *cache_create(size_t n, size_t n_k)
{
	struct pt_cosine_scan_cache *cache = pt_array_alloc(1, sizeof *cache);
	if (!cache)
		return NULL;
	cache->n = n;
	cache->n_k = n_k;
	cache->sums = pt_array_alloc(n, sizeof *cache->sums);
	cache->points = pt_array_alloc(n, n_k * sizeof *cache->points);
	if (cache->sums && cache->points)
		return cache;
	cache_destroy(cache);
	return NULL;
}

/* Old sums and points serve again where checkpoints were only appended and pairs are exact: a partner within a
   tolerance may be another one now. */
static void take_over(
	struct pt_cosine_scan_cache *to, const struct pt_cosine_scan_cache *from, size_t n_unchanged)
{
	size_t n = from ? from->n : 0;
	bool usable = from && n_unchanged >= n && n <= to->n && to->tolerance == 0 && from->tolerance == 0 &&
				  from->by_index == to->by_index && from->spacing == to->spacing && to->n_k >= from->n_k;
	for (size_t i = 0; i < to->n; i++)
		to->sums[i] = usable && i < n ? from->sums[i] : (growing_sums){.sums = {.before = i, .after = i}};
	for (size_t j = 0; usable && j < from->n_k; j++)
		memcpy(to->points + j * to->n, from->points + j * n, n * sizeof *to->points);
}

/* All points of row j that are not known yet. */
static pt_status fill_row(const pt_gram *gram, const int64_t *steps, struct pt_cosine_scan_cache *cache, size_t j,
	const pt_cosine_options *options, pt_step_pair *pairs, pt_error *err)
{
	pt_step_pending pending;
	int64_t k = cache->spacing * (int64_t)(j + 1);
	size_t n_pairs = pt_step_pairs(steps, gram->n, cache->spacing, k, options, pairs, &pending);
	for (size_t p = 0; p < n_pairs; p++) {
		size_t at = pairs[p].at;
		growing_sums *s = &cache->sums[at];
		if (s->n_k > j)
			continue;
		pt_cosine_sums_widen(&s->sums, gram, at, pairs[p].before, pairs[p].after);
		s->n_k = j + 1;
		if (!isfinite(s->sums.before_before + s->sums.after_after + s->sums.before_after))
			return pt_fail(err, PT_ERR_NOT_FINITE, NULL, -1, "NaN or infinity in an increment Gram");
		cache->points[j * cache->n + at] = point_of(&s->sums, at, cache->by_index);
	}
	return PT_OK;
}

/* Thresholds as on the curve: the largest displacement so far runs along each row. */
static void fill_values(
	const struct pt_cosine_scan_cache *cache, const pt_cosine_options *options, double *values)
{
	for (size_t j = 0; j < cache->n_k; j++) {
		double largest = 0.0;
		for (size_t i = 0; i < cache->n; i++) {
			const scan_point *point = &cache->points[j * cache->n + i];
			double larger = fmax(point->before, point->after);
			largest = point->there ? fmax(largest, larger) : largest;
			bool shown = point->there && !pt_displacement_is_short(larger, largest, options->min_step_norm,
											 options->min_step_frac);
			values[j * cache->n + i] = shown ? point->cosine : (double)NAN;
		}
	}
}

static pt_status check_input(
	const pt_gram *gram, const int64_t *steps, const pt_cosine_options *options, pt_error *err)
{
	if (!(options->min_step_norm >= 0.0) || !(options->min_step_frac >= 0.0))
		return pt_fail(err, PT_ERR_INVALID, NULL, -1, "a threshold must not be negative");
	for (size_t i = 1; i < gram->n; i++)
		if (steps[i] <= steps[i - 1])
			return pt_fail(err, PT_ERR_INVALID, NULL, -1, "steps must rise");
	return PT_OK;
}

/* Fills `fresh`, which is initialised. */
static pt_status compute(pt_cosine_scan *fresh, const pt_cosine_scan *old, size_t n_unchanged, const pt_gram *gram,
	const int64_t *steps, const pt_cosine_options *options, size_t max_n_k, pt_error *err)
{
	size_t n = gram->n;
	int64_t spacing = pt_step_spacing(steps, n);
	size_t n_k = rows_of(steps, n, spacing, options->by_index, max_n_k);
	pt_step_pair *pairs = pt_array_alloc(n, sizeof *pairs);
	fresh->n = n;
	fresh->n_k = n_k;
	fresh->k = pt_array_alloc(n_k, sizeof *fresh->k);
	fresh->values = pt_array_alloc(n, n_k * sizeof *fresh->values);
	fresh->cache = cache_create(n, n_k);
	pt_status status = PT_OK;
	if (!pairs || !fresh->k || !fresh->values || !fresh->cache)
		status = pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for a k-scan");
	if (status == PT_OK) {
		fresh->cache->spacing = spacing;
		fresh->cache->by_index = options->by_index;
		fresh->cache->tolerance = options->by_index ? 0 : options->tolerance;
		take_over(fresh->cache, old->cache, n_unchanged);
	}
	for (size_t j = 0; j < n_k && status == PT_OK; j++) {
		fresh->k[j] = spacing * (int64_t)(j + 1);
		status = fill_row(gram, steps, fresh->cache, j, options, pairs, err);
	}
	if (status == PT_OK)
		fill_values(fresh->cache, options, fresh->values);
	pt_free(pairs);
	return status;
}

pt_status pt_cosine_scan_update(pt_cosine_scan *scan, const pt_gram *gram, const int64_t *steps,
	size_t n_unchanged, const pt_cosine_options *options, size_t max_n_k, pt_error *err)
{
	pt_status status = check_input(gram, steps, options, err);
	if (status != PT_OK)
		return status;
	pt_cosine_scan fresh;
	pt_cosine_scan_init(&fresh);
	if (gram->n >= 2)
		status = compute(&fresh, scan, n_unchanged, gram, steps, options, max_n_k, err);
	if (status != PT_OK) {
		pt_cosine_scan_fini(&fresh);
		return status;
	}
	pt_cosine_scan_fini(scan);
	*scan = fresh;
	return PT_OK;
}
