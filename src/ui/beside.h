/** Runs beside each other, as the plots see them: a snapshot whose steps, or values, are told from elsewhere.
 */
#ifndef PHASETOP_UI_BESIDE_H
#define PHASETOP_UI_BESIDE_H

#include "phasetop/analysis/snapshot.h"
#include "phasetop/ui/view.h"

/**
 * The snapshot with all steps of each run told from where it turned (pt_view_turn): plots draw it as they
 * draw any other. Runs that did not turn have nothing in it.
 * @return to be destroyed; NULL: no run turned, or no memory
 * @cost  O(numbers in the snapshot) of the copy
 */
pt_snapshot *pt_beside_aligned(const pt_snapshot *snapshot, const pt_view *view);

/**
 * The snapshot with differences to the baseline at equal steps, in norms, local cosine, losses and spectra:
 * value minus the baseline's; of the spectra `by_ratio`: divided by it. Missing where either has none. The
 * baseline itself has nothing in it.
 * @return to be destroyed; NULL: there is no other run, or no memory
 */
pt_snapshot *pt_beside_differences(const pt_snapshot *snapshot, bool by_ratio);

#endif
