#include "pane_draw.h"

#include <stdio.h>
#include <string.h>

/* Has the run anything that a plot could show? */
static bool has_data(const pt_run_view *run)
{
	return run->n_steps > 0 || run->loss.n > 0 || run->spectra[PT_SPECTRUM_RAW].present ||
		   run->spectra[PT_SPECTRUM_GAUSSIAN].present;
}

size_t pt_scene_next_run(const pt_scene *scene, size_t from)
{
	if (!scene->snapshot)
		return 0;
	size_t r = from;
	while (r < scene->snapshot->n_runs &&
		   !(pt_view_run_shown(scene->view, r) && has_data(&scene->snapshot->runs[r])))
		r++;
	return r;
}

const pt_run_view *pt_scene_first_run(const pt_scene *scene)
{
	return scene->n_shown ? &scene->snapshot->runs[scene->first_shown] : NULL;
}

static void widen(const int64_t *steps, size_t n, bool *any, double *first, double *last)
{
	if (!n || !steps)
		return;
	double low = (double)steps[0], high = (double)steps[n - 1];
	*first = *any && *first < low ? *first : low;
	*last = *any && *last > high ? *last : high;
	*any = true;
}

static void fit_steps(pt_scene *scene)
{
	bool any = false;
	double first = 0, last = 1;
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_run_view *run = &scene->snapshot->runs[r];
		widen(run->steps, run->n_steps, &any, &first, &last);
		widen(run->loss.steps, run->loss.n, &any, &first, &last);
		for (int s = 0; s < PT_N_SPECTRA; s++)
			widen(run->spectra[s].steps, run->spectra[s].n, &any, &first, &last);
	}
	scene->has_steps = any;
	scene->steps = pt_scale_fit_steps(first, last);
}

pt_scene pt_scene_of(const pt_snapshot *snapshot, const pt_view *view)
{
	pt_scene scene = {.snapshot = snapshot, .view = view, .cursor = PT_NO_STEP};
	scene.main_matrix = PT_MATRIX_B;
	if (snapshot) {
		scene.n_matrices = pt_view_matrices(view, snapshot, scene.matrices);
		scene.main_matrix = pt_view_main_matrix(view, snapshot);
		scene.cursor = pt_view_cursor(view, snapshot);
		scene.first_shown = pt_scene_next_run(&scene, 0);
		for (size_t r = scene.first_shown; r < snapshot->n_runs; r = pt_scene_next_run(&scene, r + 1))
			scene.n_shown++;
	}
	if (scene.n_matrices == 0) {
		scene.n_matrices = 1;
		scene.matrices[0] = scene.main_matrix;
	}
	fit_steps(&scene);
	return scene;
}

void pt_scene_matrix_text(const pt_scene *scene, char *out, size_t capacity)
{
	pt_text text = pt_text_over(out, capacity);
	for (size_t i = 0; i < scene->n_matrices; i++) {
		if (i > 0)
			pt_text_add(&text, i + 1 == scene->n_matrices ? " and " : ", ");
		pt_text_add(&text, pt_matrix_label(scene->matrices[i]));
	}
}

const pt_spectrum_view *pt_scene_spectrum(const pt_scene *scene, const pt_run_view *run)
{
	const pt_spectrum_view *wanted =
		&run->spectra[scene->view->detrended ? PT_SPECTRUM_DETRENDED : PT_SPECTRUM_RAW];
	if (wanted->present && wanted->n > 0)
		return wanted;
	const pt_spectrum_view *gaussian = &run->spectra[PT_SPECTRUM_GAUSSIAN];
	return gaussian->present && gaussian->n > 0 ? gaussian : NULL;
}

const char *pt_scene_absence(const pt_scene *scene, char *out, size_t capacity)
{
	if (!scene->snapshot) {
		snprintf(out, capacity, "reading …");
		return out;
	}
	if (scene->n_shown > 0)
		return NULL;
	if (scene->snapshot->n_runs == 0) {
		snprintf(out, capacity, "no run here: give the directory that a trainer writes its checkpoints into");
		return out;
	}
	for (size_t r = 0; r < scene->snapshot->n_runs; r++) {
		const pt_run_view *run = &scene->snapshot->runs[r];
		if (!pt_view_run_shown(scene->view, r))
			continue;
		if (run->state == PT_RUN_UNREADABLE)
			snprintf(out, capacity, "nothing here could be read: the problems pane (7) names each file");
		else
			snprintf(out, capacity, "waits for %s",
				run->waiting_for && run->waiting_for[0] ? run->waiting_for : "the first checkpoint");
		return out;
	}
	snprintf(out, capacity, "all runs are hidden: a shows them");
	return out;
}
