#include "phasetop/numeric/local_cosine.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "cosine_dip.h"
#include "cosine_sums.h"
#include "phasetop/base/alloc.h"
#include "step_pairs.h"

/* The block sums of one point, all that its cosine depends on. */
typedef struct block_sums {
	pt_step_pair pair;
	pt_cosine_sums sums;
} block_sums;

struct pt_cosine_cache {
	size_t n;
	block_sums *sums;
};

pt_cosine_options pt_cosine_options_default(void)
{
	return (pt_cosine_options){.k = 1, .dip_min_step_frac = 0.2};
}

void pt_local_cosine_init(pt_local_cosine *cosine)
{
	*cosine = (pt_local_cosine){.minimum = -1,
		.dip = -1,
		.dip_prominence = (double)NAN,
		.spacing = PT_STEP_MISSING,
		.pending_from_step = PT_STEP_MISSING,
		.decided_at_step = PT_STEP_MISSING};
}

void pt_local_cosine_fini(pt_local_cosine *cosine)
{
	pt_free(cosine->steps);
	pt_free(cosine->values);
	pt_free(cosine->gaps);
	pt_free(cosine->before);
	pt_free(cosine->after);
	pt_free(cosine->before_after);
	pt_free(cosine->before_at);
	pt_free(cosine->at);
	pt_free(cosine->after_at);
	if (cosine->cache)
		pt_free(cosine->cache->sums);
	pt_free(cosine->cache);
	pt_local_cosine_init(cosine);
}

/* Room for n points. false: out of memory; what there is can be released with fini. */
static bool allocate(pt_local_cosine *cosine, size_t n)
{
	cosine->steps = pt_array_alloc(n, sizeof *cosine->steps);
	cosine->values = pt_array_alloc(n, sizeof *cosine->values);
	cosine->gaps = pt_array_alloc(n, sizeof *cosine->gaps);
	cosine->before = pt_array_alloc(n, sizeof *cosine->before);
	cosine->after = pt_array_alloc(n, sizeof *cosine->after);
	cosine->before_after = pt_array_alloc(n, sizeof *cosine->before_after);
	cosine->before_at = pt_array_alloc(n, sizeof *cosine->before_at);
	cosine->at = pt_array_alloc(n, sizeof *cosine->at);
	cosine->after_at = pt_array_alloc(n, sizeof *cosine->after_at);
	cosine->cache = pt_array_alloc(1, sizeof *cosine->cache);
	if (cosine->cache)
		cosine->cache->sums = pt_array_alloc(n, sizeof *cosine->cache->sums);
	return cosine->steps && cosine->values && cosine->gaps && cosine->before && cosine->after &&
		   cosine->before_after && cosine->before_at && cosine->at && cosine->after_at && cosine->cache &&
		   cosine->cache->sums;
}

/* Sums of a smaller k at the same checkpoint, if there are any; *in walks along. */
static const block_sums *nearer_at(const struct pt_cosine_cache *nearer, size_t *in, pt_step_pair pair)
{
	while (nearer && *in < nearer->n && nearer->sums[*in].pair.at < pair.at)
		(*in)++;
	const block_sums *found = nearer && *in < nearer->n ? &nearer->sums[*in] : NULL;
	bool inside = found && found->pair.at == pair.at && found->pair.before >= pair.before &&
				  found->pair.after <= pair.after;
	return inside ? found : NULL;
}

static block_sums sums_of(const pt_gram *gram, pt_step_pair pair, const block_sums *nearer)
{
	block_sums s = {.pair = pair,
		.sums = nearer ? nearer->sums : (pt_cosine_sums){.before = pair.at, .after = pair.at}};
	pt_cosine_sums_widen(&s.sums, gram, pair.at, pair.before, pair.after);
	return s;
}

/* The sums of every pair, taken from the old ones where the three checkpoints are still the same. */
static pt_status fill_sums(const struct pt_cosine_cache *old, const struct pt_cosine_cache *nearer,
	size_t n_unchanged, const pt_gram *gram, const pt_step_pair *pairs, size_t n_pairs,
	struct pt_cosine_cache *cache, pt_error *err)
{
	size_t in_old = 0, in_nearer = 0;
	for (size_t i = 0; i < n_pairs; i++) {
		pt_step_pair pair = pairs[i];
		while (old && in_old < old->n && old->sums[in_old].pair.at < pair.at)
			in_old++;
		const block_sums *known = old && in_old < old->n ? &old->sums[in_old] : NULL;
		if (known && pair.after < n_unchanged && known->pair.before == pair.before &&
			known->pair.at == pair.at && known->pair.after == pair.after)
			cache->sums[i] = *known;
		else
			cache->sums[i] = sums_of(gram, pair, nearer_at(nearer, &in_nearer, pair));
		const pt_cosine_sums *s = &cache->sums[i].sums;
		if (!isfinite(s->before_before + s->after_after + s->before_after))
			return pt_fail(err, PT_ERR_NOT_FINITE, NULL, -1, "NaN or infinity in an increment Gram");
	}
	cache->n = n_pairs;
	return PT_OK;
}

