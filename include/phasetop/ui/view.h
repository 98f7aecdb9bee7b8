/**
 * The view: all that a person chose and that changes what is drawn, as one plain value; and how keys and the
 * mouse change it. Pure: no clock, no file, no curses. Drawing reads it together with a snapshot.
 */
#ifndef PHASETOP_UI_VIEW_H
#define PHASETOP_UI_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/settings.h"
#include "phasetop/analysis/snapshot.h"
#include "phasetop/ui/action.h"
#include "phasetop/ui/key.h"
#include "phasetop/ui/keymap.h"
#include "phasetop/ui/layout.h"
#include "phasetop/ui/zoom.h"
#include "phasetop/ui/setting_table.h"

/** Which matrix types are shown. The first four are those of pt_matrix. */
typedef enum pt_matrix_choice {
	PT_CHOICE_A,
	PT_CHOICE_B,
	PT_CHOICE_DW,
	PT_CHOICE_W,
	PT_CHOICE_BOTH, /* A and B */
	PT_CHOICE_ALL,  /* A, B and dW; or W */
	PT_N_CHOICES
} pt_matrix_choice;

/** "A", "B", "dW", "W", "both", "all". */
const char *pt_matrix_choice_name(pt_matrix_choice choice);
/** PT_N_CHOICES when there is no such choice. */
pt_matrix_choice pt_matrix_choice_named(const char *name);

/** How curves are made of characters. AUTO: what locale and terminal allow. */
typedef enum pt_glyph_choice {
	PT_GLYPH_AUTO,
	PT_GLYPH_BRAILLE,
	PT_GLYPH_BLOCK,
	PT_GLYPH_ASCII,
	PT_N_GLYPH_CHOICES
} pt_glyph_choice;

enum { PT_VIEW_MAX_RUNS = 256, PT_FORM_FIELD_BYTES = PT_GLOB_BYTES, PT_FILTER_BYTES = 64 };
_Static_assert((int)PT_VIEW_MAX_RUNS == (int)PT_MAX_LEFT_OUT, "every run that can be hidden can be left out");

/** What the runs pane is sorted by: its columns from the left. What is missing comes last. */
typedef enum pt_run_sort {
	PT_RUNS_AS_GIVEN, /* what stands at first */
	PT_RUNS_BY_NAME,
	PT_RUNS_BY_STATE,
	PT_RUNS_BY_STEP, /* largest first, as all that grows */
	PT_RUNS_BY_AGE,  /* youngest first */
	PT_RUNS_BY_NORM,
	PT_RUNS_BY_SLOPE,
	PT_RUNS_BY_MIN_COSINE, /* smallest first */
	PT_RUNS_BY_DIP,        /* earliest first, as all that tells a step */
	PT_RUNS_BY_TURN,
	PT_RUNS_BY_PCA_TURN,
	PT_RUNS_BY_PEAK,
	PT_RUNS_BY_PR,
	PT_RUNS_BY_COSINE, /* with the baseline; smallest first */
	PT_RUNS_BY_LAG,
	PT_RUNS_BY_PROBLEMS,
	PT_N_RUN_SORTS
} pt_run_sort;

/** What the modules pane is sorted by: its columns from the left. What is missing comes last. */
typedef enum pt_module_sort {
	PT_SORT_MODULE, /* adapter and name, layers by number */
	PT_SORT_TURNED,
	PT_SORT_PCA_TURN,
	PT_SORT_ANGLE,      /* largest first */
	PT_SORT_MIN_COSINE, /* smallest first */
	PT_SORT_SHARE,      /* of the drift; largest first. What stands at first */
	PT_N_MODULE_SORTS
} pt_module_sort;

/** Forms that lie over the panes: one at a time. */
typedef enum pt_form_kind {
	PT_FORM_THRESHOLDS,
	PT_FORM_MODULES,
	PT_FORM_PROBES,
	PT_FORM_OPTIONS, /* every live setting but those whose text has no room in a field */
	PT_N_FORMS
} pt_form_kind;

