/** The solved layout: where each node of the tree stands. Shared by the files of the layout alone. */
#ifndef PHASETOP_UI_LAYOUT_PLACE_H
#define PHASETOP_UI_LAYOUT_PLACE_H

#include "phasetop/ui/layout.h"

typedef struct pt_solved_node {
	bool seen; /* false: nothing of it is on the screen; the sizes are then 0 */
	int x, y, width, height;
	int min_width, min_height;
} pt_solved_node;

typedef struct pt_solved {
	pt_solved_node nodes[PT_LAYOUT_MAX_NODES];
} pt_solved;

void pt_layout_solve(const pt_layout *layout, const pt_screen_parts *screen, pt_solved *solved);

/** Leaf of a pane; every pane has one. */
int pt_layout_leaf(const pt_layout *layout, pt_pane_id pane);

/** Add a node as its parent's last child (parent -1: the root). -1 when there is no room. */
int pt_layout_add(pt_layout *layout, int parent, pt_node_kind kind, pt_pane_id pane);

#endif
