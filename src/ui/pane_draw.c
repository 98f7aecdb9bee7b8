#include "pane_draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "phasetop/ui/frame_trace.h"

enum { COLS_FOR_X_TITLE = 40 };

void pt_name_text(const char *name, int cols, char *out, size_t capacity)
{
	char safe[PT_LINE_BYTES];
	pt_text_sanitize(safe, sizeof safe, name, strlen(name));
	pt_text text = pt_text_over(out, capacity);
	if (pt_text_width(safe) <= cols) {
		pt_text_add(&text, safe);
	} else if (cols > 0) {
		pt_text_add_bytes(&text, safe, pt_text_fit(safe, cols - 1));
		pt_text_add(&text, "…");
	}
}

void pt_name_end_text(const char *name, int cols, char *out, size_t capacity)
{
	char safe[PT_LINE_BYTES];
	pt_text_sanitize(safe, sizeof safe, name, strlen(name));
	const char *from = safe;
	bool is_cut = pt_text_width(safe) > cols;
	while (is_cut && *from && pt_text_width(from) > cols - 1) {
		uint32_t code_point;
		from += pt_utf8_decode(from, strlen(from), &code_point);
	}
	snprintf(out, capacity, "%s%s", is_cut && cols > 0 ? "…" : "", from);
}

int pt_bar_draw(pt_frame *frame, pt_rect rect, double share, pt_pen pen)
{
	if (pt_is_missing(share))
		return 0;
	int eighths = (int)lround(fmin(fmax(share, 0), 1) * 8 * rect.w);
	if (frame->charset == PT_CHARSET_ASCII)
		eighths = (eighths + 4) / 8 * 8;
	for (int y = rect.y; y < rect.y + rect.h; y++) {
		pt_frame_hline(frame, rect, rect.x, y, eighths / 8, pen, 0x2588);
		if (eighths % 8)
			pt_frame_put(frame, rect, rect.x + eighths / 8, y, pen, 0x2590 - (uint32_t)(eighths % 8));
	}
	return (eighths + 7) / 8;
}

/* Bytes of the next line of `text`, at most `cols` wide, broken at a blank where there is one. */
static size_t line_bytes(const char *text, int cols)
{
	size_t fit = pt_text_fit(text, cols);
	if (text[fit] == '\0' || text[fit] == ' ')
		return fit;
	size_t at = fit;
	while (at > 0 && text[at - 1] != ' ')
		at--;
	if (at > 0)
		return at;
	/* One word wider than the line: cut it, but go on by at least one character. */
	uint32_t code_point;
	return fit > 0 ? fit : pt_utf8_decode(text, strlen(text), &code_point);
}

int pt_wrapped_draw(pt_frame *frame, pt_rect rect, pt_pen pen, const char *text, int first)
{
	char safe[1024];
	pt_text_sanitize(safe, sizeof safe, text, strlen(text));
	int line = 0;
	for (const char *at = safe; *at && rect.w > 0; line++) {
		size_t n = line_bytes(at, rect.w);
		char piece[1024];
		memcpy(piece, at, n);
		piece[n] = '\0';
		if (frame && line >= first)
			pt_frame_text(frame, rect, rect.x, rect.y + line - first, pen, piece);
		at += n;
		at += strspn(at, " ");
	}
	return line;
}

void pt_absence_draw(pt_frame *frame, pt_rect rect, const char *text)
{
	pt_rect inside = rect.w > 12 ? pt_rect_inset(rect, 2, 0, 2, 0) : rect;
	int n_lines = pt_wrapped_draw(NULL, inside, pt_pen_of(PT_ROLE_INACTIVE), text, 0);
	if (n_lines == 1)
		inside.x += (inside.w - pt_frame_text_width(text)) / 2;
	int free_rows = inside.h - n_lines;
	if (free_rows > 0)
		inside = pt_rect_inset(inside, 0, free_rows / 2, 0, 0);
	pt_wrapped_draw(frame, pt_rect_intersect(inside, rect), pt_pen_of(PT_ROLE_INACTIVE), text, 0);
}

pt_split pt_split_of(pt_rect rect, size_t n, int min_cols, int min_rows)
{
	size_t across = rect.w > min_cols ? (size_t)((rect.w + 1) / (min_cols + 1)) : 1;
	size_t down = rect.h > min_rows ? (size_t)(rect.h / min_rows) : 1;
	size_t fit = n < 1 ? 1 : n < across * down ? n : across * down;
	size_t n_down = (fit + across - 1) / across;
	return (pt_split){.rect = rect, .n = fit, .n_across = (fit + n_down - 1) / n_down, .n_down = n_down};
}

pt_rect pt_split_rect(const pt_split *split, size_t i)
{
	pt_rect rect = split->rect;
	size_t col = i % split->n_across, row = i / split->n_across;
	int x0 = (int)((size_t)rect.w * col / split->n_across);
	int x1 = (int)((size_t)rect.w * (col + 1) / split->n_across);
	int y0 = (int)((size_t)rect.h * row / split->n_down),
		y1 = (int)((size_t)rect.h * (row + 1) / split->n_down);
	int air = col + 1 < split->n_across; /* a column between two plots */
	return (pt_rect){rect.x + x0, rect.y + y0, x1 - x0 - air, y1 - y0};
}

