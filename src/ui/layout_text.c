/* A layout as text. */
#include <string.h>

#include "layout_place.h"
#include "phasetop/base/text.h"

enum { MAX_WEIGHT = 10000 };

typedef struct reader {
	const char *text;
	size_t at;
	pt_layout *layout;
	bool placed[PT_N_PANES];
	pt_pane_id focus;
	pt_error *err;
} reader;

static char peek(reader *in)
{
	while (in->text[in->at] == ' ')
		in->at++;
	return in->text[in->at];
}

static bool accept(reader *in, char wanted)
{
	if (peek(in) != wanted)
		return false;
	in->at++;
	return true;
}

static pt_status wrong(reader *in, const char *what)
{
	return pt_fail(
		in->err, PT_ERR_INVALID, "", (int64_t)in->at, "layout: %s at character %zu", what, in->at + 1);
}

static pt_status read_number(reader *in, int32_t *out)
{
	int32_t value = 0;
	if (peek(in) < '0' || peek(in) > '9')
		return wrong(in, "a number is missing");
	while (in->text[in->at] >= '0' && in->text[in->at] <= '9' && value <= MAX_WEIGHT)
		value = value * 10 + (in->text[in->at++] - '0');
	if (value < 1 || value > MAX_WEIGHT)
		return wrong(in, "a number is not within 1 to 10000");
	*out = value;
	return PT_OK;
}

/* ":weight" and "=cells" after a node. */
static pt_status read_sizes(reader *in, int at)
{
	pt_status status = PT_OK;
	if (accept(in, ':'))
		status = read_number(in, &in->layout->nodes[at].weight);
	if (status == PT_OK && accept(in, '='))
		status = read_number(in, &in->layout->nodes[at].want);
	return status;
}

static pt_status read_node(reader *in, int parent);

static pt_status read_children(reader *in, int at)
{
	if (!accept(in, '('))
		return wrong(in, "'(' is missing");
	do {
		pt_status status = read_node(in, at);
		if (status != PT_OK)
			return status;
	} while (accept(in, ','));
	return accept(in, ')') ? PT_OK : wrong(in, "',' or ')' is missing");
}

static pt_status add(reader *in, int parent, pt_node_kind kind, pt_pane_id pane, int *at)
{
	*at = pt_layout_add(in->layout, parent, kind, pane);
	return *at >= 0 ? PT_OK
					: pt_fail(in->err, PT_ERR_LIMIT, "", (int64_t)in->at, "layout: more than %d parts",
						  PT_LAYOUT_MAX_NODES);
}

static pt_status read_pane(reader *in, int parent, const char *name, size_t n, bool hidden, bool focus)
{
	int at;
	pt_pane_id pane = pt_pane_named(name, n);
	if (pane == PT_PANE_NONE)
		return wrong(in, "no such pane");
	if (in->placed[pane])
		return wrong(in, "a pane stands twice");
	in->placed[pane] = true;
	in->layout->hidden[pane] = hidden;
	if (focus && !hidden)
		in->focus = pane;
	in->at += n;
	pt_status status = add(in, parent, PT_NODE_PANE, pane, &at);
	return status == PT_OK ? read_sizes(in, at) : status;
}

/* Nesting is bounded by the number of nodes. */
static pt_status read_node(reader *in, int parent)
{
	bool hidden = accept(in, '-'), focus = accept(in, '*');
	peek(in);
	const char *name = in->text + in->at;
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz-"); /* "k-scan" */
	bool row = n == 3 && memcmp(name, "row", 3) == 0, column = n == 6 && memcmp(name, "column", 6) == 0;
	if (!row && !column)
		return read_pane(in, parent, name, n, hidden, focus);
	if (hidden || focus)
		return wrong(in, "only a pane can be hidden or focused");
	int at;
	in->at += n;
	pt_status status = add(in, parent, row ? PT_NODE_ROW : PT_NODE_COLUMN, PT_PANE_NONE, &at);
	if (status == PT_OK)
		status = read_children(in, at);
	return status == PT_OK ? read_sizes(in, at) : status;
}

/* Panes that the text does not name stand hidden at the end of the root. */
static pt_status add_missing(reader *in)
{
	for (int pane = 0; pane < PT_N_PANES; pane++) {
		int at;
		if (in->placed[pane])
			continue;
		pt_status status = add(in, 0, PT_NODE_PANE, (pt_pane_id)pane, &at);
		if (status != PT_OK)
			return status;
		in->layout->hidden[pane] = true;
		if (pt_pane_is_list((pt_pane_id)pane))
			in->layout->nodes[at].want = 6;
	}
	return PT_OK;
}

static pt_status choose_focus(reader *in)
{
	pt_layout *layout = in->layout;
	layout->focus = in->focus;
	if (layout->focus == PT_PANE_NONE && !layout->hidden[PT_PANE_COSINE])
		layout->focus = PT_PANE_COSINE;
	for (int pane = 0; pane < PT_N_PANES && layout->focus == PT_PANE_NONE; pane++)
		if (!layout->hidden[pane])
			layout->focus = (pt_pane_id)pane;
	return layout->focus == PT_PANE_NONE ? wrong(in, "no pane is visible") : PT_OK;
}

pt_status pt_layout_parse(const char *text, pt_layout *layout, pt_error *err)
{
	/* the root is a column, so that what is not named can stand below */
	pt_layout made = {.zoomed = PT_PANE_NONE, .focus = PT_PANE_NONE};
	reader in = {.text = text, .layout = &made, .focus = PT_PANE_NONE, .err = err};
	pt_status status = PT_OK;
	peek(&in);
	if (strncmp(text + in.at, "column", 6) != 0) {
		int root;
		status = add(&in, -1, PT_NODE_COLUMN, PT_PANE_NONE, &root);
		if (status == PT_OK)
			status = read_node(&in, root);
	} else {
		status = read_node(&in, -1);
	}
	if (status == PT_OK && peek(&in) != '\0')
		status = wrong(&in, "something follows the layout");
	if (status == PT_OK)
		status = add_missing(&in);
	if (status == PT_OK)
		status = choose_focus(&in);
	if (status == PT_OK)
		*layout = made;
	return status;
}

static void print_node(const pt_layout *layout, int at, pt_text *out)
{
	const pt_layout_node *node = &layout->nodes[at];
	if (node->kind == PT_NODE_PANE) {
		pt_pane_id pane = (pt_pane_id)node->pane;
		pt_text_addf(out, "%s%s%s", layout->hidden[pane] ? "-" : "", layout->focus == pane ? "*" : "",
			pt_pane_name(pane));
	} else {
		pt_text_add(out, node->kind == PT_NODE_ROW ? "row(" : "column(");
		for (int child = node->first; child >= 0; child = layout->nodes[child].next) {
			print_node(layout, child, out);
			if (layout->nodes[child].next >= 0)
				pt_text_add(out, ",");
		}
		pt_text_add(out, ")");
	}
	if (node->weight != 1)
		pt_text_addf(out, ":%d", (int)node->weight);
	if (node->want > 0)
		pt_text_addf(out, "=%d", (int)node->want);
}

void pt_layout_print(const pt_layout *layout, char *out, size_t capacity)
{
	pt_text text = pt_text_over(out, capacity);
	print_node(layout, 0, &text);
}
