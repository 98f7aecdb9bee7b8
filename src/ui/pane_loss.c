/** Losses over steps: training, evaluation, mean of the probes with their quantiles; the learning rate. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pane_draw.h"
#include "phasetop/base/alloc.h"

enum { RATE_SERIES = 110, FIRST_EXTRA_SERIES = 111, MAX_EXTRA = 3, LEAST_DOTS_APART = 8 };

typedef enum column { COLUMN_TRAIN, COLUMN_EVAL, COLUMN_PROBES, N_COLUMNS } column;

static const char *const column_names[] = {"train", "eval", "probe mean"};
static const pt_role column_roles[] = {PT_ROLE_SERIES_1, PT_ROLE_SERIES_2, PT_ROLE_SERIES_5};
static const pt_dash column_dashes[] = {{1, 0}, {4, 3}, {2, 2}};
_Static_assert(sizeof column_names / sizeof column_names[0] == N_COLUMNS, "a name for every column");
_Static_assert(sizeof column_roles / sizeof column_roles[0] == N_COLUMNS, "a hue for every column");
_Static_assert(sizeof column_dashes / sizeof column_dashes[0] == N_COLUMNS, "a line style for every column");

static const double *values_of(const pt_loss_view *loss, column which)
{
	return which == COLUMN_TRAIN ? loss->train : which == COLUMN_EVAL ? loss->eval : loss->probe_mean;
}

static bool has_any(const pt_loss_view *loss)
{
	bool is_asked = loss->n_series > 0 && loss->series[0].asked; /* those come first */
	return loss->n > 0 && (loss->train || loss->eval || loss->probe_mean || is_asked);
}

static bool has_band(const pt_loss_view *loss)
{
	return loss->probe_q10 && loss->probe_q90;
}

/* A loss, or what the user asked for. */
static bool is_shown(const pt_metric_view *series)
{
	return series->asked || strstr(series->name, "loss") || strstr(series->name, "Loss");
}

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	char smoothing[64];
	pt_smoothing_text(scene, brief, smoothing, sizeof smoothing);
	snprintf(out, capacity, "loss%s", smoothing);
}

/* Newest finite value of a column; -1: none. */
static ptrdiff_t newest(const double *values, size_t n)
{
	for (size_t i = n; values && i-- > 0;)
		if (!pt_is_missing(values[i]))
			return (ptrdiff_t)i;
	return -1;
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	out[0] = '\0';
	if (!run)
		return;
	if (scene->n_shown > 1) {
		snprintf(out, capacity, "%zu runs", scene->n_shown);
		return;
	}
	for (int c = 0; c < N_COLUMNS; c++) {
		const double *values = values_of(&run->loss, (column)c);
		ptrdiff_t at = newest(values, run->loss.n);
		if (at < 0)
			continue;
		char number[32];
		pt_text_number(number, sizeof number, values[at], 3);
		snprintf(out, capacity, "%s %s @%lld", column_names[c], number, (long long)run->loss.steps[at]);
		return;
	}
}

static const double *spark(const pt_scene *scene, size_t *n)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	*n = run ? run->loss.n : 0;
	for (int c = 0; run && c < N_COLUMNS; c++)
		if (values_of(&run->loss, (column)c))
			return values_of(&run->loss, (column)c);
	*n = 0;
	return NULL;
}

static pt_range range_of(const pt_scene *scene, const void *context)
{
	(void)context;
	pt_fit fit = pt_fit_begin(scene, scene->view->log_y[PT_PANE_LOSS]);
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_run_view *run = &scene->snapshot->runs[r];
		const pt_loss_view *loss = &run->loss;
		for (int c = 0; c < N_COLUMNS; c++)
			pt_fit_add(&fit, run, loss->steps, values_of(loss, (column)c), loss->n, 1);
		if (scene->n_shown == 1 && has_band(loss)) {
			pt_fit_add(&fit, run, loss->steps, loss->probe_q10, loss->n, 1);
			pt_fit_add(&fit, run, loss->steps, loss->probe_q90, loss->n, 1);
		}
		size_t n_extra = 0;
		for (size_t s = 0; scene->n_shown == 1 && s < loss->n_series && n_extra < MAX_EXTRA; s++) {
			if (!is_shown(&loss->series[s]))
				continue;
			pt_fit_add(&fit, run, loss->series[s].steps, loss->series[s].values, loss->series[s].n, 1);
			n_extra++;
		}
	}
	return pt_fit_end(&fit);
}

