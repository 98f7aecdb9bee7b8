/* Curves of pictures: where the data are, in the theme's colours, with their dashes and gaps, under the
 * legends. */
#include "svg_reading.h"

#include <math.h>

#include "../ui/pane_drawing.h"
#include "phasetop/base/missing.h"
#include "phasetop/plot/curve.h"
#include "phasetop/plot/guide.h"
#include "phasetop/ui/frame_trace.h"

enum { CELL_W = 20, CELL_H = 40, MAX_SPOTS = 4096 };

static pt_frame *traced_frame(int cols, int rows)
{
	pt_frame *frame = new_frame(cols, rows);
	assert_int_equal(pt_frame_trace(frame, NULL), PT_OK);
	return frame;
}

/* A canvas that draws into all of a frame. */
static pt_canvas *canvas_of(pt_frame *frame, pt_canvas_kind kind)
{
	pt_canvas *canvas = pt_canvas_create(kind, frame->cols, frame->rows);
	assert_non_null(canvas);
	canvas->tracing = pt_frame_tracing(frame, pt_frame_rect(frame));
	assert_non_null(canvas->tracing);
	return canvas;
}

static void show(pt_frame *frame, pt_canvas *canvas)
{
	pt_frame_blit(frame, pt_frame_rect(frame), canvas);
	pt_canvas_destroy(canvas);
}

/* `stroke="#rrggbb"` of a role. */
static const char *paint_of(const pt_theme *theme, const char *how, pt_role role, int level)
{
	static char text[64];
	pt_rgb c = pt_theme_role_style(theme, role, level, PT_DEPTH_TRUE).fg.rgb;
	snprintf(text, sizeof text, "%s=\"#%02x%02x%02x\"", how, c.r, c.g, c.b);
	return text;
}

/* The path data of the first element that has both texts in it; NULL: none. */
static const char *path_with(const char *svg, const char *one, const char *two)
{
	for (const char *at = svg; (at = strstr(at, "<path")); at++) {
		const char *end = strstr(at, "/>"), *first = strstr(at, one), *second = strstr(at, two);
		if (first && second && first < end && second < end)
			return strstr(at, " d=\"") + 4;
	}
	return NULL;
}

/* The places of M and L commands, with the number of each piece; returns how many. */
static size_t spots_of(const char *data, pt_spot *spots, int *pieces)
{
	size_t n = 0;
	int piece = -1;
	while (*data == 'M' || *data == 'L') {
		char *end;
		piece += *data == 'M';
		assert_true(n < MAX_SPOTS);
		spots[n].x = strtod(data + 1, &end);
		assert_int_equal(*end, ' ');
		spots[n].y = strtod(end + 1, &end);
		pieces[n++] = piece;
		data = end;
	}
	assert_int_equal(*data, '"');
	return n;
}

/* Every checkpoint's norm, at the place that the axes give it, by arithmetic of this test's own. */
static void the_curve_of_a_pane_lies_on_its_data(void **state)
{
	(void)state;
	static pt_spot spots[MAX_SPOTS];
	static int pieces[MAX_SPOTS];
	drawing d = start(FIXTURE_MEDICAL, 96, 28);
	pt_theme *theme = new_theme("");
	pt_plot_probe probe = {.x = -1, .y = -1};
	pt_scene scene = pt_scene_of(d.snapshot, &d.view);
	scene.probe = &probe;
	assert_int_equal(pt_frame_trace(d.frame, NULL), PT_OK);
	pt_pane_draw(&scene, PT_PANE_NORMS, d.frame, pt_frame_rect(d.frame));
	assert_true(probe.found && probe.has_y);
	char *svg = svg_of(d.frame, theme, NULL);
	assert_well_formed(svg);
	const char *data = path_with(svg, "class=\"w\"", paint_of(theme, "stroke", pt_role_series(0), 0));
	assert_non_null(data);
	size_t n = spots_of(data, spots, pieces);
	const pt_run_view *run = &d.snapshot->runs[0];
	const double *norm = run->matrices[PT_MATRIX_B].norms.norm;
	pt_rect inner = probe.inner;
	assert_int_equal(n, run->n_steps);
	for (size_t i = 0; i < n; i++) {
		double across = ((double)run->steps[i] - probe.x_scale.lo) / (probe.x_scale.hi - probe.x_scale.lo);
		double up = (norm[i] - probe.y_scale.lo) / (probe.y_scale.hi - probe.y_scale.lo);
		/* a braille cell has 2 × 4 dots; limits lie on the first and the last one */
		double x = CELL_W * (inner.x + (across * (2 * inner.w - 1) + 0.5) / 2);
		double y = CELL_H * (inner.y + inner.h - (up * (4 * inner.h - 1) + 0.5) / 4);
		assert_true(fabs(spots[i].x - x) <= 0.5 && fabs(spots[i].y - y) <= 0.5);
		assert_int_equal(pieces[i], 0);
	}
	free(svg);
	pt_theme_destroy(theme);
	end(&d);
}

