/** How each module of a run turned by itself: which layers, when, how much. */
#ifndef PT_ANALYSIS_MODULE_TURNS_H
#define PT_ANALYSIS_MODULE_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/settings.h"
#include "phasetop/base/status.h"
#include "phasetop/numeric/changepoint.h"
#include "phasetop/numeric/increments.h"
#include "phasetop/numeric/local_cosine.h"
#include "phasetop/numeric/trajectory_pca.h"

/** One module in one matrix type. */
typedef struct pt_module_turn {
	size_t n; /* checkpoints that this is of; 0: not made */
	pt_pca pca;
	pt_turning_point turning;
	pt_local_cosine cosine; /* at the largest k */
	pt_direction direction;
	double drift_square; /* ‖v_T − v_0‖²; NaN where the Gram is not whole */
} pt_module_turn;

/** Of all modules, [module × PT_N_MATRICES + matrix]. */
typedef struct pt_module_turns {
	size_t n_modules;
	pt_module_turn *turns; /* NULL: not wanted */
} pt_module_turns;

void pt_module_turns_fini(pt_module_turns *turns);

/** What they are made of; borrowed for the call. */
typedef struct pt_module_turns_input {
	const pt_module_history *const *histories; /* n_modules, in the run's order */
	size_t n_modules;
	const int64_t *steps;
	size_t n_unchanged; /* as of pt_matrix_input */
	int64_t largest_k;  /* in steps */
} pt_module_turns_input;

/**
 * Bring them up to date for the matrix types of settings->matrices.
 * @cost  a PCA, a cosine and a scan for change points a module and type
 */
PT_CHECKED pt_status pt_module_turns_update(pt_module_turns *turns, const pt_module_turns_input *input,
	const pt_settings *settings, pt_error *err);

/** NULL: not made. */
const pt_module_turn *pt_module_turns_at(const pt_module_turns *turns, size_t module, pt_matrix matrix);

#endif
