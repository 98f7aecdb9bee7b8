/* Keys, mouse and actions to changes of the view. */
#include "phasetop/ui/view.h"

#include <limits.h>
#include <string.h>

#include "command_parts.h"
#include "view_private.h"

enum {
	HELP_MORE_LINES = 40, /* lines of the help screen that are no actions: a generous bound */
	LIST_LINES_A_PROBLEM = 4,
	WHEEL_LINES = 3,
};

unsigned pt_view_settle(pt_view *view, unsigned flags)
{
	pt_settings before = view->settings;
	view->settings.wanted = pt_view_wanted(view);
	pt_view_leave_out(view);
	pt_view_track_focus(view);
	bool same = view->settings.wanted == before.wanted &&
				memcmp(view->settings.left_out, before.left_out, sizeof before.left_out) == 0;
	return same ? flags : flags | PT_VIEW_REDRAW | PT_VIEW_SETTINGS;
}

pt_view pt_view_first(const pt_settings *settings, const pt_layout *layout, pt_matrix_choice matrix)
{
	pt_view view = {
		.columns = 80,
		.rows = 24,
		.layout = *layout,
		.settings = *settings,
		.matrix = matrix == PT_N_CHOICES ? PT_CHOICE_B : matrix,
		.matrix_placed = matrix != PT_N_CHOICES,
		.cursor_step = PT_NO_STEP,
		.module_sort = PT_SORT_SHARE,
		.unicode = true,
		.dragged = PT_NO_BORDER,
		.focused = layout->focus,
		.before_runs = PT_PANE_NONE,
		.first_layout = *layout,
	};
	view.log_y[PT_PANE_SPECTRUM] = true;
	pt_view_start_panes(&view);
	pt_view_settle(&view, 0);
	return view;
}

/* What is drawn in fact: by itself that is braille, where the terminal shows it. */
static pt_glyph_choice drawn_glyphs(const pt_view *view, pt_pane_id pane)
{
	pt_glyph_choice chosen = pt_view_glyphs(view, pane);
	return chosen != PT_GLYPH_AUTO ? chosen : view->unicode ? PT_GLYPH_BRAILLE : PT_GLYPH_ASCII;
}

/* The next choice that looks different. AUTO is what stands at first, and comes back last. */
static unsigned next_glyphs(pt_view *view, pt_pane_id pane)
{
	pt_glyph_choice before = drawn_glyphs(view, pane);
	for (int i = 0; i < PT_N_GLYPH_CHOICES; i++) {
		view->glyphs[pane] = (pt_glyph_choice)((view->glyphs[pane] + 1) % PT_N_GLYPH_CHOICES);
		if (drawn_glyphs(view, pane) != before)
			break;
	}
	return PT_VIEW_REDRAW;
}

static unsigned back(pt_view *view)
{
	unsigned flags = PT_VIEW_REDRAW;
	if (view->help) {
		view->help = false;
	} else if (view->layout.focus == PT_PANE_RUNS && pt_view_clear_filter(view)) {
		/* all rows are back */
	} else if (view->layout.zoomed != PT_PANE_NONE) {
		pt_layout_zoom(&view->layout, false);
	} else if (view->frozen) {
		view->frozen = view->newer_waits = false;
		flags |= PT_VIEW_THAW;
	} else if (pt_zoom_is_part(&view->zoom)) {
		pt_zoom_remember(&view->zooms, &view->zoom, false);
		pt_zoom_out(&view->zoom);
	} else if (view->cursor_step != PT_NO_STEP) {
		view->cursor_step = PT_NO_STEP;
	} else {
		flags = 0;
	}
	return flags;
}

static unsigned freeze(pt_view *view)
{
	view->frozen = !view->frozen;
	view->newer_waits = false;
	return PT_VIEW_REDRAW | (view->frozen ? 0 : PT_VIEW_THAW);
}

static unsigned toggle(bool *flag)
{
	*flag = !*flag;
	return PT_VIEW_REDRAW;
}

