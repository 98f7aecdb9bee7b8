#include "pane_heat.h"

#include <math.h>
#include <stdio.h>

#include "phasetop/base/alloc.h"

enum {
	SMALL_COLS = 18,
	SMALL_ROWS = 6,
	ROWS_FOR_FOOT = 6,
	LEAST_BAR_COLS = 6,
	MOST_BAR_COLS = 20,
};

/* Nice ends near the data: cosines of a run often live in 0.8…1, and would be one colour in −1…1. */
static pt_scale colours_of(const pt_range *range)
{
	pt_scale scale = pt_scale_fit(range, false);
	return pt_scale_exact(fmax(scale.lo, -1), fmin(scale.hi, 1), false);
}

pt_heat_pane pt_heat_pane_of(const pt_scene *scene, pt_rect inner, pt_heat_map_of map_of)
{
	pt_heat_pane pane = {.foot = {0}};
	pt_range range = pt_range_empty();
	if (inner.h >= ROWS_FOR_FOOT) {
		pane.foot = (pt_rect){inner.x, inner.y + inner.h - 1, inner.w, 1};
		inner.h--;
	}
	pane.grid = pt_plot_grid_of(scene, inner, SMALL_COLS, SMALL_ROWS);
	for (size_t i = 0; i < pane.grid.split.n; i++) {
		pt_heatmap map = map_of(scene, pane.grid.plots[i]);
		pt_range_add_all(&range, map.values, map.values ? map.n_x * map.n_y : 0);
	}
	pane.has_values = range.n > 0;
	pane.colours = colours_of(&range);
	return pane;
}

bool pt_heat_has_values(const pt_heatmap *map)
{
	for (size_t i = 0; map->values && i < map->n_x * map->n_y; i++)
		if (!pt_is_missing(map->values[i]))
			return true;
	return false;
}

/* A map's places are whole numbers: epochs and times in millionths. Steps whose place is not known go far to the left
 * and to the right, out of sight. NULL: no memory. */
static int64_t *places_on_axis(
	const pt_scene *scene, const pt_run_view *run, const pt_heatmap *map, pt_scale *x)
{
	const double unit = 1e6, far_off = 1e15;
	int64_t *places = pt_array_alloc(map->n_x, sizeof *places);
	double origin = x->lo;
	int64_t side = -1; /* until the first that is known */
	for (size_t i = 0; places && i < map->n_x; i++) {
		double at = pt_scene_x(scene, run, map->xs[i]);
		if (pt_is_missing(at)) {
			places[i] = side * (int64_t)far_off + (int64_t)i;
			continue;
		}
		side = 1;
		places[i] = llround(fmin(fmax((at - origin) * unit, -far_off / 2), far_off / 2));
	}
	x->lo = 0;
	x->hi = (x->hi - origin) * unit;
	return places;
}

void pt_heat_draw(pt_chart *chart, const pt_scene *scene, const pt_run_view *run, const pt_heat_pane *pane,
	pt_heatmap map)
{
	pt_scale x = chart->x;
	int64_t *places = NULL;
	map.lo = pane->colours.lo;
	map.hi = pane->colours.hi;
	map.role = PT_ROLE_STEP;
	map.empty = PT_ROLE_AXIS;
	if (run && scene->axis != PT_X_STEP) {
		map.xs = places = places_on_axis(scene, run, &map, &x);
		map.n_x = places ? map.n_x : 0;
		map.spacing = 0;
	}
	pt_heatmap_draw(chart->canvas, &x, &chart->y, &map);
	pt_free(places);
}

