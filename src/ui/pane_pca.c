/** The trajectory in the plane of its first two principal components, coloured by step. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pane_grid.h"
#include "pane_pca_joint.h"
#include "phasetop/base/alloc.h"

enum {
	SMALL_COLS = 12,
	SMALL_ROWS = 8,
	ROWS_FOR_X_AXIS = 10, /* below this PC1 has no ticks, but keeps its title */
	ROWS_FOR_FOOT = 5,
	COLS_FOR_WORDS = 18, /* below this one of several plots has its name in a row of its own */
	COLS_FOR_FOOT = 14, /* PC1's title; the colour bar where that leaves room */
	MAX_LABELS = 24,
	LABEL_BYTES = 40
};

/* A terminal cell is about twice as high as wide: one unit is then equally long on both axes. */
static const double cell_aspect = 2.0;

/* In its own plane, or in that of all runs. */
static pt_pca_view pca_of(const pt_scene *scene, pt_small_plot which)
{
	if (pt_joint_is_wanted(scene))
		return pt_joint_pca_of(scene, which.run, which.matrix);
	return pt_small_plot_matrix(scene, which)->pca;
}

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	char matrices[32];
	pt_scene_matrix_text(scene, matrices, sizeof matrices);
	snprintf(out, capacity, brief ? "PCA %s" : "PCA of %s", matrices);
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	out[0] = '\0';
	if (!run)
		return;
	const pt_pca_view *pca = &pt_scene_matrix(scene, run, scene->main_matrix)->pca;
	if (pt_joint_is_wanted(scene))
		pt_joint_figure(scene, out, capacity);
	else if (scene->n_shown > 1)
		snprintf(out, capacity, "each run in its own plane");
	else if (pca->present && pca->turning_step != PT_NO_STEP)
		snprintf(out, capacity, "bend %lld", (long long)pca->turning_step);
	else if (pca->present && !pt_is_missing(pca->explained[0]))
		snprintf(out, capacity, "%.1f %% + %.1f %%", 100 * pca->explained[0], 100 * pca->explained[1]);
}

static const double *spark(const pt_scene *scene, size_t *n)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	const pt_pca_view *pca = run ? &pt_scene_matrix(scene, run, scene->main_matrix)->pca : NULL;
	*n = pca && pca->present ? pca->n : 0;
	return *n ? pca->pc2 : NULL;
}

/* Place of a step on the gradient, 0…100. */
static int level_of(const pt_pca_view *pca, int64_t step)
{
	int64_t first = pca->steps[0], last = pca->steps[pca->n - 1];
	return last > first ? (int)(100 * (double)(step - first) / (double)(last - first)) : 100;
}

static void draw_path(pt_chart *chart, const pt_pca_view *pca)
{
	double *at = pt_array_alloc(pca->n, sizeof *at); /* NULL: the gradient goes by index instead */
	for (size_t i = 0; at && i < pca->n; i++)
		at[i] = level_of(pca, pca->steps[i]) / 100.0;
	pt_trajectory trajectory = {.x = pca->pc1,
		.y = pca->pc2,
		.at = at,
		.n = pca->n,
		.ink = pt_ink_of(PT_ROLE_STEP, 1),
		.connect = true};
	pt_trajectory_draw(chart->canvas, &chart->x, &chart->y, &trajectory);
	pt_free(at);
}

/* The labels of one plot, in order of weight. */
typedef struct label_list {
	pt_point_label labels[MAX_LABELS];
	char texts[MAX_LABELS][LABEL_BYTES];
	size_t n;
} label_list;

/* Would a glyph here sit on another one, or squeeze its label? */
static bool is_crowded(const label_list *list, int col, int row)
{
	for (size_t i = 0; i < list->n; i++)
		if (abs(list->labels[i].col - col) < 4 && abs(list->labels[i].row - row) < 1)
			return true;
		else if (abs(list->labels[i].col - col) < 3 && abs(list->labels[i].row - row) < 2)
			return true;
	return false;
}

static void add_label(label_list *list, const pt_chart *chart, const pt_pca_view *pca, int64_t step,
	pt_pen pen, const char *suffix)
{
	ptrdiff_t i = pt_step_index(pca->steps, pca->n, step);
	int col, row;
	if (list->n == MAX_LABELS || i < 0 || pca->steps[i] != step || !chart->canvas ||
		!pt_plane_cell(chart->canvas, &chart->x, &chart->y, pca->pc1[i], pca->pc2[i], &col, &row))
		return;
	bool is_diamond = pen.role != PT_ROLE_STEP;
	if (!is_diamond && is_crowded(list, col, row))
		return;
	pt_point_label *label = &list->labels[list->n];
	snprintf(list->texts[list->n], LABEL_BYTES, "%lld%s", (long long)step, suffix);
	*label = (pt_point_label){.col = col,
		.row = row,
		.at = pt_canvas_spot(chart->canvas, &chart->x, &chart->y, pca->pc1[i], pca->pc2[i]),
		.glyph = is_diamond ? U'◆' : U'●',
		.glyph_pen = pen,
		.text_pen = is_diamond ? pen : pt_pen_of(PT_ROLE_LABEL),
		.text = list->texts[list->n]};
	list->n++;
}

