/** Local cosine similarity over steps, for several k: +1 straight on, 0 an orthogonal turn, −1 back. */
#include <math.h>
#include <stdio.h>

#include "pane_draw.h"
#include "phasetop/base/alloc.h"

enum {
	SMALL_COLS = 18,
	SMALL_ROWS = 7,
	K_SERIES = 64,
	UNCLEAR_SERIES = 96,
	USUAL_SERIES = 127,
	READOUT_FORMS = 3
};

/* Below this many times the rounding of the stored values a displacement is mostly rounding (definitions of
 * the storage floor: numeric/storage_floor.h). */
static const double clear_q = 3;

/* Hues of k from the largest down: the largest is the brightest. */
static const pt_role k_roles[PT_MAX_K] = {PT_ROLE_SERIES_1, PT_ROLE_SERIES_2, PT_ROLE_SERIES_6,
	PT_ROLE_SERIES_3, PT_ROLE_SERIES_4, PT_ROLE_SERIES_5, PT_ROLE_SERIES_7, PT_ROLE_SERIES_8};
static const pt_dash k_dashes[PT_MAX_K] = {{1, 0}, {5, 2}, {2, 1}, {6, 2}, {3, 2}, {3, 1}, {5, 3}, {1, 1}};

/* The k that is drawn last: the largest of those shown. NULL: none is there. */
static const pt_cosine_view *main_cosine(const pt_scene *scene, const pt_run_view *run, pt_matrix matrix)
{
	const pt_matrix_view *view = pt_scene_matrix(scene, run, matrix);
	for (size_t i = view->n_cosines; i-- > 0;)
		if (view->cosines[i].present && pt_view_k_shown(scene->view, i, view->n_cosines))
			return &view->cosines[i];
	return NULL;
}

/* The sign that is drawn: −1 with the key i. */
static double sign_of(const pt_scene *scene)
{
	return scene->view->negate_cosine ? -1 : 1;
}

static bool is_unclear(const pt_cosine_view *cosine, size_t i)
{
	return cosine->floor_q && cosine->floor_q[i] < clear_q;
}

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	char matrices[32];
	pt_scene_matrix_text(scene, matrices, sizeof matrices);
	snprintf(out, capacity, brief ? "%scosine %s" : "%slocal cosine of %s",
		scene->view->negate_cosine ? "−" : "", matrices);
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	const pt_cosine_view *cosine = run ? main_cosine(scene, run, scene->main_matrix) : NULL;
	out[0] = '\0';
	if (!cosine)
		return;
	if (scene->n_shown > 1)
		pt_scene_k_text(scene, out, capacity);
	else if (cosine->minimum_step != PT_NO_STEP) {
		ptrdiff_t at = pt_step_index(cosine->steps, cosine->n, cosine->minimum_step);
		pt_text text = pt_text_over(out, capacity);
		pt_text_addf(&text, "%s %.3f @%lld", scene->view->negate_cosine ? "max" : "min",
			sign_of(scene) * cosine->minimum_value, (long long)cosine->minimum_step);
		if (at >= 0 && is_unclear(cosine, (size_t)at))
			pt_text_addf(&text, ", q %.1f", cosine->floor_q[at]);
	}
}

static const double *spark(const pt_scene *scene, size_t *n)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	const pt_cosine_view *cosine = run ? main_cosine(scene, run, scene->main_matrix) : NULL;
	*n = cosine ? cosine->n : 0;
	return cosine ? cosine->values : NULL;
}

/* Is this k of this run drawn? With several runs only the largest is. */
static bool is_drawn(const pt_scene *scene, const pt_run_view *run, pt_matrix matrix, size_t i)
{
	const pt_matrix_view *view = pt_scene_matrix(scene, run, matrix);
	if (!view->cosines[i].present || !pt_view_k_shown(scene->view, i, view->n_cosines))
		return false;
	return scene->n_shown == 1 || &view->cosines[i] == main_cosine(scene, run, matrix);
}

static pt_range range_of(const pt_scene *scene, const void *context)
{
	pt_matrix matrix = *(const pt_matrix *)context;
	pt_fit fit = pt_fit_begin(scene, false);
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_run_view *run = &scene->snapshot->runs[r];
		for (size_t k = 0; k < pt_scene_matrix(scene, run, matrix)->n_cosines; k++) {
			const pt_cosine_view *cosine = &pt_scene_matrix(scene, run, matrix)->cosines[k];
			if (is_drawn(scene, run, matrix, k))
				pt_fit_add(&fit, run, cosine->steps, cosine->values, cosine->n, sign_of(scene));
		}
	}
	return pt_fit_end(&fit);
}

