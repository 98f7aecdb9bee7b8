/**
 * The layout: which pane stands where, as pure arithmetic on a split tree.
 *
 * Vocabulary. A *pane* is one of the table below. The *tree* has panes as leaves; an inner node is a *row*
 * (children side by side) or a *column* (children one above the other). Every pane always has its place in
 * the tree; a *hidden* one takes no room, and comes back where it was. Each node has a *weight*: its share of
 * its parent's length. A node can *want* a fixed number of cells instead (lists do). A pane that is visible
 * but for which the screen has no room is *collapsed*: the least important first, never the focused one.
 * *Placing* turns a layout and a screen size into rectangles that tile the body of the screen exactly.
 */
#ifndef PHASETOP_UI_LAYOUT_H
#define PHASETOP_UI_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/base/status.h"

/* X(enumerator, name, weight of keeping it when room is short). In the order of their number keys. */
#define PT_PANE_TABLE(X)               \
	X(PT_PANE_NORMS, "norms", 5)       \
	X(PT_PANE_PCA, "pca", 6)           \
	X(PT_PANE_COSINE, "cosine", 7)     \
	X(PT_PANE_SPECTRUM, "spectrum", 4) \
	X(PT_PANE_LOSS, "loss", 3)         \
	X(PT_PANE_RUNS, "runs", 2)         \
	X(PT_PANE_PROBLEMS, "problems", 1) \
	X(PT_PANE_K_SCAN, "k-scan", 3)     \
	X(PT_PANE_MODULES, "modules", 3)   \
	X(PT_PANE_MODES, "modes", 3)       \
	X(PT_PANE_MAP, "map", 3)           \
	X(PT_PANE_SCREE, "scree", 2)

typedef enum pt_pane_id {
#define X(id, name, importance) id,
	PT_PANE_TABLE(X)
#undef X
		PT_N_PANES,
	PT_PANE_NONE = -1
} pt_pane_id;

/** "norms", …; never NULL. */
const char *pt_pane_name(pt_pane_id pane);
/** PT_PANE_NONE when there is no such pane. */
pt_pane_id pt_pane_named(const char *name, size_t n);
/** Lists (runs, problems) want few rows and take Up and Down. */
bool pt_pane_is_list(pt_pane_id pane);

enum {
	PT_LAYOUT_MAX_NODES = 32,
	PT_LAYOUT_TEXT_BYTES = 1024, /* enough for every layout that can be printed */
	PT_PANE_MIN_COLUMNS = 20,    /* below this (with border) a pane is collapsed */
	PT_PANE_MIN_ROWS = 6,        /* of a plot, with border */
	PT_PANE_LIST_MIN_ROWS = 4    /* of a list, with border: a heading and a row */
};

typedef enum pt_node_kind { PT_NODE_PANE, PT_NODE_ROW, PT_NODE_COLUMN } pt_node_kind;

typedef struct pt_layout_node {
	uint8_t kind;   /* pt_node_kind */
	int8_t pane;    /* of a PT_NODE_PANE */
	int8_t parent;  /* node index; -1 for the root */
	int8_t first;   /* first child; -1: none */
	int8_t next;    /* next sibling; -1: none */
	int32_t weight; /* > 0 */
	int32_t want;   /* cells along the parent's direction; 0: by weight */
} pt_layout_node;

/** A value; copy and compare it freely. Node 0 is the root. */
typedef struct pt_layout {
	pt_layout_node nodes[PT_LAYOUT_MAX_NODES];
	int n_nodes;
	bool hidden[PT_N_PANES];
	pt_pane_id focus;  /* always a pane that is not hidden */
	pt_pane_id zoomed; /* PT_PANE_NONE: none; else the focused pane */
} pt_layout;

/** A pane's rectangle with its border, in cells of the screen. */
typedef struct pt_place {
	pt_pane_id pane;
	int x, y, width, height;
} pt_place;

typedef struct pt_placing {
	pt_place places[PT_N_PANES];
	int n; /* 0 only when the body is empty */
} pt_placing;

/** The fixed lines of the screen; a row is -1 where there is no room for the line. */
typedef struct pt_screen_parts {
	int columns, rows;       /* of the screen */
	int status_row;          /* what is watched */
	int verdict_row;         /* what it tells */
	int keys_row;            /* hints */
	int body_y, body_height; /* panes take the whole width */
} pt_screen_parts;

