/* True lines beside the dots: places by the axes, gaps, edges, thinning, colours, guides; dots as without. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "phasetop/base/alloc.h"
#include "phasetop/base/missing.h"
#include "phasetop/plot/curve.h"
#include "phasetop/plot/guide.h"
#include "phasetop/plot/heatmap.h"
#include "phasetop/plot/scatter.h"
#include "phasetop/plot/tracing.h"

enum { COLS = 40, ROWS = 10 };

static const pt_ink red = {.role = 1, .series = 1};

static pt_canvas *traced_canvas(pt_canvas_kind kind)
{
	pt_canvas *canvas = pt_canvas_create(kind, COLS, ROWS);
	assert_non_null(canvas);
	canvas->tracing = pt_tracing_create(COLS, ROWS);
	assert_non_null(canvas->tracing);
	return canvas;
}

static void end(pt_canvas *canvas)
{
	pt_tracing_destroy(canvas->tracing);
	pt_canvas_destroy(canvas);
}

static const pt_trace *trace_at(const pt_canvas *canvas, size_t i)
{
	assert_true(i < canvas->tracing->n);
	return &canvas->tracing->traces[i];
}

static pt_spot spot_at(const pt_canvas *canvas, size_t trace, size_t i)
{
	const pt_trace *t = trace_at(canvas, trace);
	assert_true(i < t->n);
	return canvas->tracing->spots[t->from + i];
}

static void assert_near(double a, double b)
{
	if (!(fabs(a - b) < 1e-9)) {
		print_error("%.12g is not %.12g\n", a, b);
		fail();
	}
}

static void assert_on_canvas(pt_spot s)
{
	const double rounding = 1e-9;
	assert_true(s.x >= -rounding && s.x <= COLS + rounding && s.y >= -rounding && s.y <= ROWS + rounding);
}

/* On braille the first and last dots' middles lie a quarter of a column, an eighth of a row, inside. */
static void places_are_those_of_the_axes(void **state)
{
	(void)state;
	int64_t steps[] = {100, 137, 250, 300};
	double ys[] = {1e-4, 3.7e-3, 0.5, 1};
	pt_scale x = pt_scale_exact(100, 300, false), linear = pt_scale_exact(0, 1, false);
	pt_scale logarithmic = pt_scale_exact(1e-4, 1, true);
	pt_points points = {.steps = steps, .ys = ys, .n = 4};
	pt_canvas *canvas = traced_canvas(PT_CANVAS_BRAILLE);
	pt_curve_draw(canvas, &x, &linear, &points, &(pt_stroke){.ink = red, .dash = PT_DASHED});
	pt_curve_draw(canvas, &x, &logarithmic, &points, &(pt_stroke){.ink = red, .thin = true});
	assert_int_equal(canvas->tracing->n, 2);
	assert_int_equal(trace_at(canvas, 0)->kind, PT_TRACE_LINE);
	assert_int_equal(trace_at(canvas, 0)->dash.on, 4);
	assert_int_equal(trace_at(canvas, 0)->dash.off, 3);
	assert_true(trace_at(canvas, 1)->thin && !trace_at(canvas, 0)->thin);
	for (size_t i = 0; i < 4; i++) {
		double across = 0.25 + (double)(steps[i] - 100) / 200 * (COLS - 0.5);
		double up = ys[i], log_up = 1 + log10(ys[i]) / 4;
		assert_near(spot_at(canvas, 0, i).x, across);
		assert_near(spot_at(canvas, 0, i).y, ROWS - 0.125 - up * (ROWS - 0.25));
		assert_near(spot_at(canvas, 1, i).x, across);
		assert_near(spot_at(canvas, 1, i).y, ROWS - 0.125 - log_up * (ROWS - 0.25));
	}
	end(canvas);
}

