/**
 * What is kept of Grams beside those of single modules, so that a set of modules has its sum at once.
 *
 * As long as the Grams of all modules fit a budget they are kept whole, and a set is their sum. Above it the modules keep
 * bands only (increments near to each other: all that local cosines and change points of a module need), and the
 * sums over the modules of each layer are kept whole instead. A set of whole layers is then a sum of these; any other
 * is summed from the vectors again, a piece at a time.
 *
 * Sums go over modules in their fixed order, so that live and cold ones agree.
 */
#ifndef PT_ANALYSIS_SET_GRAMS_H
#define PT_ANALYSIS_SET_GRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phasetop/analysis/settings.h"
#include "phasetop/base/status.h"
#include "phasetop/numeric/gram.h"
#include "phasetop/numeric/increments.h"

/** The modules of a run, in its order; borrowed. */
typedef struct pt_module_ref {
	const char *name;
	bool selected;
	pt_module_history *history;
} pt_module_ref;

typedef struct pt_layer_sum {
	int64_t layer; /* -1: modules without a layer number */
	pt_gram grams[PT_N_MATRICES];
} pt_layer_sum;

typedef struct pt_set_grams {
	size_t band; /* width that the modules keep, in increments; 0: whole */
	size_t n_layers;
	pt_layer_sum *layers; /* NULL: not kept (whole modules, or no room even for these) */
	bool known; /* the sums of the selected set are complete; they follow every change then */
	/* the sum of the selected set, while it is made from the vectors */
	bool pending;
	size_t next_row, next_module;
} pt_set_grams;

void pt_set_grams_init(pt_set_grams *sets);
void pt_set_grams_fini(pt_set_grams *sets);

/** Bytes that the Grams of n_modules modules of these types take whole at n checkpoints. */
size_t pt_set_grams_whole_bytes(const pt_module_ref *modules, size_t n_modules, size_t n);

/**
 * Give up the whole Grams of modules for bands of `width`; sums over layers are made first where they fit.
 * @pre  whole until now
 * @retval PT_ERR_MEMORY  nothing changed
 */
PT_CHECKED pt_status pt_set_grams_narrow(pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules,
	size_t width, size_t budget, pt_error *err);

typedef enum pt_set_change { PT_SET_INSERTED, PT_SET_REPLACED, PT_SET_REMOVED } pt_set_change;

/**
 * A checkpoint at `index` came (`inserted`), changed or went (`removed`); the histories have it already. Brings the
 * sums over layers up to date, and `sums` of the selected modules where they are known.
 * @param sums  the set's Grams, PT_N_MATRICES of them
 * @retval PT_ERR_MEMORY  no sum is known any more: they are made from the vectors again
 * @cost   the rows of two increments of every module
 */
PT_CHECKED pt_status pt_set_grams_follow(pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules,
	pt_set_change change, size_t index, pt_gram *const *sums, size_t budget, pt_error *err);

/**
 * The sum of the selected set, whole: at once where all that it takes is kept; else sets->pending, and
 * pt_set_grams_advance makes it.
 * @param first  rows before it are right already (0: none); whole Grams only
 */
PT_CHECKED pt_status pt_set_grams_sum(pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules,
	pt_trajectory type, size_t first, pt_gram *sum, pt_error *err);

/** One piece (one row of one module, all types) of a pending sum; it is complete when pending is false. */
PT_CHECKED pt_status pt_set_grams_advance(
	pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules, pt_gram *const *sums, pt_error *err);

/** How much of a pending sum is made, above 0; 1 where none is pending. */
double pt_set_grams_progress(const pt_set_grams *sets, const pt_module_ref *modules, size_t n_modules);

/** Heap bytes of the sums over layers. */
size_t pt_set_grams_bytes(const pt_set_grams *sets);

#endif
