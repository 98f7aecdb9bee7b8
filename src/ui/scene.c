#include "pane_draw.h"

#include <stdio.h>
#include <string.h>

/* Has the run anything that a plot could show? */
static bool has_data(const pt_run_view *run)
{
	return run->n_steps > 0 || run->loss.n > 0 || run->spectra[PT_SPECTRUM_RAW].present ||
		   run->spectra[PT_SPECTRUM_GAUSSIAN].present;
}

/* Is the run among those that are drawn? */
static bool is_drawn(const pt_scene *scene, size_t r)
{
	if (scene->only >= 0)
		return r == (size_t)scene->only;
	return pt_view_run_shown(scene->view, r) && has_data(&scene->snapshot->runs[r]);
}

size_t pt_scene_next_run(const pt_scene *scene, size_t from)
{
	if (!scene->snapshot)
		return 0;
	size_t r = from;
	while (r < scene->snapshot->n_runs && !is_drawn(scene, r))
		r++;
	return r;
}

pt_scene pt_scene_run(const pt_scene *scene, size_t run)
{
	pt_scene alone = *scene;
	alone.only = (ptrdiff_t)run;
	alone.first_shown = run;
	alone.n_shown = 1;
	return alone;
}

pt_scene pt_scene_column(const pt_scene *scene, size_t column)
{
	return scene->n_columns == 0 ? *scene : pt_scene_run(scene, scene->columns[column]);
}

bool pt_scene_is_later_column(const pt_scene *scene)
{
	return scene->only >= 0 && scene->n_columns > 0 && scene->columns[0] != (size_t)scene->only;
}

pt_range pt_scene_range(const pt_scene *scene, pt_range_of range_of, const void *context)
{
	pt_range all = pt_range_empty();
	for (size_t c = 0; c == 0 || c < scene->n_columns; c++) {
		pt_scene alone = pt_scene_column(scene, c);
		pt_range own = range_of(&alone, context);
		pt_range_join(&all, &own);
	}
	return all;
}

const pt_run_view *pt_scene_first_run(const pt_scene *scene)
{
	return scene->n_shown ? &scene->snapshot->runs[scene->first_shown] : NULL;
}

pt_matrix pt_scene_matrix_of(const pt_scene *scene, const pt_run_view *run, pt_matrix wanted)
{
	return wanted == scene->main_matrix ? pt_view_matrix_of(run, wanted) : wanted;
}

const pt_matrix_view *pt_scene_matrix(const pt_scene *scene, const pt_run_view *run, pt_matrix wanted)
{
	return &run->matrices[pt_scene_matrix_of(scene, run, wanted)];
}

const pt_verdict *pt_scene_verdict(const pt_scene *scene, const pt_run_view *run)
{
	return &run->verdicts[pt_scene_matrix_of(scene, run, scene->main_matrix)];
}

static bool any_shown_has(const pt_scene *scene, pt_matrix matrix)
{
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		if (pt_run_has_matrix(&scene->snapshot->runs[r], matrix))
			return true;
	}
	return false;
}

/*
 * Which types are drawn of the runs shown. Those that none of them has are left out. W has no plot of its own
 * beside LoRA matrices: it stands in for the main type in the runs that have nothing else. Where only W is
 * there, it is what is meant, whatever was chosen. Where nothing is there, the choice stays, so that the
 * panes can say what is missing.
 */
static void choose_matrices(pt_scene *scene)
{
	pt_matrix kept[PT_N_MATRICES];
	size_t n = 0;
	for (size_t i = 0; i < scene->n_matrices; i++)
		if (any_shown_has(scene, scene->matrices[i]))
			kept[n++] = scene->matrices[i];
	bool any_whole = any_shown_has(scene, PT_MATRIX_W);
	if (n > 1 && kept[n - 1] == PT_MATRIX_W)
		n--;
	if (n == 0 && any_whole)
		kept[n++] = PT_MATRIX_W;
	if (n == 0)
		return;
	memcpy(scene->matrices, kept, n * sizeof *kept);
	scene->n_matrices = n;
	bool has_main = false;
	for (size_t i = 0; i < n; i++)
		has_main |= kept[i] == scene->main_matrix;
	if (!has_main)
		scene->main_matrix = kept[n - 1];
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_run_view *run = &scene->snapshot->runs[r];
		scene->has_stand_in |= pt_scene_matrix_of(scene, run, scene->main_matrix) != scene->main_matrix;
	}
}

/* Does the cursor stand at the end of what was read? */
static bool is_newest(const pt_scene *scene)
{
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_run_view *run = &scene->snapshot->runs[r];
		if (run->n_steps > 0 && run->steps[run->n_steps - 1] > scene->cursor)
			return false;
	}
	return true;
}

