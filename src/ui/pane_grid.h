/** Panes of small plots: one for each run and matrix type that is shown, as far as there is room. */
#ifndef PHASETOP_UI_PANE_GRID_H
#define PHASETOP_UI_PANE_GRID_H

#include "pane_draw.h"

enum { PT_MAX_SMALL_PLOTS = 32 };

typedef struct pt_small_plot {
	size_t run;
	pt_matrix matrix;
} pt_small_plot;

typedef struct pt_plot_grid {
	pt_small_plot plots[PT_MAX_SMALL_PLOTS];
	pt_split split;    /* split.n of them are drawn; 0: none of the runs has what was chosen */
	size_t n_left_out; /* that found no room */
} pt_plot_grid;

/** All runs × all matrix types where each has at least min_cols × min_rows; of several runs else the main
 * type; of one run the last types. */
pt_plot_grid pt_plot_grid_of(const pt_scene *scene, pt_rect inner, int min_cols, int min_rows);

/** The matrix of a small plot. Never NULL. */
const pt_matrix_view *pt_small_plot_matrix(const pt_scene *scene, pt_small_plot plot);
/** The run of a small plot. Never NULL. */
const pt_run_view *pt_small_plot_run(const pt_scene *scene, pt_small_plot plot);

/** Which run and matrix type it is, as far as others are shown: "● medical · B", the run's name about `cols`
 * wide (0: its marker alone); "" where there is one of each. */
void pt_small_plot_name(
	const pt_scene *scene, const pt_frame *frame, pt_small_plot plot, int cols, char *out, size_t capacity);

/** Name (where there are several) and figure in a row of their own; returns the rest of the rectangle. */
pt_rect pt_small_plot_heading(
	const pt_scene *scene, pt_small_plot plot, const char *figure, pt_frame *frame, pt_rect rect);

/** What would bring values that are not there. */
typedef struct pt_absence {
	pt_want want;         /* the bit of what is computed only when somebody looks */
	size_t n_least;       /* checkpoints that it needs */
	const char *waits;    /* "the scan waits for checkpoints at t − k, t and t + k" */
	const char *no_value; /* all is there, and still nothing is defined: why */
} pt_absence;

/** In words: no such matrix, too few checkpoints, still being computed, or nothing defined. */
void pt_small_plot_absence(
	const pt_scene *scene, pt_small_plot plot, const pt_absence *absence, pt_frame *frame, pt_rect rect);
/** The same of a pane without any plot: the main type of the first run. */
void pt_plot_grid_absence(const pt_scene *scene, const pt_absence *absence, pt_frame *frame, pt_rect rect);

#endif
