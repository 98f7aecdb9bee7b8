/** The k-scan: the local cosine over step and k, so that one sees on which scale a path turns. */
#include <stdio.h>

#include "pane_heat.h"

enum { ROWS_FOR_Y_TITLE = 14, FIGURE_BYTES = 64, N_TEXTS = 3 };

static const pt_absence absence = {
	.want = PT_WANT_K_SCAN,
	.n_least = 3,
	.waits = "the scan waits for checkpoints at t − k, t and t + k",
	.no_value = "no value yet: for no k are there checkpoints at t − k and t + k above the thresholds",
};

static const pt_k_scan_view *scan_of(const pt_scene *scene, pt_small_plot plot)
{
	return &pt_small_plot_matrix(scene, plot)->k_scan;
}

/* The scan of the first run's main type; NULL: none is there. */
static const pt_k_scan_view *main_scan(const pt_scene *scene)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	const pt_k_scan_view *scan = run ? &pt_scene_matrix(scene, run, scene->main_matrix)->k_scan : NULL;
	return scan && scan->present && scan->n_k > 0 ? scan : NULL;
}

static pt_heatmap map_of(const pt_scene *scene, pt_small_plot plot)
{
	const pt_k_scan_view *scan = scan_of(scene, plot);
	int64_t spacing = pt_small_plot_run(scene, plot)->spacing;
	return (pt_heatmap){.xs = scan->steps,
		.ys = scan->k,
		.n_x = scan->n,
		.n_y = scan->n_k,
		.values = scan->present ? scan->values : NULL,
		.spacing = spacing == PT_NO_STEP ? 0 : spacing};
}

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	char matrices[32];
	pt_scene_matrix_text(scene, matrices, sizeof matrices);
	snprintf(out, capacity, brief ? "k-scan %s" : "k-scan of %s", matrices);
}

/* Least value of one column (i < n), or of all (i = n); NaN: none. The lower k and step at ties. */
static double least(const pt_k_scan_view *scan, size_t i, int64_t *step, int64_t *k)
{
	double found = PT_MISSING;
	size_t from = i < scan->n ? i : 0, to = i < scan->n ? i + 1 : scan->n;
	for (size_t c = from; c < to; c++)
		for (size_t r = 0; r < scan->n_k; r++) {
			double value = scan->values[r * scan->n + c];
			if (pt_is_missing(value) || value >= found)
				continue;
			found = value;
			*step = scan->steps[c];
			*k = scan->k[r];
		}
	return found;
}

/* "min 0.813 @235 k 15"; "": nothing is defined. */
static void least_text(const pt_k_scan_view *scan, char *out, size_t capacity)
{
	int64_t step = 0, k = 0;
	double value = least(scan, scan->n, &step, &k);
	if (pt_is_missing(value))
		out[0] = '\0';
	else
		snprintf(out, capacity, "min %.3f @%lld k %lld", value, (long long)step, (long long)k);
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	const pt_k_scan_view *scan = main_scan(scene);
	out[0] = '\0';
	if (scan && scene->n_shown > 1)
		snprintf(out, capacity, "%zu runs", scene->n_shown);
	else if (scan)
		least_text(scan, out, capacity);
}

/* Row of the scan of the largest k that is drawn elsewhere; the last one where none is. */
static size_t row_in_use(const pt_scene *scene, const pt_matrix_view *matrix)
{
	const pt_k_scan_view *scan = &matrix->k_scan;
	for (size_t i = matrix->n_cosines; i-- > 0;)
		for (size_t r = 0; r < scan->n_k; r++)
			if (matrix->cosines[i].present && pt_view_k_shown(scene->view, i, matrix->n_cosines) &&
				scan->k[r] == matrix->cosines[i].k_used)
				return r;
	return scan->n_k - 1;
}

static const double *spark(const pt_scene *scene, size_t *n)
{
	const pt_k_scan_view *scan = main_scan(scene);
	*n = scan ? scan->n : 0;
	if (!scan)
		return NULL;
	const pt_matrix_view *matrix = pt_scene_matrix(scene, pt_scene_first_run(scene), scene->main_matrix);
	return scan->values + row_in_use(scene, matrix) * scan->n;
}

/* The k that the local cosine is drawn with, at the axis. */
static void mark_k(const pt_scene *scene, const pt_matrix_view *matrix, pt_chart *chart)
{
	if (!chart->canvas || !chart->plot.has_y)
		return;
	for (size_t i = 0; i < matrix->n_cosines; i++) {
		const pt_cosine_view *cosine = &matrix->cosines[i];
		if (!cosine->present || !pt_view_k_shown(scene->view, i, matrix->n_cosines))
			continue;
		int dot = pt_chart_dot_row(chart, &chart->y, (double)cosine->k_used);
		pt_rect inner = chart->plot.inner;
		if (dot >= 0 && dot < chart->canvas->height)
			pt_frame_put(chart->frame, pt_frame_rect(chart->frame), inner.x - 1,
				inner.y + dot / pt_canvas_dots_down(chart->canvas->kind), pt_pen_bold(PT_ROLE_SERIES_1),
				U'▸');
	}
}