static void gaps_dashes_and_colours(void **state)
{
	(void)state;
	static pt_spot spots[MAX_SPOTS];
	static int pieces[MAX_SPOTS];
	double xs[] = {0, 1, 2, 3, 4, 5, 6, 7}, ys[] = {1, 2, NAN, 3, 4, HUGE_VAL, 5, NAN};
	pt_scale x = pt_scale_exact(0, 7, false), y = pt_scale_exact(0, 7, false);
	pt_points points = {.xs = xs, .ys = ys, .n = 8};
	pt_theme *theme = new_theme("");
	pt_frame *frame = traced_frame(30, 10);
	pt_canvas *canvas = canvas_of(frame, PT_CANVAS_BRAILLE);
	pt_guide_across(canvas, &y, 3.5, U'┄', pt_ink_of(PT_ROLE_THRESHOLD, 0));
	pt_curve_draw(
		canvas, &x, &y, &points, &(pt_stroke){.ink = pt_ink_of(PT_ROLE_SERIES_2, 1), .dash = {4, 2}});
	pt_curve_draw(canvas, &x, &y, &points, &(pt_stroke){.ink = pt_ink_of(PT_ROLE_INACTIVE, 2), .thin = true});
	show(frame, canvas);
	char *svg = svg_of(frame, theme, NULL);
	assert_well_formed(svg);
	/* four dots of ten units with round caps: 30 and the caps; then two dots and the caps' room */
	const char *data = path_with(svg, "class=\"w\"", "stroke-dasharray=\"30.0 30.0\"");
	assert_non_null(data);
	assert_ptr_equal(data, path_with(svg, "class=\"w\"", paint_of(theme, "stroke", PT_ROLE_SERIES_2, 0)));
	assert_int_equal(spots_of(data, spots, pieces), 4);
	static const int expected[] = {0, 0, 1, 1};
	assert_memory_equal(pieces, expected, sizeof expected);
	assert_true(fabs(spots[2].x - CELL_W * (3 / 7.0 * 59 + 0.5) / 2) <= 0.5);
	/* the point between two gaps is a dot */
	assert_non_null(path_with(svg, "class=\"p\"", paint_of(theme, "stroke", PT_ROLE_SERIES_2, 0)));
	assert_non_null(path_with(svg, "class=\"n\"", paint_of(theme, "stroke", PT_ROLE_INACTIVE, 0)));
	data = path_with(svg, "class=\"g\"", paint_of(theme, "stroke", PT_ROLE_THRESHOLD, 0));
	assert_non_null(data);
	assert_ptr_equal(data, path_with(svg, "class=\"g\"", "stroke-dasharray=\"3.3 3.3\""));
	assert_int_equal(spots_of(data, spots, pieces), 2);
	assert_true(fabs(spots[0].y - CELL_H * 5.0) <= 0.5 && fabs(spots[0].x) <= 0.5 &&
				fabs(spots[1].x - 30 * CELL_W) <= 0.5);
	assert_null(strstr(svg, "class=\"d "));
	assert_null(strstr(svg, "<text"));
	free(svg);
	pt_frame_destroy(frame);
	pt_theme_destroy(theme);
}

