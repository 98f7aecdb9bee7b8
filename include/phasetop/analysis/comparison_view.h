/** What a snapshot tells of runs beside each other: each against a baseline, and all in one plane. */
#ifndef PHASETOP_ANALYSIS_COMPARISON_VIEW_H
#define PHASETOP_ANALYSIS_COMPARISON_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How a run stands to the baseline in one matrix type (PT_WANT_COMPARISON). Of the baseline itself nothing.
 */
typedef struct pt_versus_view {
	bool present;           /* both have the type, and the numbers are there */
	bool same_shapes;       /* the same selected modules, of the same shapes; else all cosines are missing */
	double cosine_final;    /* cos of the newest vectors, whatever their steps */
	double cosine_of_drift; /* cos of v_T − v_0 */
	int64_t turn_lag_steps; /* its change point minus the baseline's, of several the strongest; PT_NO_STEP:
							   one of them has none. Told whatever the shapes */
	/* at each step that both have a complete checkpoint of: cos of the vectors, and of what came since each
	   run's first checkpoint */
	size_t n;
	const int64_t *steps;
	const double *cosine, *drift_cosine;
} pt_versus_view;

/** The path of one run in the joint plane. */
typedef struct pt_joint_run_view {
	size_t run; /* place in the snapshot */
	size_t n;
	const int64_t *steps;
	const double *pc1, *pc2;
} pt_joint_run_view;

/** One PCA for several runs (PT_WANT_JOINT; numeric/joint_pca.h), in one matrix type. */
typedef struct pt_joint_pca_view {
	bool present;
	double explained[2]; /* ratios, 0…1 */
	size_t n_runs;       /* at least 2 */
	const pt_joint_run_view *runs;
	/* places of those that have the type, and yet are not in it: of other shapes than the baseline's, or
	   without room (PT_JOINT_MAX_POINTS) */
	size_t n_left_out;
	const size_t *left_out;
	double progress; /* 0…1 of the products between the runs that are there: below 1 the plane is that of
						before, or not there yet */
} pt_joint_pca_view;

/** Checkpoints of all runs together that one plane is made of, at most: some 130 MB of products a type. */
enum { PT_JOINT_MAX_POINTS = 4096 };

#endif
