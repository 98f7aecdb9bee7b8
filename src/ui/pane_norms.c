/** Norms of the selected matrix types over steps; drift and step length beside them where there is room. */
#include <math.h>
#include <stdio.h>

#include "pane_draw.h"

enum {
	SMALL_COLS = 18, /* least width of one of several plots side by side */
	SMALL_ROWS = 7,  /* least height of one of several plots one above the other */
	COLS_FOR_DRIFT = 52,
	ROWS_FOR_DRIFT = 18, /* from here on drift and step length are drawn too */
	DRIFT_SERIES = 101,  /* owners of canvas cells, apart from the runs' */
	LENGTH_SERIES = 102
};

static void symbol_of(const pt_scene *scene, pt_matrix matrix, char *out, size_t capacity)
{
	if (scene->has_stand_in && matrix == scene->main_matrix)
		snprintf(out, capacity, "norm"); /* of W in some runs */
	else
		snprintf(out, capacity, "‖%s‖", pt_matrix_label(matrix));
}

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	pt_text text = pt_text_over(out, capacity);
	pt_text_add(&text, brief ? "" : scene->n_matrices > 1 ? "norms " : "norm ");
	for (size_t i = 0; i < scene->n_matrices; i++)
		pt_text_addf(&text, "%s‖%s‖", i ? " " : "", pt_matrix_label(scene->matrices[i]));
	if (scene->has_stand_in)
		pt_text_addf(&text, " or ‖%s‖", pt_matrix_label(PT_MATRIX_W));
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	out[0] = '\0';
	if (!run || run->n_steps == 0)
		return;
	if (scene->n_shown > 1) {
		snprintf(out, capacity, "%zu runs", scene->n_shown);
		return;
	}
	const pt_norm_view *norms = &pt_scene_matrix(scene, run, scene->main_matrix)->norms;
	if (!norms->present)
		return;
	for (size_t i = run->n_steps; i-- > 0;) {
		if (pt_is_missing(norms->norm[i]))
			continue;
		char number[32];
		pt_text_number(number, sizeof number, norms->norm[i], 4);
		snprintf(out, capacity, "%s @%lld", number, (long long)run->steps[i]);
		return;
	}
}

static const double *spark(const pt_scene *scene, size_t *n)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	*n = run ? run->n_steps : 0;
	return run ? pt_scene_matrix(scene, run, scene->main_matrix)->norms.norm : NULL;
}

/* Is there room and meaning for drift and step length? Only for one run: else curves would be three a run. */
static bool shows_drift(const pt_scene *scene, pt_rect rect)
{
	return scene->n_shown == 1 && rect.h >= ROWS_FOR_DRIFT && rect.w >= COLS_FOR_DRIFT;
}

/* What the left axis spans. */
typedef struct norm_axis {
	pt_matrix matrix;
	bool with_drift;
} norm_axis;

static pt_range range_of(const pt_scene *scene, const void *context)
{
	const norm_axis *axis = context;
	pt_matrix matrix = axis->matrix;
	bool with_drift = axis->with_drift;
	pt_fit fit = pt_fit_begin(scene, scene->view->log_y[PT_PANE_NORMS]);
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_run_view *run = &scene->snapshot->runs[r];
		const pt_norm_view *norms = &pt_scene_matrix(scene, run, matrix)->norms;
		pt_fit_add(&fit, run, run->steps, norms->norm, norms->present ? run->n_steps : 0, 1);
		if (with_drift)
			pt_fit_add(&fit, run, run->steps, norms->drift, norms->present ? run->n_steps : 0, 1);
	}
	return pt_fit_end(&fit);
}

static pt_range range_of_length(const pt_scene *scene, const void *context)
{
	pt_matrix matrix = *(const pt_matrix *)context;
	pt_fit fit = pt_fit_begin(scene, false);
	pt_fit_must(&fit, 0);
	const pt_run_view *run = pt_scene_first_run(scene);
	if (run && pt_scene_matrix(scene, run, matrix)->norms.present)
		pt_fit_add(
			&fit, run, run->steps, pt_scene_matrix(scene, run, matrix)->norms.step_length, run->n_steps, 1);
	return pt_fit_end(&fit);
}

/* A B that starts at 0 drifts exactly by its norm: the same curve twice says nothing. */
static bool drift_differs(const pt_norm_view *norms, size_t n)
{
	double apart = 0, largest = 0;
	for (size_t i = 0; norms->present && norms->drift && i < n; i++) {
		apart = fmax(apart, fabs(norms->norm[i] - norms->drift[i]));
		largest = fmax(largest, norms->norm[i]);
	}
	return apart > 0.01 * largest;
}

static void draw_curves(const pt_scene *scene, pt_matrix matrix, bool drift, pt_chart *chart)
{
	pt_overlay overlay = pt_overlay_begin(scene, chart);
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_run_view *run = &scene->snapshot->runs[r];
		const pt_norm_view *norms = &pt_scene_matrix(scene, run, matrix)->norms;
		if (!norms->present)
			continue;
		pt_points points = {.steps = run->steps, .n = run->n_steps};
		if (drift) {
			bool differs = drift_differs(norms, run->n_steps);
			pt_stroke side = {.ink = pt_ink_of(PT_ROLE_SERIES_6, LENGTH_SERIES), .dash = PT_DOTTED};
			side.ink.ascii = '.';
			points.ys = norms->step_length;
			pt_chart_curve(chart, scene, run, &chart->y2, &points, &side);
			side = (pt_stroke){.ink = pt_ink_of(PT_ROLE_SERIES_5, DRIFT_SERIES), .dash = PT_DASHED};
			side.ink.ascii = 'd';
			points.ys = differs ? norms->drift : NULL; /* NULL draws nothing */
			pt_chart_curve(chart, scene, run, &chart->y, &points, &side);
		}
		pt_stroke stroke = pt_run_stroke(scene, chart, r);
		points.ys = norms->norm;
		pt_chart_curve(chart, scene, run, &chart->y, &points, &stroke);
		pt_overlay_add(&overlay, chart);
	}
	pt_overlay_end(&overlay, chart);
}