/* A legend hides what lies under it: its ground is painted after the lines, its words after its ground. */
static void a_legend_is_not_crossed(void **state)
{
	(void)state;
	double xs[] = {0, 1}, ys[] = {0.45, 0.55};
	pt_scale one = pt_scale_exact(0, 1, false);
	pt_theme *theme = new_theme("");
	pt_frame *frame = traced_frame(30, 9);
	pt_canvas *canvas = canvas_of(frame, PT_CANVAS_BRAILLE);
	pt_points points = {.xs = xs, .ys = ys, .n = 2};
	pt_curve_draw(canvas, &one, &one, &points, &(pt_stroke){.ink = pt_ink_of(PT_ROLE_SERIES_1, 1)});
	show(frame, canvas);
	pt_rect box = {10, 4, 8, 1};
	pt_frame_fill(frame, box, pt_pen_of(PT_ROLE_TEXT), ' ');
	pt_frame_put(frame, box, 10, 4, pt_pen_of(PT_ROLE_SERIES_1), U'━');
	pt_frame_text(frame, box, 12, 4, pt_pen_of(PT_ROLE_SERIES_1), "norm");
	char *svg = svg_of(frame, theme, NULL);
	assert_well_formed(svg);
	const char *line = strstr(svg, "class=\"w\""), *words = strstr(svg, ">norm</text>");
	const char *swatch = strstr(svg, "class=\"h ");
	assert_true(line && words && swatch);
	/* the box's eight cells, and nothing beside them */
	const char *cover = strstr(svg, "M200 160h160v40h-160z");
	assert_true(cover && cover > line && cover < words && cover < swatch);
	assert_int_equal(count(svg, "h160v40"), 1);
	assert_int_equal(count(svg, "v40"), 1);
	free(svg);
	pt_frame_destroy(frame);
	pt_theme_destroy(theme);
}

static void areas_shades_and_marks(void **state)
{
	(void)state;
	double xs[] = {0, 5, 10}, low[] = {1, 2, 1}, high[] = {5, 6, 5};
	pt_scale ten = pt_scale_exact(0, 10, false);
	pt_theme *theme = new_theme("theme[main_bg]=\"#ffffff\"\ntheme[band]=\"#abcdef\"");
	pt_frame *frame = traced_frame(20, 10);
	pt_canvas *canvas = canvas_of(frame, PT_CANVAS_BLOCK);
	pt_guide_shade(canvas, &ten, 8, 10, U'░', pt_ink_of(PT_ROLE_PROVISIONAL, 0));
	pt_points points = {.xs = xs, .ys = low, .n = 3};
	pt_curve_band(canvas, &ten, &ten, &points, high, PT_ROLE_BAND, 0, pt_ink_of(PT_ROLE_BAND, 0));
	pt_stroke stroke = {.ink = pt_ink_of(PT_ROLE_SERIES_3, 1), .marker = U'□'};
	pt_curve_draw(canvas, &ten, &ten, &points, &stroke);
	show(frame, canvas);
	pt_frame_mark(
		frame, pt_frame_rect(frame), 10, 5, pt_pen_of(PT_ROLE_CROSSHAIR), U'◆', (pt_spot){10.25, 5.1});
	char *svg = svg_of(frame, theme, NULL);
	assert_well_formed(svg);
	assert_non_null(path_with(svg, "class=\"s\"", paint_of(theme, "fill", PT_ROLE_PROVISIONAL, 0)));
	assert_int_equal(count(svg, "<path fill=\"#abcdef\""), 1); /* the polygon, and no ground of a cell */
	assert_true(strstr(svg, "#abcdef\"") < strstr(svg, "class=\"w\""));
	const char *hollow = path_with(svg, "class=\"o\"", paint_of(theme, "stroke", PT_ROLE_SERIES_3, 0));
	/* at (0, 1): (½, 10 − ¼ − 0.95) cells, the square's corner 7 units to the left and above */
	assert_non_null(hollow);
	assert_int_equal(strncmp(hollow, "M3 345", 6), 0);
	const char *diamond = path_with(svg, "class=\"c\"", paint_of(theme, "fill", PT_ROLE_CROSSHAIR, 0));
	assert_non_null(diamond);
	assert_int_equal(strncmp(diamond, "M205 194L214 204L205 214L196 204z", 33), 0);
	assert_null(strstr(svg, "<text"));
	free(svg);
	pt_frame_destroy(frame);
	pt_theme_destroy(theme);
}

