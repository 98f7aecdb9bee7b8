#include "trajectories.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "phasetop/analysis/module_set.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"
#include "tracked_modules.h"

_Static_assert((int)PT_TRAJECTORY_A == (int)PT_MATRIX_A && (int)PT_TRAJECTORY_B == (int)PT_MATRIX_B &&
				   (int)PT_TRAJECTORY_DW == (int)PT_MATRIX_DW && (int)PT_TRAJECTORY_W == (int)PT_MATRIX_W &&
				   (int)PT_N_TRAJECTORIES == (int)PT_N_MATRICES,
	"numeric and analysis number the matrix types alike");

static pt_status out_of_memory(pt_error *err)
{
	return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory for trajectories");
}

void pt_trajectories_init(pt_trajectories *t)
{
	*t = (pt_trajectories){.gram_budget = SIZE_MAX};
	pt_set_grams_init(&t->sets);
	for (int m = 0; m < PT_N_MATRICES; m++) {
		pt_gram_init(&t->matrices[m].gram);
		pt_matrix_results_init(&t->matrices[m].results);
	}
}

void pt_trajectories_fini(pt_trajectories *t)
{
	for (size_t i = 0; i < t->n_modules; i++)
		pt_tracked_module_fini(&t->modules[i]);
	pt_free(t->modules);
	pt_free(t->checkpoints);
	pt_free(t->complete_steps);
	for (int m = 0; m < PT_N_MATRICES; m++) {
		pt_tracked_matrix *matrix = &t->matrices[m];
		pt_gram_fini(&matrix->gram);
		pt_free(matrix->norms);
		pt_free(matrix->energies);
		pt_matrix_results_fini(&matrix->results);
	}
	pt_set_grams_fini(&t->sets);
	pt_module_turns_fini(&t->turns);
	*t = (pt_trajectories){0};
}

/* First position whose step is not below `step`; *found tells whether it is that very step. */
static size_t checkpoint_position(const pt_trajectories *t, int64_t step, bool *found)
{
	size_t low = 0, high = t->n_checkpoints;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->checkpoints[middle].step < step)
			low = middle + 1;
		else
			high = middle;
	}
	*found = low < t->n_checkpoints && t->checkpoints[low].step == step;
	return low;
}

/* First position among the complete checkpoints whose step is not below `step`. */
static size_t complete_position(const pt_trajectories *t, int64_t step)
{
	size_t low = 0, high = t->n_complete;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->complete_steps[middle] < step)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

ptrdiff_t pt_trajectories_complete_index(const pt_trajectories *t, int64_t step)
{
	size_t i = complete_position(t, step);
	return i < t->n_complete && t->complete_steps[i] == step ? (ptrdiff_t)i : -1;
}

static void touch_from(pt_trajectories *t, size_t index)
{
	t->stale = true;
	if (t->n_set > index)
		t->n_set = index;
	if (t->n_unchanged > index)
		t->n_unchanged = index;
	if (t->n_turned > index)
		t->n_turned = index;
	if (t->n_compared > index)
		t->n_compared = index;
}

void pt_trajectories_invalidate(pt_trajectories *t)
{
	t->stale = true;
}

/* The modules as set_grams wants them; NULL: out of memory. */
static pt_module_ref *list_refs(const pt_trajectories *t)
{
	pt_module_ref *refs = pt_array_alloc(t->n_modules, sizeof *refs);
	for (size_t i = 0; refs && i < t->n_modules; i++)
		refs[i] = (pt_module_ref){t->modules[i].name, t->modules[i].selected, t->modules[i].history};
	return refs;
}

/* A type is present when some module is selected and every selected one has it. */
static bool set_has(const pt_trajectories *t, pt_trajectory type)
{
	bool any = false;
	for (size_t i = 0; i < t->n_modules; i++) {
		if (!t->modules[i].selected)
			continue;
		if (!pt_module_history_has(t->modules[i].history, type))
			return false;
		any = true;
	}
	return any && t->n_complete > 0;
}

