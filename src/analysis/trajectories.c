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
	*t = (pt_trajectories){0};
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
		pt_matrix_results_fini(&matrix->results);
	}
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
}

void pt_trajectories_invalidate(pt_trajectories *t)
{
	t->stale = true;
	t->n_unchanged = 0;
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
	return PT_OK;
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
	return PT_OK;
}

void pt_trajectories_select(pt_trajectories *t, const pt_settings *settings)
{
	for (size_t i = 0; i < t->n_modules; i++) {
		bool selected = pt_module_set_selects(settings->modules, t->modules[i].adapter, t->modules[i].name);
		if (selected != t->modules[i].selected)
			touch_from(t, 0);
		t->modules[i].selected = selected;
	}
}

/* --- derived results -------------------------------------------------------------------------------- */

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

/* Sum the modules' Grams from row `first` on, always in the same order of modules. */
static pt_status sum_set(pt_trajectories *t, pt_trajectory type, size_t first, pt_error *err)
{
	pt_tracked_matrix *matrix = &t->matrices[type];
	size_t n = t->n_complete;
	if (matrix->gram.n < first)
		first = matrix->gram.n; /* the type was not present before */
	pt_gram_truncate(&matrix->gram, first);
	double *norms = pt_array_resize(matrix->norms, n ? n : 1, sizeof *norms);
	if (!norms)
		return out_of_memory(err);
	matrix->norms = norms;
	pt_status status = pt_gram_extend_zero(&matrix->gram, n, err);
	if (status != PT_OK)
		return status;
	memset(norms + first, 0, (n - first) * sizeof *norms);
	size_t n_selected = 0;
	for (size_t i = 0; i < t->n_modules; i++) {
		const pt_tracked_module *module = &t->modules[i];
		if (!module->selected)
			continue;
		n_selected++;
		pt_gram_add(&matrix->gram, pt_module_history_gram(module->history, type), first);
		const double *own = pt_module_history_norms(module->history, type);
		for (size_t c = first; c < n; c++)
			norms[c] = n_selected == 1 ? own[c] : hypot(norms[c], own[c]);
	}
	return PT_OK;
}

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
		if (wanted != t->k[i])
			t->n_unchanged = 0;
		t->k[i] = wanted;
	}
}

static pt_status derive(
	pt_trajectories *t, pt_tracked_matrix *matrix, const pt_settings *settings, pt_error *err)
{
	pt_matrix_input input = {
		.matrix = (pt_matrix)(matrix - t->matrices),
		.gram = &matrix->gram,
		.steps = t->complete_steps,
		.n_unchanged = t->n_unchanged,
		.k = t->k,
		.n_k = t->n_k,
	};
	return pt_matrix_results_update(&matrix->results, &input, settings, err);
}

pt_status pt_trajectories_compute(pt_trajectories *t, const pt_settings *settings, pt_error *err)
{
	if (!t->stale)
		return PT_OK;
	resolve_k(t, settings);
	for (int m = 0; m < PT_N_MATRICES; m++) {
		pt_tracked_matrix *matrix = &t->matrices[m];
		bool present = set_has(t, (pt_trajectory)m);
		if (!present) {
			pt_gram_truncate(&matrix->gram, 0);
			matrix->present = false;
			continue;
		}
		if (!matrix->present)
			t->n_unchanged = 0; /* its caches tell of an older set */
		pt_status status = sum_set(t, (pt_trajectory)m, t->n_set, err);
		if (status == PT_OK)
			status = derive(t, matrix, settings, err);
		matrix->present = status == PT_OK;
		if (status != PT_OK)
			return status;
	}
	t->n_set = t->n_complete;
	t->n_unchanged = t->n_complete;
	t->stale = false;
	return PT_OK;
}

size_t pt_trajectories_bytes(const pt_trajectories *t)
{
	size_t bytes = 0;
	for (size_t i = 0; i < t->n_modules; i++)
		bytes += pt_module_history_bytes(t->modules[i].history);
	for (int m = 0; m < PT_N_MATRICES; m++)
		bytes += pt_gram_bytes(&t->matrices[m].gram);
	return bytes;
}
