/* Changes of the view's layout: which panes are there, where, and how large. */
#include <string.h>

#include "layout_place.h"
#include "phasetop/ui/command.h"
#include "phasetop/ui/preset.h"
#include "view_private.h"

enum {
	RUNS_PANE_MIN_SCREEN_ROWS = 24, /* below, the runs pane would take the plots' room */
	RUNS_PANE_FRAME_ROWS = 3,       /* border and heading */
};

pt_screen_parts pt_view_screen(const pt_view *view)
{
	return pt_screen_parts_of(view->columns, view->rows);
}

/* Did the person say what stands where, and not just the name of a preset? */
static bool is_made_by_hand(const pt_layout *layout, ptrdiff_t preset)
{
	if (preset < 0)
		return true;
	pt_layout named = pt_preset_layout((size_t)preset);
	char given_text[PT_LAYOUT_TEXT_BYTES], named_text[PT_LAYOUT_TEXT_BYTES];
	pt_layout_print(layout, given_text, sizeof given_text);
	pt_layout_print(&named, named_text, sizeof named_text);
	return strcmp(given_text, named_text) != 0;
}

void pt_view_start_panes(pt_view *view)
{
	view->preset = pt_preset_of(&view->layout);
	pt_view_meet_preset(view);
	/* a layout of the person's own says itself whether the runs pane is there */
	view->runs_pane_placed = is_made_by_hand(&view->layout, view->preset);
	view->runs_kept = !view->runs_pane_placed && !view->layout.hidden[PT_PANE_RUNS];
	view->runs_were_hidden = true;
}

static bool is_on_screen(const pt_view *view, pt_pane_id pane)
{
	pt_screen_parts screen = pt_view_screen(view);
	pt_placing placing;
	pt_layout_place(&view->layout, &screen, &placing);
	return pt_placing_find(&placing, pane) != NULL;
}

void pt_view_track_focus(pt_view *view)
{
	if (view->layout.focus == PT_PANE_RUNS && view->focused != PT_PANE_RUNS)
		view->before_runs = view->focused;
	view->focused = view->layout.focus;
}

/* The focus goes back to where it was, if that is still in sight. */
static void hide_runs(pt_view *view)
{
	bool had_focus = view->layout.focus == PT_PANE_RUNS;
	pt_layout_show(&view->layout, PT_PANE_RUNS, false);
	if (had_focus && view->layout.focus != PT_PANE_RUNS && view->before_runs != PT_PANE_NONE &&
		is_on_screen(view, view->before_runs))
		pt_layout_focus(&view->layout, view->before_runs);
}

/* Hide what is seen; show what is not, and focus it where the room would otherwise not reach for it. */
static unsigned toggle_pane(pt_view *view, pt_pane_id pane)
{
	if (pane == PT_PANE_RUNS)
		view->runs_pane_placed = true;
	if (is_on_screen(view, pane)) {
		if (pane == PT_PANE_RUNS)
			hide_runs(view);
		else
			pt_layout_show(&view->layout, pane, false);
		return PT_VIEW_REDRAW;
	}
	pt_layout_show(&view->layout, pane, true);
	if (!is_on_screen(view, pane))
		pt_layout_focus(&view->layout, pane);
	return PT_VIEW_REDRAW;
}

/* Show and focus the runs pane; when it has the focus, hide it. */
unsigned pt_view_runs_key(pt_view *view)
{
	view->runs_pane_placed = true;
	if (view->layout.focus == PT_PANE_RUNS && is_on_screen(view, PT_PANE_RUNS))
		hide_runs(view);
	else
		pt_layout_focus(&view->layout, PT_PANE_RUNS);
	return PT_VIEW_REDRAW;
}

int pt_view_page(const pt_view *view)
{
	pt_screen_parts screen = pt_view_screen(view);
	pt_placing placing;
	pt_layout_place(&view->layout, &screen, &placing);
	const pt_place *place = pt_placing_find(&placing, view->layout.focus);
	int page = (view->help || !place ? screen.body_height : place->height) - RUNS_PANE_FRAME_ROWS;
	return page > 1 ? page : 1;
}

