/** What a module's history is made of: for module_history.c, which keeps and shows it, increments.c, which
 * changes it, and module_rows.c, which computes. */
#ifndef PHASETOP_NUMERIC_MODULE_HISTORY_H
#define PHASETOP_NUMERIC_MODULE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "increment_rows.h"
#include "phasetop/base/status.h"
#include "phasetop/numeric/increments.h"
#include "update_rows.h"

/* An inserted or replaced checkpoint changes its own increment and its successor's. */
enum { PT_MAX_CHANGED_ROWS = 2 };

/** Rows of the Grams of all trajectories, whole whatever the Grams keep. */
typedef struct pt_module_rows {
	size_t first, n_rows, n; /* rows first … first + n_rows − 1, n values each */
	double *memory;
	double *rows[PT_N_TRAJECTORIES][PT_MAX_CHANGED_ROWS];
	double *products_a, *products_b; /* rank 1 */
} pt_module_rows;

struct pt_module_history {
	pt_module_shape shape; /* of the first checkpoint; meaningless while n is 0 */
	size_t n;
	const pt_kernels *kernels;
	pt_vectors vectors[PT_N_TRAJECTORIES]; /* [DW] stays empty */
	pt_gram grams[PT_N_TRAJECTORIES];
	/* a value a checkpoint; all of these have room for `capacity` */
	double *norms[PT_N_TRAJECTORIES];
	double *energies[PT_N_TRAJECTORIES]; /* [DW] stays NULL */
	double *scalings;                    /* NaN for FULL */
	pt_stored *stored;
	size_t capacity;
	size_t n_unknown; /* scalings that are NaN */
	size_t band;      /* 0: whole Grams */
	pt_running_blocks running;
	pt_module_rows recent; /* rows of the last change, where the Grams are bands; no memory: none */
};

/** Products that dW is made of. */
static inline size_t pt_shape_experts(const pt_module_shape *shape)
{
	return shape->n_experts > 1 ? shape->n_experts : 1;
}

/** Has a module of this kind this trajectory? Are there vectors of it? */
static inline bool pt_kind_has(pt_module_kind kind, pt_trajectory trajectory)
{
	return (kind == PT_MODULE_FULL) == (trajectory == PT_TRAJECTORY_W);
}

static inline bool pt_kind_stores(pt_module_kind kind, pt_trajectory trajectory)
{
	return pt_kind_has(kind, trajectory) && trajectory != PT_TRAJECTORY_DW;
}

/**
 * Rows first … first + n_rows − 1 (those that exist) of all Grams, from the vectors as they now stand. The
 * Grams are those of before the change.
 * @param running  keep and use running blocks (update_rows.h), which after a failure or a change that is not
 * at the end stand for nothing
 * @param[out] rows  release with pt_module_rows_fini, on failure too
 * @retval PT_ERR_NOT_FINITE  products beyond the range of double
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_module_rows_compute(const pt_module_history *history, size_t first, size_t n_rows,
	pt_running_blocks *running, pt_module_rows *rows, pt_error *err);
void pt_module_rows_fini(pt_module_rows *rows);
/** Heap bytes. */
size_t pt_module_rows_bytes(const pt_module_rows *rows);

#endif