static size_t n_problems(const pt_snapshot *snapshot)
{
	size_t n = snapshot ? snapshot->n_problems : 0;
	for (size_t i = 0; snapshot && i < snapshot->n_runs; i++)
		n += snapshot->runs[i].n_problems + snapshot->runs[i].n_pending;
	return n;
}

static unsigned move_within(int *at, int by, size_t n)
{
	int last = n == 0 ? 0 : n > INT_MAX ? INT_MAX - 1 : (int)n - 1, before = *at;
	*at = by > last - *at ? last : *at + by < 0 ? 0 : *at + by;
	return *at == before ? 0 : PT_VIEW_REDRAW;
}

/* Rows of the modules pane: of the first run that is drawn and has any. */
static size_t n_module_rows(const pt_view *view, const pt_snapshot *snapshot)
{
	size_t n = 0;
	for (size_t r = 0; snapshot && n == 0 && r < snapshot->n_runs; r++)
		for (size_t m = 0; pt_view_run_shown(view, r) && m < snapshot->runs[r].n_modules; m++)
			n += snapshot->runs[r].modules[m].selected;
	return n;
}

static unsigned scroll(pt_view *view, pt_pane_id pane, int by, const pt_snapshot *snapshot)
{
	if (view->help)
		return move_within(&view->help_scroll, by, PT_N_ACTIONS + HELP_MORE_LINES);
	if (pane == PT_PANE_RUNS)
		return pt_view_select_run(view, by, snapshot);
	if (pane == PT_PANE_MODULES)
		return move_within(&view->selected_module, by, n_module_rows(view, snapshot));
	if (pane == PT_PANE_PROBLEMS)
		return move_within(&view->scroll[pane], by, LIST_LINES_A_PROBLEM * n_problems(snapshot));
	return 0;
}

static unsigned apply_to_plot(pt_view *view, pt_action action, const pt_snapshot *snapshot)
{
	pt_pane_id focus = view->layout.focus;
	switch (action) {
	case PT_ACTION_CURSOR_LEFT:
		return pt_view_move_cursor(view, -1, snapshot);
	case PT_ACTION_CURSOR_RIGHT:
		return pt_view_move_cursor(view, 1, snapshot);
	case PT_ACTION_CURSOR_LEFT_10:
		return pt_view_move_cursor(view, -10, snapshot);
	case PT_ACTION_CURSOR_RIGHT_10:
		return pt_view_move_cursor(view, 10, snapshot);
	case PT_ACTION_CURSOR_FIRST:
		return pt_view_move_cursor(view, -INT_MAX, snapshot);
	case PT_ACTION_CURSOR_LAST:
		return pt_view_move_cursor(view, INT_MAX, snapshot);
	case PT_ACTION_LOG_X:
		return toggle(&view->log_x);
	case PT_ACTION_LOG_Y:
		view->zoom.y[focus].zoomed = false;
		return toggle(&view->log_y[focus]);
	case PT_ACTION_GLYPHS:
		return next_glyphs(view, focus);
	case PT_ACTION_SMOOTH_MORE:
	case PT_ACTION_SMOOTH_LESS:
	case PT_ACTION_OUTLIERS:
	case PT_ACTION_GUIDES:
	case PT_ACTION_EVENT_NEXT:
	case PT_ACTION_EVENT_PREVIOUS:
		return pt_view_looks_key(view, action, snapshot);
	default:
		return pt_view_zoom_key(view, action, snapshot);
	}
}

static unsigned next_k_overlay(pt_view *view)
{
	int n = (int)(view->settings.n_k > 0 ? view->settings.n_k : 3);
	view->k_only = view->k_only >= n ? 0 : view->k_only + 1;
	return PT_VIEW_REDRAW;
}

