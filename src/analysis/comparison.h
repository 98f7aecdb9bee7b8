/**
 * Runs beside each other: each against a baseline, and all of them in one plane.
 *
 * Only while somebody wants it, and only what is new: of each pair of runs the products of their increments
 * are kept, and a new checkpoint brings one row of each pair that its run is in. The work goes in pieces (one
 * module of some rows), so that a screen lives on beside it. Which runs share a plane is bounded by
 * PT_JOINT_MAX_POINTS.
 *
 *   pt_comparison_sync     what changed in the runs makes products invalid, and says what there is to do
 *   pt_comparison_advance  a piece of it
 *   pt_comparison_derive   planes whose products are all there
 */
#ifndef PT_ANALYSIS_COMPARISON_H
#define PT_ANALYSIS_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/comparison_view.h"
#include "phasetop/analysis/settings.h"
#include "phasetop/base/status.h"
#include "phasetop/numeric/joint_pca.h"
#include "trajectories.h"

/** Products of the increments of two runs: of the first in rows, of the second in columns. */
typedef struct pt_cross {
	size_t rows, cols; /* that are there: [0, rows) × [0, cols) */
	size_t row_capacity, stride;
	double *values;
} pt_cross;

typedef struct pt_run_pair {
	pt_cross types[PT_N_MATRICES];
} pt_run_pair;

/** Both runs at one moment: places of the vectors, and their products. */
typedef struct pt_versus_step {
	int64_t step;
	size_t own, base;
	double level, drift; /* ⟨v, v'⟩ and ⟨v − v_0, v' − v'_0⟩ */
} pt_versus_step;

/** A run beside the baseline, in one type. */
typedef struct pt_versus {
	bool present, same_shapes;
	size_t n, n_done; /* steps that both have; the leading ones whose products are there */
	pt_versus_step *steps;
	pt_versus_step last; /* the newest of both, whatever their steps */
	bool last_done;
} pt_versus;

/** Which runs share a plane, and the plane that was computed last. */
typedef struct pt_joint {
	size_t n_members, n_left_out;
	size_t *members, *left_out; /* rising */
	bool stale;                 /* the result is not of the members as they are */
	/* the result */
	pt_joint_pca pca;
	size_t n_runs;
	size_t *runs, *counts; /* who is in it, with so many checkpoints each */
	int64_t *steps;        /* of all of them, run after run */
} pt_joint;

/** What is being computed: all modules of one piece after another. */
typedef struct pt_comparison_work {
	enum { PT_WORK_NONE, PT_WORK_VERSUS, PT_WORK_CROSS } kind;
	int type;
	size_t run, other; /* VERSUS: the run and the baseline; CROSS: run < other */
	size_t step;       /* VERSUS: place among the steps; SIZE_MAX: the last one */
	bool by_rows;      /* CROSS: new rows, else new columns */
	size_t first, n;   /* CROSS: which */
	size_t at_module;
	size_t capacity;
	double *sums;
} pt_comparison_work;

typedef struct pt_compared_run {
	pt_versus versus[PT_N_MATRICES];
} pt_compared_run;

typedef struct pt_comparison {
	size_t n_runs, run_capacity;
	pt_compared_run *runs;
	size_t pair_capacity;
	pt_run_pair *pairs; /* (i, j), i < j, at j (j − 1)/2 + i: stays where it is while runs join */
	size_t baseline;    /* SIZE_MAX: there is none */
	pt_joint joints[PT_N_MATRICES];
	pt_comparison_work work;
	unsigned wanted, types; /* what the last sync was for */
} pt_comparison;

void pt_comparison_init(pt_comparison *comparison);
void pt_comparison_fini(pt_comparison *comparison);

/** The runs as the pipeline keeps them; borrowed. */
typedef struct pt_compared_list {
	size_t n;
	pt_trajectories *const *runs; /* computed; NULL: no run of the snapshot */
	size_t baseline;              /* SIZE_MAX: none */
} pt_compared_list;

/**
 * Take in what changed since the last call, for these settings.
 * @retval PT_ERR_MEMORY  nothing is known any more; the next call begins anew
 * @cost  O(runs · modules + pairs)
 */
PT_CHECKED pt_status pt_comparison_sync(
	pt_comparison *comparison, const pt_compared_list *list, const pt_settings *settings, pt_error *err);

/** Is there anything left to compute? */
bool pt_comparison_pending(const pt_comparison *comparison);

/** One piece. @pre pending, and no run has changed since the last sync @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_comparison_advance(
	pt_comparison *comparison, const pt_compared_list *list, pt_error *err);

/** The planes whose products are all there and that are not current. @retval PT_ERR_MEMORY they stay as they
 * were */
PT_CHECKED pt_status pt_comparison_derive(
	pt_comparison *comparison, const pt_compared_list *list, pt_error *err);

/** Share of the products of a plane that is there, 0…1. */
double pt_comparison_progress(const pt_comparison *comparison, const pt_compared_list *list, int type);

/** Heap bytes. */
size_t pt_comparison_bytes(const pt_comparison *comparison);

/* for its own files */

/** The pair of two runs, i < j. */
pt_cross *pt_comparison_cross(const pt_comparison *comparison, size_t i, size_t j, int type);
/** Have two runs the same selected modules, whose vectors of this type agree? O(modules) */
bool pt_runs_agree(const pt_trajectories *a, const pt_trajectories *b, pt_trajectory type);
/** Choose the members of each plane. */
PT_CHECKED pt_status pt_comparison_join(
	pt_comparison *comparison, const pt_compared_list *list, const pt_settings *settings, pt_error *err);
/** Choose what is to be computed next, if anything. @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_comparison_choose(
	pt_comparison *comparison, const pt_compared_list *list, pt_error *err);
void pt_joint_forget(pt_joint *joint);

#endif