/* The next of 1, 2, 5, 10, 20, 50, … at or above x. */
static int64_t round_up(double x)
{
	int64_t power = 1;
	while ((double)power * 10 <= x && power < INT64_MAX / 100)
		power *= 10;
	for (int i = 0; i < 3; i++) {
		int64_t step = power * (int64_t[]){1, 2, 5}[i];
		if ((double)step >= x)
			return step;
	}
	return power * 10;
}

static void add_end_labels(label_list *list, const pt_chart *chart, const pt_pca_view *pca)
{
	add_label(list, chart, pca, pca->steps[pca->n - 1], pt_pen_level(PT_ROLE_STEP, 100), "");
	add_label(list, chart, pca, pca->steps[0], pt_pen_level(PT_ROLE_STEP, 0), "");
}

static void add_step_labels(label_list *list, const pt_chart *chart, const pt_pca_view *pca)
{
	int64_t last = pca->steps[pca->n - 1];
	int room = chart->plot.inner.w / 10 + chart->plot.inner.h / 6;
	int64_t spacing = round_up((double)last / (room < 2 ? 2 : room));
	for (int64_t step = spacing; step < last && list->n < MAX_LABELS; step += spacing)
		add_label(list, chart, pca, step, pt_pen_level(PT_ROLE_STEP, level_of(pca, step)), "");
	for (int64_t step = 10; step < spacing; step *= 5)
		add_label(list, chart, pca, step, pt_pen_level(PT_ROLE_STEP, level_of(pca, step)), "");
}

static void add_marked_labels(
	const pt_scene *scene, const pt_chart *chart, const pt_pca_view *pca, label_list *list)
{
	ptrdiff_t at = pt_cursor_index(scene, pca->steps, pca->n);
	int64_t cursor = at >= 0 ? pca->steps[at] : PT_NO_STEP;
	bool is_turn = cursor != PT_NO_STEP && cursor == pca->turning_step;
	/* the longer one first: the other finds a place more easily */
	if (pca->turning_step != PT_NO_STEP && !is_turn)
		add_label(list, chart, pca, pca->turning_step, pt_pen_of(PT_ROLE_EVENT), " bend");
	if (cursor != PT_NO_STEP)
		add_label(list, chart, pca, cursor, pt_pen_of(PT_ROLE_CROSSHAIR), is_turn ? " bend" : "");
}

/* "PC1 (81.1 %)", or without the share where the variance is 0. */
static void axis_title(const pt_pca_view *pca, int component, char *out, size_t capacity)
{
	double share = pca->explained[component];
	if (pt_is_missing(share))
		snprintf(out, capacity, "PC%d", component + 1);
	else
		snprintf(out, capacity, "PC%d (%.1f %%)", component + 1, 100 * share);
}

/* The lowest row: PC1's title at the left, the colour bar at the right. */
static void draw_foot(pt_frame *frame, pt_rect row, const pt_pca_view *pca)
{
	char text[32], low[32], high[24];
	axis_title(pca, 0, text, sizeof text);
	snprintf(low, sizeof low, "step %lld", (long long)pca->steps[0]);
	snprintf(high, sizeof high, "%lld", (long long)pca->steps[pca->n - 1]);
	int used = pt_frame_text(frame, row, row.x, row.y, pt_pen_of(PT_ROLE_LABEL), text);
	pt_rect rest = pt_rect_inset(row, used + 1, 0, 1, 0);
	int cols = rest.w - (int)(pt_text_width(low) + pt_text_width(high)) - 3;
	if (cols >= 4)
		pt_colour_bar_draw(frame, rest, PT_ROLE_STEP, low, high, cols > 20 ? 20 : cols);
}

/* Which run and matrix a small plot is of, in the space there is: the whole name, a cut one, the marker. */
static void name_plot(const pt_scene *scene, pt_small_plot which, pt_chart *chart)
{
	static const int widths[] = {24, 10, 0};
	char text[PT_LINE_BYTES];
	bool named = false, is_run = scene->n_shown > 1;
	pt_pen pen = pt_pen_of(is_run ? pt_role_series((int)which.run) : PT_ROLE_LABEL);
	for (int w = 0; w < (is_run ? 3 : 1) && !named; w++) {
		pt_small_plot_name(scene, chart->frame, which, widths[w], text, sizeof text);
		named = pt_chart_note(chart, PT_CORNER_TOP_RIGHT, pen, text);
	}
}

static pt_scale shifted(pt_scale scale, double by)
{
	return pt_scale_exact(scale.lo + by, scale.hi + by, false);
}

/* Limits keep their distance from the first checkpoint: the mean, which scores are told from, moves with
   every new one, and the whole path would move with it. */
static void span_plane(pt_pca_view pca, pt_range *across, pt_range *up)
{
	for (size_t i = 0; pca.present && i < pca.n; i++) {
		pt_range_add(across, pca.pc1[i] - pca.pc1[0]);
		pt_range_add(up, pca.pc2[i] - pca.pc2[0]);
	}
}