/**
 * A form while it is open: its fields are settings. Enter applies, Esc leaves. Tab, Up and Down change the
 * field, Left and Right put what is offered into it (where there is only one field, Tab, Up and Down do): the
 * choices, the sets of modules, or groups of probes, that the runs have.
 */
typedef struct pt_form {
	bool open;
	pt_form_kind kind;
	pt_setting field;                              /* one of the kind's */
	char text[PT_N_SETTINGS][PT_FORM_FIELD_BYTES]; /* as typed; "" is the default */
	bool wrong[PT_N_SETTINGS];                     /* was refused: said beside the field */
} pt_form;

/** A rectangle that is being drawn with the mouse in a plot. The plot is the one that was pressed in, as it stood then:
 * data that arrive meanwhile do not move what is pointed at. */
typedef struct pt_rubber {
	bool pressed; /* the button is down in a plot */
	pt_pane_id pane;
	int left, top, cols, rows; /* of the plot */
	int x0, y0, x1, y1;        /* where it was pressed, where the pointer is: cells of the screen, in the plot */
	pt_scale x, y, right;
	bool has_y, has_right;
} pt_rubber;
/** The turn line while the mouse holds it: rows of its plot, and the axis as it stood when it was pressed. */
typedef struct pt_held_line {
	bool held;
	int top, rows, row; /* row: where it is now, of the screen */
	pt_scale y;
} pt_held_line;

enum { PT_COMMAND_BYTES = 512, PT_COMMAND_HISTORY = 16, PT_MESSAGE_BYTES = 256, PT_THEME_TEXT_BYTES = 256 };

/** The command line. Its history is that of the session. */
typedef struct pt_command_line {
	bool open;
	char text[PT_COMMAND_BYTES];
	size_t at;       /* byte at which is typed */
	bool is_full;    /* something typed had no room any more */
	int offer;       /* which offer stands in the text; -1: none does */
	size_t stem_end; /* what was typed before it ends here */
	char stem[PT_COMMAND_BYTES];
	char wrong[PT_MESSAGE_BYTES];                       /* what was wrong with it; "" */
	char history[PT_COMMAND_HISTORY][PT_COMMAND_BYTES]; /* oldest first, each line once */
	int n_history;
	int recalled; /* the line of the history that stands in the text; n_history: none */
} pt_command_line;

/** Names that only the program can know; borrowed. */
typedef struct pt_known_names {
	const char *const *themes;
	size_t n_themes;
	const char *const *views;
	size_t n_views;
	bool (*is_option)(const char *name); /* of the program's start; NULL: it cannot be told */
} pt_known_names;

/** What the view asks of the program, which has files and a terminal. */
typedef enum pt_request_kind {
	PT_REQUEST_EXPORT, /* the focused pane, to the file that is named */
	PT_REQUEST_EXPORT_SCREEN,
	PT_REQUEST_COPY,      /* the read-out at the cursor, to the clipboard */
	PT_REQUEST_SAVE_VIEW, /* under a name; "": for these runs */
	PT_REQUEST_LOAD_VIEW
} pt_request_kind;

typedef struct pt_request {
	pt_request_kind kind;
	char text[PT_COMMAND_BYTES];
} pt_request;

