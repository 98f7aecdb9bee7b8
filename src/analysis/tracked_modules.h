/** The modules of a run's trajectories: which there are, and whether a checkpoint fits them. */
#ifndef PT_ANALYSIS_TRACKED_MODULES_H
#define PT_ANALYSIS_TRACKED_MODULES_H

#include "trajectories.h"

void pt_tracked_module_fini(pt_tracked_module *module);

/** The first complete checkpoint says which modules the run has. @retval PT_ERR_MEMORY nothing changed */
PT_CHECKED pt_status pt_tracked_modules_adopt(
	pt_trajectories *trajectories, const pt_module_list *loaded, const pt_settings *settings, pt_error *err);

/** Does a checkpoint fit the run? @retval PT_ERR_SHAPE, PT_ERR_NOT_FINITE, PT_ERR_MISSING_PAIR */
PT_CHECKED pt_status pt_tracked_modules_check(
	const pt_trajectories *trajectories, const pt_module_list *loaded, pt_error *err);

/** Are all values of the first checkpoint finite? @retval PT_ERR_NOT_FINITE */
PT_CHECKED pt_status pt_module_list_check_finite(const pt_module_list *loaded, pt_error *err);

/**
 * Put the values of every module at `index` of its history; undone whole when one fails.
 * @param replaces  false: insert
 * @retval as pt_module_history_insert
 */
PT_CHECKED pt_status pt_tracked_modules_put(
	pt_trajectories *trajectories, size_t index, bool replaces, const pt_module_list *loaded, pt_error *err);

#endif