/* Values and gaps of the curve, and which points the dip may use with which values. */
static void fill_values(pt_local_cosine *c, const pt_cosine_options *options, double *all, bool *for_dip)
{
	double largest = 0.0;
	for (size_t i = 0; i < c->n; i++) {
		const pt_cosine_sums *s = &c->cache->sums[i].sums;
		size_t at = c->cache->sums[i].pair.at;
		double before = pt_displacement_length(s->before_before, at - s->before, s->before_trace);
		double after = pt_displacement_length(s->after_after, s->after - at, s->after_trace);
		double larger = before > after ? before : after;
		largest = larger > largest ? larger : largest;
		c->before[i] = before;
		c->after[i] = after;
		c->before_after[i] = s->before_after;
		c->before_at[i] = c->cache->sums[i].pair.before;
		c->at[i] = at;
		c->after_at[i] = c->cache->sums[i].pair.after;
		bool skipped = pt_displacement_is_short(larger, largest, options->min_step_norm, options->min_step_frac);
		bool undefined = before == 0.0 || after == 0.0;
		/* The course's code looks at the threshold first and then gives 0.0 for a zero difference. */
		pt_cosine_gap gap = undefined && !options->by_index ? PT_COSINE_UNDEFINED
							: skipped                       ? PT_COSINE_SKIPPED
															: PT_COSINE_VALID;
		all[i] = undefined ? 0.0 : pt_cosine_of_sums(s, before, after);
		c->gaps[i] = (uint8_t)gap;
		c->values[i] = gap == PT_COSINE_VALID ? all[i] : (double)NAN;
		for_dip[i] = (options->by_index || !undefined) &&
					 !pt_displacement_is_short(larger, largest, options->min_step_norm,
						 fmax(options->min_step_frac, options->dip_min_step_frac));
	}
}

static void find_minimum(pt_local_cosine *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->gaps[i] == PT_COSINE_VALID && (c->minimum < 0 || c->values[i] < c->values[c->minimum]))
			c->minimum = (ptrdiff_t)i;
}

static pt_status check_input(
	const pt_gram *gram, const int64_t *steps, const pt_cosine_options *options, pt_error *err)
{
	if (options->k < 1)
		return pt_fail(err, PT_ERR_INVALID, NULL, -1, "k must be at least one step");
	if (!(options->min_step_norm >= 0.0) || !(options->min_step_frac >= 0.0) ||
		!(options->dip_min_step_frac >= 0.0))
		return pt_fail(err, PT_ERR_INVALID, NULL, -1, "a threshold must not be negative");
	for (size_t i = 1; i < gram->n; i++)
		if (steps[i] <= steps[i - 1])
			return pt_fail(err, PT_ERR_INVALID, NULL, -1, "steps must rise");
	return PT_OK;
}

/* Fills `fresh`, which is initialised; `pairs` is scratch for n. */
static pt_status compute(pt_local_cosine *fresh, const pt_local_cosine *old, const pt_local_cosine *nearer,
	size_t n_unchanged,
	const pt_gram *gram, const int64_t *steps, const pt_cosine_options *options, pt_step_pair *pairs,
	pt_error *err)
{
	pt_step_pending pending;
	fresh->spacing = pt_step_spacing(steps, gram->n);
	fresh->k_used = pt_step_snap(options->k, fresh->spacing);
	fresh->k_checkpoints = fresh->k_used / fresh->spacing;
	fresh->present = true;
	fresh->n = pt_step_pairs(steps, gram->n, fresh->spacing, fresh->k_used, options, pairs, &pending);
	fresh->pending_from_step = pending.from_step;
	fresh->decided_at_step = pending.decided_at;
	double *all = pt_array_alloc(fresh->n, sizeof *all);
	bool *for_dip = pt_array_alloc(fresh->n, sizeof *for_dip);
	pt_status status = PT_OK;
	if (!all || !for_dip || !allocate(fresh, fresh->n))
		status = pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for a local cosine");
	else
		status = fill_sums(
			old->cache, nearer ? nearer->cache : NULL, n_unchanged, gram, pairs, fresh->n, fresh->cache, err);
	if (status == PT_OK) {
		for (size_t i = 0; i < fresh->n; i++)
			fresh->steps[i] = steps[pairs[i].at];
		fill_values(fresh, options, all, for_dip);
		find_minimum(fresh);
		fresh->dip = pt_cosine_dip(all, for_dip, fresh->n, &fresh->dip_prominence);
	}
	pt_free(all);
	pt_free(for_dip);
	return status;
}

pt_status pt_local_cosine_update(pt_local_cosine *cosine, const pt_gram *gram, const int64_t *steps,
	size_t n_unchanged, const pt_cosine_options *options, pt_error *err)
{
	return pt_local_cosine_update_from(cosine, NULL, gram, steps, n_unchanged, options, err);
}

pt_status pt_local_cosine_update_from(pt_local_cosine *cosine, const pt_local_cosine *nearer, const pt_gram *gram,
	const int64_t *steps, size_t n_unchanged, const pt_cosine_options *options, pt_error *err)
{
	pt_status status = check_input(gram, steps, options, err);
	if (status != PT_OK)
		return status;
	pt_local_cosine fresh;
	pt_local_cosine_init(&fresh);
	fresh.k = options->k;
	if (gram->n >= 2) {
		pt_step_pair *pairs = pt_array_alloc(gram->n, sizeof *pairs);
		status = pairs ? compute(&fresh, cosine, nearer, n_unchanged, gram, steps, options, pairs, err)
					   : pt_fail(err, PT_ERR_MEMORY, NULL, -1, "no memory for a local cosine");
		pt_free(pairs);
	}
	if (status != PT_OK) {
		pt_local_cosine_fini(&fresh);
		return status;
	}
	pt_local_cosine_fini(cosine);
	*cosine = fresh;
	return PT_OK;
}