/* The last k steps cannot be known yet: shade them. */
static void shade_pending(const pt_scene *scene, pt_matrix matrix, pt_chart *chart)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	const pt_cosine_view *cosine = run ? main_cosine(scene, run, matrix) : NULL;
	if (scene->n_shown != 1 || !cosine || cosine->pending_from_step == PT_NO_STEP)
		return;
	double first = pt_scene_x(scene, run, cosine->pending_from_step);
	double last = pt_scene_x(scene, run, run->steps[run->n_steps - 1]);
	pt_guide_shade(chart->canvas, &chart->x, first, last, U'░', pt_ink_of(PT_ROLE_PROVISIONAL, 0));
}

static void draw_guides(const pt_scene *scene, pt_chart *chart)
{
	if (pt_scale_fraction(&chart->y, 0) >= 0 && pt_scale_fraction(&chart->y, 0) <= 1)
		pt_guide_across(chart->canvas, &chart->y, 0, U'╌', pt_ink_of(PT_ROLE_GUIDE, 0));
	double turn_below = sign_of(scene) * pt_settings_turn_below(&scene->snapshot->settings);
	if (!scene->view->thresholds_off && !scene->versus)
		pt_guide_across(chart->canvas, &chart->y, turn_below, U'┄', pt_ink_of(PT_ROLE_THRESHOLD, 0));
}

/* Values with the sign that is drawn; to be freed. NULL draws nothing: no wrong sign for want of memory. */
static double *drawn_values(const pt_scene *scene, const double *values, size_t n)
{
	double *drawn = values ? pt_array_alloc(n, sizeof *drawn) : NULL;
	for (size_t i = 0; drawn && i < n; i++)
		drawn[i] = sign_of(scene) * values[i];
	return drawn;
}

/* What the values have been between so far: the run's own quartiles up to each step, and their median. */
static void draw_usual(const pt_scene *scene, pt_matrix matrix, pt_chart *chart)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	const pt_cosine_view *cosine = run ? main_cosine(scene, run, matrix) : NULL;
	if (scene->n_shown != 1 || !cosine || !cosine->usual_median)
		return;
	double *low = drawn_values(scene, cosine->usual_q25, cosine->n);
	double *high = drawn_values(scene, cosine->usual_q75, cosine->n);
	double *median = drawn_values(scene, cosine->usual_median, cosine->n);
	pt_points points = {.steps = cosine->steps, .ys = low, .n = cosine->n};
	double *xs = pt_points_on_axis(scene, run, &points);
	pt_curve_band(
		chart->canvas, &chart->x, &chart->y, &points, high, PT_ROLE_BAND, 0, pt_ink_of(PT_ROLE_BAND, 0));
	pt_stroke stroke = {.ink = pt_ink_of(PT_ROLE_BAND, USUAL_SERIES), .dash = PT_DOTTED};
	stroke.ink.ascii = '.';
	points.ys = median;
	pt_curve_draw(chart->canvas, &chart->x, &chart->y, &points, &stroke);
	pt_free(xs);
	pt_free(low);
	pt_free(high);
	pt_free(median);
}

/* A curve whose points below the storage floor are drawn apart, quietly, and are no dips. */
static void draw_curve(const pt_scene *scene, const pt_run_view *run, const pt_cosine_view *cosine,
	const pt_stroke *stroke, pt_chart *chart)
{
	double *values = drawn_values(scene, cosine->values, cosine->n);
	pt_stroke quiet = *stroke;
	quiet.ink.role = PT_ROLE_INACTIVE;
	quiet.ink.series = (uint8_t)(UNCLEAR_SERIES + stroke->ink.series % PT_MAX_K);
	for (size_t from = 0, to; values && from < cosine->n; from = to) {
		for (to = from; to < cosine->n && is_unclear(cosine, to) == is_unclear(cosine, from);)
			to++;
		/* a clear stretch begins at the last unclear point, so that the curve has no seam */
		size_t start = from > 0 && !is_unclear(cosine, from) ? from - 1 : from;
		pt_points points = {.steps = cosine->steps + start, .ys = values + start, .n = to - start};
		pt_chart_curve(
			chart, scene, run, &chart->y, &points, is_unclear(cosine, from) ? &quiet : stroke);
	}
	pt_free(values);
}

