/**
 * What the panes share: walking the runs that are shown, charts (axes, canvas and free places in one life),
 * read-outs at the step cursor, splitting a pane into small plots, words in place of data.
 */
#ifndef PHASETOP_UI_PANE_DRAW_H
#define PHASETOP_UI_PANE_DRAW_H

#include "phasetop/base/text.h"
#include "phasetop/plot/curve.h"
#include "phasetop/plot/guide.h"
#include "phasetop/plot/place.h"
#include "phasetop/plot/scatter.h"
#include "phasetop/ui/axes.h"
#include "phasetop/ui/pane.h"

enum { PT_MAX_LEGEND = 16, PT_LEGEND_NAME_BYTES = 48, PT_LINE_BYTES = 256, PT_LEAST_ROWS_FOR_WORDS = 4 };

/* The table's rows, one a file. */
extern const pt_pane_ops pt_pane_norms, pt_pane_pca, pt_pane_cosine, pt_pane_spectrum, pt_pane_loss,
	pt_pane_runs, pt_pane_problems, pt_pane_k_scan, pt_pane_modules, pt_pane_modes, pt_pane_map,
	pt_pane_scree;

/** The x axis: what it tells, all of it, and the part that is looked at. For pt_scene_of, once the runs are known. */
void pt_scene_fit_x(pt_scene *scene);
/** Is only a part of the axis looked at? */
bool pt_scene_is_zoomed(const pt_scene *scene);
/** A place on the x axis in words: "115", "1.25", "1h12m5s", "13:05:20"; "" where it is NaN.
 * @param step  of times: what is finer is left out */
void pt_scene_place_text(const pt_scene *scene, double x, double step, char *out, size_t capacity);
/** A word on the axis itself: "epoch", "steps" where the view asks for other things; "": its labels say it. */
void pt_scene_x_title(const pt_scene *scene, char *out, size_t capacity);

/** First run at or after `from` that is shown and has something to draw; n_runs: none. */
size_t pt_scene_next_run(const pt_scene *scene, size_t from);
#define PT_FOR_SHOWN_RUNS(scene, r)                                                                  \
	for (size_t r = pt_scene_next_run(scene, 0); (scene)->snapshot && r < (scene)->snapshot->n_runs; \
		 r = pt_scene_next_run(scene, r + 1))
/** The scene of one run alone. */
pt_scene pt_scene_run(const pt_scene *scene, size_t run);
/** The scene of one column alone; the scene itself where there are none. */
pt_scene pt_scene_column(const pt_scene *scene, size_t column);
/** Is it a column whose words another one before it says already: legends, what shading means? */
bool pt_scene_is_later_column(const pt_scene *scene);
/** What the values of a scene span. */
typedef pt_range (*pt_range_of)(const pt_scene *scene, const void *context);
/** What those of all columns span, so that their axes are equal; of the scene where there are none. */
pt_range pt_scene_range(const pt_scene *scene, pt_range_of range_of, const void *context);
/** The first shown run, or NULL. */
const pt_run_view *pt_scene_first_run(const pt_scene *scene);
/** "B", "A and B", "A, B and ΔW". */
void pt_scene_matrix_text(const pt_scene *scene, char *out, size_t capacity);
/** "k 15", the largest that is drawn; "k 15–150" where it differs between the runs; "": none yet. */
void pt_scene_k_text(const pt_scene *scene, char *out, size_t capacity);
/** Which probes the spectra are of: the glob of the snapshot's settings; "": all. */
const char *pt_scene_subset(const pt_scene *scene);
/** That of the first shown run that has one, and that run (nullable out); NULL: none has. */
const pt_spectrum_view *pt_scene_first_spectrum(const pt_scene *scene, const pt_run_view **run);
/** Why no run has one. */
void pt_spectrum_absence_draw(const pt_scene *scene, pt_frame *frame, pt_rect rect);

/** A name from outside, safe to print and at most `cols` wide. */
void pt_name_text(const char *name, int cols, char *out, size_t capacity);
/** The same of a name whose end tells it apart: "…harmful/3". */
void pt_name_end_text(const char *name, int cols, char *out, size_t capacity);
/** A bar of `share` (0…1) of the columns, in every row of rect; in eighths of a cell, in ASCII in whole ones.
 * @return the columns it takes */
int pt_bar_draw(pt_frame *frame, pt_rect rect, double share, pt_pen pen);

/** Text in lines of rect.w columns, broken at blanks, from line `first` on; lines above `first` are left out.
 * Returns how many lines the whole text takes. `frame` NULL: only counts. */
int pt_wrapped_draw(pt_frame *frame, pt_rect rect, pt_pen pen, const char *text, int first);
/** Quiet words in the middle of a pane that has nothing to draw: what is missing, what would bring it. */
void pt_absence_draw(pt_frame *frame, pt_rect rect, const char *text);
/** Of differences to a baseline: that no step has both. @return false: values are no differences, nothing was drawn */
bool pt_versus_absence_draw(const pt_scene *scene, pt_frame *frame, pt_rect rect);
/** Why there is nothing at all: no runs, all hidden, or what the first run waits for. NULL: there is
 * something. */
