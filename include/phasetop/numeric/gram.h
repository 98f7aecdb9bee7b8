/**
 * The increment Gram D of a trajectory: the one stored object of the trajectory engine.
 *
 * A trajectory of n checkpoints v_0 … v_{n−1} has increments δ_0 := v_0 and δ_i := v_i − v_{i−1}; then
 * D_ij = ⟨δ_i, δ_j⟩ in double, and with δ_0 := v_0 the one packed triangle holds ‖v_0‖², ⟨v_0, δ_j⟩ and all
 * ⟨δ_i, δ_j⟩. Everything else is a block sum of D: ⟨v_i, v_j⟩ = Σ_{a≤i, b≤j} D_ab,
 * ⟨v_t − v_{t−k}, v_{t+k} − v_t⟩ = Σ_{a∈(t−k,t], b∈(t,t+k]} D_ab. Block sums are summed directly, never
 * taken as differences of a 2-D prefix sum (3.4e-9 off in medical's dW at k = 5; directly 2e-15).
 *
 * The Gram of a module set (the concatenation of its vectors) is the sum of its modules' Grams.
 */
#ifndef PHASETOP_NUMERIC_GRAM_H
#define PHASETOP_NUMERIC_GRAM_H

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "phasetop/base/status.h"

/**
 * Symmetric n × n matrix, lower triangle packed by rows. Whole: (i, j), j <= i, is packed[i(i+1)/2 + j]. As a
 * band: only entries with i − j < band are there, the first `band` rows as in the whole, then `band` entries
 * a row; see pt_gram_set_band.
 */
typedef struct pt_gram {
	size_t n;
	size_t capacity; /* doubles allocated */
	double *packed;
	size_t band; /* 0: whole */
} pt_gram;

/** Empty; owns nothing yet. */
void pt_gram_init(pt_gram *gram);
/** Frees the storage; the gram is empty afterwards. */
void pt_gram_fini(pt_gram *gram);
/** Bytes held on the heap. */
size_t pt_gram_bytes(const pt_gram *gram);

/**
 * From now on only entries with i − j < width are kept; those outside are dropped. Memory: n · width doubles.
 * Of the calls below at, row, append, insert, set_row, remove, truncate, copy, block_sum and lengths' step
 * and path take bands; an entry outside is NaN (an insertion pushes entries out at the far end; a removal
 * leaves NaN there, for what was dropped does not come back). The others want a whole Gram.
 * @pre   width >= 1; a band never widens
 * @cost  O(n · width) moves, in place
 */
void pt_gram_set_band(pt_gram *gram, size_t width);

/** Is every entry there? */
static inline bool pt_gram_is_whole(const pt_gram *gram)
{
	return gram->band == 0;
}

/** Where entry (i, 0) of a row is in `packed`, or would be if the band reached that far. */
static inline size_t pt_gram_offset(const pt_gram *gram, size_t i)
{
	size_t band = gram->band;
	if (band == 0 || i < band)
		return i * (i + 1) / 2;
	return band * (band + 1) / 2 + (i - band) * (band - 1) - 1;
}

/** The first column of row i that is kept. */
static inline size_t pt_gram_first(const pt_gram *gram, size_t i)
{
	return gram->band == 0 || i < gram->band ? 0 : i - gram->band + 1;
}

/** Row i of the lower triangle: entries (i, 0) … (i, i), of a band those from pt_gram_first(gram, i) on.
 * Valid until the gram next grows. */
static inline const double *pt_gram_row(const pt_gram *gram, size_t i)
{
	assert(i < gram->n);
	return gram->packed + pt_gram_offset(gram, i);
}

/** Entry (i, j), any order; NaN outside of a band. */
static inline double pt_gram_at(const pt_gram *gram, size_t i, size_t j)
{
	size_t row = i >= j ? i : j, column = i >= j ? j : i;
	return column >= pt_gram_first(gram, row) ? pt_gram_row(gram, row)[column] : (double)NAN;
}

/** Make room for n rows, so that later calls up to that size cannot fail. @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_gram_reserve(pt_gram *gram, size_t n, pt_error *err);
/** Row n: `row` has n + 1 entries, (n, 0) … (n, n). @retval PT_ERR_MEMORY @cost O(n) */
PT_CHECKED pt_status pt_gram_append(pt_gram *gram, const double *row, pt_error *err);
/** New row and column at `index` <= n; `row` has n + 1 entries in the new numbering. @retval PT_ERR_MEMORY
 * @cost O(n²) moves; O(n) at the end */
PT_CHECKED pt_status pt_gram_insert(pt_gram *gram, size_t index, const double *row, pt_error *err);
/** Overwrite row and column `index`; `row` has n entries. @cost O(n) */
void pt_gram_set_row(pt_gram *gram, size_t index, const double *row);
/** Take row and column `index` out. (Two increments become one when a checkpoint goes: the caller writes the
 * joined row.) @cost O(n²) moves */
void pt_gram_remove(pt_gram *gram, size_t index);
/** Keep the first n rows only: what was known then. @cost O(1) */
void pt_gram_truncate(pt_gram *gram, size_t n);

/** n rows of zeros: where a sum over modules starts. @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_gram_zero(pt_gram *gram, size_t n, pt_error *err);
/** `into` becomes a copy of `from`. @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_gram_copy(pt_gram *into, const pt_gram *from, pt_error *err);
/**
 * into += from, from row `first_row` on (0: all): the Gram of a concatenation. For an append, extend the sum
 * with pt_gram_extend_zero and add each module from the new row on, in the same order of modules as ever (so
 * that live and cold sums agree to the bit).
 * @pre into->n == from->n
 */
void pt_gram_add(pt_gram *into, const pt_gram *from, size_t first_row);
/** Grow to n rows; the new ones are zero. @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_gram_extend_zero(pt_gram *gram, size_t n, pt_error *err);

/**
 * The increment Gram of a subset of the checkpoints (`--every`, a regular grid): increments that lie between
 * two selected checkpoints are joined, so D' is made of block sums of D.
 * @param      indices  n_selected rising checkpoint indices
 * @param[out] out      initialised by the caller; overwritten; must not be `gram`
 * @retval PT_ERR_MEMORY
 * @cost   O(n²)
 */
PT_CHECKED pt_status pt_gram_select(
	const pt_gram *gram, const size_t *indices, size_t n_selected, pt_gram *out, pt_error *err);

/**
 * Σ D_ij over i in [i_first, i_end), j in [j_first, j_end), summed directly.
 * @cost  O(rows × columns)
 */
double pt_gram_block_sum(const pt_gram *gram, size_t i_first, size_t i_end, size_t j_first, size_t j_end);

/**
 * Lengths along the trajectory, n each; any of the pointers may be NULL.
 *
 *   drift_i = ‖v_i − v_0‖, step_length_i = ‖v_i − v_{i−1}‖ = √D_ii (NaN at i = 0),
 *   path_length_i = Σ_{1..i} step_length
 * @cost  O(n²) for drift, O(n) for the others
 */
void pt_gram_lengths(const pt_gram *gram, double *drift, double *step_length, double *path_length);

/**
 * Inner products of the vectors themselves: out (n × n, row-major, full) = ⟨v_i, v_j⟩, or, with `from_first`,
 * P_ij = ⟨v_i − v_0, v_j − v_0⟩, by P(i, j) = P(i−1, j) + Σ_{b≤j} D(i, b).
 * @cost  O(n²)
 */
void pt_gram_inner_products(const pt_gram *gram, bool from_first, double *out);

#endif
