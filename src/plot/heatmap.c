#include "phasetop/plot/heatmap.h"

#include <math.h>

#include "phasetop/base/alloc.h"
#include "phasetop/plot/tracing.h"
#include "phasetop/base/missing.h"

/* Which places fall into one cell (or half cell) along an axis; n = 0: none. */
typedef struct bin {
	size_t first, n;
} bin;

/* Half of the way to a neighbour, as far as a value may stand for it. */
static double reach(int64_t gap, int64_t gap_beyond, int64_t spacing)
{
	int64_t most = gap_beyond > spacing ? gap_beyond : spacing;
	return fmin((double)gap / 2, (double)most);
}

/* What place i stands for: from `lo` to `hi`. */
static void extent(const int64_t *places, size_t n, size_t i, int64_t spacing, double *lo, double *hi)
{
	int64_t before = i > 0 ? places[i] - places[i - 1] : 0, after = i + 1 < n ? places[i + 1] - places[i] : 0;
	before = before > 0 ? before : after > 0 ? after : 1;
	after = after > 0 ? after : before;
	*lo = (double)places[i] - reach(before, after, spacing);
	*hi = (double)places[i] + reach(after, before, spacing);
}

pt_scale pt_heatmap_scale(const int64_t *places, size_t n)
{
	double lo = 0, hi = 1, unused;
	if (n > 0) {
		extent(places, n, 0, 0, &lo, &unused);
		extent(places, n, n - 1, 0, &unused, &hi);
	}
	pt_scale scale = pt_scale_exact(lo, hi, false);
	scale.integer = true;
	return scale;
}

/* Places to bins, from the low end of the axis: those that lie in a bin, else the one that stands for its
 * middle. NULL when out of memory. */
static bin *bins_of(
	const pt_scale *scale, int n_bins, int dots_a_bin, const int64_t *places, size_t n, int64_t spacing)
{
	bin *bins = pt_array_alloc((size_t)n_bins, sizeof *bins);
	int n_dots = n_bins * dots_a_bin;
	for (size_t i = 0; bins && i < n; i++) {
		int dot = pt_scale_dot(scale, (double)places[i], n_dots);
		if (dot < 0 || dot >= n_dots)
			continue;
		bin *own = &bins[dot / dots_a_bin];
		own->first = own->n++ ? own->first : i;
	}
	size_t i = 0;
	for (int b = 0; bins && b < n_bins; b++) {
		double middle = b * dots_a_bin + (dots_a_bin - 1) / 2.0, lo, hi;
		double value = pt_scale_value(scale, n_dots > 1 ? middle / (n_dots - 1) : 0.5);
		for (extent(places, n, i, spacing, &lo, &hi); hi < value && i + 1 < n; i++)
			extent(places, n, i + 1, spacing, &lo, &hi);
		if (bins[b].n == 0 && lo <= value && value <= hi)
			bins[b] = (bin){i, 1};
	}
	return bins;
}

/* 0…100 of the mean of what is not missing, or −1 where nothing is left. */
static int level_of(const pt_heatmap *map, bin across, bin up)
{
	double sum = 0;
	size_t seen = 0;
	for (size_t r = up.first; r < up.first + up.n; r++) {
		const double *row = map->values + r * map->n_x + across.first;
		for (size_t c = 0; c < across.n; c++) {
			bool is_there = isfinite(row[c]);
			sum += is_there ? row[c] : 0;
			seen += is_there;
		}
	}
	if (seen == 0)
		return -1;
	double clamped = fmin(fmax(sum / (double)seen, map->lo), map->hi);
	return (int)lround(100 * (clamped / 2 - map->lo / 2) / (map->hi / 2 - map->lo / 2));
}

/* Both halves of a cell by their levels; −1: nothing. */
static void put_halves(pt_canvas *canvas, int col, int row, int upper, int lower, const pt_heatmap *map)
{
	pt_canvas_cell *cell = &canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col];
	pt_ink ink = {.role = map->role, .level = (uint8_t)(upper < 0 ? lower : upper)};
	if (upper < 0 && lower < 0)
		return;
	pt_canvas_over(canvas, col, row, upper < 0 ? 0x2584 : 0x2580, ink);
	bool is_whole = upper >= 0 && lower >= 0;
	cell->ground = is_whole ? map->role : map->empty;
	cell->ground_level = (uint8_t)(is_whole ? lower : 0);
}

char pt_heatmap_ramp(int level)
{
	static const char ramp[] = ".:-=+*#%@";
	int last = (int)sizeof ramp - 2;
	return ramp[level < 0 ? 0 : level > 100 ? last : level * last / 100];
}

static void put_ramp(pt_canvas *canvas, int col, int row, int level, uint8_t role)
{
	pt_ink ink = {.role = role, .level = (uint8_t)level};
	if (level >= 0)
		pt_canvas_over(canvas, col, row, (unsigned char)pt_heatmap_ramp(level), ink);
}

void pt_heatmap_draw(pt_canvas *canvas, const pt_scale *x, const pt_scale *y, const pt_heatmap *map)
{
	if (!canvas || !map->values || map->n_x == 0 || map->n_y == 0 || !(map->hi > map->lo))
		return;
	pt_tracing_clear(canvas->tracing);
	canvas->tracing = NULL; /* a map is made of cells, in pictures too */
	int down = canvas->kind == PT_CANVAS_ASCII ? 1 : 2, n_rows = canvas->rows * down;
	bin *across =
		bins_of(x, canvas->cols, pt_canvas_dots_across(canvas->kind), map->xs, map->n_x, map->spacing);
	bin *up = bins_of(y, n_rows, pt_canvas_dots_down(canvas->kind) / down, map->ys, map->n_y, map->spacing);
	for (int row = 0; across && up && row < canvas->rows; row++)
		for (int col = 0; col < canvas->cols; col++) {
			const bin *top = &up[n_rows - 1 - row * down];
			int upper = level_of(map, across[col], *top);
			if (down == 1)
				put_ramp(canvas, col, row, upper, map->role);
			else
				put_halves(canvas, col, row, upper, level_of(map, across[col], top[-1]), map);
		}
	pt_free(across);
	pt_free(up);
}

static void line_through(pt_canvas *canvas, int col, int row, uint32_t glyph, pt_ink ink, pt_ink on_map)
{
	pt_canvas_cell *cell = &canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col];
	bool is_map = cell->over == 0x2580 || cell->over == 0x2584;
	if (cell->over == 0) {
		pt_canvas_under(canvas, col, row, glyph, ink);
	} else if (!is_map) { /* of a ramp, or of a line that crosses this one */
		pt_canvas_over(canvas, col, row, glyph, cell->ground ? on_map : ink);
	} else {
		int level = cell->over_ink.level;
		bool is_whole = cell->ground == cell->over_ink.role;
		cell->ground_level = (uint8_t)(is_whole ? (level + cell->ground_level) / 2 : level);
		cell->ground = cell->over_ink.role;
		pt_canvas_over(canvas, col, row, glyph, on_map);
	}
}

void pt_heatmap_line(pt_canvas *canvas, bool vertical, int dot, uint32_t glyph, pt_ink ink, pt_ink on_map)
{
	if (!canvas || dot < 0 || dot >= (vertical ? canvas->width : canvas->height))
		return;
	int at = dot / (vertical ? pt_canvas_dots_across(canvas->kind) : pt_canvas_dots_down(canvas->kind));
	for (int i = 0; i < (vertical ? canvas->rows : canvas->cols); i++)
		line_through(canvas, vertical ? at : i, vertical ? i : at, glyph, ink, on_map);
}