/* Whatever is drawn, the dots are those of a canvas without a tracing. */
static void dots_are_as_without(void **state)
{
	(void)state;
	enum { N = 400 };
	double xs[N], ys[N];
	srand(7);
	for (int i = 0; i < N; i++) {
		xs[i] = i % 50 == 49 ? PT_MISSING : i;
		ys[i] = rand() % 1000 - 200;
	}
	pt_scale x = pt_scale_exact(30, 350, false), y = pt_scale_exact(0, 600, false);
	pt_points points = {.xs = xs, .ys = ys, .n = N};
	pt_stroke stroke = {.ink = red, .dash = PT_DOTTED, .marker = 0x25CF};
	pt_trajectory path = {.x = xs, .y = ys, .n = N, .ink = {.role = 2}, .connect = true};
	for (int kind = 0; kind < PT_N_CANVAS_KINDS; kind++) {
		pt_canvas *with = traced_canvas((pt_canvas_kind)kind);
		pt_canvas *without = pt_canvas_create((pt_canvas_kind)kind, COLS, ROWS);
		for (int i = 0; i < 2; i++) {
			pt_canvas *canvas = i ? with : without;
			pt_curve_band(canvas, &x, &y, &points, ys, 3, 0, red);
			pt_guide_across(canvas, &y, 300, 0x2504, red);
			pt_guide_shade(canvas, &x, 300, 340, 0x2591, red);
			pt_trajectory_draw(canvas, &x, &y, &path);
			pt_curve_draw(canvas, &x, &y, &points, &stroke);
		}
		assert_true(with->tracing->n > 0 && !with->tracing->is_lost);
		for (int i = 0; i < COLS * ROWS; i++) {
			with->cells[i].traced = 0;
			assert_memory_equal(&with->cells[i], &without->cells[i], sizeof(pt_canvas_cell));
		}
		end(with);
		pt_canvas_destroy(without);
	}
}

static void gaps_break_the_line_and_a_lone_point_is_a_dot(void **state)
{
	(void)state;
	double xs[] = {0, 1, 2, 3, 4, 5, 6, 7, NAN};
	double ys[] = {0, 1, NAN, 4, HUGE_VAL, 2, 3, 3, 1};
	pt_scale x = pt_scale_exact(0, 7, false), y = pt_scale_exact(0, 7, false);
	pt_canvas *canvas = traced_canvas(PT_CANVAS_BRAILLE);
	pt_curve_draw(canvas, &x, &y, &(pt_points){.xs = xs, .ys = ys, .n = 9}, &(pt_stroke){.ink = red});
	assert_int_equal(canvas->tracing->n, 3);
	assert_int_equal(trace_at(canvas, 0)->n, 2);
	assert_int_equal(trace_at(canvas, 1)->kind, PT_TRACE_DOTS);
	assert_int_equal(trace_at(canvas, 1)->n, 1);
	assert_int_equal(trace_at(canvas, 2)->kind, PT_TRACE_LINE);
	assert_int_equal(trace_at(canvas, 2)->n, 3);
	pt_tracing_clear(canvas->tracing);
	double nothing[] = {NAN, -HUGE_VAL};
	pt_curve_draw(canvas, &x, &y, &(pt_points){.xs = xs, .ys = nothing, .n = 2}, &(pt_stroke){.ink = red});
	pt_curve_draw(canvas, &x, &y, &(pt_points){.xs = xs, .ys = ys, .n = 0}, &(pt_stroke){.ink = red});
	pt_curve_draw(canvas, &x, &y, &(pt_points){.xs = xs, .n = 2}, &(pt_stroke){.ink = red});
	assert_int_equal(canvas->tracing->n, 0);
	end(canvas);
}

/* A line that leaves a zoomed plot ends at its edge, with its own slope; far outside nothing is kept. */
static void lines_end_at_the_edge(void **state)
{
	(void)state;
	double xs[] = {-100, 50, 200, 1e300}, ys[] = {-100, 50, 200, 1e300};
	pt_scale x = pt_scale_exact(0, 100, false), y = pt_scale_exact(0, 100, false);
	pt_canvas *canvas = traced_canvas(PT_CANVAS_BLOCK);
	pt_curve_draw(canvas, &x, &y, &(pt_points){.xs = xs, .ys = ys, .n = 4}, &(pt_stroke){.ink = red});
	assert_int_equal(canvas->tracing->n, 1);
	assert_int_equal(trace_at(canvas, 0)->n, 3);
	assert_near(spot_at(canvas, 0, 1).x, COLS / 2.0);
	for (size_t i = 0; i < 3; i++) {
		pt_spot s = spot_at(canvas, 0, i);
		assert_on_canvas(s);
		/* the same fraction on both axes: (x − ½)/(C − 1) and (R − y − ¼)/(R − ½) */
		assert_near((s.x - 0.5) / (COLS - 1), (ROWS - s.y - 0.25) / (ROWS - 0.5));
	}
	end(canvas);
}

/* Of very many points the outermost of each narrow stretch are kept: no spike is lost, and no place invented.
 */
