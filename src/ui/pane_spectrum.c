/** SHC, PR and tr C of the probe losses' covariance over steps. */
#include <math.h>
#include <stdio.h>

#include "pane_draw.h"

enum {
	SMALL_COLS = 26,
	SMALL_ROWS = 6,
	ROWS_FOR_TRACE = 10,
	SHC_SERIES = 1,
	PR_SERIES,
	TRACE_SERIES,
	PARTIAL_SERIES = 120
};

typedef enum quantity { QUANTITY_SHC, QUANTITY_PR, QUANTITY_TRACE, N_QUANTITIES } quantity;

static const char *const quantity_names[] = {"SHC", "PR", "tr C"};
static const pt_role quantity_roles[] = {PT_ROLE_SERIES_4, PT_ROLE_SERIES_5, PT_ROLE_SERIES_6};
_Static_assert(sizeof quantity_names / sizeof quantity_names[0] == N_QUANTITIES, "a name for every quantity");
_Static_assert(sizeof quantity_roles / sizeof quantity_roles[0] == N_QUANTITIES, "a hue for every quantity");

static const double *values_of(const pt_spectrum_view *spectrum, quantity which)
{
	return which == QUANTITY_SHC ? spectrum->shc : which == QUANTITY_PR ? spectrum->pr : spectrum->trace;
}

static bool is_log(const pt_scene *scene)
{
	return scene->view->log_y[PT_PANE_SPECTRUM];
}

static void title(const pt_scene *scene, bool brief, char *out, size_t capacity)
{
	char subset[64], smoothing[64];
	const pt_spectrum_view *spectrum = pt_scene_first_spectrum(scene, NULL);
	bool detrended = spectrum ? spectrum->detrended : scene->view->detrended;
	pt_name_text(pt_scene_subset(scene), brief ? 16 : 28, subset, sizeof subset);
	pt_smoothing_text(scene, brief, smoothing, sizeof smoothing);
	if (brief)
		snprintf(out, capacity, "SHC, PR%s%s%s%s", subset[0] ? " of " : "", subset,
			detrended ? " detrended" : "", smoothing);
	else
		snprintf(out, capacity, "SHC, PR, tr C of %s%s%s", subset[0] ? subset : "probe losses",
			detrended ? ", detrended" : "", smoothing);
}

static void figure(const pt_scene *scene, char *out, size_t capacity)
{
	const pt_spectrum_view *spectrum = pt_scene_first_spectrum(scene, NULL);
	out[0] = '\0';
	if (spectrum && spectrum->gaussian)
		snprintf(
			out, capacity, "%lld probes, m %lld", (long long)spectrum->n_probes, (long long)spectrum->window);
	else if (spectrum)
		snprintf(
			out, capacity, "%lld probes, W %lld", (long long)spectrum->n_probes, (long long)spectrum->window);
}

static const double *spark(const pt_scene *scene, size_t *n)
{
	const pt_spectrum_view *spectrum = pt_scene_first_spectrum(scene, NULL);
	*n = spectrum ? spectrum->n : 0;
	return spectrum ? spectrum->pr : NULL;
}

static pt_range range_of(const pt_scene *scene, const void *context)
{
	quantity which = *(const quantity *)context;
	pt_fit fit = pt_fit_begin(scene, is_log(scene) && which != QUANTITY_PR);
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_spectrum_view *spectrum = pt_scene_spectrum(scene, &scene->snapshot->runs[r]);
		if (spectrum)
			pt_fit_add(
				&fit, &scene->snapshot->runs[r], spectrum->steps, values_of(spectrum, which), spectrum->n, 1);
	}
	return pt_fit_end(&fit);
}