/* Colour what the main curve has beyond the turn line: the dips that count. */
static void colour_dips(const pt_scene *scene, uint8_t series, pt_chart *chart)
{
	pt_canvas *canvas = chart->canvas;
	if (!canvas || scene->view->thresholds_off || scene->n_shown != 1 || scene->versus)
		return;
	double turn_below = sign_of(scene) * pt_settings_turn_below(&scene->snapshot->settings);
	int line_row = pt_chart_dot_row(chart, &chart->y, turn_below) / pt_canvas_dots_down(canvas->kind);
	bool dips_go_down = !scene->view->negate_cosine == !chart->y.inverted;
	pt_tracing_colour_beyond(canvas, &chart->y, turn_below, dips_go_down, series, PT_ROLE_ALERT);
	for (int row = 0; row < canvas->rows; row++) {
		bool is_beyond = dips_go_down ? row > line_row : row < line_row;
		for (int col = 0; is_beyond && col < canvas->cols; col++) {
			pt_canvas_cell *cell = &canvas->cells[row * canvas->cols + col];
			if (cell->dots && cell->ink.series == series)
				cell->ink.role = PT_ROLE_ALERT;
		}
	}
}

static pt_stroke k_stroke(size_t from_largest)
{
	size_t i = from_largest % PT_MAX_K;
	pt_stroke stroke = {.ink = pt_ink_of(k_roles[i], (int)(K_SERIES + i)), .dash = k_dashes[i]};
	stroke.ink.ascii = pt_ascii_series((int)i);
	return stroke;
}

static void draw_curves(const pt_scene *scene, pt_matrix matrix, pt_chart *chart)
{
	pt_overlay overlay = pt_overlay_begin(scene, chart);
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_run_view *run = &scene->snapshot->runs[r];
		size_t n = pt_scene_matrix(scene, run, matrix)->n_cosines;
		for (size_t k = 0; k < n; k++) {
			if (!is_drawn(scene, run, matrix, k))
				continue;
			pt_stroke stroke = scene->n_shown > 1 ? pt_run_stroke(scene, chart, r) : k_stroke(n - 1 - k);
			draw_curve(scene, run, &pt_scene_matrix(scene, run, matrix)->cosines[k], &stroke, chart);
			if (&pt_scene_matrix(scene, run, matrix)->cosines[k] == main_cosine(scene, run, matrix))
				colour_dips(scene, stroke.ink.series, chart);
		}
		pt_overlay_add(&overlay, chart);
	}
	pt_overlay_end(&overlay, chart);
}

static pt_legend legend_of(const pt_scene *scene, pt_matrix type, bool largest_first)
{
	pt_legend legend = {.n = 0};
	char name[32];
	const pt_run_view *run = pt_scene_first_run(scene);
	const pt_matrix_view *matrix = pt_scene_matrix(scene, run, type);
	for (size_t i = 0; i < matrix->n_cosines; i++) {
		size_t k = largest_first ? matrix->n_cosines - 1 - i : i;
		if (!is_drawn(scene, run, type, k))
			continue;
		size_t place = (matrix->n_cosines - 1 - k) % PT_MAX_K;
		snprintf(name, sizeof name, "k %lld", (long long)matrix->cosines[k].k_used);
		uint32_t line = k_dashes[place].off == 0 ? U'━' : k_dashes[place].on > 2 ? U'╍' : U'┅';
		pt_legend_add(&legend, line, pt_ascii_series((int)place), pt_pen_of(k_roles[place]), name);
	}
	return legend;
}

/* All k in their order; where they do not fit, the one that the verdict looks at and how many more. */
static bool add_legend(const pt_scene *scene, pt_matrix matrix, pt_chart *chart)
{
	if (scene->n_shown != 1)
		return true; /* runs have names, not k */
	pt_legend all = legend_of(scene, matrix, false), first = legend_of(scene, matrix, true);
	return pt_chart_legend(chart, PT_CORNER_BOTTOM_RIGHT, &all, PT_MAX_LEGEND) ||
		   pt_chart_legend(chart, PT_CORNER_BOTTOM_RIGHT, &first, 1);
}

static void add_pending_note(const pt_scene *scene, pt_matrix matrix, pt_chart *chart)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	const pt_cosine_view *cosine = main_cosine(scene, run, matrix);
	if (scene->n_shown != 1 || !cosine || cosine->pending_from_step == PT_NO_STEP)
		return;
	char text[PT_LINE_BYTES];
	if (run->state == PT_RUN_FINISHED)
		snprintf(text, sizeof text, "░ undecided: the run ended");
	else if (cosine->decided_at_step != PT_NO_STEP)
		snprintf(text, sizeof text, "░ decided when %lld lands", (long long)cosine->decided_at_step);
	else
		snprintf(text, sizeof text, "░ not decided yet");
	pt_chart_note(chart, PT_CORNER_BOTTOM_RIGHT, pt_pen_of(PT_ROLE_PROVISIONAL), text);
}

