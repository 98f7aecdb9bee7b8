/* Changes of the tree itself: panes that move to another place in it (contracts in layout.h). */
#include <assert.h>

#include "layout_place.h"

/* Where a pane goes while a tree is copied. */
typedef struct move {
	const pt_layout *from;
	pt_layout to;
	pt_pane_id pane, target;
	pt_node_kind kind; /* of the node that is to hold both */
} move;

/* Parts that are left of a node when the moved pane is gone from it. */
static int count_left(const move *m, int at)
{
	int n = 0;
	for (int child = m->from->nodes[at].first; child >= 0; child = m->from->nodes[child].next) {
		const pt_layout_node *node = &m->from->nodes[child];
		n += node->kind == PT_NODE_PANE ? node->pane != (int8_t)m->pane : count_left(m, child) > 0;
	}
	return n;
}

static int add_like(move *m, int parent, const pt_layout_node *node)
{
	int at = pt_layout_add(&m->to, parent, (pt_node_kind)node->kind, (pt_pane_id)node->pane);
	assert(at >= 0 &&
		   "a tree of so many panes has room"); /* each inner node has two parts or more, but the root */
	m->to.nodes[at].weight = node->weight;
	m->to.nodes[at].want = node->want;
	return at;
}

/* The target, and behind it the pane: in their parent where that is of the kind, else in a node of their own.
 */
static void add_pair(move *m, int parent, const pt_layout_node *target)
{
	pt_layout_node pane = {.kind = PT_NODE_PANE, .pane = (int8_t)m->pane, .weight = 1};
	if (m->to.nodes[parent].kind == (uint8_t)m->kind) {
		add_like(m, parent, target);
		pane.weight = target->weight;
		add_like(m, parent, &pane);
		return;
	}
	pt_layout_node both = {
		.kind = (uint8_t)m->kind, .pane = PT_PANE_NONE, .weight = target->weight, .want = target->want};
	pt_layout_node half = {.kind = PT_NODE_PANE, .pane = target->pane, .weight = 1};
	int at = add_like(m, parent, &both);
	add_like(m, at, &half);
	add_like(m, at, &pane);
}

/* What holds one part is that part; what holds none is gone. */
static void copy_parts(move *m, int at, int parent)
{
	for (int child = m->from->nodes[at].first; child >= 0; child = m->from->nodes[child].next) {
		const pt_layout_node *node = &m->from->nodes[child];
		int n_left = node->kind == PT_NODE_PANE ? 0 : count_left(m, child);
		if (node->kind == PT_NODE_PANE && node->pane == (int8_t)m->target)
			add_pair(m, parent, node);
		else if (node->kind == PT_NODE_PANE && node->pane != (int8_t)m->pane)
			add_like(m, parent, node);
		else if (n_left == 1)
			copy_parts(m, child, parent);
		else if (n_left > 1)
			copy_parts(m, child, add_like(m, parent, node));
	}
}

void pt_layout_split(pt_layout *layout, pt_pane_id pane, bool to_the_right)
{
	if (pane == layout->focus)
		return;
	move m = {.from = layout,
		.to = {.zoomed = PT_PANE_NONE, .focus = pane},
		.pane = pane,
		.target = layout->focus,
		.kind = to_the_right ? PT_NODE_ROW : PT_NODE_COLUMN};
	for (int i = 0; i < PT_N_PANES; i++)
		m.to.hidden[i] = layout->hidden[i] && i != (int)pane;
	copy_parts(&m, 0, add_like(&m, -1, &layout->nodes[0]));
	*layout = m.to;
}

void pt_layout_swap(pt_layout *layout, pt_pane_id pane)
{
	int a = pt_layout_leaf(layout, layout->focus), b = pt_layout_leaf(layout, pane);
	layout->nodes[a].pane = (int8_t)pane;
	layout->nodes[b].pane = (int8_t)layout->focus;
	layout->hidden[pane] = false;
	if (layout->zoomed != PT_PANE_NONE)
		layout->zoomed = layout->focus;
}
