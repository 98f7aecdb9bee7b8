/** Names of modules for tables: the layer's number first, then what tells them apart. */
#ifndef PHASETOP_UI_MODULE_NAMES_H
#define PHASETOP_UI_MODULE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/analysis/snapshot.h"

/** What all selected modules of a run have in common, and so need not be said. */
typedef struct pt_module_naming {
	size_t n_head, n_tail; /* parts of the name, its layer's number left out, that all begin and end with */
	int layer_cols;        /* digits of the largest layer number; 0: no name has one */
	bool with_adapter;     /* there are several */
} pt_module_naming;

/** O(modules · parts). */
pt_module_naming pt_module_naming_of(const pt_run_view *run);

/**
 * " 3 self_attn.q_proj" of model.layers.3.self_attn.q_proj, where others are of the MLP; with its adapter
 * where there are several: "12 q_proj style". At least the last part is said. Wider than `cols`, the name
 * loses parts from the front ("12 …q_proj"), for the end tells more.
 */
void pt_module_short_name(
	const pt_module_naming *naming, const pt_module_view *module, int cols, char *out, size_t capacity);

#endif
