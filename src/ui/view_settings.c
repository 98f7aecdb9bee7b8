/* Changes of the view that ask for other numbers: k, the probe window (forms: view_form.c); and of what is
 * looked at: the step cursor and the matrix types. */
#include <stdlib.h>
#include <string.h>

#include "view_private.h"

/* Checkpoint spacing of the first run shown that has one; PT_NO_STEP: none. */
static int64_t spacing_of(const pt_view *view, const pt_snapshot *snapshot)
{
	for (size_t i = 0; snapshot && i < snapshot->n_runs; i++)
		if (pt_view_run_shown(view, i) && snapshot->runs[i].spacing > 0)
			return snapshot->runs[i].spacing;
	return PT_NO_STEP;
}

/* The largest k at which some run can have a pair on either side; without runs, no bound that matters. */
static int64_t largest_useful_k(const pt_snapshot *snapshot)
{
	size_t longest = 0;
	for (size_t i = 0; snapshot && i < snapshot->n_runs; i++)
		if (snapshot->runs[i].n_steps > longest)
			longest = snapshot->runs[i].n_steps;
	return longest < 7 ? 3 : (int64_t)(longest - 1) / 2;
}

/* The largest k now, in spacings; 0: it cannot be told. */
static int64_t largest_k(const pt_view *view, const pt_snapshot *snapshot)
{
	const pt_settings *settings = &view->settings;
	int64_t largest = 0, spacing = spacing_of(view, snapshot);
	if (settings->n_k == 0)
		return 3;
	for (size_t i = 0; i < settings->n_k; i++)
		largest = settings->k[i] > largest ? settings->k[i] : largest;
	if (settings->k_in_spacings)
		return largest;
	if (spacing == PT_NO_STEP)
		return 0;
	return largest < spacing ? 1 : (largest + spacing / 2) / spacing;
}

/* The overlays divide the largest k evenly, as 1, 2, 3 spacings do; where it is too small for all, fewer. */
unsigned pt_view_shift_k(pt_view *view, int by, const pt_snapshot *snapshot)
{
	int64_t now = largest_k(view, snapshot), most = largest_useful_k(snapshot), largest = now + by;
	if (now == 0)
		return 0;
	/* a k that was given beyond the bound may stay there or come down */
	most = most > now ? most : now;
	largest = largest > most ? most : largest < 1 ? 1 : largest;
	if (view->n_overlays == 0)
		view->n_overlays = view->settings.n_k > 0 ? view->settings.n_k : 3;
	pt_settings wanted = view->settings;
	int64_t n = (int64_t)view->n_overlays;
	wanted.n_k = 0;
	wanted.k_in_spacings = true;
	memset(wanted.k, 0, sizeof wanted.k);
	for (int64_t i = 1; i <= n; i++) {
		int64_t k = (2 * largest * i + n) / (2 * n);
		if (k >= 1 && (wanted.n_k == 0 || wanted.k[wanted.n_k - 1] < k))
			wanted.k[wanted.n_k++] = k;
	}
	if (largest == now && view->settings.k_in_spacings)
		return 0;
	view->settings = wanted;
	return PT_VIEW_REDRAW | PT_VIEW_SETTINGS;
}

unsigned pt_view_shift_window(pt_view *view, int by)
{
	int64_t window = view->settings.probe_window + by;
	if (window < 2 || window > 100000)
		return 0;
	view->settings.probe_window = window;
	return PT_VIEW_REDRAW | PT_VIEW_SETTINGS;
}

/* Where a run's steps are told from: 0, or its turn; PT_NO_STEP: it is not drawn for want of one. */
static int64_t origin_of(const pt_view *view, const pt_snapshot *snapshot, const pt_run_view *run)
{
	return view->align_on_turn ? pt_view_turn(view, snapshot, run) : 0;
}