pt_matrix pt_split_matrix(const pt_scene *scene, const pt_split *split, size_t i)
{
	return split->n == 1 ? scene->main_matrix : scene->matrices[scene->n_matrices - split->n + i];
}

void pt_matrices_draw(const pt_scene *scene, pt_frame *frame, pt_rect inner, int min_cols, int min_rows,
	pt_draw_matrix *draw_one)
{
	pt_split split = pt_split_of(inner, scene->n_matrices, min_cols, min_rows);
	for (size_t i = 0; i < split.n; i++)
		draw_one(scene, pt_split_matrix(scene, &split, i), i + 1 == split.n ? scene->n_matrices - split.n : 0, frame,
			pt_split_rect(&split, i));
}

pt_canvas_kind pt_pane_canvas_kind(const pt_scene *scene, pt_pane_id pane, const pt_frame *frame)
{
	if (frame->charset == PT_CHARSET_ASCII)
		return PT_CANVAS_ASCII;
	switch (pt_view_glyphs(scene->view, pane)) {
	case PT_GLYPH_ASCII:
		return PT_CANVAS_ASCII;
	case PT_GLYPH_BLOCK:
		return PT_CANVAS_BLOCK;
	case PT_GLYPH_AUTO:
	case PT_GLYPH_BRAILLE:
	case PT_N_GLYPH_CHOICES:
		break;
	}
	return PT_CANVAS_BRAILLE;
}

pt_scale pt_scale_with_headroom(const pt_range *range, bool is_log)
{
	const double room = 0.18;
	if (range->n == 0)
		return pt_scale_fit(range, is_log);
	double top = range->hi + room * (range->hi - range->lo);
	if (is_log && range->hi > 0 && isfinite(range->least_above0))
		top = range->hi * pow(range->hi / range->least_above0, room);
	return pt_scale_fit_with(range, is_log, top);
}

/* Is it what the probe asks for? The first plot that is. */
static void answer_probe(const pt_scene *scene, const pt_chart *chart, bool has_y, bool has_right)
{
	pt_plot_probe *probe = scene->probe;
	bool is_there = probe && (probe->x < 0 || pt_rect_contains(chart->plot.inner, probe->x, probe->y));
	if (!is_there || probe->found || pt_rect_is_empty(chart->plot.inner))
		return;
	probe->found = true;
	probe->inner = chart->plot.inner;
	probe->x_scale = chart->x;
	probe->y_scale = chart->y;
	probe->right_scale = chart->y2;
	probe->has_y = has_y;
	probe->has_right = has_right;
}

/* A plot that is too low for its x axis has the steps in the border below, where that is a line there. */
static void put_steps_in_border(pt_frame *frame, pt_rect rect, const pt_chart *chart, pt_canvas_kind kind)
{
	enum { LEAST_ROWS = 2 };
	pt_rect inner = chart->plot.inner, border = {rect.x, rect.y + rect.h, rect.w, 1};
	pt_axis_room room = {.n_cells = inner.w, .dots_per_cell = pt_canvas_dots_across(kind)};
	if (rect.h < LEAST_ROWS || border.y >= frame->rows)
		return;
	pt_ticks ticks = pt_ticks_make(&chart->x, &room);
	for (size_t i = 0; i < ticks.n; i++) {
		int at = inner.x + ticks.ticks[i].label_cell, width = (int)strlen(ticks.ticks[i].label);
		bool is_line = width > 0;
		for (int x = at - 1; x <= at + width; x++) {
			uint32_t glyph = x < 0 || x >= frame->cols ? 0 : pt_frame_get(frame, x, border.y).glyph;
			is_line &= glyph == U'─' || glyph == U'-';
		}
		if (is_line)
			pt_frame_text(frame, border, at, border.y, pt_pen_of(PT_ROLE_LABEL), ticks.ticks[i].label);
	}
}