pt_scene pt_scene_of(const pt_snapshot *snapshot, const pt_view *view)
{
	pt_scene scene = {.snapshot = snapshot, .view = view, .cursor = PT_NO_STEP, .only = -1};
	scene.main_matrix = PT_MATRIX_B;
	if (snapshot) {
		scene.n_matrices = pt_view_matrices(view, snapshot, scene.matrices);
		scene.main_matrix = pt_view_main_matrix(view, snapshot);
		scene.cursor = pt_view_cursor(view, snapshot);
		/* one that nobody placed and that only follows the newest step would tell nothing new, and move */
		if (view->cursor_step == PT_NO_STEP && is_newest(&scene))
			scene.cursor = PT_NO_STEP;
		scene.first_shown = pt_scene_next_run(&scene, 0);
		for (size_t r = scene.first_shown; r < snapshot->n_runs; r = pt_scene_next_run(&scene, r + 1))
			scene.n_shown++;
	}
	if (scene.n_matrices == 0) {
		scene.n_matrices = 1;
		scene.matrices[0] = scene.main_matrix;
	}
	if (scene.n_shown > 0)
		choose_matrices(&scene);
	pt_scene_fit_x(&scene);
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
	if (scene->has_stand_in)
		pt_text_addf(&text, " or %s", pt_matrix_label(PT_MATRIX_W));
}

void pt_scene_k_text(const pt_scene *scene, char *out, size_t capacity)
{
	int64_t least = INT64_MAX, most = 0;
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_matrix_view *matrix = pt_scene_matrix(scene, &scene->snapshot->runs[r], scene->main_matrix);
		for (size_t i = matrix->n_cosines; i-- > 0;) {
			if (!matrix->cosines[i].present || !pt_view_k_shown(scene->view, i, matrix->n_cosines))
				continue;
			int64_t k = matrix->cosines[i].k_used;
			least = k < least ? k : least;
			most = k > most ? k : most;
			break;
		}
	}
	if (most == 0)
		snprintf(out, capacity, "%s", "");
	else if (least == most)
		snprintf(out, capacity, "k %lld", (long long)most);
	else
		snprintf(out, capacity, "k %lld–%lld", (long long)least, (long long)most);
}

const char *pt_scene_subset(const pt_scene *scene)
{
	return scene->snapshot ? scene->snapshot->settings.probes : "";
}

static const pt_spectrum_view *subset_spectrum(const pt_scene *scene, const pt_run_view *run)
{
	const pt_spectrum_view *gaussian = NULL;
	for (size_t i = 0; i < run->n_subset_spectra; i++) {
		const pt_spectrum_view *spectrum = &run->subset_spectra[i];
		if (!spectrum->present || spectrum->n == 0 || !spectrum->subset ||
			strcmp(spectrum->subset, pt_scene_subset(scene)) != 0)
			continue;
		if (spectrum->gaussian)
			gaussian = spectrum;
		else if (spectrum->detrended == scene->view->detrended)
			return spectrum;
	}
	return gaussian;
}

const pt_spectrum_view *pt_scene_spectrum(const pt_scene *scene, const pt_run_view *run)
{
	if (pt_scene_subset(scene)[0])
		return subset_spectrum(scene, run);
	const pt_spectrum_view *wanted =
		&run->spectra[scene->view->detrended ? PT_SPECTRUM_DETRENDED : PT_SPECTRUM_RAW];
	if (wanted->present && wanted->n > 0)
		return wanted;
	const pt_spectrum_view *gaussian = &run->spectra[PT_SPECTRUM_GAUSSIAN];
	return gaussian->present && gaussian->n > 0 ? gaussian : NULL;
}

const pt_spectrum_view *pt_scene_first_spectrum(const pt_scene *scene, const pt_run_view **run)
{
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_spectrum_view *spectrum = pt_scene_spectrum(scene, &scene->snapshot->runs[r]);
		if (!spectrum)
			continue;
		if (run)
			*run = &scene->snapshot->runs[r];
		return spectrum;
	}
	return NULL;
}

void pt_spectrum_absence_draw(const pt_scene *scene, pt_frame *frame, pt_rect rect)
{
	char text[PT_LINE_BYTES], subset[64];
	bool has_probes = false;
	if (pt_versus_absence_draw(scene, frame, rect))
		return;
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_spectrum_view *spectra = scene->snapshot->runs[r].spectra;
		has_probes |= spectra[PT_SPECTRUM_RAW].present || spectra[PT_SPECTRUM_GAUSSIAN].present;
	}
	if (has_probes && pt_scene_subset(scene)[0]) {
		pt_name_text(pt_scene_subset(scene), 40, subset, sizeof subset);
		snprintf(text, sizeof text, "no values of probes %s: u chooses others", subset);
		pt_absence_draw(frame, rect, text);
		return;
	}
	pt_absence_draw(frame, rect,
		"no probe losses yet: a trainer that writes per-sample losses of fixed probes to probe_losses.jsonl "
		"gets SHC and PR here (phasetop --logger prints the code)");
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
