/* Curves of several runs in one plot: who is seen where they lie on the same cells (contracts in
 * pane_draw.h). */
#include <string.h>

#include "pane_draw.h"
#include "phasetop/base/alloc.h"
#include "phasetop/plot/tracing.h"

/* Cells of a stripe: few enough that a short common stretch shows two runs, enough that each is seen as a
 * line. */
enum { STRIPE_COLS = 4, STRIPE_ROWS = 8 };

pt_overlay pt_overlay_begin(const pt_scene *scene, pt_chart *chart)
{
	pt_overlay overlay = {.whole = NULL};
	if (scene->n_shown < 2 || !chart->canvas)
		return overlay;
	pt_canvas *whole = chart->canvas, *layer = pt_canvas_create(whole->kind, whole->cols, whole->rows);
	overlay.n_met = pt_array_alloc((size_t)whole->cols * (size_t)whole->rows, sizeof *overlay.n_met);
	if (!layer || !overlay.n_met) { /* then the last one that is drawn has the cell */
		pt_canvas_destroy(layer);
		pt_free(overlay.n_met);
		overlay.n_met = NULL;
		return overlay;
	}
	layer->tracing = whole->tracing; /* lines that are kept are kept of every run: they may cross */
	overlay.whole = whole;
	chart->canvas = layer;
	return overlay;
}

/* How much a cell weighs. Grey tells no run from another (raw values below their average, what is not known
 * yet): it gives way to what does. */
static int rank_of(const pt_canvas_cell *cell)
{
	bool is_grey = cell->ink.role == PT_ROLE_INACTIVE || cell->ink.role == PT_ROLE_PROVISIONAL;
	return !cell->dots ? 0 : is_grey ? 1 : 2;
}

/* Does the n-th run that meets in a cell take it over? It has one of n stripes, and those before it have the
 * rest: of two or three runs each has its equal share, of more at least some. Where a stripe lies depends on
 * the cell alone, so that nothing flickers when data arrive. */
static bool is_its_stripe(int col, int row, unsigned n)
{
	return (unsigned)(col / STRIPE_COLS + row / STRIPE_ROWS) % n == n - 1;
}

static bool takes_dots(
	const pt_canvas_cell *cell, const pt_canvas_cell *own, uint8_t *n_met, int col, int row)
{
	int before = rank_of(cell), after = rank_of(own);
	if (after > before)
		*n_met = 1;
	if (after != before)
		return after > before;
	return after > 0 && *n_met < UINT8_MAX && is_its_stripe(col, row, ++*n_met);
}

static void put_cell(pt_canvas_cell *cell, const pt_canvas_cell *own, uint8_t *n_met, int col, int row)
{
	if (own->over) {
		cell->over = own->over;
		cell->over_ink = own->over_ink;
		cell->traced = (uint8_t)((cell->traced & ~PT_TRACED_OVER) | (own->traced & PT_TRACED_OVER));
	}
	if (takes_dots(cell, own, n_met, col, row)) {
		cell->dots = own->dots;
		cell->ink = own->ink;
	}
}

void pt_overlay_add(pt_overlay *overlay, pt_chart *chart)
{
	pt_canvas *whole = overlay->whole;
	for (int row = 0; whole && row < whole->rows; row++)
		for (int col = 0; col < whole->cols; col++) {
			size_t i = (size_t)row * (size_t)whole->cols + (size_t)col;
			pt_canvas_cell *own = &chart->canvas->cells[i];
			if (!own->dots && !own->over)
				continue;
			put_cell(&whole->cells[i], own, &overlay->n_met[i], col, row);
			memset(own, 0, sizeof *own); /* an empty layer for the next run */
		}
}

void pt_overlay_end(pt_overlay *overlay, pt_chart *chart)
{
	if (!overlay->whole)
		return;
	pt_canvas_destroy(chart->canvas);
	chart->canvas = overlay->whole;
	pt_free(overlay->n_met);
	*overlay = (pt_overlay){.whole = NULL};
}