pt_chart pt_chart_begin(const pt_scene *scene, pt_pane_id pane, pt_frame *frame, pt_rect rect, pt_axes *axes)
{
	pt_chart chart = {.frame = frame};
	char x_title[PT_LINE_BYTES];
	/* the map of checkpoints has steps on both axes, whatever the others tell */
	bool is_over_steps = axes->x == &scene->steps || (pane == PT_PANE_MAP && scene->axis == PT_X_STEP);
	axes->kind = pt_pane_canvas_kind(scene, pane, frame);
	if (scene->is_aligned && axes->x == &scene->steps && !axes->x_title)
		axes->x_title = "from turn";
	/* Panes one above the other share one left edge, so that their step axes can be compared. */
	if (rect.w >= 34 && axes->y_label_cols < 5)
		axes->y_label_cols = 5;
	chart.x = axes->x ? *axes->x : scene->steps;
	pt_axes own = *axes;
	if (own.y) {
		chart.y = pt_zoom_y_scale(&scene->view->zoom, pane, own.y, false);
		own.y = &chart.y;
	}
	if (own.y2) {
		chart.y2 = pt_zoom_y_scale(&scene->view->zoom, pane, own.y2, true);
		own.y2 = &chart.y2;
	}
	pt_scene_x_title(scene, x_title, sizeof x_title);
	if (axes->x == &scene->steps && x_title[0] && rect.w >= COLS_FOR_X_TITLE)
		own.x_title = x_title;
	chart.plot = pt_axes_draw(frame, rect, &own);
	if (axes->x == &scene->steps && !chart.plot.has_x)
		put_steps_in_border(frame, rect, &chart, own.kind);
	chart.canvas = pt_canvas_create(own.kind, chart.plot.inner.w, chart.plot.inner.h);
	if (chart.canvas && own.kind != PT_CANVAS_ASCII)
		chart.canvas->tracing = pt_frame_tracing(frame, chart.plot.inner);
	pt_chart_grid(&chart, scene);
	if (is_over_steps)
		answer_probe(scene, &chart, own.y, own.y2);
	return chart;
}

int pt_chart_dot_row(const pt_chart *chart, const pt_scale *scale, double value)
{
	if (!chart->canvas || pt_is_missing(pt_scale_fraction(scale, value)))
		return -1;
	return chart->canvas->height - 1 - pt_scale_dot(scale, value, chart->canvas->height);
}

/* What words may not cover: data, shading and horizontal lines. A vertical guide may have a gap. */
static pt_places *free_places(const pt_canvas *canvas)
{
	pt_places *places = pt_places_create(canvas->cols, canvas->rows);
	for (int row = 0; places && row < canvas->rows; row++)
		for (int col = 0; col < canvas->cols; col++) {
			const pt_canvas_cell *cell = &canvas->cells[row * canvas->cols + col];
			uint32_t under = cell->under;
			if (cell->dots || cell->over || (under && under != U'┊' && under != U'╎' && under != U'┈' && under != U'·'))
				pt_places_take(places, col, row, 1, 1);
		}
	return places;
}

bool pt_chart_has_place(const pt_chart *chart, int cols, int rows)
{
	if (!chart->places || chart->plot.inner.h < PT_LEAST_ROWS_FOR_WORDS)
		return false;
	for (int row = 0; row + rows <= chart->plot.inner.h; row++)
		for (int col = 0; col + cols <= chart->plot.inner.w; col++)
			if (pt_places_n_taken(chart->places, col, row, cols, rows) == 0)
				return true;
	return false;
}

void pt_chart_show(pt_chart *chart)
{
	pt_frame_blit(chart->frame, chart->plot.inner, chart->canvas);
	chart->places = chart->canvas ? free_places(chart->canvas) : NULL;
}

void pt_chart_end(pt_chart *chart)
{
	pt_places_destroy(chart->places);
	pt_canvas_destroy(chart->canvas);
	chart->places = NULL;
	chart->canvas = NULL;
}

bool pt_chart_note(pt_chart *chart, pt_corner corner, pt_pen pen, const char *text)
{
	return text[0] && pt_chart_has_place(chart, pt_frame_text_width(text), 1) &&
		   pt_note_draw(chart->frame, chart->plot.inner, chart->places, corner, pen, text);
}

void pt_chart_left_out(pt_chart *chart, size_t n)
{
	char text[32];
	snprintf(text, sizeof text, "+%zu", n);
	if (n > 0)
		pt_note_draw(chart->frame, chart->plot.inner, chart->places, PT_CORNER_BOTTOM_RIGHT,
			pt_pen_of(PT_ROLE_LABEL), text);
}

uint32_t pt_run_marker(const pt_frame *frame, size_t run)
{
	return frame->charset == PT_CHARSET_ASCII ? (uint32_t)pt_ascii_series((int)run)
											  : pt_marker_series((int)run);
}

pt_stroke pt_run_stroke(const pt_scene *scene, const pt_chart *chart, size_t run)
{
	pt_stroke stroke = {.ink = pt_ink_of(pt_role_series((int)run), (int)(run % 200) + 1)};
	stroke.ink.ascii = pt_ascii_series((int)run);
	if (scene->n_shown > 1 && chart->canvas && chart->canvas->kind != PT_CANVAS_ASCII) {
		stroke.marker = pt_marker_series((int)run);
		stroke.marker_phase_cols = (int)(run % 3) * 4;
	}
	return stroke;
}

ptrdiff_t pt_cursor_index(const pt_scene *scene, const int64_t *steps, size_t n)
{
	if (scene->cursor == PT_NO_STEP || !steps || n == 0)
		return -1;
	/* Beyond the end of a shorter run there is no value; within one spacing a slower log may lag behind. */
	int64_t spacing = n > 1 ? steps[n - 1] - steps[n - 2] : 0;
	return scene->cursor > steps[n - 1] + spacing ? -1 : pt_step_index(steps, n, scene->cursor);
}
