/* From a layout and a size to rectangles. */
#include "layout_place.h"

static const int importance[] = {
#define X(id, name, weight) weight,
	PT_PANE_TABLE(X)
#undef X
};
_Static_assert(sizeof importance / sizeof importance[0] == PT_N_PANES, "how important each pane is");

pt_screen_parts pt_screen_parts_of(int columns, int rows)
{
	pt_screen_parts parts = {
		.columns = columns > 0 ? columns : 0,
		.rows = rows > 0 ? rows : 0,
		.status_row = rows > 0 ? 0 : -1,
		.verdict_row = -1,
		.keys_row = -1,
		.body_y = 1,
	};
	if (rows >= 8) {
		parts.verdict_row = rows - 2;
		parts.keys_row = rows - 1;
		parts.body_height = rows - 3;
	} else if (rows >= 6) {
		parts.verdict_row = rows - 1;
		parts.body_height = rows - 2;
	} else if (rows >= 4) {
		parts.body_height = rows - 1;
	} else if (rows >= 2) {
		parts.verdict_row = 1;
		parts.keys_row = rows == 3 ? 2 : -1;
	}
	if (parts.columns == 0)
		parts.body_height = 0;
	return parts;
}

static int max_of(int a, int b)
{
	return a > b ? a : b;
}

/* Smallest size of a subtree when only the panes of `shown` (bits) are there. */
static void measure(const pt_layout *layout, unsigned shown, int at, pt_solved *solved)
{
	const pt_layout_node *node = &layout->nodes[at];
	pt_solved_node *out = &solved->nodes[at];
	*out = (pt_solved_node){0};
	if (node->kind == PT_NODE_PANE) {
		out->seen = shown >> node->pane & 1;
		out->min_width = out->seen ? PT_PANE_MIN_COLUMNS : 0;
		out->min_height = !out->seen                                ? 0
						  : pt_pane_is_list((pt_pane_id)node->pane) ? PT_PANE_LIST_MIN_ROWS
																	: PT_PANE_MIN_ROWS;
		return;
	}
	for (int child = node->first; child >= 0; child = layout->nodes[child].next) {
		measure(layout, shown, child, solved);
		const pt_solved_node *part = &solved->nodes[child];
		bool row = node->kind == PT_NODE_ROW;
		out->seen |= part->seen;
		out->min_width = row ? out->min_width + part->min_width : max_of(out->min_width, part->min_width);
		out->min_height =
			row ? max_of(out->min_height, part->min_height) : out->min_height + part->min_height;
	}
}

static int worth(unsigned shown)
{
	int sum = 0;
	for (int pane = 0; pane < PT_N_PANES; pane++)
		sum += shown >> pane & 1 ? importance[pane] : 0;
	return sum;
}

/* Of all sets of visible panes that hold the focused one and fit, the one worth most; else the focused alone.
 */
static unsigned choose_panes(const pt_layout *layout, const pt_screen_parts *screen, pt_solved *solved)
{
	unsigned visible = 0, focused = 1u << layout->focus, best = focused;
	if (layout->zoomed != PT_PANE_NONE)
		return 1u << layout->zoomed;
	for (int pane = 0; pane < PT_N_PANES; pane++)
		visible |= layout->hidden[pane] ? 0 : 1u << pane;
	for (unsigned set = visible;; set = (set - 1) & visible) {
		if (set & focused && worth(set) > worth(best)) {
			measure(layout, set, 0, solved);
			if (solved->nodes[0].min_width <= screen->columns &&
				solved->nodes[0].min_height <= screen->body_height)
				best = set;
		}
		if (set == 0 || best == visible)
			return best;
	}
}

/* One child's share while a length is divided. */
typedef struct share {
	int node, min, size;
	int64_t weight; /* 0: the size stands */
} share;

