/** What the files of the view share with each other. */
#ifndef PHASETOP_UI_VIEW_PRIVATE_H
#define PHASETOP_UI_VIEW_PRIVATE_H

#include "phasetop/ui/view.h"

/** Shift the largest k by some spacings; the other overlays follow. */
unsigned pt_view_shift_k(pt_view *view, int by, const pt_snapshot *snapshot);
/** Shift the probe window by some rows; at least 2, for one row has no covariance. */
unsigned pt_view_shift_window(pt_view *view, int by);
/** Open the thresholds form with what is set now. */
unsigned pt_view_open_form(pt_view *view);
/** A key while the form is open. *taken is false where the form has no use for it. */
unsigned pt_view_form_key(pt_view *view, pt_key key, bool *taken);
/** Move the step cursor by some checkpoints of the runs shown. */
unsigned pt_view_move_cursor(pt_view *view, int by, const pt_snapshot *snapshot);
/** Next choice of matrix types that the runs have. */
unsigned pt_view_next_matrix(pt_view *view, const pt_snapshot *snapshot);

#endif
