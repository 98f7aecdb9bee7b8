/* True lines beside the cells: the cells are as without, what lies over a plot covers it, marks and ticks
 * have their true places. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pane_drawing.h"
#include "phasetop/plot/curve.h"
#include "phasetop/ui/axes.h"
#include "phasetop/ui/frame_trace.h"

static size_t n_shown(const pt_frame *frame)
{
	size_t n = 0;
	for (int y = 0; y < frame->rows; y++)
		for (int x = 0; x < frame->cols; x++)
			n += pt_frame_traced(frame, x, y).plot > 0;
	return n;
}

/* A frame that keeps lines has the cells of one that does not, at every size and for every kind of runs. */
static void cells_are_as_without(void **state)
{
	(void)state;
	static const int sizes[][2] = {{120, 36}, {80, 24}, {200, 60}, {30, 9}, {7, 3}};
	for (int kind = 0; kind < FIXTURE_N_KINDS; kind++)
		for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
			drawing d = start((fixture_kind)kind, sizes[s][0], sizes[s][1]);
			pt_frame *traced = NULL;
			assert_int_equal(
				pt_frame_create(sizes[s][0], sizes[s][1], PT_CHARSET_UTF8, &traced, NULL), PT_OK);
			assert_int_equal(pt_frame_trace(traced, NULL), PT_OK);
			d.view.guides = s % 2;
			pt_screen_draw(d.snapshot, &d.view, d.frame);
			pt_screen_draw(d.snapshot, &d.view, traced);
			assert_true(pt_frame_equal(d.frame, traced));
			pt_frame_destroy(traced);
			end(&d);
		}
}

/* Where a letter, a box or a heat map is, no stroke shows; where braille is, one does. */
static void words_cover_strokes(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_THREE, 120, 36);
	assert_int_equal(pt_frame_trace(d.frame, NULL), PT_OK);
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_true(n_shown(d.frame) > 500);
	for (int y = 0; y < d.frame->rows; y++)
		for (int x = 0; x < d.frame->cols; x++) {
			uint32_t glyph = pt_frame_get(d.frame, x, y).glyph;
			pt_cell_trace trace = pt_frame_traced(d.frame, x, y);
			bool is_braille = glyph > 0x2800 && glyph <= 0x28FF;
			bool is_letter = glyph > ' ' && glyph < 0x250;
			assert_false(is_letter && trace.plot > 0);
			assert_true(!is_braille || (trace.plot > 0 && trace.glyph));
		}
	d.view.help = true;
	pt_screen_draw(d.snapshot, &d.view, d.frame);
	assert_int_equal(n_shown(d.frame), 0);
	end(&d);
}

static void a_mark_has_its_true_place_and_covers_nothing(void **state)
{
	(void)state;
	pt_frame *frame = NULL;
	assert_int_equal(pt_frame_create(20, 6, PT_CHARSET_UTF8, &frame, NULL), PT_OK);
	assert_null(pt_frame_tracing(frame, pt_frame_rect(frame)));
	assert_int_equal(pt_frame_trace(frame, NULL), PT_OK);
	pt_rect rect = {4, 1, 12, 4};
	assert_null(pt_frame_tracing(frame, (pt_rect){0, 0, 0, 3}));
	pt_canvas *canvas = pt_canvas_create(PT_CANVAS_BRAILLE, rect.w, rect.h);
	canvas->tracing = pt_frame_tracing(frame, rect);
	pt_canvas_dot(canvas, 0, 0, pt_ink_of(PT_ROLE_SERIES_1, 1));
	pt_frame_blit(frame, rect, canvas);
	pt_canvas_destroy(canvas);
	assert_int_equal(n_shown(frame), 12 * 4);
	assert_true(pt_frame_traced(frame, 4, 1).glyph && !pt_frame_traced(frame, 5, 1).glyph);
	pt_pen pen = pt_pen_of(PT_ROLE_EVENT);
	pt_frame_mark(frame, rect, 6, 2, pen, U'◆', (pt_spot){6.25, 2.75});
	pt_frame_mark(frame, rect, 2, 2, pen, U'◆', (pt_spot){2.5, 2.5}); /* outside */
	assert_int_equal(n_shown(frame), 12 * 4);
	assert_int_equal(pt_frame_get(frame, 6, 2).glyph, U'◆');
	assert_true(pt_frame_traced(frame, 6, 2).glyph);
	const pt_tracing *tracing = frame->traces->plots[0].tracing;
	assert_int_equal(tracing->n, 1);
	assert_int_equal(tracing->traces[0].ink.role, PT_ROLE_EVENT);
	assert_true(tracing->spots[0].x > 2.249 && tracing->spots[0].x < 2.251);
	assert_true(tracing->spots[0].y > 1.749 && tracing->spots[0].y < 1.751);
	pt_frame_text(frame, rect, 6, 2, pen, "漢");
	assert_int_equal(n_shown(frame), 12 * 4 - 2);
	pt_frame_mark(frame, rect, 6, 2, pen, U'◆', (pt_spot){6.25, 2.75}); /* on covered ground: a glyph */
	assert_int_equal(tracing->n, 1);
	pt_frame_clear(frame);
	assert_int_equal(n_shown(frame), 0);
	assert_int_equal(frame->traces->n, 0);
	assert_int_equal(pt_frame_resize(frame, 8, 8, NULL), PT_OK);
	assert_null(frame->traces);
	pt_frame_destroy(frame);
}