/* Norms and rounding energies of the set from checkpoint `first` on. */
static pt_status sum_norms(pt_trajectories *t, pt_trajectory type, size_t first, pt_error *err)
{
	pt_tracked_matrix *matrix = &t->matrices[type];
	size_t n = t->n_complete, n_selected = 0;
	double *norms = pt_array_resize(matrix->norms, n ? n : 1, sizeof *norms);
	if (norms)
		matrix->norms = norms;
	double *energies = pt_array_resize(matrix->energies, n ? n : 1, sizeof *energies);
	if (energies)
		matrix->energies = energies;
	if (!norms || !energies)
		return out_of_memory(err);
	memset(norms + first, 0, (n - first) * sizeof *norms);
	memset(energies + first, 0, (n - first) * sizeof *energies);
	for (size_t i = 0; i < t->n_modules; i++) {
		const pt_tracked_module *module = &t->modules[i];
		if (!module->selected)
			continue;
		n_selected++;
		const double *own = pt_module_history_norms(module->history, type);
		const double *energy = pt_module_history_energies(module->history, type);
		for (size_t c = first; c < n; c++) {
			norms[c] = n_selected == 1 ? own[c] : hypot(norms[c], own[c]);
			energies[c] += energy ? energy[c] : PT_MISSING;
		}
	}
	return PT_OK;
}

/* The set's Gram, norms and energies from the first checkpoint on that is not current. */
static pt_status sum_set(
	pt_trajectories *t, const pt_module_ref *refs, pt_trajectory type, pt_error *err)
{
	pt_tracked_matrix *matrix = &t->matrices[type];
	/* a type that was not present before has nothing that is current */
	size_t first = matrix->gram.n < t->n_set ? 0 : t->n_set;
	pt_status status = sum_norms(t, type, first, err);
	if (status == PT_OK)
		status = pt_set_grams_sum(&t->sets, refs, t->n_modules, type, first, &matrix->gram, err);
	return status;
}

/* Bands hold what cosines of the largest k ask for, and change points: 2 k + 30 increments. */
static size_t band_width(const pt_trajectories *t, const pt_settings *settings)
{
	enum { LEAST_K = 15, MARGIN = 30 };
	int64_t spacing = pt_step_spacing(t->complete_steps, t->n_complete), largest = LEAST_K;
	for (size_t i = 0; spacing != PT_STEP_MISSING && i < settings->n_k; i++) {
		int64_t k = settings->k_in_spacings ? settings->k[i] : pt_step_snap(settings->k[i], spacing) / spacing;
		largest = k > largest ? k : largest;
	}
	int64_t most = (int64_t)t->n_complete; /* beyond it every entry is within the band anyway */
	return 2 * (size_t)(largest < most ? largest : most) + MARGIN;
}

/* Whole Grams give way to bands: the set's sums are made before they go. */
static pt_status narrow(
	pt_trajectories *t, const pt_module_ref *refs, const pt_settings *settings, pt_error *err)
{
	for (int m = 0; m < PT_N_MATRICES; m++) {
		if (!set_has(t, (pt_trajectory)m))
			continue; /* pt_trajectories_compute drops what there was of it */
		pt_status status = sum_set(t, refs, (pt_trajectory)m, err);
		if (status != PT_OK)
			return status;
	}
	pt_status status = pt_set_grams_narrow(
		&t->sets, refs, t->n_modules, band_width(t, settings), t->gram_budget, err);
	if (status == PT_OK)
		t->n_set = t->n_complete;
	return status;
}

/* The histories hold a change already: whole Grams that outgrow the budget give way to bands, and sums that are kept
   beside bands follow the change. */
