/* What the view says to those who draw. */
#include <string.h>

#include "view_private.h"

static const char *const choice_names[] = {"A", "B", "dW", "W", "both", "all"};
_Static_assert(sizeof choice_names / sizeof choice_names[0] == PT_N_CHOICES, "a name for each choice");
_Static_assert((int)PT_CHOICE_A == (int)PT_MATRIX_A && (int)PT_CHOICE_W == (int)PT_MATRIX_W &&
				   (int)PT_CHOICE_BOTH == (int)PT_N_MATRICES,
	"the first choices are the matrix types");

const char *pt_matrix_choice_name(pt_matrix_choice choice)
{
	return (unsigned)choice < PT_N_CHOICES ? choice_names[choice] : "?";
}

pt_matrix_choice pt_matrix_choice_named(const char *name)
{
	for (int i = 0; i < PT_N_CHOICES; i++)
		if (strcmp(choice_names[i], name) == 0)
			return (pt_matrix_choice)i;
	return PT_N_CHOICES;
}

static bool any_run_has(const pt_snapshot *snapshot, pt_matrix matrix)
{
	for (size_t i = 0; snapshot && i < snapshot->n_runs; i++)
		if (pt_run_has_matrix(&snapshot->runs[i], matrix))
			return true;
	return false;
}

size_t pt_view_matrices(const pt_view *view, const pt_snapshot *snapshot, pt_matrix out[PT_N_MATRICES])
{
	size_t n = 0;
	if (view->matrix == PT_CHOICE_BOTH) {
		out[n++] = PT_MATRIX_A;
		out[n++] = PT_MATRIX_B;
	} else if (view->matrix == PT_CHOICE_ALL) {
		for (int m = 0; m < PT_N_MATRICES; m++)
			if (any_run_has(snapshot, (pt_matrix)m))
				out[n++] = (pt_matrix)m;
	} else {
		out[n++] = (pt_matrix)view->matrix;
	}
	if (n == 0)
		out[n++] = PT_MATRIX_B;
	return n;
}

pt_matrix pt_view_main_matrix(const pt_view *view, const pt_snapshot *snapshot)
{
	if (view->matrix == PT_CHOICE_BOTH)
		return PT_MATRIX_B;
	if (view->matrix != PT_CHOICE_ALL)
		return (pt_matrix)view->matrix;
	bool only_w = any_run_has(snapshot, PT_MATRIX_W) && !any_run_has(snapshot, PT_MATRIX_DW);
	return only_w ? PT_MATRIX_W : PT_MATRIX_DW;
}

pt_matrix pt_view_matrix_of(const pt_run_view *run, pt_matrix wanted)
{
	return !pt_run_has_matrix(run, wanted) && pt_run_has_matrix(run, PT_MATRIX_W) ? PT_MATRIX_W : wanted;
}

bool pt_view_k_shown(const pt_view *view, size_t i, size_t n)
{
	/* after k or their number changed, a choice that no longer names one shows them all */
	return view->k_only <= 0 || (size_t)view->k_only > n || i == n - (size_t)view->k_only;
}

bool pt_view_run_shown(const pt_view *view, size_t run)
{
	return run >= PT_VIEW_MAX_RUNS || !view->run_hidden[run];
}

int64_t pt_view_turn(const pt_view *view, const pt_snapshot *snapshot, const pt_run_view *run)
{
	pt_matrix matrix = pt_view_matrix_of(run, pt_view_main_matrix(view, snapshot));
	const pt_change_point_view *strongest = pt_strongest_change(&run->matrices[matrix]);
	if (run->verdicts[matrix].step != PT_NO_STEP)
		return run->verdicts[matrix].step;
	return strongest ? strongest->step : PT_NO_STEP;
}

int64_t pt_view_cursor(const pt_view *view, const pt_snapshot *snapshot)
{
	if (view->cursor_step != PT_NO_STEP || !snapshot)
		return view->cursor_step;
	pt_matrix matrix = pt_view_main_matrix(view, snapshot);
	for (size_t i = 0; i < snapshot->n_runs; i++) {
		const pt_run_view *run = &snapshot->runs[i];
		if (!pt_view_run_shown(view, i) || run->n_steps == 0)
			continue;
		int64_t told = run->verdicts[pt_view_matrix_of(run, matrix)].step;
		return told != PT_NO_STEP ? told : run->steps[run->n_steps - 1];
	}
	return PT_NO_STEP;
}

pt_glyph_choice pt_view_glyphs(const pt_view *view, pt_pane_id pane)
{
	pt_glyph_choice own = view->glyphs[pane];
	return own == PT_GLYPH_AUTO ? view->glyphs_default : own;
}

unsigned pt_view_wanted(const pt_view *view)
{
	static const unsigned needs[PT_N_PANES] = {
		[PT_PANE_COSINE] = PT_WANT_BAND,
		[PT_PANE_K_SCAN] = PT_WANT_K_SCAN,
		[PT_PANE_MODULES] = PT_WANT_MODULES,
		[PT_PANE_MODES] = PT_WANT_MODES,
		[PT_PANE_MAP] = PT_WANT_CHECKPOINT_COSINE,
		[PT_PANE_SCREE] = PT_WANT_SCREE,
		[PT_PANE_RUNS] = PT_WANT_COMPARISON,
	};
	const pt_layout *layout = &view->layout;
	unsigned wanted = 0;
	for (int pane = 0; pane < PT_N_PANES; pane++) {
		bool seen = layout->zoomed != PT_PANE_NONE ? pane == (int)layout->zoomed : !layout->hidden[pane];
		wanted |= seen ? needs[pane] : 0;
		wanted |= seen && pane == PT_PANE_PCA && view->joint_plane ? (unsigned)PT_WANT_JOINT : 0;
	}
	return wanted;
}

bool pt_pane_has_rows(pt_pane_id pane)
{
	return pt_pane_is_list(pane) || pane == PT_PANE_MODULES;
}

pt_context pt_view_context(const pt_view *view)
{
	if (view->help)
		return PT_CONTEXT_HELP;
	if (view->layout.focus == PT_PANE_RUNS)
		return PT_CONTEXT_RUNS;
	return pt_pane_has_rows(view->layout.focus) ? PT_CONTEXT_LIST : PT_CONTEXT_PLOT;
}
