/* Legends of panes: names and read-outs of curves, where they hide nothing (contracts in pane_draw.h). */
#include <stdio.h>
#include <string.h>

#include "pane_draw.h"

void pt_legend_add(pt_legend *legend, uint32_t marker, char ascii, pt_pen pen, const char *name)
{
	if (legend->n == PT_MAX_LEGEND) {
		legend->n_beyond++;
		return;
	}
	pt_name_text(name, PT_LEGEND_NAME_BYTES / 2, legend->names[legend->n], PT_LEGEND_NAME_BYTES);
	legend->ascii[legend->n] = ascii;
	legend->entries[legend->n++] = (pt_legend_entry){.marker = marker, .pen = pen};
}

/* As many entries as there is a free place for, and how many were left out; at least n_least (> 0), or none.
 */
static bool draw_legend(pt_chart *chart, pt_corner corner, const pt_legend *legend, size_t n_least)
{
	pt_legend_entry entries[PT_MAX_LEGEND + 1];
	char more[40];
	bool is_ascii = chart->canvas && chart->canvas->kind == PT_CANVAS_ASCII;
	memcpy(entries, legend->entries, sizeof legend->entries);
	for (size_t i = 0; i < legend->n; i++) {
		entries[i].name = legend->names[i]; /* here, so that a legend may be copied */
		if (is_ascii && legend->ascii[i])
			entries[i].marker = (uint32_t)legend->ascii[i];
	}
	/* Fewer rows before fewer entries: never on the data. */
	for (size_t n = legend->n; n >= n_least; n--) {
		size_t n_all = n;
		if (n < legend->n + legend->n_beyond) {
			snprintf(more, sizeof more, "%zu more", legend->n + legend->n_beyond - n);
			entries[n_all++] =
				(pt_legend_entry){.marker = U'+', .pen = pt_pen_of(PT_ROLE_LABEL), .name = more};
		}
		for (int rows = 1; rows <= (int)n_all && 2 * rows <= chart->plot.inner.h; rows++) {
			int cols = pt_legend_cols(entries, n_all, rows);
			if (cols > chart->plot.inner.w || !pt_chart_has_place(chart, cols, rows))
				continue;
			pt_legend_draw(chart->frame, chart->plot.inner, chart->places, corner, entries, n_all, rows);
			return true;
		}
	}
	return false;
}

bool pt_chart_legend(pt_chart *chart, pt_corner corner, const pt_legend *legend, size_t n_least)
{
	return legend->n > 0 && draw_legend(chart, corner, legend, n_least < legend->n ? n_least : legend->n);
}

void pt_run_label(const pt_scene *scene, const pt_run_view *run, int cols, char *out, size_t capacity)
{
	bool stands_in = pt_scene_matrix_of(scene, run, scene->main_matrix) != scene->main_matrix;
	pt_name_text(run->name, stands_in && cols > 8 ? cols - 4 : cols, out, capacity);
	pt_text text = {.bytes = out, .capacity = capacity, .length = strlen(out)};
	if (stands_in)
		pt_text_addf(&text, " (%s)", pt_matrix_label(PT_MATRIX_W));
}

void pt_runs_names(const pt_scene *scene, pt_chart *chart, pt_corner corner)
{
	char name[PT_LEGEND_NAME_BYTES];
	static const int widths[] = {24, 12, 8};
	/* Some of the names would be noise where the runs pane has all of them. */
	bool has_table = !scene->view->layout.hidden[PT_PANE_RUNS] && scene->view->layout.zoomed == PT_PANE_NONE;
	for (int w = 0; w < 3; w++) {
		pt_legend legend = {.n = 0};
		PT_FOR_SHOWN_RUNS(scene, r)
		{
			pt_run_label(scene, &scene->snapshot->runs[r], widths[w], name, sizeof name);
			pt_legend_add(&legend, pt_marker_series((int)r), pt_ascii_series((int)r),
				pt_pen_of(pt_role_series((int)r)), name);
		}
		bool is_last = w == 2;
		if (draw_legend(chart, corner, &legend, is_last && !has_table ? 1 : legend.n))
			return;
	}
}

/* The step and each run's value at it; with the runs' names where `named`. */
static pt_legend readout_of(
	const pt_scene *scene, const char *symbol, pt_value_at value_at, const void *context, bool named)
{
	char head[64], number[32], run[64], text[128];
	pt_legend legend = {.n = 0};
	snprintf(head, sizeof head, "%lld  %s", (long long)scene->cursor, symbol);
	pt_legend_add(&legend, U'@', '@', pt_pen_of(PT_ROLE_CROSSHAIR), head); /* a line would look like the cursor's */
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		pt_text_number(number, sizeof number, value_at(scene, &scene->snapshot->runs[r], context), 3);
		pt_run_label(scene, &scene->snapshot->runs[r], 12, run, sizeof run);
		snprintf(text, sizeof text, "%s%s%s", named ? run : "", named ? " " : "", number);
		pt_legend_add(&legend, pt_marker_series((int)r), pt_ascii_series((int)r),
			pt_pen_of(pt_role_series((int)r)), text);
	}
	return legend;
}

/* In one row, all of it; or not at all: a read-out that would fill a low plot is worth less than the data. */
static bool draw_readout(pt_chart *chart, pt_corner corner, const pt_legend *readout)
{
	pt_legend_entry entries[PT_MAX_LEGEND];
	for (size_t i = 0; i < readout->n; i++)
		entries[i] = (pt_legend_entry){.name = readout->names[i]};
	if (pt_legend_cols(entries, readout->n, 1) > chart->plot.inner.w ||
		chart->plot.inner.h <= PT_LEAST_ROWS_FOR_WORDS)
		return false;
	return draw_legend(chart, corner, readout, readout->n);
}

bool pt_runs_words(const pt_scene *scene, pt_chart *chart, pt_corner corner, const char *symbol,
	pt_value_at value_at, const void *context)
{
	bool has_cursor = scene->cursor != PT_NO_STEP && scene->n_shown < PT_MAX_LEGEND;
	pt_legend readout = readout_of(scene, symbol, value_at, context, true);
	if (has_cursor && draw_readout(chart, corner, &readout))
		return true;
	pt_runs_names(scene, chart, corner);
	readout = readout_of(scene, symbol, value_at, context, false);
	return has_cursor && draw_readout(chart, corner, &readout);
}