typedef struct pt_view {
	int columns, rows; /* of the screen */
	pt_layout layout;
	pt_settings settings; /* as wanted now; the snapshot's are those its numbers were made with */
	pt_matrix_choice matrix;
	int64_t cursor_step; /* PT_NO_STEP: not placed by hand, see pt_view_cursor; from the turn with align_on_turn */
	pt_zoom zoom;                       /* what part of the plots is looked at */
	double smoothing;                   /* half-life of the moving average, in steps; 0: none */
	bool clips_outliers;                /* O: far outliers do not widen the y axes */
	bool guides;                        /* g: a light grid on the ticks */
	int k_only;                         /* 0: all k are drawn; j: only the j-th from the largest */
	bool thresholds_off;                /* T: threshold lines not drawn */
	bool negate_cosine;                 /* i: −cos is drawn, turns are peaks */
	bool invert_cosine;                 /* I: the cosine's axis upside down */
	bool detrended;                     /* d */
	bool log_x;                         /* X: of all panes over steps or epochs */
	bool log_y[PT_N_PANES];             /* y: logarithmic (spectrum starts so) */
	pt_glyph_choice glyphs[PT_N_PANES]; /* B, a pane */
	pt_glyph_choice glyphs_default;     /* --graph; stands where a pane's choice is AUTO */
	bool run_hidden[PT_VIEW_MAX_RUNS];  /* by place in the snapshot; runs beyond are shown */
	int selected_run;     /* place in the snapshot, whatever the order of the rows; see pt_run_list */
	pt_run_sort run_sort; /* < >, of the runs pane */
	char run_filter[PT_FILTER_BYTES]; /* /: rows whose run it matches; "": all */
	bool filter_open;                 /* it is being typed */
	bool side_by_side;   /* v: a column a run in every plot, with equal axes; else one plot for all */
	bool joint_plane;    /* J: one PCA for all runs; else each in its own plane */
	bool differences;    /* D: differences to the baseline in norms, cosine, spectrum, loss */
	bool align_on_turn;  /* A: steps are told from where each run turned */
	int selected_module; /* the row of the modules pane, as sorted; clamp it when drawing */
	pt_module_sort module_sort;
	int scroll[PT_N_PANES]; /* first line drawn in lists; clamp it when drawing */
	bool help;              /* the help screen covers the panes */
	int help_scroll;        /* first line drawn; clamp it when drawing */
	pt_form form;
	pt_command_line command;
	char message[PT_MESSAGE_BYTES];  /* in the place of the hints until the next key; "" */
	bool message_wrong;              /* it tells that something could not be done */
	char theme[PT_THEME_TEXT_BYTES]; /* name, or path with a '/'; "": by the terminal's ground */
	bool frozen;                     /* the picture is held: draw a banner */
	bool newer_waits;                /* while frozen, newer data came */
	bool no_mouse;                   /* the terminal's own selection works */
	bool unicode;                    /* the terminal shows UTF-8; else ASCII only */
	const pt_keymap *keymap;         /* borrowed; NULL: every action has the keys of the table */
	/* not drawn */
	const pt_known_names *known; /* borrowed; NULL: none are */
	pt_request request;          /* with PT_VIEW_REQUEST */
	pt_key prefix;               /* a prefix key was pressed */
	pt_action applied;           /* what the last key did; PT_N_ACTIONS: no action */
	size_t n_overlays;           /* how many k the person wants; k keys keep the number */
	pt_pane_id focused;          /* the focus after the last change */
	pt_pane_id before_runs;      /* had the focus before the runs pane; PT_PANE_NONE: none did */
	bool runs_pane_placed;       /* the runs pane was shown by itself, or the person decided */
	bool matrix_placed;
	pt_border dragged; /* before = -1: none */
	pt_rubber rubber;  /* drawn, once it is larger than a cell */
	pt_held_line line;
	pt_zoom_history zooms;
	pt_layout first_layout;
	ptrdiff_t preset; /* the one that p or P put there last; -1: none so far */
	/* how the runs pane stood before a preset that has a place of its own for it */
	bool runs_kept, runs_were_hidden;
	int runs_wanted;
	bool runs_are_main;    /* the preset is about them: they may have most of the screen */
	size_t runs_sized_for; /* so many runs */
} pt_view;

/** What a caller has to do after a change. */
enum {
	PT_VIEW_REDRAW = 1,   /* draw a frame */
	PT_VIEW_SETTINGS = 2, /* hand view->settings to the worker */
	PT_VIEW_QUIT = 4,
	PT_VIEW_SUSPEND = 8,
	PT_VIEW_REPAINT = 16, /* send every cell again */
	PT_VIEW_MOUSE = 32,   /* mouse capture changed */
	PT_VIEW_THAW = 64,    /* frozen no longer: show the newest snapshot */
	PT_VIEW_REQUEST = 128 /* do what view->request says, and tell with pt_view_say */
};