const char *pt_scene_absence(const pt_scene *scene, char *out, size_t capacity);

/**
 * The pane in a column a run, each with its name above and axes that are equal, where the view wants that and at
 * least two columns fit; runs beyond those that fit are counted in the last one's heading.
 * @return false: nothing was drawn
 */
bool pt_columns_draw(const pt_scene *scene, const pt_pane_ops *pane, pt_frame *frame, pt_rect inner);

/** How a rectangle is divided into small plots: a grid of columns and rows, filled row by row. */
typedef struct pt_split {
	pt_rect rect;
	size_t n; /* plots that fit, at least 1 */
	size_t n_across, n_down;
} pt_split;

/** Up to n plots, each at least min_cols × min_rows; one row of them where that fits. */
pt_split pt_split_of(pt_rect rect, size_t n, int min_cols, int min_rows);
pt_rect pt_split_rect(const pt_split *split, size_t i);
/** Matrix type of the i-th small plot: the last ones where not all have room (they hold the main one). */
pt_matrix pt_split_matrix(const pt_scene *scene, const pt_split *split, size_t i);

/** One plot of a matrix type; n_left_out: types that found no room, to be told by this plot. */
typedef void pt_draw_matrix(
	const pt_scene *scene, pt_matrix matrix, size_t n_left_out, pt_frame *frame, pt_rect rect);
/** A plot for each matrix type that has at least min_cols × min_rows. */
void pt_matrices_draw(const pt_scene *scene, pt_frame *frame, pt_rect inner, int min_cols, int min_rows,
	pt_draw_matrix *draw_one);

/** A plot with its axes, its canvas and its free places. */
typedef struct pt_chart {
	pt_frame *frame;
	pt_plot plot;
	pt_canvas *canvas; /* NULL: no room or no memory; drawing on it does nothing */
	pt_places *places; /* after pt_chart_show */
	pt_scale x, y, y2;
} pt_chart;

/** What the pane's plots are made of: what the view says, as far as the frame has the characters. */
pt_canvas_kind pt_pane_canvas_kind(const pt_scene *scene, pt_pane_id pane, const pt_frame *frame);
/** Draw the axes and make the canvas. `axes->kind` is set from the view. */
pt_chart pt_chart_begin(const pt_scene *scene, pt_pane_id pane, pt_frame *frame, pt_rect rect, pt_axes *axes);
/** Dot row of a value from the top of the canvas; -1 where it has no place. */
int pt_chart_dot_row(const pt_chart *chart, const pt_scale *scale, double value);
/** A vertical line at a run's step, under the data; nothing where the step has no place. */
void pt_chart_line_at(pt_chart *chart, const pt_scene *scene, const pt_run_view *run, int64_t step, uint32_t glyph,
	pt_role role);
/** The step cursor and the steps at which runs were resumed, as dotted verticals under the data. For step axes. */
void pt_chart_guides(pt_chart *chart, const pt_scene *scene);
/** A light grid on the ticks, where the view asks for one: below all else. */
void pt_chart_grid(pt_chart *chart, const pt_scene *scene);
/** The turn that the verdict on this matrix type claims, of the one run that is shown. */
void pt_chart_change_points(pt_chart *chart, const pt_scene *scene, pt_matrix matrix);
/** Copy the canvas to the frame, and find what is free for words. */
void pt_chart_show(pt_chart *chart);
void pt_chart_end(pt_chart *chart);
/**
 * A run's series over the x axis (`points` over steps). Where the view clips outliers, what lies above or below the y
 * axis is marked at its border. O(n).
 */
void pt_chart_curve(pt_chart *chart, const pt_scene *scene, const pt_run_view *run, const pt_scale *y,
	const pt_points *points, const pt_stroke *stroke);
/** The same of a noisy series, as smooth as the view asks for; the series itself lies below, quietly. */
void pt_chart_noisy_curve(pt_chart *chart, const pt_scene *scene, const pt_run_view *run, const pt_scale *y,
	const pt_points *points, const pt_stroke *stroke);
/** ", half-life 20 steps" behind a title of what pt_chart_noisy_curve draws; "" where nothing is smoothed. */
void pt_smoothing_text(const pt_scene *scene, bool brief, char *out, size_t capacity);
/** Points over the x axis in place of steps; `xs` is to be freed, NULL where the axis is steps or memory is out (then
 * *n is 0). */
double *pt_points_on_axis(const pt_scene *scene, const pt_run_view *run, pt_points *points);

/** What the y axis of a plot has to hold, collected series by series. */
typedef struct pt_fit {
	const pt_scene *scene;
	bool is_log;
	pt_range all, seen; /* of all steps; of those that are looked at */
	pt_range must;      /* in any case */
	double *values;     /* what is seen, where outliers are to be left out; owned until pt_fit_end */
	size_t n, capacity;
} pt_fit;

