/**
 * The trajectories of one run: its checkpoints in step order, a history per module, the Grams of the selected
 * module set, and what follows from them (PCA, local cosine, change points).
 *
 * A checkpoint is *complete* when every module of the run is there, of the usual shape and finite. Only
 * complete checkpoints take part in Grams; the others keep their place in the step list with missing norms.
 */
#ifndef PT_ANALYSIS_TRAJECTORIES_H
#define PT_ANALYSIS_TRAJECTORIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/settings.h"
#include "phasetop/base/status.h"
#include "phasetop/numeric/increments.h"
#include "phasetop/runio/checkpoint_load.h"

#include "matrix_results.h"
#include "module_turns.h"
#include "phasetop/analysis/snapshot.h"
#include "set_grams.h"

typedef struct pt_tracked_module {
	char *name, *adapter, *kind, *dtype;
	int64_t rank;
	size_t n_shape_a, n_shape_b;
	int64_t shape_a[PT_MODULE_DIMS], shape_b[PT_MODULE_DIMS];
	bool selected;
	size_t n_warnings, warning_capacity;
	char **warnings;
	pt_module_history *history; /* complete checkpoints only */
} pt_tracked_module;

typedef struct pt_tracked_checkpoint {
	int64_t step;
	bool complete;
} pt_tracked_checkpoint;

/** What is derived for one matrix type of the selected set. */
typedef struct pt_tracked_matrix {
	bool present;
	pt_gram gram;  /* sum over the selected modules, n_complete rows */
	double *norms;    /* ‖v_i‖ of the set, n_complete */
	double *energies; /* rounding energies u(v_i) of the set, n_complete; NaN: dW */
	pt_matrix_results results;
} pt_tracked_matrix;

typedef struct pt_trajectories {
	size_t n_checkpoints, checkpoint_capacity;
	pt_tracked_checkpoint *checkpoints; /* rising steps */
	size_t n_complete, complete_capacity;
	int64_t *complete_steps; /* steps of the complete ones, rising */
	size_t n_modules, module_capacity;
	pt_tracked_module *modules; /* sorted as the loader sorts: adapter, then name in natural order */
	pt_tracked_matrix matrices[PT_N_MATRICES];
	pt_module_turns turns; /* of the modules, where they are wanted */
	size_t n_turned;       /* leading complete checkpoints that `turns` has seen as they are */
	pt_set_grams sets;
	size_t gram_budget; /* bytes for the Grams of single modules */
	size_t n_k;
	int64_t k[PT_MAX_K]; /* in steps, as resolved for this run */
	size_t n_set;        /* leading complete checkpoints whose set Grams and norms are current */
	size_t n_unchanged;  /* leading complete checkpoints the derived results have seen as they are */
	size_t n_compared;   /* leading complete checkpoints that the comparison of runs has seen as they are */
	bool stale;          /* the derived results are not those of the checkpoints, set or settings */
} pt_trajectories;

void pt_trajectories_init(pt_trajectories *trajectories);
void pt_trajectories_fini(pt_trajectories *trajectories);

/** The modules of one checkpoint, of all its adapters; borrowed. */
typedef struct pt_module_list {
	size_t n_modules;
	const pt_loaded_module *modules;
} pt_module_list;

/**
 * A checkpoint was read: append, insert or replace it by its step.
 * @retval PT_ERR_SHAPE, PT_ERR_NOT_FINITE, PT_ERR_MISSING_PAIR  the checkpoint does not fit the run: it is
 * listed as incomplete, and err tells which module differs (err->path is left to the caller)
 * @retval PT_ERR_MEMORY  nothing changed
 */
PT_CHECKED pt_status pt_trajectories_put(pt_trajectories *trajectories, int64_t step,
	const pt_module_list *loaded, const pt_settings *settings, pt_error *err);

/** List a checkpoint that could not be read whole: its step is known, its values are missing. */
PT_CHECKED pt_status pt_trajectories_put_incomplete(
	pt_trajectories *trajectories, int64_t step, pt_error *err);

/** Forget a checkpoint (its file was replaced by one that does not read). */
PT_CHECKED pt_status pt_trajectories_remove(pt_trajectories *trajectories, int64_t step, pt_error *err);

/** Choose the modules anew (settings->modules changed). Reads no file. */
void pt_trajectories_select(pt_trajectories *trajectories, const pt_settings *settings);

/** Bring all derived results up to date; only what changed since the last call is computed. */
PT_CHECKED pt_status pt_trajectories_compute(
	pt_trajectories *trajectories, const pt_settings *settings, pt_error *err);

/** Settings changed: the next compute looks at them. What does not depend on them stays. */
void pt_trajectories_invalidate(pt_trajectories *trajectories);

/** Is the selected set's Gram still being summed from the vectors? Until it is done the set has no results. */
bool pt_trajectories_pending(const pt_trajectories *trajectories);
/** One piece of that work: a row of one module. Compute when nothing is pending any more. */
PT_CHECKED pt_status pt_trajectories_advance(pt_trajectories *trajectories, pt_error *err);

/** Bytes that the Grams of this run's single modules may take; above it they become bands. Default: no limit. */
void pt_trajectories_set_budget(pt_trajectories *trajectories, size_t bytes);

/** What is kept, for people. O(modules) */
pt_kept_view pt_trajectories_kept(const pt_trajectories *trajectories);

/** Place of a step among the complete checkpoints; -1 when it is not one of them. */
ptrdiff_t pt_trajectories_complete_index(const pt_trajectories *trajectories, int64_t step);

/** Heap bytes of vectors and Grams. */
size_t pt_trajectories_bytes(const pt_trajectories *trajectories);

#endif
