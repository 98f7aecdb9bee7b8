/* The tree and its changes. */
#include "phasetop/ui/layout.h"

#include <assert.h>
#include <string.h>

#include "layout_place.h"

static const char *const names[] = {
#define X(id, name, importance) name,
	PT_PANE_TABLE(X)
#undef X
};
_Static_assert(sizeof names / sizeof names[0] == PT_N_PANES, "a name for each pane");

const char *pt_pane_name(pt_pane_id pane)
{
	return pane >= 0 && pane < PT_N_PANES ? names[pane] : "";
}

pt_pane_id pt_pane_named(const char *name, size_t n)
{
	for (int i = 0; i < PT_N_PANES; i++)
		if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0)
			return (pt_pane_id)i;
	return PT_PANE_NONE;
}

bool pt_pane_is_list(pt_pane_id pane)
{
	return pane == PT_PANE_RUNS || pane == PT_PANE_PROBLEMS;
}

int pt_layout_add(pt_layout *layout, int parent, pt_node_kind kind, pt_pane_id pane)
{
	if (layout->n_nodes >= PT_LAYOUT_MAX_NODES)
		return -1;
	int at = layout->n_nodes++;
	layout->nodes[at] = (pt_layout_node){
		.kind = (uint8_t)kind,
		.pane = (int8_t)pane,
		.parent = (int8_t)parent,
		.first = -1,
		.next = -1,
		.weight = 1,
	};
	if (parent < 0)
		return at;
	int8_t *link = &layout->nodes[parent].first;
	while (*link >= 0)
		link = &layout->nodes[*link].next;
	*link = (int8_t)at;
	return at;
}

int pt_layout_leaf(const pt_layout *layout, pt_pane_id pane)
{
	for (int i = 0; i < layout->n_nodes; i++)
		if (layout->nodes[i].kind == PT_NODE_PANE && layout->nodes[i].pane == (int8_t)pane)
			return i;
	assert(false && "every pane has a leaf");
	return 0;
}

/* The visible pane after (+1) or before (-1) a pane in the order of the leaves; itself when it is alone. */
static pt_pane_id neighbour(const pt_layout *layout, pt_pane_id from, int direction)
{
	/* leaves are numbered in the order of the tree, for they are added in it */
	int n = layout->n_nodes, at = pt_layout_leaf(layout, from);
	for (int i = 1; i <= n; i++) {
		const pt_layout_node *node = &layout->nodes[((at + direction * i) % n + n) % n];
		if (node->kind == PT_NODE_PANE && !layout->hidden[node->pane])
			return (pt_pane_id)node->pane;
	}
	return from;
}

/* The visible pane that stands nearest in the order of the leaves: behind it, else before it. */
static pt_pane_id nearest(const pt_layout *layout, pt_pane_id from)
{
	pt_pane_id behind = neighbour(layout, from, 1);
	bool is_behind = pt_layout_leaf(layout, behind) > pt_layout_leaf(layout, from);
	return is_behind ? behind : neighbour(layout, from, -1);
}

pt_pane_id pt_layout_after(const pt_layout *layout, pt_pane_id pane)
{
	return neighbour(layout, pane, 1);
}

void pt_layout_show(pt_layout *layout, pt_pane_id pane, bool show)
{
	int n_visible = 0;
	for (int i = 0; i < PT_N_PANES; i++)
		n_visible += !layout->hidden[i];
	if (!show && (layout->hidden[pane] || n_visible == 1))
		return;
	layout->hidden[pane] = !show;
	if (layout->zoomed != PT_PANE_NONE && (show ? layout->zoomed != pane : layout->zoomed == pane))
		layout->zoomed = PT_PANE_NONE;
	if (!show && layout->focus == pane)
		layout->focus = nearest(layout, pane);
}

void pt_layout_want(pt_layout *layout, pt_pane_id pane, int cells)
{
	layout->nodes[pt_layout_leaf(layout, pane)].want = cells > 0 ? cells : 0;
}

