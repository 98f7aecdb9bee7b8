/**
 * Presets: named arrangements of the panes, each for one question. The first is what the program starts with.
 * A preset sets the layout and nothing else of the view: cursor, matrices and hidden runs stay as they are.
 * Only "compare" also puts the runs side by side and into one plane, which every other one takes back.
 */
#ifndef PHASETOP_UI_PRESET_H
#define PHASETOP_UI_PRESET_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/ui/layout.h"

/* X(name, what it is for, layout as pt_layout_parse reads it). In the order of the keys p and P. Panes over
 * steps stand one above the other, so that what happens at one step is met on one line. */
#define PT_PRESET_TABLE(X)                                                                       \
	X("watch", "where a run stands: norms, trajectory, local cosine, spectrum",                  \
		"column(row(norms,pca),row(*cosine,spectrum),-loss,-runs=6,-problems=6)")                \
	X("early-warning", "what the probes show before the direction turns: spectrum, loss, modes", \
		"row(column(*spectrum:3,loss:2):3,modes:2)")                                             \
	X("rotation", "when the direction turns, on which scale, in which modules",                  \
		"row(column(*cosine,k-scan):3,column(pca,modules):2)")                                   \
	X("layers", "which layers carry the update, and how like each other the checkpoints are",    \
		"row(column(*modules:3,norms:2),column(map:3,scree:2))")                                 \
	X("compare", "runs side by side: a column a run, equal axes, one plane for all",             \
		"column(*cosine:4,spectrum:3,pca:4,runs=6,-problems=6)")                                 \
	X("triage", "many runs at a glance: one row a run, what is the matter with each",            \
		"column(*runs:3,row(norms,cosine):2,-problems=6)")                                       \
	X("single", "one pane alone: the local cosine; any other by its number", "*cosine")

/** How many there are. */
size_t pt_preset_count(void);
/** "watch", …: the name for the command line and the status line; "" beyond the last. */
const char *pt_preset_name(size_t preset);
/** One line for help; "" beyond the last. */
const char *pt_preset_about(size_t preset);
/** Its layout; beyond the last the first one's. O(panes). */
pt_layout pt_preset_layout(size_t preset);
/** Is it the one that puts runs side by side? */
bool pt_preset_is_side_by_side(ptrdiff_t preset);
/** Its place by name; -1: there is no such preset. */
ptrdiff_t pt_preset_named(const char *name);
/**
 * The preset whose panes these are, as they stand to each other; -1: none, panes were shown, hidden or moved
 * by hand. What is focused, zoomed or resized makes no difference, nor do the lists (runs, problems): they
 * come and go with what there is to tell. O(presets · panes).
 */
ptrdiff_t pt_preset_of(const pt_layout *layout);

#endif