static pt_status follow_change(pt_trajectories *t, pt_set_change change, size_t index,
	const pt_settings *settings, pt_error *err)
{
	pt_module_ref *refs = list_refs(t);
	if (!refs)
		return out_of_memory(err);
	pt_status status = PT_OK;
	if (t->sets.band > 0) {
		pt_gram *sums[PT_N_MATRICES];
		for (int m = 0; m < PT_N_MATRICES; m++)
			sums[m] = &t->matrices[m].gram;
		status = pt_set_grams_follow(&t->sets, refs, t->n_modules, change, index, sums, t->gram_budget, err);
	} else if (settings && pt_set_grams_whole_bytes(refs, t->n_modules, t->n_complete) > t->gram_budget) {
		status = narrow(t, refs, settings, err);
	}
	pt_free(refs);
	return status;
}

/* --- checkpoints ------------------------------------------------------------------------------------ */

static pt_status list_checkpoint(pt_trajectories *t, int64_t step, bool complete, pt_error *err)
{
	bool found;
	size_t at = checkpoint_position(t, step, &found);
	if (!found) {
		if (!pt_array_reserve((void **)&t->checkpoints, &t->checkpoint_capacity, t->n_checkpoints + 1,
				sizeof *t->checkpoints))
			return out_of_memory(err);
		memmove(
			t->checkpoints + at + 1, t->checkpoints + at, (t->n_checkpoints - at) * sizeof *t->checkpoints);
		t->n_checkpoints++;
	}
	t->checkpoints[at] = (pt_tracked_checkpoint){.step = step, .complete = complete};
	return PT_OK;
}

static pt_status remove_complete(pt_trajectories *t, int64_t step, pt_error *err)
{
	ptrdiff_t found = pt_trajectories_complete_index(t, step);
	if (found < 0)
		return PT_OK;
	size_t index = (size_t)found;
	for (size_t i = 0; i < t->n_modules; i++) {
		pt_status status = pt_module_history_remove(t->modules[i].history, index, err);
		if (status != PT_OK)
			return status;
	}
	memmove(t->complete_steps + index, t->complete_steps + index + 1,
		(t->n_complete - index - 1) * sizeof *t->complete_steps);
	t->n_complete--;
	touch_from(t, index);
	return follow_change(t, PT_SET_REMOVED, index, NULL, err);
}

pt_status pt_trajectories_put_incomplete(pt_trajectories *t, int64_t step, pt_error *err)
{
	pt_status status = remove_complete(t, step, err);
	return status != PT_OK ? status : list_checkpoint(t, step, false, err);
}

pt_status pt_trajectories_remove(pt_trajectories *t, int64_t step, pt_error *err)
{
	pt_status status = remove_complete(t, step, err);
	bool found;
	size_t at = checkpoint_position(t, step, &found);
	if (status != PT_OK || !found)
		return status;
	memmove(
		t->checkpoints + at, t->checkpoints + at + 1, (t->n_checkpoints - at - 1) * sizeof *t->checkpoints);
	t->n_checkpoints--;
	return PT_OK;
}

pt_status pt_trajectories_put(pt_trajectories *t, int64_t step, const pt_module_list *loaded,
	const pt_settings *settings, pt_error *err)
{
	pt_status fit = t->n_modules > 0 ? pt_tracked_modules_check(t, loaded, err)
									 : pt_module_list_check_finite(loaded, err);
	if (fit != PT_OK) {
		pt_status status = pt_trajectories_put_incomplete(t, step, NULL);
		return status != PT_OK ? status : fit;
	}
	pt_status status = PT_OK;
	if (t->n_modules == 0)
		status = pt_tracked_modules_adopt(t, loaded, settings, err);
	if (status == PT_OK && !pt_array_reserve((void **)&t->complete_steps, &t->complete_capacity,
							   t->n_complete + 1, sizeof *t->complete_steps))
		status = out_of_memory(err);
	if (status == PT_OK)
		status = list_checkpoint(t, step, true, err);
	if (status != PT_OK)
		return status;
	size_t index = complete_position(t, step);
	bool replaces = index < t->n_complete && t->complete_steps[index] == step;
	status = pt_tracked_modules_put(t, index, replaces, loaded, err);
	if (status != PT_OK) {
		bool found;
		t->checkpoints[checkpoint_position(t, step, &found)].complete = false;
		return status;
	}
	if (!replaces) {
		memmove(t->complete_steps + index + 1, t->complete_steps + index,
			(t->n_complete - index) * sizeof *t->complete_steps);
		t->complete_steps[index] = step;
		t->n_complete++;
	}
	touch_from(t, index);
	return follow_change(t, replaces ? PT_SET_REPLACED : PT_SET_INSERTED, index, settings, err);
}