pt_fit pt_fit_begin(const pt_scene *scene, bool is_log);
/** `sign` times a run's values at its steps; what is drawn between two of them up to the border counts too. NULL: none.
 * O(n). */
void pt_fit_add(
	pt_fit *fit, const pt_run_view *run, const int64_t *steps, const double *values, size_t n, double sign);
/** A value that the axis holds whatever is looked at. */
void pt_fit_must(pt_fit *fit, double value);
/** What is looked at, without its outliers where the view clips them; all of it where nothing is in sight. n = 0:
 * there are no values at all. */
pt_range pt_fit_end(pt_fit *fit);

/** Limits with room for a legend above the data. */
pt_scale pt_scale_with_headroom(const pt_range *range, bool is_log);
/** Is there a place anywhere that covers nothing? Words are worth less than data. */
bool pt_chart_has_place(const pt_chart *chart, int cols, int rows);
/** Words in a free place near a corner; left out where there is none.
 * @return whether they are there */
bool pt_chart_note(pt_chart *chart, pt_corner corner, pt_pen pen, const char *text);
/** "+2", where a place is free: plots that found no room. 0: nothing. */
void pt_chart_left_out(pt_chart *chart, size_t n);

/** Entries of a legend, with room for their names. */
typedef struct pt_legend {
	size_t n, n_beyond; /* that are there; that found no room in this list */
	pt_legend_entry entries[PT_MAX_LEGEND];
	char names[PT_MAX_LEGEND][PT_LEGEND_NAME_BYTES];
	char ascii[PT_MAX_LEGEND]; /* the marker on an ASCII canvas: what the curve is drawn with */
} pt_legend;

void pt_legend_add(pt_legend *legend, uint32_t marker, char ascii, pt_pen pen, const char *name);
/** The run's name, safe to print and about `cols` wide; "grokking (W)" where its W stands in for LoRA. */
void pt_run_label(const pt_scene *scene, const pt_run_view *run, int cols, char *out, size_t capacity);
/** Names of the runs with marker and hue, in a free place: whole names, else cut ones; else, where no table
 * names the runs, as many as fit and "+ 3 more". */
void pt_runs_names(const pt_scene *scene, pt_chart *chart, pt_corner corner);
/** The key that shows and hides a pane, as in the action table: 1 … 9, 0, then after Ctrl-w. */
void pt_pane_key_text(pt_pane_id pane, char *out, size_t capacity);
/** In a free place near a corner: all entries, in one or more rows; or the first of them (at least
 * n_least > 0) and "+ 3 more"; or none. Returns whether any is drawn. */
bool pt_chart_legend(pt_chart *chart, pt_corner corner, const pt_legend *legend, size_t n_least);

/** Value of a run at the step cursor; NaN where it has none. */
typedef double (*pt_value_at)(const pt_scene *scene, const pt_run_view *run, const void *context);
/**
 * Legend and read-out of several runs: "┊ 115  ‖B‖   ● medical 0.3488   ▲ sports 0.3175" where that fits,
 * else the names in one row and the values at the step cursor in another, as far as there is room.
 * @return whether the values, and so `symbol`, are there
 */
bool pt_runs_words(const pt_scene *scene, pt_chart *chart, pt_corner corner, const char *symbol,
	pt_value_at value_at, const void *context);

/**
 * Curves of several runs in one plot. Where some of them lie on the same cells the cells are theirs in turn, in
 * stripes of a few cells, so that each is seen. Without memory the last one drawn has the cell.
 */
typedef struct pt_overlay {
	pt_canvas *whole; /* the chart's own canvas; NULL: one run, it is drawn into */
	uint8_t *n_met;   /* a cell: so many runs met there */
} pt_overlay;

/** From here on the chart's canvas is a layer for one run. Between begin and end nothing but curves is drawn. */
pt_overlay pt_overlay_begin(const pt_scene *scene, pt_chart *chart);
/** The curves of the next run are on the layer: put them to the others. O(cells). */
void pt_overlay_add(pt_overlay *overlay, pt_chart *chart);
/** The chart's canvas is its own again, with all curves on it. */
void pt_overlay_end(pt_overlay *overlay, pt_chart *chart);

/** How the curve of a run is drawn: hue, marker and ASCII character of its place in the snapshot, markers
 * only where several runs are shown. */
pt_stroke pt_run_stroke(const pt_scene *scene, const pt_chart *chart, size_t run);
/** Marker of a run in a frame: ● ▲ ■ …, or the ASCII character that its curve is drawn with. */
uint32_t pt_run_marker(const pt_frame *frame, size_t run);
/** Index of the newest point at or before the cursor; -1: none, or the cursor is beyond the last point. */
ptrdiff_t pt_cursor_index(const pt_scene *scene, const int64_t *steps, size_t n);

#endif