/* Are the points in view so far apart that a dash fits between two? */
static bool is_sparse(const pt_chart *chart, const pt_points *points)
{
	size_t n_seen = 0;
	for (size_t i = 0; i < points->n; i++) {
		double fraction = pt_scale_fraction(&chart->x, pt_points_x(points, i));
		n_seen += fraction >= 0 && fraction <= 1;
	}
	return chart->canvas && n_seen * LEAST_DOTS_APART <= (size_t)chart->canvas->width;
}

/* A curve; where it is dashed, and its points are few and far apart, they are seen as such: a dot each, and
 * dashes that begin anew between two of them. */
static void draw_joined(pt_chart *chart, const pt_scene *scene, const pt_run_view *run,
	const pt_points *points, const pt_stroke *stroke)
{
	pt_stroke dots = *stroke, line = *stroke;
	pt_points drawn = *points;
	double *xs = pt_points_on_axis(scene, run, &drawn);
	if (stroke->dash.off == 0 || !is_sparse(chart, &drawn)) {
		pt_chart_curve(chart, scene, run, &chart->y, points, stroke);
		pt_free(xs);
		return;
	}
	dots.points_only = true;
	line.marker = 0;
	pt_chart_curve(chart, scene, run, &chart->y, points, &dots);
	for (size_t i = 1; i < drawn.n; i++) {
		pt_points pair = {
			.steps = drawn.steps + i - 1, .xs = xs ? xs + i - 1 : NULL, .ys = drawn.ys + i - 1, .n = 2};
		pt_curve_draw(chart->canvas, &chart->x, &chart->y, &pair, &line);
	}
	pt_free(xs);
}

/* Learning rates, from 0 on. */
static pt_range rates_of(const pt_scene *scene, const void *context)
{
	(void)context;
	const pt_run_view *run = pt_scene_first_run(scene);
	pt_range range = pt_range_empty();
	pt_range_add(&range, 0);
	if (run && run->loss.learning_rate)
		pt_range_add_all(&range, run->loss.learning_rate, run->loss.n);
	return range;
}

/* A column that is logged now and then (evaluation) has gaps at every other step: join what is there. */
static void draw_sparse(pt_chart *chart, const pt_scene *scene, const pt_run_view *run, const double *values,
	const pt_stroke *stroke)
{
	const pt_loss_view *loss = &run->loss;
	int64_t *steps = pt_array_alloc(loss->n, sizeof *steps);
	double *ys = pt_array_alloc(loss->n, sizeof *ys);
	pt_points points = {.steps = steps, .ys = ys};
	for (size_t i = 0; steps && ys && i < loss->n; i++) {
		if (pt_is_missing(values[i]))
			continue;
		steps[points.n] = loss->steps[i];
		ys[points.n++] = values[i];
	}
	if (scene->view->smoothing > 0)
		pt_chart_noisy_curve(chart, scene, run, &chart->y, &points, stroke);
	else
		draw_joined(chart, scene, run, &points, stroke);
	pt_free(steps);
	pt_free(ys);
}

static void draw_rate(pt_chart *chart, const pt_scene *scene, const pt_run_view *run)
{
	pt_stroke stroke = {.ink = pt_ink_of(PT_ROLE_SERIES_6, RATE_SERIES), .dash = PT_DOTTED};
	stroke.ink.ascii = '.';
	pt_points points = {.steps = run->loss.steps, .ys = run->loss.learning_rate, .n = run->loss.n};
	pt_chart_curve(chart, scene, run, &chart->y2, &points, &stroke);
}