static void draw_one(
	const pt_scene *scene, const pt_heat_pane *pane, pt_small_plot plot, pt_frame *frame, pt_rect rect)
{
	char text[FIGURE_BYTES] = "";
	pt_heatmap map = map_of(scene, plot);
	bool has_values = pt_heat_has_values(&map);
	if (has_values)
		least_text(scan_of(scene, plot), text, sizeof text);
	rect = pt_small_plot_heading(scene, plot, text, frame, rect);
	if (!has_values) {
		pt_small_plot_absence(scene, plot, &absence, frame, rect);
		return;
	}
	pt_scale y = pt_heatmap_scale(map.ys, map.n_y);
	pt_axes axes = {.x = &scene->steps,
		.y = &y,
		.y_title = rect.h >= ROWS_FOR_Y_TITLE ? "k in steps" : NULL,
		.of_cells = true};
	pt_chart chart = pt_chart_begin(scene, PT_PANE_K_SCAN, frame, rect, &axes);
	pt_heat_draw(&chart, scene, pt_small_plot_run(scene, plot), pane, map);
	pt_heat_cursor(&chart, true, pt_scene_cursor_x(scene));
	pt_chart_show(&chart);
	mark_k(scene, pt_small_plot_matrix(scene, plot), &chart);
	pt_chart_end(&chart);
}

/* Column i of the scan in words, from the longest text down: of the k in use, and where over all k it is
 * least. */
static void column_texts(const pt_scene *scene, size_t i, char texts[N_TEXTS][PT_LINE_BYTES])
{
	const pt_matrix_view *matrix = pt_scene_matrix(scene, pt_scene_first_run(scene), scene->main_matrix);
	const pt_k_scan_view *scan = &matrix->k_scan;
	size_t row = row_in_use(scene, matrix);
	int64_t k = 0, step = scan->steps[i];
	double value = scan->values[row * scan->n + i], lowest = least(scan, i, &step, &k);
	char cosine[40];
	const char *type = scene->n_matrices > 1 ? pt_matrix_label(scene->main_matrix) : "",
			   *blank = type[0] ? " " : "";
	if (pt_is_missing(value))
		snprintf(cosine, sizeof cosine, "no cos%s%s", blank, type);
	else
		snprintf(cosine, sizeof cosine, "cos%s%s %.3f", blank, type, value);
	snprintf(texts[2], PT_LINE_BYTES, "%lld  %s", (long long)step, cosine);
	snprintf(texts[1], PT_LINE_BYTES, "%lld  k %lld %s", (long long)step, (long long)scan->k[row], cosine);
	pt_text full = pt_text_over(texts[0], PT_LINE_BYTES);
	pt_text_add(&full, texts[1]);
	if (!pt_is_missing(lowest))
		pt_text_addf(&full, "  least %.3f at k %lld", lowest, (long long)k);
}

static void draw_foot(const pt_scene *scene, const pt_heat_pane *pane, pt_frame *frame)
{
	char texts[N_TEXTS][PT_LINE_BYTES];
	const char *const words[N_TEXTS] = {texts[0], texts[1], texts[2]};
	const pt_k_scan_view *scan = main_scan(scene);
	ptrdiff_t at = scan && scene->n_shown == 1 ? pt_cursor_index(scene, scan->steps, scan->n) : -1;
	if (at >= 0)
		column_texts(scene, (size_t)at, texts);
	pt_heat_foot(
		frame, pane, pt_pane_canvas_kind(scene, PT_PANE_K_SCAN, frame), words, at >= 0 ? N_TEXTS : 0);
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

const pt_pane_ops pt_pane_k_scan = {
	.id = PT_PANE_K_SCAN,
	.about = {"The local cosine as colour, over steps (across) and k (up, in steps): a turn that is there "
			  "for "
			  "every k",
		"is one; what only a small k shows is noise on that scale. Colours go from the data's range, rounded",
		"outwards: the bar below tells it. ▸ marks the k of the curves ([ ] change them). Nothing is drawn",
		"where t − k or t + k is not there, or has no direction."},
	.min_cols = 14,
	.min_rows = 3,
	.title = title,
	.figure = figure,
	.draw = draw,
	.spark = spark,
};