/**
 * First view of a session. `matrix` PT_N_CHOICES: B, or W where no run has an adapter. Its settings.wanted is
 * what pt_view_wanted says, whatever `settings` says; every change below keeps it so, and then returns
 * PT_VIEW_SETTINGS.
 */
pt_view pt_view_first(const pt_settings *settings, const pt_layout *layout, pt_matrix_choice matrix);

/** Apply an action. @param arg as pt_action_for_key gives it @param snapshot may be NULL @return PT_VIEW_…
 * bits */
unsigned pt_view_apply(pt_view *view, pt_action action, int arg, const pt_snapshot *snapshot);
/** Apply a key: form, prefix keys and the action table. */
unsigned pt_view_key(pt_view *view, pt_key key, const pt_snapshot *snapshot);
/** Apply a mouse event. */
unsigned pt_view_mouse(pt_view *view, const pt_mouse *mouse, const pt_snapshot *snapshot);
/** A new snapshot will be drawn: choose the matrix type at first, show the runs pane when there are several.
 * What that pane wants is then among settings.wanted: hand them over where it is not what was asked for. */
void pt_view_meet(pt_view *view, const pt_snapshot *snapshot);
/** The screen has a new size. */
void pt_view_resize(pt_view *view, int columns, int rows);
/** Tell something in the last line, until the next key; cut to fit. */
void pt_view_say(pt_view *view, bool wrong, const char *format, ...) PT_PRINTF(3, 4);

/**
 * What the panes in sight need computed beyond the curves of every frame: a set of PT_WANT_… bits. Of a
 * zoomed pane alone what it needs itself. A pane that found no room on the screen counts: a larger screen
 * shows it at once.
 */
unsigned pt_view_wanted(const pt_view *view);
/** Matrix types to draw, in order; n ≤ PT_N_MATRICES. BOTH gives A, B; ALL those that some run has. */
size_t pt_view_matrices(const pt_view *view, const pt_snapshot *snapshot, pt_matrix out[PT_N_MATRICES]);
/** The one type where only one can be drawn: of BOTH it is B, of ALL it is dW, or W. */
pt_matrix pt_view_main_matrix(const pt_view *view, const pt_snapshot *snapshot);
/** The type that stands for `wanted` in one run: its W where it has no LoRA matrix of that type; else
 * `wanted` itself, be it there or not. */
pt_matrix pt_view_matrix_of(const pt_run_view *run, pt_matrix wanted);
/** Is this k drawn? @param i place in the settings' k (rising), n of them */
bool pt_view_k_shown(const pt_view *view, size_t i, size_t n);
/** Is the run drawn? @param run place in the snapshot */
bool pt_view_run_shown(const pt_view *view, size_t run);
/** The cells that a rectangle will zoom into: the whole width or height where it is too narrow or too low to be one.
 * @return false: it is no larger than a click */
bool pt_rubber_area(const pt_rubber *rubber, int *x, int *y, int *cols, int *rows);
/**
 * The step cursor: where it was put by hand; else the step of the first shown run's verdict; else its newest
 * step; PT_NO_STEP without checkpoints.
 */
int64_t pt_view_cursor(const pt_view *view, const pt_snapshot *snapshot);
/**
 * The step that a run is aligned on: of its verdict on the drawn matrix type, else of its strongest change
 * point; PT_NO_STEP: it did not turn.
 */
int64_t pt_view_turn(const pt_view *view, const pt_snapshot *snapshot, const pt_run_view *run);
/** A pane's own glyph choice, else the default one. */
pt_glyph_choice pt_view_glyphs(const pt_view *view, pt_pane_id pane);
/** Where the keys go now. */
pt_context pt_view_context(const pt_view *view);

#endif