static double cosine_at(const pt_scene *scene, const pt_run_view *run, const void *context)
{
	const pt_cosine_view *cosine = main_cosine(scene, run, *(const pt_matrix *)context);
	ptrdiff_t at = cosine ? pt_cursor_index(scene, cosine->steps, cosine->n) : -1;
	ptrdiff_t own = pt_cursor_index(scene, run->steps, run->n_steps);
	/* Only the value of the checkpoint under the cursor: the tail has none. */
	if (at < 0 || own < 0 || cosine->steps[at] != run->steps[own])
		return PT_MISSING;
	return sign_of(scene) * cosine->values[at];
}

/* "100  cos 0.041, below the storage floor: q 1.4, debiased 0.112"; in the brief forms less of it. */
static void value_text(const pt_scene *scene, const pt_cosine_view *cosine, int64_t step, const char *symbol,
	int brief, char *out, size_t capacity)
{
	pt_text text = pt_text_over(out, capacity);
	size_t at = (size_t)pt_step_index(cosine->steps, cosine->n, step);
	double value = cosine->values[at], debiased = cosine->debiased ? cosine->debiased[at] : PT_MISSING;
	pt_text_addf(&text, "%lld  %s %.3f", (long long)step, symbol, sign_of(scene) * value);
	if (is_unclear(cosine, at) && brief < READOUT_FORMS - 1)
		pt_text_addf(&text, brief ? ", q %.1f" : ", below the storage floor: q %.1f", cosine->floor_q[at]);
	/* where rounding does not show in the digits that are told, it would say the same twice */
	if (!pt_is_missing(debiased) && fabs(debiased - value) >= 0.0005 && !brief)
		pt_text_addf(&text, ", debiased %.3f", sign_of(scene) * debiased);
}

/* "100  cos 0.906"; with several matrix types also which one this is. Returns whether it was drawn. */
static bool add_readout(const pt_scene *scene, pt_matrix matrix, pt_chart *chart)
{
	char symbol[16], text[PT_LINE_BYTES];
	pt_pen pen = pt_pen_of(PT_ROLE_CROSSHAIR);
	snprintf(symbol, sizeof symbol, scene->n_matrices > 1 ? "cos %s" : "cos", pt_matrix_label(matrix));
	if (scene->n_shown > 1)
		return pt_runs_words(scene, chart, PT_CORNER_BOTTOM_RIGHT, symbol, cosine_at, &matrix);
	const pt_run_view *run = pt_scene_first_run(scene);
	ptrdiff_t own = pt_cursor_index(scene, run->steps, run->n_steps);
	const pt_cosine_view *cosine = main_cosine(scene, run, matrix);
	if (own < 0 || !cosine)
		return false;
	int64_t step = run->steps[own];
	bool is_told = false, has_value = !pt_is_missing(cosine_at(scene, run, &matrix));
	for (int brief = 0; has_value && !is_told && brief < READOUT_FORMS; brief++) {
		value_text(scene, cosine, step, symbol, brief, text, sizeof text);
		is_told = pt_chart_note(chart, PT_CORNER_BOTTOM_LEFT, pen, text);
	}
	if (has_value)
		return is_told;
	if (cosine->pending_from_step != PT_NO_STEP && step >= cosine->pending_from_step)
		snprintf(text, sizeof text, "%lld  %s pending", (long long)step, symbol);
	else
		snprintf(text, sizeof text, "%lld  no %s", (long long)step, symbol);
	return pt_chart_note(chart, PT_CORNER_BOTTOM_LEFT, pen, text);
}

/* What the band is, where there is room to say so. */
static void add_usual_name(const pt_scene *scene, pt_matrix matrix, pt_chart *chart)
{
	pt_legend legend = {.n = 0};
	const pt_cosine_view *cosine = main_cosine(scene, pt_scene_first_run(scene), matrix);
	if (scene->n_shown != 1 || !cosine || !cosine->usual_median || cosine->n == 0 ||
		pt_is_missing(cosine->usual_median[cosine->n - 1]))
		return;
	pt_legend_add(&legend, U'┈', '.', pt_pen_of(PT_ROLE_BAND), "usual so far");
	pt_chart_legend(chart, PT_CORNER_BOTTOM_RIGHT, &legend, 1);
}