void pt_layout_focus(pt_layout *layout, pt_pane_id pane)
{
	layout->hidden[pane] = false;
	layout->focus = pane;
	if (layout->zoomed != pane)
		layout->zoomed = PT_PANE_NONE;
}

void pt_layout_focus_step(pt_layout *layout, int direction)
{
	layout->focus = neighbour(layout, layout->focus, direction);
	if (layout->zoomed != PT_PANE_NONE)
		layout->zoomed = layout->focus;
}

/* Cells that two spans have in common. */
static int overlap(int a, int a_length, int b, int b_length)
{
	int from = a > b ? a : b, to = a + a_length < b + b_length ? a + a_length : b + b_length;
	return to > from ? to - from : 0;
}

/* Cells along which `b` touches the side (dx, dy) of `a`. */
static int contact(const pt_place *a, const pt_place *b, int dx, int dy)
{
	if (dx > 0 ? b->x == a->x + a->width : dx < 0 ? b->x + b->width == a->x : false)
		return overlap(a->y, a->height, b->y, b->height);
	if (dy > 0 ? b->y == a->y + a->height : dy < 0 ? b->y + b->height == a->y : false)
		return overlap(a->x, a->width, b->x, b->width);
	return 0;
}

void pt_layout_focus_towards(pt_layout *layout, const pt_screen_parts *screen, int dx, int dy)
{
	pt_placing placing;
	pt_layout_place(layout, screen, &placing);
	const pt_place *from = pt_placing_find(&placing, layout->focus);
	int longest = 0;
	for (int i = 0; from && i < placing.n; i++) {
		int touching = contact(from, &placing.places[i], dx, dy);
		if (touching > longest) {
			longest = touching;
			layout->focus = placing.places[i].pane;
		}
	}
}

void pt_layout_zoom(pt_layout *layout, bool zoom)
{
	layout->zoomed = zoom ? layout->focus : PT_PANE_NONE;
}

void pt_layout_equalise(pt_layout *layout)
{
	for (int i = 0; i < layout->n_nodes; i++)
		layout->nodes[i].weight = 1;
}

/* Take what the children of a node now measure for their weights, so that single cells can be moved. Those
 * that are not seen keep their share. */
static void weights_from_cells(pt_layout *layout, const pt_solved *solved, int parent)
{
	bool row = layout->nodes[parent].kind == PT_NODE_ROW;
	int64_t cells = 0, weights = 0;
	for (int i = layout->nodes[parent].first; i >= 0; i = layout->nodes[i].next) {
		if (solved->nodes[i].seen && layout->nodes[i].want == 0) {
			cells += row ? solved->nodes[i].width : solved->nodes[i].height;
			weights += layout->nodes[i].weight;
		}
	}
	for (int i = layout->nodes[parent].first; i >= 0; i = layout->nodes[i].next) {
		pt_layout_node *node = &layout->nodes[i];
		if (solved->nodes[i].seen) {
			int size = row ? solved->nodes[i].width : solved->nodes[i].height;
			if (node->want > 0)
				node->want = size;
			else
				node->weight = size;
		} else if (weights > 0) {
			int64_t weight = (node->weight * cells + weights / 2) / weights;
			node->weight = (int32_t)(weight < 1 ? 1 : weight > 10000 ? 10000 : weight);
		}
	}
}

/* Move `cells` from one sibling to another, as far as the giver keeps its minimum. */
static void move_cells(pt_layout *layout, const pt_solved *solved, int from, int to, int cells)
{
	int parent = layout->nodes[from].parent;
	bool row = layout->nodes[parent].kind == PT_NODE_ROW;
	const pt_solved_node *giver = &solved->nodes[from];
	int spare = row ? giver->width - giver->min_width : giver->height - giver->min_height;
	cells = cells < spare ? cells : spare;
	if (cells <= 0)
		return;
	weights_from_cells(layout, solved, parent);
	int ends[] = {from, to}, changes[] = {-cells, cells};
	for (int i = 0; i < 2; i++) {
		pt_layout_node *node = &layout->nodes[ends[i]];
		if (node->want > 0)
			node->want += changes[i];
		else
			node->weight += changes[i];
	}
}

