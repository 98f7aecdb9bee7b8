/** What the files of the view share with each other. */
#ifndef PHASETOP_UI_VIEW_PRIVATE_H
#define PHASETOP_UI_VIEW_PRIVATE_H

#include "phasetop/ui/pane.h"
#include "phasetop/ui/view.h"

/** How the view's screen is divided. */
pt_screen_parts pt_view_screen(const pt_view *view);
/** Has the pane rows to go through? The lists have, and the table of modules, which else is a plot. */
bool pt_pane_has_rows(pt_pane_id pane);

/** Take the layout for the first one: is it a preset, may the runs pane come by itself? */
void pt_view_start_panes(pt_view *view);
/** Another arrangement of the plots; the lists stay as they are. */
void pt_view_take_preset(pt_view *view, ptrdiff_t preset);
/** What another pane in sight needs is asked for with the change that brought it. @return the flags, with what that
 * adds */
unsigned pt_view_settle(pt_view *view, unsigned flags);
/** Focus, show, hide, move and resize panes; presets. */
unsigned pt_view_apply_to_panes(pt_view *view, pt_action action, int arg);
/** Show and focus the runs pane; when it has the focus, hide it. */
unsigned pt_view_runs_key(pt_view *view);
/** Show the runs pane when there are several runs, once, and if nobody decided otherwise. */
void pt_view_place_runs(pt_view *view, const pt_snapshot *snapshot);
/** Where the focus was before it came to the runs pane is remembered. */
void pt_view_track_focus(pt_view *view);
/** Rows that a page of the focused pane has; at least 1. */
int pt_view_page(const pt_view *view);

/** Shift the largest k by some spacings; the other overlays follow. */
unsigned pt_view_shift_k(pt_view *view, int by, const pt_snapshot *snapshot);
/** Shift the probe window by some rows; at least 2, for one row has no covariance. */
unsigned pt_view_shift_window(pt_view *view, int by);
/** Move the step cursor by some checkpoints of the runs shown. */
unsigned pt_view_move_cursor(pt_view *view, int by, const pt_snapshot *snapshot);
/** Put the step cursor at the checkpoint of the runs shown that is nearest to a step. */
unsigned pt_view_put_cursor(pt_view *view, int64_t step, const pt_snapshot *snapshot);
/** Show this part of the x axis, in its own unit. @return 0: nothing of it is there */
unsigned pt_view_zoom_to(pt_view *view, double lo, double hi, const pt_snapshot *snapshot);
/** Bring the step cursor into the part of the x axis that is looked at. */
unsigned pt_view_reach_cursor(pt_view *view, const pt_snapshot *snapshot);
/** Zoom, pan, follow, y ranges, the way back, what the x axis tells. */
unsigned pt_view_zoom_key(pt_view *view, pt_action action, const pt_snapshot *snapshot);
/** The mouse in a pane, but on no border: a rectangle, the wheel, a double click; drag and release only while
 * view->rubber.pressed. */
unsigned pt_view_plot_mouse(pt_view *view, const pt_mouse *mouse, pt_pane_id pane, const pt_snapshot *snapshot);
/** The mouse was pressed in this plot: is it on the turn line of the cosine, and takes hold of it? */
bool pt_view_hold_line(pt_view *view, const pt_mouse *mouse, pt_pane_id pane, const pt_snapshot *snapshot,
	const pt_plot_probe *probe);
/** Move the line that is held. */
unsigned pt_view_drag_line(pt_view *view, const pt_mouse *mouse);
/** Smoothing, outliers, guides; the next event. */
unsigned pt_view_looks_key(pt_view *view, pt_action action, const pt_snapshot *snapshot);
/** Next choice of matrix types that the runs have. */
unsigned pt_view_next_matrix(pt_view *view, const pt_snapshot *snapshot);

/** Which runs are kept out of the joint plane: those that are hidden. */
void pt_view_leave_out(pt_view *view);
/** Move the selection of the runs pane by some rows. */
unsigned pt_view_select_run(pt_view *view, int by, const pt_snapshot *snapshot);
/** Actions on the selected run, and the filter of the list. */
unsigned pt_view_apply_to_runs(pt_view *view, pt_action action, const pt_snapshot *snapshot);
/** Sort the runs by another column. */
unsigned pt_view_sort_runs(pt_view *view, int by);
/** A key while the filter is typed. *taken is false where it has no use for it. */
unsigned pt_view_filter_key(pt_view *view, pt_key key, bool *taken);
/** All runs are listed again. @return false: they were */
bool pt_view_clear_filter(pt_view *view);
/** Side by side, differences, alignment, joint plane: on or off. */
unsigned pt_view_stand_beside(pt_view *view, pt_action action);
/** Steps are told from elsewhere now: cursor and zoom meant other ones. */
void pt_view_tell_steps_anew(pt_view *view);
/** A preset was put there: are runs side by side in it? */
void pt_view_meet_preset(pt_view *view);

/** Open a form with what is set now. */
unsigned pt_view_open_form(pt_view *view, pt_form_kind kind);
/** A key while a form is open. *taken is false where the form has no use for it. */
unsigned pt_view_form_key(pt_view *view, pt_key key, const pt_snapshot *snapshot, bool *taken);

#endif