/* What cannot be drawn leaves a well-formed picture. */
static void poor_series_are_well_formed(void **state)
{
	(void)state;
	static const struct {
		double ys[3];
		size_t n;
	} cases[] = {{{NAN, NAN, NAN}, 3}, {{HUGE_VAL, -HUGE_VAL, NAN}, 3}, {{1, 0, 0}, 1}, {{0, 0, 0}, 0},
		{{1e300, -1e300, 1e-300}, 3}, {{1, NAN, 1}, 3}, {{1, 1, 1}, 3}};
	double xs[] = {0, 1, 2}, same[] = {1, 1, 1};
	pt_theme *theme = new_theme("");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int is_log = 0; is_log < 2; is_log++) {
			pt_scale x = pt_scale_exact(0, 2, false), y = pt_scale_exact(0.1, 2, is_log);
			pt_frame *frame = traced_frame(12, 4);
			pt_canvas *canvas = canvas_of(frame, PT_CANVAS_BRAILLE);
			pt_stroke stroke = {.ink = pt_ink_of(PT_ROLE_SERIES_1, 1), .marker = U'●', .dash = PT_DOTTED};
			pt_points points = {.xs = i % 2 ? xs : same, .ys = cases[i].ys, .n = cases[i].n};
			pt_curve_band(canvas, &x, &y, &points, same, PT_ROLE_BAND, 0, stroke.ink);
			pt_curve_draw(canvas, &x, &y, &points, &stroke);
			stroke.points_only = true;
			pt_curve_draw(canvas, &x, &y, &points, &stroke);
			show(frame, canvas);
			char *svg = svg_of(frame, theme, NULL);
			assert_well_formed(svg);
			assert_null(strstr(svg, "nan"));
			assert_null(strstr(svg, "inf"));
			free(svg);
			pt_frame_destroy(frame);
		}
	pt_theme_destroy(theme);
}

/* All panes of all kinds of runs, dark and light: no dot of braille is left, and nothing is torn. */
static void every_pane_is_a_picture(void **state)
{
	(void)state;
	pt_theme *themes[] = {new_theme(""), new_theme("theme[main_bg]=\"#ffffff\"")};
	for (int kind = 0; kind < FIXTURE_N_KINDS; kind++) {
		drawing d = start((fixture_kind)kind, 110, 30);
		assert_int_equal(pt_frame_trace(d.frame, NULL), PT_OK);
		d.view.guides = kind % 2;
		d.view.smoothing = kind % 3 ? 0 : 30;
		for (int pane = 0; pane < PT_N_PANES; pane++) {
			draw_pane(&d, (pt_pane_id)pane);
			char *svg = svg_of(d.frame, themes[pane % 2], NULL);
			assert_well_formed(svg);
			assert_null(strstr(svg, "class=\"d "));
			free(svg);
		}
		end(&d);
	}
	for (int i = 0; i < 2; i++)
		pt_theme_destroy(themes[i]);
}

