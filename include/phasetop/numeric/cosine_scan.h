/**
 * The k-scan: the local cosine over step × k, one row for each k.
 *
 *   values[j][i] = cos_{k_j}(t_i) of local_cosine.h, k_j = j + 1 spacings, j = 0 … n_k − 1
 *
 * A growing k adds rows to the block sums, so that all k together cost what the largest alone would cost as often
 * as there are k; nothing is ever subtracted.
 */
#ifndef PHASETOP_NUMERIC_COSINE_SCAN_H
#define PHASETOP_NUMERIC_COSINE_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"
#include "phasetop/numeric/gram.h"
#include "phasetop/numeric/local_cosine.h"

typedef struct pt_cosine_scan {
	size_t n_k, n;
	int64_t *k;     /* n_k rising, in steps */
	double *values; /* n_k × n, row-major; NaN: no pair at t ± k, no direction, or below the threshold */
	struct pt_cosine_scan_cache *cache;
} pt_cosine_scan;

void pt_cosine_scan_init(pt_cosine_scan *scan);
void pt_cosine_scan_fini(pt_cosine_scan *scan);

/**
 * Compute, or bring up to date: an appended checkpoint costs the new points only (one for each k).
 *
 * @param gram, steps     as of pt_local_cosine_update
 * @param n_unchanged     likewise
 * @param options         pairing, tolerance and thresholds as of the curve; `k` is not looked at
 * @param max_n_k         rows at most; there are as many as have a pair (by step: k up to half of the span)
 * @param[in,out] scan    initialised; replaced on success, untouched on failure
 * @retval as pt_local_cosine_update
 * @cost   O(n n_k²) from scratch, O(n_k³) an appended checkpoint (an order less on a regular grid)
 */
PT_CHECKED pt_status pt_cosine_scan_update(pt_cosine_scan *scan, const pt_gram *gram, const int64_t *steps,
	size_t n_unchanged, const pt_cosine_options *options, size_t max_n_k, pt_error *err);

#endif