static unsigned apply_to_domain(pt_view *view, pt_action action, const pt_snapshot *snapshot)
{
	switch (action) {
	case PT_ACTION_K_LESS:
	case PT_ACTION_K_LESS_5:
		return pt_view_shift_k(view, action == PT_ACTION_K_LESS ? -1 : -5, snapshot);
	case PT_ACTION_K_MORE:
	case PT_ACTION_K_MORE_5:
		return pt_view_shift_k(view, action == PT_ACTION_K_MORE ? 1 : 5, snapshot);
	case PT_ACTION_K_OVERLAYS:
		return next_k_overlay(view);
	case PT_ACTION_MATRIX:
		return pt_view_next_matrix(view, snapshot);
	case PT_ACTION_MODULE_SET:
		return pt_view_open_form(view, PT_FORM_MODULES);
	case PT_ACTION_PROBE_SUBSET:
		return pt_view_open_form(view, PT_FORM_PROBES);
	case PT_ACTION_THRESHOLDS:
		return pt_view_open_form(view, PT_FORM_THRESHOLDS);
	case PT_ACTION_THRESHOLDS_ON:
		return toggle(&view->thresholds_off);
	case PT_ACTION_WINDOW_LESS:
	case PT_ACTION_WINDOW_MORE:
		return pt_view_shift_window(view, action == PT_ACTION_WINDOW_MORE ? 1 : -1);
	case PT_ACTION_DETREND:
		view->zoom.y[PT_PANE_SPECTRUM].zoomed = false;
		return toggle(&view->detrended);
	case PT_ACTION_SIGN:
		view->zoom.y[PT_PANE_COSINE].zoomed = false;
		return toggle(&view->negate_cosine);
	case PT_ACTION_INVERT:
		return toggle(&view->invert_cosine);
	case PT_ACTION_RUNS:
		return pt_view_runs_key(view);
	case PT_ACTION_SIDE_BY_SIDE:
	case PT_ACTION_DIFFERENCES:
	case PT_ACTION_ALIGN:
	case PT_ACTION_JOINT_PLANE:
		return pt_view_stand_beside(view, action);
	case PT_ACTION_ALL_RUNS:
		memset(view->run_hidden, 0, sizeof view->run_hidden);
		return PT_VIEW_REDRAW;
	default:
		return 0;
	}
}

static unsigned apply_globally(pt_view *view, pt_action action, const pt_snapshot *snapshot)
{
	switch (action) {
	case PT_ACTION_HELP:
		view->help_scroll = 0;
		return toggle(&view->help);
	case PT_ACTION_QUIT:
		/* out of the help screen as out of a pager */
		return view->help ? toggle(&view->help) : PT_VIEW_QUIT;
	case PT_ACTION_BACK:
		return back(view);
	case PT_ACTION_FREEZE:
		return freeze(view);
	case PT_ACTION_REDRAW:
		return PT_VIEW_REDRAW | PT_VIEW_REPAINT;
	case PT_ACTION_SUSPEND:
		return PT_VIEW_SUSPEND;
	case PT_ACTION_MOUSE:
		return toggle(&view->no_mouse) | PT_VIEW_MOUSE;
	case PT_ACTION_COMMAND:
		return pt_command_open(view, "");
	case PT_ACTION_OPTIONS:
		return pt_view_open_form(view, PT_FORM_OPTIONS);
	case PT_ACTION_WRITE:
		return pt_command_open_export(view, snapshot);
	case PT_ACTION_COPY:
		return pt_view_ask(view, PT_REQUEST_COPY, "");
	default:
		return 0;
	}
}

static unsigned sort_rows(pt_view *view, int by)
{
	int sort = (int)view->module_sort;
	if (view->layout.focus == PT_PANE_RUNS && !view->help)
		return pt_view_sort_runs(view, by);
	if (view->help || view->layout.focus != PT_PANE_MODULES ||
		!move_within(&sort, by, (size_t)PT_N_MODULE_SORTS))
		return 0;
	view->module_sort = (pt_module_sort)sort;
	view->selected_module = 0;
	return PT_VIEW_REDRAW;
}

static unsigned apply_to_list(pt_view *view, pt_action action, const pt_snapshot *snapshot)
{
	if (action == PT_ACTION_SORT_LEFT || action == PT_ACTION_SORT_RIGHT)
		return sort_rows(view, action == PT_ACTION_SORT_RIGHT ? 1 : -1);
	int by = action == PT_ACTION_UP || action == PT_ACTION_PAGE_UP ? -1 : 1;
	if (action == PT_ACTION_PAGE_UP || action == PT_ACTION_PAGE_DOWN)
		by *= pt_view_page(view);
	return scroll(view, view->layout.focus, by, snapshot);
}