/* Wanted cells first, as far as the others keep their minimum. Returns what is left for the others. */
static int divide_wanted(const pt_layout *layout, share *shares, int n, int length)
{
	int spare = length, n_weighted = 0;
	for (int i = 0; i < n; i++)
		spare -= shares[i].min;
	for (int i = 0; i < n; i++) {
		int want = layout->nodes[shares[i].node].want;
		if (want <= 0) {
			n_weighted++;
			continue;
		}
		int extra = want - shares[i].min;
		extra = extra < 0 || spare < 0 ? 0 : extra > spare ? spare : extra;
		shares[i].size = shares[i].min + extra;
		shares[i].weight = 0;
		spare -= extra;
	}
	if (n_weighted == 0) /* somebody has to fill the room */
		for (int i = 0; i < n; i++)
			shares[i].weight = layout->nodes[shares[i].node].weight;
	int left = length;
	for (int i = 0; i < n; i++)
		left -= shares[i].weight == 0 ? shares[i].size : 0;
	return left;
}

/* `length` by weight: each share is the difference of two rounded positions, so that they add up exactly. */
static void divide_by_weight(share *shares, int n, int length)
{
	int64_t total = 0, before = 0;
	for (int i = 0; i < n; i++)
		total += shares[i].weight;
	for (int i = 0; i < n && total > 0; i++) {
		if (shares[i].weight == 0)
			continue;
		int64_t from = (2 * before * length + total) / (2 * total);
		before += shares[i].weight;
		shares[i].size = (int)((2 * before * length + total) / (2 * total) - from);
	}
}

static void divide(const pt_layout *layout, share *shares, int n, int length)
{
	int left = divide_wanted(layout, shares, n, length);
	/* Who falls below the minimum is given it, and the others divide what remains. */
	for (bool again = true; again;) {
		again = false;
		divide_by_weight(shares, n, left);
		for (int i = 0; i < n; i++) {
			int n_weighted = 0;
			for (int j = 0; j < n; j++)
				n_weighted += shares[j].weight > 0;
			if (shares[i].weight > 0 && shares[i].size < shares[i].min && n_weighted > 1) {
				shares[i].size = shares[i].min;
				shares[i].weight = 0;
				left -= shares[i].min;
				again = true;
				break;
			}
		}
	}
}

/* Give a subtree its rectangle. */
static void place(const pt_layout *layout, int at, int x, int y, int width, int height, pt_solved *solved)
{
	const pt_layout_node *node = &layout->nodes[at];
	pt_solved_node *out = &solved->nodes[at];
	share shares[PT_LAYOUT_MAX_NODES];
	int n = 0;
	bool row = node->kind == PT_NODE_ROW;
	out->x = x;
	out->y = y;
	out->width = width;
	out->height = height;
	for (int child = node->first; child >= 0; child = layout->nodes[child].next)
		if (solved->nodes[child].seen)
			shares[n++] = (share){
				.node = child,
				.min = row ? solved->nodes[child].min_width : solved->nodes[child].min_height,
				.weight = layout->nodes[child].weight,
			};
	divide(layout, shares, n, row ? width : height);
	for (int i = 0; i < n; i++) {
		place(layout, shares[i].node, x, y, row ? shares[i].size : width, row ? height : shares[i].size,
			solved);
		x += row ? shares[i].size : 0;
		y += row ? 0 : shares[i].size;
	}
}

void pt_layout_solve(const pt_layout *layout, const pt_screen_parts *screen, pt_solved *solved)
{
	unsigned shown = choose_panes(layout, screen, solved);
	if (screen->columns < 1 || screen->body_height < 1)
		shown = 0;
	measure(layout, shown, 0, solved);
	for (int i = layout->n_nodes; i < PT_LAYOUT_MAX_NODES; i++)
		solved->nodes[i] = (pt_solved_node){0};
	if (shown)
		place(layout, 0, 0, screen->body_y, screen->columns, screen->body_height, solved);
}

void pt_layout_place(const pt_layout *layout, const pt_screen_parts *screen, pt_placing *placing)
{
	pt_solved solved;
	pt_layout_solve(layout, screen, &solved);
	placing->n = 0;
	for (int pane = 0; pane < PT_N_PANES; pane++) {
		const pt_solved_node *node = &solved.nodes[pt_layout_leaf(layout, (pt_pane_id)pane)];
		if (node->seen)
			placing->places[placing->n++] =
				(pt_place){(pt_pane_id)pane, node->x, node->y, node->width, node->height};
	}
}

const pt_place *pt_placing_find(const pt_placing *placing, pt_pane_id pane)
{
	for (int i = 0; i < placing->n; i++)
		if (placing->places[i].pane == pane)
			return &placing->places[i];
	return NULL;
}
