/** The trajectory in the plane of its first two principal components, coloured by step. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pane_draw.h"
#include "phasetop/base/alloc.h"

enum {
	SMALL_COLS = 12,
	SMALL_ROWS = 8,
	ROWS_FOR_X_AXIS = 10, /* below this PC1 has no ticks, but keeps its title */
	ROWS_FOR_BAR = 5,
	COLS_FOR_BAR = 26,
	MAX_LABELS = 24,
	MAX_PLOTS = 32,
	LABEL_BYTES = 40
};

/* A terminal cell is about twice as high as wide: one unit is then equally long on both axes. */
static const double cell_aspect = 2.0;

/* One small plot: a run, a matrix type. */
typedef struct cell_of_grid {
	size_t run;
	pt_matrix matrix;
} cell_of_grid;

static const pt_pca_view *pca_of(const pt_scene *scene, cell_of_grid which)
{
	return &pt_scene_matrix(scene, &scene->snapshot->runs[which.run], which.matrix)->pca;
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
	if (scene->n_shown > 1)
		snprintf(out, capacity, "each run in its own plane");
	else if (pca->present && pca->turning_step != PT_NO_STEP)
		snprintf(out, capacity, "turn %lld", (long long)pca->turning_step);
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

static void add_step_labels(label_list *list, const pt_chart *chart, const pt_pca_view *pca)
{
	int64_t first = pca->steps[0], last = pca->steps[pca->n - 1];
	add_label(list, chart, pca, last, pt_pen_level(PT_ROLE_STEP, 100), "");
	add_label(list, chart, pca, first, pt_pen_level(PT_ROLE_STEP, 0), "");
	int room = chart->plot.inner.w / 10 + chart->plot.inner.h / 6;
	int64_t spacing = round_up((double)last / (room < 2 ? 2 : room));
	for (int64_t step = spacing; step < last && list->n < MAX_LABELS; step += spacing)
		add_label(list, chart, pca, step, pt_pen_level(PT_ROLE_STEP, level_of(pca, step)), "");
	for (int64_t step = 10; step < spacing; step *= 5)
		add_label(list, chart, pca, step, pt_pen_level(PT_ROLE_STEP, level_of(pca, step)), "");
}

static void add_labels(const pt_scene *scene, const pt_chart *chart, const pt_pca_view *pca, label_list *list)
{
	ptrdiff_t at = pt_cursor_index(scene, pca->steps, pca->n);
	int64_t cursor = at >= 0 ? pca->steps[at] : PT_NO_STEP;
	bool is_turn = cursor != PT_NO_STEP && cursor == pca->turning_step;
	if (cursor != PT_NO_STEP)
		add_label(list, chart, pca, cursor, pt_pen_of(PT_ROLE_CROSSHAIR), is_turn ? " turn" : "");
	if (pca->turning_step != PT_NO_STEP && !is_turn)
		add_label(list, chart, pca, pca->turning_step, pt_pen_of(PT_ROLE_EVENT), " turn");
	add_step_labels(list, chart, pca);
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
static void name_plot(const pt_scene *scene, cell_of_grid which, size_t n_left_out, pt_chart *chart)
{
	static const int widths[] = {24, 10, 0};
	bool named = scene->n_shown <= 1;
	const char *matrix = scene->n_matrices > 1 ? pt_matrix_label(which.matrix) : "";
	char name[64], text[PT_LINE_BYTES], marker[5] = "";
	if (named)
		pt_chart_note(chart, PT_CORNER_TOP_RIGHT, pt_pen_of(PT_ROLE_LABEL), matrix);
	pt_utf8_encode(pt_run_marker(chart->frame, which.run), marker);
	for (int w = 0; w < 3 && !named; w++) {
		pt_run_label(scene, &scene->snapshot->runs[which.run], widths[w], name, sizeof name);
		if (widths[w] == 0)
			name[0] = '\0';
		snprintf(text, sizeof text, "%s%s%s%s%s", marker, name[0] ? " " : "", name, matrix[0] ? " · " : "",
			matrix);
		named = pt_chart_note(chart, PT_CORNER_TOP_RIGHT, pt_pen_of(pt_role_series((int)which.run)), text);
	}
	snprintf(text, sizeof text, "+%zu", n_left_out);
	if (n_left_out > 0)
		pt_note_draw(chart->frame, chart->plot.inner, chart->places, PT_CORNER_BOTTOM_RIGHT,
			pt_pen_of(PT_ROLE_LABEL), text);
}

static pt_scale shifted(pt_scale scale, double by)
{
	return pt_scale_exact(scale.lo + by, scale.hi + by, false);
}

static void fit_plane(const pt_pca_view *pca, pt_rect rect, pt_axes *axes, pt_scale *x, pt_scale *y)
{
	pt_range across = pt_range_empty(), up = pt_range_empty();
	/* Limits keep their distance from the first checkpoint: the mean, which scores are told from, moves with
	   every new one, and the whole path would move with it. */
	for (size_t i = 0; i < pca->n; i++) {
		pt_range_add(&across, pca->pc1[i] - pca->pc1[0]);
		pt_range_add(&up, pca->pc2[i] - pca->pc2[0]);
	}
	*x = shifted(pt_scale_fit(&across, false), pca->pc1[0]);
	*y = shifted(pt_scale_fit(&up, false), pca->pc2[0]);
	pt_plot plot = pt_axes_measure(rect, axes);
	if (!pt_rect_is_empty(plot.inner))
		pt_plane_equal_units(x, y, plot.inner.w, plot.inner.h, cell_aspect);
}

static void draw_one(
	const pt_scene *scene, cell_of_grid which, size_t n_left_out, pt_frame *frame, pt_rect rect)
{
	const pt_pca_view *pca = pca_of(scene, which);
	if (!pca->present || pca->n < 2) {
		pt_absence_draw(frame, rect, "the trajectory waits for a second checkpoint");
		return;
	}
	if (rect.h >= ROWS_FOR_BAR && rect.w >= COLS_FOR_BAR) {
		rect.h--;
		int left = rect.w >= 40 ? 7 : 0;
		draw_foot(frame, (pt_rect){rect.x + left, rect.y + rect.h, rect.w - left, 1}, pca);
	}
	pt_scale x, y;
	pt_axes axes = {.y = &y, .x = rect.h >= ROWS_FOR_X_AXIS ? &x : NULL};
	fit_plane(pca, rect, &axes, &x, &y);
	pt_chart chart = pt_chart_begin(scene, PT_PANE_PCA, frame, rect, &axes);
	chart.x = x;
	draw_path(&chart, pca);
	pt_chart_show(&chart);
	label_list list = {.n = 0};
	add_labels(scene, &chart, pca, &list);
	if (chart.places)
		pt_point_labels_draw(frame, chart.plot.inner, chart.places, list.labels, list.n);
	char text[32];
	axis_title(pca, 1, text, sizeof text);
	name_plot(scene, which, n_left_out, &chart);
	pt_chart_note(&chart, PT_CORNER_TOP_LEFT, pt_pen_of(PT_ROLE_LABEL), text);
	pt_chart_end(&chart);
}

/* What could be drawn: a row a matrix type, a column a run; a run without a type has no plot of it. */
static size_t list_plots(const pt_scene *scene, bool every_type, cell_of_grid *grid, size_t *n_listed)
{
	size_t n = 0;
	*n_listed = 0;
	for (size_t m = 0; m < (every_type ? scene->n_matrices : 1); m++) {
		pt_matrix matrix = every_type ? scene->matrices[m] : scene->main_matrix;
		PT_FOR_SHOWN_RUNS(scene, r)
		{
			if (!pt_scene_matrix(scene, &scene->snapshot->runs[r], matrix)->norms.present)
				continue;
			if (n < MAX_PLOTS) {
				grid[n] = (cell_of_grid){r, matrix};
				*n_listed = n + 1;
			}
			n++;
		}
	}
	return n;
}

/* Paths are wider than high: rather two rows of wide plots than one row of narrow ones. */
static pt_split split_widely(pt_rect inner, size_t n)
{
	for (int cols = 28; cols > SMALL_COLS; cols -= 4) {
		pt_split split = pt_split_of(inner, n, cols, SMALL_ROWS);
		if (split.n == n)
			return split;
	}
	return pt_split_of(inner, n, SMALL_COLS, SMALL_ROWS);
}

/* All runs × all matrix types where each has room; of several runs else the main type; of one run the last
 * types. Returns how many plots are wanted. */
static size_t choose_plots(const pt_scene *scene, pt_rect inner, cell_of_grid *grid, pt_split *split)
{
	size_t n_listed, n = list_plots(scene, true, grid, &n_listed);
	*split = split_widely(inner, n_listed);
	if (split->n < n && scene->n_shown > 1) {
		n = list_plots(scene, false, grid, &n_listed);
		*split = split_widely(inner, n_listed);
	} else if (split->n < n_listed) {
		for (size_t i = 0; i < split->n; i++)
			grid[i].matrix = pt_split_matrix(scene, split, i);
		n = split->n;
	}
	split->n = split->n < n_listed ? split->n : n_listed;
	return n;
}

/* None of the runs has what was chosen. */
static void tell_absence(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	char text[PT_LINE_BYTES];
	const pt_run_view *run = pt_scene_first_run(scene);
	if (run->n_steps == 0)
		snprintf(text, sizeof text, "the trajectory waits for a second checkpoint");
	else
		snprintf(text, sizeof text, "no matrix %s in %s: m shows another",
			pt_matrix_label(scene->main_matrix), scene->n_shown > 1 ? "these runs" : "this run");
	pt_absence_draw(frame, inner, text);
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	cell_of_grid grid[MAX_PLOTS];
	pt_split split;
	size_t n_wanted = choose_plots(scene, inner, grid, &split);
	if (split.n == 0)
		tell_absence(scene, frame, inner);
	for (size_t i = 0; i < split.n; i++)
		draw_one(scene, grid[i], i + 1 == split.n && split.n < n_wanted ? n_wanted - split.n : 0, frame,
			pt_split_rect(&split, i));
}

const pt_pane_ops pt_pane_pca = {
	.id = PT_PANE_PCA,
	.about = {"The checkpoints in the plane of their first two principal components (centred, unscaled), "
			  "coloured",
		"from the first step to the last; one unit is equally long on both axes. The shares are explained",
		"variance. The diamond is the step cursor; \"turn\" is where the path bends most in this plane.",
		"A bend here is a turn of direction, wherever the local cosine dips."},
	.min_cols = 12,
	.min_rows = 3,
	.title = title,
	.figure = figure,
	.draw = draw,
	.spark = spark,
};