static void thinning_keeps_every_spike(void **state)
{
	(void)state;
	enum { N = 300000 };
	double *xs = malloc(N * sizeof *xs), *ys = malloc(N * sizeof *ys);
	assert_true(xs && ys);
	for (int i = 0; i < N; i++) {
		xs[i] = i;
		ys[i] = i % 1000 == 137 ? 90 + i / 1000 % 10 : 10 + i % 7;
	}
	pt_scale x = pt_scale_exact(0, N - 1, false), y = pt_scale_exact(0, 100, false);
	pt_canvas *canvas = traced_canvas(PT_CANVAS_BRAILLE);
	pt_curve_draw(canvas, &x, &y, &(pt_points){.xs = xs, .ys = ys, .n = N}, &(pt_stroke){.ink = red});
	assert_int_equal(canvas->tracing->n, 1);
	size_t n = trace_at(canvas, 0)->n;
	assert_true(n <= 4 * PT_TRACING_FINE * COLS + 1);
	size_t n_spikes = 0;
	for (size_t i = 0; i < n; i++) {
		pt_spot s = spot_at(canvas, 0, i);
		double at = (s.x - 0.25) / (COLS - 0.5) * (N - 1), value = (ROWS - 0.125 - s.y) / (ROWS - 0.25) * 100;
		assert_true(fabs(value - ys[lround(at)]) < 1e-6);
		assert_true(i == 0 || s.x >= spot_at(canvas, 0, i - 1).x);
		n_spikes += value > 80;
	}
	assert_int_equal(n_spikes, N / 1000);
	pt_tracing_clear(canvas->tracing);
	pt_points few = {.xs = xs, .ys = ys, .n = PT_TRACING_POINTS};
	pt_curve_draw(canvas, &x, &y, &few, &(pt_stroke){.ink = red});
	assert_int_equal(trace_at(canvas, 0)->n, PT_TRACING_POINTS);
	pt_tracing_clear(canvas->tracing);
	pt_curve_band(canvas, &x, &y, &(pt_points){.xs = xs, .ys = ys, .n = N}, ys, 3, 0, red);
	assert_int_equal(canvas->tracing->n, 1);
	assert_true(trace_at(canvas, 0)->n <= 2 * PT_TRACING_FINE * COLS + 2);
	free(xs);
	free(ys);
	end(canvas);
}

static void markers_lie_on_the_data(void **state)
{
	(void)state;
	double xs[COLS], ys[COLS];
	pt_scale x = pt_scale_exact(0, COLS - 1, false), y = pt_scale_exact(0, 1, false);
	for (int i = 0; i < COLS; i++) {
		xs[i] = i;
		ys[i] = 0.5 + 0.3 * sin(i);
	}
	pt_canvas *canvas = traced_canvas(PT_CANVAS_BRAILLE);
	pt_stroke stroke = {.ink = red, .marker = 0x25B2};
	pt_curve_draw(canvas, &x, &y, &(pt_points){.xs = xs, .ys = ys, .n = COLS}, &stroke);
	int n_marks = 0;
	for (size_t i = 0; i < canvas->tracing->n; i++) {
		if (trace_at(canvas, i)->kind != PT_TRACE_MARKS)
			continue;
		pt_spot s = spot_at(canvas, i, 0);
		int at = (int)lround((s.x - 0.25) / (COLS - 0.5) * (COLS - 1));
		assert_near(s.y, ROWS - 0.125 - ys[at] * (ROWS - 0.25));
		assert_int_equal(trace_at(canvas, i)->glyph, 0x25B2);
		int row = (canvas->height - 1 - pt_scale_dot(&y, ys[at], canvas->height)) / 4;
		int col = pt_scale_dot(&x, at, canvas->width) / 2;
		pt_canvas_cell *cell = &canvas->cells[row * COLS + col];
		assert_int_equal(cell->over, 0x25B2);
		assert_true(cell->traced & PT_TRACED_OVER);
		n_marks++;
		/* another glyph over it is a cell's again */
		pt_canvas_over(canvas, col, row, 0x25B4, red);
		assert_false(cell->traced & PT_TRACED_OVER);
	}
	assert_int_equal(n_marks, 4);
	end(canvas);
}

