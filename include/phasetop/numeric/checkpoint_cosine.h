/**
 * Cosines between the vectors of checkpoints themselves (not their increments), from the increment Gram.
 *
 *   cos(v_i, v_j) = ⟨v_i, v_j⟩ / (‖v_i‖ ‖v_j‖)
 *
 * Undefined (NaN) where a vector is 0, as B is at the start of a training, and where the rounding of the sums over D
 * may reach 1e-6 (a path that went very far away and came back: the Gram of its steps no longer knows where it is).
 */
#ifndef PHASETOP_NUMERIC_CHECKPOINT_COSINE_H
#define PHASETOP_NUMERIC_CHECKPOINT_COSINE_H

#include "phasetop/numeric/gram.h"

/** All of them: `out` is n × n, row-major, symmetric, 1 on the diagonal (NaN for a zero vector). @cost O(n²) */
void pt_checkpoint_cosine(const pt_gram *gram, double *out);

/** Alignment with the newest: out[t] = cos(v_t, v_{n−1}), n values. @cost O(n²), no memory */
void pt_final_alignment(const pt_gram *gram, double *out);

#endif
