/** Which checkpoints stand k steps before and after each checkpoint. */
#ifndef PHASETOP_NUMERIC_STEP_PAIRS_H
#define PHASETOP_NUMERIC_STEP_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "phasetop/numeric/local_cosine.h"

/** Indices of the three checkpoints of one point. */
typedef struct pt_step_pair {
	size_t before, at, after;
} pt_step_pair;

/** The points whose t+k has not landed yet. */
typedef struct pt_step_pending {
	int64_t from_step, decided_at; /* PT_STEP_MISSING: none */
} pt_step_pending;

/**
 * All points of a curve, in step order.
 *
 * By step: the checkpoints nearest to t−k and t+k (the lower at ties) within the tolerance, on their side of
 * t. By index: k/spacing places before and after in the list.
 *
 * @param      spacing  of the run
 * @param      k        snapped to the spacing
 * @param[out] pairs    room for n
 * @param[out] pending  the first checkpoint that has its t−k and whose t+k may still land
 * @return number of pairs
 * @cost  O(n)
 */
size_t pt_step_pairs(const int64_t *steps, size_t n, int64_t spacing, int64_t k,
	const pt_cosine_options *options, pt_step_pair *pairs, pt_step_pending *pending);

#endif