/* The visible sibling after a node, or -1. */
static int seen_after(const pt_layout *layout, const pt_solved *solved, int at)
{
	do
		at = layout->nodes[at].next;
	while (at >= 0 && !solved->nodes[at].seen);
	return at;
}

static int seen_before(const pt_layout *layout, const pt_solved *solved, int at)
{
	int before = -1;
	for (int i = layout->nodes[layout->nodes[at].parent].first; i != at; i = layout->nodes[i].next)
		if (solved->nodes[i].seen)
			before = i;
	return before;
}

void pt_layout_resize(pt_layout *layout, const pt_screen_parts *screen, bool horizontal, int cells)
{
	pt_solved solved;
	pt_layout_solve(layout, screen, &solved);
	int at = pt_layout_leaf(layout, layout->focus);
	if (!solved.nodes[at].seen || layout->zoomed != PT_PANE_NONE)
		return;
	/* the nearest node that has a neighbour in this direction is the one that grows */
	for (; layout->nodes[at].parent >= 0; at = layout->nodes[at].parent) {
		if ((layout->nodes[layout->nodes[at].parent].kind == PT_NODE_ROW) != horizontal)
			continue;
		int other = seen_after(layout, &solved, at);
		if (other < 0)
			other = seen_before(layout, &solved, at);
		if (other < 0)
			continue;
		if (cells > 0)
			move_cells(layout, &solved, other, at, cells);
		else
			move_cells(layout, &solved, at, other, -cells);
		return;
	}
}

/* The border between a node and the one after it, if the cell lies on it. */
static bool on_border(
	const pt_solved *solved, int before, int after, bool vertical, int x, int y, pt_border *out)
{
	const pt_solved_node *a = &solved->nodes[before], *b = &solved->nodes[after];
	int along = vertical ? y - a->y : x - a->x, length = vertical ? a->height : a->width;
	int grip = vertical ? x - b->x : y - b->y;
	if (along < 0 || along >= length || (grip != 0 && grip != -1))
		return false;
	*out = (pt_border){before, after, vertical, grip};
	return true;
}

pt_layout_hit pt_layout_hit_at(const pt_layout *layout, const pt_screen_parts *screen, int x, int y)
{
	pt_layout_hit hit = {.pane = PT_PANE_NONE, .border = PT_NO_BORDER};
	pt_solved solved;
	pt_layout_solve(layout, screen, &solved);
	for (int i = 0; i < layout->n_nodes; i++) {
		const pt_solved_node *node = &solved.nodes[i];
		if (!node->seen)
			continue;
		bool inside = x >= node->x && x < node->x + node->width && y >= node->y && y < node->y + node->height;
		if (inside && layout->nodes[i].kind == PT_NODE_PANE)
			hit.pane = (pt_pane_id)layout->nodes[i].pane;
		int parent = layout->nodes[i].parent, after = parent < 0 ? -1 : seen_after(layout, &solved, i);
		if (after >= 0)
			on_border(&solved, i, after, layout->nodes[parent].kind == PT_NODE_ROW, x, y, &hit.border);
	}
	return hit;
}

void pt_layout_drag(pt_layout *layout, const pt_screen_parts *screen, pt_border border, int x, int y)
{
	pt_solved solved;
	if (border.before < 0 || border.before >= layout->n_nodes || border.after < 0 ||
		border.after >= layout->n_nodes)
		return;
	pt_layout_solve(layout, screen, &solved);
	const pt_solved_node *after = &solved.nodes[border.after];
	if (!after->seen || !solved.nodes[border.before].seen)
		return; /* the screen shrank, or a pane was hidden, under the drag */
	int cells = border.vertical ? x - border.grip - after->x : y - border.grip - after->y;
	if (cells > 0)
		move_cells(layout, &solved, border.after, border.before, cells);
	else
		move_cells(layout, &solved, border.before, border.after, -cells);
}