/* What is missing for a first value, in words. */
static void tell_absence(const pt_scene *scene, pt_matrix matrix, pt_frame *frame, pt_rect rect)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	char text[PT_LINE_BYTES];
	if (pt_versus_absence_draw(scene, frame, rect))
		return;
	if (run->n_steps > 0 && !pt_run_has_matrix(run, matrix))
		snprintf(text, sizeof text, "no matrix %s in this run: m shows another", pt_matrix_label(matrix));
	else if (run->n_steps < 3)
		snprintf(text, sizeof text, "waits for checkpoints at t − k, t and t + k: %zu of at least 3 so far",
			run->n_steps);
	else
		snprintf(text, sizeof text,
			"no value yet: no step t has checkpoints at t − k and t + k above the thresholds; [ makes k "
			"smaller");
	pt_absence_draw(frame, rect, text);
}

/* A straight path (cos 1) and the turn line have their place on the axis; beyond the deepest dip there is
 * room for the legend. */
static pt_scale fit_scale(const pt_scene *scene, pt_range *range, int rows)
{
	const double room = rows > SMALL_ROWS ? 0.22 : 0; /* in fewer rows the curve needs all of them */
	double sign = sign_of(scene);
	if (scene->versus)
		return pt_scale_fit_with(range, false, 0);
	pt_range_add(range, sign);
	if (!scene->view->thresholds_off)
		pt_range_add(range, sign * pt_settings_turn_below(&scene->snapshot->settings));
	double deepest = sign > 0 ? range->lo : range->hi;
	double beyond = deepest - room * (sign - deepest);
	return pt_scale_fit_with(range, false, beyond < -1 ? -1 : beyond > 1 ? 1 : beyond);
}

static void draw_one(
	const pt_scene *scene, pt_matrix matrix, size_t n_left_out, pt_frame *frame, pt_rect rect)
{
	pt_range range = pt_scene_range(scene, range_of, &matrix);
	if (range.n == 0) {
		tell_absence(scene, matrix, frame, rect);
		return;
	}
	pt_scale y = fit_scale(scene, &range, rect.h);
	y.inverted = scene->view->invert_cosine;
	pt_axes axes = {.x = &scene->steps, .y = &y};
	pt_chart chart = pt_chart_begin(scene, PT_PANE_COSINE, frame, rect, &axes);
	draw_usual(scene, matrix, &chart);
	shade_pending(scene, matrix, &chart);
	draw_guides(scene, &chart);
	pt_chart_change_points(&chart, scene, matrix);
	pt_chart_guides(&chart, scene);
	draw_curves(scene, matrix, &chart);
	pt_chart_show(&chart);
	bool tells_marks = !pt_scene_is_later_column(scene);
	bool has_legend = tells_marks && add_legend(scene, matrix, &chart);
	bool is_named = add_readout(scene, matrix, &chart);
	if (has_legend) { /* what the curves are comes first */
		add_pending_note(scene, matrix, &chart);
		add_usual_name(scene, matrix, &chart);
	}
	if (scene->n_matrices > 1 && !is_named)
		pt_chart_note(&chart, PT_CORNER_BOTTOM_LEFT, pt_pen_of(PT_ROLE_LABEL), pt_matrix_label(matrix));
	pt_chart_left_out(&chart, n_left_out);
	pt_chart_end(&chart);
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	pt_matrices_draw(scene, frame, inner, SMALL_COLS, SMALL_ROWS, draw_one);
}

const pt_pane_ops pt_pane_cosine = {
	.id = PT_PANE_COSINE,
	.about = {"cos between the path of k steps before t and that of k steps after it: 1 straight on, 0 a "
			  "turn at a",
		"right angle, −1 back. A change of direction is a dip. The red dashed line (t sets it, T hides it)",
		"colours dips, and decides nothing. The newest k steps are known only k steps later: shaded.",
		"Behind it: the quartiles and the median of this run's own values so far; grey: the storage format",
		"speaks, not the weights (q below 3). A gap: no displacement, below a threshold, or no pair. [ ] "
		"change k, K shows one k, i flips the sign, I turns the axis over."},
	.min_cols = 14,
	.min_rows = 3,
	.by_run = true,
	.by_difference = true,
	.title = title,
	.figure = figure,
	.draw = draw,
	.spark = spark,
};