/* A tick lies in a cell; in a picture it lies at its value, and the label beside it. */
static void ticks_lie_at_their_values(void **state)
{
	(void)state;
	pt_frame *frame = NULL;
	assert_int_equal(pt_frame_create(60, 20, PT_CHARSET_UTF8, &frame, NULL), PT_OK);
	pt_scale x = pt_scale_exact(0, 9.7, false), y = pt_scale_exact(0.13, 1.07, false);
	for (int of_cells = 0; of_cells < 2; of_cells++) {
		pt_axes axes = {.x = &x, .y = &y, .kind = PT_CANVAS_BRAILLE, .of_cells = of_cells};
		assert_int_equal(pt_frame_trace(frame, NULL), PT_OK);
		pt_plot plot = pt_axes_draw(frame, pt_frame_rect(frame), &axes);
		assert_true(plot.y.n > 2 && plot.x.n > 2);
		for (size_t i = 0; i < plot.y.n; i++) {
			const pt_tick *tick = &plot.y.ticks[i];
			double up = (tick->value - 0.13) / 0.94;
			double exact = plot.inner.h - (up * (4 * plot.inner.h - 1) + 0.5) / 4;
			pt_cell_trace mark = pt_frame_traced(frame, plot.inner.x - 1, plot.inner.y + tick->cell);
			double at = tick->cell + 0.5 + mark.dy / 100.0;
			assert_true(of_cells ? mark.dy == 0 : at - exact < 0.0051 && exact - at < 0.0051);
		}
		for (size_t i = 0; i < plot.x.n; i++) {
			const pt_tick *tick = &plot.x.ticks[i];
			double exact = (tick->value / 9.7 * (2 * plot.inner.w - 1) + 0.5) / 2;
			pt_cell_trace mark =
				pt_frame_traced(frame, plot.inner.x + tick->cell, plot.inner.y + plot.inner.h);
			double at = tick->cell + 0.5 + mark.dx / 100.0;
			assert_true(of_cells ? mark.dx == 0 : at - exact < 0.0051 && exact - at < 0.0051);
		}
	}
	pt_frame_destroy(frame);
}

/* Short of memory a plot is drawn by its cells, or no lines are kept at all; the frame is whole in any case.
 */
static void want_of_memory_leaves_cells(void **state)
{
	(void)state;
	drawing d = start(FIXTURE_MEDICAL, 80, 24);
	pt_error err;
	for (size_t n = 1; n <= 2; n++) {
		pt_alloc_fail_at(n, false);
		assert_int_equal(pt_frame_trace(d.frame, &err), PT_ERR_MEMORY);
		pt_alloc_fail_at(0, false);
		assert_null(d.frame->traces);
	}
	assert_int_equal(pt_frame_trace(d.frame, NULL), PT_OK);
	for (size_t n = 1; n < 60; n++) {
		pt_alloc_fail_at(n, false);
		draw_pane(&d, PT_PANE_PCA);
		pt_alloc_fail_at(0, false);
		for (int i = 0; i < d.frame->cols * d.frame->rows; i++) {
			const pt_cell_trace *trace = &d.frame->traces->cells[i];
			assert_true(trace->plot == 0 || d.frame->traces->plots[trace->plot - 1].shown);
			assert_true(trace->plot > 0 || !trace->glyph);
		}
	}
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_are_as_without),
		cmocka_unit_test(words_cover_strokes),
		cmocka_unit_test(a_mark_has_its_true_place_and_covers_nothing),
		cmocka_unit_test(ticks_lie_at_their_values),
		cmocka_unit_test(want_of_memory_leaves_cells),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