static double norm_at(const pt_scene *scene, const pt_run_view *run, const void *context)
{
	pt_matrix matrix = *(const pt_matrix *)context;
	ptrdiff_t at = pt_cursor_index(scene, run->steps, run->n_steps);
	return at < 0 || !pt_scene_matrix(scene, run, matrix)->norms.present
			   ? PT_MISSING
			   : pt_scene_matrix(scene, run, matrix)->norms.norm[at];
}

static void add_words(const pt_scene *scene, pt_matrix matrix, bool drift, pt_chart *chart)
{
	char symbol[16], number[32], text[PT_LINE_BYTES];
	symbol_of(scene, matrix, symbol, sizeof symbol);
	pt_legend legend = {.n = 0};
	const pt_run_view *run = pt_scene_first_run(scene);
	if (scene->n_shown == 1 && drift) {
		pt_legend_add(&legend, 0, pt_ascii_series((int)scene->first_shown),
			pt_pen_of(pt_role_series((int)scene->first_shown)), symbol);
		if (drift_differs(&pt_scene_matrix(scene, run, matrix)->norms, run->n_steps))
			pt_legend_add(&legend, U'╍', 'd', pt_pen_of(PT_ROLE_SERIES_5), "drift from the first");
		pt_legend_add(&legend, U'┅', '.', pt_pen_of(PT_ROLE_SERIES_6), "step length (right)");
	}
	if (!pt_scene_is_later_column(scene))
		pt_chart_legend(chart, PT_CORNER_BOTTOM_RIGHT, &legend, 1);
	ptrdiff_t at = run ? pt_cursor_index(scene, run->steps, run->n_steps) : -1;
	bool is_named = false;
	if (at >= 0 && scene->n_shown == 1 && pt_scene_matrix(scene, run, matrix)->norms.present) {
		pt_text_number(number, sizeof number, pt_scene_matrix(scene, run, matrix)->norms.norm[at], 4);
		snprintf(text, sizeof text, "%lld  %s %s", (long long)run->steps[at], symbol, number);
		is_named = pt_chart_note(chart, PT_CORNER_BOTTOM_RIGHT, pt_pen_of(PT_ROLE_CROSSHAIR), text);
	} else if (scene->n_shown > 1) {
		is_named = pt_runs_words(scene, chart, PT_CORNER_BOTTOM_RIGHT, symbol, norm_at, &matrix);
	}
	if (scene->n_matrices > 1 && !is_named)
		pt_chart_note(chart, PT_CORNER_TOP_LEFT, pt_pen_of(PT_ROLE_LABEL), symbol);
}

static void draw_one(
	const pt_scene *scene, pt_matrix matrix, size_t n_left_out, pt_frame *frame, pt_rect rect)
{
	bool drift = shows_drift(scene, rect);
	norm_axis left = {matrix, drift};
	pt_range range = pt_scene_range(scene, range_of, &left);
	pt_range lengths = pt_scene_range(scene, range_of_length, &matrix);
	if (range.n > 0 && range.hi <= range.lo && !scene->versus)
		pt_range_add(&range, range.hi > 0 ? 0 : 1); /* a norm has no negative half */
	if (range.n == 0 && pt_versus_absence_draw(scene, frame, rect))
		return;
	if (range.n == 0) {
		char text[PT_LINE_BYTES];
		snprintf(text, sizeof text, "no matrix %s in this run: m shows another", pt_matrix_label(matrix));
		pt_absence_draw(frame, rect, text);
		return;
	}
	pt_scale y = pt_scale_fit(&range, scene->view->log_y[PT_PANE_NORMS] && !scene->versus);
	pt_scale y2 = pt_scale_fit(&lengths, false);
	pt_axes axes = {.x = &scene->steps, .y = &y, .y2 = drift ? &y2 : NULL, .y2_role = PT_ROLE_SERIES_6};
	pt_chart chart = pt_chart_begin(scene, PT_PANE_NORMS, frame, rect, &axes);
	pt_chart_change_points(&chart, scene, matrix);
	pt_chart_guides(&chart, scene);
	draw_curves(scene, matrix, drift, &chart);
	pt_chart_show(&chart);
	add_words(scene, matrix, drift, &chart);
	pt_chart_left_out(&chart, n_left_out);
	pt_chart_end(&chart);
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	pt_matrices_draw(scene, frame, inner, SMALL_COLS, SMALL_ROWS, draw_one);
}

const pt_pane_ops pt_pane_norms = {
	.id = PT_PANE_NORMS,
	.about = {"The length of each weight vector over training: how far the update has grown.",
		"A B of exactly 0 at the start is normal. m chooses A, B, ΔW; ΔW = s·B·A does not depend on how",
		"A and B share its scale. In a large pane: drift from the first checkpoint, and the step length.",
		"y makes the axis logarithmic. A dotted vertical line, here and in every pane over steps: the training",
		"was resumed there."},
	.min_cols = 14,
	.min_rows = 3,
	.by_run = true,
	.by_difference = true,
	.title = title,
	.figure = figure,
	.draw = draw,
	.spark = spark,
};