static void draw_band(pt_chart *chart, const pt_scene *scene, const pt_run_view *run)
{
	const pt_loss_view *loss = &run->loss;
	if (!has_band(loss))
		return;
	pt_points low = {.steps = loss->steps, .ys = loss->probe_q10, .n = loss->n};
	double *xs = pt_points_on_axis(scene, run, &low);
	pt_curve_band(chart->canvas, &chart->x, &chart->y, &low, loss->probe_q90, PT_ROLE_BAND, 0,
		pt_ink_of(PT_ROLE_BAND, 0));
	pt_free(xs);
}

static void draw_extra(pt_chart *chart, const pt_scene *scene, const pt_run_view *run, pt_legend *legend)
{
	const pt_loss_view *loss = &run->loss;
	int n = 0;
	for (size_t s = 0; s < loss->n_series && n < MAX_EXTRA; s++) {
		const pt_metric_view *series = &loss->series[s];
		if (!is_shown(series))
			continue;
		pt_role role = pt_role_series(7 + n);
		pt_stroke stroke = {.ink = pt_ink_of(role, FIRST_EXTRA_SERIES + n), .dash = PT_DASHED};
		stroke.ink.ascii = pt_ascii_series(3 + n);
		pt_points points = {.steps = series->steps, .ys = series->values, .n = series->n};
		pt_chart_noisy_curve(chart, scene, run, &chart->y, &points, &stroke);
		pt_legend_add(legend, U'╍', pt_ascii_series(3 + n), pt_pen_of(role), series->name);
		n++;
	}
}

static void draw_single(const pt_scene *scene, pt_chart *chart, pt_legend *legend)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	const pt_loss_view *loss = &run->loss;
	draw_band(chart, scene, run);
	pt_chart_change_points(chart, scene, scene->main_matrix);
	pt_chart_guides(chart, scene);
	if (loss->learning_rate && chart->plot.has_y2)
		draw_rate(chart, scene, run);
	for (int c = N_COLUMNS - 1; c >= 0; c--) {
		const double *values = values_of(loss, (column)c);
		if (!values)
			continue;
		pt_stroke stroke = {.ink = pt_ink_of(column_roles[c], c + 1), .dash = column_dashes[c]};
		stroke.ink.ascii = pt_ascii_series(c);
		draw_sparse(chart, scene, run, values, &stroke);
	}
	for (int c = 0; c < N_COLUMNS; c++)
		if (values_of(loss, (column)c))
			pt_legend_add(legend, column_dashes[c].off ? U'╍' : U'━', pt_ascii_series(c),
				pt_pen_of(column_roles[c]), column_names[c]);
	if (has_band(loss))
		pt_legend_add(legend, U'·', ',', pt_pen_of(PT_ROLE_BAND), "10–90 % of probes");
	draw_extra(chart, scene, run, legend);
	if (loss->learning_rate && chart->plot.has_y2)
		pt_legend_add(legend, U'┅', '.', pt_pen_of(PT_ROLE_SERIES_6), "learning rate (right)");
}

/* *kinds tells which line is which. */
static void draw_several(const pt_scene *scene, pt_chart *chart, pt_legend *kinds)
{
	bool solid[N_COLUMNS] = {false}, dashed[N_COLUMNS] = {false};
	pt_chart_guides(chart, scene);
	pt_overlay overlay = pt_overlay_begin(scene, chart);
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_run_view *run = &scene->snapshot->runs[r];
		const pt_loss_view *loss = &run->loss;
		pt_stroke stroke = pt_run_stroke(scene, chart, r);
		bool is_first = true;
		for (int c = 0; c < N_COLUMNS; c++) {
			const double *values = values_of(loss, (column)c);
			/* Training solid, the rest dashed; of evaluation and probes only the first that is there. */
			if (!values || (c == COLUMN_PROBES && loss->eval))
				continue;
			stroke.dash = is_first ? PT_SOLID : PT_DASHED;
			draw_sparse(chart, scene, run, values, &stroke);
			solid[c] |= is_first;
			dashed[c] |= !is_first;
			is_first = false;
			stroke.marker = 0;
		}
		pt_overlay_add(&overlay, chart);
	}
	pt_overlay_end(&overlay, chart);
	for (int c = 0; c < N_COLUMNS; c++)
		if (solid[c])
			pt_legend_add(kinds, U'━', '-', pt_pen_of(PT_ROLE_LABEL), column_names[c]);
	for (int c = 0; c < N_COLUMNS; c++)
		if (dashed[c])
			pt_legend_add(kinds, U'╍', '-', pt_pen_of(PT_ROLE_LABEL), column_names[c]);
}