void pt_trajectories_select(pt_trajectories *t, const pt_settings *settings)
{
	for (size_t i = 0; i < t->n_modules; i++) {
		bool selected = pt_module_set_selects(settings->modules, t->modules[i].adapter, t->modules[i].name);
		if (selected != t->modules[i].selected) {
			touch_from(t, 0);
			t->sets.known = t->sets.pending = false;
		}
		t->modules[i].selected = selected;
	}
}

/* --- derived results -------------------------------------------------------------------------------- */

/* k in steps for this run: as asked, or as multiples of its spacing (default 1, 2, 3). */
static void resolve_k(pt_trajectories *t, const pt_settings *settings)
{
	static const int64_t default_multiples[] = {1, 2, 3};
	bool multiples = settings->n_k == 0 || settings->k_in_spacings;
	const int64_t *k = settings->n_k == 0 ? default_multiples : settings->k;
	int64_t spacing = pt_step_spacing(t->complete_steps, t->n_complete);
	t->n_k = settings->n_k == 0 ? sizeof default_multiples / sizeof default_multiples[0] : settings->n_k;
	if (multiples && spacing == PT_STEP_MISSING)
		spacing = 1;
	for (size_t i = 0; i < t->n_k; i++) {
		int64_t wanted = k[i];
		if (multiples && __builtin_mul_overflow(k[i], spacing, &wanted))
			wanted = INT64_MAX / 4;
		t->k[i] = wanted;
	}
}

static pt_status derive(
	pt_trajectories *t, pt_tracked_matrix *matrix, const pt_settings *settings, pt_error *err)
{
	pt_matrix_input input = {
		.matrix = (pt_matrix)(matrix - t->matrices),
		.gram = &matrix->gram,
		.energies = matrix == &t->matrices[PT_TRAJECTORY_DW] ? NULL : matrix->energies,
		.steps = t->complete_steps,
		.n_unchanged = t->n_unchanged,
		.k = t->k,
		.n_k = t->n_k,
	};
	return pt_matrix_results_update(&matrix->results, &input, settings, err);
}

static pt_status compute_matrix(pt_trajectories *t, const pt_module_ref *refs, pt_trajectory type,
	const pt_settings *settings, pt_error *err)
{
	pt_tracked_matrix *matrix = &t->matrices[type];
	if (!set_has(t, type)) {
		pt_gram_truncate(&matrix->gram, 0);
		matrix->present = false;
		return PT_OK;
	}
	if (!matrix->present) { /* its results tell of an older set */
		pt_matrix_results_fini(&matrix->results);
		pt_matrix_results_init(&matrix->results);
	}
	pt_status status = sum_set(t, refs, type, err);
	matrix->present = false;
	if (status != PT_OK || t->sets.pending)
		return status; /* of a set that is still being summed nothing is told */
	status = derive(t, matrix, settings, err);
	matrix->present = status == PT_OK;
	return status;
}

static pt_status compute_turns(pt_trajectories *t, const pt_settings *settings, pt_error *err)
{
	if (!(settings->wanted & PT_WANT_MODULES) || t->n_complete == 0) {
		pt_module_turns_fini(&t->turns);
		return PT_OK;
	}
	const pt_module_history **histories = pt_array_alloc(t->n_modules, sizeof *histories);
	if (!histories)
		return out_of_memory(err);
	for (size_t i = 0; i < t->n_modules; i++)
		histories[i] = t->modules[i].history;
	int64_t largest = t->k[0];
	for (size_t i = 1; i < t->n_k; i++)
		largest = t->k[i] > largest ? t->k[i] : largest;
	pt_module_turns_input input = {
		.histories = histories,
		.n_modules = t->n_modules,
		.steps = t->complete_steps,
		.n_unchanged = t->n_turned,
		.largest_k = largest,
	};
	pt_status status = pt_module_turns_update(&t->turns, &input, settings, err);
	pt_free(histories);
	if (status == PT_OK)
		t->n_turned = t->n_complete;
	return status;
}

