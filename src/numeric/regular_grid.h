/** The regular grid of a run's checkpoints: what change points, turning angles and σ-ratios are asked on. */
#ifndef PHASETOP_NUMERIC_REGULAR_GRID_H
#define PHASETOP_NUMERIC_REGULAR_GRID_H

#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

/**
 * Checkpoints whose step has, modulo the spacing, the most frequent remainder (the smallest such at ties). Many runs
 * save at 1, 2, … 10 first and then every fifth step: increments of unequal spans do not compare.
 */
typedef struct pt_regular_grid {
	int64_t spacing, remainder; /* in steps; 0: fewer than two checkpoints, and then no grid */
	size_t n;
	size_t *at; /* indices into the steps, rising. Owned by who asked: pt_free */
} pt_regular_grid;

/**
 * @param steps  n strictly rising steps
 * @retval PT_ERR_INVALID  they do not rise
 * @retval PT_ERR_MEMORY
 * @cost   O(n) for regular steps, O(n log n) else
 */
PT_CHECKED pt_status pt_regular_grid_of(const int64_t *steps, size_t n, pt_regular_grid *grid, pt_error *err);

#endif