static unsigned apply_to_panes(pt_view *view, pt_action action, int arg, const pt_snapshot *snapshot)
{
	unsigned flags = pt_view_apply_to_panes(view, action, arg);
	if (snapshot)
		pt_view_place_runs(view, snapshot); /* another preset may have another place for them */
	return flags;
}

static unsigned apply(pt_view *view, pt_action action, int arg, const pt_snapshot *snapshot)
{
	pt_scope scope = pt_action_row_of(action)->scope;
	/* what the help screen covers is not changed behind it */
	if (view->help && scope != PT_SCOPE_GLOBAL && scope != PT_SCOPE_LIST)
		return 0;
	switch (scope) {
	case PT_SCOPE_GLOBAL:
		return apply_globally(view, action, snapshot);
	case PT_SCOPE_PANES:
		return apply_to_panes(view, action, arg, snapshot);
	case PT_SCOPE_PLOT:
		return apply_to_plot(view, action, snapshot);
	case PT_SCOPE_DOMAIN:
		return apply_to_domain(view, action, snapshot);
	case PT_SCOPE_RUNS:
		return pt_view_apply_to_runs(view, action, snapshot);
	case PT_SCOPE_LIST:
		return apply_to_list(view, action, snapshot);
	default:
		return 0;
	}
}

unsigned pt_view_apply(pt_view *view, pt_action action, int arg, const pt_snapshot *snapshot)
{
	view->applied = action;
	return (unsigned)action < PT_N_ACTIONS ? pt_view_settle(view, apply(view, action, arg, snapshot)) : 0;
}

/* A key that means something in the runs pane alone says so. */
static unsigned tell_elsewhere(pt_view *view, pt_key prefix, pt_key key)
{
	int arg;
	char shown[32];
	pt_action action = pt_action_for_key(view->keymap, PT_CONTEXT_RUNS, prefix, key, &arg);
	if (view->help || view->form.open || action == PT_N_ACTIONS)
		return 0;
	if (pt_action_row_of(action)->scope != PT_SCOPE_RUNS && action != PT_ACTION_SORT_LEFT &&
		action != PT_ACTION_SORT_RIGHT)
		return 0;
	pt_action_show_first_key(view->keymap, PT_ACTION_RUNS, view->unicode, shown, sizeof shown);
	pt_view_say(view, false, "%s: in the runs pane; %s goes there", pt_action_row_of(action)->help, shown);
	return PT_VIEW_REDRAW;
}

static unsigned key_of_screen(pt_view *view, pt_key key, const pt_snapshot *snapshot)
{
	pt_key prefix = view->prefix;
	view->prefix = PT_KEY_NONE;
	view->zooms.is_open = false;
	if (view->form.open) {
		bool taken;
		unsigned flags = pt_view_form_key(view, key, snapshot, &taken);
		if (taken)
			return flags;
	}
	if (view->filter_open && view->layout.focus == PT_PANE_RUNS && prefix == PT_KEY_NONE) {
		bool taken;
		unsigned flags = pt_view_filter_key(view, key, &taken);
		if (taken)
			return flags;
	}
	if (prefix == PT_KEY_NONE && pt_action_is_prefix(view->keymap, key)) {
		view->prefix = key;
		return 0;
	}
	if (prefix != PT_KEY_NONE && key == PT_KEY_ESC)
		return 0;
	int arg = 0;
	pt_action action = pt_action_for_key(view->keymap, pt_view_context(view), prefix, key, &arg);
	return action == PT_N_ACTIONS ? tell_elsewhere(view, prefix, key)
								  : pt_view_apply(view, action, arg, snapshot);
}

unsigned pt_view_key(pt_view *view, pt_key key, const pt_snapshot *snapshot)
{
	unsigned flags = view->message[0] ? PT_VIEW_REDRAW : 0;
	view->message[0] = '\0';
	view->applied = PT_N_ACTIONS;
	return flags |
		   (view->command.open ? pt_command_key(view, key, snapshot) : key_of_screen(view, key, snapshot));
}

