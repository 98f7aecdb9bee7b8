#include "phasetop/ui/answer.h"

#include "pane_draw.h"
#include "view_private.h"

enum { NUMBERED_PANES = 9 };

#define PANE(id) (1u << (id))
#define ALL_PANES 0u

/* Panes that an action is about (ALL_PANES: no certain ones), whether it takes several runs, and why it did
 * nothing where none of that is missing. */
static const struct answer {
	pt_action action;
	unsigned panes;
	bool of_several;
	const char *words;
} answers[] = {
	{PT_ACTION_FREEZE, ALL_PANES, false, "nothing to hold yet"},
	{PT_ACTION_FOCUS_NEXT, ALL_PANES, false, "this is the only pane"},
	{PT_ACTION_FOCUS_PREVIOUS, ALL_PANES, false, "this is the only pane"},
	{PT_ACTION_FOCUS_LEFT, ALL_PANES, false, "no pane to the left"},
	{PT_ACTION_FOCUS_DOWN, ALL_PANES, false, "no pane below"},
	{PT_ACTION_FOCUS_UP, ALL_PANES, false, "no pane above"},
	{PT_ACTION_FOCUS_RIGHT, ALL_PANES, false, "no pane to the right"},
	{PT_ACTION_TOGGLE_PANE, ALL_PANES, false, "no room for that pane"},
	{PT_ACTION_HIDE, ALL_PANES, false, "the only pane stays"},
	{PT_ACTION_SWAP, ALL_PANES, false, "this is the only pane"},
	{PT_ACTION_ZOOM, ALL_PANES, false, "this pane is alone already"},
	{PT_ACTION_WIDER, ALL_PANES, false, "no pane beside it that could give room"},
	{PT_ACTION_NARROWER, ALL_PANES, false, "no pane beside it that could take the room"},
	{PT_ACTION_TALLER, ALL_PANES, false, "no pane above or below that could give room"},
	{PT_ACTION_SHORTER, ALL_PANES, false, "no pane above or below that could take the room"},
	{PT_ACTION_WIDER_5, ALL_PANES, false, "no pane beside it that could give room"},
	{PT_ACTION_NARROWER_5, ALL_PANES, false, "no pane beside it that could take the room"},
	{PT_ACTION_TALLER_5, ALL_PANES, false, "no pane above or below that could give room"},
	{PT_ACTION_SHORTER_5, ALL_PANES, false, "no pane above or below that could take the room"},
	{PT_ACTION_EQUALISE, ALL_PANES, false, "the panes have equal room already"},
	{PT_ACTION_RESET_LAYOUT, ALL_PANES, false, "this is the first layout"},
	{PT_ACTION_CURSOR_LEFT, ALL_PANES, false, "the cursor is at the first checkpoint"},
	{PT_ACTION_CURSOR_RIGHT, ALL_PANES, false, "the cursor is at the last checkpoint"},
	{PT_ACTION_CURSOR_LEFT_10, ALL_PANES, false, "the cursor is at the first checkpoint"},
	{PT_ACTION_CURSOR_RIGHT_10, ALL_PANES, false, "the cursor is at the last checkpoint"},
	{PT_ACTION_CURSOR_FIRST, ALL_PANES, false, "the cursor is at the first checkpoint"},
	{PT_ACTION_CURSOR_LAST, ALL_PANES, false, "the cursor is at the last checkpoint"},
	{PT_ACTION_ZOOM_IN, ALL_PANES, false, "the x axis gets no narrower"},
	{PT_ACTION_ZOOM_OUT, ALL_PANES, false, "all of the x axis is seen"},
	{PT_ACTION_PAN_LEFT, ALL_PANES, false, "nothing more to the left"},
	{PT_ACTION_PAN_RIGHT, ALL_PANES, false, "nothing more to the right"},
	{PT_ACTION_FIT, ALL_PANES, false, "all of the axes is seen"},
	{PT_ACTION_ZOOM_BACK, ALL_PANES, false, "no other range was looked at before"},
	{PT_ACTION_Y_IN, ALL_PANES, false, "this pane has no y axis to zoom"},
	{PT_ACTION_Y_OUT, ALL_PANES, false, "this pane has no y axis to zoom"},
	{PT_ACTION_Y_UP, ALL_PANES, false, "this pane has no y axis to move"},
	{PT_ACTION_Y_DOWN, ALL_PANES, false, "this pane has no y axis to move"},
	{PT_ACTION_X_AXIS, ALL_PANES, false, "no pane in sight has an x axis of steps"},
	{PT_ACTION_LOG_X, ALL_PANES, false, "no pane in sight has an x axis of steps or epochs"},
	{PT_ACTION_SMOOTH_MORE, PANE(PT_PANE_LOSS) | PANE(PT_PANE_SPECTRUM), false, "no smoother than this"},
	{PT_ACTION_SMOOTH_LESS, PANE(PT_PANE_LOSS) | PANE(PT_PANE_SPECTRUM), false, "nothing is smoothed"},
	{PT_ACTION_OUTLIERS, ALL_PANES, false, "no value in sight lies far out"},
	{PT_ACTION_GUIDES, ALL_PANES, false, "no pane in sight has room for a grid"},
	{PT_ACTION_EVENT_NEXT, ALL_PANES, false, "no event after this step"},
	{PT_ACTION_EVENT_PREVIOUS, ALL_PANES, false, "no event before this step"},
	{PT_ACTION_LOG_Y, ALL_PANES, false, "this pane has no axis that could be logarithmic"},
	{PT_ACTION_GLYPHS, ALL_PANES, false, "this pane has no curves"},
	{PT_ACTION_K_LESS, ALL_PANES, false, "k is one checkpoint spacing already"},
	{PT_ACTION_K_LESS_5, ALL_PANES, false, "k is one checkpoint spacing already"},
	{PT_ACTION_K_MORE, ALL_PANES, false, "no run is long enough for a larger k"},
	{PT_ACTION_K_MORE_5, ALL_PANES, false, "no run is long enough for a larger k"},
	{PT_ACTION_K_OVERLAYS, PANE(PT_PANE_COSINE), false, "of several runs one k is drawn"},
	{PT_ACTION_MATRIX, ALL_PANES, false, "the runs have no other matrix"},
	{PT_ACTION_THRESHOLDS_ON, PANE(PT_PANE_COSINE), false, "the turn line is beyond what is seen"},
	{PT_ACTION_WINDOW_LESS, ALL_PANES, false, "the window is as small as it gets"},
	{PT_ACTION_WINDOW_MORE, ALL_PANES, false, "the window is as large as it gets"},
	{PT_ACTION_DETREND, PANE(PT_PANE_SPECTRUM), false, "no probe losses to detrend"},
	{PT_ACTION_SIGN, PANE(PT_PANE_COSINE), false, "no cosine so far"},
	{PT_ACTION_INVERT, PANE(PT_PANE_COSINE), false, "no cosine so far"},
	{PT_ACTION_RUNS, ALL_PANES, false, "no room for the runs pane, or it is the only pane"},
	{PT_ACTION_ALL_RUNS, ALL_PANES, false, "all runs are shown"},
	{PT_ACTION_SIDE_BY_SIDE, ALL_PANES, true, "no pane in sight can stand side by side, or has room"},
	{PT_ACTION_DIFFERENCES,
		PANE(PT_PANE_NORMS) | PANE(PT_PANE_COSINE) | PANE(PT_PANE_SPECTRUM) | PANE(PT_PANE_LOSS), true,
		"no differences so far"},
	{PT_ACTION_ALIGN, ALL_PANES, true, "no run turned so far"},
	{PT_ACTION_JOINT_PLANE, PANE(PT_PANE_PCA), true, "no trajectory so far"},
	{PT_ACTION_BASELINE, ALL_PANES, true, "this run is the baseline"},
	{PT_ACTION_FILTER, ALL_PANES, false, "the list is filtered already"},
	{PT_ACTION_TOGGLE_RUN, ALL_PANES, false, "no run is selected"},
};