static void add_readout(const pt_scene *scene, pt_chart *chart)
{
	const pt_loss_view *loss = &pt_scene_first_run(scene)->loss;
	ptrdiff_t at = pt_cursor_index(scene, loss->steps, loss->n);
	if (at < 0 || scene->n_shown != 1)
		return;
	char line[PT_LINE_BYTES], number[32];
	pt_text text = pt_text_over(line, sizeof line);
	pt_text_addf(&text, "%lld", (long long)loss->steps[at]);
	for (int c = 0; c < N_COLUMNS; c++) {
		const double *values = values_of(loss, (column)c);
		if (!values || pt_is_missing(values[at]))
			continue;
		pt_text_number(number, sizeof number, values[at], 3);
		pt_text_addf(&text, "  %s %s", column_names[c], number);
	}
	pt_chart_note(chart, PT_CORNER_BOTTOM_LEFT, pt_pen_of(PT_ROLE_CROSSHAIR), line);
}

static bool any_losses(const pt_scene *scene)
{
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		if (has_any(&scene->snapshot->runs[r].loss))
			return true;
	}
	return false;
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	if (!any_losses(scene) && pt_versus_absence_draw(scene, frame, inner))
		return;
	if (!any_losses(scene)) {
		pt_absence_draw(frame, inner,
			"no losses yet: they come from trainer_state.json, train_log.jsonl, metrics.csv, TensorBoard, "
			"W&B or "
			"probe_losses.jsonl in the run");
		return;
	}
	pt_range range = pt_scene_range(scene, range_of, NULL), rates = pt_scene_range(scene, rates_of, NULL);
	bool with_rate = scene->n_shown == 1 && rates.n > 1;
	pt_scale y = pt_scale_with_headroom(&range, scene->view->log_y[PT_PANE_LOSS] && !scene->versus),
			 y2 = pt_scale_fit(&rates, false);
	pt_axes axes = {.x = &scene->steps, .y = &y, .y2 = with_rate ? &y2 : NULL, .y2_role = PT_ROLE_SERIES_6};
	pt_chart chart = pt_chart_begin(scene, PT_PANE_LOSS, frame, inner, &axes);
	pt_legend legend = {.n = 0};
	if (scene->n_shown == 1)
		draw_single(scene, &chart, &legend);
	else
		draw_several(scene, &chart, &legend);
	pt_chart_show(&chart);
	if (scene->n_shown == 1 && !pt_scene_is_later_column(scene))
		pt_chart_legend(&chart, PT_CORNER_TOP_RIGHT, &legend, 1);
	else if (scene->n_shown > 1) {
		pt_runs_names(scene, &chart, PT_CORNER_TOP_RIGHT);
		pt_chart_legend(&chart, PT_CORNER_BOTTOM_RIGHT, &legend, legend.n);
	}
	add_readout(scene, &chart);
	pt_chart_end(&chart);
}

const pt_pane_ops pt_pane_loss = {
	.id = PT_PANE_LOSS,
	.about = {"Training and evaluation loss, the mean loss of the probes with a band from their 10 % to "
			  "their 90 %",
		"quantile, and the learning rate on the right axis. Several runs: training solid, evaluation or",
		"probes dashed. A value that was never logged is a gap. y makes the axis logarithmic. s smooths: an",
		"exponential moving average that looks back, h steps ago counting half (on a logarithmic axis of the",
		"logarithms); what was logged lies grey below it, and is what the read-out tells."},
	.min_cols = 14,
	.min_rows = 3,
	.by_run = true,
	.by_difference = true,
	.title = title,
	.figure = figure,
	.draw = draw,
	.spark = spark,
};
