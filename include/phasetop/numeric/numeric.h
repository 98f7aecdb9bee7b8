/**
 * The numbers of phasetop, to be read from top to bottom: notation, what is stored, what follows from it, what it
 * costs. Each header included here defines one part: formula, shapes, units, errors, cost, source.
 *
 * 1. VECTORS. A checkpoint has a step. In each module (a layer with an adapter) it has A (r × d_in) and
 *    B (d_out × r); v is the flattened matrix, its stored values (F16, BF16, F32, F64) widened to double, in weight
 *    units. There are four trajectories: A; B; dW = s·B·A, the update itself, which is never formed and is the only
 *    one that does not change when (B, A) becomes (cB, A/c); and W, any tensors of a plain network. A set of modules is
 *    the concatenation of their vectors. matrix.h has the views, update_norm.h ‖v‖ and ⟨dW_i, dW_j⟩ by the factors.
 *
 * 2. ONE STORED OBJECT. With δ_0 := v_0 and δ_i := v_i − v_{i−1}, gram.h keeps D_ij = ⟨δ_i, δ_j⟩: increments.h makes
 *    a row of it for each new checkpoint, from the vectors themselves, in double. Whoever takes the Gram of raw
 *    vectors instead loses twice the digits that ‖δ‖/‖v‖ has: at 1e-3 a float32 Gram is off by 0.55 in cosine, at 1e-6
 *    a double one of dW by 2e-3. The Gram of a set is the sum of its modules' Grams, so that choosing modules reads
 *    no file; k, windows, pairing and thresholds only choose block sums, and block sums are summed, never subtracted.
 *
 * 3. WHAT FOLLOWS FROM D.
 *      drift, step length, path length           gram.h, pt_gram_lengths
 *      PCA of the path, scree, turning point      trajectory_pca.h        K = HPH, P = C D Cᵀ
 *      local cosine over k, dips, usual band      local_cosine.h          S(L, R) / √(S(L, L) S(R, R))
 *      the same over every k                      cosine_scan.h
 *      what storage rounding leaves of it         storage_floor.h         q = ‖Δ‖ / √(Σ ulp²/12)
 *      change points of direction, angle φ        changepoint.h           T, ρ; φ = arccos(s_LR / √(s_LL s_RR))
 *      singular value ratios of windows           sigma_ratios.h          σ_1/σ_2, σ_2/σ_3
 *      cosines between checkpoints, alignment     checkpoint_cosine.h     ⟨v_i, v_j⟩ / (‖v_i‖ ‖v_j‖)
 *    And from D of several runs with the products of their increments with each other:
 *      inner products between runs                cross_products.h        ⟨d, e⟩ of differences, dW from factors
 *      one plane for all their paths              joint_pca.h             K = HPH over all checkpoints of all runs
 *
 * 4. PROBE LOSSES. Rows of n losses; C is the covariance of the last W rows. loss_covariance.h: tr C, SHC = Var(λ),
 *    PR = (Σλ)² / Σλ², λ_1, and what white noise would give; detrended; Gaussian. loss_modes.h: which probes move
 *    together. loss_baselines.h: what the mean loss alone would tell.
 *
 * ACCURACY, held by tests against exact arithmetic, NumPy, SciPy and scikit-learn (tests/reference, tests/property):
 *    streaming equals batch, permuted arrival equals arrival in order: 1e-10 of the largest element (A, B, W and
 *    rank 1: to the bit); offsets of 1e9, ‖δ‖/‖v‖ = 1e-6, duplicates and exact zeros included. PCA from the last
 *    basis equals PCA from nothing to 1e-10. A million probe rows with a spike of 1e3 leave SHC within 1e-10 of a
 *    fresh computation.
 *
 * MISSING. NaN, never 0 and never an infinity. Undefined (no direction), skipped (below a threshold) and not there (no
 * pair, no window yet) are told apart where a reader needs to know.
 *
 * COST of one more checkpoint among n, d values a vector: n·d multiply-adds for the row (it runs at the speed of
 * reading the past vectors once), O(n) for norms and cosines, a few passes over n²/2 numbers for the PCA.
 *
 * All functions are deterministic, keep no state but in the objects they are given, and may be called from any
 * thread as long as no two use one object. Sums are in double; nothing here is compiled with -ffast-math.
 */
#ifndef PHASETOP_NUMERIC_NUMERIC_H
#define PHASETOP_NUMERIC_NUMERIC_H

#include "phasetop/numeric/matrix.h"
#include "phasetop/numeric/update_norm.h"

#include "phasetop/numeric/gram.h"
#include "phasetop/numeric/increments.h"

#include "phasetop/numeric/trajectory_pca.h"

#include "phasetop/numeric/local_cosine.h"

#include "phasetop/numeric/cosine_scan.h"

#include "phasetop/numeric/storage_floor.h"

#include "phasetop/numeric/changepoint.h"

#include "phasetop/numeric/sigma_ratios.h"

#include "phasetop/numeric/checkpoint_cosine.h"

#include "phasetop/numeric/cross_products.h"

#include "phasetop/numeric/joint_pca.h"

#include "phasetop/numeric/loss_covariance.h"

#include "phasetop/numeric/loss_modes.h"

#include "phasetop/numeric/loss_baselines.h"

#include "phasetop/numeric/blas.h"

#endif