/* The colours of a path run with its places in time; a path that goes back is no less whole. */
static void a_path_has_its_gradient(void **state)
{
	(void)state;
	double xs[] = {0, 10, 5, NAN, 2, 200, 0}, ys[] = {0, 10, 0, 1, 2, 200, 0}, at[] = {0, 0.5, 1, 0, 0, 0, 1};
	pt_scale x = pt_scale_exact(0, 10, false), y = pt_scale_exact(0, 10, false);
	pt_canvas *canvas = traced_canvas(PT_CANVAS_BRAILLE);
	pt_trajectory path = {.x = xs, .y = ys, .at = at, .n = 3, .ink = {.role = 2}, .connect = true};
	pt_trajectory_draw(canvas, &x, &y, &path);
	const pt_tracing *tracing = canvas->tracing;
	assert_int_equal(trace_at(canvas, 0)->kind, PT_TRACE_DOTS);
	for (size_t i = 1; i < tracing->n; i++) {
		assert_int_equal(trace_at(canvas, i)->kind, PT_TRACE_LINE);
		assert_int_equal(trace_at(canvas, i)->ink.role, 2);
		assert_true(trace_at(canvas, i)->ink.level >= trace_at(canvas, i - 1)->ink.level);
		pt_spot from = i > 1 ? spot_at(canvas, i - 1, trace_at(canvas, i - 1)->n - 1) : spot_at(canvas, 0, 0);
		assert_near(from.x, spot_at(canvas, i, 0).x);
		assert_near(from.y, spot_at(canvas, i, 0).y);
	}
	assert_true(tracing->n > 40); /* of 101 levels every other one */
	pt_spot last = tracing->spots[tracing->n_spots - 1];
	assert_near(last.x, COLS / 2.0);
	assert_near(last.y, ROWS - 0.125);
	path.n = 7;
	pt_trajectory_draw(canvas, &x, &y, &path);
	for (size_t i = 0; i < tracing->n_spots; i++)
		assert_on_canvas(tracing->spots[i]);
	end(canvas);
}

static void a_band_is_a_polygon_within_the_plot(void **state)
{
	(void)state;
	double xs[] = {0, 5, 10, 15, NAN, 20, 25}, low[] = {1, 2, 1, 1, 1, 1, 2}, high[] = {3, 4, 30, 3, 3, 2, 4};
	pt_scale x = pt_scale_exact(0, 10, false), y = pt_scale_exact(0, 10, false);
	pt_canvas *canvas = traced_canvas(PT_CANVAS_BRAILLE);
	pt_curve_band(canvas, &x, &y, &(pt_points){.xs = xs, .ys = low, .n = 7}, high, 9, 0, red);
	assert_int_equal(canvas->tracing->n, 1); /* the piece beyond the plot is none */
	const pt_trace *area = trace_at(canvas, 0);
	assert_int_equal(area->kind, PT_TRACE_AREA);
	assert_int_equal(area->ink.role, 9);
	bool has_low = false, has_high = false;
	for (size_t i = 0; i < area->n; i++) {
		pt_spot s = spot_at(canvas, 0, i);
		assert_on_canvas(s);
		bool at_5 = fabs(s.x - COLS / 2.0) < 1e-9;
		has_low |= at_5 && fabs(s.y - (ROWS - 0.125 - 0.2 * (ROWS - 0.25))) < 1e-9;
		has_high |= at_5 && fabs(s.y - (ROWS - 0.125 - 0.4 * (ROWS - 0.25))) < 1e-9;
	}
	assert_true(has_low && has_high);
	for (int i = 0; i < COLS * ROWS; i++)
		assert_true(!canvas->cells[i].ground == !(canvas->cells[i].traced & PT_TRACED_GROUND));
	end(canvas);
}

static void guides_and_shades(void **state)
{
	(void)state;
	pt_scale x = pt_scale_exact(0, 10, false), y = pt_scale_exact(0, 10, false);
	pt_ink blue = {.role = 5};
	pt_canvas *canvas = traced_canvas(PT_CANVAS_BRAILLE);
	pt_guide_across(canvas, &y, 3.3, 0x2504, red);
	pt_guide_up(canvas, &x, 7.1, 0x254E, red);
	pt_guide_up(canvas, &x, 7.1, 0x250A, blue); /* hides the one before, as on a screen */
	pt_guide_up(canvas, &x, 11, 0x250A, blue);
	pt_guide_across(canvas, &y, NAN, 0x250A, blue);
	assert_int_equal(canvas->tracing->n, 2);
	assert_near(spot_at(canvas, 0, 0).y, ROWS - 0.125 - 0.33 * (ROWS - 0.25));
	assert_near(spot_at(canvas, 0, 1).x, COLS);
	assert_near(spot_at(canvas, 1, 0).x, 0.25 + 0.71 * (COLS - 0.5));
	assert_int_equal(trace_at(canvas, 1)->glyph, 0x250A);
	assert_int_equal(trace_at(canvas, 1)->ink.role, 5);
	pt_guide_shade(canvas, &x, 9, 10, 0x2591, red);
	assert_int_equal(trace_at(canvas, 2)->kind, PT_TRACE_AREA);
	assert_int_equal(trace_at(canvas, 2)->n, 4);
	for (int i = 0; i < COLS * ROWS; i++)
		assert_true(!canvas->cells[i].under == !(canvas->cells[i].traced & PT_TRACED_UNDER));
	/* a map is made of cells */
	pt_heatmap map = {
		.xs = (int64_t[]){0, 10}, .ys = (int64_t[]){0, 10}, .n_x = 2, .n_y = 2, .role = 2, .hi = 1};
	map.values = (double[]){0, 1, 1, 0};
	pt_tracing *tracing = canvas->tracing;
	pt_heatmap_draw(canvas, &x, &y, &map);
	assert_null(canvas->tracing);
	assert_int_equal(tracing->n, 0);
	canvas->tracing = tracing;
	end(canvas);
}

