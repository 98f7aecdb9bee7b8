#include "phasetop/ui/preset.h"

#include <assert.h>
#include <string.h>

typedef struct preset {
	const char *name, *about, *layout;
} preset;

static const preset presets[] = {
#define X(name, about, layout) {name, about, layout},
	PT_PRESET_TABLE(X)
#undef X
};

enum { N_PRESETS = sizeof presets / sizeof presets[0] };

size_t pt_preset_count(void)
{
	return N_PRESETS;
}

const char *pt_preset_name(size_t i)
{
	return i < N_PRESETS ? presets[i].name : "";
}

const char *pt_preset_about(size_t i)
{
	return i < N_PRESETS ? presets[i].about : "";
}

pt_layout pt_preset_layout(size_t i)
{
	pt_layout layout;
	pt_status status = pt_layout_parse(presets[i < N_PRESETS ? i : 0].layout, &layout, NULL);
	assert(status == PT_OK);
	(void)status;
	return layout;
}

pt_layout pt_layout_default(void)
{
	return pt_preset_layout(0);
}

ptrdiff_t pt_preset_named(const char *name)
{
	for (size_t i = 0; i < N_PRESETS; i++)
		if (strcmp(presets[i].name, name) == 0)
			return (ptrdiff_t)i;
	return -1;
}

bool pt_preset_is_side_by_side(ptrdiff_t i)
{
	return i >= 0 && i == pt_preset_named("compare");
}

static bool is_seen(const pt_layout *layout, int pane)
{
	return !layout->hidden[pane] && !pt_pane_is_list((pt_pane_id)pane);
}

/* The same tree with the same plots in sight. */
static bool is_same_arrangement(const pt_layout *a, const pt_layout *b)
{
	if (a->n_nodes != b->n_nodes)
		return false;
	for (int i = 0; i < a->n_nodes; i++) {
		const pt_layout_node *x = &a->nodes[i], *y = &b->nodes[i];
		if (x->kind != y->kind || x->pane != y->pane || x->parent != y->parent)
			return false;
	}
	for (int pane = 0; pane < PT_N_PANES; pane++)
		if (is_seen(a, pane) != is_seen(b, pane))
			return false;
	return true;
}

ptrdiff_t pt_preset_of(const pt_layout *layout)
{
	for (size_t i = 0; i < N_PRESETS; i++) {
		pt_layout named = pt_preset_layout(i);
		if (is_same_arrangement(layout, &named))
			return (ptrdiff_t)i;
	}
	return -1;
}