/* The gradient of a path, and what is beyond a threshold, in the theme's colours. */
static void paths_and_dips_have_their_colours(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 96, 28);
	pt_theme *theme = new_theme("");
	assert_int_equal(pt_frame_trace(d.frame, NULL), PT_OK);
	draw_pane(&d, PT_PANE_PCA);
	char *svg = svg_of(d.frame, theme, NULL);
	int n_found = 0;
	for (int level = 0; level <= 100; level++)
		n_found += path_with(svg, "class=\"w\"", paint_of(theme, "stroke", PT_ROLE_STEP, level)) != NULL;
	assert_in_range(n_found, 20, 101);
	assert_non_null(path_with(svg, "class=\"c\"", paint_of(theme, "fill", PT_ROLE_STEP, 100)));
	free(svg);
	pt_settings *settings = (pt_settings *)(uintptr_t)&d.snapshot->settings;
	settings->turn_below = 0.95;
	draw_pane(&d, PT_PANE_COSINE);
	svg = svg_of(d.frame, theme, NULL);
	assert_non_null(path_with(svg, "class=\"w\"", paint_of(theme, "stroke", PT_ROLE_ALERT, 0)));
	assert_non_null(path_with(svg, "class=\"g\"", paint_of(theme, "stroke", PT_ROLE_THRESHOLD, 0)));
	free(svg);
	pt_theme_destroy(theme);
	end(&d);
}

/* Who chose letters gets letters; a frame that keeps no lines has its dots. */
static void letters_and_dots_stay(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 96, 28);
	pt_theme *theme = new_theme("");
	draw_pane(&d, PT_PANE_NORMS);
	char *svg = svg_of(d.frame, theme, NULL);
	assert_non_null(strstr(svg, "class=\"d "));
	assert_null(strstr(svg, "class=\"w\""));
	free(svg);
	assert_int_equal(pt_frame_trace(d.frame, NULL), PT_OK);
	d.frame->charset = PT_CHARSET_ASCII;
	draw_pane(&d, PT_PANE_NORMS);
	svg = svg_of(d.frame, theme, NULL);
	assert_null(strstr(svg, "class=\"w\""));
	assert_non_null(strstr(svg, "***"));
	free(svg);
	pt_theme_destroy(theme);
	end(&d);
}

/* A plot that finds no memory for its lines is drawn by its cells, or not at all; the picture stays whole. */
static void no_memory_tears_no_picture(void **state)
{
	(void)state;
	static const struct {
		fixture_kind kind;
		pt_pane_id pane;
	} drawn[] = {
		{FIXTURE_MEDICAL, PT_PANE_COSINE}, {FIXTURE_THREE, PT_PANE_PCA}, {FIXTURE_THREE, PT_PANE_LOSS}};
	pt_theme *theme = new_theme("");
	for (size_t i = 0; i < sizeof drawn / sizeof drawn[0]; i++) {
		drawing d = start(drawn[i].kind, 60, 18);
		assert_int_equal(pt_frame_trace(d.frame, NULL), PT_OK);
		for (size_t at = 1, n = at; n >= at; at += at < 30 ? 1 : 13) {
			pt_alloc_fail_at(at, at % 2);
			draw_pane(&d, drawn[i].pane);
			n = pt_alloc_fail_at(0, false);
			char *svg = svg_of(d.frame, theme, NULL);
			assert_well_formed(svg);
			free(svg);
		}
		end(&d);
	}
	pt_theme_destroy(theme);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_curve_of_a_pane_lies_on_its_data),
		cmocka_unit_test(gaps_dashes_and_colours),
		cmocka_unit_test(a_legend_is_not_crossed),
		cmocka_unit_test(areas_shades_and_marks),
		cmocka_unit_test(poor_series_are_well_formed),
		cmocka_unit_test(every_pane_is_a_picture),
		cmocka_unit_test(paths_and_dips_have_their_colours),
		cmocka_unit_test(letters_and_dots_stay),
		cmocka_unit_test(no_memory_tears_no_picture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
