/** Scree: how much of the path's variance each principal component explains. */
#include <math.h>
#include <stdio.h>

#include "pane_grid.h"

enum {
	SMALL_COLS = 20,
	SMALL_ROWS = 4,
	COLS_FOR_TOTAL = 34, /* from here on the share of all so far is told too, */
	ROWS_FOR_TOTAL = 3,  /* where the two columns can be named */
	NAME_COLS = 6,       /* "PC10" and air */
	SHARE_COLS = 8,      /* " 81.1 %" */
	MOST_BAR_ROWS = 3,
};

static const pt_absence absence = {
	.want = PT_WANT_SCREE,
	.n_least = 2,
	.waits = "the components wait for a second checkpoint",
	.no_value = "no value: all checkpoints are the same point",
};

static const pt_pca_view *pca_of(const pt_scene *scene, pt_small_plot plot)
{
	return &pt_small_plot_matrix(scene, plot)->pca;
}

static bool has_scree(const pt_pca_view *pca)
{
	return pca->present && pca->n_scree > 0 && !pt_is_missing(pca->scree[0]);
}

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	char matrices[32];
	pt_scene_matrix_text(scene, matrices, sizeof matrices);
	snprintf(out, capacity, brief ? "scree %s" : "scree of %s", matrices);
}

static void two_text(const pt_pca_view *pca, char *out, size_t capacity)
{
	if (pca->n_scree > 1)
		snprintf(out, capacity, "PC1+PC2 %.1f %%", 100 * (pca->scree[0] + pca->scree[1]));
	else
		snprintf(out, capacity, "PC1 %.1f %%", 100 * pca->scree[0]);
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	const pt_pca_view *pca = run ? &pt_scene_matrix(scene, run, scene->main_matrix)->pca : NULL;
	out[0] = '\0';
	if (scene->n_shown > 1)
		snprintf(out, capacity, "%zu runs", scene->n_shown);
	else if (pca && has_scree(pca))
		two_text(pca, out, capacity);
}

/* A share that is there is not told as 0. */
static void share_text(double share, char *out, size_t capacity)
{
	snprintf(out, capacity, share > 0 && share < 0.0005 ? "<0.1 %%" : "%.1f %%", 100 * share);
}

/* One component: its name, its bar, and from there the shares of those before; both numbers. */
static void draw_component(
	pt_frame *frame, pt_rect rect, size_t i, double share, double total, bool has_total, pt_pen pen)
{
	char text[32];
	int numbers = has_total ? 2 * SHARE_COLS : SHARE_COLS, y = rect.y + (rect.h - 1) / 2;
	pt_pen label = pt_pen_of(PT_ROLE_LABEL);
	pt_rect bar = {rect.x + NAME_COLS, rect.y, rect.w - NAME_COLS - numbers, rect.h};
	snprintf(text, sizeof text, "PC%zu", i + 1);
	pt_frame_text(frame, rect, rect.x, y, label, text);
	int used = pt_bar_draw(frame, bar, share, pen);
	int end = (int)lround(fmin(total, 1) * bar.w);
	pt_frame_hline(frame, bar, bar.x + used, y, end - used, pt_pen_of(PT_ROLE_GUIDE), U'╌');
	share_text(share, text, sizeof text);
	pt_frame_text_right(
		frame, rect, rect.x + rect.w - numbers + SHARE_COLS, y, pt_pen_of(PT_ROLE_TEXT), text);
	share_text(total, text, sizeof text);
	if (has_total)
		pt_frame_text_right(frame, rect, rect.x + rect.w, y, label, text);
}

/* Two columns of numbers need to be named; where that would cost one of the first two components there is
 * one. */
static bool has_totals(pt_rect rect)
{
	return rect.w >= COLS_FOR_TOTAL && rect.h >= ROWS_FOR_TOTAL;
}

static pt_rect draw_head(pt_frame *frame, pt_rect rect)
{
	pt_pen label = pt_pen_of(PT_ROLE_LABEL);
	pt_frame_text_right(frame, rect, rect.x + rect.w - SHARE_COLS, rect.y, label, "own");
	pt_frame_text_right(frame, rect, rect.x + rect.w, rect.y, label, "so far");
	return pt_rect_inset(rect, 0, 1, 0, 0);
}

static pt_rect draw_name(const pt_scene *scene, pt_small_plot plot, pt_frame *frame, pt_rect rect)
{
	char name[PT_LINE_BYTES], text[PT_LINE_BYTES] = "";
	pt_small_plot_name(scene, frame, plot, 16, name, sizeof name);
	if (!name[0])
		return rect;
	pt_role role = scene->n_shown > 1 ? pt_role_series((int)plot.run) : PT_ROLE_LABEL;
	if (has_scree(pca_of(scene, plot)))
		two_text(pca_of(scene, plot), text, sizeof text);
	int used = pt_frame_text_cut(frame, rect, rect.x, rect.y, rect.w, pt_pen_of(role), name);
	if (used + 2 + pt_frame_text_width(text) <= rect.w)
		pt_frame_text_right(frame, rect, rect.x + rect.w, rect.y, pt_pen_of(PT_ROLE_LABEL), text);
	return pt_rect_inset(rect, 0, 1, 0, 0);
}

static void draw_one(const pt_scene *scene, pt_small_plot plot, pt_frame *frame, pt_rect rect)
{
	const pt_pca_view *pca = pca_of(scene, plot);
	int margin = rect.w >= 30;
	rect = draw_name(scene, plot, frame, pt_rect_inset(rect, margin, 0, margin, 0));
	if (!has_scree(pca)) {
		pt_small_plot_absence(scene, plot, &absence, frame, rect);
		return;
	}
	bool has_total = has_totals(rect);
	if (has_total)
		rect = draw_head(frame, rect);
	size_t n = pca->n_scree < (size_t)rect.h ? pca->n_scree : (size_t)rect.h;
	int rows = n ? rect.h / (int)n : 1, bar_rows = rows - 1 < 1 ? 1 : rows - 1;
	bar_rows = bar_rows > MOST_BAR_ROWS ? MOST_BAR_ROWS : bar_rows;
	rows = rows > bar_rows + 1 ? bar_rows + 1 : rows;
	double total = 0;
	for (size_t i = 0; i < n; i++) {
		total += pca->scree[i];
		pt_rect row = {rect.x, rect.y + (int)i * rows, rect.w, bar_rows};
		draw_component(
			frame, row, i, pca->scree[i], total, has_total, pt_pen_of(pt_role_series((int)plot.run)));
	}
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	pt_plot_grid grid = pt_plot_grid_of(scene, inner, SMALL_COLS, SMALL_ROWS);
	if (grid.split.n == 0)
		pt_plot_grid_absence(scene, &absence, frame, inner);
	for (size_t i = 0; i < grid.split.n; i++)
		draw_one(scene, grid.plots[i], frame, pt_split_rect(&grid.split, i));
}

const pt_pane_ops pt_pane_scree = {
	.id = PT_PANE_SCREE,
	.about =
		{"The share of the path's variance that each principal component of the checkpoints explains, and",
			"(thin, and in the last column) all of them so far. Much in the first: the path is nearly "
			"straight. Two",
			"large ones and little behind: it lies in a plane, and the trajectory shows all of it."},
	.min_cols = 16,
	.min_rows = 1,
	.title = title,
	.figure = figure,
	.draw = draw,
};