/* A curve whose partial windows are drawn apart: dotted, in the provisional colour. */
static void draw_curve(pt_chart *chart, const pt_scene *scene, const pt_run_view *run, quantity which,
	const pt_scale *y, const pt_stroke *stroke)
{
	const pt_spectrum_view *spectrum = pt_scene_spectrum(scene, run);
	const double *values = spectrum ? values_of(spectrum, which) : NULL;
	pt_stroke provisional = *stroke;
	provisional.ink.role = PT_ROLE_PROVISIONAL;
	provisional.ink.series = (uint8_t)(PARTIAL_SERIES + which);
	provisional.dash = PT_DOTTED;
	provisional.ink.ascii = '.';
	for (size_t from = 0; values && from < spectrum->n;) {
		size_t to = from;
		while (to < spectrum->n && spectrum->partial[to] == spectrum->partial[from])
			to++;
		/* A full stretch begins at the last partial point, so that the curve has no seam; a mean of full windows
		   takes no part of it. */
		bool has_seam = from > 0 && !spectrum->partial[from] && !(scene->view->smoothing > 0);
		size_t start = has_seam ? from - 1 : from;
		pt_points points = {.steps = spectrum->steps + start, .ys = values + start, .n = to - start};
		if (spectrum->partial[from])
			pt_chart_curve(chart, scene, run, y, &points, &provisional);
		else
			pt_chart_noisy_curve(chart, scene, run, y, &points, stroke);
		from = to;
	}
}

static pt_stroke quantity_stroke(quantity which)
{
	static const pt_dash dashes[] = {{1, 0}, {4, 2}, {2, 2}}; /* told apart without their hues */
	pt_stroke stroke = {
		.ink = pt_ink_of(quantity_roles[which], SHC_SERIES + (int)which), .dash = dashes[which]};
	stroke.ink.ascii = pt_ascii_series((int)which);
	return stroke;
}

static void add_readout(const pt_scene *scene, const pt_spectrum_view *spectrum, pt_chart *chart)
{
	ptrdiff_t at = pt_cursor_index(scene, spectrum->steps, spectrum->n);
	if (at < 0)
		return;
	char shc[32], pr[32], trace[32], text[PT_LINE_BYTES];
	pt_text_number(shc, sizeof shc, spectrum->shc[at], 2);
	pt_text_number(pr, sizeof pr, spectrum->pr[at], 3);
	pt_text_number(trace, sizeof trace, spectrum->trace[at], 4);
	const char *partial = spectrum->partial[at] ? " (partial)" : "";
	snprintf(text, sizeof text, "%lld  SHC %s  PR %s  tr C %s%s", (long long)spectrum->steps[at], shc, pr,
		trace, partial);
	if (pt_frame_text_width(text) > chart->plot.inner.w - 2)
		snprintf(text, sizeof text, "%lld  SHC %s  PR %s", (long long)spectrum->steps[at], shc, pr);
	pt_chart_note(chart, PT_CORNER_BOTTOM_LEFT, pt_pen_of(PT_ROLE_CROSSHAIR), text);
}

static bool has_partial(const pt_spectrum_view *spectrum)
{
	for (size_t i = 0; i < spectrum->n; i++)
		if (spectrum->partial[i])
			return true;
	return false;
}

/* One run: SHC and tr C on the left axis, PR on the right. */
static void draw_single(const pt_scene *scene, pt_frame *frame, pt_rect rect)
{
	const pt_run_view *run = NULL;
	const pt_spectrum_view *spectrum = pt_scene_first_spectrum(scene, &run);
	/* On a linear axis tr C would flatten SHC, for they differ by decades; a low plot has no room for them.
	 */
	bool with_trace = is_log(scene) && rect.h >= ROWS_FOR_TRACE;
	static const quantity shc = QUANTITY_SHC, pr = QUANTITY_PR, trace_c = QUANTITY_TRACE;
	pt_range left = pt_scene_range(scene, range_of, &shc), right = pt_scene_range(scene, range_of, &pr);
	if (with_trace) {
		pt_range trace = pt_scene_range(scene, range_of, &trace_c);
		pt_range_join(&left, &trace);
	}
	pt_scale y = pt_scale_with_headroom(&left, is_log(scene)), y2 = pt_scale_with_headroom(&right, false);
	pt_axes axes = {.x = &scene->steps,
		.y = &y,
		.y2 = &y2,
		.y_role = quantity_roles[QUANTITY_SHC],
		.y2_role = quantity_roles[QUANTITY_PR]};
	pt_chart chart = pt_chart_begin(scene, PT_PANE_SPECTRUM, frame, rect, &axes);
	pt_chart_change_points(&chart, scene, scene->main_matrix);
	pt_chart_guides(&chart, scene);
	pt_stroke strokes[N_QUANTITIES];
	for (int q = 0; q < N_QUANTITIES; q++)
		strokes[q] = quantity_stroke((quantity)q);
	if (with_trace)
		draw_curve(&chart, scene, run, QUANTITY_TRACE, &chart.y, &strokes[QUANTITY_TRACE]);
	draw_curve(&chart, scene, run, QUANTITY_PR, &chart.y2, &strokes[QUANTITY_PR]);
	draw_curve(&chart, scene, run, QUANTITY_SHC, &chart.y, &strokes[QUANTITY_SHC]);
	pt_chart_show(&chart);
	pt_legend legend = {.n = 0};
	pt_legend_add(&legend, 0, pt_ascii_series(QUANTITY_SHC), pt_pen_of(quantity_roles[QUANTITY_SHC]),
		is_log(scene) ? "SHC (log)" : "SHC");
	pt_legend_add(&legend, U'╍', pt_ascii_series(QUANTITY_PR), pt_pen_of(quantity_roles[QUANTITY_PR]), "PR");
	if (with_trace)
		pt_legend_add(&legend, U'┅', pt_ascii_series(QUANTITY_TRACE),
			pt_pen_of(quantity_roles[QUANTITY_TRACE]), "tr C");
	if (has_partial(spectrum) && rect.w >= 44)
		pt_legend_add(&legend, U'·', '.', pt_pen_of(PT_ROLE_PROVISIONAL), "W not full");
	if (!pt_scene_is_later_column(scene))
		pt_chart_legend(&chart, PT_CORNER_TOP_LEFT, &legend, 2);
	add_readout(scene, spectrum, &chart);
	pt_chart_end(&chart);
}

