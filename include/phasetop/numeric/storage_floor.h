/**
 * The storage floor: how much of a displacement may be nothing but the rounding of the stored format.
 *
 * A value x stored with spacing ulp(x) (of its dtype at x; at 0 the smallest subnormal) is off by ± ulp/2, so its
 * rounding has variance ulp²/12. The rounding energy of a vector v is u(v) = Σ ulp(v_e)²/12, and that of the
 * displacements of the local cosine
 *
 *   N_before = u(v_{t−k}) + u(v_t),   N_after = u(v_t) + u(v_{t+k}),   q = min(‖before‖/√N_before, ‖after‖/√N_after).
 *
 * Below q = 3 the curve is what the storage format says, not the training: bf16 turns a true 0.64 into −0.04 at
 * ‖δ‖/‖v‖ = 1e-3. The rounding of v_t is in both displacements with opposite signs, which biases the cosine down;
 * for q >= 2 the debiased value is
 *
 *   (⟨a, b⟩ + u(v_t)) / √((⟨a, a⟩ − N_before)(⟨b, b⟩ − N_after)),
 *
 * cut to −1…1. Energies add over the modules of a set. There is none for dW, which is not stored.
 */
#ifndef PHASETOP_NUMERIC_STORAGE_FLOOR_H
#define PHASETOP_NUMERIC_STORAGE_FLOOR_H

#include <stddef.h>

#include "phasetop/numeric/local_cosine.h"
#include "phasetop/numeric/matrix.h"

/** How values are stored in the file; pt_values holds them widened. */
typedef enum pt_stored { PT_STORED_F64, PT_STORED_F32, PT_STORED_F16, PT_STORED_BF16 } pt_stored;

#define PT_FLOOR_DIM 3.0    /* points with a smaller q are dimmed */
#define PT_FLOOR_DEBIAS 2.0 /* from this q on a debiased value is offered */

/**
 * Rounding energy u(v) = Σ ulp(v_e)²/12 of n finite stored values, weight units squared.
 * @cost   O(n), one pass
 * @source definitions "Storage floor"; numpy.spacing (tests/reference)
 */
double pt_rounding_energy(pt_values values, size_t n, pt_stored stored);

/**
 * q and the debiased value of every point of a local cosine.
 * @param      energies  u(v_i) of each checkpoint that `cosine` was made of; NaN: not known
 * @param[out] q         cosine->n values, NaN where an energy is not known, HUGE_VAL never: a displacement with no
 *                       rounding at all (N = 0) has q NaN
 * @param[out] debiased  cosine->n values, NaN where q < 2, a gap, or nothing is left under the root
 * @cost       O(n)
 */
void pt_storage_floor(const pt_local_cosine *cosine, const double *energies, double *q, double *debiased);

#endif