/* A pane that is seen in one layout is seen in the other, as high. */
static void carry_pane(const pt_layout *from, pt_layout *to, pt_pane_id pane)
{
	pt_layout_want(to, pane, (int)from->nodes[pt_layout_leaf(from, pane)].want);
	pt_layout_show(to, pane, !from->hidden[pane]);
}

/* A preset that has a place of its own for the runs takes them there; the next one that has none puts them
   back as they stood before. */
static void carry_runs(pt_view *view, pt_layout *to)
{
	const pt_layout *from = &view->layout;
	bool own_place = !to->hidden[PT_PANE_RUNS];
	if (own_place && !view->runs_kept) {
		view->runs_were_hidden = from->hidden[PT_PANE_RUNS];
		view->runs_wanted = (int)from->nodes[pt_layout_leaf(from, PT_PANE_RUNS)].want;
	} else if (!own_place && view->runs_kept) {
		pt_layout_want(to, PT_PANE_RUNS, view->runs_wanted);
		pt_layout_show(to, PT_PANE_RUNS, !view->runs_were_hidden);
	} else if (!own_place) {
		carry_pane(from, to, PT_PANE_RUNS);
	}
	view->runs_kept = own_place;
	view->runs_sized_for = 0;
	view->runs_are_main = false;
}

/* The lists are there for what there is to tell, whatever the arrangement of the plots. */
void pt_view_take_preset(pt_view *view, ptrdiff_t preset)
{
	pt_layout layout = pt_preset_layout((size_t)preset);
	carry_pane(&view->layout, &layout, PT_PANE_PROBLEMS);
	view->preset = preset;
	carry_runs(view, &layout);
	view->layout = layout;
	pt_view_meet_preset(view);
}

static unsigned next_preset(pt_view *view, int by)
{
	ptrdiff_t n = (ptrdiff_t)pt_preset_count(), at = view->preset < 0 && by < 0 ? 0 : view->preset;
	pt_view_take_preset(view, (at + by + n) % n);
	return PT_VIEW_REDRAW;
}

static unsigned resize(pt_view *view, bool horizontal, int cells)
{
	pt_screen_parts screen = pt_view_screen(view);
	pt_layout_resize(&view->layout, &screen, horizontal, cells);
	return PT_VIEW_REDRAW;
}

static unsigned focus_towards(pt_view *view, int dx, int dy)
{
	pt_screen_parts screen = pt_view_screen(view);
	pt_layout_focus_towards(&view->layout, &screen, dx, dy);
	return PT_VIEW_REDRAW;
}