static double quantity_at(const pt_scene *scene, const pt_run_view *run, const void *context)
{
	const pt_spectrum_view *spectrum = pt_scene_spectrum(scene, run);
	ptrdiff_t at = spectrum ? pt_cursor_index(scene, spectrum->steps, spectrum->n) : -1;
	return at < 0 ? PT_MISSING : values_of(spectrum, *(const quantity *)context)[at];
}

/* Several runs: one small plot a quantity, a hue and marker a run. */
static void draw_quantity(const pt_scene *scene, quantity which, pt_frame *frame, pt_rect rect)
{
	pt_range range = pt_scene_range(scene, range_of, &which);
	pt_scale y = pt_scale_with_headroom(&range, is_log(scene) && which != QUANTITY_PR);
	pt_axes axes = {.x = &scene->steps, .y = &y};
	pt_chart chart = pt_chart_begin(scene, PT_PANE_SPECTRUM, frame, rect, &axes);
	pt_chart_guides(&chart, scene);
	pt_overlay overlay = pt_overlay_begin(scene, &chart);
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		pt_stroke stroke = pt_run_stroke(scene, &chart, r);
		draw_curve(&chart, scene, &scene->snapshot->runs[r], which, &chart.y, &stroke);
		pt_overlay_add(&overlay, &chart);
	}
	pt_overlay_end(&overlay, &chart);
	pt_chart_show(&chart);
	pt_chart_note(&chart, PT_CORNER_TOP_LEFT, pt_pen_of(PT_ROLE_LABEL), quantity_names[which]);
	pt_runs_words(scene, &chart, PT_CORNER_TOP_RIGHT, quantity_names[which], quantity_at, &which);
	pt_chart_end(&chart);
}

static void draw(const pt_scene *scene, pt_frame *frame, pt_rect inner)
{
	if (!pt_scene_first_spectrum(scene, NULL)) {
		pt_spectrum_absence_draw(scene, frame, inner);
		return;
	}
	if (scene->n_shown == 1) {
		draw_single(scene, frame, inner);
		return;
	}
	pt_split split = pt_split_of(inner, N_QUANTITIES, 3 * SMALL_COLS, SMALL_ROWS);
	for (size_t i = 0; i < split.n; i++)
		draw_quantity(scene, (quantity)i, frame, pt_split_rect(&split, i));
}

const pt_pane_ops pt_pane_spectrum = {
	.id = PT_PANE_SPECTRUM,
	.about = {"Covariance C of the probes' losses over the last W rows: SHC = variance of its eigenvalues, "
			  "PR = how",
		"many directions take part, tr C = total variance. A rise can come before a transition; a miss is",
		"possible. ( ) change W; d takes a common trend out first; u: of some probes only; y: linear or",
		"logarithmic; s smooths them (full windows only). Dotted grey: the window was not full yet."},
	.min_cols = 14,
	.min_rows = 3,
	.by_run = true,
	.by_difference = true,
	.title = title,
	.figure = figure,
	.draw = draw,
	.spark = spark,
};
