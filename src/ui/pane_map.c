/** Checkpoint × checkpoint: how like each other the weights of any two steps are. */
#include <math.h>
#include <stdio.h>

#include "pane_heat.h"

static const pt_absence absence = {
	.want = PT_WANT_CHECKPOINT_COSINE,
	.n_least = 2,
	.waits = "the map waits for a second checkpoint",
	.no_value = "no value yet: all weights are exactly 0, and 0 has no direction",
};

static const pt_square_view *square_of(const pt_scene *scene, pt_small_plot plot)
{
	return &pt_small_plot_matrix(scene, plot)->checkpoint_cosine;
}

/* Of the first run's main type. NULL: none is there. */
static const pt_matrix_view *main_matrix(const pt_scene *scene)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	return run ? pt_scene_matrix(scene, run, scene->main_matrix) : NULL;
}

static pt_heatmap map_of(const pt_scene *scene, pt_small_plot plot)
{
	const pt_square_view *square = square_of(scene, plot);
	int64_t spacing = pt_small_plot_run(scene, plot)->spacing;
	return (pt_heatmap){.xs = square->steps,
		.ys = square->steps,
		.n_x = square->n,
		.n_y = square->n,
		.values = square->present ? square->values : NULL,
		.spacing = spacing == PT_NO_STEP ? 0 : spacing};
}

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	char matrices[32];
	pt_scene_matrix_text(scene, matrices, sizeof matrices);
	snprintf(out, capacity, brief ? "map %s" : "cosine map of %s", matrices);
}

/* cos(v_t, v_T) of the newest checkpoint T and the one at the cursor; NaN: none. */
static double alignment_at_cursor(const pt_scene *scene, int64_t *step)
{
	const pt_matrix_view *matrix = main_matrix(scene);
	ptrdiff_t at = matrix && matrix->final_alignment && matrix->pca.present
					   ? pt_cursor_index(scene, matrix->pca.steps, matrix->pca.n)
					   : -1;
	if (at < 0)
		return PT_MISSING;
	*step = matrix->pca.steps[at];
	return matrix->final_alignment[at];
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	int64_t step = 0;
	double value = alignment_at_cursor(scene, &step);
	out[0] = '\0';
	if (scene->n_shown > 1)
		snprintf(out, capacity, "%zu runs", scene->n_shown);
	else if (!pt_is_missing(value))
		snprintf(out, capacity, "to newest %.3f @%lld", value, (long long)step);
}

static const double *spark(const pt_scene *scene, size_t *n)
{
	const pt_matrix_view *matrix = main_matrix(scene);
	*n = matrix && matrix->final_alignment && matrix->pca.present ? matrix->pca.n : 0;
	return *n ? matrix->final_alignment : NULL;
}

/* Both axes alike, so that the map fills its square; the room that a live run keeps for steps to come would be taken
 * twice here. What is zoomed into in steps, epochs or times is a part of both. */
static pt_scale steps_of(const pt_scene *scene, const pt_run_view *run, const pt_heatmap *map)
{
	pt_scale steps = pt_scale_fit_steps((double)map->xs[0], (double)map->xs[map->n_x - 1]);
	if (!pt_scene_is_zoomed(scene))
		return steps;
	double from = pt_scene_step(scene, run, scene->steps.lo), to = pt_scene_step(scene, run, scene->steps.hi);
	if (from >= to)
		return steps;
	pt_scale zoomed = pt_scale_exact(floor(from), ceil(to), false);
	zoomed.integer = true;
	return zoomed;
}

static void draw_one(
	const pt_scene *scene, const pt_heat_pane *pane, pt_small_plot plot, pt_frame *frame, pt_rect rect)
{
	pt_heatmap map = map_of(scene, plot);
	rect = pt_small_plot_heading(scene, plot, "", frame, rect);
	if (!pt_heat_has_values(&map)) {
		pt_small_plot_absence(scene, plot, &absence, frame, rect);
		return;
	}
	pt_scale steps = steps_of(scene, pt_small_plot_run(scene, plot), &map);
	pt_axes axes = {.x = &steps, .y = &steps, .of_cells = true};
	pt_chart chart = pt_chart_begin(scene, PT_PANE_MAP, frame, rect, &axes);
	double cursor = scene->cursor == PT_NO_STEP ? PT_MISSING : (double)scene->cursor;
	pt_heat_draw(&chart, scene, NULL, pane, map);
	pt_heat_cursor(&chart, true, cursor);
	pt_heat_cursor(&chart, false, cursor);
	pt_chart_show(&chart);
	pt_chart_end(&chart);
}

/* Row i of the map in words: against the first that has a direction, and the newest. Returns how many texts.
 */
static size_t row_texts(const pt_scene *scene, size_t i, char *full, char *brief, size_t capacity)
{
	const pt_square_view *square = &main_matrix(scene)->checkpoint_cosine;
	const char *type = scene->n_matrices > 1 ? pt_matrix_label(scene->main_matrix) : "";
	const double *row = square->values + i * square->n;
	size_t first = 0, last = square->n - 1;
	if (pt_is_missing(row[last])) {
		snprintf(full, capacity, "%lld  no direction", (long long)square->steps[i]);
		return 1;
	}
	while (pt_is_missing(row[first]))
		first++;
	snprintf(full, capacity, "%lld%s%s  to %lld %.3f  to %lld %.3f", (long long)square->steps[i],
		type[0] ? "  " : "", type, (long long)square->steps[first], row[first],
		(long long)square->steps[last], row[last]);
	snprintf(brief, capacity, "%s%sto %lld %.3f", type, type[0] ? " " : "", (long long)square->steps[last],
		row[last]);
	return 2;
}

static void draw_foot(const pt_scene *scene, const pt_heat_pane *pane, pt_frame *frame)
{
	char full[PT_LINE_BYTES], brief[PT_LINE_BYTES];
	const char *const words[] = {full, brief};
	const pt_square_view *square = &main_matrix(scene)->checkpoint_cosine;
	bool is_one = square->present && square->n > 0 && scene->n_shown == 1;
	ptrdiff_t at = is_one ? pt_cursor_index(scene, square->steps, square->n) : -1;
	size_t n = at >= 0 ? row_texts(scene, (size_t)at, full, brief, PT_LINE_BYTES) : 0;
	pt_heat_foot(frame, pane, pt_pane_canvas_kind(scene, PT_PANE_MAP, frame), words, n);
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	pt_heat_pane pane = pt_heat_pane_of(scene, inner, map_of);
	if (!pane.has_values) {
		pt_plot_grid_absence(scene, &absence, frame, inner);
		return;
	}
	for (size_t i = 0; i < pane.grid.split.n; i++)
		draw_one(scene, &pane, pane.grid.plots[i], frame, pt_split_rect(&pane.grid.split, i));
	draw_foot(scene, &pane, frame);
}

const pt_pane_ops pt_pane_map = {
	.id = PT_PANE_MAP,
	.about = {"The cosine between the weights of any two checkpoints (not of their changes), both axes in "
			  "steps.",
		"A block along the diagonal is a stretch that keeps its direction; where one ends, the direction "
		"turns.",
		"The top row is the alignment with the newest checkpoint, told in the border at the step cursor.",
		"Colours go from the data's range, rounded outwards: the bar below tells it. Empty: no direction."},
	.min_cols = 14,
	.min_rows = 3,
	.title = title,
	.figure = figure,
	.draw = draw,
	.spark = spark,
};