unsigned pt_view_apply_to_panes(pt_view *view, pt_action action, int arg)
{
	switch (action) {
	case PT_ACTION_FOCUS_NEXT:
	case PT_ACTION_FOCUS_PREVIOUS:
		pt_layout_focus_step(&view->layout, action == PT_ACTION_FOCUS_NEXT ? 1 : -1);
		return PT_VIEW_REDRAW;
	case PT_ACTION_FOCUS_LEFT:
		return focus_towards(view, -1, 0);
	case PT_ACTION_FOCUS_RIGHT:
		return focus_towards(view, 1, 0);
	case PT_ACTION_FOCUS_UP:
		return focus_towards(view, 0, -1);
	case PT_ACTION_FOCUS_DOWN:
		return focus_towards(view, 0, 1);
	case PT_ACTION_TOGGLE_PANE:
		return arg >= 1 && arg <= PT_N_PANES ? toggle_pane(view, (pt_pane_id)(arg - 1)) : 0;
	case PT_ACTION_HIDE:
		pt_layout_show(&view->layout, view->layout.focus, false);
		return PT_VIEW_REDRAW;
	case PT_ACTION_SPLIT_BELOW: /* which pane comes in is chosen there */
		return pt_command_open(view, "split-below ");
	case PT_ACTION_SPLIT_RIGHT:
		return pt_command_open(view, "split-right ");
	case PT_ACTION_SWAP:
		pt_layout_swap(&view->layout, pt_layout_after(&view->layout, view->layout.focus));
		return PT_VIEW_REDRAW;
	case PT_ACTION_ZOOM:
		pt_layout_zoom(&view->layout, view->layout.zoomed == PT_PANE_NONE);
		return PT_VIEW_REDRAW;
	case PT_ACTION_WIDER:
	case PT_ACTION_WIDER_5:
		return resize(view, true, action == PT_ACTION_WIDER ? 1 : 5);
	case PT_ACTION_NARROWER:
	case PT_ACTION_NARROWER_5:
		return resize(view, true, action == PT_ACTION_NARROWER ? -1 : -5);
	case PT_ACTION_TALLER:
	case PT_ACTION_TALLER_5:
		return resize(view, false, action == PT_ACTION_TALLER ? 1 : 5);
	case PT_ACTION_SHORTER:
	case PT_ACTION_SHORTER_5:
		return resize(view, false, action == PT_ACTION_SHORTER ? -1 : -5);
	case PT_ACTION_EQUALISE:
		pt_layout_equalise(&view->layout);
		return PT_VIEW_REDRAW;
	case PT_ACTION_RESET_LAYOUT:
		view->layout = view->first_layout;
		view->preset = pt_preset_of(&view->layout);
		view->runs_sized_for = 0;
		view->runs_are_main = false;
		view->runs_kept = !view->layout.hidden[PT_PANE_RUNS] && view->runs_kept;
		pt_view_meet_preset(view);
		return PT_VIEW_REDRAW;
	case PT_ACTION_PRESET_NEXT:
	case PT_ACTION_PRESET_PREVIOUS:
		return next_preset(view, action == PT_ACTION_PRESET_NEXT ? 1 : -1);
	default:
		return 0;
	}
}

static void place_runs_pane(pt_view *view, const pt_snapshot *snapshot)
{
	int third = pt_view_screen(view).body_height / 3;
	int want = snapshot->n_runs > 100 ? 100 : (int)snapshot->n_runs + RUNS_PANE_FRAME_ROWS;
	pt_layout_want(&view->layout, PT_PANE_RUNS, want < third ? want : third);
	pt_layout_show(&view->layout, PT_PANE_RUNS, true);
	view->first_layout.hidden[PT_PANE_RUNS] = false;
	pt_layout_want(&view->first_layout, PT_PANE_RUNS, want < third ? want : third);
	view->runs_pane_placed = true;
}

/* Where a preset has a place for the runs it is as high as their table, up to a share of the screen. */
static void size_runs_pane(pt_view *view, const pt_snapshot *snapshot)
{
	bool is_main =
		view->layout.nodes[pt_layout_leaf(&view->layout, PT_PANE_RUNS)].want == 0 || view->runs_are_main;
	int body = pt_view_screen(view).body_height, most = is_main ? 3 * body / 5 : body / 3;
	int want = snapshot->n_runs > 1000 ? 1000 : (int)snapshot->n_runs + RUNS_PANE_FRAME_ROWS;
	if (snapshot->n_runs == view->runs_sized_for)
		return;
	pt_layout_want(&view->layout, PT_PANE_RUNS, want < most ? want : most);
	view->runs_are_main = is_main;
	view->runs_sized_for = snapshot->n_runs;
}

void pt_view_place_runs(pt_view *view, const pt_snapshot *snapshot)
{
	if (view->runs_kept && view->layout.zoomed == PT_PANE_NONE) {
		size_runs_pane(view, snapshot);
		return;
	}
	bool zoomed = view->layout.zoomed != PT_PANE_NONE;
	/* a pane that was asked for alone stays alone */
	bool is_one = view->preset >= 0 && strcmp(pt_preset_name((size_t)view->preset), "single") == 0;
	if (!view->runs_pane_placed && !zoomed && !is_one && snapshot->n_runs > 1 && view->rows >= RUNS_PANE_MIN_SCREEN_ROWS)
		place_runs_pane(view, snapshot);
}