/* Of a column the planes of all, so that a unit is equally long in each. */
static void fit_plane(
	const pt_scene *scene, pt_small_plot which, pt_rect rect, pt_axes *axes, pt_scale *x, pt_scale *y)
{
	pt_pca_view pca = pca_of(scene, which);
	pt_range across = pt_range_empty(), up = pt_range_empty();
	span_plane(pca, &across, &up);
	for (size_t c = 0; c < scene->n_columns; c++)
		span_plane(pca_of(scene, (pt_small_plot){scene->columns[c], which.matrix}), &across, &up);
	*x = shifted(pt_scale_fit(&across, false), pca.pc1[0]);
	*y = shifted(pt_scale_fit(&up, false), pca.pc2[0]);
	pt_plot plot = pt_axes_measure(rect, axes);
	if (!pt_rect_is_empty(plot.inner))
		pt_plane_equal_units(x, y, plot.inner.w, plot.inner.h, cell_aspect);
}

/* Labels first: names find a place more easily. Below a heading there is room for the marked steps alone. */
static void add_words(
	const pt_scene *scene, pt_small_plot which, bool has_heading, pt_chart *chart, const pt_pca_view *pca)
{
	label_list list = {.n = 0};
	char text[32];
	add_marked_labels(scene, chart, pca, &list);
	add_end_labels(&list, chart, pca);
	if (!has_heading)
		add_step_labels(&list, chart, pca);
	if (chart->places)
		pt_point_labels_draw(chart->frame, chart->plot.inner, chart->places, list.labels, list.n);
	if (has_heading)
		return;
	axis_title(pca, 1, text, sizeof text);
	name_plot(scene, which, chart);
	pt_chart_note(chart, PT_CORNER_TOP_LEFT, pt_pen_of(PT_ROLE_LABEL), text);
}

static void draw_one(
	const pt_scene *scene, pt_small_plot which, size_t n_left_out, pt_frame *frame, pt_rect rect)
{
	pt_pca_view of_plot = pca_of(scene, which);
	const pt_pca_view *pca = &of_plot;
	if (!pca->present || pca->n < 2) {
		if (pt_joint_is_wanted(scene))
			pt_joint_absence(scene, frame, rect);
		else
			pt_absence_draw(frame, rect, "the trajectory waits for a second checkpoint");
		return;
	}
	pt_rect whole = rect;
	char more[24] = "";
	if (n_left_out > 0)
		snprintf(more, sizeof more, "+%zu", n_left_out);
	if (rect.w < COLS_FOR_WORDS)
		rect = pt_small_plot_heading(scene, which, more, frame, rect);
	bool has_heading = rect.y != whole.y;
	if (rect.h >= ROWS_FOR_FOOT && rect.w >= COLS_FOR_FOOT) {
		rect.h--;
		int left = rect.w >= 40 ? 7 : 0;
		draw_foot(frame, (pt_rect){rect.x + left, rect.y + rect.h, rect.w - left, 1}, pca);
	}
	pt_scale x, y;
	pt_axes axes = {.y = &y, .x = rect.h >= ROWS_FOR_X_AXIS ? &x : NULL};
	fit_plane(scene, which, rect, &axes, &x, &y);
	pt_chart chart = pt_chart_begin(scene, PT_PANE_PCA, frame, rect, &axes);
	chart.x = x;
	draw_path(&chart, pca);
	pt_chart_show(&chart);
	add_words(scene, which, has_heading, &chart, pca);
	if (!has_heading)
		pt_chart_left_out(&chart, n_left_out);
	pt_chart_end(&chart);
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	static const pt_absence absence = {.n_least = 2, .waits = "the trajectory waits for a second checkpoint"};
	if (pt_joint_is_wanted(scene) && scene->n_columns == 0) {
		pt_joint_draw(scene, scene->main_matrix, frame, inner);
		return;
	}
	pt_plot_grid grid = pt_plot_grid_of(scene, inner, SMALL_COLS, SMALL_ROWS);
	if (grid.split.n == 0)
		pt_plot_grid_absence(scene, &absence, frame, inner);
	for (size_t i = 0; i < grid.split.n; i++)
		draw_one(scene, grid.plots[i], i + 1 == grid.split.n ? grid.n_left_out : 0, frame,
			pt_split_rect(&grid.split, i));
}

const pt_pane_ops pt_pane_pca = {
	.id = PT_PANE_PCA,
	.about = {"The checkpoints in the plane of their first two principal components (centred, unscaled), "
			  "coloured",
		"from the first step to the last; one unit is equally long on both axes. The shares are explained",
		"variance. The diamond is the step cursor; \"bend\" is where the path bends most in this plane.",
		"A bend here is a turn of direction, wherever the local cosine dips. J puts several runs into one "
		"plane:",
		"one PCA of what came since each run's first checkpoint."},
	.min_cols = 12,
	.min_rows = 3,
	.by_run = true,
	.title = title,
	.figure = figure,
	.draw = draw,
	.spark = spark,
};