static unsigned mouse_press(
	pt_view *view, const pt_layout_hit *hit, const pt_mouse *mouse, const pt_snapshot *snapshot)
{
	unsigned flags = 0;
	view->dragged = hit->border;
	view->zooms.is_open = false;
	if (hit->pane != PT_PANE_NONE && hit->pane != view->layout.focus) {
		pt_layout_focus(&view->layout, hit->pane);
		flags = pt_view_settle(view, PT_VIEW_REDRAW);
	}
	/* a border or the turn line is dragged, the inside of a plot is zoomed into: never both */
	if (hit->border.before >= 0 || hit->pane == PT_PANE_NONE)
		return flags;
	return flags | pt_view_plot_mouse(view, mouse, hit->pane, snapshot);
}

static unsigned mouse_drag(pt_view *view, const pt_mouse *mouse, const pt_snapshot *snapshot)
{
	pt_screen_parts screen = pt_view_screen(view);
	if (view->line.held)
		return pt_view_drag_line(view, mouse);
	if (view->rubber.pressed)
		return pt_view_plot_mouse(view, mouse, view->rubber.pane, snapshot);
	if (view->dragged.before < 0)
		return 0;
	pt_layout_drag(&view->layout, &screen, view->dragged, mouse->x, mouse->y);
	return PT_VIEW_REDRAW;
}

/* Lists and the help screen scroll, plots zoom. */
static unsigned mouse_wheel(pt_view *view, const pt_mouse *mouse, pt_pane_id pane, const pt_snapshot *snapshot)
{
	if (view->help || pane == PT_PANE_NONE || pt_pane_has_rows(pane))
		return scroll(view, pane, mouse->kind == PT_MOUSE_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES, snapshot);
	return view->form.open ? 0 : pt_view_plot_mouse(view, mouse, pane, snapshot);
}

unsigned pt_view_mouse(pt_view *view, const pt_mouse *mouse, const pt_snapshot *snapshot)
{
	pt_screen_parts screen = pt_view_screen(view);
	pt_layout_hit hit = pt_layout_hit_at(&view->layout, &screen, mouse->x, mouse->y);
	bool covered = view->help || view->form.open || view->command.open;
	switch (mouse->kind) {
	case PT_MOUSE_PRESS:
	case PT_MOUSE_DOUBLE:
		view->dragged = PT_NO_BORDER;
		view->rubber.pressed = view->line.held = false;
		return covered ? 0 : mouse_press(view, &hit, mouse, snapshot);
	case PT_MOUSE_DRAG:
		return covered ? 0 : mouse_drag(view, mouse, snapshot);
	case PT_MOUSE_RELEASE:
		view->dragged = PT_NO_BORDER;
		view->line.held = false;
		return view->rubber.pressed ? pt_view_plot_mouse(view, mouse, view->rubber.pane, snapshot) : 0;
	case PT_MOUSE_WHEEL_UP:
	case PT_MOUSE_WHEEL_DOWN:
		return mouse_wheel(view, mouse, hit.pane, snapshot);
	}
	return 0;
}

static void place_matrix(pt_view *view, const pt_snapshot *snapshot)
{
	bool adapter = false, whole = false;
	for (size_t i = 0; i < snapshot->n_runs; i++) {
		adapter |= pt_run_has_matrix(&snapshot->runs[i], PT_MATRIX_B);
		whole |= pt_run_has_matrix(&snapshot->runs[i], PT_MATRIX_W);
	}
	if (!adapter && !whole)
		return;
	view->matrix = adapter ? PT_CHOICE_B : PT_CHOICE_W;
	view->matrix_placed = true;
}

void pt_view_meet(pt_view *view, const pt_snapshot *snapshot)
{
	if (!snapshot)
		return;
	if (!view->matrix_placed)
		place_matrix(view, snapshot);
	pt_view_place_runs(view, snapshot);
	pt_view_settle(view, 0); /* a pane that came by itself may want something; the caller compares what is wanted */
}

void pt_view_resize(pt_view *view, int columns, int rows)
{
	view->columns = columns;
	view->rows = rows;
}