/* The checkpoint of any shown run that is nearest to `step` on one side; PT_NO_STEP: none. */
static int64_t next_step(const pt_view *view, const pt_snapshot *snapshot, int64_t step, int direction)
{
	int64_t best = PT_NO_STEP;
	for (size_t i = 0; i < snapshot->n_runs; i++) {
		const pt_run_view *run = &snapshot->runs[i];
		int64_t origin = origin_of(view, snapshot, run);
		if (!pt_view_run_shown(view, i) || origin == PT_NO_STEP)
			continue;
		int64_t own = step + origin;
		ptrdiff_t at = pt_step_index(run->steps, run->n_steps, direction > 0 ? own : own - 1);
		at += direction > 0 ? 1 : 0;
		if (at < 0 || (size_t)at >= run->n_steps)
			continue;
		int64_t found = run->steps[at] - origin;
		if (best == PT_NO_STEP || (direction > 0 ? found < best : found > best))
			best = found;
	}
	return best;
}

unsigned pt_view_move_cursor(pt_view *view, int by, const pt_snapshot *snapshot)
{
	int64_t at = pt_view_cursor(view, snapshot);
	if (view->align_on_turn && view->cursor_step == PT_NO_STEP && at != PT_NO_STEP)
		at = 0; /* the turn itself */
	if (!snapshot || at == PT_NO_STEP)
		return 0;
	/* no run has more than INT_MAX checkpoints on either side: Home and End walk by whole runs */
	for (int i = 0; i < abs(by); i++) {
		int64_t next = next_step(view, snapshot, at, by);
		if (next == PT_NO_STEP)
			break;
		at = next;
	}
	if (at == view->cursor_step)
		return 0;
	view->cursor_step = at;
	pt_view_reach_cursor(view, snapshot);
	return PT_VIEW_REDRAW;
}

unsigned pt_view_put_cursor(pt_view *view, int64_t step, const pt_snapshot *snapshot)
{
	if (!snapshot)
		return 0;
	int64_t above = next_step(view, snapshot, step - 1, 1), below = next_step(view, snapshot, step + 1, -1);
	int64_t at = above == PT_NO_STEP || (below != PT_NO_STEP && step - below < above - step) ? below : above;
	if (at == PT_NO_STEP)
		return 0;
	view->cursor_step = at;
	pt_view_reach_cursor(view, snapshot);
	return PT_VIEW_REDRAW;
}

/* What m goes through. */
static const pt_matrix_choice cycle[] = {
	PT_CHOICE_A, PT_CHOICE_B, PT_CHOICE_BOTH, PT_CHOICE_DW, PT_CHOICE_ALL, PT_CHOICE_W};
_Static_assert(sizeof cycle / sizeof cycle[0] == PT_N_CHOICES, "every choice in the cycle");

static bool choice_exists(pt_matrix_choice choice, const pt_snapshot *snapshot)
{
	bool adapter = false, whole = false;
	for (size_t i = 0; snapshot && i < snapshot->n_runs; i++) {
		adapter |= pt_run_has_matrix(&snapshot->runs[i], PT_MATRIX_B) ||
				   pt_run_has_matrix(&snapshot->runs[i], PT_MATRIX_A);
		whole |= pt_run_has_matrix(&snapshot->runs[i], PT_MATRIX_W);
	}
	if (!adapter && !whole)
		return choice != PT_CHOICE_W; /* nothing read yet: most runs are adapters */
	return choice == PT_CHOICE_W ? whole : adapter;
}

unsigned pt_view_next_matrix(pt_view *view, const pt_snapshot *snapshot)
{
	int at = 0;
	while (cycle[at] != view->matrix)
		at++;
	for (int i = 1; i <= PT_N_CHOICES; i++) {
		pt_matrix_choice choice = cycle[(at + i) % PT_N_CHOICES];
		if (!choice_exists(choice, snapshot))
			continue;
		unsigned flags = choice != view->matrix ? PT_VIEW_REDRAW : 0;
		if (flags)
			pt_zoom_forget_y(&view->zoom); /* the norms of A tell nothing of those of B */
		view->matrix = choice;
		view->matrix_placed = true;
		return flags;
	}
	return 0;
}
