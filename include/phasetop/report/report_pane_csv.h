/** What a pane shows, as a table. */
#ifndef PHASETOP_REPORT_REPORT_PANE_CSV_H
#define PHASETOP_REPORT_REPORT_PANE_CSV_H

#include <stdbool.h>
#include <stdio.h>

#include "phasetop/analysis/snapshot.h"
#include "phasetop/base/status.h"
#include "phasetop/ui/view.h"

/**
 * Write the series of a pane, of the runs that are shown and the matrix types that are drawn, in the columns
 * of the whole table (report_csv.h); a pane that is no plot over steps has columns of its own:
 *
 *   runs     run,path,state, and a column each for what the pane tells
 *   k-scan   run,matrix,k,step,cosine
 *   map      run,matrix,step,other_step,cosine
 *   scree    run,matrix,component,explained
 *   modules
 * run,matrix,adapter,module,turning_step,turning_angle_deg,change_step,min_cosine,min_cosine_step,share modes
 * run,step,mode,share,probe,weight
 *
 * As the pane draws it: with alignment the steps are step_from_turn, with differences the values
 * value_minus_baseline or value_over_baseline, and of runs in one plane joint_pc1 and joint_pc2.
 *
 * @param at_cursor  only what stands at the step cursor; of panes with columns of their own all the same
 * @retval PT_ERR_UNSUPPORTED  the pane is a list of words
 * @retval PT_ERR_MEMORY
 * @retval PT_ERR_IO           the stream failed
 */
PT_CHECKED pt_status pt_report_pane_csv(FILE *out, const pt_snapshot *snapshot, const pt_view *view,
	pt_pane_id pane, bool at_cursor, pt_error *err);

#endif