bool pt_answer_same_picture(const pt_frame *a, const pt_frame *b)
{
	pt_frame above_a = *a, above_b = *b;
	above_a.rows--;
	above_b.rows--;
	return above_a.rows > 0 && pt_frame_equal(&above_a, &above_b);
}

static const struct answer *answer_to(pt_action action)
{
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		if (answers[i].action == action)
			return &answers[i];
	return NULL;
}

/* "what this changes is not in sight: spectrum (key 4), loss (key 5)"; false where one of the panes is. */
static bool tell_unseen(pt_view *view, unsigned panes)
{
	pt_screen_parts screen = pt_view_screen(view);
	pt_placing placing;
	char names[PT_MESSAGE_BYTES];
	pt_text text = pt_text_over(names, sizeof names);
	pt_layout_place(&view->layout, &screen, &placing);
	for (int pane = 0; pane < PT_N_PANES; pane++) {
		if (!(panes & PANE(pane)))
			continue;
		if (pt_placing_find(&placing, (pt_pane_id)pane))
			return false;
		pt_text_addf(&text, pane < NUMBERED_PANES ? "%s%s (key %d)" : "%s%s", text.length > 0 ? ", " : "",
			pt_pane_name((pt_pane_id)pane), pane + 1);
	}
	if (text.length > 0)
		pt_view_say(view, false, "what this changes is not in sight: %s", names);
	return text.length > 0;
}

/* What is true of the data or of what is looked at, before what stands in the table. */
static const char *words_for(const pt_view *view, const struct answer *answer, const pt_snapshot *snapshot)
{
	pt_scene scene = pt_scene_of(snapshot, view);
	char text[PT_LINE_BYTES];
	if (pt_scene_absence(&scene, text, sizeof text) &&
		pt_action_row_of(answer->action)->scope != PT_SCOPE_PANES)
		return "nothing is shown yet that this could change";
	if (answer->of_several && scene.n_shown < 2)
		return snapshot->n_runs < 2 ? "this is for several runs, and there is one"
									: "this is for several runs, and one is shown";
	bool is_pan = answer->action == PT_ACTION_PAN_LEFT || answer->action == PT_ACTION_PAN_RIGHT;
	if (is_pan && !view->zoom.zoomed)
		return "all of the x axis is seen: + zooms in";
	if (answer->action == PT_ACTION_X_AXIS && scene.axis != view->zoom.axis)
		return "the runs do not tell that: steps are drawn";
	return answer->words;
}

bool pt_answer(pt_view *view, pt_action action, bool is_pending, const pt_snapshot *snapshot)
{
	const struct answer *answer = (unsigned)action < PT_N_ACTIONS ? answer_to(action) : NULL;
	if (!answer || view->message[0])
		return false;
	const char *words = words_for(view, answer, snapshot);
	if (words == answer->words && tell_unseen(view, answer->panes))
		return true;
	if (words == answer->words && is_pending)
		return false;
	pt_view_say(view, false, "%s", words);
	return true;
}
