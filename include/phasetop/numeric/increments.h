/**
 * The history of one module: its checkpoints' vectors and the increment Grams of each matrix type.
 *
 * A LoRA module has three trajectories: A, B (flattened factors) and dW = s·B·A; a plain tensor set has one,
 * W. Past vectors are kept here, as they were stored (float or double), since trainers delete old
 * checkpoints. An appended checkpoint costs one row of each Gram: one pass over the past vectors in column
 * blocks, every stored block loaded once, increments formed on the fly in double (the difference of two
 * floats is exact there), all products taken while the block is in cache. Sums have a fixed order that
 * depends on neither n nor on the order of arrival: a live build-up equals a cold load to the bit.
 *
 * Increments of dW come from factors, never from differences of whole updates:
 *
 *   δ_i = s_i(ΔB_i A_i + B_{i−1} ΔA_i) + (s_i − s_{i−1}) B_{i−1} A_{i−1} = L_i R_i,
 *   L_i = [ΔB_i, B_{i−1}],  R_i = [s_i A_i; s_i ΔA_i + (s_i − s_{i−1}) A_{i−1}],
 *   D_ij = Σ_pq (R_i R_jᵀ)_pq (L_iᵀ L_j)_pq,  δ_0 = s_0 B_0 A_0
 *
 * exact to 2e-15 where a differenced Gram of dW is 2e-3 off at ‖δ‖/‖v‖ = 1e-6.
 * @source design of the project; tests/reference/numeric.json
 */
#ifndef PHASETOP_NUMERIC_INCREMENTS_H
#define PHASETOP_NUMERIC_INCREMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/base/status.h"
#include "phasetop/numeric/gram.h"
#include "phasetop/numeric/matrix.h"
#include "phasetop/numeric/storage_floor.h"

/** Trajectories of a module, in the order of pt_matrix. */
typedef enum pt_trajectory {
	PT_TRAJECTORY_A,
	PT_TRAJECTORY_B,
	PT_TRAJECTORY_DW,
	PT_TRAJECTORY_W,
	PT_N_TRAJECTORIES
} pt_trajectory;

typedef enum pt_module_kind {
	PT_MODULE_LORA, /* factors A and B */
	PT_MODULE_FULL  /* one vector W */
} pt_module_kind;

/** What must not change during a run. */
typedef struct pt_module_shape {
	pt_module_kind kind;
	size_t rank, d_in, d_out; /* LORA: A is rank × d_in, B is d_out × rank */
	size_t length;            /* FULL: number of values */
	/* LORA: 0 or 1: one product. Else the factors of so many experts one after another, each A and each B as
	   above; dW is the experts' products side by side, so its Gram is the sum of theirs */
	size_t n_experts;
} pt_module_shape;

/** One checkpoint of one module; values are borrowed and copied by those who keep them. */
typedef struct pt_module_checkpoint {
	pt_module_shape shape;
	pt_values a, b;   /* LORA, row-major */
	pt_values w;      /* FULL */
	double scaling;   /* LORA: s; NaN: not known, so this checkpoint has no dW */
	pt_stored stored; /* how the file held the values */
} pt_module_checkpoint;

typedef struct pt_module_history pt_module_history;

/**
 * An empty history; the shape is fixed by the first checkpoint.
 * @param[out] history  owned by the caller
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_module_history_create(pt_module_history **history, pt_error *err);
/** Frees it; NULL is fine. */
void pt_module_history_destroy(pt_module_history *history);

/**
 * Insert a checkpoint at `index` (0 … n; n appends: the fast path). In the middle two increments change, the
 * new one and its successor's; their rows are computed anew. On failure the history is unchanged.
 *
 * @param index       place among the checkpoints in step order
 * @param checkpoint  values are copied
 * @retval PT_ERR_SHAPE       another kind or shape than the first checkpoint, an empty one, or no values
 * @retval PT_ERR_NOT_FINITE  NaN or infinity among the values (or products beyond the range of double); an
 *                            infinite scaling. Message without the tensor's name: the caller knows it
 * @retval PT_ERR_MEMORY
 * @cost   O(n·d) (rank 1 and A, B, W), O(n·r²(d_in + d_out)) for dW at rank r
 */
PT_CHECKED pt_status pt_module_history_insert(
	pt_module_history *history, size_t index, const pt_module_checkpoint *checkpoint, pt_error *err);

/** Replace checkpoint `index` < n: a checkpoint that was re-written. Errors and cost as insert. */
PT_CHECKED pt_status pt_module_history_replace(
	pt_module_history *history, size_t index, const pt_module_checkpoint *checkpoint, pt_error *err);

/** Take checkpoint `index` < n out; its successor's increment is computed anew. @retval PT_ERR_MEMORY */
PT_CHECKED pt_status pt_module_history_remove(pt_module_history *history, size_t index, pt_error *err);

/** Number of checkpoints. */
size_t pt_module_history_n(const pt_module_history *history);

/**
 * Does the module have this trajectory? A and B: LORA. W: FULL. dW: LORA with a known scaling at every
 * checkpoint. false for an empty history.
 */
bool pt_module_history_has(const pt_module_history *history, pt_trajectory trajectory);

/** The increment Gram of a trajectory; rows of dW at and after an unknown scaling are NaN. Lives as long as
 * the history, changes with it. NULL where !has, but for dW with some scalings unknown. */
const pt_gram *pt_module_history_gram(const pt_module_history *history, pt_trajectory trajectory);

/** ‖v_i‖₂ for i < n, directly from the values (NaN: dW without scaling); valid until the next change. NULL
 * where the kind of module has no such trajectory. */
const double *pt_module_history_norms(const pt_module_history *history, pt_trajectory trajectory);

/** Rounding energies u(v_i), i < n (storage_floor.h); NULL for dW and where the kind has no such trajectory.
 */
const double *pt_module_history_energies(const pt_module_history *history, pt_trajectory trajectory);

/**
 * Row `i` of a trajectory's increment Gram, whole, computed anew from the vectors: for sums over modules
 * whose own Grams are kept as a band only.
 * @param[out] row  n values, ⟨δ_i, δ_j⟩ for all j
 * @retval PT_ERR_NOT_FINITE, PT_ERR_MEMORY
 * @cost   as of an append
 */
PT_CHECKED pt_status pt_module_history_row(
	const pt_module_history *history, pt_trajectory trajectory, size_t i, double *row, pt_error *err);

/**
 * Keep only entries (i, j) with i − j < width of all Grams (gram.h: bands), now and after every later change.
 * Vectors, norms and energies stay. What is dropped does not come back: with checkpoints in the history a
 * wider band than there is changes nothing; SIZE_MAX in an empty one: keep what comes whole.
 * @pre  width >= 1
 */
void pt_module_history_set_band(pt_module_history *history, size_t width);

/** Checkpoint `index`, its values borrowed from the history until the next change. */
pt_module_checkpoint pt_module_history_at(const pt_module_history *history, size_t index);

/** Heap bytes held: vectors, Grams, norms. */
size_t pt_module_history_bytes(const pt_module_history *history);

#endif