pt_status pt_trajectories_compute(pt_trajectories *t, const pt_settings *settings, pt_error *err)
{
	if (!t->stale)
		return PT_OK;
	resolve_k(t, settings);
	pt_module_ref *refs = list_refs(t);
	pt_status status = refs || t->n_modules == 0 ? PT_OK : out_of_memory(err);
	for (int m = 0; m < PT_N_MATRICES && status == PT_OK; m++)
		status = compute_matrix(t, refs, (pt_trajectory)m, settings, err);
	pt_free(refs);
	for (int m = 0; m < PT_N_MATRICES && t->sets.pending; m++)
		t->matrices[m].present = false; /* all sums are made anew, those of the types before as well */
	if (status == PT_OK)
		status = compute_turns(t, settings, err);
	if (status != PT_OK)
		return status;
	t->sets.known = !t->sets.pending;
	t->n_set = t->n_complete;
	t->n_unchanged = t->n_complete;
	t->stale = false;
	return PT_OK;
}

bool pt_trajectories_pending(const pt_trajectories *t)
{
	return t->sets.pending;
}

pt_status pt_trajectories_advance(pt_trajectories *t, pt_error *err)
{
	pt_module_ref *refs = list_refs(t);
	pt_gram *sums[PT_N_MATRICES];
	for (int m = 0; m < PT_N_MATRICES; m++)
		sums[m] = &t->matrices[m].gram;
	pt_status status =
		refs ? pt_set_grams_advance(&t->sets, refs, t->n_modules, sums, err) : out_of_memory(err);
	pt_free(refs);
	t->stale |= !t->sets.pending;
	return status;
}

void pt_trajectories_set_budget(pt_trajectories *t, size_t bytes)
{
	t->gram_budget = bytes;
}

pt_kept_view pt_trajectories_kept(const pt_trajectories *t)
{
	pt_kept_view kept = {.n_modules_whole = t->sets.band > 0 ? 0 : t->n_modules,
		.band_checkpoints = (int64_t)t->sets.band,
		.n_layer_sums = t->sets.n_layers,
		.gram_bytes = pt_set_grams_bytes(&t->sets),
		.set_progress = 1.0};
	for (size_t i = 0; i < t->n_modules; i++) {
		const pt_module_history *history = t->modules[i].history;
		size_t grams = 0;
		for (int m = 0; m < PT_N_MATRICES; m++)
			if (pt_module_history_has(history, (pt_trajectory)m))
				grams += pt_gram_bytes(pt_module_history_gram(history, (pt_trajectory)m));
		kept.gram_bytes += grams;
		kept.vector_bytes += pt_module_history_bytes(history) - grams;
	}
	for (int m = 0; m < PT_N_MATRICES; m++)
		kept.gram_bytes += pt_gram_bytes(&t->matrices[m].gram);
	pt_module_ref *refs = t->sets.pending ? list_refs(t) : NULL;
	if (refs)
		kept.set_progress = pt_set_grams_progress(&t->sets, refs, t->n_modules);
	pt_free(refs);
	return kept;
}

size_t pt_trajectories_bytes(const pt_trajectories *t)
{
	size_t bytes = 0;
	for (size_t i = 0; i < t->n_modules; i++)
		bytes += pt_module_history_bytes(t->modules[i].history);
	for (int m = 0; m < PT_N_MATRICES; m++)
		bytes += pt_gram_bytes(&t->matrices[m].gram);
	bytes += pt_set_grams_bytes(&t->sets);
	return bytes;
}
