/**
 * Panes: what stands in each rectangle of the screen. One file a pane (src/ui/pane_*.c) and one row of the
 * table in pane.c; the same draw calls serve the screen, `--once`, pictures and the golden tests.
 *
 * Drawing is pure: it reads a snapshot and a view and writes cells. No clock, no file, no curses, no state.
 */
#ifndef PHASETOP_UI_PANE_H
#define PHASETOP_UI_PANE_H

#include "phasetop/analysis/snapshot.h"
#include "phasetop/plot/scale.h"
#include "phasetop/ui/frame.h"
#include "phasetop/ui/layout.h"
#include "phasetop/ui/view.h"

/** Where a plot over steps stands, for those who point at it: found while its pane is drawn. */
typedef struct pt_plot_probe {
	int x, y;    /* a cell of the screen; -1: the pane's first plot, wherever it stands */
	bool found;  /* below: the plot that has the cell */
	pt_rect inner;
	pt_scale x_scale, y_scale, right_scale;
	bool has_y, has_right;
} pt_plot_probe;

/** What all panes of one frame share: worked out once a frame by pt_scene_of. A value; borrows its inputs. */
typedef struct pt_scene {
	const pt_snapshot *snapshot;
	const pt_view *view;
	pt_matrix matrices[PT_N_MATRICES]; /* that are drawn, in order */
	size_t n_matrices;
	pt_matrix main_matrix; /* the one, where only one can be drawn */
	bool has_stand_in;     /* some shown run has W alone, and it stands where main_matrix is drawn */
	size_t n_shown;        /* runs that are not hidden and have something read */
	size_t first_shown;    /* the first of them; n_runs when none */
	int64_t cursor;        /* PT_NO_STEP: none */
	pt_scale steps;        /* the x axis of every pane over steps: the part of it that is looked at */
	bool has_steps;        /* false: nothing was read yet, `steps` is 0…1 */
	/* runs beside each other */
	ptrdiff_t only;        /* this run alone is drawn: a column of several; -1: all that are shown */
	const size_t *columns; /* runs of all columns, whose axes are equal; NULL: there are none */
	size_t n_columns;
	const char
		*versus; /* the values are differences to this run (of the spectrum's log axis: ratios); NULL: not */
	bool is_aligned; /* steps are told from where each run turned */
	pt_x_axis axis;        /* what it tells: steps where a run lacks what the view asks for */
	pt_zoom_room room;     /* all of it */
	double wall_offset_s;  /* of local time from UTC, when the first run shown began */
	pt_plot_probe *probe;  /* NULL: nobody asks */
} pt_scene;

/** Work out what the panes share. `snapshot` may be NULL (before the first one came). O(runs). */
pt_scene pt_scene_of(const pt_snapshot *snapshot, const pt_view *view);

/**
 * The matrix type that is drawn of a run where `wanted` is drawn: a run without LoRA has W alone, which
 * stands in for the main type (and is then marked as W wherever its numbers are told). O(1).
 */
pt_matrix pt_scene_matrix_of(const pt_scene *scene, const pt_run_view *run, pt_matrix wanted);
/** What was computed for it. Every pane reads the matrices through this one; never NULL. */
const pt_matrix_view *pt_scene_matrix(const pt_scene *scene, const pt_run_view *run, pt_matrix wanted);
/** What the run tells of its main type. Never NULL. */
const pt_verdict *pt_scene_verdict(const pt_scene *scene, const pt_run_view *run);

/** Are the differences that a pane draws ratios? Of spectra on a logarithmic axis they are. */
bool pt_pane_is_ratio(const pt_view *view, pt_pane_id pane);

/** What a column of the runs pane tells of a run, as a number (age in seconds); NaN: nothing, or words. */
double pt_run_figure(const pt_scene *scene, const pt_run_view *run, pt_run_sort column);
/**
 * Place of a run's step on the x axis; NaN where it is not known there (before the first epoch that was logged).
 * Interpolated between steps at which it is. O(log n).
 */
double pt_scene_x(const pt_scene *scene, const pt_run_view *run, int64_t step);
/** The step there: the inverse, between the first and the last step at which it is known. */
double pt_scene_step(const pt_scene *scene, const pt_run_view *run, double x);
/** Why the axis that the view asks for is not drawn, in words; "": it is. */
void pt_scene_axis_lack(const pt_scene *scene, char *out, size_t capacity);
/** Place of the step cursor, in the first run shown that knows it; NaN: none. */
double pt_scene_cursor_x(const pt_scene *scene);
/** The spectrum that is drawn of a run (raw, detrended or Gaussian, of the subset's probes); NULL: it has no
 * such probe losses. */
const pt_spectrum_view *pt_scene_spectrum(const pt_scene *scene, const pt_run_view *run);

/** How a pane draws itself. Buffers are NUL-terminated by the callee. */
typedef struct pt_pane_ops {
	pt_pane_id id;
	const char *about[6];   /* help: what is drawn, line by line; NULL ends it */
	int min_cols, min_rows; /* of the inside: below this only the figure and a sparkline are drawn */
	/* Title in the border; `brief` when the long one does not fit. */
	void (*title)(const pt_scene *scene, bool brief, char *out, size_t capacity);
	/* Key figure at the right end of the border; "" when there is none. */
	void (*figure)(const pt_scene *scene, char *out, size_t capacity);
	/* Everything inside of the border. */
	void (*draw)(const pt_scene *scene, pt_frame *frame, pt_rect inner);
	/* Is the pane divided into a column a run, where runs stand side by side? */
	bool by_run;
	/* Has it differences to a baseline? */
	bool by_difference;
	/* Values for a sparkline where nothing else fits; NULL, or *n = 0: none. Borrowed from the snapshot. */
	const double *(*spark)(const pt_scene *scene, size_t *n);
} pt_pane_ops;

/** The table's row of a pane; lives for ever. */
const pt_pane_ops *pt_pane_ops_of(pt_pane_id pane);

/**
 * Draw one pane with its border into `rect` (with title, number and key figure). All sizes: below 2 × 2
 * without a border, below the pane's least size its figure in words and a sparkline.
 */
void pt_pane_draw(const pt_scene *scene, pt_pane_id pane, pt_frame *frame, pt_rect rect);

/** The pane in one line of words: "norm ‖B‖ 0.1257 @790". */
void pt_pane_line(const pt_scene *scene, pt_pane_id pane, char *out, size_t capacity);

#endif
