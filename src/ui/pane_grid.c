#include "pane_grid.h"

#include <stdio.h>

enum { ROWS_FOR_HEADING = 5 };

const pt_run_view *pt_small_plot_run(const pt_scene *scene, pt_small_plot plot)
{
	return &scene->snapshot->runs[plot.run];
}

const pt_matrix_view *pt_small_plot_matrix(const pt_scene *scene, pt_small_plot plot)
{
	return pt_scene_matrix(scene, pt_small_plot_run(scene, plot), plot.matrix);
}

/* What could be drawn: a row a matrix type, a column a run; a run without a type has no plot of it. Returns
 * how many there are; *n_listed of them are in the list. */
static size_t list_plots(const pt_scene *scene, bool every_type, pt_small_plot *plots, size_t *n_listed)
{
	size_t n = 0;
	*n_listed = 0;
	for (size_t m = 0; m < (every_type ? scene->n_matrices : 1); m++) {
		pt_matrix matrix = every_type ? scene->matrices[m] : scene->main_matrix;
		PT_FOR_SHOWN_RUNS(scene, r)
		{
			if (!pt_scene_matrix(scene, &scene->snapshot->runs[r], matrix)->norms.present)
				continue;
			if (n < PT_MAX_SMALL_PLOTS) {
				plots[n] = (pt_small_plot){r, matrix};
				*n_listed = n + 1;
			}
			n++;
		}
	}
	return n;
}

/* Steps go across: rather two rows of wide plots than one row of narrow ones. */
static pt_split split_widely(pt_rect inner, size_t n, int min_cols, int min_rows)
{
	for (int cols = 28; cols > min_cols; cols -= 4) {
		pt_split split = pt_split_of(inner, n, cols, min_rows);
		if (split.n == n)
			return split;
	}
	return pt_split_of(inner, n, min_cols, min_rows);
}

pt_plot_grid pt_plot_grid_of(const pt_scene *scene, pt_rect inner, int min_cols, int min_rows)
{
	pt_plot_grid grid;
	size_t n_listed, n = list_plots(scene, true, grid.plots, &n_listed);
	grid.split = split_widely(inner, n_listed, min_cols, min_rows);
	if (grid.split.n < n && scene->n_shown > 1) {
		n = list_plots(scene, false, grid.plots, &n_listed);
		grid.split = split_widely(inner, n_listed, min_cols, min_rows);
	} else if (grid.split.n < n_listed) {
		for (size_t i = 0; i < grid.split.n; i++)
			grid.plots[i].matrix = pt_split_matrix(scene, &grid.split, i);
	}
	grid.split.n = grid.split.n < n_listed ? grid.split.n : n_listed;
	grid.n_left_out = n - grid.split.n;
	return grid;
}

void pt_small_plot_name(
	const pt_scene *scene, const pt_frame *frame, pt_small_plot plot, int cols, char *out, size_t capacity)
{
	const char *matrix = scene->n_matrices > 1 ? pt_matrix_label(plot.matrix) : "";
	char name[64] = "", marker[5] = "";
	if (scene->n_shown <= 1) {
		snprintf(out, capacity, "%s", matrix);
		return;
	}
	pt_utf8_encode(pt_run_marker(frame, plot.run), marker);
	if (cols > 0)
		pt_run_label(scene, pt_small_plot_run(scene, plot), cols, name, sizeof name);
	snprintf(out, capacity, "%s%s%s%s%s", marker, name[0] ? " " : "", name, matrix[0] ? " · " : "", matrix);
}

void pt_small_plot_absence(
	const pt_scene *scene, pt_small_plot plot, const pt_absence *absence, pt_frame *frame, pt_rect rect)
{
	char text[PT_LINE_BYTES];
	const pt_run_view *run = pt_small_plot_run(scene, plot);
	double progress = run->kept.set_progress;
	if (run->n_steps > 0 && !pt_run_has_matrix(run, pt_scene_matrix_of(scene, run, plot.matrix)))
		snprintf(text, sizeof text, "no matrix %s in %s: m shows another", pt_matrix_label(plot.matrix),
			scene->n_shown > 1 ? "these runs" : "this run");
	else if (run->n_steps < absence->n_least)
		snprintf(text, sizeof text, "%s: %zu of at least %zu so far", absence->waits, run->n_steps,
			absence->n_least);
	else if (progress > 0 && progress < 1)
		snprintf(
			text, sizeof text, "being computed: %.0f %% of the inner products are there", 100 * progress);
	else if (!(scene->snapshot->settings.wanted & absence->want))
		snprintf(text, sizeof text, "being computed: the next look at the run brings it");
	else
		snprintf(text, sizeof text, "%s", absence->no_value);
	pt_absence_draw(frame, rect, text);
}

void pt_plot_grid_absence(const pt_scene *scene, const pt_absence *absence, pt_frame *frame, pt_rect rect)
{
	pt_small_plot first = {scene->first_shown, scene->main_matrix};
	pt_small_plot_absence(scene, first, absence, frame, rect);
}

pt_rect pt_small_plot_heading(
	const pt_scene *scene, pt_small_plot plot, const char *figure, pt_frame *frame, pt_rect rect)
{
	char name[PT_LINE_BYTES];
	pt_small_plot_name(scene, frame, plot, 24, name, sizeof name);
	if (!name[0] || rect.h < ROWS_FOR_HEADING)
		return rect;
	pt_role role = scene->n_shown > 1 ? pt_role_series((int)plot.run) : PT_ROLE_LABEL;
	int margin = rect.w >= 30, left = rect.x + margin, cols = rect.w - 2 * margin;
	if (pt_frame_text_width(name) > cols)
		pt_small_plot_name(scene, frame, plot, 8, name, sizeof name);
	int used = pt_frame_text_cut(frame, rect, left, rect.y, cols, pt_pen_of(role), name);
	if (used + 2 + pt_frame_text_width(figure) <= cols)
		pt_frame_text_right(frame, rect, left + cols, rect.y, pt_pen_of(PT_ROLE_LABEL), figure);
	return pt_rect_inset(rect, 0, 1, 0, 0);
}