/** How a screen is divided. All sizes from 0×0 on; from 8 rows on everything is there. */
pt_screen_parts pt_screen_parts_of(int columns, int rows);

/** The first preset (preset.h): norms | PCA above cosine | spectrum, cosine focused; all else hidden. */
pt_layout pt_layout_default(void);

/** Rectangles that tile the body exactly; at least the focused pane where the body has a cell. O(panes²). */
void pt_layout_place(const pt_layout *layout, const pt_screen_parts *screen, pt_placing *placing);

/** The place of a pane, or NULL when it has none; shares the life of `placing`. */
const pt_place *pt_placing_find(const pt_placing *placing, pt_pane_id pane);

/** Show or hide. Hiding the last visible pane does nothing. A hidden focus passes to the nearest pane. */
void pt_layout_show(pt_layout *layout, pt_pane_id pane, bool show);
/** Cells that a pane wants in its parent's direction; 0: by weight. */
void pt_layout_want(pt_layout *layout, pt_pane_id pane, int cells);
/** Focus a pane (shown when hidden, unzoomed when another is zoomed). */
void pt_layout_focus(pt_layout *layout, pt_pane_id pane);
/** The visible pane after another one in the order of the tree; itself when it is alone. */
pt_pane_id pt_layout_after(const pt_layout *layout, pt_pane_id pane);
/** Put a pane beside the focused one and as large, to its right or below it; it is taken from where it was, shown and
 * focused. Nothing happens to the focused pane itself. */
void pt_layout_split(pt_layout *layout, pt_pane_id pane, bool to_the_right);
/** Let the focused pane and another change places, with the sizes that belong to the places; the other is shown. */
void pt_layout_swap(pt_layout *layout, pt_pane_id pane);
/** Next (+1) or previous (-1) visible pane in the order of the tree; a zoom follows. */
void pt_layout_focus_step(pt_layout *layout, int direction);
/** The pane that touches the focused one on the side (dx, dy), as placed; nothing when there is none. */
void pt_layout_focus_towards(pt_layout *layout, const pt_screen_parts *screen, int dx, int dy);
/** Zoom the focused pane, or back. The tree is untouched, so that unzooming restores it. */
void pt_layout_zoom(pt_layout *layout, bool zoom);
/** Grow (cells > 0) or shrink the focused pane along one direction, as far as neighbours keep their minimum.
 */
void pt_layout_resize(pt_layout *layout, const pt_screen_parts *screen, bool horizontal, int cells);
/** Equal weights everywhere; wants stay. */
void pt_layout_equalise(pt_layout *layout);

/** A border that can be dragged: between node `before` and its next visible sibling. */
typedef struct pt_border {
	int before, after; /* node indices; before = -1: no border here */
	bool vertical;     /* the line is vertical: it moves along x */
	int grip;          /* cell that was hit, from the first cell of `after`: -1 or 0 */
} pt_border;

typedef struct pt_layout_hit {
	pt_pane_id pane; /* PT_PANE_NONE: outside of the body */
	pt_border border;
} pt_layout_hit;

/** What is at a cell of the screen. */
pt_layout_hit pt_layout_hit_at(const pt_layout *layout, const pt_screen_parts *screen, int x, int y);
/** Drag a border to a cell, as far as both sides keep their minimum. */
void pt_layout_drag(pt_layout *layout, const pt_screen_parts *screen, pt_border border, int x, int y);

/** No border: nothing is dragged. */
#define PT_NO_BORDER ((pt_border){.before = -1, .after = -1})

/**
 * Read a layout such as "column(row(norms:3,pca:2),row(cosine,spectrum),-loss,-runs=6,-problems)": ":" gives
 * a weight, "=" wanted cells, "-" hides, "*" focuses. Panes that are not named are added, hidden, at the end.
 * @retval PT_ERR_INVALID  does not parse, a pane twice, nothing visible, a weight outside 1…10000; offset:
 * byte
 * @retval PT_ERR_LIMIT    more than PT_LAYOUT_MAX_NODES nodes
 */
PT_CHECKED pt_status pt_layout_parse(const char *text, pt_layout *layout, pt_error *err);
/** The text that pt_layout_parse reads back to the same layout (unzoomed). */
void pt_layout_print(const pt_layout *layout, char *out, size_t capacity);

#endif
