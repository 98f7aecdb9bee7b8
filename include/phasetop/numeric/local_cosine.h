/**
 * Local cosine similarity of a trajectory, from its increment Gram.
 *
 *   cos_k(t) = ⟨v_t − v_{t−k}, v_{t+k} − v_t⟩ / (‖·‖ ‖·‖) = S(L,R) / √(S(L,L) S(R,R)),
 *   S the block sums of D over L = (t−k, t], R = (t, t+k]
 *
 * +1 straight, 0 an orthogonal turn, −1 a reversal: a transition is a MINIMUM. k is in training steps; pairs
 * are matched by step: t counts only if t−k and t+k exist. Pairing by index reproduces the code of the "Phase
 * Transitions" course, its 0.0 for zero differences included.
 */
#ifndef PHASETOP_NUMERIC_LOCAL_COSINE_H
#define PHASETOP_NUMERIC_LOCAL_COSINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/numeric/gram.h"

/** No step: the same value as the snapshot's PT_NO_STEP. */
#define PT_STEP_MISSING INT64_MIN

/** Why a point has no value; the same numbers as the snapshot's pt_gap. */
typedef enum pt_cosine_gap {
	PT_COSINE_VALID,
	PT_COSINE_UNDEFINED, /* a displacement is 0 (to the rounding of its block sum) */
	PT_COSINE_SKIPPED,   /* max(‖before‖, ‖after‖) is below the threshold */
} pt_cosine_gap;

typedef struct pt_cosine_options {
	int64_t k;            /* training steps, as asked, >= 1 */
	bool by_index;        /* pairs by position in the list, as the course's code does */
	int64_t tolerance;    /* steps that t±k may be off; 0: exact; −1: half the spacing. Ignored by index */
	double min_step_norm; /* m: skip t if max(‖before‖, ‖after‖) < m */
	double min_step_frac; /* ρ of the curve and the argmin: as m = ρ × the largest such maximum so far */
	double dip_min_step_frac; /* ρ of the prominent dip (0.2 by default) */
} pt_cosine_options;

/** k = 1, by step, exact, no thresholds but ρ = 0.2 for the dip. */
pt_cosine_options pt_cosine_options_default(void);

/** The result. All arrays are n long, owned by the object. */
typedef struct pt_local_cosine {
	bool present; /* false: fewer than two checkpoints, so no spacing is known */
	int64_t spacing, k, k_used, k_checkpoints;
	size_t n;
	int64_t *steps;    /* every checkpoint at which t−k and t+k exist */
	double *values;    /* −1…1; NaN where gaps[i] is not VALID */
	uint8_t *gaps;     /* pt_cosine_gap, by the threshold of the curve */
	double *before;    /* ‖v_t − v_{t−k}‖ */
	double *after;     /* ‖v_{t+k} − v_t‖ */
	double *before_after; /* ⟨v_t − v_{t−k}, v_{t+k} − v_t⟩ */
	size_t *before_at, *at, *after_at; /* indices of the three checkpoints */
	ptrdiff_t minimum; /* position in the arrays of the smallest value, the lower step at ties; −1: none */
	ptrdiff_t dip;     /* position of the most prominent dip; −1: none */
	double dip_prominence;     /* NaN: no dip */
	int64_t pending_from_step; /* the first checkpoint whose t−k exists and whose t+k has not landed */
	int64_t decided_at_step;   /* the step at which that one is decided; both PT_STEP_MISSING: none */
	struct pt_cosine_cache *cache;
} pt_local_cosine;

void pt_local_cosine_init(pt_local_cosine *cosine);
void pt_local_cosine_fini(pt_local_cosine *cosine);

/**
 * Compute, or bring up to date. The object keeps its block sums: an appended checkpoint costs the new points
 * only, a changed threshold none.
 *
 * - Undefined goes before skipped: a displacement of 0 has no direction, whatever the threshold. By index the
 *   course's order holds: skipped first, then 0.0 in place of undefined.
 * - "So far" runs over the points in step order, t itself included, so a live and an as-of view agree.
 * - The dip: scipy's find_peaks and peak_prominences of −cos over maximal runs of valid points after the
 * guard max(m, ρ·…); a plateau counts at its middle (rounded down); end points are never peaks; the lower
 * step at ties.
 *
 * @param gram         increment Gram of n checkpoints
 * @param steps        their steps, strictly rising
 * @param n_unchanged  leading checkpoints whose vectors and steps are those of the last call; 0: compute all
 * @param[in,out] cosine  untouched on failure
 * @retval PT_ERR_INVALID     k < 1, a threshold that is negative or NaN, or steps that do not rise
 * @retval PT_ERR_NOT_FINITE  a NaN in the Gram (a dW without scaling)
 * @retval PT_ERR_MEMORY
 * @cost   O(k_checkpoints²) for a new point, O(n) besides
 * @source "Phase Transitions" course chapter; Turner, Soligo et al., arXiv 2506.11613; scipy.signal;
 *         tests/reference/numeric.json
 */
PT_CHECKED pt_status pt_local_cosine_update(pt_local_cosine *cosine, const pt_gram *gram,
	const int64_t *steps, size_t n_unchanged, const pt_cosine_options *options, pt_error *err);

/**
 * The same, with the block sums of a smaller k at hand: those that are not known are extended from them, which costs
 * O(k_checkpoints) a point for each checkpoint that k is larger, in place of O(k_checkpoints²).
 * @param nearer  another k's result on this very Gram and these steps; NULL: none
 */
PT_CHECKED pt_status pt_local_cosine_update_from(pt_local_cosine *cosine, const pt_local_cosine *nearer,
	const pt_gram *gram, const int64_t *steps, size_t n_unchanged, const pt_cosine_options *options,
	pt_error *err);

/** The most frequent difference of neighbouring steps, the larger at ties; PT_STEP_MISSING below two steps.
 * O(n log n), or O(n²) when memory is short. */
int64_t pt_step_spacing(const int64_t *steps, size_t n);

/** k snapped to the nearest multiple of the spacing (between two: the smaller), at least one spacing. */
int64_t pt_step_snap(int64_t k, int64_t spacing);

/**
 * Usual band: the quartiles and the median of the valid values before each point, by NumPy's linear
 * quantiles, NaN before 8 of them. Descriptive, no test.
 * @param[in]  values, gaps            n of a pt_local_cosine
 * @param[out] q25, median, q75        n each
 * @retval PT_ERR_MEMORY
 * @cost   O(n²) moves
 */
PT_CHECKED pt_status pt_cosine_usual_band(const double *values, const uint8_t *gaps, size_t n, double *q25,
	double *median, double *q75, pt_error *err);

#endif