void pt_heat_cursor(pt_chart *chart, bool vertical, double place)
{
	double fraction = pt_scale_fraction(vertical ? &chart->x : &chart->y, place);
	if (!chart->canvas || !(fraction >= 0 && fraction <= 1))
		return;
	/* the dotted lines of other plots, but for ASCII, where dots are values */
	bool is_ascii = chart->canvas->kind == PT_CANVAS_ASCII;
	uint32_t glyph = vertical ? (is_ascii ? U'│' : U'┊') : (is_ascii ? U'─' : U'┈');
	int dot = vertical ? pt_scale_dot(&chart->x, place, chart->canvas->width)
					   : pt_chart_dot_row(chart, &chart->y, place);
	pt_heatmap_line(chart->canvas, vertical, dot, glyph, pt_ink_of(PT_ROLE_CROSSHAIR, 0),
		pt_ink_of(PT_ROLE_CROSSHAIR_CUT, 0));
}

/* The bar is a heat map of one row, so that it looks as the maps do. */
static void draw_bar(pt_frame *frame, pt_rect rect, pt_canvas_kind kind)
{
	int64_t places[MOST_BAR_COLS], row[] = {0};
	double values[MOST_BAR_COLS];
	for (int i = 0; i < rect.w; i++) {
		places[i] = i;
		values[i] = (double)i / (rect.w - 1);
	}
	pt_heatmap map = {.xs = places,
		.ys = row,
		.n_x = (size_t)rect.w,
		.n_y = 1,
		.values = values,
		.hi = 1,
		.role = PT_ROLE_STEP};
	pt_scale x = pt_heatmap_scale(places, (size_t)rect.w), y = pt_heatmap_scale(row, 1);
	pt_canvas *canvas = pt_canvas_create(kind, rect.w, 1);
	pt_heatmap_draw(canvas, &x, &y, &map);
	pt_frame_blit(frame, rect, canvas);
	pt_canvas_destroy(canvas);
}

/* Both ends with as many decimals as the longer one needs: they are round numbers. */
static void end_texts(const pt_scale *colours, char *low, char *high, size_t capacity)
{
	int decimals = 1;
	double unit = 0.1;
	while (decimals < 9 &&
		   fmax(fabs(remainder(colours->lo, unit)), fabs(remainder(colours->hi, unit))) > 1e-3 * unit) {
		decimals++;
		unit /= 10;
	}
	snprintf(low, capacity, "%.*f", decimals, colours->lo);
	snprintf(high, capacity, "%.*f", decimals, colours->hi);
}

void pt_heat_foot(
	pt_frame *frame, const pt_heat_pane *pane, pt_canvas_kind kind, const char *const *words, size_t n)
{
	char low[32], high[32];
	pt_rect foot = pane->foot;
	if (pt_rect_is_empty(foot) || !pane->has_values)
		return;
	int margin = foot.w >= 30, end = foot.x + foot.w - margin;
	end_texts(&pane->colours, low, high, sizeof low);
	int labels =
		4 + pt_frame_text_width(low) + 1 + 1 + pt_frame_text_width(high); /* "cos 0.80 " and " 1.00" */
	int room = foot.w - 2 * margin - labels, cols = room < MOST_BAR_COLS ? room : MOST_BAR_COLS;
	if (cols < LEAST_BAR_COLS)
		return;
	for (size_t i = 0; i < n; i++) {
		int words_cols = pt_frame_text_width(words[i]) + 2;
		if (room - words_cols < LEAST_BAR_COLS)
			continue;
		pt_frame_text(frame, foot, foot.x + margin, foot.y, pt_pen_of(PT_ROLE_CROSSHAIR), words[i]);
		cols = room - words_cols < cols ? room - words_cols : cols;
		break;
	}
	pt_pen label = pt_pen_of(PT_ROLE_LABEL);
	pt_frame_text_right(frame, foot, end, foot.y, label, high);
	int bar = end - pt_frame_text_width(high) - 1 - cols;
	draw_bar(frame, (pt_rect){bar, foot.y, cols, 1}, kind);
	pt_frame_text_right(frame, foot, bar - 1, foot.y, label, low);
	pt_frame_text(frame, foot, bar - labels + pt_frame_text_width(high) + 1, foot.y, label, "cos");
}