/* What lies beyond a value changes its colour exactly there. */
static void a_dip_is_coloured_from_the_threshold_on(void **state)
{
	(void)state;
	double xs[] = {0, 4, 8, 10}, ys[] = {8, 2, 8, 8};
	pt_scale x = pt_scale_exact(0, 10, false), y = pt_scale_exact(0, 10, false);
	pt_ink other = {.role = 1, .series = 2};
	pt_canvas *canvas = traced_canvas(PT_CANVAS_BRAILLE);
	pt_points points = {.xs = xs, .ys = ys, .n = 4};
	pt_curve_draw(canvas, &x, &y, &points, &(pt_stroke){.ink = other});
	pt_curve_draw(canvas, &x, &y, &points, &(pt_stroke){.ink = red});
	pt_tracing_colour_beyond(canvas, &y, 5, true, red.series, 7);
	assert_int_equal(canvas->tracing->n, 4);
	assert_int_equal(trace_at(canvas, 0)->ink.role, 1);
	assert_int_equal(trace_at(canvas, 0)->n, 4);
	static const uint8_t roles[] = {1, 7, 1};
	static const double from[] = {0, 2, 6}, to[] = {2, 6, 10};
	for (size_t i = 0; i < 3; i++) {
		const pt_trace *part = trace_at(canvas, i + 1);
		assert_int_equal(part->ink.role, roles[i]);
		assert_int_equal(part->n, 3 - (i == 0));
		assert_near(spot_at(canvas, i + 1, 0).x, 0.25 + from[i] / 10 * (COLS - 0.5));
		assert_near(spot_at(canvas, i + 1, part->n - 1).x, 0.25 + to[i] / 10 * (COLS - 0.5));
	}
	assert_near(spot_at(canvas, 2, 0).y, ROWS / 2.0);
	end(canvas);
}

static void want_of_memory_is_told(void **state)
{
	(void)state;
	double xs[] = {0, 1, 2}, ys[] = {0, 1, 2};
	pt_scale x = pt_scale_exact(0, 2, false), y = pt_scale_exact(0, 2, false);
	pt_points points = {.xs = xs, .ys = ys, .n = 3};
	for (size_t n = 1; n < 12; n++) {
		pt_canvas *canvas = traced_canvas(PT_CANVAS_BRAILLE);
		pt_alloc_fail_at(n, false);
		pt_curve_band(canvas, &x, &y, &points, ys, 3, 0, red);
		pt_curve_draw(canvas, &x, &y, &points, &(pt_stroke){.ink = red});
		pt_tracing_colour_beyond(canvas, &y, 1, true, red.series, 7);
		bool failed = pt_alloc_fail_at(0, false) >= n;
		assert_int_equal(canvas->tracing->is_lost, failed);
		end(canvas);
	}
	pt_alloc_fail_at(1, false);
	assert_null(pt_tracing_create(1, 1));
	pt_alloc_fail_at(0, false);
	pt_tracing_destroy(NULL);
	pt_tracing_clear(NULL);
	pt_tracing_lift(NULL);
	pt_tracing_segment(NULL, NULL, (pt_spot){0, 0}, (pt_spot){1, 1});
	pt_tracing_colour_beyond(NULL, &y, 1, true, 1, 7);
	pt_guide_up(NULL, &x, 1, 'x', red);
	pt_guide_across(NULL, &y, 1, 'x', red);
	pt_guide_shade(NULL, &x, 1, 2, 'x', red);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_those_of_the_axes),
		cmocka_unit_test(dots_are_as_without),
		cmocka_unit_test(gaps_break_the_line_and_a_lone_point_is_a_dot),
		cmocka_unit_test(lines_end_at_the_edge),
		cmocka_unit_test(thinning_keeps_every_spike),
		cmocka_unit_test(markers_lie_on_the_data),
		cmocka_unit_test(a_path_has_its_gradient),
		cmocka_unit_test(a_band_is_a_polygon_within_the_plot),
		cmocka_unit_test(guides_and_shades),
		cmocka_unit_test(a_dip_is_coloured_from_the_threshold_on),
		cmocka_unit_test(want_of_memory_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
