/** The verdict line: what a run tells, in plain words, and how sure that is (definitions: "Transition step").
 */
#ifndef PT_ANALYSIS_VERDICT_H
#define PT_ANALYSIS_VERDICT_H

#include "phasetop/analysis/snapshot.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/status.h"

/**
 * Judge one matrix type of a run from its change points, dips, turning point and spectrum.
 *
 * A rotation is claimed only where the kernel change point is backed by the turning angle (the largest within
 * 4 increments >= 1.5 times the usual one) and by agreement with the most prominent dip at the largest k or
 * with the turning point of the PCA, within 2k. Less than that is said as less.
 *
 * @param arena  texts live here
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_verdict_make(
	const pt_run_view *run, pt_matrix matrix, pt_arena *arena, pt_verdict *verdict, pt_error *err);

#endif
