#include "pane_pca_joint.h"

#include <stdio.h>

enum { MAX_PATHS = 32, LABELS_A_PATH = 2, LABEL_BYTES = 64, ROWS_FOR_X_AXIS = 8 };

static const double cell_aspect = 2.0;

static const pt_joint_pca_view *joint_of(const pt_scene *scene, pt_matrix matrix)
{
	return &scene->snapshot->joint[matrix];
}

bool pt_joint_is_wanted(const pt_scene *scene)
{
	/* of a column the others are beside it */
	return scene->view->joint_plane && (scene->n_shown > 1 || scene->n_columns > 1);
}

pt_pca_view pt_joint_pca_of(const pt_scene *scene, size_t run, pt_matrix matrix)
{
	const pt_joint_pca_view *joint =
		joint_of(scene, pt_scene_matrix_of(scene, &scene->snapshot->runs[run], matrix));
	for (size_t i = 0; joint->present && i < joint->n_runs; i++) {
		const pt_joint_run_view *path = &joint->runs[i];
		if (path->run != run)
			continue;
		return (pt_pca_view){.present = true,
			.n = path->n,
			.steps = path->steps,
			.pc1 = path->pc1,
			.pc2 = path->pc2,
			.explained = {joint->explained[0], joint->explained[1]},
			.turning_step = pt_scene_matrix(scene, &scene->snapshot->runs[run], matrix)->pca.turning_step};
	}
	return (pt_pca_view){.turning_step = PT_NO_STEP};
}

void pt_joint_figure(const pt_scene *scene, char *out, size_t capacity)
{
	const pt_joint_pca_view *joint = joint_of(scene, scene->main_matrix);
	pt_text text = pt_text_over(out, capacity);
	if (scene->only >= 0) { /* in a column all is told above already, but for where this one bends */
		pt_pca_view path = pt_joint_pca_of(scene, (size_t)scene->only, scene->main_matrix);
		if (path.present && path.turning_step != PT_NO_STEP)
			pt_text_addf(&text, "bend %lld", (long long)path.turning_step);
		return;
	}
	if (joint->present)
		pt_text_addf(
			&text, "one plane: %.1f %% + %.1f %%", 100 * joint->explained[0], 100 * joint->explained[1]);
	else
		pt_text_add(&text, "one plane");
	if (joint->progress < 1 && joint->progress > 0)
		pt_text_addf(&text, ", %.0f %% computed", 100 * joint->progress);
	if (joint->n_left_out > 0)
		pt_text_addf(&text, ", %zu left out", joint->n_left_out);
}

void pt_joint_absence(const pt_scene *scene, pt_frame *frame, pt_rect rect)
{
	char text[PT_LINE_BYTES];
	const pt_joint_pca_view *joint = joint_of(scene, scene->main_matrix);
	if (!(scene->snapshot->settings.wanted & PT_WANT_JOINT))
		snprintf(text, sizeof text, "being computed: the next look at the runs brings it");
	else if (joint->present)
		snprintf(text, sizeof text, "%s: J shows each run in its own plane",
			joint->n_left_out > 0 ? "not in this plane, for want of room or of equal shapes"
								  : "not in this plane yet");
	else if (joint->progress < 1)
		snprintf(text, sizeof text, "being computed: %.0f %% of the products between the runs are there",
			100 * joint->progress);
	else
		snprintf(text, sizeof text,
			"no two of the runs shown have the same modules of the same shapes: J shows each in its own "
			"plane");
	pt_absence_draw(frame, rect, text);
}

/* The paths that are drawn; of more the first ones. */
typedef struct path_list {
	size_t n, n_beyond;
	size_t runs[MAX_PATHS];
	pt_pca_view paths[MAX_PATHS];
} path_list;

static path_list list_paths(const pt_scene *scene, pt_matrix matrix)
{
	path_list list = {.n = 0};
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		pt_pca_view path = pt_joint_pca_of(scene, r, matrix);
		if (!path.present)
			continue;
		if (list.n == MAX_PATHS) {
			list.n_beyond++;
			continue;
		}
		list.runs[list.n] = r;
		list.paths[list.n++] = path;
	}
	return list;
}

static void fit_plane(const path_list *list, pt_rect rect, pt_axes *axes, pt_scale *x, pt_scale *y)
{
	pt_range across = pt_range_empty(), up = pt_range_empty();
	for (size_t i = 0; i < list->n; i++) {
		pt_range_add_all(&across, list->paths[i].pc1, list->paths[i].n);
		pt_range_add_all(&up, list->paths[i].pc2, list->paths[i].n);
	}
	*x = pt_scale_fit(&across, false);
	*y = pt_scale_fit(&up, false);
	pt_plot plot = pt_axes_measure(rect, axes);
	if (!pt_rect_is_empty(plot.inner))
		pt_plane_equal_units(x, y, plot.inner.w, plot.inner.h, cell_aspect);
}

static void draw_paths(const pt_scene *scene, const path_list *list, pt_chart *chart)
{
	pt_overlay overlay = pt_overlay_begin(scene, chart);
	for (size_t i = 0; i < list->n; i++) {
		pt_trajectory path = {.x = list->paths[i].pc1,
			.y = list->paths[i].pc2,
			.n = list->paths[i].n,
			.ink = pt_ink_of(pt_role_series((int)list->runs[i]), (int)(list->runs[i] % 200) + 1),
			.connect = true};
		path.ink.ascii = pt_ascii_series((int)list->runs[i]);
		pt_trajectory_draw(chart->canvas, &chart->x, &chart->y, &path);
		pt_overlay_add(&overlay, chart);
	}
	pt_overlay_end(&overlay, chart);
}

/* Ends with marker and name, the step cursor as diamonds. */
typedef struct path_labels {
	pt_point_label labels[MAX_PATHS * LABELS_A_PATH];
	char texts[MAX_PATHS * LABELS_A_PATH][LABEL_BYTES];
	size_t n;
} path_labels;

static void add_label(path_labels *all, const pt_chart *chart, const pt_pca_view *path, size_t i,
	uint32_t glyph, pt_pen pen, const char *text)
{
	int col, row;
	if (!chart->canvas ||
		!pt_plane_cell(chart->canvas, &chart->x, &chart->y, path->pc1[i], path->pc2[i], &col, &row))
		return;
	snprintf(all->texts[all->n], LABEL_BYTES, "%s", text);
	all->labels[all->n] = (pt_point_label){.col = col,
		.row = row,
		.at = pt_canvas_spot(chart->canvas, &chart->x, &chart->y, path->pc1[i], path->pc2[i]),
		.glyph = glyph,
		.glyph_pen = pen,
		.text_pen = pen,
		.text = all->texts[all->n]};
	all->n++;
}

static void add_labels(const pt_scene *scene, const path_list *list, pt_chart *chart, path_labels *all)
{
	char name[LABEL_BYTES], step[LABEL_BYTES];
	for (size_t i = 0; i < list->n; i++) {
		const pt_pca_view *path = &list->paths[i];
		pt_run_label(scene, &scene->snapshot->runs[list->runs[i]], 16, name, sizeof name);
		add_label(all, chart, path, path->n - 1, pt_run_marker(chart->frame, list->runs[i]),
			pt_pen_of(pt_role_series((int)list->runs[i])), name);
	}
	for (size_t i = 0; i < list->n; i++) {
		const pt_pca_view *path = &list->paths[i];
		ptrdiff_t at = pt_cursor_index(scene, path->steps, path->n);
		if (at < 0 || (size_t)at == path->n - 1)
			continue;
		snprintf(step, sizeof step, "%lld", (long long)path->steps[at]);
		add_label(all, chart, path, (size_t)at, U'◆', pt_pen_of(PT_ROLE_CROSSHAIR), step);
	}
}

void pt_joint_draw(const pt_scene *scene, pt_matrix matrix, pt_frame *frame, pt_rect rect)
{
	path_list list = list_paths(scene, matrix);
	if (list.n == 0) {
		pt_joint_absence(scene, frame, rect);
		return;
	}
	char text[64];
	pt_scale x, y;
	pt_axes axes = {.y = &y, .x = rect.h >= ROWS_FOR_X_AXIS ? &x : NULL};
	snprintf(text, sizeof text, "PC1");
	if (axes.x)
		axes.x_title = text;
	fit_plane(&list, rect, &axes, &x, &y);
	pt_chart chart = pt_chart_begin(scene, PT_PANE_PCA, frame, rect, &axes);
	chart.x = x;
	draw_paths(scene, &list, &chart);
	pt_chart_show(&chart);
	path_labels labels = {.n = 0};
	add_labels(scene, &list, &chart, &labels);
	if (chart.places)
		pt_point_labels_draw(frame, chart.plot.inner, chart.places, labels.labels, labels.n);
	snprintf(text, sizeof text, "PC2");
	pt_chart_note(&chart, PT_CORNER_TOP_LEFT, pt_pen_of(PT_ROLE_LABEL), text);
	if (list.n_beyond > 0) {
		snprintf(text, sizeof text, "+%zu", list.n_beyond);
		pt_chart_note(&chart, PT_CORNER_BOTTOM_RIGHT, pt_pen_of(PT_ROLE_LABEL), text);
	}
	pt_chart_end(&chart);
}
